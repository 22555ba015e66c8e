package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/register"
	"lensan/store/storetest"
)

// manyRows is a register of n products, each with one SKU.
func manyRows(n int, stars, price string) []register.File {
	var products, skus []string
	for i := 1; i <= n; i++ {
		code := fmt.Sprintf("40-416-16792-%d-2026", i)
		products = append(products, fmt.Sprintf("%s;Sản phẩm %d;HTX %d;;16792;%s;%d/QĐ;01/01/2026;UBND tỉnh;;", code, i, i, stars, i))
		skus = append(skus, fmt.Sprintf("K%03d;%s;Bán %d;%s;5;500;;", i, code, i, price))
	}
	return append(registerFile(products...), saleFile(skus...)...)
}

func held(t *testing.T, s *store.Store, files []register.File, opts store.ImportOptions) store.ImportReport {
	t.Helper()
	rep, _, err := load(t.Context(), s, files, register.Pictures{}, opts)
	if !errors.Is(err, store.ErrImportHeld) || rep.State != store.ImportHeld {
		t.Fatalf("not held: %v, %+v", err, rep.Counts)
	}
	return rep
}

func reasons(rep store.ImportReport) string {
	var out []string
	for _, r := range rep.Held {
		out = append(out, r.Code)
	}
	return strings.Join(out, " ")
}

// F6: a source that is empty or has shrunk changes nothing.
func TestAShrunkenRegisterIsHeld(t *testing.T) {
	t.Parallel()
	storetest.Each(t, store.Options{Now: func() time.Time { return time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC) }}, func(t *testing.T, s *store.Store) {
		mustLoad(t, s, manyRows(50, "3", "85.000"), store.ImportOptions{})
		for name, files := range map[string][]register.File{
			"no rows":      registerFile(),
			"40 % of rows": manyRows(20, "3", "90.000"),
		} {
			rep := held(t, s, files, store.ImportOptions{})
			if reasons(rep) != "import.fewer_rows import.fewer_three_stars" {
				t.Errorf("%s: %s", name, reasons(rep))
			}
			if all := subjects(t, s); len(all) != 50 || all["K001"].SKU.Price != 85_000 {
				t.Errorf("%s: something changed", name)
			}
		}
		// A part on purpose is none, and does not lower the watermark.
		mustLoad(t, s, manyRows(20, "3", "90.000"), store.ImportOptions{Partial: true})
		held(t, s, manyRows(20, "3", "90.000"), store.ImportOptions{})
		// Prices alone are no register.
		mustLoad(t, s, csvFile("gia.csv", "SKU,Giá", "K001,95.000"), store.ImportOptions{})
		mustLoad(t, s, manyRows(50, "3", "90.000"), store.ImportOptions{})
	})
}

func TestAnImportThatHurtsIsHeldUntilConfirmed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, store.Options{}, func(t *testing.T, s *store.Store) {
		mustLoad(t, s, manyRows(50, "3", "85.000"), store.ImportOptions{})
		lost := held(t, s, manyRows(50, "2", "85.000"), store.ImportOptions{})
		if !strings.Contains(reasons(lost), "import.fewer_three_stars") {
			t.Error(reasons(lost))
		}
		cheap := manyRows(50, "3", "8.500")
		rep := held(t, s, cheap, store.ImportOptions{By: "an"})
		if reasons(rep) != "import.prices" || len(rep.Hardest) != 10 || rep.Hardest[0].Name == "" || rep.Hardest[0].What[0].Args["now"] != "8.500 đ" {
			t.Errorf("%s %+v", reasons(rep), rep.Hardest)
		}
		stored, err := s.ImportByID(t.Context(), rep.ID)
		if err != nil || stored.State != store.ImportHeld || len(stored.Hardest) != 10 || stored.Held[0].Code != "import.prices" {
			t.Errorf("%+v, %v", stored, err)
		}
		if _, _, err := load(t.Context(), s, manyRows(50, "3", "8.400"), register.Pictures{}, store.ImportOptions{Confirm: rep.ID}); !errors.Is(err, store.ErrNotHeld) {
			t.Errorf("confirmed with other bytes: %v", err)
		}
		mustLoad(t, s, cheap, store.ImportOptions{Confirm: rep.ID, By: "bình"})
		if p := subjects(t, s)["K001"].SKU.Price; p != 8_500 {
			t.Errorf("price %d", p)
		}
		if stored, err = s.ImportByID(t.Context(), rep.ID); err != nil || stored.State != store.ImportConfirmed {
			t.Errorf("%+v, %v", stored, err)
		}
		if err := s.RejectImport(t.Context(), lost.ID, "an"); err != nil {
			t.Error(err)
		}
		if err := s.RejectImport(t.Context(), lost.ID, "an"); !errors.Is(err, store.ErrNoImport) {
			t.Errorf("twice: %v", err)
		}
		// A yearly round of small changes is none of this.
		mustLoad(t, s, manyRows(50, "3", "9.000"), store.ImportOptions{})
		imports, err := s.Imports(t.Context(), "", 2)
		if err != nil || len(imports) != 2 || imports[0].Counts.SKUs.Changed != 50 {
			t.Fatalf("%+v, %v", imports, err)
		}
		if more, err := s.Imports(t.Context(), imports[1].ID, 10); err != nil || len(more) != 3 {
			t.Errorf("%d more, %v", len(more), err)
		}
	})
}

func TestColumnsThatShiftedAndBlanksAreHeld(t *testing.T) {
	t.Parallel()
	storetest.Each(t, store.Options{}, func(t *testing.T, s *store.Store) {
		mustLoad(t, s, manyRows(50, "3", "85.000"), store.ImportOptions{})
		var renamed, blank []string
		for i := 1; i <= 50; i++ {
			renamed = append(renamed, fmt.Sprintf("K%03d;;Tên khác %d;;;;;", i, i))
			blank = append(blank, fmt.Sprintf("K%03d;;;;;;;", i))
		}
		if rep := held(t, s, saleFile(renamed...), store.ImportOptions{}); reasons(rep) != "import.changes" {
			t.Error(reasons(rep))
		}
		if rep := held(t, s, saleFile(blank...), store.ImportOptions{EraseBlanks: true}); reasons(rep) != "import.blanks" {
			t.Error(reasons(rep))
		}
		mustLoad(t, s, saleFile(blank...), store.ImportOptions{})
	})
}

func TestCanaries(t *testing.T) {
	t.Parallel()
	storetest.Each(t, store.Options{}, func(t *testing.T, s *store.Store) {
		opts := store.ImportOptions{Canaries: []string{"40-416-16792-50-2026"}}
		if rep := held(t, s, manyRows(49, "3", "85.000"), opts); reasons(rep) != "import.canary_missing" {
			t.Error(reasons(rep))
		}
		rep := held(t, s, manyRows(50, "2", "85.000"), opts)
		if reasons(rep) != "import.canary_stars" {
			t.Error(reasons(rep))
		}
		opts.Confirm = rep.ID
		held(t, s, manyRows(50, "2", "85.000"), opts) // nobody confirms past a canary
		opts.Confirm = ""
		mustLoad(t, s, manyRows(50, "3", "85.000"), opts)
	})
}

// Absence is not an instruction: what is missing is proposed, where the file
// was declared whole, and only there.
func TestMissingProductsAreProposedWithdrawals(t *testing.T) {
	t.Parallel()
	storetest.Each(t, store.Options{}, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		mustLoad(t, s, manyRows(50, "3", "85.000"), store.ImportOptions{})
		mustLoad(t, s, manyRows(48, "3", "85.000"), store.ImportOptions{})
		if w, err := s.Withdrawals(ctx, "proposed", "", 10); err != nil || len(w) != 0 {
			t.Fatalf("without --complete: %+v, %v", w, err)
		}
		elsewhere := catalog.Scope{Communes: []string{"99999"}}
		mustLoad(t, s, manyRows(48, "3", "85.000"), store.ImportOptions{Complete: &elsewhere})
		rep := mustLoad(t, s, manyRows(48, "3", "85.000"), store.ImportOptions{Complete: &catalog.Scope{}})
		w, err := s.Withdrawals(ctx, "proposed", "", 10)
		if err != nil || len(w) != 2 || rep.Counts.Withdrawals != 2 || w[0].ProductCode != "40-416-16792-49-2026" || w[0].ProductName == "" {
			t.Fatalf("%+v, %v, %+v", w, err, rep.Counts)
		}
		if again := mustLoad(t, s, manyRows(48, "3", "85.000"), store.ImportOptions{Complete: &catalog.Scope{}}); !again.Counts.ChangedNothing() {
			t.Errorf("%+v", again.Counts)
		}
		if err := s.DecideWithdrawal(ctx, w[0].ProductCode, true, "an"); err != nil {
			t.Fatal(err)
		}
		if err := s.DecideWithdrawal(ctx, w[0].ProductCode, true, "an"); !errors.Is(err, store.ErrNoProposal) {
			t.Errorf("twice: %v", err)
		}
		if sub := subjects(t, s)["K049"]; !sub.Withdrawn {
			t.Errorf("%+v", sub.Product)
		}
		back := mustLoad(t, s, manyRows(50, "3", "85.000"), store.ImportOptions{})
		if back.Counts.Returned != 2 || subjects(t, s)["K049"].Withdrawn {
			t.Errorf("%+v", back.Counts)
		}
		if rep := held(t, s, manyRows(41, "3", "85.000"), store.ImportOptions{Complete: &catalog.Scope{Communes: []string{"16792"}}}); reasons(rep) != "import.loses" || rep.Hardest[0].What[0].Code != "hit.missing" {
			t.Errorf("%s %+v", reasons(rep), rep.Hardest)
		}
	})
}

// A file that is told to come in again at the same moment is still the later.
func TestTheWatermarkIsTheLastOnes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, store.Options{Now: func() time.Time { return time.Date(2026, 10, 31, 1, 0, 0, 0, time.UTC) }}, func(t *testing.T, s *store.Store) {
		for _, n := range []int{50, 41, 34, 28, 23} {
			mustLoad(t, s, manyRows(n, "3", "85.000"), store.ImportOptions{})
		}
		held(t, s, manyRows(18, "3", "85.000"), store.ImportOptions{})
	})
}
