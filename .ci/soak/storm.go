package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"time"

	"lensan/adapters/sandbox"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/worker/plan"
)

// storm lets everything loose at once until its time is over.
func (w *world) storm(ctx context.Context) error {
	if err := w.unfair(); err != nil {
		return err
	}
	raging, stop := context.WithTimeout(ctx, w.opt.storm)
	defer stop()
	raging, fail := context.WithCancelCause(raging)
	defer fail(nil)
	var all sync.WaitGroup
	for name, stream := range map[string]func(context.Context) error{
		"office": w.office, "people": w.people, "operators": w.operators, "kills": w.kills, "servers": w.accidents, "strangers": w.strangers,
		"faults of Postmart": func(ctx context.Context) error { return w.faults(ctx, sandbox.Postmart) },
		"faults of Voso":     func(ctx context.Context) error { return w.faults(ctx, sandbox.Voso) },
	} {
		all.Go(func() {
			if err := stream(raging); err != nil && raging.Err() == nil {
				fail(fmt.Errorf("%s: %w", name, err))
			}
		})
	}
	all.Wait()
	if err := context.Cause(raging); !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

// office edits the register again and again.
func (w *world) office(ctx context.Context) error {
	for sleep(ctx, time.Duration(200+w.register.rng.IntN(800))*time.Millisecond) {
		// What was begun is brought to its end: the book says it already.
		if err := w.bring(context.WithoutCancel(ctx), w.register.next()); err != nil {
			return err
		}
	}
	return nil
}

// bring imports an edit with the program itself.
func (w *world) bring(ctx context.Context, c change) error {
	name := filepath.Join(w.dir, "edit.csv")
	if err := os.WriteFile(name, c.file, 0o600); err != nil {
		return err
	}
	if c.begin != nil {
		c.begin(time.Now())
	}
	for range 40 { // the database may be away
		out, exit, err := w.fleet.run(ctx, "import", "--partial", "--images", w.pictures(), name)
		switch {
		case err != nil:
			return err
		case exit == 0:
			if c.done != nil {
				c.done(time.Now())
			}
			w.figures.did("imports of "+c.what, 1)
			return nil
		case exit == 8 || exit == 2:
			return fmt.Errorf("import of %s: exit %d\n%s\n%s", c.what, exit, c.file, out)
		}
		sleep(ctx, 300*time.Millisecond)
	}
	return fmt.Errorf("import of %s never ended well", c.what)
}

// operators ask for runs all the time, cancel some, and pause a lane now and
// then. What the database does not take is asked for again later.
func (w *world) operators(ctx context.Context) error {
	r := w.rng("operators")
	for sleep(ctx, time.Duration(200+r.IntN(600))*time.Millisecond) {
		q := store.RunRequest{Kind: catalog.RunSync, Policy: catalog.PolicySync, Trigger: catalog.TriggerCommand, By: "soak", Lift: allBrakes(), LiftReason: "soak"}
		choice, n := r.IntN(20), r.IntN(1<<30)
		switch {
		case choice < 6:
		case choice < 10:
			q.Scope.SKUs = w.register.pick(r, 1+n%5)
		case choice < 12:
			q.Scope.Marketplaces = []string{markets[n%len(markets)]}
		case choice < 15:
			q.Kind = catalog.RunReconcile
		case choice < 16:
			q.Lift = nil // brakes as they are
		case choice < 18:
			w.note("cancelled runs", w.cancelOne(ctx))
			continue
		default:
			w.note("paused lanes", w.pauseLane(ctx, markets[n%len(markets)], time.Duration(200+n%800)*time.Millisecond))
			continue
		}
		_, _, err := w.store.RequestRun(ctx, q)
		w.note("runs asked for", err)
	}
	return nil
}

// note counts what was done; what a restarting database refused is counted
// apart.
func (w *world) note(what string, err error) {
	if err != nil {
		what += " (refused while the database was away)"
	}
	w.figures.did(what, 1)
}

func (w *world) cancelOne(ctx context.Context) error {
	open, err := w.store.ListRuns(ctx, store.RunFilter{Open: true})
	if err != nil || len(open) == 0 {
		return err
	}
	return w.store.CancelRun(ctx, open[0].ID, "soak")
}

func (w *world) pauseLane(ctx context.Context, m string, d time.Duration) error {
	if err := w.store.PauseLane(ctx, m, time.Time{}, "lane.paused_by_hand", "soak"); err != nil {
		return err
	}
	sleep(ctx, d)
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	return w.persist(after, func() error { return w.store.ResumeLane(after, m, "soak") })
}

// persist repeats what a restarting server refuses.
func (w *world) persist(ctx context.Context, do func() error) error {
	for {
		err := do()
		if err == nil {
			return nil
		}
		if !sleep(ctx, 200*time.Millisecond) {
			return errors.Join(ctx.Err(), err)
		}
	}
}

func allBrakes() []string {
	var out []string
	for _, b := range plan.Brakes {
		out = append(out, string(b))
	}
	return out
}

// pick names some SKUs.
func (b *book) pick(r *rand.Rand, n int) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []string
	for range n {
		out = append(out, b.skus[r.IntN(len(b.skus))].code)
	}
	return out
}

// kills ends one process after the other without warning. An embedded queue
// forgets the token with its process, and Voso allows five sign-ins a minute:
// more kills than that would only have everything wait.
func (w *world) kills(ctx context.Context) error {
	r := w.rng("kills")
	pause := 1500
	if w.servers == nil {
		pause = 6000
	}
	for sleep(ctx, time.Duration(pause+r.IntN(3500))*time.Millisecond) {
		if err := w.fleet.kill(ctx, r.IntN(len(w.fleet.procs)), time.Duration(r.IntN(1500))*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

// accidents are what happens to the servers: Redis is flushed or restarted
// empty, PostgreSQL restarted with every transaction cut.
func (w *world) accidents(ctx context.Context) error {
	r := w.rng("servers")
	for i := 0; w.servers != nil && sleep(ctx, time.Duration(5000+r.IntN(10000))*time.Millisecond); i++ {
		// Restarts end what they began, whatever happens to the storm.
		whole := context.WithoutCancel(ctx)
		what, do := "flushes of Redis", w.servers.flush
		switch n := r.IntN(6); {
		case i == 1 || n == 0: // at least one
			what, do = "restarts of PostgreSQL", w.servers.restartPostgres
		case i == 2 || n == 1:
			what, do = "restarts of Redis", w.servers.restartRedis
		}
		w.figures.did(what, 1)
		if err := do(whole); err != nil {
			return err
		}
	}
	return nil
}
