package main

import (
	"context"
	"errors"
	"path/filepath"

	"lensan/cmd/lensan/dashboard"
	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/register"
	"lensan/worker"
)

// shownDoubts is how many doubtful cells a page shows; the rest is in the
// report of `lensan import`.
const shownDoubts = 1000

// dashboardOptions are what the pages work with: the record, and as functions
// what needs more than the record. e is nil where this process does not work.
func (a *app) dashboardOptions(s *store.Store, today func() catalog.Day, e *engine) dashboard.Options {
	titles := map[string]string{}
	for _, l := range a.cfg.Enabled() {
		titles[l.Name] = a.title(l.Name)
	}
	o := dashboard.Options{
		Store: s, Now: s.Now, Today: today, Lang: string(a.lang), Log: a.log, Version: programVersion(), Titles: titles,
		UsersFile: a.cfg.UsersFile, LocalName: operator(), TempDir: filepath.Join(a.cfg.DataDir, "uploads"),
		Doctor: func(ctx context.Context) []dashboard.Check { return a.checks(ctx, s) },
		Plan: func(ctx context.Context, scope catalog.Scope, policy catalog.Policy) (string, error) {
			runner, err := a.planner(ctx, s)
			if err != nil {
				return "", err
			}
			d, err := runner.Plan(ctx, scope, policy, "")
			return d.ID, err
		},
		Import: func(ctx context.Context, r dashboard.ImportRequest) (dashboard.ImportResult, error) {
			return a.importUpload(ctx, s, r)
		},
		EngineAlive: func(ctx context.Context) (bool, error) { return a.engineAlive(ctx, s) },
		Queue:       a.queueTrouble,
	}
	if e != nil {
		o.Queue = func(ctx context.Context) error { return worker.QueueHealth(ctx, e.queue).QueueErr }
	}
	return o
}

// queueTrouble tells what is wrong with a queue that this process does not
// hold open; an embedded one is its engine's affair.
func (a *app) queueTrouble(ctx context.Context) error {
	if a.cfg.EmbeddedQueue() {
		return nil
	}
	q, err := a.openQueue(ctx)
	if err != nil {
		return err
	}
	return q.Close()
}

// checks are doctor's findings for a page.
func (a *app) checks(ctx context.Context, s *store.Store) []dashboard.Check {
	var out []dashboard.Check
	for _, f := range a.examine(ctx, s) {
		out = append(out, dashboard.Check{Title: f.check.In(a.lang), About: f.about, OK: f.exit == ExitDone, Found: f.found, Advice: f.todo})
	}
	return out
}

// importUpload reads a workbook that came through the browser.
func (a *app) importUpload(ctx context.Context, s *store.Store, r dashboard.ImportRequest) (dashboard.ImportResult, error) {
	f, err := register.OpenFile(r.Path)
	if err != nil {
		return dashboard.ImportResult{}, err
	}
	defer f.Close() //nolint:errcheck // only read
	f.Name = r.Name
	imp, rep, err := a.readAndApply(ctx, s, []register.File{f}, register.Pictures{}, store.ImportOptions{By: r.By, DryRun: r.DryRun, Confirm: r.Confirm, Canaries: a.cfg.Canaries})
	if imp != nil {
		defer imp.Close() //nolint:errcheck // only removes what was staged
	}
	var refused *failure
	if errors.As(err, &refused) {
		return dashboard.ImportResult{Refused: refused.Error()}, nil
	}
	if err != nil && !errors.Is(err, store.ErrImportHeld) {
		return dashboard.ImportResult{}, err
	}
	out := dashboard.ImportResult{Report: rep}
	for d, err := range imp.AllDoubts(ctx) {
		if err != nil {
			return out, err
		}
		if len(out.Doubts) == shownDoubts {
			break
		}
		out.Doubts = append(out.Doubts, d)
	}
	if !r.DryRun && rep.State != store.ImportHeld {
		return out, a.assess(ctx, s)
	}
	return out, nil
}

// title is a marketplace's name on screens.
func (a *app) title(name string) string {
	if t := a.titles[name]; t != "" {
		return t
	}
	return name
}

// readTitles asks the adapters, which send nothing, how they are written.
func (a *app) readTitles() map[string]string {
	out := map[string]string{}
	open, err := openAdapters(a.cfg, nil, a.log)
	if err != nil {
		return out // told where an adapter is needed
	}
	for name, ad := range open {
		out[name] = ad.Capabilities().Title
	}
	return out
}

// queuedPhrase tells that a run waits, and whether anybody is there for it.
func queuedPhrase(alive bool) text.Phrase {
	if alive {
		return text.Queued
	}
	return text.QueuedNoHolder
}
