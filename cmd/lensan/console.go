package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"time"

	"lensan/cmd/lensan/text"
)

// console writes the log for a person at a terminal: the time in Vietnam, how
// grave it is and what it says in that person's language, then the facts. For
// programs there is JSON.
type console struct {
	mu    *sync.Mutex
	out   io.Writer
	lang  text.Lang
	level slog.Level
	attrs []slog.Attr
	clear func() // is called before each line: a bar may be drawn there
}

func newConsole(out io.Writer, lang text.Lang, level slog.Level, clear func()) *console {
	return &console{mu: &sync.Mutex{}, out: out, lang: lang, level: level, clear: clear}
}

// Enabled tells whether records of this level are written.
func (c *console) Enabled(_ context.Context, l slog.Level) bool { return l >= c.level }

// Handle writes one record on one line.
func (c *console) Handle(_ context.Context, r slog.Record) error {
	var facts []string
	add := func(a slog.Attr) bool {
		if v := a.Value.Resolve(); v.Kind() == slog.KindTime {
			facts = append(facts, a.Key+"="+text.Moment(c.lang, v.Time()))
		} else if s := strings.Join(strings.Fields(fmt.Sprint(v.Any())), " "); s != "" {
			facts = append(facts, a.Key+"="+s)
		}
		return true
	}
	for _, a := range c.attrs {
		add(a)
	}
	r.Attrs(add)
	at := r.Time
	if at.IsZero() {
		at = time.Now()
	}
	line := text.Clock(at) + "  " + text.LogLevel(c.lang, r.Level) + text.LogMessage(c.lang, r.Message)
	if len(facts) > 0 {
		line += " (" + strings.Join(facts, ", ") + ")"
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clear()
	_, err := io.WriteString(c.out, line+"\n")
	return err
}

// WithAttrs is the same console with facts that stand in every line.
func (c *console) WithAttrs(attrs []slog.Attr) slog.Handler {
	d := *c
	d.attrs = append(append([]slog.Attr{}, c.attrs...), attrs...)
	return &d
}

// WithGroup is the same console: groups say nothing to a person.
func (c *console) WithGroup(string) slog.Handler { return c }
