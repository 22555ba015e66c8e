package main

import (
	"context"
	"errors"
	"iter"
	"path/filepath"

	"lensan/adapters"
	"lensan/cmd/lensan/dashboard"
	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/register"
	"lensan/worker"
	"lensan/worker/reconcile"
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
		Revert: func(ctx context.Context, run string) (dashboard.Reverting, error) {
			runner, err := a.planner(ctx, s)
			if err != nil {
				return dashboard.Reverting{}, err
			}
			would, err := runner.PreviewRevert(ctx, run)
			return reverting(would), err
		},
		Describe: describe,
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

// reverting is a preview of taking a run back as pages know it.
func reverting(r reconcile.Reverting) dashboard.Reverting {
	out := dashboard.Reverting{LeftN: r.LeftN, Same: r.Same, Closes: r.Closes}
	for _, c := range r.Changes {
		out.Changes = append(out.Changes, dashboard.RevertChange(c))
	}
	for _, l := range r.Left {
		out.Left = append(out.Left, dashboard.RevertLeft(l))
	}
	if r.Stopped != nil {
		out.Brake, out.Asked, out.Max = string(r.Stopped.Brake), r.Stopped.Asked, r.Stopped.Max
	}
	return out
}

// describe takes a marketplace's text of a structured field apart.
func describe(marketplace string, field adapters.Field, text string) []adapters.Fact {
	for _, m := range marketplaces {
		if d, ok := m.rules.(adapters.Describer); ok && m.Name == marketplace {
			return d.Describe(field, text)
		}
	}
	return nil
}

// importUpload reads registers that came through the browser.
func (a *app) importUpload(ctx context.Context, s *store.Store, r dashboard.ImportRequest) (dashboard.ImportResult, error) {
	var files []register.File
	for _, upload := range r.Files {
		f, err := register.OpenFile(upload.Path)
		if err != nil {
			return dashboard.ImportResult{}, err
		}
		defer f.Close() //nolint:errcheck // only read
		f.Name = upload.Name
		files = append(files, f)
	}
	imp, rep, err := a.readAndApply(ctx, s, files, register.Pictures{FS: r.Pictures}, store.ImportOptions{By: r.By, DryRun: r.DryRun, Confirm: r.Confirm,
		Partial: r.Partial, Complete: r.Complete, Canaries: a.cfg.Canaries})
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
	if out.Doubts, err = firstOf(imp.AllDoubts(ctx)); err != nil {
		return out, err
	}
	if out.Pictures, err = firstOf(imp.AllPictureProblems(ctx)); err != nil {
		return out, err
	}
	if !r.DryRun && rep.State != store.ImportHeld {
		return out, a.assess(ctx, s)
	}
	return out, nil
}

// firstOf takes as many as a page shows.
func firstOf[T any](all iter.Seq2[T, error]) ([]T, error) {
	var out []T
	for v, err := range all {
		if err != nil || len(out) == shownDoubts {
			return out, err
		}
		out = append(out, v)
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
