package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"lensan/adapters"
	"lensan/cmd/lensan/report"
	"lensan/cmd/lensan/text"
	"lensan/store"
)

func (a *app) historyCommand() *cobra.Command {
	count, run := 50, ""
	c := a.command("history [SKU]", cobra.MaximumNArgs(1), []Exit{ExitTemporary, ExitNoScope}, func(ctx context.Context, args []string) error {
		if err := a.checkCount(count); err != nil {
			return err
		}
		s, err := a.openStore(ctx, false)
		if err != nil {
			return err
		}
		f := store.EventFilter{RunID: run, Limit: min(count, 10_000)}
		if len(args) == 1 {
			f.SKU = nfc(args)[0]
		}
		events, err := s.ListEvents(ctx, f)
		if err != nil {
			return err
		}
		if len(events) == 0 {
			if err := a.knownOf(ctx, s, f); err != nil {
				return err
			}
		}
		if a.format() == report.FormatTable {
			a.markSandbox(a.out)
		}
		w := a.result("events", nil, data("id"), a.column("at", text.HeadWhen), a.column("actor", text.HeadBy), a.column("kind", text.HeadEvent),
			a.column("marketplace", text.HeadMarketplace), a.column("sku", text.HeadSKU), data("product_code"), a.column("run_id", text.HeadRun),
			a.wide("detail", text.HeadDetail, 60))
		for _, e := range events {
			market := dash(e.Marketplace)
			if e.Marketplace != "" {
				market.Text = a.title(e.Marketplace)
			}
			w.Row(report.V(e.ID), a.when(e.At.UnixMilli()), report.V(e.Actor), report.T(e.Kind, text.Event(a.lang, e.Kind)), market, dash(e.SKU),
				report.V(e.ProductCode), dash(e.RunID), report.T(e.Detail, a.detailWords(e.Detail)))
		}
		return a.end(w)
	})
	c.Flags().IntVar(&count, "count", count, text.FlagCount.In(a.lang))
	c.Flags().StringVar(&run, "run", "", text.FlagRun.In(a.lang))
	return c
}

// knownOf tells a SKU or a run to which nothing happened from one that there
// is not.
func (a *app) knownOf(ctx context.Context, s *store.Store, f store.EventFilter) error {
	if f.RunID != "" {
		if _, err := a.getRun(ctx, s, f.RunID); err != nil {
			return err
		}
	}
	if f.SKU == "" {
		return nil
	}
	rows, _, err := s.SyncStatus(ctx, store.Filter{SKUs: []string{f.SKU}}, store.Page{Limit: 1})
	if err == nil && len(rows) == 0 {
		return a.fail(ExitNoScope, text.NoSKU, "sku", f.SKU)
	}
	return err
}

// detailWords tells what an event changed, from what to what; of other events
// what they carry that a person can read.
func (a *app) detailWords(detail map[string]any) string {
	var lines []string
	before, _ := detail["before"].(map[string]any)
	after, _ := detail["after"].(map[string]any)
	for _, f := range slices.Sorted(maps.Keys(after)) {
		field := adapters.Field(f)
		was, is := text.FieldValue(a.lang, field, fmt.Sprint(cmp.Or(before[f], any("–")))), text.FieldValue(a.lang, field, fmt.Sprint(after[f]))
		if len(was) > 40 || len(is) > 40 {
			lines = append(lines, text.Field(a.lang, field))
			continue
		}
		lines = append(lines, text.Field(a.lang, field)+": "+was+" → "+is)
	}
	for _, k := range slices.Sorted(maps.Keys(detail)) {
		switch v := detail[k].(type) {
		case string:
			if k != "intent" && v != "" {
				name := k
				if k == "remote_id" {
					name = text.RemoteID.In(a.lang)
				}
				lines = append(lines, name+": "+v)
			}
		case bool, float64:
			lines = append(lines, fmt.Sprintf("%s: %v", k, v))
		}
	}
	if len(lines) == 0 {
		return "–"
	}
	return strings.Join(lines, "\n")
}
