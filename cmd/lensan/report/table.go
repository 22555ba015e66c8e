package report

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// Format is how results are written.
type Format string

// The formats of results.
const (
	FormatTable Format = "table"
	FormatJSON  Format = "json"
	FormatCSV   Format = "csv"
)

// SchemaVersion is raised when a field of the JSON goes or changes meaning;
// new fields leave it alone.
const SchemaVersion = 1

// Column is one column: Key names it in JSON and CSV, Title heads it in a
// table. A column without a Title is not shown in tables, one without a Key
// only there.
type Column struct {
	Key, Title string
	Right      bool // numbers
	Width      int  // in a table, longer text wraps; 0: as wide as it is
	Sparse     bool // left out of a table in which no row has anything but a dash there
}

// Cell is one value: Value for programs, Text for people. Text empty: Value as
// it is.
type Cell struct {
	Value any
	Text  string
}

// V is a cell that people and programs read alike.
func V(v any) Cell { return Cell{Value: v} }

// T is a cell with words of its own for people.
func T(v any, text string) Cell { return Cell{Value: v, Text: text} }

func (c Cell) text() string {
	if c.Text != "" || c.Value == nil {
		return c.Text
	}
	return fmt.Sprint(c.Value)
}

// tableRows bounds how many rows are laid out together, so that a long result
// is printed as it comes.
const tableRows = 500

// Writer writes rows of one kind as they come. Close ends it; nothing may be
// taken for complete before Close returned nil.
type Writer struct {
	out     io.Writer
	format  Format
	kind    string
	columns []Column
	extra   map[string]any
	rows    [][]Cell
	foot    []Cell
	n       int
	csv     *csv.Writer
	err     error
}

// NewWriter begins a result. kind names it in JSON, extra stands beside the
// rows there.
func NewWriter(out io.Writer, format Format, kind string, extra map[string]any, columns ...Column) *Writer {
	return &Writer{out: out, format: format, kind: kind, columns: columns, extra: extra}
}

// Row writes one row; it has a cell for each column.
func (w *Writer) Row(cells ...Cell) {
	switch w.format {
	case FormatJSON:
		w.jsonRow(cells)
	case FormatCSV:
		w.csvRow(cells)
	default:
		if w.rows = append(w.rows, cells); len(w.rows) == tableRows {
			w.layOut()
		}
	}
	w.n++
}

// Foot sets a last line, of totals, that only tables show.
func (w *Writer) Foot(cells ...Cell) { w.foot = cells }

// Rows is how many rows were written.
func (w *Writer) Rows() int { return w.n }

// Close writes what is left and returns the first error of all.
func (w *Writer) Close() error {
	switch w.format {
	case FormatJSON:
		if w.n == 0 {
			w.jsonHead()
			w.print("]}\n")
		} else {
			w.print("\n]}\n")
		}
	case FormatCSV:
		if w.csv == nil {
			w.csvHead()
		}
		w.csv.Flush()
		if w.err == nil {
			w.err = w.csv.Error()
		}
	default:
		if len(w.rows) > 0 {
			w.layOut()
		}
	}
	return w.err
}

func (w *Writer) print(s string) {
	if w.err == nil {
		_, w.err = io.WriteString(w.out, s)
	}
}

func (w *Writer) layOut() {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header, t.Style().Format.Footer = text.FormatDefault, text.FormatDefault // Vietnamese headings stay as they are
	var head table.Row
	var configs []table.ColumnConfig
	shown := make([]bool, len(w.columns))
	for i, c := range w.columns {
		if shown[i] = c.Title != "" && !(c.Sparse && w.isEmpty(i)); !shown[i] {
			continue
		}
		head = append(head, c.Title)
		config := table.ColumnConfig{Number: len(head)}
		if c.Right {
			config.Align, config.AlignHeader, config.AlignFooter = text.AlignRight, text.AlignRight, text.AlignRight
		}
		if c.Width > 0 {
			config.WidthMax, config.WidthMaxEnforcer = c.Width, wrap
		}
		configs = append(configs, config)
	}
	t.AppendHeader(head)
	t.SetColumnConfigs(configs)
	for _, cells := range w.rows {
		var row table.Row
		for i, cell := range cells {
			if shown[i] {
				row = append(row, printable(cell.text()))
			}
		}
		t.AppendRow(row)
	}
	if len(w.foot) > 0 {
		var row table.Row
		for _, c := range w.foot {
			row = append(row, printable(c.text()))
		}
		t.AppendFooter(row)
	}
	w.rows = w.rows[:0]
	w.print(t.Render() + "\n")
}

// isEmpty tells whether no row waiting to be laid out has anything in a column.
func (w *Writer) isEmpty(column int) bool {
	for _, cells := range w.rows {
		if s := cells[column].text(); s != "" && s != "–" {
			return false
		}
	}
	return true
}

func (w *Writer) jsonHead() {
	head := map[string]any{"schema_version": SchemaVersion, "kind": w.kind}
	for k, v := range w.extra {
		head[k] = v
	}
	b, err := json.Marshal(head)
	if err != nil && w.err == nil {
		w.err = err
		return
	}
	w.print(strings.TrimSuffix(string(b), "}") + `,"rows":[`)
}

func (w *Writer) jsonRow(cells []Cell) {
	if w.n == 0 {
		w.jsonHead()
	} else {
		w.print(",")
	}
	var b strings.Builder
	b.WriteString("\n{")
	first := true
	for i, c := range w.columns {
		if c.Key == "" {
			continue
		}
		if !first {
			b.WriteByte(',')
		}
		first = false
		value, err := json.Marshal(cells[i].Value)
		if err != nil && w.err == nil {
			w.err = err
			return
		}
		fmt.Fprintf(&b, "%q:%s", c.Key, value)
	}
	b.WriteByte('}')
	w.print(b.String())
}

func (w *Writer) csvHead() {
	w.csv = csv.NewWriter(w.out)
	var head []string
	for _, c := range w.columns {
		if c.Key != "" {
			head = append(head, c.Key)
		}
	}
	if err := w.csv.Write(head); err != nil && w.err == nil {
		w.err = err
	}
}

func (w *Writer) csvRow(cells []Cell) {
	if w.csv == nil {
		w.csvHead()
	}
	var row []string
	for i, c := range w.columns {
		if c.Key != "" {
			row = append(row, CSVCell(cells[i].Value))
		}
	}
	if err := w.csv.Write(row); err != nil && w.err == nil {
		w.err = err
	}
}

// CSVCell writes a value for a CSV that people open in a spreadsheet: a text
// that would be taken for a formula is prefixed with an apostrophe.
func CSVCell(v any) string {
	if v == nil {
		return ""
	}
	var s string
	switch v := v.(type) {
	case string:
		s = v
	case json.RawMessage:
		return string(v)
	default:
		if kind := reflect.TypeOf(v).Kind(); kind == reflect.Map || kind == reflect.Slice || kind == reflect.Struct {
			b, err := json.Marshal(v)
			if err != nil {
				return ""
			}
			return string(b)
		}
		s = fmt.Sprint(v)
		if reflect.TypeOf(v).Kind() != reflect.String {
			return s
		}
	}
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// wrap breaks lines between words and keeps the breaks there are.
func wrap(s string, width int) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = text.WrapSoft(l, width)
	}
	return strings.Join(lines, "\n")
}

// printable keeps control characters, which a terminal would obey, out of a
// table.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return -1
		}
		return r
	}, s)
}
