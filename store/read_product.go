package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"lensan/store/catalog"
)

// ErrNoProduct says that the register has no product of that code.
var ErrNoProduct = errors.New("no such product")

// ProductSubjects returns everything known of one product: a subject for each
// of its SKUs, or one without a SKU, on every marketplace that has an account.
// ErrNoProduct.
func (s *Store) ProductSubjects(ctx context.Context, code string) ([]catalog.Subject, error) {
	const query = `SELECT marketplace FROM accounts ORDER BY marketplace`
	var marketplaces []string
	if err := s.selectRows(ctx, &marketplaces, query); err != nil {
		return nil, fmt.Errorf("read accounts: %w", err)
	}
	var out []catalog.Subject
	err := s.Subjects(ctx, catalog.Scope{Products: []string{code}}, marketplaces, func(page []catalog.Subject) error {
		out = append(out, page...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("product %s: %w", code, ErrNoProduct)
	}
	return out, nil
}

// RecognitionsOf lists all recognitions of a product, the latest first.
func (s *Store) RecognitionsOf(ctx context.Context, code string) ([]catalog.Recognition, error) {
	const query = `SELECT product_code, stars, authority, number, decided_on, valid_until, revoked, doubts, note FROM recognitions
  WHERE product_code = ? ORDER BY decided_on DESC, number DESC`
	var rows []struct {
		ProductCode string `db:"product_code"`
		Stars       int    `db:"stars"`
		Authority   string `db:"authority"`
		Number      string `db:"number"`
		DecidedOn   string `db:"decided_on"`
		ValidUntil  string `db:"valid_until"`
		Revoked     bool   `db:"revoked"`
		Doubts      string `db:"doubts"`
		Note        string `db:"note"`
	}
	if err := s.selectRows(ctx, &rows, query, code); err != nil {
		return nil, fmt.Errorf("read recognitions: %w", err)
	}
	out := make([]catalog.Recognition, 0, len(rows))
	for _, r := range rows {
		rec := catalog.Recognition{ProductCode: r.ProductCode, Stars: r.Stars, Authority: r.Authority, Number: r.Number,
			Date: catalog.Day(r.DecidedOn), ValidUntil: catalog.Day(r.ValidUntil), Revoked: r.Revoked, Note: r.Note}
		if err := decode(r.Doubts, &rec.Doubts); err != nil {
			return nil, fmt.Errorf("recognition of %s: %w", code, err)
		}
		out = append(out, rec)
	}
	return out, nil
}

// ProductOf names the product of a SKU; ErrNoProduct.
func (s *Store) ProductOf(ctx context.Context, sku string) (string, error) {
	const query = `SELECT product_code FROM skus WHERE sku = ?`
	var code string
	err := s.getRow(ctx, &code, query, sku)
	if errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("SKU %s: %w", sku, ErrNoProduct)
	}
	if err != nil {
		return "", fmt.Errorf("read SKU: %w", err)
	}
	return code, nil
}

// PictureBytes reads a stored picture; ErrNoProduct when there is none.
func (s *Store) PictureBytes(ctx context.Context, sha256 string) (contentType string, data []byte, err error) {
	const query = `SELECT type, bytes FROM images WHERE sha256 = ?`
	var row struct {
		Type  string `db:"type"`
		Bytes []byte `db:"bytes"`
	}
	err = s.getRow(ctx, &row, query, sha256)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil, fmt.Errorf("picture: %w", ErrNoProduct)
	}
	if err != nil {
		return "", nil, fmt.Errorf("read picture: %w", err)
	}
	return row.Type, row.Bytes, nil
}

// ProductEvents lists what happened to a product and its SKUs, newest first.
func (s *Store) ProductEvents(ctx context.Context, code string, limit int) ([]Event, error) {
	const columns = `SELECT id, at, actor, kind, marketplace, sku, product_code, run_id, detail FROM events WHERE `
	const skus = `SELECT sku FROM skus WHERE product_code = ?`
	var own []string
	if err := s.selectRows(ctx, &own, skus, code); err != nil {
		return nil, fmt.Errorf("read SKUs of %s: %w", code, err)
	}
	// Each by its own index; asked for together, all events would be read.
	var rows, more []eventRow
	if err := s.selectRows(ctx, &rows, columns+`product_code = ? AND product_code <> '' ORDER BY id DESC LIMIT ?`, code, limit); err != nil {
		return nil, fmt.Errorf("read events of %s: %w", code, err)
	}
	if len(own) > 0 {
		if err := s.selectIn(ctx, &more, columns+`sku IN (?) ORDER BY id DESC LIMIT ?`, own, limit); err != nil {
			return nil, fmt.Errorf("read events of %s: %w", code, err)
		}
	}
	rows = append(rows, more...)
	slices.SortFunc(rows, func(a, b eventRow) int { return strings.Compare(b.ID, a.ID) })
	rows = slices.CompactFunc(rows, func(a, b eventRow) bool { return a.ID == b.ID })
	out := make([]Event, 0, min(len(rows), limit))
	for _, r := range rows[:min(len(rows), limit)] {
		e, err := r.event()
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

// ProductPhones gives the telephone of each product's producer, by product
// code. It is private: for whoever shows it to ask who may see it.
func (s *Store) ProductPhones(ctx context.Context) (map[string]string, error) {
	const query = `SELECT p.code, r.phone FROM products p JOIN producers r ON r.ref = p.producer_ref WHERE r.phone <> ''`
	rows, err := s.read.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("read telephones: %w", err)
	}
	defer rows.Close()
	out := map[string]string{}
	for rows.Next() {
		var code, phone string
		if err := rows.Scan(&code, &phone); err != nil {
			return nil, fmt.Errorf("read telephones: %w", err)
		}
		out[code] = phone
	}
	return out, rows.Err()
}

// ProductNames gives the names of products by code; unknown codes are absent.
func (s *Store) ProductNames(ctx context.Context, codes []string) (map[string]string, error) {
	const query = `SELECT code, name FROM products WHERE code IN (?)`
	out := make(map[string]string, len(codes))
	for _, part := range chunk(codes, 1000) {
		var rows []struct {
			Code string `db:"code"`
			Name string `db:"name"`
		}
		if err := s.selectIn(ctx, &rows, query, part); err != nil {
			return nil, fmt.Errorf("read names of products: %w", err)
		}
		for _, r := range rows {
			out[r.Code] = r.Name
		}
	}
	return out, nil
}
