package sandbox

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// Each fault on the wire, on a call that changes something: what its sender
// sees, and whether it was carried out.
func TestGatewayFaults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		f      Fault
		status int // 0: the connection broke
		kind   string
		body   string
		done   bool
	}{
		"cut before":            {Fault{Kind: Cut}, 0, "", "", false},
		"committed, then cut":   {Fault{Kind: Cut, Commit: true}, 0, "", "", true},
		"500 as JSON":           {Fault{Kind: Status, Status: 500}, 500, jsonType, "{", false},
		"502 as HTML":           {Fault{Kind: Status, Status: 502, Body: "html"}, 502, "text/html", "<html>", false},
		"503 empty":             {Fault{Kind: Status, Body: "empty"}, 503, "", "", false},
		"504 after it was done": {Fault{Kind: Status, Status: 504, Body: "html", Commit: true}, 504, "text/html", "<html>", true},
		"maintenance":           {Fault{Kind: Maintenance}, 200, "text/html", "bảo trì", false},
		"429 by a gateway":      {Fault{Kind: Throttle}, 429, "text/html", "429", false},
		"no JSON":               {Fault{Kind: Garbage}, 200, jsonType, "<!--", false},
		"no JSON, but done":     {Fault{Kind: Garbage, Commit: true}, 200, jsonType, "<!--", true},
		"half an answer":        {Fault{Kind: Truncate}, 0, "", "", true},
	} {
		for _, on := range []string{Postmart, Voso} {
			t.Run(name+" on "+on, func(t *testing.T) {
				t.Parallel()
				w := setup(t, Options{})
				create, made := w.creator(on)
				f := c.f
				f.Market, f.Op, f.Count = on, OpWrites, 1
				fault(t, w, f)
				r := create("A-1")
				switch {
				case c.status == 0 && r.err == nil:
					t.Errorf("answered %d: %s", r.status, r.body)
				case c.status != 0 && (r.err != nil || r.status != c.status || !strings.Contains(string(r.body), c.body) ||
					!strings.HasPrefix(r.head.Get("Content-Type"), c.kind)):
					t.Errorf("answered %d %v %v: %s", r.status, r.err, r.head, r.body)
				}
				if r.err == nil && r.head.Get("Retry-After") != "" {
					t.Error("Retry-After")
				}
				if made("A-1") != c.done {
					t.Errorf("carried out: %v", made("A-1"))
				}
				create("A-2") // it struck once
				if !made("A-2") {
					t.Error("it struck again")
				}
				l, err := w.sb.Ledger(on)
				check(t, err)
				if l.Faults[f.Kind] != 1 {
					t.Errorf("ledger: %v", l.Faults)
				}
			})
		}
	}
}

// creator returns how to make a product of a marketplace and how to tell
// whether it was made, without a call.
func (w *world) creator(on string) (create func(sku string) *reply, made func(sku string) bool) {
	w.t.Helper()
	if on == Postmart {
		s := w.pm.signIn()
		shop, img := s.shop("r1"), s.image()
		s.rough = true
		create = func(sku string) *reply { return s.create(pmGoods(shop, sku, img)) }
	} else {
		s := w.vs.vsSignIn()
		shop, img := s.vsShop("r1"), s.vsImage()
		s.rough = true
		create = func(sku string) *reply { return s.save(vsGoods(shop, sku, img)) }
	}
	return create, func(sku string) bool {
		found, err := w.sb.BySKU(on, sku)
		check(w.t, err)
		return len(found) > 0
	}
}

func TestLateWrites(t *testing.T) {
	t.Parallel()
	for on, bound := range map[string]time.Duration{Postmart: 10 * time.Second, Voso: 30 * time.Second} {
		t.Run(on, func(t *testing.T) {
			t.Parallel()
			w := setup(t, Options{})
			create, made := w.creator(on)
			fault(t, w, Fault{Market: on, Op: OpWrites, Kind: Late, Count: 1})
			fault(t, w, Fault{Market: on, Op: OpWrites, Kind: Late, Delay: time.Second, Skip: 1, Count: 1})
			for _, sku := range []string{"A-1", "A-2"} {
				if r := create(sku); r.err == nil {
					t.Fatalf("answered %d: %s", r.status, r.body)
				}
			}
			n, last, err := w.sb.LateWrites(on)
			check(t, err)
			if n != 2 || !last.Equal(w.clock.Now().Add(bound)) {
				t.Errorf("%d late, the last at %v", n, last)
			}
			w.clock.move(time.Second)
			if !made("A-2") || made("A-1") {
				t.Error("after a second: the second one only")
			}
			w.clock.move(bound - time.Second - time.Millisecond)
			if made("A-1") {
				t.Error("too early")
			}
			w.clock.move(time.Millisecond)
			if !made("A-1") {
				t.Error("never carried out")
			}
		})
	}
}

// A create that was sent again while the first was still to come: the
// marketplace keeps one, and the ledger tells.
func TestUnsettledCreatesAreTold(t *testing.T) {
	t.Parallel()
	for _, on := range []string{Postmart, Voso} {
		t.Run(on, func(t *testing.T) {
			t.Parallel()
			w := setup(t, Options{})
			create, _ := w.creator(on)
			fault(t, w, Fault{Market: on, Op: OpWrites, Kind: Late, Count: 1})
			create("A-1")
			create("A-1") // under a key of its own
			create("A-2")
			w.clock.move(time.Minute)
			create("A-1")
			l, err := w.sb.Ledger(on)
			check(t, err)
			if len(l.Unsettled) != 1 || l.Unsettled[0].SKU != "A-1" || len(l.Doubles) != 0 {
				t.Errorf("unsettled %v, doubles %v", l.Unsettled, l.Doubles)
			}
			shop := l.Unsettled[0].Shop
			if l.Tried[shop+"/A-1"] != 3 || l.Made[shop+"/A-1"] != 1 {
				t.Errorf("tried %v, made %v", l.Tried, l.Made)
			}
		})
	}
}

// A create that is sent again after its answer was lost, without a look.
func TestBlindCreatesAreTold(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	create, _ := w.creator(Voso)
	look := func() { w.vs.search(obj{"page": 1, "pageSize": 1, "skus": []string{"A"}}) }
	lose := func(f Fault) {
		f.Market, f.Op, f.Count = Voso, "saveProducts", 1
		fault(t, w, f)
	}
	lose(Fault{Kind: Cut, Commit: true})
	create("A-1")
	create("A-1") // blind
	lose(Fault{Kind: Status, Status: 502})
	create("A-2")
	look()
	create("A-2")
	lose(Fault{Kind: Throttle})
	create("A-3")
	create("A-3") // a clear refusal
	lose(Fault{Kind: Late})
	check(t, w.sb.RevokeTokens(Voso))
	create("A-4") // refused before it could be kept for later
	w.vs.vsSignIn()
	create("A-4")
	l, err := w.sb.Ledger(Voso)
	check(t, err)
	if len(l.Blind) != 1 || l.Blind[0].SKU != "A-1" {
		t.Errorf("blind %v", l.Blind)
	}
}

func TestNoUniqueMakesDoubles(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	s := w.pm.signIn()
	shop, img := s.shop("r1"), s.image()
	fault(t, w, Fault{Market: Postmart, Op: "createProduct", Kind: NoUnique})
	for range 2 {
		s.post("/v1/products", pmGoods(shop, "A-1", img), "Idempotency-Key", "the same").want(201)
	}
	v := w.vs.vsSignIn()
	vshop, vimg := v.vsShop("r1"), v.vsImage()
	v.saved("OK", vsGoods(vshop, "A-1", vimg))
	id := fault(t, w, Fault{Market: Voso, Op: "saveProducts", Kind: NoUnique})
	v.saved("OK", vsGoods(vshop, "A-1", vimg))
	check(t, w.sb.ClearFault(Voso, id))
	v.saved("PRODUCT_SKU_DUPLICATED", vsGoods(vshop, "A-1", vimg))
	for on, in := range map[string]string{Postmart: shop, Voso: vshop} {
		l, err := w.sb.Ledger(on)
		check(t, err)
		if len(l.Doubles) != 1 || l.Doubles[0].Shop != in || len(l.Doubles[0].IDs) != 2 || l.Made[in+"/A-1"] != 2 {
			t.Errorf("%s: doubles %v, made %v", on, l.Doubles, l.Made)
		}
	}
}

func TestHugeBody(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	s := w.pm.signIn()
	fault(t, w, Fault{Market: Postmart, Op: "listProducts", Kind: Huge})
	r, err := http.NewRequest("GET", s.url+"/v1/products", nil)
	check(t, err)
	r.Header.Set("Authorization", s.head["Authorization"])
	res, err := s.client.Do(r)
	check(t, err)
	defer res.Body.Close()
	n, err := io.Copy(io.Discard, res.Body)
	if n != 100<<20 || err != nil || res.StatusCode != 200 {
		t.Errorf("%d bytes, status %d, %v", n, res.StatusCode, err)
	}
}

func TestDelayHoldsTheKeyAndOutlivesItsSender(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	s := w.pm.signIn()
	shop, img := s.shop("r1"), s.image()
	fault(t, w, Fault{Market: Postmart, Op: "createProduct", Kind: Delay, Delay: 300 * time.Millisecond, Count: 1})
	goods := pmGoods(shop, "A-1", img)
	slow := make(chan *reply)
	go func() { slow <- s.post("/v1/products", goods, "Idempotency-Key", "k") }()
	for { // until it has arrived
		l, err := w.sb.Ledger(Postmart)
		check(t, err)
		if l.Calls["createProduct"] > 0 {
			break
		}
	}
	s.post("/v1/products", goods, "Idempotency-Key", "k").want(409).code("idempotency_in_progress")
	(<-slow).want(201)
	if r := s.post("/v1/products", goods, "Idempotency-Key", "k").want(201); r.head.Get("Idempotency-Replayed") != "true" {
		t.Error("made twice")
	}

	fault(t, w, Fault{Market: Postmart, Op: "createProduct", Kind: Delay, Delay: 50 * time.Millisecond, Count: 1})
	impatient := &http.Client{Timeout: 10 * time.Millisecond}
	r, err := http.NewRequest("POST", s.url+"/v1/products", strings.NewReader(string(js(with(goods, "sku", "A-2")))))
	check(t, err)
	for k, v := range map[string]string{"Authorization": s.head["Authorization"], "Content-Type": jsonType, "Idempotency-Key": "k2"} {
		r.Header.Set(k, v)
	}
	if res, err := impatient.Do(r); err == nil {
		res.Body.Close()
		t.Fatal("it did not wait")
	}
	until(t, func() bool {
		found, err := w.sb.BySKU(Postmart, "A-2")
		return err == nil && len(found) == 1
	})
}

// until waits for what another goroutine is about to do.
func until(t testing.TB, done func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !done(); {
		if time.Now().After(end) {
			t.Fatal("it never came")
		}
	}
}

func TestAnswerFaults(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	s, v := w.pm.signIn(), w.vs.vsSignIn()
	fault(t, w, Fault{Market: Postmart, Op: "listCategories", Kind: Answer, Code: "maintenance", Count: 1})
	s.call("GET", "/v1/categories", nil).want(503).code("maintenance")
	fault(t, w, Fault{Market: Postmart, Op: "listCategories", Kind: Answer, Code: "made_up", Count: 1})
	s.call("GET", "/v1/categories", nil).want(422).code("made_up")
	fault(t, w, Fault{Market: Voso, Op: OpReads, Kind: Answer, Code: "SYSTEM_BUSY", Count: 1})
	v.rpc("category/list", obj{}).vs("SYSTEM_BUSY")
	v.rpc("category/list", obj{}).vs("OK")
}

func TestSignInFaults(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	s, v := w.pm.signIn(), w.vs.vsSignIn()
	fault(t, w, Fault{Market: Postmart, Op: OpAll, Kind: Revoke, Count: 1, Skip: 1})
	fault(t, w, Fault{Market: Voso, Op: OpReads, Kind: Revoke, Count: 1})
	s.call("GET", "/v1/categories", nil).want(200)
	s.call("GET", "/v1/categories", nil).want(401).code("token_expired")
	s.signIn().call("GET", "/v1/categories", nil).want(200)
	v.rpc("category/list", obj{}).vs("TOKEN_INVALID")
	v.vsSignIn()
	fault(t, w, Fault{Market: Voso, Op: "listCategories", Kind: Ban, Delay: 5 * time.Second, Count: 1})
	if r := v.rpc("category/list", obj{}).vs("CLIENT_BANNED"); r.num("data.retryAfterMs") != 5000 {
		t.Errorf("banned: %s", r.body)
	}
	w.clock.move(5 * time.Second)
	v.rpc("category/list", obj{}).vs("OK")
	fault(t, w, Fault{Market: Voso, Op: "login", Kind: LockLogin, Count: 1})
	v.rpc("user/login", obj{"username": DefaultUsername, "password": DefaultPassword}).vs("LOGIN_LOCKED")
	v.rpc("category/list", obj{}).vs("OK")
	check(t, w.sb.LockLogins(-1))
	v.vsSignIn()
	check(t, w.sb.BanClients(0))
	v.rpc("category/list", obj{}).vs("CLIENT_BANNED")
	check(t, w.sb.BanClients(-1))
	v.rpc("category/list", obj{}).vs("OK")
}

func TestReviewFaults(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{Postmart: Market{TokenLife: 1000 * time.Hour}})
	s := w.pm.signIn()
	shop, img := s.shop("r1"), s.image()
	make1 := func(sku string, f Fault) string {
		f.Market, f.Op, f.Count = Postmart, "review", 1
		fault(t, w, f)
		return s.create(pmGoods(shop, sku, img)).want(201).str("id")
	}
	late := make1("A-1", Fault{Kind: ReviewLate, Delay: time.Hour})
	never := make1("A-2", Fault{Kind: ReviewNever})
	reject := make1("A-3", Fault{Kind: ReviewReject})
	flip := make1("A-4", Fault{Kind: ReviewFlip, Delay: 2 * time.Hour})
	var seen []string
	for range 3 {
		for _, id := range []string{late, never, reject, flip} {
			seen = append(seen, s.product(id).str("status"))
		}
		w.clock.move(time.Hour)
	}
	want := []string{"pending_review", "pending_review", "rejected", "live",
		"live", "pending_review", "rejected", "live",
		"live", "pending_review", "rejected", "rejected"}
	if !slices.Equal(seen, want) {
		t.Errorf("seen %v", seen)
	}
	if r := s.product(flip); r.str("updated_by") != "moderator" || r.str("rejection.reasons.0.code") == "" {
		t.Errorf("flipped: %s", r.body)
	}
	check(t, w.sb.FinishReviews(Postmart))
	if got := s.product(never).str("status"); got != "live" {
		t.Errorf("finished: %s", got)
	}
}

func TestClockOff(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	s, v := w.pm.signIn(), w.vs.vsSignIn()
	check(t, w.sb.SetClock(Postmart, 6*time.Minute))
	check(t, w.sb.SetClock(Voso, -6*time.Minute))
	_, id := s.goods("A-1")
	r := s.product(id)
	if r.str("created_at") != "2026-11-24T03:06:00.000Z" || r.head.Get("Date") != "Tue, 24 Nov 2026 03:06:00 GMT" {
		t.Errorf("Postmart: %s %v", r.body, r.head)
	}
	_, vid := v.vsGoods("A-1")
	if got := v.vsProduct(vid).str("data.items.0.createdAt"); got != "24/11/2026 09:54:00" {
		t.Errorf("Voso: %s", got)
	}
	login := v.rpc("user/login", obj{"username": DefaultUsername, "password": DefaultPassword}).vs("OK")
	if want := w.clock.Now().Add(54 * time.Minute).UnixMilli(); login.num("data.expiredAt") != want {
		t.Errorf("expiredAt %d, want %d", login.num("data.expiredAt"), want)
	}
	check(t, w.sb.SetClock(Postmart, 0))
	second := s.create(pmGoods(s.shop("r2"), "A-2", s.image())).want(201)
	if second.str("created_at") < r.str("created_at") {
		t.Error("created_at went back: lists would lose their order")
	}
}

func TestFaultsByProbabilityAreSeeded(t *testing.T) {
	t.Parallel()
	struck := func(seed uint64) []bool {
		w := setup(t, Options{Seed: seed})
		s := w.pm.signIn()
		s.rough = true
		fault(t, w, Fault{Market: Postmart, Op: "listCategories", Kind: Status, Prob: 0.5})
		var out []bool
		for range 40 {
			out = append(out, s.call("GET", "/v1/categories", nil).status == 503)
		}
		return out
	}
	one, again, other := struck(1), struck(1), struck(2)
	if !slices.Equal(one, again) || slices.Equal(one, other) {
		t.Errorf("seed 1: %v\nagain:  %v\nseed 2: %v", one, again, other)
	}
	n := 0
	for _, s := range one {
		if s {
			n++
		}
	}
	if n < 8 || n > 32 {
		t.Errorf("%d of 40", n)
	}
}

func TestFaultsForOneSKU(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	create, made := w.creator(Voso)
	fault(t, w, Fault{Market: Voso, Op: OpAll, Kind: Cut, SKU: "A-2"})
	create("A-1")
	create("A-2")
	create("A-3")
	if !made("A-1") || made("A-2") || !made("A-3") {
		t.Error("struck another")
	}
	if r := w.vs.rpc("product/search", obj{"page": 1, "pageSize": 1, "skus": []string{"A-2"}}); r.err == nil {
		t.Error("a search for it was answered")
	}
	faults, err := w.sb.Faults(Voso)
	check(t, err)
	if len(faults) != 1 || faults[0].Struck != 2 {
		t.Errorf("faults %v", faults)
	}
}

func TestWrongFaultsAreRefused(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	for name, f := range map[string]Fault{
		"a marketplace of none":    {Market: "x", Op: OpAll, Kind: Cut},
		"an operation of none":     {Market: Voso, Op: "createProduct", Kind: Cut},
		"a kind of none":           {Market: Voso, Op: OpAll, Kind: "x"},
		"a review's on a call":     {Market: Voso, Op: OpAll, Kind: ReviewLate},
		"a probability of 2":       {Market: Voso, Op: OpAll, Kind: Cut, Prob: 2},
		"a body of XML":            {Market: Voso, Op: OpAll, Kind: Status, Body: "xml"},
		"a drop without a field":   {Market: Voso, Op: OpAll, Kind: DropField},
		"less than no time at all": {Market: Voso, Op: OpAll, Kind: Delay, Delay: -1},
	} {
		if id, err := w.sb.SetFault(f); err == nil {
			t.Errorf("%s was set as %s", name, id)
		}
	}
	if err := w.sb.ClearFault(Voso, "f9"); err == nil {
		t.Error("cleared what is not there")
	}
}

func TestFaultAsJSON(t *testing.T) {
	t.Parallel()
	var f Fault
	check(t, json.Unmarshal([]byte(`{"market":"voso","op":"writes","kind":"late","delay":"1.5s","count":3}`), &f))
	if f.Delay != 1500*time.Millisecond || f.Count != 3 || f.Kind != Late {
		t.Errorf("read %+v", f)
	}
	back, err := json.Marshal(f)
	check(t, err)
	if string(back) != `{"market":"voso","op":"writes","kind":"late","count":3,"delay":"1.5s"}` {
		t.Errorf("written %s", back)
	}
}
