package main

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"lensan/cmd/lensan/text"
)

func TestTheWorstCodeWins(t *testing.T) {
	t.Parallel()
	order := []Exit{130, 1, 2, 9, 11, 7, 8, 6, 5, 10, 4, 3}
	for i, high := range order {
		for _, low := range order[i:] {
			if got := worst(low, ExitDone, high); got != high {
				t.Errorf("%d and %d: %d", low, high, got)
			}
		}
	}
	if worst() != ExitDone || worst(ExitDone) != ExitDone {
		t.Error("nothing wrong is not 0")
	}
}

func TestExitOfAnError(t *testing.T) {
	t.Parallel()
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	cases := map[string]struct {
		ctx  context.Context
		err  error
		want Exit
	}{
		"no error":                       {t.Context(), nil, ExitDone},
		"a failure":                      {t.Context(), fail(ExitBrake, "x"), ExitBrake},
		"a failure that was wrapped":     {t.Context(), fmt.Errorf("x: %w", fail(ExitAccount)), ExitAccount},
		"a person's interruption":        {cancelled, fmt.Errorf("x: %w", context.Canceled), ExitInterrupted},
		"a cancellation of our own":      {t.Context(), context.Canceled, ExitInternal},
		"anything else":                  {t.Context(), errors.New("x"), ExitInternal},
		"a failure told while cancelled": {cancelled, fail(ExitItems), ExitItems},
	}
	for name, c := range cases {
		if got := exitOf(c.ctx, c.err); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func TestEveryExitHasItsWords(t *testing.T) {
	t.Parallel()
	for _, e := range append([]Exit{ExitDone}, precedence...) {
		if text.Exits[int(e)].VI == "" {
			t.Errorf("no words for exit code %d", e)
		}
	}
	if len(text.Exits) != len(precedence)+1 {
		t.Errorf("%d exits have words, %d have a rank", len(text.Exits), len(precedence))
	}
}
