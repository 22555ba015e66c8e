package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"lensan/store/catalog"
)

const batchColumns = `id, marketplace, lane_queue, purpose, generation, size`

type batchRow struct {
	ID          string `db:"id"`
	Marketplace string `db:"marketplace"`
	Queue       string `db:"lane_queue"`
	Purpose     string `db:"purpose"`
	Generation  int    `db:"generation"`
	Size        int    `db:"size"`
}

func batchesOf(rows []batchRow) []catalog.Batch {
	out := make([]catalog.Batch, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.batch())
	}
	return out
}

func (r batchRow) batch() catalog.Batch {
	return catalog.Batch{
		ID: r.ID, Marketplace: r.Marketplace, Queue: catalog.Queue(r.Queue), Purpose: catalog.Purpose(r.Purpose),
		Generation: r.Generation, Size: r.Size,
	}
}

// laneOpen is true of a lane that may be worked for: none of its pauses lasts.
const laneOpen = `NOT EXISTS (SELECT 1 FROM accounts WHERE accounts.marketplace = ? AND (paused_until > ? OR (paused_until > 0 AND probe_needed)))`

// StartBatch gives a queued batch of this generation to owner. ok is false
// when another has it or had it, and when its lane or its run may not be
// worked for now: then its items wait again and the batch is over.
func (s *Store) StartBatch(ctx context.Context, id string, generation int, owner string, lease time.Duration) (b catalog.Batch, ok bool, err error) {
	const start = `UPDATE batches SET state = 'running', lease_owner = ?, lease_until = ? WHERE id = ? AND generation = ? AND state = 'queued'
		RETURNING ` + batchColumns
	const stopped = `SELECT CASE WHEN NOT (` + laneOpen + `) OR EXISTS (SELECT 1 FROM items JOIN runs ON runs.id = items.run_id
		WHERE items.batch_id = ? AND items.state = 'batched' AND (runs.paused_at > 0 OR runs.cancel_requested_at > 0)) THEN 1 ELSE 0 END`
	err = s.inTx(ctx, func(t *tx) error {
		now := s.nowMillis()
		var row batchRow
		err := t.GetContext(ctx, &row, t.Rebind(start), owner, now+lease.Milliseconds(), id, generation)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		var stop int
		if err := t.GetContext(ctx, &stop, t.Rebind(stopped), row.Marketplace, now, id); err != nil {
			return err
		}
		if stop == 1 {
			return t.finishBatch(ctx, id, now, now)
		}
		b, ok = row.batch(), true
		return nil
	})
	if err != nil {
		return catalog.Batch{}, false, fmt.Errorf("start batch %s: %w", id, err)
	}
	return b, ok, nil
}

// BatchSign is what the worker of a running batch has to know.
type BatchSign struct {
	Stop   bool // its run or its lane is paused or cancelled: begin nothing new
	Urgent bool // more urgent work waits on this lane
}

// RenewBatches lengthens the leases of the running batches that owner holds
// and gives a sign for each. A batch that is absent was lost: stop.
func (s *Store) RenewBatches(ctx context.Context, owner string, batches []catalog.Batch, lease time.Duration) (map[string]BatchSign, error) {
	const renew = `UPDATE batches SET lease_until = ? WHERE state = 'running' AND lease_owner = ? AND id IN (?) RETURNING id, generation`
	const stopped = `SELECT DISTINCT items.batch_id FROM items JOIN runs ON runs.id = items.run_id
		WHERE items.batch_id IN (?) AND items.state = 'batched' AND (runs.paused_at > 0 OR runs.cancel_requested_at > 0)`
	signs := make(map[string]BatchSign, len(batches))
	if len(batches) == 0 {
		return signs, nil
	}
	ids, generation := make([]string, len(batches)), map[string]int{}
	for i, b := range batches {
		ids[i], generation[b.ID] = b.ID, b.Generation
	}
	err := s.inTx(ctx, func(t *tx) error {
		now := s.nowMillis()
		var held []struct {
			ID         string `db:"id"`
			Generation int    `db:"generation"`
		}
		if err := t.selectIn(ctx, &held, renew, now+lease.Milliseconds(), owner, ids); err != nil {
			return err
		}
		for _, h := range held {
			if generation[h.ID] == h.Generation {
				signs[h.ID] = BatchSign{}
			}
		}
		var stop []string
		if err := t.selectIn(ctx, &stop, stopped, ids); err != nil {
			return err
		}
		paused, urgent, err := t.laneSigns(ctx, now)
		if err != nil {
			return err
		}
		for _, b := range batches {
			if sign, ok := signs[b.ID]; ok {
				sign.Stop = paused[b.Marketplace]
				sign.Urgent = b.Queue != catalog.QueueUrgent && urgent[b.Marketplace]
				signs[b.ID] = sign
			}
		}
		for _, id := range stop {
			if sign, ok := signs[id]; ok {
				sign.Stop = true
				signs[id] = sign
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("renew %d batches: %w", len(batches), err)
	}
	return signs, nil
}

// laneSigns tells which lanes are paused, and on which urgent work is due that
// nobody has begun.
func (t *tx) laneSigns(ctx context.Context, now int64) (paused, urgent map[string]bool, err error) {
	const lanes = `SELECT marketplace FROM accounts WHERE paused_until > ? OR (paused_until > 0 AND probe_needed)`
	const waiting = `SELECT DISTINCT items.marketplace FROM items LEFT JOIN runs ON runs.id = items.run_id
		WHERE items.lane_queue = 'urgent' AND items.state = 'waiting' AND items.due_at <= ?
			AND (items.run_id = '' OR (runs.phase = 'working' AND runs.paused_at = 0 AND runs.cancel_requested_at = 0))
		UNION SELECT marketplace FROM batches WHERE lane_queue = 'urgent' AND state = 'queued'`
	paused, urgent = map[string]bool{}, map[string]bool{}
	for _, q := range []struct {
		query string
		into  map[string]bool
	}{{lanes, paused}, {waiting, urgent}} {
		var names []string
		if err := t.SelectContext(ctx, &names, t.Rebind(q.query), now); err != nil {
			return nil, nil, err
		}
		for _, n := range names {
			q.into[n] = true
		}
	}
	return paused, urgent, nil
}

// FinishBatch ends a batch that owner holds. Items it has not ended wait
// again, from due on. A batch that was lost is left alone.
func (s *Store) FinishBatch(ctx context.Context, b catalog.Batch, owner string, due time.Time) error {
	const held = `SELECT count(*) FROM batches WHERE id = ? AND generation = ? AND state = 'running' AND lease_owner = ?`
	err := s.inTx(ctx, func(t *tx) error {
		var n int
		if err := t.GetContext(ctx, &n, t.Rebind(held), b.ID, b.Generation, owner); err != nil || n == 0 {
			return err
		}
		return t.finishBatch(ctx, b.ID, s.nowMillis(), millis(due))
	})
	if err != nil {
		return fmt.Errorf("finish batch %s: %w", b.ID, err)
	}
	return nil
}

func (t *tx) finishBatch(ctx context.Context, id string, now, due int64) error {
	const items = `UPDATE items SET state = 'waiting', batch_id = '', due_at = CASE WHEN due_at > ? THEN due_at ELSE ? END WHERE batch_id = ? AND state = 'batched'`
	const batch = `UPDATE batches SET state = 'done', lease_owner = '', finished_at = ? WHERE id = ?`
	if _, err := t.exec(ctx, items, due, due, id); err != nil {
		return err
	}
	_, err := t.exec(ctx, batch, now, id)
	return err
}

// ExpiredBatches raises the generation of the open batches whose lease has run
// out, gives them a new lease, and returns them to be put into the queue
// again. Those without open items end instead.
func (s *Store) ExpiredBatches(ctx context.Context, lease time.Duration) ([]catalog.Batch, error) {
	const expired = `SELECT count(*) FROM batches WHERE state <> 'done' AND lease_until < ?`
	var n int
	if err := s.getRow(ctx, &n, expired, s.nowMillis()); err != nil || n == 0 {
		return nil, err
	}
	return s.raiseBatches(ctx, lease, "lease_until < ?", s.nowMillis())
}

// RequeueBatches raises the generation of these batches if they are still
// queued, and returns them: the queue has lost their jobs.
func (s *Store) RequeueBatches(ctx context.Context, ids []string, lease time.Duration) ([]catalog.Batch, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return s.raiseBatches(ctx, lease, "state = 'queued' AND id IN (?)", ids)
}

func (s *Store) raiseBatches(ctx context.Context, lease time.Duration, where string, arg any) ([]catalog.Batch, error) {
	const empty = `UPDATE batches SET state = 'done', lease_owner = '', finished_at = ? WHERE state <> 'done'
		AND NOT EXISTS (SELECT 1 FROM items WHERE items.batch_id = batches.id AND items.state = 'batched') AND `
	const raise = `UPDATE batches SET state = 'queued', generation = generation + 1, lease_owner = '', lease_until = ? WHERE state <> 'done' AND `
	var rows []batchRow
	err := s.inTx(ctx, func(t *tx) error {
		now := s.nowMillis()
		if _, err := t.execIn(ctx, empty+where, now, arg); err != nil {
			return err
		}
		return t.selectIn(ctx, &rows, raise+where+" RETURNING "+batchColumns, now+lease.Milliseconds(), arg)
	})
	if err != nil {
		return nil, fmt.Errorf("raise batches: %w", err)
	}
	return batchesOf(rows), nil
}

// QueuedBatches lists the batches of these lanes that wait in the queue since
// before, so that the queue can be asked whether it still has their jobs.
func (s *Store) QueuedBatches(ctx context.Context, marketplaces []string, before time.Time) ([]catalog.Batch, error) {
	const query = `SELECT ` + batchColumns + ` FROM batches WHERE marketplace IN (?) AND state = 'queued' AND created_at < ? ORDER BY id`
	if len(marketplaces) == 0 {
		return nil, nil
	}
	var rows []batchRow
	if err := s.selectIn(ctx, &rows, query, marketplaces, millis(before)); err != nil {
		return nil, fmt.Errorf("list queued batches: %w", err)
	}
	return batchesOf(rows), nil
}

// tuplesOf repeats one tuple, separated by commas.
func tuplesOf(rows int, one string) string {
	return strings.TrimSuffix(strings.Repeat(one+",", rows), ",")
}
