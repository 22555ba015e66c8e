package store

import (
	"context"
	"database/sql"
	"fmt"
)

// ShelfProduct is what searching and counting need of a product.
type ShelfProduct struct {
	Code, Name            string
	ProducerRef, Producer string
	CommuneCode, Commune  string
	District, Set         string
	Stars                 int
	ValidUntil            string
	Revoked, Ordered      bool
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
	MarketSince, SeenAt           int64
}

// ShelfReader takes what ReadShelf reads, in this order: marketplaces, then
// products by code, SKUs by SKU, listings in any order, and the
// states of products without a SKU.
type ShelfReader struct {
	Marketplace  func(name string, sandbox bool)
	Product      func(ShelfProduct)
	SKU          func(ShelfSKU)
	Listing      func(ShelfListing)
	ProductState func(ShelfListing)
}

// ReadShelf reads the narrow facts of the whole register and of all listings
// in one consistent reading, a row at a time.
func (s *Store) ReadShelf(ctx context.Context, r ShelfReader) error {
	opts := &sql.TxOptions{ReadOnly: true}
	if s.dialect.name == "postgres" {
		opts.Isolation = sql.LevelRepeatableRead
	}
	t, err := s.read.BeginTx(ctx, opts)
	if err != nil {
		return fmt.Errorf("read shelf: %w", err)
	}
	defer t.Rollback() //nolint:errcheck // nothing was written
	each := func(what, query string, scan func(*sql.Rows) error) {
		if err != nil {
			return
		}
		if e := eachRow(ctx, t, query, scan); e != nil {
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
	each("products", `SELECT p.code, p.name, p.producer_ref, COALESCE(r.name, ''), p.commune_code, p.commune_name, p.district, p.product_set,
  COALESCE(c.stars, 0), COALESCE(c.valid_until, ''), COALESCE(c.revoked, FALSE), COALESCE(c.ordered, FALSE)
  FROM products p LEFT JOIN producers r ON r.ref = p.producer_ref LEFT JOIN product_current c ON c.product_code = p.code ORDER BY p.code`,
		func(rows *sql.Rows) error {
			var p ShelfProduct
			if err := rows.Scan(&p.Code, &p.Name, &p.ProducerRef, &p.Producer, &p.CommuneCode, &p.Commune, &p.District, &p.Set,
				&p.Stars, &p.ValidUntil, &p.Revoked, &p.Ordered); err != nil {
				return err
			}
			r.Product(p)
			return nil
		})
	each("SKUs", `SELECT sku, product_code, name, flagship FROM skus ORDER BY sku`, func(rows *sql.Rows) error {
		var k ShelfSKU
		if err := rows.Scan(&k.SKU, &k.ProductCode, &k.Name, &k.Flagship); err != nil {
			return err
		}
		r.SKU(k)
		return nil
	})
	each("listings", `SELECT marketplace, sku, sync_state, market_state, reason_code, who_fixes, market_since, seen_at FROM listings`,
		func(rows *sql.Rows) error {
			var l ShelfListing
			if err := rows.Scan(&l.Marketplace, &l.SKU, &l.SyncState, &l.MarketState, &l.ReasonCode, &l.Who, &l.MarketSince, &l.SeenAt); err != nil {
				return err
			}
			r.Listing(l)
			return nil
		})
	each("products without a SKU", `SELECT marketplace, product_code, sync_state, reason_code, who_fixes FROM product_states`,
		func(rows *sql.Rows) error {
			l := ShelfListing{MarketState: "absent"}
			if err := rows.Scan(&l.Marketplace, &l.ProductCode, &l.SyncState, &l.ReasonCode, &l.Who); err != nil {
				return err
			}
			r.ProductState(l)
			return nil
		})
	return err
}

func eachRow(ctx context.Context, t *sql.Tx, query string, scan func(*sql.Rows) error) error {
	rows, err := t.QueryContext(ctx, query)
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
