package store

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"lensan/store/catalog"
)

const itemColumns = `id, run_id, marketplace, sku, lane_queue, purpose, op, state, attempts, due_at, batch_id, reason_code, kind, created_at, finished_at`

type itemRow struct {
	ID          string `db:"id"`
	RunID       string `db:"run_id"`
	Marketplace string `db:"marketplace"`
	SKU         string `db:"sku"`
	Queue       string `db:"lane_queue"`
	Purpose     string `db:"purpose"`
	Op          string `db:"op"`
	State       string `db:"state"`
	Attempts    int    `db:"attempts"`
	DueAt       int64  `db:"due_at"`
	BatchID     string `db:"batch_id"`
	ReasonCode  string `db:"reason_code"`
	Kind        string `db:"kind"`
	CreatedAt   int64  `db:"created_at"`
	FinishedAt  int64  `db:"finished_at"`
}

func itemsOf(rows []itemRow) []catalog.Item {
	items := make([]catalog.Item, 0, len(rows))
	for _, r := range rows {
		items = append(items, catalog.Item{
			ID: r.ID, RunID: r.RunID, Marketplace: r.Marketplace, SKU: r.SKU, Queue: catalog.Queue(r.Queue),
			Purpose: catalog.Purpose(r.Purpose), Op: r.Op, State: catalog.ItemState(r.State), Attempts: r.Attempts,
			DueAt: fromMillis(r.DueAt), BatchID: r.BatchID, ReasonCode: r.ReasonCode, Kind: r.Kind,
			CreatedAt: fromMillis(r.CreatedAt), FinishedAt: fromMillis(r.FinishedAt),
		})
	}
	return items
}

// ResetRunItems drops the items of a run that is to be planned anew. A run
// that is working or has ended keeps them.
func (s *Store) ResetRunItems(ctx context.Context, runID string) error {
	const query = `DELETE FROM items WHERE run_id = ? AND EXISTS (SELECT 1 FROM runs WHERE id = ? AND phase IN ('queued', 'planning'))`
	if _, err := s.write.ExecContext(ctx, s.write.Rebind(query), runID, runID); err != nil {
		return fmt.Errorf("reset items of run %s: %w", runID, err)
	}
	return nil
}

// InsertItems adds items, set-wise, in one transaction. The store makes their
// ids and stamps them; Queue, Purpose and State default to normal, apply and
// waiting, a zero DueAt to now. An item that its run has already for the same
// SKU, marketplace and purpose, and a look that is open already, are left out:
// planning a run twice does not double it.
func (s *Store) InsertItems(ctx context.Context, items []catalog.Item) error {
	const head = `INSERT INTO items (id, run_id, marketplace, sku, lane_queue, purpose, op, state, attempts, due_at, reason_code, kind, created_at, finished_at) VALUES `
	const columns = 14
	if len(items) == 0 {
		return nil
	}
	now := s.Now()
	base, width := newID("i", now), len(strconv.Itoa(len(items)))
	err := s.inTx(ctx, func(t *tx) error {
		n := 0
		for _, part := range chunk(items, 1000) {
			args := make([]any, 0, columns*len(part))
			for _, it := range part {
				it = withItemDefaults(it, now)
				args = append(args, fmt.Sprintf("%s%0*d", base, width, n), it.RunID, it.Marketplace, it.SKU, it.Queue, it.Purpose, it.Op,
					it.State, it.Attempts, millis(it.DueAt), it.ReasonCode, it.Kind, millis(now), millis(it.FinishedAt))
				n++
			}
			if _, err := t.exec(ctx, head+tuples(len(part), columns)+" ON CONFLICT DO NOTHING", args...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("insert %d items: %w", len(items), err)
	}
	s.wakeUp()
	return nil
}

func withItemDefaults(it catalog.Item, now time.Time) catalog.Item {
	if it.Queue == "" {
		it.Queue = catalog.QueueNormal
	}
	if it.Purpose == "" {
		it.Purpose = catalog.PurposeApply
	}
	if it.State == "" {
		it.State = catalog.ItemWaiting
	}
	if it.DueAt.IsZero() {
		it.DueAt = now
	}
	if ended := it.State != catalog.ItemWaiting && it.State != catalog.ItemBatched; ended && it.FinishedAt.IsZero() {
		it.FinishedAt = now
	}
	return it
}

// ItemsOfBatch reads the items that a batch still holds, in the order of their
// SKUs.
func (s *Store) ItemsOfBatch(ctx context.Context, batchID string) ([]catalog.Item, error) {
	const query = `SELECT ` + itemColumns + ` FROM items WHERE batch_id = ? AND state = 'batched' ORDER BY sku, id`
	var rows []itemRow
	if err := s.selectRows(ctx, &rows, query, batchID); err != nil {
		return nil, fmt.Errorf("items of batch %s: %w", batchID, err)
	}
	return itemsOf(rows), nil
}

// ItemFilter narrows ListItems; empty fields narrow nothing.
type ItemFilter struct {
	RunID       string
	Marketplace string
	SKU         string
	State       catalog.ItemState
	ReasonCode  string
	After       string // id: only later ones
	Limit       int    // default 200
}

// ListItems reads items in the order they were made. The next page is asked
// for with After set to the last id.
func (s *Store) ListItems(ctx context.Context, f ItemFilter) ([]catalog.Item, error) {
	query := `SELECT ` + itemColumns + ` FROM items WHERE id > ?`
	args := []any{f.After}
	for _, c := range []struct{ column, value string }{
		{"run_id", f.RunID}, {"marketplace", f.Marketplace}, {"sku", f.SKU}, {"state", string(f.State)}, {"reason_code", f.ReasonCode},
	} {
		if c.value != "" {
			query += " AND " + c.column + " = ?"
			args = append(args, c.value)
		}
	}
	if f.State == catalog.ItemFailed {
		query += " AND state = 'failed'" // said so, the index of failed items is known to hold them all
	}
	query += " ORDER BY id LIMIT ?"
	var rows []itemRow
	if err := s.selectRows(ctx, &rows, query, append(args, limitOr(f.Limit, 200))...); err != nil {
		return nil, fmt.Errorf("list items: %w", err)
	}
	return itemsOf(rows), nil
}

// ItemEnd is how one item ended.
type ItemEnd struct {
	ID         string
	State      catalog.ItemState // done, unchanged, left_out, failed, cancelled
	ReasonCode string
	Kind       string // adapters.Kind of the failure
}

// EndItems records the ends of items, set-wise, in one transaction. An item
// that has ended keeps its first end.
func (s *Store) EndItems(ctx context.Context, ends []ItemEnd) error {
	if len(ends) == 0 {
		return nil
	}
	err := s.inTx(ctx, func(t *tx) error { return t.endItems(ctx, s.nowMillis(), ends) })
	if err != nil {
		return fmt.Errorf("end %d items: %w", len(ends), err)
	}
	return nil
}

func (t *tx) endItems(ctx context.Context, now int64, ends []ItemEnd) error {
	const head = `UPDATE items SET state = v.column2, reason_code = v.column3, kind = v.column4, finished_at = ? FROM (VALUES `
	const tail = `) AS v WHERE items.id = v.column1 AND items.state IN ('waiting', 'batched')`
	for _, part := range chunk(ends, 1000) {
		args := []any{now}
		for _, e := range part {
			args = append(args, e.ID, string(e.State), e.ReasonCode, e.Kind)
		}
		if _, err := t.exec(ctx, head+tuples(len(part), 4)+tail, args...); err != nil {
			return err
		}
	}
	return nil
}

// ItemBack is an item that waits again.
type ItemBack struct {
	ID           string
	DueAt        time.Time // zero: now
	ReasonCode   string
	Kind         string // adapters.Kind of the failure
	CountAttempt bool   // the try counts; a whole lane's failure and a hand-back do not
}

type batchKey struct{}

// InBatch marks ctx as the work on one batch: what is given back under it
// counts only while that generation of the batch runs, so that a worker that
// lost its lease takes nothing from the one that has it now. The engine sets it.
func InBatch(ctx context.Context, b catalog.Batch) context.Context {
	return context.WithValue(ctx, batchKey{}, b)
}

// GiveBackItems lets items wait again, set-wise, in one transaction: they
// leave their batch and are handed out when due. An item that has ended stays
// ended; one whose run is being cancelled ends with it.
func (s *Store) GiveBackItems(ctx context.Context, backs []ItemBack) error {
	if len(backs) == 0 {
		return nil
	}
	err := s.inTx(ctx, func(t *tx) error { return t.giveBackItems(ctx, s.nowMillis(), backs) })
	if err != nil {
		return fmt.Errorf("give back %d items: %w", len(backs), err)
	}
	return nil
}

func (t *tx) giveBackItems(ctx context.Context, now int64, backs []ItemBack) error {
	const head = `UPDATE items SET state = 'waiting', batch_id = '', due_at = v.column2, reason_code = v.column3, kind = v.column4,
		attempts = items.attempts + v.column5 FROM (VALUES `
	tail := `) AS v WHERE items.id = v.column1 AND items.state = 'batched'`
	var guard []any
	if b, ok := ctx.Value(batchKey{}).(catalog.Batch); ok {
		tail += ` AND items.batch_id = ? AND EXISTS (SELECT 1 FROM batches WHERE id = ? AND generation = ? AND state = 'running')`
		guard = []any{b.ID, b.ID, b.Generation}
	}
	for _, part := range chunk(backs, 1000) {
		args := make([]any, 0, 5*len(part)+3)
		for _, b := range part {
			due, attempt := millis(b.DueAt), 0
			if due == 0 {
				due = now
			}
			if b.CountAttempt {
				attempt = 1
			}
			args = append(args, b.ID, due, b.ReasonCode, b.Kind, attempt)
		}
		values := tuplesOf(len(part), "(?, CAST(? AS BIGINT), ?, ?, CAST(? AS BIGINT))")
		if _, err := t.exec(ctx, head+values+tail, append(args, guard...)...); err != nil {
			return err
		}
	}
	return nil
}
