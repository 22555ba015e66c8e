package reconcile

import (
	"context"
	"errors"
	"time"

	"lensan/adapters"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/worker/plan"
)

// handedLook is how soon a change that a person is to carry out is looked
// after; the wait grows with its age.
const handedLook = 5 * time.Minute

// byHand is the lane's adapter where people carry its changes out.
func (r *Runner) byHand(m string) (adapters.Handover, bool) {
	h, ok := r.Adapters[m].(adapters.Handover)
	return h, ok
}

// newerBrought tells whether a person brought a list that is newer than the
// last reading.
func (r *Runner) newerBrought(ctx context.Context, m string, read time.Time) (bool, error) {
	h, ok := r.byHand(m)
	if !ok {
		return false, nil
	}
	asOf, err := h.ReadAsOf(ctx)
	if err != nil {
		return false, err
	}
	return asOf.Truncate(time.Millisecond).After(read), nil
}

// readingBegan is the moment of which a reading of m that begins now speaks: a
// list that a person brought is as old as it is.
func (r *Runner) readingBegan(ctx context.Context, m string) (time.Time, error) {
	h, ok := r.byHand(m)
	if !ok {
		return r.Now(), nil
	}
	asOf, err := h.ReadAsOf(ctx)
	if err != nil {
		if readErr := r.Store.LaneRead(ctx, m, time.Time{}, err.Code); readErr != nil {
			return time.Time{}, readErr
		}
		return time.Time{}, err
	}
	return asOf, nil
}

// waitsForPerson tells whether a lane could not be read because a person is to
// bring a list first, and why. It then drops out of a run; the other lanes do
// not wait for that person.
func (r *Runner) waitsForPerson(m string, err error) (catalog.Reason, bool) {
	var fault *adapters.Error
	if _, ok := r.byHand(m); !ok || !errors.As(err, &fault) || !fault.WholeLane {
		return catalog.Reason{}, false
	}
	r.Log.Warn("a lane waits for a person", "marketplace", m, "code", fault.Code)
	return refusalReasons(m, fault)[0], true
}

// putOff is a decision about a lane that waits for a person.
func putOff(d plan.Decision, why catalog.Reason) plan.Decision {
	if len(d.Ops)+len(d.Held) == 0 && !d.Settle {
		return d
	}
	return plan.Decision{State: catalog.SyncWaitingLane, Reasons: []catalog.Reason{why}, Diff: d.Diff, Offer: d.Offer, Want: d.Want, Digest: d.Digest}
}

// handedOver takes into the task that its change was handed to a person. Its
// intent stays: nothing else is written for the SKU before it is settled.
func (w *work) handedOver(ctx context.Context, t due, in store.Intent, h adapters.Handing, end *store.IntentEnd) func() error {
	reason := w.waits(t.task, in, h, end)
	return func() error { return w.end(ctx, t.task, catalog.ItemDone, reason, adapters.KindNone) }
}

// waits makes the task's listing one that waits for a person.
func (w *work) waits(t *task, in store.Intent, h adapters.Handing, end *store.IntentEnd) catalog.Reason {
	now := w.Now()
	reason := catalog.Reason{Code: h.Code, Args: h.Args}
	look := now.Add(handedLook)
	if !in.CreatedAt.IsZero() {
		look = now.Add(reviewDelay(now.Sub(in.CreatedAt), handedLook))
	}
	end.ID, end.State, end.LookAfter = in.ID, store.IntentChecking, look.UnixMilli()
	t.listing.SyncState, t.listing.Reasons, t.listing.LookAt = catalog.SyncWaiting, []catalog.Reason{reason}, look
	return reason
}

// settleHanded looks what came of changes that people were to carry out:
//
//	it shows                           → done; a create is adopted
//	it does not, and may not yet       → waits on, with its reason
//	it was not carried out             → void, and planned anew
//	carried out, a create not there    → needs fixing: the same is not written again
//	carried out, another change        → what is there is what came of it
func (w *work) settleHanded(ctx context.Context, h adapters.Handover, creates, others []*task) error {
	open, err := w.settleShown(ctx, creates, others)
	if err != nil || len(open) == 0 {
		return err
	}
	changes := make([]adapters.Change, len(open))
	for i, t := range open {
		changes[i] = t.intent.Change
	}
	standings, fault := h.Handed(ctx, changes)
	if fault != nil {
		return fault
	}
	for i, t := range open {
		if err := w.settleStanding(ctx, t, standings[i]); err != nil {
			return err
		}
	}
	return nil
}

// settleShown settles what shows and returns the rest.
func (w *work) settleShown(ctx context.Context, creates, others []*task) (open []*task, err error) {
	var skus []string
	for _, t := range creates {
		skus = append(skus, t.intent.Change.SKU)
	}
	bySKU := map[string][]adapters.Listing{}
	if len(skus) > 0 {
		found, fault := w.adapter.Find(ctx, "", skus)
		if fault != nil {
			return nil, fault
		}
		for _, l := range found {
			bySKU[l.SKU] = append(bySKU[l.SKU], l)
		}
	}
	for _, t := range creates {
		hits := inShop(bySKU[t.intent.Change.SKU], t.intent.Change.ShopID)
		if len(hits) == 0 {
			open = append(open, t)
			continue
		}
		if err := w.adopt(ctx, t, *t.intent, hits); err != nil {
			return nil, err
		}
	}
	if err := w.read(ctx, others); err != nil {
		return nil, err
	}
	for _, t := range others {
		switch {
		case t.ended:
		case !w.shows(t, *t.intent):
			open = append(open, t)
		default:
			if err := w.settledAs(ctx, t, *t.intent); err != nil {
				return nil, err
			}
		}
	}
	return open, nil
}

func (w *work) settleStanding(ctx context.Context, t *task, h adapters.Handing) error {
	in := *t.intent
	switch {
	case h.State == adapters.HandedBack:
		return w.void(ctx, t, in)
	case h.State == adapters.HandedCarried && in.Change.Op == adapters.OpCreate:
		return w.notTaken(ctx, t, in, h)
	case h.State == adapters.HandedCarried:
		return w.settledAs(ctx, t, in)
	}
	var end store.IntentEnd
	reason := w.waits(t, in, h, &end)
	rec := store.Record{Listings: []catalog.Listing{t.listing}, Ends: []store.IntentEnd{end}}
	if err := w.save(ctx, rec); err != nil {
		return err
	}
	state := catalog.ItemUnchanged
	if t.item.Purpose == catalog.PurposeLook {
		state = catalog.ItemDone
	}
	return w.end(ctx, t, state, reason, adapters.KindNone)
}

// notTaken is a create that a person carried out and that did not become a
// listing: the marketplace refused it, or it went wrong there. The same is not
// written again before the data change or a person asks for it.
func (w *work) notTaken(ctx context.Context, t *task, in store.Intent, h adapters.Handing) error {
	reason := catalog.Reason{Code: h.Code, Args: h.Args}
	t.intent = nil
	t.listing.SyncState, t.listing.Reasons = catalog.SyncNeedsFixing, []catalog.Reason{reason}
	t.listing.Refused = plan.Remember("", in.Digest, t.listing.Reasons)
	rec := store.Record{Listings: []catalog.Listing{t.listing}, Ends: []store.IntentEnd{{ID: in.ID, State: store.IntentRefused, Kind: adapters.KindInvalid}}}
	if err := w.save(ctx, rec); err != nil {
		return err
	}
	state := catalog.ItemFailed
	if t.item.Purpose == catalog.PurposeLook {
		state = catalog.ItemDone
	}
	return w.end(ctx, t, state, reason, adapters.KindInvalid)
}
