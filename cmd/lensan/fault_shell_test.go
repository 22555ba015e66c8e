package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lensan/adapters/sandbox"
	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/storetest"
	"lensan/worker"
)

// shell is the program as people call it, command by command, on one of the
// two sizes, with both marketplaces over real HTTP.
type shell struct {
	t       *testing.T
	options []string
	db      *storetest.World
	sandbox *sandbox.Sandbox
	folder  string
	writing atomic.Bool // false: a call that may change anything fails the test
	refused atomic.Int64
	reads   atomic.Int64
}

// eachShell runs a test on SQLite with the embedded queue and on PostgreSQL
// with a Redis of its own, where a worker is at work beside the commands.
func eachShell(t *testing.T, test func(t *testing.T, sh *shell)) {
	t.Helper()
	t.Parallel()
	urls := storetest.URLs(t)
	t.Run("sqlite and embedded", func(t *testing.T) {
		t.Parallel()
		test(t, newShell(t, urls["sqlite"](t), worker.QueueURLEmbedded))
	})
	if urls["postgres"] == nil {
		return
	}
	t.Run("postgres and redis", func(t *testing.T) {
		t.Parallel()
		sh := newShell(t, urls["postgres"](t), ownRedis(t))
		sh.startWorker()
		test(t, sh)
	})
}

// readOnly are the calls of the contracts that change nothing; Voso's reads
// are POSTs too.
var readOnly = map[string][]string{
	"postmart": {"POST /oauth/token", "GET /v1/categories", "GET /v1/shops", "GET /v1/products"},
	"voso":     {"POST /api/v2/user/login", "POST /api/v2/category/list", "POST /api/v2/shop/search", "POST /api/v2/product/search", "POST /api/v2/product/get"},
}

func isReadOnly(m string, r *http.Request) bool {
	path := r.URL.Path
	if m == "postmart" && r.Method == http.MethodGet {
		if id, ok := strings.CutPrefix(path, "/v1/products/"); ok && id != "" && !strings.Contains(id, "/") {
			return true
		}
	}
	return slices.Contains(readOnly[m], r.Method+" "+path)
}

func newShell(t *testing.T, database, queue string) *shell {
	t.Helper()
	sh := &shell{t: t, folder: t.TempDir(), db: storetest.NewWorld(t, database, store.Options{Explain: text.Explain})}
	sh.writing.Store(true)
	sb, err := sandbox.Open(sandbox.Options{Seed: 29, Today: func() string { return "2026-11-24" }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sb.Close() })
	sh.sandbox = sb
	options := map[string]string{"database_url": database, "redis_url": queue, "data_dir": t.TempDir(), "now": "2026-11-24", "nightly": "off", "lang": "en", "log_level": "error",
		"timing.gather": "20ms", "timing.review_first": "100ms", "timing.sweep": "500ms",
		"postmart.client_id": sandbox.DefaultClientID, "postmart.client_secret": sandbox.DefaultClientSecret,
		"voso.username": sandbox.DefaultUsername, "voso.password": sandbox.DefaultPassword}
	for m, h := range map[string]http.Handler{"postmart": sb.Postmart(), "voso": sb.Voso()} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case isReadOnly(m, r):
				sh.reads.Add(1)
			case !sh.writing.Load():
				sh.refused.Add(1)
				t.Errorf("%s was sent %s %s, which may change something", m, r.Method, r.URL.Path)
				http.Error(w, "a dry run writes nothing", http.StatusInternalServerError)
				return
			}
			h.ServeHTTP(w, r)
		}))
		t.Cleanup(srv.Close)
		options[m+".url"], options[m+".rate"], options[m+".read_lag"], options[m+".late_write"] = srv.URL, "2000", "20ms", "20ms"
	}
	for k, v := range options {
		sh.options = append(sh.options, "--option", k+"="+v)
	}
	return sh
}

// ownRedis starts a Redis for one test.
func ownRedis(t *testing.T) string {
	t.Helper()
	name, err := exec.LookPath("redis-server")
	if err != nil {
		t.Fatal(err) // PostgreSQL is at hand: `make test` has both
	}
	ports, err := freePorts(1)
	if err != nil {
		t.Fatal(err)
	}
	server := exec.Command(name, "--port", strconv.Itoa(ports[0]), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", t.TempDir(), "--maxmemory-policy", "noeviction")
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Kill() //nolint:errcheck // this one process
		server.Wait()         //nolint:errcheck // it was killed
	})
	url := "redis://127.0.0.1:" + strconv.Itoa(ports[0]) + "/0"
	for until := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) { // asked again, not waited for
		q, err := worker.OpenQueue(t.Context(), url, nil)
		if err == nil {
			q.Close() //nolint:errcheck // it answered
			return url
		}
		if time.Now().After(until) {
			t.Fatal(err)
		}
	}
}

// startWorker has `lensan worker` at work until the test ends.
func (sh *shell) startWorker() {
	ctx, cancel := context.WithCancel(context.Background())
	args := append([]string{"worker"}, sh.options...) // tests add their own for the other commands
	var ended sync.WaitGroup
	ended.Go(func() {
		var said stream
		a := &app{in: strings.NewReader(""), out: &said, err: &said}
		if exit := a.run(ctx, args); exit != ExitDone && exit != ExitInterrupted {
			sh.t.Errorf("worker: exit %d: %s", exit, said.String())
		}
	})
	sh.t.Cleanup(func() { cancel(); ended.Wait() })
}

// stream is what a program's stdout or stderr is: the command, its log and its
// progress write to it side by side.
type stream struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *stream) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *stream) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// run calls the program and gives its exit code and what it said.
func (sh *shell) run(args ...string) (exit Exit, out, talk string) {
	sh.t.Helper()
	var o, e stream
	a := &app{in: strings.NewReader(""), out: &o, err: &e}
	ctx, cancel := context.WithTimeout(sh.t.Context(), 4*time.Minute)
	defer cancel()
	exit = a.run(ctx, append(slices.Clone(args), sh.options...))
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		sh.t.Fatalf("%v did not end: %s", args, tailOf(e.String()))
	}
	return exit, o.String(), e.String()
}

// must calls the program, which is to end with one of these codes.
func (sh *shell) must(args []string, want ...Exit) string {
	sh.t.Helper()
	exit, out, talk := sh.run(args...)
	if !slices.Contains(want, exit) {
		sh.t.Fatalf("lensan %s: exit %d, want %v\n%s\n%s", strings.Join(args, " "), exit, want, tailOf(out), tailOf(talk))
	}
	return out
}

func tailOf(s string) string { return s[max(0, len(s)-1500):] }

// file writes a file for a command to read.
func (sh *shell) file(name, body string) string {
	sh.t.Helper()
	path := filepath.Join(sh.folder, name)
	if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
		sh.t.Fatal(err)
	}
	return path
}

// product is a row of the register and of the sheet by SKU.
type product struct {
	n                                          int
	sku, name, price, stock, note, until, text string
}

func (p product) code() string { return fmt.Sprintf("40-416-16800-%d-2026", p.n) }

// products makes n products of a producer for each four, no two of which end
// on one day.
func products(n int) []product {
	out := make([]product, n)
	for i := range out {
		until := time.Date(2029, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i)
		out[i] = product{n: i + 1, sku: fmt.Sprintf("MO%04d", i+1), name: fmt.Sprintf("Mật ong rừng số %d chai 500 ml", i+1), price: "120.000 đ", stock: "50",
			until: until.Format("02/01/2006"), text: "Mật ong được lấy từ rừng tự nhiên, lọc sạch và đóng chai tại hợp tác xã, không pha đường."}
	}
	return out
}

// register writes products as the two files of a register.
func (sh *shell) register(all []product) []string {
	sh.t.Helper()
	var reg, sale strings.Builder
	reg.WriteString("Mã sản phẩm OCOP;Tên sản phẩm;Chủ thể;Điện thoại;Địa chỉ;Xã/phường (từ 1/7/2025);Mã xã;Bộ sản phẩm;Hạng sao;Quyết định số;Ngày quyết định;Cơ quan ban hành;Có giá trị đến;Ghi chú\n")
	sale.WriteString("Mã hàng (SKU);Mã sản phẩm OCOP;Tên bán trên sàn;Quy cách;Giá bán (đồng);Tồn kho;Khối lượng (g);Mô tả;Ảnh\n")
	for _, p := range all {
		maker := (p.n-1)/4 + 1
		fmt.Fprintf(&reg, "%s;Mật ong rừng số %d;HTX Nông nghiệp số %d;09123456%02d;Xóm 1;Xã Kỳ Sơn;16800;02;3 sao;%d/QĐ-UBND;10/01/2026;UBND tỉnh Nghệ An;%s;%s\n", p.code(), p.n, maker, maker, 100+p.n, p.until, p.note)
		fmt.Fprintf(&sale, "%s;%s;%s;chai 500 ml;%s;%s;700;%s;mau-01.jpg\n", p.sku, p.code(), p.name, p.price, p.stock, p.text)
	}
	return []string{sh.file("so.csv", reg.String()), sh.file("hang.csv", sale.String())}
}

// take imports products.
func (sh *shell) take(all []product, flags ...string) {
	sh.t.Helper()
	sh.must(slices.Concat([]string{"import"}, sh.register(all), []string{"--images", filepath.Join("sample", "anh")}, flags), ExitDone)
}

// onSale are the products that a marketplace sells.
func (sh *shell) onSale(m string) map[string]sandbox.ProductView {
	out := map[string]sandbox.ProductView{}
	for p := range sh.sandbox.Products(m) {
		if p.Live {
			out[p.SKU] = p
		}
	}
	return out
}

// wantOnSale: so many on each marketplace.
func (sh *shell) wantOnSale(n int) {
	sh.t.Helper()
	for _, m := range []string{"postmart", "voso"} {
		if got := len(sh.onSale(m)); got != n {
			sh.t.Errorf("%s sells %d, want %d", m, got, n)
		}
	}
}

// listed imports products and puts them on sale.
func (sh *shell) listed(all []product) {
	sh.t.Helper()
	sh.take(all)
	sh.must([]string{"sync", "--wait"}, ExitDone)
	sh.wantOnSale(len(all))
}

// one is a marketplace's product of a SKU.
func (sh *shell) one(m, sku string) sandbox.ProductView {
	sh.t.Helper()
	found, err := sh.sandbox.BySKU(m, sku)
	if err != nil || len(found) == 0 {
		sh.t.Fatalf("%s: %d of %s (%v)", m, len(found), sku, err)
	}
	return found[0]
}

// failed counts the items of a run's kind of end.
func (sh *shell) itemsIn(state catalog.ItemState) int {
	return sh.db.Int(sh.t, "SELECT COUNT(*) FROM items WHERE state = ?", string(state))
}
