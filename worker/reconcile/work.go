package reconcile

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"lensan/adapters"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/worker/plan"
)

// work is the carrying-out of one batch by one worker.
type work struct {
	*Runner
	m        string
	adapter  adapters.Adapter
	caps     adapters.Capabilities
	owner    string // of the leases; used once
	handBack func() bool

	tasks []*task
	runs  map[string]catalog.Run
	set   plan.Settings
}

// task is one item, and all that is known of its SKU.
type task struct {
	item    catalog.Item
	subject catalog.Subject
	listing catalog.Listing // as last read or written; what the record gets
	readAt  time.Time       // of listing, from the marketplace, by this worker
	// lookHeld is the record's LookAt as this worker last knew it.
	lookHeld time.Time
	intent   *store.Intent // open: its outcome is to be settled first
	revert   []plan.Done   // what is to be taken back, newest first
	// approved is what a person approved of it; nil: no stored plan is carried
	// out. refused: it is no longer that.
	approved *store.PlanItem
	refused  bool
	done     map[adapters.Op]bool
	ended    bool
	changed  bool // something was written to the marketplace
	// failure is why one of its changes was refused while others went on.
	failure adapters.Kind
}

// Work carries out a batch's items and ends or gives back each of them. An
// *adapters.Error with WholeLane says that the lane is to pause; the items not
// begun were given back untouched.
func (r *Runner) Work(ctx context.Context, batch catalog.Batch, items []catalog.Item, handBack func() bool) error {
	a, ok := r.Adapters[batch.Marketplace]
	if !ok {
		return r.leaveOut(ctx, items)
	}
	w := &work{Runner: r, m: batch.Marketplace, adapter: a, caps: a.Capabilities(), handBack: handBack,
		owner: fmt.Sprintf("%s:g%d:%08x", batch.ID, batch.Generation, rand.Uint32())}
	if batch.Queue == catalog.QueueUrgent {
		ctx = adapters.WithUrgent(ctx)
	}
	items, err := w.lease(ctx, items)
	if err != nil {
		return err
	}
	stop := w.heartbeat(ctx)
	err = w.carryOut(ctx, items)
	stop()
	after := context.WithoutCancel(ctx)
	backErr := w.giveBackRest(after, err)
	if relErr := r.Store.ReleaseListings(after, w.m, w.owner); relErr != nil {
		r.Log.Warn("leases run out by themselves", "marketplace", w.m, "err", relErr)
	}
	if err == nil {
		err = backErr
	}
	return err
}

// leaveOut ends the items of a lane that is off.
func (r *Runner) leaveOut(ctx context.Context, items []catalog.Item) error {
	ends := make([]store.ItemEnd, len(items))
	for i, it := range items {
		ends[i] = store.ItemEnd{ID: it.ID, State: catalog.ItemLeftOut, ReasonCode: "lane.off"}
	}
	return r.Store.EndItems(ctx, ends)
}

// lease takes the listings of the items; what another worker holds goes back.
func (w *work) lease(ctx context.Context, items []catalog.Item) ([]catalog.Item, error) {
	var skus []string
	for _, it := range items {
		skus = append(skus, it.SKU)
	}
	slices.Sort(skus)
	held, err := w.Store.LeaseListings(ctx, w.m, slices.Compact(skus), w.owner, w.LeaseTTL)
	if err != nil {
		return nil, err
	}
	var mine []catalog.Item
	var back []store.ItemBack
	taken := map[string]bool{}
	for _, it := range items {
		if _, ok := held[it.SKU]; !ok || taken[it.SKU] {
			back = append(back, store.ItemBack{ID: it.ID, DueAt: w.Now().Add(w.jitter(time.Second)), ReasonCode: it.ReasonCode, Kind: it.Kind})
			continue
		}
		taken[it.SKU] = true
		mine = append(mine, it)
	}
	return mine, w.Store.GiveBackItems(ctx, back)
}

// heartbeat prolongs the leases until the returned function is called, which
// waits for it to end.
func (w *work) heartbeat(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(w.LeaseTTL / 3)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if _, err := w.Store.RenewListings(ctx, w.m, w.owner, w.LeaseTTL); err != nil && ctx.Err() == nil {
					w.Log.Warn("leases not renewed", "marketplace", w.m, "err", err)
				}
			}
		}
	}()
	return func() { cancel(); <-ended }
}

func (w *work) carryOut(ctx context.Context, items []catalog.Item) error {
	if len(items) == 0 {
		return nil
	}
	if err := w.load(ctx, items); err != nil {
		return err
	}
	if err := w.settle(ctx); err != nil {
		return err
	}
	if err := w.read(ctx, w.toRead()); err != nil {
		return err
	}
	for {
		again, err := w.round(ctx)
		if err != nil || !again {
			return err
		}
	}
}

// load reads the subjects, listings, runs and open intents of the items.
func (w *work) load(ctx context.Context, items []catalog.Item) error {
	var skus, runs []string
	set, err := w.settings(ctx, catalog.PolicySync)
	if err != nil {
		return err
	}
	w.set = set
	for _, it := range items {
		skus = append(skus, it.SKU)
		if it.RunID != "" {
			runs = append(runs, it.RunID)
		}
	}
	slices.Sort(runs)
	if w.runs, err = w.Store.RunsByID(ctx, slices.Compact(runs)); err != nil {
		return err
	}
	subjects, err := w.Store.SubjectsOf(ctx, skus, []string{w.m})
	if err != nil {
		return err
	}
	intents, err := w.Store.OpenIntents(ctx, w.m, skus)
	if err != nil {
		return err
	}
	bySKU := map[string]catalog.Subject{}
	for _, s := range subjects {
		bySKU[s.SKU.Code] = s
	}
	for _, it := range items {
		s, ok := bySKU[it.SKU]
		t := &task{item: it, subject: s, done: map[adapters.Op]bool{}}
		w.tasks = append(w.tasks, t)
		if !ok { // renamed or merged away since
			if err := w.end(ctx, t, catalog.ItemLeftOut, catalog.Reason{Code: "excluded.sku_gone"}, adapters.KindNone); err != nil {
				return err
			}
			continue
		}
		t.listing = s.Lanes[w.m].Listing
		t.lookHeld, t.listing.LookAt = t.listing.LookAt, time.Time{}
		if in, ok := intents[it.SKU]; ok {
			t.intent = &in
		}
	}
	if err := w.loadApproved(ctx); err != nil {
		return err
	}
	return w.loadReverts(ctx)
}

// open are the tasks that have not ended.
func (w *work) open() []*task {
	var out []*task
	for _, t := range w.tasks {
		if !t.ended {
			out = append(out, t)
		}
	}
	return out
}

// vanished ends a task whose listing the marketplace no longer knows. It is
// never made again by itself: a wrong "not found" would double it.
func (w *work) vanished(ctx context.Context, t *task) error {
	t.listing.SyncState, t.listing.MarketState, t.listing.MarketSince = catalog.SyncNeedsFixing, string(adapters.Absent), w.Now()
	t.listing.Reasons = []catalog.Reason{{Code: "listing.vanished"}}
	if t.intent != nil { // nothing is left that it could have changed
		if err := w.void(ctx, t, *t.intent); err != nil {
			return err
		}
	}
	return w.finish(ctx, t, catalog.ItemFailed, adapters.KindNotFound)
}

func (w *work) policy(t *task) catalog.Policy {
	if t.item.Purpose == catalog.PurposeLook {
		return catalog.PolicyObserve
	}
	return w.runs[t.item.RunID].Policy
}

func (w *work) decide(t *task) plan.Decision {
	if w.runs[t.item.RunID].Kind == catalog.RunRevert {
		return plan.Revert(t.listing, t.revert)
	}
	set := w.set
	set.Policy = w.policy(t)
	return t.asApproved(plan.Decide(t.subject, w.adapter, set))
}

// finish writes the task's listing as it stands and ends its item.
func (w *work) finish(ctx context.Context, t *task, state catalog.ItemState, kind adapters.Kind) error {
	after := context.WithoutCancel(ctx)
	if err := w.save(ctx, store.Record{Listings: []catalog.Listing{t.listing}}); err != nil {
		return err
	}
	var reason catalog.Reason
	if len(t.listing.Reasons) > 0 {
		reason = t.listing.Reasons[0]
	}
	return w.end(after, t, state, reason, kind)
}

func (w *work) end(ctx context.Context, t *task, state catalog.ItemState, reason catalog.Reason, kind adapters.Kind) error {
	t.ended = true
	if err := w.Store.EndItems(context.WithoutCancel(ctx), []store.ItemEnd{{ID: t.item.ID, State: state, ReasonCode: reason.Code, Kind: string(kind)}}); err != nil {
		return err
	}
	for op := range t.done {
		crash("after-end", op)
	}
	return nil
}

// back gives the task's item back, to be tried again at due.
func (w *work) back(ctx context.Context, t *task, due time.Time, reason catalog.Reason, kind adapters.Kind, attempt bool) error {
	t.ended = true
	return w.Store.GiveBackItems(context.WithoutCancel(ctx), []store.ItemBack{{ID: t.item.ID, DueAt: due, ReasonCode: reason.Code, Kind: string(kind), CountAttempt: attempt}})
}

// giveBackRest returns what was not begun: at once after a hand-back, when the
// lane is back after its failure.
func (w *work) giveBackRest(ctx context.Context, cause error) error {
	var backs []store.ItemBack
	for _, t := range w.open() {
		backs = append(backs, store.ItemBack{ID: t.item.ID, DueAt: w.Now().Add(w.jitter(500 * time.Millisecond)), ReasonCode: t.item.ReasonCode, Kind: t.item.Kind})
		t.ended = true
	}
	if cause != nil && adapters.KindOf(cause) == adapters.KindUnknown && ctx.Err() == nil {
		for i := range backs { // a failure of our own, SQL for one: not at once again
			backs[i].DueAt = w.Now().Add(w.jitter(5 * time.Second))
		}
	}
	return w.Store.GiveBackItems(ctx, backs)
}

// jitter spreads d over half to one and a half of it.
func (r *Runner) jitter(d time.Duration) time.Duration {
	return d/2 + time.Duration(rand.Int64N(int64(d)+1))
}

// Probe asks a paused lane whether it is back.
func (r *Runner) Probe(ctx context.Context, m string) error {
	a, ok := r.Adapters[m]
	if !ok {
		return nil
	}
	if err := a.Ping(ctx); err != nil {
		return err
	}
	return nil
}
