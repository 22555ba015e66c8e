package main

import (
	"context"
	"errors"
	"fmt"
	"path"

	"github.com/spf13/cobra"

	"lensan/cmd/lensan/report"
	"lensan/cmd/lensan/text"
	"lensan/store"
)

func (a *app) migrateCommand() *cobra.Command {
	var check bool
	c := a.command("migrate", cobra.NoArgs, []Exit{ExitPending, ExitTemporary}, func(ctx context.Context, _ []string) error {
		s, err := a.dialStore(ctx)
		if err != nil {
			return err
		}
		steps := []string{}
		if !check {
			if steps, err = s.Migrate(ctx); err != nil {
				return a.databaseError(err)
			}
		}
		have, want, err := s.CheckSchema(ctx)
		if err != nil && !errors.Is(err, store.ErrSchema) {
			return a.databaseError(err)
		}
		if have > want {
			return a.fail(ExitUsage, text.SchemaNewer, "have", fmt.Sprint(have), "want", fmt.Sprint(want))
		}
		w := report.NewWriter(a.out, a.format(), "migrate", map[string]any{"have": have, "want": want}, a.column("step", text.HeadStep))
		for _, step := range steps {
			w.Row(report.V(path.Base(step)))
		}
		if err := w.Close(); err != nil {
			return err
		}
		a.say(text.SchemaIs, "have", fmt.Sprint(have), "want", fmt.Sprint(want))
		if have < want {
			return fail(ExitPending)
		}
		return nil
	})
	c.Flags().BoolVar(&check, "check", false, text.FlagCheck.In(a.lang))
	return c
}
