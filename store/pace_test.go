package store_test

import (
	"testing"
	"time"

	"lensan/store"
	"lensan/store/storetest"
)

func TestTheRequestsOfAllProcessesMakeOneRate(t *testing.T) {
	t.Parallel()
	for engine, url := range storetest.URLs(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			now := time.Date(2026, 11, 25, 1, 0, 3, 0, time.UTC)
			s := storetest.Open(t, url(t), store.Options{Now: func() time.Time { return now }})
			add := func(requests int64) {
				t.Helper()
				if err := s.AddLanePace(t.Context(), "voso", requests, 24); err != nil {
					t.Fatal(err)
				}
			}
			want := func(rate float64) {
				t.Helper()
				got, err := s.LanePaces(t.Context())
				if err != nil || got["voso"].PerSecond != rate || got["voso"].Allowed != 24 {
					t.Errorf("%+v %v, want %v a second of 24", got, err, rate)
				}
			}
			add(90) // two processes
			add(90)
			now = now.Add(30 * time.Second)
			add(60)
			want(4) // 240 in a minute
			now = now.Add(40 * time.Second)
			want(1) // the first ones are older than a minute
			now = now.Add(time.Minute)
			want(0)
			now = now.Add(11 * time.Minute)
			if got, err := s.LanePaces(t.Context()); err != nil || len(got) != 0 {
				t.Errorf("nobody told for long: %v %v", got, err)
			}
		})
	}
}
