package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"lensan/adapters"
	"lensan/adapters/sandbox"
	"lensan/store"
	"lensan/store/catalog"
)

// settle ends the faults, answers what people are asked, and looks until
// everything is as it must be or the time for it is over. Then two more runs
// must find nothing to do.
func (w *world) settle(ctx context.Context) error {
	calm := time.Now()
	for _, m := range markets {
		if err := w.quiet(m); err != nil {
			return err
		}
	}
	if err := w.fleet.start(); err != nil {
		return err
	}
	limit, cancel := context.WithTimeout(ctx, w.opt.settle)
	defer cancel()
	r := w.rng("answers")
	var found []string
	for {
		err := w.round(limit, r)
		if err == nil {
			found, err = w.check(limit)
		}
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil && len(found) == 0:
			w.figures.converged = time.Since(calm)
			return w.nothingLeft(ctx)
		case limit.Err() != nil && err != nil && len(found) == 0:
			return fmt.Errorf("not settled within %s: %w", w.opt.settle, err)
		case limit.Err() != nil:
			return errors.Join(&differences{found}, err)
		case err != nil && !errors.Is(err, errNotYet):
			return err
		}
	}
}

var errNotYet = errors.New("not yet")

// quiet ends every fault of a marketplace and what went on by itself: blocked
// shops, reviews without an end.
func (w *world) quiet(m string) error {
	faults, err := w.sandbox.Faults(m)
	if err != nil {
		return err
	}
	for _, f := range faults {
		if f.Kind == sandbox.NoUnique {
			continue // it stays: what is sent late must not double either
		}
		if err := w.sandbox.ClearFault(m, f.ID); err != nil && !errors.Is(err, sandbox.ErrUnknown) {
			return err
		}
	}
	shops, err := w.sandbox.Shops(m)
	if err != nil {
		return err
	}
	for _, s := range shops {
		if s.Status == "blocked" {
			if err := w.sandbox.SetShopStatus(m, s.ID, "active"); err != nil {
				return err
			}
		}
	}
	return nil
}

// round is one go at settling: answers, mended data, a reconcile, reviews.
func (w *world) round(ctx context.Context, r *rand.Rand) error {
	for _, m := range markets {
		if err := w.sandbox.FinishReviews(m); err != nil {
			return err
		}
	}
	if err := w.answer(ctx, r); err != nil {
		return err
	}
	if err := w.mendRefused(ctx); err != nil {
		return err
	}
	if err := w.runToEnd(ctx, catalog.RunReconcile); err != nil {
		return err
	}
	return w.reviewsEnd(ctx)
}

// answer is an operator who answers every open question.
func (w *world) answer(ctx context.Context, r *rand.Rand) error {
	new, err := w.store.Successions(ctx, "", 10_000)
	if err != nil {
		return err
	}
	for _, s := range new { // the office brought each beside the others, for none
		err := w.store.SeparateSKU(ctx, s.New, "soak")
		if err != nil && !errors.Is(err, store.ErrNoProposal) { // one answer is for all of them
			return err
		}
		w.figures.did("new SKUs told from old ones", 1)
	}
	open, err := w.store.Decisions(ctx, store.DecisionFilter{State: "open", Limit: 10_000})
	if err != nil {
		return err
	}
	for _, d := range open {
		choice, err := w.choose(d, r)
		if err != nil {
			return err
		}
		if choice == "" {
			continue
		}
		_, err = w.store.ResolveDecision(ctx, d.ID, choice, "soak", "")
		if errors.Is(err, store.ErrBusy) || errors.Is(err, store.ErrResolved) {
			continue // in the next round
		}
		if err != nil {
			return err
		}
		w.figures.did("decisions answered: "+string(d.Kind)+" "+choice, 1)
		if choice == "keep_theirs" {
			w.mu.Lock()
			w.kept[d.Marketplace+"/"+d.SKU+"/"+d.Stake["field"]] = true
			w.mu.Unlock()
		}
	}
	return nil
}

// choose answers one question as somebody does who has looked.
func (w *world) choose(d catalog.Decision, r *rand.Rand) (string, error) {
	switch d.Kind {
	case catalog.DecideVanished:
		there, err := w.sandbox.BySKU(d.Marketplace, d.SKU)
		if err != nil || len(there) > 0 {
			return "", err // a reading will show it
		}
		return "create_again", nil
	case catalog.DecideDouble, catalog.DecideUncertainMatch:
		return "", nil // there is none; the comparison says so
	case catalog.DecideEnding:
		return "let_close", nil
	case catalog.DecideBrake:
		return "dismiss", nil
	}
	choices := catalog.Choices[d.Kind]
	return choices[r.IntN(len(choices))], nil
}

// mendRefused edits what the marketplaces refused for its data's sake: nothing
// is sent again before that.
func (w *world) mendRefused(ctx context.Context) error {
	var skus []string
	err := w.store.Subjects(ctx, catalog.Scope{}, markets, func(page []catalog.Subject) error {
		for _, s := range page {
			for _, side := range s.Lanes {
				// A rejection is the moderator's; what stands unmended was told.
				if s.SKU != nil && side.Listing.Refused != "" && side.Listing.MarketState != string(adapters.Rejected) {
					skus = append(skus, s.SKU.Code)
				}
			}
		}
		return nil
	})
	if err != nil || len(skus) == 0 {
		return err
	}
	return w.bring(ctx, w.register.mend(skus))
}

// runToEnd asks for a run and waits until no run is open.
func (w *world) runToEnd(ctx context.Context, kind catalog.RunKind) error {
	_, _, err := w.store.RequestRun(ctx, store.RunRequest{Kind: kind, Policy: catalog.PolicySync, Trigger: catalog.TriggerCommand, By: "soak", Lift: allBrakes(), LiftReason: "soak"})
	if err != nil {
		return err
	}
	for {
		open, err := w.store.ListRuns(ctx, store.RunFilter{Open: true})
		if err == nil && len(open) == 0 {
			return nil
		}
		if !sleep(ctx, 100*time.Millisecond) {
			return errors.Join(err, fmt.Errorf("%d runs are still open: %w", len(open), ctx.Err()))
		}
	}
}

// reviewsEnd waits until nothing is in review that could come out of it.
func (w *world) reviewsEnd(ctx context.Context) error {
	for range 100 {
		for _, m := range markets {
			if err := w.sandbox.FinishReviews(m); err != nil {
				return err
			}
		}
		n, err := w.store.InReview(ctx, store.Filter{})
		if err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
		if !sleep(ctx, 100*time.Millisecond) {
			return ctx.Err()
		}
	}
	return errNotYet
}

// nothingLeft proves that all is done: a sync and a reconcile write nothing.
func (w *world) nothingLeft(ctx context.Context) error {
	limit, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := w.figures.take(w); err != nil {
		return err
	}
	for _, m := range markets {
		if err := w.sandbox.ResetLedger(m); err != nil {
			return err
		}
	}
	for _, kind := range []catalog.RunKind{catalog.RunSync, catalog.RunReconcile} {
		if err := w.runToEnd(limit, kind); err != nil {
			return err
		}
	}
	var found []string
	for _, m := range markets {
		l, err := w.sandbox.Ledger(m)
		if err != nil {
			return err
		}
		w.figures.further += l.Mutating
		if l.Mutating > 0 {
			found = append(found, fmt.Sprintf("%s: a second run and a reconcile sent %d writes: %v", m, l.Mutating, l.Calls))
		}
	}
	if len(found) > 0 {
		return &differences{found}
	}
	return nil
}
