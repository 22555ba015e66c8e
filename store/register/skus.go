package register

import (
	"context"
	"slices"
	"strings"

	"lensan/store/catalog"
	"lensan/store/fold"
)

// readSKU makes one row of the sheet by SKU.
func (t *table) readSKU(ctx context.Context, l line, out *batcher) error {
	r := newRecord(t, l)
	text, _ := r.raw(catalog.CellSKU)
	code, no := parseSKU(text)
	if no == nil && t.seen[code] {
		no = refuse("sku.twice")
	}
	if no != nil {
		r.doubt(catalog.CellSKU, text, no)
		return t.refuseRow(ctx, r, text, out)
	}
	t.seen[code] = true
	product := take(r, catalog.CellProductCode, parseProductCode)
	flag := take(r, catalog.CellFlagship, parseFlag)
	row := catalog.SKURow{
		SKU: catalog.SKU{
			Code:        code,
			ProductCode: product,
			Name:        r.text(saleName),
			Unit:        r.text(catalog.CellUnit),
			Price:       take(r, catalog.CellPrice, priceParser(t.factor(catalog.CellPrice))),
			ListPrice:   take(r, catalog.CellListPrice, priceParser(t.factor(catalog.CellListPrice))),
			Stock:       take(r, catalog.CellStock, parseStock),
			WeightGrams: take(r, catalog.CellWeight, weightParser(t.factor(catalog.CellWeight))),
			Description: r.lines(catalog.CellDescription),
			Story:       r.lines(catalog.CellStory),
			TraceURL:    take(r, catalog.CellTraceURL, parseURL),
			Flagship:    flag == flagYes,
			Note:        r.lines(catalog.CellNote),
			Images:      t.pictureNames(r),
		},
		OldSKU:       take(r, catalog.CellOldSKU, parseSKU),
		Category:     r.text(catalog.CellCategory),
		FlagshipSaid: flag != flagUnsaid,
	}
	r.rename(saleName, catalog.CellName)
	doubts := r.finish(code, false)
	row.SKU.Cells, row.SKU.Doubts = r.cells, r.doubts
	if err := out.doubts(ctx, doubts...); err != nil {
		return err
	}
	return out.sku(ctx, row)
}

func (t *table) factor(field string) int64 { return max(1, t.times[field]) }

// pictureNames lists the pictures a row names, each once, in order.
func (t *table) pictureNames(r *record) []catalog.SKUImage {
	if _, ok := r.raw(catalog.CellImages); !ok {
		return nil
	}
	var out []catalog.SKUImage
	for _, col := range t.images {
		v, _ := r.line.cell(col)
		for _, name := range strings.FieldsFunc(v, func(c rune) bool { return c == ';' || c == '\n' || c == '\r' || c == '|' }) {
			name = fold.Clean(name)
			if name == "" || slices.ContainsFunc(out, func(i catalog.SKUImage) bool { return PictureKey(i.Name) == PictureKey(name) }) {
				continue
			}
			out = append(out, catalog.SKUImage{Name: name})
		}
	}
	return out
}
