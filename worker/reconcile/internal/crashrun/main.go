// Command crashrun is the process that the crash matrix kills: it carries out
// the runs that are open in a database against a sandbox, until none is, or
// until it dies at the point that LENSAN_TEST_CRASH names. It is built for
// tests alone, with the tag crashpoints, and is no part of lensan.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"time"

	"lensan/adapters"
	"lensan/adapters/postmart"
	"lensan/adapters/rest"
	"lensan/adapters/sandbox"
	"lensan/adapters/voso"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/worker/reconcile"
)

type flags struct {
	db, postmart, voso, today string
	lag, lease                time.Duration
	limit                     time.Duration
}

func main() {
	var f flags
	flag.StringVar(&f.db, "db", "", "database URL")
	flag.StringVar(&f.postmart, "postmart", "", "base URL; empty: that lane is off")
	flag.StringVar(&f.voso, "voso", "", "base URL; empty: that lane is off")
	flag.StringVar(&f.today, "today", "", "the civil day")
	flag.DurationVar(&f.lag, "lag", 0, "ReadLag and LateWrite of both marketplaces")
	flag.DurationVar(&f.lease, "lease", 0, "how long leases and requests last")
	flag.DurationVar(&f.limit, "limit", 20*time.Second, "how long to go on")
	flag.Parse()
	if err := run(f); err != nil {
		fmt.Fprintln(os.Stderr, "crashrun:", err)
		os.Exit(1)
	}
}

func run(f flags) error {
	ctx, cancel := context.WithTimeout(context.Background(), f.limit)
	defer cancel()
	s, err := store.Open(ctx, f.db, store.Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	lanes, err := connect(f)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	r := reconcile.New(reconcile.Options{Store: s, Adapters: lanes, Today: func() catalog.Day { return catalog.Day(f.today) }, Log: log,
		LeaseTTL: f.lease, RequestTimeout: f.lease, ReviewPoll: 5 * time.Millisecond})
	d := driver{s: s, r: r, lanes: lanes, lease: f.lease, owner: fmt.Sprint("crashrun-", os.Getpid())}
	return d.drive(ctx)
}

func connect(f flags) (map[string]adapters.Adapter, error) {
	lanes := map[string]adapters.Adapter{}
	opt := rest.Options{Log: slog.New(slog.DiscardHandler), Timeout: 2 * time.Second, MaxConns: 4}
	if f.postmart != "" {
		a, err := postmart.New(postmart.Config{BaseURL: f.postmart, ClientID: sandbox.DefaultClientID, ClientSecret: sandbox.DefaultClientSecret,
			Rate: 10000, ReadLag: f.lag, LateWrite: f.lag, Options: opt})
		if err != nil {
			return nil, err
		}
		lanes["postmart"] = a
	}
	if f.voso != "" {
		a, err := voso.New(voso.Config{BaseURL: f.voso, Username: sandbox.DefaultUsername, Password: sandbox.DefaultPassword,
			Rate: 10000, ReadLag: f.lag, LateWrite: f.lag, Options: opt})
		if err != nil {
			return nil, err
		}
		lanes["voso"] = a
	}
	return lanes, nil
}

// driver stands in for the engine: no queue, one worker.
type driver struct {
	s     *store.Store
	r     *reconcile.Runner
	lanes map[string]adapters.Adapter
	lease time.Duration
	owner string
}

// drive works until no run is open and no listing waits for a look.
func (d driver) drive(ctx context.Context) error {
	for ctx.Err() == nil {
		worked, err := d.step(ctx)
		if err != nil {
			return err
		}
		open, err := d.s.ListRuns(ctx, store.RunFilter{Open: true, Limit: 1})
		if err != nil {
			return err
		}
		if !worked && len(open) == 0 {
			if done, err := d.quiet(ctx); done || err != nil {
				return err
			}
		}
		if !worked {
			select {
			case <-ctx.Done():
			case <-time.After(5 * time.Millisecond):
			}
		}
	}
	return fmt.Errorf("not done: %w", ctx.Err())
}

// quiet tells whether no item is open and no listing in review.
func (d driver) quiet(ctx context.Context) (bool, error) {
	for _, state := range []catalog.ItemState{catalog.ItemWaiting, catalog.ItemBatched} {
		items, err := d.s.ListItems(ctx, store.ItemFilter{State: state, Limit: 1})
		if err != nil || len(items) > 0 {
			return false, err
		}
	}
	review, err := d.s.InReview(ctx, store.Filter{})
	return review == 0, err
}

func (d driver) step(ctx context.Context) (worked bool, err error) {
	run, ok, err := d.s.ClaimRunToPlan(ctx, d.owner, d.lease)
	if err != nil {
		return false, err
	}
	if ok {
		if err := d.r.PlanRun(ctx, run); err != nil {
			if err := d.s.ReleaseRun(ctx, run.ID, d.owner, time.Now().Add(20*time.Millisecond)); err != nil {
				return false, err
			}
		}
	}
	if _, err := d.s.WakeLooks(ctx, time.Now(), 1000); err != nil {
		return false, err
	}
	var batches []catalog.Batch
	for m := range d.lanes {
		for _, q := range []catalog.Queue{catalog.QueueUrgent, catalog.QueueNormal, catalog.QueueReconcile} {
			for _, p := range []catalog.Purpose{catalog.PurposeApply, catalog.PurposeLook} {
				formed, err := d.s.FormBatches(ctx, store.BatchForm{Marketplace: m, Queue: q, Purpose: p, Size: 50, Window: 10, Lease: d.lease})
				if err != nil {
					return false, err
				}
				batches = append(batches, formed...)
			}
		}
	}
	expired, err := d.s.ExpiredBatches(ctx, d.lease)
	if err != nil {
		return false, err
	}
	batches = append(batches, expired...)
	for _, b := range batches {
		if err := d.carryOut(ctx, b); err != nil {
			return false, err
		}
	}
	_, err = d.s.FinishRuns(ctx)
	return ok || len(batches) > 0, err
}

func (d driver) carryOut(ctx context.Context, b catalog.Batch) error {
	b, ok, err := d.s.StartBatch(ctx, b.ID, b.Generation, d.owner, time.Minute)
	if err != nil || !ok {
		return err
	}
	// A worker that dies leaves its batch to the sweep; here it is short.
	if _, err := d.s.RenewBatches(ctx, d.owner, []catalog.Batch{b}, d.lease); err != nil {
		return err
	}
	items, err := d.s.ItemsOfBatch(ctx, b.ID)
	if err != nil {
		return err
	}
	due := time.Time{}
	if err := d.r.Work(store.InBatch(ctx, b), b, items, nil); err != nil {
		due = time.Now().Add(20 * time.Millisecond)
	}
	return d.s.FinishBatch(ctx, b, d.owner, due)
}
