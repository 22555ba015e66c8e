package store_test

import (
	"testing"

	"lensan/store"
	"lensan/store/storetest"
)

// BenchmarkViews100k reads the views over 100,000 products on each engine.
func BenchmarkViews100k(b *testing.B) {
	for engine, url := range storetest.URLs(b) {
		w := storetest.NewWorld(b, url(b), store.Options{})
		storetest.Fill(b, w, 100_000)
		w.Exec(b, "ANALYZE")
		for name, read := range map[string]func() error{
			"sync_status page": func() error {
				_, _, err := w.Store.SyncStatus(b.Context(), store.Filter{}, store.Page{Limit: 100})
				return err
			},
			"product_status page": func() error {
				_, _, err := w.Store.ProductStatus(b.Context(), store.Filter{}, store.Page{Limit: 100})
				return err
			},
			"product_status one": func() error {
				_, _, err := w.Store.ProductStatus(b.Context(), store.Filter{Products: []string{"40-416-16700-13-2024"}}, store.Page{Limit: 100})
				return err
			},
			"coverage all": func() error { _, err := w.Store.Coverage(b.Context(), "all"); return err },
			"coverage":     func() error { _, err := w.Store.Coverage(b.Context()); return err },
			"summary":      func() error { _, err := w.Store.Summary(b.Context()); return err },
			"causes":       func() error { _, err := w.Store.Causes(b.Context(), store.Filter{}); return err },
		} {
			b.Run(engine+"/"+name, func(b *testing.B) {
				for b.Loop() {
					if err := read(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
