package worker

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lensan/adapters/sandbox"
	"lensan/store"
	"lensan/store/catalog"
)

// wide is a process with sixteen workers on each lane.
func wide(o *Options) {
	for i := range o.Lanes {
		o.Lanes[i].Concurrency, o.Lanes[i].Batch = 16, map[catalog.Purpose]int{catalog.PurposeApply: 5}
	}
}

// F15: the account's token is revoked in mid-run, with sixteen workers on each
// lane: they sign in once again, and nobody notices.
func TestF15_TokenRevokedInMidRun(t *testing.T) {
	t.Parallel()
	eachPair(t, storeWords, func(t *testing.T, p pair) {
		m := newMarket(t, p.store, nil)
		m.importSample()
		m.process(t, p, wide)
		var revoked sync.WaitGroup
		revoked.Add(1)
		m.atCalls(map[int64]bool{150: true}, func() {
			defer revoked.Done()
			for _, name := range bothLanes {
				if err := m.sandbox.RevokeTokens(name); err != nil {
					t.Error(err)
				}
			}
		})
		run := p.request(t)
		m.wantAllListedOnce(p, run.ID)
		revoked.Wait()
		for _, name := range bothLanes {
			if l := m.ledger(name); l.Logins != 2 || l.LoginsFailed != 0 {
				t.Errorf("%s: signed in %d times, want one refresh (%d refused)", name, l.Logins, l.LoginsFailed)
			}
			if l := m.lane(name); l.Trips > 0 {
				t.Errorf("%s was paused: %+v", name, l)
			}
		}
	})
}

// F15, promise 9: the account is refused in mid-run. The lane pauses within
// the calls in flight, no product fails, the other lane goes on, and once the
// account is good again so does this one.
func TestF15_RefusedSignInPausesTheLane(t *testing.T) {
	t.Parallel()
	eachPair(t, storeWords, func(t *testing.T, p pair) {
		m := newMarket(t, p.store, nil)
		m.importSample()
		m.process(t, p, func(o *Options) {
			wide(o)
			o.Breaker = Breaker{AuthBase: 3 * time.Second, Base: time.Second}
		})
		var broken atomic.Bool
		var after atomic.Int64 // calls to Postmart since
		hook := func(name string, n int64) {
			if name == "postmart" && broken.Load() {
				after.Add(1)
			}
			if n == 150 {
				if _, err := m.sandbox.SetFault(sandbox.Fault{Market: sandbox.Postmart, Op: "issueToken", Kind: sandbox.Answer, Code: "invalid_client"}); err != nil {
					t.Error(err)
				}
				if err := m.sandbox.RevokeTokens(sandbox.Postmart); err != nil {
					t.Error(err)
				}
				broken.Store(true)
			}
		}
		m.onCall.Store(&hook)
		run := p.request(t)
		m.await("the lane pauses", func() bool { return m.lane("postmart").PauseReason == "lane.unauthorized" })
		// Those in flight when the token was revoked, and the sign-in.
		if n := after.Load(); n > 16+1 {
			t.Errorf("%d calls with a refused account", n)
		}
		m.await("voso is done", func() bool {
			items, err := p.store.ListItems(t.Context(), store.ItemFilter{RunID: run.ID, Marketplace: "voso", State: catalog.ItemDone})
			return err == nil && len(items) == 152
		})
		counts, err := p.store.RunCounts(t.Context(), run.ID)
		if c := counts[run.ID]; err != nil || c.Failed > 0 || c.Open() == 0 {
			t.Fatalf("%+v %v", c, err)
		}
		if n := after.Load(); n > 16+4 {
			t.Errorf("%d calls with a refused account, probes among them", n)
		}
		if err := m.sandbox.ClearFaults(sandbox.Postmart); err != nil {
			t.Fatal(err)
		}
		m.wantAllListedOnce(p, run.ID)
	})
}

// A lane that is down is asked by one process at a time whether it is back,
// however many there are and however much waits.
func TestOneProbeAtATime(t *testing.T) {
	t.Parallel()
	eachPair(t, storeWords, func(t *testing.T, p pair) {
		m := newMarket(t, p.store, nil)
		m.importSample()
		for range 3 {
			m.process(t, p, func(o *Options) { o.Breaker = Breaker{Base: 300 * time.Millisecond, Cap: time.Second} })
			if p.embedded {
				break
			}
		}
		var watched atomic.Bool
		var probes, most atomic.Int64
		down := make(chan struct{})
		hook := func(name string, n int64) {
			if n == 150 {
				if _, err := m.sandbox.SetFault(sandbox.Fault{Market: sandbox.Postmart, Op: sandbox.OpAll, Kind: sandbox.Maintenance}); err != nil {
					t.Error(err)
				}
				close(down)
			}
			if name == "postmart" && watched.Load() {
				probes.Add(1)
				if now := m.inside[name].Load(); now > most.Load() {
					most.Store(now)
				}
			}
		}
		m.onCall.Store(&hook)
		run := p.request(t)
		<-down
		m.await("the lane pauses", func() bool {
			return m.lane("postmart").PauseReason == "lane.outage" && m.inside["postmart"].Load() == 0
		})
		m.await("what was under way is handed back", func() bool { // reads are tried again for some seconds
			items, err := p.store.ListItems(t.Context(), store.ItemFilter{RunID: run.ID, Marketplace: "postmart", State: catalog.ItemBatched, Limit: 1})
			return err == nil && len(items) == 0
		})
		watched.Store(true)
		m.await("it was asked again and again", func() bool { return m.lane("postmart").Trips >= 3 && probes.Load() >= 2 })
		if most.Load() > 1 {
			t.Errorf("%d calls, %d at the same time, on a lane that is down", probes.Load(), most.Load())
		}
		watched.Store(false)
		if err := m.sandbox.ClearFaults(sandbox.Postmart); err != nil {
			t.Fatal(err)
		}
		m.wantAllListedOnce(p, run.ID)
	})
}

// A lane that is off, and one that is gone for good, let a run end without
// them; no product fails by it.
func TestRunsEndWithoutALane(t *testing.T) {
	t.Parallel()
	t.Run("off", func(t *testing.T) {
		eachPair(t, storeWords, func(t *testing.T, p pair) {
			m := newMarket(t, p.store, nil)
			m.importSample()
			p.start(t, nil, func(o *Options) {
				o.Lanes, o.Log, o.Gather = []Lane{{Name: "postmart", Concurrency: 4}}, m.log, 50*time.Millisecond
				o.Runner = m.runner(t, o.Redis, o.Lanes)
			})
			state, counts := m.ended(p, p.request(t).ID)
			if state != catalog.RunDone || counts.Done != 161 || counts.Failed > 0 || counts.Open() > 0 {
				t.Errorf("%s %+v", state, counts)
			}
		})
	})
	t.Run("gone", func(t *testing.T) {
		eachPair(t, storeWords, func(t *testing.T, p pair) {
			m := newMarket(t, p.store, nil)
			m.importSample()
			if _, err := m.sandbox.SetFault(sandbox.Fault{Market: sandbox.Voso, Op: sandbox.OpAll, Kind: sandbox.Cut}); err != nil {
				t.Fatal(err)
			}
			m.process(t, p, func(o *Options) {
				o.Breaker = Breaker{Base: 50 * time.Millisecond, Cap: 200 * time.Millisecond, GiveUp: 2 * time.Second}
			})
			state, counts := m.ended(p, p.request(t).ID)
			if state != catalog.RunDone || counts.Done != 161 || counts.Failed > 0 || counts.Open() > 0 {
				t.Errorf("%s %+v", state, counts)
			}
		})
	})
}
