package register

import (
	"context"

	"lensan/store/catalog"
)

// readCommune makes one row of the table of communes.
func (t *table) readCommune(ctx context.Context, l line, out *batcher) error {
	r := newRecord(t, l)
	text, _ := r.raw(catalog.CellCommune)
	code, no := parseCommuneCode(text)
	if no != nil {
		r.doubt(catalog.CellCommune, text, no)
		return t.refuseRow(ctx, r, text, out)
	}
	return out.commune(ctx, catalog.Commune{Code: code, Name: r.text(catalog.CellCommuneName), District: r.text(catalog.CellDistrict)})
}
