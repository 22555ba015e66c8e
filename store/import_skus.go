package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"lensan/store/catalog"
	"lensan/store/fold"
)

type skuRow struct {
	SKU         string        `db:"sku"`
	ProductCode string        `db:"product_code"`
	Name        string        `db:"name"`
	Unit        string        `db:"unit"`
	Price       int64         `db:"price"`
	ListPrice   int64         `db:"list_price"`
	Stock       sql.NullInt64 `db:"stock"`
	WeightGrams int64         `db:"weight_g"`
	Description string        `db:"description"`
	Story       string        `db:"story"`
	TraceURL    string        `db:"trace_url"`
	Flagship    bool          `db:"flagship"`
	Category    string        `db:"category"`
	Note        string        `db:"note"`
	Cells       string        `db:"cells"`
	Doubts      string        `db:"doubts"`
	SearchText  string        `db:"search_text"`
	ImportID    string        `db:"import_id"`
	CreatedAt   int64         `db:"created_at"`
	UpdatedAt   int64         `db:"updated_at"`
}

const skuColumns = `sku, product_code, name, unit, price, list_price, stock, weight_g, description, story, trace_url, flagship, category, note, cells, doubts, search_text, import_id, created_at, updated_at`

func (r skuRow) content() skuRow {
	r.Cells, r.Doubts, r.SearchText, r.ImportID, r.CreatedAt, r.UpdatedAt = "", "", "", "", 0, 0
	return r
}

type skuImageRow struct {
	SKU      string `db:"sku"`
	Position int    `db:"position"`
	Name     string `db:"name"`
	SHA256   string `db:"sha256"`
	Problem  string `db:"problem"`
}

// newSKU is a SKU that the import adds to a product.
type newSKU struct{ product, sku string }

// mergeSKUs takes over the rows by SKU, those of one SKU together, in the
// order in which they were read.
func (m *merge) mergeSKUs(ctx context.Context) (err error) {
	if m.report.Counts.SKURows, err = m.stage.count(ctx, `count(*) FROM skus`); err != nil {
		return err
	}
	return m.stage.keys(ctx, "skus", "sku", func(codes []string) error { return m.mergeSKUPage(ctx, codes) })
}

func (m *merge) mergeSKUPage(ctx context.Context, codes []string) error {
	p, err := m.loadSKUs(ctx, codes)
	if err != nil {
		return err
	}
	for _, row := range p.rows {
		why, err := p.refusal(ctx, m, row)
		if err != nil {
			return err
		}
		if why != nil {
			value := row.SKU.Code
			field := catalog.CellSKU
			if strings.HasPrefix(why.Code, "sku.product") {
				field, value = catalog.CellProductCode, row.SKU.ProductCode
			}
			if _, err := m.doubt(ctx, row.SKU.Cells[field], field, value, row.SKU.Code, true, *why); err != nil {
				return err
			}
			continue
		}
		if err := p.take(ctx, m, row); err != nil {
			return err
		}
	}
	return p.save(ctx, m)
}

// refusal tells why a row is left out whole, nil when it is not. A declared
// rename is carried out here.
func (p *skuPage) refusal(ctx context.Context, m *merge, row catalog.SKURow) (*catalog.Reason, error) {
	code := row.SKU.Code
	if to, ok := p.renamed[code]; ok {
		r := hit("sku.renamed", "to", to)
		return &r, nil
	}
	if row.OldSKU != "" && row.OldSKU != code {
		if r, err := p.rename(ctx, m, row.OldSKU, code); r != nil || err != nil {
			return r, err
		}
	}
	_, known := p.before[code]
	_, added := p.now[code]
	if known || added {
		return nil, nil
	}
	switch product := row.SKU.ProductCode; {
	case product == "":
		r := hit("sku.product_missing")
		return &r, nil
	case !p.products[product]:
		r := hit("sku.product_unknown")
		return &r, nil
	case p.zeros[product+" "+strings.TrimLeft(code, "0")] != "" && strings.Trim(code, "0123456789") == "":
		r := hit("sku.lost_zeros", "known", p.zeros[product+" "+strings.TrimLeft(code, "0")])
		return &r, nil
	}
	return nil, nil
}

// take merges one row into its SKU.
func (p *skuPage) take(ctx context.Context, m *merge, row catalog.SKURow) error {
	read := row.SKU
	have := p.now[read.Code]
	if have == nil {
		before, known := p.before[read.Code]
		if !known {
			before = skuRow{SKU: read.Code, Cells: "{}", Doubts: "{}", CreatedAt: m.now}
		}
		have = &before
		p.now[read.Code] = have
	}
	if read.ProductCode != "" && !p.products[read.ProductCode] {
		d, err := m.doubt(ctx, read.Cells[catalog.CellProductCode], catalog.CellProductCode, read.ProductCode, read.Code, false, hit("sku.product_unknown"))
		if err != nil {
			return err
		}
		read.Doubts = maps.Clone(read.Doubts)
		if read.Doubts == nil {
			read.Doubts = map[string]catalog.Doubt{}
		}
		read.Doubts[catalog.CellProductCode] = d
		read.ProductCode = ""
	}
	b := &blanks{erase: m.opts.EraseBlanks, cells: read.Cells, doubts: read.Doubts}
	mergeValue(b, "", &have.ProductCode, read.ProductCode)
	mergeValue(b, "", &have.Name, read.Name)
	mergeValue(b, catalog.CellUnit, &have.Unit, read.Unit)
	mergeValue(b, catalog.CellPrice, &have.Price, read.Price)
	mergeValue(b, catalog.CellListPrice, &have.ListPrice, read.ListPrice)
	mergeValue(b, catalog.CellWeight, &have.WeightGrams, read.WeightGrams)
	mergeValue(b, catalog.CellDescription, &have.Description, read.Description)
	mergeValue(b, catalog.CellStory, &have.Story, read.Story)
	mergeValue(b, catalog.CellTraceURL, &have.TraceURL, read.TraceURL)
	mergeValue(b, catalog.CellCategory, &have.Category, row.Category)
	mergeValue(b, catalog.CellNote, &have.Note, read.Note)
	stock := sql.NullInt64{}
	if read.Stock != nil {
		stock = sql.NullInt64{Int64: *read.Stock, Valid: true}
	}
	mergeValue(b, catalog.CellStock, &have.Stock, stock)
	if row.FlagshipSaid || b.erases(catalog.CellFlagship) {
		have.Flagship = read.Flagship
	}
	if err := p.takePictures(ctx, m, read, b); err != nil {
		return err
	}
	p.erased[read.Code] += b.erased
	var err error
	if have.Cells, err = mergeCells(have.Cells, read.Cells); err != nil {
		return err
	}
	have.Doubts, err = mergeDoubts(have.Doubts, read.Cells, read.Doubts)
	return err
}

// takePictures finds the content of each picture named. What has been found
// before under a name stays while nothing usable stands there now: absence
// takes no picture down.
func (p *skuPage) takePictures(ctx context.Context, m *merge, read catalog.SKU, b *blanks) error {
	before := p.images[read.Code]
	if len(read.Images) == 0 {
		if b.erases(catalog.CellImages) && len(before) > 0 {
			p.newPics[read.Code] = []skuImageRow{}
			b.erased++
		}
		return nil
	}
	var rows []skuImageRow
	var problems []PictureProblem
	for i, image := range read.Images {
		key := pictureKey(image.Name)
		row := skuImageRow{SKU: read.Code, Position: i, Name: image.Name}
		staged, looked := p.pictures[key]
		row.SHA256, row.Problem = staged.SHA256, staged.Problem
		if row.SHA256 == "" {
			if old := knownPicture(before, key); !looked {
				row.SHA256, row.Problem = old.SHA256, cmp.Or(old.Problem, "image.missing")
			} else {
				row.SHA256 = old.SHA256
			}
		}
		if row.Problem != "" && (looked || row.SHA256 == "") {
			problem := PictureProblem{SKU: read.Code, Name: image.Name, Cell: read.Cells[catalog.CellImages], Reason: row.Problem}
			if looked {
				var err error
				if problem.Args, err = fromJSON[map[string]string](staged.Args); err != nil {
					return err
				}
			}
			problems = append(problems, problem)
		}
		if row.SHA256 != "" {
			row.Problem = ""
		}
		rows = append(rows, row)
	}
	p.newPics[read.Code] = rows
	return m.stage.pictureProblems(ctx, problems)
}

// knownPicture is what a SKU's picture of a name was before.
func knownPicture(before []skuImageRow, key string) skuImageRow {
	for _, old := range before {
		if pictureKey(old.Name) == key {
			return old
		}
	}
	return skuImageRow{}
}

// save writes what has changed and counts.
func (p *skuPage) save(ctx context.Context, m *merge) error {
	var changed []skuRow
	var pictured []string
	var images []skuImageRow
	c := &m.report.Counts.SKUs
	for _, code := range slices.Sorted(maps.Keys(p.now)) {
		row, before := p.now[code], p.before[code]
		_, known := p.before[code]
		row.SearchText = fold.Search(row.SKU + " " + row.Name)
		pics, spoken := p.newPics[code]
		newPictures := spoken && !slices.Equal(pics, p.images[code])
		if newPictures {
			pictured, images = append(pictured, code), append(images, pics...)
		}
		c.Read++
		switch {
		case !known:
			c.Added++
			m.newSKUs = append(m.newSKUs, newSKU{row.ProductCode, code})
		case row.content() != before.content() || !sameDoubts(row.Doubts, before.Doubts) || newPictures:
			c.Changed++
		default:
			c.Unchanged++
			if *row != before {
				changed = append(changed, *row) // only where it stands has changed
			}
			p.hit(m, before, *row)
			continue
		}
		row.ImportID, row.UpdatedAt = m.report.ID, m.now
		changed = append(changed, *row)
		if known {
			p.hit(m, before, *row)
		}
	}
	const upsert = `INSERT INTO skus (` + skuColumns + `)
VALUES (:sku, :product_code, :name, :unit, :price, :list_price, :stock, :weight_g, :description, :story, :trace_url, :flagship, :category, :note, :cells, :doubts, :search_text, :import_id, :created_at, :updated_at)
ON CONFLICT (sku) DO UPDATE SET product_code = excluded.product_code, name = excluded.name, unit = excluded.unit, price = excluded.price,
  list_price = excluded.list_price, stock = excluded.stock, weight_g = excluded.weight_g, description = excluded.description, story = excluded.story,
  trace_url = excluded.trace_url, flagship = excluded.flagship, category = excluded.category, note = excluded.note, cells = excluded.cells,
  doubts = excluded.doubts, search_text = excluded.search_text, import_id = excluded.import_id, updated_at = excluded.updated_at`
	if err := named(ctx, m.tx, upsert, changed); err != nil {
		return fmt.Errorf("SKUs: %w", err)
	}
	if len(pictured) > 0 {
		if _, err := m.tx.execIn(ctx, `DELETE FROM sku_images WHERE sku IN (?)`, pictured); err != nil {
			return err
		}
	}
	const insert = `INSERT INTO sku_images (sku, position, name, sha256, problem) VALUES (:sku, :position, :name, :sha256, :problem)`
	if err := named(ctx, m.tx, insert, images); err != nil {
		return fmt.Errorf("pictures of SKUs: %w", err)
	}
	return nil
}

// hit notes what would hurt a SKU that was known.
func (p *skuPage) hit(m *merge, before, now skuRow) {
	m.hits.knownSKUs++
	if before.Price > 0 && now.Price > 0 {
		m.hits.price(now.ProductCode, now.SKU, before.Price, now.Price)
	}
	for _, f := range []struct{ field, before, now string }{
		{catalog.CellName, before.Name, now.Name}, {catalog.CellDescription, before.Description, now.Description},
		{catalog.CellProductCode, before.ProductCode, now.ProductCode},
	} {
		if f.before != "" && f.now != "" && f.before != f.now {
			m.hits.change(now.ProductCode, "", f.field)
		}
	}
	m.hits.blank(now.ProductCode, "", p.erased[now.SKU])
}
