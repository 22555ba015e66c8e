package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"lensan/cmd/lensan/report"
	"lensan/cmd/lensan/sample"
	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/register"
)

func (a *app) upCommand() *cobra.Command {
	var once bool
	exits := []Exit{ExitItems, ExitTemporary, ExitBrake, ExitAccount, ExitInterrupted}
	c := a.command("up", cobra.NoArgs, exits, func(ctx context.Context, _ []string) error { return a.up(ctx, once) })
	c.Flags().BoolVar(&once, "once", false, text.FlagOnce.In(a.lang))
	a.listenFlag(c)
	return c
}

// up runs everything in this process: record, queue, sandbox, engine, HTTP
// port. At its first start it does the main job on the sample register.
func (a *app) up(ctx context.Context, once bool) error {
	if err := a.refuseRealWrites(catalog.Scope{}, catalog.PolicySync); err != nil {
		return err
	}
	if err := a.ensureFolder(a.cfg.DataDir); err != nil {
		return err
	}
	s, err := a.openStore(ctx, true)
	if err != nil {
		return err
	}
	if err := a.refuseSampleOnRealLane(ctx, s); err != nil {
		return err
	}
	if err := a.ensureAccounts(ctx, s); err != nil {
		return err
	}
	l, err := a.listen(ctx, "listen", a.cfg.Listen)
	if err != nil {
		return err
	}
	defer l.Close() //nolint:errcheck // closed by the server already
	fill, err := a.wantsSample(ctx, s)
	if err != nil {
		return err
	}
	day, err := a.fixedDay(ctx, s)
	if err != nil {
		return err
	}
	if fill && day == "" {
		day = sample.Day
	}
	if err := a.withSandbox(ctx, day); err != nil {
		return err
	}
	a.markSandbox(a.err)
	if fill {
		if err := a.loadSample(ctx, s); err != nil {
			return err
		}
	}
	if err := a.sayDay(ctx, s); err != nil {
		return err
	}
	if err := a.tellViews(ctx, s); err != nil {
		return err
	}
	e, err := a.startEngine(ctx, s)
	if err != nil {
		return err
	}
	defer e.stop()
	stop, err := a.serve(ctx, l, s, e)
	if err != nil {
		return err
	}
	defer stop()
	outcome, err := a.firstSync(ctx, s, e)
	if err != nil {
		return err
	}
	if err := a.printSummary(ctx, s); err != nil {
		return err
	}
	if once {
		return outcome
	}
	return a.stay(ctx, s, e)
}

// wantsSample tells whether the database is empty and every lane the sandbox.
func (a *app) wantsSample(ctx context.Context, s *store.Store) (bool, error) {
	rows, _, err := s.ProductStatus(ctx, store.Filter{}, store.Page{Limit: 1})
	if err != nil || len(rows) > 0 {
		return false, err
	}
	for _, l := range a.cfg.Enabled() {
		if !l.IsSandbox() {
			a.say(text.NothingYet)
			return false, nil
		}
	}
	return true, nil
}

// loadSample imports the register that the program carries.
func (a *app) loadSample(ctx context.Context, s *store.Store) error {
	// First the fact that this is the sample: what a crash leaves behind must
	// never be taken for a province's own register.
	if err := s.SetSetting(ctx, settingSample, string(sample.Day)); err != nil {
		return err
	}
	imp, err := s.BeginImport(ctx, store.ImportOptions{By: store.ActorProgram})
	if err != nil {
		return err
	}
	defer imp.Close() //nolint:errcheck // only removes what was staged
	if err := register.Load(ctx, sample.Files(), sample.Pictures(), imp); err != nil {
		return fmt.Errorf("sample register: %w", err)
	}
	rep, err := imp.Apply(ctx)
	if err != nil {
		return fmt.Errorf("sample register: %w", err)
	}
	a.say(text.SampleLoaded, "products", text.Number(a.lang, int64(rep.Counts.Products.Read)), "skus", text.Number(a.lang, int64(rep.Counts.SKUs.Read)))
	return nil
}

// sayDay tells when the day is not the real one.
func (a *app) sayDay(ctx context.Context, s *store.Store) error {
	day, err := a.fixedDay(ctx, s)
	if err != nil || day == "" {
		return err
	}
	p := text.SampleDay
	if a.cfg.Day != "" {
		p = text.DayFixed
	}
	a.say(p, "day", text.Day(a.lang, day))
	return nil
}

// firstSync does the main job for the first time, or goes on where an earlier
// start was interrupted. After that a start changes nothing. outcome is what
// --once exits with.
func (a *app) firstSync(ctx context.Context, s *store.Store, e *engine) (outcome, err error) {
	_, isSample, err := s.GetSetting(ctx, settingSample)
	if err != nil {
		return nil, err
	}
	runs, err := s.ListRuns(ctx, store.RunFilter{Limit: 1})
	if err != nil {
		return nil, err
	}
	if isSample && len(runs) == 0 {
		if _, _, err := s.RequestRun(ctx, store.RunRequest{Kind: catalog.RunSync, Policy: catalog.PolicySync, Trigger: catalog.TriggerStart}); err != nil {
			return nil, err
		}
	}
	open, err := s.ListRuns(ctx, store.RunFilter{Open: true})
	if err != nil {
		return nil, err
	}
	var exits []Exit
	for _, run := range slices.Backward(open) { // oldest first
		if !run.PausedAt.IsZero() {
			continue
		}
		row, err := a.watchRun(ctx, s, run.ID, e)
		if err != nil {
			return nil, err
		}
		a.sayRun(ctx, s, row)
		exit, err := a.runExit(ctx, s, row)
		if err != nil {
			return nil, err
		}
		exits = append(exits, exit)
	}
	if _, err := a.waitReviews(ctx, s, store.Filter{}, a.reviewLimit()); err != nil {
		return nil, err
	}
	if exit := worst(exits...); exit != ExitDone {
		outcome = fail(exit)
	}
	return outcome, nil
}

// reviewLimit is how long a start waits for moderators: the sandbox's decide
// within seconds, real ones take days.
func (a *app) reviewLimit() time.Duration {
	for _, l := range a.cfg.Enabled() {
		if !l.IsSandbox() {
			return 0
		}
	}
	return 2 * time.Minute
}

// sayRun tells on stderr how a run ended.
func (a *app) sayRun(ctx context.Context, s *store.Store, row store.RunRow) {
	run, err := s.GetRun(ctx, row.RunID)
	if err != nil {
		a.log.Warn("run not read", "run", row.RunID, "err", err)
		return
	}
	n := func(v int) string { return text.Number(a.lang, int64(v)) }
	a.say(text.RunLine, "run", row.RunID, "state", text.RunState(a.lang, catalog.RunState(row.State)),
		"applied", n(row.Applied), "unchanged", n(run.Unchanged), "failed", n(row.Failed), "left_out", n(row.LeftOut))
	a.sayFiles()
}

// stay keeps everything running until the person ends it. Interrupted between
// runs is a good end; within one it is told, and the next start goes on.
func (a *app) stay(ctx context.Context, s *store.Store, e *engine) error {
	if a.format() == report.FormatTable {
		a.say(text.UpStays, "addr", a.cfg.Listen)
	}
	select {
	case <-ctx.Done():
	case err := <-e.failed:
		return err
	}
	a.say(text.Stopping)
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	open, err := s.ListRuns(after, store.RunFilter{Open: true, Limit: 1})
	if err != nil || len(open) == 0 {
		return err
	}
	return ctx.Err()
}
