package voso

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"lensan/adapters"
)

var noItems = map[string]any{"items": []any{}}

func TestNewNamesEverySettingThatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := New(Config{BaseURL: "http://voso.example", Rate: -1})
	if err == nil {
		t.Fatal("taken")
	}
	for _, want := range []string{"LENSAN_VOSO_URL", "LENSAN_VOSO_USERNAME", "LENSAN_VOSO_PASSWORD", "LENSAN_VOSO_RATE"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s is not named in %q", want, err)
		}
	}
}

func TestOneLoginServesEveryCall(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	a := s.adapter()
	s.on("/product/get", answer{data: noItems})
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := a.Get(t.Context(), []string{"P1"}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if s.logins != 1 {
		t.Errorf("%d logins", s.logins)
	}
	for _, token := range s.tokens {
		if token != "token-1" {
			t.Errorf("token %q", token)
		}
	}
}

func TestAnInvalidTokenIsRefreshedOnce(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	a := s.adapter()
	s.on("/product/save-batch", answer{code: "TOKEN_INVALID"}, answer{data: results(done("P1"))})
	out := a.Apply(t.Context(), changes(t, a, adapters.OpCreate, []string{"1"}))
	if out[0].Err != nil || out[0].RemoteID != "P1" {
		t.Fatalf("%+v", out[0])
	}
	if s.logins != 2 || s.tokens[1] != "token-2" || s.body("/product/save-batch", 0) != s.body("/product/save-batch", 1) {
		t.Errorf("%d logins, tokens %v", s.logins, s.tokens)
	}

	s.on("/product/get", answer{code: "TOKEN_INVALID"})
	_, err := a.Get(t.Context(), []string{"P1"})
	if adapters.KindOf(err) != adapters.KindUnauthorized || !err.WholeLane || s.logins != 3 {
		t.Errorf("%v after %d logins", err, s.logins)
	}
}

func TestSignInFailures(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answer answer
		kind   adapters.Kind
		wait   time.Duration
	}{
		"a wrong password":          {answer{code: "LOGIN_FAILED"}, adapters.KindUnauthorized, 0},
		"locked":                    {answer{code: "LOGIN_LOCKED", data: map[string]any{"retryAfterMs": 290_000}}, adapters.KindThrottled, 290 * time.Second},
		"locked, not told how long": {answer{code: "LOGIN_LOCKED"}, adapters.KindThrottled, 5 * time.Minute},
		"a gateway's 503":           {answer{status: 503, raw: "<html>"}, adapters.KindUnavailable, loginPause},
		"no token in the answer":    {answer{raw: `{"error":false,"code":"OK","message":"","data":{}}`}, adapters.KindUnavailable, loginPause},
		"busy":                      {answer{code: "SYSTEM_BUSY"}, adapters.KindUnavailable, loginPause},
	}
	for sentence, tt := range tests {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			a := s.adapter()
			s.on("/user/login", tt.answer)
			err := a.Ping(t.Context())
			if adapters.KindOf(err) != tt.kind || !err.WholeLane || err.RetryAfter != tt.wait {
				t.Errorf("%v, whole lane %v, after %v", err, err.WholeLane, err.RetryAfter)
			}
			if s.logins != 1 {
				t.Errorf("%d logins: each counts towards the lock", s.logins)
			}
		})
	}
}

func TestNeverMoreThanFiveLoginsAMinute(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	now := time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)
	a := s.adapter(func(c *Config) { c.Now = func() time.Time { return now } })
	s.on("/user/login", answer{code: "LOGIN_FAILED"})
	for range 8 {
		if err := a.Ping(t.Context()); err == nil || !err.WholeLane {
			t.Fatalf("%v", err)
		}
		now = now.Add(time.Second)
	}
	if s.logins != maxLogins {
		t.Errorf("%d logins", s.logins)
	}
	err := a.Ping(t.Context())
	if adapters.KindOf(err) != adapters.KindThrottled || err.RetryAfter != loginWindow-8*time.Second {
		t.Errorf("%v after %v", err, err.RetryAfter)
	}
	now = now.Add(err.RetryAfter)
	if err := a.Ping(t.Context()); adapters.KindOf(err) != adapters.KindUnauthorized || s.logins != maxLogins+1 {
		t.Errorf("%v after %d logins", err, s.logins)
	}
}

// TestEveryCodeOfTheContract holds the table of codes to openapi.yaml.
func TestEveryCodeOfTheContract(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	a := s.adapter()
	want := map[string]adapters.Kind{
		"LOGIN_FAILED": adapters.KindUnauthorized, "LOGIN_LOCKED": adapters.KindThrottled, "TOKEN_INVALID": adapters.KindUnauthorized,
		"RATE_LIMITED": adapters.KindThrottled, "CLIENT_BANNED": adapters.KindThrottled, "VALIDATE_ERROR": adapters.KindInvalid,
		"BATCH_TOO_LARGE": adapters.KindUnknown, "SHOP_NOT_FOUND": adapters.KindInvalid, "SHOP_INACTIVE": adapters.KindLocked,
		"SHOP_CODE_DUPLICATED": adapters.KindExists, "PRODUCT_NOT_FOUND": adapters.KindNotFound, "PRODUCT_SKU_DUPLICATED": adapters.KindExists,
		"PRODUCT_LOCKED": adapters.KindLocked, "CATEGORY_INVALID": adapters.KindInvalid, "IMAGE_NOT_FOUND": adapters.KindInvalid,
		"IMAGE_TOO_LARGE": adapters.KindInvalid, "IMAGE_FORMAT": adapters.KindInvalid, "IMAGE_DIMENSION": adapters.KindInvalid,
		"DESCRIPTION_FORBIDDEN_CONTACT": adapters.KindInvalid, "PRICE_INVALID": adapters.KindInvalid, "OCOP_EXPIRED": adapters.KindInvalid,
		"SKU_FIXED": adapters.KindConflict, "SYSTEM_BUSY": adapters.KindTransient, "SYSTEM_ERROR": adapters.KindTransient,
		"A_CODE_OF_TOMORROW": adapters.KindUnknown,
	}
	for code, kind := range want {
		if code != "A_CODE_OF_TOMORROW" && !strings.Contains(contractCodes(t), code) {
			t.Errorf("%s is not in the contract", code)
		}
		s.on("/product/save-batch", answer{code: code})
		out := a.Apply(t.Context(), changes(t, a, adapters.OpUpdateContent, []string{"1"}, adapters.FieldName))
		if out[0].Err == nil || out[0].Err.Kind != kind || out[0].Err.SKU != "1" {
			t.Errorf("%s for the call: %v, want %s", code, out[0].Err, kind)
		}
		s.on("/product/save-batch", answer{data: results(failed(code, ""))})
		out = a.Apply(t.Context(), changes(t, a, adapters.OpUpdateContent, []string{"1"}, adapters.FieldName))
		if out[0].Err == nil || out[0].Err.Kind != kind || out[0].Err.Code != code {
			t.Errorf("%s for the item: %v, want %s", code, out[0].Err, kind)
		}
	}
	for _, code := range strings.FieldsFunc(contractCodes(t), func(r rune) bool { return r != '_' && (r < 'A' || r > 'Z') }) {
		if _, ok := want[code]; !ok && code != "OK" {
			t.Errorf("the contract's %s is not judged", code)
		}
	}
}

func TestFieldsOfARefusal(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		code, field string
		want        string
	}{
		"a code that names its field":     {"PRICE_INVALID", "", "price voso.price_invalid"},
		"contact details":                 {"DESCRIPTION_FORBIDDEN_CONTACT", "description", "description description.contact"},
		"a field of ours":                 {"VALIDATE_ERROR", "quantity", "stock voso.validate_error"},
		"a field inside a block":          {"VALIDATE_ERROR", "ocop.level", "ocop voso.validate_error"},
		"a field of a list":               {"VALIDATE_ERROR", "imageIds[3]", "images voso.validate_error"},
		"a field that nobody knows":       {"VALIDATE_ERROR", "colour", " voso.validate_error"},
		"a forgotten picture":             {"IMAGE_NOT_FOUND", "", "images images.unknown"},
		"a recognition that ended":        {"OCOP_EXPIRED", "", "ocop ocop.expired"},
		"a SKU that somebody else gave":   {"SKU_FIXED", "sku", "sku voso.sku_fixed"},
		"a shop closed by Voso's staff":   {"SHOP_INACTIVE", "", "shop shop.suspended"},
		"a field below the items of all":  {"VALIDATE_ERROR", "items[0].unitName", "unit voso.validate_error"},
		"a category that Voso has closed": {"CATEGORY_INVALID", "categoryId", "category category.unknown"},
	}
	for sentence, tt := range tests {
		e := judgeCode(tt.code, tt.field, "lý do")
		if len(e.Fields) != 1 || e.Fields[0].Field+" "+e.Fields[0].Code != tt.want || e.Fields[0].Message != "lý do" {
			t.Errorf("%s: %+v, want %s", sentence, e.Fields, tt.want)
		}
	}
}

func TestGatewayAnswers(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answer      answer
		read, write adapters.Kind
	}{
		"502 as HTML":             {answer{status: 502, raw: "<html><body>Bad Gateway</body></html>"}, adapters.KindUnavailable, adapters.KindAmbiguous},
		"503 with nothing":        {answer{status: 503}, adapters.KindUnavailable, adapters.KindAmbiguous},
		"504 as JSON":             {answer{status: 504, raw: `{"error":true,"code":"SYSTEM_BUSY","message":""}`}, adapters.KindUnavailable, adapters.KindAmbiguous},
		"a maintenance page, 200": {answer{status: 200, raw: "<!doctype html><h1>Bảo trì</h1>"}, adapters.KindUnavailable, adapters.KindAmbiguous},
		"429 without anything":    {answer{status: 429}, adapters.KindThrottled, adapters.KindThrottled},
		"half an answer":          {answer{status: 200, raw: `{"error":false,"code":"OK","data":{"items":[`}, adapters.KindTransient, adapters.KindAmbiguous},
		"JSON of somebody else":   {answer{status: 200, raw: `{"ok":true}`}, adapters.KindTransient, adapters.KindAmbiguous},
		"an envelope, no data":    {answer{status: 200, raw: `{"error":false,"code":"OK","message":""}`}, adapters.KindTransient, adapters.KindAmbiguous},
		"nothing at all, 200":     {answer{status: 200}, adapters.KindTransient, adapters.KindAmbiguous},
	}
	for sentence, tt := range tests {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			a := s.adapter()
			s.on("/product/get", tt.answer)
			if _, err := a.Get(t.Context(), []string{"P1"}); adapters.KindOf(err) != tt.read {
				t.Errorf("a read: %v, want %s", err, tt.read)
			}
			s.on("/product/save-batch", tt.answer)
			out := a.Apply(t.Context(), changes(t, a, adapters.OpCreate, []string{"1"}))
			if adapters.KindOf(out[0].Err) != tt.write {
				t.Errorf("a write: %v, want %s", out[0].Err, tt.write)
			}
			if n := s.count("/product/save-batch"); tt.write == adapters.KindAmbiguous && n != 1 {
				t.Errorf("sent %d times", n)
			}
		})
	}
}

func TestACutConnectionLeavesAWriteUnknown(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	a := s.adapter()
	cut := answer{hook: func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			conn.Close()
		}
	}}
	s.on("/product/save-batch", cut)
	s.on("/product/change-status", cut)
	s.on("/product/get", cut, answer{data: noItems})
	if out := a.Apply(t.Context(), changes(t, a, adapters.OpCreate, []string{"1", "2"})); out[0].Err.Kind != adapters.KindAmbiguous || out[1].Err.Kind != adapters.KindAmbiguous || out[1].Err.SKU != "2" {
		t.Errorf("%+v", out)
	}
	if out := a.Apply(t.Context(), changes(t, a, adapters.OpClose, []string{"1"})); out[0].Err.Kind != adapters.KindAmbiguous {
		t.Errorf("%+v", out)
	}
	if s.count("/product/save-batch") != 1 || s.count("/product/change-status") != 1 {
		t.Error("a write was sent again")
	}
	if _, err := a.Get(t.Context(), []string{"P1"}); err != nil || s.count("/product/get") != 2 {
		t.Errorf("a read is tried again: %v", err)
	}
}

func TestLimitsWaitInsideTheCallWhenShort(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	a := s.adapter()
	s.on("/product/save-batch", answer{code: "RATE_LIMITED", data: map[string]any{"retryAfterMs": 5}}, answer{data: results(done("P1"))})
	if out := a.Apply(t.Context(), changes(t, a, adapters.OpCreate, []string{"1"})); out[0].Err != nil {
		t.Errorf("%v", out[0].Err)
	}
	s.on("/product/save-batch", answer{code: "CLIENT_BANNED"})
	out := a.Apply(t.Context(), changes(t, a, adapters.OpCreate, []string{"1"}))
	if out[0].Err.Kind != adapters.KindThrottled || out[0].Err.RetryAfter != time.Minute || !out[0].Err.WholeLane || s.count("/product/save-batch") != 3 {
		t.Errorf("%+v", out[0].Err)
	}
}

func TestACancelledContext(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	a := s.adapter()
	ctx, cancel := context.WithCancel(t.Context())
	s.on("/product/get", answer{data: noItems})
	if _, err := a.Get(ctx, []string{"P1"}); err != nil {
		t.Fatal(err)
	}
	arrived := make(chan struct{})
	s.on("/product/save-batch", answer{hook: func(_ http.ResponseWriter, r *http.Request) { close(arrived); <-r.Context().Done() }})
	go func() { <-arrived; cancel() }()
	cs := changes(t, a, adapters.OpCreate, []string{"1"})
	if out := a.Apply(ctx, cs); out[0].Err.Kind != adapters.KindAmbiguous {
		t.Errorf("cancelled in flight: %v", out[0].Err)
	}
	if out := a.Apply(ctx, cs); out[0].Err.Kind != adapters.KindCancelled || s.count("/product/save-batch") != 1 {
		t.Errorf("cancelled before: %v", out[0].Err)
	}
	if _, err := a.Get(ctx, []string{"P1"}); err.Kind != adapters.KindCancelled || !errors.Is(err, context.Canceled) {
		t.Errorf("a read: %v", err)
	}
}

func TestADryRunWritesNothing(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	a := s.adapter(func(c *Config) { c.ReadOnly = true })
	s.on("/product/get", answer{data: noItems})
	s.on("/product/search", answer{data: map[string]any{"total": 0, "items": []any{}}})
	s.on("/shop/search", answer{data: noItems})
	s.on("/category/list", answer{data: map[string]any{"items": []any{map[string]any{"categoryId": "NS01", "name": "Nông sản tươi", "isLeaf": true}}}})
	_, read := a.Get(t.Context(), []string{"P1"})
	_, found := a.Find(t.Context(), "", []string{"1"})
	_, shop := a.FindShop(t.Context(), "p-1")
	if read != nil || found != nil || shop != nil || a.Ping(t.Context()) != nil {
		t.Error(read, found, shop)
	}
	var errs []*adapters.Error
	for _, op := range []adapters.Op{adapters.OpCreate, adapters.OpClose, adapters.OpReopen, adapters.OpAdopt} {
		errs = append(errs, a.Apply(t.Context(), changes(t, a, op, []string{"1"}))[0].Err)
	}
	_, made := a.CreateShop(t.Context(), goodShop, "")
	_, up := a.UploadImage(t.Context(), picture)
	for _, err := range append(errs, made, up) {
		if adapters.KindOf(err) != adapters.KindUnsupported || err.Code != "dry_run" {
			t.Errorf("%v", err)
		}
	}
}

var (
	goodShop = adapters.Shop{ProducerRef: "p-1", Name: "HTX Cửa Lò", Phone: "0902280908", TaxCode: "2901234567", ProvinceCode: "40", CommuneCode: "17950", Address: "Xóm 3, gần cổng chào"}
	picture  = adapters.Image{SHA256: strings.Repeat("ab", 32), Name: "mau-01.jpg", Type: "image/jpeg", Bytes: []byte("ảnh")}
)

func TestNothingPrivateInErrorsAndLogs(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	var log bytes.Buffer
	a := s.adapter(func(c *Config) {
		c.Log = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	said := fmt.Sprintf("Gian hàng %s, thuế %s ở %s; mật khẩu %s; Token token-1 <script>", goodShop.Phone, goodShop.TaxCode, goodShop.Address, password)
	s.on("/shop/save", answer{raw: fmt.Sprintf(`{"error":true,"code":"VALIDATE_ERROR","message":%q,"data":null}`, said)})
	_, err := a.CreateShop(t.Context(), goodShop, "")
	if err == nil || len(err.Fields) != 1 {
		t.Fatal(err)
	}
	s.on("/product/save-batch", answer{raw: fmt.Sprintf(`{"error":false,"code":"OK","message":"","data":{"results":[{"ok":false,"code":"VALIDATE_ERROR","message":%q}]}}`, said)})
	out := a.Apply(t.Context(), changes(t, a, adapters.OpCreate, []string{"1"}))
	seen := err.Error() + err.Fields[0].Message + out[0].Err.Error() + out[0].Err.Fields[0].Message + log.String()
	for _, secret := range []string{goodShop.Phone, goodShop.TaxCode, password, "token-1", "<script"} {
		if strings.Contains(seen, secret) {
			t.Errorf("%q is told in %s", secret, seen)
		}
	}
	if strings.Contains(err.Fields[0].Message, goodShop.Address) {
		t.Errorf("the address is told in %q", err.Fields[0].Message)
	}
}

func TestAProbeNeedsNoCategories(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	a := s.adapter()
	s.on("/category/list", answer{data: noItems})
	if err := a.Ping(t.Context()); err != nil {
		t.Errorf("a list without categories: %v", err)
	}
	s.on("/category/list", answer{data: map[string]any{}})
	if err := a.Ping(t.Context()); err == nil {
		t.Error("no list at all was taken")
	}
}
