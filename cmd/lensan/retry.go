package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
)

func (a *app) retryCommand() *cobra.Command {
	var f runFlags
	var cause string
	exits := []Exit{ExitItems, ExitTemporary, ExitBrake, ExitAccount, ExitNoScope, ExitDeadline, ExitInterrupted}
	c := a.command("retry [RUN]", cobra.MaximumNArgs(1), exits, func(ctx context.Context, args []string) error {
		s, run, err := a.openRun(ctx, args, f)
		if err != nil {
			return err
		}
		skus, err := s.EndedSKUs(ctx, run.ID, string(catalog.ItemFailed), cause)
		if err != nil {
			return err
		}
		if len(skus) == 0 {
			return a.fail(ExitNoScope, text.NothingToRetry, "run", run.ID)
		}
		a.say(text.Retrying, "n", text.Number(a.lang, int64(len(skus))))
		return a.ask(ctx, s, store.RunRequest{Kind: catalog.RunSync, Scope: catalog.Scope{SKUs: skus}, Policy: catalog.PolicyUpsertOnly}, f)
	})
	a.addWait(c, &f)
	c.Flags().StringVar(&cause, "cause", "", text.FlagCause.In(a.lang))
	return c
}

func (a *app) revertCommand() *cobra.Command {
	var f runFlags
	exits := []Exit{ExitItems, ExitTemporary, ExitBrake, ExitAccount, ExitNoScope, ExitDeadline, ExitInterrupted}
	c := a.command("revert RUN", cobra.ExactArgs(1), exits, func(ctx context.Context, args []string) error {
		s, run, err := a.openRun(ctx, args, f)
		if err != nil {
			return err
		}
		return a.ask(ctx, s, store.RunRequest{Kind: catalog.RunRevert, Policy: catalog.PolicySync, Reverts: run.ID}, f)
	})
	a.addWait(c, &f)
	return c
}

// openRun opens the database for work on a run that has ended: the one named,
// else the newest.
func (a *app) openRun(ctx context.Context, args []string, f runFlags) (*store.Store, catalog.Run, error) {
	if err := a.checkLift(f); err != nil {
		return nil, catalog.Run{}, err
	}
	if err := a.refuseRealWrites(catalog.Scope{}, catalog.PolicySync); err != nil {
		return nil, catalog.Run{}, err
	}
	s, err := a.openForWork(ctx)
	if err != nil {
		return nil, catalog.Run{}, err
	}
	run, err := a.namedOrNewest(ctx, s, args)
	if err == nil && run.Phase != catalog.PhaseEnded {
		err = a.fail(ExitUsage, text.RunStillOpen, "run", run.ID)
	}
	return s, run, err
}

func (a *app) namedOrNewest(ctx context.Context, s *store.Store, args []string) (catalog.Run, error) {
	if len(args) == 1 {
		return a.getRun(ctx, s, args[0])
	}
	runs, err := s.ListRuns(ctx, store.RunFilter{Limit: 1})
	if err == nil && len(runs) == 0 {
		err = a.fail(ExitUsage, text.NoRuns)
	}
	if err != nil {
		return catalog.Run{}, err
	}
	return runs[0], nil
}

// addWait adds the flags of commands that may wait for a run.
func (a *app) addWait(c *cobra.Command, f *runFlags) {
	c.Flags().BoolVar(&f.wait, "wait", false, text.FlagWait.In(a.lang))
	c.Flags().BoolVar(&f.noJoin, "no-join", false, text.FlagNoJoin.In(a.lang))
	c.Flags().DurationVar(&f.deadline, "deadline", 0, text.FlagDeadline.In(a.lang))
	c.Flags().DurationVar(&f.reviews, "reviews", 2*time.Minute, text.FlagReviews.In(a.lang))
	c.Flags().StringArrayVar(&f.allow, "allow", nil, text.FlagAllow.In(a.lang))
	c.Flags().StringVar(&f.why, "reason", "", text.FlagWhy.In(a.lang))
}
