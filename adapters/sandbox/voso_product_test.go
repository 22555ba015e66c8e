package sandbox

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

func TestVosoSKUs(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	s := w.vs.vsSignIn()
	shop, img := s.vsShop("r1"), s.vsImage()
	r := s.save(vsGoods(shop, "007", img), vsGoods(shop, "7", img), vsGoods(shop, "007", img)).vs("OK")
	if r.str("data.results.2.code") != "PRODUCT_SKU_DUPLICATED" || r.get("data.results.2.productId") != nil ||
		r.str("data.results.1.code") != "OK" || r.str("data.results.2.sku") != "007" {
		t.Errorf("a batch: %s", r.body)
	}
	id := r.str("data.results.0.productId")
	s.rpc("product/change-status", obj{"items": []obj{{"productId": id, "status": "HIDE"}}}).vs("OK")
	s.saved("PRODUCT_SKU_DUPLICATED", vsGoods(shop, "007", img))
	s.saved("OK", vsGoods(s.vsShop("r2"), "007", img))
	s.saved("OK", obj{"productId": id, "sku": "007"})
	s.saved("SKU_FIXED", obj{"productId": id, "sku": "008"})
	s.saved("PRODUCT_NOT_FOUND", obj{"productId": "1", "price": 1000})

	t.Run("a hand-made one is given its sku once", func(t *testing.T) {
		s.rough = true
		defer func() { s.rough = false }()
		hand, err := w.sb.AddByHand(Voso, HandMade{ShopRef: "r1", Name: "Tương làm bằng tay", Price: 30000, Stock: 5})
		check(t, err)
		if r := s.vsProduct(hand); r.get("data.items.0.sku") != "" || r.str("data.items.0.status") != "SELLING" {
			t.Errorf("made by hand: %s", r.body)
		}
		s.saved("PRODUCT_SKU_DUPLICATED", obj{"productId": hand, "sku": "7"})
		s.saved("OK", obj{"productId": hand, "sku": ""})
		s.saved("OK", obj{"productId": hand, "sku": "H-1"})
		if r := s.vsProduct(hand); r.str("data.items.0.sku") != "H-1" || r.str("data.items.0.status") != "SELLING" {
			t.Errorf("with its sku: %s", r.body)
		}
		s.saved("SKU_FIXED", obj{"productId": hand, "sku": ""})
	})
}

func TestVosoChanges(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{Voso: Market{ReviewDelay: time.Second}})
	s := w.vs.vsSignIn()
	_, id := s.vsGoods("A-1")
	img2 := s.vsUpload(photo("jpeg", 600, 600, 9)).vs("OK").str("data.imageId")
	ocop := with(vsGoods("", "", "")["ocop"].(obj), "level", "OCOP_5")
	for name, c := range map[string]struct {
		item   obj
		review bool
	}{
		"name":        {obj{"name": "Tương Nam Đàn loại một"}, true},
		"description": {obj{"description": longText + " Mới."}, true},
		"categoryId":  {obj{"categoryId": "TP01"}, true},
		"imageIds":    {obj{"imageIds": []string{img2}}, true},
		"ocop":        {obj{"ocop": ocop}, true},
		"unitName":    {obj{"unitName": "lọ"}, false},
		"weight":      {obj{"weight": 0.8}, false},
		"origin":      {obj{"origin": obj{"producerName": "HTX", "provinceCode": "40", "wardCode": "17950"}}, false},
		"properties":  {obj{"properties": []obj{{"key": "Vị", "value": "mặn"}}}, false},
		"price":       {obj{"price": 46000}, false},
		"listPrice":   {obj{"listPrice": 90000}, false},
		"quantity":    {obj{"quantity": 55}, false},
	} {
		w.clock.move(2 * time.Second)
		before := s.vsProduct(id)
		if got := before.str("data.items.0.status"); got != "SELLING" {
			t.Fatalf("before %s: %s", name, got)
		}
		s.saved("OK", with(c.item, "productId", id))
		after := s.vsProduct(id)
		want := map[bool]string{true: "PENDING", false: "SELLING"}[c.review]
		if after.str("data.items.0.status") != want || after.str("data.items.0.updatedAt") == before.str("data.items.0.updatedAt") {
			t.Errorf("changed %s: %s", name, after.body)
		}
		hide := func(status string) {
			s.rpc("product/change-status", obj{"items": []obj{{"productId": id, "status": status}}}).vs("OK")
		}
		if name == "name" {
			hide("HIDE")
			s.saved("OK", obj{"productId": id, "name": "Tương Nam Đàn loại hai"})
			w.clock.move(time.Minute)
			if got := s.vsProduct(id).str("data.items.0.status"); got != "HIDDEN" {
				t.Errorf("a hidden one stays hidden: %s", got)
			}
			at := s.vsProduct(id).str("data.items.0.updatedAt")
			hide("HIDE")
			if got := s.vsProduct(id).str("data.items.0.updatedAt"); got != at {
				t.Error("hiding a hidden one changes it")
			}
			hide("SHOW")
			if got := s.vsProduct(id).str("data.items.0.status"); got != "PENDING" {
				t.Errorf("shown: %s", got)
			}
			hide("SHOW")
		}
	}
}

func TestVosoPriceAndStock(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	s := w.vs.vsSignIn()
	_, id := s.vsGoods("A-1")
	set := func(price, quantity any) *reply {
		return s.rpc("product/change-price-stock", obj{"items": []obj{{"productId": id, "price": price, "quantity": quantity}}}).vs("OK")
	}
	see := func(price, list, quantity int64) {
		t.Helper()
		r := s.vsProduct(id)
		if r.num("data.items.0.price") != price || r.num("data.items.0.listPrice") != list || r.num("data.items.0.quantity") != quantity {
			t.Errorf("want %d, %d, %d: %s", price, list, quantity, r.body)
		}
	}
	s.saved("OK", obj{"productId": id, "listPrice": 60000})
	set(50000, 9)
	see(50000, 60000, 9)
	set(70000, 9)
	see(70000, 70000, 9)
	s.saved("OK", obj{"productId": id, "price": 65000}) // the price alone
	see(65000, 70000, 9)
	s.saved("OK", obj{"productId": id, "listPrice": nil}) // empty: the price
	see(65000, 65000, 9)
	check(t, w.sb.Sell(Voso, id, 20))
	see(65000, 65000, 0)
	s.loose = true
	if r := set(65050, 1); r.str("data.results.0.code") != "PRICE_INVALID" {
		t.Errorf("off the step: %s", r.body)
	}
	if r := set(65000, nil); r.str("data.results.0.code") != "VALIDATE_ERROR" {
		t.Errorf("no quantity: %s", r.body)
	}
	see(65000, 65000, 0)
	many := make([]obj, 101)
	for i := range many {
		many[i] = obj{"productId": id, "price": 1000, "quantity": 1}
	}
	s.rpc("product/change-price-stock", obj{"items": many}).vs("BATCH_TOO_LARGE")
}

func TestVosoReviewsAndLocks(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{Voso: Market{ReviewDelay: time.Minute, RejectShare: 1}})
	s := w.vs.vsSignIn()
	_, id := s.vsGoods("A-1")
	w.clock.move(time.Minute)
	r := s.vsProduct(id)
	if r.str("data.items.0.status") != "REJECTED" || r.str("data.items.0.rejectReason") == "" {
		t.Errorf("rejected: %s", r.body)
	}
	s.saved("OK", obj{"productId": id, "description": longText + " Đã sửa."})
	if r := s.vsProduct(id); r.str("data.items.0.status") != "PENDING" || r.get("data.items.0.rejectReason") != nil {
		t.Errorf("mended: %s", r.body)
	}
	check(t, w.sb.Judge(Voso, id, Verdict{}))
	check(t, w.sb.CloseByStaff(Voso, id, Reason{Message: "Vi phạm quy định"}))
	if r := s.vsProduct(id); r.str("data.items.0.status") != "LOCKED" {
		t.Errorf("locked: %s", r.body)
	}
	s.saved("PRODUCT_LOCKED", obj{"productId": id, "unitName": "x"})
	for path, it := range map[string]obj{
		"product/change-status": {"productId": id, "status": "HIDE"}, "product/change-price-stock": {"productId": id, "price": 1000, "quantity": 1},
	} {
		if r := s.rpc(path, obj{"items": []obj{it}}).vs("OK"); r.str("data.results.0.code") != "PRODUCT_LOCKED" {
			t.Errorf("%s: %s", path, r.body)
		}
	}
	if r := s.rpc("product/change-status", obj{"items": []obj{{"productId": id, "status": "SHOW"}}}).vs("OK"); r.str("data.results.0.code") != "OK" ||
		s.vsProduct(id).str("data.items.0.status") != "LOCKED" {
		t.Errorf("SHOW of what is not hidden changes nothing: %s", r.body)
	}
	check(t, w.sb.ReleaseByStaff(Voso, id))
	if r := s.vsProduct(id); r.str("data.items.0.status") != "SELLING" {
		t.Errorf("unlocked: %s", r.body)
	}
}

func TestVosoRecognitionIsJudgedOnlyWhereItIsSent(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	s := w.vs.vsSignIn()
	shop, img := s.vsShop("r1"), s.vsImage()
	o := vsGoods(shop, "A-1", img)
	o["ocop"] = with(o["ocop"].(obj), "expiredDate", "24/11/2026")
	id := s.saved("OK", o).str("data.results.0.productId")
	w.clock.move(14 * time.Hour) // the 25th in Vietnam
	s.vsSignIn()
	s.saved("OCOP_EXPIRED", with(o, "sku", "A-2"))
	s.saved("OK", obj{"productId": id, "unitName": "lọ"})
	s.saved("OCOP_EXPIRED", obj{"productId": id, "ocop": o["ocop"]})
	if got := s.vsProduct(id).str("data.items.0.status"); got != "SELLING" {
		t.Errorf("stays on sale: %s", got)
	}
}

func (s *site) search(q obj) (skus []string, total int64) {
	s.w.t.Helper()
	r := s.rpc("product/search", q).vs("OK")
	for _, it := range r.list("data.items") {
		sku, _ := it.(map[string]any)["sku"].(string)
		skus = append(skus, sku)
	}
	return skus, r.num("data.total")
}

func TestVosoSearch(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	s := w.vs.vsSignIn()
	img := s.vsImage()
	one, two := s.vsShop("r1"), s.vsShop("r2")
	ids := map[string]string{}
	add := func(shop string, skus []string) {
		for _, sku := range skus {
			ids[sku] = s.saved("OK", vsGoods(shop, sku, img)).str("data.results.0.productId")
			w.clock.move(time.Second)
		}
	}
	a, b := numbered("A", 6), numbered("B", 4)
	add(one, a)
	add(two, b)
	s.saved("OK", obj{"productId": ids["A-02"], "unitName": "mới"})
	w.clock.move(time.Second)
	s.rpc("product/change-status", obj{"items": []obj{{"productId": ids["B-01"], "status": "HIDE"}}}).vs("OK")

	all := slices.Concat(a, b)
	newest := []string{"B-01", "A-02", "B-03", "B-02", "B-00", "A-05", "A-04", "A-03", "A-01", "A-00"}
	for name, c := range map[string]struct {
		q     obj
		want  []string
		total int64
	}{
		"newest change first":            {obj{"page": 1, "pageSize": 4}, newest[:4], 10},
		"the second page":                {obj{"page": 2, "pageSize": 4, "orderBy": "UPDATED_DESC"}, newest[4:8], 10},
		"the last page":                  {obj{"page": 3, "pageSize": 4}, newest[8:], 10},
		"past the end":                   {obj{"page": 4, "pageSize": 4}, nil, 10},
		"far past the end":               {obj{"page": 1 << 30, "pageSize": 200}, nil, 10},
		"by creation":                    {obj{"page": 1, "pageSize": 200, "orderBy": "CREATED_ASC"}, all, 10},
		"by creation, the second page":   {obj{"page": 2, "pageSize": 3, "orderBy": "CREATED_ASC"}, all[3:6], 10},
		"a shop, newest first":           {obj{"page": 1, "pageSize": 3, "shopId": two}, []string{"B-01", "B-03", "B-02"}, 4},
		"a shop, by creation, past it":   {obj{"page": 2, "pageSize": 4, "shopId": two, "orderBy": "CREATED_ASC"}, nil, 4},
		"a shop of nobody":               {obj{"page": 1, "pageSize": 3, "shopId": "V0"}, nil, 0},
		"skus":                           {obj{"page": 1, "pageSize": 9, "skus": []string{"A-01", "B-03", "no", "A-01"}}, []string{"B-03", "A-01"}, 2},
		"skus of another shop":           {obj{"page": 1, "pageSize": 9, "shopId": one, "skus": []string{"B-03"}}, nil, 0},
		"no skus are no filter":          {obj{"page": 1, "pageSize": 1, "skus": []string{}}, newest[:1], 10},
		"a status":                       {obj{"page": 1, "pageSize": 9, "status": "HIDDEN"}, []string{"B-01"}, 1},
		"a status, by creation, page 2":  {obj{"page": 2, "pageSize": 8, "status": "SELLING", "orderBy": "CREATED_ASC"}, []string{"B-03"}, 9},
		"a status and a shop, past both": {obj{"page": 9, "pageSize": 8, "status": "SELLING", "shopId": one}, nil, 6},
	} {
		t.Run(name, func(t *testing.T) {
			got, total := s.search(c.q)
			if !slices.Equal(got, c.want) || total != c.total {
				t.Errorf("%v of %d, want %v of %d", got, total, c.want, c.total)
			}
		})
	}
	t.Run("a page by creation keeps its place while products are added", func(t *testing.T) {
		first, _ := s.search(obj{"page": 1, "pageSize": 5, "orderBy": "CREATED_ASC"})
		add(one, []string{"C-00"})
		s.saved("OK", obj{"productId": ids["A-00"], "unitName": "mới"})
		second, total := s.search(obj{"page": 2, "pageSize": 5, "orderBy": "CREATED_ASC"})
		if got := slices.Concat(first, second); !slices.Equal(got, all) || total != 11 {
			t.Errorf("read %v of %d", got, total)
		}
	})
	t.Run("get leaves unknown ids out", func(t *testing.T) {
		r := s.rpc("product/get", obj{"productIds": []string{ids["A-03"], "1", ids["A-00"], ids["A-03"]}}).vs("OK")
		if len(r.list("data.items")) != 2 || r.str("data.items.0.sku") != "A-03" {
			t.Errorf("got %s", r.body)
		}
	})
}

func TestVosoSearchLags(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{Voso: Market{Lag: 30 * time.Second}})
	s := w.vs.vsSignIn()
	shop, img := s.vsShop("r1"), s.vsImage()
	var ids []string
	for i := range 5 {
		ids = append(ids, s.saved("OK", vsGoods(shop, fmt.Sprint("A-", i), img)).str("data.results.0.productId"))
	}
	w.clock.move(30*time.Second - time.Millisecond)
	if got, total := s.search(obj{"page": 1, "pageSize": 9}); len(got) != 0 || total != 0 {
		t.Errorf("seen too early: %v of %d", got, total)
	}
	w.clock.move(time.Millisecond)
	if _, total := s.search(obj{"page": 1, "pageSize": 9, "orderBy": "CREATED_ASC"}); total != 5 {
		t.Errorf("seen: %d", total)
	}
	s.saved("OK", obj{"productId": ids[0], "unitName": "mới"})
	s.saved("OK", vsGoods(shop, "A-5", img))
	if got, total := s.search(obj{"page": 1, "pageSize": 9}); total != 5 || !slices.Equal(got, []string{"A-4", "A-3", "A-2", "A-1", "A-0"}) {
		t.Errorf("as it was: %v of %d", got, total)
	}
	w.clock.move(30 * time.Second)
	if got, total := s.search(obj{"page": 1, "pageSize": 9}); total != 6 || !slices.Equal(got, []string{"A-5", "A-0", "A-4", "A-3", "A-2", "A-1"}) {
		t.Errorf("as it is: %v of %d", got, total)
	}
}
