package workbook

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Bounds on workbooks, against files that unpack to more than a machine holds.
const (
	maxUnzipped      = 1 << 30
	unzippedInMemory = 8 << 20
)

// The extensions of exported lists. What else lies in the folder is not one.
var listExtensions = []string{".xlsx", ".xlsm", ".csv", ".tsv", ".txt", ".xls"}

// line is one row of a table.
type line struct {
	number int
	cells  []string
}

// refusal is why a list can't be used: a reason code, and where it is wrong.
type refusal struct {
	code  string
	place string
	err   error
}

func (r *refusal) Error() string {
	if r.err != nil {
		return fmt.Sprintf("%s %s: %v", r.code, r.place, r.err)
	}
	return r.code + " " + r.place
}

func (r *refusal) Unwrap() error { return r.err }

func refused(code, place string, err error) *refusal { return &refusal{code, place, err} }

// readTables hands every row of a list's sheets to each, sheet by sheet, until
// it says that this was the sheet wanted. strict tells each that rows have a
// fixed number of cells (CSV).
func readTables(path string, each func(sheet string, strict bool, rows func(yield func(line, error) bool)) (done bool, err error)) error {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".xls":
		return refused("workbook.list_old_format", "", nil)
	case ".xlsx", ".xlsm":
		return readWorkbook(path, each)
	}
	return readCSV(path, each)
}

func readWorkbook(path string, each func(string, bool, func(func(line, error) bool)) (bool, error)) error {
	if err := intact(path); err != nil {
		return refused("workbook.list_damaged", "", err)
	}
	x, err := excelize.OpenFile(path, excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: unzippedInMemory})
	if err != nil {
		return refused("workbook.list_damaged", "", err)
	}
	defer x.Close() //nolint:errcheck // read only
	for _, sheet := range x.GetSheetList() {
		if visible, err := x.GetSheetVisible(sheet); err == nil && !visible {
			continue
		}
		done, err := each(sheet, false, func(yield func(line, error) bool) {
			rows, err := x.Rows(sheet)
			if err != nil {
				yield(line{}, refused("workbook.list_damaged", sheet, err))
				return
			}
			defer rows.Close() //nolint:errcheck // read only
			for n := 1; rows.Next(); n++ {
				cells, err := rows.Columns()
				if err != nil {
					yield(line{}, refused("workbook.list_damaged", sheet, err))
					return
				}
				if !yield(line{n, cells}, nil) {
					return
				}
			}
			if err := rows.Error(); err != nil {
				yield(line{}, refused("workbook.list_damaged", sheet, err))
			}
		})
		if done || err != nil {
			return err
		}
	}
	return nil
}

// intact reads every part of a zip to its end, so that its checksums are
// compared: a file cut short or half copied is found out.
func intact(path string) error {
	z, err := zip.OpenReader(path)
	if err != nil {
		return err
	}
	defer z.Close() //nolint:errcheck // read only
	var left int64 = maxUnzipped
	for _, part := range z.File {
		r, err := part.Open()
		if err != nil {
			return err
		}
		n, err := io.Copy(io.Discard, io.LimitReader(r, left+1))
		r.Close() //nolint:errcheck // read only
		if err != nil {
			return err
		}
		if left -= n; left < 0 {
			return errors.New("it unpacks to more than 1 GiB")
		}
	}
	return nil
}

func readCSV(path string, each func(string, bool, func(func(line, error) bool)) (bool, error)) error {
	f, err := os.Open(path)
	if err != nil {
		return refused("workbook.list_damaged", "", err)
	}
	defer f.Close() //nolint:errcheck // read only
	head := make([]byte, 64<<10)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && err != io.EOF {
		return refused("workbook.list_damaged", "", err)
	}
	head = head[:n]
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return refused("workbook.list_damaged", "", err)
	}
	enc := encodingOf(head)
	if bytes.IndexByte(head, 0) >= 0 && (enc == unicode.UTF8 || enc == encoding.Encoding(charmap.Windows1258)) {
		return refused("workbook.list_damaged", "", errors.New("it is no text"))
	}
	decoded, err := enc.NewDecoder().Bytes(head)
	if err != nil {
		return refused("workbook.list_damaged", "", err)
	}
	r := csv.NewReader(bufio.NewReader(transform.NewReader(f, enc.NewDecoder())))
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = separator(string(decoded)), -1, true
	_, err = each("", true, func(yield func(line, error) bool) {
		for {
			cells, err := r.Read()
			if err == io.EOF {
				return
			}
			at, _ := r.FieldPos(0)
			if err != nil {
				var parse *csv.ParseError
				if errors.As(err, &parse) {
					at = parse.StartLine
				}
				yield(line{}, refused("workbook.list_cut_short", fmt.Sprintf("dòng %d", at), err))
				return
			}
			if len(cells) == 1 && strings.HasPrefix(strings.ToLower(strings.TrimPrefix(cells[0], "\ufeff")), "sep=") {
				continue
			}
			if !yield(line{at, cells}, nil) {
				return
			}
		}
	})
	return err
}

// encodingOf tells UTF-8 and UTF-16 by their marks, UTF-8 without one by its
// form, and takes all else for Windows-1258, which the headings bear out.
func encodingOf(head []byte) encoding.Encoding {
	switch {
	case bytes.HasPrefix(head, []byte{0xef, 0xbb, 0xbf}):
		return unicode.UTF8BOM
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	}
	whole := head
	for range utf8.UTFMax { // a letter may be cut at the end
		if utf8.Valid(whole) {
			return unicode.UTF8
		}
		if len(whole) == 0 {
			break
		}
		whole = whole[:len(whole)-1]
	}
	return charmap.Windows1258
}

// separator is the one that cuts the first lines into most cells.
func separator(head string) rune {
	lines := strings.SplitN(head, "\n", 31)
	best, most := ',', 0
	for _, s := range []rune{',', ';', '\t', '|'} {
		for _, l := range lines[:min(len(lines), 30)] {
			if v, ok := strings.CutPrefix(strings.ToLower(strings.Trim(l, "\ufeff\r\" ")), "sep="); ok && v != "" {
				r, _ := utf8.DecodeRuneInString(v)
				return r
			}
			if n := strings.Count(l, string(s)); n > most {
				best, most = s, n
			}
		}
	}
	return best
}

// isList tells whether a file's name is that of an exported list. What Excel,
// browsers and systems leave beside files is none.
func isList(name string) bool {
	return !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "~$") && slices.Contains(listExtensions, strings.ToLower(filepath.Ext(name)))
}
