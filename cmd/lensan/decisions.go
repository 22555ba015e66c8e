package main

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"lensan/cmd/lensan/report"
	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
)

func (a *app) decisionsCommand() *cobra.Command {
	var all bool
	c := a.command("decisions", cobra.NoArgs, []Exit{ExitTemporary}, func(ctx context.Context, _ []string) error {
		s, err := a.openStore(ctx, false)
		if err != nil {
			return err
		}
		state := "open"
		if all {
			state = ""
		}
		return a.decisionRows(ctx, s, state)
	})
	c.Flags().BoolVar(&all, "all", false, text.FlagAllDecisions.In(a.lang))
	c.AddCommand(a.resolveCommand())
	return c
}

// decisionRows writes what a person is asked, what is at stake and what one can
// answer.
func (a *app) decisionRows(ctx context.Context, s *store.Store, state string) error {
	if a.format() == report.FormatTable {
		a.markSandbox(a.out)
	}
	w := a.result("decisions", nil, a.column("id", text.HeadDecision), a.column("kind", text.HeadKind), a.column("marketplace", text.HeadMarketplace),
		a.column("sku", text.HeadSKU), data("product_code"), data("run_id"), a.wide("says", text.HeadStake, 50), a.wide("choices", text.HeadChoices, 40),
		data("stake"), data("state"), data("choice"), data("resolved_by"), data("note"))
	after := ""
	for {
		page, err := s.Decisions(ctx, store.DecisionFilter{State: state, After: after, Limit: 500})
		if err != nil {
			return err
		}
		for _, d := range page {
			w.Row(a.decisionCells(d)...)
			after = d.ID
		}
		if len(page) < 500 {
			return a.end(w)
		}
	}
}

func (a *app) decisionCells(d catalog.Decision) []report.Cell {
	words := text.ExplainDecision(d)
	var choices []string
	for _, c := range words.Choices {
		choices = append(choices, c.Value+": "+c.Label.In(a.lang))
	}
	if d.State != "open" {
		choices = []string{d.Choice}
	}
	return []report.Cell{
		report.V(d.ID), report.T(string(d.Kind), words.Title.In(a.lang)), report.T(d.Marketplace, a.title(d.Marketplace)), dash(d.SKU),
		report.V(d.ProductCode), report.V(d.RunID), report.V(words.Says.In(a.lang)), report.T(catalog.Choices[d.Kind], strings.Join(choices, "\n")),
		report.V(d.Stake), report.V(d.State), report.V(d.Choice), report.V(d.ResolvedBy), report.V(d.Note),
	}
}

func (a *app) resolveCommand() *cobra.Command {
	var note string
	c := a.subcommand("decisions", "resolve ID CHOICE", cobra.ExactArgs(2), []Exit{ExitTemporary}, func(ctx context.Context, args []string) error {
		s, err := a.openStore(ctx, false)
		if err != nil {
			return err
		}
		run, err := s.ResolveDecision(ctx, args[0], args[1], operator(), note)
		switch {
		case errors.Is(err, store.ErrNotFound):
			return a.fail(ExitUsage, text.NoDecision, "id", args[0])
		case errors.Is(err, store.ErrResolved):
			return a.fail(ExitUsage, text.DecisionClosed, "id", args[0])
		case errors.Is(err, store.ErrChoice):
			d, readErr := s.GetDecision(ctx, args[0])
			if readErr != nil {
				return readErr
			}
			return a.fail(ExitUsage, text.NoChoice, "choice", args[1], "have", strings.Join(catalog.Choices[d.Kind], ", "))
		case errors.Is(err, store.ErrBusy):
			return a.fail(ExitTemporary, text.SKUBusy, "sku", args[0])
		case err != nil:
			return err
		}
		a.say(text.DecisionResolved, "id", args[0], "choice", args[1])
		if run != nil {
			return a.sayQueued(ctx, s, *run)
		}
		return nil
	})
	c.Flags().StringVar(&note, "note", "", text.FlagNote.In(a.lang))
	return c
}
