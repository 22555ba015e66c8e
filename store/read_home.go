package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"lensan/store/catalog"
)

// EndingRow is one product whose recognition ends soon.
type EndingRow struct {
	Code       string `db:"code" json:"product_code"`
	Name       string `db:"name" json:"product_name"`
	Producer   string `db:"producer" json:"producer"`
	Commune    string `db:"commune" json:"commune"`
	Stars      int    `db:"stars" json:"stars"`
	ValidUntil string `db:"valid_until" json:"valid_until"`
	Derived    bool   `db:"derived" json:"derived"`
	Live       int    `db:"live" json:"live"` // listings on sale, over all marketplaces
}

// CROSS JOIN keeps SQLite to the order written in these queries: without
// statistics it scans all listings for each product instead.

// Ending lists the products of three stars or better whose recognition has its
// last valid day from one day to another, both included, the soonest first, at
// most limit.
func (s *Store) Ending(ctx context.Context, from, to catalog.Day, limit int) ([]EndingRow, error) {
	// The products are picked first, so that only theirs are looked up.
	const query = `SELECT c.product_code AS code, COALESCE(p.name, '') AS name, COALESCE(r.name, '') AS producer, COALESCE(p.commune_name, '') AS commune,
  c.stars, c.valid_until, c.derived,
  (SELECT COUNT(CASE WHEN l.market_state = 'live' THEN 1 END) FROM skus s CROSS JOIN accounts a CROSS JOIN listings l
    WHERE s.product_code = c.product_code AND l.marketplace = a.marketplace AND l.sku = s.sku) AS live
  FROM (SELECT product_code, stars, valid_until, derived FROM product_current
         WHERE valid_until <> '' AND valid_until >= ? AND valid_until <= ? AND stars >= ? AND NOT revoked
         ORDER BY valid_until, product_code LIMIT ?) c
  LEFT JOIN products p ON p.code = c.product_code LEFT JOIN producers r ON r.ref = p.producer_ref
  ORDER BY c.valid_until, c.product_code`
	var rows []EndingRow
	if err := s.selectRows(ctx, &rows, query, string(from), string(to), catalog.MinStars, limit); err != nil {
		return nil, fmt.Errorf("read ending recognitions: %w", err)
	}
	return rows, nil
}

// EndingCounts counts what Ending lists, by last valid day.
func (s *Store) EndingCounts(ctx context.Context, from, to catalog.Day) (map[catalog.Day]int, error) {
	const query = `SELECT valid_until AS day, COUNT(*) AS n FROM product_current
  WHERE valid_until <> '' AND valid_until >= ? AND valid_until <= ? AND stars >= ? AND NOT revoked GROUP BY valid_until`
	var rows []struct {
		Day string `db:"day"`
		N   int    `db:"n"`
	}
	if err := s.selectRows(ctx, &rows, query, string(from), string(to), catalog.MinStars); err != nil {
		return nil, fmt.Errorf("count ending recognitions: %w", err)
	}
	out := map[catalog.Day]int{}
	for _, r := range rows {
		out[catalog.Day(r.Day)] = r.N
	}
	return out, nil
}

// Commune is one commune since 1 July 2025 and the district it lay in before.
type Commune struct {
	Code     string `db:"code" json:"code"`
	Name     string `db:"name" json:"name"`
	District string `db:"district" json:"district"`
}

// CommunesWithoutProduct lists the communes in which no product of the
// register is made, and how many communes there are.
func (s *Store) CommunesWithoutProduct(ctx context.Context) (without []Commune, all int, err error) {
	const query = `SELECT c.code, c.name, c.district FROM communes c
  WHERE NOT EXISTS (SELECT 1 FROM products p WHERE p.commune_code = c.code) ORDER BY c.district, c.name`
	if err := s.selectRows(ctx, &without, query); err != nil {
		return nil, 0, fmt.Errorf("read communes: %w", err)
	}
	if err := s.getRow(ctx, &all, `SELECT COUNT(*) FROM communes`); err != nil {
		return nil, 0, fmt.Errorf("count communes: %w", err)
	}
	return without, all, nil
}

// FlagshipRow is one SKU marked as flagship (sản phẩm mũi nhọn), and what its
// story has.
type FlagshipRow struct {
	SKU          string `db:"sku" json:"sku"`
	ProductCode  string `db:"product_code" json:"product_code"`
	ProductName  string `db:"product_name" json:"product_name"`
	Stars        int    `db:"stars" json:"stars"`
	Story        int    `db:"story" json:"story"`             // characters
	Description  int    `db:"description" json:"description"` // characters
	Images       int    `db:"images" json:"images"`           // usable ones
	TraceURL     bool   `db:"trace_url" json:"trace_url"`
	Live         int    `db:"live" json:"live"`                 // marketplaces on which it is on sale
	Marketplaces int    `db:"marketplaces" json:"marketplaces"` // marketplaces there are
}

// StoryEnough is the number of characters from which a story counts as told.
const StoryEnough = 100

// Complete counts what is there of the five things a flagship product should
// have: a story, a description, three pictures, a trace address, and a place
// on every marketplace.
func (r FlagshipRow) Complete() int {
	n := 0
	for _, ok := range []bool{r.Story >= StoryEnough, r.Description >= StoryEnough, r.Images >= 3, r.TraceURL, r.Live >= r.Marketplaces && r.Marketplaces > 0} {
		if ok {
			n++
		}
	}
	return n
}

// Flagships lists the flagship SKUs by product, at most limit.
func (s *Store) Flagships(ctx context.Context, limit int) ([]FlagshipRow, error) {
	const query = `SELECT s.sku, s.product_code, COALESCE(p.name, '') AS product_name, COALESCE(c.stars, 0) AS stars,
  LENGTH(s.story) AS story, LENGTH(s.description) AS description, s.trace_url <> '' AS trace_url,
  (SELECT COUNT(DISTINCT i.sha256) FROM sku_images i WHERE i.sku = s.sku AND i.sha256 <> '' AND i.problem = '') AS images,
  (SELECT COUNT(CASE WHEN l.market_state = 'live' THEN 1 END) FROM accounts a CROSS JOIN listings l
    WHERE l.marketplace = a.marketplace AND l.sku = s.sku) AS live,
  (SELECT COUNT(*) FROM accounts) AS marketplaces
  FROM (SELECT sku, product_code, story, description, trace_url FROM skus WHERE flagship ORDER BY product_code, sku LIMIT ?) s
  LEFT JOIN products p ON p.code = s.product_code LEFT JOIN product_current c ON c.product_code = s.product_code
  ORDER BY s.product_code, s.sku`
	var rows []FlagshipRow
	if err := s.selectRows(ctx, &rows, query, limit); err != nil {
		return nil, fmt.Errorf("read flagships: %w", err)
	}
	return rows, nil
}

// LastImport tells when the register was last changed by an import and by
// whom; ok is false when it never was.
func (s *Store) LastImport(ctx context.Context) (at time.Time, by, files string, ok bool, err error) {
	const query = `SELECT created_at, imported_by, files FROM imports WHERE state = 'applied' ORDER BY created_at DESC LIMIT 1`
	var row struct {
		At    int64  `db:"created_at"`
		By    string `db:"imported_by"`
		Files string `db:"files"`
	}
	err = s.getRow(ctx, &row, query)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, "", "", false, nil
	}
	if err != nil {
		return time.Time{}, "", "", false, fmt.Errorf("read last import: %w", err)
	}
	return fromMillis(row.At), row.By, row.Files, true, nil
}
