package reconcile_test

import (
	"fmt"
	"io"
	"log/slog"
	"testing"
	"time"

	"lensan/adapters"
	"lensan/adapters/postmart"
	"lensan/adapters/rest"
	"lensan/cmd/lensan/sample"
	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/register"
	"lensan/store/register/registertest"
	"lensan/store/storetest"
	"lensan/worker/reconcile"
)

// benchSKUs is the size of every benchmark here; figures are for each SKU.
const benchSKUs = 2000

// stocked is a store with benchSKUs generated SKUs in it.
func stocked(b *testing.B, url string) *store.Store {
	b.Helper()
	s := storetest.Open(b, url, store.Options{Explain: text.Explain})
	im, err := s.BeginImport(b.Context(), store.ImportOptions{By: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	defer im.Close()
	files := registertest.CSV(b, registertest.Options{SKUs: benchSKUs, Pictures: []string{"mau-01.jpg"}})
	if err := register.Load(b.Context(), files, sample.Pictures(), im); err != nil {
		b.Fatal(err)
	}
	if _, err := im.Apply(b.Context()); err != nil {
		b.Fatal(err)
	}
	if err := s.EnsureAccount(b.Context(), "postmart", "http://127.0.0.1:1", "bench", true); err != nil {
		b.Fatal(err)
	}
	return s
}

func eachBench(b *testing.B, fn func(b *testing.B, s *store.Store)) {
	for engine, url := range storetest.URLs(b) {
		b.Run(engine, func(b *testing.B) { fn(b, stocked(b, url(b))) })
	}
}

func perSKU(b *testing.B) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchSKUs, "ns/SKU")
}

func BenchmarkPlan(b *testing.B) {
	eachBench(b, func(b *testing.B, s *store.Store) {
		a, err := postmart.New(postmart.Config{BaseURL: "http://127.0.0.1:1", ClientID: "bench", ClientSecret: "bench", Options: rest.Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil))}})
		if err != nil {
			b.Fatal(err)
		}
		r := reconcile.New(reconcile.Options{Store: s, Adapters: map[string]adapters.Adapter{"postmart": a}, Today: func() catalog.Day { return today }})
		for b.Loop() {
			if p, err := r.Plan(b.Context(), catalog.Scope{}, catalog.PolicySync, ""); err != nil || p.Subjects != benchSKUs {
				b.Fatalf("%d subjects: %v", p.Subjects, err)
			}
		}
		perSKU(b)
	})
}

// BenchmarkClaim is what handing out and taking up the work costs.
func BenchmarkClaim(b *testing.B) {
	eachBench(b, func(b *testing.B, s *store.Store) {
		ctx := b.Context()
		for b.Loop() {
			b.StopTimer()
			run, _, err := s.RequestRun(ctx, store.RunRequest{Kind: catalog.RunSync, Policy: catalog.PolicySync, Trigger: catalog.TriggerCommand})
			if err != nil {
				b.Fatal(err)
			}
			if _, _, err := s.ClaimRunToPlan(ctx, "bench", time.Minute); err != nil {
				b.Fatal(err)
			}
			var items []catalog.Item
			for i := range benchSKUs {
				items = append(items, catalog.Item{RunID: run.ID, Marketplace: "postmart", SKU: fmt.Sprintf("B%06d", i)})
			}
			if err := s.InsertItems(ctx, items); err != nil {
				b.Fatal(err)
			}
			if err := s.MarkRunPlanned(ctx, run.ID, "", benchSKUs, 0, 0); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
			claimed := 0
			for claimed < benchSKUs {
				batches, err := s.FormBatches(ctx, store.BatchForm{Marketplace: "postmart", Queue: catalog.QueueNormal, Purpose: catalog.PurposeApply, Size: 50, Window: 1000, Lease: time.Minute})
				if err != nil || len(batches) == 0 {
					b.Fatalf("claimed %d: %v", claimed, err)
				}
				for _, batch := range batches {
					if _, ok, err := s.StartBatch(ctx, batch.ID, batch.Generation, "bench", time.Minute); err != nil || !ok {
						b.Fatal(ok, err)
					}
					claimed += batch.Size
				}
			}
			b.StopTimer()
			if err := s.EndRun(ctx, run.ID, "run.defect"); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
		}
		perSKU(b)
	})
}

// BenchmarkRecord is what an intent and its outcome cost in SQL.
func BenchmarkRecord(b *testing.B) {
	eachBench(b, func(b *testing.B, s *store.Store) {
		ctx := b.Context()
		n := 0
		for b.Loop() {
			n++
			for from := 0; from < benchSKUs; from += 50 {
				owner := fmt.Sprintf("bench-%d-%d", n, from)
				var skus []string
				for i := range 50 {
					skus = append(skus, fmt.Sprintf("B%06d", from+i))
				}
				if _, err := s.LeaseListings(ctx, "postmart", skus, owner, time.Minute); err != nil {
					b.Fatal(err)
				}
				intents := make([]store.Intent, len(skus))
				for i, sku := range skus {
					intents[i] = store.Intent{Marketplace: "postmart", Change: adapters.Change{Op: adapters.OpUpdateOffer, SKU: sku, Payload: []byte(`{"price":1}`)}}
				}
				if ok, _, err := s.BeginIntents(ctx, "postmart", owner, intents); err != nil || len(ok) != len(skus) {
					b.Fatalf("%d accepted: %v", len(ok), err)
				}
				var rec store.Record
				for i, sku := range skus {
					rec.Listings = append(rec.Listings, catalog.Listing{Marketplace: "postmart", SKU: sku, SyncState: catalog.SyncApplied, MarketState: "live", RemoteID: "P" + sku})
					rec.Ends = append(rec.Ends, store.IntentEnd{ID: intents[i].ID, State: store.IntentDone, Attempt: 1})
					rec.Events = append(rec.Events, store.Event{Kind: "listing.repriced", Marketplace: "postmart", SKU: sku})
				}
				if err := s.Save(ctx, owner, rec); err != nil {
					b.Fatal(err)
				}
				if err := s.ReleaseListings(ctx, "postmart", owner); err != nil {
					b.Fatal(err)
				}
			}
		}
		perSKU(b)
	})
}
