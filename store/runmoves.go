package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"lensan/store/catalog"
)

// ClaimRunToPlan gives owner the oldest run that is to be planned, for the
// time of the lease; ok is false when there is none. A run whose planner let
// its lease run out is claimed again, by whom it is planned anew.
func (s *Store) ClaimRunToPlan(ctx context.Context, owner string, lease time.Duration) (run catalog.Run, ok bool, err error) {
	query := `UPDATE runs SET phase = 'planning', lease_owner = ?, lease_until = ? WHERE id = (
			SELECT id FROM runs WHERE finished_at = 0 AND cancel_requested_at = 0 AND paused_at = 0
			AND (phase = 'queued' OR (phase = 'planning' AND lease_until < ?))
			ORDER BY created_at, id LIMIT 1` + s.dialect.skipLocked + `)
		RETURNING ` + runColumns
	now := s.nowMillis()
	var row runRow
	err = s.write.GetContext(ctx, &row, s.write.Rebind(query), owner, now+lease.Milliseconds(), now)
	if errors.Is(err, sql.ErrNoRows) {
		return catalog.Run{}, false, nil
	}
	if err != nil {
		return catalog.Run{}, false, fmt.Errorf("claim run: %w", err)
	}
	run, err = row.run()
	return run, err == nil, err
}

// RenewRun lengthens the lease of a run that owner plans. false: stop
// planning, for the lease was lost or the run is to be cancelled or paused.
func (s *Store) RenewRun(ctx context.Context, id, owner string, lease time.Duration) (bool, error) {
	const query = `UPDATE runs SET lease_until = ?
		WHERE id = ? AND lease_owner = ? AND phase = 'planning' AND cancel_requested_at = 0 AND paused_at = 0`
	r, err := s.write.ExecContext(ctx, s.write.Rebind(query), s.nowMillis()+lease.Milliseconds(), id, owner)
	if err != nil {
		return false, fmt.Errorf("renew run %s: %w", id, err)
	}
	n, err := r.RowsAffected()
	return n == 1, err
}

// ReleaseRun gives a run that owner was planning back to be planned, from due
// on; items it has so far are dropped when it is planned anew. A run that
// owner does not hold is left alone.
func (s *Store) ReleaseRun(ctx context.Context, id, owner string, due time.Time) error {
	// A lease nobody holds that ends at due keeps the run from being claimed before.
	const query = `UPDATE runs SET lease_owner = '', lease_until = ? WHERE id = ? AND lease_owner = ? AND phase = 'planning'`
	if _, err := s.write.ExecContext(ctx, s.write.Rebind(query), millis(due), id, owner); err != nil {
		return fmt.Errorf("release run %s: %w", id, err)
	}
	return nil
}

// MarkRunPlanned ends the planning of a run: from now on its items are
// carried out. ErrRunNotHeld when it was not being planned.
func (s *Store) MarkRunPlanned(ctx context.Context, runID, planID string, planned, unchanged, leftOut int) error {
	const query = `UPDATE runs SET phase = 'working', plan_id = ?, planned = ?, unchanged = ?, left_out = ?, started_at = ?, lease_owner = '', lease_until = 0
		WHERE id = ? AND phase = 'planning'`
	r, err := s.write.ExecContext(ctx, s.write.Rebind(query), planID, planned, unchanged, leftOut, s.nowMillis(), runID)
	if err != nil {
		return fmt.Errorf("mark run %s planned: %w", runID, err)
	}
	if n, err := r.RowsAffected(); err != nil || n != 1 {
		return errors.Join(fmt.Errorf("mark run %s planned: %w", runID, ErrRunNotHeld), err)
	}
	s.wakeUp()
	return nil
}

// EndRun ends a run at once, with a reason that is not its items': a brake
// ("brake.…"), a source that is not healthy ("source.…"), a defect. Items still
// open end as cancelled, with that reason. A run that has ended stays as it is.
func (s *Store) EndRun(ctx context.Context, id, reason string) error {
	const query = `UPDATE runs SET phase = 'ended', reason = ?, finished_at = ?, lease_owner = '' WHERE id = ? AND finished_at = 0`
	const items = `UPDATE items SET state = 'cancelled', reason_code = ?, finished_at = ? WHERE run_id = ? AND state IN ('waiting', 'batched')`
	err := s.inTx(ctx, func(t *tx) error {
		now := s.Now()
		n, err := t.exec(ctx, query, reason, millis(now), id)
		if err != nil || n == 0 {
			return err
		}
		if _, err := t.exec(ctx, items, reason, millis(now), id); err != nil {
			return err
		}
		return t.appendEvents(ctx, now, Event{Kind: "run.ended", RunID: id, Detail: map[string]any{"reason": reason}})
	})
	if err != nil {
		return fmt.Errorf("end run %s: %w", id, err)
	}
	return nil
}

// CancelRun asks for a run to stop: items nobody has begun end at once, those
// in a worker's hands when the request in flight is answered. Cancelling twice
// changes nothing; ErrRunEnded, ErrNoRun.
func (s *Store) CancelRun(ctx context.Context, id, by string) error {
	return s.stopRun(ctx, id, by, ReasonRunCancelled)
}

// PauseRun keeps the items of a run from being handed out until ResumeRun.
// ErrRunEnded, ErrNoRun.
func (s *Store) PauseRun(ctx context.Context, id, by string) error {
	const query = `UPDATE runs SET paused_at = ? WHERE id = ? AND finished_at = 0 AND paused_at = 0`
	err := s.moveRun(ctx, id, by, "run.paused", func(t *tx, now int64) (int64, error) { return t.exec(ctx, query, now, id) })
	if err == nil {
		s.wakeUp() // workers hand back what they have not begun
	}
	return err
}

// ResumeRun lets a paused run go on. ErrRunEnded, ErrNoRun.
func (s *Store) ResumeRun(ctx context.Context, id, by string) error {
	const query = `UPDATE runs SET paused_at = 0 WHERE id = ? AND finished_at = 0 AND paused_at > 0`
	if err := s.moveRun(ctx, id, by, "run.resumed", func(t *tx, _ int64) (int64, error) { return t.exec(ctx, query, id) }); err != nil {
		return err
	}
	s.wakeUp()
	return nil
}

func (s *Store) stopRun(ctx context.Context, id, by, reason string) error {
	const mark = `UPDATE runs SET cancel_requested_at = ?, reason = ?, paused_at = 0 WHERE id = ? AND finished_at = 0 AND cancel_requested_at = 0`
	err := s.moveRun(ctx, id, by, reason, func(t *tx, now int64) (int64, error) { return t.exec(ctx, mark, now, reason, id) })
	if err != nil {
		return err
	}
	_, err = s.FinishRuns(ctx)
	s.wakeUp()
	return err
}

// moveRun makes one change to a run, with its event. A change that finds
// nothing to do is none; a run that is gone or ended is an error.
func (s *Store) moveRun(ctx context.Context, id, by, event string, change func(t *tx, now int64) (int64, error)) error {
	const look = `SELECT finished_at FROM runs WHERE id = ?`
	err := s.inTx(ctx, func(t *tx) error {
		now := s.Now()
		n, err := change(t, millis(now))
		if err != nil {
			return err
		}
		if n == 1 {
			return t.appendEvents(ctx, now, Event{Actor: by, Kind: event, RunID: id})
		}
		var finished int64
		err = t.GetContext(ctx, &finished, t.Rebind(look), id)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return ErrNoRun
		case err == nil && finished > 0:
			return ErrRunEnded
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("%s %s: %w", event, id, err)
	}
	return nil
}

// FinishRuns ends the runs that have nothing left to do and returns their ids:
// working ones without open items, and cancelled ones whose items no worker
// holds. One that a rolling limit kept from a part of its items ends as stopped
// by that brake. Call it after items have ended and in every sweep.
func (s *Store) FinishRuns(ctx context.Context) ([]string, error) {
	const drop = `UPDATE items SET state = 'cancelled', finished_at = ?, batch_id = '',
			reason_code = (SELECT reason FROM runs WHERE runs.id = items.run_id)
		WHERE state = 'waiting' AND run_id IN (SELECT id FROM runs WHERE finished_at = 0 AND cancel_requested_at > 0)`
	const finish = `UPDATE runs SET phase = 'ended', finished_at = ?, lease_owner = '',
		reason = CASE WHEN reason = '' AND EXISTS (SELECT 1 FROM items WHERE items.run_id = runs.id AND items.state = 'left_out' AND items.reason_code = '` + ReasonBrakeWindow + `')
			THEN '` + ReasonBrakeWindow + `' ELSE reason END, started_at = CASE WHEN started_at = 0 THEN ? ELSE started_at END
		WHERE finished_at = 0
		AND (phase = 'working' OR (cancel_requested_at > 0 AND (phase = 'queued' OR lease_until < ?)))
		AND NOT EXISTS (SELECT 1 FROM items WHERE items.run_id = runs.id AND items.state IN ('waiting', 'batched'))
		RETURNING id`
	const due = `SELECT count(*) FROM runs WHERE finished_at = 0 AND (phase = 'working' OR cancel_requested_at > 0)`
	var open int
	if err := s.getRow(ctx, &open, due); err != nil || open == 0 {
		return nil, err
	}
	var ids []string
	err := s.inTx(ctx, func(t *tx) error {
		now := s.Now()
		if _, err := t.exec(ctx, drop, millis(now)); err != nil {
			return err
		}
		if err := t.SelectContext(ctx, &ids, t.Rebind(finish), millis(now), millis(now), millis(now)); err != nil {
			return err
		}
		events := make([]Event, 0, len(ids))
		for _, id := range ids {
			events = append(events, Event{Kind: "run.ended", RunID: id})
		}
		return t.appendEvents(ctx, now, events...)
	})
	if err != nil {
		return nil, fmt.Errorf("finish runs: %w", err)
	}
	return ids, nil
}

// StopOverdueRuns stops the runs whose deadline has passed; what they have not
// done is left for the next run. It returns how many.
func (s *Store) StopOverdueRuns(ctx context.Context) (int, error) {
	const query = `SELECT id FROM runs WHERE finished_at = 0 AND cancel_requested_at = 0 AND deadline_at > 0 AND deadline_at <= ?`
	var ids []string
	if err := s.selectRows(ctx, &ids, query, s.nowMillis()); err != nil {
		return 0, fmt.Errorf("overdue runs: %w", err)
	}
	for _, id := range ids {
		if err := s.stopRun(ctx, id, "", ReasonRunDeadline); err != nil && !errors.Is(err, ErrRunEnded) {
			return 0, err
		}
	}
	return len(ids), nil
}
