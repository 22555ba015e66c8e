package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lensan/cmd/lensan/report"
	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
)

func (a *app) runsCommand() *cobra.Command {
	count := 20
	c := a.command("runs [RUN]", cobra.MaximumNArgs(1), []Exit{ExitTemporary}, func(ctx context.Context, args []string) error {
		if err := a.checkCount(count); err != nil {
			return err
		}
		s, err := a.openStore(ctx, false)
		if err != nil {
			return err
		}
		if a.format() == report.FormatTable {
			a.markSandbox(a.out)
		}
		if len(args) == 1 {
			return a.oneRun(ctx, s, args[0])
		}
		w := a.result("runs", nil, a.runColumns()...)
		page := store.Page{Limit: min(count, 2000)}
		rows, _, err := s.RunStatus(ctx, page)
		if err != nil {
			return err
		}
		for _, r := range rows {
			w.Row(a.runCells(r)...)
		}
		return a.end(w)
	})
	c.Flags().IntVar(&count, "count", count, text.FlagCount.In(a.lang))
	return c
}

// checkCount refuses a number of rows that shows nothing.
func (a *app) checkCount(n int) error {
	if n < 1 {
		return a.fail(ExitUsage, text.FlagBadValue, "name", "--count", "value", strconv.Itoa(n))
	}
	return nil
}

func (a *app) runColumns() []report.Column {
	return []report.Column{
		a.column("run_id", text.HeadRun), a.column("kind", text.HeadKind), a.column("scope", text.HeadScope), a.column("policy", text.HeadPolicy),
		a.column("trigger", text.HeadTrigger), a.column("requested_by", text.HeadBy), a.column("state", text.HeadState),
		a.column("created_at", text.HeadCreated), data("started_at"), data("finished_at"), report.Column{Title: text.HeadTook.In(a.lang)},
		a.number("planned", text.HeadPlanned), a.number("applied", text.HeadApplied), a.number("failed", text.HeadFailed),
		a.number("left_out", text.HeadLeftOut), data("reason"),
	}
}

func (a *app) runCells(r store.RunRow) []report.Cell {
	return []report.Cell{
		report.V(r.RunID), report.T(r.Kind, text.RunKind(a.lang, catalog.RunKind(r.Kind))), report.T(json.RawMessage(r.Scope), a.scopeWords(r.Scope)),
		report.V(r.Policy), report.T(r.Trigger, text.Trigger(a.lang, catalog.Trigger(r.Trigger))), report.V(r.RequestedBy),
		report.T(r.State, text.RunState(a.lang, catalog.RunState(r.State))), a.when(r.CreatedAt), report.V(r.StartedAt), report.V(r.FinishedAt),
		report.T(nil, a.took(r)), a.count(r.Planned), a.count(r.Applied), a.count(r.Failed), a.count(r.LeftOut), report.V(r.Reason),
	}
}

// scopeWords writes a scope as its flags.
func (a *app) scopeWords(scope string) string {
	var s catalog.Scope
	if err := json.Unmarshal([]byte(scope), &s); err != nil || s.IsAll() {
		return text.WordAll.In(a.lang)
	}
	var out []string
	add := func(flag string, values []string) {
		if len(values) > 3 {
			values = append(values[:3:3], "…")
		}
		if len(values) > 0 {
			out = append(out, flag+"="+strings.Join(values, ","))
		}
	}
	add("marketplace", s.Marketplaces)
	add("sku", s.SKUs)
	add("product", s.Products)
	add("producer", s.Producers)
	add("commune", s.Communes)
	add("district", s.Districts)
	add("set", s.Sets)
	for _, n := range s.Stars {
		add("stars", []string{strconv.Itoa(n)})
	}
	if s.Only != "" {
		add("only", []string{s.Only})
	}
	if s.Limit > 0 {
		add("limit", []string{strconv.Itoa(s.Limit)})
	}
	return strings.Join(out, " ")
}

func (a *app) took(r store.RunRow) string {
	if r.StartedAt == 0 {
		return "–"
	}
	end := time.UnixMilli(r.FinishedAt)
	if r.FinishedAt == 0 {
		end = now()
	}
	return text.Duration(a.lang, end.Sub(time.UnixMilli(r.StartedAt)))
}

// oneRun writes one run and why its items stand where they do.
func (a *app) oneRun(ctx context.Context, s *store.Store, id string) error {
	if _, err := a.getRun(ctx, s, id); err != nil {
		return err
	}
	rows, _, err := s.RunStatus(ctx, store.Page{}, id)
	if err != nil {
		return err
	}
	w := a.result("runs", nil, a.runColumns()...)
	for _, r := range rows {
		w.Row(a.runCells(r)...)
	}
	if err := w.Close(); err != nil || a.format() != report.FormatTable {
		return err
	}
	counts, err := s.RunCounts(ctx, id)
	if err != nil {
		return err
	}
	for _, c := range counts[id].Reasons {
		e := text.Explain(catalog.Reason{Code: c.Code})
		fmt.Fprintf(a.out, "  %s  %s\n", text.Number(a.lang, int64(c.Count)), text.Sentence(a.lang, e.VI, e.EN))
	}
	return nil
}

// getRun reads a run, or says that there is none.
func (a *app) getRun(ctx context.Context, s *store.Store, id string) (catalog.Run, error) {
	run, err := s.GetRun(ctx, id)
	return run, a.runError(id, err)
}

func (a *app) runError(id string, err error) error {
	switch {
	case errors.Is(err, store.ErrNoRun):
		return a.fail(ExitUsage, text.NoRun, "run", id)
	case errors.Is(err, store.ErrRunEnded):
		return a.fail(ExitUsage, text.RunEnded, "run", id)
	}
	return err
}
