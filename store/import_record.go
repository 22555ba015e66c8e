package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"lensan/store/catalog"
)

// record writes the import itself, its doubts and its events, in the
// transaction of what it changed.
func (m *merge) record(ctx context.Context) error {
	// A fixed clock must not leave it open which of two imports was the later.
	var last sql.NullInt64
	if err := m.tx.GetContext(ctx, &last, `SELECT max(created_at) FROM imports`); err != nil {
		return err
	}
	at := max(m.now, last.Int64+1)
	counts, err := toJSON(m.report.Counts)
	if err != nil {
		return err
	}
	mark, err := m.mark()
	if err != nil {
		return err
	}
	reasons, err := toJSON(append([]catalog.Reason{}, m.report.Held...))
	if err != nil {
		return err
	}
	hardest, err := toJSON(append([]ProductHit{}, m.report.Hardest...))
	if err != nil {
		return err
	}
	const insert = `
INSERT INTO imports (id, files, digest, state, rows_read, counts, watermark, imported_by, created_at, reasons, hardest)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	rows := 0
	for _, s := range m.sheets {
		rows += s.Rows
	}
	if _, err := m.tx.exec(ctx, insert, m.report.ID, strings.Join(m.files, "\n"), m.report.Digest, string(m.report.State), rows, counts, mark, m.opts.By, at, reasons, hardest); err != nil {
		return fmt.Errorf("record import: %w", err)
	}
	if m.replaces != "" {
		const confirm = `UPDATE imports SET state = 'confirmed', decided_by = ?, decided_at = ? WHERE id = ? AND state = 'held'`
		if _, err := m.tx.exec(ctx, confirm, m.opts.By, m.now, m.replaces); err != nil {
			return err
		}
	}
	if err := m.recordDoubts(ctx); err != nil {
		return fmt.Errorf("record doubts: %w", err)
	}
	kind := "import.applied"
	if m.report.State == ImportHeld {
		kind = "import.held"
	}
	detail := map[string]any{"import": m.report.ID, "files": m.files, "counts": m.report.Counts, "doubts": m.report.DoubtCount}
	if m.replaces != "" {
		detail["confirms"] = m.replaces
	}
	if len(m.report.Held) > 0 {
		detail["held"] = m.report.Held
	}
	events := []Event{{Actor: m.opts.By, Kind: kind, Detail: detail}}
	if m.report.State != ImportHeld {
		events = append(events, m.renames...)
	}
	return m.tx.appendEvents(ctx, m.s.Now(), events...)
}

// mark is the import's watermark: only a whole register that was accepted sets
// one.
func (m *merge) mark() (string, error) {
	whole := m.hasRows && !m.opts.Partial && (m.opts.Complete == nil || m.opts.Complete.IsAll())
	if !whole || m.report.State == ImportHeld {
		return "{}", nil
	}
	return toJSON(Watermark{Rows: m.report.Counts.RegisterRows, ThreeStars: m.report.Counts.ThreeStars})
}

func (m *merge) recordDoubts(ctx context.Context) error {
	const columns = 10
	var values []any
	write := func() error {
		if len(values) == 0 {
			return nil
		}
		const head = `INSERT INTO import_doubts (import_id, seq, sheet, cell, field, value, reason_code, reason_args, row_key, row_refused) VALUES `
		_, err := m.tx.exec(ctx, head+tuples(len(values)/columns, columns), values...)
		values = values[:0]
		return err
	}
	seq := 0
	for d, err := range m.AllDoubts(ctx) {
		if err != nil {
			return err
		}
		args, err := toJSON(nonNil(d.Args))
		if err != nil {
			return err
		}
		seq++
		values = append(values, m.report.ID, seq, d.Sheet, d.Cell, d.Field, d.Value, d.Reason, args, d.Key, d.RowRefused)
		if len(values) == columns*upsertRows {
			if err := write(); err != nil {
				return err
			}
		}
	}
	return write()
}

func nonNil(args map[string]string) map[string]string {
	if args == nil {
		return map[string]string{}
	}
	return args
}

// ErrNoImport says that there is no such import.
var ErrNoImport = errors.New("no such import")

type importRow struct {
	ID        string `db:"id"`
	Files     string `db:"files"`
	Digest    string `db:"digest"`
	State     string `db:"state"`
	Counts    string `db:"counts"`
	By        string `db:"imported_by"`
	CreatedAt int64  `db:"created_at"`
	Reasons   string `db:"reasons"`
	Hardest   string `db:"hardest"`
	Doubts    int    `db:"doubts"`
	Refused   int    `db:"refused"`
}

const importColumns = `SELECT id, files, digest, state, counts, imported_by, created_at, reasons, hardest,
  (SELECT count(*) FROM import_doubts d WHERE d.import_id = imports.id) AS doubts,
  (SELECT count(*) FROM import_doubts d WHERE d.import_id = imports.id AND d.row_refused = TRUE) AS refused
FROM imports`

func (r importRow) report() (rep ImportReport, err error) {
	rep = ImportReport{
		ID: r.ID, State: ImportState(r.State), Files: strings.Split(r.Files, "\n"), Digest: r.Digest, By: r.By, At: fromMillis(r.CreatedAt),
		DoubtCount: r.Doubts, RowsRefused: r.Refused,
	}
	if rep.Counts, err = fromJSON[ImportCounts](r.Counts); err != nil {
		return rep, err
	}
	if rep.Held, err = fromJSON[[]catalog.Reason](r.Reasons); err != nil {
		return rep, err
	}
	rep.Hardest, err = fromJSON[[]ProductHit](r.Hardest)
	return rep, err
}

// Imports lists imports, the newest first. The next page is asked for with
// before set to the last one's id.
func (s *Store) Imports(ctx context.Context, before string, limit int) ([]ImportReport, error) {
	query, args := importColumns, []any{}
	if before != "" {
		query += ` WHERE created_at < (SELECT created_at FROM imports WHERE id = ?)`
		args = append(args, before)
	}
	var rows []importRow
	if err := s.selectRows(ctx, &rows, query+` ORDER BY created_at DESC LIMIT ?`, append(args, limitOr(limit, 50))...); err != nil {
		return nil, fmt.Errorf("list imports: %w", err)
	}
	out := make([]ImportReport, 0, len(rows))
	for _, r := range rows {
		rep, err := r.report()
		if err != nil {
			return nil, fmt.Errorf("import %s: %w", r.ID, err)
		}
		out = append(out, rep)
	}
	return out, nil
}

// ImportByID reads one import; ErrNoImport when there is none.
func (s *Store) ImportByID(ctx context.Context, id string) (ImportReport, error) {
	var row importRow
	err := s.getRow(ctx, &row, importColumns+` WHERE id = ?`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return ImportReport{}, fmt.Errorf("import %s: %w", id, ErrNoImport)
	}
	if err != nil {
		return ImportReport{}, fmt.Errorf("import %s: %w", id, err)
	}
	return row.report()
}

// ImportDoubts reads the doubts of an import in order, those after the given
// number of them.
func (s *Store) ImportDoubts(ctx context.Context, id string, after, limit int) ([]catalog.Doubt, error) {
	const query = `
SELECT sheet, cell, field, value, reason_code, reason_args, row_key, row_refused
FROM import_doubts WHERE import_id = ? AND seq > ? ORDER BY seq LIMIT ?`
	var rows []struct {
		Sheet   string `db:"sheet"`
		Cell    string `db:"cell"`
		Field   string `db:"field"`
		Value   string `db:"value"`
		Reason  string `db:"reason_code"`
		Args    string `db:"reason_args"`
		Key     string `db:"row_key"`
		Refused bool   `db:"row_refused"`
	}
	if err := s.selectRows(ctx, &rows, query, id, after, limitOr(limit, 500)); err != nil {
		return nil, fmt.Errorf("doubts of import %s: %w", id, err)
	}
	out := make([]catalog.Doubt, 0, len(rows))
	for _, r := range rows {
		args, err := fromJSON[map[string]string](r.Args)
		if err != nil {
			return nil, fmt.Errorf("doubts of import %s: %w", id, err)
		}
		if len(args) == 0 {
			args = nil
		}
		out = append(out, catalog.Doubt{Sheet: r.Sheet, Cell: r.Cell, Field: r.Field, Value: r.Value, Reason: r.Reason, Args: args, Key: r.Key, RowRefused: r.Refused})
	}
	return out, nil
}

// RejectImport ends a held import without taking it over; ErrNoImport when
// none of that id is held.
func (s *Store) RejectImport(ctx context.Context, id, by string) error {
	err := s.inTx(ctx, func(t *tx) error {
		const query = `UPDATE imports SET state = 'rejected', decided_by = ?, decided_at = ? WHERE id = ? AND state = 'held'`
		n, err := t.exec(ctx, query, by, s.nowMillis(), id)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrNoImport
		}
		return t.appendEvents(ctx, s.Now(), Event{Actor: by, Kind: "import.rejected", Detail: map[string]any{"import": id}})
	})
	if err != nil {
		return fmt.Errorf("reject import %s: %w", id, err)
	}
	return nil
}
