package reconcile

import (
	"context"

	"lensan/adapters"
	"lensan/store/catalog"
	"lensan/worker/plan"
)

// planRevert makes the items of a run that takes back what another one did,
// through the same brakes.
func (r *Runner) planRevert(ctx context.Context, run catalog.Run) error {
	restored, err := r.restored(ctx)
	if err != nil {
		return err
	}
	harm := plan.Harm{}
	changes, leftOut := 0, 0
	err = r.Store.TouchedByRun(ctx, run.Reverts, func(m string, skus []string) error {
		done, err := r.doneBy(ctx, run.Reverts, m, skus)
		if err != nil {
			return err
		}
		subjects, err := r.Store.SubjectsOf(ctx, skus, []string{m})
		if err != nil {
			return err
		}
		var items []catalog.Item
		for _, s := range subjects {
			d := plan.Revert(s.Lanes[m].Listing, done[s.SKU.Code])
			if restored[m] {
				d = plan.Decision{Reasons: []catalog.Reason{{Code: plan.ReasonRegisterOld}}}
			}
			item := catalog.Item{RunID: run.ID, Marketplace: m, SKU: s.SKU.Code, Op: opsText(d.Ops)}
			if len(d.Ops) == 0 {
				leftOut++
				item.State = catalog.ItemLeftOut
				if len(d.Reasons) > 0 {
					item.ReasonCode = d.Reasons[0].Code
				}
			} else {
				changes++
				harm.Add(m, s, d)
			}
			items = append(items, item)
		}
		return r.Store.InsertItems(ctx, items)
	})
	if err != nil {
		return err
	}
	stopped, err := r.brakes(ctx, run, harm)
	if err != nil || stopped {
		return err
	}
	return r.Store.MarkRunPlanned(ctx, run.ID, "", changes, 0, leftOut)
}

// doneBy is what a run did to these SKUs, newest first, by SKU.
func (r *Runner) doneBy(ctx context.Context, runID, m string, skus []string) (map[string][]plan.Done, error) {
	intents, err := r.Store.IntentsOfRun(ctx, runID, m, skus)
	if err != nil {
		return nil, err
	}
	out := map[string][]plan.Done{}
	for _, in := range intents {
		d := plan.Done{Op: in.Change.Op, Sent: in.Fields, Before: fieldsOf(in.Before), After: fieldsOf(in.After)}
		out[in.Change.SKU] = append(out[in.Change.SKU], d)
	}
	return out, nil
}

func fieldsOf(l *catalog.Listing) adapters.Fields {
	out := adapters.Fields{}
	if l == nil {
		return out
	}
	for f, v := range l.Seen {
		out[adapters.Field(f)] = v
	}
	return out
}

// loadReverts reads what is to be taken back, for the tasks of reverting runs.
func (w *work) loadReverts(ctx context.Context) error {
	byRun := map[string][]string{}
	for _, t := range w.open() {
		if run := w.runs[t.item.RunID]; run.Kind == catalog.RunRevert {
			byRun[run.Reverts] = append(byRun[run.Reverts], t.item.SKU)
		}
	}
	for id, skus := range byRun {
		done, err := w.doneBy(ctx, id, w.m, skus)
		if err != nil {
			return err
		}
		for _, t := range w.open() {
			if w.runs[t.item.RunID].Reverts == id {
				t.revert = done[t.item.SKU]
			}
		}
	}
	return nil
}

// reverted ends a task that takes back: what the register still asks for is
// held until the register changes.
func (w *work) reverted(ctx context.Context, t *task, d plan.Decision) error {
	set := w.set
	set.Policy = catalog.PolicySync
	normal := plan.Decide(t.subject, w.adapter, set)
	l := &t.listing
	l.SyncState, l.Reasons = catalog.SyncNeedsFixing, append([]catalog.Reason{{Code: "listing.reverted"}}, d.Reasons...)
	for _, op := range normal.Ops {
		l.Refused = plan.Remember(l.Refused, normal.Key(op), l.Reasons)
	}
	if len(normal.Ops) == 0 {
		l.SyncState, l.Reasons = normal.State, normal.Reasons
	}
	state := catalog.ItemDone
	if !t.changed {
		state = catalog.ItemLeftOut
	}
	return w.finish(ctx, t, state, adapters.KindNone)
}

// encode makes the bytes of a change: from the offer, or from what the listing
// once showed.
func (w *work) encode(ch adapters.Change, t due) ([]byte, error) {
	update := ch.Op == adapters.OpUpdateContent || ch.Op == adapters.OpUpdateOffer
	if w.runs[t.item.RunID].Kind != catalog.RunRevert || !update {
		return w.adapter.Encode(ch, t.decision.Offer, current(t.listing))
	}
	restorer, ok := w.adapter.(adapters.Restorer)
	if !ok {
		return nil, &adapters.Error{Marketplace: w.m, Op: "restore", SKU: ch.SKU, Kind: adapters.KindUnsupported}
	}
	return restorer.Restore(ch, t.decision.Want, current(t.listing))
}
