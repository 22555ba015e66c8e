package sandbox

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// again closes the sandbox and opens its file once more.
func (w *world) again(opt Options) {
	w.t.Helper()
	check(w.t, w.sb.Close())
	if opt.Now == nil {
		opt.Now = w.clock.Now
	}
	pm, vs := w.pm, w.vs
	w.open(opt)
	w.pm.head, w.vs.head = pm.head, vs.head // the tokens stay
}

func TestEverythingOutlivesARestart(t *testing.T) {
	t.Parallel()
	opt := Options{Path: filepath.Join(t.TempDir(), "sandbox.jsonl"),
		Postmart: Market{ReviewDelay: time.Minute, ShopVerifyDelay: 30 * time.Second},
		Voso:     Market{ReviewDelay: time.Minute, ShopVerifyDelay: 30 * time.Second}}
	w := setup(t, opt)
	s, v := w.pm.signIn(), w.vs.vsSignIn()
	endedToken := v.head["Token"]
	v.vsSignIn()
	shop, img := s.shop("r1"), s.image()
	vshop, vimg := v.vsShop("r1"), v.vsImage()
	goods := pmGoods(shop, "A-1", img)
	first := s.post("/v1/products", goods, "Idempotency-Key", "k1").want(201)
	vid := v.saved("OK", vsGoods(vshop, "A-1", vimg)).str("data.results.0.productId")
	fault(t, w, Fault{Market: Postmart, Op: "createProduct", Kind: Late, Count: 1})
	fault(t, w, Fault{Market: Voso, Op: "saveProducts", Kind: Late, Count: 1})
	s.post("/v1/products", with(goods, "sku", "A-2"), "Idempotency-Key", "k2")
	v.save(vsGoods(vshop, "A-2", vimg))
	cursor := s.call("GET", "/v1/products?limit=1", nil)
	_ = cursor
	check(t, w.sb.LockLogins(time.Hour))
	var before []string
	for _, on := range []string{Postmart, Voso} {
		for p := range w.sb.Products(on) {
			before = append(before, withoutHost(string(p.Wire)))
		}
	}

	w.again(opt)
	s, v = w.pm, w.vs
	s.call("GET", "/v1/categories", nil).want(200)
	v.rpc("category/list", obj{}).vs("OK")
	var after []string
	for _, on := range []string{Postmart, Voso} {
		for p := range w.sb.Products(on) {
			after = append(after, withoutHost(string(p.Wire)))
		}
	}
	if !slices.Equal(before, after) {
		t.Errorf("before %v\nafter  %v", before, after)
	}
	t.Run("tokens", func(t *testing.T) {
		s.product(first.str("id")).want(200)
		v.vsProduct(vid)
		v.call("POST", "/api/v2/category/list", []byte(`{}`), "Token", endedToken, "Content-Type", jsonType).vs("TOKEN_INVALID")
	})
	t.Run("a locked sign-in", func(t *testing.T) {
		v.rpc("user/login", obj{"username": DefaultUsername, "password": DefaultPassword}).vs("LOGIN_LOCKED")
	})
	t.Run("idempotency keys and their answers", func(t *testing.T) {
		r := s.post("/v1/products", goods, "Idempotency-Key", "k1").want(201)
		if string(r.body) != string(first.body) || r.head.Get("Idempotency-Replayed") != "true" {
			t.Errorf("first %s\nagain %s", first.body, r.body)
		}
		s.post("/v1/products", with(goods, "sku", "A-2"), "Idempotency-Key", "k2").want(409).code("idempotency_in_progress")
	})
	t.Run("images", func(t *testing.T) {
		s.post("/v1/products", with(goods, "sku", "A-3"), "Idempotency-Key", "k3").want(201)
		v.saved("OK", vsGoods(vshop, "A-3", vimg))
	})
	t.Run("late writes, shops and reviews", func(t *testing.T) {
		w.clock.move(30 * time.Second)
		for _, on := range []string{Postmart, Voso} {
			if found, err := w.sb.BySKU(on, "A-2"); err != nil || len(found) != 1 {
				t.Errorf("%s: the late one: %v %v", on, found, err)
			}
		}
		s.post("/v1/products", with(goods, "sku", "A-2"), "Idempotency-Key", "k2").want(201)
		w.clock.move(30 * time.Second)
		if got := s.product(first.str("id")).str("status"); got != "live" {
			t.Errorf("the review: %s", got)
		}
		if got := v.vsProduct(vid).str("data.items.0.status"); got != "SELLING" {
			t.Errorf("the review: %s", got)
		}
	})
	t.Run("no id twice", func(t *testing.T) {
		seen := map[string]bool{}
		for _, on := range []string{Postmart, Voso} {
			for p := range w.sb.Products(on) {
				if seen[p.ID] {
					t.Errorf("id %s twice", p.ID)
				}
				seen[p.ID] = true
			}
		}
		if len(seen) != 6 {
			t.Errorf("%d products", len(seen))
		}
	})
}

// withoutHost takes the port out, which is another one after a restart.
func withoutHost(s string) string {
	before, after, _ := strings.Cut(s, "http://127.0.0.1:")
	_, rest, _ := strings.Cut(after, "/")
	return before + rest
}

func TestATornEndIsCutOff(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sandbox.jsonl")
	opt := Options{Path: path}
	w := setup(t, opt)
	s := w.pm.signIn()
	shop, id := s.goods("A-1")
	whole, err := os.ReadFile(path)
	check(t, err)
	s.create(pmGoods(shop, "A-2", s.image())).want(201)
	check(t, w.sb.Close())
	all, err := os.ReadFile(path)
	check(t, err)
	// Wherever the last write stopped, what was done before it is there, and
	// what it did is there whole or not at all.
	for cut := len(whole); cut <= len(all); cut += 97 {
		check(t, os.WriteFile(path, all[:cut], 0o600))
		sb, err := Open(Options{Path: path, Now: w.clock.Now})
		check(t, err)
		if p, err := sb.Product(Postmart, id); err != nil || p.SKU != "A-1" {
			t.Errorf("cut at %d: %v %v", cut, p, err)
		}
		found, err := sb.BySKU(Postmart, "A-2")
		check(t, err)
		for _, p := range found {
			if p.Name == "" {
				t.Errorf("cut at %d: half a product: %+v", cut, p)
			}
		}
		check(t, sb.Close())
	}
	check(t, os.WriteFile(path, []byte("not ours\n"), 0o600))
	if _, err := Open(Options{Path: path}); err == nil {
		t.Error("took a file that is not ours")
	}
	w.sb, err = Open(Options{}) // for the end of the test
	check(t, err)
}

func TestOneProcessAFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sandbox.jsonl")
	sb, err := Open(Options{Path: path})
	check(t, err)
	if _, err := Open(Options{Path: path}); !errors.Is(err, errInUse) {
		t.Errorf("a second one: %v", err)
	}
	check(t, sb.Close())
	sb, err = Open(Options{Path: path})
	check(t, err)
	check(t, sb.Close())
}

func TestCompactingChangesNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sandbox.jsonl")
	opt := Options{Path: path, Voso: Market{Lag: 20 * time.Second}}
	w := setup(t, opt)
	v := w.vs.vsSignIn()
	shop, img := v.vsShop("r1"), v.vsImage()
	ids := []string{}
	for _, sku := range numbered("A", 6) {
		ids = append(ids, v.saved("OK", vsGoods(shop, sku, img)).str("data.results.0.productId"))
		w.clock.move(time.Second)
	}
	w.clock.move(time.Minute)
	for i := range 200 {
		v.saved("OK", obj{"productId": ids[i%5], "description": strings.Repeat(fmt.Sprintf("Mô tả lần %d. ", i), 330)})
		w.clock.move(10 * time.Millisecond)
	}
	shown := func() string {
		return string(v.rpc("product/search", obj{"page": 1, "pageSize": 10}).vs("OK").body)
	}
	compact := func() {
		before := shown()
		w.sb.mu.Lock()
		err := w.sb.compact()
		w.sb.mu.Unlock()
		check(t, err)
		if got := shown(); got != before { // lagging versions too
			t.Errorf("shown before %s\nafter %s", before, got)
		}
	}
	compact() // with versions that only a lagging list shows
	w.clock.move(time.Minute)
	size := w.sb.j.size
	compact()
	if w.sb.j.size > size/10 {
		t.Errorf("%d bytes, before %d", w.sb.j.size, size)
	}
	now := shown()
	w.again(opt)
	v = w.vs
	if got := shown(); withoutHosts(got) != withoutHosts(now) {
		t.Errorf("before a restart %s\nafter %s", now, got)
	}
}

func withoutHosts(s string) string {
	for strings.Contains(s, "http://127.0.0.1:") {
		s = withoutHost(s)
	}
	return s
}

var childFile = flag.String("sandbox.child", "", "internal: write to this sandbox file until killed")

// TestChildWrites is the process that TestKilledWhileWriting kills: it makes
// products and says so only when it has been answered.
func TestChildWrites(t *testing.T) {
	if *childFile == "" {
		return // nothing to do unless started by that test
	}
	sb, err := Open(Options{Path: *childFile})
	check(t, err)
	w := &world{t: t, sb: sb, clock: &clock{}}
	routers, err := specs()
	check(t, err)
	pm, vs := httptest.NewServer(sb.Postmart()), httptest.NewServer(sb.Voso())
	w.pm = &site{w: w, url: pm.URL, router: routers[Postmart], client: pm.Client(), head: map[string]string{}}
	w.vs = &site{w: w, url: vs.URL, router: routers[Voso], client: vs.Client(), head: map[string]string{}}
	s, v := w.pm.signIn(), w.vs.vsSignIn()
	run := fmt.Sprint(os.Getpid())
	shop := s.post("/v1/shops", pmShop(run), "Idempotency-Key", run).want(201).str("id")
	img, vshop, vimg := s.image(), v.vsShop(run), v.vsImage()
	for i := 0; ; i++ {
		sku := fmt.Sprintf("K-%s-%d", run, i)
		s.post("/v1/products", pmGoods(shop, sku, img), "Idempotency-Key", sku).want(201)
		fmt.Println("postmart", sku)
		v.saved("OK", vsGoods(vshop, sku, vimg))
		fmt.Println("voso", sku)
	}
}

func TestKilledWhileWriting(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sandbox.jsonl")
	answered := map[string]int{}
	for round := range 4 {
		child := exec.Command(os.Args[0], "-test.run=^TestChildWrites$", "-sandbox.child="+path)
		out, err := child.StdoutPipe()
		check(t, err)
		check(t, child.Start())
		lines := bufio.NewScanner(out)
		n := 0
		for lines.Scan() {
			on, sku, ok := strings.Cut(lines.Text(), " ")
			if !ok || !strings.HasPrefix(sku, "K-") {
				t.Fatalf("the child says %q", lines.Text())
			}
			answered[on+" "+sku]++
			if n++; n == 60+round*37 {
				check(t, child.Process.Kill())
			}
		}
		_ = child.Wait() // killed
	}
	sb, err := Open(Options{Path: path})
	check(t, err)
	defer sb.Close()
	stored := map[string]int{}
	for _, on := range []string{Postmart, Voso} {
		for p := range sb.Products(on) {
			stored[on+" "+p.SKU]++
			if p.Name == "" {
				t.Errorf("half a product: %+v", p)
			}
		}
	}
	for name := range answered {
		if stored[name] != 1 {
			t.Errorf("%s was answered and is stored %d times", name, stored[name])
		}
	}
	if len(answered) < 240 || len(stored) > len(answered)+4*2 {
		t.Errorf("%d answered, %d stored", len(answered), len(stored))
	}
}

func TestADiskThatFailsAnswersNothing(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{Path: filepath.Join(t.TempDir(), "sandbox.jsonl")})
	s, v := w.pm.signIn(), w.vs.vsSignIn()
	shop, img := s.shop("r1"), s.image()
	check(t, w.sb.j.file.Close())
	s.create(pmGoods(shop, "A-1", img)).want(500).code("internal")
	v.rpc("shop/save", vsShop("r1")).vs("SYSTEM_ERROR")
	if _, err := w.sb.Counts(Postmart); err == nil {
		t.Error("goes on as if nothing was")
	}
	w.sb.j.file = nil // so that Close has nothing to fail on
	w.sb.broken = nil
}
