package worker

import (
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"

	"lensan/store/storetest"
)

// F27: the Redis server is killed three times in a sync and comes back empty.
func TestF27_RedisRestartedWithoutPersistence(t *testing.T) {
	if !serversAtHand(t) {
		return
	}
	t.Parallel()
	r := newRedis(t)
	p := pair{store: storetest.Open(t, storetest.URLs(t)["postgres"](t), storeWords), open: func(t *testing.T) *Queue { return openQueue(t, r.url()) }}
	m := newMarket(t, p.store, nil)
	m.importSample()
	m.process(t, p, nil)
	m.process(t, p, nil)
	var one sync.Mutex
	var restarts sync.WaitGroup
	restarts.Add(3)
	m.atCalls(map[int64]bool{30: true, 200: true, 400: true}, func() {
		defer restarts.Done()
		one.Lock()
		defer one.Unlock()
		r.kill()
		time.Sleep(300 * time.Millisecond) // it stays away for a while
		r.start()
	})
	run := p.request(t)
	m.wantAllListedOnce(p, run.ID)
	restarts.Wait()
}

// F27: a server that may throw jobs away is refused, and told by name.
func TestF27_RedisThatEvictsIsRefused(t *testing.T) {
	if !serversAtHand(t) {
		return
	}
	t.Parallel()
	for _, policy := range []string{"allkeys-lru", "volatile-ttl"} {
		r := newRedis(t, "--maxmemory", "64mb", "--maxmemory-policy", policy)
		_, err := OpenQueue(t.Context(), r.url(), nil)
		var q *QueueError
		if !errors.As(err, &q) || !errors.Is(err, ErrQueueEvicts) || q.Want != "noeviction" || q.Have != `maxmemory-policy "`+policy+`"` {
			t.Errorf("%s: %v", policy, err)
		}
	}
}

// F27: the master dies; the replica that Sentinel promotes carries on.
func TestF27_SentinelFailsOver(t *testing.T) {
	if !serversAtHand(t) {
		return
	}
	t.Parallel()
	master := newRedis(t)
	replica := newRedis(t, "--replicaof", "127.0.0.1 "+strconv.Itoa(master.port))
	sentinel := newSentinel(t, master)
	queueURL := "redis-sentinel://" + sentinel.addr() + "/lensan"
	p := pair{store: storetest.Open(t, storetest.URLs(t)["postgres"](t), storeWords), open: func(t *testing.T) *Queue { return openQueue(t, queueURL) }}
	m := newMarket(t, p.store, nil)
	m.importSample()
	m.await("Sentinel knows the replica", func() bool { return sentinel.knowsReplica(replica) })
	m.process(t, p, nil)
	m.process(t, p, nil)
	killed := make(chan struct{})
	m.atCalls(map[int64]bool{60: true}, func() {
		master.kill()
		close(killed)
	})
	run := p.request(t)
	m.wantAllListedOnce(p, run.ID)
	<-killed
	if !replica.isMaster() {
		t.Error("the replica was not promoted: the run went on without a failover")
	}
}

// F27: PostgreSQL is stopped at once and started again, twice in a sync.
func TestF27_PostgreSQLRestartedInMidRun(t *testing.T) {
	if !serversAtHand(t) {
		return
	}
	t.Parallel()
	pg := newPostgres(t)
	r := newRedis(t)
	p := pair{store: storetest.Open(t, pg.url(), storeWords), open: func(t *testing.T) *Queue { return openQueue(t, r.url()) }}
	m := newMarket(t, p.store, nil)
	m.importSample()
	m.process(t, p, nil)
	m.process(t, p, nil)
	var one sync.Mutex
	var restarts sync.WaitGroup
	restarts.Add(2)
	m.atCalls(map[int64]bool{60: true, 350: true}, func() {
		defer restarts.Done()
		one.Lock()
		defer one.Unlock()
		pg.stop()
		pg.start()
	})
	run := p.request(t)
	m.wantAllListedOnce(p, run.ID)
	restarts.Wait()
}
