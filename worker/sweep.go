package worker

import (
	"context"
	"maps"
	"time"

	"github.com/redis/go-redis/v9"

	"lensan/store/catalog"
)

// sweepLoop finds, each Sweep, what was lost: by a worker that died, by a
// queue that forgot, by a clock that ran on.
func (e *Engine) sweepLoop(ctx context.Context) {
	ticker := time.NewTicker(e.opt.Sweep)
	defer ticker.Stop()
	var purged, synced time.Time
	active := map[string]time.Time{} // jobs that asynq gave to somebody: since when
	for {
		e.sweep(ctx, active)
		if now := time.Now(); now.Sub(synced) > time.Minute {
			synced = now
			e.try(ctx, "clock not compared", func() error { _, err := e.opt.Store.SyncClock(ctx); return err })
		}
		if now := time.Now(); now.Sub(purged) > time.Hour {
			purged = now
			e.purge(ctx)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// sweep does each part whether or not another fails.
func (e *Engine) sweep(ctx context.Context, active map[string]time.Time) {
	e.try(ctx, "schedules not run", func() error { _, err := e.opt.Store.RunDueSchedules(ctx); return err })
	e.try(ctx, "overdue runs not stopped", func() error { _, err := e.opt.Store.StopOverdueRuns(ctx); return err })
	e.try(ctx, "expired batches not raised", func() error {
		batches, err := e.opt.Store.ExpiredBatches(ctx, e.opt.QueueLease)
		e.figures.raise(len(batches))
		e.enqueue(ctx, batches)
		return err
	})
	e.try(ctx, "lost jobs not found", func() error { return e.findLost(ctx, active) })
	e.try(ctx, "runs not finished", func() error { _, err := e.opt.Store.FinishRuns(ctx); return err })
}

func (e *Engine) try(ctx context.Context, failed string, fn func() error) {
	if ctx.Err() != nil {
		return
	}
	if err := fn(); err != nil && ctx.Err() == nil {
		e.opt.Log.WarnContext(ctx, failed, "err", err)
	}
}

// findLost asks the queue for the jobs of the batches that SQL says are in it.
// One that is not there is put in again under the same id. One that asynq has
// set aside gets a new generation, and so does one that a worker took and did
// not begin for as long as a lease lasts: it died in between, and asynq itself
// would wait a minute longer.
func (e *Engine) findLost(ctx context.Context, active map[string]time.Time) error {
	if err := e.announce(ctx); err != nil {
		return err
	}
	batches, err := e.opt.Store.QueuedBatches(ctx, e.names, e.opt.Store.Now().Add(-min(2*time.Second, e.opt.Sweep)))
	if err != nil || len(batches) == 0 {
		clear(active)
		return err
	}
	pipe := e.opt.Redis.Pipeline()
	states := make([]*redis.SliceCmd, len(batches))
	for i, b := range batches {
		states[i] = pipe.HMGet(ctx, "asynq:{"+queueName(b.Marketplace, b.Queue)+"}:t:"+taskID(b), "state")
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return err
	}
	var gone []catalog.Batch
	var aside []string
	now, taken := time.Now(), map[string]bool{}
	for i, b := range batches {
		state, _ := states[i].Val()[0].(string)
		switch state {
		case "":
			gone = append(gone, b)
		case "active":
			id := taskID(b)
			taken[id] = true
			if since, ok := active[id]; !ok {
				active[id] = now
			} else if now.Sub(since) > e.opt.BatchLease {
				aside = append(aside, b.ID)
			}
		case "retry", "scheduled", "archived", "completed":
			aside = append(aside, b.ID)
		}
	}
	maps.DeleteFunc(active, func(id string, _ time.Time) bool { return !taken[id] })
	if len(gone) > 0 {
		e.opt.Log.WarnContext(ctx, "queue has lost jobs", "jobs", len(gone))
		e.figures.raise(len(gone))
		e.enqueue(ctx, gone)
	}
	raised, err := e.opt.Store.RequeueBatches(ctx, aside, e.opt.QueueLease)
	e.enqueue(ctx, raised)
	return err
}

// announce names the queues where asynq's tools look for them: its client
// remembers having done so, and never does again after a loss.
func (e *Engine) announce(ctx context.Context) error {
	if len(e.names) == 0 {
		return nil
	}
	var names []any
	for _, m := range e.names {
		for q := range weights {
			names = append(names, queueName(m, q))
		}
	}
	return e.opt.Redis.SAdd(ctx, "asynq:queues", names...).Err()
}

// purge drops what nobody asks for any more, in small steps.
func (e *Engine) purge(ctx context.Context) {
	before := e.opt.Store.Now().Add(-e.opt.Keep)
	for ctx.Err() == nil {
		n, err := e.opt.Store.PurgeQueue(ctx, before, 500)
		if err != nil {
			e.opt.Log.WarnContext(ctx, "queue not purged", "err", err)
		}
		if n == 0 || err != nil {
			return
		}
	}
}
