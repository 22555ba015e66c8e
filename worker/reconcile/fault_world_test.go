package reconcile_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"lensan/adapters"
	"lensan/adapters/postmart"
	"lensan/adapters/rest"
	"lensan/adapters/sandbox"
	"lensan/adapters/voso"
	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/register"
	"lensan/store/storetest"
	"lensan/worker/reconcile"
)

// lab is a world for faults: a store, a sandbox over real HTTP and a Runner,
// all on one clock that jumps ahead when nothing is due, so that lags and
// delays of the contracts' own size cost no time.
type lab struct {
	world
	db      *storetest.World
	clock   *clock
	today   atomic.Value // catalog.Day
	hooks   hooks
	logged  *lockedBuffer
	opt     labOptions
	mutated bool                       // its Runner is broken on purpose
	tokens  map[string]adapters.Tokens // shared by all who sign in, as processes share them
}

type labOptions struct {
	postmart, voso sandbox.Market
	limits         func(*reconcile.Options)
	only           string // one marketplace
}

// The contracts' own bounds on how far lists lag and how late a write may come.
var contract = map[string]struct{ lag, late time.Duration }{
	"postmart": {10 * time.Second, 10 * time.Second},
	"voso":     {30 * time.Second, 30 * time.Second},
}

// clock runs as the true one does, and jumps.
type clock struct{ ahead atomic.Int64 }

func (c *clock) Now() time.Time       { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clock) jump(d time.Duration) { c.ahead.Add(int64(d)) }

// hooks are called in the server, before a call reaches the sandbox and after
// the sandbox has answered but before the answer leaves.
type hooks struct {
	mu            sync.Mutex
	before, after func(m string, r *http.Request)
}

func (h *hooks) set(before, after func(m string, r *http.Request)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.before, h.after = before, after
}

func (h *hooks) serve(m string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		before, after := h.before, h.after
		h.mu.Unlock()
		if before != nil {
			before(m, r)
		}
		if after != nil {
			defer after(m, r)
		}
		next.ServeHTTP(w, r)
	})
}

// sized is the size of a test: whole where the crash matrix is too, and small
// under the race detector, which slows SQLite in Go some twentyfold.
func sized(whole, daily int) int {
	switch {
	case *crashAll:
		return whole
	case raceOn:
		return max(daily/5, 12)
	}
	return daily
}

// isCreate tells whether a request makes products.
func isCreate(r *http.Request) bool {
	return r.Method == http.MethodPost && (r.URL.Path == "/v1/products" || r.URL.Path == "/api/v2/product/save-batch")
}

// lockedBuffer is a log that goroutines share.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// eachLab runs a test on every engine, each time in a lab of its own.
func eachLab(t *testing.T, opt labOptions, test func(t *testing.T, l *lab)) {
	t.Helper()
	t.Parallel()
	for engine, url := range storetest.URLs(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			test(t, newLab(t, url(t), opt))
		})
	}
}

func newLab(t *testing.T, url string, opt labOptions) *lab {
	t.Helper()
	l := &lab{clock: &clock{}, logged: &lockedBuffer{}, opt: opt}
	l.tokens = map[string]adapters.Tokens{"postmart": rest.NewLocalTokens(l.clock.Now), "voso": rest.NewLocalTokens(l.clock.Now)}
	l.today.Store(today)
	l.db = storetest.NewWorld(t, url, store.Options{Explain: text.Explain, Now: l.clock.Now})
	for m, at := range map[string]*sandbox.Market{"postmart": &opt.postmart, "voso": &opt.voso} {
		if at.Lag == 0 {
			at.Lag = contract[m].lag
		}
		at.LateWrite = contract[m].late
	}
	sb, err := sandbox.Open(sandbox.Options{Postmart: opt.postmart, Voso: opt.voso, Now: l.clock.Now, Today: func() string { return string(l.day()) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sb.Close() })
	l.world = world{t: t, store: l.db.Store, sandbox: sb, adapters: map[string]adapters.Adapter{}}
	l.log = slog.New(slog.NewTextHandler(l.logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	l.connect()
	l.runner = l.newRunner()
	t.Cleanup(l.figures)
	return l
}

// figures logs what the lab's marketplaces counted, for docs/reliability-faults.md.
func (l *lab) figures() {
	for m := range l.adapters {
		led, err := l.sandbox.Ledger(m)
		if err != nil {
			l.t.Error(err)
			continue
		}
		for kind, n := range led.Faults {
			l.t.Logf("figure fault %s %d", kind, n)
		}
		if !l.mutated {
			l.t.Logf("figure doubles - %d", len(led.Doubles))
			l.t.Logf("figure early-creates - %d", len(led.Unsettled))
		}
		l.t.Logf("figure creates - %d", len(led.Made))
	}
}

// resetLedgers starts counting anew, with what was counted told.
func (l *lab) resetLedgers() {
	l.t.Helper()
	l.figures()
	l.world.resetLedgers()
}

func (l *lab) day() catalog.Day { return l.today.Load().(catalog.Day) }

// connect makes the adapters anew, as a process that starts would.
func (l *lab) connect() {
	l.t.Helper()
	opt := rest.Options{Log: l.log, Timeout: 5 * time.Second, MaxConns: 8}
	for m, h := range map[string]http.Handler{"postmart": l.sandbox.Postmart(), "voso": l.sandbox.Voso()} {
		if l.opt.only != "" && l.opt.only != m {
			continue
		}
		srv := httptest.NewUnstartedServer(l.hooks.serve(m, h))
		srv.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
		srv.Start()
		l.t.Cleanup(srv.Close)
		var a adapters.Adapter
		var err error
		c := contract[m]
		opt.Tokens, opt.Now = l.tokens[m], l.clock.Now
		if m == "postmart" {
			a, err = postmart.New(postmart.Config{BaseURL: srv.URL, ClientID: sandbox.DefaultClientID, ClientSecret: sandbox.DefaultClientSecret, Rate: 10000, ReadLag: c.lag, LateWrite: c.late, Options: opt})
		} else {
			a, err = voso.New(voso.Config{BaseURL: srv.URL, Username: sandbox.DefaultUsername, Password: sandbox.DefaultPassword, Rate: 10000, ReadLag: c.lag, LateWrite: c.late, Options: opt})
		}
		if err != nil {
			l.t.Fatal(err)
		}
		l.adapters[m] = a
		if err := l.store.EnsureAccount(l.t.Context(), m, srv.URL, "lensan-sandbox", true); err != nil && !errors.Is(err, store.ErrOtherAccount) {
			l.t.Fatal(err)
		}
	}
}

func (l *lab) newRunner() *reconcile.Runner {
	o := reconcile.Options{Store: l.store, Adapters: l.adapters, Today: l.day, Now: l.clock.Now, Log: l.log, ReviewPoll: time.Second}
	if l.opt.limits != nil {
		l.opt.limits(&o)
	}
	return reconcile.New(o)
}

// fault sets a fault on each marketplace that f.Market does not narrow.
func (l *lab) fault(f sandbox.Fault) {
	l.t.Helper()
	for m := range l.adapters {
		if f.Market != "" && f.Market != m {
			continue
		}
		g := f
		g.Market = m
		if _, err := l.sandbox.SetFault(g); err != nil {
			l.t.Fatal(err)
		}
	}
}

// createOp is each marketplace's own operation that makes products.
var createOp = map[string]string{"postmart": "createProduct", "voso": "saveProducts"}

// faultOnCreate sets a fault on the operation that makes products.
func (l *lab) faultOnCreate(f sandbox.Fault) {
	l.t.Helper()
	for m := range l.adapters {
		f.Market, f.Op = m, createOp[m]
		l.fault(f)
	}
}

func (l *lab) noUnique() { l.faultOnCreate(sandbox.Fault{Kind: sandbox.NoUnique}) }

func (l *lab) clearFaults() {
	l.t.Helper()
	for m := range l.adapters {
		if err := l.sandbox.ClearFaults(m); err != nil {
			l.t.Fatal(err)
		}
	}
}

// ask asks for a run.
func (l *lab) ask(q store.RunRequest) catalog.Run {
	l.t.Helper()
	if q.Kind == "" {
		q.Kind = catalog.RunSync
	}
	if q.Policy == "" {
		q.Policy = catalog.PolicySync
	}
	q.Trigger, q.By = catalog.TriggerCommand, "test"
	run, _, err := l.store.RequestRun(l.t.Context(), q)
	if err != nil {
		l.t.Fatal(err)
	}
	return run
}

// sync asks for a run and carries it to its end.
func (l *lab) sync(q store.RunRequest) catalog.Run {
	l.t.Helper()
	return l.finish(l.ask(q))
}

func (l *lab) reconcile() catalog.Run {
	l.t.Helper()
	return l.sync(store.RunRequest{Kind: catalog.RunReconcile})
}

// finish carries all open runs to their end.
func (l *lab) finish(run catalog.Run) catalog.Run {
	l.t.Helper()
	l.drive(1, func() bool { return !l.run(run.ID).FinishedAt.IsZero() })
	return l.run(run.ID)
}

func (l *lab) run(id string) catalog.Run {
	l.t.Helper()
	run, err := l.store.GetRun(l.t.Context(), id)
	if err != nil {
		l.t.Fatal(err)
	}
	return run
}

// settle goes on until no listing waits for a look.
func (l *lab) settle() {
	l.t.Helper()
	l.drive(1, func() bool {
		return l.db.Int(l.t, "SELECT COUNT(*) FROM listings WHERE look_at > 0") == 0 && l.openItems() == 0
	})
}

func (l *lab) openItems() int {
	return l.db.Int(l.t, "SELECT COUNT(*) FROM items WHERE state IN ('waiting', 'batched')")
}

// step plans what is to be planned and carries out what is due, with so many
// workers at once. It tells whether it did anything.
func (l *lab) step(workers int) bool {
	l.t.Helper()
	ctx := l.t.Context()
	worked := false
	run, ok, err := l.store.ClaimRunToPlan(ctx, "test", time.Hour)
	if err != nil {
		l.t.Fatal(err)
	}
	if ok {
		worked = true
		if err := l.runner.PlanRun(ctx, run); err != nil {
			fmt.Fprintln(l.logged, "plan:", err)
			if err := l.store.ReleaseRun(ctx, run.ID, "test", l.clock.Now().Add(5*time.Second)); err != nil {
				l.t.Fatal(err)
			}
		}
	}
	batches := l.form()
	queue := make(chan catalog.Batch, len(batches))
	for _, b := range batches {
		queue <- b
	}
	close(queue)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for b := range queue {
				l.carryOut(ctx, l.runner, b)
			}
		})
	}
	wg.Wait()
	if _, err := l.store.FinishRuns(ctx); err != nil {
		l.t.Fatal(err)
	}
	return worked || len(batches) > 0
}

// form forms all batches that are due.
func (l *lab) form() []catalog.Batch {
	l.t.Helper()
	ctx := l.t.Context()
	if _, err := l.store.WakeLooks(ctx, l.clock.Now(), 5000); err != nil {
		l.t.Fatal(err)
	}
	if _, err := l.store.ExpiredBatches(ctx, time.Minute); err != nil {
		l.t.Fatal(err)
	}
	var out []catalog.Batch
	for _, m := range slices.Sorted(maps.Keys(l.adapters)) {
		for _, q := range []catalog.Queue{catalog.QueueUrgent, catalog.QueueNormal, catalog.QueueReconcile} {
			for _, p := range []catalog.Purpose{catalog.PurposeApply, catalog.PurposeLook} {
				batches, err := l.store.FormBatches(ctx, store.BatchForm{Marketplace: m, Queue: q, Purpose: p, Size: 50, Window: 100, Lease: time.Minute})
				if err != nil {
					l.t.Fatal(err)
				}
				out = append(out, batches...)
			}
		}
	}
	queued, err := l.store.QueuedBatches(ctx, slices.Collect(maps.Keys(l.adapters)), l.clock.Now().Add(time.Hour))
	if err != nil {
		l.t.Fatal(err)
	}
	for _, b := range queued {
		if !slices.ContainsFunc(out, func(o catalog.Batch) bool { return o.ID == b.ID }) {
			out = append(out, b)
		}
	}
	return out
}

// drive steps until done, jumping ahead to what is due next when nothing is.
// It gives up after two virtual weeks.
func (l *lab) drive(workers int, done func() bool) {
	l.t.Helper()
	start, began := l.clock.Now(), time.Now()
	for !done() {
		if time.Since(began) > time.Duration(sized(20, 2))*time.Minute {
			l.t.Fatalf("not done, and still busy:\n%s", tail(l.logged.String()))
		}
		if l.step(workers) {
			continue
		}
		if done() {
			return
		}
		if l.clock.Now().Sub(start) > 14*24*time.Hour {
			l.t.Fatalf("not done after two weeks:\n%s", tail(l.logged.String()))
		}
		l.jumpToDue()
	}
}

func (l *lab) jumpToDue() {
	l.t.Helper()
	const next = `SELECT COALESCE(MIN(at), 0) FROM (
SELECT due_at AS at FROM items WHERE state = 'waiting'
UNION ALL SELECT look_at FROM listings WHERE look_at > 0
UNION ALL SELECT lease_until FROM runs WHERE finished_at = 0 AND phase = 'planning'
UNION ALL SELECT lease_until FROM batches WHERE state = 'running'
UNION ALL SELECT paused_until FROM accounts WHERE paused_until > 0) AS x`
	at := l.db.Int(l.t, next)
	if at == 0 {
		l.t.Fatalf("nothing is due, and it is not done:\n%s", tail(l.logged.String()))
	}
	wait := time.UnixMilli(int64(at)).Sub(l.clock.Now())
	l.clock.jump(max(wait, 0) + 2*time.Millisecond)
}

func tail(log string) string {
	lines := strings.Split(log, "\n")
	return strings.Join(lines[max(0, len(lines)-60):], "\n")
}

func (l *lab) carryOut(ctx context.Context, r *reconcile.Runner, b catalog.Batch) {
	b, ok, err := l.store.StartBatch(ctx, b.ID, b.Generation, "test", time.Hour)
	if err != nil {
		l.t.Errorf("start batch: %v", err)
		return
	}
	if !ok {
		return
	}
	items, err := l.store.ItemsOfBatch(ctx, b.ID)
	if err != nil {
		l.t.Errorf("items: %v", err)
		return
	}
	due := time.Time{}
	if err := r.Work(store.InBatch(ctx, b), b, items, func() bool { return false }); err != nil {
		fmt.Fprintln(l.logged, "work on", b.Marketplace, err)
		due = l.clock.Now().Add(time.Second)
		if adapters.KindOf(err) != adapters.KindUnknown {
			due = l.clock.Now().Add(20 * time.Second) // as a paused lane would
		}
	}
	if err := l.store.FinishBatch(ctx, b, "test", due); err != nil {
		l.t.Errorf("finish batch: %v", err)
	}
}

// good is one product with one SKU, complete for both marketplaces.
type good struct {
	code, name, producer, tax, phone, set, stars, decided, until, note string
	sku, old, sale, unit, price, stock, weight, description, images    string
}

// goods makes n of them, of a producer for each five.
func goods(n int) []good {
	out := make([]good, n)
	for i := range out {
		p := i/5 + 1
		decided := time.Date(2026, 7, 8, 0, 0, 0, 0, time.UTC).AddDate(0, 0, -(i % 500)) // no two end together
		out[i] = good{
			code: fmt.Sprintf("40-430-16792-%d-2026", i+1), name: fmt.Sprintf("Nước mắm cá cơm số %d", i+1),
			producer: fmt.Sprintf("HTX nước mắm Vạn Phần %d", p), tax: fmt.Sprintf("29%08d", p), phone: fmt.Sprintf("09%08d", 12345000+p),
			set: "04", stars: "3", decided: decided.Format("02/01/2006"), until: decided.AddDate(3, 0, 0).Format("02/01/2006"), note: "",
			sku: fmt.Sprintf("NM%05d", i+1), sale: fmt.Sprintf("Nước mắm cá cơm truyền thống số %d", i+1), unit: "chai 500 ml",
			price: fmt.Sprint(50000 + 1000*(i%50)), stock: "40", weight: "700",
			description: "Nước mắm ủ chượp truyền thống mười hai tháng từ cá cơm và muối biển, đóng chai thủy tinh, dùng để chấm và nêm.",
			images:      "chung.jpg",
		}
	}
	return out
}

// files are the goods as the two files of a register.
func files(goods []good) []register.File {
	var products, skus bytes.Buffer
	p, k := csv.NewWriter(&products), csv.NewWriter(&skus)
	p.Write([]string{"Mã sản phẩm OCOP", "Tên sản phẩm", "Chủ thể", "Mã số thuế", "Điện thoại", "Địa chỉ", "Xã/phường", "Mã xã", "Huyện", "Bộ sản phẩm", "Hạng sao", "Quyết định số", "Ngày quyết định", "Cơ quan ban hành", "Có giá trị đến", "Ghi chú"})
	k.Write([]string{"Mã hàng (SKU)", "Mã hàng cũ", "Mã sản phẩm OCOP", "Tên bán trên sàn", "Quy cách", "Giá bán (đồng)", "Tồn kho", "Khối lượng (g)", "Mô tả", "Ảnh"})
	for _, g := range goods {
		p.Write([]string{g.code, g.name, g.producer, g.tax, g.phone, "Xóm 6, Xã Châu Tiến", "Xã Châu Tiến", "16792", "Quỳ Châu", g.set, g.stars, "3445/QĐ-UBND", g.decided, "UBND tỉnh Nghệ An", g.until, g.note})
		if g.sku != "" {
			k.Write([]string{g.sku, g.old, g.code, g.sale, g.unit, g.price, g.stock, g.weight, g.description, g.images})
		}
	}
	p.Flush()
	k.Flush()
	return []register.File{register.FromBytes("so.csv", products.Bytes()), register.FromBytes("hang.csv", skus.Bytes())}
}

// picture is a JPEG of one colour, as large as both marketplaces ask for.
func picture(tone uint8) []byte {
	img := image.NewGray(image.Rect(0, 0, 800, 800))
	for i := range img.Pix {
		img.Pix[i] = tone
	}
	img.SetGray(1, 1, color.Gray{Y: tone + 90})
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		panic(err)
	}
	return b.Bytes()
}

var common = sync.OnceValue(func() []byte { return picture(128) })

func pictures(extra map[string][]byte) register.Pictures {
	folder := fstest.MapFS{"chung.jpg": {Data: common()}}
	for name, b := range extra {
		folder[name] = &fstest.MapFile{Data: b}
	}
	return register.Pictures{FS: folder}
}

// importGoods imports goods with the common picture.
func (l *lab) importGoods(goods []good) store.ImportReport {
	l.t.Helper()
	return l.importFiles(files(goods), pictures(nil))
}

// listed imports goods, lists them and waits until they are on sale.
func (l *lab) listed(goods []good) {
	l.t.Helper()
	if r := l.importGoods(goods); r.State != store.ImportApplied {
		l.t.Fatalf("import: %s %v", r.State, r.Held)
	}
	l.sync(store.RunRequest{})
	l.settle()
	l.wantOnce(len(goods))
	l.resetLedgers()
}

// wantOnce: so many SKUs are on sale on each marketplace, each once, none was
// ever closed, nothing waits for a person, and SQL says so too.
func (l *lab) wantOnce(n int) {
	l.t.Helper()
	for m := range l.adapters {
		counts, err := l.sandbox.Counts(m)
		if err != nil {
			l.t.Fatal(err)
		}
		if counts[onSale[m]] != n || len(counts) > 1 && n > 0 && sum(counts) != n {
			l.t.Errorf("%s holds %v, want %d on sale and nothing else", m, counts, n)
		}
		led := l.ledger(m)
		if len(led.Doubles) > 0 {
			l.t.Errorf("%s: doubles %v", m, led.Doubles)
		}
		if len(led.Unsettled) > 0 {
			l.t.Errorf("%s: %d creates sent while one was unsettled", m, len(led.Unsettled))
		}
		if got := l.db.Int(l.t, "SELECT COUNT(*) FROM listings WHERE marketplace = ? AND sync_state = 'applied' AND market_state = 'live' AND remote_id <> ''", m); got != n {
			l.t.Errorf("%s: SQL shows %d applied and live, want %d: %v", m, got, n, l.states(m))
		}
		if open := l.db.Int(l.t, "SELECT COUNT(*) FROM intents WHERE marketplace = ? AND state IN ('open', 'checking')", m); open > 0 {
			l.t.Errorf("%s: %d intents are open", m, open)
		}
	}
	if d := l.decisions(); len(d) > 0 {
		l.t.Errorf("%d decisions wait for a person: %+v", len(d), d[0])
	}
}

func sum(counts map[string]int) int {
	n := 0
	for _, c := range counts {
		n += c
	}
	return n
}

func (l *lab) decisions() []catalog.Decision {
	l.t.Helper()
	d, err := l.store.Decisions(l.t.Context(), store.DecisionFilter{State: "open", Limit: 5000})
	if err != nil {
		l.t.Fatal(err)
	}
	return d
}

// listing is a SKU's row.
func (l *lab) listing(m, sku string) catalog.Listing {
	l.t.Helper()
	rows, err := l.store.Listings(l.t.Context(), []string{m}, []string{sku})
	if err != nil || len(rows) != 1 {
		l.t.Fatalf("%s %s: %d rows, %v", m, sku, len(rows), err)
	}
	return rows[0]
}

// states counts the rows of a marketplace by state and first reason.
func (l *lab) states(m string) map[string]int {
	l.t.Helper()
	out := map[string]int{}
	var skus []string
	for i := range 2000 {
		skus = append(skus, fmt.Sprintf("NM%05d", i+1))
	}
	rows, err := l.store.Listings(l.t.Context(), []string{m}, skus)
	if err != nil {
		l.t.Fatal(err)
	}
	for _, r := range rows {
		key := string(r.SyncState) + " " + r.MarketState
		if len(r.Reasons) > 0 {
			key += " " + r.Reasons[0].Code
		}
		out[key]++
	}
	return out
}

// wantReason: a SKU stands in a state for a reason.
func (l *lab) wantReason(m, sku string, state catalog.SyncState, reason string) {
	l.t.Helper()
	row := l.listing(m, sku)
	got := ""
	if len(row.Reasons) > 0 {
		got = row.Reasons[0].Code
	}
	if row.SyncState != state || got != reason {
		l.t.Errorf("%s %s: %s %q, want %s %q", m, sku, row.SyncState, got, state, reason)
	}
}

// calls is how often an operation was called on a marketplace.
func (l *lab) calls(m, op string) int { return l.ledger(m).Calls[op] }

// loadInto reads files into an import without pictures.
func loadInto(t *testing.T, im *store.Import, files []register.File) error {
	t.Helper()
	return register.Load(t.Context(), files, register.Pictures{}, im)
}
