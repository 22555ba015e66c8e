package main

import (
	"context"

	"github.com/spf13/cobra"

	"lensan/cmd/lensan/text"
	"lensan/store/catalog"
)

func (a *app) workerCommand() *cobra.Command {
	exits := []Exit{ExitTemporary, ExitAccount}
	c := a.command("worker", cobra.NoArgs, exits, func(ctx context.Context, _ []string) error {
		if a.cfg.EmbeddedQueue() {
			return a.fail(ExitUsage, text.WorkerEmbedded)
		}
		if err := a.refuseRealWrites(catalog.Scope{}, catalog.PolicySync); err != nil {
			return err
		}
		s, err := a.openForWork(ctx)
		if err != nil {
			return err
		}
		e, err := a.startEngine(ctx, s)
		if err != nil {
			return err
		}
		defer e.stop()
		a.markSandbox(a.err)
		a.say(text.WorkerRuns)
		select {
		case <-ctx.Done():
			a.say(text.Stopping)
			return nil
		case err := <-e.failed:
			return err
		}
	})
	return c
}
