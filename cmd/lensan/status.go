package main

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"lensan/adapters"
	"lensan/cmd/lensan/report"
	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
)

func (a *app) statusCommand() *cobra.Command {
	var (
		flags          scopeFlags
		skus, products bool
		reasons        []string
	)
	c := a.command("status", cobra.NoArgs, []Exit{ExitTemporary, ExitNoScope}, func(ctx context.Context, _ []string) error {
		scope, err := a.scope(flags)
		if err != nil {
			return err
		}
		s, err := a.openStore(ctx, false)
		if err != nil {
			return err
		}
		filter, err := a.filterOf(scope, reasons)
		if err != nil {
			return err
		}
		switch {
		case products:
			return a.productRows(ctx, s, filter, scope.Limit)
		case skus || !scope.IsAll() || len(reasons) > 0:
			return a.skuRows(ctx, s, filter, scope.Limit)
		}
		return a.printSummary(ctx, s)
	})
	a.addScope(c.Flags(), &flags)
	c.Flags().Lookup("only").Usage = text.FlagOnlyShown.In(a.lang)
	c.Flags().BoolVar(&skus, "skus", false, text.FlagSKUs.In(a.lang))
	c.Flags().BoolVar(&products, "products", false, text.FlagProducts.In(a.lang))
	c.Flags().StringArrayVar(&reasons, "reason", nil, text.FlagReason.In(a.lang))
	return c
}

// filterOf is a filter of a scope and of states or reason codes. Of --only it
// knows what needs no plan.
func (a *app) filterOf(scope catalog.Scope, reasons []string) (store.Filter, error) {
	f := store.FilterOf(scope)
	switch only, reason, _ := strings.Cut(scope.Only, ":"); only {
	case "":
	case "failed":
		f.SyncStates = []string{string(catalog.SyncFailed), string(catalog.SyncNeedsFixing), string(catalog.SyncRetrying)}
		if reason != "" {
			f.Reasons = []string{reason}
		}
	case "left-out":
		f.SyncStates = []string{string(catalog.SyncExcluded), string(catalog.SyncNeedsFixing), string(catalog.SyncStoppedByBrake)}
	default:
		return f, a.fail(ExitUsage, text.OnlyNeedsPlan, "value", scope.Only)
	}
	for _, r := range reasons {
		switch {
		case slices.Contains(syncStates, catalog.SyncState(r)):
			f.SyncStates = append(f.SyncStates, r)
		case slices.Contains(marketStates, adapters.MarketState(r)):
			f.MarketStates = append(f.MarketStates, r)
		default:
			f.Reasons = append(f.Reasons, r)
		}
	}
	return f, nil
}

var (
	syncStates = []catalog.SyncState{
		catalog.SyncExcluded, catalog.SyncWaiting, catalog.SyncWaitingLane, catalog.SyncApplying, catalog.SyncChecking,
		catalog.SyncApplied, catalog.SyncRetrying, catalog.SyncNeedsFixing, catalog.SyncStoppedByBrake, catalog.SyncFailed,
	}
	marketStates = []adapters.MarketState{adapters.Absent, adapters.PendingReview, adapters.Live, adapters.Rejected, adapters.Closed, adapters.Locked}
)

func (a *app) reason(vi, en string) string { return text.Sentence(a.lang, vi, en) }

// skuRows writes sync_status as it stands.
func (a *app) skuRows(ctx context.Context, s *store.Store, f store.Filter, limit int) error {
	if a.format() == report.FormatTable {
		a.markSandbox(a.out)
	}
	w := a.result("sync_status", nil, a.skuColumns()...)
	n := 0
	for r, err := range s.AllSyncStatus(ctx, f) {
		if err != nil {
			return err
		}
		if n++; limit > 0 && n > limit {
			break
		}
		w.Row(a.skuCells(r)...)
	}
	if err := w.Close(); err != nil {
		return err
	}
	if n == 0 {
		return a.fail(ExitNoScope, text.ScopeEmpty)
	}
	return nil
}

func (a *app) skuColumns() []report.Column {
	return []report.Column{
		a.column("marketplace", text.HeadMarketplace), a.column("sku", text.HeadSKU), data("product_code"),
		a.wide("product_name", text.HeadProduct, 28), data("producer"), data("commune"), data("district"), data("product_set"),
		a.number("stars", text.HeadStars), data("valid_until"), a.column("sync_state", text.HeadState),
		a.column("market_state", text.HeadOnMarket), data("reason_code"), a.wide("reason", text.HeadReason, 44), data("reason_vi"), data("reason_en"),
		a.column("who_fixes", text.HeadWho), data("remote_id"), data("remote_url"), data("applied_at"), a.column("seen_at", text.HeadSeen),
	}
}

func (a *app) skuCells(r store.SyncRow) []report.Cell {
	reason := a.reason(r.ReasonVI, r.ReasonEN)
	return []report.Cell{
		report.T(r.Marketplace, a.title(r.Marketplace)), report.V(r.SKU), report.V(r.ProductCode), report.V(r.ProductName),
		report.V(r.Producer), report.V(r.Commune), report.V(r.District), report.V(r.ProductSet), report.V(r.Stars), report.V(r.ValidUntil),
		report.T(r.SyncState, text.SyncState(a.lang, catalog.SyncState(r.SyncState))),
		report.T(r.MarketState, text.MarketState(a.lang, adapters.MarketState(r.MarketState))),
		report.V(r.ReasonCode), report.V(reason), report.V(r.ReasonVI), report.V(r.ReasonEN),
		report.T(r.WhoFixes, text.Who(a.lang, catalog.Who(r.WhoFixes))),
		report.V(r.RemoteID), report.V(r.RemoteURL), report.V(r.AppliedAt), a.when(r.SeenAt),
	}
}

// productRows writes product_status: each product, with a SKU or without.
func (a *app) productRows(ctx context.Context, s *store.Store, f store.Filter, limit int) error {
	if a.format() == report.FormatTable {
		a.markSandbox(a.out)
	}
	w := a.result("product_status", nil, a.productColumns()...)
	n := 0
	for r, err := range s.AllProductStatus(ctx, f) {
		if err != nil {
			return err
		}
		if n++; limit > 0 && n > limit {
			break
		}
		w.Row(a.productCells(r)...)
	}
	if err := w.Close(); err != nil {
		return err
	}
	if n == 0 {
		return a.fail(ExitNoScope, text.ScopeEmpty)
	}
	return nil
}

func (a *app) productColumns() []report.Column {
	return []report.Column{
		a.column("marketplace", text.HeadMarketplace), a.column("product_code", text.HeadCode), a.wide("product_name", text.HeadProduct, 28),
		data("producer"), data("commune"), data("district"), data("product_set"), a.number("stars", text.HeadStars),
		a.column("valid_until", text.HeadValidUntil), a.column("sync_state", text.HeadState), a.column("market_state", text.HeadOnMarket),
		data("reason_code"), a.wide("reason", text.HeadReason, 44), data("reason_vi"), data("reason_en"), a.column("who_fixes", text.HeadWho),
		a.number("skus", text.HeadSKU), data("skus_live"), data("applied_at"), data("seen_at"),
	}
}

func (a *app) productCells(r store.ProductRow) []report.Cell {
	market := text.MarketState(a.lang, adapters.MarketState(r.MarketState))
	if r.Partial() {
		market = text.Partial.In(a.lang)
	}
	return []report.Cell{
		report.T(r.Marketplace, a.title(r.Marketplace)), report.V(r.ProductCode), report.V(r.ProductName), report.V(r.Producer),
		report.V(r.Commune), report.V(r.District), report.V(r.ProductSet), report.V(r.Stars), a.dayCell(r.ValidUntil),
		report.T(r.SyncState, text.SyncState(a.lang, catalog.SyncState(r.SyncState))), report.T(r.MarketState, market),
		report.V(r.ReasonCode), report.V(a.reason(r.ReasonVI, r.ReasonEN)), report.V(r.ReasonVI), report.V(r.ReasonEN),
		report.T(r.WhoFixes, text.Who(a.lang, catalog.Who(r.WhoFixes))), report.V(r.SKUs), report.V(r.SKUsLive), report.V(r.AppliedAt), report.V(r.SeenAt),
	}
}
