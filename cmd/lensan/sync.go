package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lensan/cmd/lensan/report"
	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/worker/plan"
)

// runFlags are the flags of commands that ask for a run.
type runFlags struct {
	scope    scopeFlags
	policy   string
	wait     bool
	noJoin   bool
	deadline time.Duration
	reviews  time.Duration
	allow    []string // brakes lifted for this run
	why      string
	plan     string // a stored plan to carry out
}

func (a *app) syncCommand() *cobra.Command { return a.runCommand("sync", catalog.RunSync) }

func (a *app) reconcileCommand() *cobra.Command {
	return a.runCommand("reconcile", catalog.RunReconcile)
}

// runCommand is a command that asks for a run of one kind.
func (a *app) runCommand(name string, kind catalog.RunKind) *cobra.Command {
	var f runFlags
	exits := []Exit{ExitItems, ExitTemporary, ExitBrake, ExitAccount, ExitSource, ExitNoScope, ExitDeadline, ExitHeld, ExitInterrupted}
	c := a.command(name, cobra.NoArgs, exits, func(ctx context.Context, _ []string) error { return a.askForRun(ctx, kind, f) })
	a.addScope(c.Flags(), &f.scope)
	c.Flags().StringVar(&f.policy, "policy", string(catalog.PolicySync), text.FlagPolicy.In(a.lang))
	if kind == catalog.RunSync {
		c.Flags().StringVar(&f.plan, "plan", "", text.FlagPlan.In(a.lang))
	}
	a.addWait(c, &f)
	return c
}

func (a *app) askForRun(ctx context.Context, kind catalog.RunKind, f runFlags) error {
	scope, err := a.scope(f.scope)
	if err != nil {
		return err
	}
	policy, err := a.policy(f.policy)
	if err != nil {
		return err
	}
	if err := a.checkLift(f); err != nil {
		return err
	}
	if err := a.refuseRealWrites(scope, policy); err != nil {
		return err
	}
	s, err := a.openForWork(ctx)
	if err != nil {
		return err
	}
	if err := a.scopeMatches(ctx, s, scope); err != nil {
		return err
	}
	return a.ask(ctx, s, store.RunRequest{Kind: kind, Scope: scope, Policy: policy}, f)
}

// ask writes the row that asks for a run and, where told to, waits for its end.
func (a *app) ask(ctx context.Context, s *store.Store, q store.RunRequest, f runFlags) error {
	q.Lift, q.LiftReason = f.allow, f.why
	if f.plan != "" {
		p, err := s.GetPlan(ctx, f.plan)
		if errors.Is(err, store.ErrNotFound) {
			return a.fail(ExitUsage, text.NoPlan, "plan", f.plan)
		}
		if err != nil {
			return err
		}
		q.PlanID, q.Scope, q.Policy = p.ID, p.Scope, p.Policy
	}
	q.Trigger, q.By = catalog.TriggerCommand, operator()
	if f.deadline > 0 {
		q.Deadline = s.Now().Add(f.deadline)
	}
	run, joined, err := s.RequestRun(ctx, q)
	if err != nil {
		return err
	}
	if joined && f.noJoin {
		return a.fail(ExitHeld, text.Held, "run", run.ID)
	}
	a.markSandbox(a.err)
	if joined {
		a.say(text.Joined, "run", run.ID)
	}
	if !f.wait {
		return a.sayQueued(ctx, s, run)
	}
	return a.followRun(ctx, s, run.ID, store.FilterOf(q.Scope), f.reviews)
}

// checkLift checks --allow and --reason: a brake is lifted by name, with a
// reason for the record.
func (a *app) checkLift(f runFlags) error {
	for _, name := range f.allow {
		if !slices.Contains(plan.Brakes, plan.Brake(name)) {
			return a.fail(ExitUsage, text.NoBrake, "name", name, "have", brakeNames())
		}
	}
	if len(f.allow) > 0 && strings.TrimSpace(f.why) == "" {
		return a.fail(ExitUsage, text.LiftNeedsReason)
	}
	return nil
}

func brakeNames() string {
	names := make([]string, len(plan.Brakes))
	for i, b := range plan.Brakes {
		names[i] = string(b)
	}
	return strings.Join(names, ", ")
}

// openForWork opens the database for a command that will have marketplaces
// called, and refuses accounts and registers that don't belong together.
func (a *app) openForWork(ctx context.Context) (*store.Store, error) {
	s, err := a.openStore(ctx, false)
	if err != nil {
		return nil, err
	}
	if err := a.refuseSampleOnRealLane(ctx, s); err != nil {
		return nil, err
	}
	if err := a.ensureAccounts(ctx, s); err != nil {
		return nil, err
	}
	return s, a.tellViews(ctx, s)
}

// scopeMatches ends the command when the scope names nothing that is known.
func (a *app) scopeMatches(ctx context.Context, s *store.Store, scope catalog.Scope) error {
	rows, _, err := s.SyncStatus(ctx, store.FilterOf(scope), store.Page{Limit: 1})
	if err == nil && len(rows) == 0 {
		return a.fail(ExitNoScope, text.ScopeEmpty)
	}
	return err
}

// sayQueued tells that a run waits for an engine, and whether there is one.
func (a *app) sayQueued(ctx context.Context, s *store.Store, run catalog.Run) error {
	alive, err := a.engineAlive(ctx, s)
	if err != nil {
		return err
	}
	p := queuedPhrase(alive)
	if a.format() == report.FormatTable {
		fmt.Fprintln(a.out, p.In(a.lang, "run", run.ID))
		return nil
	}
	rows, _, err := s.RunStatus(ctx, store.Page{}, run.ID)
	if err != nil || len(rows) == 0 {
		return err
	}
	a.say(p, "run", run.ID)
	return a.printRun(rows[0], 0)
}

// followRun waits for a run's end and its reviews. Where no engine is at work
// and the queue is embedded, this command works itself.
func (a *app) followRun(ctx context.Context, s *store.Store, id string, f store.Filter, reviews time.Duration) error {
	e, err := a.workIfNobodyDoes(ctx, s)
	if err != nil {
		return err
	}
	defer e.stop()
	row, err := a.watchRun(ctx, s, id, e)
	if err != nil {
		return err
	}
	if _, err := a.waitReviews(ctx, s, f, reviews); err != nil {
		return err
	}
	run, err := a.getRun(ctx, s, id)
	if err != nil {
		return err
	}
	if err := a.printRun(row, run.Unchanged); err != nil {
		return err
	}
	if err := a.sayRestored(ctx, s); err != nil {
		return err
	}
	if run.Planned+run.Unchanged+run.LeftOut == 0 && row.Reason == "" {
		return a.fail(ExitNoScope, text.ScopeEmpty)
	}
	return a.endRun(ctx, s, row)
}

// endRun ends a command as the run that it waited for ended.
func (a *app) endRun(ctx context.Context, s *store.Store, row store.RunRow) error {
	exit, err := a.runExit(ctx, s, row)
	if err == nil && exit != ExitDone {
		err = fail(exit)
	}
	return err
}

// refresh asks for a reading of the marketplaces and waits for it.
func (a *app) refresh(ctx context.Context, s *store.Store, scope catalog.Scope) error {
	run, _, err := s.RequestRun(ctx, store.RunRequest{Kind: catalog.RunRefresh, Scope: catalog.Scope{Marketplaces: scope.Marketplaces},
		Policy: catalog.PolicyObserve, Trigger: catalog.TriggerCommand, By: operator()})
	if err != nil {
		return err
	}
	e, err := a.workIfNobodyDoes(ctx, s)
	if err != nil {
		return err
	}
	defer e.stop()
	row, err := a.watchRun(ctx, s, run.ID, e)
	if err != nil {
		return err
	}
	return a.endRun(ctx, s, row)
}
