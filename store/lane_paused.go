package store

import (
	"context"
	"fmt"
	"time"
)

// LanePausedError says that a lane is paused at this moment, and why.
type LanePausedError struct {
	Marketplace string
	Reason      string // reason code
	Since       time.Time
	Until       time.Time
}

// Error names the lane.
func (e *LanePausedError) Error() string {
	return fmt.Sprintf("%s is paused: %s", e.Marketplace, e.Reason)
}

// LanePaused returns the pause of a lane, or nil while it is open.
func (s *Store) LanePaused(ctx context.Context, marketplace string) (*LanePausedError, error) {
	lanes, err := s.Lanes(ctx)
	if err != nil {
		return nil, err
	}
	for _, l := range lanes {
		if l.Marketplace == marketplace && l.IsPaused(s.Now()) {
			return &LanePausedError{Marketplace: marketplace, Reason: l.PauseReason, Since: l.PausedSince, Until: l.PausedUntil}, nil
		}
	}
	return nil, nil
}
