package main

import (
	"context"
	"errors"
	"io/fs"
	"net"

	"github.com/spf13/cobra"

	"lensan/cmd/lensan/dashboard"
	"lensan/cmd/lensan/text"
	"lensan/config"
	"lensan/store"
)

func (a *app) serveCommand() *cobra.Command {
	c := a.command("serve", cobra.NoArgs, []Exit{ExitTemporary, ExitAccount}, func(ctx context.Context, _ []string) error {
		s, err := a.openForWork(ctx)
		if err != nil {
			return err
		}
		l, err := a.listen(ctx, "listen", a.cfg.Listen)
		if err != nil {
			return err
		}
		stop, err := a.serve(ctx, l, s, nil)
		if err != nil {
			return err
		}
		defer stop()
		<-ctx.Done()
		a.say(text.Stopping)
		return nil
	})
	a.listenFlag(c)
	return c
}

// listenFlag adds --listen.
func (a *app) listenFlag(c *cobra.Command) { a.keyFlag(c.Flags(), "listen", text.FlagListen) }

// serve answers on the HTTP port until stop is called.
func (a *app) serve(ctx context.Context, l net.Listener, s *store.Store, e *engine) (stop func(), err error) {
	today, err := a.today(ctx, s)
	if err != nil {
		return nil, err
	}
	o := a.dashboardOptions(s, today, e)
	if err := a.ensureFolder(o.TempDir); err != nil {
		return nil, err
	}
	pages, err := dashboard.New(o)
	if err != nil {
		return nil, a.dashboardError(err)
	}
	end := a.serveHTTP(l, a.httpHandler(s, pages, e), pages.EndStreams)
	stop = func() {
		end()
		if err := pages.Close(); err != nil {
			a.log.Warn("dashboard not closed cleanly", "err", err)
		}
	}
	a.say(text.UpServing, "addr", l.Addr().String())
	return stop, nil
}

// dashboardError says which setting keeps the pages from starting.
func (a *app) dashboardError(err error) error {
	var p *fs.PathError
	if a.cfg.UsersFile != "" && errors.As(err, &p) && p.Path == a.cfg.UsersFile {
		return a.fail(ExitUsage, text.FileNotRead, "file", config.Variable("dashboard_users_file")+"="+p.Path, "why", a.fileTrouble(err))
	}
	return err
}
