package sandbox

import (
	"slices"
	"testing"
	"time"
)

func TestListFaults(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	s, v := w.pm.signIn(), w.vs.vsSignIn()
	all := numbered("A", 8)
	s.fill(s.shop("r1"), s.image(), all)
	shop, img := v.vsShop("r1"), v.vsImage()
	for _, sku := range all {
		v.saved("OK", vsGoods(shop, sku, img))
	}
	w.clock.move(time.Second)
	read := func() []string { return s.pages("limit=3", nil) }
	search := func(page int) []string {
		got, _ := v.search(obj{"page": page, "pageSize": 4, "orderBy": "CREATED_ASC"})
		return got
	}
	t.Run("repeat", func(t *testing.T) {
		fault(t, w, Fault{Market: Postmart, Op: "listProducts", Kind: Repeat, Skip: 1, Count: 1})
		want := []string{"A-00", "A-01", "A-02", "A-02", "A-03", "A-04", "A-05", "A-06", "A-07"}
		if got := read(); !slices.Equal(got, want) {
			t.Errorf("read %v", got)
		}
		fault(t, w, Fault{Market: Voso, Op: "searchProducts", Kind: Repeat, Size: 2, Count: 1})
		if got := search(2); !slices.Equal(got, []string{"A-02", "A-03", "A-04", "A-05"}) {
			t.Errorf("read %v", got)
		}
	})
	t.Run("end early", func(t *testing.T) {
		fault(t, w, Fault{Market: Postmart, Op: "listProducts", Kind: EndEarly, Skip: 1, Count: 1})
		if got := read(); !slices.Equal(got, all[:5]) {
			t.Errorf("read %v", got)
		}
		fault(t, w, Fault{Market: Voso, Op: "searchProducts", Kind: EndEarly, Count: 1})
		got, total := v.search(obj{"page": 2, "pageSize": 4, "orderBy": "CREATED_ASC"})
		if !slices.Equal(got, all[4:6]) || total != 6 {
			t.Errorf("read %v of %d", got, total)
		}
	})
	t.Run("lag", func(t *testing.T) {
		for _, on := range []string{Postmart, Voso} {
			fault(t, w, Fault{Market: on, Op: OpReads, Kind: Lag, Delay: 10 * time.Second, Count: 1})
		}
		if got := read(); len(got) != 0 {
			t.Errorf("read %v", got)
		}
		if got := search(1); len(got) != 0 {
			t.Errorf("read %v", got)
		}
		if got := read(); !slices.Equal(got, all) {
			t.Errorf("then %v", got)
		}
	})
}

func TestItemFaults(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	v := w.vs.vsSignIn()
	shop, img := v.vsShop("r1"), v.vsImage()
	v.rough = true
	fault(t, w, Fault{Market: Voso, Op: "saveProducts", Kind: RefuseItems, Items: []int{1}, Code: "SYSTEM_BUSY", Count: 1})
	fault(t, w, Fault{Market: Voso, Op: "saveProducts", Kind: IgnoreItems, SKUs: []string{"A-02"}, Count: 1})
	fault(t, w, Fault{Market: Voso, Op: "saveProducts", Kind: OmitItems, Items: []int{4}, Count: 1})
	var items []obj
	for _, sku := range numbered("A", 5) {
		items = append(items, vsGoods(shop, sku, img))
	}
	r := v.save(items...).vs("OK")
	if len(r.list("data.results")) != 4 || r.str("data.results.1.code") != "SYSTEM_BUSY" || r.get("data.results.2.ok") != true ||
		r.str("data.results.3.sku") != "A-03" {
		t.Errorf("answer: %s", r.body)
	}
	for sku, want := range map[string]int{"A-00": 1, "A-01": 0, "A-02": 0, "A-03": 1, "A-04": 1} {
		if found, err := w.sb.BySKU(Voso, sku); err != nil || len(found) != want {
			t.Errorf("%s: %d, want %d (%v)", sku, len(found), want, err)
		}
	}

	s := w.pm.signIn()
	s.rough = true
	_, one := s.goods("B-1")
	_, two := s.goods("B-2")
	_, three := s.goods("B-3")
	fault(t, w, Fault{Market: Postmart, Op: "batchOffers", Kind: RefuseItems, SKUs: []string{"B-1"}, Code: "validation_failed", Count: 1})
	fault(t, w, Fault{Market: Postmart, Op: "batchOffers", Kind: IgnoreItems, SKUs: []string{two}, Count: 1})
	fault(t, w, Fault{Market: Postmart, Op: "batchOffers", Kind: OmitItems, Items: []int{2}, Count: 1})
	b := s.post("/v1/offers:batch", obj{"items": []obj{{"product_id": one, "price": 9000}, {"product_id": two, "price": 9000},
		{"product_id": three, "price": 9000}}}).want(207)
	if len(b.list("items")) != 2 || b.num("items.0.status") != 422 || b.num("items.1.status") != 200 {
		t.Errorf("answer: %s", b.body)
	}
	for id, want := range map[string]int64{one: 45000, two: 45000, three: 9000} {
		if got := s.product(id).num("price"); got != want {
			t.Errorf("%s: %d, want %d", id, got, want)
		}
	}
}

func TestDroppedFields(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	s := w.pm.signIn()
	shop, img := s.shop("r1"), s.image()
	fault(t, w, Fault{Market: Postmart, Op: "createProduct", Kind: DropField, Field: "unit", Count: 1})
	fault(t, w, Fault{Market: Postmart, Op: "createProduct", Kind: DropField, Field: "attributes.a", Count: 1})
	r := s.create(with(pmGoods(shop, "A-1", img), "attributes", obj{"a": "1", "b": "2"})).want(201)
	if r.get("unit") != nil || string(js(r.get("attributes"))) != `{"b":"2"}` {
		t.Errorf("made: %s", r.body)
	}
	fault(t, w, Fault{Market: Postmart, Op: "updateProduct", Kind: DropField, Field: "name", Count: 1})
	if r := s.patch(r.str("id"), obj{"name": "Tương Nam Đàn khác", "weight_g": 1}).want(200); r.str("name") != "Tương Nam Đàn chai 500 ml" ||
		r.num("weight_g") != 1 {
		t.Errorf("changed: %s", r.body)
	}
	v := w.vs.vsSignIn()
	_, id := v.vsGoods("A-1")
	fault(t, w, Fault{Market: Voso, Op: "saveProducts", Kind: DropField, Field: "unitName", Count: 1})
	v.saved("OK", obj{"productId": id, "unitName": "lọ"})
	if got := v.vsProduct(id).str("data.items.0.unitName"); got != "chai 500 ml" {
		t.Errorf("changed: %s", got)
	}
}
