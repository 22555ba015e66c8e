package reconcile_test

import (
	"testing"

	"lensan/adapters/sandbox"
	"lensan/cmd/lensan/sample"
	"lensan/store"
	"lensan/store/catalog"
)

func TestALaneThatIsAwayHoldsNoOtherUpAndIsMadeUpFor(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		w.importFiles(registerOf(4, "08/12/2028"), sample.Pictures())
		if _, err := w.sandbox.SetFault(sandbox.Fault{Market: "voso", Op: "searchProducts", Kind: "maintenance"}); err != nil {
			t.Fatal(err)
		}
		run, _, err := w.store.RequestRun(t.Context(), store.RunRequest{Kind: catalog.RunSync, Policy: catalog.PolicySync, Trigger: catalog.TriggerCommand, By: "test"})
		if err != nil {
			t.Fatal(err)
		}
		for run.FinishedAt.IsZero() { // the run on Voso alone can't end yet
			w.step(t.Context(), w.runner)
			if run, err = w.store.GetRun(t.Context(), run.ID); err != nil {
				t.Fatal(err)
			}
		}
		w.settleReviews()
		if w.live("postmart") != 4 || w.live("voso") != 0 {
			t.Fatalf("live %d and %d, want 4 and 0", w.live("postmart"), w.live("voso"))
		}
		rows, _, err := w.store.SyncStatus(t.Context(), store.Filter{Marketplaces: []string{"voso"}}, store.Page{Limit: 1})
		if err != nil || len(rows) != 1 || rows[0].SyncState != string(catalog.SyncWaitingLane) {
			t.Errorf("Voso shows %+v, want waiting for the lane (%v)", rows, err)
		}
		if err := w.sandbox.ClearFaults("voso"); err != nil {
			t.Fatal(err)
		}
		w.drive(w.runner, 30*1e9)
		w.settleReviews()
		if w.live("voso") != 4 {
			t.Errorf("voso: %d live once it is back, want 4", w.live("voso"))
		}
	})
}
