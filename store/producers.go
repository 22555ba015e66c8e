package store

import (
	"context"
	"errors"
	"fmt"

	"lensan/store/catalog"
)

// ErrNoProducer says that there is no such producer, or that it has been
// merged into another.
var ErrNoProducer = errors.New("no such producer")

// ProducerListed is a producer with what hangs on it.
type ProducerListed struct {
	catalog.Producer
	MergedInto string // another's ref: kept so that what it is known by leads there
	Products   int
	SKUs       int
	// Namesakes counts the other producers of the same name and commune: they
	// may be one.
	Namesakes int
}

// Producers lists producers by ref, after the given one; search is a ref, or matched
// without accents against names of producers and their products, empty finds all. Telephone, tax code
// and address are private: it is for whoever shows them to mask them.
func (s *Store) Producers(ctx context.Context, search, after string, limit int) ([]ProducerListed, error) {
	const query = `
SELECT p.ref, p.name, p.tax_code, p.phone, p.address, p.commune_code, p.merged_into,
       (SELECT count(*) FROM products x WHERE x.producer_ref = p.ref) AS products,
       (SELECT count(*) FROM skus k JOIN products x ON x.code = k.product_code WHERE x.producer_ref = p.ref) AS skus,
       (SELECT count(*) FROM producers o WHERE o.match_key = p.match_key AND o.ref <> p.ref AND o.merged_into = '' AND p.merged_into = '') AS namesakes
FROM producers p
WHERE p.ref > ? AND (? = '' OR p.ref = ? OR p.ref IN (SELECT x.producer_ref FROM products x WHERE x.search_text LIKE ?))
ORDER BY p.ref LIMIT ?`
	var rows []struct {
		Ref         string `db:"ref"`
		Name        string `db:"name"`
		TaxCode     string `db:"tax_code"`
		Phone       string `db:"phone"`
		Address     string `db:"address"`
		CommuneCode string `db:"commune_code"`
		MergedInto  string `db:"merged_into"`
		Products    int    `db:"products"`
		SKUs        int    `db:"skus"`
		Namesakes   int    `db:"namesakes"`
	}
	folded, like := likeSearch(search)
	if err := s.selectRows(ctx, &rows, query, after, folded, search, like, limitOr(limit, 100)); err != nil {
		return nil, fmt.Errorf("list producers: %w", err)
	}
	out := make([]ProducerListed, 0, len(rows))
	for _, r := range rows {
		out = append(out, ProducerListed{
			Producer:   catalog.Producer{Ref: r.Ref, Name: r.Name, TaxCode: r.TaxCode, Phone: r.Phone, Address: r.Address, CommuneCode: r.CommuneCode},
			MergedInto: r.MergedInto, Products: r.Products, SKUs: r.SKUs, Namesakes: r.Namesakes,
		})
	}
	return out, nil
}

// MergeProducers makes one producer of two: gone's products become kept's, and
// all that gone is known by (tax code, name and commune) leads to kept from
// now on. Blanks of kept are filled from gone. Listings stay where they are:
// moving a SKU to another shop is a decision of its own. It is audited.
func (s *Store) MergeProducers(ctx context.Context, kept, gone, by string) (products int, err error) {
	if kept == gone {
		return 0, fmt.Errorf("merge producers: %s with itself: %w", kept, ErrNoProducer)
	}
	err = s.inTx(ctx, func(t *tx) error {
		var rows []producerRow
		const read = `SELECT ref, name, match_key, tax_code, phone, address, commune_code, merged_into, created_at, updated_at FROM producers WHERE ref IN (?) AND merged_into = ''`
		if err := t.selectIn(ctx, &rows, read, []string{kept, gone}); err != nil {
			return err
		}
		if len(rows) != 2 {
			return ErrNoProducer
		}
		k, g := rows[0], rows[1]
		if k.Ref != kept {
			k, g = g, k
		}
		keep(&k.TaxCode, g.TaxCode)
		keep(&k.Phone, g.Phone)
		keep(&k.Address, g.Address)
		keep(&k.CommuneCode, g.CommuneCode)
		const fill = `UPDATE producers SET tax_code = ?, phone = ?, address = ?, commune_code = ?, updated_at = ? WHERE ref = ?`
		if _, err := t.exec(ctx, fill, k.TaxCode, k.Phone, k.Address, k.CommuneCode, s.nowMillis(), kept); err != nil {
			return err
		}
		const lead = `UPDATE producers SET merged_into = ?, updated_at = ? WHERE ref = ? OR merged_into = ?`
		if _, err := t.exec(ctx, lead, kept, s.nowMillis(), gone, gone); err != nil {
			return err
		}
		n, err := t.exec(ctx, `UPDATE products SET producer_ref = ?, updated_at = ? WHERE producer_ref = ?`, kept, s.nowMillis(), gone)
		if err != nil {
			return err
		}
		products = int(n)
		return t.appendEvents(ctx, s.Now(), Event{Actor: by, Kind: "producers.merged", Detail: map[string]any{"kept": kept, "gone": gone, "products": n}})
	})
	if err != nil {
		return 0, fmt.Errorf("merge producers %s and %s: %w", kept, gone, err)
	}
	return products, nil
}
