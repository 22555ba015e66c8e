package main

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lensan/cmd/lensan/text"
	"lensan/store"
)

func (a *app) pauseCommand() *cobra.Command {
	var lanes []string
	var length time.Duration
	c := a.command("pause [RUN|MARKETPLACE]", cobra.MaximumNArgs(1), []Exit{ExitTemporary}, func(ctx context.Context, args []string) error {
		if length < 0 {
			return a.fail(ExitUsage, text.FlagBadValue, "name", "--for", "value", length.String())
		}
		return a.runOrLanes(ctx, args, lanes, func(s *store.Store, run string) error {
			if err := s.PauseRun(ctx, run, operator()); err != nil {
				return err
			}
			a.say(text.RunPaused, "run", run)
			return nil
		}, func(s *store.Store, lane string) error {
			until := store.NeverResumes
			if length > 0 {
				until = s.Now().Add(length)
			}
			if err := s.PauseLane(ctx, lane, until, "lane.paused_by_hand", operator()); err != nil {
				return err
			}
			a.say(text.LanePaused, "lane", a.title(lane))
			return nil
		})
	})
	c.Flags().StringArrayVar(&lanes, "marketplace", nil, text.FlagMarketplace.In(a.lang))
	c.Flags().DurationVar(&length, "for", 0, text.FlagFor.In(a.lang))
	return c
}

func (a *app) resumeCommand() *cobra.Command {
	var lanes []string
	c := a.command("resume [RUN|MARKETPLACE]", cobra.MaximumNArgs(1), []Exit{ExitTemporary}, func(ctx context.Context, args []string) error {
		return a.runOrLanes(ctx, args, lanes, func(s *store.Store, run string) error {
			if err := s.ResumeRun(ctx, run, operator()); err != nil {
				return err
			}
			a.say(text.RunResumed, "run", run)
			return nil
		}, func(s *store.Store, lane string) error {
			if err := s.ResumeLane(ctx, lane, operator()); err != nil {
				return err
			}
			a.say(text.LaneResumed, "lane", a.title(lane))
			return nil
		})
	})
	c.Flags().StringArrayVar(&lanes, "marketplace", nil, text.FlagMarketplace.In(a.lang))
	return c
}

// runOrLanes does one thing to a run named as the argument, or another to the
// lanes named by --marketplace or as the argument; exactly one of the two must
// be given.
func (a *app) runOrLanes(ctx context.Context, args, lanes []string, onRun, onLane func(*store.Store, string) error) error {
	if len(args) == 1 {
		if _, isLane := a.cfg.Lane(args[0]); isLane {
			args, lanes = nil, append(lanes, args[0])
		}
	}
	if (len(args) == 1) == (len(lanes) > 0) {
		return a.fail(ExitUsage, text.RunOrLane)
	}
	for _, l := range lanes {
		if _, known := a.cfg.Lane(l); !known {
			return a.fail(ExitUsage, text.NoMarketplace, "name", l, "have", strings.Join(marketplaceNames(), ", "))
		}
	}
	s, err := a.openStore(ctx, false)
	if err != nil {
		return err
	}
	if len(args) == 1 {
		return a.runError(args[0], onRun(s, args[0]))
	}
	if err := a.ensureAccounts(ctx, s); err != nil {
		return err
	}
	for _, l := range lanes {
		if err := onLane(s, l); err != nil {
			return err
		}
	}
	return nil
}
