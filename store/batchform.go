package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"lensan/store/catalog"
)

// FewItems is how many items a run may have to share its batches with other
// runs as small.
const FewItems = 40

// BatchForm says which due items become batches, and of what size.
type BatchForm struct {
	Marketplace string
	Queue       catalog.Queue
	Purpose     catalog.Purpose
	// Size is how many items a batch has; ByOp how many where another number
	// is due, by the change that is due. An item of a batch of 100 takes a
	// hundredth of it, beside any other.
	Size int
	ByOp map[string]int
	// Window is how many batches of this lane, queue and purpose may be open.
	Window int
	// Gather is how long edits that trickle in wait for a full batch.
	Gather time.Duration
	// Lease is how long a batch may wait in the queue.
	Lease time.Duration
}

// FormBatches hands out due items: it makes batches until the window of them
// are open, and returns the new ones.
//
//	a run                                  → batches of its own; runs take turns, the oldest first
//	runs of few items (FewItems)           → batches together: one product a run is not one product a call
//	of them, those that a program asked for,
//	and items of no run                    → together too; they trickle in and wait up to Gather for a full batch
//
// Nothing urgent is gathered. Nothing is handed out while the lane or the run
// is paused. An item is never in two open batches, however many processes form
// them at once.
func (s *Store) FormBatches(ctx context.Context, f BatchForm) ([]catalog.Batch, error) {
	var formed []catalog.Batch
	err := s.inTx(ctx, func(t *tx) (err error) {
		formed, err = t.formBatches(ctx, s.Now(), f)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("form batches of %s %s: %w", f.Marketplace, f.Queue, err)
	}
	return formed, nil
}

// turn is whose items a batch is made of.
type turn struct {
	runs    []string
	gathers bool
}

func (t *tx) formBatches(ctx context.Context, now time.Time, f BatchForm) ([]catalog.Batch, error) {
	const open = `SELECT count(*) FROM batches WHERE marketplace = ? AND lane_queue = ? AND purpose = ? AND state <> 'done'`
	const lane = `SELECT CASE WHEN ` + laneOpen + ` THEN 1 ELSE 0 END`
	if err := t.onlyOne(ctx, "batches."+f.Marketplace); err != nil {
		return nil, err
	}
	var have, isOpen int
	if err := t.GetContext(ctx, &isOpen, t.Rebind(lane), f.Marketplace, millis(now)); err != nil || isOpen == 0 {
		return nil, err
	}
	if err := t.GetContext(ctx, &have, t.Rebind(open), f.Marketplace, f.Queue, f.Purpose); err != nil {
		return nil, err
	}
	turns, err := t.turns(ctx, f)
	if err != nil {
		return nil, err
	}
	var formed []catalog.Batch
	for len(turns) > 0 && have+len(formed) < f.Window {
		left := turns[:0]
		for _, whose := range turns {
			if have+len(formed) >= f.Window {
				break
			}
			b, more, err := t.formBatch(ctx, now, f, whose)
			if err != nil {
				return nil, err
			}
			if b != nil {
				formed = append(formed, *b)
			}
			if more {
				left = append(left, whose)
			}
		}
		turns = left
	}
	return formed, nil
}

// turns are those whose items may be due, in their order. Reading the items by
// the names of their runs keeps those of a paused run, however many, out of the
// way.
func (t *tx) turns(ctx context.Context, f BatchForm) ([]turn, error) {
	const runs = `SELECT id, CASE WHEN kind = 'sync' AND planned <= ? THEN 1 ELSE 0 END AS few, CASE WHEN trigger = 'api' THEN 1 ELSE 0 END AS program
		FROM runs WHERE finished_at = 0 AND phase = 'working' AND paused_at = 0 AND cancel_requested_at = 0 ORDER BY created_at, id`
	var open []struct {
		ID      string `db:"id"`
		Few     bool   `db:"few"`
		Program bool   `db:"program"`
	}
	if err := t.SelectContext(ctx, &open, t.Rebind(runs), FewItems); err != nil {
		return nil, err
	}
	var out []turn
	few := -1 // where in out
	trickle := turn{runs: []string{""}, gathers: f.Queue != catalog.QueueUrgent && f.Gather > 0}
	for _, r := range open {
		switch {
		case !r.Few:
			out = append(out, turn{runs: []string{r.ID}})
		case r.Program:
			trickle.runs = append(trickle.runs, r.ID)
		case few < 0:
			few, out = len(out), append(out, turn{runs: []string{r.ID}})
		default:
			out[few].runs = append(out[few].runs, r.ID)
		}
	}
	return append(out, trickle), nil
}

// dueItem is an item that may go into a batch.
type dueItem struct {
	ID    string `db:"id"`
	Op    string `db:"op"`
	DueAt int64  `db:"due_at"`
}

// formBatch makes one batch of a turn's due items; nil when there are none, or
// when they are still to be gathered. more: there may be others.
func (t *tx) formBatch(ctx context.Context, now time.Time, f BatchForm, whose turn) (b *catalog.Batch, more bool, err error) {
	aside := ""
	if len(whose.runs) > 1 {
		// SQLite would go by the index of time, through all that a paused run
		// has waiting; of these runs each has few.
		aside = t.dialect.noIndex
	}
	claim := `SELECT id, op, due_at FROM items WHERE ` + aside + `marketplace = ? AND ` + aside + `lane_queue = ? AND purpose = ? AND run_id IN (?) AND state = 'waiting' AND due_at <= ?
		ORDER BY due_at, id LIMIT ?` + t.dialect.skipLocked
	const insert = `INSERT INTO batches (id, marketplace, lane_queue, purpose, state, lease_until, size, created_at) VALUES (?, ?, ?, ?, 'queued', ?, ?, ?)`
	const take = `UPDATE items SET state = 'batched', batch_id = ? WHERE id IN (?)`
	most := f.most()
	var items []dueItem
	if err := t.selectIn(ctx, &items, claim, f.Marketplace, f.Queue, f.Purpose, whose.runs, millis(now), most); err != nil || len(items) == 0 {
		return nil, false, err
	}
	n, full := f.fill(items)
	if whose.gathers && !full && items[0].DueAt > millis(now.Add(-f.Gather)) {
		return nil, false, nil
	}
	ids := make([]string, n)
	for i, d := range items[:n] {
		ids[i] = d.ID
	}
	id := newID("b", now)
	if _, err := t.exec(ctx, insert, id, f.Marketplace, f.Queue, f.Purpose, millis(now.Add(f.Lease)), n, millis(now)); err != nil {
		return nil, false, err
	}
	if _, err := t.execIn(ctx, take, id, ids); err != nil {
		return nil, false, err
	}
	made := catalog.Batch{ID: id, Marketplace: f.Marketplace, Queue: f.Queue, Purpose: f.Purpose, Generation: 1, Size: n}
	return &made, n < len(items) || len(items) == most, nil
}

// most is how many items the largest batch has.
func (f BatchForm) most() int {
	n := f.Size
	for _, size := range f.ByOp {
		n = max(n, size)
	}
	return max(n, 1)
}

// sizeOf is how many items with these changes make a batch; several changes
// make the smallest of theirs.
func (f BatchForm) sizeOf(ops string) int {
	n := 0
	for op := range strings.FieldsSeq(ops) {
		size, ok := f.ByOp[op]
		if !ok {
			size = f.Size
		}
		if n == 0 || size < n {
			n = size
		}
	}
	if n == 0 {
		n = f.Size
	}
	return max(n, 1)
}

// fill tells how many of the items fill a batch, in their order, and whether
// they do.
func (f BatchForm) fill(due []dueItem) (n int, full bool) {
	const whole = 1 - 1e-9
	share := 0.0
	for _, d := range due {
		share += 1 / float64(f.sizeOf(d.Op))
		if share > 2-whole {
			return n, true
		}
		n++
	}
	return n, share >= whole
}
