package reconcile_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lensan/adapters"
	"lensan/adapters/sandbox"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/worker/reconcile"
)

// both runs a test with the marketplaces as their contracts say, and with
// marketplaces that store a second product of one SKU and know no keys.
func both(t *testing.T, opt labOptions, test func(t *testing.T, l *lab)) {
	t.Parallel()
	for name, noUnique := range map[string]bool{"by contract": false, "no-unique": true} {
		if raceOn && !noUnique {
			continue // the harder half has the same goroutines
		}
		t.Run(name, func(t *testing.T) {
			eachLab(t, opt, func(t *testing.T, l *lab) {
				if noUnique {
					l.noUnique()
				}
				test(t, l)
			})
		})
	}
}

// wantTriedOnce: each of n SKUs was asked to be made once, and none closed.
func (l *lab) wantTriedOnce(n int) {
	l.t.Helper()
	for m := range l.adapters {
		led := l.ledger(m)
		if len(led.Tried) != n {
			l.t.Errorf("%s: %d SKUs were tried, want %d", m, len(led.Tried), n)
		}
		for sku, tried := range led.Tried {
			if tried != 1 {
				l.t.Errorf("%s: %s was tried %d times", m, sku, tried)
			}
		}
		if led.Calls["closeProduct"]+led.Calls["changeStatus"] > 0 {
			l.t.Errorf("%s: something was closed", m)
		}
	}
}

func TestF01_ALostAnswerIsNoSecondListing(t *testing.T) {
	both(t, labOptions{}, func(t *testing.T, l *lab) {
		n := sized(750, 150) // on two marketplaces: 1,500 creates
		if f, err := l.sandbox.Faults("postmart"); err != nil || len(f) == 0 {
			n = 60 // the easy half
		}
		l.importGoods(goods(n))
		l.faultOnCreate(sandbox.Fault{Kind: sandbox.Cut, Commit: true})
		began := l.clock.Now()
		l.sync(store.RunRequest{})
		l.settle()
		t.Logf("figure converge - %d", int(l.clock.Now().Sub(began).Seconds()))
		l.wantOnce(n)
		l.wantTriedOnce(n)
	})
}

// Whatever stands in for the answer, what the marketplace did counts.
func TestF01_AnyAnswerThatIsNoneIsLookedInto(t *testing.T) {
	for name, f := range map[string]sandbox.Fault{
		"502 page":         {Kind: sandbox.Status, Status: 502, Body: "html", Commit: true},
		"504 empty":        {Kind: sandbox.Status, Status: 504, Body: "empty", Commit: true},
		"maintenance page": {Kind: sandbox.Maintenance, Commit: true},
		"no JSON":          {Kind: sandbox.Garbage, Commit: true},
		"half an answer":   {Kind: sandbox.Truncate},
		"item left out":    {Kind: sandbox.OmitItems, Items: []int{1, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			eachLab(t, labOptions{}, func(t *testing.T, l *lab) {
				l.importGoods(goods(7))
				l.noUnique()
				f.Count = 4
				l.faultOnCreate(f)
				l.sync(store.RunRequest{})
				l.settle()
				l.wantOnce(7)
			})
		})
	}
}

// A create that is carried out only after its sender gave up, as late as the
// contract allows, is found and never repeated.
func TestF01_ALateCreateIsWaitedFor(t *testing.T) {
	both(t, labOptions{}, func(t *testing.T, l *lab) {
		l.importGoods(goods(20))
		l.faultOnCreate(sandbox.Fault{Kind: sandbox.Late})
		l.sync(store.RunRequest{})
		l.settle()
		l.wantOnce(20)
		l.wantTriedOnce(20)
	})
}

// A create that never arrived goes out again, once it is sure, and only once.
func TestF01_ACreateThatLeftNothingGoesOutAgain(t *testing.T) {
	both(t, labOptions{}, func(t *testing.T, l *lab) {
		l.importGoods(goods(12))
		l.faultOnCreate(sandbox.Fault{Kind: sandbox.Cut, Count: 12})
		l.sync(store.RunRequest{})
		l.settle()
		l.wantOnce(12)
	})
}

// thief is an adapter that stops at each change before it is sent.
type thief struct {
	adapters.Adapter
	stop func(changes []adapters.Change)
}

func (a *thief) Apply(ctx context.Context, changes []adapters.Change) []adapters.Outcome {
	a.stop(changes)
	return a.Adapter.Apply(ctx, changes)
}

// steal ends every lease in SQL, as if their holders had been silent for too
// long, and lets another worker do what is due.
func (l *lab) steal(other *reconcile.Runner) {
	l.db.Exec(l.t, "UPDATE listings SET lease_until = 0")
	l.db.Exec(l.t, "UPDATE shops SET lease_until = 0")
	l.db.Exec(l.t, "UPDATE batches SET lease_until = 0 WHERE state = 'running'")
	for _, b := range l.form() {
		l.carryOut(l.t.Context(), other, b)
	}
}

// second is a Runner of another process: adapters and connections of its own.
func (l *lab) second() *reconcile.Runner {
	l.t.Helper()
	first := map[string]adapters.Adapter{}
	for m, a := range l.adapters {
		first[m] = a
	}
	l.connect()
	other := map[string]adapters.Adapter{}
	for m, a := range l.adapters {
		other[m] = a
		l.adapters[m] = first[m]
	}
	o := l.runner.Options
	o.Adapters = other
	return reconcile.New(o)
}

// The lease is stolen at the k-th call that the worker makes for a new SKU of a
// new producer, before the marketplace sees it and after it has answered, for
// every k there is.
func TestF02_TwoWorkersMakeOneListing(t *testing.T) {
	for _, when := range []string{"before", "after"} {
		t.Run(when, func(t *testing.T) {
			both(t, labOptions{}, func(t *testing.T, l *lab) {
				other := l.second()
				all, k := goods(0), 0
				for stolen := true; stolen; {
					if k++; k > 60 {
						t.Fatal("the work does not end")
					}
					g := goods(5 * k)[5*k-1]
					all = append(all, g)
					g.images = fmt.Sprintf("anh-%d.jpg", k)
					all[len(all)-1] = g
					l.importFiles(files([]good{g}), pictures(map[string][]byte{g.images: picture(uint8(20 * k))}))
					stolen = l.stealAt(k, when == "before", other)
					l.settle()
				}
				if k < 8 {
					t.Errorf("the lease was stolen at %d calls only", k-1)
				}
				l.wantOnce(len(all))
				for m := range l.adapters {
					for key, n := range l.ledger(m).Made {
						if n != 1 {
							t.Errorf("%s: %s was made %d times", m, key, n)
						}
					}
				}
				shops := l.db.Int(t, "SELECT COUNT(*) FROM shops WHERE remote_id <> ''")
				for m := range l.adapters {
					have, err := l.sandbox.Shops(m)
					if err != nil || len(have) != len(all) || shops != 2*len(all) {
						t.Errorf("%s: %d shops, SQL %d, want one for each of %d producers (%v)", m, len(have), shops, len(all), err)
					}
				}
			})
		})
	}
}

// stealAt syncs and steals the leases at the k-th call. false: there were
// fewer.
func (l *lab) stealAt(k int, before bool, other *reconcile.Runner) bool {
	l.t.Helper()
	var calls atomic.Int64
	var stolen atomic.Bool
	over := make(chan struct{})
	hook := func(string, *http.Request) {
		if calls.Add(1) == int64(k) {
			defer close(over)
			stolen.Store(true)
			l.hooks.set(nil, nil)
			l.steal(other)
		}
	}
	if before {
		l.hooks.set(hook, nil)
	} else {
		l.hooks.set(nil, hook)
	}
	defer l.hooks.set(nil, nil)
	l.sync(store.RunRequest{})
	if stolen.Load() {
		<-over // a long answer leaves before its handler ends
	}
	return stolen.Load()
}

// A worker that stood still between its intent and its request (a paused
// machine, a full disk) does not send any more once others may have concluded
// that it never did.
func TestF02_AWorkerThatStoodStillSendsNothing(t *testing.T) {
	both(t, labOptions{}, func(t *testing.T, l *lab) {
		l.importGoods(goods(3))
		other := l.second()
		stood := map[string]bool{}
		for m, a := range l.adapters {
			l.adapters[m] = &thief{Adapter: a, stop: func([]adapters.Change) {
				if stood[m] {
					return
				}
				stood[m] = true
				for range 12 { // time enough for others to look twice and to repeat it
					l.clock.jump(30 * time.Second)
					l.steal(other)
				}
			}}
		}
		l.runner = l.newRunner()
		l.sync(store.RunRequest{})
		l.settle()
		l.wantOnce(3)
	})
}

// An item that is handed out twice, by a requeue, makes one listing.
func TestF02_ARequeuedBatchMakesOneListing(t *testing.T) {
	both(t, labOptions{}, func(t *testing.T, l *lab) {
		l.importGoods(goods(30))
		run := l.ask(store.RunRequest{})
		planned, _, err := l.store.ClaimRunToPlan(t.Context(), "test", time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if err := l.runner.PlanRun(t.Context(), planned); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for _, b := range l.form() {
			started, ok, err := l.store.StartBatch(t.Context(), b.ID, b.Generation, "test", time.Hour)
			if err != nil || !ok {
				t.Fatal(ok, err)
			}
			items, err := l.store.ItemsOfBatch(t.Context(), b.ID)
			if err != nil {
				t.Fatal(err)
			}
			for range 3 { // asynq hands the same job to three workers
				wg.Go(func() {
					if err := l.runner.Work(store.InBatch(t.Context(), started), started, items, nil); err != nil {
						t.Error(err)
					}
				})
			}
		}
		wg.Wait()
		l.db.Exec(t, "UPDATE batches SET lease_until = 0 WHERE state = 'running'")
		l.finish(run)
		l.settle()
		l.wantOnce(30)
		l.wantTriedOnce(30)
	})
}

// SQL is gone when the answer comes: the listing is adopted on the next pass.
func TestF04_SQLFailsAfterTheCreate(t *testing.T) {
	both(t, labOptions{}, func(t *testing.T, l *lab) {
		l.importGoods(goods(8))
		var broken sync.Map
		l.hooks.set(nil, func(m string, r *http.Request) {
			if !isCreate(r) {
				return
			}
			if _, again := broken.LoadOrStore(m, true); !again {
				l.breakSQL()
			}
		})
		l.ask(store.RunRequest{})
		for range 4 {
			l.stepWhileBroken()
		}
		l.hooks.set(nil, nil)
		l.sync(store.RunRequest{})
		l.settle()
		l.wantOnce(8)
		l.wantTriedOnce(8)
	})
}

// A search that lags shows nothing: nothing is made for it.
func TestF05_AStaleReadIsNoAbsence(t *testing.T) {
	both(t, labOptions{}, func(t *testing.T, l *lab) {
		l.importGoods(goods(10))
		l.faultOnCreate(sandbox.Fault{Kind: sandbox.Cut, Commit: true})
		run := l.ask(store.RunRequest{})
		deadline := l.clock.Now().Add(9 * time.Second) // within every lag
		for l.clock.Now().Before(deadline) {
			l.step(1)
			l.db.Exec(t, "UPDATE items SET due_at = 0 WHERE state = 'waiting'") // an eager hand: look now
			l.clock.jump(time.Second)
		}
		for m := range l.adapters {
			for sku, n := range l.ledger(m).Tried {
				if n != 1 {
					t.Errorf("%s: %s was tried %d times within the lag", m, sku, n)
				}
			}
		}
		l.finish(run)
		l.settle()
		l.wantOnce(10)
		l.wantTriedOnce(10)
		if run := l.run(run.ID); store.RunStateOf(run, l.counts(run.ID)) != catalog.RunDone {
			t.Errorf("the run ended as %s", store.RunStateOf(run, l.counts(run.ID)))
		}
	})
}

// A list that was read in part, or shows what was, proves no absence.
func TestF05_AListThatEndsEarlyIsNoAbsence(t *testing.T) {
	both(t, labOptions{}, func(t *testing.T, l *lab) {
		l.importGoods(goods(10))
		l.faultOnCreate(sandbox.Fault{Kind: sandbox.Cut, Commit: true})
		for m, op := range map[string]string{"postmart": "listProducts", "voso": "searchProducts"} {
			l.fault(sandbox.Fault{Market: m, Op: op, Kind: sandbox.EndEarly, Prob: 0.5})
			l.fault(sandbox.Fault{Market: m, Op: op, Kind: sandbox.Lag, Delay: contract[m].lag, Prob: 0.5})
		}
		l.sync(store.RunRequest{})
		l.settle()
		l.clearFaults()
		l.sync(store.RunRequest{})
		l.settle()
		l.wantOnce(10)
	})
}
