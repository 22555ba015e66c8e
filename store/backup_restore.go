package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"lensan/store/catalog"
)

// ErrRestoring says that a backup is being restored into this database, or was
// not restored to its end.
var ErrRestoring = errors.New("a restore of this database has not been finished")

// ErrBackupNewer says that a backup was made by a later version of the program.
var ErrBackupNewer = errors.New("the backup is of a later version")

// RestoreOptions are what a restore needs beside the backup.
type RestoreOptions struct {
	By string // who asked, for the audit
	// Name is what the backup is called, for the audit.
	Name string
	// RegisterCurrent: the register in the backup is today's, so that nothing
	// waits for it to be imported again.
	RegisterCurrent bool
	// Settle is how long a marketplace may take to show what was sent last: an
	// absence read earlier proves nothing about requests in flight.
	Settle   time.Duration
	Progress func(done, total int64)
}

// CheckRestored returns ErrRestoring where a restore was begun and not ended.
func (s *Store) CheckRestored(ctx context.Context) error {
	_, begun, err := s.GetSetting(ctx, settingRestoring)
	if err == nil && begun {
		err = ErrRestoring
	}
	return err
}

// finished is CheckRestored within a transaction, of a database that may have
// no tables.
func (t *tx) finished(ctx context.Context) error {
	have, err := t.tableNames(ctx)
	if err != nil || !have["settings"] {
		return err
	}
	var begun int
	if err := t.GetContext(ctx, &begun, t.Rebind(`SELECT COUNT(*) FROM settings WHERE name = ?`), settingRestoring); err != nil {
		return err
	}
	if begun > 0 {
		return ErrRestoring
	}
	return nil
}

// HoldsRecord tells whether there is anything in the database that a restore
// would replace. One without tables holds nothing; nor does one whose restore
// was not ended.
func (s *Store) HoldsRecord(ctx context.Context) (bool, error) {
	held := false
	err := s.inSnapshot(ctx, func(t *tx) error {
		if err := t.finished(ctx); errors.Is(err, ErrRestoring) {
			return nil
		} else if err != nil {
			return err
		}
		have, err := t.tableNames(ctx)
		if err != nil {
			return err
		}
		for _, name := range []string{"products", "producers", "skus", "listings", "imports", "runs"} {
			if !have[name] || held {
				continue
			}
			if err := t.GetContext(ctx, &held, `SELECT EXISTS (SELECT 1 FROM `+name+`)`); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("look into the database: %w", err)
	}
	return held, nil
}

// SchemaVersion is the version of the tables that this program makes: the
// number of its last migration.
func SchemaVersion() int64 {
	files, err := migrations.ReadDir("migrations/sqlite")
	if err != nil {
		panic(err) // they are part of the program
	}
	last := int64(0)
	for _, f := range files {
		number, _, _ := strings.Cut(f.Name(), "_")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			panic(err)
		}
		last = max(last, n)
	}
	return last
}

// restoreEmpty fills a database that holds nothing: tables of the backup's
// version, its rows, then the later steps. Until the last transaction the
// database says that it is not finished.
func (s *Store) restoreEmpty(ctx context.Context, r io.Reader, o RestoreOptions) error {
	b, err := s.openForRestore(r)
	if err != nil {
		return err
	}
	return s.restoreFrom(ctx, b, o)
}

func (s *Store) restoreFrom(ctx context.Context, b *backupReader, o RestoreOptions) error {
	if err := s.migrateTo(ctx, b.header.Schema); err != nil {
		return err
	}
	if err := s.SetSetting(ctx, settingRestoring, o.Name); err != nil {
		return err
	}
	err := s.inTx(ctx, func(t *tx) error {
		if err := t.empty(ctx); err != nil {
			return err
		}
		if err := t.load(ctx, b, o.Progress); err != nil {
			return err
		}
		_, err := t.exec(ctx, `INSERT INTO settings (name, value) VALUES (?, ?)`, settingRestoring, o.Name)
		return err
	})
	if err != nil {
		return err
	}
	if _, err := s.Migrate(ctx); err != nil {
		return err
	}
	return s.inTx(ctx, func(t *tx) error { return t.settleRestored(ctx, s.Now(), b.header, o) })
}

// openForRestore reads a backup's header and refuses one that these tables
// can't take.
func (s *Store) openForRestore(r io.Reader) (*backupReader, error) {
	b, err := openBackup(r)
	if err != nil {
		return nil, err
	}
	if here := SchemaVersion(); b.header.Schema > here {
		err = fmt.Errorf("%w: tables of version %d, this program knows %d", ErrBackupNewer, b.header.Schema, here)
	}
	return b, err
}

func (s *Store) migrateTo(ctx context.Context, version int64) error {
	p, err := s.provider()
	if err != nil {
		return err
	}
	have, err := p.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	if have > version { // left by a restore that was not ended, or never used
		if err := s.dropAll(ctx); err != nil {
			return err
		}
		if p, err = s.provider(); err != nil { // the one before believes that its table is there
			return err
		}
	}
	if _, err := p.UpTo(ctx, version); err != nil {
		return fmt.Errorf("migrate to %d: %w", version, err)
	}
	return nil
}

// dropAll drops the tables of a database that holds nothing.
func (s *Store) dropAll(ctx context.Context) error {
	return s.inTx(ctx, func(t *tx) error {
		have, err := t.tableNames(ctx)
		if err != nil {
			return err
		}
		var views []string
		query := `SELECT name FROM sqlite_master WHERE type = 'view'`
		if t.dialect.name == "postgres" {
			query = `SELECT table_name FROM information_schema.views WHERE table_schema = current_schema()`
		}
		if err := t.SelectContext(ctx, &views, query); err != nil {
			return err
		}
		cascade := ""
		if t.dialect.name == "postgres" {
			cascade = " CASCADE"
		}
		for _, v := range views {
			if _, err := t.ExecContext(ctx, `DROP VIEW IF EXISTS `+v+cascade); err != nil {
				return err
			}
		}
		var names []string
		for n := range have {
			if _, left := backupLeavesOut[n]; (left || slices.Contains(backupTables, n)) && n != "sqlite_sequence" {
				names = append(names, n)
			}
		}
		slices.SortFunc(names, func(a, b string) int { // those that refer to others first
			return slices.Index(backupTables, b) - slices.Index(backupTables, a)
		})
		for _, n := range names {
			if _, err := t.ExecContext(ctx, `DROP TABLE `+n+cascade); err != nil {
				return err
			}
		}
		return nil
	})
}

// empty empties every table, those that no backup holds too: what they say is
// of the record before.
func (t *tx) empty(ctx context.Context) error {
	have, err := t.tableNames(ctx)
	if err != nil {
		return err
	}
	var names []string
	for n := range have {
		if _, left := backupLeavesOut[n]; left && n != "goose_db_version" && n != "sqlite_sequence" {
			names = append(names, n)
		}
	}
	for _, n := range slices.Backward(backupTables) {
		if have[n] {
			names = append(names, n)
		}
	}
	if t.dialect.name == "postgres" {
		_, err := t.ExecContext(ctx, `TRUNCATE `+strings.Join(names, ", "))
		return err
	}
	for _, n := range names {
		if _, err := t.ExecContext(ctx, `DELETE FROM `+n); err != nil {
			return err
		}
	}
	return nil
}

// Rows of one INSERT are bounded by number and by size.
const (
	restoreRows  = 500
	restoreBytes = 1 << 20
)

// load writes the backup's rows and proves once more that it is whole.
func (t *tx) load(ctx context.Context, b *backupReader, progress func(done, total int64)) error {
	total := b.header.Rows("")
	for _, table := range b.header.Tables {
		most := min(restoreRows, t.dialect.maxVars/len(table.Columns))
		if err := t.fits(ctx, table); err != nil {
			return err
		}
		into := `INSERT INTO ` + table.Name + ` (` + columnList(table.Columns) + `) VALUES `
		var values []any
		rows, size := 0, 0
		flush := func() error {
			if rows == 0 {
				return nil
			}
			if _, err := t.exec(ctx, into+tuples(rows, len(table.Columns)), values...); err != nil {
				return fmt.Errorf("table %s: %w", table.Name, err)
			}
			if progress != nil {
				progress(b.rows, total)
			}
			values, rows, size = values[:0], 0, 0
			return nil
		}
		for range table.Rows {
			row, err := b.row(table)
			if err != nil {
				return err
			}
			if table.Name == "listings" {
				if err := distrust(table, row); err != nil {
					return err
				}
			}
			values, rows, size = append(values, row...), rows+1, size+len(b.buf)
			if rows == most || size > restoreBytes {
				if err := flush(); err != nil {
					return err
				}
			}
		}
		if err := flush(); err != nil {
			return err
		}
	}
	_, err := b.end()
	return err
}

// fits refuses a table that has not the columns that the backup names: they
// become part of a statement.
func (t *tx) fits(ctx context.Context, table BackupTable) error {
	have, err := t.columns(ctx, table.Name)
	if err != nil {
		return err
	}
	for _, c := range table.Columns {
		if !slices.Contains(have, c) {
			return fmt.Errorf("%w: column %s.%s", ErrNotBackup, table.Name, c.Name)
		}
	}
	return nil
}

// distrust marks every field that a listing's row says we applied: what was
// applied since the backup was made is not known (catalog.AppliedField).
func distrust(table BackupTable, row []any) error {
	i := slices.IndexFunc(table.Columns, func(c BackupColumn) bool { return c.Name == "applied" })
	if i < 0 {
		return nil
	}
	var fields map[string]catalog.AppliedField
	text, _ := row[i].(string)
	if err := json.Unmarshal([]byte(text), &fields); err != nil {
		return notBackup(err)
	}
	for name, f := range fields {
		f.Restored = true
		fields[name] = f
	}
	if len(fields) > 0 {
		row[i] = encode(fields)
	}
	return nil
}
