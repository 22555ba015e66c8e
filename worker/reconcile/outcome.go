package reconcile

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"lensan/adapters"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/worker/plan"
)

// take records the outcomes of one request. A failure of the whole lane is
// returned after everything is recorded.
func (w *work) take(ctx context.Context, op adapters.Op, part []due, intents []store.Intent, outcomes []adapters.Outcome) error {
	var rec store.Record
	var readBack []*task
	var lane error
	var after []func() error // of items, once the record stands
	for i, t := range part {
		out := adapters.Outcome{Err: &adapters.Error{Marketplace: w.m, Op: string(op), SKU: t.item.SKU, Kind: adapters.KindAmbiguous, Code: "no_outcome"}}
		if i < len(outcomes) {
			out = outcomes[i]
		}
		end := store.IntentEnd{ID: intents[i].ID, State: store.IntentDone, Attempt: intents[i].Attempts}
		if out.Handed != nil {
			after = append(after, w.handedOver(ctx, t, intents[i], *out.Handed, &end))
			rec.Events = append(rec.Events, store.Event{Actor: w.runs[t.item.RunID].RequestedBy, Kind: "listing.handed_over", Marketplace: w.m, SKU: t.item.SKU,
				ProductCode: t.subject.Product.Code, RunID: t.item.RunID, Detail: map[string]any{"intent": intents[i].ID, "op": string(op), "file": out.Handed.Args["file"]}})
		} else if out.Err == nil {
			w.applied(t, op, intents[i], out)
			rec.Events = append(rec.Events, w.event(t, op, intents[i]))
			if out.Listing == nil {
				readBack = append(readBack, t.task)
			}
			l := t.listing
			end.After = &l
		} else {
			if out.Err.WholeLane {
				lane = out.Err
			}
			after = append(after, w.failed(ctx, t, op, intents[i], out, &end))
		}
		rec.Listings = append(rec.Listings, t.listing)
		rec.Ends = append(rec.Ends, end)
	}
	if err := w.save(ctx, rec); err != nil {
		return err
	}
	crash("after-record", op)
	for _, fn := range after {
		if err := fn(); err != nil {
			return err
		}
	}
	if lane != nil {
		return lane
	}
	if err := w.read(ctx, readBack); err != nil {
		return err
	}
	for i, t := range part {
		if !t.ended && t.done[op] {
			w.compare(t, intents[i])
		}
	}
	return nil
}

// applied takes a success into the task: what was sent, and the listing where
// the answer carried it. Without it the listing is to be read back.
func (w *work) applied(t due, op adapters.Op, in store.Intent, out adapters.Outcome) {
	now := w.Now()
	t.done[op], t.changed, t.intent = true, true, nil
	l := t.listing
	if out.RemoteID != "" {
		l.RemoteID = out.RemoteID
	}
	if op == adapters.OpCreate {
		l.ShopID, l.RemoteSKU, l.WantedLive = in.Change.ShopID, in.Change.SKU, true
		if l.MarketState == "" || l.MarketState == string(adapters.Absent) {
			l.MarketState, l.MarketSince = string(adapters.PendingReview), now
		}
	}
	if out.Version != "" {
		l.Version = out.Version
	}
	if op == adapters.OpReopen {
		l.WantedLive = true
	}
	if op == adapters.OpClose {
		l.WantedLive = false
	}
	applied := make(map[string]catalog.AppliedField, len(l.Applied)+len(in.Fields))
	for f, a := range l.Applied {
		applied[f] = a
	}
	for f, v := range in.Fields {
		applied[string(f)] = catalog.AppliedField{Sent: v, Echo: v, Ignored: applied[string(f)].Ignored, Unsure: applied[string(f)].Unsure}
	}
	l.Applied, l.AppliedAt, l.Refused = applied, now, plan.Forget(l.Refused, in.Digest)
	l.SyncState, l.Reasons = catalog.SyncApplied, nil
	l.LookAt = now.Add(w.RequestTimeout) // should it never be read back
	if out.Listing != nil {
		l = seenAs(l, *out.Listing, now, w.ReviewPoll)
		t.readAt = now
	}
	t.see(l, w.m)
}

// compare sets what came back of each field that was sent. A value that is
// still the one from before was ignored, unless it is what came back of ours
// before; echoed judges any other than ours.
func (w *work) compare(t due, in store.Intent) {
	before := map[string]string{}
	if in.Before != nil {
		before = in.Before.Seen
	}
	for f, v := range in.Fields {
		a, there := t.listing.Applied[string(f)], t.listing.Seen[string(f)]
		if there != v && in.Change.Op != adapters.OpCreate && there == before[string(f)] && a.Unsure != there {
			a.Echo = there
			a.Ignored++
		} else {
			a.Ignored = 0
			var own bool
			if a, own = echoed(a, t.listing, string(f)); own && there != v {
				w.Log.Warn("the marketplace rewrites a field", "marketplace", w.m, "sku", t.item.SKU, "field", f)
			}
		}
		t.listing.Applied[string(f)] = a
	}
	t.see(t.listing, w.m)
}

// failed takes a failure into the task and its intent, and returns what to do
// with the item once the record stands.
func (w *work) failed(ctx context.Context, t due, op adapters.Op, in store.Intent, out adapters.Outcome, end *store.IntentEnd) func() error {
	e := out.Err
	end.Kind, end.State = e.Kind, store.IntentVoid
	l := &t.listing
	reason := reasonOf(e)
	if w.unknownIsFailed && e.Kind == adapters.KindAmbiguous {
		return w.later(ctx, t, e, reason)
	}
	nothing := func() error { return nil } // goes back with the rest
	switch e.Kind {
	case adapters.KindAmbiguous:
		return w.unsure(ctx, t, op, w.lag(op), end)
	case adapters.KindUnknown:
		if op == adapters.OpCreate { // looked for, and sent again few times and slowly
			return w.unsure(ctx, t, op, max(w.lag(op), delay(e.Kind, in.Attempts-1)), end)
		}
	case adapters.KindExists:
		if op == adapters.OpCreate { // somebody has it: look who, at once
			end.State = store.IntentChecking
			id := cmp.Or(e.ExistingID, out.RemoteID)
			return func() error { return w.adoptExisting(ctx, t, in, id) }
		}
	case adapters.KindInvalid, adapters.KindUnsupported, adapters.KindLocked, adapters.KindNotFound:
		end.State = store.IntentRefused
		if e.Kind == adapters.KindInvalid && w.forgotten(ctx, t, e) {
			return w.later(ctx, t, e, reason)
		}
		l.SyncState, l.Reasons = catalog.SyncNeedsFixing, refusalReasons(w.m, e)
		if e.Kind == adapters.KindInvalid || e.Kind == adapters.KindUnsupported {
			l.Refused = plan.Remember(l.Refused, in.Digest, l.Reasons)
			if w.goesOn(t, e.Kind) {
				return nothing
			}
		}
		end := func() error { return w.end(ctx, t.task, catalog.ItemFailed, l.Reasons[0], e.Kind) }
		if e.Kind == adapters.KindLocked {
			return func() error { return errors.Join(w.shopHeld(ctx, t), end()) }
		}
		return end
	case adapters.KindCancelled:
		l.SyncState = catalog.SyncWaiting
		return nothing
	case adapters.KindUnauthorized, adapters.KindUnavailable:
		l.SyncState, l.Reasons = catalog.SyncWaitingLane, []catalog.Reason{reason}
		if e.WholeLane {
			return nothing
		}
	case adapters.KindThrottled:
		l.SyncState, l.Reasons = catalog.SyncWaitingLane, []catalog.Reason{reason}
		if e.WholeLane {
			return nothing
		}
		wait := max(e.RetryAfter, time.Second)
		return func() error {
			return w.back(ctx, t.task, w.Now().Add(wait+w.jitter(time.Second)), reason, e.Kind, false)
		}
	}
	return w.later(ctx, t, e, reason)
}

// goesOn tells whether a task whose change was refused has another to make: a
// refused price holds up no name. How its item ends is settled by the refusal.
func (w *work) goesOn(t due, kind adapters.Kind) bool {
	t.see(t.listing, w.m)
	t.failure = kind
	_, more := w.next(t.task, w.decide(t.task))
	return more
}

// later gives the item back after a delay by Kind, or ends it when it had all
// its tries.
func (w *work) later(ctx context.Context, t due, e *adapters.Error, reason catalog.Reason) func() error {
	l := &t.listing
	if spent(e.Kind, t.item.Attempts) {
		l.SyncState, l.Reasons = catalog.SyncFailed, []catalog.Reason{reason}
		return func() error { return w.end(ctx, t.task, catalog.ItemFailed, reason, e.Kind) }
	}
	l.SyncState, l.Reasons = catalog.SyncRetrying, []catalog.Reason{reason}
	due := w.Now().Add(w.jitter(max(w.wait(e.Kind, t.item.Attempts), e.RetryAfter)))
	return func() error { return w.back(ctx, t.task, due, reason, e.Kind, true) }
}

// unsure puts a change whose outcome is not known into checking.
func (w *work) unsure(ctx context.Context, t due, op adapters.Op, wait time.Duration, end *store.IntentEnd) func() error {
	lookAfter := w.Now().Add(wait)
	end.State, end.LookAfter = store.IntentChecking, lookAfter.UnixMilli()
	reason := catalog.Reason{Code: "checking.outcome_unknown"}
	t.listing.SyncState, t.listing.Reasons = catalog.SyncChecking, []catalog.Reason{reason}
	t.listing.LookAt = lookAfter.Add(store.LookGrace) // should the run be cancelled meanwhile
	return func() error { return w.back(ctx, t.task, lookAfter, reason, adapters.KindAmbiguous, true) }
}

// forgotten tells whether the marketplace no longer knows the pictures, and
// forgets their ids, so that they are uploaded again.
func (w *work) forgotten(ctx context.Context, t due, e *adapters.Error) bool {
	for _, f := range e.Fields {
		if f.Field != string(adapters.FieldImages) || !strings.HasSuffix(f.Code, ".unknown") || t.item.Attempts > 2 {
			continue
		}
		var ids []string
		for _, img := range t.decision.Offer.Images {
			if img.RemoteID != "" {
				ids = append(ids, img.RemoteID)
			}
		}
		if err := w.Store.ForgetUploads(ctx, w.m, ids); err != nil {
			w.Log.Error("uploads not forgotten", "marketplace", w.m, "err", err)
			return false
		}
		return len(ids) > 0
	}
	return false
}

// refusalReasons are the reasons of a refusal: each field's, else the code's.
func refusalReasons(m string, e *adapters.Error) []catalog.Reason {
	var out []catalog.Reason
	for _, f := range e.Fields {
		code := f.Code
		if !strings.Contains(code, ".") {
			code = m + "." + strings.ToLower(code)
		}
		out = append(out, catalog.Reason{Code: code, Args: map[string]string{"field": f.Field, "words": f.Message}})
	}
	if len(out) == 0 {
		out = append(out, reasonOf(e))
	}
	return out
}

// reasonOf is the reason that stands for an error of no single field.
func reasonOf(e *adapters.Error) catalog.Reason {
	byKind := map[adapters.Kind]string{
		adapters.KindUnauthorized: "lane.unauthorized", adapters.KindUnavailable: "lane.outage", adapters.KindThrottled: "lane.throttled",
		adapters.KindTransient: "lane.not_reachable", adapters.KindConflict: "listing.changed_meanwhile", adapters.KindLocked: "listing.locked",
		adapters.KindNotFound: "listing.vanished",
	}
	if code, ok := byKind[e.Kind]; ok && (e.Kind != adapters.KindLocked || e.Code == "") { // whose staff hold what, the code says
		return catalog.Reason{Code: code}
	}
	if e.Code == "" {
		return catalog.Reason{Code: "failure.unknown"}
	}
	return catalog.Reason{Code: e.Marketplace + "." + strings.ToLower(e.Code)}
}

var eventKinds = map[adapters.Op]string{
	adapters.OpCreate: "listing.created", adapters.OpAdopt: "listing.adopted", adapters.OpUpdateContent: "listing.updated",
	adapters.OpUpdateOffer: "listing.repriced", adapters.OpClose: "listing.closed", adapters.OpReopen: "listing.reopened",
}

// event says for the audit what was changed, from what to what.
func (w *work) event(t due, op adapters.Op, in store.Intent) store.Event {
	detail := map[string]any{"intent": in.ID, "remote_id": t.listing.RemoteID}
	if op == adapters.OpClose {
		detail["reason"] = string(in.Change.Reason)
	}
	if op != adapters.OpCreate && len(in.Fields) > 0 {
		before := map[string]string{}
		for f := range in.Fields {
			before[string(f)] = in.Before.Seen[string(f)]
		}
		detail["before"], detail["after"] = before, in.Fields
	}
	return store.Event{Actor: w.runs[t.item.RunID].RequestedBy, Kind: eventKinds[op], Marketplace: w.m, SKU: t.item.SKU,
		ProductCode: t.subject.Product.Code, RunID: t.item.RunID, Detail: detail}
}
