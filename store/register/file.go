package register

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
)

// What is wrong with a file as a whole. Errors of Load wrap one of these, or
// ErrCutShort, with the file's name.
var (
	ErrNotWorkbook = errors.New("not a workbook that can be read: save it as .xlsx without a password")
	ErrOldExcel    = errors.New("an old Excel file (.xls) or one with a password: save it as .xlsx without a password")
	ErrDamaged     = errors.New("the file is damaged")
	ErrTooLarge    = errors.New("the file is too large")
	ErrNoTable     = errors.New("no headings of a register were found: a product code or SKU and at least one more column are needed")
	ErrBadCSV      = errors.New("the CSV is broken: a quotation mark opens or closes in the wrong place")
	ErrEmpty       = errors.New("the file is empty")
	ErrWebPage     = errors.New("a web page or XML under a spreadsheet's name: open it in Excel and save it as .xlsx")
	ErrOtherBook   = errors.New("a workbook of another kind (.ods, .xlsb): save it as .xlsx")
)

// MaxFileSize bounds one file as it lies on disk.
const MaxFileSize = 256 << 20

// File is a file to import, open for reading as often as needed.
type File struct {
	Name string
	data io.ReaderAt
	size int64
	open io.Closer
}

// OpenFile opens a file on disk; the caller closes it.
func OpenFile(path string) (File, error) {
	f, err := os.Open(path)
	if err != nil {
		return File{}, err
	}
	st, err := f.Stat()
	if err == nil && !st.Mode().IsRegular() {
		err = fmt.Errorf("%s: not a file", path)
	}
	if err == nil && st.Size() > MaxFileSize {
		err = fmt.Errorf("%s: %w", path, ErrTooLarge)
	}
	if err != nil {
		f.Close()
		return File{}, err
	}
	return File{Name: filepath.Base(path), data: f, size: st.Size(), open: f}, nil
}

// FromBytes is a file held in memory: embedded, or just uploaded.
func FromBytes(name string, b []byte) File {
	return File{Name: name, data: bytes.NewReader(b), size: int64(len(b))}
}

// Close closes a file that OpenFile opened.
func (f File) Close() error {
	if f.open == nil {
		return nil
	}
	return f.open.Close()
}

// Reader reads the file from its beginning, independently of other readers.
func (f File) Reader() *io.SectionReader { return io.NewSectionReader(f.data, 0, f.size) }

func (f File) digest() (string, error) {
	h := sha256.New()
	if _, err := io.Copy(h, f.Reader()); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// markup is how HTML and XML begin, under whatever name.
var markup = regexp.MustCompile(`(?i)^\x{feff}?\s*<(!doctype|html|head|body|table|meta|\?xml|!--)`)

// format is told by content, never by name.
type format int

const (
	formatCSV format = iota
	formatWorkbook
	formatOldExcel
	formatEmpty
	formatWebPage
	formatOther
)

func (f File) format() (format, error) {
	head := make([]byte, 512)
	n, err := f.Reader().Read(head)
	if err != nil && err != io.EOF {
		return 0, err
	}
	switch head = head[:n]; {
	case n == 0:
		return formatEmpty, nil
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return formatWorkbook, nil
	case bytes.HasPrefix(head, []byte{0xd0, 0xcf, 0x11, 0xe0}):
		return formatOldExcel, nil
	case markup.Match(head):
		return formatWebPage, nil
	case bytes.HasPrefix(head, []byte("%PDF")), bytes.HasPrefix(head, []byte("{\\rtf")), bytes.HasPrefix(head, []byte("Rar!")), bytes.HasPrefix(head, []byte("7z\xbc\xaf")), bytes.HasPrefix(head, []byte("PK")):
		return formatOther, nil
	}
	return formatCSV, nil
}
