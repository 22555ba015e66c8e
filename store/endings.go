package store

import (
	"context"
	"fmt"

	"lensan/store/catalog"
)

// Ending is how many listings on sale on a marketplace have a recognition that
// ends, or ended, on one day, and what a person decided about them.
type Ending struct {
	Marketplace string `db:"marketplace"`
	Day         string `db:"day"`
	Listings    int    `db:"listings"`
	Products    int    `db:"products"`
	Choice      string `db:"-"` // hold, let_close; empty: not decided
}

// Endings counts, by marketplace and day, the listings on sale whose
// recognition's last day is until or before.
func (s *Store) Endings(ctx context.Context, until catalog.Day) ([]Ending, error) {
	const query = `
SELECT l.marketplace, c.valid_until AS day, COUNT(*) AS listings, COUNT(DISTINCT k.product_code) AS products
FROM product_current c
JOIN skus k ON k.product_code = c.product_code
JOIN listings l ON l.sku = k.sku
WHERE c.valid_until <> '' AND c.valid_until <= ? AND c.stars >= ? AND l.market_state IN ('live', 'pending_review')
GROUP BY l.marketplace, c.valid_until ORDER BY l.marketplace, c.valid_until`
	const answers = `SELECT subject, choice FROM decisions WHERE kind = 'ending_together' AND state = 'resolved' ORDER BY resolved_at`
	var out []Ending
	if err := s.selectRows(ctx, &out, query, string(until), catalog.MinStars); err != nil {
		return nil, fmt.Errorf("count ending recognitions: %w", err)
	}
	var given []struct {
		Subject string `db:"subject"`
		Choice  string `db:"choice"`
	}
	if err := s.selectRows(ctx, &given, answers); err != nil {
		return nil, fmt.Errorf("read decisions on endings: %w", err)
	}
	choices := map[string]string{}
	for _, g := range given {
		choices[g.Subject] = g.Choice
	}
	for i, e := range out {
		out[i].Choice = choices[e.Subject()]
	}
	return out, nil
}

// Subject is what the decision about an ending is about.
func (e Ending) Subject() string { return e.Marketplace + "/" + e.Day }

// EndingNames are the names of some of the products whose recognition ends on
// a day, with listings on sale on a marketplace, in the order of their codes.
func (s *Store) EndingNames(ctx context.Context, e Ending, limit int) ([]string, error) {
	const query = `
SELECT DISTINCT p.code, p.name FROM product_current c
JOIN products p ON p.code = c.product_code
JOIN skus k ON k.product_code = c.product_code
JOIN listings l ON l.sku = k.sku
WHERE c.valid_until = ? AND c.stars >= ? AND l.marketplace = ? AND l.market_state IN ('live', 'pending_review')
ORDER BY p.code LIMIT ?`
	var rows []struct {
		Code string `db:"code"`
		Name string `db:"name"`
	}
	if err := s.selectRows(ctx, &rows, query, e.Day, catalog.MinStars, e.Marketplace, limit); err != nil {
		return nil, fmt.Errorf("read ending recognitions: %w", err)
	}
	var out []string
	for _, r := range rows {
		out = append(out, r.Name)
	}
	return out, nil
}
