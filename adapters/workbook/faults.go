package workbook

import (
	"context"
	"errors"
	"io/fs"

	"lensan/adapters"
)

// laneWaits is the whole lane waiting for a person: for a list, or for another
// one than that which can't be used. where is told to the person.
func (a *Adapter) laneWaits(code, where string, cause error) *adapters.Error {
	return &adapters.Error{Marketplace: a.cfg.Name, Op: "readList", Kind: adapters.KindUnavailable, Code: code, WholeLane: true,
		Fields: []adapters.FieldError{{Code: code, Message: where}}, Err: cause}
}

// folderFault is a folder that can't be read or written.
func (a *Adapter) folderFault(err error) *adapters.Error {
	var path *fs.PathError
	cause := err
	if errors.As(err, &path) {
		cause = path.Err
	}
	return &adapters.Error{Marketplace: a.cfg.Name, Op: "folder", Kind: adapters.KindUnavailable, Code: "workbook.folder", WholeLane: true,
		Fields: []adapters.FieldError{{Code: "workbook.folder", Message: a.cfg.Folder}}, Err: cause}
}

func (a *Adapter) cancelled(err error) *adapters.Error {
	return &adapters.Error{Marketplace: a.cfg.Name, Op: "folder", Kind: adapters.KindCancelled, Err: err}
}

// readFault is a reading of our own that can't be read back.
func (a *Adapter) readFault(ctx context.Context, err error) *adapters.Error {
	if ctx.Err() != nil {
		return a.cancelled(ctx.Err())
	}
	return a.folderFault(err)
}

func (a *Adapter) invalid(op, sku, field, code string, err error) *adapters.Error {
	return &adapters.Error{Marketplace: a.cfg.Name, Op: op, SKU: sku, Kind: adapters.KindInvalid, Code: code,
		Fields: []adapters.FieldError{{Field: field, Code: code}}, Err: err}
}
