package postmart

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"lensan/adapters"
)

const productAt = "/v1/products/pm-1001"

func TestNewNamesEverySettingToMend(t *testing.T) {
	t.Parallel()
	_, err := New(Config{BaseURL: "http://api.example.vn"})
	if err == nil {
		t.Fatal("accepted")
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 3 || !strings.HasPrefix(lines[0], "LENSAN_POSTMART_URL") || !strings.HasPrefix(lines[1], "LENSAN_POSTMART_CLIENT_ID") || !strings.HasPrefix(lines[2], "LENSAN_POSTMART_CLIENT_SECRET") {
		t.Errorf("%q", lines)
	}
}

func TestEachChangeIsOneRequest(t *testing.T) {
	t.Parallel()
	body := recorded(t, "product.json")
	m := open(t, map[string]http.HandlerFunc{
		"POST /v1/products":               say(201, body, "ETag", `"7"`),
		"PATCH " + productAt:              say(200, body, "ETag", `"7"`),
		"POST " + productAt + "/close":    say(200, body, "ETag", `"7"`),
		"POST " + productAt + "/reopen":   say(200, body, "ETag", `"7"`),
		"POST /v1/offers:batch":           say(207, `{"items":[{"product_id":"pm-1001","status":200,"version":8}]}`),
		"GET " + productAt:                say(200, body, "ETag", `"7"`),
		"GET /v1/products/pm%2F1%3Fx":     refuse(404, "not_found", ""),
		"GET /v1/products/pm-unknown-one": refuse(404, "not_found", ""),
	})
	offer := goodOffer()
	current := read(t, "product.json")
	for _, c := range []struct {
		change       adapters.Change
		method, path string
		header       [2]string
	}{
		{adapters.Change{Op: adapters.OpCreate, SKU: "004006", Key: "k-1"}, "POST", "/v1/products", [2]string{"Idempotency-Key", "k-1"}},
		{adapters.Change{Op: adapters.OpUpdateContent, RemoteID: "pm-1001", Version: "7", Fields: []adapters.Field{"name"}}, "PATCH", productAt, [2]string{"If-Match", `"7"`}},
		{adapters.Change{Op: adapters.OpAdopt, RemoteID: "pm-1001", Version: "7"}, "PATCH", productAt, [2]string{"If-Match", `"7"`}},
		{adapters.Change{Op: adapters.OpClose, RemoteID: "pm-1001", Reason: adapters.CloseWithdrawn}, "POST", productAt + "/close", [2]string{"Content-Type", "application/json"}},
		{adapters.Change{Op: adapters.OpReopen, RemoteID: "pm-1001"}, "POST", productAt + "/reopen", [2]string{"Accept", "application/json"}},
		{adapters.Change{Op: adapters.OpUpdateOffer, RemoteID: "pm-1001", Fields: []adapters.Field{"price"}}, "POST", "/v1/offers:batch", [2]string{"Content-Type", "application/json"}},
	} {
		payload, err := m.Encode(c.change, offer, &current)
		if err != nil {
			t.Fatal(err)
		}
		c.change.Payload = payload
		before := len(m.sent())
		out := m.Apply(t.Context(), []adapters.Change{c.change})
		sent := m.sent()[before:]
		if len(out) != 1 || out[0].Err != nil || out[0].RemoteID != "pm-1001" || out[0].Version == "" {
			t.Errorf("%s: %+v", c.change.Op, out)
			continue
		}
		if len(sent) != 1 || sent[0].Method != c.method || sent[0].Path != c.path || sent[0].Header.Get(c.header[0]) != c.header[1] {
			t.Errorf("%s: sent %+v", c.change.Op, sent)
		}
		if c.change.Op != adapters.OpUpdateOffer && (sent[0].Body != string(payload) || out[0].Listing == nil) {
			t.Errorf("%s: the body is %s, not the payload", c.change.Op, sent[0].Body)
		}
	}
	got, fault := m.Get(t.Context(), []string{"pm-1001", "pm-unknown-one", "pm-1001"})
	if fault != nil || len(got) != 1 || got["pm-1001"].Version != "7" {
		t.Errorf("Get: %v, %v", got, fault)
	}
}

// changes are one of each Op, complete.
func changes() map[adapters.Op]adapters.Change {
	out := map[adapters.Op]adapters.Change{
		adapters.OpCreate:        {Key: "k", Payload: []byte(`{"shop_id":"s","sku":"1","name":"mười ký tự trở lên","category_id":2101,"description_html":"<p>` + strings.Repeat("a", 60) + `</p>","unit":"gói","weight_g":1,"images":["m"],"origin":{"producer":"p","province_code":"40","ward_code":"17488"},"ocop":{"stars":3,"decision_no":"1","recognised_on":"2025-01-01","valid_until":"2028-01-01"},"price":1000,"stock":1}`)},
		adapters.OpUpdateContent: {RemoteID: "pm-1001", Version: "7", Payload: []byte(`{"name":"mười ký tự trở lên"}`)},
		adapters.OpAdopt:         {RemoteID: "pm-1001", Version: "7", Payload: []byte(`{"sku":"1"}`)},
		adapters.OpClose:         {RemoteID: "pm-1001", Payload: []byte(`{"reason":"withdrawn"}`)},
		adapters.OpReopen:        {RemoteID: "pm-1001"},
		adapters.OpUpdateOffer:   {RemoteID: "pm-1001", Payload: []byte(`{"product_id":"pm-1001","price":2000}`)},
	}
	for op, c := range out {
		c.Op, c.SKU = op, "004006"
		out[op] = c
	}
	return out
}

func everyPath(h http.HandlerFunc) map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"POST /v1/products": h, "PATCH " + productAt: h, "POST " + productAt + "/close": h, "POST " + productAt + "/reopen": h,
		"POST /v1/offers:batch": h, "GET " + productAt: h, "GET /v1/products": h, "GET /v1/shops": h, "POST /v1/shops": h, "POST /v1/media": h,
	}
}

func TestEveryCodeHasItsKind(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status int
		code   string
		more   string
		want   adapters.Kind // of a write
		lane   bool
		calls  int
	}{
		{401, "invalid_client", "", adapters.KindUnauthorized, true, 1},
		{401, "token_expired", "", adapters.KindUnauthorized, true, 2},
		{403, "forbidden", "", adapters.KindUnauthorized, true, 1},
		{403, "shop_suspended", "", adapters.KindLocked, false, 1},
		{403, "closed_by_marketplace", "", adapters.KindLocked, false, 1},
		{404, "not_found", "", adapters.KindNotFound, false, 1},
		{409, "sku_exists", `,"existing_id":"pm-77"`, adapters.KindExists, false, 1},
		{409, "producer_exists", `,"existing_id":"shop-77"`, adapters.KindExists, false, 1},
		{409, "idempotency_in_progress", "", adapters.KindAmbiguous, false, 1},
		{422, "idempotency_key_reused", "", adapters.KindConflict, false, 1},
		{412, "version_conflict", "", adapters.KindConflict, false, 1},
		{413, "media_too_large", "", adapters.KindInvalid, false, 1},
		{415, "media_unsupported", "", adapters.KindInvalid, false, 1},
		{422, "media_unknown", `,"fields":[{"field":"images[0]","code":"unknown","message":"x"}]`, adapters.KindInvalid, false, 1},
		{422, "validation_failed", `,"fields":[{"field":"name","code":"too_short","message":"x"}]`, adapters.KindInvalid, false, 1},
		{422, "validation_failed", `,"fields":[{"field":"Idempotency-Key","code":"required","message":"x"}]`, adapters.KindUnknown, false, 1},
		{429, "rate_limited", "", adapters.KindThrottled, true, 3},
		{503, "maintenance", "", adapters.KindAmbiguous, false, 1},
		{500, "internal", "", adapters.KindAmbiguous, false, 1},
		{503, "something_else", "", adapters.KindAmbiguous, false, 1},
		{418, "teapot", "", adapters.KindUnknown, false, 1},
	} {
		t.Run(c.code+strconv.Itoa(c.status), func(t *testing.T) {
			t.Parallel()
			for op, change := range changes() {
				m := open(t, everyPath(refuse(c.status, c.code, c.more)))
				out := m.Apply(t.Context(), []adapters.Change{change})
				err := out[0].Err
				want := c.want
				if op == adapters.OpCreate && want == adapters.KindNotFound {
					want = adapters.KindInvalid
				}
				if err == nil || err.Kind != want || err.WholeLane != c.lane || len(m.sent()) != c.calls || err.SKU != "004006" || err.Marketplace != "postmart" {
					t.Errorf("%s: %v (whole lane %v) after %d calls, want %s", op, err, err != nil && err.WholeLane, len(m.sent()), want)
				}
				if op != adapters.OpUpdateOffer && strings.Contains(c.more, "existing_id") && out[0].RemoteID != err.ExistingID || c.want == adapters.KindExists && err.ExistingID == "" {
					t.Errorf("%s: the existing id is %q, %q", op, out[0].RemoteID, err.ExistingID)
				}
			}
		})
	}
}

func TestGatewayAnswersAreNeverNotFound(t *testing.T) {
	t.Parallel()
	page := "<html>Bảo trì</html>"
	for _, status := range []int{200, 404, 502, 503, 504} {
		m := open(t, everyPath(say(status, page, "Content-Type", "text/html", gateway, "1")))
		got, fault := m.Get(t.Context(), []string{"pm-1001"})
		if fault == nil || fault.Kind != adapters.KindUnavailable || !fault.WholeLane || got != nil {
			t.Errorf("Get with %d: %v, %v", status, got, fault)
		}
		if found, fault := m.Find(t.Context(), "", []string{"004006"}); fault == nil || found != nil {
			t.Errorf("Find with %d: %v, %v", status, found, fault)
		}
		if shop, fault := m.FindShop(t.Context(), "p"); fault == nil || shop != nil {
			t.Errorf("FindShop with %d: %v, %v", status, shop, fault)
		}
		before := len(m.sent())
		for op, change := range changes() {
			out := m.Apply(t.Context(), []adapters.Change{change})
			want := adapters.KindAmbiguous
			if status == 404 {
				want = adapters.KindUnavailable
			}
			if out[0].Err == nil || out[0].Err.Kind != want {
				t.Errorf("%s with %d: %v", op, status, out[0].Err)
			}
		}
		if n := len(m.sent()) - before; n != len(changes()) {
			t.Errorf("%d: %d writes arrived", status, n)
		}
	}
}

func TestRefusedFieldsAreOurs(t *testing.T) {
	t.Parallel()
	m := open(t, everyPath(say(422, recorded(t, "validation_failed.json"))))
	err := m.Apply(t.Context(), []adapters.Change{changes()[adapters.OpCreate]})[0].Err
	want := []adapters.FieldError{
		{Field: "ocop", Code: "ocop.expired", Message: "Công nhận đã hết hạn"},
		{Field: "description", Code: "description.not_allowed", Message: "Thẻ không được phép"},
		{Field: "images", Code: "images.unknown", Message: "Không có ảnh"},
		{Field: "origin", Code: "commune.bad_format", Message: "Sai mã xã"},
		{Field: "shop", Code: "shop.unknown", Message: "Không có gian hàng, gọi [redacted]"},
	}
	if err == nil || err.Kind != adapters.KindInvalid || !reflect.DeepEqual(err.Fields, want) {
		t.Errorf("%v: %+v", err, err.Fields)
	}
}

func TestBatchItemsStandOrFallAlone(t *testing.T) {
	t.Parallel()
	var batch []adapters.Change
	for i := 1; i <= 6; i++ {
		id := fmt.Sprintf("pm-%d", i)
		batch = append(batch, adapters.Change{Op: adapters.OpUpdateOffer, SKU: "s" + id, RemoteID: id, Payload: []byte(`{"product_id":"` + id + `","price":2000}`)})
	}
	m := open(t, everyPath(say(207, recorded(t, "batch.json"))))
	out := m.Apply(t.Context(), batch)
	kinds := make([]adapters.Kind, len(out))
	for i, o := range out {
		if o.Err != nil {
			kinds[i] = o.Err.Kind
			if o.Err.SKU != batch[i].SKU || o.Err.WholeLane {
				t.Errorf("item %d: %+v", i, o.Err)
			}
		}
	}
	want := []adapters.Kind{"", adapters.KindNotFound, adapters.KindLocked, adapters.KindLocked, adapters.KindInvalid, adapters.KindAmbiguous}
	if !slices.Equal(kinds, want) || out[0].Version != "8" || len(m.sent()) != 1 {
		t.Errorf("%v, want %v, version %q", kinds, want, out[0].Version)
	}
	if f := out[4].Err.Fields; len(f) != 1 || f[0].Code != "list_price.below_price" {
		t.Errorf("the field is %+v", f)
	}
}

func TestOnePoisonInABatchHoldsUpNobody(t *testing.T) {
	t.Parallel()
	type body struct {
		Items []struct {
			ProductID string `json:"product_id"`
			Price     int64  `json:"price"`
		} `json:"items"`
	}
	m := open(t, map[string]http.HandlerFunc{"POST /v1/offers:batch": func(w http.ResponseWriter, r *http.Request) {
		var b body
		_ = json.NewDecoder(r.Body).Decode(&b)
		var items []string
		for _, it := range b.Items {
			if it.ProductID == "pm-137" {
				refuse(422, "validation_failed", `,"fields":[{"field":"items","code":"bad_format","message":"x"}]`)(w, r)
				return
			}
			items = append(items, fmt.Sprintf(`{"product_id":"%s","status":200,"version":2}`, it.ProductID))
		}
		say(207, `{"items":[`+strings.Join(items, ",")+`]}`)(w, r)
	}})
	var batch []adapters.Change
	for i := range 250 {
		id := fmt.Sprintf("pm-%d", i)
		batch = append(batch, adapters.Change{Op: adapters.OpUpdateOffer, SKU: id, RemoteID: id, Payload: []byte(`{"product_id":"` + id + `","price":2000}`)})
	}
	out := m.Apply(t.Context(), batch)
	if len(out) != len(batch) {
		t.Fatalf("%d outcomes", len(out))
	}
	for i, o := range out {
		if (o.Err != nil) != (i == 137) || o.Err == nil && o.RemoteID != batch[i].RemoteID {
			t.Errorf("item %d: %+v", i, o)
		}
	}
	seen := map[string]int{}
	for _, c := range m.sent() {
		var b body
		_ = json.Unmarshal([]byte(c.Body), &b)
		if len(b.Items) > 100 {
			t.Errorf("%d items in one request", len(b.Items))
		}
		poisoned := slices.ContainsFunc(b.Items, func(i struct {
			ProductID string `json:"product_id"`
			Price     int64  `json:"price"`
		}) bool {
			return i.ProductID == "pm-137"
		})
		for _, it := range b.Items {
			if !poisoned {
				seen[it.ProductID]++
			}
		}
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s was carried out %d times", id, n)
		}
	}
}

// pages serves numbered products in pages of two.
func numbered(t *testing.T, ids []string) string {
	t.Helper()
	var items []string
	for _, id := range ids {
		items = append(items, strings.Replace(recorded(t, "product.json"), `"pm-1001"`, `"`+id+`"`, 1))
	}
	return "[" + strings.Join(items, ",") + "]"
}

func TestListReadsEveryPageAndEachProductOnce(t *testing.T) {
	t.Parallel()
	m := open(t, map[string]http.HandlerFunc{"GET /v1/products": func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Query().Get("cursor") {
		case "":
			say(200, `{"items":`+numbered(t, []string{"a", "b"})+`,"next_cursor":"c1"}`)(w, r)
		case "c1":
			say(200, `{"items":[],"next_cursor":"c2"}`)(w, r)
		case "c2":
			say(200, `{"items":`+numbered(t, []string{"b", "c"})+`,"next_cursor":null}`)(w, r)
		}
	}})
	var got []string
	after := time.Date(2026, 11, 1, 0, 0, 0, 5_000_000, time.FixedZone("VN", 7*3600))
	for l, err := range m.List(t.Context(), adapters.ListQuery{ShopID: "shop-7", UpdatedAfter: after}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, l.RemoteID)
	}
	if strings.Join(got, "") != "abc" {
		t.Errorf("listed %v", got)
	}
	for _, c := range m.sent() {
		if !strings.Contains(c.Query, "limit=100") || !strings.Contains(c.Query, "shop_id=shop-7") || !strings.Contains(c.Query, "updated_after=2026-10-31T17%3A00%3A00.005Z") {
			t.Errorf("asked for %s", c.Query)
		}
	}
	n := 0
	for range m.List(t.Context(), adapters.ListQuery{}) {
		if n++; n == 1 {
			break
		}
	}
	if n != 1 {
		t.Errorf("went on after a break")
	}
}

func TestIncompleteListEndsInAnError(t *testing.T) {
	t.Parallel()
	for name, second := range map[string]http.HandlerFunc{
		"the cursor ended":    refuse(410, "cursor_expired", ""),
		"a page of HTML":      say(200, "<html>", "Content-Type", "text/html", gateway, "1"),
		"a page cut short":    say(200, `{"items":[`, gateway, "1"),
		"no next_cursor":      say(200, `{"items":[]}`, gateway, "1"),
		"the same page again": say(200, `{"items":[],"next_cursor":"c1"}`),
		"pages without end": func(w http.ResponseWriter, r *http.Request) {
			say(200, `{"items":`+numbered(t, []string{"a"})+`,"next_cursor":"`+r.URL.Query().Get("cursor")+`+"}`)(w, r)
		},
		"a circle": nil,
		"refused":  refuse(403, "forbidden", ""),
	} {
		m := open(t, map[string]http.HandlerFunc{"GET /v1/products": func(w http.ResponseWriter, r *http.Request) {
			cursor := r.URL.Query().Get("cursor")
			if cursor == "" || second == nil && cursor == "c2" {
				say(200, `{"items":`+numbered(t, []string{"a"})+`,"next_cursor":"c1"}`)(w, r)
			} else if second == nil {
				say(200, `{"items":[],"next_cursor":"c2"}`)(w, r)
			} else {
				second(w, r)
			}
		}})
		rows, faults := 0, 0
		for _, err := range m.List(t.Context(), adapters.ListQuery{}) {
			if err == nil {
				rows++
				continue
			}
			faults++
			if adapters.KindOf(err) == adapters.KindUnknown {
				t.Errorf("%s: %v", name, err)
			}
		}
		if rows != 1 || faults != 1 {
			t.Errorf("%s: %d rows and %d errors", name, rows, faults)
		}
	}
}

// A page may be empty without being the last.
func TestEmptyPagesInTheMiddleOfAList(t *testing.T) {
	t.Parallel()
	m := open(t, map[string]http.HandlerFunc{"GET /v1/products": func(w http.ResponseWriter, r *http.Request) {
		switch cursor := r.URL.Query().Get("cursor"); {
		case cursor == "":
			say(200, `{"items":`+numbered(t, []string{"a"})+`,"next_cursor":"c"}`)(w, r)
		case len(cursor) < 20:
			say(200, `{"items":[],"next_cursor":"`+cursor+`c"}`)(w, r)
		default:
			say(200, `{"items":`+numbered(t, []string{"b"})+`,"next_cursor":null}`)(w, r)
		}
	}})
	got := ""
	for l, err := range m.List(t.Context(), adapters.ListQuery{}) {
		if err != nil {
			t.Fatal(err)
		}
		got += l.RemoteID
	}
	if got != "ab" {
		t.Errorf("listed %q", got)
	}
}

func TestFindTakesTheExactSKUOnly(t *testing.T) {
	t.Parallel()
	other := strings.Replace(recorded(t, "product.json"), `"004006"`, `"4006"`, 1)
	m := open(t, map[string]http.HandlerFunc{"GET /v1/products": say(200, `{"items":[`+other+`,`+strings.Replace(recorded(t, "product.json"), "pm-1001", "pm-2", 1)+`],"next_cursor":null}`)})
	got, fault := m.Find(t.Context(), "shop-7", []string{"004006", "004006"})
	if fault != nil || len(got) != 1 || got[0].RemoteID != "pm-2" || len(m.sent()) != 1 {
		t.Errorf("%+v, %v after %d calls", got, fault, len(m.sent()))
	}
	if got, fault := m.Find(t.Context(), "shop-8", []string{"004006"}); fault != nil || len(got) != 0 {
		t.Errorf("in another shop: %+v, %v", got, fault)
	}
}

const shopBody = `{"id":"shop-7","producer_ref":"p-1","name":"HTX Sen","phone":"0983478741","tax_code":null,"province_code":"40","ward_code":"17950","address":"Xóm 6","status":"%s"}`

func TestShops(t *testing.T) {
	t.Parallel()
	m := open(t, map[string]http.HandlerFunc{
		"GET /v1/shops": func(w http.ResponseWriter, r *http.Request) {
			items := ""
			if r.URL.Query().Get("producer_ref") == "p-1" {
				items = fmt.Sprintf(shopBody, "suspended")
			}
			say(200, `{"items":[`+items+`]}`)(w, r)
		},
		"POST /v1/shops": say(201, fmt.Sprintf(shopBody, "pending_verification")),
	})
	none, fault := m.FindShop(t.Context(), "p-2")
	if fault != nil || none != nil {
		t.Errorf("none: %v, %v", none, fault)
	}
	found, fault := m.FindShop(t.Context(), "p-1")
	if fault != nil || *found != (adapters.RemoteShop{ID: "shop-7", ProducerRef: "p-1", Status: adapters.ShopSuspended}) {
		t.Errorf("found: %v, %v", found, fault)
	}
	s := adapters.Shop{ProducerRef: "p-1", Name: " HTX  Sen ", Phone: "0983478741", TaxCode: "2901234567", ProvinceCode: "40", CommuneCode: "17950", Address: "Xóm 6"}
	made, fault := m.CreateShop(t.Context(), s, "k-2")
	if fault != nil || made.Status != adapters.ShopPending {
		t.Errorf("made: %v, %v", made, fault)
	}
	sent := m.sent()
	last := sent[len(sent)-1]
	if last.Header.Get("Idempotency-Key") != "k-2" || last.Body != `{"producer_ref":"p-1","name":"HTX Sen","phone":"0983478741","tax_code":"2901234567","province_code":"40","ward_code":"17950","address":"Xóm 6"}` {
		t.Errorf("sent %s with %v", last.Body, last.Header)
	}
	if _, fault := m.CreateShop(t.Context(), s, ""); fault == nil || len(m.sent()) != len(sent) {
		t.Errorf("without a key: %v", fault)
	}
	exists := open(t, everyPath(refuse(409, "producer_exists", `,"existing_id":"shop-9"`)))
	if _, fault := exists.CreateShop(t.Context(), s, "k"); fault == nil || fault.Kind != adapters.KindExists || fault.ExistingID != "shop-9" {
		t.Errorf("exists: %v", fault)
	}
	private := open(t, everyPath(refuse(422, "validation_failed", `,"fields":[{"field":"phone","code":"bad_format","message":"Số 0983478741 của Xóm 6 sai"}]`)))
	_, fault = private.CreateShop(t.Context(), s, "k")
	if fault == nil || strings.Contains(fmt.Sprintf("%v %+v", fault, fault.Fields), "0983478741") || strings.Contains(fmt.Sprintf("%+v", fault.Fields), "Xóm 6") || fault.Fields[0].Code != "phone.bad_format" {
		t.Errorf("private: %v %+v", fault, fault.Fields)
	}
}

func picture(t *testing.T, kind string, w, h int) adapters.Image {
	t.Helper()
	var b bytes.Buffer
	img := image.NewGray(image.Rect(0, 0, w, h))
	err := jpeg.Encode(&b, img, nil)
	if kind == "image/png" {
		b.Reset()
		err = png.Encode(&b, img)
	}
	if err != nil {
		t.Fatal(err)
	}
	return adapters.Image{SHA256: "abcdef0123456789abcdef", Name: "anh.jpg", Type: kind, Bytes: b.Bytes()}
}

func TestUpload(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	m := open(t, map[string]http.HandlerFunc{"POST /v1/media": func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1) == 1 {
			say(502, "", gateway, "1")(w, r)
			return
		}
		file, head, err := r.FormFile("file")
		if err != nil {
			t.Errorf("%v", err)
			return
		}
		got, _ := io.ReadAll(file)
		if http.DetectContentType(got) != head.Header.Get("Content-Type") {
			t.Errorf("sent as %s", head.Header.Get("Content-Type"))
		}
		say(201, `{"id":"m-5","sha256":"x","width":600,"height":700}`)(w, r)
	}})
	id, fault := m.UploadImage(t.Context(), picture(t, "image/jpeg", 600, 700))
	if fault != nil || id != "m-5" || n.Load() != 2 {
		t.Errorf("%q, %v after %d calls", id, fault, n.Load())
	}
	if id, fault := m.UploadImage(t.Context(), picture(t, "image/png", 600, 600)); fault != nil || id != "m-5" {
		t.Errorf("PNG: %q, %v", id, fault)
	}
	before := n.Load()
	for name, c := range map[string]struct {
		image adapters.Image
		want  string
	}{
		"too small": {picture(t, "image/jpeg", 599, 600), "images.too_small"},
		"no image":  {adapters.Image{Bytes: []byte("%PDF-1.4"), Type: "image/jpeg"}, "images.bad_format"},
		"too large": {adapters.Image{Bytes: append([]byte("\xff\xd8\xff"), make([]byte, 5<<20)...)}, "images.too_large"},
	} {
		_, fault := m.UploadImage(t.Context(), c.image)
		if fault == nil || fault.Kind != adapters.KindInvalid || fault.Fields[0].Code != c.want {
			t.Errorf("%s: %v", name, fault)
		}
	}
	if n.Load() != before {
		t.Error("pictures that can't be taken were sent")
	}
}

func TestWrongSecretIsOneClearFailure(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	m := open(t, map[string]http.HandlerFunc{"POST /oauth/token": func(w http.ResponseWriter, r *http.Request) {
		n.Add(1)
		refuse(401, "invalid_client", "")(w, r)
	}})
	fault := m.Ping(t.Context())
	if fault == nil || fault.Kind != adapters.KindUnauthorized || !fault.WholeLane || n.Load() != 1 || len(m.sent()) != 0 ||
		!strings.Contains(fault.Error(), "LENSAN_POSTMART_CLIENT_SECRET") || strings.Contains(fault.Error(), "khoa-bi-mat") {
		t.Errorf("%v after %d sign-ins", fault, n.Load())
	}
}

func TestDryRunReadsAndWritesNothing(t *testing.T) {
	t.Parallel()
	m := open(t, map[string]http.HandlerFunc{"GET " + productAt: say(200, recorded(t, "product.json"))}, func(c *Config) { c.ReadOnly = true })
	for op, change := range changes() {
		if out := m.Apply(t.Context(), []adapters.Change{change}); out[0].Err == nil || out[0].Err.Kind != adapters.KindUnsupported {
			t.Errorf("%s: %+v", op, out[0])
		}
	}
	if _, fault := m.CreateShop(t.Context(), adapters.Shop{ProducerRef: "p"}, "k"); fault == nil {
		t.Error("a shop was made")
	}
	if _, fault := m.UploadImage(t.Context(), picture(t, "image/jpeg", 600, 600)); fault == nil {
		t.Error("a picture was sent")
	}
	if got, fault := m.Get(t.Context(), []string{"pm-1001"}); fault != nil || len(got) != 1 {
		t.Errorf("a read: %v, %v", got, fault)
	}
	if n := len(m.sent()); n != 1 {
		t.Errorf("%d requests arrived", n)
	}
}

func TestIncompleteChangesAreNotSent(t *testing.T) {
	t.Parallel()
	m := open(t, nil)
	for _, c := range []adapters.Change{
		{Op: adapters.OpCreate, Payload: []byte("{}")}, {Op: adapters.OpCreate, Key: "có dấu", Payload: []byte("{}")}, {Op: adapters.OpCreate, Key: strings.Repeat("k", 65), Payload: []byte("{}")},
		{Op: adapters.OpCreate, Key: "k"}, {Op: adapters.OpUpdateContent, RemoteID: "a", Payload: []byte("{}")}, {Op: adapters.OpClose}, {Op: adapters.OpReopen}, {Op: "delete"},
	} {
		if out := m.Apply(t.Context(), []adapters.Change{c}); out[0].Err == nil {
			t.Errorf("%+v was sent", c)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for op, c := range changes() {
		if out := m.Apply(ended, []adapters.Change{c}); out[0].Err == nil || out[0].Err.Kind != adapters.KindCancelled {
			t.Errorf("%s after a cancel: %v", op, out[0].Err)
		}
	}
}

func TestLimitTellsTheFraction(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		header []string
		want   time.Duration
	}{
		"both":                  {[]string{"Retry-After", "4", "X-RateLimit-Reset", "3.25"}, 3250 * time.Millisecond},
		"a longer Retry-After":  {[]string{"Retry-After", "60", "X-RateLimit-Reset", "0.2"}, time.Minute},
		"Retry-After alone":     {[]string{"Retry-After", "30"}, 30 * time.Second},
		"an unreadable reset":   {[]string{"Retry-After", "30", "X-RateLimit-Reset", "soon"}, 30 * time.Second},
		"neither, after tries":  {nil, 0},
		"a reset beyond reason": {[]string{"X-RateLimit-Reset", "1e300"}, 10 * time.Minute},
	} {
		m := open(t, everyPath(say(429, `{"error":{"code":"rate_limited","message":"Chậm lại"}}`, c.header...)))
		fault := m.Ping(t.Context())
		if fault == nil || fault.Kind != adapters.KindThrottled || fault.RetryAfter != c.want {
			t.Errorf("%s: %v, %v", name, fault, fault.RetryAfter)
		}
	}
}

func TestWebhook(t *testing.T) {
	t.Parallel()
	m := open(t, nil)
	now := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	event := `{"event_id":"e-1","type":"product.reviewed","occurred_at":"2026-11-24T03:00:00Z","product":` + recorded(t, "product.json") + `}`
	sign := func(at time.Time, body, key string) http.Header {
		stamp := strconv.FormatInt(at.Unix(), 10)
		mac := hmac.New(sha256.New, []byte(key))
		mac.Write([]byte(stamp + "." + body))
		h := http.Header{}
		h.Set("X-Postmart-Timestamp", stamp)
		h.Set("X-Postmart-Signature", hex.EncodeToString(mac.Sum(nil)))
		return h
	}
	for name, c := range map[string]struct {
		header http.Header
		body   string
		want   adapters.Kind
	}{
		"good":              {sign(now, event, "khoa-su-kien"), event, ""},
		"300 s old":         {sign(now.Add(-300*time.Second), event, "khoa-su-kien"), event, ""},
		"301 s old":         {sign(now.Add(-301*time.Second), event, "khoa-su-kien"), event, adapters.KindUnauthorized},
		"from the future":   {sign(now.Add(301*time.Second), event, "khoa-su-kien"), event, adapters.KindUnauthorized},
		"another key":       {sign(now, event, "khac"), event, adapters.KindUnauthorized},
		"another body":      {sign(now, event, "khoa-su-kien"), event + " ", adapters.KindUnauthorized},
		"no headers":        {http.Header{}, event, adapters.KindUnauthorized},
		"signed, no event":  {sign(now, "[]", "khoa-su-kien"), "[]", adapters.KindInvalid},
		"signed, no object": {sign(now, "{}", "khoa-su-kien"), "{}", adapters.KindInvalid},
	} {
		ids, fault := m.VerifyWebhook(c.header, []byte(c.body), now)
		if c.want == "" && (fault != nil || !slices.Equal(ids, []string{"pm-1001"})) || c.want != "" && (fault == nil || fault.Kind != c.want || fault.WholeLane || ids != nil) {
			t.Errorf("%s: %v, %v", name, ids, fault)
		}
	}
	deaf := open(t, nil, func(c *Config) { c.WebhookSecret = "" })
	if _, fault := deaf.VerifyWebhook(sign(now, event, ""), []byte(event), now); fault == nil || fault.Kind != adapters.KindUnsupported {
		t.Errorf("without a secret: %v", fault)
	}
}

func TestCapabilitiesCannotBeChangedFromOutside(t *testing.T) {
	t.Parallel()
	a := adapter(t)
	c := a.Capabilities()
	c.Categories["01"], c.NotSold["01"], c.Fields[0] = "x", "x", "x"
	if again := a.Capabilities(); again.Categories["01"] != "2101" || len(again.NotSold) != 1 || again.Fields[0] != adapters.FieldName {
		t.Errorf("changed: %+v", again)
	}
	if c.VisibilityLag() != 20*time.Second || len(c.Categories) != 24 {
		t.Errorf("%+v", c)
	}
}
