package register

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// separators are those of CSV files, the likelier first.
var separators = []rune{',', ';', '\t', '|'}

// readCSV hands a CSV file's table to the sink.
func readCSV(ctx context.Context, f File, out *batcher) error {
	enc, err := sniffEncoding(f.Reader())
	if err != nil {
		return err
	}
	open := func() io.Reader { return transform.NewReader(f.Reader(), enc.NewDecoder()) }
	if onlyCR(open()) {
		decoded := open
		open = func() io.Reader { return crReader{decoded()} }
	}
	comma, skip, err := sniffSeparator(open())
	if err != nil {
		return err
	}
	t := &table{file: f.Name, sheet: f.Name, place: func(row, col int) string { return fmt.Sprintf("dòng %d, cột %d", row, col+1) }}
	return t.readTable(ctx, csvLines(open(), comma, skip), out)
}

// onlyCR tells files of which the lines end as they did on an old Mac.
func onlyCR(r io.Reader) bool {
	head, _ := bufio.NewReaderSize(r, 64<<10).Peek(64 << 10)
	return bytes.IndexByte(head, '\r') >= 0 && bytes.IndexByte(head, '\n') < 0
}

// crReader turns each CR into a line end.
type crReader struct{ io.Reader }

func (c crReader) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	for i := range p[:n] {
		if p[i] == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}

func csvLines(r io.Reader, comma rune, skip int) lines {
	return func(yield func(line, error) bool) {
		in := bufio.NewReader(r)
		for range skip {
			if _, err := in.ReadString('\n'); err != nil {
				return
			}
		}
		c := newCSV(in, comma)
		for {
			cells, err := c.Read()
			if err == io.EOF {
				return
			}
			if err != nil {
				var parse *csv.ParseError
				if errors.As(err, &parse) {
					err = fmt.Errorf("line %d: %w", parse.StartLine+skip, ErrBadCSV)
				}
				yield(line{}, err)
				return
			}
			n, _ := c.FieldPos(0)
			if !yield(line{number: n + skip, cells: cells}, nil) {
				return
			}
		}
	}
}

func newCSV(r io.Reader, comma rune) *csv.Reader {
	c := csv.NewReader(r)
	c.Comma = comma
	c.FieldsPerRecord = -1
	c.ReuseRecord = true
	return c
}

// sniffEncoding tells UTF-8 and UTF-16 by their marks, UTF-8 without one by
// its form, and takes all else for Windows-1258, which the headings then bear
// out or not.
func sniffEncoding(r io.ReadSeeker) (encoding.Encoding, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	head, err := in.Peek(4)
	if err != nil && err != io.EOF {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte{0xef, 0xbb, 0xbf}):
		return unicode.UTF8BOM, nil
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), nil
	case len(head) >= 2 && head[0] != 0 && head[1] == 0:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), nil
	}
	valid, err := validUTF8(in)
	if err != nil {
		return nil, err
	}
	if valid {
		return unicode.UTF8, nil
	}
	return sniffOldFont(r)
}

// sniffOldFont tells Windows-1258 from the fonts of before Unicode, whose
// letters stand in the places of Windows-1252, by which of the two makes the
// more Vietnamese words.
func sniffOldFont(r io.ReadSeeker) (encoding.Encoding, error) {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	head, err := io.ReadAll(io.LimitReader(r, 256<<10))
	if err != nil {
		return nil, err
	}
	western, err := charmap.Windows1252.NewDecoder().Bytes(head)
	if err != nil {
		return nil, err
	}
	vietnamese, err := charmap.Windows1258.NewDecoder().Bytes(head)
	if err != nil {
		return nil, err
	}
	asOld := 0
	for _, f := range oldFonts {
		n, asIs, _ := countWords(string(western), f)
		asOld = max(asOld, n+asIs)
	}
	if _, asIs, _ := countWords(norm.NFC.String(string(vietnamese)), oldFonts[0]); asOld > asIs {
		return charmap.Windows1252, nil
	}
	return charmap.Windows1258, nil
}

func validUTF8(r io.Reader) (bool, error) {
	buf := make([]byte, 64<<10)
	have := 0
	for {
		n, err := r.Read(buf[have:])
		have += n
		i := 0
		for i < have {
			if c, size := utf8.DecodeRune(buf[i:have]); c != utf8.RuneError || size > 1 {
				i += size
				continue
			}
			if err == nil && !utf8.FullRune(buf[i:have]) {
				break // its rest comes with the next read
			}
			return false, nil
		}
		have = copy(buf, buf[i:have])
		if err == io.EOF {
			return have == 0, nil
		}
		if err != nil {
			return false, err
		}
	}
}

// sniffSeparator finds the separator under which the first lines show
// headings. Excel's own "sep=;" line says it outright and is skipped.
func sniffSeparator(r io.Reader) (comma rune, skip int, err error) {
	const enough = 256 << 10
	head, err := io.ReadAll(io.LimitReader(r, enough))
	if err != nil {
		return 0, 0, err
	}
	first, _, _ := strings.Cut(string(head), "\n")
	if s, ok := strings.CutPrefix(strings.ToLower(strings.Trim(first, "\ufeff\r\" ")), "sep="); ok && utf8.RuneCountInString(s) == 1 {
		r, _ := utf8.DecodeRuneInString(s)
		return r, 1, nil
	}
	best := 0
	for _, s := range separators {
		c := newCSV(bytes.NewReader(head), s)
		for range headingsWithin {
			cells, err := c.Read()
			if err != nil {
				break
			}
			if h, _, ok := readHeadings(oneRow(cells)); ok && len(h.columns) > best {
				best, comma = len(h.columns), s
			}
		}
	}
	if best == 0 {
		return ',', 0, nil
	}
	return comma, 0, nil
}
