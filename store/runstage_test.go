package store_test

import (
	"testing"

	"lensan/store"
	"lensan/store/storetest"
)

func TestARunTellsOfShopsFirstAndThenOfWhatWasSent(t *testing.T) {
	t.Parallel()
	storetest.EachWorld(t, store.Options{}, func(t *testing.T, w *storetest.World) {
		w.Insert(t, "products", "code, name, producer_ref, created_at, updated_at", []any{"p1", "a", "ct1", 1, 1}, []any{"p2", "b", "ct1", 1, 1}, []any{"p3", "c", "ct2", 1, 1})
		w.Insert(t, "skus", "sku, product_code, created_at, updated_at", []any{"s1", "p1", 1, 1}, []any{"s2", "p2", 1, 1}, []any{"s3", "p3", 1, 1})
		w.Insert(t, "items", "id, run_id, marketplace, sku, lane_queue, purpose, op, state, due_at, created_at",
			[]any{"i1", "r1", "voso", "s1", "normal", "apply", "create", "batched", 1, 1}, []any{"i2", "r1", "voso", "s2", "normal", "apply", "create", "waiting", 1, 1},
			[]any{"i3", "r1", "voso", "s3", "normal", "apply", "create", "batched", 1, 1}, []any{"i4", "r1", "postmart", "s3", "normal", "apply", "update_offer", "batched", 1, 1})
		w.Insert(t, "shops", "marketplace, producer_ref, remote_id", []any{"voso", "ct2", "S2"}, []any{"voso", "ct1", ""})
		intent := "id, run_id, marketplace, sku, op, state, change_json, payload, fence, created_at"
		w.Insert(t, "intents", intent, []any{"n1", "r1", "voso", "s3", "create", "done", "{}", []byte("x"), 1, 1}, []any{"n2", "r1", "voso", "s3", "update_offer", "done", "{}", []byte("x"), 1, 2},
			[]any{"n3", "r1", "voso", "s1", "create", "open", "{}", []byte("x"), 1, 1}, []any{"n4", "r0", "postmart", "s3", "create", "done", "{}", []byte("x"), 1, 1})
		got, err := w.Store.RunStages(t.Context(), "r1")
		if want := (store.RunStage{Shops: 2, ShopsMade: 1, Sent: 1}); err != nil || got["voso"] != want || got["postmart"] != (store.RunStage{}) {
			t.Errorf("%+v, %v", got, err)
		}
	})
}
