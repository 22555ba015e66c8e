package store

import (
	"context"
	"fmt"
	"time"
)

// Requests are counted by PaceStep; PaceWindow of them makes the rate that is
// shown, and what is older than PaceKept goes.
const (
	PaceStep   = 10 * time.Second
	PaceWindow = time.Minute
	paceKept   = 10 * time.Minute
)

// LanePace is how fast a lane is used.
type LanePace struct {
	Marketplace string
	PerSecond   float64   // over the last PaceWindow, all processes together
	Allowed     float64   // requests a second; 0: not known
	At          time.Time // when a process last told
}

// AddLanePace adds what one process has sent to a lane since it last told.
func (s *Store) AddLanePace(ctx context.Context, marketplace string, requests int64, allowed float64) error {
	const add = `INSERT INTO lane_pace (marketplace, at, requests, allowed) VALUES (?, ?, ?, ?)
  ON CONFLICT (marketplace, at) DO UPDATE SET requests = lane_pace.requests + excluded.requests, allowed = excluded.allowed`
	const drop = `DELETE FROM lane_pace WHERE marketplace = ? AND at < ?`
	err := s.inTx(ctx, func(t *tx) error {
		now := s.Now()
		if _, err := t.exec(ctx, add, marketplace, millis(now.Truncate(PaceStep)), requests, allowed); err != nil {
			return err
		}
		_, err := t.exec(ctx, drop, marketplace, millis(now.Add(-paceKept)))
		return err
	})
	if err != nil {
		return fmt.Errorf("pace of %s: %w", marketplace, err)
	}
	return nil
}

// LanePaces tells how fast the lanes are used, by marketplace. A lane that no
// process told of within some minutes is absent.
func (s *Store) LanePaces(ctx context.Context) (map[string]LanePace, error) {
	const query = `SELECT marketplace, COALESCE(SUM(CASE WHEN at >= ? THEN requests END), 0) AS requests, MAX(allowed) AS allowed, MAX(at) AS at
  FROM lane_pace WHERE at >= ? GROUP BY marketplace`
	var rows []struct {
		Marketplace string  `db:"marketplace"`
		Requests    int64   `db:"requests"`
		Allowed     float64 `db:"allowed"`
		At          int64   `db:"at"`
	}
	now := s.Now()
	if err := s.selectRows(ctx, &rows, query, millis(now.Truncate(PaceStep).Add(PaceStep-PaceWindow)), millis(now.Add(-paceKept))); err != nil {
		return nil, fmt.Errorf("pace of lanes: %w", err)
	}
	out := map[string]LanePace{}
	for _, r := range rows {
		out[r.Marketplace] = LanePace{Marketplace: r.Marketplace, PerSecond: float64(r.Requests) / PaceWindow.Seconds(), Allowed: r.Allowed, At: fromMillis(r.At)}
	}
	return out, nil
}
