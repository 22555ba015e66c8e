package main

import (
	"context"

	"github.com/spf13/cobra"

	"lensan/cmd/lensan/text"
)

func (a *app) cancelCommand() *cobra.Command {
	return a.command("cancel RUN", cobra.ExactArgs(1), []Exit{ExitTemporary}, func(ctx context.Context, args []string) error {
		s, err := a.openStore(ctx, false)
		if err != nil {
			return err
		}
		if err := a.runError(args[0], s.CancelRun(ctx, args[0], operator())); err != nil {
			return err
		}
		a.say(text.CancelAsked, "run", args[0])
		return nil
	})
}
