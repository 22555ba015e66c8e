package worker

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"lensan/adapters"
	"lensan/adapters/postmart"
	"lensan/adapters/rest"
	"lensan/adapters/sandbox"
	"lensan/adapters/voso"
	"lensan/cmd/lensan/sample"
	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/register"
	"lensan/worker/coord"
	"lensan/worker/reconcile"
)

// sampleDay is the day on which the sample's numbers are known.
const sampleDay = catalog.Day("2026-11-24")

// marketLag is how far the sandbox's lists are behind, and how late its late
// writes come; the adapters know it.
const marketLag = 200 * time.Millisecond

// market is both marketplaces over real HTTP, and a record that holds the
// sample register: 161 SKUs can be sold on Postmart, 152 on Voso.
type market struct {
	t       *testing.T
	store   *store.Store
	sandbox *sandbox.Sandbox
	urls    map[string]string
	calls   atomic.Int64 // that have come to either marketplace
	onCall  atomic.Pointer[func(marketplace string, n int64)]
	inside  map[string]*atomic.Int64 // calls being answered, by marketplace
	rate    float64
	stale   time.Duration // how old a reading may be when a write follows; zero: as usual
	lease   time.Duration // of listings
	step    time.Duration // between two looks at what is waited for
	log     *slog.Logger
}

var storeWords = store.Options{Explain: text.Explain}

func newMarket(t *testing.T, s *store.Store, change func(*sandbox.Options)) *market {
	t.Helper()
	m := &market{t: t, store: s, rate: 200, lease: 3 * time.Second, step: 5 * time.Millisecond, urls: map[string]string{}, inside: map[string]*atomic.Int64{"postmart": {}, "voso": {}}, log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	if os.Getenv("LENSAN_TEST_LOG") != "" {
		m.log = slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	one := sandbox.Market{Lag: marketLag, LateWrite: marketLag, Rate: int(m.rate)}
	opt := sandbox.Options{Postmart: one, Voso: one, Today: func() string { return string(sampleDay) }}
	if change != nil {
		change(&opt)
	}
	sb, err := sandbox.Open(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sb.Close() })
	m.sandbox = sb
	for name, h := range map[string]http.Handler{"postmart": sb.Postmart(), "voso": sb.Voso()} {
		srv := httptest.NewServer(m.counted(name, h))
		t.Cleanup(srv.Close)
		m.urls[name] = srv.URL
		if err := s.EnsureAccount(t.Context(), name, srv.URL, "lensan-sandbox", true); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

func (m *market) counted(name string, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := m.calls.Add(1)
		m.inside[name].Add(1)
		defer m.inside[name].Add(-1)
		if fn := m.onCall.Load(); fn != nil {
			(*fn)(name, n)
		}
		h.ServeHTTP(w, r)
	})
}

// importSample loads the sample register with its pictures.
func (m *market) importSample() {
	m.t.Helper()
	m.importFiles(sample.Files(), sample.Pictures())
}

func (m *market) importFiles(files []register.File, pictures register.Pictures) {
	m.t.Helper()
	ctx := m.t.Context()
	im, err := m.store.BeginImport(ctx, store.ImportOptions{By: "test"})
	if err != nil {
		m.t.Fatal(err)
	}
	defer im.Close()
	if err := register.Load(ctx, files, pictures, im); err != nil {
		m.t.Fatal(err)
	}
	if rep, err := im.Apply(ctx); err != nil {
		m.t.Fatalf("%v: %+v %+v", err, rep.Held, rep.Hardest)
	}
}

// process starts an engine with adapters, budgets and tokens of its own, which
// share what processes share through the queue's Redis.
func (m *market) process(t *testing.T, p pair, change func(*Options)) *process {
	t.Helper()
	return p.start(t, nil, func(o *Options) {
		o.Lanes = []Lane{
			{Name: "postmart", Concurrency: 4, Batch: map[catalog.Purpose]int{catalog.PurposeApply: 20}},
			{Name: "voso", Concurrency: 4, Batch: map[catalog.Purpose]int{catalog.PurposeApply: 20}},
		}
		o.Log, o.Gather = m.log, 50*time.Millisecond
		o.Runner = m.runner(t, o.Redis, o.Lanes)
		if change != nil {
			change(o)
		}
	})
}

// runner makes a Runner as one process has it, and gives the lanes its budgets.
func (m *market) runner(t *testing.T, rdb redis.UniversalClient, lanes []Lane) *reconcile.Runner {
	t.Helper()
	return m.runnerOn(t, rdb, lanes, func(name string, o rest.Options) adapters.Adapter {
		transport := rest.NewTransport(16)
		t.Cleanup(transport.CloseIdleConnections)
		o.Transport = transport
		return m.adapter(t, name, o)
	}, func() catalog.Day { return sampleDay })
}

func (m *market) runnerOn(t *testing.T, rdb redis.UniversalClient, lanes []Lane, adapt func(name string, o rest.Options) adapters.Adapter, today func() catalog.Day) *reconcile.Runner {
	t.Helper()
	open := map[string]adapters.Adapter{}
	for i := range lanes {
		name := lanes[i].Name
		budget := coord.NewBudget(coord.BudgetOptions{Redis: rdb, Marketplace: name, Rate: m.rate, Log: m.log})
		tokens, err := coord.NewTokens(coord.TokensOptions{Redis: rdb, Marketplace: name, Secret: "secret", Log: m.log})
		if err != nil {
			t.Fatal(err)
		}
		lanes[i].Budget = budget
		open[name] = adapt(name, rest.Options{Log: m.log, Timeout: 5 * time.Second, Budget: budget, Tokens: tokens})
	}
	return reconcile.New(reconcile.Options{Store: m.store, Adapters: open, Today: today, Now: m.store.Now, Log: m.log,
		LeaseTTL: m.lease, RequestTimeout: 3 * time.Second, ReviewPoll: 20 * time.Millisecond, StaleAfter: m.stale})
}

func (m *market) adapter(t *testing.T, name string, o rest.Options) adapters.Adapter {
	t.Helper()
	var a adapters.Adapter
	var err error
	if name == "postmart" {
		a, err = postmart.New(postmart.Config{BaseURL: m.urls[name], ClientID: sandbox.DefaultClientID, ClientSecret: sandbox.DefaultClientSecret,
			Rate: m.rate, ReadLag: marketLag, LateWrite: marketLag, Options: o})
	} else {
		a, err = voso.New(voso.Config{BaseURL: m.urls[name], Username: sandbox.DefaultUsername, Password: sandbox.DefaultPassword,
			Rate: m.rate, ReadLag: marketLag, LateWrite: marketLag, Options: o})
	}
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// atCalls has fn called, in a goroutine of its own, when a marketplace gets
// one of these calls, counted from now on.
func (m *market) atCalls(at map[int64]bool, fn func()) {
	from := m.calls.Load()
	hook := func(_ string, n int64) {
		if at[n-from] {
			go fn()
		}
	}
	m.onCall.Store(&hook)
}

// await waits for what the engines bring about, whatever has been done to them.
func (m *market) await(what string, ok func() bool) {
	m.t.Helper()
	deadline := time.Now().Add(4 * time.Minute)
	for !ok() {
		if time.Now().After(deadline) {
			m.t.Fatalf("not within four minutes: %s", what)
		}
		time.Sleep(m.step) // asked again, not waited for
	}
}

var marketWord = map[string]string{"postmart": "live", "voso": "SELLING"}

// ended waits for a run's end and returns its state and counts.
func (m *market) ended(p pair, run string) (catalog.RunState, store.RunCounts) {
	m.t.Helper()
	m.await("the run ends", func() bool {
		run, err := m.store.GetRun(m.t.Context(), run)
		return err == nil && run.Phase == catalog.PhaseEnded
	})
	return p.ended(m.t, run)
}

// lane is how a lane stands on record.
func (m *market) lane(name string) store.Lane {
	m.t.Helper()
	return laneOf(m.t, m.store, name)
}

func (m *market) ledger(name string) sandbox.Ledger {
	m.t.Helper()
	l, err := m.sandbox.Ledger(name)
	if err != nil {
		m.t.Fatal(err)
	}
	return l
}

// wantAllListedOnce is the end of every story of this file's kind: the run
// ended, nothing failed, nothing was lost, nothing is there twice, and no
// create was sent while an earlier one could still be carried out.
func (m *market) wantAllListedOnce(p pair, run string) {
	m.t.Helper()
	state, counts := m.ended(p, run)
	if state != catalog.RunDone || counts.Failed > 0 || counts.Cancelled > 0 || counts.Open() > 0 {
		m.t.Errorf("run %s: %+v", state, counts)
	}
	m.await("the reviews end", func() bool {
		n, err := m.store.InReview(m.t.Context(), store.Filter{})
		return err == nil && n == 0
	})
	for name, want := range map[string]int{"postmart": 161, "voso": 152} {
		onSale, err := m.sandbox.Counts(name)
		if err != nil || onSale[marketWord[name]] != want {
			m.t.Errorf("%s has %v, want %d on sale (%v)", name, onSale, want, err)
		}
		l, err := m.sandbox.Ledger(name)
		if err != nil || len(l.Doubles) > 0 || len(l.Unsettled) > 0 || len(l.Blind) > 0 {
			m.t.Errorf("%s: doubles %v, too early %v, blind %v (%v)", name, l.Doubles, l.Unsettled, l.Blind, err)
		}
	}
	summary, err := m.store.Summary(m.t.Context())
	if err != nil {
		m.t.Fatal(err)
	}
	for _, s := range summary {
		if want := map[string]int{"postmart": 161, "voso": 152}[s.Marketplace]; s.Buckets["live"] != want {
			m.t.Errorf("the record says %v of %s, want %d live", s.Buckets, s.Marketplace, want)
		}
	}
}
