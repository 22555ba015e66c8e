package main

import (
	"context"
	"errors"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lensan/adapters"
	"lensan/cmd/lensan/report"
	"lensan/cmd/lensan/text"
	"lensan/config"
	"lensan/store"
	"lensan/store/catalog"
)

// finding is what doctor found about one thing.
type finding struct {
	check text.Phrase
	about string
	exit  Exit // ExitDone: well
	found string
	todo  string
	// note: neither well nor wrong, but worth knowing.
	note bool
}

// level is well, note or wrong, and its mark.
func (f finding) level() (level, mark string) {
	switch {
	case f.exit != ExitDone:
		return "wrong", "✗"
	case f.note:
		return "note", "○"
	}
	return "well", "✓"
}

func (a *app) doctorCommand() *cobra.Command {
	return a.command("doctor", cobra.NoArgs, []Exit{ExitTemporary, ExitAccount}, func(ctx context.Context, _ []string) error {
		findings := []finding{a.lookAtFolder()}
		s, err := a.openStore(ctx, false)
		if err != nil {
			findings = append(findings, a.failed(text.CheckDatabase, "", err))
		}
		findings = append(findings, a.examine(ctx, s)...)
		if a.format() == report.FormatTable {
			a.markSandbox(a.out)
		}
		w := a.result("doctor", nil, a.column("check", text.HeadCheck), data("about"), data("ok"), data("level"), a.wide("result", text.HeadResult, 60), a.wide("todo", text.HeadTodo, 50))
		var codes []Exit
		for _, f := range findings {
			codes = append(codes, f.exit)
			title := f.check.In(a.lang)
			if f.about != "" {
				title += " " + f.about
			}
			level, mark := f.level()
			w.Row(report.T(f.check.EN, title), report.V(f.about), report.V(f.exit == ExitDone), report.V(level), report.T(f.found, mark+" "+f.found), report.V(f.todo))
		}
		if err := w.Close(); err != nil {
			return err
		}
		if exit := worst(codes...); exit != ExitDone {
			return fail(exit)
		}
		return ctx.Err()
	})
}

// examine looks at everything beyond this machine that the program needs; s is
// nil when the database can't be opened.
func (a *app) examine(ctx context.Context, s *store.Store) []finding {
	var out []finding
	if s != nil {
		out = append(out, a.lookAtDatabase(ctx, s)...)
	}
	out = append(out, a.lookAtQueue(ctx))
	if s != nil {
		out = append(out, a.lookAtEngine(ctx, s))
		out = append(out, a.lookAtReasons(ctx, s)...)
		out = append(out, a.lookAtBackups(ctx, s))
	}
	out = append(out, a.lookAtLanes(ctx, s)...)
	return append(out, a.lookAtQueueClock(ctx)...)
}

// failed turns an error into a finding: its lines are what is wrong.
func (a *app) failed(check text.Phrase, about string, err error) finding {
	f := finding{check: check, about: about, exit: exitOf(context.Background(), err), found: oneLine(err)}
	var failing *failure
	if errors.As(err, &failing) {
		f.found = strings.Join(failing.lines, " ")
	}
	return f
}

func (a *app) lookAtFolder() finding {
	if err := a.ensureFolder(a.cfg.DataDir); err != nil {
		return a.failed(text.CheckFolder, "", err)
	}
	path, err := filepath.Abs(a.cfg.DataDir)
	if err != nil {
		path = a.cfg.DataDir
	}
	return finding{check: text.CheckFolder, found: path}
}

func (a *app) lookAtDatabase(ctx context.Context, s *store.Store) []finding {
	if err := s.Ping(ctx); err != nil {
		return []finding{a.failed(text.CheckDatabase, "", a.databaseError(err))}
	}
	out := []finding{{check: text.CheckDatabase, found: a.cfg.Database.String()}}
	skew, err := s.SyncClock(ctx)
	switch {
	case err != nil:
		out = append(out, a.failed(text.CheckClock, "", err))
	case skew.Abs() > store.ClockMargin:
		out = append(out, finding{check: text.CheckClock, exit: ExitTemporary, found: text.ClockOff.In(a.lang, "by", text.Duration(a.lang, skew.Abs())), todo: text.ClockTodo.In(a.lang)})
	default:
		out = append(out, finding{check: text.CheckClock, found: text.Moment(a.lang, s.Now())})
	}
	if day, err := a.fixedDay(ctx, s); err == nil && day != "" {
		out = append(out, finding{check: text.CheckDay, found: text.DayFixed.In(a.lang, "day", text.Day(a.lang, day))})
	}
	return out
}

// lookAtReasons tells of codes that the catalogue lacks; nothing while there
// are none.
func (a *app) lookAtReasons(ctx context.Context, s *store.Store) []finding {
	unknown, err := unknownReasons(ctx, s)
	if err != nil {
		return []finding{a.failed(text.CheckReasons, "", err)}
	}
	var out []finding
	for _, code := range slices.Sorted(maps.Keys(unknown)) {
		out = append(out, finding{check: text.CheckReasons, found: text.ReasonUnknown.In(a.lang, "code", code, "n", text.Number(a.lang, int64(unknown[code]))), todo: text.ReasonTodo.In(a.lang)})
	}
	return out
}

func (a *app) lookAtEngine(ctx context.Context, s *store.Store) finding {
	alive, err := a.engineAlive(ctx, s)
	switch {
	case err != nil:
		return a.failed(text.CheckEngine, "", err)
	case alive:
		return finding{check: text.CheckEngine, found: text.EngineRuns.In(a.lang)}
	}
	return finding{check: text.CheckEngine, note: true, found: text.EngineNone.In(a.lang), todo: text.EngineTodo.In(a.lang)}
}

// lookAtLanes signs in to each marketplace and makes one cheap read.
func (a *app) lookAtLanes(ctx context.Context, s *store.Store) []finding {
	clocks := laneClocks{}
	defer clocks.close()
	open, err := openAdaptersOver(a.cfg, nil, a.log, clocks.transport)
	if err != nil {
		return []finding{a.failed(text.CheckLane, "", err)}
	}
	var out []finding
	for _, l := range a.cfg.Enabled() {
		out = append(out, a.lookAtLane(ctx, s, l, open[l.Name]))
		out = append(out, a.clockOff(a.title(l.Name), clocks.skew(l.Name), laneClockMargin)...)
	}
	return out
}

func (a *app) lookAtLane(ctx context.Context, s *store.Store, l config.Lane, ad adapters.Adapter) finding {
	title := ad.Capabilities().Title
	if s != nil {
		if err := a.ensureAccounts(ctx, s); err != nil {
			return a.failed(text.CheckLane, title, err)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	if l.IsSandbox() && !answers(ctx, l.SandboxListen) {
		f := finding{check: text.CheckLane, about: title, note: true, found: text.SandboxAsleep.In(a.lang), todo: text.SandboxTodo.In(a.lang)}
		if s == nil {
			return f
		}
		if alive, err := a.engineAlive(ctx, s); err == nil && alive { // it calls a sandbox that is not there
			f.exit = ExitTemporary
		}
		return f
	}
	began := now()
	if err := ad.Ping(ctx); err != nil {
		return a.laneFinding(title, l, err)
	}
	found := text.LaneWell.In(a.lang, "url", l.URL, "took", now().Sub(began).Round(time.Millisecond).String())
	if !l.IsLocal() && !l.IsWorkbook() {
		found += " " + text.LaneReadOnly.In(a.lang)
	}
	return finding{check: text.CheckLane, about: title, found: found}
}

// laneFinding says what to set when a marketplace can't be worked with.
func (a *app) laneFinding(title string, l config.Lane, err *adapters.Error) finding {
	f := finding{check: text.CheckLane, about: title, exit: ExitTemporary, found: oneLine(err)}
	variable := config.Variable(l.Name + ".url")
	if l.IsWorkbook() && len(err.Fields) > 0 {
		e := text.Explain(catalog.Reason{Code: err.Fields[0].Code, Args: map[string]string{"words": err.Fields[0].Message}})
		if f.found, f.todo = e.VI, e.FixVI; a.lang != text.VI {
			f.found, f.todo = e.EN, e.FixEN
		}
		return f
	}
	switch err.Kind {
	case adapters.KindUnauthorized:
		f.exit, f.found = ExitAccount, text.LaneRefused.In(a.lang)
		f.todo = text.LaneRefusedTodo.In(a.lang, "names", strings.ToUpper("LENSAN_"+l.Name+"_"))
	case adapters.KindNotFound, adapters.KindUnsupported, adapters.KindUnknown:
		f.exit, f.todo = ExitUsage, text.LaneURLTodo.In(a.lang, "name", variable, "url", l.URL)
	case adapters.KindUnavailable, adapters.KindTransient, adapters.KindAmbiguous:
		f.found = text.LaneSilent.In(a.lang, "url", l.URL)
		f.todo = text.LaneURLTodo.In(a.lang, "name", variable, "url", l.URL)
	}
	return f
}

// answers tells whether something listens at addr.
func answers(ctx context.Context, addr string) bool {
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return false
	}
	c.Close()
	return true
}

// hostname is this machine's, for people who look for a process.
func hostname() string {
	name, err := os.Hostname()
	if err != nil {
		return "?"
	}
	return name
}
