package workbook

import (
	"context"
	"strings"

	"lensan/adapters"
)

// CheckShop tells what of a shop the marketplace's rules can't carry.
func (a *Adapter) CheckShop(s adapters.Shop) []adapters.Problem { return a.cfg.Rules.CheckShop(s) }

// FindShop finds a producer's shop, which on this lane is known by the
// producer's own reference: it is active when the newest list shows a product
// in it, and pending when a person was asked to open it.
func (a *Adapter) FindShop(ctx context.Context, producerRef string) (*adapters.RemoteShop, *adapters.Error) {
	r, fault := a.latest(ctx)
	if fault != nil {
		return nil, fault
	}
	if r.shops[producerRef] && producerRef != "" {
		return &adapters.RemoteShop{ID: producerRef, ProducerRef: producerRef, Status: adapters.ShopActive}, nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.refresh(); err != nil {
		return nil, a.folderFault(err)
	}
	return a.shopAsked(producerRef), nil
}

// shopAsked is a shop that a person was asked to open.
func (a *Adapter) shopAsked(ref string) *adapters.RemoteShop {
	if e := a.ledger.shops[ref]; e == nil || e.where == discardedFolder {
		return nil
	}
	return &adapters.RemoteShop{ID: ref, ProducerRef: ref, Status: adapters.ShopPending}
}

// CreateShop asks a person to open a producer's shop, by a row in the file of
// shops. Products may be written for it at once: they are uploaded after it.
func (a *Adapter) CreateShop(ctx context.Context, s adapters.Shop, _ string) (*adapters.RemoteShop, *adapters.Error) {
	if problems := a.CheckShop(s); len(problems) > 0 {
		e := &adapters.Error{Marketplace: a.cfg.Name, Op: "createShop", Kind: adapters.KindInvalid, Code: problems[0].Code}
		for _, p := range problems {
			e.Fields = append(e.Fields, adapters.FieldError{Field: p.Field, Code: p.Code})
		}
		return nil, e
	}
	found, fault := a.FindShop(ctx, s.ProducerRef)
	if fault != nil {
		return nil, fault
	}
	exists := func() *adapters.Error {
		return &adapters.Error{Marketplace: a.cfg.Name, Op: "createShop", Kind: adapters.KindExists, Code: "shop_exists", ExistingID: s.ProducerRef}
	}
	if found != nil {
		return nil, exists()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.refresh(); err != nil {
		return nil, a.folderFault(err)
	}
	if a.shopAsked(s.ProducerRef) != nil {
		return nil, exists()
	}
	cells := map[string]string{}
	for id, v := range map[string]string{"name": s.Name, "phone": s.Phone, "tax_code": s.TaxCode, "province": s.ProvinceCode, "commune": s.CommuneCode, "address": s.Address} {
		cells[id] = strings.Join(strings.Fields(tidy(v)), " ")
	}
	if _, _, err := a.hand([]row{{Op: opShop, Shop: s.ProducerRef, Cells: cells}}); err != nil {
		return nil, a.folderFault(err)
	}
	return &adapters.RemoteShop{ID: s.ProducerRef, ProducerRef: s.ProducerRef, Status: adapters.ShopPending}, nil
}
