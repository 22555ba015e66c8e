package register

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// ErrCutShort says that a sheet ends before its end: the file is damaged, and
// what could be read of it is not the whole.
var ErrCutShort = errors.New("the sheet ends before its end")

// merge is a range that a sheet declares merged, from 1, 1.
type merge struct{ top, left, bottom, right int }

// sheetScan is what one pass over a sheet's XML finds before its rows are
// read: the merged ranges, which stand after the rows, and the numbers that
// are shown with leading zeros. It holds no cell.
type sheetScan struct {
	merges  []merge     // that span rows, by top row
	padded  map[int]int // cell (row*maxColumns + column) -> digits shown
	lastRow int
}

const maxColumns = 16_384

// scanSheet reads a sheet's XML as a stream. padding maps a cell style to the
// digits its number format always shows, 0 for all others.
func scanSheet(r io.Reader, padding func(style int) int) (sheetScan, error) {
	s := sheetScan{padded: map[int]int{}}
	in := bufio.NewReaderSize(r, tagBuffer)
	ended := false
	for {
		tag, err := nextTag(in)
		if err == io.EOF {
			break
		}
		if err != nil {
			return s, fmt.Errorf("scan sheet: %w", err)
		}
		switch name := localName(tag); string(name) {
		case "row":
			if n, err := strconv.Atoi(string(attr(tag, "r"))); err == nil {
				s.lastRow = n
			}
		case "c":
			s.scanCell(tag, padding)
		case "mergeCell":
			s.scanMerge(tag)
		case "/worksheet":
			ended = true
		}
	}
	if !ended {
		return s, ErrCutShort
	}
	slices.SortFunc(s.merges, func(a, b merge) int { return a.top - b.top })
	return s, nil
}

func (s *sheetScan) scanCell(tag []byte, padding func(int) int) {
	if t := attr(tag, "t"); len(t) != 0 && string(t) != "n" {
		return
	}
	style, err := strconv.Atoi(string(attr(tag, "s")))
	if err != nil {
		return
	}
	digits := padding(style)
	if digits == 0 {
		return
	}
	col, row, err := excelize.CellNameToCoordinates(string(attr(tag, "r")))
	if err == nil {
		s.padded[row*maxColumns+col-1] = digits
	}
}

func (s *sheetScan) scanMerge(tag []byte) {
	from, to, ok := bytes.Cut(attr(tag, "ref"), []byte(":"))
	if !ok {
		return
	}
	left, top, err1 := excelize.CellNameToCoordinates(string(from))
	right, bottom, err2 := excelize.CellNameToCoordinates(string(to))
	if err1 == nil && err2 == nil && bottom > top {
		s.merges = append(s.merges, merge{top, left, bottom, right})
	}
}

// A cell holds 32,767 characters at most, so that neither a text nor a tag of
// an honest sheet comes near these.
const (
	tagBuffer = 256 << 10
	longest   = 4 // buffers of text between two tags
)

// nextTag gives the inside of the next <…>. A text or a tag that is longer than
// any in a sheet is ErrTooLarge: the library would hold it whole, several times.
func nextTag(in *bufio.Reader) ([]byte, error) {
	for full := 0; ; full++ {
		if _, err := in.ReadSlice('<'); err == nil {
			break
		} else if err != bufio.ErrBufferFull {
			return nil, err
		}
		if full >= longest {
			return nil, ErrTooLarge
		}
	}
	tag, err := in.ReadSlice('>')
	if err == bufio.ErrBufferFull {
		return nil, ErrTooLarge
	}
	if err != nil {
		return nil, err
	}
	return tag[:len(tag)-1], nil
}

// localName is the tag's name without its prefix; end tags keep their slash.
func localName(tag []byte) []byte {
	end := bytes.IndexAny(tag, " \t\r\n/")
	if len(tag) > 0 && tag[0] == '/' {
		name := bytes.TrimSpace(tag[1:])
		if _, local, ok := bytes.Cut(name, []byte(":")); ok {
			name = local
		}
		return append([]byte("/"), name...)
	}
	if end >= 0 {
		tag = tag[:end]
	}
	if _, local, ok := bytes.Cut(tag, []byte(":")); ok {
		return local
	}
	return tag
}

// attr is the value of an attribute without escapes, which none of those
// looked for here may hold.
func attr(tag []byte, name string) []byte {
	for rest := tag; ; {
		at := bytes.Index(rest, []byte(name+"="))
		if at < 0 || at+len(name)+1 >= len(rest) {
			return nil
		}
		before, value := byte(' '), rest[at+len(name)+1:]
		if at > 0 {
			before = rest[at-1]
		}
		rest = value
		if before != ' ' && before != '\n' && before != '\t' && before != '\r' {
			continue
		}
		quote := value[0]
		end := bytes.IndexByte(value[1:], quote)
		if (quote != '"' && quote != '\'') || end < 0 {
			return nil
		}
		return value[1 : end+1]
	}
}
