package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// ShelfProduct is what searching and counting need of a product.
type ShelfProduct struct {
	Code, Name           string
	ProducerRef          string
	CommuneCode, Commune string
	District, Set        string
	Stars                int
	ValidUntil           string
	Revoked, Ordered     bool
}

// ShelfSKU is what searching and counting need of a SKU.
type ShelfSKU struct {
	SKU, ProductCode, Name string
	Flagship               bool
}

// ShelfListing is what searching and counting need of a SKU on a marketplace.
// In ReadShelf's call for products without a SKU, SKU is empty.
type ShelfListing struct {
	Marketplace, SKU, ProductCode string
	SyncState, MarketState        string
	ReasonCode, Who               string
	MarketSince                   int64
}

// ShelfReader takes what ReadShelf reads, in this order: marketplaces by name,
// producers and products in any order, SKUs, listings in any order, and the
// states of products without a SKU.
type ShelfReader struct {
	Marketplace  func(name string, sandbox bool)
	Producer     func(ref, name string)
	Product      func(ShelfProduct)
	SKU          func(ShelfSKU)
	Listing      func(ShelfListing)
	ProductState func(ShelfListing)
}

// ShelfMark tells what a reading of the shelf had seen, so that the next one
// reads only what changed since.
type ShelfMark struct {
	// Register changes when anything does but listings and the states of
	// products without a SKU.
	Register string
	// From is the moment from which changes of the register are counted.
	From int64
	// Changed is the latest change of a listing or of a product's state.
	Changed int64
}

// shelfSlack is how far back of a reading a change may carry its time and
// still be written after it: its transaction was still open.
const shelfSlack = 10 * time.Minute

// The register's part of a mark. A rename of a SKU keeps its row's time.
const shelfMark = `SELECT (SELECT COALESCE(MAX(updated_at), 0) FROM products) AS products, (SELECT COUNT(*) FROM products WHERE updated_at >= ?) AS products_n,
  (SELECT COALESCE(MAX(updated_at), 0) FROM skus) AS skus, (SELECT COUNT(*) FROM skus WHERE updated_at >= ?) AS skus_n,
  (SELECT COALESCE(MAX(updated_at), 0) FROM producers) AS producers, (SELECT COUNT(*) FROM producers WHERE updated_at >= ?) AS producers_n,
  (SELECT COALESCE(MAX(updated_at), 0) FROM product_current) AS currents, (SELECT COUNT(*) FROM product_current WHERE updated_at >= ?) AS currents_n,
  (SELECT COUNT(*) FROM sku_renames) AS renames, (SELECT COUNT(*) FROM accounts) AS accounts, (SELECT COUNT(*) FROM accounts WHERE sandbox) AS sandboxes`

func (s *Store) shelfRegister(ctx context.Context, q queryer, from int64) (string, error) {
	var n [11]int64
	dest := make([]any, len(n))
	for i := range n {
		dest[i] = &n[i]
	}
	if err := q.QueryRowContext(ctx, s.read.Rebind(shelfMark), from, from, from, from).Scan(dest...); err != nil {
		return "", fmt.Errorf("mark of the register: %w", err)
	}
	return fmt.Sprint(n), nil
}

// queryer is a pool or a transaction.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// ReadShelf reads the narrow facts of the whole register and of all listings,
// a row at a time. What is written meanwhile may be in it or not; the mark it
// returns is from before, so that ReadShelfChanges tells of it.
func (s *Store) ReadShelf(ctx context.Context, r ShelfReader) (ShelfMark, error) {
	mark := ShelfMark{From: s.nowMillis() - shelfSlack.Milliseconds()}
	var err error
	if mark.Register, err = s.shelfRegister(ctx, s.read, mark.From); err != nil {
		return mark, fmt.Errorf("read shelf: %w", err)
	}
	each := func(what, query string, scan func(*sql.Rows) error) {
		if err != nil {
			return
		}
		if e := eachRow(ctx, s.read, query, nil, scan); e != nil {
			err = fmt.Errorf("read shelf: %s: %w", what, e)
		}
	}
	each("marketplaces", `SELECT marketplace, sandbox FROM accounts ORDER BY marketplace`, func(rows *sql.Rows) error {
		var name string
		var sandbox bool
		if err := rows.Scan(&name, &sandbox); err != nil {
			return err
		}
		r.Marketplace(name, sandbox)
		return nil
	})
	each("producers", `SELECT ref, name FROM producers WHERE merged_into = ''`, func(rows *sql.Rows) error {
		var ref, name string
		if err := rows.Scan(&ref, &name); err != nil {
			return err
		}
		r.Producer(ref, name)
		return nil
	})
	each("products", `SELECT p.code, p.name, p.producer_ref, p.commune_code, p.commune_name, p.district, p.product_set,
  COALESCE(c.stars, 0), COALESCE(c.valid_until, ''), COALESCE(c.revoked, FALSE), COALESCE(c.ordered, FALSE)
  FROM products p LEFT JOIN product_current c ON c.product_code = p.code`,
		func(rows *sql.Rows) error {
			var p ShelfProduct
			if err := rows.Scan(&p.Code, &p.Name, &p.ProducerRef, &p.CommuneCode, &p.Commune, &p.District, &p.Set,
				&p.Stars, &p.ValidUntil, &p.Revoked, &p.Ordered); err != nil {
				return err
			}
			r.Product(p)
			return nil
		})
	each("SKUs", `SELECT product_code, sku, name, flagship FROM skus ORDER BY product_code, sku`, func(rows *sql.Rows) error {
		var k ShelfSKU
		if err := rows.Scan(&k.ProductCode, &k.SKU, &k.Name, &k.Flagship); err != nil {
			return err
		}
		r.SKU(k)
		return nil
	})
	if err != nil {
		return mark, err
	}
	mark.Changed, err = s.ReadShelfListings(ctx, 0, r)
	return mark, err
}

// ReadShelfListings reads the listings and the states of products without a
// SKU that were changed at a moment or later, all of them from 0, and returns
// the latest change.
func (s *Store) ReadShelfListings(ctx context.Context, from int64, r ShelfReader) (changed int64, err error) {
	listings := `SELECT marketplace, sku, sync_state, market_state, reason_code, who_fixes, market_since, updated_at FROM listings`
	states := `SELECT marketplace, product_code, sync_state, reason_code, who_fixes, updated_at FROM product_states`
	var args []any
	if from > 0 {
		listings, states, args = listings+` WHERE updated_at >= ?`, states+` WHERE updated_at >= ?`, []any{from}
	}
	err = eachRow(ctx, s.read, s.read.Rebind(listings), args, func(rows *sql.Rows) error {
		var l ShelfListing
		var at int64
		if err := rows.Scan(&l.Marketplace, &l.SKU, &l.SyncState, &l.MarketState, &l.ReasonCode, &l.Who, &l.MarketSince, &at); err != nil {
			return err
		}
		changed = max(changed, at)
		r.Listing(l)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("read shelf: listings: %w", err)
	}
	err = eachRow(ctx, s.read, s.read.Rebind(states), args, func(rows *sql.Rows) error {
		l := ShelfListing{MarketState: "absent"}
		var at int64
		if err := rows.Scan(&l.Marketplace, &l.ProductCode, &l.SyncState, &l.ReasonCode, &l.Who, &at); err != nil {
			return err
		}
		changed = max(changed, at)
		r.ProductState(l)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("read shelf: products without a SKU: %w", err)
	}
	return changed, nil
}

// ReadShelfChanges reads what listings changed at a moment or later, and moves
// the mark. same is false, and nothing is read, where the register itself has
// changed: then it is time for ReadShelf.
func (s *Store) ReadShelfChanges(ctx context.Context, mark ShelfMark, from int64, r ShelfReader) (next ShelfMark, same bool, err error) {
	register, err := s.shelfRegister(ctx, s.read, mark.From)
	if err != nil || register != mark.Register {
		return mark, false, err
	}
	changed, err := s.ReadShelfListings(ctx, from, r)
	mark.Changed = max(mark.Changed, changed)
	return mark, err == nil, err
}

func eachRow(ctx context.Context, q queryer, query string, args []any, scan func(*sql.Rows) error) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
