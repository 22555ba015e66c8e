package shelf

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"lensan/store"
	"lensan/store/fold"
	"lensan/store/storetest"
)

// A shelf brought up to date by what changed must be the one that reading
// everything gives, in every count and every order.
func TestWhatChangedIsAllThatChanged(t *testing.T) {
	t.Parallel()
	storetest.EachWorld(t, store.Options{}, func(t *testing.T, w *storetest.World) {
		storetest.Fill(t, w, 400)
		ctx, now := t.Context(), time.Now()
		s, err := Read(ctx, w.Store, now, storetest.FillDay)
		if err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewPCG(1, 2))
		for round := range 4 {
			s.ordered(ByChange)
			at := s.mark.Changed + 1000
			for range 20 {
				sku := fmt.Sprintf("NA%07d-1", 1+r.IntN(400))
				market := []string{"postmart", "voso"}[r.IntN(2)]
				w.Exec(t, "UPDATE listings SET sync_state = ?, market_state = ?, reason_code = ?, market_since = ?, updated_at = ? WHERE sku = ? AND marketplace = ?",
					[]string{"applied", "needs_fixing", "checking"}[r.IntN(3)], []string{"live", "absent", "locked"}[r.IntN(3)],
					[]string{"", "images.missing", fmt.Sprintf("new.reason_%d", round)}[r.IntN(3)], at+int64(r.IntN(500)), at, sku, market)
			}
			w.Exec(t, "UPDATE product_states SET reason_code = 'excluded.other', updated_at = ? WHERE marketplace = 'voso'", at)
			next, same, err := s.next(ctx, w.Store, now, storetest.FillDay, s.mark.Changed)
			if err != nil || !same {
				t.Fatal(same, err)
			}
			want, err := Read(ctx, w.Store, now, storetest.FillDay)
			if err != nil {
				t.Fatal(err)
			}
			if next.mark.Changed != at || want.mark.Changed != at {
				t.Errorf("mark %d and %d, want %d", next.mark.Changed, want.mark.Changed, at)
			}
			for o := range sortCount {
				if !slices.Equal(next.All(Query{Sort: o}), want.All(Query{Sort: o})) {
					t.Errorf("%v: another order", o)
				}
			}
			if !reflect.DeepEqual(next.Summary(), want.Summary()) || !reflect.DeepEqual(next.Coverage("commune"), want.Coverage("commune")) {
				t.Error("other counts")
			}
			if got, want := next.Causes(Query{}), want.Causes(Query{}); !reflect.DeepEqual(got, want) {
				t.Errorf("causes %+v, want %+v", got, want)
			}
			s = next
		}
		if again, same, err := s.next(ctx, w.Store, now, storetest.FillDay, s.mark.Changed+1); err != nil || !same || again.register != s.register || &again.cells[0][0] != &s.cells[0][0] {
			t.Error("nothing changed, yet something was made anew", same, err)
		}
		w.Exec(t, "UPDATE products SET name = 'Tên khác', updated_at = updated_at + 1 WHERE code IN (SELECT MIN(code) FROM products)")
		if _, same, err := s.next(ctx, w.Store, now, storetest.FillDay, s.mark.Changed+1); err != nil || same {
			t.Error("a change of the register passed unseen", err)
		}
	})
}

// What is found by the index is what is found by looking into every text.
func TestTheIndexFindsWhatReadingFinds(t *testing.T) {
	t.Parallel()
	_, s := filled(t, 500)
	for _, words := range []string{"a", "nuoc", "ước mắ", "NA00001", "40-416-16703", "htx vinh", "x", "dien 17", "-1", "khong co"} {
		for _, by := range []Sort{ByName, BySKU} {
			got := s.All(Query{Text: words, Sort: by})
			var want []Row
			for _, row := range s.All(Query{Sort: by}) {
				if matchesByReading(s, row, words) {
					want = append(want, row)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%q: %d found, want %d", words, len(got), len(want))
			}
		}
	}
	for _, text := range []string{"vinh", "p000001", "", "htx quy"} {
		for _, p := range s.Producers(text, 20) {
			if p.Ref == "" || p.Name == "" {
				t.Errorf("%q: %+v", text, p)
			}
		}
		if len(s.Producers(text, 20)) == 0 {
			t.Errorf("%q: no producer", text)
		}
	}
	if got := s.Producers("khong ai", 20); len(got) != 0 {
		t.Error(got)
	}
	all := s.ProductCodes(Query{}, "", 1000)
	if len(all) != s.Products() || !slices.IsSorted(all) {
		t.Error(len(all))
	}
	if some := s.ProductCodes(Query{Lane: "voso", Reasons: []string{"images."}}, all[100], 5); len(some) != 5 || some[0] < all[100] {
		t.Error(some)
	}
}

func matchesByReading(s *Shelf, row Row, words string) bool {
	for i := range s.of {
		if s.row(int32(i)) != row {
			continue
		}
		p := s.products[s.of[i]]
		text := fold.Search(p.name + " " + row.SKU + " " + p.code + " " + s.makers[p.maker].name + " " + s.places[p.place].commune)
		for _, word := range strings.Fields(fold.Search(words)) {
			if !strings.Contains(text, word) {
				return false
			}
		}
		return true
	}
	return false
}
