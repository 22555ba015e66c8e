package worker

import (
	"context"
	"time"

	"lensan/store/catalog"
)

// beatLoop renews the leases of the batches in hand, in one statement for all,
// and passes on what their workers have to know.
func (e *Engine) beatLoop(ctx context.Context) {
	ticker := time.NewTicker(min(e.opt.Beat, e.opt.BatchLease/3))
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-e.pokeBeat:
		}
		if e.opt.Store.ClockMoved() {
			e.try(ctx, "clock not compared", func() error { _, err := e.opt.Store.SyncClock(ctx); return err })
		}
		e.beat(ctx)
	}
}

func (e *Engine) beat(ctx context.Context) {
	batches := e.inHand()
	if len(batches) == 0 {
		return
	}
	began := time.Now()
	signs, err := e.opt.Store.RenewBatches(ctx, e.owner, batches, e.opt.BatchLease)
	if err != nil {
		if ctx.Err() == nil {
			e.opt.Log.WarnContext(ctx, "leases not renewed", "batches", len(batches), "err", err)
			e.dropOverdue()
		}
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	urgent := map[string]*running{} // by lane: whose turn it is to hand back
	for _, b := range batches {
		r, ok := e.running[b.ID]
		if !ok || r.batch.Generation != b.Generation {
			continue
		}
		sign, held := signs[b.ID]
		if !held {
			r.cancel(errBatchLost)
			continue
		}
		r.beat = began
		r.stop = r.stop || sign.Stop
		if l := e.lanes[b.Marketplace]; sign.Urgent && len(l.slots) == cap(l.slots) {
			if first, ok := urgent[b.Marketplace]; !ok || r.since.Before(first.since) {
				urgent[b.Marketplace] = r
			}
		}
	}
	// One worker is enough for what is urgent: the one longest at it.
	for _, r := range urgent {
		r.urgent = true
	}
}

func (e *Engine) inHand() []catalog.Batch {
	e.mu.Lock()
	defer e.mu.Unlock()
	batches := make([]catalog.Batch, 0, len(e.running))
	for _, r := range e.running {
		batches = append(batches, r.batch)
	}
	return batches
}

// dropOverdue stops the work on batches whose lease can't be known to be held
// any more.
func (e *Engine) dropOverdue() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, r := range e.running {
		if time.Since(r.beat) > e.opt.BatchLease*2/3 {
			r.stop = true // first gently
		}
		if time.Since(r.beat) > e.opt.BatchLease*9/10 {
			r.cancel(errBatchLost)
		}
	}
}
