package register

import (
	"context"
	"fmt"

	"lensan/store/catalog"
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
	out := &batcher{sink: seen}
	switch kind {
	case formatEmpty:
		return ErrEmpty
	case formatOldExcel:
		return ErrOldExcel
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
		return ErrNoTable
	}
	return nil
}

// tableCounter counts the sheets in which a table was found.
type tableCounter struct {
	Sink
	tables int
}

func (t *tableCounter) SheetRead(ctx context.Context, read catalog.SheetRead) error {
	if read.Kind != "" {
		t.tables++
	}
	return t.Sink.SheetRead(ctx, read)
}
