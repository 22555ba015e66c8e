package sandbox

import (
	"strings"
	"testing"
	"time"
)

func TestPostmartFormOfRequests(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	s := w.pm.signIn()
	shop, id := s.goods("A-1")
	s.loose = true
	goods := js(pmGoods(shop, "A-2", "x"))
	patch := func(body string, head ...string) *reply {
		return s.call("PATCH", "/v1/products/"+id, []byte(body), head...)
	}
	for name, c := range map[string]struct {
		r     *reply
		field string
	}{
		"no Content-Type":          {s.call("POST", "/v1/products", goods, "Idempotency-Key", newKey()), "Content-Type"},
		"a create as merge patch":  {s.call("POST", "/v1/products", goods, "Idempotency-Key", newKey(), "Content-Type", mergePatch), "Content-Type"},
		"a patch as plain JSON":    {patch(`{}`, "If-Match", `"2"`, "Content-Type", "application/json"), "Content-Type"},
		"a patch without If-Match": {patch(`{}`, "Content-Type", mergePatch), "If-Match"},
		"broken JSON":              {s.call("POST", "/v1/products", goods[:40], "Idempotency-Key", newKey(), "Content-Type", jsonType), "body"},
		"JSON and something more":  {patch(`{}{}`, "If-Match", `"2"`, "Content-Type", mergePatch), "body"},
		"not UTF-8":                {patch("{\"name\":\"\xff\"}", "If-Match", `"2"`, "Content-Type", mergePatch), "body"},
		"a list":                   {patch(`[]`, "If-Match", `"2"`, "Content-Type", mergePatch), "body"},
		"an unknown parameter":     {s.call("GET", "/v1/products/"+id+"?fields=x", nil), "fields"},
		"an unknown list filter":   {s.call("GET", "/v1/products?name=x", nil), "name"},
		"a foreign cursor":         {s.call("GET", "/v1/products?cursor=abc", nil), "cursor"},
		"limit 0":                  {s.call("GET", "/v1/products?limit=0", nil), "limit"},
		"limit 101":                {s.call("GET", "/v1/products?limit=101", nil), "limit"},
		"limit no number":          {s.call("GET", "/v1/products?limit=x", nil), "limit"},
		"sku of 65":                {s.call("GET", "/v1/products?sku="+strings.Repeat("a", 65), nil), "sku"},
		"a status of none":         {s.call("GET", "/v1/products?status=on", nil), "status"},
		"updated_after no time":    {s.call("GET", "/v1/products?updated_after=2026-11-24", nil), "updated_after"},
		"a reason of none":         {s.post("/v1/products/"+id+"/close", obj{"reason": "x"}), "reason"},
		"no reason":                {s.post("/v1/products/"+id+"/close", obj{}), "reason"},
		"no items":                 {s.post("/v1/offers:batch", obj{}), "items"},
		"0 items":                  {s.post("/v1/offers:batch", obj{"items": []obj{}}), "items"},
		"101 items":                {s.post("/v1/offers:batch", obj{"items": make([]obj, 101)}), "items"},
		"an item's odd field": {s.post("/v1/offers:batch", obj{"items": []obj{{"product_id": id, "price": 1000, "sku": "x"}}}),
			"items[0].sku"},
	} {
		t.Run(name, func(t *testing.T) { c.r.want(422).code("validation_failed", c.field) })
	}
	s.product("P0").want(404).code("not_found")
	s.call("PATCH", "/v1/products/P0", []byte(`{}`), "Content-Type", mergePatch, "If-Match", `"1"`).want(404).code("not_found")
	s.post("/v1/products/P0/close", obj{"reason": "withdrawn"}).want(404).code("not_found")
	s.call("POST", "/v1/products/P0/reopen", nil).want(404).code("not_found")
	s.call("GET", "/v2/products", nil).want(404).code("not_found")
	if r := s.product(id); r.num("version") != 2 {
		t.Errorf("something changed: %s", r.body)
	}
}

func TestPostmartSKUs(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	s := w.pm.signIn()
	shop, id := s.goods("A-1")
	img := s.image()
	t.Run("unique in its shop, closed ones included", func(t *testing.T) {
		s.post("/v1/products/"+id+"/close", obj{"reason": "withdrawn"}).want(200)
		r := s.create(pmGoods(shop, "A-1", img)).want(409).code("sku_exists")
		if r.str("error.existing_id") != id {
			t.Errorf("existing_id: %s", r.body)
		}
		s.create(pmGoods(s.shop("other"), "A-1", img)).want(201)
		s.create(pmGoods(shop, "a-1", img)).want(201)
	})
	t.Run("a hand-made product gets one by PATCH, once", func(t *testing.T) {
		s.rough = true
		defer func() { s.rough = false }()
		hand, err := w.sb.AddByHand(Postmart, HandMade{Shop: shop, Name: "Tương làm bằng tay", Price: 30000, Stock: 5})
		check(t, err)
		if r := s.product(hand); r.get("sku") != nil || r.str("status") != "live" || r.str("updated_by") != "seller" {
			t.Errorf("made by hand: %s", r.body)
		}
		s.patch(hand, obj{"sku": "A-1"}).want(409).code("sku_exists")
		r := s.patch(hand, obj{"sku": "H-1"}).want(200)
		if r.str("sku") != "H-1" || r.str("status") != "live" || r.num("version") != 2 {
			t.Errorf("with its SKU: %s", r.body)
		}
		s.patch(hand, obj{"sku": "H-2"}).want(422).code("validation_failed", "sku", notAllowed)
		if r := s.call("GET", "/v1/products?sku=H-1", nil); r.str("items.0.id") != hand {
			t.Errorf("by sku: %s", r.body)
		}
	})
}

func TestPostmartPatch(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	s := w.pm.signIn()
	shop := s.shop("r1")
	img, img2 := s.image(), s.upload(photo("jpeg", 600, 600, 1)).str("id")
	o := with(pmGoods(shop, "A-1", img), "attributes", obj{"a": "1", "b": "2"})
	o["origin"] = with(o["origin"].(obj), "traceability_url", "https://txng.example/1")
	id := s.create(o).want(201).str("id")

	t.Run("If-Match must be the product's ETag", func(t *testing.T) {
		send := func(etag string) *reply {
			return s.call("PATCH", "/v1/products/"+id, js(obj{"unit": "x"}), "Content-Type", mergePatch, "If-Match", etag)
		}
		send(`"1"`).want(412).code("version_conflict") // its review has ended
		send(`2`).want(412).code("version_conflict")
		if r := send(`"2"`).want(200); r.head.Get("ETag") != `"3"` || r.num("version") != 3 {
			t.Errorf("changed: %v %s", r.head, r.body)
		}
	})
	for name, c := range map[string]struct {
		patch  obj
		review bool
	}{
		"name":             {obj{"name": "Tương Nam Đàn loại một"}, true},
		"description_html": {obj{"description_html": "<p>" + longText + " Mới.</p>"}, true},
		"category_id":      {obj{"category_id": 2206}, true},
		"images":           {obj{"images": []string{img2, img}}, true},
		"attributes":       {obj{"attributes": obj{"a": "9"}}, true},
		"origin":           {obj{"origin": obj{"producer": "HTX khác"}}, true},
		"ocop":             {obj{"ocop": obj{"stars": 5}}, true},
		"unit":             {obj{"unit": "lọ"}, false},
		"weight_g":         {obj{"weight_g": 701}, false},
		"nothing":          {obj{}, false},
	} {
		t.Run("reviewed or not: "+name, func(t *testing.T) {
			if r := s.product(id); r.str("status") != "live" {
				t.Fatalf("not live: %s", r.body)
			}
			want := map[bool]string{true: "pending_review", false: "live"}[c.review]
			r := s.patch(id, c.patch).want(200)
			if r.str("status") != want || r.str("updated_by") != "partner" && name != "nothing" {
				t.Errorf("after it: %s", r.body)
			}
		})
	}
	t.Run("merges inside, null removes", func(t *testing.T) {
		r := s.patch(id, obj{"attributes": obj{"a": nil, "c": "3"}, "origin": obj{"traceability_url": nil}}).want(200)
		if got := string(js(r.get("attributes"))); got != `{"b":"2","c":"3"}` || r.get("origin.traceability_url") != nil ||
			r.str("origin.producer") != "HTX khác" {
			t.Errorf("merged: %s", r.body)
		}
		if r := s.patch(id, obj{"attributes": nil}).want(200); r.get("attributes") != nil {
			t.Errorf("attributes: %s", r.body)
		}
	})
	t.Run("the limits hold for what results", func(t *testing.T) {
		s.loose = true
		defer func() { s.loose = false }()
		for field, c := range map[string]struct {
			patch obj
			code  string
		}{
			"name":            {obj{"name": nil}, required},
			"unit":            {obj{"unit": nil}, required},
			"origin":          {obj{"origin": nil}, required},
			"origin.producer": {obj{"origin": obj{"producer": nil}}, required},
			"ocop.stars":      {obj{"ocop": obj{"stars": 1}}, outOfRange},
			"price":           {obj{"price": 50000}, notAllowed},
			"list_price":      {obj{"list_price": nil}, notAllowed},
			"stock":           {obj{"stock": 1}, notAllowed},
			"status":          {obj{"status": "live"}, unknown},
			"sku":             {obj{"sku": "A-1"}, notAllowed},
			"weight_g":        {obj{"weight_g": 0}, outOfRange},
		} {
			s.patch(id, c.patch).want(422).code("validation_failed", field, c.code)
		}
		s.patch(id, obj{"images": []string{"img_no"}}).want(422).code("media_unknown", "images[0]")
	})
}

func TestPostmartRecognitionIsJudgedOnlyWhereItIsSent(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	s := w.pm.signIn()
	shop, img := s.shop("r1"), s.image()
	o := pmGoods(shop, "A-1", img)
	o["ocop"] = with(o["ocop"].(obj), "valid_until", "2026-11-24")
	id := s.create(o).want(201).str("id")
	w.clock.move(14*time.Hour - time.Millisecond) // the last moment of the 24th in Vietnam
	s.signIn()
	s.create(with(o, "sku", "A-2")).want(201)
	w.clock.move(time.Millisecond)
	s.create(with(o, "sku", "A-3")).want(422).code("validation_failed", "ocop.valid_until", outOfRange)
	if r := s.product(id); r.str("status") != "live" {
		t.Errorf("a live product's recognition ran out: %s", r.body)
	}
	s.patch(id, obj{"unit": "lọ"}).want(200)
	s.patch(id, obj{"ocop": obj{"stars": 5}}).want(422).code("validation_failed", "ocop.valid_until", outOfRange)
	s.patch(id, obj{"ocop": obj{"stars": 5, "valid_until": "2029-11-24"}}).want(200)
}

func TestPostmartReviews(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{Postmart: Market{ReviewDelay: time.Minute, RejectShare: 1}})
	s := w.pm.signIn()
	shop := s.shop("r1")
	id := s.create(pmGoods(shop, "A-1", s.image())).want(201).str("id")
	w.clock.move(time.Minute - time.Millisecond)
	if r := s.product(id); r.str("status") != "pending_review" {
		t.Errorf("too early: %s", r.body)
	}
	w.clock.move(time.Hour)
	s.signIn()
	r := s.product(id)
	if r.str("status") != "rejected" || r.str("rejection.reasons.0.code") == "" || r.str("updated_by") != "moderator" ||
		r.num("version") != 2 || r.str("updated_at") != "2026-11-24T03:01:00.000Z" {
		t.Errorf("rejected at its own time: %s", r.body)
	}
	if r := s.patch(id, obj{"unit": "lọ"}).want(200); r.str("status") != "rejected" {
		t.Errorf("its unit is no content: %s", r.body)
	}
	if r := s.patch(id, obj{"name": "Tương Nam Đàn loại một"}).want(200); r.str("status") != "pending_review" || r.get("rejection") != nil {
		t.Errorf("changed content is reviewed again: %s", r.body)
	}
	check(t, w.sb.Judge(Postmart, id, Verdict{}))
	if r := s.product(id); r.str("status") != "live" {
		t.Errorf("judged: %s", r.body)
	}
	w.clock.move(2 * time.Minute)
	if r := s.product(id); r.str("status") != "live" {
		t.Errorf("the review that was cut short still ended: %s", r.body)
	}
}

func TestPostmartCloseAndReopen(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{Postmart: Market{ReviewDelay: time.Second}})
	s := w.pm.signIn()
	shop, id := s.goods("A-1")
	_ = shop
	w.clock.move(time.Second)
	closeIt := func() *reply { return s.post("/v1/products/"+id+"/close", obj{"reason": "not_eligible"}) }
	reopen := func() *reply { return s.call("POST", "/v1/products/"+id+"/reopen", nil) }
	v := s.product(id).num("version")
	if r := reopen().want(200); r.num("version") != v || r.str("status") != "live" {
		t.Errorf("reopening a live one: %s", r.body)
	}
	if r := closeIt().want(200); r.num("version") != v+1 || r.str("status") != "closed" || r.head.Get("ETag") != etag(v+1) {
		t.Errorf("closed: %s", r.body)
	}
	if r := closeIt().want(200); r.num("version") != v+1 {
		t.Errorf("closing a closed one: %s", r.body)
	}
	if r := s.patch(id, obj{"name": "Tương Nam Đàn loại hai"}).want(200); r.str("status") != "closed" {
		t.Errorf("a closed one changes and stays closed: %s", r.body)
	}
	s.post("/v1/offers:batch", obj{"items": []obj{{"product_id": id, "price": 46000}}}).want(207)
	w.clock.move(time.Minute)
	if r := s.product(id); r.str("status") != "closed" || r.num("price") != 46000 {
		t.Errorf("stays closed: %s", r.body)
	}
	if r := reopen().want(200); r.str("status") != "pending_review" {
		t.Errorf("reopened: %s", r.body)
	}

	t.Run("closed by staff until they release it", func(t *testing.T) {
		check(t, w.sb.CloseByStaff(Postmart, id, Reason{Code: "forbidden_claim", Message: "Nội dung chữa bệnh"}))
		r := s.product(id)
		if r.str("status") != "closed" || r.str("updated_by") != "moderator" || r.str("rejection.reasons.0.code") != "forbidden_claim" {
			t.Errorf("closed by staff: %s", r.body)
		}
		reopen().want(403).code("closed_by_marketplace")
		s.patch(id, obj{"unit": "lọ"}).want(403).code("closed_by_marketplace")
		if r := closeIt().want(200); r.num("version") != s.product(id).num("version") {
			t.Errorf("closing it: %s", r.body)
		}
		b := s.post("/v1/offers:batch", obj{"items": []obj{{"product_id": id, "price": 47000}}}).want(207)
		if b.num("items.0.status") != 409 || b.str("items.0.error.code") != "closed_by_marketplace" {
			t.Errorf("offer: %s", b.body)
		}
		w.clock.move(time.Hour - time.Second) // nothing it waited for brings it back
		s.signIn()
		if r := s.product(id); r.str("status") != "closed" {
			t.Errorf("came back: %s", r.body)
		}
		check(t, w.sb.ReleaseByStaff(Postmart, id))
		if r := s.product(id); r.str("status") != "closed" || r.get("rejection") != nil {
			t.Errorf("released: %s", r.body)
		}
		reopen().want(200)
	})
}

func TestPostmartOffers(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	s := w.pm.signIn()
	_, id := s.goods("A-1")
	offer := func(it obj) *reply {
		return s.post("/v1/offers:batch", obj{"items": []obj{with(it, "product_id", id)}}).want(207)
	}
	offer(obj{"price": 50000, "list_price": 60000, "stock": 7})
	if r := s.product(id); r.num("price") != 50000 || r.num("list_price") != 60000 || r.num("stock") != 7 || r.str("status") != "live" {
		t.Errorf("all three: %s", r.body)
	}
	offer(obj{"price": 51000})
	r := s.product(id)
	if r.num("price") != 51000 || r.num("list_price") != 60000 || r.num("stock") != 7 {
		t.Errorf("left out: unchanged: %s", r.body)
	}
	v := r.num("version")
	if r := offer(obj{"price": 51000}); r.num("items.0.version") != v {
		t.Errorf("the same again is no change: %s", r.body)
	}
	s.loose = true
	for name, it := range map[string]obj{
		"a price above the list price": {"price": 61000},
		"list price below":             {"price": 51000, "list_price": 50999},
		"price below the least":        {"price": 999},
		"price missing":                {},
		"stock negative":               {"price": 51000, "stock": -1},
		"stock null":                   {"price": 51000, "stock": nil},
	} {
		t.Run(name, func(t *testing.T) {
			r := offer(it)
			if r.num("items.0.status") != 422 || r.str("items.0.error.code") != "validation_failed" {
				t.Errorf("answer: %s", r.body)
			}
		})
	}
	s.loose = false
	offer(obj{"price": 61000, "list_price": nil})
	if r := s.product(id); r.get("list_price") != nil || r.num("price") != 61000 || r.num("version") != v+1 {
		t.Errorf("null removes it: %s", r.body)
	}
	check(t, w.sb.Sell(Postmart, id, 2))
	if r := s.product(id); r.num("stock") != 5 || r.num("version") != v+2 || r.str("updated_by") != "partner" || r.str("status") != "live" {
		t.Errorf("a sale: %s", r.body)
	}
}
