package store

import (
	"context"
	"fmt"
	"time"

	"lensan/store/catalog"
)

// CoverageDay is the coverage of one value of one dimension as last seen on a
// day.
type CoverageDay struct {
	Day         string `db:"day"`
	Marketplace string `db:"marketplace"`
	Dimension   string `db:"dimension"`
	Value       string `db:"value"`
	Recognised  int    `db:"recognised"`
	Eligible    int    `db:"eligible"`
	Listable    int    `db:"listable"`
	Live        int    `db:"live"`
}

// SnapshotDay keeps how far the goal is on a day: the views coverage and the
// summary of SKUs, replacing what was kept of that day before. It does nothing,
// and returns false, when that was less than notBefore ago. Call it after a run
// has ended, or once an hour; calling it more often does no harm.
func (s *Store) SnapshotDay(ctx context.Context, day catalog.Day, notBefore time.Duration) (bool, error) {
	if due, err := s.DayDue(ctx, day, notBefore); err != nil || !due {
		return false, err
	}
	coverage, err := s.Coverage(ctx)
	if err != nil {
		return false, err
	}
	summary, err := s.Summary(ctx)
	if err != nil {
		return false, err
	}
	return true, s.KeepDay(ctx, day, coverage, summary)
}

// DayDue tells whether what is kept of a day is older than notBefore, or
// nothing is.
func (s *Store) DayDue(ctx context.Context, day catalog.Day, notBefore time.Duration) (bool, error) {
	const last = `SELECT COALESCE(MAX(taken_at), 0) FROM summary_days WHERE day = ?`
	var taken int64
	if err := s.getRow(ctx, &taken, last, string(day)); err != nil {
		return false, fmt.Errorf("read last snapshot: %w", err)
	}
	return taken <= s.nowMillis()-notBefore.Milliseconds(), nil
}

// KeepDay keeps a coverage and a summary as those of a day, replacing what was
// kept of it before.
func (s *Store) KeepDay(ctx context.Context, day catalog.Day, coverage []CoverageRow, summary []MarketSummary) error {
	const dropCoverage = `DELETE FROM coverage_days WHERE day = ?`
	const keepCoverage = `INSERT INTO coverage_days (day, marketplace, dimension, value, recognised, eligible, listable, live, taken_at) VALUES `
	const dropSummary = `DELETE FROM summary_days WHERE day = ?`
	const keepSummary = `INSERT INTO summary_days (day, marketplace, bucket, skus, taken_at) VALUES (?, ?, ?, ?, ?)`
	now := s.nowMillis()
	err := s.inTx(ctx, func(t *tx) error {
		for _, drop := range []string{dropCoverage, dropSummary} {
			if _, err := t.exec(ctx, drop, string(day)); err != nil {
				return err
			}
		}
		for _, part := range chunk(coverage, 500) {
			args := make([]any, 0, 9*len(part))
			for _, r := range part {
				args = append(args, string(day), r.Marketplace, r.Dimension, r.Value, r.Recognised, r.Eligible, r.Listable, r.Live, now)
			}
			if _, err := t.exec(ctx, keepCoverage+tuples(len(part), 9), args...); err != nil {
				return err
			}
		}
		for _, m := range summary {
			for _, b := range Buckets {
				if _, err := t.exec(ctx, keepSummary, string(day), m.Marketplace, string(b), m.Buckets[b], now); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep %s: %w", day, err)
	}
	return nil
}

// CoverageDays returns what was kept of one dimension since a day, in the
// order of days.
func (s *Store) CoverageDays(ctx context.Context, dimension string, since catalog.Day) ([]CoverageDay, error) {
	const query = `SELECT day, marketplace, dimension, value, recognised, eligible, listable, live FROM coverage_days
  WHERE dimension = ? AND day >= ? ORDER BY day, marketplace, value`
	var rows []CoverageDay
	if err := s.selectRows(ctx, &rows, query, dimension, string(since)); err != nil {
		return nil, fmt.Errorf("read coverage of days: %w", err)
	}
	return rows, nil
}

// CoverageThen returns how many products of each value of a dimension were
// live on a marketplace ("both": on every one) on the first day kept from
// since on and before a day, and that day; empty when none was kept.
func (s *Store) CoverageThen(ctx context.Context, dimension, marketplace string, since, before catalog.Day) (catalog.Day, map[string]int, error) {
	const query = `SELECT day, value, live FROM coverage_days WHERE dimension = ? AND marketplace = ?
  AND day = (SELECT MIN(day) FROM coverage_days WHERE day >= ? AND day < ?)`
	var rows []struct {
		Day   string `db:"day"`
		Value string `db:"value"`
		Live  int    `db:"live"`
	}
	if err := s.selectRows(ctx, &rows, query, dimension, marketplace, string(since), string(before)); err != nil {
		return "", nil, fmt.Errorf("read coverage of a day: %w", err)
	}
	var day catalog.Day
	out := map[string]int{}
	for _, r := range rows {
		day, out[r.Value] = catalog.Day(r.Day), r.Live
	}
	return day, out, nil
}

// SummaryBefore returns the summary of the last day before a day of which one
// was kept, by marketplace and bucket, and that day; empty when there is none.
func (s *Store) SummaryBefore(ctx context.Context, before catalog.Day) (catalog.Day, map[string]map[Bucket]int, error) {
	const query = `SELECT day, marketplace, bucket, skus FROM summary_days WHERE day = (SELECT MAX(day) FROM summary_days WHERE day < ?)`
	var rows []struct {
		Day         string `db:"day"`
		Marketplace string `db:"marketplace"`
		Bucket      Bucket `db:"bucket"`
		SKUs        int    `db:"skus"`
	}
	if err := s.selectRows(ctx, &rows, query, string(before)); err != nil {
		return "", nil, fmt.Errorf("read summary of days: %w", err)
	}
	var day catalog.Day
	out := map[string]map[Bucket]int{}
	for _, r := range rows {
		day = catalog.Day(r.Day)
		if out[r.Marketplace] == nil {
			out[r.Marketplace] = map[Bucket]int{}
		}
		out[r.Marketplace][r.Bucket] += r.SKUs
	}
	return day, out, nil
}
