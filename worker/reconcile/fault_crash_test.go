package reconcile_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"lensan/adapters/sandbox"
	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/storetest"
)

// The whole matrix, and the other tests at their full sizes, take minutes:
// -crash.all. A sample, drawn by -crash.seed,
// is part of every test run.
var (
	crashAll  = flag.Bool("crash.all", false, "kill a process at every crash point, for every operation and marketplace")
	crashSeed = flag.Uint64("crash.seed", 20261124, "which crash points the sample has")
	crashMost = flag.Int("crash.sample", 4, "how many crash points the sample has, on each engine")
)

// crashLag is the lag of the lists in the crash matrix, in true time.
const crashLag = 40 * time.Millisecond

// changePoints are passed by every change of a listing.
var changePoints = []string{"before-intent", "after-intent", "after-answer", "after-record", "after-end"}

// crashOps are the operations, each with its points.
var crashOps = map[string][]string{
	"create": changePoints, "update_content": changePoints, "update_offer": changePoints, "close": changePoints, "reopen": changePoints, "adopt": changePoints,
	"shop": {"before-shop", "after-shop"}, "image": {"before-upload", "after-upload"}, "plan": {"after-page", "before-planned"},
}

type crashCase struct{ market, op, point string }

func crashCases() []crashCase {
	var out []crashCase
	for _, m := range []string{"postmart", "voso"} {
		for _, op := range []string{"create", "update_content", "update_offer", "close", "reopen", "adopt", "shop", "image", "plan"} {
			for _, p := range crashOps[op] {
				out = append(out, crashCase{m, op, p})
			}
		}
	}
	return out
}

// crashrun builds the process that is killed, once.
var crashrun = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "lensan-crashrun-")
	if err != nil {
		return "", err
	}
	bin := filepath.Join(dir, "crashrun")
	cmd := exec.Command("go", "build", "-tags", "crashpoints", "-o", bin, "./internal/crashrun")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return bin, nil
})

// A process is killed at a crash point and started again: one listing each, in
// the right state, and nothing is open.
func TestAProcessKilledAtAnyPointEndsRight(t *testing.T) {
	t.Parallel()
	bin, err := crashrun()
	if err != nil {
		t.Fatal(err)
	}
	cases := crashCases()
	if !*crashAll {
		r := rand.New(rand.NewPCG(*crashSeed, 4))
		r.Shuffle(len(cases), func(i, j int) { cases[i], cases[j] = cases[j], cases[i] })
		cases = cases[:min(*crashMost, len(cases))]
	}
	for engine, url := range storetest.URLs(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			for _, c := range cases {
				t.Run(c.market+"/"+c.op+"/"+c.point, func(t *testing.T) {
					if *crashAll {
						t.Parallel()
					}
					w := newCrashWorld(t, url(t), c, bin)
					w.prepare()
					w.killAndRestart()
					w.check()
				})
			}
		})
	}
}

type crashWorld struct {
	world
	c         crashCase
	bin, url  string
	db        *storetest.World
	base      string
	day       string
	all       []good
	wantState string // of all products there
}

const crashGoods = 3

func newCrashWorld(t *testing.T, url string, c crashCase, bin string) *crashWorld {
	t.Helper()
	m := sandbox.Market{Lag: crashLag, LateWrite: crashLag}
	w := &crashWorld{c: c, bin: bin, url: url, day: string(today), all: goods(crashGoods), wantState: onSale[c.market]}
	sb, err := sandbox.Open(sandbox.Options{Postmart: m, Voso: m, Today: func() string { return string(today) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sb.Close() })
	w.db = storetest.NewWorld(t, url, store.Options{Explain: text.Explain})
	w.world = world{t: t, store: w.db.Store, sandbox: sb}
	h := sb.Postmart()
	if c.market == "voso" {
		h = sb.Voso()
	}
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	w.base = srv.URL
	if err := w.store.EnsureAccount(t.Context(), c.market, srv.URL, "lensan-sandbox", true); err != nil {
		t.Fatal(err)
	}
	// It stores a second product of a SKU and knows no keys: what is sent twice
	// shows.
	if _, err := sb.SetFault(sandbox.Fault{Market: c.market, Op: createOp[c.market], Kind: sandbox.NoUnique}); err != nil {
		t.Fatal(err)
	}
	return w
}

// child runs crashrun, to be killed at point unless that is empty.
func (w *crashWorld) child(point string) error {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 40*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, w.bin, "-db", w.url, "-"+w.c.market, w.base, "-today", w.day, "-lag", crashLag.String(), "-lease", "400ms", "-limit", "30s")
	cmd.Env = append(os.Environ(), "LENSAN_TEST_CRASH="+point)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signaled() && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL && ctx.Err() == nil {
		return errKilled
	}
	if err != nil {
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(stderr.String()))
	}
	return nil
}

var errKilled = errors.New("killed")

func (w *crashWorld) request(skus ...string) { w.t.Helper(); w.requestOf(catalog.RunSync, skus) }

func (w *crashWorld) requestOf(kind catalog.RunKind, skus []string) {
	w.t.Helper()
	_, _, err := w.store.RequestRun(w.t.Context(), store.RunRequest{Kind: kind, Scope: catalog.Scope{SKUs: skus}, Policy: catalog.PolicySync, Trigger: catalog.TriggerCommand, By: "test"})
	if err != nil {
		w.t.Fatal(err)
	}
}

// through carries a run out without a crash.
func (w *crashWorld) through(skus ...string) {
	w.t.Helper()
	w.request(skus...)
	if err := w.child(""); err != nil {
		w.t.Fatal(err)
	}
}

// prepare brings the world to where the run that is killed begins.
func (w *crashWorld) prepare() {
	w.t.Helper()
	w.importFiles(files(w.all), pictures(nil))
	switch w.c.op {
	case "update_content":
		w.through()
		for i := range w.all {
			w.all[i].description += " Bảo quản nơi khô ráo, thoáng mát."
		}
		w.importFiles(files(w.all), pictures(nil))
	case "update_offer":
		w.through()
		w.all = repriced(w.all, 3)
		w.importFiles(files(w.all), pictures(nil))
	case "close":
		w.through()
		w.day, w.wantState = "2031-01-01", map[string]string{"postmart": "closed", "voso": "HIDDEN"}[w.c.market]
	case "reopen":
		w.through()
		w.day = "2031-01-01"
		w.through()
		w.day = string(today)
	case "adopt":
		w.through(w.all[0].sku)
		shops, err := w.sandbox.Shops(w.c.market)
		if err != nil || len(shops) != 1 {
			w.t.Fatal(len(shops), err)
		}
		for i, g := range w.all[1:] { // by hand, and nobody knows of them yet
			if _, err := w.sandbox.AddByHand(w.c.market, sandbox.HandMade{Shop: shops[0].ID, Name: g.sale, Price: 51000 + 1000*int64(i), Stock: 40}); err != nil {
				w.t.Fatal(err)
			}
		}
		<-time.After(2 * crashLag) // until the lists show them: what a list can't show yet can't be adopted
		w.requestOf(catalog.RunReconcile, nil)
		return
	}
	w.request()
}

func (w *crashWorld) killAndRestart() {
	w.t.Helper()
	if err := w.child(w.c.op + "/" + w.c.point + ":1"); !errors.Is(err, errKilled) {
		w.t.Fatalf("the process was not killed at %s/%s: %v", w.c.op, w.c.point, err)
	}
	if err := w.child(""); err != nil {
		w.t.Fatalf("after the restart: %v", err)
	}
}

func (w *crashWorld) check() {
	w.t.Helper()
	m := w.c.market
	counts, err := w.sandbox.Counts(m)
	if err != nil || counts[w.wantState] != crashGoods || sum(counts) != crashGoods {
		w.t.Errorf("%s holds %v, want %d %s (%v)", m, counts, crashGoods, w.wantState, err)
	}
	if led := w.ledger(m); len(led.Doubles) > 0 || len(led.Unsettled) > 0 {
		w.t.Errorf("doubles %v, unsettled %v", led.Doubles, led.Unsettled)
	}
	for _, q := range []string{
		"SELECT COUNT(*) FROM intents WHERE state IN ('open', 'checking')",
		"SELECT COUNT(*) FROM items WHERE state IN ('waiting', 'batched', 'failed')",
		"SELECT COUNT(*) FROM runs WHERE finished_at = 0",
		"SELECT COUNT(*) FROM listings WHERE remote_id = ''",
		"SELECT COUNT(*) FROM decisions WHERE state = 'open'",
	} {
		if n := w.db.Int(w.t, q); n != 0 {
			w.t.Errorf("%s = %d, want 0", q, n)
		}
	}
	for _, g := range w.all {
		p := w.only(m, g.sku)
		if itoa(p.Price) != g.price || !strings.Contains(string(p.Wire), lastWords(g.description)) {
			w.t.Errorf("%s: price %d, %s, want %s and the description of the register", g.sku, p.Price, p.Wire, g.price)
		}
	}
	shops, err := w.sandbox.Shops(m)
	if err != nil || len(shops) != 1 {
		w.t.Errorf("%d shops, want 1 (%v)", len(shops), err)
	}
}

func lastWords(s string) string {
	words := strings.Fields(s)
	return strings.Join(words[len(words)-3:], " ")
}
