package worker

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"lensan/store/storetest"
)

// F27: everything that Redis holds is thrown away at ten random points of a
// sync over real HTTP: rate budgets, sign-in tokens and jobs alike.
func TestF27_FlushedAtTenPointsOfASync(t *testing.T) {
	t.Parallel()
	eachLossPair(t, func(t *testing.T, p pair) {
		m := newMarket(t, p.store, nil)
		m.importSample()
		e := m.process(t, p, nil)
		if !p.embedded {
			m.process(t, p, nil)
		}
		seed := uint64(time.Now().UnixNano())
		rnd := rand.New(rand.NewPCG(seed, 27))
		t.Logf("seed %d", seed)
		at := map[int64]bool{1: true}
		for len(at) < 10 {
			at[1+rnd.Int64N(600)] = true
		}
		var flushes sync.WaitGroup
		flushes.Add(len(at))
		m.atCalls(at, func() {
			defer flushes.Done()
			if err := e.queue.Redis.FlushAll(t.Context()).Err(); err != nil {
				t.Error(err)
			}
		})
		run := p.request(t)
		m.wantAllListedOnce(p, run.ID)
		flushes.Wait()
	})
}

// eachLossPair runs fn on both sizes, the second with a Redis server of its
// own, which may be treated badly.
func eachLossPair(t *testing.T, fn func(t *testing.T, p pair)) {
	t.Helper()
	urls := storetest.URLs(t)
	t.Run("sqlite and embedded", func(t *testing.T) {
		t.Parallel()
		fn(t, pair{store: storetest.Open(t, urls["sqlite"](t), storeWords), embedded: true, open: func(t *testing.T) *Queue { return openQueue(t, QueueURLEmbedded) }})
	})
	if !serversAtHand(t) {
		return
	}
	t.Run("postgres and redis", func(t *testing.T) {
		t.Parallel()
		r := newRedis(t)
		fn(t, pair{store: storetest.Open(t, urls["postgres"](t), storeWords), open: func(t *testing.T) *Queue { return openQueue(t, r.url()) }})
	})
}
