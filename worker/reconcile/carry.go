package reconcile

import (
	"context"
	"strconv"

	"lensan/store"
	"lensan/store/catalog"
	"lensan/worker/plan"
)

// carryPlan takes up a stored plan as it was approved. Each of its items is
// decided anew; one that comes out another way than approved is refused by
// itself, with its reason, and the others go on.
func (r *Runner) carryPlan(ctx context.Context, run catalog.Run, waiting map[string]catalog.Reason) error {
	p, err := r.Store.GetPlan(ctx, run.PlanID)
	if err != nil {
		return err
	}
	set, err := r.settings(ctx, p.Policy)
	if err != nil {
		return err
	}
	c := &carried{Runner: r, run: run, set: set, waiting: waiting, harm: plan.Harm{}}
	if err := r.Store.PlanItems(ctx, p.ID, func(items []store.PlanItem) error { return c.take(ctx, items) }); err != nil {
		return err
	}
	stopped, err := r.brakes(ctx, run, c.harm)
	if err != nil || stopped {
		return err
	}
	return r.Store.MarkRunPlanned(ctx, run.ID, p.ID, c.changes, 0, c.leftOut)
}

// carried is the taking up of a stored plan.
type carried struct {
	*Runner
	run              catalog.Run
	set              plan.Settings
	waiting          map[string]catalog.Reason // lanes that are away
	harm             plan.Harm
	changes, leftOut int
}

func (c *carried) take(ctx context.Context, items []store.PlanItem) error {
	var skus []string
	for _, it := range items {
		if it.Ops != "" && it.SKU != "" {
			skus = append(skus, it.SKU)
		}
	}
	subjects, err := c.Store.SubjectsOf(ctx, skus, c.lanesOf(catalog.Scope{}))
	if err != nil {
		return err
	}
	bySKU := map[string]catalog.Subject{}
	for _, s := range subjects {
		bySKU[s.SKU.Code] = s
	}
	var out []catalog.Item
	for _, it := range items {
		if it.Ops == "" || it.SKU == "" {
			c.leftOut++
			continue
		}
		item := catalog.Item{RunID: c.run.ID, Marketplace: it.Marketplace, SKU: it.SKU, Op: it.Ops}
		a, on := c.Adapters[it.Marketplace]
		s, known := bySKU[it.SKU]
		if on && known {
			d := plan.Decide(s, a, c.set)
			on = d.Digest == it.Digest && opsText(d.Ops) == it.Ops
			if on {
				c.harm.Add(it.Marketplace, s, d)
			}
		}
		if why, away := c.waiting[it.Marketplace]; away {
			item.State, item.ReasonCode = catalog.ItemLeftOut, why.Code
			c.leftOut++
		} else if !on || !known {
			item.State, item.ReasonCode = catalog.ItemLeftOut, "plan.changed_since"
			c.leftOut++
		} else {
			c.changes++
		}
		out = append(out, item)
	}
	return c.Store.InsertItems(ctx, out)
}

// brakes stops the run where its harm is beyond a limit, and tells so.
func (r *Runner) brakes(ctx context.Context, run catalog.Run, harm plan.Harm) (stopped bool, err error) {
	for m, h := range harm { // a share of all that is live, not of the scope
		if h.Live, err = r.Store.LiveCount(ctx, m); err != nil {
			return false, err
		}
	}
	s := r.Limits.Check(harm, run.Lifted)
	if s == nil {
		return false, nil
	}
	if err := r.Store.ResetRunItems(ctx, run.ID); err != nil {
		return false, err
	}
	r.Log.Error("run stopped by a brake", "run", run.ID, "brake", s.Brake, "marketplace", s.Marketplace, "asked", s.Asked, "max", s.Max)
	stake := map[string]string{"brake": string(s.Brake), "asked": strconv.Itoa(s.Asked), "max": strconv.Itoa(s.Max), "live": strconv.Itoa(s.Live), "policy": string(run.Policy)}
	if s.Cause != "" {
		stake["cause"] = s.Cause
	}
	if _, err := r.Store.PutDecisions(ctx, []catalog.Decision{{Kind: catalog.DecideBrake, Subject: s.Marketplace + "/" + string(s.Brake), Marketplace: s.Marketplace,
		RunID: run.ID, Stake: stake}}); err != nil {
		return false, err
	}
	return true, r.Store.EndRun(ctx, run.ID, "brake."+string(s.Brake))
}
