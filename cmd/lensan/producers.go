package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"lensan/cmd/lensan/report"
	"lensan/cmd/lensan/text"
	"lensan/store"
)

func (a *app) producersCommand() *cobra.Command {
	var search string
	c := a.command("producers", cobra.NoArgs, []Exit{ExitTemporary}, func(ctx context.Context, _ []string) error {
		s, err := a.openStore(ctx, false)
		if err != nil {
			return err
		}
		return a.producerRows(ctx, s, nfc([]string{search})[0])
	})
	c.Flags().StringVar(&search, "search", "", text.FlagSearch.In(a.lang))
	c.AddCommand(a.mergeProducersCommand())
	return c
}

// producerRows lists producers without what is private of them.
func (a *app) producerRows(ctx context.Context, s *store.Store, search string) error {
	w := a.result("producers", nil, a.column("ref", text.HeadProducerRef), a.wide("name", text.HeadProducer, 50), a.column("commune_code", text.HeadCommune),
		a.number("products", text.HeadProducts), a.number("skus", text.HeadSKU), a.number("namesakes", text.HeadNamesakes), a.column("merged_into", text.HeadMerged))
	after := ""
	for {
		page, err := s.Producers(ctx, search, after, 500)
		if err != nil {
			return err
		}
		for _, p := range page {
			w.Row(report.V(p.Ref), report.V(p.Name), dash(p.CommuneCode), a.count(p.Products), a.count(p.SKUs), a.count(p.Namesakes), dash(p.MergedInto))
			after = p.Ref
		}
		if len(page) < 500 {
			return a.end(w)
		}
	}
}

func (a *app) mergeProducersCommand() *cobra.Command {
	return a.subcommand("producers", "merge KEPT GONE", cobra.ExactArgs(2), []Exit{ExitTemporary}, func(ctx context.Context, args []string) error {
		s, err := a.openStore(ctx, false)
		if err != nil {
			return err
		}
		n, err := s.MergeProducers(ctx, args[0], args[1], operator())
		if errors.Is(err, store.ErrNoProducer) {
			return a.fail(ExitUsage, text.NoProducers, "kept", args[0], "gone", args[1])
		}
		if err != nil {
			return err
		}
		a.say(text.ProducersMerged, "kept", args[0], "gone", args[1], "n", text.Number(a.lang, int64(n)))
		return a.assess(ctx, s)
	})
}
