package main

import (
	"log/slog"
)

// leaveBar leaves the bar on the screen as it is.
func (a *app) leaveBar() {
	if p := a.bar.Load(); p != nil {
		p.Break()
	}
}

// newLogger writes to stderr: for people on a terminal, JSON elsewhere, unless
// the configuration says which.
func (a *app) newLogger() *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(a.cfg.LogLevel)) // checked by config
	o := &slog.HandlerOptions{Level: level}
	format := a.cfg.LogFormat
	if _, ok := terminal(a.err); format == "" && ok {
		return slog.New(newConsole(a.err, a.lang, level, a.leaveBar))
	}
	if format == "text" {
		return slog.New(slog.NewTextHandler(a.err, o))
	}
	return slog.New(slog.NewJSONHandler(a.err, o))
}
