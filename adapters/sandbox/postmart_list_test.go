package sandbox

import (
	"fmt"
	"net/url"
	"slices"
	"testing"
	"time"
)

// pages reads a list to its end and returns the SKUs in the order read.
func (s *site) pages(filter string, between func(page int)) []string {
	s.w.t.Helper()
	var skus []string
	cursor := ""
	for page := 1; ; page++ {
		r := s.call("GET", "/v1/products?"+filter+cursor, nil).want(200)
		for _, it := range r.list("items") {
			sku, _ := it.(map[string]any)["sku"].(string)
			skus = append(skus, sku)
		}
		if r.get("next_cursor") == nil {
			return skus
		}
		cursor = "&cursor=" + url.QueryEscape(r.str("next_cursor"))
		if between != nil {
			between(page)
		}
	}
}

func numbered(prefix string, n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("%s-%02d", prefix, i))
	}
	return out
}

func (s *site) fill(shop, img string, skus []string) (ids []string) {
	s.w.t.Helper()
	for _, sku := range skus {
		ids = append(ids, s.create(pmGoods(shop, sku, img)).want(201).str("id"))
		s.w.clock.move(time.Millisecond)
	}
	return ids
}

func TestPostmartLists(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	s := w.pm.signIn()
	img := s.image()
	one, two := s.shop("r1"), s.shop("r2")
	a, b := numbered("A", 7), numbered("B", 5)
	ids := s.fill(one, img, a)
	s.fill(two, img, b)
	all := slices.Concat(a, b)
	want := func(name, filter string, skus []string) {
		t.Run(name, func(t *testing.T) {
			if got := s.pages(filter, nil); !slices.Equal(got, skus) {
				t.Errorf("%s: %v, want %v", filter, got, skus)
			}
		})
	}
	want("all shops, oldest first", "limit=5", all)
	want("pages that end exactly", "limit=4", all)
	want("one item a page", "limit=1", all)
	want("one shop", "limit=3&shop_id="+two, b)
	want("a shop of nobody", "shop_id=S0", nil)
	want("a sku", "sku=A-03", []string{"A-03"})
	want("a sku in another shop", "sku=A-03&shop_id="+two, nil)
	want("a status", "limit=2&status=live", all)
	want("a status that none has", "status=closed", nil)

	t.Run("a cursor stays valid while products are added and changed", func(t *testing.T) {
		got := s.pages("limit=4&shop_id="+one, func(page int) {
			s.patch(ids[5], obj{"unit": fmt.Sprint("u", page)}).want(200)
			s.fill(one, img, []string{fmt.Sprintf("C-%02d", page)})
		})
		if want := slices.Concat(a, []string{"C-01"}); !slices.Equal(got, want) {
			t.Errorf("read %v, want %v", got, want)
		}
	})
	t.Run("updated_after", func(t *testing.T) {
		mark := w.clock.Now()
		w.clock.move(time.Second)
		s.patch(ids[2], obj{"unit": "x"}).want(200)
		check(t, w.sb.Sell(Postmart, ids[4], 1))
		got := s.pages("limit=1&updated_after="+url.QueryEscape(mark.Format(time.RFC3339Nano)), nil)
		if !slices.Equal(got, []string{"A-02", "A-04"}) {
			t.Errorf("read %v", got)
		}
		moved := s.product(ids[2]).str("updated_at")
		if got := s.pages("updated_after="+moved, nil); len(got) != 0 {
			t.Errorf("changed at that moment, not after it: %v", got)
		}
	})
	t.Run("a cursor of another reading", func(t *testing.T) {
		next := url.QueryEscape(s.call("GET", "/v1/products?limit=1", nil).want(200).str("next_cursor"))
		s.call("GET", "/v1/products?limit=1&shop_id="+one+"&cursor="+next, nil).want(422).code("validation_failed", "cursor")
	})
	t.Run("a cursor lives for one hour", func(t *testing.T) {
		next := url.QueryEscape(s.call("GET", "/v1/products?limit=1", nil).want(200).str("next_cursor"))
		w.clock.move(time.Hour - time.Millisecond)
		s.signIn()
		s.call("GET", "/v1/products?limit=1&cursor="+next, nil).want(200)
		w.clock.move(time.Millisecond)
		s.call("GET", "/v1/products?limit=1&cursor="+next, nil).want(410).code("cursor_expired")
	})
}

func TestPostmartListsLag(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{Postmart: Market{Lag: 10 * time.Second}})
	s := w.pm.signIn()
	_, id := s.goods("A-1")
	sku := func() *reply { return s.call("GET", "/v1/products?sku=A-1", nil).want(200) }
	if got := s.product(id).str("status"); got != "live" {
		t.Errorf("by id every finished write shows: %s", got)
	}
	w.clock.move(10*time.Second - time.Millisecond)
	if r := sku(); len(r.list("items")) != 0 {
		t.Errorf("not to be seen yet: %s", r.body)
	}
	w.clock.move(time.Millisecond)
	if r := sku(); r.str("items.0.id") != id {
		t.Errorf("to be seen: %s", r.body)
	}
	s.post("/v1/offers:batch", obj{"items": []obj{{"product_id": id, "price": 50000}}}).want(207)
	w.clock.move(5 * time.Second)
	s.post("/v1/offers:batch", obj{"items": []obj{{"product_id": id, "price": 60000}}}).want(207)
	for _, c := range []struct {
		after time.Duration
		price int64
	}{{4999 * time.Millisecond, 45000}, {time.Millisecond, 50000}, {4999 * time.Millisecond, 50000}, {time.Millisecond, 60000}} {
		w.clock.move(c.after)
		if r := sku(); r.num("items.0.price") != c.price {
			t.Errorf("at %v: %s, want %d", w.clock.Now(), r.body, c.price)
		}
	}
}
