package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"lensan/store/catalog"
)

// QueueWork is what waits for a dispatcher at this moment.
type QueueWork struct {
	ToPlan bool                       // a run waits to be planned
	Due    map[string][]catalog.Queue // by marketplace: queues with due items
}

// WorkWaiting tells, in one cheap query, whether there may be anything to
// dispatch on these lanes.
func (s *Store) WorkWaiting(ctx context.Context, marketplaces []string) (QueueWork, error) {
	const toPlan = `SELECT '' AS marketplace, '' AS queue WHERE EXISTS (SELECT 1 FROM runs WHERE finished_at = 0 AND cancel_requested_at = 0 AND paused_at = 0
		AND (phase = 'queued' OR (phase = 'planning' AND lease_until < ?)))`
	const due = ` UNION ALL SELECT CAST(? AS TEXT), CAST(? AS TEXT) WHERE EXISTS (SELECT 1 FROM items WHERE marketplace = ? AND lane_queue = ? AND state = 'waiting' AND due_at <= ?)`
	queues := []catalog.Queue{catalog.QueueUrgent, catalog.QueueNormal, catalog.QueueReconcile}
	now := s.nowMillis()
	args := []any{now}
	for _, m := range marketplaces {
		for _, q := range queues {
			args = append(args, m, q, m, q, now)
		}
	}
	var rows []struct {
		Marketplace string        `db:"marketplace"`
		Queue       catalog.Queue `db:"queue"`
	}
	if err := s.selectRows(ctx, &rows, toPlan+strings.Repeat(due, len(marketplaces)*len(queues)), args...); err != nil {
		return QueueWork{}, fmt.Errorf("look for work: %w", err)
	}
	w := QueueWork{Due: map[string][]catalog.Queue{}}
	for _, r := range rows {
		if r.Marketplace == "" {
			w.ToPlan = true
			continue
		}
		w.Due[r.Marketplace] = append(w.Due[r.Marketplace], r.Queue)
	}
	return w, nil
}

// PurgeQueue deletes batches that are over and looks that have ended since
// before, at most limit of each, and returns how many. Items of runs stay:
// they are the record of the run.
func (s *Store) PurgeQueue(ctx context.Context, before time.Time, limit int) (int, error) {
	const batches = `DELETE FROM batches WHERE id IN (SELECT id FROM batches WHERE state = 'done' AND finished_at < ? LIMIT ?)`
	const looks = `DELETE FROM items WHERE id IN (SELECT id FROM items WHERE run_id = '' AND state NOT IN ('waiting', 'batched') AND finished_at < ? LIMIT ?)`
	total := 0
	for _, query := range []string{batches, looks} {
		r, err := s.write.ExecContext(ctx, s.write.Rebind(query), millis(before), limit)
		if err != nil {
			return total, fmt.Errorf("purge queue: %w", err)
		}
		n, err := r.RowsAffected()
		if err != nil {
			return total, err
		}
		total += int(n)
	}
	return total, nil
}
