package store

import (
	"context"
	"fmt"
	"time"
)

// RunPace tells how fast a run goes: how many of its items ended since a
// moment, and when the last one did (zero: none yet).
func (s *Store) RunPace(ctx context.Context, runID string, since time.Time) (ended int, last time.Time, err error) {
	const query = `SELECT COUNT(CASE WHEN finished_at >= ? THEN 1 END) AS ended, COALESCE(MAX(finished_at), 0) AS last
  FROM items WHERE run_id = ? AND finished_at > 0`
	var row struct {
		Ended int   `db:"ended"`
		Last  int64 `db:"last"`
	}
	if err := s.getRow(ctx, &row, query, millis(since), runID); err != nil {
		return 0, time.Time{}, fmt.Errorf("pace of run %s: %w", runID, err)
	}
	return row.Ended, fromMillis(row.Last), nil
}

// EndedSKUs lists the SKUs of a run whose items ended in a state for a reason,
// all of them, so that they can be tried again together.
func (s *Store) EndedSKUs(ctx context.Context, runID, state, reasonCode string) ([]string, error) {
	const query = `SELECT DISTINCT sku FROM items WHERE run_id = ? AND state = ? AND (? = '' OR reason_code = ?) ORDER BY sku`
	var skus []string
	if err := s.selectRows(ctx, &skus, query, runID, state, reasonCode, reasonCode); err != nil {
		return nil, fmt.Errorf("read items of run %s: %w", runID, err)
	}
	return skus, nil
}

// Nights lists the runs that schedules asked for since a moment, oldest first.
func (s *Store) Nights(ctx context.Context, since time.Time) ([]RunRow, error) {
	const query = `SELECT v.run_id, v.kind, v.scope, v.policy, v.trigger, v.requested_by, v.state, v.created_at, v.started_at,
  v.finished_at, v.planned, v.applied, v.failed, v.left_out, v.reason FROM run_status v
  WHERE v.trigger = 'schedule' AND v.created_at >= ? ORDER BY v.created_at`
	var rows []RunRow
	if err := s.selectRows(ctx, &rows, query, millis(since)); err != nil {
		return nil, fmt.Errorf("read scheduled runs: %w", err)
	}
	return rows, nil
}
