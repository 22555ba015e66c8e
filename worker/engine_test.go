package worker

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lensan/adapters"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/storetest"
)

var bothLanes = []string{"postmart", "voso"}

func TestEveryItemEndsOnce(t *testing.T) {
	eachPair(t, store.Options{}, func(t *testing.T, p pair) {
		p.accounts(t)
		r := &fakeRunner{store: p.store, lanes: bothLanes, n: 150}
		p.start(t, r, nil)
		if !p.embedded {
			p.start(t, r, nil)
			p.start(t, r, nil)
		}
		for range 2 {
			state, counts := p.ended(t, p.request(t).ID)
			if state != catalog.RunDone || counts.Done != 300 || counts.Total() != 300 {
				t.Fatalf("%s %+v", state, counts)
			}
		}
		if items, times := r.begunItems(); items != 600 || times != 600 {
			t.Fatalf("%d items worked on %d times", items, times)
		}
	})
}

// A request is picked up at once, though SQL is polled rarely.
func TestWorkBeginsAtOnce(t *testing.T) {
	eachPair(t, store.Options{}, func(t *testing.T, p pair) {
		p.accounts(t)
		began := make(chan time.Time, 10)
		r := &fakeRunner{store: p.store, lanes: bothLanes[:1], n: 1, work: func(context.Context, catalog.Batch, catalog.Item) error {
			began <- time.Now()
			return nil
		}}
		running := make(chan struct{})
		p.start(t, r, func(o *Options) {
			o.Poll, o.Check, o.Beat, o.OnRunning = time.Hour, 0, 0, func() { close(running) }
		})
		<-running
		var took time.Duration
		for range 5 {
			asked := time.Now()
			run := p.request(t)
			took += (<-began).Sub(asked)
			p.ended(t, run.ID)
		}
		t.Logf("from asking to working: %v on average", took/5)
		if took/5 > time.Second {
			t.Fatalf("%v on average", took/5)
		}
	})
}

func TestACrashedEnginesWorkIsCarriedOn(t *testing.T) {
	eachPair(t, store.Options{}, func(t *testing.T, p pair) {
		p.accounts(t)
		var done atomic.Int32
		r := &fakeRunner{store: p.store, lanes: bothLanes, n: 60}
		stuck := make(chan struct{}, 100)
		r.work = func(ctx context.Context, _ catalog.Batch, _ catalog.Item) error {
			if done.Add(1) > 25 {
				stuck <- struct{}{}
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		}
		first := p.start(t, r, nil)
		run := p.request(t)
		<-stuck
		first.crash()
		second := &fakeRunner{store: p.store, lanes: bothLanes, n: 60}
		p.start(t, second, nil)
		state, counts := p.ended(t, run.ID)
		if state != catalog.RunDone || counts.Done != 120 {
			t.Fatalf("%s %+v", state, counts)
		}
		if items, times := second.begunItems(); items != times || items < 120-25 {
			t.Fatalf("%d items, %d times", items, times)
		}
	})
}

func TestACrashedPlannersRunIsPlannedAgain(t *testing.T) {
	eachPair(t, store.Options{}, func(t *testing.T, p pair) {
		p.accounts(t)
		planning := make(chan struct{})
		r := &fakeRunner{store: p.store, plan: func(ctx context.Context, _ catalog.Run) error {
			close(planning)
			<-ctx.Done()
			return ctx.Err()
		}}
		first := p.start(t, r, nil)
		run := p.request(t)
		<-planning
		first.crash()
		p.start(t, &fakeRunner{store: p.store, lanes: bothLanes, n: 5}, nil)
		if state, counts := p.ended(t, run.ID); state != catalog.RunDone || counts.Done != 10 {
			t.Fatalf("%s %+v", state, counts)
		}
	})
}

// F27: Redis flushed at ten random points.
func TestAFlushedQueueHeals(t *testing.T) {
	eachPair(t, store.Options{}, func(t *testing.T, p pair) {
		p.accounts(t)
		seed := uint64(time.Now().UnixNano())
		rnd := rand.New(rand.NewPCG(seed, 1))
		t.Logf("seed %d", seed)
		flushes := make(chan struct{}, 1000)
		var worked atomic.Int32
		at := map[int32]bool{}
		for len(at) < 10 {
			at[1+rnd.Int32N(390)] = true
		}
		r := &fakeRunner{store: p.store, lanes: bothLanes, n: 200, work: func(context.Context, catalog.Batch, catalog.Item) error {
			if at[worked.Add(1)] {
				flushes <- struct{}{}
			}
			return nil
		}}
		e := p.start(t, r, nil)
		if !p.embedded {
			p.start(t, r, nil)
		}
		run := p.request(t)
		flushed := 0
		for flushed < 10 {
			<-flushes
			if err := e.queue.Redis.FlushDB(t.Context()).Err(); err != nil {
				t.Fatal(err)
			}
			flushed++
		}
		state, counts := p.ended(t, run.ID)
		if state != catalog.RunDone || counts.Done != 400 {
			t.Fatalf("%s %+v", state, counts)
		}
		if items, times := r.begunItems(); items != 400 || times != 400 {
			t.Fatalf("%d items worked on %d times", items, times)
		}
	})
}

func TestCancelStopsWithinTheRequestsInFlight(t *testing.T) {
	eachPair(t, store.Options{}, func(t *testing.T, p pair) {
		p.accounts(t)
		inFlight, release := make(chan string, 100), make(chan struct{})
		r := &fakeRunner{store: p.store, lanes: bothLanes, n: 100, work: func(_ context.Context, _ catalog.Batch, it catalog.Item) error {
			inFlight <- it.ID
			<-release
			return nil
		}}
		e := p.start(t, r, nil)
		run := p.request(t)
		for range 5 { // both lanes' workers have a request in flight
			<-inFlight
		}
		if err := p.store.CancelRun(t.Context(), run.ID, "Lan"); err != nil {
			t.Fatal(err)
		}
		until(t, "the workers have heard of it", e.allStopped)
		counts, err := p.store.RunCounts(t.Context(), run.ID)
		if err != nil || counts[run.ID].Cancelled == 0 || counts[run.ID].Waiting > 0 {
			t.Fatalf("what nobody has begun did not end at once: %+v %v", counts, err)
		}
		close(release)
		state, got := p.ended(t, run.ID)
		if state != catalog.RunCancelled || got.Done > 5 || got.Done+got.Cancelled != 200 || got.Failed > 0 {
			t.Fatalf("%s %+v", state, got)
		}
	})
}

func TestPauseAndResume(t *testing.T) {
	eachPair(t, store.Options{}, func(t *testing.T, p pair) {
		p.accounts(t)
		permits := make(chan struct{}, 200)
		permit := func(n int) {
			for range n {
				permits <- struct{}{}
			}
		}
		r := &fakeRunner{store: p.store, lanes: bothLanes[:1], n: 100, work: func(context.Context, catalog.Batch, catalog.Item) error {
			<-permits
			return nil
		}}
		e := p.start(t, r, nil)
		run := p.request(t)
		inFlight := 0
		for _, pause := range []struct {
			name         string
			stop, resume func() error
		}{
			{"the run", func() error { return p.store.PauseRun(t.Context(), run.ID, "Lan") }, func() error { return p.store.ResumeRun(t.Context(), run.ID, "Lan") }},
			{"the lane", func() error {
				return p.store.PauseLane(t.Context(), "postmart", time.Time{}, "lane.paused_by_hand", "Lan")
			}, func() error { return p.store.ResumeLane(t.Context(), "postmart", "Lan") }},
		} {
			permit(20)
			inFlight += 20 + 3
			until(t, "three requests are in flight", func() bool { n, _ := r.begunItems(); return n == inFlight })
			if err := pause.stop(); err != nil {
				t.Fatal(err)
			}
			until(t, "the workers have heard of it", e.allStopped)
			permit(3)
			until(t, "nothing is in hand", func() bool {
				loads, err := p.store.LaneLoads(t.Context())
				return err == nil && len(loads) == 1 && loads[0].Batched == 0
			})
			if n, _ := r.begunItems(); n != inFlight {
				t.Fatalf("%s: %d begun while paused", pause.name, n-inFlight)
			}
			if err := pause.resume(); err != nil {
				t.Fatal(err)
			}
		}
		permit(100)
		if state, counts := p.ended(t, run.ID); state != catalog.RunDone || counts.Done != 100 {
			t.Fatalf("%s %+v", state, counts)
		}
	})
}

// Promise 9, F15: an expired login pauses the lane and fails nothing, and the
// other lane goes on.
func TestAFailedLanePausesAndOpensByAProbe(t *testing.T) {
	eachPair(t, store.Options{}, func(t *testing.T, p pair) {
		p.accounts(t)
		var broken atomic.Bool
		broken.Store(true)
		var refused, probes, inside atomic.Int32
		down := &adapters.Error{Marketplace: "postmart", Op: "get", Kind: adapters.KindUnauthorized, WholeLane: true}
		r := &fakeRunner{store: p.store, lanes: bothLanes, n: 100}
		r.work = func(_ context.Context, b catalog.Batch, _ catalog.Item) error {
			if b.Marketplace == "postmart" && broken.Load() {
				refused.Add(1)
				return down
			}
			return nil
		}
		r.probe = func(context.Context, string) error {
			if inside.Add(1) > 1 {
				t.Error("two probes at the same time")
			}
			defer inside.Add(-1)
			probes.Add(1)
			if broken.Load() {
				return down
			}
			return nil
		}
		budget := &fakeBudget{}
		change := func(o *Options) { o.Lanes[0].Budget = budget }
		p.start(t, r, change)
		if !p.embedded {
			p.start(t, r, change)
		}
		run := p.request(t)
		until(t, "voso is done and postmart was probed", func() bool {
			items, err := p.store.ListItems(t.Context(), store.ItemFilter{RunID: run.ID, Marketplace: "voso", State: catalog.ItemDone})
			return err == nil && len(items) == 100 && probes.Load() >= 3
		})
		processes := int32(1)
		if !p.embedded {
			processes = 2
		}
		if n := refused.Load(); n > 3*processes+1 {
			t.Fatalf("%d calls with a refused sign-in", n)
		}
		counts, _ := p.store.RunCounts(t.Context(), run.ID)
		if c := counts[run.ID]; c.Failed > 0 || c.Done != 100 || c.Open() != 100 {
			t.Fatalf("%+v", c)
		}
		if l := laneOf(t, p.store, "postmart"); l.PauseReason != "lane.unauthorized" || l.Trips < 2 {
			t.Fatalf("%+v", l)
		}
		broken.Store(false)
		if state, counts := p.ended(t, run.ID); state != catalog.RunDone || counts.Done != 200 {
			t.Fatalf("%s %+v", state, counts)
		}
		if l := laneOf(t, p.store, "postmart"); !l.PausedUntil.IsZero() {
			t.Fatalf("%+v", l)
		}
		if paused, resumed := budget.counts(); paused == 0 || resumed == 0 {
			t.Fatalf("the budget was paused %d times, resumed %d times", paused, resumed)
		}
	})
}

// A lane that is gone for good lets every run end cleanly without it.
func TestARunEndsWithoutALaneThatStaysAway(t *testing.T) {
	eachPair(t, store.Options{}, func(t *testing.T, p pair) {
		p.accounts(t)
		gone := &adapters.Error{Marketplace: "voso", Op: "get", Kind: adapters.KindUnavailable}
		r := &fakeRunner{store: p.store, lanes: bothLanes, n: 30}
		r.work = func(_ context.Context, b catalog.Batch, _ catalog.Item) error {
			if b.Marketplace == "voso" {
				return gone
			}
			return nil
		}
		r.probe = func(context.Context, string) error { return gone }
		p.start(t, r, func(o *Options) { o.Breaker.GiveUp = 300 * time.Millisecond })
		state, counts := p.ended(t, p.request(t).ID)
		if state != catalog.RunDone || counts.Done != 30 || counts.LeftOut != 30 || counts.Reasons[0].Code != "lane.outage" {
			t.Fatalf("%s %+v", state, counts)
		}
	})
}

func TestUrgentWorkIsNotKeptWaiting(t *testing.T) {
	eachPair(t, store.Options{}, func(t *testing.T, p pair) {
		p.accounts(t)
		urgent, begun, answer := make(chan struct{}), make(chan struct{}, 1), make(chan struct{})
		r := &fakeRunner{store: p.store, lanes: bothLanes[:1], n: 100, work: func(_ context.Context, b catalog.Batch, _ catalog.Item) error {
			if b.Queue == catalog.QueueUrgent {
				close(urgent)
				return nil
			}
			select {
			case begun <- struct{}{}:
			default:
			}
			<-answer
			return nil
		}}
		e := p.start(t, r, func(o *Options) {
			o.Lanes = []Lane{{Name: "postmart", Concurrency: 1, Batch: map[catalog.Purpose]int{catalog.PurposeApply: 100}}}
		})
		run := p.request(t)
		<-begun // one batch of all hundred items, its first in flight
		if err := p.store.InsertItems(t.Context(), []catalog.Item{{Marketplace: "postmart", SKU: "X", Queue: catalog.QueueUrgent}}); err != nil {
			t.Fatal(err)
		}
		told := func() bool {
			e.mu.Lock()
			defer e.mu.Unlock()
			for _, r := range e.running {
				return r.urgent
			}
			return false
		}
		// Each answer ends the one request in flight. The queues' weights may
		// give the items that were handed back a turn first, a few times.
		for answered := 0; ; answered++ {
			done := false
			until(t, "the worker is told", func() bool {
				select {
				case <-urgent:
					done = true
				default:
				}
				return done || told()
			})
			if done {
				t.Logf("%d normal requests first", answered)
				break
			}
			if answered > 20 {
				t.Fatalf("%d normal requests first", answered)
			}
			answer <- struct{}{}
		}
		close(answer)
		if state, counts := p.ended(t, run.ID); state != catalog.RunDone || counts.Done != 100 {
			t.Fatalf("%s %+v", state, counts)
		}
	})
}

func TestFailuresOfOurOwnAreTriedAgainAndEnd(t *testing.T) {
	eachPair(t, store.Options{}, func(t *testing.T, p pair) {
		p.accounts(t)
		var n, plans atomic.Int32
		r := &fakeRunner{store: p.store, lanes: bothLanes[:1], n: 20, work: func(context.Context, catalog.Batch, catalog.Item) error {
			switch n.Add(1) {
			case 3:
				return errors.New("the disk is full")
			case 5:
				panic("a defect")
			}
			return nil
		}}
		p.start(t, r, func(o *Options) { o.ErrorDelay = time.Millisecond })
		if state, counts := p.ended(t, p.request(t).ID); state != catalog.RunDone || counts.Done != 20 {
			t.Fatalf("%s %+v", state, counts)
		}
		r.plan = func(context.Context, catalog.Run) error {
			if plans.Add(1)%2 == 0 {
				panic("a defect")
			}
			return errors.New("never works")
		}
		run := p.request(t)
		if state, _ := p.ended(t, run.ID); state != catalog.RunFailed || plans.Load() != maxPlanFailures {
			t.Fatalf("%s after %d tries", state, plans.Load())
		}
	})
}

// F26, with whole engines: three processes, one run for the date.
func TestThreeEnginesRunAScheduleOnce(t *testing.T) {
	var ms atomic.Int64
	ms.Store(time.Date(2026, 11, 24, 1, 59, 0, 0, catalog.Vietnam).UnixMilli())
	clock := func() time.Time { return time.UnixMilli(ms.Load()) }
	for engine, url := range storetest.URLs(t) {
		t.Run(engine, func(t *testing.T) {
			s := storetest.Open(t, url(t), store.Options{Now: clock})
			ms.Store(time.Date(2026, 11, 24, 1, 59, 0, 0, catalog.Vietnam).UnixMilli())
			if err := s.SeedSchedule(t.Context(), "nightly", "0 2 * * *", catalog.RunReconcile); err != nil {
				t.Fatal(err)
			}
			p := pair{store: s, open: func(t *testing.T) *Queue { return openQueue(t, QueueURLEmbedded) }}
			r := &fakeRunner{store: s}
			for range 3 {
				// Not marked as embedded, so that all three work at once.
				p.start(t, r, func(o *Options) { o.Embedded, o.Lanes = false, nil })
			}
			for night := 1; night <= 3; night++ {
				ms.Add((2 * time.Minute).Milliseconds())
				until(t, "the night's run ends", func() bool {
					runs, err := s.ListRuns(t.Context(), store.RunFilter{Kind: catalog.RunReconcile})
					if err != nil || len(runs) > night {
						t.Fatalf("%d runs in night %d, err %v", len(runs), night, err)
					}
					return len(runs) == night && runs[0].Phase == catalog.PhaseEnded
				})
				ms.Add((24*time.Hour - 2*time.Minute).Milliseconds())
			}
		})
	}
}

func TestOneEmbeddedEngineWorksAtATime(t *testing.T) {
	p := pair{store: storetest.Open(t, storetest.URLs(t)["sqlite"](t), store.Options{}), embedded: true, open: func(t *testing.T) *Queue { return openQueue(t, QueueURLEmbedded) }}
	p.accounts(t)
	r := &fakeRunner{store: p.store, lanes: bothLanes, n: 10}
	running := make(chan string, 10)
	first := p.start(t, r, func(o *Options) { o.OnRunning = func() { running <- "first" } })
	if got := <-running; got != "first" {
		t.Fatal(got)
	}
	waiting := make(chan store.Lease, 1000)
	second := p.start(t, r, func(o *Options) {
		o.OnRunning = func() { running <- "second" }
		o.OnWaiting = func(l store.Lease) { waiting <- l }
	})
	if l := <-waiting; l.Holder != first.Owner() || l.Host != "test" {
		t.Fatalf("%+v", l)
	}
	p.ended(t, p.request(t).ID)
	if err := first.stop(); err != nil {
		t.Fatal(err)
	}
	if got := <-running; got != "second" {
		t.Fatal(got)
	}
	p.ended(t, p.request(t).ID)
	// A lease taken away stops the engine that had it.
	if err := p.store.DropLease(t.Context(), store.LeaseEngine, second.Owner()); err != nil {
		t.Fatal(err)
	}
	if _, held, err := p.store.TakeLease(t.Context(), store.LeaseEngine, "thief", "", time.Hour); err != nil || !held {
		t.Fatal(held, err)
	}
	until(t, "the second engine stops", func() bool { return second.runCtx.Err() != nil })
	if err := second.stop(); !errors.Is(err, ErrLeaseLost) {
		t.Fatal(err)
	}
}

func TestAStopHandsBackWhatIsNotBegun(t *testing.T) {
	eachPair(t, store.Options{}, func(t *testing.T, p pair) {
		p.accounts(t)
		begun, next := make(chan struct{}, 1000), make(chan struct{})
		r := &fakeRunner{store: p.store, lanes: bothLanes, n: 100, work: func(context.Context, catalog.Batch, catalog.Item) error {
			begun <- struct{}{}
			<-next
			return nil
		}}
		e := p.start(t, r, nil)
		run := p.request(t)
		for range 5 {
			<-begun
		}
		var stop sync.WaitGroup
		stop.Go(func() { e.stop() })
		until(t, "it stops", func() bool { return e.stopping.Load() })
		close(next)
		stop.Wait()
		counts, err := p.store.RunCounts(t.Context(), run.ID)
		if c := counts[run.ID]; err != nil || c.Done != 5 || c.Waiting+c.Batched != 195 {
			t.Fatalf("%+v %v", c, err)
		}
		p.start(t, &fakeRunner{store: p.store}, nil)
		if state, counts := p.ended(t, run.ID); state != catalog.RunDone || counts.Done != 200 {
			t.Fatalf("%s %+v", state, counts)
		}
	})
}

// allStopped tells whether every worker of an engine begins nothing new.
func (e *Engine) allStopped() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, r := range e.running {
		if !r.stop {
			return false
		}
	}
	return true
}

// fakeBudget counts what an engine asks of a lane's budget.
type fakeBudget struct{ paused, resumed atomic.Int32 }

func (b *fakeBudget) Pause(context.Context, time.Duration) error { b.paused.Add(1); return nil }
func (b *fakeBudget) Resume(context.Context) error               { b.resumed.Add(1); return nil }
func (b *fakeBudget) counts() (int32, int32)                     { return b.paused.Load(), b.resumed.Load() }

func laneOf(t *testing.T, s *store.Store, name string) store.Lane {
	t.Helper()
	lanes, err := s.Lanes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lanes {
		if l.Marketplace == name {
			return l
		}
	}
	t.Fatal(fmt.Sprint("no lane ", name))
	return store.Lane{}
}
