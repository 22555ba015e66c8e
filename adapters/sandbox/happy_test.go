package sandbox

import "testing"

func TestPostmartFromShopToLive(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	s := w.pm.signIn()
	shop, id := s.goods("TND-500")
	r := s.product(id).want(200)
	if r.str("status") != "live" || r.str("updated_by") != "moderator" || r.head.Get("ETag") != `"2"` {
		t.Errorf("after its review: %s, ETag %s", r.body, r.head.Get("ETag"))
	}
	if got := s.call("GET", "/v1/shops?producer_ref=ref-TND-500", nil).want(200); got.str("items.0.status") != "active" {
		t.Errorf("the shop: %s", got.body)
	}
	list := s.call("GET", "/v1/products?shop_id="+shop+"&sku=TND-500", nil).want(200)
	if list.str("items.0.id") != id || list.get("next_cursor") != nil {
		t.Errorf("found by sku: %s", list.body)
	}
	offer := obj{"items": []obj{{"product_id": id, "price": 50000, "stock": 0}, {"product_id": "nobody", "price": 1000}}}
	batch := s.post("/v1/offers:batch", offer).want(207)
	if batch.num("items.0.status") != 200 || batch.num("items.1.status") != 404 {
		t.Errorf("offers: %s", batch.body)
	}
	if r := s.patch(id, obj{"name": "Tương Nam Đàn loại đặc biệt"}).want(200); r.str("status") != "pending_review" {
		t.Errorf("after a change of its name: %s", r.body)
	}
	closed := s.post("/v1/products/"+id+"/close", obj{"reason": "withdrawn"}).want(200)
	if closed.str("status") != "closed" {
		t.Errorf("closed: %s", closed.body)
	}
	if r := s.call("POST", "/v1/products/"+id+"/reopen", nil).want(200); r.str("status") != "pending_review" {
		t.Errorf("reopened: %s", r.body)
	}
}

func TestVosoFromShopToSelling(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	s := w.vs.vsSignIn()
	shop, id := s.vsGoods("TND-500")
	if r := s.vsProduct(id); r.str("data.items.0.status") != "SELLING" || r.num("data.items.0.listPrice") != 45000 {
		t.Errorf("after its review: %s", r.body)
	}
	list := s.rpc("product/search", obj{"page": 1, "pageSize": 50, "shopId": shop, "skus": []string{"TND-500"}}).vs("OK")
	if list.str("data.items.0.productId") != id || list.num("data.total") != 1 {
		t.Errorf("found by sku: %s", list.body)
	}
	price := obj{"items": []obj{{"productId": id, "price": 50000, "quantity": 3}}}
	s.rpc("product/change-price-stock", price).vs("OK")
	if r := s.vsProduct(id); r.num("data.items.0.price") != 50000 || r.num("data.items.0.listPrice") != 50000 ||
		r.num("data.items.0.quantity") != 3 || r.str("data.items.0.status") != "SELLING" {
		t.Errorf("after a new price: %s", r.body)
	}
	s.saved("OK", obj{"productId": id, "name": "Tương Nam Đàn loại đặc biệt"})
	s.rpc("product/change-status", obj{"items": []obj{{"productId": id, "status": "HIDE"}}}).vs("OK")
	if r := s.vsProduct(id); r.str("data.items.0.status") != "HIDDEN" {
		t.Errorf("hidden: %s", r.body)
	}
	s.rpc("product/change-status", obj{"items": []obj{{"productId": id, "status": "SHOW"}}}).vs("OK")
	if r := s.vsProduct(id); r.str("data.items.0.status") != "SELLING" {
		t.Errorf("shown again: %s", r.body)
	}
}
