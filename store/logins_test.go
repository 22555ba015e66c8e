package store_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lensan/store/storetest"
)

func TestSignInsAreCountedForAllProcesses(t *testing.T) {
	eachWithClock(t, func(t *testing.T, w *storetest.World, c *testClock) {
		var free atomic.Int32
		var wg sync.WaitGroup
		for range 12 {
			wg.Go(func() {
				wait, err := w.Store.CountLogin(t.Context(), "voso", 4, time.Minute)
				if err != nil {
					t.Error(err)
				}
				if wait == 0 {
					free.Add(1)
				} else if wait != time.Minute {
					t.Errorf("wait %v", wait)
				}
			})
		}
		wg.Wait()
		if free.Load() != 4 {
			t.Fatalf("%d sign-ins", free.Load())
		}
		c.Advance(59 * time.Second)
		if wait, err := w.Store.CountLogin(t.Context(), "voso", 4, time.Minute); err != nil || wait != time.Second {
			t.Fatal(wait, err)
		}
		c.Advance(time.Second)
		if wait, err := w.Store.CountLogin(t.Context(), "voso", 4, time.Minute); err != nil || wait != 0 {
			t.Fatal(wait, err)
		}
	})
}
