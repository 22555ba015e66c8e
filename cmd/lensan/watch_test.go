package main

import (
	"io"
	"log/slog"
	"testing"
	"time"

	"lensan/cmd/lensan/text"
	"lensan/config"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/storetest"
)

// A run that a rolling limit kept from a part of its items was stopped by a
// brake, also where another item failed.
func TestARunThatARollingLimitStoppedExitsAsABrake(t *testing.T) {
	t.Parallel()
	storetest.Each(t, store.Options{Explain: text.Explain}, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		cfg, err := config.Load(config.Sources{Lanes: laneSpecs(), Environ: []string{"LENSAN_DATA_DIR=" + t.TempDir()}})
		if err != nil {
			t.Fatal(err)
		}
		a := &app{out: io.Discard, err: io.Discard, lang: text.VI, cfg: cfg, log: slog.New(slog.DiscardHandler)}
		for _, c := range []struct {
			name  string
			ends  []store.ItemEnd
			state catalog.RunState
			exit  Exit
		}{
			{"all applied", []store.ItemEnd{{State: catalog.ItemDone}, {State: catalog.ItemDone}}, catalog.RunDone, ExitDone},
			{"a part had no room", []store.ItemEnd{{State: catalog.ItemDone}, {State: catalog.ItemLeftOut, ReasonCode: store.ReasonBrakeWindow}}, catalog.RunStopped, ExitBrake},
			{"and one failed", []store.ItemEnd{{State: catalog.ItemFailed}, {State: catalog.ItemLeftOut, ReasonCode: store.ReasonBrakeWindow}}, catalog.RunFailed, ExitBrake},
		} {
			run, _, err := s.RequestRun(ctx, store.RunRequest{Kind: catalog.RunSync, Policy: catalog.PolicySync, Trigger: catalog.TriggerCommand})
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := s.ClaimRunToPlan(ctx, "test", time.Minute); err != nil {
				t.Fatal(err)
			}
			if err := s.InsertItems(ctx, []catalog.Item{{RunID: run.ID, Marketplace: "postmart", SKU: "1"}, {RunID: run.ID, Marketplace: "postmart", SKU: "2"}}); err != nil {
				t.Fatal(err)
			}
			if err := s.MarkRunPlanned(ctx, run.ID, "", 2, 0, 0); err != nil {
				t.Fatal(err)
			}
			items, err := s.ListItems(ctx, store.ItemFilter{RunID: run.ID})
			if err != nil || len(items) != 2 {
				t.Fatal(items, err)
			}
			for i := range c.ends {
				c.ends[i].ID = items[i].ID
			}
			if err := s.EndItems(ctx, c.ends); err != nil {
				t.Fatal(err)
			}
			if _, err := s.FinishRuns(ctx); err != nil {
				t.Fatal(err)
			}
			rows, _, err := s.RunStatus(ctx, store.Page{}, run.ID)
			if err != nil || len(rows) != 1 {
				t.Fatal(rows, err)
			}
			if exit, err := a.runExit(ctx, s, rows[0]); err != nil || exit != c.exit || catalog.RunState(rows[0].State) != c.state {
				t.Errorf("%s: exit %d and %s, want %d and %s (%v)", c.name, exit, rows[0].State, c.exit, c.state, err)
			}
		}
	})
}
