package reconcile_test

import (
	"testing"
	"time"

	"lensan/store"
	"lensan/store/catalog"
)

func TestAPreviewOfARevertTellsWhatItThenDoes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		w.importSample()
		first := w.sync(store.RunRequest{Scope: catalog.Scope{SKUs: []string{oneSKU, "004002"}}})
		w.settleReviews()
		would, err := w.runner.PreviewRevert(t.Context(), first.ID)
		if err != nil || would.Closes != 4 || would.LeftN != 0 || would.Same != 0 {
			t.Errorf("a run that created: %+v %v", would, err)
		}
		w.setPrice("499.000 đ")
		bad := w.sync(store.RunRequest{Scope: catalog.Scope{SKUs: []string{oneSKU}}})
		// Its seller edits one of them, and a reading sees it.
		if err := w.sandbox.EditBySeller("voso", w.only("voso", oneSKU).ID, []byte(`{"price":450000}`)); err != nil {
			t.Fatal(err)
		}
		w.resetLedgers()
		for give := time.Now().Add(20 * time.Second); would.LeftN == 0 && time.Now().Before(give); { // a reading may be a moment old
			if err := w.runner.Observe(t.Context(), "voso"); err != nil {
				t.Fatal(err)
			}
			if would, err = w.runner.PreviewRevert(t.Context(), bad.ID); err != nil {
				t.Fatal(err)
			}
		}
		if would.Closes != 0 || would.LeftN != 1 || len(would.Changes) == 0 || would.Changes[0].Marketplace != "postmart" || would.Changes[0].N != 1 {
			t.Fatalf("a run that repriced: %+v", would)
		}
		if l := would.Left[0]; l.Marketplace != "voso" || l.SKU != oneSKU || l.Reasons[0].Code != "revert.edited_since" || l.Reasons[0].Args["there"] != "450000" {
			t.Errorf("left alone: %+v", l)
		}
		w.wantWrites(0, 0)
		w.sync(store.RunRequest{Kind: catalog.RunRevert, Reverts: bad.ID})
		if would, err = w.runner.PreviewRevert(t.Context(), bad.ID); err != nil || len(would.Changes) != 0 {
			t.Errorf("after it was taken back: %+v %v", would, err)
		}
	})
}
