package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"lensan/store/catalog"
	"lensan/store/fold"
)

// likeSearch folds what was typed and makes it a LIKE pattern.
func likeSearch(search string) (folded, pattern string) {
	folded = fold.Search(search)
	return folded, "%" + strings.NewReplacer("%", "", "_", "").Replace(folded) + "%"
}

// Withdrawal is a product that a register declared whole no longer has.
type Withdrawal struct {
	ProductCode string
	ProductName string
	ImportID    string
	Scope       catalog.Scope
	State       string // proposed, confirmed, rejected, returned
	CreatedAt   time.Time
	DecidedBy   string
	DecidedAt   time.Time
}

// Withdrawals lists withdrawals in a state, by product code after the given
// one. Only confirmed ones take a product from sale.
func (s *Store) Withdrawals(ctx context.Context, state, after string, limit int) ([]Withdrawal, error) {
	const query = `
SELECT w.product_code, COALESCE(p.name, '') AS name, w.import_id, w.scope, w.state, w.created_at, w.decided_by, w.decided_at
FROM withdrawals w LEFT JOIN products p ON p.code = w.product_code
WHERE w.state = ? AND w.product_code > ? ORDER BY w.product_code, w.created_at LIMIT ?`
	var rows []struct {
		Code      string `db:"product_code"`
		Name      string `db:"name"`
		ImportID  string `db:"import_id"`
		Scope     string `db:"scope"`
		State     string `db:"state"`
		CreatedAt int64  `db:"created_at"`
		DecidedBy string `db:"decided_by"`
		DecidedAt int64  `db:"decided_at"`
	}
	if err := s.selectRows(ctx, &rows, query, state, after, limitOr(limit, 100)); err != nil {
		return nil, fmt.Errorf("list withdrawals: %w", err)
	}
	out := make([]Withdrawal, 0, len(rows))
	for _, r := range rows {
		scope, err := fromJSON[catalog.Scope](r.Scope)
		if err != nil {
			return nil, fmt.Errorf("withdrawal of %s: %w", r.Code, err)
		}
		out = append(out, Withdrawal{r.Code, r.Name, r.ImportID, scope, r.State, fromMillis(r.CreatedAt), r.DecidedBy, fromMillis(r.DecidedAt)})
	}
	return out, nil
}

// ErrNoProposal says that nothing is proposed there (any more).
var ErrNoProposal = errors.New("nothing is proposed there any more")

// DecideWithdrawal confirms or rejects the proposed withdrawal of a product.
// It is audited.
func (s *Store) DecideWithdrawal(ctx context.Context, productCode string, confirm bool, by string) error {
	state := "rejected"
	if confirm {
		state = "confirmed"
	}
	return s.decide(ctx, `UPDATE withdrawals SET state = ?, decided_by = ?, decided_at = ? WHERE product_code = ? AND state = 'proposed'`,
		[]any{state, by, s.nowMillis(), productCode},
		Event{Actor: by, Kind: "withdrawal." + state, ProductCode: productCode})
}

// Succession is a SKU that went from a product in an import which brought the
// product a new one: perhaps the same under another code.
type Succession struct {
	ProductCode string    `db:"product_code"`
	ProductName string    `db:"name"`
	Gone        string    `db:"gone_sku"`
	New         string    `db:"new_sku"`
	ImportID    string    `db:"import_id"`
	CreatedAt   time.Time `db:"-"`
	At          int64     `db:"created_at"`
}

// Successions lists what is proposed, by new SKU after the given one. Until
// someone decides (RenameSKU, or SeparateSKU), the new SKU must not be listed.
func (s *Store) Successions(ctx context.Context, after string, limit int) ([]Succession, error) {
	const query = `
SELECT c.product_code, COALESCE(p.name, '') AS name, c.gone_sku, c.new_sku, c.import_id, c.created_at
FROM sku_successions c LEFT JOIN products p ON p.code = c.product_code
WHERE c.state = 'proposed' AND c.new_sku > ? ORDER BY c.new_sku, c.gone_sku LIMIT ?`
	var rows []Succession
	if err := s.selectRows(ctx, &rows, query, after, limitOr(limit, 100)); err != nil {
		return nil, fmt.Errorf("list successions: %w", err)
	}
	for i := range rows {
		rows[i].CreatedAt = fromMillis(rows[i].At)
	}
	return rows, nil
}

// SeparateSKU says that a new SKU follows none of those that went. It is
// audited.
func (s *Store) SeparateSKU(ctx context.Context, sku, by string) error {
	return s.decide(ctx, `UPDATE sku_successions SET state = 'separate', decided_by = ?, decided_at = ? WHERE new_sku = ? AND state = 'proposed'`,
		[]any{by, s.nowMillis(), sku}, Event{Actor: by, Kind: "sku.separate", SKU: sku})
}

func (s *Store) decide(ctx context.Context, query string, args []any, e Event) error {
	err := s.inTx(ctx, func(t *tx) error {
		n, err := t.exec(ctx, query, args...)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrNoProposal
		}
		return t.appendEvents(ctx, s.Now(), e)
	})
	if err != nil {
		return fmt.Errorf("decide: %w", err)
	}
	return nil
}
