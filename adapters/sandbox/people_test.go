package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestSellersEdits(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{Postmart: Market{ReviewDelay: time.Minute}})
	s, v := w.pm.signIn(), w.vs.vsSignIn()
	_, id := s.goods("A-1")
	_, vid := v.vsGoods("A-1")
	w.clock.move(time.Minute)
	etag := s.product(id).head.Get("ETag")
	check(t, w.sb.EditBySeller(Postmart, id, []byte(`{"price":39000,"attributes":{"Vị":"mặn"}}`)))
	r := s.product(id)
	if r.num("price") != 39000 || r.str("attributes.Vị") != "mặn" || r.str("updated_by") != "seller" ||
		r.str("status") != "pending_review" || r.head.Get("ETag") == etag {
		t.Errorf("edited: %s", r.body)
	}
	check(t, w.sb.EditBySeller(Voso, vid, []byte(`{"name":"Tên do chủ thể đặt lại","quantity":3}`)))
	if r := v.vsProduct(vid); r.str("data.items.0.name") != "Tên do chủ thể đặt lại" || r.num("data.items.0.quantity") != 3 ||
		r.str("data.items.0.updatedAt") != "24/11/2026 10:01:00" {
		t.Errorf("edited: %s", r.body)
	}
	l, err := w.sb.Ledger(Postmart)
	check(t, err)
	if l.Writes[id] != 1 {
		t.Errorf("what others do is no write of the partner's: %v", l.Writes)
	}
	for name, err := range map[string]error{
		"product":     w.sb.Sell(Postmart, "P0", 1),
		"shop":        w.sb.SetShopStatus(Voso, "V0", "active"),
		"marketplace": w.sb.FinishReviews("shopee"),
	} {
		if !errors.Is(err, ErrUnknown) {
			t.Errorf("an unknown %s: %v", name, err)
		}
	}
	if err := w.sb.EditBySeller(Postmart, id, []byte(`[]`)); err == nil {
		t.Error("took a list for a patch")
	}
}

func TestForgottenMedia(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	s, v := w.pm.signIn(), w.vs.vsSignIn()
	shop, img := s.shop("r1"), s.image()
	vshop, vimg := v.vsShop("r1"), v.vsImage()
	check(t, w.sb.ForgetMedia(Postmart))
	check(t, w.sb.ForgetMedia(Voso, vimg))
	s.create(pmGoods(shop, "A-1", img)).want(422).code("media_unknown", "images[0]")
	v.saved("IMAGE_NOT_FOUND", vsGoods(vshop, "A-1", vimg))
	s.create(pmGoods(shop, "A-1", s.image())).want(201)
}

func TestAccountsSeeTheirOwn(t *testing.T) {
	t.Parallel()
	two := []Account{{DefaultClientID, DefaultClientSecret}, {"other", "secret"}}
	w := setup(t, Options{Postmart: Market{Accounts: two}, Voso: Market{Accounts: two, Rate: 3}})
	s := w.pm.signIn()
	shop, id := s.goods("A-1")
	img := s.image()
	r := s.call("POST", "/oauth/token", []byte("grant_type=client_credentials&client_id=other&client_secret=secret"),
		"Content-Type", "application/x-www-form-urlencoded").want(200)
	s.head["Authorization"] = "Bearer " + r.str("access_token")
	s.product(id).want(404)
	if got := s.pages("", nil); len(got) != 0 {
		t.Errorf("lists %v", got)
	}
	if got := s.pages("shop_id="+shop, nil); len(got) != 0 {
		t.Errorf("lists %v", got)
	}
	s.create(pmGoods(shop, "A-2", img)).want(422).code("validation_failed", "shop_id", unknown)
	s.create(pmGoods(s.shop("ref-A-1"), "A-1", img)).want(422).code("media_unknown")
	if r := s.post("/v1/offers:batch", obj{"items": []obj{{"product_id": id, "price": 1000}}}).want(207); r.num("items.0.status") != 404 {
		t.Errorf("offers: %s", r.body)
	}
	v := w.vs
	for range 3 {
		v.rpc("user/login", obj{"username": "other", "password": "x"}).vs("LOGIN_FAILED")
	}
	v.rpc("user/login", obj{"username": "other", "password": "x"}).vs("RATE_LIMITED")
	v.rpc("user/login", obj{"username": DefaultUsername, "password": "x"}).vs("LOGIN_FAILED")
}

func TestShareOfRejections(t *testing.T) {
	t.Parallel()
	run := func(seed uint64) (rejected map[string]string) {
		w := setup(t, Options{Seed: seed, Postmart: Market{RejectShare: 0.2}})
		s := w.pm.signIn()
		s.fill(s.shop("r1"), s.image(), numbered("A", 90))
		rejected = map[string]string{}
		for p := range w.sb.Products(Postmart) {
			if p.Status == "rejected" {
				rejected[p.SKU] = string(p.Wire[bytes.Index(p.Wire, []byte(`"rejection"`)):][:60])
			} else if !p.Live {
				t.Errorf("%s is %s", p.SKU, p.Status)
			}
		}
		return rejected
	}
	one, again, other := run(1), run(1), run(2)
	if len(one) < 8 || len(one) > 30 {
		t.Errorf("%d of 90 rejected", len(one))
	}
	if a, b := string(js(one)), string(js(again)); a != b {
		t.Errorf("the same seed rejects others: %s %s", a, b)
	}
	if string(js(one)) == string(js(other)) {
		t.Error("another seed rejects the same")
	}
}

func TestControlPort(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	port := httptest.NewServer(w.sb.Control())
	t.Cleanup(port.Close)
	ask := func(method, path, body string, status int) (out map[string]any) {
		t.Helper()
		r, err := http.NewRequest(method, port.URL+path, strings.NewReader(body))
		check(t, err)
		res, err := port.Client().Do(r)
		check(t, err)
		defer res.Body.Close()
		data, err := io.ReadAll(res.Body)
		check(t, err)
		if res.StatusCode != status || res.Header.Get(Banner) != "SANDBOX" {
			t.Fatalf("%s %s: %d %s", method, path, res.StatusCode, data)
		}
		_ = json.Unmarshal(data, &out) // the index and the list of products are no object
		return out
	}
	s, v := w.pm.signIn(), w.vs.vsSignIn()
	shop, id := s.goods("A-1")
	_, vid := v.vsGoods("A-1")

	set := ask("POST", "/faults", `{"market":"postmart","op":"listCategories","kind":"status","count":1,"delay":"1s"}`, 200)
	s.rough = true
	s.call("GET", "/v1/categories", nil).want(503)
	s.rough = false
	if got := ask("GET", "/postmart/faults", "", 200)["faults"].([]any)[0].(map[string]any); got["struck"] != 1.0 || got["delay"] != "1s" {
		t.Errorf("faults: %v", got)
	}
	ask("DELETE", "/postmart/faults/"+set["id"].(string), "", 200)
	ask("DELETE", "/postmart/faults/"+set["id"].(string), "", 404)
	ask("DELETE", "/voso/faults", "", 200)
	ask("POST", "/faults", `{"market":"postmart","op":"listCategories","kind":"stauts"}`, 400)
	ask("POST", "/faults", `{"market":"postmart","operation":"x"}`, 400)

	hand := ask("POST", "/postmart/products", `{"shop":"`+shop+`","name":"Làm bằng tay","price":1000}`, 200)["id"].(string)
	ask("POST", "/postmart/products/"+hand+"/edit", `{"price":2000}`, 200)
	ask("POST", "/postmart/products/"+id+"/sell", `{"n":5}`, 200)
	ask("POST", "/postmart/products/"+id+"/sell", ``, 200)
	ask("POST", "/postmart/products/"+id+"/close", `{"reasons":[{"code":"price_abnormal","message":"x"}]}`, 200)
	if got := ask("GET", "/postmart/products/"+id, "", 200); got["status"] != "closed" || got["stock"] != 94.0 {
		t.Errorf("product: %v", got)
	}
	ask("POST", "/postmart/products/"+id+"/judge", `{}`, 400)
	ask("POST", "/postmart/products/"+id+"/release", ``, 200)
	ask("POST", "/voso/products/"+vid+"/judge", `{"reasons":[{"message":"Ảnh mờ"}]}`, 200)
	if got := ask("GET", "/voso/counts", "", 200); got["REJECTED"] != 1.0 {
		t.Errorf("counts: %v", got)
	}
	ask("POST", "/voso/reviews/finish", ``, 200)
	ask("POST", "/postmart/shops/"+shop+"/status", `{"status":"blocked"}`, 200)
	ask("POST", "/postmart/shops/"+shop+"/status", `{"status":"odd"}`, 404)
	if got := ask("GET", "/postmart/shops", "", 200)["shops"].([]any)[0].(map[string]any); got["status"] != "blocked" || got["products"] != 2.0 {
		t.Errorf("shops: %v", got)
	}
	ask("POST", "/postmart/media/forget", `{"ids":["x"]}`, 200)
	ask("POST", "/postmart/clock", `{"by":"5m"}`, 200)
	ask("POST", "/postmart/clock", `{"by":"five"}`, 400)
	ask("POST", "/postmart/tokens/revoke", ``, 200)
	s.product(id).want(401)
	ask("POST", "/voso/ban", `{"for":"10s"}`, 200)
	v.rpc("category/list", obj{}).vs("CLIENT_BANNED")
	ask("POST", "/voso/login-lock", ``, 200)
	if got := ask("GET", "/voso/late", "", 200); got["n"] != 0.0 {
		t.Errorf("late: %v", got)
	}
	if got := ask("GET", "/voso/ledger", "", 200); got["made"] == nil || got["calls"].(map[string]any)["saveProducts"] != 1.0 {
		t.Errorf("ledger: %v", got)
	}
	ask("POST", "/voso/ledger/reset", ``, 200)
	if l, err := w.sb.Ledger(Voso); err != nil || len(l.Calls) != 0 || l.Mutating != 0 {
		t.Errorf("reset: %+v %v", l, err)
	}
	ask("GET", "/shopee/products", "", 404)
	ask("GET", "/shopee/ledger", "", 404)

	for path, want := range map[string]int{"/postmart/products": 2, "/postmart/products?sku=A-1": 1, "/postmart/products?sku=": 1} {
		res, err := port.Client().Get(port.URL + path)
		check(t, err)
		data, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || bytes.Count(data, []byte("\n")) != want {
			t.Errorf("%s: %s %v", path, data, err)
		}
	}
	res, err := port.Client().Get(port.URL)
	check(t, err)
	defer res.Body.Close()
	if data, _ := io.ReadAll(res.Body); !bytes.Contains(data, []byte("SANDBOX")) || !bytes.Contains(data, []byte("POST /voso/ban")) {
		t.Errorf("index: %s", data)
	}
}

func TestPagesForPeople(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	s, v := w.pm.signIn(), w.vs.vsSignIn()
	_, id := s.goods("A-1")
	_, vid := v.vsGoods("A-1")
	for url, wants := range map[string][]string{
		w.pm.url + "/":           {"MÔI TRƯỜNG THỬ", "SANDBOX", "Nothing here is on sale", "live"},
		w.vs.url + "/":           {"MÔI TRƯỜNG THỬ", "SANDBOX", "SELLING"},
		s.product(id).str("url"): {"SANDBOX", "Tương Nam Đàn chai 500 ml", "A-1"},
		v.vsProduct(vid).str("data.items.0.productUrl"): {"SANDBOX", "Tương Nam Đàn chai 500 ml"},
	} {
		res, err := http.Get(url)
		check(t, err)
		data, err := io.ReadAll(res.Body)
		res.Body.Close()
		check(t, err)
		for _, want := range wants {
			if res.StatusCode != 200 || !strings.Contains(string(data), want) {
				t.Errorf("%s: %d without %q", url, res.StatusCode, want)
			}
		}
	}
	res, err := http.Get(w.pm.url + "/san-pham/P0")
	check(t, err)
	res.Body.Close()
	if res.StatusCode != 404 {
		t.Errorf("a page of nothing: %d", res.StatusCode)
	}
	l, err := w.sb.Ledger(Postmart)
	check(t, err)
	if l.Calls["getProduct"] != 1 {
		t.Errorf("people are counted: %v", l.Calls)
	}
}

func TestStartListensAndCloses(t *testing.T) {
	t.Parallel()
	sb, err := Open(Options{})
	check(t, err)
	addrs, err := sb.Start(t.Context(), Addrs{"127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:0"})
	check(t, err)
	for _, addr := range []string{addrs.Postmart, addrs.Voso, addrs.Control} {
		res, err := http.Get("http://" + addr)
		check(t, err)
		res.Body.Close()
		if res.StatusCode != 200 {
			t.Errorf("%s: %d", addr, res.StatusCode)
		}
	}
	if _, err := sb.Start(t.Context(), Addrs{addrs.Postmart, "-", "-"}); err == nil {
		t.Error("listens twice on one port")
	}
	check(t, sb.Close())
	check(t, sb.Close())
	if _, err := http.Get("http://" + addrs.Postmart); err == nil {
		t.Error("still there")
	}
}
