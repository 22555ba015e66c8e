package register

import (
	"context"

	"lensan/store/catalog"
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
		Stars:       take(r, catalog.CellStars, parseStars),
		Authority:   r.text(catalog.CellAuthority),
		Number:      r.text(catalog.CellNumber),
		Date:        take(r, catalog.CellDecidedOn, date),
		ValidUntil:  take(r, catalog.CellValidUntil, date),
		Note:        row.Product.Note,
	}
	if text, has := r.raw(catalog.CellStars); has && text == "" {
		r.doubt(catalog.CellStars, "", refuse("star.not_stated"))
	}
	if rec.ValidUntil != "" && rec.ValidUntil < rec.Date {
		text, _ := r.raw(catalog.CellValidUntil)
		r.doubt(catalog.CellValidUntil, text, refuse("date.before_decision", "decided", rec.Date.Shown()))
		rec.ValidUntil = ""
	}
	if no := judgeAuthority(rec.Authority, rec.Stars, rec.Date); no != nil {
		r.doubt(catalog.CellAuthority, rec.Authority, no)
		rec.Doubts = append(rec.Doubts, no.code)
	}
	var proposed bool
	if rec.Revoked, proposed = readRevocation(rec.Note); proposed {
		r.doubt(catalog.CellNote, rec.Note, refuse("revocation.proposed"))
		rec.Doubts = append(rec.Doubts, "revocation.proposed")
	}
	row.Recognition = rec
}
