package main

import (
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"lensan/cmd/lensan/text"
	"lensan/config"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/storetest"
)

// A lane that was away when a run was planned goes on in a run of its own;
// until that has ended, the first one is not all that was asked for.
func TestARunThatGoesOnInAnotherIsNotDone(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := storetest.Open(t, "sqlite:"+t.TempDir()+"/lensan.db", store.Options{Explain: text.Explain})
	cfg, err := config.Load(config.Sources{Lanes: laneSpecs(), Environ: []string{"LENSAN_DATA_DIR=" + t.TempDir()}})
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	a := &app{out: io.Discard, err: &said, lang: text.EN, cfg: cfg, log: slog.New(slog.DiscardHandler)}
	ask := func(kind catalog.RunKind, scope catalog.Scope) string {
		run, joined, err := s.RequestRun(ctx, store.RunRequest{Kind: kind, Scope: scope, Policy: catalog.PolicySync, Trigger: catalog.TriggerCommand})
		if err != nil || joined {
			t.Fatal(joined, err)
		}
		return run.ID
	}
	end := func(ids ...string) {
		for range ids { // in the order asked for
			run, ok, err := s.ClaimRunToPlan(ctx, "test", time.Minute)
			if err != nil || !ok {
				t.Fatal(ok, err)
			}
			if err := s.MarkRunPlanned(ctx, run.ID, "", 0, 0, 0); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.FinishRuns(ctx); err != nil {
			t.Fatal(err)
		}
	}
	exit := func(id string) Exit {
		said.Reset()
		rows, _, err := s.RunStatus(ctx, store.Page{}, id)
		if err != nil || len(rows) != 1 || rows[0].FinishedAt == 0 {
			t.Fatal(rows, err)
		}
		exit, err := a.runExit(ctx, s, rows[0])
		if err != nil {
			t.Fatal(err)
		}
		return exit
	}

	whole := ask(catalog.RunSync, catalog.Scope{Stars: []int{5, 4}})
	end(whole)
	other := ask(catalog.RunSync, catalog.Scope{Marketplaces: []string{"voso"}})
	if got := exit(whole); got != ExitDone {
		t.Errorf("beside a run of another scope: exit %d", got)
	}
	part := ask(catalog.RunSync, catalog.Scope{Stars: []int{4, 5}, Marketplaces: []string{"voso"}})
	if got := exit(whole); got != ExitTemporary || !strings.Contains(said.String(), "voso: was away") || !strings.Contains(said.String(), part) {
		t.Errorf("exit %d, %s", got, said.String())
	}
	end(other, part)
	if got := exit(whole); got != ExitDone || said.Len() > 0 {
		t.Errorf("when all has ended: exit %d, %s", got, said.String())
	}
	if got := exit(part); got != ExitDone {
		t.Errorf("the lane's own run: exit %d", got)
	}
}
