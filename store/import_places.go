package store

import (
	"context"
	"maps"
	"strings"

	"lensan/store/catalog"
	"lensan/store/fold"
)

// sound is the commune's code of a product's producer where the table has it,
// or where the table is not of that province; else empty.
func (p places) sound(code, productCode string) string {
	if _, known := p.byCode[code]; known || !p.covers(productCode) {
		return code
	}
	return ""
}

// judge holds what a row says of a place against the table of communes. What
// the table does not bear out is doubtful and taken out of the row: a code
// that it lacks, a name that it lacks or has twice, a code and a name that are
// two communes, a district in which the commune did not lie.
func (p places) judge(read *catalog.Product) (doubts []placeDoubt) {
	if !p.covers(read.Code) {
		return nil
	}
	doubt := func(field string, value *string, r catalog.Reason) {
		doubts = append(doubts, placeDoubt{field, *value, r})
		*value = ""
	}
	of, known := p.byCode[read.CommuneCode]
	switch same := p.byName[placeKey(read.CommuneName)]; {
	case read.CommuneCode != "" && !known:
		doubt(catalog.CellCommune, &read.CommuneCode, hit("commune.unknown_code"))
	case known && read.CommuneName != "" && placeKey(read.CommuneName) != placeKey(of.Name) && len(same) > 0:
		r := hit("commune.mismatch", "commune", of.Name, "code", read.CommuneCode)
		doubt(catalog.CellCommune, &read.CommuneCode, r)
		doubt(catalog.CellCommuneName, &read.CommuneName, r)
	}
	if name := read.CommuneName; name != "" {
		same := p.byName[placeKey(name)]
		switch {
		case len(same) == 0:
			doubt(catalog.CellCommuneName, &read.CommuneName, hit("commune.unknown_name"))
		case read.CommuneCode == "" && len(same) > 1 && p.code(name, read.District) == "":
			doubt(catalog.CellCommuneName, &read.CommuneName, hit("commune.several"))
		}
	}
	district := p.byCode[read.CommuneCode].District
	if read.District != "" && district != "" && districtKey(read.District) != districtKey(district) {
		doubt(catalog.CellDistrict, &read.District, hit("district.mismatch", "commune", p.byCode[read.CommuneCode].Name, "district", district))
	}
	return doubts
}

type placeDoubt struct {
	field, value string
	reason       catalog.Reason
}

func districtKey(name string) string {
	key := fold.Name(name)
	for _, kind := range []string{"huyện ", "thị xã ", "thành phố ", "tx ", "tp ", "quận "} {
		if rest, ok := strings.CutPrefix(key, kind); ok {
			return rest
		}
	}
	return key
}

// placeDoubts reports what a row says of a place and the table does not, and
// gives the row's doubts with these.
func (m *merge) placeDoubts(ctx context.Context, read *catalog.Product, row catalog.ProductRow) (map[string]catalog.Doubt, error) {
	all := row.Doubts
	for _, d := range m.places.judge(read) {
		at, column := row.Cells[d.field]
		if !column {
			continue // a section's heading says it, not a cell
		}
		doubt, err := m.doubt(ctx, at, d.field, d.value, read.Code, false, d.reason)
		if err != nil {
			return nil, err
		}
		all = maps.Clone(all)
		if all == nil {
			all = map[string]catalog.Doubt{}
		}
		all[d.field] = doubt
	}
	return all, nil
}

// firstSaid is what the first row of an import says of a product under one
// decision.
type firstSaid struct {
	identity  identity
	name, ref string
}

// twice finds that a row gives a code that an earlier row gave to something
// else: the name or the producer is another though the decision is the same. A
// later decision may well go with a new name.
func (p *productPage) twice(read catalog.ProductRow, ref string) (field, value, other string) {
	code, r := read.Product.Code, read.Recognition
	now := firstSaid{identity{r.Authority, r.Number, string(r.Date)}, read.Product.Name, ref}
	first, again := p.said[code]
	if !again || first.identity != now.identity {
		p.said[code] = now
		return "", "", ""
	}
	if now.name != "" && first.name != "" && fold.Name(now.name) != fold.Name(first.name) {
		return catalog.CellName, now.name, first.name
	}
	if ref != "" && first.ref != "" && ref != first.ref {
		return catalog.CellProducer, read.Producer.Name, p.names[first.ref]
	}
	return "", "", ""
}
