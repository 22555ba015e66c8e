package voso

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"lensan/adapters"
)

// Get reads products by id, 50 in a request.
func (a *Adapter) Get(ctx context.Context, ids []string) (map[string]adapters.Listing, *adapters.Error) {
	ids = distinct(ids)
	out := make(map[string]adapters.Listing, len(ids))
	for part := range slices.Chunk(ids, batchSize) {
		var read []adapters.Listing
		_, _, fault := do(ctx, a, call{op: "getProducts", path: "/product/get", body: getRequest{ProductIDs: part}}, func(data getData) (err error) {
			if data.Items == nil {
				return errors.New("no items")
			}
			if read, err = listings(*data.Items); err != nil {
				return err
			}
			for _, l := range read {
				if !slices.Contains(part, l.RemoteID) {
					return fmt.Errorf("product %s was not asked for", l.RemoteID)
				}
			}
			return nil
		})
		if fault != nil {
			return nil, fault
		}
		for _, l := range read {
			out[l.RemoteID] = l
		}
	}
	return out, nil
}

// Find reads the products that carry these SKUs, 50 SKUs in a request.
func (a *Adapter) Find(ctx context.Context, shopID string, skus []string) ([]adapters.Listing, *adapters.Error) {
	var out []adapters.Listing
	for part := range slices.Chunk(distinct(skus), batchSize) { // an empty list would be no filter
		for l, err := range a.pages(ctx, searchRequest{ShopID: shopID, SKUs: part}) {
			if err != nil {
				return nil, err
			}
			out = append(out, l)
		}
	}
	return out, nil
}

// List reads all products, in the order in which they were made.
func (a *Adapter) List(ctx context.Context, query adapters.ListQuery) iter.Seq2[adapters.Listing, error] {
	return func(yield func(adapters.Listing, error) bool) {
		for l, err := range a.pages(ctx, searchRequest{ShopID: query.ShopID}) {
			if err != nil {
				yield(adapters.Listing{}, err)
				return
			}
			if !yield(l, nil) {
				return
			}
		}
	}
}

// pages reads a search page by page. Ordered by creation a page keeps its place
// while products are added, and products are never deleted, so a search was
// read whole when as many distinct products came as the largest total told.
// Anything else ends in an error: pages that repeat, are short or too long.
func (a *Adapter) pages(ctx context.Context, req searchRequest) iter.Seq2[adapters.Listing, *adapters.Error] {
	req.PageSize, req.OrderBy = pageSize, "CREATED_ASC"
	return func(yield func(adapters.Listing, *adapters.Error) bool) {
		seen := map[string]bool{}
		total := 0
		for req.Page = 1; ; req.Page++ {
			page, told, fault := a.page(ctx, req)
			if fault != nil {
				yield(adapters.Listing{}, fault)
				return
			}
			total = max(total, told)
			before := len(seen)
			for _, l := range page {
				if seen[l.RemoteID] {
					continue
				}
				seen[l.RemoteID] = true
				if !yield(l, nil) {
					return
				}
			}
			switch {
			case len(seen) > total:
				yield(adapters.Listing{}, broken(fmt.Sprintf("%d products came where %d were told of", len(seen), total)))
				return
			case len(seen) == total:
				return
			case len(page) < pageSize, len(seen) == before:
				yield(adapters.Listing{}, broken(fmt.Sprintf("page %d ends the list after %d of %d products", req.Page, len(seen), total)))
				return
			}
		}
	}
}

// page reads one page and the total it tells.
func (a *Adapter) page(ctx context.Context, req searchRequest) (page []adapters.Listing, total int, fault *adapters.Error) {
	_, _, fault = do(ctx, a, call{op: "searchProducts", path: "/product/search", body: req}, func(data searchData) (err error) {
		if data.Items == nil || data.Total == nil || *data.Total < 0 || len(*data.Items) > req.PageSize {
			return errors.New("no page")
		}
		if page, err = listings(*data.Items); err != nil {
			return err
		}
		for _, l := range page {
			if req.ShopID != "" && l.ShopID != req.ShopID || len(req.SKUs) > 0 && !slices.Contains(req.SKUs, l.SKU) {
				return fmt.Errorf("product %s was not asked for", l.RemoteID)
			}
		}
		total = *data.Total
		return nil
	})
	if fault != nil {
		return nil, 0, fault
	}
	return page, total, nil
}

// broken is a list that was not read whole.
func broken(why string) *adapters.Error {
	return &adapters.Error{Marketplace: Name, Op: "searchProducts", Kind: adapters.KindTransient, Status: 200, Code: "list_not_whole", Err: errors.New(why)}
}

// distinct is in without repetitions and empty texts, in order.
func distinct(in []string) []string {
	seen := map[string]bool{"": true}
	var out []string
	for _, s := range in {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}
