package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
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
)

// today is the day of every storm; lag is how far lists are behind and how late
// a write may come, both of the sandbox and as the program is told. What is
// shorter than a contract's ten or thirty seconds lets two minutes hold much.
const (
	today = catalog.Day("2026-11-24")
	lag   = 500 * time.Millisecond
	told  = 800 * time.Millisecond // as the program is told: clocks are read at other moments
	rate  = 100                    // requests a second
)

var markets = []string{sandbox.Postmart, sandbox.Voso}

// world is everything that one storm needs.
type world struct {
	opt     options
	dir     string
	servers *servers // nil: embedded
	sandbox *sandbox.Sandbox
	addrs   sandbox.Addrs
	url     string // of the database
	store   *store.Store
	lanes   map[string]adapters.Adapter // never called: they judge offers
	fleet   *fleet
	figures *figures

	register *book
	mu       sync.Mutex
	stocks   map[string]int64 // market/id -> as people left it
	strange  map[string]sandbox.ProductView
	kept     map[string]bool // market/SKU/field -> an operator let theirs stand
}

func newWorld(ctx context.Context, o options) (w *world, err error) {
	w = &world{opt: o, figures: newFigures(o), stocks: map[string]int64{}, strange: map[string]sandbox.ProductView{}, kept: map[string]bool{}}
	if w.dir, err = os.MkdirTemp("", "lensan-soak-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			w.close(true)
		}
	}()
	if err := os.Chmod(w.dir, 0o755); err != nil { // PostgreSQL runs as another user
		return nil, err
	}
	bin := filepath.Join(w.dir, "lensan")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", bin, "./cmd/lensan").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build: %w\n%s", err, out)
	}
	w.url = "sqlite:" + filepath.Join(w.dir, "lensan.db")
	queue, n, args := "embedded", 1, []string{"up"}
	if o.size == "full" {
		if w.servers, err = startServers(ctx, filepath.Join(w.dir, "servers")); err != nil {
			return nil, err
		}
		w.url, queue, n, args = w.servers.postgres, w.servers.redis, o.workers, []string{"worker"}
	}
	if err := w.openSandbox(ctx); err != nil {
		return nil, err
	}
	env, err := w.environment(ctx, queue)
	if err != nil {
		return nil, err
	}
	w.fleet = newFleet(bin, w.dir, env, n, args...)
	if out, exit, err := w.fleet.run(ctx, "migrate"); err != nil || exit != 0 {
		return nil, fmt.Errorf("migrate: exit %d %w\n%s", exit, err, out)
	}
	if w.store, err = store.Open(ctx, w.url, store.Options{Explain: text.Explain}); err != nil {
		return nil, err
	}
	return w, w.openLanes()
}

func (w *world) openSandbox(ctx context.Context) (err error) {
	m := sandbox.Market{Rate: rate, ReviewDelay: 200 * time.Millisecond, ReviewSpread: time.Second, RejectShare: 0.03, Lag: lag / 2, LateWrite: lag,
		ShopVerifyDelay: 300 * time.Millisecond}
	w.sandbox, err = sandbox.Open(sandbox.Options{Path: filepath.Join(w.dir, "sandbox.journal"), Seed: w.opt.seed, Postmart: m, Voso: m,
		Today: func() string { return string(today) }})
	if err != nil {
		return err
	}
	w.addrs, err = w.sandbox.Start(ctx, sandbox.Addrs{Postmart: "127.0.0.1:0", Voso: "127.0.0.1:0", Control: "-"})
	return err
}

// environment is how the program is set up: every wait short, nothing fixed
// that a province would not also set.
func (w *world) environment(ctx context.Context, queue string) ([]string, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer l.Close()
	env := []string{"LENSAN_DATA_DIR=" + filepath.Join(w.dir, "data"), "LENSAN_DATABASE_URL=" + w.url, "LENSAN_REDIS_URL=" + queue,
		"LENSAN_LISTEN=" + l.Addr().String(), "LENSAN_LANG=en", "LENSAN_NOW=" + string(today), "LENSAN_NIGHTLY=off", "LENSAN_LOG_LEVEL=info", "LENSAN_LOG_FORMAT=text",
		"LENSAN_POSTMART_CLIENT_ID=" + sandbox.DefaultClientID, "LENSAN_POSTMART_CLIENT_SECRET=" + sandbox.DefaultClientSecret,
		"LENSAN_VOSO_USERNAME=" + sandbox.DefaultUsername, "LENSAN_VOSO_PASSWORD=" + sandbox.DefaultPassword,
		"LENSAN_TIMING_LEASE=4s", "LENSAN_TIMING_SWEEP=1s", "LENSAN_TIMING_GATHER=500ms", "LENSAN_TIMING_REVIEW_FIRST=300ms",
		"LENSAN_TIMING_REQUEST=3s", "LENSAN_TIMING_PAUSE=200ms", "LENSAN_TIMING_RETRY=500ms"}
	for name, addr := range map[string]string{"POSTMART": w.addrs.Postmart, "VOSO": w.addrs.Voso} {
		env = append(env, "LENSAN_"+name+"_URL=http://"+addr, fmt.Sprintf("LENSAN_%s_RATE=%d", name, rate),
			"LENSAN_"+name+"_READ_LAG="+told.String(), "LENSAN_"+name+"_LATE_WRITE="+told.String())
	}
	for _, name := range []string{"PATH", "HOME", "TMPDIR"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env, nil
}

// openLanes makes adapters for this process, which sends nothing.
func (w *world) openLanes() error {
	o := rest.Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), ReadOnly: true}
	p, err := postmart.New(postmart.Config{BaseURL: "http://" + w.addrs.Postmart, ClientID: sandbox.DefaultClientID, ClientSecret: sandbox.DefaultClientSecret,
		Rate: rate, ReadLag: told, LateWrite: told, Options: o})
	if err != nil {
		return err
	}
	v, err := voso.New(voso.Config{BaseURL: "http://" + w.addrs.Voso, Username: sandbox.DefaultUsername, Password: sandbox.DefaultPassword,
		Rate: rate, ReadLag: told, LateWrite: told, Options: o})
	if err != nil {
		return err
	}
	w.lanes = map[string]adapters.Adapter{sandbox.Postmart: p, sandbox.Voso: v}
	return nil
}

// calm loads the sample register and starts the program; the storm meets it
// while it lists everything for the first time.
func (w *world) calm(ctx context.Context) error {
	imp, err := w.store.BeginImport(ctx, store.ImportOptions{By: "soak"})
	if err != nil {
		return err
	}
	defer imp.Close() //nolint:errcheck // only removes what was staged
	if err := register.Load(ctx, sample.Files(), sample.Pictures(), imp); err != nil {
		return err
	}
	if _, err := imp.Apply(ctx); err != nil {
		return err
	}
	if err := os.CopyFS(w.pictures(), sample.Pictures().FS); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if w.register, err = readBook(ctx, w.store, w.rng("register")); err != nil {
		return err
	}
	return w.fleet.start()
}

func (w *world) pictures() string { return filepath.Join(w.dir, "pictures") }

// strangers makes products that are not ours, in the first shops of our
// producers; nobody may ever touch them.
func (w *world) strangers(ctx context.Context) error {
	const each = 6
	for _, m := range markets {
		var shops []sandbox.ShopView
		for len(shops) < each {
			if !sleep(ctx, 100*time.Millisecond) {
				return nil
			}
			var err error
			if shops, err = w.sandbox.Shops(m); err != nil {
				return err
			}
		}
		for i := range each {
			h := sandbox.HandMade{Shop: shops[i].ID, Name: fmt.Sprintf("Hàng gửi bán hộ %d", i+1), Price: 40_000, Stock: 5}
			if i%2 == 0 {
				h.SKU = fmt.Sprintf("%s%d", strangePrefix, i+1)
			}
			id, err := w.sandbox.AddByHand(m, h)
			if err != nil {
				return err
			}
			v, err := w.sandbox.Product(m, id)
			if err != nil {
				return err
			}
			w.mu.Lock()
			w.strange[m+"/"+id] = v
			w.mu.Unlock()
		}
	}
	return nil
}

// strangePrefix begins the SKUs that are not ours.
const strangePrefix = "gui-ban-"

// rng is the source of one stream of choices; streams do not disturb each
// other, so that a seed repeats each of them.
func (w *world) rng(stream string) *rand.Rand {
	var sum uint64
	for _, b := range []byte(stream) {
		sum = sum*131 + uint64(b)
	}
	return rand.New(rand.NewPCG(w.opt.seed, sum))
}

func (w *world) close(keep bool) {
	if w.fleet != nil {
		w.fleet.stop()
	}
	if w.store != nil {
		w.store.Close() //nolint:errcheck // only read from
	}
	if w.sandbox != nil {
		w.sandbox.Close() //nolint:errcheck // its figures are taken
	}
	if w.servers != nil {
		w.servers.stop()
	}
	if keep {
		fmt.Fprintln(os.Stderr, "soak: logs and data are kept in", w.dir)
	} else if err := os.RemoveAll(w.dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}
