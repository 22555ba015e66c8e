package main

import (
	"context"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"lensan/cmd/lensan/report"
	"lensan/cmd/lensan/text"
	"lensan/store"
)

// version is set at the build of a release (-ldflags "-X main.version=…").
var version = ""

// programVersion is the release, else the commit that was built, else dev.
func programVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" && len(s.Value) >= 12 {
				return "dev-" + s.Value[:12]
			}
		}
	}
	return "dev"
}

func (a *app) versionCommand() *cobra.Command {
	return a.command("version", cobra.NoArgs, nil, func(context.Context, []string) error {
		w := report.NewWriter(a.out, a.format(), "version", nil, a.column("version", text.HeadVersion), a.column("go", text.HeadGo), a.column("system", text.HeadSystem), a.number("schema", text.HeadTables))
		w.Row(report.V(programVersion()), report.V(runtime.Version()), report.V(runtime.GOOS+"/"+runtime.GOARCH), report.V(store.SchemaVersion()))
		return w.Close()
	})
}
