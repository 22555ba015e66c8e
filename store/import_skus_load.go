package store

import (
	"context"
	"maps"
	"slices"
	"strings"

	"lensan/store/catalog"
)

// skuPage is some hundreds of SKUs being merged.
type skuPage struct {
	rows     []catalog.SKURow
	before   map[string]skuRow
	now      map[string]*skuRow
	images   map[string][]skuImageRow // before
	pictures map[string]stagedPicture
	products map[string]bool   // product codes that exist
	renamed  map[string]string // old SKU -> new
	zeros    map[string]string // a new SKU -> the known one that differs in leading zeros
	erased   map[string]int
	newPics  map[string][]skuImageRow
}

type stagedPicture struct {
	Key     string `db:"name_key"`
	SHA256  string `db:"sha256"`
	Problem string `db:"problem"`
	Args    string `db:"args"`
}

// loadSKUs reads all that a page of SKUs is merged with, each kind in one query.
func (m *merge) loadSKUs(ctx context.Context, codes []string) (*skuPage, error) {
	p := &skuPage{
		before: map[string]skuRow{}, now: map[string]*skuRow{}, images: map[string][]skuImageRow{}, pictures: map[string]stagedPicture{},
		products: map[string]bool{}, renamed: map[string]string{}, zeros: map[string]string{}, erased: map[string]int{}, newPics: map[string][]skuImageRow{},
	}
	var bodies []string
	if err := m.stage.selectIn(ctx, &bodies, `SELECT body FROM skus WHERE sku IN (?) ORDER BY sku, seq`, codes); err != nil {
		return nil, err
	}
	all, products, names := slices.Clone(codes), map[string]bool{"": true}, map[string]bool{"": true}
	for _, b := range bodies {
		row, err := fromJSON[catalog.SKURow](b)
		if err != nil {
			return nil, err
		}
		p.rows = append(p.rows, row)
		products[row.SKU.ProductCode] = true
		if row.OldSKU != "" {
			all = append(all, row.OldSKU)
		}
		for _, i := range row.SKU.Images {
			names[pictureKey(i.Name)] = true
		}
	}
	var known []skuRow
	if err := m.tx.selectIn(ctx, &known, `SELECT `+skuColumns+` FROM skus WHERE sku IN (?)`, all); err != nil {
		return nil, err
	}
	for _, r := range known {
		p.before[r.SKU] = r
	}
	var images []skuImageRow
	if err := m.tx.selectIn(ctx, &images, `SELECT sku, position, name, sha256, problem FROM sku_images WHERE sku IN (?) ORDER BY sku, position`, all); err != nil {
		return nil, err
	}
	for _, i := range images {
		p.images[i.SKU] = append(p.images[i.SKU], i)
	}
	var pictures []stagedPicture
	if err := m.stage.selectIn(ctx, &pictures, `SELECT name_key, sha256, problem, args FROM pictures WHERE name_key IN (?)`, slices.Sorted(maps.Keys(names))); err != nil {
		return nil, err
	}
	for _, i := range pictures {
		p.pictures[i.Key] = i
	}
	var exist []string
	if err := m.tx.selectIn(ctx, &exist, `SELECT code FROM products WHERE code IN (?)`, slices.Sorted(maps.Keys(products))); err != nil {
		return nil, err
	}
	for _, c := range exist {
		p.products[c] = true
	}
	if err := p.loadRenames(ctx, m, codes); err != nil {
		return nil, err
	}
	return p, p.loadZeros(ctx, m, exist)
}

func (p *skuPage) loadRenames(ctx context.Context, m *merge, codes []string) error {
	var rows []struct {
		Old string `db:"old_sku"`
		New string `db:"new_sku"`
	}
	if err := m.tx.selectIn(ctx, &rows, `SELECT old_sku, new_sku FROM sku_renames WHERE old_sku IN (?)`, codes); err != nil {
		return err
	}
	for _, r := range rows {
		p.renamed[r.Old] = r.New
	}
	return nil
}

// loadZeros finds SKUs of the same products that differ from a new one in
// leading zeros alone: a spreadsheet has eaten them.
func (p *skuPage) loadZeros(ctx context.Context, m *merge, products []string) error {
	var bare []string
	for _, r := range p.rows {
		if _, known := p.before[r.SKU.Code]; !known && strings.Trim(r.SKU.Code, "0123456789") == "" {
			bare = append(bare, strings.TrimLeft(r.SKU.Code, "0"))
		}
	}
	if len(bare) == 0 || len(products) == 0 {
		return nil
	}
	var rows []struct {
		SKU     string `db:"sku"`
		Product string `db:"product_code"`
	}
	if err := m.tx.selectIn(ctx, &rows, `SELECT sku, product_code FROM skus WHERE product_code IN (?) AND ltrim(sku, '0') IN (?)`, products, bare); err != nil {
		return err
	}
	for _, r := range rows {
		p.zeros[r.Product+" "+strings.TrimLeft(r.SKU, "0")] = r.SKU
	}
	return nil
}
