//go:build !race

// Virtual time gains nothing from the race detector and takes ten times as long
// under it: .ci/test runs this story without.

package worker

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/storetest"
)

// F26: three processes that are stopped and started at random around the hour,
// for twelve nights; in one of them nobody works until the morning, and for two
// nobody works at all. One run for each local date, at 02:00 or as soon as
// anybody is there; the two missed nights are caught up in one.
func TestF26_OneRunForEachLocalDate(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	inBubble(t, time.Date(2026, 11, 24, 12, 0, 0, 0, catalog.Vietnam), func(t *testing.T) {
		rnd := rand.New(rand.NewPCG(seed, 26))
		s := storetest.Open(t, "sqlite:"+t.TempDir()+"/l.db", store.Options{})
		if err := s.SeedSchedule(t.Context(), "nightly", "0 2 * * *", catalog.RunReconcile); err != nil {
			t.Fatal(err)
		}
		// Engines without lanes need no queue; none is ever reached.
		idle := redis.NewClient(&redis.Options{Addr: "127.0.0.1:0", MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}})
		t.Cleanup(func() { idle.Close() })
		p := pair{store: s, open: func(*testing.T) *Queue { return &Queue{Redis: idle} }}
		work := func(from, until time.Time) { // three processes, restarted at random
			time.Sleep(time.Until(from))
			var running [3]*process
			for i := range running {
				running[i] = p.start(t, &fakeRunner{store: s}, scheduleOnly)
			}
			for time.Now().Before(until) {
				time.Sleep(time.Duration(1+rnd.IntN(240)) * time.Second)
				i := rnd.IntN(3)
				if err := running[i].stop(); err != nil {
					t.Error(err)
				}
				running[i] = p.start(t, &fakeRunner{store: s}, scheduleOnly)
			}
			for _, e := range running {
				if err := e.stop(); err != nil {
					t.Error(err)
				}
			}
		}
		at := func(night, hour, minute int) time.Time {
			return time.Date(2026, 11, 25+night, hour, minute, 0, 0, catalog.Vietnam)
		}
		for night := range 12 {
			switch night {
			case 4: // everything is down until half past six
				work(at(night, 6, 30), at(night, 6, 50))
			case 7, 8: // nobody works
			default:
				work(at(night, 1, 50), at(night, 2, 10))
			}
		}
		runs, err := s.ListRuns(t.Context(), store.RunFilter{Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		dates := map[catalog.Day]int{}
		for _, run := range runs {
			if run.Phase != catalog.PhaseEnded {
				t.Errorf("a run has not ended: %+v", run)
			}
			asked := run.CreatedAt.In(catalog.Vietnam)
			dates[catalog.DayOf(asked)]++
			due := at(int(asked.Sub(at(0, 0, 0))/(24*time.Hour)), 2, 0)
			if late := asked.Sub(due); late < 0 || late > 2*time.Minute {
				// After the nights that nobody worked the next start catches up,
				// ten minutes before that day's own run.
				if day := asked.Format(time.DateOnly); day != "2026-11-29" && day != "2026-12-04" {
					t.Errorf("a run at %s", asked)
				}
			}
		}
		for night := range 12 {
			day := catalog.DayOf(at(night, 12, 0))
			want := 1
			switch night {
			case 7, 8:
				want = 0
			case 9:
				want = 2 // the missed nights together, and this day's own
			}
			if dates[day] != want {
				t.Errorf("%s: %d runs, want %d", day, dates[day], want)
			}
		}
	})
}

func scheduleOnly(o *Options) {
	o.Embedded, o.Lanes = false, nil
	o.Poll, o.Beat, o.Sweep = time.Minute, time.Minute, 20*time.Second
}
