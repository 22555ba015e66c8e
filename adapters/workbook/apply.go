package workbook

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"lensan/adapters"
)

const (
	// batchSize is how many changes one call writes: each rewrites its file.
	batchSize = 500
	// gather is how long a file is written on: a run's parts follow each other
	// closely, and a file that rested may have been uploaded.
	gather = 2 * time.Minute
	// rewriteAfter is when a file that lacks rows is taken for one whose
	// process died.
	rewriteAfter = time.Minute
)

// Apply writes changes into a file for upload and hands it over. What waits in
// a file already is not written into a second one; what the newest list shows
// is not created.
func (a *Adapter) Apply(ctx context.Context, changes []adapters.Change) []adapters.Outcome {
	out := make([]adapters.Outcome, len(changes))
	failAll := func(e *adapters.Error) []adapters.Outcome {
		for i, c := range changes {
			if out[i].Err == nil && out[i].Handed == nil {
				own := *e
				own.SKU = c.SKU
				out[i].Err = &own
			}
		}
		return out
	}
	if err := ctx.Err(); err != nil {
		return failAll(a.cancelled(err))
	}
	r, fault := a.latest(ctx)
	if fault != nil {
		return failAll(fault)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.refresh(); err != nil {
		return failAll(a.folderFault(err))
	}
	var rows []row
	var places []int
	taken := map[shelf]bool{}
	for i, c := range changes {
		p, done := a.admit(ctx, c, r, changes[0].Op)
		if done == nil && c.Op == adapters.OpCreate && taken[shelfOf(c)] {
			done = &adapters.Outcome{Err: a.exists(c, "")}
		}
		if done != nil {
			out[i] = *done
			continue
		}
		taken[shelfOf(c)] = true
		rows, places = append(rows, p), append(places, i)
	}
	for len(rows) > 0 {
		file, n, err := a.hand(rows)
		if err != nil {
			return failAll(a.folderFault(err))
		}
		for _, i := range places[:n] {
			out[i].Handed = &adapters.Handing{State: adapters.HandedWaiting, Code: "workbook.to_upload", Args: map[string]string{"file": file + ".xlsx", "list": r.source}}
		}
		rows, places = rows[n:], places[n:]
	}
	return out
}

// admit reads a change's row, or tells at once what becomes of the change.
func (a *Adapter) admit(ctx context.Context, c adapters.Change, r *reading, op adapters.Op) (row, *adapters.Outcome) {
	fail := func(e *adapters.Error) (row, *adapters.Outcome) {
		return row{}, &adapters.Outcome{RemoteID: e.ExistingID, Err: e}
	}
	if kinds[c.Op] == "" || c.Op == opShop {
		return fail(&adapters.Error{Marketplace: a.cfg.Name, Op: string(c.Op), SKU: c.SKU, Kind: adapters.KindUnsupported, Code: "no_operation"})
	}
	var p row
	err := json.Unmarshal(c.Payload, &p)
	if err == nil && (p.Op != c.Op || c.Op != op || p.SKU != c.SKU) {
		err = errors.New("the payload is another change's")
	}
	if err != nil {
		return fail(&adapters.Error{Marketplace: a.cfg.Name, Op: string(c.Op), SKU: c.SKU, Kind: adapters.KindUnknown, Code: "change_incomplete", Err: err})
	}
	if e := a.fileOf(c); e != nil {
		if h := a.standingIn(e, c, r); h.State == adapters.HandedWaiting {
			return p, &adapters.Outcome{Handed: &h}
		}
	}
	if c.Op == adapters.OpCreate && r.shows(p.Shop, p.SKU) {
		found, fault := a.find(ctx, r, p.Shop, []string{p.SKU})
		if fault != nil {
			return fail(fault)
		}
		return fail(a.exists(c, found[0].RemoteID))
	}
	if c.Op != adapters.OpCreate {
		if _, ok := r.byID[c.RemoteID]; !ok {
			return fail(&adapters.Error{Marketplace: a.cfg.Name, Op: string(c.Op), SKU: c.SKU, Kind: adapters.KindNotFound, Code: "not_found"})
		}
	}
	if c.Op == adapters.OpAdopt {
		if e := a.cantAdopt(ctx, c, r); e != nil {
			return fail(e)
		}
	}
	if !a.hasPictures(p) {
		return fail(a.invalid(string(c.Op), c.SKU, string(adapters.FieldImages), "images.unknown", nil))
	}
	return p, nil
}

// cantAdopt tells why a product can't be given a SKU: it has another, or another
// one of its shop has it.
func (a *Adapter) cantAdopt(ctx context.Context, c adapters.Change, r *reading) *adapters.Error {
	got, fault := a.listing(ctx, r, c.RemoteID)
	if fault != nil {
		return fault
	}
	if got.SKU != "" && got.SKU != c.SKU {
		return &adapters.Error{Marketplace: a.cfg.Name, Op: string(c.Op), SKU: c.SKU, Kind: adapters.KindConflict, Code: "sku_fixed"}
	}
	if got.SKU == "" && r.shows(got.ShopID, c.SKU) {
		found, fault := a.find(ctx, r, got.ShopID, []string{c.SKU})
		if fault != nil {
			return fault
		}
		return a.exists(c, found[0].RemoteID)
	}
	return nil
}

func (a *Adapter) exists(c adapters.Change, id string) *adapters.Error {
	return &adapters.Error{Marketplace: a.cfg.Name, Op: string(c.Op), SKU: c.SKU, Kind: adapters.KindExists, Code: "sku_exists", ExistingID: id}
}

// hand writes as many rows as one file has room for, and returns its name.
// Once they are on record they are handed over, whatever becomes of the file:
// it is written again from the record.
func (a *Adapter) hand(rows []row) (file string, n int, err error) {
	h, err := a.openFile(kinds[rows[0].Op])
	if err != nil {
		return "", 0, err
	}
	n = min(len(rows), a.mapping.MaxRows-len(h.Rows))
	before := len(h.Rows)
	h.Rows = append(h.Rows, rows[:n]...)
	h.WrittenAt, h.Dirty = a.cfg.Now().UTC(), true
	if err := a.keep(h); err != nil {
		h.Rows = h.Rows[:before]
		return "", 0, err
	}
	a.open[h.Kind] = h
	if err := a.publish(h); err != nil {
		a.log.Error("an upload file is not written yet", "marketplace", a.cfg.Name, "file", h.File, "err", err)
	}
	return h.File, n, a.refresh()
}

// openFile is the file that this process is writing, or a new one.
func (a *Adapter) openFile(k kind) (*handed, error) {
	now := a.cfg.Now()
	if h := a.open[k]; h != nil {
		e := a.ledger.files[h.File]
		if e != nil && e.where == waitingFolder && !e.dirty && len(h.Rows) < a.mapping.MaxRows && now.Sub(h.WrittenAt) < gather {
			return h, nil
		}
		delete(a.open, k)
	}
	name, err := a.nameFile(k)
	if err != nil {
		return nil, err
	}
	return &handed{File: name, Kind: k}, nil
}
