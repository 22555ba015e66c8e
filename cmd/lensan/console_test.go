package main

import (
	"bytes"
	"errors"
	"log/slog"
	"regexp"
	"testing"

	"lensan/cmd/lensan/text"
)

func TestTheLogAtATerminalSpeaksTheLanguageAskedFor(t *testing.T) {
	t.Parallel()
	for lang, want := range map[text.Lang]string{
		text.VI: `^\d\d:\d\d:\d\d  Lưu ý: kênh tạm dừng \(run=r1, marketplace=voso, err=no answer\)\n\d\d:\d\d:\d\d  LỖI: nobody put this into words\n$`,
		text.EN: `^\d\d:\d\d:\d\d  Note: lane paused \(run=r1, marketplace=voso, err=no answer\)\n\d\d:\d\d:\d\d  ERROR: nobody put this into words\n$`,
	} {
		var out bytes.Buffer
		cleared := 0
		log := slog.New(newConsole(&out, lang, slog.LevelWarn, func() { cleared++ }))
		log.With("run", "r1").Warn("lane paused", "marketplace", "voso", "err", errors.New("no\nanswer"))
		log.Info("usual things are not written")
		log.WithGroup("g").Error("nobody put this into words")
		if cleared != 2 {
			t.Errorf("the bar was left %d times for two lines", cleared)
		}
		if !regexp.MustCompile(want).MatchString(out.String()) {
			t.Errorf("%v:\n%s", lang, out.String())
		}
	}
}
