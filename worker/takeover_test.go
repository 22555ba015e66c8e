//go:build unix

package worker

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"lensan/adapters"
	"lensan/adapters/postmart"
	"lensan/adapters/rest"
	"lensan/adapters/sandbox"
	"lensan/adapters/voso"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/storetest"
	"lensan/worker/coord"
	"lensan/worker/reconcile"
)

// childEnv holds what an engine in a process of its own is to do.
const childEnv = "LENSAN_TEST_ENGINE"

// childSpec is an engine with an embedded queue in a process of its own.
type childSpec struct {
	DB     string
	URLs   map[string]string
	Lease  time.Duration // of batches, listings and plans
	Engine time.Duration // of the engine
}

// runChild is the process; it returns its exit code.
func runChild(spec string) int {
	var c childSpec
	if err := json.Unmarshal([]byte(spec), &c); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if err := c.run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		if errors.Is(err, ErrLeaseLost) {
			return 3
		}
		return 1
	}
	return 0
}

func (c childSpec) run(ctx context.Context) error {
	s, err := store.Open(ctx, c.DB, storeWords)
	if err != nil {
		return err
	}
	defer s.Close()
	q, err := OpenQueue(ctx, QueueURLEmbedded, nil)
	if err != nil {
		return err
	}
	defer q.Close()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	if os.Getenv("LENSAN_TEST_LOG") != "" {
		log = slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	open, lanes := map[string]adapters.Adapter{}, []Lane{}
	for _, name := range bothLanes {
		budget := coord.NewBudget(coord.BudgetOptions{Redis: q.Redis, Marketplace: name, Rate: 100})
		tokens, err := coord.NewTokens(coord.TokensOptions{Redis: q.Redis, Marketplace: name, Secret: "secret", Log: log})
		if err != nil {
			return err
		}
		o := rest.Options{Log: log, Timeout: 5 * time.Second, Budget: budget, Tokens: tokens}
		if name == "postmart" {
			open[name], err = postmart.New(postmart.Config{BaseURL: c.URLs[name], ClientID: sandbox.DefaultClientID, ClientSecret: sandbox.DefaultClientSecret, Rate: 100, ReadLag: marketLag, LateWrite: marketLag, Options: o})
		} else {
			open[name], err = voso.New(voso.Config{BaseURL: c.URLs[name], Username: sandbox.DefaultUsername, Password: sandbox.DefaultPassword, Rate: 100, ReadLag: marketLag, LateWrite: marketLag, Options: o})
		}
		if err != nil {
			return err
		}
		lanes = append(lanes, Lane{Name: name, Concurrency: 4, Batch: map[catalog.Purpose]int{catalog.PurposeApply: 20}, Budget: budget})
	}
	var e *Engine
	runner := reconcile.New(reconcile.Options{Store: s, Adapters: open, Today: func() catalog.Day { return sampleDay }, Now: s.Now, Log: log,
		LeaseTTL: c.Lease, RequestTimeout: 3 * time.Second, ReviewPoll: 50 * time.Millisecond, HeldUntil: func() time.Time { return e.HeldUntil() }})
	e = New(Options{Store: s, Redis: q.Redis, Embedded: true, LockFile: s.LockFile(), Runner: runner, Lanes: lanes, Host: "test", Log: log,
		Poll: 30 * time.Millisecond, Check: 10 * time.Millisecond, Beat: 50 * time.Millisecond, Sweep: 200 * time.Millisecond, Gather: 50 * time.Millisecond,
		BatchLease: c.Lease, PlanLease: c.Lease, EngineLease: c.Engine, Request: 3 * time.Second})
	return e.Run(ctx)
}

// child starts the process; it is killed when the test ends.
func (c childSpec) child(t *testing.T) *exec.Cmd {
	t.Helper()
	spec, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+string(spec))
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	endWithTest(cmd.SysProcAttr, syscall.SIGKILL)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill() //nolint:errcheck // it may have ended
		cmd.Wait()         //nolint:errcheck // killed
	})
	return cmd
}

// newTakeover is a sample register in SQLite, and both marketplaces, which
// make every product that is asked for twice a second time.
func newTakeover(t *testing.T) (*market, pair, string) {
	t.Helper()
	url := storetest.URLs(t)["sqlite"](t)
	p := pair{store: storetest.Open(t, url, storeWords), embedded: true}
	m := newMarket(t, p.store, nil)
	m.importSample()
	for name, op := range map[string]string{"postmart": "createProduct", "voso": "saveProducts"} {
		if _, err := m.sandbox.SetFault(sandbox.Fault{Market: name, Op: op, Kind: sandbox.NoUnique}); err != nil {
			t.Fatal(err)
		}
	}
	return m, p, url
}

// A process that is killed in mid-run is followed at once by the next: leases
// of ten minutes, of its engine, batches and listings, hold up nothing.
func TestAKilledEngineIsFollowedAtOnce(t *testing.T) {
	t.Parallel()
	m, p, url := newTakeover(t)
	spec := childSpec{DB: url, URLs: m.urls, Lease: 10 * time.Minute, Engine: 10 * time.Minute}
	first := spec.child(t)
	at := make(chan struct{})
	m.atCalls(map[int64]bool{150: true}, func() { close(at) })
	run := p.request(t)
	<-at
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	first.Wait() //nolint:errcheck // killed
	var wentOn atomic.Int64
	began := time.Now()
	hook := func(string, int64) { wentOn.CompareAndSwap(0, int64(time.Since(began))) }
	m.onCall.Store(&hook)
	spec.child(t)
	m.wantAllListedOnce(p, run.ID)
	t.Logf("the next process calls %v after it was started; all is done after %v", time.Duration(wentOn.Load()).Round(time.Millisecond), time.Since(began).Round(time.Millisecond))
}

// stopOutsideOfSQL makes a process stand still at a moment at which it does not
// hold SQLite's one lock, which would stop all others too.
func stopOutsideOfSQL(t *testing.T, cmd *exec.Cmd, url string) {
	t.Helper()
	db, err := sql.Open("sqlite", strings.TrimPrefix(url, "sqlite:")+"?_pragma=busy_timeout(500)&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for {
		if err := cmd.Process.Signal(syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		tx, err := db.BeginTx(t.Context(), nil) // takes the lock
		if err == nil {
			tx.Rollback() //nolint:errcheck // nothing was written
			return
		}
		if err := cmd.Process.Signal(syscall.SIGCONT); err != nil {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Millisecond) // it goes on
	}
}

// A process that only stood still loses the lease when that ends, and changes
// nothing any more when it wakes up.
func TestAStoppedEngineChangesNothingWhenItWakes(t *testing.T) {
	t.Parallel()
	m, p, url := newTakeover(t)
	var changes atomic.Int64 // of the process that stood still
	urls := map[string]string{}
	for name, h := range map[string]http.Handler{"postmart": m.sandbox.Postmart(), "voso": m.sandbox.Voso()} {
		counted := m.counted(name, h)
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodGet && !strings.Contains(r.URL.Path, "token") && !strings.Contains(r.URL.Path, "login") && !strings.Contains(r.URL.Path, "search") && !strings.HasSuffix(r.URL.Path, "/get") {
				changes.Add(1)
			}
			counted.ServeHTTP(w, r)
		}))
		t.Cleanup(srv.Close)
		urls[name] = srv.URL
	}
	first := childSpec{DB: url, URLs: urls, Lease: 10 * time.Minute, Engine: 3 * time.Second}.child(t)
	at := make(chan struct{})
	m.atCalls(map[int64]bool{150: true}, func() { close(at) })
	run := p.request(t)
	<-at
	stopOutsideOfSQL(t, first, url)
	childSpec{DB: url, URLs: m.urls, Lease: 10 * time.Minute, Engine: 3 * time.Second}.child(t)
	m.ended(p, run.ID)
	before := changes.Load()
	if err := first.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := first.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 3 {
		t.Errorf("it ended with %v, want that it lost the engine", err)
	}
	if n := changes.Load() - before; n > 0 {
		t.Errorf("%d calls that change something after it woke up", n)
	}
	m.wantAllListedOnce(p, run.ID)
}
