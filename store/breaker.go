package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"lensan/store/catalog"
)

// ErrNoLane says that no account is on record for a marketplace.
var ErrNoLane = errors.New("no such lane")

// PauseLane keeps everything off a lane until a time, or with the zero time
// until ResumeLane. It opens by time alone; a pause by hand replaces one that
// the program made. ErrNoLane.
func (s *Store) PauseLane(ctx context.Context, marketplace string, until time.Time, reasonCode, by string) error {
	const query = `UPDATE accounts SET paused_until = ?, paused_since = CASE WHEN paused_since = 0 THEN ? ELSE paused_since END,
		pause_reason = ?, paused_by = ?, probe_needed = FALSE WHERE marketplace = ?`
	if until.IsZero() {
		until = NeverResumes
	}
	err := s.moveLane(ctx, marketplace, Event{Actor: by, Kind: "lane.paused", Marketplace: marketplace, Detail: map[string]any{"reason": reasonCode, "until": until}},
		func(t *tx, now int64) (int64, error) {
			return t.exec(ctx, query, millis(until), now, reasonCode, by, marketplace)
		})
	if err == nil {
		s.wakeUp() // workers hand back what they have not begun
	}
	return err
}

// ResumeLane opens a lane at once, whatever paused it. One that is open stays
// so. ErrNoLane.
func (s *Store) ResumeLane(ctx context.Context, marketplace, by string) error {
	const query = `UPDATE accounts SET paused_until = 0, paused_since = 0, pause_reason = '', paused_by = '', probe_needed = FALSE, resumed_at = ?, probe_owner = '', probe_until = 0
		WHERE marketplace = ?`
	err := s.moveLane(ctx, marketplace, Event{Actor: by, Kind: "lane.resumed", Marketplace: marketplace},
		func(t *tx, now int64) (int64, error) { return t.exec(ctx, query, now, marketplace) })
	if err == nil {
		s.wakeUp()
	}
	return err
}

func (s *Store) moveLane(ctx context.Context, marketplace string, e Event, change func(t *tx, now int64) (int64, error)) error {
	err := s.inTx(ctx, func(t *tx) error {
		now := s.Now()
		n, err := change(t, millis(now))
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrNoLane
		}
		return t.appendEvents(ctx, now, e)
	})
	if err != nil {
		return fmt.Errorf("%s %s: %w", e.Kind, marketplace, err)
	}
	return nil
}

// Trip is a failure of a whole lane.
type Trip struct {
	Marketplace string
	ReasonCode  string
	RetryAfter  time.Duration // what the marketplace asked for; 0: nothing
	Base, Cap   time.Duration // the first pause and the longest; doubled in between
	// Probe: the lane opens when a probe succeeds. Without, it opens by time.
	Probe bool
	// Quiet is how long after it opened a failure counts as a new one, not as
	// one more in a row.
	Quiet time.Duration
}

// TripLane pauses a lane after a failure of the whole of it. Many workers meet
// the same failure at once: only the first one, and then each probe that
// fails, makes the next pause longer. A pause by hand is left alone. It
// returns the lane as it now stands. ErrNoLane.
func (s *Store) TripLane(ctx context.Context, trip Trip) (Lane, error) {
	read := `SELECT ` + laneColumns + ` FROM accounts WHERE marketplace = ?`
	if s.dialect.name == "postgres" {
		read += " FOR UPDATE"
	}
	const query = `UPDATE accounts SET paused_until = ?, paused_since = ?, pause_reason = ?, paused_by = '', probe_needed = ?, trips = ?, probe_owner = '', probe_until = 0
		WHERE marketplace = ?`
	var lane Lane
	err := s.inTx(ctx, func(t *tx) error {
		now := s.Now()
		var row laneRow
		err := t.GetContext(ctx, &row, t.Rebind(read), trip.Marketplace)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNoLane
		}
		if err != nil {
			return err
		}
		lane = row.lane()
		if lane.PausedUntil.After(now) {
			return nil
		}
		lane = lane.tripped(now, trip)
		_, err = t.exec(ctx, query, millis(lane.PausedUntil), millis(lane.PausedSince), lane.PauseReason, lane.ProbeNeeded, lane.Trips, trip.Marketplace)
		if err != nil || lane.Trips > 1 && row.PausedSince > 0 {
			return err // one more failed probe is no event of its own
		}
		return t.appendEvents(ctx, now, Event{Kind: "lane.paused", Marketplace: trip.Marketplace,
			Detail: map[string]any{"reason": trip.ReasonCode, "until": lane.PausedUntil}})
	})
	if err != nil {
		return Lane{}, fmt.Errorf("pause lane %s: %w", trip.Marketplace, err)
	}
	return lane, nil
}

// tripped is the lane after one more failure at now.
func (l Lane) tripped(now time.Time, trip Trip) Lane {
	inARow := !l.PausedUntil.IsZero() || now.Sub(l.ResumedAt) < trip.Quiet
	if !inARow {
		l.Trips = 0
	}
	l.Trips++
	pause := trip.Base
	for range l.Trips - 1 {
		if pause *= 2; pause >= trip.Cap {
			break
		}
	}
	pause = max(min(pause, trip.Cap), trip.RetryAfter)
	l.PausedUntil, l.PauseReason, l.PausedBy, l.ProbeNeeded = now.Add(pause), trip.ReasonCode, "", trip.Probe
	if l.PausedSince.IsZero() {
		l.PausedSince = now
	}
	return l
}

// ClaimProbe lets owner probe a lane whose pause is over and that opens by a
// probe, for the time of the lease; false when another does or there is
// nothing to probe. One probe runs at a time.
func (s *Store) ClaimProbe(ctx context.Context, marketplace, owner string, lease time.Duration) (bool, error) {
	const query = `UPDATE accounts SET probe_owner = ?, probe_until = ?
		WHERE marketplace = ? AND probe_needed AND paused_until > 0 AND paused_until <= ? AND probe_until < ?`
	now := s.nowMillis()
	r, err := s.write.ExecContext(ctx, s.write.Rebind(query), owner, now+lease.Milliseconds(), marketplace, now, now)
	if err != nil {
		return false, fmt.Errorf("claim probe of %s: %w", marketplace, err)
	}
	n, err := r.RowsAffected()
	return n == 1, err
}

// LeaveOutLane ends what waits on a lane for runs, as left out and for that
// reason, so that the runs end without the lane. Nothing of it is a failure.
func (s *Store) LeaveOutLane(ctx context.Context, marketplace, reasonCode string) (int, error) {
	const query = `UPDATE items SET state = ?, reason_code = ?, finished_at = ? WHERE marketplace = ? AND state = 'waiting' AND run_id <> ''`
	r, err := s.write.ExecContext(ctx, s.write.Rebind(query), catalog.ItemLeftOut, reasonCode, s.nowMillis(), marketplace)
	if err != nil {
		return 0, fmt.Errorf("leave out lane %s: %w", marketplace, err)
	}
	n, err := r.RowsAffected()
	return int(n), err
}
