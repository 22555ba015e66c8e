package reconcile_test

import (
	"testing"

	"lensan/adapters/sandbox"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/register"
)

// The sample on 24/11/2026, as the register's own facts make it.
var wantBuckets = map[string]map[store.Bucket]int{
	"postmart": {"live": 161, "needs_fixing": 20, "expired": 62, "validity_unknown": 22, "not_sold": 0},
	"voso":     {"live": 152, "needs_fixing": 26, "expired": 62, "validity_unknown": 22, "not_sold": 3},
}

func TestTheSampleIsListedOnceAndASecondSyncWritesNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		w.importSample()
		w.sync(store.RunRequest{})
		w.settleReviews()
		w.wantSummary(wantBuckets)
		w.wantEachListedOnce(wantBuckets)
		w.resetLedgers()
		run := w.sync(store.RunRequest{})
		if run.Planned != 0 || run.Unchanged != 161+152 {
			t.Errorf("second run: planned %d, unchanged %d; want 0 and 313", run.Planned, run.Unchanged)
		}
		w.wantWrites(0, 0)
		w.sync(store.RunRequest{Kind: catalog.RunReconcile})
		w.wantWrites(0, 0)
		w.wantSummary(wantBuckets)
	})
}

// wantSummary holds the numbers shown to people against what they should be.
func (w *world) wantSummary(want map[string]map[store.Bucket]int) {
	w.t.Helper()
	summary, err := w.store.Summary(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	for _, s := range summary {
		total := 0
		for _, n := range s.Buckets {
			total += n
		}
		if total != s.SKUs {
			w.t.Errorf("%s: buckets add up to %d of %d SKUs", s.Marketplace, total, s.SKUs)
		}
		for bucket, n := range want[s.Marketplace] {
			if s.Buckets[bucket] != n {
				w.t.Errorf("%s: %s = %d, want %d (%v)", s.Marketplace, bucket, s.Buckets[bucket], n, s.Buckets)
			}
		}
	}
}

// wantEachListedOnce holds the sandbox's own count against the record's.
func (w *world) wantEachListedOnce(want map[string]map[store.Bucket]int) {
	w.t.Helper()
	for m, buckets := range want {
		counts, err := w.sandbox.Counts(m)
		if err != nil {
			w.t.Fatal(err)
		}
		if n := counts[onSale[m]]; n != buckets["live"] {
			w.t.Errorf("%s holds %v, want %d on sale", m, counts, buckets["live"])
		}
		if l := w.ledger(m); len(l.Doubles) > 0 || len(l.Unsettled) > 0 {
			w.t.Errorf("%s: doubles %v, creates sent while one was unsettled %v", m, l.Doubles, l.Unsettled)
		}
	}
}

// onSale is each marketplace's own word for it.
var onSale = map[string]string{"postmart": "live", "voso": "SELLING"}

func (w *world) resetLedgers() {
	w.t.Helper()
	for m := range w.adapters {
		if err := w.sandbox.ResetLedger(m); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *world) wantWrites(postmart, voso int) {
	w.t.Helper()
	for m, n := range map[string]int{"postmart": postmart, "voso": voso} {
		if l := w.ledger(m); l.Mutating != n {
			w.t.Errorf("%s: %d mutating calls, want %d: %v", m, l.Mutating, n, l.Calls)
		}
	}
}

func (w *world) only(m, sku string) sandbox.ProductView {
	w.t.Helper()
	found, err := w.sandbox.BySKU(m, sku)
	if err != nil || len(found) != 1 {
		w.t.Fatalf("%s holds %d products of SKU %s (%v)", m, len(found), sku, err)
	}
	return found[0]
}

func TestANewPriceIsOneCallAndLeavesStockThatSalesHaveLowered(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		w.importSample()
		w.sync(store.RunRequest{})
		w.settleReviews()
		const sku, code = "004001", "40-416-16792-1-2026"
		before := map[string]sandbox.ProductView{}
		for m := range w.adapters {
			p := w.only(m, sku)
			if err := w.sandbox.Sell(m, p.ID, 3); err != nil {
				t.Fatal(err)
			}
			before[m] = w.only(m, sku)
		}
		w.resetLedgers()
		w.importFiles([]register.File{register.FromBytes("gia.csv", []byte("Mã hàng (SKU),Mã sản phẩm OCOP,Giá bán (đồng)\n"+sku+","+code+",499.000 đ\n"))}, register.Pictures{})
		w.sync(store.RunRequest{})
		w.wantWrites(1, 1)
		for m := range w.adapters {
			p := w.only(m, sku)
			if p.Price != 499000 || p.Stock != before[m].Stock || p.Status != before[m].Status {
				t.Errorf("%s: price %d stock %d status %s, want 499000, %d and still %s", m, p.Price, p.Stock, p.Status, before[m].Stock, before[m].Status)
			}
		}
	})
}
