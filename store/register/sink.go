package register

import (
	"context"
	"iter"

	"lensan/store/catalog"
)

// Sink takes what is read, some hundreds of records at a time, in the order in
// which they stand in the files. A slice handed over is the sink's to keep.
type Sink interface {
	// Source names a file that is about to be read and the SHA-256 of its
	// bytes.
	Source(ctx context.Context, name, sha256 string) error
	Communes(ctx context.Context, rows []catalog.Commune) error
	Products(ctx context.Context, rows []catalog.ProductRow) error
	SKUs(ctx context.Context, rows []catalog.SKURow) error
	Doubts(ctx context.Context, doubts []catalog.Doubt) error
	// SheetRead ends a sheet.
	SheetRead(ctx context.Context, sheet catalog.SheetRead) error

	// PictureNames gives every name of a picture that the rows have named,
	// each once, however its case is written.
	PictureNames(ctx context.Context) iter.Seq2[string, error]
	// KnownPicture finds the stored picture that a file of these bytes became
	// before; empty: none.
	KnownPicture(ctx context.Context, sourceSHA256 string) (sha256 string, err error)
	Picture(ctx context.Context, p catalog.PictureFile) error
}

// rowsAtOnce is how many records a sink is handed together.
const rowsAtOnce = 500

// batcher gathers records for a sink.
type batcher struct {
	sink     Sink
	nearly   func(sheet string, row int, h headingRow) // headings without codes; may be nil
	products []catalog.ProductRow
	skus     []catalog.SKURow
	communes []catalog.Commune
	doubtful []catalog.Doubt
}

func (b *batcher) product(ctx context.Context, r catalog.ProductRow) error {
	b.products = append(b.products, r)
	return flushFull(ctx, &b.products, b.sink.Products)
}

func (b *batcher) sku(ctx context.Context, r catalog.SKURow) error {
	b.skus = append(b.skus, r)
	return flushFull(ctx, &b.skus, b.sink.SKUs)
}

func (b *batcher) commune(ctx context.Context, c catalog.Commune) error {
	b.communes = append(b.communes, c)
	return flushFull(ctx, &b.communes, b.sink.Communes)
}

func (b *batcher) doubts(ctx context.Context, d ...catalog.Doubt) error {
	b.doubtful = append(b.doubtful, d...)
	return flushFull(ctx, &b.doubtful, b.sink.Doubts)
}

// sheetDone hands over what is left of a sheet.
func (b *batcher) sheetDone(ctx context.Context, read catalog.SheetRead) error {
	if err := flush(ctx, &b.products, b.sink.Products); err != nil {
		return err
	}
	if err := flush(ctx, &b.skus, b.sink.SKUs); err != nil {
		return err
	}
	if err := flush(ctx, &b.communes, b.sink.Communes); err != nil {
		return err
	}
	if err := flush(ctx, &b.doubtful, b.sink.Doubts); err != nil {
		return err
	}
	return b.sink.SheetRead(ctx, read)
}

func flushFull[T any](ctx context.Context, rows *[]T, to func(context.Context, []T) error) error {
	if len(*rows) < rowsAtOnce {
		return nil
	}
	return flush(ctx, rows, to)
}

func flush[T any](ctx context.Context, rows *[]T, to func(context.Context, []T) error) error {
	if len(*rows) == 0 {
		return nil
	}
	full := *rows
	*rows = nil
	return to(ctx, full)
}
