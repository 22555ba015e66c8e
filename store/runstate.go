package store

import (
	"context"
	"fmt"
	"strings"

	"lensan/store/catalog"
)

// RunCounts tells how the items of a run stand, by state and by reason.
type RunCounts struct {
	Waiting   int
	Batched   int
	Done      int
	Unchanged int
	LeftOut   int
	Failed    int
	Cancelled int
	Reasons   []RunReason // of items with a reason, most first
}

// RunReason is how many items of a run stand in one state for one reason.
type RunReason struct {
	State catalog.ItemState
	Code  string
	Count int
}

// Open is how many items have not ended.
func (c RunCounts) Open() int { return c.Waiting + c.Batched }

// Total is how many items the run has.
func (c RunCounts) Total() int { return c.Open() + c.Ended() }

// Ended is how many items have ended, in whatever way.
func (c RunCounts) Ended() int { return c.Done + c.Unchanged + c.LeftOut + c.Failed + c.Cancelled }

func (c *RunCounts) add(state catalog.ItemState, n int) {
	switch state {
	case catalog.ItemWaiting:
		c.Waiting += n
	case catalog.ItemBatched:
		c.Batched += n
	case catalog.ItemDone:
		c.Done += n
	case catalog.ItemUnchanged:
		c.Unchanged += n
	case catalog.ItemLeftOut:
		c.LeftOut += n
	case catalog.ItemFailed:
		c.Failed += n
	case catalog.ItemCancelled:
		c.Cancelled += n
	}
}

// RunCounts counts the items of each of these runs, from the items themselves.
func (s *Store) RunCounts(ctx context.Context, runIDs ...string) (map[string]RunCounts, error) {
	const query = `SELECT run_id, state, reason_code, count(*) AS n FROM items WHERE run_id IN (?)
		GROUP BY run_id, state, reason_code ORDER BY n DESC, reason_code`
	counts := make(map[string]RunCounts, len(runIDs))
	if len(runIDs) == 0 {
		return counts, nil
	}
	var rows []struct {
		RunID string            `db:"run_id"`
		State catalog.ItemState `db:"state"`
		Code  string            `db:"reason_code"`
		N     int               `db:"n"`
	}
	if err := s.selectIn(ctx, &rows, query, runIDs); err != nil {
		return nil, fmt.Errorf("count items of runs: %w", err)
	}
	for _, id := range runIDs {
		counts[id] = RunCounts{}
	}
	for _, r := range rows {
		c := counts[r.RunID]
		c.add(r.State, r.N)
		if r.Code != "" {
			c.Reasons = append(c.Reasons, RunReason{State: r.State, Code: r.Code, Count: r.N})
		}
		counts[r.RunID] = c
	}
	return counts, nil
}

// RunStateOf derives the state that people see: an ended run is failed as soon
// as one of its items is, whatever else it was.
func RunStateOf(run catalog.Run, c RunCounts) catalog.RunState {
	if run.Phase != catalog.PhaseEnded {
		switch {
		case !run.PausedAt.IsZero():
			return catalog.RunPaused
		case run.Phase == catalog.PhaseQueued:
			return catalog.RunQueued
		case run.Phase == catalog.PhasePlanning:
			return catalog.RunPlanning
		}
		return catalog.RunWorking
	}
	switch {
	case c.Failed > 0:
		return catalog.RunFailed
	case strings.HasPrefix(run.Reason, "brake."):
		return catalog.RunStopped
	case strings.HasPrefix(run.Reason, "source."):
		return catalog.RunUnhealthy
	case !run.CancelRequestedAt.IsZero():
		return catalog.RunCancelled
	case run.Reason != "":
		return catalog.RunFailed
	}
	return catalog.RunDone
}
