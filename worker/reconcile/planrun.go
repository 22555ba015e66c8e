package reconcile

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"maps"
	"slices"
	"strings"

	"lensan/adapters"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/worker/plan"
)

// PlanRun reads the lanes that must be read, plans the run's scope, stores the
// plan and the run's items and marks the run as planned. Called again after a
// crash it starts over.
func (r *Runner) PlanRun(ctx context.Context, run catalog.Run) error {
	if err := r.Store.ResetRunItems(ctx, run.ID); err != nil {
		return err
	}
	if run.Kind == catalog.RunRevert {
		return r.planRevert(ctx, run)
	}
	waiting, err := r.observeLanes(ctx, run, r.lanesOf(run.Scope))
	if err != nil {
		return err
	}
	for _, m := range r.lanesOf(run.Scope) {
		if _, away := waiting[m]; away {
			continue
		}
		if err := r.lookAtHeldShops(ctx, m, run.CreatedAt); err != nil {
			return err
		}
	}
	if run.PlanID != "" {
		return r.carryPlan(ctx, run, waiting)
	}
	if err := r.announceEndings(ctx); err != nil {
		return err
	}
	p, err := r.makePlan(ctx, run.Scope, run.Policy, r.Today(), waiting, func(batch []planned) error {
		return r.takeUp(ctx, run, batch)
	})
	if err != nil {
		return err
	}
	if len(p.canaries) > 0 {
		r.Log.Error("a product that must always be on sale is not to be", "run", run.ID, "products", p.canaries)
		if err := r.Store.ResetRunItems(ctx, run.ID); err != nil {
			return err
		}
		return r.Store.EndRun(ctx, run.ID, "source.canary")
	}
	stopped, err := r.brakes(ctx, run, p.harm)
	if err != nil || stopped {
		return err
	}
	crash("before-planned", opPlan)
	return r.Store.MarkRunPlanned(ctx, run.ID, p.ID, p.changes, p.unchanged, p.leftOut)
}

// observeIfDue reads a lane whole where the run asks for it, or where it was
// never read: what stands there already must not be made a second time.
func (r *Runner) observeIfDue(ctx context.Context, m string, run catalog.Run) error {
	at, err := r.Store.ReadWholeAt(ctx, m)
	if err != nil {
		return err
	}
	if paused, err := r.Store.LanePaused(ctx, m); err != nil {
		return err
	} else if paused != nil && (at.IsZero() || run.Kind != catalog.RunSync) {
		return paused
	}
	if run.Kind == catalog.RunSync && !at.IsZero() {
		if newer, err := r.newerBrought(ctx, m, at); err != nil || !newer {
			return err
		}
		return r.Observe(ctx, m)
	}
	if !at.IsZero() && !run.CreatedAt.IsZero() && at.After(run.CreatedAt) {
		return nil // planned before, by a process that died since
	}
	return r.Observe(ctx, m)
}

// lanesOf are the marketplaces that the scope speaks of and that are on,
// sorted.
func (r *Runner) lanesOf(scope catalog.Scope) []string {
	var out []string
	for _, m := range slices.Sorted(maps.Keys(r.Adapters)) {
		if len(scope.Marketplaces) == 0 || slices.Contains(scope.Marketplaces, m) {
			out = append(out, m)
		}
	}
	return out
}

// planned is one subject on one marketplace with its decision.
type planned struct {
	marketplace string
	subject     catalog.Subject
	decision    plan.Decision
	counted     bool // false: out of the scope's "only" or past its limit
}

// drawn is a plan as stored.
type drawn struct {
	store.Plan
	subjects                    int // SKUs, and products without one, that the scope matched
	changes, unchanged, leftOut int
	harm                        plan.Harm
	canaries                    []string // products that must be on sale, and would not be
}

// makePlan plans a scope page by page, stores the plan, and hands each page's
// decisions to each.
func (r *Runner) makePlan(ctx context.Context, scope catalog.Scope, policy catalog.Policy, today catalog.Day, waiting map[string]catalog.Reason, each func([]planned) error) (*drawn, error) {
	p := &drawn{Plan: store.Plan{Scope: scope, Policy: policy, AsOf: today, Counts: map[string]int{}}, harm: plan.Harm{}}
	id, err := r.Store.NewPlan(ctx, p.Plan)
	if err != nil {
		return nil, err
	}
	p.ID = id
	sum := sha256.New()
	lanes := r.lanesOf(scope)
	set, err := r.settings(ctx, policy)
	if err != nil {
		return nil, err
	}
	set.Today = today
	limit := &limiter{most: scope.Limit}
	err = r.Store.Subjects(ctx, scope, lanes, func(page []catalog.Subject) error {
		var batch []planned
		for _, s := range page {
			p.subjects++
			for _, m := range lanes {
				pl := planned{marketplace: m, subject: s, decision: plan.Decide(s, r.Adapters[m], set)}
				if why, ok := waiting[m]; ok {
					pl.decision = putOff(pl.decision, why)
				}
				pl.counted = matchesOnly(scope.Only, pl) && limit.take(pl)
				p.count(pl)
				if r.deadCanary(pl) {
					p.canaries = append(p.canaries, s.Product.Code)
				}
				batch = append(batch, pl)
			}
		}
		if err := r.Store.AddPlanItems(ctx, p.ID, planItems(batch, sum)); err != nil {
			return err
		}
		return each(batch)
	})
	if err != nil {
		return nil, err
	}
	p.Checksum = hex.EncodeToString(sum.Sum(nil)[:16])
	if err := r.Store.ClosePlan(ctx, p.ID, p.Checksum, p.Counts); err != nil {
		return nil, err
	}
	return p, r.Store.PrunePlans(ctx, 50)
}

// deadCanary tells whether a product that must always be on sale would not be:
// then the source is not to be trusted.
func (r *Runner) deadCanary(pl planned) bool {
	d := pl.decision
	return slices.Contains(r.Canaries, pl.subject.Product.Code) &&
		(slices.Contains(d.Ops, adapters.OpClose) || slices.Contains(d.Held, adapters.OpClose) || d.State == catalog.SyncExcluded && !strings.HasPrefix(d.Reasons[0].Code, "not_sold."))
}

// limiter lets the first most SKUs with changes through; 0 is no limit.
type limiter struct {
	most, taken int
	sku         string // the last one let through
}

func (l *limiter) take(p planned) bool {
	if l.most == 0 || len(p.decision.Ops) == 0 || p.subject.SKU.Code == l.sku {
		return true
	}
	if l.taken == l.most {
		return false
	}
	l.taken++
	l.sku = p.subject.SKU.Code
	return true
}

func matchesOnly(only string, p planned) bool {
	d, listing := p.decision, p.subject.Lanes[p.marketplace].Listing
	what, reason, _ := strings.Cut(only, ":")
	switch what {
	case "":
		return true
	case "new":
		return slices.Contains(d.Ops, adapters.OpCreate)
	case "changed":
		return len(d.Ops) > 0 && !slices.Contains(d.Ops, adapters.OpCreate)
	case "failed":
		bad := listing.SyncState == catalog.SyncFailed || listing.SyncState == catalog.SyncNeedsFixing || listing.SyncState == catalog.SyncRetrying
		return bad && (reason == "" || slices.ContainsFunc(listing.Reasons, func(r catalog.Reason) bool { return r.Code == reason }))
	case "drifted":
		return listing.RemoteID != "" && len(d.Diff) > 0
	case "left-out":
		return len(d.Ops) == 0 && len(d.Reasons) > 0
	}
	return false
}

func (p *drawn) count(pl planned) {
	d, m := pl.decision, pl.marketplace
	if !pl.counted {
		return
	}
	p.harm.Add(m, pl.subject, d)
	switch {
	case len(d.Ops) > 0 || d.Settle:
		p.changes++
		for _, op := range d.Ops {
			p.Counts[m+"."+string(op)]++
		}
	case d.State == catalog.SyncApplied:
		p.unchanged++
		p.Counts[m+".unchanged"]++
	default:
		p.leftOut++
		p.Counts[m+"."+string(d.State)]++
	}
}

// planItems are the rows of what changes or is left out; sum takes in all that
// an approval stands for.
func planItems(batch []planned, sum hash.Hash) []store.PlanItem {
	var out []store.PlanItem
	enc := json.NewEncoder(sum)
	for _, pl := range batch {
		d := pl.decision
		if !pl.counted || len(d.Ops) == 0 && len(d.Reasons) == 0 && len(d.Held) == 0 {
			continue
		}
		item := store.PlanItem{Marketplace: pl.marketplace, ProductCode: pl.subject.Product.Code, Ops: opsText(d.Ops), Diff: "[]", ReasonArgs: "{}", Digest: d.Digest}
		if pl.subject.SKU != nil {
			item.SKU = pl.subject.SKU.Code
		}
		if len(d.Diff) > 0 {
			item.Diff = text(d.Diff)
		}
		if len(d.Reasons) > 0 {
			item.ReasonCode = d.Reasons[0].Code
			if len(d.Reasons[0].Args) > 0 {
				item.ReasonArgs = text(d.Reasons[0].Args)
			}
		} else if len(d.Ops) == 0 && len(d.Held) > 0 {
			item.ReasonCode, item.ReasonArgs = "policy.not_allowed", text(map[string]string{"ops": opsText(d.Held)})
		}
		if err := enc.Encode(item); err != nil {
			panic(err) // plain strings always encode
		}
		if err := enc.Encode(item.Digest); err != nil {
			panic(err)
		}
		out = append(out, item)
	}
	return out
}

func opsText(ops []adapters.Op) string {
	words := make([]string, len(ops))
	for i, op := range ops {
		words[i] = string(op)
	}
	return strings.Join(words, " ")
}

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain records always encode
	}
	return string(b)
}

// takeUp writes the states that a page's decisions lead to, and the items of
// what is to be done.
func (r *Runner) takeUp(ctx context.Context, run catalog.Run, batch []planned) error {
	if err := r.setStates(ctx, batch); err != nil {
		return err
	}
	if err := r.ask(ctx, batch); err != nil {
		return err
	}
	if run.Kind == catalog.RunRefresh {
		return nil
	}
	queue := catalog.QueueNormal
	switch {
	case run.Kind == catalog.RunReconcile:
		queue = catalog.QueueReconcile
	case run.Trigger == catalog.TriggerAPI: // a program tells of an edit: those that trickle in are gathered
	case len(run.Scope.SKUs) > 0 && len(run.Scope.SKUs) <= 20: // a person waits
		queue = catalog.QueueUrgent
	}
	var items []catalog.Item
	for _, pl := range batch {
		if d := pl.decision; pl.counted && pl.subject.SKU != nil && (len(d.Ops) > 0 || d.Settle && run.Policy != catalog.PolicyObserve) {
			items = append(items, catalog.Item{RunID: run.ID, Marketplace: pl.marketplace, SKU: pl.subject.SKU.Code, Queue: queue,
				Purpose: catalog.PurposeApply, Op: opsText(d.Ops)})
		}
	}
	if err := r.Store.InsertItems(ctx, items); err != nil {
		return err
	}
	crash("after-page", opPlan)
	return nil
}

// setStates writes where each SKU stands by its decision.
func (r *Runner) setStates(ctx context.Context, batch []planned) error {
	var skus, products []store.PlannedState
	for _, pl := range batch {
		st := store.PlannedState{Marketplace: pl.marketplace, State: pl.decision.State, Reasons: pl.decision.Reasons}
		if slow, ok := r.slowReview(pl.subject.Lanes[pl.marketplace].Listing); ok && len(st.Reasons) == 0 {
			st.Reasons = []catalog.Reason{slow}
		}
		switch {
		case pl.subject.SKU == nil:
			st.SKU = pl.subject.Product.Code
			products = append(products, st)
		case !pl.decision.Settle:
			st.SKU = pl.subject.SKU.Code
			skus = append(skus, st)
		}
	}
	if err := r.Store.SetPlanned(ctx, skus); err != nil {
		return err
	}
	return r.Store.SetProductStates(ctx, products)
}

// Assess brings every state up to the register and the day, from the last
// reading, without a call to a marketplace and without a plan.
func (r *Runner) Assess(ctx context.Context) error {
	lanes := r.lanesOf(catalog.Scope{})
	set, err := r.settings(ctx, catalog.PolicySync)
	if err != nil {
		return fmt.Errorf("assess: %w", err)
	}
	err = r.Store.Subjects(ctx, catalog.Scope{}, lanes, func(page []catalog.Subject) error {
		var batch []planned
		for _, s := range page {
			for _, m := range lanes {
				batch = append(batch, planned{marketplace: m, subject: s, decision: plan.Decide(s, r.Adapters[m], set)})
			}
		}
		return r.setStates(ctx, batch)
	})
	if err != nil {
		return fmt.Errorf("assess: %w", err)
	}
	return nil
}

// Drawn is a plan made for showing.
type Drawn struct {
	store.Plan
	Subjects                    int // SKUs, and products without one, that the scope matched
	Changes, Unchanged, LeftOut int
	Stopped                     *plan.Stopped // the brake that a run of it would hit
}

// Plan makes and stores a plan from the last reading, and changes nothing else.
func (r *Runner) Plan(ctx context.Context, scope catalog.Scope, policy catalog.Policy, asOf catalog.Day) (Drawn, error) {
	if asOf == "" {
		asOf = r.Today()
	}
	p, err := r.makePlan(ctx, scope, policy, asOf, nil, func([]planned) error { return nil })
	if err != nil {
		return Drawn{}, err
	}
	for m, h := range p.harm {
		if h.Live, err = r.Store.LiveCount(ctx, m); err != nil {
			return Drawn{}, err
		}
	}
	return Drawn{Plan: p.Plan, Subjects: p.subjects, Changes: p.changes, Unchanged: p.unchanged, LeftOut: p.leftOut,
		Stopped: r.Limits.Check(p.harm, nil)}, nil
}
