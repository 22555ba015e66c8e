package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/jmoiron/sqlx"

	"lensan/store/catalog"
)

// ErrNotEmpty says that a restore would replace a record that is there.
var ErrNotEmpty = errors.New("the database holds a record")

// ErrInUse says that another process has the database open.
var ErrInUse = errors.New("another process has the database open")

// Restore brings a backup, checked before (CheckBackup), into a database. One
// that holds a record is refused with ErrNotEmpty unless replace is set.
//
// SQLite: a new file is filled beside the old one and takes its name when it
// is whole; the old one is kept under the name that is returned. PostgreSQL:
// an empty database is filled, a record is replaced in one transaction.
// Whatever happens, what is left is the record before, the one restored, or an
// empty database that says that it is not finished (CheckRestored).
func Restore(ctx context.Context, databaseURL string, opts Options, r io.Reader, replace bool, o RestoreOptions) (kept string, err error) {
	if path, ok := strings.CutPrefix(databaseURL, "sqlite:"); ok {
		kept, err = restoreSQLite(ctx, strings.TrimPrefix(path, "//"), opts, r, replace, o)
	} else {
		err = restorePostgres(ctx, databaseURL, opts, r, replace, o)
	}
	if err != nil {
		return "", fmt.Errorf("restore: %w", err)
	}
	return kept, nil
}

// RestoringPath is where SQLite's new file is filled. That it is there while
// the database is not means that a restore was not ended.
func RestoringPath(path string) string { return path + ".restoring" }

func restoreSQLite(ctx context.Context, path string, opts Options, r io.Reader, replace bool, o RestoreOptions) (kept string, err error) {
	held, there, err := lookAtSQLite(ctx, path, opts)
	if err != nil {
		return "", err
	}
	if held && !replace {
		return "", ErrNotEmpty
	}
	part := RestoringPath(path)
	if err := removeSQLite(part); err != nil {
		return "", err
	}
	if err := fillSQLite(ctx, part, opts, r, o); err != nil {
		if ctx.Err() != nil || errors.Is(err, ErrNotBackup) { // nothing is to be seen of it
			err = errors.Join(err, removeSQLite(part))
		}
		return "", err
	}
	if there {
		if err := foldWAL(ctx, path); err != nil { // nobody opened it meanwhile
			return "", err
		}
		if held {
			kept = path + ".before-restore-" + opts.filled().Now().In(catalog.Vietnam).Format("20060102-150405")
			if err := os.Link(path, kept); err != nil { // a file system without links: a moment without the file
				if err := os.Rename(path, kept); err != nil {
					return "", err
				}
			}
		}
	}
	if err := os.Rename(part, path); err != nil {
		return "", err
	}
	return kept, syncFolder(filepath.Dir(path))
}

// lookAtSQLite tells whether the file is there and holds a record, and folds
// its log into it, which fails while another process has it open.
func lookAtSQLite(ctx context.Context, path string, opts Options) (held, there bool, err error) {
	if _, err := os.Stat(path); err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return false, false, os.MkdirAll(filepath.Dir(path), 0o700)
		}
		return false, false, err
	}
	s, err := openSQLite(ctx, path, opts.filled())
	if err != nil {
		return false, true, err
	}
	held, err = s.HoldsRecord(ctx)
	if err = errors.Join(err, s.Close()); err != nil {
		return false, true, err
	}
	return held, true, foldWAL(ctx, path)
}

// foldWAL makes a SQLite database the one file that bears its name: a log left
// beside it would be taken for the new file's.
func foldWAL(ctx context.Context, path string) error {
	escaped := (&url.URL{Path: path}).EscapedPath()
	db, err := sqlx.Open(sqliteDialect.driver, "file:"+escaped+"?_pragma=busy_timeout(2000)")
	if err != nil {
		return err
	}
	defer db.Close()
	var mode string
	if err := db.GetContext(ctx, &mode, `PRAGMA journal_mode = DELETE`); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("%w: %w", ErrInUse, err)
	}
	if mode != "delete" {
		return ErrInUse
	}
	return nil
}

func fillSQLite(ctx context.Context, path string, opts Options, r io.Reader, o RestoreOptions) error {
	s, err := openSQLite(ctx, path, opts.filled())
	if err != nil {
		return err
	}
	err = s.restoreEmpty(ctx, r, o)
	if err = errors.Join(err, s.Close()); err != nil {
		return err
	}
	if err := foldWAL(ctx, path); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func removeSQLite(path string) error {
	for _, end := range []string{"-wal", "-shm", "-journal", ""} {
		if err := os.Remove(path + end); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

func restorePostgres(ctx context.Context, databaseURL string, opts Options, r io.Reader, replace bool, o RestoreOptions) error {
	s, err := openPostgres(ctx, databaseURL, opts.filled())
	if err != nil {
		return err
	}
	defer s.Close()
	held, err := s.HoldsRecord(ctx)
	if err != nil {
		return err
	}
	switch {
	case !held:
		return s.restoreEmpty(ctx, r, o)
	case !replace:
		return ErrNotEmpty
	}
	if _, _, err := s.CheckSchema(ctx); errors.Is(err, ErrSchema) {
		if _, err := s.Migrate(ctx); err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	return s.replacePostgres(ctx, databaseURL, opts, r, o)
}

// replacePostgres replaces the record in one transaction. A backup of earlier
// tables is first filled into tables of its own, which are brought forward.
func (s *Store) replacePostgres(ctx context.Context, databaseURL string, opts Options, r io.Reader, o RestoreOptions) error {
	b, err := s.openForRestore(r)
	if err != nil {
		return err
	}
	if b.header.Schema == SchemaVersion() {
		return s.inPlace(ctx, b.header, o, func(t *tx) error { return t.load(ctx, b, o.Progress) })
	}
	const scratch = "lensan_restoring"
	drop := func(ctx context.Context) error {
		_, err := s.write.ExecContext(ctx, `DROP SCHEMA IF EXISTS `+scratch+` CASCADE`)
		return err
	}
	if err := drop(ctx); err != nil {
		return err
	}
	if _, err := s.write.ExecContext(ctx, `CREATE SCHEMA `+scratch); err != nil {
		return err
	}
	defer drop(context.WithoutCancel(ctx)) //nolint:errcheck // the next restore drops it
	aside, err := openPostgres(ctx, withSearchPath(databaseURL, scratch), opts.filled())
	if err != nil {
		return err
	}
	defer aside.Close()
	if err := aside.restoreFrom(ctx, b, o); err != nil {
		return err
	}
	return s.inPlace(ctx, b.header, o, func(t *tx) error {
		for _, name := range backupTables {
			columns, err := t.columns(ctx, name)
			if err != nil {
				return err
			}
			list := columnList(columns)
			if _, err := t.ExecContext(ctx, `INSERT INTO `+name+` (`+list+`) SELECT `+list+` FROM `+scratch+`.`+name); err != nil {
				return fmt.Errorf("table %s: %w", name, err)
			}
		}
		return nil
	})
}

// inPlace empties the tables, fills them and settles, in one transaction.
func (s *Store) inPlace(ctx context.Context, h BackupHeader, o RestoreOptions, fill func(*tx) error) error {
	return s.inTx(ctx, func(t *tx) error {
		if _, err := t.ExecContext(ctx, `SET LOCAL lock_timeout = '30s'`); err != nil { // somebody still reads
			return err
		}
		if err := t.empty(ctx); err != nil {
			return err
		}
		if err := fill(t); err != nil {
			return err
		}
		return t.settleRestored(ctx, s.Now(), h, o)
	})
}

func withSearchPath(databaseURL, schema string) string {
	u, err := url.Parse(databaseURL)
	if err != nil {
		return databaseURL // it was opened before
	}
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return u.String()
}
