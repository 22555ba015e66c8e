package register

import (
	"regexp"
	"slices"
	"strings"

	"lensan/store/catalog"
	"lensan/store/fold"
)

// refusal is why a cell can't be taken as it stands.
type refusal struct {
	code string
	args map[string]string
}

func refuse(code string, args ...string) *refusal {
	r := &refusal{code: code}
	for i := 0; i+1 < len(args); i += 2 {
		if r.args == nil {
			r.args = map[string]string{}
		}
		r.args[args[i]] = args[i+1]
	}
	return r
}

// sheetError is what a workbook shows for a formula that failed.
var sheetError = regexp.MustCompile(`^#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!)$`)

// maxShownValue bounds a refused value in reports.
const maxShownValue = 200

// record is one row while it is being read: it takes cells by field and
// gathers where they stand and which were refused.
type record struct {
	table  *table
	line   line
	cells  map[string]string
	doubts map[string]catalog.Doubt
	order  []string          // fields with a doubt, in the order they arose
	means  map[string]string // what garbled cells say, by field
}

func newRecord(t *table, l line) *record {
	return &record{table: t, line: l, cells: make(map[string]string, len(t.columns))}
}

// raw is the cell of a field as it stands, NFC and trimmed; ok is false when
// the sheet has no such column.
func (r *record) raw(field string) (value string, ok bool) {
	v, ok := r.untrimmed(field)
	return fold.Clean(v), ok
}

func (r *record) untrimmed(field string) (string, bool) {
	col, ok := r.table.columns[field]
	if !ok {
		return "", false
	}
	value, row := r.line.cell(col)
	r.cells[field] = r.table.shownPlace(row, col)
	return value, true
}

// text takes a field of one line; lines one of several.
func (r *record) text(field string) string  { return r.whole(field, fold.Clean) }
func (r *record) lines(field string) string { return r.whole(field, fold.CleanLines) }

func (r *record) whole(field string, clean func(string) string) string {
	v, ok := r.untrimmed(field)
	if !ok {
		return ""
	}
	why, means := garbled(v)
	v = clean(v)
	if sheetError.MatchString(v) {
		why = refuse("cell.error")
	}
	if why != nil {
		r.doubt(field, v, why)
		if r.means == nil {
			r.means = map[string]string{}
		}
		r.means[field] = means
		return ""
	}
	return v
}

// take reads a field with a parser; a refused cell is a doubt and the zero
// value. A blank cell is the zero value and no doubt.
func take[T any](r *record, field string, parse func(string) (T, *refusal)) T {
	var zero T
	v, ok := r.raw(field)
	if !ok || v == "" {
		return zero
	}
	if sheetError.MatchString(v) {
		r.doubt(field, v, refuse("cell.error"))
		return zero
	}
	out, no := parse(v)
	if no != nil {
		if why, _ := garbled(v); why != nil {
			no = why
		}
		r.doubt(field, v, no)
		return zero
	}
	return out
}

func (r *record) doubt(field, value string, no *refusal) {
	if rs := []rune(value); len(rs) > maxShownValue {
		value = string(rs[:maxShownValue]) + "…"
	}
	sheet, cell := r.table.sheet, ""
	if col, ok := r.table.columns[field]; ok {
		_, row := r.line.cell(col)
		cell = r.table.place(row, col)
	} else {
		cell = r.table.place(r.line.number, 0)
	}
	if r.doubts == nil {
		r.doubts = map[string]catalog.Doubt{}
	}
	if _, twice := r.doubts[field]; !twice {
		r.order = append(r.order, field)
	}
	r.doubts[field] = catalog.Doubt{Sheet: sheet, Cell: cell, Field: field, Value: value, Reason: no.code, Args: no.args}
}

// rename files what was read as one field under another.
func (r *record) rename(from, to string) {
	if at, ok := r.cells[from]; ok {
		r.cells[to] = at
		delete(r.cells, from)
	}
	if d, ok := r.doubts[from]; ok {
		d.Field = to
		r.doubts[to] = d
		delete(r.doubts, from)
		r.order[slices.Index(r.order, from)] = to
	}
}

// finish gives the doubts in the order they arose, all with the row's key.
func (r *record) finish(key string, refused bool) []catalog.Doubt {
	out := make([]catalog.Doubt, 0, len(r.order))
	for _, f := range r.order {
		d := r.doubts[f]
		d.Key, d.RowRefused = key, refused
		r.doubts[f] = d
		out = append(out, d)
	}
	return out
}

// plain is how wordings are compared: no accents, lower case.
func plain(s string) string { return strings.TrimSpace(fold.Search(s)) }
