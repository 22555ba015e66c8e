package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"lensan/cmd/lensan/report"
	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
)

// lookEvery is how often a waiting command looks at the record.
const lookEvery = 300 * time.Millisecond

// watchRun shows a run's progress until it has ended, or until the engine of
// this process, where there is one, has failed.
func (a *app) watchRun(ctx context.Context, s *store.Store, id string, e *engine) (store.RunRow, error) {
	var failed <-chan error
	if e != nil {
		failed = e.failed
	}
	bar := a.progress()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		row, err := a.lookAtRun(ctx, s, id, bar)
		if err != nil || row.FinishedAt > 0 {
			return row, err
		}
		select {
		case <-ctx.Done():
			return row, ctx.Err()
		case err := <-failed:
			return row, err
		case <-tick.C:
		}
	}
}

func (a *app) lookAtRun(ctx context.Context, s *store.Store, id string, bar *report.Progress) (store.RunRow, error) {
	rows, _, err := s.RunStatus(ctx, store.Page{}, id)
	if err != nil {
		return store.RunRow{}, err
	}
	if len(rows) == 0 {
		return store.RunRow{}, a.fail(ExitUsage, text.NoRun, "run", id)
	}
	progress, err := s.RunProgress(ctx, id)
	if err != nil {
		return store.RunRow{}, err
	}
	paused, err := a.pausedLanes(ctx, s)
	if err != nil {
		return store.RunRow{}, err
	}
	lanes := make([]report.Lane, 0, len(progress))
	for _, p := range progress {
		lanes = append(lanes, report.Lane{Title: a.title(p.Marketplace), Done: p.Ended, Total: p.Total, Failed: p.Failed, Waiting: paused[p.Marketplace]})
	}
	if len(progress) == 0 { // nothing is planned: the reading may be waiting
		for m, why := range paused {
			lanes = append(lanes, report.Lane{Title: a.title(m), Waiting: why})
		}
		slices.SortFunc(lanes, func(x, y report.Lane) int { return strings.Compare(x.Title, y.Title) })
	}
	if err := a.addStages(ctx, s, id, progress, lanes); err != nil {
		return store.RunRow{}, err
	}
	bar.Update(text.RunState(a.lang, catalog.RunState(rows[0].State)), lanes)
	return rows[0], nil
}

// pausedLanes says, for each lane that stands still, why.
func (a *app) pausedLanes(ctx context.Context, s *store.Store) (map[string]string, error) {
	lanes, err := s.Lanes(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, l := range lanes {
		if l.IsPaused(s.Now()) {
			e := text.Explain(catalog.Reason{Code: l.PauseReason})
			out[l.Marketplace] = text.Sentence(a.lang, e.VI, e.EN)
		}
	}
	return out, nil
}

// waitReviews waits until no listing in the filter is in review, or for at
// most limit, and tells how many are left.
func (a *app) waitReviews(ctx context.Context, s *store.Store, f store.Filter, limit time.Duration) (left int, err error) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	began, told, said := now(), time.Time{}, 0
	for {
		if left, err = s.InReview(ctx, f); err != nil || left == 0 {
			return left, err
		}
		if now().Sub(began) >= limit {
			return left, nil
		}
		if left != said && now().Sub(told) >= 5*time.Second {
			told, said = now(), left
			a.say(text.Reviewing, "n", text.Number(a.lang, int64(left)))
		}
		select {
		case <-ctx.Done():
			return left, ctx.Err()
		case <-tick.C:
		}
	}
}

// printRun writes how a run ended.
func (a *app) printRun(r store.RunRow, unchanged int) error {
	if a.format() == report.FormatTable {
		n := func(v int) string { return text.Number(a.lang, int64(v)) }
		fmt.Fprintln(a.out, text.RunLine.In(a.lang, "run", r.RunID, "state", text.RunState(a.lang, catalog.RunState(r.State)),
			"applied", n(r.Applied), "unchanged", n(unchanged), "failed", n(r.Failed), "left_out", n(r.LeftOut)))
		if r.Reason != "" {
			e := text.Explain(catalog.Reason{Code: r.Reason})
			fmt.Fprintln(a.out, "  "+text.Sentence(a.lang, e.VI, e.EN))
		}
		a.sayFiles()
		return nil
	}
	w := a.result("runs", nil, a.runColumns()...)
	w.Row(a.runCells(r)...)
	return w.Close()
}

// runExit is the exit code of a run that has ended.
func (a *app) runExit(ctx context.Context, s *store.Store, r store.RunRow) (Exit, error) {
	var codes []Exit
	switch catalog.RunState(r.State) {
	case catalog.RunStopped:
		codes = append(codes, ExitBrake)
	case catalog.RunUnhealthy:
		codes = append(codes, ExitSource)
	case catalog.RunCancelled:
		if r.Reason == store.ReasonRunDeadline {
			codes = append(codes, ExitDeadline)
		} else {
			codes = append(codes, ExitItems)
		}
	case catalog.RunFailed:
		codes = append(codes, ExitItems)
	}
	if r.Failed > 0 {
		codes = append(codes, ExitItems)
	}
	if r.Reason == store.ReasonBrakeWindow { // beside what failed
		codes = append(codes, ExitBrake)
	}
	lanes, err := s.Lanes(ctx)
	if err != nil {
		return ExitInternal, err
	}
	for _, l := range lanes {
		if cfg, known := a.cfg.Lane(l.Marketplace); known && cfg.Enabled && l.IsPaused(s.Now()) && r.FinishedAt > 0 && l.PausedBy == "" && len(codes) > 0 {
			codes = append(codes, laneExit(l))
		}
	}
	unread, err := a.unread(ctx, s, r)
	if err != nil {
		return ExitInternal, err
	}
	a.sayUnread(unread)
	for _, l := range unread {
		codes = append(codes, laneExit(l))
	}
	follows, err := a.follows(ctx, s, r)
	if err != nil {
		return ExitInternal, err
	}
	for _, f := range follows {
		m := f.Scope.Marketplaces[0]
		if !slices.ContainsFunc(unread, func(l store.Lane) bool { return l.Marketplace == m }) {
			a.say(text.LaneFollows, "lane", a.title(m), "run", f.ID)
			codes = append(codes, ExitTemporary)
		}
	}
	return worst(codes...), nil
}
