package store_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/storetest"
)

// F26: cron twice, never, or at 09:00 instead of 02:00.
func TestASchedulesRunOncePerLocalDate(t *testing.T) {
	for engine, url := range storetest.URLs(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			c := newTestClock(time.Date(2026, 11, 23, 10, 0, 0, 0, catalog.Vietnam))
			address := url(t)
			var stores []*store.Store
			for range 3 { // three processes
				stores = append(stores, storetest.Open(t, address, store.Options{Now: c.Now}))
			}
			s := stores[0]
			if err := s.SeedSchedule(t.Context(), "nightly", "0 2 * * *", catalog.RunReconcile); err != nil {
				t.Fatal(err)
			}
			if err := s.SeedSchedule(t.Context(), "nightly", "0 5 * * *", catalog.RunReconcile); err != nil {
				t.Fatal(err)
			}
			tick := func() int {
				var (
					wg sync.WaitGroup
					mu sync.Mutex
					n  int
				)
				for _, s := range stores {
					wg.Go(func() {
						runs, err := s.RunDueSchedules(t.Context())
						if err != nil {
							t.Error(err)
						}
						mu.Lock()
						defer mu.Unlock()
						n += len(runs)
						for _, r := range runs {
							if err := s.EndRun(t.Context(), r.ID, ""); err != nil {
								t.Error(err)
							}
						}
					})
				}
				wg.Wait()
				return n
			}
			var at []time.Time
			for end := c.Now().Add(72 * time.Hour); c.Now().Before(end); c.Advance(10 * time.Minute) {
				for range tick() {
					at = append(at, c.Now().In(catalog.Vietnam))
				}
			}
			if len(at) != 3 || at[0].Hour() != 2 || at[0].Day() != 24 || at[2].Day() != 26 {
				t.Fatalf("ran at %v", at)
			}
			// Three nights down: caught up once, then on time again.
			c.Advance(72 * time.Hour)
			if n := tick() + tick(); n != 1 {
				t.Fatalf("caught up %d times", n)
			}
			if s, err := s.Schedules(t.Context()); err != nil || len(s) != 1 || s[0].LastDate != catalog.DayOf(c.Now()) || !s[0].NextAt.Equal(time.Date(2026, 11, 30, 2, 0, 0, 0, catalog.Vietnam)) {
				t.Fatalf("%+v %v", s, err)
			}
			// An earlier hour set on a date that has run waits for the next one.
			if err := s.SetSchedule(t.Context(), "nightly", "0 23 * * *", "Lan"); err != nil {
				t.Fatal(err)
			}
			c.Advance(13*time.Hour + 30*time.Minute)
			if n := tick(); n != 0 {
				t.Fatal("ran twice on one date")
			}
			if err := s.SetSchedule(t.Context(), "nightly", "off", "Lan"); err != nil {
				t.Fatal(err)
			}
			c.Advance(100 * time.Hour)
			if n := tick(); n != 0 {
				t.Fatal("ran though off")
			}
			if err := s.SetSchedule(t.Context(), "nightly", "99 2 * * *", "Lan"); err == nil {
				t.Fatal("accepted minute 99")
			}
			if err := s.SetSchedule(t.Context(), "hourly", "off", "Lan"); !errors.Is(err, store.ErrNoSchedule) {
				t.Fatal(err)
			}
		})
	}
}
