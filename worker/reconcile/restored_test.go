package reconcile_test

import (
	"maps"
	"testing"

	"lensan/adapters/sandbox"
	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/storetest"
)

// A backup is made, more is listed, repriced, rewritten, closed, renewed and
// sold; then the old record is restored, on this engine or the other.
func TestARestoredRecordDoublesNothingClosesNothingAndOverwritesNothing(t *testing.T) {
	t.Parallel()
	urls := storetest.URLs(t)
	for from := range urls {
		for to := range urls {
			t.Run(from+" to "+to, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, storetest.Open(t, urls[from](t), store.Options{Explain: text.Explain}))
				restoredStory(t, w, urls[to](t))
			})
		}
	}
}

func restoredStory(t *testing.T, w *world, url string) {
	old := goods(34)[:30]
	old[28].until = "01/11/2026" // ended, to be renewed
	old[29].stars = "2"          // to be raised
	w.importFiles(files(old), pictures(nil))
	w.sync(store.RunRequest{Scope: catalog.Scope{SKUs: skusOf(old[1:])}})
	w.settleReviews()
	w.cutFirstCreates() // the backup is made while an outcome is not known
	file := w.backup()
	w.drive(w.runner, limitOfStory)

	newer := goods(40)
	newer[0].price, newer[1].price = "77000", "78000"
	newer[2].description = "Bản mô tả mới viết sau ngày sao lưu, dài hơn và đầy đủ hơn bản cũ nhiều, để người mua hiểu rõ sản phẩm."
	newer[3].note = "Thu hồi theo QĐ 12/QĐ-UBND"
	newer[4].stock = "60"
	w.importFiles(files(newer), pictures(nil))
	w.sync(store.RunRequest{})
	w.settleReviews()
	for m := range w.adapters {
		if err := w.sandbox.Sell(m, w.only(m, newer[4].sku).ID, 7); err != nil {
			t.Fatal(err)
		}
	}
	w.sync(store.RunRequest{Kind: catalog.RunReconcile})
	there, states := w.products(newer), w.states(newer)

	again := w.restored(url, file)
	again.resetLedgers()
	for _, kind := range []catalog.RunKind{catalog.RunSync, catalog.RunReconcile} {
		again.sync(store.RunRequest{Kind: kind})
		again.wantProducts(there, "with the old register")
	}
	again.wantWrites(0, 0)
	again.wantState(newer[3].sku, "closed", catalog.SyncStoppedByBrake, "restore.register_old") // old: good
	again.wantState(newer[28].sku, "live", catalog.SyncStoppedByBrake, "restore.register_old")  // old: ended
	again.wantState(newer[29].sku, "live", catalog.SyncStoppedByBrake, "restore.register_old")  // old: two stars
	again.wantState(newer[0].sku, "live", catalog.SyncStoppedByBrake, "restore.register_old")   // old: another price
	again.wantState(newer[2].sku, "live", catalog.SyncStoppedByBrake, "restore.register_old")   // old: another text
	again.wantState(newer[10].sku, "live", catalog.SyncApplied, "")                             // as it was
	if open, err := again.store.Decisions(t.Context(), store.DecisionFilter{State: "open", Limit: 100}); err != nil || len(open) > 0 {
		t.Errorf("asked before the register is imported: %+v, %v", open, err)
	}

	again.importFiles(files(newer), pictures(nil))
	again.sync(store.RunRequest{})
	again.wantProducts(there, "with the register imported again")
	again.wantWrites(0, 0)
	if got := again.states(newer); !maps.Equal(got, states) {
		for k, v := range states {
			if got[k] != v {
				t.Errorf("%s: %s, before the restore %s", k, got[k], v)
			}
		}
	}
	lanes, err := again.store.RestoredLanes(t.Context())
	if err != nil || len(lanes) > 0 {
		t.Errorf("lanes still count as restored: %v, %v", lanes, err)
	}

	// What changes from now on goes out as ever.
	newer[0].price, newer[4].stock = "79000", "90"
	newer[2].description += " Thêm một câu nữa."
	newer[29].stars = "1"
	again.importFiles(files(newer), pictures(nil))
	again.sync(store.RunRequest{})
	again.settleReviews()
	for m := range again.adapters {
		if p := again.only(m, newer[0].sku); p.Price != 79000 || !p.Live {
			t.Errorf("%s: price %d, live %v after a new price", m, p.Price, p.Live)
		}
		if p := again.only(m, newer[4].sku); p.Stock != 90 {
			t.Errorf("%s: stock %d after a new figure", m, p.Stock)
		}
		if p := again.only(m, newer[29].sku); p.Live {
			t.Errorf("%s: on sale with one star", m)
		}
		if led := again.ledger(m); len(led.Doubles) > 0 || len(led.Unsettled) > 0 {
			t.Errorf("%s: doubles %v, unsettled %v", m, led.Doubles, led.Unsettled)
		}
	}
	again.resetLedgers()
	again.sync(store.RunRequest{Kind: catalog.RunReconcile})
	again.wantWrites(0, 0)
}

// After a restore a lane that is away, or whose list breaks off, is not written
// to; and a run of before the restore can't be taken back on it.
func TestARestoredLaneIsReadWholeBeforeAnythingIsSent(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		all := goods(6)
		w.importFiles(files(all), pictures(nil))
		first := w.sync(store.RunRequest{Scope: catalog.Scope{SKUs: skusOf(all[:3])}})
		file := w.backup()
		w.sync(store.RunRequest{})
		w.settleReviews()
		again := w.restored(storetest.URLs(t)["sqlite"](t), file)
		again.resetLedgers()
		id, err := w.sandbox.SetFault(sandbox.Fault{Market: "voso", Op: "searchProducts", Kind: "maintenance"})
		if err != nil {
			t.Fatal(err)
		}
		again.sync(store.RunRequest{Scope: catalog.Scope{Marketplaces: []string{"postmart"}}})
		run, _, err := again.store.RequestRun(t.Context(), store.RunRequest{Kind: catalog.RunSync, Policy: catalog.PolicySync, Trigger: catalog.TriggerCommand,
			Scope: catalog.Scope{Marketplaces: []string{"voso"}}})
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			again.step(t.Context(), again.runner)
		}
		again.wantWrites(0, 0)
		if err := w.sandbox.ClearFault("voso", id); err != nil {
			t.Fatal(err)
		}
		again.drive(again.runner, limitOfStory)
		if c := again.counts(run.ID); c.Failed > 0 {
			t.Errorf("%+v", c)
		}
		again.sync(store.RunRequest{Kind: catalog.RunRevert, Reverts: first.ID})
		again.wantWrites(0, 0)
		for m := range again.adapters {
			for _, g := range all {
				if p := again.only(m, g.sku); !p.Live {
					t.Errorf("%s: %s is %s", m, g.sku, p.Status)
				}
			}
		}
	})
}
