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
	c := a.command("history [SKU]", cobra.MaximumNArgs(1), []Exit{ExitTemporary}, func(ctx context.Context, args []string) error {
		s, err := a.openStore(ctx, false)
		if err != nil {
			return err
		}
		f := store.EventFilter{RunID: run, Limit: min(max(count, 1), 10_000)}
		if len(args) == 1 {
			f.SKU = nfc(args)[0]
		}
		events, err := s.ListEvents(ctx, f)
		if err != nil {
			return err
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
