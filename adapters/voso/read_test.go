package voso

import (
	"fmt"
	"strings"
	"testing"

	"lensan/adapters"
)

func page(total int, items ...any) answer {
	if items == nil {
		items = []any{}
	}
	return answer{data: map[string]any{"total": total, "items": items}}
}

// span is the products from a up to but not b.
func span(a, b int) []any {
	var out []any
	for i := a; i < b; i++ {
		out = append(out, wireProduct(fmt.Sprintf("P%03d", i), fmt.Sprintf("%03d", i)))
	}
	return out
}

func TestListIsWholeOrEndsInAnError(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		pages []answer
		seen  int
		whole bool
	}{
		"nothing":                              {[]answer{page(0)}, 0, true},
		"one page":                             {[]answer{page(3, span(0, 3)...), page(3)}, 3, true},
		"two pages":                            {[]answer{page(203, span(0, 200)...), page(203, span(200, 203)...), page(203)}, 203, true},
		"a full last page":                     {[]answer{page(200, span(0, 200)...), page(200)}, 200, true},
		"products added meanwhile":             {[]answer{page(201, span(0, 200)...), page(205, span(200, 205)...), page(205)}, 205, true},
		"products added to the last page":      {[]answer{page(3, span(0, 3)...), page(5), page(5, span(0, 5)...), page(5)}, 5, true},
		"a product shown twice, all there":     {[]answer{page(203, span(0, 200)...), page(203, span(199, 203)...), page(203)}, 203, true},
		"a total that grew back":               {[]answer{page(100, span(0, 100)...), page(150), page(150, span(0, 150)...), page(150)}, 150, true},
		"a short page":                         {[]answer{page(203, span(0, 150)...), page(203, span(200, 203)...), page(203)}, 153, false},
		"a short page that claims to be all":   {[]answer{page(100, span(0, 100)...), page(203, span(200, 203)...), page(203)}, 103, false},
		"a half that is all one ever gets":     {[]answer{page(75, span(0, 75)...), page(150), page(75, span(0, 75)...), page(150), page(75, span(0, 75)...), page(150)}, 75, false},
		"an early end":                         {[]answer{page(203, span(0, 200)...), page(203)}, 200, false},
		"a total without a product":            {[]answer{page(3)}, 0, false},
		"a total that shrinks with the pages":  {[]answer{page(203, span(0, 200)...), page(201, span(200, 201)...), page(201)}, 201, false},
		"the same page for ever":               {[]answer{page(500, span(0, 200)...)}, 200, false},
		"more than the total told":             {[]answer{page(2, span(0, 3)...), page(2)}, 3, false},
		"a repeated product instead of a new":  {[]answer{page(203, span(0, 200)...), page(203, span(198, 201)...), page(203)}, 201, false},
		"an outage at the second page":         {[]answer{page(203, span(0, 200)...), {status: 503}}, 200, false},
		"a page without total":                 {[]answer{{raw: `{"error":false,"code":"OK","message":"","data":{"items":[]}}`}}, 0, false},
		"a product that lacks its sku":         {[]answer{{raw: `{"error":false,"code":"OK","message":"","data":{"total":1,"items":[{"productId":"P","shopId":"S1","status":"SELLING"}]}}`}}, 0, false},
		"a maintenance page at the third page": {[]answer{page(500, span(0, 200)...), page(500, span(200, 400)...), {raw: "<html>bảo trì</html>"}}, 400, false},
	}
	for sentence, tt := range tests {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			a := s.adapter()
			s.on("/product/search", tt.pages...)
			seen, ended := map[string]bool{}, false
			for l, err := range a.List(t.Context(), adapters.ListQuery{}) {
				if ended {
					t.Fatal("something after the error")
				}
				if err != nil {
					ended = true
					if e, ok := err.(*adapters.Error); !ok || e == nil {
						t.Errorf("%T", err)
					}
					continue
				}
				if seen[l.RemoteID] {
					t.Errorf("%s twice", l.RemoteID)
				}
				seen[l.RemoteID] = true
			}
			if len(seen) != tt.seen || ended == tt.whole {
				t.Errorf("%d seen, ended in an error: %v", len(seen), ended)
			}
		})
	}
}

func TestListStopsWhenAskedTo(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	a := s.adapter()
	s.on("/product/search", page(500, span(0, 200)...))
	for range a.List(t.Context(), adapters.ListQuery{ShopID: "S1"}) {
		break
	}
	if s.count("/product/search") != 1 || !strings.Contains(s.body("/product/search", 0), `"shopId":"S1"`) || !strings.Contains(s.body("/product/search", 0), `"orderBy":"CREATED_ASC"`) {
		t.Errorf("%v", s.bodies)
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	a := s.adapter()
	if got, err := a.Find(t.Context(), "S1", []string{"", ""}); got != nil || err != nil || len(s.calls) != 0 {
		t.Errorf("an empty list of SKUs is no filter and must not be asked: %v %v %v", got, err, s.calls)
	}
	s.on("/product/search", page(2, wireProduct("P1", "001"), wireProduct("P2", "002")), page(2))
	got, err := a.Find(t.Context(), "S1", []string{"001", "002", "001", "003"})
	if err != nil || len(got) != 2 || got[0].SKU != "001" || got[1].RemoteID != "P2" {
		t.Errorf("%v %v", got, err)
	}
	if want := `{"page":1,"pageSize":200,"shopId":"S1","skus":["001","002","003"],"orderBy":"CREATED_ASC"}`; s.body("/product/search", 0) != want {
		t.Errorf("asked %s", s.body("/product/search", 0))
	}
	s.on("/product/search", page(1, wireProduct("P9", "999")))
	if got, err := a.Find(t.Context(), "S1", []string{"001"}); err == nil {
		t.Errorf("a SKU that was not asked for is taken: %v", got)
	}
	s.on("/product/search", page(1, wireProduct("P1", "001", func(p map[string]any) { p["shopId"] = "S2" })))
	if got, err := a.Find(t.Context(), "S1", []string{"001"}); err == nil {
		t.Errorf("another shop's product is taken: %v", got)
	}
	s.on("/product/search", page(1, wireProduct("P1", "001", func(p map[string]any) { p["shopId"] = "S2" })), page(1))
	if got, err := a.Find(t.Context(), "", []string{"001"}); err != nil || len(got) != 1 || got[0].ShopID != "S2" {
		t.Errorf("over all shops: %v %v", got, err)
	}
	s.on("/product/search", page(2, wireProduct("P1", "001")))
	if got, err := a.Find(t.Context(), "", []string{"001"}); err == nil {
		t.Errorf("half an answer is taken: %v", got)
	}
}

func TestFindAsksFiftyAtATime(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	a := s.adapter()
	s.on("/product/search", page(0))
	var skus []string
	for i := range 120 {
		skus = append(skus, fmt.Sprint(i))
	}
	if got, err := a.Find(t.Context(), "", skus); err != nil || len(got) != 0 || s.count("/product/search") != 3 {
		t.Errorf("%v %v in %d calls", got, err, s.count("/product/search"))
	}
}

func TestGet(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	a := s.adapter()
	if got, err := a.Get(t.Context(), nil); len(got) != 0 || got == nil || err != nil || len(s.calls) != 0 {
		t.Errorf("%v %v", got, err)
	}
	s.on("/product/get", answer{data: map[string]any{"items": []any{wireProduct("P1", "001")}}})
	got, err := a.Get(t.Context(), []string{"P1", "P2", "P1"})
	if err != nil || len(got) != 1 || got["P1"].SKU != "001" || s.body("/product/get", 0) != `{"productIds":["P1","P2"]}` {
		t.Errorf("%v %v", got, err)
	}
	if _, err := a.Get(t.Context(), []string{"P3"}); err == nil {
		t.Error("a product that was not asked for is taken")
	}
	s.on("/product/get", answer{raw: `{"error":false,"code":"OK","message":"","data":{}}`})
	if got, err := a.Get(t.Context(), []string{"P1"}); err == nil || got != nil {
		t.Errorf("no items is no answer: %v", got)
	}
}

func TestShops(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	a := s.adapter()
	wire := func(ref, status string) map[string]any {
		return map[string]any{"shopId": "S1", "partnerShopCode": ref, "shopName": "HTX", "phone": "0902280908", "provinceCode": "40", "wardCode": "17950", "address": "Xóm 3", "shopStatus": status}
	}
	items := func(list ...any) answer {
		if list == nil {
			list = []any{}
		}
		return answer{data: map[string]any{"items": list}}
	}
	s.on("/shop/search", items())
	if got, err := a.FindShop(t.Context(), "p-1"); got != nil || err != nil {
		t.Errorf("none: %v %v", got, err)
	}
	for status, want := range map[string]adapters.ShopStatus{"WAITING": adapters.ShopPending, "ACTIVE": adapters.ShopActive, "BLOCKED": adapters.ShopSuspended} {
		s.on("/shop/search", items(wire("p-1", status)))
		if got, err := a.FindShop(t.Context(), "p-1"); err != nil || got.ID != "S1" || got.Status != want || got.ProducerRef != "p-1" {
			t.Errorf("%s: %v %v", status, got, err)
		}
	}
	if got, err := a.FindShop(t.Context(), "p-2"); err == nil {
		t.Errorf("another producer's shop is taken: %v", got)
	}
	s.on("/shop/search", answer{raw: `{"error":false,"code":"OK","message":"","data":{}}`})
	if _, err := a.FindShop(t.Context(), "p-1"); err == nil {
		t.Error("no items is no answer")
	}

	s.on("/shop/save", answer{data: wire("p-1", "WAITING")})
	if got, err := a.CreateShop(t.Context(), goodShop, ""); err != nil || got.ID != "S1" || got.Status != adapters.ShopPending {
		t.Errorf("%v %v", got, err)
	}
	for code, want := range map[string]adapters.Kind{"SHOP_CODE_DUPLICATED": adapters.KindExists, "VALIDATE_ERROR": adapters.KindInvalid, "SYSTEM_BUSY": adapters.KindTransient} {
		s.on("/shop/save", answer{code: code})
		before := s.count("/shop/save")
		if _, err := a.CreateShop(t.Context(), goodShop, ""); adapters.KindOf(err) != want || s.count("/shop/save") != before+1 {
			t.Errorf("%s: %v", code, err)
		}
	}
	s.on("/shop/save", answer{data: map[string]any{"retryAfterMs": 1}})
	if _, err := a.CreateShop(t.Context(), goodShop, ""); adapters.KindOf(err) != adapters.KindAmbiguous {
		t.Errorf("made, but no id: %v", err)
	}
	before := s.count("/shop/save")
	bad := goodShop
	bad.Phone = "không có"
	if _, err := a.CreateShop(t.Context(), bad, ""); adapters.KindOf(err) != adapters.KindInvalid || s.count("/shop/save") != before {
		t.Errorf("a telephone that Voso refuses was sent: %v", err)
	}
}

func TestUploadImage(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	a := s.adapter()
	s.on("/image/upload", answer{data: map[string]any{"imageId": "i1", "url": "https://voso.example/i1"}})
	if id, err := a.UploadImage(t.Context(), picture); err != nil || id != "i1" {
		t.Errorf("%s %v", id, err)
	}
	if got := s.body("/image/upload", 0); !strings.Contains(got, `.jpg","contentBase64":"4bqjbmg="`) {
		t.Errorf("sent %s", got)
	}
	for code, want := range map[string]string{"IMAGE_TOO_LARGE": "images.too_large", "IMAGE_FORMAT": "images.bad_format", "IMAGE_DIMENSION": "images.out_of_range"} {
		s.on("/image/upload", answer{code: code})
		if _, err := a.UploadImage(t.Context(), picture); adapters.KindOf(err) != adapters.KindInvalid || err.Fields[0].Code != want {
			t.Errorf("%s: %v", code, err)
		}
	}
	s.on("/image/upload", answer{status: 502}, answer{data: map[string]any{"imageId": "i2"}})
	if id, err := a.UploadImage(t.Context(), picture); err != nil || id != "i2" {
		t.Errorf("an upload may be made again: %s %v", id, err)
	}
	before := s.count("/image/upload")
	big, webp, none := picture, picture, picture
	big.Bytes, webp.Type, none.Bytes = make([]byte, maxImageBytes+1), "image/webp", nil
	for _, p := range []adapters.Image{big, webp, none} {
		if _, err := a.UploadImage(t.Context(), p); adapters.KindOf(err) != adapters.KindInvalid {
			t.Errorf("%v", err)
		}
	}
	if s.count("/image/upload") != before {
		t.Error("a picture that Voso refuses was sent")
	}
}
