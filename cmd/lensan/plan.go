package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"lensan/adapters"
	"lensan/cmd/lensan/report"
	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/worker/plan"
	"lensan/worker/reconcile"
)

func (a *app) planCommand() *cobra.Command {
	var (
		flags    scopeFlags
		policy   = string(catalog.PolicySync)
		asOf     string
		detailed bool
		refresh  bool
	)
	c := a.command("plan", cobra.NoArgs, []Exit{ExitPending, ExitTemporary, ExitBrake, ExitAccount, ExitNoScope}, func(ctx context.Context, _ []string) error {
		scope, err := a.scope(flags)
		if err != nil {
			return err
		}
		pol, err := a.policy(policy)
		if err != nil {
			return err
		}
		day, err := a.day("--as-of", asOf)
		if err != nil {
			return err
		}
		s, err := a.openStore(ctx, false)
		if err != nil {
			return err
		}
		if err := a.ensureAccounts(ctx, s); err != nil {
			return err
		}
		var unread Exit
		if refresh {
			err := a.refresh(ctx, s, scope)
			if unread = exitOf(ctx, err); err != nil && unread != ExitTemporary && unread != ExitAccount {
				return err
			}
		}
		runner, err := a.planner(ctx, s)
		if err != nil {
			return err
		}
		drawn, err := runner.Plan(ctx, scope, pol, day)
		if err != nil {
			return err
		}
		if drawn.Subjects == 0 {
			return a.fail(ExitNoScope, text.ScopeEmpty)
		}
		if err := a.printPlan(ctx, s, drawn); err != nil {
			return err
		}
		return planExit(detailed, drawn, unread)
	})
	a.addScope(c.Flags(), &flags)
	c.Flags().StringVar(&policy, "policy", policy, text.FlagPolicy.In(a.lang))
	c.Flags().StringVar(&asOf, "as-of", "", text.FlagAsOf.In(a.lang))
	c.Flags().BoolVar(&detailed, "detailed-exitcode", false, text.FlagDetailed.In(a.lang))
	c.Flags().BoolVar(&refresh, "refresh", false, text.FlagRefresh.In(a.lang))
	return c
}

// planExit tells a script what the plan holds, where it asked for that, and
// that a lane could not be read for it.
func planExit(detailed bool, d reconcile.Drawn, unread Exit) error {
	codes := []Exit{unread}
	if detailed && d.Changes > 0 {
		codes = append(codes, ExitPending)
	}
	if detailed && d.Stopped != nil {
		codes = append(codes, ExitBrake)
	}
	if exit := worst(codes...); exit != ExitDone {
		return fail(exit)
	}
	return nil
}

// planner is a Runner that only plans: its adapters refuse every write.
func (a *app) planner(ctx context.Context, s *store.Store) (*reconcile.Runner, error) {
	open, err := openAdapters(a.cfg, nil, a.log)
	if err != nil {
		return nil, err
	}
	today, err := a.today(ctx, s)
	if err != nil {
		return nil, err
	}
	return reconcile.New(reconcile.Options{Store: s, Adapters: open, Today: today, Now: s.Now, Log: a.log, Owners: a.owners()}), nil
}

// owners are the owners of each field by the configuration.
func (a *app) owners() plan.Owners {
	owners := plan.DefaultOwners()
	set := func(fields []adapters.Field, who string) {
		for _, f := range fields {
			owners[f] = plan.Owner(who)
		}
	}
	set(adapters.ContentFields, a.cfg.Owners.Content)
	set([]adapters.Field{adapters.FieldPrice, adapters.FieldListPrice}, a.cfg.Owners.Price)
	set([]adapters.Field{adapters.FieldStock}, a.cfg.Owners.Stock)
	return owners
}

// printPlan writes what changes and what is left out, and how old the reading
// is that it was made from.
func (a *app) printPlan(ctx context.Context, s *store.Store, d reconcile.Drawn) error {
	if a.format() == report.FormatTable {
		a.markSandbox(a.out)
	}
	var changes, left *tally // of a table for people; what is left out is counted instead of listed, so that the changes are not lost among it
	if a.format() == report.FormatTable && d.Scope.Only != "left-out" {
		changes, left = &tally{}, &tally{}
	}
	sparse := func(c report.Column) report.Column { c.Sparse = true; return c }
	w := a.result("plan", map[string]any{
		"plan_id": d.ID, "checksum": d.Checksum, "policy": d.Policy, "as_of": d.AsOf, "counts": d.Counts,
		"changes": d.Changes, "unchanged": d.Unchanged, "left_out": d.LeftOut,
	}, a.column("marketplace", text.HeadMarketplace), a.column("sku", text.HeadSKU), a.column("product_code", text.HeadCode),
		a.wide("product_name", text.HeadProduct, 28), sparse(a.column("ops", text.HeadOps)), sparse(a.wide("diff", text.HeadDiff, 44)),
		data("reason_code"), sparse(a.wide("reason", text.HeadReason, 50)), data("reason_vi"), data("reason_en"),
		sparse(a.column("who_fixes", text.HeadWho)))
	err := s.PlanItems(ctx, d.ID, func(items []store.PlanItem) error {
		names, err := a.planNames(ctx, s, items)
		if err != nil {
			return err
		}
		for _, i := range items {
			if left != nil && i.Ops == "" {
				left.add(i.ReasonCode, i.Marketplace)
				continue
			}
			if changes != nil {
				changes.add(i.Ops, i.Marketplace)
			}
			cells, err := a.planCells(i, names[i.ProductCode])
			if err != nil {
				return err
			}
			w.Row(cells...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := a.end(w); err != nil {
		return err
	}
	if err := a.printTallies(changes, left); err != nil {
		return err
	}
	return a.sayPlan(ctx, s, d)
}

// planNames are the names of the products of some items.
func (a *app) planNames(ctx context.Context, s *store.Store, items []store.PlanItem) (map[string]string, error) {
	var codes []string
	for _, i := range items { // in the order of their codes
		if n := len(codes); n == 0 || codes[n-1] != i.ProductCode {
			codes = append(codes, i.ProductCode)
		}
	}
	return s.ProductNames(ctx, codes)
}

func (a *app) planCells(i store.PlanItem, name string) ([]report.Cell, error) {
	var args map[string]string
	if err := json.Unmarshal([]byte(i.ReasonArgs), &args); err != nil {
		return nil, fmt.Errorf("plan item %s: %w", i.SKU, err)
	}
	var e catalog.Explanation
	if i.ReasonCode != "" {
		e = text.Explain(catalog.Reason{Code: i.ReasonCode, Args: args})
	}
	diff, err := a.diffWords(i.Diff)
	if err != nil {
		return nil, fmt.Errorf("plan item %s: %w", i.SKU, err)
	}
	ops := a.opsWords(i.Ops)
	if ops == "" {
		ops = "–"
	}
	if diff == "" {
		diff = "–"
	}
	return []report.Cell{
		report.T(i.Marketplace, a.title(i.Marketplace)), dash(i.SKU), report.V(i.ProductCode), report.V(name), report.T(i.Ops, ops),
		report.T(json.RawMessage(i.Diff), diff), report.V(i.ReasonCode), report.V(a.reason(e.VI, e.EN)), report.V(e.VI), report.V(e.EN),
		report.T(e.Who, text.Who(a.lang, e.Who)),
	}, nil
}

// opsWords writes what is done to a listing.
func (a *app) opsWords(ops string) string {
	var words []string
	for op := range strings.FieldsSeq(ops) {
		words = append(words, text.Op(a.lang, adapters.Op(op)))
	}
	return strings.Join(words, ", ")
}

// diffWords writes what differs: the field, what is there, what is wanted.
// Long texts are only named.
func (a *app) diffWords(diff string) (string, error) {
	var fields []plan.FieldDiff
	if err := json.Unmarshal([]byte(diff), &fields); err != nil {
		return "", err
	}
	lines := make([]string, 0, len(fields))
	for _, f := range fields {
		name := text.Field(a.lang, f.Field)
		if len(f.There) > 40 || len(f.Want) > 40 {
			lines = append(lines, name)
			continue
		}
		there := text.FieldValue(a.lang, f.Field, f.There)
		if there == "" {
			there = "–"
		}
		lines = append(lines, name+": "+there+" → "+text.FieldValue(a.lang, f.Field, f.Want))
	}
	return strings.Join(lines, "\n"), nil
}

// sayPlan tells on stderr what the plan comes to.
func (a *app) sayPlan(ctx context.Context, s *store.Store, d reconcile.Drawn) error {
	n := func(v int) string { return text.Number(a.lang, int64(v)) }
	a.say(text.PlanMade, "plan", d.ID, "checksum", d.Checksum, "day", text.Day(a.lang, d.AsOf), "changes", n(d.Changes), "unchanged", n(d.Unchanged), "left_out", n(d.LeftOut))
	lanes, err := s.Lanes(ctx)
	if err != nil {
		return err
	}
	for _, l := range lanes {
		cfg, known := a.cfg.Lane(l.Marketplace)
		switch {
		case !known || !cfg.Enabled:
		case l.ReadWholeAt.IsZero():
			a.say(text.ReadNever, "lane", a.title(l.Marketplace))
		default:
			a.say(text.ReadAge, "lane", a.title(l.Marketplace), "ago", text.Ago(a.lang, s.Now(), l.ReadWholeAt))
		}
	}
	if d.Stopped != nil {
		a.say(text.BrakeWould, "brake", string(d.Stopped.Brake), "lane", a.title(d.Stopped.Marketplace), "asked", n(d.Stopped.Asked), "max", n(d.Stopped.Max))
	}
	return nil
}
