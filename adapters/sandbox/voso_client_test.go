package sandbox

import (
	"encoding/base64"
)

func (s *site) rpc(path string, v any) *reply {
	s.w.t.Helper()
	return s.call("POST", "/api/v2/"+path, js(v), "Content-Type", "application/json")
}

func (s *site) vsSignIn() *site {
	s.w.t.Helper()
	r := s.rpc("user/login", obj{"username": DefaultUsername, "password": DefaultPassword}).vs("OK")
	s.head["Token"] = r.str("data.token")
	return s
}

func vsShop(code string) obj {
	return obj{"partnerShopCode": code, "shopName": "HTX Nam Đàn", "phone": "0912345678", "taxCode": nil,
		"provinceCode": "40", "wardCode": "17950", "address": "Xóm 3"}
}

func (s *site) vsShop(code string) string {
	s.w.t.Helper()
	return s.rpc("shop/save", vsShop(code)).vs("OK").str("data.shopId")
}

func (s *site) vsUpload(data []byte) *reply {
	s.w.t.Helper()
	return s.rpc("image/upload", obj{"fileName": "anh.jpg", "contentBase64": base64.StdEncoding.EncodeToString(data)})
}

func (s *site) vsImage() string {
	s.w.t.Helper()
	return s.vsUpload(photo("jpeg", 800, 600, 7)).vs("OK").str("data.imageId")
}

func vsGoods(shop, sku, img string) obj {
	return obj{"shopId": shop, "sku": sku, "name": "Tương Nam Đàn chai 500 ml", "categoryId": "TP02",
		"description": longText, "unitName": "chai 500 ml", "weight": 0.7, "imageIds": []string{img},
		"price": 45000, "quantity": 100,
		"ocop": obj{"level": "OCOP_4", "decisionNumber": "2345/QĐ-UBND", "decisionDate": "01/12/2024",
			"expiredDate": "01/12/2027"},
		"origin": obj{"producerName": "HTX Nam Đàn", "provinceCode": "40", "wardCode": "17950"},
	}
}

func (s *site) save(items ...obj) *reply {
	s.w.t.Helper()
	return s.rpc("product/save-batch", obj{"items": items})
}

// saved saves one item and wants its code.
func (s *site) saved(code string, item obj) *reply {
	s.w.t.Helper()
	r := s.save(item).vs("OK")
	if got := r.str("data.results.0.code"); got != code {
		s.w.t.Fatalf("code %q, want %q: %s", got, code, r.body)
	}
	return r
}

func (s *site) vsProduct(id string) *reply {
	s.w.t.Helper()
	return s.rpc("product/get", obj{"productIds": []string{id}}).vs("OK")
}

func (s *site) vsGoods(sku string) (shop, id string) {
	s.w.t.Helper()
	shop = s.vsShop("ref-" + sku)
	return shop, s.saved("OK", vsGoods(shop, sku, s.vsImage())).str("data.results.0.productId")
}
