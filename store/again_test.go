package store_test

import (
	"sync"
	"testing"
	"time"

	"lensan/store"
	"lensan/store/storetest"
)

func TestTwoThatLockTheSameListingsInAnotherOrderBothSucceed(t *testing.T) {
	t.Parallel()
	storetest.EachWorld(t, store.Options{}, func(t *testing.T, w *storetest.World) {
		ctx := t.Context()
		if _, err := w.Store.LeaseListings(ctx, "postmart", []string{"A", "B"}, "somebody", time.Minute); err != nil {
			t.Fatal(err)
		}
		var both, done sync.WaitGroup
		tries := make([]int, 2)
		both.Add(2)
		for i, order := range [][]string{{"A", "B"}, {"B", "A"}} {
			done.Go(func() {
				err := w.Store.LockInOrder(ctx, "postmart", order, func() {
					if tries[i]++; tries[i] > 1 || w.Store.Engine() == "sqlite" { // SQLite has one writer at a time
						return
					}
					both.Done()
					both.Wait() // each now holds what the other wants
				})
				if err != nil {
					t.Errorf("%v: %v", order, err)
				}
			})
		}
		done.Wait()
		if n := tries[0] + tries[1]; w.Store.Engine() == "postgres" && n < 3 {
			t.Errorf("%d tries: there was no deadlock, so nothing is proven", n)
		}
		rows, err := w.Store.Listings(ctx, []string{"postmart"}, []string{"A", "B"})
		if err != nil || len(rows) != 2 || rows[0].Looks != 2 || rows[1].Looks != 2 {
			t.Errorf("each listing is to be changed by both: %+v, %v", rows, err)
		}
	})
}
