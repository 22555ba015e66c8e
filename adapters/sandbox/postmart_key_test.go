package sandbox

import (
	"strings"
	"testing"
	"time"
)

func TestPostmartIdempotencyKeys(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	s := w.pm.signIn()
	shop, img := s.shop("r1"), s.image()
	goods := pmGoods(shop, "A-1", img)

	first := s.post("/v1/products", goods, "Idempotency-Key", "k1").want(201)
	t.Run("the same key and body answer again what the first one answered", func(t *testing.T) {
		s.patch(first.str("id"), obj{"unit": "chai"}).want(200) // the answer stays the first one
		again := s.post("/v1/products", goods, "Idempotency-Key", "k1").want(201)
		if string(again.body) != string(first.body) || again.head.Get("Idempotency-Replayed") != "true" ||
			again.head.Get("ETag") != first.head.Get("ETag") || first.head.Get("Idempotency-Replayed") != "" {
			t.Errorf("first %s\nagain %s %v", first.body, again.body, again.head)
		}
	})
	t.Run("a refusal is answered again too", func(t *testing.T) {
		bad := with(goods, "sku", "A-2", "price", 10)
		s.loose = true
		s.post("/v1/products", bad, "Idempotency-Key", "k2").want(422).code("validation_failed", "price", "out_of_range")
		again := s.post("/v1/products", bad, "Idempotency-Key", "k2").want(422)
		s.loose = false
		if again.head.Get("Idempotency-Replayed") != "true" {
			t.Error("not replayed")
		}
		s.post("/v1/products", with(goods, "sku", "A-2"), "Idempotency-Key", "k2").want(422).code("idempotency_key_reused")
		s.post("/v1/products", goods, "Idempotency-Key", "k3").want(409).code("sku_exists")
		r := s.post("/v1/products", goods, "Idempotency-Key", "k3").want(409).code("sku_exists")
		if r.head.Get("Idempotency-Replayed") != "true" || r.str("error.existing_id") != first.str("id") {
			t.Errorf("conflict again: %v %s", r.head, r.body)
		}
	})
	t.Run("a suspended shop's refusal is answered again after it is active", func(t *testing.T) {
		check(t, w.sb.SetShopStatus(Postmart, shop, "blocked"))
		more := with(goods, "sku", "A-3")
		s.post("/v1/products", more, "Idempotency-Key", "k4").want(403).code("shop_suspended")
		check(t, w.sb.SetShopStatus(Postmart, shop, "active"))
		s.post("/v1/products", more, "Idempotency-Key", "k4").want(403).code("shop_suspended")
		s.post("/v1/products", more, "Idempotency-Key", "k5").want(201)
	})
	t.Run("another body under the key is refused, in bytes not in meaning", func(t *testing.T) {
		body := append([]byte(" "), js(goods)...)
		s.call("POST", "/v1/products", body, "Content-Type", "application/json", "Idempotency-Key", "k1").want(422).
			code("idempotency_key_reused")
	})
	t.Run("the keys are the partner's for both operations together", func(t *testing.T) {
		s.post("/v1/shops", pmShop("r2"), "Idempotency-Key", "k1").want(422).code("idempotency_key_reused")
	})
	t.Run("401 and 429 say nothing about the key", func(t *testing.T) {
		goods := with(goods, "sku", "A-4")
		token := s.head["Authorization"]
		s.head["Authorization"] = "Bearer nobody"
		s.post("/v1/products", goods, "Idempotency-Key", "k6").want(401).code("token_expired")
		s.head["Authorization"] = token
		r := s.post("/v1/products", goods, "Idempotency-Key", "k6").want(201)
		if r.head.Get("Idempotency-Replayed") != "" {
			t.Error("replayed")
		}
	})
	t.Run("for 24 hours", func(t *testing.T) {
		w.clock.move(24*time.Hour - time.Second)
		s.signIn()
		if r := s.post("/v1/products", goods, "Idempotency-Key", "k1").want(201); string(r.body) != string(first.body) {
			t.Error("forgotten too early")
		}
		w.clock.move(time.Second)
		s.signIn()
		s.post("/v1/products", goods, "Idempotency-Key", "k1").want(409).code("sku_exists")
	})
}

func TestPostmartIdempotencyKeyForm(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	s := w.pm.signIn()
	shop, img := s.shop("r1"), s.image()
	s.loose = true
	for name, c := range map[string]struct{ key, code string }{
		"missing":       {"", required},
		"65 characters": {strings.Repeat("k", 65), tooLong},
		"not ASCII":     {"khóa", badFormat},
	} {
		head := []string{}
		if c.key != "" {
			head = []string{"Idempotency-Key", c.key}
		}
		t.Run(name, func(t *testing.T) {
			s.post("/v1/products", pmGoods(shop, "A", img), head...).want(422).
				code("validation_failed", "Idempotency-Key", c.code)
			s.post("/v1/shops", pmShop("x"), head...).want(422).code("validation_failed", "Idempotency-Key", c.code)
		})
	}
	s.post("/v1/shops", pmShop("64"), "Idempotency-Key", strings.Repeat("~", 64)).want(201)
}

func TestPostmartIdempotencyInProgress(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	s := w.pm.signIn()
	shop, img := s.shop("r1"), s.image()
	goods := pmGoods(shop, "A-1", img)
	fault(t, w, Fault{Market: Postmart, Op: "createProduct", Kind: Late, Count: 1, Delay: 10 * time.Second})
	if r := s.post("/v1/products", goods, "Idempotency-Key", "k1"); r.err == nil {
		t.Fatalf("answered %d", r.status)
	}
	s.post("/v1/products", goods, "Idempotency-Key", "k1").want(409).code("idempotency_in_progress")
	s.post("/v1/products", with(goods, "price", 46000), "Idempotency-Key", "k1").want(422).code("idempotency_key_reused")
	if r := s.call("GET", "/v1/products?sku=A-1", nil); len(r.list("items")) != 0 {
		t.Errorf("there already: %s", r.body)
	}
	w.clock.move(10 * time.Second)
	r := s.post("/v1/products", goods, "Idempotency-Key", "k1").want(201)
	if r.head.Get("Idempotency-Replayed") != "true" {
		t.Error("not the late one's answer")
	}
}

// check fails a test on an error of its own doing.
func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func fault(t testing.TB, w *world, f Fault) string {
	t.Helper()
	id, err := w.sb.SetFault(f)
	check(t, err)
	return id
}
