package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/user"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/term"

	"lensan/adapters"
	"lensan/cmd/lensan/report"
	"lensan/cmd/lensan/text"
	"lensan/config"
	"lensan/store"
)

// app is one call of the program: where it writes, how it was asked, and its
// configuration. Results go to out, talk goes to err.
type app struct {
	in       io.Reader
	out, err io.Writer

	lang    text.Lang
	flags   globalFlags
	cfg     *config.Config
	log     *slog.Logger
	titles  map[string]string // of the marketplaces
	closers []func() error

	sandboxed bool // the sandbox is seen to, here or elsewhere

	bar atomic.Pointer[report.Progress] // what is shown now

	stages   map[string]store.RunStage // of the run that is watched, as of stagesAt
	stagesAt time.Time
}

// globalFlags are the flags that every command has.
type globalFlags struct {
	file    string
	options []string
	output  string
	named   map[string]bool // flags that stand for a key of the configuration
}

// run carries out one command line and returns its exit code.
func (a *app) run(ctx context.Context, args []string) Exit {
	a.lang = a.languageOf(args)
	root := a.rootCommand()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	for _, c := range slices.Backward(a.closers) {
		if closeErr := c(); err == nil {
			err = closeErr
		}
	}
	switch {
	case store.IsFull(err):
		err = a.fail(ExitTemporary, text.DatabaseFull, "url", a.cfg.Database.String())
	case a.isInternal(err) && store.IsBusy(err):
		err = a.fail(ExitTemporary, text.DatabaseBusy, "url", a.cfg.Database.String())
	case a.isInternal(err) && store.IsAway(err):
		err = a.fail(ExitTemporary, text.DatabaseOff, "url", a.cfg.Database.String(), "why", oneLine(err))
	}
	exit := exitOf(ctx, err)
	a.sayWhy(exit, err)
	return exit
}

// isInternal tells whether nobody has said yet what an error means to people.
// What a marketplace's connection did is the adapters' to say.
func (a *app) isInternal(err error) bool {
	var told *failure
	var market *adapters.Error
	return a.cfg != nil && err != nil && !errors.As(err, &told) && !errors.As(err, &market)
}

func (a *app) sayWhy(exit Exit, err error) {
	var f *failure
	switch {
	case err == nil:
	case errors.As(err, &f):
		for _, line := range f.lines {
			fmt.Fprintln(a.err, "lensan: "+line)
		}
	case exit == ExitInterrupted:
		fmt.Fprintln(a.err, "lensan: "+text.Interrupted.In(a.lang))
	default:
		fmt.Fprintln(a.err, "lensan: "+text.Internal.In(a.lang, "why", err.Error()))
	}
}

// languageOf finds the language before flags are parsed, so that even a
// mistake in them is told in it.
func (a *app) languageOf(args []string) text.Lang {
	file := ""
	for i, arg := range args {
		for _, f := range []struct {
			name string
			take func(string) *text.Lang
		}{
			{"--lang", func(v string) *text.Lang { l := text.ParseLang(v); return &l }},
			{"--config", func(v string) *text.Lang { file = v; return nil }},
		} {
			value, ok := "", false
			if arg == f.name && i+1 < len(args) {
				value, ok = args[i+1], true
			} else if len(arg) > len(f.name) && arg[:len(f.name)+1] == f.name+"=" {
				value, ok = arg[len(f.name)+1:], true
			}
			if ok {
				if l := f.take(value); l != nil {
					return *l
				}
			}
		}
	}
	c, _ := config.Load(config.Sources{File: file, Lanes: laneSpecs()}) // its problems are told when a command needs it
	return text.ParseLang(c.Lang)
}

// say writes one line of talk.
func (a *app) say(p text.Phrase, pairs ...string) {
	fmt.Fprintln(a.err, p.In(a.lang, pairs...))
}

// fail ends the command with a phrase.
func (a *app) fail(exit Exit, p text.Phrase, pairs ...string) error {
	return fail(exit, p.In(a.lang, pairs...))
}

// format is the format of results.
func (a *app) format() report.Format { return report.Format(a.flags.output) }

// result begins a result on stdout.
func (a *app) result(kind string, extra map[string]any, columns ...report.Column) *report.Writer {
	if a.cfg != nil && a.cfg.HasSandbox() {
		if extra == nil {
			extra = map[string]any{}
		}
		extra["sandbox"] = true
	}
	return report.NewWriter(a.out, a.format(), kind, extra, columns...)
}

// end ends a result; a table without rows is told in words.
func (a *app) end(w *report.Writer) error {
	if err := w.Close(); err != nil {
		return err
	}
	if w.Rows() == 0 && a.format() == report.FormatTable {
		a.say(text.Nothing)
	}
	return nil
}

// markSandbox says on a stream of people's words that what follows is not
// from a real marketplace.
func (a *app) markSandbox(w io.Writer) {
	if a.cfg.HasSandbox() {
		fmt.Fprintln(w, "*** "+text.Sandbox.In(a.lang)+" ***")
	}
}

// progress begins to show progress on stderr.
func (a *app) progress() *report.Progress {
	o := report.ProgressOptions{Out: a.err, Lang: a.lang}
	if width, ok := terminal(a.err); ok && a.format() == report.FormatTable {
		o.Terminal, o.Width = true, width
	}
	p := report.NewProgress(o)
	a.bar.Store(p)
	return p
}

// terminal tells whether w is a terminal that can move its cursor, and how
// wide it is.
func terminal(w io.Writer) (width int, ok bool) {
	f, isFile := w.(*os.File)
	if !isFile || !term.IsTerminal(int(f.Fd())) || config.PlainTerminal() {
		return 0, false
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width <= 0 {
		width = 80
	}
	return width, true
}

// operator is who asked, for the record.
func operator() string {
	u, err := user.Current()
	if err != nil || u.Username == "" {
		return "?"
	}
	return u.Username
}

// now is the clock of the program. The day is apart (today): it may be fixed.
func now() time.Time { return time.Now() }
