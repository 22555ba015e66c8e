package reconcile

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"lensan/adapters"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/worker/plan"
)

// loadApproved reads what a person approved of the tasks whose run carries out
// a stored plan.
func (w *work) loadApproved(ctx context.Context) error {
	var runs, skus []string
	for _, t := range w.open() {
		if run := w.runs[t.item.RunID]; run.PlanID != "" {
			skus = append(skus, t.item.SKU)
			if !slices.Contains(runs, run.ID) {
				runs = append(runs, run.ID)
			}
		}
	}
	approved, err := w.Store.ApprovedItems(ctx, runs, w.m, skus)
	if err != nil {
		return err
	}
	for _, t := range w.open() {
		if it, ok := approved[store.RunItem{RunID: t.item.RunID, SKU: t.item.SKU}]; ok {
			t.approved = &it
		}
	}
	return nil
}

// asApproved takes the changes out of a decision that comes out another way
// than the one approved: the register or the listing has changed since. What
// follows a change that was made already stands as it is.
func (t *task) asApproved(d plan.Decision) plan.Decision {
	if t.approved == nil || t.changed || t.intent != nil {
		return d
	}
	ops := strings.Fields(t.approved.Ops)
	more := slices.ContainsFunc(d.Ops, func(op adapters.Op) bool { return !slices.Contains(ops, string(op)) })
	t.refused = more || d.Digest != t.approved.Digest || !samePushes(t.approved.Diff, d.Diff) || len(d.Ops) == 0 && d.State != catalog.SyncApplied
	if t.refused {
		d.Held, d.Ops = append(d.Held, d.Ops...), nil
	}
	return d
}

// samePushes tells whether the fields to be sent are those approved, but for
// those that show what was wanted by now.
func samePushes(approved string, now []plan.FieldDiff) bool {
	var diffs []plan.FieldDiff
	if err := json.Unmarshal([]byte(approved), &diffs); err != nil {
		return false
	}
	then := map[adapters.Field]plan.Verdict{}
	for _, f := range diffs {
		then[f.Field] = f.Verdict
	}
	for _, f := range now {
		if (f.Verdict == plan.Push) != (then[f.Field] == plan.Push) {
			return false
		}
	}
	return true
}

// refuse ends a task that is no longer what was approved.
func (w *work) refuse(ctx context.Context, t *task) error {
	after := context.WithoutCancel(ctx)
	if err := w.save(ctx, store.Record{Listings: []catalog.Listing{t.listing}}); err != nil {
		return err
	}
	return w.end(after, t, catalog.ItemLeftOut, catalog.Reason{Code: "plan.changed_since"}, adapters.KindNone)
}
