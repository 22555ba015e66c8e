package workbook

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/xuri/excelize/v2"

	"lensan/adapters"
)

// headingsWithin is how many rows of a list are looked at for its headings.
const headingsWithin = 30

// record is one row of an exported list, by what its columns are.
type record struct {
	columns map[string]int // column id -> place
	cells   []string
	typed   bool // a workbook, whose cells have types
}

func (r record) has(id string) bool { _, ok := r.columns[id]; return ok }

func (r record) text(id string) string {
	i, ok := r.columns[id]
	if !ok || i >= len(r.cells) {
		return ""
	}
	return r.cells[i]
}

// parser reads one exported list from its first row to its last.
type parser struct {
	*Adapter
	sheet   string
	strict  bool
	columns map[string]int
	width   int
	stated  time.Time // when the list says it was exported
	total   int       // how many rows the list says it has; -1: it does not
	rows    int
	seen    map[string]struct{}
	each    func(adapters.Listing) error
}

// readList reads an exported list whole and hands each listing over once. The
// error is a refusal: a list that is not understood to its last row is not
// used at all. stated is when the list says that it was exported.
func (a *Adapter) readList(path string, each func(adapters.Listing) error) (stated time.Time, rows int, err error) {
	var p *parser
	err = readTables(path, func(sheet string, strict bool, lines func(func(line, error) bool)) (bool, error) {
		t := &parser{Adapter: a, sheet: sheet, strict: strict, total: -1, seen: map[string]struct{}{}, each: each}
		for l, err := range lines {
			if err != nil {
				return false, err
			}
			if err := t.take(l); err != nil {
				return false, err
			}
			if t.columns == nil && l.number >= headingsWithin {
				break
			}
		}
		if t.columns == nil {
			return false, nil
		}
		p = t
		return true, t.finish()
	})
	switch {
	case err != nil:
		return time.Time{}, 0, err
	case p == nil:
		return time.Time{}, 0, refused("workbook.list_foreign", a.neededHeadings(), nil)
	}
	return p.stated, p.rows, nil
}

// neededHeadings names the columns without which a list is not understood.
func (a *Adapter) neededHeadings() string {
	var out []string
	for _, r := range needed {
		c, _ := a.mapping.column(r)
		out = append(out, "“"+c.Heading+"”")
	}
	return strings.Join(out, ", ")
}

func (p *parser) take(l line) error {
	if p.columns == nil {
		p.preamble(l)
		return nil
	}
	if blank(l.cells) {
		return nil
	}
	r := record{p.columns, l.cells, !p.strict}
	id, sku := tidy(r.text(string(isID))), tidy(r.text(string(isSKU)))
	if strings.TrimSpace(r.text(string(isState))) == "" {
		if n, ok := totalOf(l.cells); ok {
			p.total = n
			return nil
		}
	}
	if id == "" {
		return refused("workbook.list_row", p.place(l.number, string(isID)), errors.New("a row without an id"))
	}
	if p.strict && len(l.cells) < p.width {
		return refused("workbook.list_cut_short", p.place(l.number, ""), nil)
	}
	if mangled.MatchString(id) || mangled.MatchString(sku) {
		column := string(isSKU)
		if mangled.MatchString(id) {
			column = string(isID)
		}
		return refused("workbook.list_number_form", p.place(l.number, column), nil)
	}
	state, ok := p.mapping.state(r.text(string(isState)))
	if !ok {
		return refused("workbook.list_state", p.place(l.number, string(isState)), nil)
	}
	if _, twice := p.seen[id]; twice {
		return nil
	}
	p.seen[id] = struct{}{}
	p.rows++
	return p.each(p.listing(r, id, sku, state))
}

func (p *parser) listing(r record, id, sku string, state adapters.MarketState) adapters.Listing {
	l := adapters.Listing{
		RemoteID: id, SKU: sku, ShopID: tidy(r.text(string(isShop))), State: state, Fields: p.fieldsOf(r), URL: tidy(r.text(string(isURL))),
		CreatedAt: moment(r.text(string(isCreated)), r.typed), UpdatedAt: moment(r.text(string(isUpdated)), r.typed),
	}
	if why := plainWords(r.text(string(isRejection))); why != "" && (state == adapters.Rejected || state == adapters.Locked) {
		l.Rejections = []adapters.Rejection{{Message: why}}
	}
	return l
}

// preamble looks for the row of headings, and above it for when the list was
// exported.
func (p *parser) preamble(l line) {
	columns := map[string]int{}
	for i, cell := range l.cells {
		for _, c := range p.mapping.Columns {
			if _, have := columns[c.id()]; !have && slices.ContainsFunc(append([]string{c.Heading}, c.Also...), func(h string) bool { return folded(h) == folded(cell) && folded(h) != "" }) {
				columns[c.id()] = i
			}
		}
		for _, words := range []string{"thời điểm xuất", "thời gian xuất", "ngày xuất"} {
			if rest, ok := strings.CutPrefix(strings.ToLower(tidy(cell)), words); ok {
				p.state(strings.Trim(rest, " :"), l.cells[i+1:])
			}
		}
	}
	for _, r := range needed {
		if _, ok := columns[string(r)]; !ok {
			return
		}
	}
	p.columns, p.width = columns, len(l.cells)
}

// state takes over when the list was exported, from the words' own cell or the
// next that has something in it.
func (p *parser) state(rest string, next []string) {
	for _, s := range append([]string{rest}, next...) {
		if strings.TrimSpace(s) == "" {
			continue
		}
		p.stated = moment(s, !p.strict)
		return
	}
}

func (p *parser) finish() error {
	if p.total >= 0 && p.total != p.rows {
		return refused("workbook.list_cut_short", fmt.Sprintf("%d / %d", p.rows, p.total), nil)
	}
	return nil
}

// place names a cell, or a row, as the person finds it.
func (p *parser) place(row int, column string) string {
	i, ok := p.columns[column]
	if p.strict || !ok {
		return fmt.Sprintf("dòng %d", row)
	}
	cell, err := excelize.CoordinatesToCellName(i+1, row)
	if err != nil {
		return fmt.Sprintf("dòng %d", row)
	}
	return p.sheet + "!" + cell
}

func blank(cells []string) bool {
	return !slices.ContainsFunc(cells, func(s string) bool { return strings.TrimSpace(s) != "" })
}

var firstNumber = regexp.MustCompile(`[0-9][0-9.]*`)

// totalOf reads the last row of lists that count themselves: "Tổng cộng: 120".
func totalOf(cells []string) (int, bool) {
	s := strings.ToLower(tidy(strings.Join(cells, " ")))
	if !strings.HasPrefix(s, "tổng") {
		return 0, false
	}
	digits := strings.ReplaceAll(firstNumber.FindString(s), ".", "")
	n, err := strconv.Atoi(digits)
	return n, err == nil
}

// plainWords is a moderator's reason as plain text of a bounded length.
func plainWords(s string) string {
	s = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '<' || r == '>' {
			return ' '
		}
		return r
	}, tidy(s))), " ")
	if words := []rune(s); len(words) > 300 {
		return string(words[:300]) + "…"
	}
	return s
}
