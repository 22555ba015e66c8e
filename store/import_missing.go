package store

import (
	"context"
	"fmt"

	"lensan/store/catalog"
)

// findSuccessions proposes, for each SKU that is new to a product, the SKUs of
// that product which this import no longer names: perhaps one was renamed
// without a word, and then a second listing must not be made. Only products
// whose SKUs the import names can show it.
func (m *merge) findSuccessions(ctx context.Context) error {
	for _, part := range chunk(m.newSKUs, upsertRows) {
		var products []string
		for _, n := range part {
			products = append(products, n.product)
		}
		var known []struct {
			Product string `db:"product_code"`
			SKU     string `db:"sku"`
		}
		if err := m.tx.selectIn(ctx, &known, `SELECT product_code, sku FROM skus WHERE product_code IN (?)`, products); err != nil {
			return err
		}
		if len(known) == 0 {
			continue
		}
		var codes, read []string
		for _, k := range known {
			codes = append(codes, k.SKU)
		}
		for _, codes := range chunk(codes, 10_000) {
			if err := m.stage.selectIn(ctx, &read, `SELECT DISTINCT sku FROM skus WHERE sku IN (?)`, codes); err != nil {
				return err
			}
		}
		named := map[string]bool{}
		for _, c := range read {
			named[c] = true
		}
		gone := map[string][]string{}
		for _, k := range known {
			if !named[k.SKU] {
				gone[k.Product] = append(gone[k.Product], k.SKU)
			}
		}
		for _, n := range part {
			for _, old := range gone[n.product] {
				if err := m.propose(ctx, n, old); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (m *merge) propose(ctx context.Context, n newSKU, gone string) error {
	const insert = `
INSERT INTO sku_successions (product_code, gone_sku, new_sku, import_id, state, created_at) VALUES (?, ?, ?, ?, 'proposed', ?)
ON CONFLICT (gone_sku, new_sku) DO NOTHING`
	added, err := m.tx.exec(ctx, insert, n.product, gone, n.sku, m.report.ID, m.now)
	if err != nil {
		return fmt.Errorf("successions: %w", err)
	}
	m.report.Counts.Successions += int(added)
	return nil
}

// findMissing ends withdrawals whose product is back, and proposes new ones
// for what a whole register lacks.
func (m *merge) findMissing(ctx context.Context) error {
	if err := m.endWithdrawals(ctx); err != nil {
		return fmt.Errorf("withdrawals: %w", err)
	}
	if m.opts.Complete == nil || !m.hasRows {
		return nil
	}
	scope, err := toJSON(m.opts.Complete)
	if err != nil {
		return err
	}
	where, args := scopeSQL(*m.opts.Complete)
	query := `
SELECT p.code, p.name, COALESCE(c.stars, 0) AS stars, COALESCE(c.revoked, FALSE) AS revoked,
       EXISTS (SELECT 1 FROM withdrawals w WHERE w.product_code = p.code AND w.state IN ('proposed', 'confirmed')) AS open
FROM products p
LEFT JOIN product_current c ON c.product_code = p.code
LEFT JOIN producers r ON r.ref = p.producer_ref
WHERE p.code > ?` + where + ` ORDER BY p.code LIMIT 500`
	after := ""
	for {
		var page []knownProduct
		if err := m.tx.selectIn(ctx, &page, query, append([]any{after}, args...)...); err != nil {
			return fmt.Errorf("products of the scope: %w", err)
		}
		if len(page) == 0 {
			return nil
		}
		if err := m.proposeMissing(ctx, page, scope); err != nil {
			return fmt.Errorf("withdrawals: %w", err)
		}
		after = page[len(page)-1].Code
	}
}

type knownProduct struct {
	Code    string `db:"code"`
	Name    string `db:"name"`
	Stars   int    `db:"stars"`
	Revoked bool   `db:"revoked"`
	Open    bool   `db:"open"` // a withdrawal of it is proposed or confirmed
}

func (m *merge) proposeMissing(ctx context.Context, page []knownProduct, scope string) error {
	var codes, read []string
	for _, p := range page {
		codes = append(codes, p.Code)
	}
	if err := m.stage.selectIn(ctx, &read, `SELECT DISTINCT code FROM products WHERE code IN (?)`, codes); err != nil {
		return err
	}
	present := map[string]bool{}
	for _, c := range read {
		present[c] = true
	}
	var values []any
	for _, p := range page {
		if p.Stars >= catalog.MinStars && !p.Revoked {
			m.hits.inScope++
		}
		if present[p.Code] || p.Open {
			continue
		}
		if p.Stars >= catalog.MinStars && !p.Revoked {
			m.hits.lost++
			m.hits.add(p.Code, p.Name, 100, hit("hit.missing"))
		}
		values = append(values, p.Code, m.report.ID, scope, "proposed", "", m.now, 0)
	}
	if len(values) == 0 {
		return nil
	}
	n := len(values) / 7
	m.report.Counts.Withdrawals += n
	_, err := m.tx.exec(ctx, `INSERT INTO withdrawals (product_code, import_id, scope, state, decided_by, created_at, decided_at) VALUES `+tuples(n, 7), values...)
	return err
}

// endWithdrawals takes back the withdrawals of products that the register has
// again.
func (m *merge) endWithdrawals(ctx context.Context) error {
	var open []string
	if err := m.tx.SelectContext(ctx, &open, `SELECT product_code FROM withdrawals WHERE state IN ('proposed', 'confirmed')`); err != nil {
		return err
	}
	for _, part := range chunk(open, upsertRows) {
		var back []string
		if err := m.stage.selectIn(ctx, &back, `SELECT DISTINCT code FROM products WHERE code IN (?)`, part); err != nil {
			return err
		}
		if len(back) == 0 {
			continue
		}
		n, err := m.tx.execIn(ctx, `UPDATE withdrawals SET state = 'returned', decided_by = ?, decided_at = ? WHERE state IN ('proposed', 'confirmed') AND product_code IN (?)`, m.opts.By, m.now, back)
		if err != nil {
			return err
		}
		m.report.Counts.Returned += int(n)
	}
	return nil
}
