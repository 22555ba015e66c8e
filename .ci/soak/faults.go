package main

import (
	"context"
	"math/rand/v2"
	"time"

	"lensan/adapters/sandbox"
)

// The operations of each marketplace that carry several items, that list, and
// that make products.
var (
	batchOps  = map[string][]string{sandbox.Postmart: {"batchOffers"}, sandbox.Voso: {"saveProducts", "changePriceStock", "changeStatus"}}
	listOps   = map[string]string{sandbox.Postmart: "listProducts", sandbox.Voso: "searchProducts"}
	createOps = map[string]string{sandbox.Postmart: "createProduct", sandbox.Voso: "saveProducts"}
)

// trouble is one entry of the table of what goes wrong: how likely, and the
// fault as it is set.
type trouble struct {
	weight int
	make   func(m string, r *rand.Rand) sandbox.Fault
}

func plain(op string, f sandbox.Fault) func(string, *rand.Rand) sandbox.Fault {
	return func(string, *rand.Rand) sandbox.Fault { f.Op = op; return f }
}

func oneOf[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

// troubles is every kind of fault that a call, a review or an event can meet,
// but two: huge, which is about memory, and drop_field, after which what the
// marketplace shows is its own and is to be left alone.
var troubles = []trouble{
	{6, plain(sandbox.OpWrites, sandbox.Fault{Kind: sandbox.Cut, Commit: true, Prob: 0.5})},
	{3, plain(sandbox.OpWrites, sandbox.Fault{Kind: sandbox.Cut, Prob: 0.5})},
	{2, plain(sandbox.OpReads, sandbox.Fault{Kind: sandbox.Cut, Prob: 0.3})},
	{6, plain(sandbox.OpWrites, sandbox.Fault{Kind: sandbox.Late, Delay: lag, Prob: 0.5})},
	{4, func(_ string, r *rand.Rand) sandbox.Fault {
		return sandbox.Fault{Op: oneOf(r, sandbox.OpAll, sandbox.OpWrites), Kind: sandbox.Status, Status: oneOf(r, 500, 502, 503, 504),
			Body: oneOf(r, "json", "html", "empty"), Commit: r.IntN(2) == 0, Prob: 0.4}
	}},
	{3, plain(sandbox.OpAll, sandbox.Fault{Kind: sandbox.Maintenance})},
	{3, plain(sandbox.OpAll, sandbox.Fault{Kind: sandbox.Throttle, Prob: 0.4})},
	{3, func(_ string, r *rand.Rand) sandbox.Fault {
		return sandbox.Fault{Op: sandbox.OpAll, Kind: sandbox.Garbage, Commit: r.IntN(2) == 0, Prob: 0.3}
	}},
	{3, plain(sandbox.OpAll, sandbox.Fault{Kind: sandbox.Truncate, Prob: 0.3})},
	{3, plain(sandbox.OpAll, sandbox.Fault{Kind: sandbox.Delay, Delay: 300 * time.Millisecond, Prob: 0.3})},
	{3, func(m string, _ *rand.Rand) sandbox.Fault {
		return sandbox.Fault{Op: listOps[m], Kind: sandbox.Lag, Delay: lag}
	}},
	{2, func(m string, _ *rand.Rand) sandbox.Fault {
		return sandbox.Fault{Op: listOps[m], Kind: sandbox.Repeat, Size: 3, Prob: 0.5}
	}},
	{2, func(m string, _ *rand.Rand) sandbox.Fault {
		return sandbox.Fault{Op: listOps[m], Kind: sandbox.EndEarly, Prob: 0.3}
	}},
	{2, itemFault(sandbox.RefuseItems)},
	{1, itemFault(sandbox.IgnoreItems)},
	{3, itemFault(sandbox.OmitItems)},
	{2, func(m string, r *rand.Rand) sandbox.Fault {
		if m == sandbox.Postmart {
			return sandbox.Fault{Op: sandbox.OpAll, Kind: sandbox.Revoke, Count: 1 + r.IntN(3)}
		}
		// Five sign-ins a minute are allowed, and each of these costs one.
		return sandbox.Fault{Op: sandbox.OpAll, Kind: oneOf(r, sandbox.Revoke, sandbox.Ban, sandbox.LockLogin), Delay: time.Second, Count: 1}
	}},
	{2, plain("review", sandbox.Fault{Kind: sandbox.ReviewLate, Delay: 2 * time.Second})},
	{1, plain("review", sandbox.Fault{Kind: sandbox.ReviewNever, Prob: 0.3})},
	{1, plain("review", sandbox.Fault{Kind: sandbox.ReviewReject, Prob: 0.3})},
	{1, plain("review", sandbox.Fault{Kind: sandbox.ReviewFlip, Delay: 3 * time.Second, Prob: 0.3})},
}

// itemFault strikes some items of a batch.
func itemFault(k sandbox.Kind) func(string, *rand.Rand) sandbox.Fault {
	return func(m string, r *rand.Rand) sandbox.Fault {
		f := sandbox.Fault{Op: oneOf(r, batchOps[m]...), Kind: k, Items: []int{r.IntN(3), r.IntN(10)}, Count: 2}
		if k == sandbox.RefuseItems {
			f.Code = map[string]string{sandbox.Postmart: "validation_failed", sandbox.Voso: "VALIDATE_ERROR"}[m]
		}
		return f
	}
}

// faults sets one fault of a marketplace after the other, each for a while.
func (w *world) faults(ctx context.Context, m string) error {
	r := w.rng("faults of " + m)
	total := 0
	for _, t := range troubles {
		total += t.weight
	}
	for ctx.Err() == nil {
		n := r.IntN(total)
		var f sandbox.Fault
		for _, t := range troubles {
			if n -= t.weight; n < 0 {
				f = t.make(m, r)
				break
			}
		}
		f.Market = m
		id, err := w.sandbox.SetFault(f)
		if err != nil {
			return err
		}
		sleep(ctx, time.Duration(300+r.IntN(900))*time.Millisecond)
		if err := w.sandbox.ClearFault(m, id); err != nil {
			return err
		}
		// Some time without: a marketplace that always fails sells nothing.
		sleep(ctx, time.Duration(r.IntN(500))*time.Millisecond)
	}
	return nil
}

// unfair lets the marketplaces store a second product of a SKU and ignore
// idempotency keys in every other storm: then nothing but the program itself
// keeps it from doubling.
func (w *world) unfair() error {
	if w.opt.seed%2 == 0 {
		return nil
	}
	for _, m := range markets {
		if _, err := w.sandbox.SetFault(sandbox.Fault{Market: m, Op: createOps[m], Kind: sandbox.NoUnique}); err != nil {
			return err
		}
	}
	return nil
}
