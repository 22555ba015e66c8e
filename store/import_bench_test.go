package store_test

import (
	"testing"

	"lensan/store"
	"lensan/store/register"
	"lensan/store/register/registertest"
	"lensan/store/storetest"
)

func BenchmarkImport(b *testing.B) {
	for engine, url := range storetest.URLs(b) {
		for _, kind := range []string{"xlsx", "csv"} {
			b.Run(engine+"/"+kind+"/20000", func(b *testing.B) {
				o := registertest.Options{SKUs: 20_000, SKUsPerProduct: 2}
				var files []register.File
				if kind == "xlsx" {
					files = []register.File{registertest.Workbook(b, o)}
				} else {
					files = registertest.CSV(b, o)
				}
				for b.Loop() {
					s := storetest.Open(b, url(b), store.Options{})
					benchLoad(b, s, files)
				}
				b.ReportMetric(float64(b.N)*20_000/b.Elapsed().Seconds(), "SKUs/s")
			})
		}
		b.Run(engine+"/again/20000", func(b *testing.B) {
			s := storetest.Open(b, url(b), store.Options{})
			files := registertest.CSV(b, registertest.Options{SKUs: 20_000, SKUsPerProduct: 2})
			benchLoad(b, s, files)
			for b.Loop() {
				benchLoad(b, s, files)
			}
			b.ReportMetric(float64(b.N)*20_000/b.Elapsed().Seconds(), "SKUs/s")
		})
	}
}

func benchLoad(b *testing.B, s *store.Store, files []register.File) {
	b.Helper()
	if _, _, err := load(b.Context(), s, files, register.Pictures{}, store.ImportOptions{}); err != nil {
		b.Fatal(err)
	}
}
