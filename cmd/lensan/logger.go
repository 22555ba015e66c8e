package main

import (
	"log/slog"
)

// newLogger writes to stderr: text on a terminal, JSON elsewhere, unless the
// configuration says which.
func (a *app) newLogger() *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(a.cfg.LogLevel)) // checked by config
	o := &slog.HandlerOptions{Level: level}
	format := a.cfg.LogFormat
	if _, ok := terminal(a.err); format == "" && ok {
		format = "text"
	}
	if format == "text" {
		return slog.New(slog.NewTextHandler(a.err, o))
	}
	return slog.New(slog.NewJSONHandler(a.err, o))
}
