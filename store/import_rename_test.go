package store_test

import (
	"errors"
	"testing"
	"time"

	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/storetest"
)

// F3: a declared rename keeps all; one SKU gone and another new is asked about.
func TestRenames(t *testing.T) {
	t.Parallel()
	storetest.Each(t, store.Options{}, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		mustLoad(t, s, registerFile(codeA+";Mật;HTX Một;;16792;3;1/QĐ;01/01/2026;UBND tỉnh;;"), part)
		mustLoad(t, s, saleFile("A1;"+codeA+";Mật;85.000;5;500;;", "A2;"+codeA+";Mật to;95.000;5;900;;"), part)

		file := saleFile("B1;"+codeA+";Mật;86.000;;;;A1", "A2;"+codeA+";Mật to;95.000;;;;")
		rep := mustLoad(t, s, file, part)
		if rep.Counts.Renamed != 1 || rep.Counts.SKUs.Added != 0 || rep.Counts.Successions != 0 {
			t.Errorf("%+v", rep.Counts)
		}
		all := subjects(t, s)
		if k := all["B1"].SKU; k == nil || k.Price != 86_000 || k.WeightGrams != 500 || all["A1"].SKU != nil {
			t.Errorf("%+v", all)
		}
		if again := mustLoad(t, s, file, part); !again.Counts.ChangedNothing() {
			t.Errorf("the same file again: %+v", again.Counts)
		}
		old := mustLoad(t, s, saleFile("A1;"+codeA+";Mật;70.000;;;;"), part)
		if doubts, _ := s.ImportDoubts(ctx, old.ID, 0, 5); len(doubts) != 1 || doubts[0].Reason != "sku.renamed" || doubts[0].Args["to"] != "B1" {
			t.Errorf("an old file: %+v", doubts)
		}

		quiet := mustLoad(t, s, saleFile("C1;"+codeA+";Mật;86.000;;;;", "A2;"+codeA+";Mật to;95.000;;;;"), part)
		found, err := s.Successions(ctx, "", 10)
		if err != nil || quiet.Counts.Successions != 1 || len(found) != 1 || found[0].Gone != "B1" || found[0].New != "C1" {
			t.Fatalf("%+v, %v, %+v", found, err, quiet.Counts)
		}
		if err := s.RenameSKU(ctx, "B1", "C1", "an"); err != nil {
			t.Fatal(err)
		}
		if found, _ = s.Successions(ctx, "", 10); len(found) != 0 {
			t.Errorf("%+v", found)
		}
		if all = subjects(t, s); all["B1"].SKU != nil || all["C1"].SKU.Price != 86_000 || all["C1"].SKU.WeightGrams != 0 {
			t.Errorf("%+v", all["C1"].SKU)
		}

		mustLoad(t, s, saleFile("D1;"+codeA+";Mật;86.000;;;;", "A2;"+codeA+";;;;;;"), part)
		if err := s.SeparateSKU(ctx, "D1", "an"); err != nil {
			t.Error(err)
		}
		if err := s.SeparateSKU(ctx, "D1", "an"); !errors.Is(err, store.ErrNoProposal) {
			t.Errorf("twice: %v", err)
		}
		// A further SKU beside those named is only a further SKU.
		more := mustLoad(t, s, saleFile("A2;"+codeA+";;;;;;", "C1;"+codeA+";;;;;;", "D1;"+codeA+";;;;;;", "E1;"+codeA+";;;;;;"), part)
		if more.Counts.Successions != 0 || more.Counts.SKUs.Added != 1 {
			t.Errorf("%+v", more.Counts)
		}
		for _, c := range []struct {
			old, to string
			want    error
		}{{"nope", "Z", store.ErrNoSKU}, {"E1", "E1", store.ErrNoSKU}} {
			if err := s.RenameSKU(ctx, c.old, c.to, "an"); !errors.Is(err, c.want) {
				t.Errorf("%s to %s: %v", c.old, c.to, err)
			}
		}
		events, err := s.ListEvents(ctx, store.EventFilter{Kind: "sku.renamed"})
		if err != nil || len(events) != 2 {
			t.Errorf("%d events, %v", len(events), err)
		}
	})
}

func TestARenameKeepsTheListing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, store.Options{}, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		mustLoad(t, s, registerFile(codeA+";Mật;HTX Một;;16792;3;1/QĐ;01/01/2026;UBND tỉnh;;"), part)
		mustLoad(t, s, saleFile("A1;"+codeA+";Mật;85.000;5;500;;", "A2;"+codeA+";Mật;85.000;5;500;;"), part)
		var seen []catalog.Listing
		for _, k := range []string{"A1", "A2"} {
			seen = append(seen, catalog.Listing{Marketplace: "postmart", SKU: k, SyncState: catalog.SyncApplied, MarketState: "live", RemoteID: "r-" + k, WantedLive: true, SeenAt: s.Now()})
		}
		if err := s.SaveSeen(ctx, seen, s.Now(), 0); err != nil {
			t.Fatal(err)
		}
		if _, err := s.LeaseListings(ctx, "postmart", []string{"A1"}, "worker", time.Minute); err != nil {
			t.Fatal(err)
		}
		file := saleFile("B1;" + codeA + ";;;;;;A1")
		rep := mustLoad(t, s, file, part)
		if doubts, _ := s.ImportDoubts(ctx, rep.ID, 0, 5); len(doubts) != 1 || doubts[0].Reason != "sku.rename_busy" || !doubts[0].RowRefused {
			t.Errorf("while a worker holds it: %+v", doubts)
		}
		if err := s.ReleaseListings(ctx, "postmart", "worker"); err != nil {
			t.Fatal(err)
		}
		if rep := mustLoad(t, s, file, part); rep.Counts.Renamed != 1 {
			t.Errorf("%+v", rep.Counts)
		}
		rows, err := s.Listings(ctx, []string{"postmart"}, []string{"A1", "B1"})
		if err != nil || len(rows) != 1 || rows[0].SKU != "B1" || rows[0].RemoteID != "r-A1" || rows[0].RemoteSKU != "A1" || rows[0].MarketState != "live" {
			t.Errorf("%+v, %v", rows, err)
		}
		if err := s.RenameSKU(ctx, "B1", "A2", "an"); !errors.Is(err, store.ErrSKUTaken) {
			t.Errorf("onto a SKU with a listing: %v", err)
		}
		if err := s.RenameSKU(ctx, "B1", "A1", "an"); err != nil {
			t.Errorf("back again: %v", err)
		}
		if rep := mustLoad(t, s, saleFile("A1;"+codeA+";Mật;70.000;;;;"), part); rep.RowsRefused != 0 || rep.Counts.SKUs.Changed != 1 {
			t.Errorf("the old code is in use again: %+v", rep.Counts)
		}
	})
}
