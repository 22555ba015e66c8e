package dashboard

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"lensan/store"
	"lensan/store/catalog"
)

// The two runs over a whole marketplace: one has ended, one is under way.
const (
	bigRun  = "r-2026-11-20-big"
	openRun = "r-2026-11-24-open"
)

// fillHistory adds to a filled register what some months of work leave behind:
// rows of listings as wide as real ones, runs with all their items, the events
// of each listing, and questions that are open.
func fillHistory(t *testing.T, s *site, skus int) {
	t.Helper()
	now := s.clock.Load()
	texts := strings.Repeat("Mô tả sản phẩm như sàn trả về, ", 12)
	s.Exec(t, `UPDATE listings SET seen = ?, applied = ? WHERE market_state <> 'absent'`,
		fmt.Sprintf(`{"description":%q,"name":"Nước mắm","price":"85000"}`, texts), fmt.Sprintf(`{"description":{"sent":%q,"echo":"d"}}`, texts))
	s.Exec(t, `UPDATE skus SET description = ?, story = ?`, strings.Repeat("Mô tả đầy đủ của mặt hàng. ", 30), strings.Repeat("Câu chuyện. ", 20))
	run := func(id, phase, trigger string, at, ended int64, planned int) {
		s.Insert(t, "runs", "id, kind, scope, policy, trigger, requested_by, phase, planned, created_at, started_at, finished_at",
			[]any{id, "sync", "{}", "upsert-only", trigger, "an", phase, planned, at, at, ended})
	}
	const items = `INSERT INTO items (id, run_id, marketplace, sku, lane_queue, purpose, op, state, due_at, reason_code, created_at, finished_at)
SELECT 'i-' || CAST(? AS TEXT) || marketplace || sku, CAST(? AS TEXT), marketplace, sku, 'normal', 'apply', 'create', CASE
  WHEN CAST(? AS TEXT) = 'open' AND sku LIKE '%7-1' THEN 'waiting' WHEN sync_state = 'needs_fixing' THEN 'failed' ELSE 'done' END,
  0, CASE WHEN sync_state = 'needs_fixing' THEN reason_code ELSE '' END, CAST(? AS BIGINT), CAST(? AS BIGINT)
  FROM listings WHERE marketplace = ? LIMIT ?`
	day := (24 * time.Hour).Milliseconds()
	for n := range 60 {
		id, at := fmt.Sprintf("r-2026-09-%03d", n), now-int64(70-n)*day
		run(id, "ended", "schedule", at, at+3_600_000, max(skus/100, 20))
		s.Exec(t, items, id, id, "", at, at+3_000_000, "voso", max(skus/100, 20))
	}
	run(bigRun, "ended", "dashboard", now-4*day, now-3*day, skus)
	s.Exec(t, items, bigRun, bigRun, "", now-4*day, now-3*day, "voso", skus)
	run(openRun, "working", "dashboard", now-3_600_000, 0, skus)
	s.Exec(t, items, openRun, openRun, "open", now-3_600_000, now-60_000, "postmart", skus)
	s.Exec(t, `UPDATE items SET finished_at = 0 WHERE state = 'waiting'`)
	s.Exec(t, `INSERT INTO events (id, at, actor, kind, marketplace, sku, product_code, run_id, detail)
SELECT 'e1' || l.sku || l.marketplace, CAST(? AS BIGINT), 'lensan', 'listing.updated', l.marketplace, l.sku, k.product_code, CAST(? AS TEXT), '{"fields":["price"]}'
  FROM listings l JOIN skus k ON k.sku = l.sku`, now-day, bigRun)
	var events, decisions [][]any
	for n := range 400 {
		kind := []string{"run.requested", "lane.paused", "import.applied", "decision.resolved", "run.ended"}[n%5]
		events = append(events, []any{fmt.Sprintf("e0%04d", n), now - day, []string{"an", "binh", "lensan"}[n%3], kind, "", "", "", bigRun, "{}"})
		decisions = append(decisions, []any{fmt.Sprintf("d%04d", n), "drift", fmt.Sprintf("voso/NA%07d-1/price", n+1), "voso", fmt.Sprintf("NA%07d-1", n+1), "", `{"field":"price"}`, "open", now - day, now - day})
	}
	s.Insert(t, "events", "id, at, actor, kind, marketplace, sku, product_code, run_id, detail", events...)
	s.Insert(t, "decisions", "id, kind, subject, marketplace, sku, product_code, stake, state, created_at, updated_at", decisions...)
}

// writeOn changes so many listings a second as a worker would, with the events
// of each, until stopped.
func writeOn(t *testing.T, s *site, perSecond int) (stop func()) {
	t.Helper()
	const batch = 10
	var some []catalog.Listing
	enough := errors.New("enough")
	err := s.World.Store.Subjects(t.Context(), catalog.Scope{}, []string{"postmart", "voso"}, func(page []catalog.Subject) error {
		for _, x := range page {
			for _, side := range x.Lanes {
				if side.Listing.SKU != "" {
					some = append(some, side.Listing)
				}
			}
		}
		if len(some) > 4000 {
			return enough
		}
		return nil
	})
	if err != nil && !errors.Is(err, enough) || len(some) < batch {
		t.Fatal(len(some), err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(time.Second * batch / time.Duration(perSecond))
		defer tick.Stop()
		var slowest time.Duration
		wrote := 0
		last := time.Now()
		for n := 0; ; n += batch {
			select {
			case <-ctx.Done():
				t.Logf("%d listings written, slowest batch %v", wrote, slowest.Round(100*time.Microsecond))
				return
			case <-tick.C:
			}
			s.clock.Add(time.Since(last).Milliseconds())
			last = time.Now()
			rec := store.Record{}
			for i := range batch {
				l := some[(n+i)%len(some)]
				l.SyncState, l.MarketState, l.SeenAt, l.WantedLive = catalog.SyncApplied, "live", s.World.Store.Now(), true
				if n/len(some)%2 == 1 {
					l.SyncState, l.Reasons = catalog.SyncNeedsFixing, []catalog.Reason{{Code: "images.missing"}}
				}
				rec.Listings = append(rec.Listings, l)
				rec.Events = append(rec.Events, store.Event{Kind: "listing.updated", Marketplace: l.Marketplace, SKU: l.SKU, RunID: openRun})
			}
			if err := s.World.Store.Save(ctx, "", rec); err != nil && ctx.Err() == nil {
				t.Error(err)
				return
			}
			wrote += batch
			slowest = max(slowest, time.Since(last))
		}
	}()
	return func() {
		cancel()
		<-done
	}
}
