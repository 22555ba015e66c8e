package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"lensan/adapters/sandbox"
	"lensan/cmd/lensan/text"
	"lensan/config"
	"lensan/store"
	"lensan/store/catalog"
)

func (a *app) sandboxCommand() *cobra.Command {
	var noLimits bool
	c := a.command("sandbox", cobra.NoArgs, nil, func(ctx context.Context, _ []string) error {
		a.cfg.SandboxNoLimits = a.cfg.SandboxNoLimits || noLimits
		control := a.cfg.SandboxControl
		if control == "" {
			control = sandbox.DefaultControlAddr
		}
		sb, addrs, err := a.startSandbox(ctx, a.cfg.Lanes, control, a.dayOnRecord(ctx))
		if err != nil {
			return err
		}
		fmt.Fprintln(a.out, "*** "+text.Sandbox.In(a.lang)+" ***")
		fmt.Fprintf(a.out, "Postmart  http://%s\nVoso      http://%s\n%s  http://%s\n", addrs.Postmart, addrs.Voso, text.WordControl.In(a.lang), addrs.Control)
		<-ctx.Done()
		a.say(text.Stopping)
		return sb.Close()
	})
	c.Flags().BoolVar(&noLimits, "no-limits", false, text.FlagNoLimits.In(a.lang))
	return c
}

// sandboxFile is the sandbox's own file, which it shares with nobody.
func (a *app) sandboxFile() string { return filepath.Join(a.cfg.DataDir, "sandbox.journal") }

// startSandbox opens the sandbox and has it listen for these lanes; control is
// where it takes faults, "-" nowhere; today is the day by which it judges.
func (a *app) startSandbox(ctx context.Context, lanes []config.Lane, control string, today func() string) (*sandbox.Sandbox, sandbox.Addrs, error) {
	if err := a.ensureFolder(a.cfg.DataDir); err != nil {
		return nil, sandbox.Addrs{}, err
	}
	o := sandbox.Lifelike()
	if a.cfg.SandboxNoLimits {
		o = sandbox.Options{Seed: 1}
	}
	o.Path, o.Log, o.Today = a.sandboxFile(), a.log, today
	o.WebhookURL, o.WebhookSecret = a.sandboxWebhook(lanes)
	sb, err := sandbox.Open(o)
	if err != nil {
		return nil, sandbox.Addrs{}, a.fail(ExitUsage, text.SandboxFile, "file", o.Path, "why", oneLine(err))
	}
	want := sandbox.Addrs{Postmart: "-", Voso: "-", Control: control}
	for _, l := range lanes {
		switch l.Name {
		case sandbox.Postmart:
			want.Postmart = l.SandboxListen
		case sandbox.Voso:
			want.Voso = l.SandboxListen
		}
	}
	got, err := sb.Start(ctx, want)
	if err != nil {
		sb.Close()
		return nil, got, a.sandboxPortError(lanes, control, err)
	}
	return sb, got, nil
}

// sandboxPortError names the setting of the port that could not be opened.
func (a *app) sandboxPortError(lanes []config.Lane, control string, err error) error {
	var op *net.OpError
	if !errors.As(err, &op) || op.Addr == nil {
		return err
	}
	addr := op.Addr.String()
	for _, l := range lanes {
		if l.SandboxListen == addr {
			return a.portError(l.Name+".sandbox_listen", addr, op)
		}
	}
	if control == addr {
		return a.portError("sandbox.control_listen", addr, op)
	}
	return err
}

// fixedOr is the day given, or the real one in Vietnam.
func fixedOr(day catalog.Day) func() string {
	return func() string {
		if day != "" {
			return string(day)
		}
		return string(catalog.DayOf(now()))
	}
}

// dayOnRecord is the day by which lensan itself judges, for a sandbox in a
// process of its own: it would refuse the sample register's recognitions that
// have ended since the register's day. It is asked for again now and then, as
// the database may be made after the sandbox has started.
func (a *app) dayOnRecord(ctx context.Context) func() string {
	var mu sync.Mutex
	var read time.Time
	day := a.cfg.Day
	return func() string {
		mu.Lock()
		defer mu.Unlock()
		if a.cfg.Day == "" && now().Sub(read) > time.Second {
			read = now()
			if d, err := a.readDay(ctx); err == nil {
				day = d
			}
		}
		return fixedOr(day)()
	}
}

// readDay reads the fixed day without making or keeping a database.
func (a *app) readDay(ctx context.Context) (catalog.Day, error) {
	url := a.cfg.Database.Reveal()
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		if _, err := os.Stat(strings.TrimPrefix(path, "//")); err != nil {
			return "", err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	s, err := store.Open(ctx, url, store.Options{Now: now, MaxConns: 1})
	if err != nil {
		return "", err
	}
	defer s.Close() //nolint:errcheck // only read
	return a.fixedDay(ctx, s)
}

// watchSandbox is how often a process looks whether the sandbox still answers.
const watchSandbox = time.Second

// withSandbox makes the sandbox answer for the lanes that run against it until
// the program ends: the one that listens already, in another process, or, when
// there is none or it goes, one of this process. Called again it changes
// nothing.
func (a *app) withSandbox(ctx context.Context, day catalog.Day) error {
	if a.sandboxed || !a.cfg.HasSandbox() {
		return nil
	}
	a.sandboxed = true
	var lanes []config.Lane
	for _, l := range a.cfg.Enabled() {
		if l.IsSandbox() {
			lanes = append(lanes, l)
		}
	}
	// What answers counts only when it works on this data folder's file: the
	// sandbox of another folder holds another register's products.
	if !sandbox.InUse(a.sandboxFile()) || !allSandboxes(ctx, lanes) {
		return a.ownSandbox(ctx, lanes, day)
	}
	watch, cancel := context.WithCancel(context.WithoutCancel(ctx))
	ended, own := make(chan struct{}), func() error { return nil }
	go func() {
		defer close(ended)
		tick := time.NewTicker(watchSandbox)
		defer tick.Stop()
		for {
			select {
			case <-watch.Done():
				return
			case <-tick.C:
			}
			if allSandboxes(watch, lanes) {
				continue
			}
			if sb, _, err := a.startSandbox(watch, lanes, a.control(), fixedOr(day)); err == nil {
				own = sb.Close
				return
			} else if watch.Err() == nil {
				a.log.Info("sandbox not started", "err", err)
			}
		}
	}()
	a.closers = append(a.closers, func() error { cancel(); <-ended; return own() })
	return nil
}

// ownSandbox runs the sandbox in this process until the program ends.
func (a *app) ownSandbox(ctx context.Context, lanes []config.Lane, day catalog.Day) error {
	sb, _, err := a.startSandbox(ctx, lanes, a.control(), fixedOr(day))
	if err != nil {
		return err
	}
	a.closers = append(a.closers, sb.Close)
	return nil
}

// control is where a sandbox inside another command takes faults: nowhere,
// unless the configuration says so.
func (a *app) control() string {
	if a.cfg.SandboxControl == "" {
		return "-"
	}
	return a.cfg.SandboxControl
}

func allSandboxes(ctx context.Context, lanes []config.Lane) bool {
	for _, l := range lanes {
		if !isSandbox(ctx, l.SandboxListen) {
			return false
		}
	}
	return true
}

// isSandbox tells whether what listens at addr says that it is a sandbox.
func isSandbox(ctx context.Context, addr string) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/", nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.Header.Get(sandbox.Banner) != ""
}
