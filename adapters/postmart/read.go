package postmart

import (
	"context"
	"errors"
	"iter"
	"net/url"
	"strconv"
	"time"

	"lensan/adapters"
)

// Get reads products by id, one request each.
func (a *Adapter) Get(ctx context.Context, ids []string) (map[string]adapters.Listing, *adapters.Error) {
	out := make(map[string]adapters.Listing, len(ids))
	for _, id := range ids {
		if _, done := out[id]; done || id == "" {
			continue
		}
		p, err := a.getProduct(ctx, id)
		if err != nil && err.Kind == adapters.KindNotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		out[id] = p.listing()
	}
	return out, nil
}

// Find reads products by SKU, one request each.
func (a *Adapter) Find(ctx context.Context, shopID string, skus []string) ([]adapters.Listing, *adapters.Error) {
	var out []adapters.Listing
	done := map[string]bool{}
	for _, sku := range skus {
		if done[sku] || sku == "" {
			continue
		}
		done[sku] = true
		query := url.Values{"sku": {sku}}
		if shopID != "" {
			query.Set("shop_id", shopID)
		}
		err := a.pages(ctx, query, sku, func(p *product) bool {
			if p.SKU != nil && *p.SKU == sku && (shopID == "" || p.ShopID == shopID) {
				out = append(out, p.listing())
			}
			return true
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// List reads products page by page, each once, however often the pages repeat
// it.
func (a *Adapter) List(ctx context.Context, q adapters.ListQuery) iter.Seq2[adapters.Listing, error] {
	return func(yield func(adapters.Listing, error) bool) {
		query := url.Values{}
		if q.ShopID != "" {
			query.Set("shop_id", q.ShopID)
		}
		if !q.UpdatedAfter.IsZero() {
			query.Set("updated_after", q.UpdatedAfter.UTC().Format(time.RFC3339Nano))
		}
		stopped := false
		err := a.pages(ctx, query, "", func(p *product) bool {
			if q.ShopID != "" && p.ShopID != q.ShopID {
				return true
			}
			stopped = !yield(p.listing(), nil)
			return !stopped
		})
		if err != nil && !stopped {
			yield(adapters.Listing{}, err)
		}
	}
}

// barrenPages is how many pages on end may bring nothing new, being empty or
// repeats, before they are taken to lead nowhere.
const barrenPages = 50

// pages reads all pages of a query and hands over each product once, until
// each says false. It ends without an error only when the last page was read,
// or each said so. Memory holds the ids alone.
func (a *Adapter) pages(ctx context.Context, query url.Values, sku string, each func(*product) bool) *adapters.Error {
	query.Set("limit", strconv.Itoa(pageSize))
	seen, cursors := map[string]struct{}{}, map[string]struct{}{}
	astray := func(why string) *adapters.Error {
		return &adapters.Error{Marketplace: name, Op: opListProducts, SKU: sku, Kind: adapters.KindTransient, Code: codeListingIncomplete, Err: errors.New(why)}
	}
	for barren := 0; ; {
		items, next, err := a.listPage(ctx, query, sku)
		if err != nil {
			return err
		}
		barren++
		for i := range items {
			if _, twice := seen[items[i].ID]; twice {
				continue
			}
			seen[items[i].ID] = struct{}{}
			barren = 0
			if !each(&items[i]) {
				return nil
			}
		}
		if next == "" {
			return nil
		}
		if _, twice := cursors[next]; twice {
			return astray("the pages lead in a circle")
		}
		if barren >= barrenPages {
			return astray("the pages bring nothing new")
		}
		cursors[next] = struct{}{}
		query.Set("cursor", next)
	}
}
