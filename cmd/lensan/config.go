package main

import (
	"context"

	"github.com/spf13/cobra"

	"lensan/cmd/lensan/report"
	"lensan/cmd/lensan/text"
)

func (a *app) configCommand() *cobra.Command {
	return a.command("config", cobra.NoArgs, nil, func(context.Context, []string) error {
		w := report.NewWriter(a.out, a.format(), "config", nil, a.column("key", text.HeadKey), a.column("value", text.HeadValue),
			a.column("origin", text.HeadOrigin), a.column("variable", text.HeadVariable))
		for _, s := range a.cfg.Settings() {
			origin := report.V(s.Origin)
			if s.Origin == "" {
				origin = report.T("default", text.WordDefault.In(a.lang))
			}
			w.Row(report.V(s.Key), report.V(s.Value), origin, report.V(s.Variable))
		}
		return w.Close()
	})
}
