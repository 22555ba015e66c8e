package store

import (
	"context"
	"fmt"
)

// RunStage is what a run is doing on one marketplace before its items end:
// shops come first, and what was sent is read back before it counts as done.
type RunStage struct {
	Shops, ShopsMade int // of producers whose SKUs are to be created
	Sent             int // open items of which a change was answered
}

// RunStages tells what a run is doing, by marketplace. It reads more than
// RunProgress does: for a command that watches, now and then.
func (s *Store) RunStages(ctx context.Context, runID string) (map[string]RunStage, error) {
	const shops = `
SELECT marketplace, COUNT(*) AS shops, COUNT(CASE WHEN made THEN 1 END) AS made
FROM (SELECT DISTINCT i.marketplace, p.producer_ref, COALESCE(h.remote_id, '') <> '' AS made
  FROM items i
  JOIN skus k ON k.sku = i.sku
  JOIN products p ON p.code = k.product_code
  LEFT JOIN shops h ON h.marketplace = i.marketplace AND h.producer_ref = p.producer_ref
  WHERE i.run_id = ? AND i.state IN ('waiting', 'batched') AND i.op LIKE '%create%') AS x
GROUP BY marketplace`
	const sent = `
SELECT i.marketplace, COUNT(DISTINCT i.sku) AS sent
FROM items i
JOIN intents n ON n.run_id = i.run_id AND n.marketplace = i.marketplace AND n.sku = i.sku AND n.state = 'done'
WHERE i.run_id = ? AND i.state = 'batched'
GROUP BY i.marketplace`
	out := map[string]RunStage{}
	var made []struct {
		Marketplace string `db:"marketplace"`
		Shops       int    `db:"shops"`
		Made        int    `db:"made"`
	}
	if err := s.selectRows(ctx, &made, shops, runID); err != nil {
		return nil, fmt.Errorf("stages of run %s: %w", runID, err)
	}
	for _, r := range made {
		out[r.Marketplace] = RunStage{Shops: r.Shops, ShopsMade: r.Made}
	}
	var under []struct {
		Marketplace string `db:"marketplace"`
		Sent        int    `db:"sent"`
	}
	if err := s.selectRows(ctx, &under, sent, runID); err != nil {
		return nil, fmt.Errorf("stages of run %s: %w", runID, err)
	}
	for _, r := range under {
		stage := out[r.Marketplace]
		stage.Sent = r.Sent
		out[r.Marketplace] = stage
	}
	return out, nil
}
