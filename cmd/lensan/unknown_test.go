package main

import (
	"maps"
	"testing"

	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/storetest"
)

func TestCodesThatTheCatalogueLacksAreCounted(t *testing.T) {
	t.Parallel()
	storetest.Each(t, store.Options{}, func(t *testing.T, s *store.Store) {
		var states []store.PlannedState
		for sku, code := range map[string]string{"1": "voso.brand_new", "2": "voso.brand_new", "3": "listing.locked", "4": "<script>"} {
			states = append(states, store.PlannedState{Marketplace: "voso", SKU: sku, State: catalog.SyncNeedsFixing, Reasons: []catalog.Reason{{Code: code}}})
		}
		if err := s.SetPlanned(t.Context(), states); err != nil {
			t.Fatal(err)
		}
		got, err := unknownReasons(t.Context(), s)
		if want := map[string]int{"voso.brand_new": 2, "script": 1}; err != nil || !maps.Equal(got, want) {
			t.Errorf("%v (%v), want %v", got, err, want)
		}
	})
}
