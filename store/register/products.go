package register

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"lensan/store/catalog"
	"lensan/store/fold"
)

// readProduct makes one row of the register of recognised products.
func (t *table) readProduct(ctx context.Context, l line, out *batcher) error {
	r := newRecord(t, l)
	codeText, _ := r.raw(catalog.CellProductCode)
	code, no := parseProductCode(codeText)
	if no != nil {
		r.doubt(catalog.CellProductCode, codeText, no)
		return t.refuseRow(ctx, r, codeText, out)
	}
	row := catalog.ProductRow{
		Product: catalog.Product{
			Code:        code,
			Name:        r.text(catalog.CellName),
			CommuneCode: take(r, catalog.CellCommune, parseCommuneCode),
			CommuneName: r.text(catalog.CellCommuneName),
			District:    r.text(catalog.CellDistrict),
			ProductSet:  take(r, catalog.CellProductSet, parseSet),
			Note:        r.lines(catalog.CellNote),
		},
	}
	if _, has := t.columns[catalog.CellDistrict]; !has {
		row.Product.District = t.section
	}
	t.readProducer(r, &row)
	t.readRecognition(r, &row)
	doubts := r.finish(code, false)
	row.Cells, row.Doubts = r.cells, r.doubts
	if t.kind == kindBoth {
		// One row for each SKU: the note is that SKU's.
		row.Product.Note = ""
	}
	if err := out.doubts(ctx, doubts...); err != nil {
		return err
	}
	return out.product(ctx, row)
}

func (t *table) readProducer(r *record, row *catalog.ProductRow) {
	row.Producer = catalog.Producer{
		Name:        r.text(catalog.CellProducer),
		TaxCode:     take(r, catalog.CellTaxCode, parseTaxCode),
		Phone:       take(r, catalog.CellPhone, parsePhone),
		Address:     r.text(catalog.CellAddress),
		CommuneCode: row.Product.CommuneCode,
	}
	col, ok := t.columns[catalog.CellProducer]
	if !ok {
		return
	}
	if f, merged := r.line.filled[col]; !merged {
		t.owner = owner{row: r.line.number, commune: row.Producer.CommuneCode}
	} else if f.row == t.owner.row {
		row.Producer.CommuneCode = t.owner.commune
	}
}

// readRecognition reads the row's decision and judges what can't be taken as
// it stands.
func (t *table) readRecognition(r *record, row *catalog.ProductRow) {
	date := dateParser(t.serials, t.since1904)
	rec := catalog.Recognition{
		ProductCode: row.Product.Code,
		Stars:       t.readStars(r),
		Authority:   r.text(catalog.CellAuthority),
		Number:      r.text(catalog.CellNumber),
		Date:        take(r, catalog.CellDecidedOn, date),
		ValidUntil:  take(r, catalog.CellValidUntil, validityParser(date)),
		Note:        row.Product.Note,
	}
	if rec.ValidUntil != "" && rec.ValidUntil < rec.Date {
		text, _ := r.raw(catalog.CellValidUntil)
		r.doubt(catalog.CellValidUntil, text, refuse("date.before_decision", "decided", rec.Date.Shown()))
		rec.ValidUntil = ""
	}
	if rec.Date != "" && rec.ValidUntil > rec.Date.AddMonths(longestValid) {
		text, _ := r.raw(catalog.CellValidUntil)
		r.doubt(catalog.CellValidUntil, text, refuse("date.too_long", "decided", rec.Date.Shown()))
		rec.ValidUntil = ""
	}
	if no := judgeAuthority(rec.Authority, rec.Stars, rec.Date); no != nil {
		r.doubt(catalog.CellAuthority, rec.Authority, no)
		rec.Doubts = append(rec.Doubts, no.code)
	}
	// A note in an old font can't be shown, but what it revokes is revoked.
	var proposed bool
	if rec.Revoked, proposed = readRevocation(cmp.Or(rec.Note, r.means[catalog.CellNote])); proposed {
		r.doubt(catalog.CellNote, rec.Note, refuse("revocation.proposed"))
		rec.Doubts = append(rec.Doubts, "revocation.proposed")
	}
	row.Recognition = rec
}

// longestValid is far beyond what a decision is valid for, 36 months, and short
// of a year that was mistyped.
const longestValid = 2 * catalog.MonthsValid

// readStars reads the stars of a row, from their cell or from the column of
// several in which they are ticked.
func (t *table) readStars(r *record) int {
	if len(t.ticks) == 0 {
		if text, has := r.raw(catalog.CellStars); has && text == "" {
			r.doubt(catalog.CellStars, "", refuse("star.not_stated"))
		}
		return take(r, catalog.CellStars, parseStars)
	}
	stars, ticked := 0, []string{}
	for col, n := range t.ticks {
		v, _ := r.line.cell(col)
		if v = fold.Clean(v); v == "" {
			continue
		}
		if yes, no := parseFlag(v); no == nil && yes == flagNo {
			continue
		} else if no != nil && v != strconv.Itoa(n) && plain(v) != strconv.Itoa(n)+" sao" {
			r.raw(catalog.CellStars)
			r.doubt(catalog.CellStars, v, refuse("star.unreadable"))
			return 0
		}
		stars = n
		ticked = append(ticked, strconv.Itoa(n))
	}
	r.raw(catalog.CellStars)
	switch len(ticked) {
	case 0:
		r.doubt(catalog.CellStars, "", refuse("star.not_stated"))
		return 0
	case 1:
		return stars
	}
	slices.Sort(ticked)
	r.doubt(catalog.CellStars, strings.Join(ticked, ", "), refuse("star.several_numbers"))
	return 0
}
