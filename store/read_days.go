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
// and returns false, when that was less than notBefore ago. The engine calls it
// after each run and once an hour; calling it more often does no harm.
func (s *Store) SnapshotDay(ctx context.Context, day catalog.Day, notBefore time.Duration) (bool, error) {
	const last = `SELECT COALESCE(MAX(taken_at), 0) FROM summary_days WHERE day = ?`
	const dropCoverage = `DELETE FROM coverage_days WHERE day = ?`
	const keepCoverage = `INSERT INTO coverage_days (day, marketplace, dimension, value, recognised, eligible, listable, live, taken_at)
  SELECT CAST(? AS TEXT), marketplace, dimension, value, recognised, eligible, listable, live, CAST(? AS BIGINT) FROM coverage`
	const dropSummary = `DELETE FROM summary_days WHERE day = ?`
	const keepSummary = `INSERT INTO summary_days (day, marketplace, bucket, skus, taken_at)
  SELECT CAST(? AS TEXT), v.marketplace, ` + bucketCase + `, COUNT(*), CAST(? AS BIGINT) FROM sync_status v GROUP BY 2, 3`
	now := s.nowMillis()
	var taken int64
	if err := s.getRow(ctx, &taken, last, string(day)); err != nil {
		return false, fmt.Errorf("read last snapshot: %w", err)
	}
	if taken > now-notBefore.Milliseconds() {
		return false, nil
	}
	err := s.inTx(ctx, func(t *tx) error {
		for _, q := range []struct {
			query string
			args  []any
		}{
			{dropCoverage, []any{string(day)}}, {keepCoverage, []any{string(day), now}},
			{dropSummary, []any{string(day)}}, {keepSummary, []any{string(day), now}},
		} {
			if _, err := t.exec(ctx, q.query, q.args...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("snapshot of %s: %w", day, err)
	}
	return true, nil
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
