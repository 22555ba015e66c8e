package shelf

import (
	"runtime"
	"testing"
	"time"

	"lensan/store"
	"lensan/store/storetest"
)

func BenchmarkShelf100k(b *testing.B) {
	w := storetest.NewWorld(b, storetest.URLs(b)["sqlite"](b), store.Options{})
	storetest.Fill(b, w, 100_000)
	var s *Shelf
	read := func() {
		var err error
		if s, err = Read(b.Context(), w.Store, time.Now(), storetest.FillDay); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			read()
		}
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapAlloc)/1e6, "MB-held")
	})
	read()
	for name, q := range map[string]Query{
		"first page": {}, "words": {Text: "mat ong quy chau", Sort: ByStars, Desc: true},
		"filter": {Lane: "voso", Buckets: []string{"needs_fixing"}, Stars: []int{3}, Sort: ByValidUntil}, "nothing": {Text: "khong co gi"},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := s.Find(q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("causes", func(b *testing.B) {
		for b.Loop() {
			s.Causes(Query{})
		}
	})
	b.Run("cover", func(b *testing.B) {
		for b.Loop() {
			s.cover()
		}
	})
}
