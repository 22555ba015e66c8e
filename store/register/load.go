package register

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"lensan/store/catalog"
	"lensan/store/fold"
)

// Load reads the files, and then the pictures that they name, into a sink. An
// error means that the sink does not have the whole, so that nothing of it may
// be taken over: files that can't be read whole, and files in which no table
// was recognised. Doubtful cells and pictures are no errors.
func Load(ctx context.Context, files []File, pictures Pictures, sink Sink) error {
	for _, f := range files {
		if err := loadFile(ctx, f, sink); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return loadPictures(ctx, pictures, sink)
}

func loadFile(ctx context.Context, f File, sink Sink) error {
	if f.size > MaxFileSize {
		return ErrTooLarge
	}
	kind, err := f.format()
	if err != nil {
		return err
	}
	digest, err := f.digest()
	if err != nil {
		return err
	}
	if err := sink.Source(ctx, f.Name, digest); err != nil {
		return err
	}
	seen := &tableCounter{Sink: sink}
	out := &batcher{sink: seen, nearly: seen.nearly}
	switch kind {
	case formatEmpty:
		return ErrEmpty
	case formatOldExcel:
		return ErrOldExcel
	case formatWebPage:
		return ErrWebPage
	case formatOther:
		return ErrNotWorkbook
	case formatWorkbook:
		w, err := openWorkbook(f)
		if err != nil {
			return err
		}
		defer w.close()
		err = w.read(ctx, f.Name, out)
		if err != nil {
			return err
		}
	default:
		if err := readCSV(ctx, f, out); err != nil {
			return err
		}
	}
	if seen.tables == 0 {
		return cmp.Or[error](seen.nearest(), ErrNoTable)
	}
	return nil
}

// tableCounter counts the sheets in which a table was found.
type tableCounter struct {
	Sink
	tables int
	near   *NoTableError
}

// NoTableError is ErrNoTable of a file in which a row of headings was found
// that has no column of codes.
type NoTableError struct {
	Sheet          string
	Row            int
	Known, Unknown []string // fields; headings as they stand
}

func (e *NoTableError) Error() string {
	return fmt.Sprintf("%s, row %d: %v (known: %s; unknown: %s)", e.Sheet, e.Row, ErrNoTable, strings.Join(e.Known, ", "), strings.Join(e.Unknown, ", "))
}

func (e *NoTableError) Unwrap() error { return ErrNoTable }

func (t *tableCounter) nearest() error {
	if t.near == nil {
		return nil
	}
	return t.near
}

// nearly notes headings without a column of codes.
func (t *tableCounter) nearly(sheet string, row int, h headingRow) {
	if len(h.columns) < 2 || t.near != nil && len(t.near.Known) >= len(h.columns) {
		return
	}
	t.near = &NoTableError{Sheet: sheet, Row: row, Known: slices.Sorted(maps.Keys(h.columns))}
	for _, u := range h.ignored {
		t.near.Unknown = append(t.near.Unknown, fold.Clean(u))
	}
}

func (t *tableCounter) SheetRead(ctx context.Context, read catalog.SheetRead) error {
	if read.Kind != "" {
		t.tables++
	}
	return t.Sink.SheetRead(ctx, read)
}
