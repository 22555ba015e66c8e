package reconcile

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"lensan/adapters"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/worker/plan"
)

// settle finds out what became of requests whose outcome is not known, by
// looking:
//
//	it shows                                      → done; a listing found is adopted
//	several show                                  → a double: a person decides
//	not there, read whole, too early to be proof  → look again when it is
//	not there, twice, the last time late enough   → a create goes out again, the same bytes under the same key;
//	                                                any other change is void, and planned anew
func (w *work) settle(ctx context.Context) error {
	var creates, others []*task
	for _, t := range w.open() {
		switch {
		case t.intent == nil:
		case t.intent.Change.Op == adapters.OpCreate:
			creates = append(creates, t)
		default:
			others = append(others, t)
		}
	}
	if h, ok := w.adapter.(adapters.Handover); ok {
		return w.settleHanded(ctx, h, creates, others)
	}
	if err := w.settleCreates(ctx, creates); err != nil {
		return err
	}
	return w.settleOthers(ctx, others)
}

func (w *work) settleCreates(ctx context.Context, tasks []*task) error {
	tasks, err := w.linkedMeanwhile(ctx, tasks)
	if err != nil || len(tasks) == 0 {
		return err
	}
	var skus []string
	for _, t := range tasks {
		skus = append(skus, t.intent.Change.SKU)
	}
	found, fault := w.adapter.Find(ctx, "", skus)
	if fault != nil {
		return fault
	}
	bySKU := map[string][]adapters.Listing{}
	for _, l := range found {
		bySKU[l.SKU] = append(bySKU[l.SKU], l)
	}
	for _, t := range tasks {
		hits := inShop(bySKU[t.intent.Change.SKU], t.intent.Change.ShopID)
		if err := w.settleCreate(ctx, t, hits); err != nil {
			return err
		}
	}
	return nil
}

// linkedMeanwhile settles the creates whose listing a reading of the whole
// marketplace has found, and returns the others. Reading by id does not lag.
func (w *work) linkedMeanwhile(ctx context.Context, tasks []*task) ([]*task, error) {
	var linked, others []*task
	var ids []string
	for _, t := range tasks {
		if t.listing.RemoteID == "" {
			others = append(others, t)
			continue
		}
		linked, ids = append(linked, t), append(ids, t.listing.RemoteID)
	}
	if len(linked) == 0 {
		return others, nil
	}
	seen, fault := w.adapter.Get(ctx, ids)
	if fault != nil {
		return nil, fault
	}
	for _, t := range linked {
		l, ok := seen[t.listing.RemoteID]
		if !ok {
			if err := w.vanished(ctx, t); err != nil {
				return nil, err
			}
			continue
		}
		if err := w.adopt(ctx, t, *t.intent, []adapters.Listing{l}); err != nil {
			return nil, err
		}
	}
	return others, nil
}

func inShop(listings []adapters.Listing, shopID string) []adapters.Listing {
	var out []adapters.Listing
	for _, l := range listings {
		if l.ShopID == shopID && !slices.ContainsFunc(out, func(o adapters.Listing) bool { return o.RemoteID == l.RemoteID }) {
			out = append(out, l)
		}
	}
	return out
}

func (w *work) settleCreate(ctx context.Context, t *task, hits []adapters.Listing) error {
	if len(hits) == 0 {
		return w.notFound(ctx, t)
	}
	return w.adopt(ctx, t, *t.intent, hits)
}

// madeBefore is by how much a listing must be older than the intent to be none
// of its making. Marketplaces' clocks are off by minutes; what is taken for
// another's making by mistake is compared once more, and no more than that.
const madeBefore = time.Minute

// adopt links the task to what a create, ours or an earlier one, has left. The
// oldest counts; that there are several is reported and never mended by
// deleting.
func (w *work) adopt(ctx context.Context, t *task, in store.Intent, hits []adapters.Listing) error {
	slices.SortStableFunc(hits, func(a, b adapters.Listing) int { return a.CreatedAt.Compare(b.CreatedAt) })
	if at := hits[0].CreatedAt; !at.IsZero() && at.Before(in.CreatedAt.Add(-madeBefore)) {
		in.Fields = nil // somebody else's making: what differs is not ours turned into their form
	}
	row := seenAs(t.listing, hits[0], w.Now(), w.ReviewPoll)
	row.WantedLive, row.Refused = true, ""
	row.Applied = map[string]catalog.AppliedField{}
	old, err := w.Store.FromBackup(ctx, in)
	if err != nil {
		return err
	}
	for f, v := range in.Fields {
		if old { // we may have written since: what differs is not their form of it
			row.Applied[string(f)] = catalog.AppliedField{Sent: v, Echo: v, Restored: row.Seen[string(f)] != v}
			continue
		}
		row.Applied[string(f)], _ = echoed(catalog.AppliedField{Sent: v}, row, string(f))
	}
	row.AppliedAt = w.Now()
	row.SyncState, row.Reasons = catalog.SyncApplied, nil
	rec := store.Record{
		Ends: []store.IntentEnd{{ID: in.ID, State: store.IntentDone, After: &row}},
		Events: []store.Event{{Kind: "listing.linked", Marketplace: w.m, SKU: t.item.SKU, ProductCode: t.subject.Product.Code, RunID: t.item.RunID,
			Actor: w.runs[t.item.RunID].RequestedBy, Detail: map[string]any{"remote_id": row.RemoteID, "found": len(hits)}}},
	}
	if len(hits) > 1 {
		w.Log.Error("a SKU is listed more than once", "marketplace", w.m, "sku", t.item.SKU, "listings", len(hits))
		var doubles []store.UnlinkedListing
		for _, l := range hits[1:] {
			doubles = append(doubles, store.UnlinkedListing{Marketplace: w.m, RemoteID: l.RemoteID, ShopID: l.ShopID, SKU: l.SKU, State: string(l.State),
				Name: l.Fields[adapters.FieldName], Kind: "double", URL: l.URL, SeenAt: w.Now().UnixMilli()})
		}
		if err := w.Store.SaveUnlinked(ctx, w.m, doubles, nil); err != nil {
			return err
		}
	}
	rec.Listings = []catalog.Listing{row}
	if err := w.save(ctx, rec); err != nil {
		return err
	}
	t.intent, t.changed, t.readAt = nil, true, w.Now()
	t.see(row, w.m)
	return nil
}

// notFound counts an absence and, when it is proof, sends the create again.
func (w *work) notFound(ctx context.Context, t *task) error {
	in := *t.intent
	now := w.Now()
	in.Negatives++
	if now.Before(in.LookAfter) {
		return w.stillChecking(ctx, t, in, in.LookAfter)
	}
	// The shop's whole list decides: a listing whose SKU was lost on the way
	// is known by its title there.
	hits, err := w.inShopList(ctx, in)
	if err != nil {
		return err
	}
	if len(hits) > 0 {
		return w.adopt(ctx, t, in, hits)
	}
	if in.Negatives < 2 {
		return w.stillChecking(ctx, t, in, now.Add(max(w.caps.ReadLag/2, 100*time.Millisecond)))
	}
	if d := w.decideAside(t); !slices.Contains(d.Ops, adapters.OpCreate) || w.caps.KeyLife > 0 && now.Sub(in.CreatedAt) > w.caps.KeyLife-time.Hour {
		return w.void(ctx, t, in) // no longer wanted so, or its key is dead: planned anew
	}
	if spent(in.Kind, in.Attempts-1) {
		return w.givenUp(ctx, t, in)
	}
	return w.sendAgain(ctx, t, in)
}

// givenUp ends a create that was answered again and again by what nobody knows
// to read, and surely left nothing: a defect, ours or theirs. What was lost on
// the way has no such end.
func (w *work) givenUp(ctx context.Context, t *task, in store.Intent) error {
	if err := w.void(ctx, t, in); err != nil {
		return err
	}
	t.listing.SyncState, t.listing.Reasons = catalog.SyncFailed, []catalog.Reason{{Code: "failure.unknown"}}
	t.listing.Refused = plan.Remember("", in.Digest, t.listing.Reasons)
	return w.finish(ctx, t, catalog.ItemFailed, in.Kind)
}

// inShopList reads the shop whole for the create's SKU, or for its title
// without a SKU, made since.
func (w *work) inShopList(ctx context.Context, in store.Intent) ([]adapters.Listing, error) {
	var bySKU, byTitle []adapters.Listing
	name := title(in.Fields[adapters.FieldName], "")
	for l, err := range w.adapter.List(ctx, adapters.ListQuery{ShopID: in.Change.ShopID}) {
		if err != nil {
			return nil, err
		}
		switch {
		case l.ShopID != in.Change.ShopID:
		case l.SKU == in.Change.SKU:
			bySKU = append(bySKU, l)
		case l.SKU == "" && name != "" && title(l.Fields[adapters.FieldName], "") == name:
			byTitle = append(byTitle, l)
		}
	}
	if len(bySKU) > 0 {
		return bySKU, nil
	}
	if len(byTitle) != 1 {
		return nil, nil // which one is not sure; the reading shows them as made by hand
	}
	others, err := w.Store.ListingsByRemote(ctx, w.m, []string{byTitle[0].RemoteID})
	if err != nil || len(others) > 0 {
		return nil, err // another SKU's
	}
	return byTitle, nil
}

// sendAgain repeats a create whose first attempt left nothing: the same bytes
// under the same key, so that two that both arrive are one.
func (w *work) sendAgain(ctx context.Context, t *task, in store.Intent) error {
	in.LookAfter = w.Now().Add(w.RequestTimeout + w.lag(adapters.OpCreate))
	err := w.Store.RepeatIntent(ctx, in, w.owner, in.LookAfter)
	if errors.Is(err, store.ErrLeaseLost) {
		return w.back(ctx, t, w.Now().Add(w.jitter(time.Second)), catalog.Reason{}, adapters.KindNone, false)
	}
	if err != nil {
		return err
	}
	in.Attempts++
	t.lookHeld = in.LookAfter.Add(store.LookGrace)
	w.Log.Warn("a create left nothing and goes out again", "marketplace", w.m, "sku", t.item.SKU, "attempt", in.Attempts)
	d := due{task: t, decision: w.decideAside(t), op: adapters.OpCreate}
	return w.send(ctx, adapters.OpCreate, []due{d}, []store.Intent{in})
}

// settleOthers looks at listings whose change is in doubt. Each is idempotent:
// what does not show after the last moment at which it may still be carried
// out is void, and planned anew.
func (w *work) settleOthers(ctx context.Context, tasks []*task) error {
	if err := w.read(ctx, tasks); err != nil {
		return err
	}
	for _, t := range tasks {
		if t.ended {
			continue
		}
		in := *t.intent
		switch {
		case w.shows(t, in):
			if err := w.settledAs(ctx, t, in); err != nil {
				return err
			}
		case w.Now().Before(in.LookAfter):
			if err := w.stillChecking(ctx, t, in, in.LookAfter); err != nil {
				return err
			}
		default:
			if err := w.void(ctx, t, in); err != nil {
				return err
			}
		}
	}
	return nil
}

// shows tells whether a change other than a create is to be seen.
func (w *work) shows(t *task, in store.Intent) bool {
	state := adapters.MarketState(t.listing.MarketState)
	switch in.Change.Op {
	case adapters.OpClose:
		return state == adapters.Closed
	case adapters.OpReopen:
		return state != adapters.Closed
	case adapters.OpAdopt:
		return t.listing.RemoteSKU == in.Change.SKU
	}
	for f, v := range in.Fields {
		if t.listing.Seen[string(f)] != v {
			return false
		}
	}
	return true
}

// settledAs records a change that turned out to have been made.
func (w *work) settledAs(ctx context.Context, t *task, in store.Intent) error {
	d := due{task: t, op: in.Change.Op}
	w.applied(d, in.Change.Op, in, adapters.Outcome{})
	t.done = map[adapters.Op]bool{}
	w.compare(d, in)
	l := t.listing
	return w.save(ctx, store.Record{Listings: []catalog.Listing{l},
		Ends:   []store.IntentEnd{{ID: in.ID, State: store.IntentDone, After: &l}},
		Events: []store.Event{w.event(d, in.Change.Op, in)}})
}

// void ends an intent that was not carried out; the task is decided anew.
func (w *work) void(ctx context.Context, t *task, in store.Intent) error {
	t.intent = nil
	t.see(t.listing, w.m)
	return w.save(ctx, store.Record{
		Ends: []store.IntentEnd{{ID: in.ID, State: store.IntentVoid, Kind: adapters.KindAmbiguous, Negatives: in.Negatives, Attempt: in.Attempts}}})
}

// stillChecking gives the task back until at.
func (w *work) stillChecking(ctx context.Context, t *task, in store.Intent, at time.Time) error {
	reason := catalog.Reason{Code: "checking.outcome_unknown"}
	t.listing.SyncState, t.listing.Reasons = catalog.SyncChecking, []catalog.Reason{reason}
	t.listing.LookAt = at.Add(store.LookGrace) // should the run be cancelled meanwhile
	rec := store.Record{Listings: []catalog.Listing{t.listing}, Ends: []store.IntentEnd{{ID: in.ID, State: store.IntentChecking, Kind: cmp.Or(in.Kind, adapters.KindAmbiguous), Negatives: in.Negatives,
		Attempt: in.Attempts}}}
	if err := w.save(ctx, rec); err != nil {
		return err
	}
	return w.back(ctx, t, at, reason, adapters.KindAmbiguous, false)
}

// adoptExisting is for a create that was refused since the SKU is there.
func (w *work) adoptExisting(ctx context.Context, t due, in store.Intent, id string) error {
	var hits []adapters.Listing
	if id != "" {
		got, err := w.adapter.Get(ctx, []string{id})
		if err != nil {
			return err
		}
		if l, ok := got[id]; ok {
			hits = append(hits, l)
		}
	} else {
		found, err := w.adapter.Find(ctx, in.Change.ShopID, []string{in.Change.SKU})
		if err != nil {
			return err
		}
		hits = found
	}
	var ours []adapters.Listing
	for _, l := range inShop(hits, in.Change.ShopID) {
		if l.SKU == in.Change.SKU {
			ours = append(ours, l)
		}
	}
	in.Fields = nil // it was not made by this create
	if len(ours) > 0 {
		return w.adopt(ctx, t.task, in, ours)
	}
	at := w.Now().Add(max(w.caps.ReadLag, time.Second))
	return w.stillChecking(ctx, t.task, in, at) // it lags behind in the search
}

// decideAside decides as if nothing were in doubt.
func (w *work) decideAside(t *task) plan.Decision {
	side := t.subject.Lanes[w.m]
	side.OpenIntent = false
	t.subject.Lanes[w.m] = side
	d := w.decide(t)
	side.OpenIntent = t.intent != nil
	t.subject.Lanes[w.m] = side
	return d
}
