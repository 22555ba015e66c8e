package worker

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/storetest"
)

func TestMain(m *testing.M) {
	if spec := os.Getenv(childEnv); spec != "" { // an engine in a process of its own
		os.Exit(runChild(spec))
	}
	goleak.VerifyTestMain(m)
}

// pair is one of the two sizes: SQLite and the queue inside the process, or
// PostgreSQL and Redis.
type pair struct {
	store    *store.Store
	open     func(t *testing.T) *Queue // of one process
	embedded bool
}

// eachPair runs fn on both sizes, the second where servers are at hand.
func eachPair(t *testing.T, opts store.Options, fn func(t *testing.T, p pair)) {
	t.Helper()
	urls := storetest.URLs(t)
	t.Run("sqlite and embedded", func(t *testing.T) {
		t.Parallel()
		fn(t, pair{store: storetest.Open(t, urls["sqlite"](t), opts), embedded: true, open: func(t *testing.T) *Queue { return openQueue(t, QueueURLEmbedded) }})
	})
	server := os.Getenv("LENSAN_TEST_REDIS_URL")
	if server == "" && os.Getenv("LENSAN_TEST_ALL") != "" {
		t.Fatal("LENSAN_TEST_REDIS_URL is not set: run `make test`")
	}
	if server == "" || urls["postgres"] == nil {
		return
	}
	t.Run("postgres and redis", func(t *testing.T) {
		t.Parallel()
		own := ownDatabase(t, server)
		fn(t, pair{store: storetest.Open(t, urls["postgres"](t), opts), open: func(t *testing.T) *Queue { return openQueue(t, own) }})
	})
}

func openQueue(t *testing.T, url string) *Queue {
	t.Helper()
	q, err := OpenQueue(t.Context(), url, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { q.Close() })
	return q
}

// ownDatabase claims one of the server's numbered databases until the test
// ends, empties it, and returns its URL.
func ownDatabase(t *testing.T, server string) string {
	t.Helper()
	opt, err := redis.ParseURL(server)
	if err != nil {
		t.Fatal(err)
	}
	opt.DB = 0
	locks := redis.NewClient(opt)
	t.Cleanup(func() { locks.Close() })
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	for {
		for n := 1; n < 16; n++ {
			lock := fmt.Sprintf("lensan-test-db-%d", n)
			ok, err := locks.SetNX(ctx, lock, "1", 10*time.Minute).Result()
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				continue
			}
			t.Cleanup(func() { locks.Del(context.Background(), lock) })
			opt := *opt
			opt.DB = n
			own := redis.NewClient(&opt)
			defer own.Close()
			if err := own.FlushDB(ctx).Err(); err != nil {
				t.Fatal(err)
			}
			return fmt.Sprintf("%s/%d", server[:strings.LastIndex(server, "/")], n)
		}
		select {
		case <-ctx.Done():
			t.Fatal("no free database on the test server")
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// fakeRunner plans n items on each lane and ends each as done. work, where
// given, decides about an item instead: an error is what Work returns.
type fakeRunner struct {
	store *store.Store
	lanes []string
	n     int
	queue func(sku int) catalog.Queue
	plan  func(ctx context.Context, run catalog.Run) error
	work  func(ctx context.Context, b catalog.Batch, it catalog.Item) error
	probe func(ctx context.Context, marketplace string) error

	mu      sync.Mutex
	begun   map[string]int // by item: how often it was worked on
	batches int
}

func (r *fakeRunner) PlanRun(ctx context.Context, run catalog.Run) error {
	if r.plan != nil {
		if err := r.plan(ctx, run); err != nil {
			return err
		}
	}
	if err := r.store.ResetRunItems(ctx, run.ID); err != nil {
		return err
	}
	var items []catalog.Item
	for _, l := range r.lanes {
		for i := range r.n {
			it := catalog.Item{RunID: run.ID, Marketplace: l, SKU: fmt.Sprintf("S%04d", i)}
			if r.queue != nil {
				it.Queue = r.queue(i)
			}
			items = append(items, it)
		}
	}
	if err := r.store.InsertItems(ctx, items); err != nil {
		return err
	}
	return r.store.MarkRunPlanned(ctx, run.ID, "p", len(items), 0, 0)
}

func (r *fakeRunner) Work(ctx context.Context, b catalog.Batch, items []catalog.Item, handBack func() bool) error {
	r.mu.Lock()
	r.batches++
	r.mu.Unlock()
	for i, it := range items {
		if handBack() {
			var backs []store.ItemBack
			for _, left := range items[i:] {
				backs = append(backs, store.ItemBack{ID: left.ID})
			}
			return r.store.GiveBackItems(ctx, backs)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		r.mu.Lock()
		if r.begun == nil {
			r.begun = map[string]int{}
		}
		r.begun[it.ID]++
		r.mu.Unlock()
		if r.work != nil {
			if err := r.work(ctx, b, it); err != nil {
				return err
			}
		}
		if err := r.store.EndItems(context.WithoutCancel(ctx), []store.ItemEnd{{ID: it.ID, State: catalog.ItemDone}}); err != nil {
			return err
		}
	}
	return nil
}

func (r *fakeRunner) Probe(ctx context.Context, marketplace string) error {
	if r.probe != nil {
		return r.probe(ctx, marketplace)
	}
	return nil
}

func (r *fakeRunner) begunItems() (items, times int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, n := range r.begun {
		times += n
	}
	return len(r.begun), times
}

// process is an engine that runs.
type process struct {
	*Engine
	queue *Queue
	stop  func() error // asks it to stop and waits
}

// start runs an engine as one process would, with short intervals; it stops
// when the test ends.
func (p pair) start(t *testing.T, r Runner, change func(*Options)) *process {
	t.Helper()
	q := p.open(t)
	opt := Options{
		Store: p.store, Redis: q.Redis, Embedded: q.Embedded, Runner: r, Host: "test",
		Lanes: []Lane{{Name: "postmart", Concurrency: 3, Batch: map[catalog.Purpose]int{catalog.PurposeApply: 10}}, {Name: "voso", Concurrency: 2}},
		Log:   slog.New(slog.DiscardHandler),
		Poll:  30 * time.Millisecond, Check: 10 * time.Millisecond, Beat: 20 * time.Millisecond, Sweep: 50 * time.Millisecond,
		BatchLease: time.Second, PlanLease: time.Second, EngineLease: time.Second, ErrorDelay: 20 * time.Millisecond, Grace: 5 * time.Second,
		Breaker: Breaker{Base: 50 * time.Millisecond, AuthBase: 50 * time.Millisecond, Cap: 200 * time.Millisecond},
	}
	if testing.Verbose() && os.Getenv("LENSAN_TEST_LOG") != "" {
		opt.Log = slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	if change != nil {
		change(&opt)
	}
	e := New(opt)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	stop := sync.OnceValue(func() error {
		cancel()
		return <-done
	})
	t.Cleanup(func() { stop() })
	return &process{e, q, stop}
}

// crash ends a process as if it had been killed: it writes nothing any more
// and its leases stay.
func (p *process) crash() {
	p.dead.Store(true)
	p.mu.Lock()
	p.opt.Grace = time.Millisecond
	p.mu.Unlock()
	p.stop()
}

// until waits for a condition that the engines bring about.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("not within a minute: %s", what)
		}
		time.Sleep(3 * time.Millisecond) // asked again, not waited for
	}
}

func (p pair) request(t *testing.T) catalog.Run {
	t.Helper()
	run, _, err := p.store.RequestRun(t.Context(), store.RunRequest{Kind: catalog.RunSync, Policy: catalog.PolicySync, Trigger: catalog.TriggerCommand, By: "Lan"})
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// ended waits for a run's end and returns its state and counts.
func (p pair) ended(t *testing.T, id string) (catalog.RunState, store.RunCounts) {
	t.Helper()
	var run catalog.Run
	until(t, "run "+id+" ends", func() bool {
		var err error
		if run, err = p.store.GetRun(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		return run.Phase == catalog.PhaseEnded
	})
	counts, err := p.store.RunCounts(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return store.RunStateOf(run, counts[id]), counts[id]
}

func (p pair) accounts(t *testing.T) {
	t.Helper()
	for _, m := range []string{"postmart", "voso"} {
		if err := p.store.EnsureAccount(t.Context(), m, "http://127.0.0.1:1", "thu", true); err != nil {
			t.Fatal(err)
		}
	}
}
