package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/storetest"
)

func TestAnotherAccountIsRefused(t *testing.T) {
	storetest.Each(t, store.Options{}, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		for _, step := range []struct {
			name, url, account string
			sandbox, refused   bool
		}{
			{"the first account is recorded", "https://a.example", "shop1", false, false},
			{"the same account again", "https://a.example", "shop1", false, false},
			{"another client", "https://a.example", "shop2", false, true},
			{"another address", "https://b.example", "shop1", false, true},
			{"a sandbox in its place", "https://a.example", "shop1", true, true},
		} {
			err := s.EnsureAccount(ctx, "postmart", step.url, step.account, step.sandbox)
			if errors.Is(err, store.ErrOtherAccount) != step.refused || (err != nil) != step.refused {
				t.Fatalf("%s: %v", step.name, err)
			}
			var other *store.OtherAccountError
			if step.refused && (!errors.As(err, &other) || !strings.Contains(err.Error(), "shop1 at https://a.example")) {
				t.Fatalf("%s: %v", step.name, err)
			}
		}
		// A sandbox may come up on another port.
		for _, url := range []string{"http://127.0.0.1:1", "http://127.0.0.1:2"} {
			if err := s.EnsureAccount(ctx, "voso", url, "thu", true); err != nil {
				t.Fatal(err)
			}
		}
		lanes, err := s.Lanes(ctx)
		if err != nil || len(lanes) != 2 || lanes[1].BaseURL != "http://127.0.0.1:2" {
			t.Fatalf("%+v %v", lanes, err)
		}
	})
}

func TestALanePausesOnceAndOpensByAProbe(t *testing.T) {
	eachWithClock(t, func(t *testing.T, w *storetest.World, c *testClock) {
		s, ctx := w.Store, t.Context()
		if err := s.EnsureAccount(ctx, "postmart", "https://a.example", "shop1", false); err != nil {
			t.Fatal(err)
		}
		workingRun(t, s, syncAll(), 3)
		formed := form(t, s, 1, 2)
		running, _, err := s.StartBatch(ctx, formed[0].ID, 1, "w", time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		trip := store.Trip{Marketplace: "postmart", ReasonCode: "lane.outage", Base: 10 * time.Second, Cap: time.Minute, Probe: true, Quiet: time.Minute}
		var lane store.Lane
		for range 16 { // sixteen workers meet the same outage
			if lane, err = s.TripLane(ctx, trip); err != nil {
				t.Fatal(err)
			}
		}
		if lane.Trips != 1 || lane.PausedUntil.Sub(c.Now()) != 10*time.Second || !lane.IsPaused(c.Now()) {
			t.Fatalf("%+v", lane)
		}
		if b := form(t, s, 1, 10); len(b) != 0 {
			t.Fatal("handed out on a paused lane")
		}
		if _, ok, err := s.StartBatch(ctx, formed[1].ID, 1, "w", time.Hour); err != nil || ok {
			t.Fatal("started on a paused lane", err)
		}
		if left, _ := s.ItemsOfBatch(ctx, formed[1].ID); len(left) != 0 {
			t.Fatal("its items do not wait again")
		}
		signs, err := s.RenewBatches(ctx, "w", []catalog.Batch{running}, time.Hour)
		if err != nil || !signs[running.ID].Stop {
			t.Fatal(signs, err)
		}
		if ok, _ := s.ClaimProbe(ctx, "postmart", "w", time.Minute); ok {
			t.Fatal("probed too early")
		}
		for want := 20 * time.Second; want <= 60*time.Second; want = min(2*want, time.Minute+time.Second) {
			c.Advance(lane.PausedUntil.Sub(c.Now()))
			if b := form(t, s, 1, 10); len(b) != 0 {
				t.Fatal("opened by time alone")
			}
			first, err := s.ClaimProbe(ctx, "postmart", "w", time.Minute)
			second, err2 := s.ClaimProbe(ctx, "postmart", "v", time.Minute)
			if !first || second || err != nil || err2 != nil {
				t.Fatal("one probe at a time:", first, second, err, err2)
			}
			if lane, err = s.TripLane(ctx, trip); err != nil || lane.PausedUntil.Sub(c.Now()) != min(want, time.Minute) {
				t.Fatal(lane.PausedUntil.Sub(c.Now()), want, err)
			}
		}
		if err := s.ResumeLane(ctx, "postmart", ""); err != nil {
			t.Fatal(err)
		}
		if b := form(t, s, 1, 10); len(b) != 2 {
			t.Fatalf("%d batches after the lane opened", len(b))
		}
		if lane, _ = s.TripLane(ctx, trip); lane.Trips < 4 {
			t.Fatalf("a failure right after opening is one more in a row: %d", lane.Trips)
		}
		s.ResumeLane(ctx, "postmart", "Lan")
		c.Advance(time.Hour)
		trip.RetryAfter = 5 * time.Minute
		if lane, _ = s.TripLane(ctx, trip); lane.Trips != 1 || lane.PausedUntil.Sub(c.Now()) != 5*time.Minute {
			t.Fatalf("%+v", lane)
		}
		if err := s.PauseLane(ctx, "postmart", time.Time{}, "lane.paused_by_hand", "Lan"); err != nil {
			t.Fatal(err)
		}
		c.Advance(1000 * time.Hour)
		if ok, _ := s.ClaimProbe(ctx, "postmart", "w", time.Minute); ok {
			t.Fatal("a pause by hand was probed away")
		}
		if n, err := s.LeaveOutLane(ctx, "postmart", "lane.off"); err != nil || n != 0 {
			t.Fatal(n, err) // nothing waits: two are batched, one is in the worker's hands
		}
		if err := s.PauseLane(ctx, "nosuch", time.Time{}, "x", "Lan"); !errors.Is(err, store.ErrNoLane) {
			t.Fatal(err)
		}
		events, err := s.ListEvents(ctx, store.EventFilter{Kind: "lane.", Marketplace: "postmart"})
		if err != nil || len(events) != 6+1 {
			for _, e := range events {
				t.Log(e.Kind, e.Detail)
			}
			t.Fatal(len(events), err)
		}
		loads, err := s.LaneLoads(ctx)
		if err != nil || len(loads) != 1 || loads[0].Batched != 3 {
			t.Fatalf("%+v %v", loads, err)
		}
	})
}

func TestLeasesAndSettings(t *testing.T) {
	eachWithClock(t, func(t *testing.T, w *storetest.World, c *testClock) {
		s, ctx := w.Store, t.Context()
		if _, held, err := s.TakeLease(ctx, store.LeaseEngine, "a", "host", time.Minute); err != nil || !held {
			t.Fatal(held, err)
		}
		if l, held, err := s.TakeLease(ctx, store.LeaseEngine, "b", "host2", time.Minute); err != nil || held || l.Holder != "a" || l.Host != "host" {
			t.Fatal(l, held, err)
		}
		c.Advance(50 * time.Second)
		if ok, err := s.RenewLease(ctx, store.LeaseEngine, "a", time.Minute); err != nil || !ok {
			t.Fatal(ok, err)
		}
		c.Advance(61 * time.Second)
		if _, ok, err := s.GetLease(ctx, store.LeaseEngine); err != nil || ok {
			t.Fatal(ok, err)
		}
		if _, held, err := s.TakeLease(ctx, store.LeaseEngine, "b", "host2", time.Minute); err != nil || !held {
			t.Fatal(held, err)
		}
		if ok, _ := s.RenewLease(ctx, store.LeaseEngine, "a", time.Minute); ok {
			t.Fatal("a lost lease was renewed")
		}
		if err := s.DropLease(ctx, store.LeaseEngine, "a"); err != nil {
			t.Fatal(err)
		}
		if l, ok, err := s.GetLease(ctx, store.LeaseEngine); err != nil || !ok || l.Holder != "b" {
			t.Fatal(l, ok, err)
		}
		if v, err := s.EnsureSetting(ctx, "day", "2026-10-31"); err != nil || v != "2026-10-31" {
			t.Fatal(v, err)
		}
		if v, err := s.EnsureSetting(ctx, "day", "2026-11-24"); err != nil || v != "2026-10-31" {
			t.Fatal(v, err)
		}
		if err := s.SetSetting(ctx, "day", "x"); err != nil {
			t.Fatal(err)
		}
		if v, ok, err := s.GetSetting(ctx, "day"); err != nil || !ok || v != "x" {
			t.Fatal(v, ok, err)
		}
		if err := s.DeleteSetting(ctx, "day"); err != nil {
			t.Fatal(err)
		}
		if _, ok, err := s.GetSetting(ctx, "day"); err != nil || ok {
			t.Fatal(ok, err)
		}
	})
}
