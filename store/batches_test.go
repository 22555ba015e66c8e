package store_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/storetest"
)

func TestAnItemIsNeverInTwoOpenBatches(t *testing.T) {
	storetest.Each(t, store.Options{}, func(t *testing.T, s *store.Store) {
		workingRun(t, s, syncAll(), 203)
		var (
			wg   sync.WaitGroup
			mu   sync.Mutex
			seen = map[string]string{}
			all  int
		)
		for range 6 { // six dispatchers at once
			wg.Go(func() {
				for _, b := range form(t, s, 10, 1000) {
					items, err := s.ItemsOfBatch(t.Context(), b.ID)
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					all++
					for _, it := range items {
						if other, ok := seen[it.SKU]; ok {
							t.Errorf("%s in %s and %s", it.SKU, other, b.ID)
						}
						seen[it.SKU] = b.ID
					}
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if len(seen) != 203 || all != 21 {
			t.Fatalf("%d items in %d batches", len(seen), all)
		}
	})
}

func TestBatchesKeepTheWindowAndRunsTakeTurns(t *testing.T) {
	storetest.Each(t, store.Options{}, func(t *testing.T, s *store.Store) {
		workingRun(t, s, syncAll(), 100)
		q := syncAll()
		q.Scope.SKUs = []string{"S00001"}
		small := workingRun(t, s, q, 5)
		formed := form(t, s, 10, 4)
		if len(formed) != 4 {
			t.Fatalf("%d batches", len(formed))
		}
		items, err := s.ItemsOfBatch(t.Context(), formed[1].ID)
		if err != nil || len(items) != 5 || items[0].RunID != small.ID {
			t.Fatalf("the small run's turn: %d items of %v, err %v", len(items), items, err)
		}
		if again := form(t, s, 10, 4); len(again) != 0 {
			t.Fatalf("%d more than the window", len(again))
		}
		b, ok, err := s.StartBatch(t.Context(), formed[1].ID, 1, "w", time.Minute)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		if err := s.FinishBatch(t.Context(), b, "w", time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if again := form(t, s, 10, 4); len(again) != 1 {
			t.Fatalf("%d after one ended", len(again))
		}
	})
}

func TestAnExpiredBatchHasOneOwnerAgain(t *testing.T) {
	eachWithClock(t, func(t *testing.T, w *storetest.World, c *testClock) {
		s, ctx := w.Store, t.Context()
		workingRun(t, s, syncAll(), 3)
		b := form(t, s, 10, 1)[0]
		if _, ok, err := s.StartBatch(ctx, b.ID, 1, "a", time.Minute); err != nil || !ok {
			t.Fatal(ok, err)
		}
		if _, ok, _ := s.StartBatch(ctx, b.ID, 1, "b", time.Minute); ok {
			t.Fatal("started twice")
		}
		c.Advance(59 * time.Second)
		if signs, err := s.RenewBatches(ctx, "a", []catalog.Batch{b}, time.Minute); err != nil || len(signs) != 1 {
			t.Fatal(signs, err)
		}
		if raised, err := s.ExpiredBatches(ctx, time.Minute); err != nil || len(raised) != 0 {
			t.Fatal(raised, err)
		}
		c.Advance(61 * time.Second)
		raised, err := s.ExpiredBatches(ctx, time.Minute)
		if err != nil || len(raised) != 1 || raised[0].Generation != 2 {
			t.Fatal(raised, err)
		}
		if _, ok, _ := s.StartBatch(ctx, b.ID, 1, "a", time.Minute); ok {
			t.Fatal("the old job started")
		}
		if _, ok, err := s.StartBatch(ctx, b.ID, 2, "b", time.Minute); err != nil || !ok {
			t.Fatal(ok, err)
		}
		if signs, _ := s.RenewBatches(ctx, "a", []catalog.Batch{b}, time.Minute); len(signs) != 0 {
			t.Fatal("the old owner was not told")
		}
		items, _ := s.ItemsOfBatch(ctx, b.ID)
		// The old owner takes nothing from the new one, by giving back or by finishing.
		old := store.InBatch(ctx, b)
		if err := s.GiveBackItems(old, []store.ItemBack{{ID: items[0].ID}}); err != nil {
			t.Fatal(err)
		}
		if err := s.FinishBatch(ctx, b, "a", c.Now()); err != nil {
			t.Fatal(err)
		}
		if left, _ := s.ItemsOfBatch(ctx, b.ID); len(left) != 3 {
			t.Fatalf("%d items left", len(left))
		}
		due := c.Now().Add(time.Minute)
		fresh := store.InBatch(ctx, raised[0])
		if err := s.GiveBackItems(fresh, []store.ItemBack{{ID: items[0].ID, DueAt: due, ReasonCode: "retry.transient", Kind: "transient", CountAttempt: true}}); err != nil {
			t.Fatal(err)
		}
		if err := s.EndItems(fresh, []store.ItemEnd{{ID: items[1].ID, State: catalog.ItemDone}}); err != nil {
			t.Fatal(err)
		}
		if err := s.FinishBatch(ctx, raised[0], "b", c.Now()); err != nil {
			t.Fatal(err)
		}
		back, _ := s.ListItems(ctx, store.ItemFilter{State: catalog.ItemWaiting})
		if len(back) != 2 || back[0].Attempts+back[1].Attempts != 1 || !back[0].DueAt.Equal(due.UTC()) {
			t.Fatalf("%+v", back)
		}
		if next := form(t, s, 10, 10); len(next) != 1 || next[0].Size != 1 {
			t.Fatalf("%+v", next)
		}
	})
}

func TestEditsThatTrickleInAreGathered(t *testing.T) {
	eachWithClock(t, func(t *testing.T, w *storetest.World, c *testClock) {
		s := w.Store
		add := func(from, n int) {
			var items []catalog.Item
			for i := range n {
				items = append(items, catalog.Item{Marketplace: "postmart", SKU: fmt.Sprint(from + i)})
			}
			if err := s.InsertItems(t.Context(), items); err != nil {
				t.Fatal(err)
			}
		}
		add(0, 30)
		c.Advance(10 * time.Second)
		add(30, 15)
		if b := form(t, s, 50, 10); len(b) != 0 {
			t.Fatalf("not gathered: %+v", b)
		}
		add(45, 8)
		b := form(t, s, 50, 10)
		if len(b) != 1 || b[0].Size != 50 {
			t.Fatalf("a full batch: %+v", b)
		}
		c.Advance(16 * time.Second)
		if b := form(t, s, 50, 10); len(b) != 1 || b[0].Size != 3 {
			t.Fatalf("the rest: %+v", b)
		}
	})
}

func TestLooksWakeOnce(t *testing.T) {
	eachWithClock(t, func(t *testing.T, w *storetest.World, c *testClock) {
		s, ctx, now := w.Store, t.Context(), c.Now().UnixMilli()
		var rows [][]any
		for i := range 7 {
			rows = append(rows, []any{"postmart", fmt.Sprint("S", i), "checking", now - int64(i), now, now})
		}
		rows = append(rows, []any{"postmart", "later", "applied", now + 60_000, now, now}, []any{"postmart", "never", "applied", 0, now, now})
		w.Insert(t, "listings", "marketplace, sku, sync_state, look_at, created_at, updated_at", rows...)
		for _, want := range []int{5, 2, 0} {
			if n, err := s.WakeLooks(ctx, c.Now(), 5); err != nil || n != want {
				t.Fatal(n, want, err)
			}
		}
		items, err := s.ListItems(ctx, store.ItemFilter{})
		if err != nil || len(items) != 7 || items[0].Purpose != catalog.PurposeLook || items[0].Queue != catalog.QueueNormal {
			t.Fatalf("%d items, err %v", len(items), err)
		}
		// A wish while a look is open is neither doubled nor lost.
		w.Exec(t, "UPDATE listings SET look_at = ? WHERE sku = 'S0'", now)
		if _, err := s.WakeLooks(ctx, c.Now(), 5); err != nil {
			t.Fatal(err)
		}
		if n := w.Int(t, "SELECT count(*) FROM items"); n != 7 {
			t.Fatal(n)
		}
		if at := w.Int(t, "SELECT look_at FROM listings WHERE sku = 'S0'"); int64(at) != now+10_000 {
			t.Fatal(at)
		}
		var ends []store.ItemEnd
		for _, it := range items {
			ends = append(ends, store.ItemEnd{ID: it.ID, State: catalog.ItemDone})
		}
		if err := s.EndItems(ctx, ends); err != nil {
			t.Fatal(err)
		}
		c.Advance(time.Minute)
		if n, err := s.WakeLooks(ctx, c.Now(), 5); err != nil || n != 2 {
			t.Fatal(n, err)
		}
		c.Advance(48 * time.Hour)
		if n, err := s.PurgeQueue(ctx, c.Now().Add(-24*time.Hour), 100); err != nil || n != 7 {
			t.Fatal(n, err)
		}
	})
}
