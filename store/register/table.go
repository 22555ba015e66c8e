package register

import (
	"cmp"
	"context"
	"iter"
	"regexp"
	"slices"
	"strings"

	"lensan/store/catalog"
	"lensan/store/fold"
)

// line is one row of a sheet or CSV file.
type line struct {
	number int      // as people count, from 1
	cells  []string // raw
	filled map[int]filled
}

// filled is what a merged range gives to a row below its first.
type filled struct {
	value string
	row   int // where it stands
}

// cell is the raw value of a column and the row in which it stands.
func (l line) cell(col int) (string, int) {
	if f, ok := l.filled[col]; ok {
		return f.value, f.row
	}
	if col < len(l.cells) {
		return l.cells[col], l.number
	}
	return "", l.number
}

// lines is a sheet's rows in order; it ends with an error when they could not
// be read whole.
type lines = iter.Seq2[line, error]

// table is a sheet under its headings.
type table struct {
	file      string
	sheet     string
	place     func(row, col int) string // "L57"
	serials   bool                      // dates may stand as numbers
	since1904 bool
	headingRow
	kind    kind
	above   headingCells    // the row before, while there are no headings yet
	headed  int             // how many rows of headings stand directly above
	section string          // the district named by the last section row
	foot    bool            // a total or signatures were seen
	seen    map[string]bool // SKUs read, to find them twice
	owner   owner
	read    catalog.SheetRead
}

// owner is the commune of the row in which the last producer's name stands: a
// name merged over several rows is one producer, whatever the communes of its
// products.
type owner struct {
	row     int
	commune string
}

// shownPlace names a cell with its sheet: "Thông tin bán hàng!E4".
func (t *table) shownPlace(row, col int) string { return t.sheet + "!" + t.place(row, col) }

// headingsWithin is how deep the headings may stand, headingRows over how many
// rows they may be spread.
const (
	headingsWithin = 100
	headingRows    = 3
)

// readTable finds the headings of a sheet and hands its rows to the sink.
func (t *table) readTable(ctx context.Context, rows lines, out *batcher) error {
	for l, err := range rows {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if t.kind == kindNone && l.number > headingsWithin {
			break
		}
		headings := t.findHeadings(l)
		if headings || t.kind == kindNone {
			if err := t.garbledHeading(l); err != nil {
				return err
			}
		}
		if t.kind == kindNone && out.nearly != nil {
			if h, _, _ := readHeadings(t.above); len(h.columns) > 2 {
				out.nearly(t.sheet, l.number, h)
			}
		}
		if headings || t.kind == kindNone || !t.isData(l) {
			continue
		}
		if err := t.readRow(ctx, l, out); err != nil {
			return err
		}
	}
	t.read.File, t.read.Sheet, t.read.Kind = t.file, t.sheet, string(t.kind)
	return out.sheetDone(ctx, t.read)
}

// findHeadings looks for the headings in a row, and in the rows that go on with
// them; it tells whether the row is one of those.
func (t *table) findHeadings(l line) bool {
	switch {
	case t.kind == kindNone:
		above := t.above
		t.above = oneRow(l.cells)
		h, k, ok := readHeadings(t.above)
		if both, kindBelow, okBelow := readHeadings(above.under(l.cells)); okBelow && len(both.columns) > len(h.columns) {
			h, k, ok = both, kindBelow, true
		}
		if ok {
			t.start(h, k)
			t.headed = 1
		}
		return ok
	case t.headed == 0:
		return false
	case numbersColumns(l.cells):
		return true // and more of the headings may follow it
	case t.headed < headingRows && t.goesOn(l.cells):
		t.headed++
		return true
	}
	t.headed = 0
	return false
}

// garbledHeading is an error where the row holds headings that only an old
// font, or the right encoding, would show.
func (t *table) garbledHeading(l line) error {
	at, font, means, found := garbledHeadings(l.cells)
	if at < 0 || !found {
		return nil
	}
	return &GarbledError{Sheet: t.sheet, Cell: t.place(l.number, at), Value: fold.Clean(l.cells[at]), Font: font, Means: means}
}

// goesOn takes a row for more of the headings above it where nothing of it is
// data and the two together say more.
func (t *table) goesOn(cells []string) bool {
	if key := t.keyColumn(); key < len(cells) && plain(cells[key]) != "" {
		if field, _ := headingField(cells[key]); field == "" {
			return false
		}
	}
	texts := t.texts.under(cells)
	h, k, ok := readHeadings(texts)
	if !ok || len(h.columns) < len(t.columns) {
		return false
	}
	if len(h.columns)+len(h.ticks) == len(t.columns)+len(t.ticks) {
		// Nothing is gained: headings only where every text has its meaning.
		for i, c := range cells {
			if field, _, _ := resolve(texts[i]); plain(c) != "" && field == "" {
				return false
			}
		}
		if oneRow(cells).blank() {
			return false
		}
	}
	t.start(h, k)
	return true
}

func (t *table) start(h headingRow, k kind) {
	t.read = catalog.SheetRead{}
	t.headingRow, t.kind, t.seen = h, k, map[string]bool{}
	if _, ok := t.columns[saleName]; k == kindSKUs && !ok {
		// A sheet by SKU with one name: that is what it sells under.
		if col, ok := t.columns[catalog.CellName]; ok {
			t.columns[saleName] = col
		}
	}
	for f := range t.columns {
		t.read.Fields = append(t.read.Fields, f)
	}
	slices.Sort(t.read.Fields)
	for _, h := range h.ignored {
		t.read.Ignored = append(t.read.Ignored, fold.Clean(h))
	}
}

// keyColumn is the column whose value makes a row one of data.
func (t *table) keyColumn() int {
	switch t.kind {
	case kindSKUs:
		return t.columns[catalog.CellSKU]
	case kindCommunes:
		return t.columns[catalog.CellCommune]
	}
	return t.columns[catalog.CellProductCode]
}

// isData tells rows of data from empty ones, section rows, notes, totals,
// signatures and repeated headings. Only what stands in the row itself counts,
// not what a merged range gives it. A row with a code, or with a running
// number and more, is always one of data.
func (t *table) isData(l line) bool {
	if t.texts.repeats(l.cells) {
		t.headed = 1
		return false
	}
	known, only := t.filledCells(l)
	key := ""
	if at := t.keyColumn(); at < len(l.cells) {
		key = strings.TrimSpace(l.cells[at])
	}
	if field, _ := headingField(key); field != "" {
		return false // the headings again, as on each printed page
	}
	coded := t.coded(l, key)
	switch {
	case known == 0 && (key == "" || len(key) > maxCode || !coded && t.kind != kindSKUs && !t.numbered(l)):
		t.noteSection(cmp.Or(only, key))
		return false
	case known == 0, coded, t.numbered(l):
		t.foot = false
		return true
	case isTotal(l), known <= 2 && isSignature(l):
		t.foot = true
		return false
	case t.foot && known <= 2 && t.kind != kindSKUs:
		return false // names under signatures
	case key != "":
		return true
	}
	return known >= 2
}

// coded tells whether a row has what is meant as a code.
func (t *table) coded(l line, key string) bool {
	if t.kind == kindSKUs {
		if at, ok := t.columns[catalog.CellProductCode]; ok && at < len(l.cells) && digits(l.cells[at]) >= 5 {
			return true
		}
		return digits(key) > 0
	}
	return digits(key) >= 5
}

func digits(s string) (n int) {
	for _, r := range s {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	return n
}

// numbered tells rows that a column of running numbers counts.
func (t *table) numbered(l line) bool {
	return t.counter >= 0 && t.counter < len(l.cells) && counted.MatchString(strings.TrimSpace(l.cells[t.counter]))
}

var (
	counted   = regexp.MustCompile(`^[0-9]{1,6}\.?$`)
	total     = regexp.MustCompile(`^(tong|cong)( cong| so)?\b`)
	signature = regexp.MustCompile(`nguoi lap|ghi ro ho|^\(?ky ten|chu tich|giam doc|thu truong|lap bang|lap bieu|truong phong|^noi nhan|^ghi chu ?:|^[a-z ]+, ngay .*thang .*nam`)
)

// isTotal tells a row whose first text begins with "Tổng" or "Cộng".
func isTotal(l line) bool {
	for _, c := range l.cells {
		if p := plain(c); p != "" {
			return total.MatchString(p)
		}
	}
	return false
}

func isSignature(l line) bool {
	return slices.ContainsFunc(l.cells, func(c string) bool { return signature.MatchString(plain(c)) })
}

// maxCode is longer than any code: a lone text beyond it is a title.
const maxCode = 64

// filledCells counts the cells of known columns other than the key's, and
// gives the row's only text where there is one.
func (t *table) filledCells(l line) (known int, only string) {
	texts := 0
	key := t.keyColumn()
	for _, col := range t.columns {
		if col != key && col < len(l.cells) && strings.TrimSpace(l.cells[col]) != "" {
			known++
		}
	}
	for _, c := range l.cells {
		if c = strings.TrimSpace(c); c != "" {
			only = c
			texts++
		}
	}
	if texts == 1 {
		// A section row may begin in a known column.
		return 0, only
	}
	return known, ""
}

// noteSection remembers the district a section row names: "III. ĐỊA BÀN KỲ SƠN".
func (t *table) noteSection(s string) {
	s = fold.Clean(s)
	at := strings.Index(strings.ToLower(s), "địa bàn ")
	if at < 0 {
		return
	}
	t.section = titleCase(s[at+len("địa bàn "):])
}

// titleCase writes "KỲ SƠN" as "Kỳ Sơn"; abbreviations of two letters (TX, TP)
// stay.
func titleCase(s string) string {
	words := strings.Fields(s)
	for i, w := range words {
		if u := strings.ToUpper(w); u == "TX" || u == "TP" || u == "TT" {
			words[i] = u
			continue
		}
		r := []rune(strings.ToLower(w))
		words[i] = strings.ToUpper(string(r[:1])) + string(r[1:])
	}
	return strings.Join(words, " ")
}

func (t *table) readRow(ctx context.Context, l line, out *batcher) error {
	t.read.Rows++
	var err error
	switch t.kind {
	case kindCommunes:
		err = t.readCommune(ctx, l, out)
	case kindProducts:
		err = t.readProduct(ctx, l, out)
	case kindSKUs:
		err = t.readSKU(ctx, l, out)
	case kindBoth:
		err = t.readProduct(ctx, l, out)
		if sku, _ := l.cell(t.columns[catalog.CellSKU]); err == nil && strings.TrimSpace(sku) != "" {
			err = t.readSKU(ctx, l, out)
		}
	}
	return err
}

// refuseRow reports a row that is left out whole.
func (t *table) refuseRow(ctx context.Context, r *record, key string, out *batcher) error {
	t.read.Refused++
	return out.doubts(ctx, r.finish(key, true)...)
}
