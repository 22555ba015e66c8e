package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"lensan/store/catalog"
	"lensan/store/fold"
)

type productRow struct {
	Code        string `db:"code"`
	Name        string `db:"name"`
	ProducerRef string `db:"producer_ref"`
	CommuneCode string `db:"commune_code"`
	CommuneName string `db:"commune_name"`
	District    string `db:"district"`
	ProductSet  string `db:"product_set"`
	Note        string `db:"note"`
	Cells       string `db:"cells"`
	Doubts      string `db:"doubts"`
	SearchText  string `db:"search_text"`
	ImportID    string `db:"import_id"`
	CreatedAt   int64  `db:"created_at"`
	UpdatedAt   int64  `db:"updated_at"`
}

// content is the row without what merely says where and when.
func (p productRow) content() productRow {
	p.Cells, p.Doubts, p.SearchText, p.ImportID, p.CreatedAt, p.UpdatedAt = "", "", "", "", 0, 0
	return p
}

// stagedProduct is one row of the register as read, with its producer's ref.
type stagedProduct struct {
	Code string `db:"code"`
	Body string `db:"body"`
	Ref  string `db:"ref"`
}

// mergeProducts takes over products and their recognitions, the rows of each
// product together, by the date of their decisions.
func (m *merge) mergeProducts(ctx context.Context) (err error) {
	if m.report.Counts.RegisterRows, err = m.stage.count(ctx, `count(*) FROM products`); err != nil {
		return err
	}
	return m.stage.keys(ctx, "products", "code", func(codes []string) error { return m.mergeProductPage(ctx, codes) })
}

func (m *merge) mergeProductPage(ctx context.Context, codes []string) error {
	var staged []stagedProduct
	const read = `
SELECT p.code, p.body, COALESCE(r.ref, '') AS ref FROM products p
LEFT JOIN producers r ON r.name_key = p.name_key AND r.commune = p.commune AND r.tax = p.tax AND p.name_key <> ''
WHERE p.code IN (?) ORDER BY p.code, p.decided_on, p.seq`
	if err := m.stage.selectIn(ctx, &staged, read, codes); err != nil {
		return err
	}
	page, err := m.loadProducts(ctx, codes)
	if err != nil {
		return err
	}
	for _, s := range staged {
		row, err := fromJSON[catalog.ProductRow](s.Body)
		if err != nil {
			return err
		}
		if err := page.take(ctx, m, row, s.Ref); err != nil {
			return err
		}
	}
	return page.save(ctx, m)
}

// productPage is some hundreds of products being merged.
type productPage struct {
	codes    []string
	before   map[string]productRow
	now      map[string]*productRow
	history  map[string]*history
	standing map[string]standingRow
	names    map[string]string // producers' names, for the search text
	erased   map[string]int
	said     map[string]firstSaid
}

func (m *merge) loadProducts(ctx context.Context, codes []string) (*productPage, error) {
	p := &productPage{
		codes: codes, before: map[string]productRow{}, now: map[string]*productRow{}, history: map[string]*history{},
		standing: map[string]standingRow{}, names: map[string]string{}, erased: map[string]int{}, said: map[string]firstSaid{},
	}
	var rows []productRow
	const query = `
SELECT code, name, producer_ref, commune_code, commune_name, district, product_set, note, cells, doubts, search_text, import_id, created_at, updated_at
FROM products WHERE code IN (?)`
	if err := m.tx.selectIn(ctx, &rows, query, codes); err != nil {
		return nil, err
	}
	for _, r := range rows {
		p.before[r.Code] = r
	}
	for _, c := range codes {
		p.history[c] = &history{}
		row, ok := p.before[c]
		if !ok {
			row = productRow{Code: c, Cells: "{}", Doubts: "{}", CreatedAt: m.now}
		}
		p.now[c] = &row
	}
	if err := m.loadRecognitions(ctx, p); err != nil {
		return nil, err
	}
	return p, nil
}

// take merges one row of the register into its product.
func (p *productPage) take(ctx context.Context, m *merge, row catalog.ProductRow, ref string) error {
	have, read := p.now[row.Product.Code], row.Product
	var err error
	if row.Doubts, err = m.placeDoubts(ctx, &read, row); err != nil {
		return err
	}
	if field, value, other := p.twice(row, ref); field != "" {
		d, err := m.doubt(ctx, row.Cells[field], field, value, have.Code, false, hit("code.twice", "other", other))
		if err != nil {
			return err
		}
		row.Doubts = maps.Clone(row.Doubts)
		if row.Doubts == nil {
			row.Doubts = map[string]catalog.Doubt{}
		}
		row.Doubts[field] = d
		read.Name, ref = "", "" // the first row says
	}
	b := &blanks{erase: m.opts.EraseBlanks, cells: row.Cells, doubts: row.Doubts}
	keep(&read.Name, have.Name)
	mergeValue(b, catalog.CellName, &have.Name, read.Name)
	mergeValue(b, "", &have.ProducerRef, ref)
	mergeValue(b, catalog.CellCommune, &have.CommuneCode, m.places.fill(&read))
	mergeValue(b, catalog.CellCommuneName, &have.CommuneName, read.CommuneName)
	mergeValue(b, catalog.CellDistrict, &have.District, read.District)
	mergeValue(b, catalog.CellProductSet, &have.ProductSet, read.ProductSet)
	mergeValue(b, catalog.CellNote, &have.Note, read.Note)
	p.erased[have.Code] += b.erased
	if row.Producer.Name != "" && ref != "" {
		p.names[ref] = row.Producer.Name
	}
	contradicts, err := p.history[have.Code].take(m, row.Recognition)
	if err != nil {
		return err
	}
	if contradicts {
		d, err := m.doubt(ctx, row.Cells[catalog.CellStars], catalog.CellStars, strconv.Itoa(row.Recognition.Stars), have.Code, false,
			catalog.Reason{Code: "star.contradicts", Args: map[string]string{"number": row.Recognition.Number}})
		if err != nil {
			return err
		}
		row.Doubts = maps.Clone(row.Doubts)
		if row.Doubts == nil {
			row.Doubts = map[string]catalog.Doubt{}
		}
		row.Doubts[catalog.CellStars] = d
	}
	if have.Cells, err = mergeCells(have.Cells, row.Cells); err != nil {
		return err
	}
	have.Doubts, err = mergeDoubts(have.Doubts, row.Cells, row.Doubts)
	return err
}

// fill completes a product's place from the table of communes and gives its
// commune's code.
func (p places) fill(read *catalog.Product) string {
	if read.CommuneCode == "" && read.CommuneName != "" && p.covers(read.Code) {
		read.CommuneCode = p.code(read.CommuneName, read.District)
	}
	keep(&read.CommuneName, p.byCode[read.CommuneCode].Name)
	keep(&read.District, p.district(read.CommuneCode))
	return read.CommuneCode
}

// save writes what has changed, recomputes which recognition counts, and
// counts.
func (p *productPage) save(ctx context.Context, m *merge) error {
	if err := p.producerNames(ctx, m); err != nil {
		return err
	}
	var changed []productRow
	c := &m.report.Counts.Products
	for _, code := range p.codes {
		row, before := p.now[code], p.before[code]
		_, known := p.before[code]
		row.SearchText = fold.Search(fmt.Sprintf("%s %s %s %s %s", row.Code, row.Name, p.names[row.ProducerRef], row.CommuneName, row.District))
		c.Read++
		switch {
		case !known:
			c.Added++
		case row.content() != before.content() || !sameDoubts(row.Doubts, before.Doubts):
			c.Changed++
		default:
			c.Unchanged++
			if *row == before {
				continue
			}
			// Only where it stands has changed.
			changed = append(changed, *row)
			continue
		}
		row.ImportID, row.UpdatedAt = m.report.ID, m.now
		changed = append(changed, *row)
		if known {
			m.hits.product(before, *row, p.erased[code])
		}
	}
	const upsert = `
INSERT INTO products (code, name, producer_ref, commune_code, commune_name, district, product_set, note, cells, doubts, search_text, import_id, created_at, updated_at)
VALUES (:code, :name, :producer_ref, :commune_code, :commune_name, :district, :product_set, :note, :cells, :doubts, :search_text, :import_id, :created_at, :updated_at)
ON CONFLICT (code) DO UPDATE SET name = excluded.name, producer_ref = excluded.producer_ref, commune_code = excluded.commune_code,
  commune_name = excluded.commune_name, district = excluded.district, product_set = excluded.product_set, note = excluded.note, cells = excluded.cells,
  doubts = excluded.doubts, search_text = excluded.search_text, import_id = excluded.import_id, updated_at = excluded.updated_at`
	if err := named(ctx, m.tx, upsert, changed); err != nil {
		return fmt.Errorf("products: %w", err)
	}
	m.hits.known += len(p.before)
	return p.saveRecognitions(ctx, m)
}

// producerNames reads the names of producers that the rows did not name.
func (p *productPage) producerNames(ctx context.Context, m *merge) error {
	missing := map[string]bool{}
	for _, row := range p.now {
		if row.ProducerRef != "" {
			missing[row.ProducerRef] = true
		}
	}
	if len(missing) == 0 {
		return nil
	}
	var rows []struct {
		Ref  string `db:"ref"`
		Name string `db:"name"`
	}
	if err := m.tx.selectIn(ctx, &rows, `SELECT ref, name FROM producers WHERE ref IN (?)`, slices.Sorted(maps.Keys(missing))); err != nil {
		return err
	}
	for _, r := range rows {
		p.names[r.Ref] = r.Name
	}
	return nil
}

func fromJSON[T any](body string) (v T, err error) {
	err = json.Unmarshal([]byte(body), &v)
	return v, err
}
