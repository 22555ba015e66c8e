package main

import (
	"context"
	"fmt"
	"slices"

	"lensan/cmd/lensan/report"
	"lensan/cmd/lensan/text"
	"lensan/store"
)

// shownAlways are the places of the summary that are shown even when empty;
// the others are shown where something stands in them.
var shownAlways = map[store.Bucket]bool{
	store.BucketLive: true, store.BucketPendingReview: true, store.BucketRejected: true, store.BucketNeedsFixing: true, store.BucketNotSold: true,
	store.BucketExpired: true, store.BucketValidityUnknown: true, bucketNotAwarded: true,
}

// bucketNotAwarded joins what is not awarded three stars: below, unknown,
// revoked.
const bucketNotAwarded store.Bucket = "not_awarded"

// summaryBuckets are the lines of the summary in order.
func summaryBuckets() []store.Bucket {
	var out []store.Bucket
	for _, b := range store.Buckets {
		switch b {
		case store.BucketBelowThreeStars:
			out = append(out, bucketNotAwarded)
		case store.BucketStarsUnknown, store.BucketRevoked:
		default:
			out = append(out, b)
		}
	}
	return out
}

func bucketCount(m store.MarketSummary, b store.Bucket) int {
	if b == bucketNotAwarded {
		return m.NotAwarded()
	}
	return m.Buckets[b]
}

// printSummary writes where every SKU stands on each marketplace; the lines
// add up to all SKUs.
func (a *app) printSummary(ctx context.Context, s *store.Store) error {
	all, err := s.Summary(ctx)
	if err != nil {
		return err
	}
	var on []store.MarketSummary
	for _, l := range a.cfg.Enabled() {
		m := store.MarketSummary{Marketplace: l.Name, Sandbox: l.IsSandbox(), Buckets: map[store.Bucket]int{}}
		if i := slices.IndexFunc(all, func(m store.MarketSummary) bool { return m.Marketplace == l.Name }); i >= 0 {
			m = all[i]
		}
		on = append(on, m)
	}
	if a.format() != report.FormatTable {
		return a.summaryRows(on)
	}
	a.markSandbox(a.out)
	columns := []report.Column{{Title: text.HeadSummary.In(a.lang)}}
	for _, m := range on {
		columns = append(columns, report.Column{Title: a.title(m.Marketplace), Right: true})
	}
	w := report.NewWriter(a.out, report.FormatTable, "summary", nil, columns...)
	for _, b := range summaryBuckets() {
		shown := shownAlways[b]
		row := []report.Cell{report.V(text.Bucket(a.lang, string(b)))}
		for _, m := range on {
			n := bucketCount(m, b)
			shown = shown || n > 0
			row = append(row, a.count(n))
		}
		if shown {
			w.Row(row...)
		}
	}
	total := []report.Cell{report.V(text.AllSKUs.In(a.lang))}
	without := -1
	for _, m := range on {
		total = append(total, a.count(m.SKUs))
		without = m.ProductsWithoutSKU
	}
	w.Foot(total...)
	if err := w.Close(); err != nil {
		return err
	}
	if without > 0 {
		fmt.Fprintln(a.out, text.WithoutSKU.In(a.lang, "n", text.Number(a.lang, int64(without))))
	}
	return nil
}

func (a *app) summaryRows(on []store.MarketSummary) error {
	columns := []report.Column{data("marketplace"), data("sandbox"), data("skus"), data("products_without_sku")}
	for _, b := range store.Buckets {
		columns = append(columns, data(string(b)))
	}
	w := a.result("summary", nil, columns...)
	for _, m := range on {
		row := []report.Cell{report.V(m.Marketplace), report.V(m.Sandbox), report.V(m.SKUs), report.V(m.ProductsWithoutSKU)}
		for _, b := range store.Buckets {
			row = append(row, report.V(m.Buckets[b]))
		}
		w.Row(row...)
	}
	return w.Close()
}
