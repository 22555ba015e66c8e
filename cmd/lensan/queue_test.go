package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strconv"
	"testing"
	"time"

	"lensan/adapters"
	"lensan/cmd/lensan/text"
	"lensan/config"
	"lensan/store"
	"lensan/store/storetest"
	"lensan/worker"
)

// A marketplace whose tokens live for seconds is signed in to as often as
// that takes; one that locks an account after a few sign-ins is not.
func TestShortLivedTokensDoNotPauseTheLane(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, "sqlite:"+t.TempDir()+"/lensan.db", store.Options{})
	q, err := worker.OpenQueue(t.Context(), worker.QueueURLEmbedded, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { q.Close() })
	cfg, err := config.Load(config.Sources{Lanes: laneSpecs(), Environ: []string{"LENSAN_DATA_DIR=" + t.TempDir()}})
	if err != nil {
		t.Fatal(err)
	}
	a := &app{out: io.Discard, err: io.Discard, lang: text.VI, cfg: cfg, log: slog.New(slog.DiscardHandler)}
	open, err := openAdapters(cfg, nil, a.log)
	if err != nil {
		t.Fatal(err)
	}
	share := a.shareThrough(q, s, map[string]adapters.Budget{})
	for name, shared := range map[string]bool{"postmart": false, "voso": true} {
		if can := open[name].Capabilities(); can.SharedToken != shared {
			t.Fatalf("%s: shared token %v", name, can.SharedToken)
		}
		for _, m := range marketplaces {
			if m.Name != name {
				continue
			}
			_, tokens, err := share(m, open[name].Capabilities())
			if err != nil {
				t.Fatal(err)
			}
			stale, signedIn := "", 0
			for range 12 {
				token, err := tokens.Token(t.Context(), stale, func(context.Context) (adapters.Token, error) {
					signedIn++
					return adapters.Token{Value: name + strconv.Itoa(signedIn), ExpiresAt: time.Now().Add(time.Hour)}, nil
				})
				var e *adapters.Error
				if errors.As(err, &e) && e.Kind == adapters.KindThrottled {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				stale = token.Value
			}
			if want := map[bool]int{true: 4, false: 12}[shared]; signedIn != want {
				t.Errorf("%s: signed in %d times, want %d", name, signedIn, want)
			}
		}
	}
}
