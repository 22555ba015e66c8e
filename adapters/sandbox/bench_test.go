package sandbox

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"testing"
)

// BenchmarkPostmartCreate makes products in a file, without a network.
func BenchmarkPostmartCreate(b *testing.B) {
	w := setup(b, Options{Path: filepath.Join(b.TempDir(), "sandbox.jsonl")})
	s := w.pm.signIn()
	shop, img := s.shop("r1"), s.image()
	h := w.sb.Postmart()
	for i := 0; b.Loop(); i++ {
		sku := fmt.Sprint("B-", i)
		w.bare(b, h, "POST", "/v1/products", js(pmGoods(shop, sku, img)), 201, "Authorization", s.head["Authorization"],
			"Content-Type", jsonType, "Idempotency-Key", sku)
	}
}

// bare calls a handler without a connection.
func (w *world) bare(b *testing.B, h http.Handler, method, path string, body []byte, status int, head ...string) {
	r := httptest.NewRequest(method, path, bytes.NewReader(body))
	for i := 0; i < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	if rec.Code != status {
		b.Fatalf("status %d: %s", rec.Code, rec.Body)
	}
}

// BenchmarkVoso works on 20,000 products and reports the memory they take.
func BenchmarkVoso(b *testing.B) {
	w := setup(b, Options{Path: filepath.Join(b.TempDir(), "sandbox.jsonl")})
	v := w.vs.vsSignIn()
	shop, img := v.vsShop("r1"), v.vsImage()
	h := w.sb.Voso()
	rpc := func(b *testing.B, path string, body any) {
		w.bare(b, h, "POST", "/api/v2/"+path, js(body), 200, "Token", v.head["Token"], "Content-Type", jsonType)
	}
	before := inUse()
	for i := 0; i < 20000; i += 50 {
		var items []obj
		for j := range 50 {
			items = append(items, vsGoods(shop, fmt.Sprint("B-", i+j), img))
		}
		rpc(b, "product/save-batch", obj{"items": items})
	}
	rpc(b, "category/list", obj{}) // the reviews end
	perProduct := float64(inUse()-before) / 20000
	b.Run("search by sku", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			rpc(b, "product/search", obj{"page": 1, "pageSize": 10, "skus": []string{fmt.Sprint("B-", i%20000)}})
		}
		b.ReportMetric(perProduct, "B/product")
	})
	b.Run("page by creation", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			rpc(b, "product/search", obj{"page": i%100 + 1, "pageSize": 200, "orderBy": "CREATED_ASC"})
		}
	})
	b.Run("page newest first", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			rpc(b, "product/search", obj{"page": i%100 + 1, "pageSize": 200})
		}
	})
}

func inUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
