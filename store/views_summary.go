package store

import (
	"context"
	"fmt"

	"lensan/store/catalog"
)

// Bucket is the one place in which a summary counts a SKU on a marketplace.
type Bucket string

// The buckets, in the order in which they are shown. What stands on the
// marketplace comes first: a SKU that is live is counted as live whatever else
// is true of it.
const (
	BucketLive            Bucket = "live"
	BucketPendingReview   Bucket = "pending_review"
	BucketRejected        Bucket = "rejected"
	BucketLocked          Bucket = "locked"
	BucketClosed          Bucket = "closed"
	BucketInWork          Bucket = "in_work" // waiting, waiting for the lane, applying, checking, retrying
	BucketNeedsFixing     Bucket = "needs_fixing"
	BucketFailed          Bucket = "failed"
	BucketStoppedByBrake  Bucket = "stopped_by_brake"
	BucketNotSold         Bucket = "not_sold" // the marketplace does not sell such goods
	BucketExpired         Bucket = "expired"
	BucketValidityUnknown Bucket = "validity_unknown"
	BucketBelowThreeStars Bucket = "below_three_stars"
	BucketStarsUnknown    Bucket = "stars_unknown"
	BucketRevoked         Bucket = "revoked"
	BucketOtherExcluded   Bucket = "other_excluded"
	BucketNotPlanned      Bucket = "not_planned" // no plan has looked at it yet
)

// Buckets lists all of them in the order in which they are shown.
var Buckets = []Bucket{
	BucketLive, BucketPendingReview, BucketRejected, BucketLocked, BucketClosed, BucketInWork, BucketNeedsFixing,
	BucketFailed, BucketStoppedByBrake, BucketNotSold, BucketExpired, BucketValidityUnknown, BucketBelowThreeStars,
	BucketStarsUnknown, BucketRevoked, BucketOtherExcluded, BucketNotPlanned,
}

// bucketCase says in SQL what BucketOf says in Go.
const bucketCase = `CASE
  WHEN v.market_state IN ('live', 'pending_review') THEN v.market_state
  WHEN v.sync_state = 'excluded' AND v.reason_code LIKE 'not\_sold.%' ESCAPE '\' THEN 'not_sold'
  WHEN v.sync_state = 'excluded' AND v.reason_code IN ('excluded.expired', 'excluded.validity_unknown',
    'excluded.below_three_stars', 'excluded.stars_unknown', 'excluded.revoked') THEN SUBSTR(v.reason_code, 10)
  WHEN v.sync_state = 'excluded' THEN 'other_excluded'
  WHEN v.market_state IN ('rejected', 'locked', 'closed') THEN v.market_state
  WHEN v.sync_state IN ('needs_fixing', 'failed', 'stopped_by_brake') THEN v.sync_state
  WHEN v.reason_code = 'plan.not_planned' THEN 'not_planned'
  ELSE 'in_work' END`

// BucketOf tells in which bucket a row of sync_status is counted.
func BucketOf(r SyncRow) Bucket { return BucketFor(r.SyncState, r.MarketState, r.ReasonCode) }

// BucketFor is BucketOf for the three facts that decide it.
func BucketFor(syncState, marketState, reasonCode string) Bucket {
	switch marketState {
	case "live", "pending_review":
		return Bucket(marketState)
	}
	if syncState == string(catalog.SyncExcluded) {
		if len(reasonCode) > 9 && reasonCode[:9] == "not_sold." {
			return BucketNotSold
		}
		switch reasonCode {
		case "excluded.expired", "excluded.validity_unknown", "excluded.below_three_stars", "excluded.stars_unknown", "excluded.revoked":
			return Bucket(reasonCode[9:])
		}
		return BucketOtherExcluded
	}
	switch marketState {
	case "rejected", "locked", "closed":
		return Bucket(marketState)
	}
	switch catalog.SyncState(syncState) {
	case catalog.SyncNeedsFixing, catalog.SyncFailed, catalog.SyncStoppedByBrake:
		return Bucket(syncState)
	}
	if reasonCode == ReasonNotPlanned {
		return BucketNotPlanned
	}
	return BucketInWork
}

// ReasonNotPlanned is the reason that the views give where no plan has looked
// at a SKU or product yet.
const ReasonNotPlanned = "plan.not_planned"

// MarketSummary counts every SKU of the register exactly once on one
// marketplace: the buckets add up to SKUs.
type MarketSummary struct {
	Marketplace string         `json:"marketplace"`
	Sandbox     bool           `json:"sandbox"`
	SKUs        int            `json:"skus"`
	Buckets     map[Bucket]int `json:"buckets"` // every bucket, zeros included
	// ProductsWithoutSKU stand beside the SKUs, not among them.
	ProductsWithoutSKU int `json:"products_without_sku"`
}

// NotAwarded counts the SKUs that are not awarded three stars or better: below
// three, unknown, or revoked.
func (m MarketSummary) NotAwarded() int {
	return m.Buckets[BucketBelowThreeStars] + m.Buckets[BucketStarsUnknown] + m.Buckets[BucketRevoked]
}

// Summary counts every SKU once on each marketplace that has an account, in
// the order of the marketplaces' names.
func (s *Store) Summary(ctx context.Context) ([]MarketSummary, error) {
	const accounts = `SELECT marketplace, sandbox,
  (SELECT COUNT(*) FROM products p WHERE NOT EXISTS (SELECT 1 FROM skus s WHERE s.product_code = p.code)) AS without
  FROM accounts ORDER BY marketplace`
	const counts = `SELECT v.marketplace, ` + bucketCase + ` AS bucket, COUNT(*) AS skus FROM sync_status v GROUP BY 1, 2`
	var lanes []struct {
		Marketplace string `db:"marketplace"`
		Sandbox     bool   `db:"sandbox"`
		Without     int    `db:"without"`
	}
	if err := s.selectRows(ctx, &lanes, accounts); err != nil {
		return nil, fmt.Errorf("read accounts: %w", err)
	}
	var rows []struct {
		Marketplace string `db:"marketplace"`
		Bucket      Bucket `db:"bucket"`
		SKUs        int    `db:"skus"`
	}
	if err := s.selectRows(ctx, &rows, counts); err != nil {
		return nil, fmt.Errorf("count sync_status: %w", err)
	}
	out := make([]MarketSummary, 0, len(lanes))
	for _, l := range lanes {
		m := MarketSummary{Marketplace: l.Marketplace, Sandbox: l.Sandbox, ProductsWithoutSKU: l.Without, Buckets: map[Bucket]int{}}
		for _, b := range Buckets {
			m.Buckets[b] = 0
		}
		for _, r := range rows {
			if r.Marketplace == l.Marketplace {
				m.Buckets[r.Bucket] += r.SKUs
				m.SKUs += r.SKUs
			}
		}
		out = append(out, m)
	}
	return out, nil
}

// CauseCount is one cause and how much it holds back on one marketplace.
type CauseCount struct {
	Marketplace string `db:"marketplace" json:"marketplace"`
	Code        string `db:"reason_code" json:"code"`
	SyncState   string `db:"sync_state" json:"sync_state"`
	MarketState string `db:"market_state" json:"market_state"`
	Who         string `db:"who_fixes" json:"who_fixes"`
	ExampleVI   string `db:"example_vi" json:"example_vi"` // the sentence of one of them
	ExampleEN   string `db:"example_en" json:"example_en"`
	SKUs        int    `db:"skus" json:"skus"`
	Products    int    `db:"products" json:"products"`
}

// Causes groups what the filter lets through by cause, products without a SKU
// included, the causes with the most products first.
func (s *Store) Causes(ctx context.Context, f Filter) ([]CauseCount, error) {
	where, args := f.where(true)
	without, moreArgs := f.where(false)
	query := `SELECT g.marketplace, g.reason_code, g.sync_state, g.market_state, g.who_fixes,
  MIN(g.reason_vi) AS example_vi, MIN(g.reason_en) AS example_en,
  SUM(CASE WHEN g.sku <> '' THEN 1 ELSE 0 END) AS skus, COUNT(DISTINCT g.product_code) AS products
  FROM (SELECT v.marketplace, v.reason_code, v.sync_state, v.market_state, v.who_fixes, v.reason_vi, v.reason_en, v.sku, v.product_code
          FROM sync_status v` + whereClause(append(where, "v.reason_code <> ''")) + `
        UNION ALL
        SELECT v.marketplace, v.reason_code, v.sync_state, v.market_state, v.who_fixes, v.reason_vi, v.reason_en, '' AS sku, v.product_code
          FROM product_without_sku v` + whereClause(append(without, "v.reason_code <> ''")) + `) g
 GROUP BY g.marketplace, g.reason_code, g.sync_state, g.market_state, g.who_fixes
 ORDER BY 9 DESC, 2, 1, 3, 4`
	var rows []CauseCount
	if err := s.selectIn(ctx, &rows, query, append(args, moreArgs...)...); err != nil {
		return nil, fmt.Errorf("group reasons: %w", err)
	}
	return rows, nil
}

// CountSKUs counts the SKUs that a filter lets through on any marketplace.
func (s *Store) CountSKUs(ctx context.Context, f Filter) (int, error) {
	where, args := f.where(true)
	var n []int
	if err := s.selectIn(ctx, &n, "SELECT COUNT(DISTINCT v.sku) FROM sync_status v"+whereClause(where), args...); err != nil {
		return 0, fmt.Errorf("count SKUs: %w", err)
	}
	return n[0], nil
}
