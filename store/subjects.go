package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"lensan/store/catalog"
)

// subjectPage is how many SKUs one page of Subjects reads.
const subjectPage = 500

// Subjects reads every SKU of the scope, and every product without one, in
// the order of product code and SKU, some hundreds at a time, each with all
// that decides about it on the given marketplaces. fn may write to the store.
// Scope.Only and Scope.Limit are for the planner.
func (s *Store) Subjects(ctx context.Context, scope catalog.Scope, marketplaces []string, fn func([]catalog.Subject) error) error {
	afterProduct, afterSKU := "", ""
	for {
		rows, err := s.subjectRows(ctx, scope, afterProduct, afterSKU)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return nil
		}
		subjects, err := s.completeSubjects(ctx, rows, marketplaces)
		if err != nil {
			return err
		}
		if err := fn(subjects); err != nil {
			return err
		}
		last := rows[len(rows)-1]
		afterProduct, afterSKU = last.Code, last.SKU
	}
}

// SubjectsOf reads the subjects of these SKUs in one page; unknown SKUs are
// absent.
func (s *Store) SubjectsOf(ctx context.Context, skus []string, marketplaces []string) ([]catalog.Subject, error) {
	var out []catalog.Subject
	for _, part := range chunk(skus, subjectPage) {
		rows, err := s.subjectRows(ctx, catalog.Scope{SKUs: part}, "", "")
		if err != nil {
			return nil, err
		}
		subjects, err := s.completeSubjects(ctx, rows, marketplaces)
		if err != nil {
			return nil, err
		}
		out = append(out, subjects...)
	}
	return out, nil
}

type subjectRow struct {
	Code          string `db:"code"`
	ProductName   string `db:"product_name"`
	CommuneCode   string `db:"commune_code"`
	CommuneName   string `db:"commune_name"`
	District      string `db:"district"`
	ProductSet    string `db:"product_set"`
	ProductCells  string `db:"product_cells"`
	ProductDoubts string `db:"product_doubts"`
	Withdrawn     bool   `db:"withdrawn"`
	Succession    bool   `db:"succession"`
	Stars         int    `db:"stars"`
	Authority     string `db:"authority"`
	Number        string `db:"number"`
	DecidedOn     string `db:"decided_on"`
	ValidUntil    string `db:"valid_until"`
	Derived       bool   `db:"derived"`
	Revoked       bool   `db:"revoked"`
	Ordered       bool   `db:"ordered"`
	ProducerRef   string `db:"producer_ref"`
	ProducerName  string `db:"producer_name"`
	TaxCode       string `db:"tax_code"`
	Phone         string `db:"phone"`
	Address       string `db:"address"`
	ProducerAt    string `db:"producer_commune"`
	SKU           string `db:"sku"`
	Name          string `db:"name"`
	Unit          string `db:"unit"`
	Price         int64  `db:"price"`
	ListPrice     int64  `db:"list_price"`
	Stock         *int64 `db:"stock"`
	WeightGrams   int64  `db:"weight_g"`
	Description   string `db:"description"`
	Story         string `db:"story"`
	TraceURL      string `db:"trace_url"`
	Flagship      bool   `db:"flagship"`
	Category      string `db:"category"`
	Cells         string `db:"cells"`
	Doubts        string `db:"doubts"`
	HasSKU        bool   `db:"has_sku"`
}

func (s *Store) subjectRows(ctx context.Context, scope catalog.Scope, afterProduct, afterSKU string) ([]subjectRow, error) {
	const query = `
SELECT p.code, p.name AS product_name, p.commune_code, p.commune_name, p.district, p.product_set,
       p.cells AS product_cells, p.doubts AS product_doubts,
       EXISTS (SELECT 1 FROM withdrawals w WHERE w.product_code = p.code AND w.state = 'confirmed') AS withdrawn,
       EXISTS (SELECT 1 FROM sku_successions x WHERE x.new_sku = k.sku AND x.state = 'proposed') AS succession,
       COALESCE(c.stars, 0) AS stars, COALESCE(c.authority, '') AS authority, COALESCE(c.number, '') AS number,
       COALESCE(c.decided_on, '') AS decided_on, COALESCE(c.valid_until, '') AS valid_until,
       COALESCE(c.derived, FALSE) AS derived, COALESCE(c.revoked, FALSE) AS revoked, COALESCE(c.ordered, TRUE) AS ordered,
       COALESCE(r.ref, '') AS producer_ref, COALESCE(r.name, '') AS producer_name, COALESCE(r.tax_code, '') AS tax_code,
       COALESCE(r.phone, '') AS phone, COALESCE(r.address, '') AS address, COALESCE(r.commune_code, '') AS producer_commune,
       COALESCE(k.sku, '') AS sku, COALESCE(k.name, '') AS name, COALESCE(k.unit, '') AS unit,
       COALESCE(k.price, 0) AS price, COALESCE(k.list_price, 0) AS list_price, k.stock,
       COALESCE(k.weight_g, 0) AS weight_g, COALESCE(k.description, '') AS description, COALESCE(k.story, '') AS story,
       COALESCE(k.trace_url, '') AS trace_url, COALESCE(k.flagship, FALSE) AS flagship, COALESCE(k.category, '') AS category,
       COALESCE(k.cells, '{}') AS cells, COALESCE(k.doubts, '{}') AS doubts, k.sku IS NOT NULL AS has_sku
FROM products p
LEFT JOIN product_current c ON c.product_code = p.code
LEFT JOIN producers r ON r.ref = p.producer_ref
LEFT JOIN skus k ON k.product_code = p.code
WHERE (p.code > ? OR (p.code = ? AND COALESCE(k.sku, '') > ?))%s
ORDER BY p.code, COALESCE(k.sku, '')
LIMIT ?`
	where, args := scopeSQL(scope)
	all := append([]any{afterProduct, afterProduct, afterSKU}, args...)
	var rows []subjectRow
	if err := s.selectIn(ctx, &rows, fmt.Sprintf(query, where), append(all, subjectPage)...); err != nil {
		return nil, fmt.Errorf("read subjects: %w", err)
	}
	return rows, nil
}

// scopeSQL is the scope as further conditions on products p, product_current c
// and skus k. Each part is matched as people write it: a commune by code or
// name, a set with or without its leading zero.
func scopeSQL(scope catalog.Scope) (string, []any) {
	var where strings.Builder
	var args []any
	in := func(columns []string, values []string) {
		if len(values) == 0 {
			return
		}
		var parts []string
		for _, c := range columns {
			parts = append(parts, c+" IN (?)")
			args = append(args, values)
		}
		where.WriteString(" AND (" + strings.Join(parts, " OR ") + ")")
	}
	in([]string{"k.sku"}, scope.SKUs)
	in([]string{"p.code"}, scope.Products)
	in([]string{"p.producer_ref", "r.name"}, scope.Producers)
	in([]string{"p.commune_code", "p.commune_name"}, scope.Communes)
	in([]string{"p.district"}, scope.Districts)
	var sets []string
	for _, set := range scope.Sets {
		if len(set) == 1 {
			set = "0" + set
		}
		sets = append(sets, set)
	}
	in([]string{"p.product_set"}, sets)
	if len(scope.Stars) > 0 {
		where.WriteString(" AND COALESCE(c.stars, 0) IN (?)")
		args = append(args, scope.Stars)
	}
	return where.String(), args
}

func (s *Store) completeSubjects(ctx context.Context, rows []subjectRow, marketplaces []string) ([]catalog.Subject, error) {
	subjects := make([]catalog.Subject, len(rows))
	var skus, refs []string
	seenRef := map[string]bool{}
	for i, r := range rows {
		subject, err := r.subject()
		if err != nil {
			return nil, err
		}
		subjects[i] = subject
		if r.HasSKU {
			skus = append(skus, r.SKU)
		}
		if r.ProducerRef != "" && !seenRef[r.ProducerRef] {
			seenRef[r.ProducerRef] = true
			refs = append(refs, r.ProducerRef)
		}
	}
	pictures, hashes, err := s.picturesOf(ctx, skus)
	if err != nil {
		return nil, err
	}
	sides, err := s.sidesOf(ctx, marketplaces, skus, refs, hashes)
	if err != nil {
		return nil, err
	}
	for i := range subjects {
		sub := &subjects[i]
		if sub.SKU != nil {
			for _, p := range pictures[sub.SKU.Code] {
				sub.SKU.Images = append(sub.SKU.Images, p.named)
				if p.named.SHA256 != "" && p.named.Problem == "" {
					sub.Pictures = append(sub.Pictures, p.stored)
				}
			}
		}
		sub.Lanes = sides.of(*sub, marketplaces)
	}
	return subjects, nil
}

func (r subjectRow) subject() (catalog.Subject, error) {
	sub := catalog.Subject{
		Product: catalog.Product{Code: r.Code, Name: r.ProductName, ProducerRef: r.ProducerRef, CommuneCode: r.CommuneCode,
			CommuneName: r.CommuneName, District: r.District, ProductSet: r.ProductSet},
		Standing: catalog.Standing{Stars: r.Stars, Authority: r.Authority, Number: r.Number, Date: catalog.Day(r.DecidedOn),
			ValidUntil: catalog.Day(r.ValidUntil), Derived: r.Derived, Revoked: r.Revoked, Ordered: r.Ordered},
		Producer: catalog.Producer{Ref: r.ProducerRef, Name: r.ProducerName, TaxCode: r.TaxCode, Phone: r.Phone,
			Address: r.Address, CommuneCode: r.ProducerAt},
		Category:  r.Category,
		Withdrawn: r.Withdrawn, Succession: r.Succession,
	}
	if err := decode(r.ProductCells, &sub.Product.Cells); err != nil {
		return sub, fmt.Errorf("product %s: cells: %w", r.Code, err)
	}
	if err := decode(r.ProductDoubts, &sub.Product.Doubts); err != nil {
		return sub, fmt.Errorf("product %s: doubts: %w", r.Code, err)
	}
	if !r.HasSKU {
		return sub, nil
	}
	k := catalog.SKU{Code: r.SKU, ProductCode: r.Code, Name: r.Name, Unit: r.Unit, Price: r.Price, ListPrice: r.ListPrice,
		Stock: r.Stock, WeightGrams: r.WeightGrams, Description: r.Description, Story: r.Story, TraceURL: r.TraceURL, Flagship: r.Flagship}
	if err := decode(r.Cells, &k.Cells); err != nil {
		return sub, fmt.Errorf("SKU %s: cells: %w", r.SKU, err)
	}
	if err := decode(r.Doubts, &k.Doubts); err != nil {
		return sub, fmt.Errorf("SKU %s: doubts: %w", r.SKU, err)
	}
	sub.SKU = &k
	return sub, nil
}

// decode reads a JSON column; empty leaves dest as it is.
func decode(text string, dest any) error {
	if text == "" || text == "{}" || text == "[]" {
		return nil
	}
	return json.Unmarshal([]byte(text), dest)
}

// encode writes a JSON column.
func encode(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // records of plain strings and numbers always encode
	}
	return string(b)
}
