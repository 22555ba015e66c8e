package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"lensan/store/catalog"
)

// Plan is a stored plan: what a run would do, and why the rest is left out.
type Plan struct {
	ID       string
	Checksum string // of its items, so that what is approved is what is carried out
	Scope    catalog.Scope
	Policy   catalog.Policy
	AsOf     catalog.Day
	Counts   map[string]int
}

// PlanItem is one SKU on one marketplace that changes or is left out.
type PlanItem struct {
	Marketplace string `db:"marketplace" json:"marketplace"`
	ProductCode string `db:"product_code" json:"product_code"`
	SKU         string `db:"sku" json:"sku"` // empty: a product without SKUs
	Ops         string `db:"ops" json:"ops"` // space separated; empty: left out
	Diff        string `db:"diff" json:"diff"`
	ReasonCode  string `db:"reason_code" json:"reason_code"`
	ReasonArgs  string `db:"reason_args" json:"reason_args"`
	Digest      string `db:"seen_digest" json:"-"` // of what was seen and wanted when planned
	PlanID      string `db:"plan_id" json:"-"`
}

// NewPlan makes an empty plan and returns its id.
func (s *Store) NewPlan(ctx context.Context, p Plan) (string, error) {
	const query = `INSERT INTO plans (id, checksum, scope, policy, as_of, counts, created_at) VALUES (?, '', ?, ?, ?, '{}', ?)`
	id := newID("p", s.Now())
	err := s.inTx(ctx, func(t *tx) error {
		_, err := t.exec(ctx, query, id, encode(p.Scope), string(p.Policy), string(p.AsOf), s.nowMillis())
		return err
	})
	if err != nil {
		return "", fmt.Errorf("store plan: %w", err)
	}
	return id, nil
}

// AddPlanItems appends items to a plan that is being made.
func (s *Store) AddPlanItems(ctx context.Context, planID string, items []PlanItem) error {
	const query = `
INSERT INTO plan_items (plan_id, marketplace, product_code, sku, ops, diff, reason_code, reason_args, seen_digest)
VALUES (:plan_id, :marketplace, :product_code, :sku, :ops, :diff, :reason_code, :reason_args, :seen_digest)`
	for i := range items {
		items[i].PlanID = planID
	}
	return s.inTx(ctx, func(t *tx) error {
		for _, part := range chunk(items, 1000) {
			if _, err := t.NamedExecContext(ctx, query, part); err != nil {
				return fmt.Errorf("store plan items: %w", err)
			}
		}
		return nil
	})
}

// ClosePlan sets a plan's checksum and counts once all its items are stored.
func (s *Store) ClosePlan(ctx context.Context, id, checksum string, counts map[string]int) error {
	const query = `UPDATE plans SET checksum = ?, counts = ? WHERE id = ?`
	err := s.inTx(ctx, func(t *tx) error {
		_, err := t.exec(ctx, query, checksum, encode(counts), id)
		return err
	})
	if err != nil {
		return fmt.Errorf("store plan: %w", err)
	}
	return nil
}

// GetPlan reads a plan; ErrNotFound when there is none. checksum may stand in
// for the id.
func (s *Store) GetPlan(ctx context.Context, id string) (Plan, error) {
	const query = `SELECT id, checksum, scope, policy, as_of, counts FROM plans WHERE id = ? OR checksum = ? ORDER BY created_at DESC LIMIT 1`
	var row struct {
		ID       string `db:"id"`
		Checksum string `db:"checksum"`
		Scope    string `db:"scope"`
		Policy   string `db:"policy"`
		AsOf     string `db:"as_of"`
		Counts   string `db:"counts"`
	}
	if err := s.getRow(ctx, &row, query, id, id); err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			return Plan{}, fmt.Errorf("plan %s: %w", id, ErrNotFound)
		}
		return Plan{}, fmt.Errorf("read plan: %w", err)
	}
	p := Plan{ID: row.ID, Checksum: row.Checksum, Policy: catalog.Policy(row.Policy), AsOf: catalog.Day(row.AsOf)}
	return p, errors.Join(decode(row.Scope, &p.Scope), decode(row.Counts, &p.Counts))
}

// PlanItems reads a plan's items in their order, some hundreds at a time.
func (s *Store) PlanItems(ctx context.Context, planID string, fn func([]PlanItem) error) error {
	const query = `
SELECT marketplace, product_code, sku, ops, diff, reason_code, reason_args, seen_digest FROM plan_items
WHERE plan_id = ? AND (product_code > ? OR product_code = ? AND (sku > ? OR sku = ? AND marketplace > ?))
ORDER BY product_code, sku, marketplace LIMIT 500`
	var last PlanItem
	for {
		var rows []PlanItem
		if err := s.selectRows(ctx, &rows, query, planID, last.ProductCode, last.ProductCode, last.SKU, last.SKU, last.Marketplace); err != nil {
			return fmt.Errorf("read plan: %w", err)
		}
		if len(rows) == 0 {
			return nil
		}
		if err := fn(rows); err != nil {
			return err
		}
		last = rows[len(rows)-1]
	}
}

// RunItem names a SKU in a run.
type RunItem struct{ RunID, SKU string }

// ApprovedItems reads what the plans that these runs were asked to carry out
// say of these SKUs of a marketplace. A plan that a run made for itself, which
// is younger than the run, was approved by nobody: then there are none.
func (s *Store) ApprovedItems(ctx context.Context, runIDs []string, marketplace string, skus []string) (map[RunItem]PlanItem, error) {
	const query = `
SELECT r.id AS run_id, i.marketplace, i.product_code, i.sku, i.ops, i.diff, i.reason_code, i.reason_args, i.seen_digest
FROM runs r JOIN plans p ON p.id = r.plan_id AND p.created_at < r.created_at JOIN plan_items i ON i.plan_id = p.id
WHERE r.id IN (?) AND i.marketplace = ? AND i.sku IN (?)`
	out := map[RunItem]PlanItem{}
	if len(runIDs) == 0 {
		return out, nil
	}
	for _, part := range chunk(skus, 1000) {
		var rows []struct {
			RunID string `db:"run_id"`
			PlanItem
		}
		if err := s.selectIn(ctx, &rows, query, runIDs, marketplace, part); err != nil {
			return nil, fmt.Errorf("read what was approved: %w", err)
		}
		for _, r := range rows {
			out[RunItem{r.RunID, r.SKU}] = r.PlanItem
		}
	}
	return out, nil
}

// PrunePlans drops all plans but the newest keep ones and those that a run
// still open needs.
func (s *Store) PrunePlans(ctx context.Context, keep int) error {
	const old = `SELECT id FROM plans WHERE id NOT IN (SELECT id FROM plans ORDER BY created_at DESC LIMIT ?)
AND id NOT IN (SELECT plan_id FROM runs WHERE finished_at = 0)`
	return s.inTx(ctx, func(t *tx) error {
		var ids []string
		if err := t.SelectContext(ctx, &ids, t.Rebind(old), keep); err != nil {
			return fmt.Errorf("prune plans: %w", err)
		}
		for _, part := range chunk(ids, 500) {
			if _, err := t.execIn(ctx, `DELETE FROM plan_items WHERE plan_id IN (?)`, part); err != nil {
				return fmt.Errorf("prune plans: %w", err)
			}
			if _, err := t.execIn(ctx, `DELETE FROM plans WHERE id IN (?)`, part); err != nil {
				return fmt.Errorf("prune plans: %w", err)
			}
		}
		return nil
	})
}
