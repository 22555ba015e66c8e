package worker

import (
	"sync/atomic"
	"testing"
	"time"

	"lensan/store"
	"lensan/store/storetest"
)

// F25: two machines whose clocks are six minutes off, one each way, share the
// work: by the database's clock, so that neither takes the other's for lost. In
// mid-run both clocks are set by twelve minutes.
func TestF25_ClocksSixMinutesOff(t *testing.T) {
	if !serversAtHand(t) {
		return
	}
	t.Parallel()
	url := storetest.URLs(t)["postgres"](t)
	queueURL := newRedis(t).url()
	w := storetest.NewWorld(t, url, storeWords)
	first := newMarket(t, w.Store, nil)
	first.importSample()
	var stores []*store.Store
	var steps []func() // of the machines' clocks
	for _, off := range []time.Duration{-6 * time.Minute, 6 * time.Minute} {
		o := storeWords
		var by atomic.Int64 // the machine's clock is set again, in mid-run
		by.Store(int64(off))
		o.Machine = func() time.Time { return time.Now().Add(time.Duration(by.Load())) }
		s := storetest.Open(t, url, o)
		if skew, err := s.SyncClock(t.Context()); err != nil || (skew+off).Abs() > time.Second {
			t.Fatalf("a clock %s off seems %s off (%v)", off, skew, err)
		}
		if d := time.Since(s.Now()).Abs(); d > 2*time.Second { // the server's clock is this machine's
			t.Fatalf("the store's clock is %s off the database's", d)
		}
		steps = append(steps, func() {
			by.Store(int64(-off))
			if d := time.Since(s.Now()).Abs(); d > 2*time.Second {
				t.Errorf("the store's clock is %s off when the machine's was set by 12 minutes", d)
			}
		})
		m := &market{t: t, store: s, sandbox: first.sandbox, urls: first.urls, inside: first.inside, rate: first.rate, lease: first.lease, step: first.step, log: first.log}
		m.process(t, pair{store: s, open: func(t *testing.T) *Queue { return openQueue(t, queueURL) }}, func(o *Options) {
			o.BatchLease, o.PlanLease = time.Minute, time.Minute // a busy machine is not taken for a wrong clock
		})
		stores = append(stores, s)
	}
	set := make(chan struct{})
	first.atCalls(map[int64]bool{80: true}, func() {
		defer close(set)
		for _, step := range steps {
			step()
		}
	})
	// A lease that one holds is not over for the other.
	if _, held, err := stores[0].TakeLease(t.Context(), "test", "slow", "", 30*time.Second); err != nil || !held {
		t.Fatal(held, err)
	}
	if l, held, err := stores[1].TakeLease(t.Context(), "test", "fast", "", 30*time.Second); err != nil || held || l.Holder != "slow" {
		t.Fatalf("%+v %v %v", l, held, err)
	}
	p := pair{store: first.store}
	run := p.request(t)
	first.wantAllListedOnce(p, run.ID)
	<-set
	if n := w.Int(t, "SELECT count(*) FROM batches WHERE generation > 1"); n > 0 {
		t.Errorf("%d batches were taken for lost", n)
	}
}
