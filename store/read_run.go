package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"lensan/store/catalog"
)

// RunPace tells how fast a run goes: how many of its items ended since a
// moment, and when the last one did (zero: none yet).
func (s *Store) RunPace(ctx context.Context, runID string, since time.Time) (ended int, last time.Time, err error) {
	const query = `SELECT (SELECT COUNT(*) FROM items WHERE run_id = ? AND finished_at > 0 AND finished_at >= ?) AS ended,
  COALESCE((SELECT MAX(finished_at) FROM items WHERE run_id = ? AND finished_at > 0), 0) AS last`
	var row struct {
		Ended int   `db:"ended"`
		Last  int64 `db:"last"`
	}
	if err := s.getRow(ctx, &row, query, runID, millis(since), runID); err != nil {
		return 0, time.Time{}, fmt.Errorf("pace of run %s: %w", runID, err)
	}
	return row.Ended, fromMillis(row.Last), nil
}

// RunTally counts a run's items once for both RunCounts and RunProgress.
func (s *Store) RunTally(ctx context.Context, runID string) (RunCounts, []LaneProgress, error) {
	// In the order of the index items_by_run, so that nothing is sorted.
	const query = `SELECT state, marketplace, reason_code, COUNT(*) AS n FROM items WHERE run_id = ? GROUP BY state, marketplace, reason_code`
	var rows []struct {
		State       catalog.ItemState `db:"state"`
		Marketplace string            `db:"marketplace"`
		Code        string            `db:"reason_code"`
		N           int               `db:"n"`
	}
	var counts RunCounts
	if err := s.selectRows(ctx, &rows, query, runID); err != nil {
		return counts, nil, fmt.Errorf("count items of run %s: %w", runID, err)
	}
	var lanes []LaneProgress
	for _, r := range rows {
		counts.add(r.State, r.N)
		if r.Code != "" {
			i := slices.IndexFunc(counts.Reasons, func(x RunReason) bool { return x.State == r.State && x.Code == r.Code })
			if i < 0 {
				i = len(counts.Reasons)
				counts.Reasons = append(counts.Reasons, RunReason{State: r.State, Code: r.Code})
			}
			counts.Reasons[i].Count += r.N
		}
		i := slices.IndexFunc(lanes, func(l LaneProgress) bool { return l.Marketplace == r.Marketplace })
		if i < 0 {
			i = len(lanes)
			lanes = append(lanes, LaneProgress{Marketplace: r.Marketplace})
		}
		lanes[i].add(r.State, r.N)
	}
	slices.SortStableFunc(counts.Reasons, func(a, b RunReason) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Code, b.Code)) })
	slices.SortFunc(lanes, func(a, b LaneProgress) int { return cmp.Compare(a.Marketplace, b.Marketplace) })
	return counts, lanes, nil
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
