package main

import (
	"context"
	"encoding/json"

	"github.com/spf13/cobra"

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
			detail := report.T(e.Detail, "–")
			if len(e.Detail) > 0 {
				b, err := json.Marshal(e.Detail)
				if err != nil {
					return err
				}
				detail.Text = string(b)
			}
			w.Row(report.V(e.ID), a.when(e.At.UnixMilli()), report.V(e.Actor), report.V(e.Kind), dash(e.Marketplace), dash(e.SKU),
				report.V(e.ProductCode), dash(e.RunID), detail)
		}
		return w.Close()
	})
	c.Flags().IntVar(&count, "count", count, text.FlagCount.In(a.lang))
	c.Flags().StringVar(&run, "run", "", text.FlagRun.In(a.lang))
	return c
}
