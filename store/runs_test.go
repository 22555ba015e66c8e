package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/storetest"
)

// testClock is a clock that a test moves.
type testClock struct{ ms atomic.Int64 }

func newTestClock(at time.Time) *testClock {
	c := &testClock{}
	c.ms.Store(at.UnixMilli())
	return c
}

func (c *testClock) Now() time.Time          { return time.UnixMilli(c.ms.Load()) }
func (c *testClock) Advance(d time.Duration) { c.ms.Add(d.Milliseconds()) }

var testDay = time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)

// eachWithClock runs fn on every engine with a clock of its own.
func eachWithClock(t *testing.T, fn func(t *testing.T, w *storetest.World, c *testClock)) {
	for engine, url := range storetest.URLs(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			c := newTestClock(testDay)
			fn(t, storetest.NewWorld(t, url(t), store.Options{Now: c.Now}), c)
		})
	}
}

func syncAll() store.RunRequest {
	return store.RunRequest{Kind: catalog.RunSync, Policy: catalog.PolicySync, Trigger: catalog.TriggerCommand, By: "Lan"}
}

// workingRun makes a run with n waiting items on postmart.
func workingRun(t *testing.T, s *store.Store, q store.RunRequest, n int) catalog.Run {
	t.Helper()
	ctx := t.Context()
	if _, _, err := s.RequestRun(ctx, q); err != nil {
		t.Fatal(err)
	}
	run, ok, err := s.ClaimRunToPlan(ctx, "planner", time.Minute)
	if err != nil || !ok {
		t.Fatalf("claim: %v %v", ok, err)
	}
	items := make([]catalog.Item, n)
	for i := range items {
		items[i] = catalog.Item{RunID: run.ID, Marketplace: "postmart", SKU: fmt.Sprintf("S%05d", i), Op: "create"}
	}
	if err := s.InsertItems(ctx, items); err != nil {
		t.Fatal(err)
	}
	if err := s.MarkRunPlanned(ctx, run.ID, "p1", n, 3, 4); err != nil {
		t.Fatal(err)
	}
	return run
}

func runState(t *testing.T, s *store.Store, id string) catalog.RunState {
	t.Helper()
	run, err := s.GetRun(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	counts, err := s.RunCounts(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return store.RunStateOf(run, counts[id])
}

func TestASecondAskerJoinsTheOpenRun(t *testing.T) {
	storetest.Each(t, store.Options{}, func(t *testing.T, s *store.Store) {
		var (
			wg   sync.WaitGroup
			mu   sync.Mutex
			ids  = map[string]int{}
			made int
		)
		for i := range 8 {
			wg.Go(func() {
				q := syncAll()
				q.Scope.SKUs = []string{"A", "B"}
				if i%2 == 1 {
					q.Scope.SKUs = []string{"B", "A", "A"}
				}
				run, joined, err := s.RequestRun(t.Context(), q)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				defer mu.Unlock()
				ids[run.ID]++
				if !joined {
					made++
				}
			})
		}
		wg.Wait()
		if len(ids) != 1 || made != 1 {
			t.Fatalf("runs %v, made %d", ids, made)
		}
		other := syncAll()
		other.Policy = catalog.PolicyObserve
		if _, joined, err := s.RequestRun(t.Context(), other); err != nil || joined {
			t.Fatalf("another policy joined=%v err=%v", joined, err)
		}
		for id := range ids {
			events, err := s.ListEvents(t.Context(), store.EventFilter{RunID: id})
			if err != nil || len(events) != 8 {
				t.Fatalf("%d events, err %v", len(events), err)
			}
			if err := s.CancelRun(t.Context(), id, "Lan"); err != nil {
				t.Fatal(err)
			}
			if got := runState(t, s, id); got != catalog.RunCancelled {
				t.Fatalf("state %s", got)
			}
			if err := s.CancelRun(t.Context(), id, "Lan"); !errors.Is(err, store.ErrRunEnded) {
				t.Fatalf("second cancel: %v", err)
			}
		}
		if err := s.CancelRun(t.Context(), "nosuch", "Lan"); !errors.Is(err, store.ErrNoRun) {
			t.Fatal(err)
		}
	})
}

func TestACrashedPlannersRunIsClaimedAgain(t *testing.T) {
	eachWithClock(t, func(t *testing.T, w *storetest.World, c *testClock) {
		s, ctx := w.Store, t.Context()
		if _, _, err := s.RequestRun(ctx, syncAll()); err != nil {
			t.Fatal(err)
		}
		run, ok, err := s.ClaimRunToPlan(ctx, "a", time.Minute)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		if _, ok, _ := s.ClaimRunToPlan(ctx, "b", time.Minute); ok {
			t.Fatal("claimed twice")
		}
		if err := s.InsertItems(ctx, []catalog.Item{{RunID: run.ID, Marketplace: "voso", SKU: "1"}}); err != nil {
			t.Fatal(err)
		}
		c.Advance(50 * time.Second)
		if ok, err := s.RenewRun(ctx, run.ID, "a", time.Minute); err != nil || !ok {
			t.Fatal(ok, err)
		}
		c.Advance(61 * time.Second)
		again, ok, err := s.ClaimRunToPlan(ctx, "b", time.Minute)
		if err != nil || !ok || again.ID != run.ID {
			t.Fatal(again.ID, ok, err)
		}
		if ok, _ := s.RenewRun(ctx, run.ID, "a", time.Minute); ok {
			t.Fatal("the first planner still holds the run")
		}
		if err := s.ResetRunItems(ctx, run.ID); err != nil {
			t.Fatal(err)
		}
		// Both planners write the same items: they are there once.
		for range 2 {
			if err := s.InsertItems(ctx, []catalog.Item{{RunID: run.ID, Marketplace: "voso", SKU: "1"}, {RunID: run.ID, Marketplace: "voso", SKU: "2"}}); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.MarkRunPlanned(ctx, run.ID, "p", 2, 0, 0); err != nil {
			t.Fatal(err)
		}
		if err := s.MarkRunPlanned(ctx, run.ID, "p", 2, 0, 0); !errors.Is(err, store.ErrRunNotHeld) {
			t.Fatalf("planned twice: %v", err)
		}
		if err := s.ResetRunItems(ctx, run.ID); err != nil { // too late: does nothing
			t.Fatal(err)
		}
		counts, err := s.RunCounts(ctx, run.ID)
		if err != nil || counts[run.ID].Total() != 2 {
			t.Fatal(counts, err)
		}
	})
}

func TestARunsStateIsDerivedFromItsItems(t *testing.T) {
	end := func(t *testing.T, s *store.Store, run catalog.Run, states ...catalog.ItemState) {
		t.Helper()
		items, err := s.ListItems(t.Context(), store.ItemFilter{RunID: run.ID})
		if err != nil || len(items) != len(states) {
			t.Fatal(len(items), err)
		}
		var ends []store.ItemEnd
		for i, it := range items {
			ends = append(ends, store.ItemEnd{ID: it.ID, State: states[i], ReasonCode: map[bool]string{true: "name.too_long"}[states[i] == catalog.ItemFailed]})
		}
		if err := s.EndItems(t.Context(), ends); err != nil {
			t.Fatal(err)
		}
		// A second end changes nothing.
		for i := range ends {
			ends[i].State = catalog.ItemDone
		}
		if err := s.EndItems(t.Context(), ends); err != nil {
			t.Fatal(err)
		}
		if _, err := s.FinishRuns(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	storetest.Each(t, store.Options{}, func(t *testing.T, s *store.Store) {
		run := workingRun(t, s, syncAll(), 3)
		if ids, err := s.FinishRuns(t.Context()); err != nil || len(ids) != 0 {
			t.Fatal(ids, err)
		}
		if got := runState(t, s, run.ID); got != catalog.RunWorking {
			t.Fatal(got)
		}
		end(t, s, run, catalog.ItemDone, catalog.ItemUnchanged, catalog.ItemDone)
		if got := runState(t, s, run.ID); got != catalog.RunDone {
			t.Fatal(got)
		}
		failed := workingRun(t, s, syncAll(), 3)
		end(t, s, failed, catalog.ItemDone, catalog.ItemFailed, catalog.ItemCancelled)
		if got := runState(t, s, failed.ID); got != catalog.RunFailed {
			t.Fatal(got)
		}
		counts, _ := s.RunCounts(t.Context(), failed.ID)
		want := store.RunReason{State: catalog.ItemFailed, Code: "name.too_long", Count: 1}
		if c := counts[failed.ID]; c.Failed != 1 || len(c.Reasons) != 1 || c.Reasons[0] != want {
			t.Fatalf("%+v", c)
		}
		for reason, state := range map[string]catalog.RunState{"brake.closing": catalog.RunStopped, "source.unhealthy": catalog.RunUnhealthy, "run.defect": catalog.RunFailed} {
			run, _, err := s.RequestRun(t.Context(), syncAll())
			if err != nil {
				t.Fatal(err)
			}
			if err := s.EndRun(t.Context(), run.ID, reason); err != nil {
				t.Fatal(err)
			}
			if got := runState(t, s, run.ID); got != state {
				t.Fatalf("%s: %s", reason, got)
			}
		}
		first, err := s.ListRuns(t.Context(), store.RunFilter{Limit: 3})
		if err != nil || len(first) != 3 {
			t.Fatal(len(first), err)
		}
		rest, err := s.ListRuns(t.Context(), store.RunFilter{Before: first[2].ID})
		if err != nil || len(rest) != 2 {
			t.Fatal(len(rest), err)
		}
	})
}

func TestCancelPauseAndDeadline(t *testing.T) {
	eachWithClock(t, func(t *testing.T, w *storetest.World, c *testClock) {
		s, ctx := w.Store, t.Context()
		q := syncAll()
		q.Deadline = c.Now().Add(time.Hour)
		run := workingRun(t, s, q, 4)
		if err := s.PauseRun(ctx, run.ID, "Lan"); err != nil {
			t.Fatal(err)
		}
		if got := runState(t, s, run.ID); got != catalog.RunPaused {
			t.Fatal(got)
		}
		if b := form(t, s, 2, 10); len(b) != 0 {
			t.Fatal("a paused run's items were handed out")
		}
		if err := s.ResumeRun(ctx, run.ID, "Lan"); err != nil {
			t.Fatal(err)
		}
		formed := form(t, s, 2, 1)
		if len(formed) != 1 {
			t.Fatal(len(formed))
		}
		b, ok, err := s.StartBatch(ctx, formed[0].ID, 1, "w", time.Minute)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		c.Advance(2 * time.Hour)
		if n, err := s.StopOverdueRuns(ctx); err != nil || n != 1 {
			t.Fatal(n, err)
		}
		if got := runState(t, s, run.ID); got != catalog.RunWorking {
			t.Fatalf("ended with two items in a worker's hands: %s", got)
		}
		signs, err := s.RenewBatches(ctx, "w", []catalog.Batch{b}, time.Minute)
		if err != nil || !signs[b.ID].Stop {
			t.Fatal(signs, err)
		}
		items, _ := s.ItemsOfBatch(ctx, b.ID)
		if err := s.EndItems(ctx, []store.ItemEnd{{ID: items[0].ID, State: catalog.ItemDone}}); err != nil {
			t.Fatal(err)
		}
		if err := s.FinishBatch(ctx, b, "w", c.Now()); err != nil {
			t.Fatal(err)
		}
		if ids, err := s.FinishRuns(ctx); err != nil || len(ids) != 1 {
			t.Fatal(ids, err)
		}
		counts, _ := s.RunCounts(ctx, run.ID)
		if got := counts[run.ID]; got.Done != 1 || got.Cancelled != 3 || got.Reasons[0].Code != store.ReasonRunDeadline {
			t.Fatalf("%+v", got)
		}
		if got := runState(t, s, run.ID); got != catalog.RunCancelled {
			t.Fatal(got)
		}
	})
}

func form(t *testing.T, s *store.Store, size, window int) []catalog.Batch {
	t.Helper()
	b, err := s.FormBatches(context.WithoutCancel(t.Context()), store.BatchForm{Marketplace: "postmart", Queue: catalog.QueueNormal, Purpose: catalog.PurposeApply, Size: size, Window: window, Gather: 15 * time.Second, Lease: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	return b
}
