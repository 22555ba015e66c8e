package reconcile_test

import (
	"testing"

	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/register"
)

const (
	oneSKU  = "004001"
	oneCode = "40-416-16792-1-2026"
)

// setPrice imports a new price of one SKU.
func (w *world) setPrice(price string) {
	w.t.Helper()
	w.importFiles([]register.File{register.FromBytes("gia.csv", []byte("Mã hàng (SKU),Mã sản phẩm OCOP,Giá bán (đồng)\n"+oneSKU+","+oneCode+","+price+"\n"))}, register.Pictures{})
}

func TestARunIsTakenBackAndStaysSoUntilTheRegisterChanges(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		w.importSample()
		w.sync(store.RunRequest{Scope: catalog.Scope{SKUs: []string{oneSKU, "004002"}}})
		w.settleReviews()
		before := w.only("postmart", oneSKU).Price
		w.setPrice("499.000 đ")
		bad := w.sync(store.RunRequest{Scope: catalog.Scope{SKUs: []string{oneSKU}}})
		if p := w.only("postmart", oneSKU).Price; p != 499000 {
			t.Fatalf("price %d, want 499000", p)
		}
		// Another one is edited by its seller meanwhile, and left alone.
		if err := w.sandbox.EditBySeller("voso", w.only("voso", oneSKU).ID, []byte(`{"price":450000}`)); err != nil {
			t.Fatal(err)
		}
		w.sync(store.RunRequest{Kind: catalog.RunRevert, Reverts: bad.ID})
		if p := w.only("postmart", oneSKU).Price; p != before {
			t.Errorf("postmart: price %d after the revert, want %d", p, before)
		}
		if p := w.only("voso", oneSKU).Price; p != 450000 {
			t.Errorf("voso: price %d, want the seller's 450000", p)
		}
		w.resetLedgers()
		w.sync(store.RunRequest{Kind: catalog.RunReconcile, Scope: catalog.Scope{SKUs: []string{oneSKU}}})
		w.wantWrites(0, 0)
		w.setPrice("505.000 đ")
		w.sync(store.RunRequest{Scope: catalog.Scope{Marketplaces: []string{"postmart"}}})
		if p := w.only("postmart", oneSKU).Price; p != 505000 {
			t.Errorf("price %d after the register was corrected, want 505000", p)
		}
	})
}

func TestAFirstRunIsTakenBackByClosingWhatItCreated(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		w.importSample()
		first := w.sync(store.RunRequest{Scope: catalog.Scope{SKUs: []string{oneSKU, "004002"}}})
		w.settleReviews()
		w.sync(store.RunRequest{Kind: catalog.RunRevert, Reverts: first.ID})
		for m := range w.adapters {
			if w.only(m, oneSKU).Live || w.only(m, "004002").Live {
				t.Errorf("%s: still on sale after the revert", m)
			}
		}
		w.resetLedgers()
		w.sync(store.RunRequest{Scope: catalog.Scope{SKUs: []string{oneSKU, "004002"}}})
		w.wantWrites(0, 0)
	})
}

func TestAnApprovedPlanIsCarriedOutAndItsChangedItemsAreRefused(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		w.importSample()
		scope := catalog.Scope{SKUs: []string{oneSKU, "004002"}}
		plan, err := w.runner.Plan(t.Context(), scope, catalog.PolicySync, "")
		if err != nil {
			t.Fatal(err)
		}
		w.setPrice("777.000 đ")
		run := w.sync(store.RunRequest{Scope: scope, PlanID: plan.ID})
		if run.Planned != 2 || run.LeftOut != 2 {
			t.Errorf("planned %d, refused %d; want 2 and 2", run.Planned, run.LeftOut)
		}
		for m := range w.adapters {
			if found, err := w.sandbox.BySKU(m, oneSKU); err != nil || len(found) != 0 {
				t.Errorf("%s: the changed item was carried out (%v)", m, err)
			}
			w.only(m, "004002")
		}
	})
}
