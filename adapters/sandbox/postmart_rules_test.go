package sandbox

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestPostmartTokens(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{Postmart: Market{TokenLife: time.Minute}})
	s := w.pm
	ask := func(pairs ...string) *reply {
		form := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			form.Set(pairs[i], pairs[i+1])
		}
		return s.call("POST", "/oauth/token", []byte(form.Encode()), "Content-Type", "application/x-www-form-urlencoded")
	}
	s.signIn()
	first := s.head["Authorization"]
	t.Run("any number live at once", func(t *testing.T) {
		s.signIn()
		if s.head["Authorization"] == first {
			t.Fatal("the same token twice")
		}
		s.call("GET", "/v1/categories", nil).want(200)
		s.call("GET", "/v1/categories", nil, "Authorization", first).want(200)
	})
	t.Run("wrong credentials", func(t *testing.T) {
		ask("grant_type", "client_credentials", "client_id", DefaultClientID, "client_secret", "x").want(401).code("invalid_client")
		ask("grant_type", "client_credentials", "client_id", "x", "client_secret", "x").want(401).code("invalid_client")
	})
	t.Run("wrong in form", func(t *testing.T) {
		s.loose = true
		defer func() { s.loose = false }()
		ask("grant_type", "password", "client_id", "x", "client_secret", "x").want(422).code("validation_failed", "grant_type")
		ask("grant_type", "client_credentials", "client_id", "x").want(422).code("validation_failed", "client_secret", required)
		ask("grant_type", "client_credentials", "client_id", "x", "client_secret", "x", "scope", "y").want(422).
			code("validation_failed", "scope", unknown)
		s.post("/oauth/token", obj{}).want(422).code("validation_failed", "Content-Type")
	})
	t.Run("an unknown or missing token", func(t *testing.T) {
		s.call("GET", "/v1/categories", nil, "Authorization", "Bearer x.y").want(401).code("token_expired")
		s.call("GET", "/v1/categories", nil, "Authorization", first+"0").want(401).code("token_expired")
	})
	t.Run("an expired token", func(t *testing.T) {
		w.clock.move(time.Minute - time.Millisecond)
		s.call("GET", "/v1/categories", nil).want(200)
		w.clock.move(time.Millisecond)
		s.call("GET", "/v1/categories", nil).want(401).code("token_expired")
	})
	t.Run("revoked tokens", func(t *testing.T) {
		s.signIn()
		check(t, w.sb.RevokeTokens(Postmart))
		s.call("GET", "/v1/categories", nil).want(401).code("token_expired")
		s.signIn().call("GET", "/v1/categories", nil).want(200)
	})
}

func TestPostmartRateLimit(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{Postmart: Market{Rate: 5}})
	s := w.pm.signIn()
	w.clock.move(time.Second)
	for i := range 5 {
		r := s.call("GET", "/v1/categories", nil).want(200)
		if r.head.Get("X-RateLimit-Limit") != "5" || r.head.Get("X-RateLimit-Remaining") != strconv.Itoa(4-i) {
			t.Errorf("call %d: %v", i, r.head)
		}
		w.clock.move(100 * time.Millisecond)
	}
	r := s.call("GET", "/v1/categories", nil).want(429).code("rate_limited")
	if r.head.Get("Retry-After") != "1" || r.head.Get("X-RateLimit-Remaining") != "0" || r.head.Get("X-RateLimit-Reset") != "0.5" {
		t.Errorf("refused: %v", r.head)
	}
	w.clock.move(499 * time.Millisecond)
	s.call("GET", "/v1/categories", nil).want(429)
	w.clock.move(time.Millisecond) // the first one leaves the window, refusals never were in it
	s.call("GET", "/v1/categories", nil).want(200)
	s.call("GET", "/v1/categories", nil).want(429)
	l, err := w.sb.Ledger(Postmart)
	check(t, err)
	if l.Refused != 3 || l.PeakTaken != 5 || l.Peak != 8 {
		t.Errorf("ledger: refused %d, peak %d of %d", l.Refused, l.PeakTaken, l.Peak)
	}
}

// field refusals of a product, one sentence of the contract each.
func TestPostmartProductFields(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	s := w.pm.signIn()
	shop, img := s.shop("r1"), s.image()
	good := pmGoods(shop, "A-1", img)
	ocop := func(pairs ...any) obj { return with(good["ocop"].(obj), pairs...) }
	origin := func(pairs ...any) obj { return with(good["origin"].(obj), pairs...) }
	attrs := obj{}
	for i := range 21 {
		attrs["k"+strconv.Itoa(i)] = "v"
	}
	s.loose = true
	for name, c := range map[string]struct {
		with        []any
		field, code string
	}{
		"shop unknown":               {[]any{"shop_id", "S0"}, "shop_id", unknown},
		"sku with a space":           {[]any{"sku", "A 1"}, "sku", badFormat},
		"sku of 65":                  {[]any{"sku", strings.Repeat("a", 65)}, "sku", badFormat},
		"name of 9 after trimming":   {[]any{"name", "  123456789  "}, "name", tooShort},
		"name of 151":                {[]any{"name", strings.Repeat("ă", 151)}, "name", tooLong},
		"name a number":              {[]any{"name", 5}, "name", badFormat},
		"category unknown":           {[]any{"category_id", 1}, "category_id", unknown},
		"category not a leaf":        {[]any{"category_id", 2200}, "category_id", notAllowed},
		"category half":              {[]any{"category_id", 2205.5}, "category_id", badFormat},
		"description of 49":          {[]any{"description_html", strings.Repeat("a", 49)}, "description_html", tooShort},
		"description of 20001":       {[]any{"description_html", strings.Repeat("a", 20001)}, "description_html", tooLong},
		"a link tag":                 {[]any{"description_html", longText + "<a>x</a>"}, "description_html", notAllowed},
		"a tag with attributes":      {[]any{"description_html", longText + `<p class="x">y</p>`}, "description_html", notAllowed},
		"a script":                   {[]any{"description_html", longText + "<script>x</script>"}, "description_html", notAllowed},
		"a comment":                  {[]any{"description_html", longText + "<!-- x -->"}, "description_html", notAllowed},
		"a tag that never ends":      {[]any{"description_html", longText + "<p"}, "description_html", notAllowed},
		"unit of 31":                 {[]any{"unit", strings.Repeat("a", 31)}, "unit", tooLong},
		"weight 0":                   {[]any{"weight_g", 0}, "weight_g", outOfRange},
		"weight above":               {[]any{"weight_g", 100001}, "weight_g", outOfRange},
		"weight text":                {[]any{"weight_g", "700"}, "weight_g", badFormat},
		"no images":                  {[]any{"images", []string{}}, "images", tooShort},
		"ten images":                 {[]any{"images", strings.Split(strings.Repeat(img+",", 9)+img, ",")}, "images", tooLong},
		"origin without a ward":      {[]any{"origin", less(origin(), "ward_code")}, "origin.ward_code", required},
		"province of one digit":      {[]any{"origin", origin("province_code", "4")}, "origin.province_code", badFormat},
		"ward of four digits":        {[]any{"origin", origin("ward_code", "1795")}, "origin.ward_code", badFormat},
		"producer of 201":            {[]any{"origin", origin("producer", strings.Repeat("a", 201))}, "origin.producer", tooLong},
		"traceability no address":    {[]any{"origin", origin("traceability_url", "mã 123")}, "origin.traceability_url", badFormat},
		"origin with an odd member":  {[]any{"origin", origin("district", "x")}, "origin.district", unknown},
		"two stars":                  {[]any{"ocop", ocop("stars", 2)}, "ocop.stars", outOfRange},
		"six stars":                  {[]any{"ocop", ocop("stars", 6)}, "ocop.stars", outOfRange},
		"decision of 65":             {[]any{"ocop", ocop("decision_no", strings.Repeat("1", 65))}, "ocop.decision_no", tooLong},
		"a day that is none":         {[]any{"ocop", ocop("recognised_on", "2024-02-30")}, "ocop.recognised_on", badFormat},
		"a day in Vietnamese order":  {[]any{"ocop", ocop("valid_until", "01/12/2027")}, "ocop.valid_until", badFormat},
		"recognition passed":         {[]any{"ocop", ocop("valid_until", "2026-11-23")}, "ocop.valid_until", outOfRange},
		"ocop null":                  {[]any{"ocop", nil}, "ocop", required},
		"21 attributes":              {[]any{"attributes", attrs}, "attributes", tooLong},
		"attribute of 256":           {[]any{"attributes", obj{"k": strings.Repeat("a", 256)}}, "attributes.k", tooLong},
		"price below":                {[]any{"price", 999}, "price", outOfRange},
		"price above":                {[]any{"price", 1000000001}, "price", outOfRange},
		"price beyond any integer":   {[]any{"price", 1e300}, "price", outOfRange},
		"price null":                 {[]any{"price", nil}, "price", required},
		"list price below the price": {[]any{"list_price", 44999}, "list_price", outOfRange},
		"stock negative":             {[]any{"stock", -1}, "stock", outOfRange},
		"stock above":                {[]any{"stock", 1000001}, "stock", outOfRange},
		"an unknown field":           {[]any{"colour", "red"}, "colour", unknown},
	} {
		t.Run(name, func(t *testing.T) {
			s.create(with(good, c.with...)).want(422).code("validation_failed", c.field, c.code)
		})
	}
	for _, field := range []string{"shop_id", "sku", "name", "category_id", "description_html", "unit", "weight_g",
		"images", "origin", "ocop", "price", "stock"} {
		t.Run("without "+field, func(t *testing.T) {
			s.create(less(good, field)).want(422).code("validation_failed", field, required)
		})
	}
	t.Run("an unknown image", func(t *testing.T) {
		r := s.create(with(good, "images", []string{img, "img_no", img})).want(422).code("media_unknown", "images[1]")
		if len(r.list("error.fields")) != 1 {
			t.Errorf("fields: %s", r.body)
		}
	})
	s.loose = false
	t.Run("the bounds themselves are allowed", func(t *testing.T) {
		s.create(with(good, "sku", "B-1", "name", strings.Repeat("ă", 150), "weight_g", 100000, "price", 1000,
			"list_price", 1000, "stock", 0, "images", []string{img, img},
			"description_html", strings.Repeat("a", 20000), "attributes", less(attrs, "k0"),
			"ocop", ocop("valid_until", "2026-11-24", "stars", 3))).want(201)
		s.create(with(good, "sku", "B-2", "name", "\u00a0\u2003NFDxy a\u0302\u0301 \n b\u0301 \u3000", "price", 1000000000)).want(201)
	})
}

func TestPostmartNormalises(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	s := w.pm.signIn()
	shop, img := s.shop("r1"), s.image()
	o := pmGoods(shop, "A-1", img)
	o["name"] = " Tương\u00a0 \t Nam\u2003Đa\u0300n  500 ml \n"
	o["description_html"] = "<p><b>Đậm</b>  <i>đà</i> a < b</p>\r\n<br/><B>To</B> <H3>x</H3>" + longText
	o["unit"] = "  chai  1  lít "
	o["origin"] = obj{"producer": " HTX  Nam\nĐàn ", "province_code": "40", "ward_code": "17950", "traceability_url": nil}
	o["attributes"] = obj{"Vị": "  mặn   ngọt "}
	r := s.create(o).want(201)
	for path, want := range map[string]string{
		"name":             "Tương Nam Đàn 500 ml",
		"description_html": "<p><strong>Đậm</strong> <em>đà</em> a < b</p> <br/><strong>To</strong> <H3>x</H3>" + longText,
		"unit":             "chai 1 lít",
		"origin.producer":  "HTX Nam Đàn",
		"attributes.Vị":    "mặn ngọt",
	} {
		if got := r.str(path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	again := s.patch(r.str("id"), obj{"name": o["name"], "description_html": o["description_html"], "attributes": o["attributes"]})
	if again.want(200).num("version") != 2 { // 2: its review ended
		t.Errorf("what it normalises alike is a change: %s", again.body)
	}
}

func TestPostmartShops(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{Postmart: Market{ShopVerifyDelay: time.Hour}})
	s := w.pm.signIn()
	good := pmShop("r1")
	r := s.post("/v1/shops", with(good, "name", "  HTX  Nam Đàn "), "Idempotency-Key", newKey()).want(201)
	id := r.str("id")
	if r.str("status") != "pending_verification" || r.str("name") != "HTX Nam Đàn" {
		t.Errorf("made: %s", r.body)
	}
	t.Run("a second one for a producer", func(t *testing.T) {
		r := s.post("/v1/shops", good, "Idempotency-Key", newKey()).want(409).code("producer_exists")
		if r.str("error.existing_id") != id {
			t.Errorf("existing_id: %s", r.body)
		}
	})
	t.Run("found by its reference, or not", func(t *testing.T) {
		if r := s.call("GET", "/v1/shops?producer_ref=r1", nil).want(200); r.str("items.0.id") != id {
			t.Errorf("found: %s", r.body)
		}
		if r := s.call("GET", "/v1/shops?producer_ref=r2", nil).want(200); len(r.list("items")) != 0 {
			t.Errorf("found: %s", r.body)
		}
	})
	t.Run("wrong fields", func(t *testing.T) {
		s.loose = true
		defer func() { s.loose = false }()
		for name, c := range map[string]struct {
			with        []any
			field, code string
		}{
			"name of 2":             {[]any{"name", "ab"}, "name", tooShort},
			"name of 101":           {[]any{"name", strings.Repeat("a", 101)}, "name", tooLong},
			"phone with 84":         {[]any{"phone", "84912345678"}, "phone", badFormat},
			"tax code of 11":        {[]any{"tax_code", "12345678901"}, "tax_code", badFormat},
			"reference of 65":       {[]any{"producer_ref", strings.Repeat("a", 65)}, "producer_ref", tooLong},
			"address of 201":        {[]any{"address", strings.Repeat("a", 201)}, "address", tooLong},
			"an unknown field":      {[]any{"email", "x"}, "email", unknown},
			"province of 3":         {[]any{"province_code", "401"}, "province_code", badFormat},
			"ward missing":          {[]any{"ward_code", nil}, "ward_code", required},
			"a tax code of a wrong": {[]any{"tax_code", 5}, "tax_code", badFormat},
		} {
			t.Run(name, func(t *testing.T) {
				s.post("/v1/shops", with(good, c.with...), "Idempotency-Key", newKey()).want(422).
					code("validation_failed", c.field, c.code)
			})
		}
		s.call("GET", "/v1/shops", nil).want(422).code("validation_failed", "producer_ref", required)
		s.call("GET", "/v1/shops?producer_ref="+strings.Repeat("a", 65), nil).want(422).code("validation_failed", "producer_ref", tooLong)
		s.call("GET", "/v1/shops?producer_ref=a&name=b", nil).want(422).code("validation_failed", "name", unknown)
	})
	for _, tax := range []any{"0123456789", "0123456789-001", "012345678901", nil} {
		s.post("/v1/shops", with(pmShop(newKey()), "tax_code", tax), "Idempotency-Key", newKey()).want(201)
	}
	t.Run("its products go live only once it is active", func(t *testing.T) {
		p := s.create(pmGoods(id, "A-1", s.image())).want(201).str("id")
		if r := s.product(p); r.str("status") != "pending_review" || r.num("version") != 1 {
			t.Errorf("before: %s", r.body)
		}
		w.clock.move(30 * time.Minute)
		if r := s.product(p); r.str("status") != "pending_review" {
			t.Errorf("before: %s", r.body)
		}
		w.clock.move(29*time.Minute + 59*time.Second)
		if got := s.call("GET", "/v1/shops?producer_ref=r1", nil).str("items.0.status"); got != "pending_verification" {
			t.Errorf("the shop before its hour: %s", got)
		}
		w.clock.move(time.Second)
		s.signIn()
		if r := s.product(p); r.str("status") != "live" || r.str("updated_by") != "moderator" {
			t.Errorf("after: %s", r.body)
		}
	})
	t.Run("a suspended one refuses every change in it", func(t *testing.T) {
		p := s.create(pmGoods(id, "A-2", s.image())).want(201).str("id")
		check(t, w.sb.SetShopStatus(Postmart, id, "blocked"))
		s.create(pmGoods(id, "A-3", s.image())).want(403).code("shop_suspended")
		s.patch(p, obj{"unit": "x"}).want(403).code("shop_suspended")
		s.post("/v1/products/"+p+"/close", obj{"reason": "duplicate"}).want(403).code("shop_suspended")
		s.call("POST", "/v1/products/"+p+"/reopen", nil).want(403).code("shop_suspended")
		r := s.post("/v1/offers:batch", obj{"items": []obj{{"product_id": p, "price": 1000}}}).want(207)
		if r.num("items.0.status") != 409 || r.str("items.0.error.code") != "shop_suspended" {
			t.Errorf("offer: %s", r.body)
		}
		s.product(p).want(200)
	})
}

func TestPostmartMedia(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	s := w.pm.signIn()
	jpg := photo("jpeg", 600, 600, 1)
	r := s.upload(jpg).want(201)
	if r.num("width") != 600 || r.num("height") != 600 || len(r.str("sha256")) != 64 {
		t.Errorf("stored: %s", r.body)
	}
	if s.upload(jpg).want(201).str("id") != r.str("id") {
		t.Error("the same bytes have another id")
	}
	if s.upload(photo("jpeg", 600, 600, 99)).want(201).str("id") == r.str("id") {
		t.Error("other bytes have the same id")
	}
	s.upload(photo("png", 6000, 600, 1)).want(201)
	for name, side := range map[string][2]int{"599 wide": {599, 600}, "599 high": {600, 599}, "6001 high": {600, 6001}} {
		t.Run(name, func(t *testing.T) {
			s.upload(photo("png", side[0], side[1], 1)).want(422).code("validation_failed", "file", outOfRange)
		})
	}
	s.upload([]byte("GIF89a no")).want(415).code("media_unsupported")
	s.upload(jpg[:100]).want(415).code("media_unsupported")
	big := append(photo("png", 600, 600, 1), make([]byte, 5<<20)...)
	s.upload(big).want(413).code("media_too_large")
	s.loose = true
	body, ct := multipartOf("picture", jpg)
	s.call("POST", "/v1/media", body, "Content-Type", ct).want(422).code("validation_failed", "file", required)
	s.post("/v1/media", obj{}).want(422).code("validation_failed", "Content-Type")
	s.call("POST", "/v1/media", body[:200], "Content-Type", ct).want(422).code("validation_failed", "body", badFormat)
	s.call("POST", "/v1/media", make([]byte, 17<<20), "Content-Type", ct).want(413).code("media_too_large")
	s.loose = false

	t.Run("forgotten when no product used it for 7 days", func(t *testing.T) {
		shop := s.shop("r1")
		kept, let := s.upload(photo("jpeg", 700, 700, 1)).str("id"), s.upload(photo("jpeg", 700, 700, 99)).str("id")
		p := s.create(pmGoods(shop, "A-1", kept)).want(201).str("id")
		w.clock.move(7 * 24 * time.Hour)
		s.signIn()
		s.create(pmGoods(shop, "A-2", let)).want(201) // seven days are not over yet
		s.patch(p, obj{"images": []string{let}}).want(200)
		w.clock.move(7*24*time.Hour + time.Second)
		s.signIn()
		s.create(pmGoods(shop, "A-3", kept)).want(422).code("media_unknown", "images[0]")
		s.create(pmGoods(shop, "A-4", let)).want(201)
	})
}
