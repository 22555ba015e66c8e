package reconcile_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

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
	"lensan/store/storetest"
	"lensan/worker/reconcile"
)

// world is a store, a sandbox over real HTTP and a Runner between them, driven
// without a queue.
type world struct {
	t        *testing.T
	store    *store.Store
	sandbox  *sandbox.Sandbox
	runner   *reconcile.Runner
	adapters map[string]adapters.Adapter
	log      *slog.Logger
}

// today is the day of every test.
const today = catalog.Day("2026-11-24")

// lag is how far the sandbox's lists are behind, and how late its late writes
// come; the adapters know it.
const lag = 200 * time.Millisecond

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	for engine, url := range storetest.URLs(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			test(t, newWorld(t, storetest.Open(t, url(t), store.Options{Explain: text.Explain})))
		})
	}
}

func newWorld(t *testing.T, s *store.Store) *world {
	t.Helper()
	m := sandbox.Market{Lag: lag, LateWrite: lag}
	sb, err := sandbox.Open(sandbox.Options{Postmart: m, Voso: m, Today: func() string { return string(today) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sb.Close() })
	w := &world{t: t, store: s, sandbox: sb, log: slog.New(slog.NewTextHandler(io.Discard, nil)), adapters: map[string]adapters.Adapter{}}
	if testing.Verbose() {
		w.log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelInfo}))
	}
	w.connect()
	w.runner = w.newRunner()
	return w
}

// connect makes the adapters anew, as a restarted process would.
func (w *world) connect() {
	w.t.Helper()
	pm, vo := httptest.NewServer(w.sandbox.Postmart()), httptest.NewServer(w.sandbox.Voso())
	w.t.Cleanup(pm.Close)
	w.t.Cleanup(vo.Close)
	opt := rest.Options{Log: w.log, Timeout: 2 * time.Second, MaxConns: 4}
	p, err := postmart.New(postmart.Config{BaseURL: pm.URL, ClientID: sandbox.DefaultClientID, ClientSecret: sandbox.DefaultClientSecret, Rate: 10000, ReadLag: lag, LateWrite: lag, Options: opt})
	if err != nil {
		w.t.Fatal(err)
	}
	v, err := voso.New(voso.Config{BaseURL: vo.URL, Username: sandbox.DefaultUsername, Password: sandbox.DefaultPassword, Rate: 10000, ReadLag: lag, LateWrite: lag, Options: opt})
	if err != nil {
		w.t.Fatal(err)
	}
	w.adapters["postmart"], w.adapters["voso"] = p, v
	for m, url := range map[string]string{"postmart": pm.URL, "voso": vo.URL} {
		if err := w.store.EnsureAccount(w.t.Context(), m, url, "lensan-sandbox", true); err != nil && !errors.Is(err, store.ErrOtherAccount) {
			w.t.Fatal(err)
		}
	}
}

func (w *world) newRunner() *reconcile.Runner {
	return reconcile.New(reconcile.Options{Store: w.store, Adapters: w.adapters, Today: func() catalog.Day { return today }, Log: w.log,
		LeaseTTL: 3 * time.Second, RequestTimeout: 3 * time.Second, ReviewPoll: 20 * time.Millisecond})
}

// importSample imports the whole sample register with its pictures.
func (w *world) importSample() store.ImportReport {
	w.t.Helper()
	return w.importFiles(sample.Files(), sample.Pictures())
}

func (w *world) importFiles(files []register.File, pictures register.Pictures) store.ImportReport {
	w.t.Helper()
	ctx := w.t.Context()
	im, err := w.store.BeginImport(ctx, store.ImportOptions{By: "test"})
	if err != nil {
		w.t.Fatal(err)
	}
	defer im.Close()
	if err := register.Load(ctx, files, pictures, im); err != nil {
		w.t.Fatal(err)
	}
	report, err := im.Apply(ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	return report
}

// sync asks for a run and carries it to its end.
func (w *world) sync(q store.RunRequest) catalog.Run {
	w.t.Helper()
	if q.Kind == "" {
		q.Kind = catalog.RunSync
	}
	if q.Policy == "" {
		q.Policy = catalog.PolicySync
	}
	q.Trigger, q.By = catalog.TriggerCommand, "test"
	run, _, err := w.store.RequestRun(w.t.Context(), q)
	if err != nil {
		w.t.Fatal(err)
	}
	w.drive(w.runner, time.Minute)
	run, err = w.store.GetRun(w.t.Context(), run.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	if run.FinishedAt.IsZero() {
		w.t.Fatalf("run %s has not ended: %+v", run.ID, w.counts(run.ID))
	}
	return run
}

func (w *world) counts(runID string) store.RunCounts {
	w.t.Helper()
	c, err := w.store.RunCounts(w.t.Context(), runID)
	if err != nil {
		w.t.Fatal(err)
	}
	return c[runID]
}

// drive plans and works until no run is open.
func (w *world) drive(r *reconcile.Runner, limit time.Duration) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), limit)
	defer cancel()
	for ctx.Err() == nil {
		worked := w.step(ctx, r)
		open, err := w.store.ListRuns(ctx, store.RunFilter{Open: true})
		if err != nil {
			w.t.Fatal(err)
		}
		if len(open) == 0 {
			return
		}
		if !worked {
			select {
			case <-ctx.Done():
			case <-time.After(20 * time.Millisecond):
			}
		}
	}
}

// step plans one run, carries out what is due and ends the runs that are done.
func (w *world) step(ctx context.Context, r *reconcile.Runner) (worked bool) {
	w.t.Helper()
	run, ok, err := w.store.ClaimRunToPlan(ctx, "test", time.Minute)
	if err != nil {
		w.t.Fatal(err)
	}
	if ok {
		if err := r.PlanRun(ctx, run); err != nil {
			w.t.Logf("plan: %v", err)
			if err := w.store.ReleaseRun(w.t.Context(), run.ID, "test", w.store.Now().Add(200*time.Millisecond)); err != nil {
				w.t.Fatal(err)
			}
		}
	}
	worked = w.work(ctx, r)
	if _, err := w.store.FinishRuns(ctx); err != nil {
		w.t.Fatal(err)
	}
	return worked
}

// work carries out the batches that are due, once round all lanes.
func (w *world) work(ctx context.Context, r *reconcile.Runner) bool {
	w.t.Helper()
	worked := false
	if _, err := w.store.WakeLooks(ctx, w.store.Now(), 1000); err != nil {
		w.t.Fatal(err)
	}
	for m := range w.adapters {
		for _, q := range []catalog.Queue{catalog.QueueUrgent, catalog.QueueNormal, catalog.QueueReconcile} {
			for _, p := range []catalog.Purpose{catalog.PurposeApply, catalog.PurposeLook} {
				batches, err := w.store.FormBatches(ctx, store.BatchForm{Marketplace: m, Queue: q, Purpose: p, Size: 50, Window: 10, Lease: time.Minute})
				if err != nil {
					w.t.Fatal(err)
				}
				for _, b := range batches {
					worked = true
					w.carryOut(ctx, r, b)
				}
			}
		}
	}
	return worked
}

func (w *world) carryOut(ctx context.Context, r *reconcile.Runner, b catalog.Batch) {
	w.t.Helper()
	b, ok, err := w.store.StartBatch(ctx, b.ID, b.Generation, "test", time.Minute)
	if err != nil || !ok {
		w.t.Fatalf("start batch: %v %v", ok, err)
	}
	items, err := w.store.ItemsOfBatch(ctx, b.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := r.Work(store.InBatch(ctx, b), b, items, func() bool { return false }); err != nil {
		w.t.Logf("work on %s: %v", b.Marketplace, err)
	}
	if err := w.store.FinishBatch(ctx, b, "test", time.Time{}); err != nil {
		w.t.Fatal(err)
	}
}

// settleReviews looks until no listing waits for review.
func (w *world) settleReviews() {
	w.t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for time.Now().Before(deadline) {
		n, err := w.store.InReview(w.t.Context(), store.Filter{})
		if err != nil {
			w.t.Fatal(err)
		}
		if n == 0 {
			return
		}
		w.work(w.t.Context(), w.runner)
		time.Sleep(10 * time.Millisecond)
	}
	w.t.Fatal("reviews have not ended")
}

func (w *world) ledger(m string) sandbox.Ledger {
	w.t.Helper()
	l, err := w.sandbox.Ledger(m)
	if err != nil {
		w.t.Fatal(err)
	}
	return l
}
