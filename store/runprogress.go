package store

import (
	"context"
	"fmt"

	"lensan/store/catalog"
)

// LaneProgress is how far a run is on one marketplace, in items.
type LaneProgress struct {
	Marketplace string
	Ended       int // in whatever way
	Total       int
	Failed      int
}

// RunProgress counts a run's items by marketplace, in the order of the names.
func (s *Store) RunProgress(ctx context.Context, runID string) ([]LaneProgress, error) {
	const query = `SELECT marketplace, state, count(*) AS n FROM items WHERE run_id = ? GROUP BY marketplace, state ORDER BY marketplace`
	var rows []struct {
		Marketplace string            `db:"marketplace"`
		State       catalog.ItemState `db:"state"`
		N           int               `db:"n"`
	}
	if err := s.selectRows(ctx, &rows, query, runID); err != nil {
		return nil, fmt.Errorf("progress of run %s: %w", runID, err)
	}
	var out []LaneProgress
	for _, r := range rows {
		if len(out) == 0 || out[len(out)-1].Marketplace != r.Marketplace {
			out = append(out, LaneProgress{Marketplace: r.Marketplace})
		}
		out[len(out)-1].add(r.State, r.N)
	}
	return out, nil
}

func (p *LaneProgress) add(state catalog.ItemState, n int) {
	p.Total += n
	switch state {
	case catalog.ItemWaiting, catalog.ItemBatched:
		return
	case catalog.ItemFailed:
		p.Failed += n
	}
	p.Ended += n
}

// InReview counts the listings that wait for a moderator, on marketplaces the
// filter lets through.
func (s *Store) InReview(ctx context.Context, f Filter) (int, error) {
	f.MarketStates = []string{"pending_review"}
	where, args := f.where(true)
	var n []int
	if err := s.selectIn(ctx, &n, "SELECT COUNT(*) FROM sync_status v"+whereClause(where), args...); err != nil {
		return 0, fmt.Errorf("count reviews: %w", err)
	}
	return n[0], nil
}
