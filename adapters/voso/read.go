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

// maxStuck is how many pages in a row may tell nothing new: the one past the
// end and the last one, read twice.
const maxStuck = 4

// pages reads a search page by page, each product once. Ordered by creation a
// page keeps its place while products are added, and products are never
// deleted, so a search was read whole when a page past the end was empty and as
// many distinct products came as the largest total told. The page past the end
// is always asked for: a page that is short without being the last, and a total
// to match, look like a small catalogue. Where it tells of more, products came
// meanwhile and the last page is read again. Anything else ends in an error.
func (a *Adapter) pages(ctx context.Context, req searchRequest) iter.Seq2[adapters.Listing, *adapters.Error] {
	req.PageSize, req.OrderBy, req.Page = pageSize, "CREATED_ASC", 1
	return func(yield func(adapters.Listing, *adapters.Error) bool) {
		seen := map[string]bool{}
		total, stuck := 0, 0
		for {
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
			ended := len(page) == 0
			if ended && len(seen) == total {
				return
			}
			if len(seen) > before {
				stuck = 0
			} else {
				stuck++
			}
			if stuck > maxStuck || ended && req.Page == 1 {
				yield(adapters.Listing{}, broken(fmt.Sprintf("%d products of %d came, page %d tells nothing new", len(seen), total, req.Page)))
				return
			}
			if ended {
				req.Page--
			} else {
				req.Page++
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
