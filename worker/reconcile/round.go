package reconcile

import (
	"context"
	"maps"
	"slices"

	"lensan/adapters"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/worker/plan"
)

// opOrder is the order in which changes go out: first those that keep or put
// listings on sale.
var opOrder = []adapters.Op{adapters.OpAdopt, adapters.OpCreate, adapters.OpUpdateOffer, adapters.OpUpdateContent, adapters.OpReopen, adapters.OpClose}

// due is a task with the change it is about to make.
type due struct {
	*task
	decision plan.Decision
	op       adapters.Op
}

// round decides about every open task, makes the next change of each, and
// tells whether there is another round. Deciding anew after each change is
// what makes a second change follow from what really came back.
func (w *work) round(ctx context.Context) (again bool, err error) {
	if err := w.endCancelled(ctx); err != nil {
		return false, err
	}
	groups := map[adapters.Op][]due{}
	for _, t := range w.open() {
		d := w.decide(t)
		op, ok := w.next(t, d)
		if !ok {
			if err := w.settled(ctx, t, d); err != nil {
				return false, err
			}
			continue
		}
		groups[op] = append(groups[op], due{t, d, op})
	}
	for _, op := range opOrder {
		for left := groups[op]; len(left) > 0; again = true {
			var stop bool
			if left, stop, err = w.part(ctx, op, left); err != nil || stop {
				return false, err
			}
		}
	}
	return again, nil
}

// part makes the change of as many tasks as one request carries, and returns
// those still to be seen to. stop: what is left is to be handed back.
func (w *work) part(ctx context.Context, op adapters.Op, left []due) (rest []due, stop bool, err error) {
	leave, err := w.turn(ctx, op)
	if err != nil {
		return nil, false, err
	}
	defer leave()
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	if w.handBack != nil && w.handBack() {
		return nil, true, nil
	}
	if err := w.endCancelled(ctx); err != nil {
		return nil, false, err
	}
	n := min(perCall(w.caps, op, w.StaleAfter), len(left))
	late, err := w.change(ctx, op, left[:n])
	return append(late, left[n:]...), false, err
}

// next is the first change of a decision that this worker has not made yet. A
// change that was made and is still due was silently ignored; it is for a
// later try.
func (w *work) next(t *task, d plan.Decision) (adapters.Op, bool) {
	for _, op := range opOrder {
		for _, wanted := range d.Ops {
			if wanted == op && !t.done[op] {
				return op, true
			}
		}
	}
	return "", false
}

// settled ends a task that has nothing more to do.
func (w *work) settled(ctx context.Context, t *task, d plan.Decision) error {
	t.listing.SyncState, t.listing.Reasons = d.State, d.Reasons
	if len(d.Ops) > 0 { // ignored by the marketplace
		t.listing.SyncState = catalog.SyncRetrying
		t.listing.Reasons = []catalog.Reason{{Code: "listing.write_not_shown"}}
		if err := w.save(ctx, store.Record{Listings: []catalog.Listing{t.listing}}); err != nil {
			return err
		}
		return w.back(ctx, t, w.Now().Add(w.jitter(w.wait(adapters.KindConflict, t.item.Attempts))), t.listing.Reasons[0], adapters.KindConflict, true)
	}
	if w.runs[t.item.RunID].Kind == catalog.RunRevert {
		return w.reverted(ctx, t, d)
	}
	w.markSlowReview(t)
	if t.refused && !t.changed {
		return w.refuse(ctx, t)
	}
	state := catalog.ItemUnchanged
	switch {
	case t.failure != adapters.KindNone, t.changed && ignored(d):
		state = catalog.ItemFailed
	case t.item.Purpose == catalog.PurposeLook, t.changed:
		state = catalog.ItemDone
	case d.State == catalog.SyncNeedsFixing, d.State == catalog.SyncExcluded:
		state = catalog.ItemLeftOut
	}
	return w.finish(ctx, t, state, t.failure)
}

// ignored tells whether the marketplace took a change and does not show it.
func ignored(d plan.Decision) bool {
	return slices.ContainsFunc(d.Diff, func(f plan.FieldDiff) bool { return f.Verdict == plan.Ignored })
}

// markSlowReview says of a listing whose review never ends that it is so.
func (w *work) markSlowReview(t *task) {
	if slow, ok := w.slowReview(t.listing); ok && len(t.listing.Reasons) == 0 {
		t.listing.Reasons = []catalog.Reason{slow}
	}
}

// slowReview is the reason of a listing that has been in review for too long.
func (r *Runner) slowReview(l catalog.Listing) (catalog.Reason, bool) {
	waited := r.Now().Sub(l.MarketSince)
	if l.MarketState != string(adapters.PendingReview) || l.MarketSince.IsZero() || waited <= r.ReviewLimit {
		return catalog.Reason{}, false
	}
	return catalog.Reason{Code: "review.too_long", Args: map[string]string{"days": days(waited)}}, true
}

// endCancelled ends the tasks whose run is being cancelled.
func (w *work) endCancelled(ctx context.Context) error {
	var ids []string
	for id, run := range w.runs {
		if run.CancelRequestedAt.IsZero() {
			ids = append(ids, id)
		}
	}
	fresh, err := w.Store.RunsByID(ctx, ids)
	if err != nil {
		return err
	}
	maps.Copy(w.runs, fresh)
	for _, t := range w.open() {
		run, ok := w.runs[t.item.RunID]
		switch {
		case !ok:
		case !run.CancelRequestedAt.IsZero():
			if err := w.finishStopped(ctx, t); err != nil {
				return err
			}
		case !run.PausedAt.IsZero():
			if err := w.back(ctx, t, w.Now(), catalog.Reason{}, adapters.KindNone, false); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *work) finishStopped(ctx context.Context, t *task) error {
	d := w.decide(t)
	t.listing.SyncState, t.listing.Reasons = d.State, d.Reasons
	if t.readAt.IsZero() { // nothing is known that would change when to look
		t.listing.LookAt = t.lookHeld
	}
	if err := w.save(ctx, store.Record{Listings: []catalog.Listing{t.listing}}); err != nil {
		return err
	}
	return w.end(ctx, t, catalog.ItemCancelled, catalog.Reason{Code: store.ReasonRunCancelled}, adapters.KindNone)
}
