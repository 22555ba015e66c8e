package store_test

import (
	"fmt"
	"slices"
	"testing"

	"lensan/store"
	"lensan/store/storetest"
)

// shelf is a small register in which every bucket has at least one SKU.
func shelf(t *testing.T, w *storetest.World) {
	t.Helper()
	w.Insert(t, "accounts", "marketplace, base_url, account, sandbox, first_seen_at",
		[]any{"postmart", "http://127.0.0.1:1", "a", true, 1}, []any{"voso", "http://127.0.0.1:2", "b", true, 1})
	w.Insert(t, "producers", "ref, name, match_key, created_at, updated_at",
		[]any{"r1", "HTX Quỳ Châu", "htx quy chau|16777", 1, 1}, []any{"r2", "Hộ Bình", "ho binh|16804", 1, 1})
	var products, currents, skus, listings [][]any
	add := func(n int, stars int, until, set string, revoked bool, codes ...string) {
		code := fmt.Sprintf("40-416-16777-%d-2024", n)
		commune, district, ref := "Xã Quỳ Châu", "Quỳ Châu", "r1"
		if n%2 == 0 {
			commune, district, ref = "Xã Châu Bình", "", "r2"
		}
		products = append(products, []any{code, fmt.Sprintf("Sản phẩm %d", n), ref, "16777", commune, district, set, 1, 1})
		currents = append(currents, []any{code, stars, until, revoked, true, 1})
		for _, s := range codes {
			skus = append(skus, []any{s, code, 1, 1})
		}
	}
	listing := func(market, sku, sync, there, reason string) {
		listings = append(listings, []any{market, sku, sync, there, reason, "Vì " + reason, "For " + reason, "operator", 5, 7, 1, 1})
	}
	add(1, 4, "2027-01-01", "01", false, "A1", "A2") // A1 live on both, A2 rejected on postmart
	add(2, 3, "2026-11-23", "02", false, "B1")       // expired yesterday
	add(3, 3, "", "02", false, "C1")                 // validity unknown
	add(4, 2, "2028-01-01", "02", false, "D1")       // two stars
	add(5, 5, "2028-01-01", "03", false, "E1")       // alcohol
	add(6, 3, "2026-11-24", "04", true, "F1")        // revoked
	add(7, 3, "2026-11-24", "26", false)             // tourism, no SKU, last day today
	add(8, 3, "2028-01-01", "04", false, "G1")       // never planned
	listing("postmart", "A1", "applied", "live", "")
	listing("postmart", "A2", "applied", "rejected", "rejected.images")
	listing("voso", "A1", "applied", "live", "")
	listing("voso", "A2", "needs_fixing", "absent", "name.too_long")
	for _, m := range []string{"postmart", "voso"} {
		listing(m, "B1", "excluded", "absent", "excluded.expired")
		listing(m, "C1", "excluded", "absent", "excluded.validity_unknown")
		listing(m, "D1", "excluded", "absent", "excluded.below_three_stars")
		listing(m, "F1", "excluded", "closed", "excluded.revoked")
	}
	listing("postmart", "E1", "checking", "absent", "checking.unknown_outcome")
	listing("voso", "E1", "excluded", "absent", "not_sold.alcohol")
	w.Insert(t, "products", "code, name, producer_ref, commune_code, commune_name, district, product_set, created_at, updated_at", products...)
	w.Insert(t, "product_current", "product_code, stars, valid_until, revoked, ordered, updated_at", currents...)
	w.Insert(t, "skus", "sku, product_code, created_at, updated_at", skus...)
	w.Insert(t, "listings", "marketplace, sku, sync_state, market_state, reason_code, reason_vi, reason_en, who_fixes, applied_at, seen_at, created_at, updated_at", listings...)
	w.Insert(t, "product_states", "marketplace, product_code, sync_state, reason_code, reason_vi, reason_en, who_fixes, updated_at",
		[]any{"postmart", "40-416-16777-7-2024", "excluded", "excluded.tourism", "Du lịch", "Tourism", "nobody", 1},
		[]any{"voso", "40-416-16777-7-2024", "excluded", "excluded.tourism", "Du lịch", "Tourism", "nobody", 1})
	if err := w.Store.SetToday(t.Context(), "2026-11-24"); err != nil {
		t.Fatal(err)
	}
}

func TestSummaryCountsEverySKUOnce(t *testing.T) {
	t.Parallel()
	storetest.EachWorld(t, store.Options{}, func(t *testing.T, w *storetest.World) {
		shelf(t, w)
		got, err := w.Store.Summary(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		want := []map[store.Bucket]int{
			{store.BucketLive: 1, store.BucketRejected: 1, store.BucketExpired: 1, store.BucketValidityUnknown: 1,
				store.BucketBelowThreeStars: 1, store.BucketInWork: 1, store.BucketRevoked: 1, store.BucketNotPlanned: 1},
			{store.BucketLive: 1, store.BucketNeedsFixing: 1, store.BucketExpired: 1, store.BucketValidityUnknown: 1,
				store.BucketBelowThreeStars: 1, store.BucketNotSold: 1, store.BucketRevoked: 1, store.BucketNotPlanned: 1},
		}
		for i, m := range got {
			sum := 0
			for _, b := range store.Buckets {
				sum += m.Buckets[b]
				if m.Buckets[b] != want[i][b] {
					t.Errorf("%s %s: %d, want %d", m.Marketplace, b, m.Buckets[b], want[i][b])
				}
			}
			if sum != 8 || m.SKUs != 8 || m.ProductsWithoutSKU != 1 {
				t.Errorf("%s: buckets add up to %d, SKUs %d, without SKU %d", m.Marketplace, sum, m.SKUs, m.ProductsWithoutSKU)
			}
		}
		for r, err := range w.Store.AllSyncStatus(t.Context(), store.Filter{}) {
			if err != nil {
				t.Fatal(err)
			}
			if i := slices.Index([]string{"postmart", "voso"}, r.Marketplace); want[i][store.BucketOf(r)] == 0 {
				t.Errorf("BucketOf(%s %s) = %s, which SQL counted nowhere", r.Marketplace, r.SKU, store.BucketOf(r))
			}
		}
	})
}

func TestStatusPagesAndFilters(t *testing.T) {
	t.Parallel()
	storetest.EachWorld(t, store.Options{}, func(t *testing.T, w *storetest.World) {
		shelf(t, w)
		yes, no := true, false
		for name, c := range map[string]struct {
			f              store.Filter
			rows, products int
		}{
			"everything":         {store.Filter{}, 16, 16},
			"one marketplace":    {store.Filter{Marketplaces: []string{"voso"}}, 8, 8},
			"one SKU":            {store.Filter{SKUs: []string{"A2"}}, 2, 2},
			"a producer by name": {store.Filter{Producers: []string{"Hộ Bình"}}, 8, 8},
			"a commune by name":  {store.Filter{Communes: []string{"Xã Quỳ Châu"}}, 8, 8},
			"a commune by code":  {store.Filter{Communes: []string{"16777"}}, 16, 16},
			"stars and set":      {store.Filter{Stars: []int{3, 4}, Sets: []string{"01", "26"}}, 4, 4},
			"a reason":           {store.Filter{Reasons: []string{"excluded.expired"}}, 2, 2},
			"a reason family":    {store.Filter{Reasons: []string{"not_sold.", "rejected."}}, 2, 2},
			"live":               {store.Filter{OnSale: &yes}, 2, 2},
			"not live":           {store.Filter{OnSale: &no, Marketplaces: []string{"voso"}}, 7, 7},
			"needs fixing":       {store.Filter{SyncStates: []string{"needs_fixing"}}, 1, 1},
		} {
			var rows []store.SyncRow
			for p := (store.Page{Limit: 3}); ; {
				page, next, err := w.Store.SyncStatus(t.Context(), c.f, p)
				if err != nil {
					t.Fatal(name, err)
				}
				rows = append(rows, page...)
				if p.After = next; next == "" {
					break
				}
			}
			if len(rows) != c.rows {
				t.Errorf("%s: %d rows of sync_status, want %d", name, len(rows), c.rows)
			}
			var products []store.ProductRow
			for r, err := range w.Store.AllProductStatus(t.Context(), c.f) {
				if err != nil {
					t.Fatal(name, err)
				}
				products = append(products, r)
			}
			if len(products) != c.products {
				t.Errorf("%s: %d rows of product_status, want %d", name, len(products), c.products)
			}
		}
		if _, _, err := w.Store.SyncStatus(t.Context(), store.Filter{}, store.Page{After: "!"}); err != store.ErrCursor {
			t.Errorf("foreign cursor: %v", err)
		}
	})
}

func TestProductStatusSpeaksOfTheSKUThatNeedsSomebody(t *testing.T) {
	t.Parallel()
	storetest.EachWorld(t, store.Options{}, func(t *testing.T, w *storetest.World) {
		shelf(t, w)
		rows, _, err := w.Store.ProductStatus(t.Context(), store.Filter{Products: []string{"40-416-16777-1-2024", "40-416-16777-7-2024", "40-416-16777-8-2024"}}, store.Page{})
		if err != nil || len(rows) != 6 {
			t.Fatal(len(rows), err)
		}
		if r := rows[1]; r.MarketState != "live" || r.SyncState != "needs_fixing" || r.ReasonCode != "name.too_long" || !r.Partial() || r.SKUs != 2 || r.SKUsLive != 1 || r.SeenAt != 7 {
			t.Errorf("partly live: %+v", r)
		}
		if r := rows[2]; r.ReasonCode != "excluded.tourism" || r.SyncState != "excluded" || r.SKUs != 0 {
			t.Errorf("tourism: %+v", r)
		}
		if r := rows[4]; r.ReasonCode != store.ReasonNotPlanned || r.SyncState != "waiting" || r.ReasonVI == "" {
			t.Errorf("never planned: %+v", r)
		}
	})
}

func TestCoverageNamesItsDenominators(t *testing.T) {
	t.Parallel()
	storetest.EachWorld(t, store.Options{}, func(t *testing.T, w *storetest.World) {
		shelf(t, w)
		all, err := w.Store.Coverage(t.Context(), "all")
		if err != nil || len(all) != 3 {
			t.Fatal(all, err)
		}
		// eligible: 1 (4 stars), 5 (5 stars), 7 (last day today), 8; not 2, 3, 4, 6.
		want := []store.CoverageRow{
			{Marketplace: "both", Dimension: "all", Value: "all", Recognised: 7, Eligible: 4, Listable: 1, Live: 1, ShareLiveOfEligible: 0.25, ShareLiveOfListable: 1},
			{Marketplace: "postmart", Dimension: "all", Value: "all", Recognised: 7, Eligible: 4, Listable: 2, Live: 1, ShareLiveOfEligible: 0.25, ShareLiveOfListable: 0.5},
			{Marketplace: "voso", Dimension: "all", Value: "all", Recognised: 7, Eligible: 4, Listable: 1, Live: 1, ShareLiveOfEligible: 0.25, ShareLiveOfListable: 1},
		}
		if !slices.Equal(all, want) {
			t.Errorf("got  %+v\nwant %+v", all, want)
		}
		every, err := w.Store.Coverage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		sums := map[string]int{}
		for _, r := range every {
			sums[r.Marketplace+" "+r.Dimension] += r.Eligible
		}
		for k, n := range sums {
			if n != 4 {
				t.Errorf("%s: eligible adds up to %d", k, n)
			}
		}
		if err := w.Store.SetToday(t.Context(), "2026-11-25"); err != nil {
			t.Fatal(err)
		}
		if all, err = w.Store.Coverage(t.Context(), "all"); err != nil || all[0].Eligible != 3 {
			t.Errorf("a day later: %+v %v", all, err)
		}
	})
}

func TestCausesAreCountedWithProductsThatHaveNoSKU(t *testing.T) {
	t.Parallel()
	storetest.EachWorld(t, store.Options{}, func(t *testing.T, w *storetest.World) {
		shelf(t, w)
		rows, err := w.Store.Causes(t.Context(), store.Filter{Marketplaces: []string{"voso"}})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, r := range rows {
			got[r.Code] = fmt.Sprint(r.SKUs, r.Products)
		}
		for code, want := range map[string]string{"excluded.tourism": "0 1", "name.too_long": "1 1", "not_sold.alcohol": "1 1", "plan.not_planned": "1 1"} {
			if got[code] != want {
				t.Errorf("%s: %q, want %q", code, got[code], want)
			}
		}
	})
}

func TestRunStatusIsDerivedFromItems(t *testing.T) {
	t.Parallel()
	storetest.EachWorld(t, store.Options{}, func(t *testing.T, w *storetest.World) {
		run := func(id, phase, reason string, cancel, paused, finished int) []any {
			return []any{id, "sync", "{}", "sync", "command", "an", phase, reason, cancel, paused, 1, finished, 3}
		}
		w.Insert(t, "runs", "id, kind, scope, policy, trigger, requested_by, phase, reason, cancel_requested_at, paused_at, created_at, finished_at, planned",
			run("r1", "queued", "", 0, 0, 0), run("r2", "planning", "", 0, 0, 0), run("r3", "working", "", 0, 0, 0),
			run("r4", "working", "", 0, 9, 0), run("r5", "ended", "", 0, 0, 9), run("r6", "ended", "", 0, 0, 9),
			run("r7", "ended", "", 8, 0, 9), run("r8", "ended", "brake.closing", 0, 0, 9), run("r9", "ended", "source.watermark", 0, 0, 9))
		item := func(id, run, state string) []any {
			return []any{id, run, "voso", id, "normal", "apply", state, 0, 1}
		}
		w.Insert(t, "items", "id, run_id, marketplace, sku, lane_queue, purpose, state, due_at, created_at",
			item("i1", "r5", "done"), item("i2", "r5", "unchanged"), item("i3", "r6", "done"), item("i4", "r6", "failed"))
		rows, next, err := w.Store.RunStatus(t.Context(), store.Page{Limit: 9})
		if err != nil || next != "" || len(rows) != 9 {
			t.Fatal(len(rows), next, err)
		}
		want := []string{"source_unhealthy", "stopped_by_brake", "cancelled", "failed", "done", "paused", "working", "planning", "queued"}
		for i, r := range rows {
			if r.State != want[i] {
				t.Errorf("%s: %s, want %s", r.RunID, r.State, want[i])
			}
		}
		if r := rows[3]; r.Applied != 1 || r.Failed != 1 {
			t.Errorf("r6: %+v", r)
		}
		if one, _, err := w.Store.RunStatus(t.Context(), store.Page{}, "r5"); err != nil || len(one) != 1 || one[0].Applied != 2 {
			t.Errorf("one run: %+v %v", one, err)
		}
	})
}
