package sandbox

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/url"
	"sync"
)

func (s *site) signIn() *site {
	s.w.t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {DefaultClientID},
		"client_secret": {DefaultClientSecret}}
	r := s.call("POST", "/oauth/token", []byte(form.Encode()), "Content-Type", "application/x-www-form-urlencoded")
	s.head["Authorization"] = "Bearer " + r.want(200).str("access_token")
	return s
}

var keys int
var keysMu sync.Mutex

func newKey() string {
	keysMu.Lock()
	defer keysMu.Unlock()
	keys++
	return fmt.Sprintf("key-%d", keys)
}

func (s *site) post(path string, v any, head ...string) *reply {
	s.w.t.Helper()
	return s.call("POST", path, js(v), append([]string{"Content-Type", "application/json"}, head...)...)
}

func (s *site) shop(ref string) string {
	s.w.t.Helper()
	return s.post("/v1/shops", pmShop(ref), "Idempotency-Key", newKey()).want(201).str("id")
}

func pmShop(ref string) obj {
	return obj{"producer_ref": ref, "name": "HTX Nam Đàn", "phone": "0912345678", "tax_code": nil,
		"province_code": "40", "ward_code": "17950", "address": "Xóm 3"}
}

func multipartOf(field string, data []byte) (body []byte, contentType string) {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	p, _ := m.CreateFormFile(field, "anh.jpg")
	_, _ = p.Write(data)
	_ = m.Close()
	return b.Bytes(), m.FormDataContentType()
}

func (s *site) upload(data []byte) *reply {
	s.w.t.Helper()
	body, ct := multipartOf("file", data)
	return s.call("POST", "/v1/media", body, "Content-Type", ct)
}

func (s *site) image() string {
	s.w.t.Helper()
	return s.upload(photo("jpeg", 800, 600, 7)).want(201).str("id")
}

const longText = "Tương Nam Đàn làm từ nếp, đỗ tương và muối, ủ chum sành ba tháng theo lối xưa."

func pmGoods(shop, sku, img string) obj {
	return obj{"shop_id": shop, "sku": sku, "name": "Tương Nam Đàn chai 500 ml", "category_id": 2205,
		"description_html": "<p>" + longText + "</p>", "unit": "chai 500 ml", "weight_g": 700,
		"images": []string{img}, "price": 45000, "stock": 100,
		"origin": obj{"producer": "HTX Nam Đàn", "province_code": "40", "ward_code": "17950"},
		"ocop": obj{"stars": 4, "decision_no": "2345/QĐ-UBND", "recognised_on": "2024-12-01",
			"valid_until": "2027-12-01"},
	}
}

func (s *site) create(o obj) *reply {
	s.w.t.Helper()
	return s.post("/v1/products", o, "Idempotency-Key", newKey())
}

func (s *site) product(id string) *reply {
	s.w.t.Helper()
	return s.call("GET", "/v1/products/"+id, nil)
}

func (s *site) patch(id string, o obj) *reply {
	s.w.t.Helper()
	return s.call("PATCH", "/v1/products/"+id, js(o), "Content-Type", mergePatch, "If-Match",
		s.product(id).want(200).head.Get("ETag"))
}

// goods makes a shop and a product in it and returns both ids; its review is
// over at the next call.
func (s *site) goods(sku string) (shop, id string) {
	s.w.t.Helper()
	shop = s.shop("ref-" + sku)
	return shop, s.create(pmGoods(shop, sku, s.image())).want(201).str("id")
}
