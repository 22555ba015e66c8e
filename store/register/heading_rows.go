package register

import (
	"regexp"
	"slices"
	"strings"

	"lensan/store/catalog"
)

// headingCells are the texts that stand one above the other over each column.
// Registers often spread their headings over two rows: "Quyết định công nhận"
// merged over "Số", "Ngày" and "Cơ quan".
type headingCells [][]string

func oneRow(cells []string) headingCells {
	out := make(headingCells, len(cells))
	for i, c := range cells {
		if plain(c) != "" {
			out[i] = []string{c}
		}
	}
	return out
}

// under puts a row of headings below: a text over several columns stands over
// all those to its right that have nothing above, as far as it has a text of
// its own below it.
func (h headingCells) under(cells []string) headingCells {
	out := make(headingCells, max(len(h), len(cells)))
	var wide []string
	for i := range out {
		var above []string
		if i < len(h) {
			above = h[i]
		}
		below := i < len(cells) && plain(cells[i]) != ""
		switch {
		case len(above) > 0 && below:
			wide = above
		case len(above) > 0:
			wide = nil
		case below:
			above = wide
		}
		if below {
			above = append(append([]string{}, above...), cells[i])
		}
		out[i] = above
	}
	return out
}

func (h headingCells) blank() bool {
	return !slices.ContainsFunc(h, func(texts []string) bool { return len(texts) > 0 })
}

// repeats tells whether a row only says again what the headings say, as on
// every printed page.
func (h headingCells) repeats(cells []string) bool {
	said := false
	for i, c := range cells {
		p := plain(c)
		if p == "" {
			continue
		}
		found := false
		if i < len(h) {
			for _, t := range h[i] {
				found = found || plain(t) == p
			}
		}
		if !found {
			return false
		}
		said = true
	}
	return said
}

// below maps what a heading under a wider one means, by the field of the
// wider one.
var below = map[string]map[string]string{
	catalog.CellNumber: {
		"so": catalog.CellNumber, "so hieu": catalog.CellNumber, "so/ky hieu": catalog.CellNumber, "so ky hieu": catalog.CellNumber, "so, ky hieu": catalog.CellNumber,
		"ngay": catalog.CellDecidedOn, "ngay thang": catalog.CellDecidedOn, "thoi gian": catalog.CellDecidedOn, "thoi diem": catalog.CellDecidedOn,
		"co quan": catalog.CellAuthority, "cap": catalog.CellAuthority, "don vi": catalog.CellAuthority, "noi cap": catalog.CellAuthority,
		"hieu luc": catalog.CellValidUntil, "den ngay": catalog.CellValidUntil, "den": catalog.CellValidUntil, "thoi han": catalog.CellValidUntil,
		"hang": catalog.CellStars, "sao": catalog.CellStars,
	},
	catalog.CellProducer: {
		"ten": catalog.CellProducer, "ten goi": catalog.CellProducer, "xa": catalog.CellCommuneName, "ma so": catalog.CellTaxCode,
		"so dt": catalog.CellPhone, "lien he": catalog.CellPhone,
	},
	catalog.CellName: {
		"ma": catalog.CellProductCode, "ma so": catalog.CellProductCode, "ten": catalog.CellName, "ten goi": catalog.CellName,
		"nhom": catalog.CellProductSet, "bo": catalog.CellProductSet, "hang": catalog.CellStars,
	},
	catalog.CellAddress: {
		"xa": catalog.CellCommuneName, "huyen": catalog.CellDistrict, "thon": catalog.CellAddress, "xom": catalog.CellAddress, "thon/xom": catalog.CellAddress,
		"thon, xom": catalog.CellAddress, "so nha": catalog.CellAddress,
	},
	catalog.CellValidUntil: {"den": catalog.CellValidUntil, "den ngay": catalog.CellValidUntil, "ket thuc": catalog.CellValidUntil},
	catalog.CellPrice: {
		"ban": catalog.CellPrice, "ban le": catalog.CellPrice, "le": catalog.CellPrice, "niem yet": catalog.CellListPrice, "tren san": catalog.CellPrice,
	},
}

// otherPaper finds headings over the numbers and days of papers that are no
// recognition: a certificate of food safety has a number and a day too.
var otherPaper = regexp.MustCompile(`giay|attp|vstp|an toan|nhan hieu|so huu|kiem nghiem|tieu chuan|cong bo|ma vach|\b(iso|haccp|gap|vietgap|globalgap|organic)\b`)

var starHeading = regexp.MustCompile(`^(?:hang )?([1-5]) ?(?:sao|★|\*)$`)

// resolve finds the field of the texts over a column. starred is the number of
// stars where the column is one of several in which stars are ticked.
func resolve(texts []string) (field string, times int64, starred int) {
	switch len(texts) {
	case 0:
		return "", 1, 0
	case 1:
		field, times = headingField(texts[0])
		return field, times, 0
	}
	leaf, above := texts[len(texts)-1], texts[len(texts)-2]
	wide, wideTimes := headingField(above)
	if wide == "" && otherPaper.MatchString(plain(above)) {
		return "", 1, 0
	}
	if wide == catalog.CellStars {
		if m := starHeading.FindStringSubmatch(plain(leaf)); m != nil {
			return catalog.CellStars, 1, int(m[1][0] - '0')
		}
	}
	if field, times = headingField(above + " " + leaf); field != "" {
		return field, max(times, wideTimes), 0
	}
	if field = below[wide][headingKey(leaf)]; field != "" {
		_, times = headingField(above + " (" + leaf + ")")
		return field, max(times, wideTimes), 0
	}
	if field, times = headingField(leaf); field != "" {
		return field, times, 0
	}
	if unitOnly.MatchString(headingKey(leaf)) || headingKey(leaf) == "" {
		field, times = headingField(above + " (" + leaf + ")")
		return field, times, 0
	}
	return "", 1, 0
}

// unitOnly is a row of units under the headings.
var unitOnly = regexp.MustCompile(`^(dong|vnd|d|nghin dong|1000 dong|1\.?000 d|g|gam|gram|kg)$`)

// columnMark is a cell of the row that numbers the columns: 1, (1), A.
var columnMark = regexp.MustCompile(`^\(?(?:[0-9]{1,2}|[A-Za-z])\)?$|^\(?[0-9]{1,2}\)?\s*=.*$`)

// numbersColumns tells whether a row numbers the columns.
func numbersColumns(cells []string) bool {
	n := 0
	for _, c := range cells {
		if c = strings.TrimSpace(c); c == "" {
			continue
		}
		if !columnMark.MatchString(c) {
			return false
		}
		n++
	}
	return n >= 2
}
