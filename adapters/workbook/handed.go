package workbook

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"

	"lensan/adapters"
)

// Handed tells where changes stand that were written into files:
//
//	the file waits                                  waiting: workbook.to_upload
//	it waits, but a newer list shows half its new products  as uploaded
//	it was thrown away                              back
//	it was uploaded, or is nowhere; no newer list   waiting: workbook.to_read_back
//	the same, and a newer list                      carried: workbook.not_taken where it does not show
//	it is in no file on record; no newer list       waiting: workbook.file_unknown
//	the same, and a newer list                      back
//
// Newer is a list that was exported after the file left the folder where it
// waits, or that shows another new product of the same file.
func (a *Adapter) Handed(ctx context.Context, changes []adapters.Change) ([]adapters.Handing, *adapters.Error) {
	r, fault := a.latest(ctx)
	if fault != nil {
		return nil, fault
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.refresh(); err != nil {
		return nil, a.folderFault(err)
	}
	a.tidy(r)
	out := make([]adapters.Handing, len(changes))
	for i, c := range changes {
		h, err := a.standing(c, r)
		if err != nil {
			return nil, a.folderFault(err)
		}
		out[i] = h
	}
	return out, nil
}

func (a *Adapter) standing(c adapters.Change, r *reading) (adapters.Handing, error) {
	if e := a.fileOf(c); e != nil {
		return a.standingIn(e, c, r), nil
	}
	since, err := a.noteLost(changeKey(c.Op, c.SKU, c.Payload))
	if err != nil {
		return adapters.Handing{}, err
	}
	if r.asOf.After(since) {
		return adapters.Handing{State: adapters.HandedBack}, nil
	}
	return adapters.Handing{State: adapters.HandedWaiting, Code: "workbook.file_unknown"}, nil
}

// fileOf finds the file that holds a change. A create is known by its SKU and
// shop alone: whatever else it says, a second one would be a double.
func (a *Adapter) fileOf(c adapters.Change) *entry {
	if c.Op == adapters.OpCreate {
		return a.ledger.creates[shelfOf(c)]
	}
	return a.ledger.others[changeKey(c.Op, c.SKU, c.Payload)]
}

func shelfOf(c adapters.Change) shelf {
	s := shelf{c.ShopID, c.SKU}
	if s.shop == "" {
		var p row
		if json.Unmarshal(c.Payload, &p) == nil {
			s.shop = p.Shop
		}
	}
	return s
}

func (a *Adapter) standingIn(e *entry, c adapters.Change, r *reading) adapters.Handing {
	args := map[string]string{"file": e.file + ".xlsx", "list": r.source}
	wait := func(code string) adapters.Handing {
		return adapters.Handing{State: adapters.HandedWaiting, Code: code, Args: args}
	}
	create := c.Op == adapters.OpCreate
	shown := 0
	if create && r.asOf.After(e.writtenAt) {
		shown = e.shownIn(r)
	}
	switch {
	case e.where == discardedFolder:
		return adapters.Handing{State: adapters.HandedBack}
	case e.dirty, e.where == waitingFolder && (shown == 0 || 2*shown < len(e.creates)):
		return wait("workbook.to_upload")
	case shown == 0 && !(!e.goneAt.IsZero() && r.asOf.After(e.goneAt)):
		return wait("workbook.to_read_back")
	case create && r.showsMangled(shelfOf(c).shop, c.SKU):
		return wait("workbook.sku_mangled")
	}
	return adapters.Handing{State: adapters.HandedCarried, Code: "workbook.not_taken", Args: args}
}

// shownIn counts the new products of a file that a list shows.
func (e *entry) shownIn(r *reading) int {
	n := 0
	for _, s := range e.creates {
		if r.shows(s.shop, s.sku) {
			n++
		}
	}
	return n
}

// tidy moves files whose new products all show to the uploaded ones: whoever
// forgot to would upload them again.
func (a *Adapter) tidy(r *reading) {
	if a.tidied == r.key {
		return
	}
	a.tidied = r.key
	for _, e := range a.ledger.files {
		if e.where != waitingFolder || e.kind != kindCreate || e.dirty || !r.asOf.After(e.writtenAt) || e.shownIn(r) < len(e.creates) {
			continue
		}
		from, to := filepath.Join(a.cfg.Folder, waitingFolder, e.file), filepath.Join(a.cfg.Folder, uploadedFolder, e.file)
		if err := os.Rename(from+".xlsx", to+".xlsx"); err != nil {
			a.log.Warn("an uploaded file stays where it waits", "marketplace", a.cfg.Name, "file", e.file, "err", err)
			continue
		}
		os.Rename(from+picturesSuffix, to+picturesSuffix) //nolint:errcheck // there may be none
		e.where = uploadedFolder
	}
}
