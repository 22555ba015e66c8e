package shelf

import (
	"errors"
	"slices"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/fold"
	"lensan/store/storetest"
)

func filled(t *testing.T, n int) (*storetest.World, *Shelf) {
	t.Helper()
	w := storetest.NewWorld(t, storetest.URLs(t)["sqlite"](t), store.Options{})
	storetest.Fill(t, w, n)
	s, err := Read(t.Context(), w.Store, time.Now(), storetest.FillDay)
	if err != nil {
		t.Fatal(err)
	}
	return w, s
}

// What is counted here and what is counted in SQL must be the same.
func TestShelfCountsAsTheViewsDo(t *testing.T) {
	t.Parallel()
	storetest.EachWorld(t, store.Options{}, func(t *testing.T, w *storetest.World) {
		storetest.Fill(t, w, 700)
		w.Exec(t, "DELETE FROM listings WHERE marketplace = 'voso' AND sku LIKE '%7-1'")
		w.Exec(t, "UPDATE product_current SET revoked = TRUE WHERE product_code LIKE '%-2026' AND stars = 4")
		s, err := Read(t.Context(), w.Store, time.Now(), storetest.FillDay)
		if err != nil {
			t.Fatal(err)
		}
		summary, err := w.Store.Summary(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for i, m := range s.Summary() {
			for _, b := range store.Buckets {
				if m.Buckets[b] != summary[i].Buckets[b] {
					t.Errorf("%s %s: shelf %d, SQL %d", m.Marketplace, b, m.Buckets[b], summary[i].Buckets[b])
				}
			}
			if m.SKUs != summary[i].SKUs || m.ProductsWithoutSKU != summary[i].ProductsWithoutSKU || m.Sandbox != summary[i].Sandbox {
				t.Errorf("shelf %+v, SQL %+v", m, summary[i])
			}
		}
		for _, dimension := range []string{"all", "stars", "commune", "district", "set"} {
			want, err := w.Store.Coverage(t.Context(), dimension)
			if err != nil {
				t.Fatal(err)
			}
			got := s.Coverage(dimension)
			slices.SortFunc(want, func(a, b store.CoverageRow) int { return compareRows(a, b) })
			slices.SortFunc(got, func(a, b store.CoverageRow) int { return compareRows(a, b) })
			if !slices.Equal(got, want) {
				t.Errorf("%s:\nshelf %+v\nSQL   %+v", dimension, got, want)
			}
		}
		for _, c := range s.Causes(Query{}) {
			rows, err := w.Store.Causes(t.Context(), store.Filter{Marketplaces: []string{c.Lane}, Reasons: []string{c.Code}})
			if err != nil {
				t.Fatal(err)
			}
			skus := 0
			for _, r := range rows {
				skus += r.SKUs
			}
			sum := 0
			for _, same := range s.Causes(Query{Lane: c.Lane, Reasons: []string{c.Code}}) {
				sum += same.SKUs
			}
			if skus != sum {
				t.Errorf("%s %s: shelf %d, SQL %d", c.Lane, c.Code, sum, skus)
			}
		}
	})
}

func compareRows(a, b store.CoverageRow) int {
	if a.Value+"\x00"+a.Marketplace < b.Value+"\x00"+b.Marketplace {
		return -1
	}
	return 1
}

func TestEveryOrderIsPagedWithoutGapOrDouble(t *testing.T) {
	t.Parallel()
	_, s := filled(t, 300)
	for o := range sortCount {
		for _, desc := range []bool{false, true} {
			all := s.All(Query{Sort: o, Desc: desc})
			var got []Row
			q := Query{Sort: o, Desc: desc, Limit: 7}
			for {
				f, err := s.Find(q)
				if err != nil {
					t.Fatal(err)
				}
				if f.Total != len(all) {
					t.Fatalf("%v: total %d, want %d", o, f.Total, len(all))
				}
				got = append(got, f.Rows...)
				if len(got) > len(all) {
					t.Fatalf("%v desc %v: more rows than there are", o, desc)
				}
				if q.After = f.Next; f.Next == "" {
					break
				}
			}
			if !slices.Equal(got, all) {
				t.Errorf("%v desc %v: pages differ from the whole", o, desc)
			}
			if f, err := s.Find(Query{Sort: (o + 1) % sortCount, After: s.cursor(Query{Sort: o}, 0)}); !errors.Is(err, store.ErrCursor) {
				t.Errorf("cursor of another order: %+v %v", f, err)
			}
		}
	}
}

func TestSearchForgetsAccentsAndFiltersHoldOnOneLane(t *testing.T) {
	t.Parallel()
	w, s := filled(t, 400)
	for _, words := range []string{"nuoc mam", "NƯỚC MẮM", "mam nuoc"} {
		f, err := s.Find(Query{Text: words})
		if err != nil || f.Total == 0 {
			t.Fatal(words, f, err)
		}
		want := w.Int(t, "SELECT COUNT(*) FROM products p LEFT JOIN skus s ON s.product_code = p.code WHERE p.name LIKE 'Nước mắm%'")
		if f.Total != want {
			t.Errorf("%q: %d, want %d", words, f.Total, want)
		}
	}
	// Live on one lane and in need of fixing on the other is not both on one.
	f, err := s.Find(Query{Sync: []string{"needs_fixing"}, Market: []string{"live"}})
	if err != nil || f.Total != 0 {
		t.Error(f.Total, err)
	}
	for name, c := range map[string]struct {
		q    Query
		want string
	}{
		"lane and bucket": {Query{Lane: "voso", Buckets: []string{"live"}}, "SELECT COUNT(*) FROM listings WHERE marketplace = 'voso' AND market_state = 'live'"},
		"reason family":   {Query{Lane: "voso", Reasons: []string{"images."}}, "SELECT COUNT(*) FROM listings WHERE marketplace = 'voso' AND reason_code LIKE 'images.%'"},
		"who":             {Query{Lane: "postmart", Who: []string{"producer"}}, "SELECT COUNT(*) FROM listings WHERE marketplace = 'postmart' AND who_fixes = 'producer'"},
		"stars":           {Query{Stars: []int{4, 5}, Market: []string{"live"}, Lane: "voso"}, "SELECT COUNT(*) FROM listings l JOIN skus s ON s.sku = l.sku JOIN product_current c ON c.product_code = s.product_code WHERE l.marketplace = 'voso' AND l.market_state = 'live' AND c.stars >= 4"},
		"commune":         {Query{Communes: []string{"Xã Nam Đàn"}}, "SELECT COUNT(*) FROM products p LEFT JOIN skus s ON s.product_code = p.code WHERE p.commune_name = 'Xã Nam Đàn'"},
		"ending":          {Query{ValidFrom: "2026-11-24", ValidTo: "2026-12-24"}, "SELECT COUNT(*) FROM product_current c LEFT JOIN skus s ON s.product_code = c.product_code WHERE c.valid_until BETWEEN '2026-11-24' AND '2026-12-24'"},
		"flagship":        {Query{Flagship: true}, "SELECT COUNT(*) FROM skus WHERE flagship"},
		"no such lane":    {Query{Lane: "shopee"}, "SELECT 0"},
		"no such state":   {Query{Sync: []string{"happy"}}, "SELECT 0"},
	} {
		f, err := s.Find(c.q)
		if want := w.Int(t, c.want); err != nil || f.Total != want {
			t.Errorf("%s: %d, want %d, %v", name, f.Total, want, err)
		}
	}
}

func TestNamesSortAsInAVietnameseDictionary(t *testing.T) {
	t.Parallel()
	want := []string{"An", "áo", "Ăn", "Ân", "Bò", "Dao", "Đào", "Đẹp", "En", "Ếch", "Ốc", "Ơn"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, func(a, b string) int {
		if sortKey(a) < sortKey(b) {
			return -1
		}
		return 1
	})
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestAnyTextHasTheKeyOfItsLetters(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"Nước mắm Quỳnh Lưu", "ĐÈN  đá ", norm.NFD.String("Bưởi hồng"), "a\u200bb", "Ốc + 12 (hộp) “ngon”", "Øre ß", "日本", "tab\tx", ""} {
		if got, want := sortKey(s), letterKey(s)+"\x00"+s; got != want && norm.NFC.String(s) == s && fold.Clean(s) == s {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
		if letterKey(norm.NFD.String(s)) != letterKey(s) {
			t.Errorf("%q: another key composed otherwise", s)
		}
	}
}

func TestKeeperSeesWhatChanged(t *testing.T) {
	t.Parallel()
	w, _ := filled(t, 50)
	k := NewKeeper(w.Store, time.Now, func() catalog.Day { return storetest.FillDay })
	defer k.Close()
	s, err := k.Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	before, _ := s.Find(Query{Lane: "voso", Market: []string{"locked"}})
	w.Exec(t, "UPDATE listings SET market_state = 'locked' WHERE marketplace = 'voso'")
	s, err = k.Fresh(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	after, _ := s.Find(Query{Lane: "voso", Market: []string{"locked"}})
	if before.Total != 0 || after.Total == 0 {
		t.Errorf("before %d, after %d", before.Total, after.Total)
	}
	k.Close()
	if _, err := k.Fresh(t.Context()); err == nil {
		t.Error("a closed keeper read on")
	}
}
