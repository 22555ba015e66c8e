package reconcile

import (
	"context"
	"crypto/rand"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"lensan/adapters"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/worker/plan"
)

// change makes one change of op for each task of part: intents first, then the
// request, then the record of what came back. late are those that could not be
// read in time, to be seen to next.
func (w *work) change(ctx context.Context, op adapters.Op, part []due) (late []due, err error) {
	part, late, err = w.ready(ctx, op, part)
	if err != nil || len(part) == 0 {
		return late, err
	}
	part, intents, err := w.intend(ctx, op, part)
	if err != nil || len(part) == 0 {
		return late, err
	}
	return late, w.send(ctx, op, part, intents)
}

// send makes the request for intents that are written already.
func (w *work) send(ctx context.Context, op adapters.Op, part []due, intents []store.Intent) error {
	changes := make([]adapters.Change, len(part))
	for i := range intents {
		changes[i] = intents[i].Change
	}
	crash("after-intent", op)
	first := ctx
	if w.oneByOne(op) { // the reading ages while the request waits for its turn
		first = adapters.WithUrgent(ctx)
	}
	sendCtx, cancel := w.until(first, intents[0].LookAfter.Add(-w.lag(op)))
	outcomes := w.adapter.Apply(sendCtx, changes)
	cancel()
	crash("after-answer", op)
	return w.take(ctx, op, part, intents, outcomes)
}

// until ends ctx at a moment by Now, and by the clock on the wall, so that a
// worker that stood still between its intent and its request sends nothing when
// others may have concluded already that it never did. A timer alone stands
// still with its machine, and so does a clock that runs on by itself.
func (w *work) until(ctx context.Context, at time.Time) (context.Context, context.CancelFunc) {
	left := max(at.Sub(w.Now()), 0)
	ctx, cancel := context.WithTimeout(ctx, left)
	return walled{ctx, at.Round(0), time.Now().Round(0).Add(left), w.Now, w.HeldUntil}, cancel // Round(0) drops the monotonic reading
}

type walled struct {
	context.Context
	at, wall time.Time
	now      func() time.Time
	held     func() time.Time // nil: for good
}

// Err is asked right before a request leaves.
func (c walled) Err() error {
	if err := c.Context.Err(); err != nil {
		return err
	}
	now := c.now().Round(0)
	if !now.Before(c.at) || !time.Now().Round(0).Before(c.wall) || c.held != nil && !now.Before(c.held().Round(0)) {
		return context.DeadlineExceeded
	}
	return nil
}

// ready makes what the changes need: a fresh reading, shops, pictures. Tasks
// whose decision comes out another way after it drop out; the next round sees
// to them. late could not be read in time.
func (w *work) ready(ctx context.Context, op adapters.Op, part []due) (ready, late []due, err error) {
	part = slices.DeleteFunc(slices.Clone(part), func(t due) bool { return t.ended })
	if w.needsFresh(op) {
		if part, late, err = w.freshen(ctx, op, part); err != nil {
			return nil, nil, err
		}
	}
	part = slices.DeleteFunc(part, func(t due) bool { // the fresh reading may show that it is to be another change
		next, ok := w.next(t.task, w.decide(t.task))
		return t.ended || !ok || next != op
	})
	if op == adapters.OpCreate {
		if err := w.ensureShops(ctx, part); err != nil {
			return nil, nil, err
		}
	}
	if op == adapters.OpCreate || op == adapters.OpUpdateContent {
		if err := w.uploadPictures(ctx, part); err != nil {
			return nil, nil, err
		}
	}
	var out []due
	for _, t := range part {
		if t.ended {
			continue
		}
		t.decision = w.decide(t.task)
		if next, ok := w.next(t.task, t.decision); ok && next == op && complete(op, t.decision) {
			out = append(out, t)
		}
	}
	return out, late, nil
}

// freshen reads the listings of part that were not read a moment ago. Where each
// is a request of its own, those that could not be read in time are late.
func (w *work) freshen(ctx context.Context, op adapters.Op, part []due) (read, late []due, err error) {
	age, within := w.StaleAfter, time.Duration(0)
	if w.oneByOne(op) {
		age, within = w.StaleAfter-w.readWithin(), w.readWithin()
	}
	var stale []*task
	for _, t := range part {
		if w.Now().Sub(t.readAt) > age {
			stale = append(stale, t.task)
		}
	}
	missed, err := w.readUntil(ctx, stale, within)
	if err != nil {
		return nil, nil, err
	}
	for _, t := range part {
		if slices.Contains(missed, t.task) {
			late = append(late, t)
		} else {
			read = append(read, t)
		}
	}
	return read, late, nil
}

// complete tells whether all pictures that a change carries are uploaded.
func complete(op adapters.Op, d plan.Decision) bool {
	if op != adapters.OpCreate && op != adapters.OpUpdateContent {
		return true
	}
	return !strings.Contains(d.Want[adapters.FieldImages], "sha256:")
}

// intend encodes the changes and writes their intents. What can't be written
// (a lost lease, an unknown outcome, a brake) drops out.
func (w *work) intend(ctx context.Context, op adapters.Op, part []due) ([]due, []store.Intent, error) {
	now := w.Now()
	intents := make([]store.Intent, 0, len(part))
	var ready []due
	for _, t := range part {
		ch := adapters.Change{Op: op, SKU: t.item.SKU, ShopID: t.decision.Offer.ShopID, RemoteID: t.listing.RemoteID, Version: t.listing.Version, Reason: t.decision.Close}
		switch op {
		case adapters.OpCreate:
			if w.caps.KeyLife > 0 {
				ch.Key = rand.Text()
			}
		case adapters.OpUpdateContent:
			ch.Fields = t.decision.Content
		case adapters.OpUpdateOffer:
			ch.Fields = t.decision.Prices
		}
		payload, err := w.encode(ch, t)
		if err != nil {
			w.Log.Error("change can't be encoded", "marketplace", w.m, "sku", t.item.SKU, "op", op, "err", err)
			t.listing.SyncState, t.listing.Reasons = catalog.SyncFailed, []catalog.Reason{{Code: "change.not_encodable"}}
			if err := w.finish(ctx, t.task, catalog.ItemFailed, adapters.KindUnknown); err != nil {
				return nil, nil, err
			}
			continue
		}
		ch.Payload = payload
		before := t.listing
		before.LookHeld = t.lookHeld
		ready = append(ready, t)
		intents = append(intents, store.Intent{Marketplace: w.m, Change: ch, Fields: sent(ch, t.decision.Want), Digest: t.decision.Key(op),
			Harm: w.harmOf(t), RunID: t.item.RunID, Before: &before, LookAfter: now.Add(w.RequestTimeout + w.lag(op))})
	}
	if len(ready) == 0 {
		return nil, nil, nil
	}
	windows, err := w.windows(ctx, intents)
	if err != nil {
		return nil, nil, err
	}
	crash("before-intent", op)
	accepted, braked, err := w.Store.BeginIntents(ctx, w.m, w.owner, intents, windows...)
	if err != nil {
		return nil, nil, err
	}
	for _, t := range ready {
		t.lookHeld = intents[0].LookAfter.Add(store.LookGrace)
	}
	if err := w.braked(ctx, ready, braked); err != nil {
		return nil, nil, err
	}
	var goes []due
	var written []store.Intent
	for i, t := range ready {
		if t.ended { // stopped by a brake
			continue
		}
		if !accepted[t.item.SKU] {
			if err := w.back(ctx, t.task, now.Add(w.jitter(time.Second)), catalog.Reason{}, adapters.KindNone, false); err != nil {
				return nil, nil, err
			}
			continue
		}
		goes, written = append(goes, t), append(written, intents[i])
	}
	return goes, written, nil
}

// sent are the fields that a change carries, in normal form.
func sent(ch adapters.Change, want adapters.Fields) adapters.Fields {
	if ch.Op == adapters.OpCreate {
		return maps.Clone(want)
	}
	out := adapters.Fields{}
	for _, f := range ch.Fields {
		out[f] = want[f]
	}
	return out
}

// lag is how long after an attempt ended its effect may still not show.
func (w *work) lag(op adapters.Op) time.Duration {
	if op == adapters.OpCreate {
		return w.caps.VisibilityLag()
	}
	return w.caps.LateWrite // reading by id shows every finished write
}

// windows are the rolling limits on what the intents are about to do.
func (w *work) windows(ctx context.Context, intents []store.Intent) ([]store.Window, error) {
	var brakes []string
	for _, in := range intents {
		for _, b := range in.Harm {
			if !slices.Contains(brakes, b) {
				brakes = append(brakes, b)
			}
		}
	}
	if len(brakes) == 0 {
		return nil, nil
	}
	live, err := w.Store.LiveCount(ctx, w.m)
	if err != nil {
		return nil, err
	}
	now := w.Now()
	var out []store.Window
	for _, b := range brakes {
		_, day, week := (*w.Limits)[plan.Brake(b)].Max(live)
		out = append(out, store.Window{Brake: b, Since: now.Add(-24 * time.Hour), Max: day}, store.Window{Brake: b, Since: now.AddDate(0, 0, -7), Max: week})
	}
	return out, nil
}

// harmOf are the brakes that one change of a decision presses. What a person
// let go on by lifting a brake is none of what the program does by itself: it
// leaves the room of the coming days as it was.
func (w *work) harmOf(t due) []string {
	var out []string
	for _, b := range plan.Of(t.subject, w.m, t.decision) {
		if slices.Contains(w.runs[t.item.RunID].Lifted, string(b)) {
			continue
		}
		offer := b != plan.BrakeClose && b != plan.BrakeContent && b != plan.BrakeImages
		if t.op == adapters.OpClose && b == plan.BrakeClose || t.op == adapters.OpUpdateContent && !offer && b != plan.BrakeClose || t.op == adapters.OpUpdateOffer && offer {
			out = append(out, string(b))
		}
	}
	return out
}

// braked ends the tasks whose change would go beyond a rolling limit, each by
// itself, and asks a person about each limit.
func (w *work) braked(ctx context.Context, part []due, full map[string]store.Window) error {
	if len(full) == 0 {
		return nil
	}
	asked := map[string]int{}
	for _, b := range full {
		asked[b.Brake]++
	}
	var ask []catalog.Decision
	var stopped []due
	for _, t := range part {
		b, ok := full[t.item.SKU]
		if !ok {
			continue
		}
		stopped = append(stopped, t)
		if n := asked[b.Brake]; n > 0 {
			run := w.runs[t.item.RunID]
			stake := map[string]string{"brake": b.Brake, "asked": strconv.Itoa(n), "max": strconv.Itoa(b.Max), "window": "24h", "policy": string(run.Policy)}
			ask = append(ask, catalog.Decision{Kind: catalog.DecideBrake, Subject: w.m + "/" + b.Brake, Marketplace: w.m, RunID: run.ID, Stake: stake})
			delete(asked, b.Brake)
		}
	}
	if _, err := w.Store.PutDecisions(ctx, ask); err != nil {
		return err
	}
	for _, t := range stopped {
		t.listing.SyncState = catalog.SyncStoppedByBrake
		t.listing.Reasons = append([]catalog.Reason{{Code: store.ReasonBrakeWindow}}, t.decision.Reasons...)
		if err := w.finish(ctx, t.task, catalog.ItemLeftOut, adapters.KindNone); err != nil {
			return err
		}
	}
	return nil
}

// current is a listing of the record in the adapters' shape; nil: none.
func current(l catalog.Listing) *adapters.Listing {
	if l.RemoteID == "" {
		return nil
	}
	out := &adapters.Listing{RemoteID: l.RemoteID, ShopID: l.ShopID, SKU: l.RemoteSKU, State: adapters.MarketState(l.MarketState),
		Fields: adapters.Fields{}, Version: l.Version, URL: l.RemoteURL, UpdatedAt: l.RemoteUpdatedAt, UpdatedBy: l.RemoteUpdatedBy}
	for f, v := range l.Seen {
		out.Fields[adapters.Field(f)] = v
	}
	return out
}
