package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"lensan/adapters"
	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/worker"
	"lensan/worker/reconcile"
)

// engine is the part of a process that calls marketplaces: queue, adapters,
// runner and worker.
type engine struct {
	app    *app
	worker *worker.Engine
	queue  *worker.Queue
	failed chan error // gets at most one error, when the engine ends by itself

	cancel   context.CancelFunc
	ended    chan struct{}
	adapters map[string]adapters.Adapter
	once     sync.Once
}

// batchFallback is how many items a batch has where one request carries few.
const batchFallback = 50

// maxTickAge is how long the dispatcher may be silent before it counts as stuck.
const maxTickAge = 30 * time.Second

// startEngine starts to work for the lanes that are on. With an embedded queue
// it waits, in the background, while another process works. stop ends it.
func (a *app) startEngine(ctx context.Context, s *store.Store) (*engine, error) {
	day, err := a.fixedDay(ctx, s)
	if err != nil {
		return nil, err
	}
	if err := a.withSandbox(ctx, day); err != nil {
		return nil, err
	}
	q, err := a.openQueue(ctx)
	if err != nil {
		return nil, err
	}
	a.closers = append(a.closers, q.Close)
	budgets := map[string]adapters.Budget{}
	open, err := openAdapters(a.cfg, a.shareThrough(q, s, budgets), a.log)
	if err != nil {
		return nil, err
	}
	today, err := a.today(ctx, s)
	if err != nil {
		return nil, err
	}
	if err := s.SeedSchedule(ctx, "nightly", a.cfg.Nightly, catalog.RunReconcile); err != nil {
		return nil, err
	}
	e := &engine{app: a, queue: q, adapters: open, failed: make(chan error, 1), ended: make(chan struct{})}
	wait := a.cfg.Timing
	runner := reconcile.New(reconcile.Options{
		Store: s, Adapters: open, Today: today, Now: s.Now, Log: a.log, Owners: a.owners(), Canaries: a.cfg.Canaries,
		ReviewPoll: wait.ReviewFirst, LeaseTTL: wait.Lease, RequestTimeout: wait.Request, Retry: wait.Retry,
		HeldUntil: func() time.Time { return e.worker.HeldUntil() },
	})
	e.worker = worker.New(worker.Options{
		Store: s, Redis: q.Redis, Runner: runner, Lanes: lanesFor(open, budgets), Embedded: q.Embedded, LockFile: s.LockFile(), Host: hostname(), Log: a.log,
		Request:    wait.Request,
		OnWaiting:  e.sayWaiting,
		BatchLease: wait.Lease, PlanLease: wait.Lease, EngineLease: wait.Lease / 4, Sweep: wait.Sweep, Gather: wait.Gather,
		Breaker: breaker(wait.Pause),
	})
	run, cancel := context.WithCancel(context.WithoutCancel(ctx)) // stop ends it, in order
	e.cancel = cancel
	var days sync.WaitGroup
	days.Go(func() { a.keepDays(run, s, today) })
	days.Go(func() { a.tellPace(run, s, budgets) })
	go func() {
		defer close(e.ended)
		err := e.worker.Run(run)
		cancel()
		days.Wait()
		if err != nil {
			e.failed <- fmt.Errorf("engine: %w", err)
		}
	}()
	return e, nil
}

// dayEvery is how often what is kept of the day is brought up to date.
const dayEvery = time.Hour

// keepDays keeps how far the goal is on each day, whether or not somebody
// looks at the pages.
func (a *app) keepDays(ctx context.Context, s *store.Store, today func() catalog.Day) {
	tick := time.NewTicker(dayEvery / 6)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if _, err := s.SnapshotDay(ctx, today(), dayEvery); err != nil && ctx.Err() == nil {
			a.log.Warn("the day is not kept", "err", err)
		}
	}
}

// paced is a lane's budget as far as its figures go.
type paced interface {
	Sent() int64      // requests of this process so far
	Allowed() float64 // a second
}

// tellPace puts on record how many requests this process sends to each lane
// and how many the lane allows, for those who read the record alone.
func (a *app) tellPace(ctx context.Context, s *store.Store, budgets map[string]adapters.Budget) {
	tick := time.NewTicker(store.PaceStep / 2)
	defer tick.Stop()
	told := map[string]int64{}
	said := map[string]time.Time{}
	for {
		for name, budget := range budgets {
			b, ok := budget.(paced)
			if !ok {
				continue
			}
			sent := b.Sent()
			// An idle lane is told of once a minute: that somebody is there.
			if sent == told[name] && time.Since(said[name]) < time.Minute {
				continue
			}
			if err := s.AddLanePace(ctx, name, sent-told[name], b.Allowed()); err != nil {
				if ctx.Err() == nil {
					a.log.Warn("the pace is not told", "marketplace", name, "err", err)
				}
				continue
			}
			told[name], said[name] = sent, time.Now()
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// breaker are the waits of a lane whose first pause takes base.
func breaker(base time.Duration) worker.Breaker {
	return worker.Breaker{Base: base, AuthBase: 4 * base, Cap: 60 * base, Quiet: 20 * base}
}

// lanesFor says how this process works for each lane: a batch has as many items
// as one call of its change carries.
func lanesFor(open map[string]adapters.Adapter, budgets map[string]adapters.Budget) []worker.Lane {
	var out []worker.Lane
	for _, m := range marketplaces {
		ad := open[m.Name]
		if ad == nil {
			continue
		}
		c := ad.Capabilities()
		lane := worker.Lane{Name: m.Name, ByOp: map[string]int{}, Batch: map[catalog.Purpose]int{
			catalog.PurposeApply: batchFallback, catalog.PurposeLook: tens(c.GetBatch)}}
		for op, n := range c.Batch {
			per := reconcile.PerCall(c, op)
			lane.ByOp[string(op)] = tens(n / per * per) // whole calls
		}
		lane.Budget, _ = budgets[m.Name].(worker.LaneBudget)
		out = append(out, lane)
	}
	return out
}

// tens is how many items a batch has where one call carries n of them: as many,
// or some tens where it carries few.
func tens(n int) int {
	if n < 10 {
		return batchFallback
	}
	return n
}

func (e *engine) sayWaiting(holder store.Lease) {
	e.once.Do(func() { e.app.log.Info("another process works", "host", holder.Host, "holder", holder.Holder) })
}

// stop ends the engine: requests in flight are waited for, the rest handed
// back. Stopping no engine does nothing.
func (e *engine) stop() {
	if e == nil {
		return
	}
	e.cancel()
	<-e.ended
	for _, ad := range e.adapters {
		if c, ok := ad.(interface{ CloseIdle() }); ok {
			c.CloseIdle()
		}
	}
}

// healths are what /readyz asks of the engine.
func (e *engine) healths() []health {
	return []health{
		{"queue", func(ctx context.Context) error { return e.worker.Health(ctx, e.queue).QueueErr }},
		{"dispatcher", func(ctx context.Context) error {
			if age := e.worker.Health(ctx, e.queue).TickAge; age > maxTickAge {
				return fmt.Errorf("no tick for %s", age)
			}
			return nil
		}},
	}
}

// engineAlive tells whether some process works at the moment.
func (a *app) engineAlive(ctx context.Context, s *store.Store) (bool, error) {
	if a.cfg.EmbeddedQueue() {
		_, held, err := s.GetLease(ctx, store.LeaseEngine)
		return held, err
	}
	q, err := a.openQueue(ctx)
	if err != nil {
		return false, err
	}
	defer q.Close() //nolint:errcheck // nothing was written
	n, err := worker.EnginesOnQueue(ctx, q)
	return n > 0, err
}

// workIfNobodyDoes has a waiting command do the work itself where the queue is
// embedded: its engine takes the lease when that is free, or becomes free
// because its holder died. Elsewhere workers do, and it returns nil.
func (a *app) workIfNobodyDoes(ctx context.Context, s *store.Store) (*engine, error) {
	if a.cfg.EmbeddedQueue() {
		return a.startEngine(ctx, s)
	}
	alive, err := a.engineAlive(ctx, s)
	if err == nil && !alive {
		a.say(text.NoWorker)
	}
	return nil, err
}
