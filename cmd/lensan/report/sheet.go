package report

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// SheetColumn is one column of a Sheet; Width is in characters.
type SheetColumn struct {
	Title string
	Width int
}

// sheetCell is the most characters that Excel takes in a cell.
const sheetCell = 32767

// Sheet writes a workbook of one sheet as its rows come, in little memory
// however many there are: headings in bold that stay in view and filter, text
// that is never taken for a formula, days and numbers as such. The workbook is
// whole only when Close returned nil.
type Sheet struct {
	zip     *zip.Writer
	out     *bufio.Writer
	columns int
	rows    int
	err     error
}

// sheetParts are the files of a workbook beside the sheet itself.
var sheetParts = []struct{ name, body string }{
	{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>`},
	{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
	{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>`},
	// Styles by number: 0 text that wraps, 1 heading, 2 day, 3 number.
	{"xl/styles.xml", `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFDFF3EA"/></patternFill></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="4"><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf><xf numFmtId="0" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1" applyAlignment="1"><alignment vertical="center" wrapText="1"/></xf><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"><alignment vertical="top"/></xf><xf numFmtId="3" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"><alignment vertical="top"/></xf></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`},
}

// NewSheet begins a workbook whose one sheet has a name and columns.
func NewSheet(w io.Writer, name string, columns ...SheetColumn) *Sheet {
	s := &Sheet{zip: zip.NewWriter(w), columns: len(columns)}
	for _, p := range sheetParts {
		s.part(p.name, p.body)
	}
	s.part("xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="`+
		escaped(sheetName(name))+`" sheetId="1" r:id="rId1"/></sheets></workbook>`)
	body, err := s.zip.Create("xl/worksheets/sheet1.xml")
	if s.err == nil {
		s.err = err
	}
	if s.err != nil {
		return s
	}
	s.out = bufio.NewWriterSize(body, 1<<16)
	s.print(xml.Header + `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>`)
	titles := make([]any, len(columns))
	for i, c := range columns {
		titles[i] = c.Title
		s.print(fmt.Sprintf(`<col min="%d" max="%d" width="%d" customWidth="1"/>`, i+1, i+1, max(c.Width, 6)))
	}
	s.print(`</cols><sheetData>`)
	s.row(1, titles)
	return s
}

// Row writes one row: strings, whole numbers, and time.Time for days (in their
// own zone; zero is an empty cell).
func (s *Sheet) Row(cells ...any) { s.row(0, cells) }

func (s *Sheet) row(style int, cells []any) {
	if s.err != nil {
		return
	}
	s.rows++
	s.print(`<row r="` + strconv.Itoa(s.rows) + `">`)
	for _, c := range cells {
		switch v := c.(type) {
		case int:
			s.print(`<c s="3"><v>` + strconv.Itoa(v) + `</v></c>`)
		case int64:
			s.print(`<c s="3"><v>` + strconv.FormatInt(v, 10) + `</v></c>`)
		case time.Time:
			if v.IsZero() {
				s.print(`<c/>`)
				continue
			}
			s.print(`<c s="2"><v>` + strconv.Itoa(serial(v)) + `</v></c>`)
		default:
			text := cut(fmt.Sprint(c))
			if text == "" {
				s.print(`<c/>`)
				continue
			}
			s.print(`<c s="` + strconv.Itoa(style) + `" t="inlineStr"><is><t xml:space="preserve">` + escaped(text) + `</t></is></c>`)
		}
	}
	s.print(`</row>`)
}

// Close ends the workbook and returns the first error of all.
func (s *Sheet) Close() error {
	if s.err != nil {
		return s.err
	}
	s.print(`</sheetData>`)
	if s.columns > 0 {
		s.print(`<autoFilter ref="A1:` + columnName(s.columns) + strconv.Itoa(s.rows) + `"/>`)
	}
	s.print(`</worksheet>`)
	if s.err == nil {
		s.err = s.out.Flush()
	}
	if s.err == nil {
		s.err = s.zip.Close()
	}
	return s.err
}

func (s *Sheet) part(name, body string) {
	if s.err != nil {
		return
	}
	w, err := s.zip.Create(name)
	if err == nil {
		_, err = io.WriteString(w, xml.Header+body)
	}
	s.err = err
}

func (s *Sheet) print(text string) {
	if s.err == nil {
		_, s.err = s.out.WriteString(text)
	}
}

// serial is a day as Excel counts them.
func serial(t time.Time) int {
	day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	return int(day.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)) / (24 * time.Hour))
}

func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a builder takes everything
	return b.String()
}

// cut keeps a text within what a cell holds.
func cut(s string) string {
	if utf8.RuneCountInString(s) <= sheetCell {
		return s
	}
	return string([]rune(s)[:sheetCell-1]) + "…"
}

// sheetName is a name as Excel takes it: 31 characters, none of a few.
func sheetName(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]`, r) {
			return ' '
		}
		return r
	}, s)
	if r := []rune(s); len(r) > 31 {
		return string(r[:31])
	}
	return s
}

func columnName(n int) string {
	name := ""
	for ; n > 0; n = (n - 1) / 26 {
		name = string(rune('A'+(n-1)%26)) + name
	}
	return name
}
