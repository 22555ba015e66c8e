package main

import (
	"context"
	"reflect"
	"slices"
	"time"

	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
)

// unread are the lanes that a run had to read whole and did not, because their
// marketplace was away: a run of their own is asked for and waits. What the run
// says of them is as old as the reading before.
func (a *app) unread(ctx context.Context, s *store.Store, r store.RunRow) ([]store.Lane, error) {
	if r.FinishedAt == 0 || r.State == string(catalog.RunCancelled) {
		return nil, nil
	}
	run, err := a.getRun(ctx, s, r.RunID)
	if err != nil {
		return nil, err
	}
	lanes, err := s.Lanes(ctx)
	if err != nil {
		return nil, err
	}
	var out []store.Lane
	for _, l := range lanes {
		cfg, known := a.cfg.Lane(l.Marketplace)
		if !known || !cfg.Enabled || cfg.IsWorkbook() || len(run.Scope.Marketplaces) > 0 && !slices.Contains(run.Scope.Marketplaces, l.Marketplace) {
			continue
		}
		var since time.Time
		switch run.Kind {
		case catalog.RunReconcile, catalog.RunRefresh:
			since = run.CreatedAt
		case catalog.RunSync: // reads only what was never read
			since = time.UnixMilli(1)
		}
		if l.ReadWholeAt.Before(since) {
			out = append(out, l)
		}
	}
	return out, nil
}

// sayUnread names the lanes that a run could not read.
func (a *app) sayUnread(lanes []store.Lane) {
	for _, l := range lanes {
		code := l.PauseReason
		if code == "" {
			code = l.ReadError
		}
		if code == "" {
			code = "lane.reading_incomplete"
		}
		why := text.Explain(catalog.Reason{Code: code})
		a.say(text.LaneUnread, "lane", a.title(l.Marketplace), "why", text.Sentence(a.lang, why.VI, why.EN))
	}
}

// follows are the open runs of one lane each in which a run goes on, because the
// lane was away when it was planned.
func (a *app) follows(ctx context.Context, s *store.Store, r store.RunRow) ([]catalog.Run, error) {
	if r.FinishedAt == 0 || r.State == string(catalog.RunCancelled) {
		return nil, nil
	}
	run, err := a.getRun(ctx, s, r.RunID)
	if err != nil {
		return nil, err
	}
	open, err := s.ListRuns(ctx, store.RunFilter{Open: true})
	if err != nil {
		return nil, err
	}
	whole := run.Scope
	whole.Marketplaces = nil
	return slices.DeleteFunc(open, func(f catalog.Run) bool {
		part := f.Scope
		part.Marketplaces = nil
		return len(f.Scope.Marketplaces) != 1 || slices.Equal(f.Scope.Marketplaces, run.Scope.Marketplaces) ||
			len(run.Scope.Marketplaces) > 0 && !slices.Contains(run.Scope.Marketplaces, f.Scope.Marketplaces[0]) ||
			f.Kind != run.Kind || f.Policy != run.Policy || f.PlanID != run.PlanID || f.CreatedAt.Before(run.CreatedAt) || !reflect.DeepEqual(part, whole)
	}), nil
}

// laneExit is the exit code of work that waits for a lane.
func laneExit(l store.Lane) Exit {
	if l.PauseReason == "lane.unauthorized" {
		return ExitAccount
	}
	return ExitTemporary
}
