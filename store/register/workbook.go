package register

import (
	"archive/zip"
	"bufio"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/xuri/excelize/v2"

	"lensan/store/catalog"
)

// Bounds on workbooks, against files that unpack to more than a machine holds.
const (
	maxUnzipped      = 1 << 30
	mostPacked       = 100      // times that a part of any size may be packed;
	packedFrom       = 64 << 20 // a register of 100,000 rows is packed some 10 times
	unzippedInMemory = 8 << 20  // larger parts are unpacked to temporary files
)

// workbook reads the sheets of an .xlsx file.
type workbook struct {
	file      *excelize.File
	zip       *zip.Reader
	parts     map[string]string // sheet name -> part of the zip
	since1904 bool
	paddings  map[int]int
}

func openWorkbook(f File) (*workbook, error) {
	z, err := zip.NewReader(f.data, f.size)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrDamaged, err)
	}
	var total uint64
	for _, part := range z.File {
		total += part.UncompressedSize64
	}
	if total > maxUnzipped || total > packedFrom && total > mostPacked*uint64(max(f.size, 1)) {
		return nil, ErrTooLarge
	}
	if err := isWorkbook(z); err != nil {
		return nil, err
	}
	if err := checkTexts(z); err != nil {
		return nil, err
	}
	x, err := excelize.OpenReader(io.NewSectionReader(f.data, 0, f.size), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: unzippedInMemory,
	})
	switch {
	case errors.Is(err, excelize.ErrWorkbookFileFormat), errors.Is(err, excelize.ErrWorkbookPassword):
		return nil, ErrNotWorkbook
	case err != nil:
		return nil, fmt.Errorf("%w: %v", ErrDamaged, err)
	}
	w := &workbook{file: x, zip: z, paddings: map[int]int{}}
	if w.parts, err = sheetParts(z); err != nil {
		x.Close()
		return nil, err
	}
	if props, err := x.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		w.since1904 = *props.Date1904
	}
	return w, nil
}

// checkTexts reads through the texts that cells share, which the library takes
// whole, one by one.
func checkTexts(z *zip.Reader) error {
	for _, part := range z.File {
		if path.Base(part.Name) != "sharedStrings.xml" {
			continue
		}
		r, err := part.Open()
		if err != nil {
			return fmt.Errorf("%w: %v", ErrDamaged, err)
		}
		in := bufio.NewReaderSize(io.LimitReader(r, maxUnzipped), tagBuffer)
		for err == nil {
			_, err = nextTag(in)
		}
		r.Close()
		if errors.Is(err, ErrTooLarge) {
			return err
		}
	}
	return nil
}

// isWorkbook tells workbooks from the other files that are zips too.
func isWorkbook(z *zip.Reader) error {
	for _, part := range z.File {
		switch name := part.Name; {
		case name == "xl/workbook.xml":
			return nil
		case name == "content.xml", name == "xl/workbook.bin":
			return ErrOtherBook
		}
	}
	if _, err := bookPart(z); err != nil {
		return ErrNotWorkbook
	}
	return nil
}

func (w *workbook) close() error { return w.file.Close() }

// read hands every sheet's table to the sink, hidden sheets left out.
func (w *workbook) read(ctx context.Context, name string, out *batcher) error {
	for _, sheet := range w.file.GetSheetList() {
		if visible, err := w.file.GetSheetVisible(sheet); err == nil && !visible {
			if err := out.sheetDone(ctx, catalog.SheetRead{File: name, Sheet: sheet, Hidden: true}); err != nil {
				return err
			}
			continue
		}
		part, ok := w.parts[sheet]
		if !ok {
			continue // a chart
		}
		scan, err := w.scan(part)
		if err != nil {
			return fmt.Errorf("sheet %q: %w", sheet, err)
		}
		t := &table{file: name, sheet: sheet, place: cellName, serials: true, since1904: w.since1904}
		if err := t.readTable(ctx, w.lines(sheet, scan), out); err != nil {
			return fmt.Errorf("sheet %q: %w", sheet, err)
		}
	}
	return nil
}

func (w *workbook) scan(part string) (sheetScan, error) {
	r, err := w.zip.Open(part)
	if err != nil {
		return sheetScan{}, fmt.Errorf("%w: %v", ErrDamaged, err)
	}
	defer r.Close()
	return scanSheet(io.LimitReader(r, maxUnzipped), w.padding)
}

var zeros = regexp.MustCompile(`^0{2,20}$`)

// padding is how many digits a style always shows: 6 for the number format
// 000000, under which the SKU 004001 may stand as the number 4001.
func (w *workbook) padding(style int) int {
	digits, known := w.paddings[style]
	if !known {
		if s, err := w.file.GetStyle(style); err == nil && s.CustomNumFmt != nil && zeros.MatchString(*s.CustomNumFmt) {
			digits = len(*s.CustomNumFmt)
		}
		w.paddings[style] = digits
	}
	return digits
}

// lines streams a sheet's rows, what merged ranges give included.
func (w *workbook) lines(sheet string, scan sheetScan) lines {
	return func(yield func(line, error) bool) {
		rows, err := w.file.Rows(sheet)
		if err != nil {
			yield(line{}, err)
			return
		}
		defer rows.Close()
		merges := mergeFiller{rest: scan.merges}
		n := 0
		for rows.Next() {
			n++
			cells, err := rows.Columns()
			if err != nil {
				yield(line{}, fmt.Errorf("row %d: %w", n, err))
				return
			}
			for i, c := range cells {
				cells[i] = w.shown(c, scan.padded[n*maxColumns+i])
			}
			if !yield(line{number: n, cells: cells, filled: merges.at(n, cells)}, nil) {
				return
			}
		}
		if err := rows.Error(); err != nil {
			yield(line{}, err)
			return
		}
		if n < scan.lastRow {
			// The library takes broken XML for the end of the sheet.
			yield(line{}, fmt.Errorf("row %d of %d: %w", n, scan.lastRow, ErrCutShort))
		}
	}
}

// shown pads a whole number as its cell shows it.
func (w *workbook) shown(value string, digits int) string {
	if digits > len(value) && onlyDigits.MatchString(value) {
		return strings.Repeat("0", digits-len(value)) + value
	}
	return value
}

func cellName(row, col int) string {
	name, err := excelize.CoordinatesToCellName(col+1, row)
	if err != nil {
		return fmt.Sprintf("R%dC%d", row, col+1)
	}
	return name
}

// mergeFiller walks down a sheet with its merged ranges.
type mergeFiller struct {
	rest   []merge
	active []activeMerge
}

type activeMerge struct {
	merge
	value string
}

// at gives, by column, what ranges that began above give to row n, and takes
// up those that begin in it.
func (m *mergeFiller) at(n int, cells []string) map[int]filled {
	var out map[int]filled
	keep := m.active[:0]
	for _, a := range m.active {
		if n > a.bottom {
			continue
		}
		keep = append(keep, a)
		if a.value == "" {
			continue
		}
		if out == nil {
			out = map[int]filled{}
		}
		out[a.left-1] = filled{value: a.value, row: a.top}
	}
	m.active = keep
	for len(m.rest) > 0 && m.rest[0].top <= n {
		a := activeMerge{merge: m.rest[0]}
		m.rest = m.rest[1:]
		if a.top == n && a.left-1 < len(cells) {
			a.value = cells[a.left-1]
		}
		m.active = append(m.active, a)
	}
	return out
}

// relations are what a part of a workbook refers to.
type relations struct {
	Relationships []struct {
		ID     string `xml:"Id,attr"`
		Target string `xml:"Target,attr"`
		Type   string `xml:"Type,attr"`
	} `xml:"Relationship"`
}

// bookPart names the part that lists the sheets.
func bookPart(z *zip.Reader) (string, error) {
	at := "xl/workbook.xml"
	var rels relations
	if err := readPart(z, "_rels/.rels", &rels); err == nil {
		for _, r := range rels.Relationships {
			if strings.HasSuffix(r.Type, "/officeDocument") {
				at = resolvePart("", r.Target)
			}
		}
	}
	_, err := fs.Stat(z, at)
	if err != nil || !strings.HasSuffix(at, ".xml") || strings.HasPrefix(at, "word/") || strings.HasPrefix(at, "ppt/") {
		return "", fmt.Errorf("%w: no list of sheets", ErrDamaged)
	}
	return at, nil
}

// sheetParts finds the part of the zip that holds each sheet.
func sheetParts(z *zip.Reader) (map[string]string, error) {
	var book struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"id,attr"`
		} `xml:"sheets>sheet"`
	}
	var rels relations
	at, err := bookPart(z)
	if err != nil {
		return nil, err
	}
	if err := readPart(z, at, &book); err != nil {
		return nil, err
	}
	dir, base := path.Split(at)
	if err := readPart(z, dir+"_rels/"+base+".rels", &rels); err != nil {
		return nil, err
	}
	targets := map[string]string{}
	for _, r := range rels.Relationships {
		if strings.HasSuffix(r.Type, "/worksheet") {
			targets[r.ID] = resolvePart(dir, r.Target)
		}
	}
	parts := map[string]string{}
	for _, s := range book.Sheets {
		if p, ok := targets[s.ID]; ok {
			parts[s.Name] = p
		}
	}
	return parts, nil
}

func resolvePart(dir, target string) string {
	if strings.HasPrefix(target, "/") {
		return strings.TrimPrefix(path.Clean(target), "/")
	}
	return path.Join(dir, target)
}

func readPart(z *zip.Reader, name string, into any) error {
	r, err := z.Open(name)
	if err != nil {
		return fmt.Errorf("%w: %v", ErrDamaged, err)
	}
	defer r.Close()
	if err := xml.NewDecoder(io.LimitReader(r, 16<<20)).Decode(into); err != nil {
		return fmt.Errorf("%w: %s: %v", ErrDamaged, name, err)
	}
	return nil
}
