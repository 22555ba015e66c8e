package sandbox

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestVosoTokens(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{Voso: Market{TokenLife: time.Minute}})
	s := w.vs
	r := s.rpc("user/login", obj{"username": DefaultUsername, "password": DefaultPassword}).vs("OK")
	if want := w.clock.Now().Add(time.Minute).UnixMilli(); r.num("data.expiredAt") != want {
		t.Errorf("expiredAt %d, want %d", r.num("data.expiredAt"), want)
	}
	first := r.str("data.token")
	s.head["Token"] = first
	s.rpc("category/list", obj{}).vs("OK")
	s.vsSignIn()
	if s.head["Token"] == first {
		t.Fatal("the same token again")
	}
	s.rpc("category/list", obj{}).vs("OK")
	s.call("POST", "/api/v2/category/list", []byte(`{}`), "Token", first, "Content-Type", jsonType).vs("TOKEN_INVALID")
	s.rpc("user/login", obj{"username": DefaultUsername, "password": "x"}).vs("LOGIN_FAILED")
	s.rpc("user/login", obj{"username": "x", "password": "x"}).vs("LOGIN_FAILED")
	s.rpc("category/list", obj{}).vs("OK") // a failed sign-in ends no token
	w.clock.move(time.Minute - time.Millisecond)
	s.rpc("category/list", obj{}).vs("OK")
	w.clock.move(time.Millisecond)
	s.rpc("category/list", obj{}).vs("TOKEN_INVALID")
	s.vsSignIn()
	check(t, w.sb.RevokeTokens(Voso))
	s.rpc("category/list", obj{}).vs("TOKEN_INVALID")
}

func TestVosoLoginLock(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	s := w.vs.vsSignIn()
	login := func(password string) *reply {
		return s.rpc("user/login", obj{"username": DefaultUsername, "password": password})
	}
	for range 3 {
		login("x").vs("LOGIN_FAILED")
	}
	login(DefaultPassword).vs("OK") // the fifth in this minute
	r := login(DefaultPassword).vs("LOGIN_LOCKED")
	if r.num("data.retryAfterMs") != 300000 {
		t.Errorf("locked: %s", r.body)
	}
	w.clock.move(4 * time.Minute)
	if r := login(DefaultPassword).vs("LOGIN_LOCKED"); r.num("data.retryAfterMs") != 60000 {
		t.Errorf("trying again lengthens it: %s", r.body)
	}
	w.clock.move(time.Minute)
	login(DefaultPassword).vs("OK")
	for range 4 {
		w.clock.move(15 * time.Second)
		login(DefaultPassword).vs("OK") // never more than five in a minute
	}
	l, err := w.sb.Ledger(Voso)
	check(t, err)
	if l.Logins != 7 || l.LoginsFailed != 3 || l.LoginLocked != 2 {
		t.Errorf("ledger: %d logins, %d failed, %d locked", l.Logins, l.LoginsFailed, l.LoginLocked)
	}
}

func TestVosoRateLimitAndBan(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{Voso: Market{Rate: 2}})
	s := w.vs.vsSignIn() // a login counts
	ping := func() *reply { return s.rpc("category/list", obj{}) }
	ping().vs("OK")
	w.clock.move(400 * time.Millisecond)
	if r := ping().vs("RATE_LIMITED"); r.num("data.retryAfterMs") != 600 {
		t.Errorf("refused: %s", r.body)
	}
	s.call("POST", "/api/v2/category/list", []byte(`{}`), "Token", "ended", "Content-Type", jsonType).vs("RATE_LIMITED")
	w.clock.move(600 * time.Millisecond)
	ping().vs("OK") // refusals used nothing up
	ping().vs("OK")
	for range 18 { // with the two above: 20, the last 18 in this second
		ping().vs("RATE_LIMITED")
	}
	w.clock.move(999 * time.Millisecond)
	r := ping().vs("CLIENT_BANNED") // the 21st without a full second free of refusals in between
	if r.num("data.retryAfterMs") != 60000 {
		t.Errorf("banned: %s", r.body)
	}
	w.clock.move(59 * time.Second)
	if r := ping().vs("CLIENT_BANNED"); r.num("data.retryAfterMs") != 1000 {
		t.Errorf("a call during it lengthens it: %s", r.body)
	}
	w.clock.move(time.Second)
	ping().vs("OK")

	t.Run("a full second free of refusals starts the count anew", func(t *testing.T) {
		for range 5 {
			w.clock.move(time.Second)
			ping().vs("OK")
			ping().vs("OK")
			for range 20 {
				ping().vs("RATE_LIMITED")
			}
		}
	})
	l, err := w.sb.Ledger(Voso)
	check(t, err)
	if l.Bans != 1 || l.Banned != 1 || l.PeakTaken != 2 {
		t.Errorf("ledger: %d bans, %d banned, peak %d", l.Bans, l.Banned, l.PeakTaken)
	}
}

func TestVosoProductFields(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	s := w.vs.vsSignIn()
	shop, img := s.vsShop("r1"), s.vsImage()
	good := vsGoods(shop, "A-1", img)
	ocop := func(pairs ...any) obj { return with(good["ocop"].(obj), pairs...) }
	origin := func(pairs ...any) obj { return with(good["origin"].(obj), pairs...) }
	say := func(words string) []any { return []any{"description", longText + " " + words} }
	s.loose = true
	for name, c := range map[string]struct {
		with        []any
		code, field string
	}{
		"shop unknown":              {[]any{"shopId", "V0"}, "SHOP_NOT_FOUND", "shopId"},
		"sku empty":                 {[]any{"sku", ""}, "VALIDATE_ERROR", "sku"},
		"sku of 51":                 {[]any{"sku", strings.Repeat("a", 51)}, "VALIDATE_ERROR", "sku"},
		"sku with a slash":          {[]any{"sku", "a/b"}, "VALIDATE_ERROR", "sku"},
		"name of 9":                 {[]any{"name", " 123456789 "}, "VALIDATE_ERROR", "name"},
		"name of 121":               {[]any{"name", strings.Repeat("ă", 121)}, "VALIDATE_ERROR", "name"},
		"category unknown":          {[]any{"categoryId", "XX"}, "CATEGORY_INVALID", "categoryId"},
		"category not a leaf":       {[]any{"categoryId", "TP"}, "CATEGORY_INVALID", "categoryId"},
		"description of 49":         {[]any{"description", strings.Repeat("a", 49)}, "VALIDATE_ERROR", "description"},
		"description of 5001":       {[]any{"description", strings.Repeat("a", 5001)}, "VALIDATE_ERROR", "description"},
		"an e-mail address":         {say("htx@nghean.gov"), "DESCRIPTION_FORBIDDEN_CONTACT", "description"},
		"http":                      {say("HTTP://x"), "DESCRIPTION_FORBIDDEN_CONTACT", "description"},
		"https":                     {say("xem https://x"), "DESCRIPTION_FORBIDDEN_CONTACT", "description"},
		"www":                       {say("www.x"), "DESCRIPTION_FORBIDDEN_CONTACT", "description"},
		"a name in .vn":             {say("tuongnamdan.vn"), "DESCRIPTION_FORBIDDEN_CONTACT", "description"},
		"a name in .com, capitals":  {say("Xem TND.COM, nhé"), "DESCRIPTION_FORBIDDEN_CONTACT", "description"},
		"a name in .asia":           {say("(tnd.asia)"), "DESCRIPTION_FORBIDDEN_CONTACT", "description"},
		"a telephone":               {say("gọi 0912345678"), "DESCRIPTION_FORBIDDEN_CONTACT", "description"},
		"a telephone with dots":     {say("ĐT: 0912.345.678"), "DESCRIPTION_FORBIDDEN_CONTACT", "description"},
		"a telephone with 84":       {say("84 912-345-678"), "DESCRIPTION_FORBIDDEN_CONTACT", "description"},
		"a telephone with +84":      {say("+84 912 345 678"), "DESCRIPTION_FORBIDDEN_CONTACT", "description"},
		"unit of 31":                {[]any{"unitName", strings.Repeat("a", 31)}, "VALIDATE_ERROR", "unitName"},
		"weight below":              {[]any{"weight", 0.0009}, "VALIDATE_ERROR", "weight"},
		"weight above":              {[]any{"weight", 100.001}, "VALIDATE_ERROR", "weight"},
		"weight text":               {[]any{"weight", "1"}, "VALIDATE_ERROR", "weight"},
		"weight null":               {[]any{"weight", nil}, "VALIDATE_ERROR", "weight"},
		"no images":                 {[]any{"imageIds", []string{}}, "VALIDATE_ERROR", "imageIds"},
		"nine images":               {[]any{"imageIds", strings.Split(strings.Repeat(img+",", 8)+img, ",")}, "VALIDATE_ERROR", "imageIds"},
		"an image of nobody":        {[]any{"imageIds", []string{img, "I0"}}, "IMAGE_NOT_FOUND", "imageIds[1]"},
		"price below":               {[]any{"price", 900}, "PRICE_INVALID", "price"},
		"price off the step":        {[]any{"price", 45050}, "PRICE_INVALID", "price"},
		"price text":                {[]any{"price", "45000"}, "PRICE_INVALID", "price"},
		"quantity above":            {[]any{"quantity", 100001}, "VALIDATE_ERROR", "quantity"},
		"quantity negative":         {[]any{"quantity", -1}, "VALIDATE_ERROR", "quantity"},
		"level of none":             {[]any{"ocop", ocop("level", "OCOP_2")}, "VALIDATE_ERROR", "ocop.level"},
		"decision of 51":            {[]any{"ocop", ocop("decisionNumber", strings.Repeat("1", 51))}, "VALIDATE_ERROR", "ocop.decisionNumber"},
		"a day of another form":     {[]any{"ocop", ocop("decisionDate", "2024-12-01")}, "VALIDATE_ERROR", "ocop.decisionDate"},
		"recognition passed":        {[]any{"ocop", ocop("expiredDate", "23/11/2026")}, "OCOP_EXPIRED", "ocop.expiredDate"},
		"ocop without its end":      {[]any{"ocop", less(ocop(), "expiredDate")}, "VALIDATE_ERROR", "ocop.expiredDate"},
		"producer of 151":           {[]any{"origin", origin("producerName", strings.Repeat("a", 151))}, "VALIDATE_ERROR", "origin.producerName"},
		"origin without a province": {[]any{"origin", less(origin(), "provinceCode")}, "VALIDATE_ERROR", "origin.provinceCode"},
		"21 properties":             {[]any{"properties", make([]obj, 21)}, "VALIDATE_ERROR", "properties"},
		"a property of 201":         {[]any{"properties", []obj{{"key": "k", "value": strings.Repeat("a", 201)}}}, "VALIDATE_ERROR", "properties[0].value"},
	} {
		t.Run(name, func(t *testing.T) {
			r := s.saved(c.code, with(good, c.with...))
			if got := r.str("data.results.0.field"); got != c.field {
				t.Errorf("field %q, want %q", got, c.field)
			}
			if ok, _ := r.get("data.results.0.ok").(bool); ok {
				t.Error("ok")
			}
		})
	}
	for _, field := range []string{"shopId", "sku", "name", "categoryId", "description", "unitName", "weight", "imageIds",
		"price", "quantity", "ocop", "origin"} {
		t.Run("without "+field, func(t *testing.T) { s.saved("VALIDATE_ERROR", less(good, field)) })
	}
	s.loose = false
	t.Run("the bounds themselves are allowed", func(t *testing.T) {
		s.saved("OK", with(good, "sku", "B-1", "name", strings.Repeat("ă", 120), "price", 1000, "quantity", 0,
			"weight", 100, "ocop", ocop("expiredDate", "24/11/2026"), "description", strings.Repeat("a", 5000)))
		s.saved("OK", with(good, "sku", "B-2", "weight", 0.001, "quantity", 100000, "imageIds", []string{img, img}))
		s.saved("OK", with(good, "sku", "B-3", "description", longText+" Tp.Vinh, giá 120.000 đồng, mã 8931234, 20-30 độ, v.v."))
	})
}

func TestVosoNormalises(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	s := w.vs.vsSignIn()
	shop, img := s.vsShop("r1"), s.vsImage()
	o := vsGoods(shop, "A-1", img)
	o["name"] = "\u00a0 Tương  Nam Đa\u0300n 500 ml\u3000"
	o["description"] = "  " + longText + "\r\nDòng hai\rDòng  ba\n "
	o["unitName"] = " chai  1 "
	o["weight"] = 0.70049
	o["listPrice"] = nil
	o["origin"] = obj{"producerName": " HTX\r\nNam Đàn ", "provinceCode": "40", "wardCode": "17950", "traceUrl": nil}
	id := s.saved("OK", o).str("data.results.0.productId")
	r := s.vsProduct(id)
	for path, want := range map[string]string{
		"name": "Tương  Nam Đàn 500 ml", "description": longText + "\nDòng hai\nDòng  ba", "unitName": "chai  1",
		"origin.producerName": "HTX\nNam Đàn", "createdAt": "24/11/2026 10:00:00",
	} {
		if got := r.str("data.items.0." + path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	if got, _ := r.get("data.items.0.weight").(float64); got != 0.7 {
		t.Errorf("weight %v", got)
	}
	if r.num("data.items.0.listPrice") != 45000 {
		t.Errorf("an empty list price becomes the price: %s", r.body)
	}
	w.clock.move(time.Hour)
	s.vsSignIn()
	s.saved("OK", with(less(o, "sku", "shopId"), "productId", id))
	if again := s.vsProduct(id); string(again.body) != string(r.body) {
		t.Errorf("sent again, it changed:\n%s\n%s", r.body, again.body)
	}
}

func TestVosoShops(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{Voso: Market{ShopVerifyDelay: time.Hour, TokenLife: 24 * time.Hour}})
	s := w.vs.vsSignIn()
	r := s.rpc("shop/save", with(vsShop("r1"), "shopName", " HTX  Nam Đàn\u00a0", "phone", "84912345678")).vs("OK")
	id := r.str("data.shopId")
	if r.str("data.shopStatus") != "WAITING" || r.str("data.shopName") != "HTX  Nam Đàn" || r.str("data.phone") != "84912345678" {
		t.Errorf("saved: %s", r.body)
	}
	s.rpc("shop/save", vsShop("r1")).vs("SHOP_CODE_DUPLICATED")
	if r := s.rpc("shop/search", obj{"partnerShopCode": "r1"}).vs("OK"); r.str("data.items.0.shopId") != id {
		t.Errorf("found: %s", r.body)
	}
	if r := s.rpc("shop/search", obj{"partnerShopCode": "r2"}).vs("OK"); len(r.list("data.items")) != 0 {
		t.Errorf("found: %s", r.body)
	}
	s.loose = true
	for name, pair := range map[string][]any{
		"name of 2": {"shopName", "ab"}, "name of 81": {"shopName", strings.Repeat("a", 81)}, "phone of 8 digits": {"phone", "01234567"},
		"code of 51": {"partnerShopCode", strings.Repeat("a", 51)}, "address of 256": {"address", strings.Repeat("a", 256)},
		"an unknown field": {"email", "x"}, "address null": {"address", nil},
	} {
		t.Run(name, func(t *testing.T) { s.rpc("shop/save", with(vsShop("r9"), pair...)).vs("VALIDATE_ERROR") })
	}
	s.loose = false
	img := s.vsImage()
	p := s.saved("OK", vsGoods(id, "A-1", img)).str("data.results.0.productId")
	if got := s.vsProduct(p).str("data.items.0.status"); got != "PENDING" {
		t.Errorf("approved, its shop waits: %s", got)
	}
	w.clock.move(time.Hour)
	if got := s.vsProduct(p).str("data.items.0.status"); got != "SELLING" {
		t.Errorf("its shop is active: %s", got)
	}
	check(t, w.sb.SetShopStatus(Voso, id, "blocked"))
	s.saved("SHOP_INACTIVE", vsGoods(id, "A-2", img))
	s.saved("SHOP_INACTIVE", obj{"productId": p, "unitName": "x"})
	for path, it := range map[string]obj{
		"product/change-status": {"productId": p, "status": "HIDE"}, "product/change-price-stock": {"productId": p, "price": 1000, "quantity": 1},
	} {
		if r := s.rpc(path, obj{"items": []obj{it}}).vs("OK"); r.str("data.results.0.code") != "SHOP_INACTIVE" {
			t.Errorf("%s: %s", path, r.body)
		}
	}
}

func TestVosoImages(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	s := w.vs.vsSignIn()
	jpg := photo("jpeg", 500, 500, 1)
	one, two := s.vsUpload(jpg).vs("OK"), s.vsUpload(jpg).vs("OK")
	if one.str("data.imageId") == two.str("data.imageId") {
		t.Error("every upload makes a new image")
	}
	s.vsUpload(photo("png", 4000, 500, 1)).vs("OK")
	s.vsUpload(photo("png", 4001, 500, 1)).vs("IMAGE_DIMENSION")
	s.vsUpload(photo("png", 500, 499, 1)).vs("IMAGE_DIMENSION")
	s.vsUpload([]byte("RIFF????WEBPVP8 ")).vs("IMAGE_FORMAT")
	s.vsUpload(append(jpg, make([]byte, 2<<20)...)).vs("IMAGE_TOO_LARGE")
	s.loose = true
	s.vsUpload(make([]byte, 14<<20)).vs("IMAGE_TOO_LARGE")
	s.rpc("image/upload", obj{"fileName": "x", "contentBase64": "***"}).vs("VALIDATE_ERROR")
	s.rpc("image/upload", obj{"fileName": strings.Repeat("x", 101), "contentBase64": ""}).vs("VALIDATE_ERROR")
	s.rpc("image/upload", obj{"fileName": "x"}).vs("VALIDATE_ERROR")
	l, err := w.sb.Ledger(Voso)
	check(t, err)
	most := 0
	for _, n := range l.Uploads {
		most = max(most, n)
	}
	if len(l.Uploads) != 2 || most != 2 {
		t.Errorf("uploads: %v", l.Uploads)
	}
}

func TestVosoWholeRequestRefused(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	s := w.vs.vsSignIn()
	shop, img := s.vsShop("r1"), s.vsImage()
	good := vsGoods(shop, "A-1", img)
	var many []obj
	var ids []string
	for i := range 51 {
		many = append(many, with(good, "sku", fmt.Sprint("A-", i)))
		ids = append(ids, fmt.Sprint(i))
	}
	s.loose = true
	for name, c := range map[string]struct {
		r    *reply
		code string
	}{
		"an unknown field":           {s.rpc("category/list", obj{"x": 1}), "VALIDATE_ERROR"},
		"an unknown field of a save": {s.rpc("product/save-batch", obj{"items": []obj{good}, "dryRun": true}), "VALIDATE_ERROR"},
		"an item's unknown field":    {s.save(good, with(good, "sku", "A-2", "colour", "x")), "VALIDATE_ERROR"},
		"ocop's unknown field":       {s.save(with(good, "ocop", with(good["ocop"].(obj), "x", 1))), "VALIDATE_ERROR"},
		"51 items to save":           {s.save(many...), "BATCH_TOO_LARGE"},
		"no items to save":           {s.save(), "VALIDATE_ERROR"},
		"51 ids":                     {s.rpc("product/get", obj{"productIds": ids}), "BATCH_TOO_LARGE"},
		"no ids":                     {s.rpc("product/get", obj{"productIds": []string{}}), "VALIDATE_ERROR"},
		"51 skus":                    {s.rpc("product/search", obj{"page": 1, "pageSize": 1, "skus": ids}), "VALIDATE_ERROR"},
		"page 0":                     {s.rpc("product/search", obj{"page": 0, "pageSize": 1}), "VALIDATE_ERROR"},
		"201 a page":                 {s.rpc("product/search", obj{"page": 1, "pageSize": 201}), "VALIDATE_ERROR"},
		"no page":                    {s.rpc("product/search", obj{"pageSize": 1}), "VALIDATE_ERROR"},
		"an order of none":           {s.rpc("product/search", obj{"page": 1, "pageSize": 1, "orderBy": "NAME"}), "VALIDATE_ERROR"},
		"a status of none":           {s.rpc("product/search", obj{"page": 1, "pageSize": 1, "status": "ON"}), "VALIDATE_ERROR"},
		"broken JSON":                {s.call("POST", "/api/v2/category/list", []byte(`{`), "Content-Type", jsonType), "VALIDATE_ERROR"},
		"a form":                     {s.call("POST", "/api/v2/category/list", []byte(`a=b`), "Content-Type", "text/plain"), "VALIDATE_ERROR"},
	} {
		t.Run(name, func(t *testing.T) {
			if r := c.r.vs(c.code); r.get("data") != nil {
				t.Errorf("data: %s", r.body)
			}
		})
	}
	if n, err := w.sb.Counts(Voso); err != nil || len(n) != 0 {
		t.Errorf("something was made: %v %v", n, err)
	}
	if r := s.call("GET", "/api/v2/category/list", nil); r.status != 404 {
		t.Errorf("GET: %d", r.status)
	}
}
