package store_test

import (
	"errors"
	"testing"
	"time"

	"lensan/store"
	"lensan/store/storetest"
)

func TestShelfReadsEveryFactOnce(t *testing.T) {
	t.Parallel()
	storetest.EachWorld(t, store.Options{}, func(t *testing.T, w *storetest.World) {
		shelf(t, w)
		var lanes, producers, products, skus, listings, states int
		reader := store.ShelfReader{
			Producer: func(ref, name string) { producers++ },
			Marketplace: func(name string, sandbox bool) {
				lanes++
				if !sandbox || name == "" {
					t.Error(name, sandbox)
				}
			},
			Product:      func(p store.ShelfProduct) { products++ },
			SKU:          func(store.ShelfSKU) { skus++ },
			Listing:      func(store.ShelfListing) { listings++ },
			ProductState: func(store.ShelfListing) { states++ },
		}
		mark, err := w.Store.ReadShelf(t.Context(), reader)
		if err != nil || lanes != 2 || producers == 0 || products != 8 || skus != 8 || listings != 14 || states != 2 {
			t.Fatal(lanes, producers, products, skus, listings, states, err)
		}
		listings, states = 0, 0
		w.Exec(t, "UPDATE listings SET updated_at = ? WHERE sku = 'A2'", mark.Changed+1)
		mark, same, err := w.Store.ReadShelfChanges(t.Context(), mark, mark.Changed+1, reader)
		if err != nil || !same || listings == 0 || listings > 2 || states != 0 {
			t.Error("changes:", same, listings, states, err)
		}
		w.Exec(t, "UPDATE skus SET name = 'khác', updated_at = updated_at + 1 WHERE sku = 'A2'")
		if _, same, err := w.Store.ReadShelfChanges(t.Context(), mark, mark.Changed+1, reader); err != nil || same {
			t.Error("a change of the register was not seen", err)
		}
	})
}

func TestADayIsKeptOnceAndReplaced(t *testing.T) {
	t.Parallel()
	storetest.EachWorld(t, store.Options{}, func(t *testing.T, w *storetest.World) {
		shelf(t, w)
		ctx := t.Context()
		if taken, err := w.Store.SnapshotDay(ctx, "2026-11-23", time.Hour); err != nil || !taken {
			t.Fatal(taken, err)
		}
		if taken, err := w.Store.SnapshotDay(ctx, "2026-11-23", time.Hour); err != nil || taken {
			t.Error("taken again within the hour", taken, err)
		}
		w.Exec(t, "UPDATE listings SET market_state = 'live' WHERE sku = 'A2'")
		if taken, err := w.Store.SnapshotDay(ctx, "2026-11-24", time.Hour); err != nil || !taken {
			t.Fatal(taken, err)
		}
		days, err := w.Store.CoverageDays(ctx, "all", "2026-11-01")
		if err != nil || len(days) != 6 || days[0].Day != "2026-11-23" || days[0].Live != 1 || days[0].Eligible != 4 {
			t.Error(days, err)
		}
		day, before, err := w.Store.SummaryBefore(ctx, "2026-11-24")
		if err != nil || day != "2026-11-23" || before["voso"][store.BucketLive] != 1 || before["voso"][store.BucketNeedsFixing] != 1 {
			t.Error(day, before, err)
		}
		if day, _, err := w.Store.SummaryBefore(ctx, "2026-11-25"); err != nil || day != "2026-11-24" {
			t.Error(day, err)
		}
	})
}

func TestWhatHomeReads(t *testing.T) {
	t.Parallel()
	storetest.EachWorld(t, store.Options{}, func(t *testing.T, w *storetest.World) {
		shelf(t, w)
		ctx := t.Context()
		w.Insert(t, "communes", "code, name, district", []any{"16777", "Xã Quỳ Châu", "Quỳ Châu"}, []any{"16780", "Xã Hùng Chân", "Quỳ Châu"})
		ending, err := w.Store.Ending(ctx, "2026-11-24", "2027-02-22", 10)
		if err != nil || len(ending) != 2 || ending[0].ValidUntil != "2026-11-24" || ending[1].Live != 2 {
			t.Error(ending, err)
		}
		if n, err := w.Store.EndingCounts(ctx, "2026-11-24", "2026-12-24"); err != nil || n["2026-11-24"] != 1 {
			t.Error(n, err)
		}
		without, all, err := w.Store.CommunesWithoutProduct(ctx)
		if err != nil || all != 2 || len(without) != 1 || without[0].Name != "Xã Hùng Chân" {
			t.Error(without, all, err)
		}
		w.Exec(t, "UPDATE skus SET flagship = TRUE, story = 'Chuyện', trace_url = 'https://example.test/1' WHERE sku = 'A1'")
		flagships, err := w.Store.Flagships(ctx, 10)
		if err != nil || len(flagships) != 1 || flagships[0].Story != 6 || flagships[0].Complete() != 2 {
			t.Error(flagships, err)
		}
		if _, _, _, ok, err := w.Store.LastImport(ctx); ok || err != nil {
			t.Error(ok, err)
		}
	})
}

func TestAProductIsReadWhole(t *testing.T) {
	t.Parallel()
	storetest.EachWorld(t, store.Options{}, func(t *testing.T, w *storetest.World) {
		shelf(t, w)
		ctx := t.Context()
		code := "40-416-16777-1-2024"
		w.Insert(t, "recognitions", "product_code, stars, authority, number, decided_on, created_at, updated_at",
			[]any{code, 3, "UBND tỉnh", "1/QĐ", "2021-01-01", 1, 1}, []any{code, 4, "UBND tỉnh", "2/QĐ", "2024-01-01", 1, 1})
		w.Insert(t, "events", "id, at, actor, kind, sku, product_code", []any{"e1", 1, "an", "listing.created", "A2", ""}, []any{"e2", 2, "an", "product.changed", "", code}, []any{"e3", 3, "an", "x", "B1", ""})
		subjects, err := w.Store.ProductSubjects(ctx, code)
		if err != nil || len(subjects) != 2 || subjects[0].Lanes["voso"].Listing.MarketState != "live" {
			t.Fatal(subjects, err)
		}
		if r, err := w.Store.RecognitionsOf(ctx, code); err != nil || len(r) != 2 || r[0].Stars != 4 {
			t.Error(r, err)
		}
		if e, err := w.Store.ProductEvents(ctx, code, 10); err != nil || len(e) != 2 || e[0].ID != "e2" {
			t.Error(e, err)
		}
		if p, err := w.Store.ProductOf(ctx, "A2"); err != nil || p != code {
			t.Error(p, err)
		}
		if _, err := w.Store.ProductSubjects(ctx, "none"); !errors.Is(err, store.ErrNoProduct) {
			t.Error(err)
		}
		if _, _, err := w.Store.PictureBytes(ctx, "none"); !errors.Is(err, store.ErrNoProduct) {
			t.Error(err)
		}
	})
}
