package store

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
)

// A backup is one gzip stream of JSON lines: a header, then every row of every
// table that it holds as an array, then a last line with the SHA-256 of all
// that stands before it. It is the same whichever engine wrote it, so that a
// laptop's SQLite can be moved to PostgreSQL and back.
const (
	backupFormat  = "lensan-backup"
	backupVersion = 1
)

// BackupHeader is the first line of a backup: all there is to know about it
// without reading it whole. It holds no secret.
type BackupHeader struct {
	Format   string          `json:"format"`
	Version  int             `json:"format_version"`
	Schema   int64           `json:"schema"`  // of the tables
	Program  string          `json:"program"` // the version that wrote it
	Engine   string          `json:"engine"`
	TakenAt  int64           `json:"taken_at"` // UTC milliseconds
	Accounts []BackupAccount `json:"accounts"`
	Tables   []BackupTable   `json:"tables"` // in the order of their rows
}

// BackupAccount is the account that a lane's listings live in (promise 13).
type BackupAccount struct {
	Marketplace string `json:"marketplace" db:"marketplace"`
	BaseURL     string `json:"base_url" db:"base_url"`
	Account     string `json:"account" db:"account"`
	Sandbox     bool   `json:"sandbox" db:"sandbox"`
}

// BackupTable is one table of a backup.
type BackupTable struct {
	Name    string         `json:"name"`
	Columns []BackupColumn `json:"columns"`
	Rows    int64          `json:"rows"`
}

// BackupColumn is a column and what kind of value it holds: text, int, bool or
// bytes.
type BackupColumn struct {
	Name string `json:"name"`
	Kind string `json:"kind"`
}

// Rows is how many rows the backup holds, of one table where a name is given.
func (h BackupHeader) Rows(table string) int64 {
	var n int64
	for _, t := range h.Tables {
		if table == "" || t.Name == table {
			n += t.Rows
		}
	}
	return n
}

// backupEnd is the last line.
type backupEnd struct {
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256"`
}

// BackupOptions are what Backup needs beside where to write.
type BackupOptions struct {
	Program string // its version, for the header
	// Progress is told now and then how many of the rows are written. Default
	// nobody.
	Progress func(done, total int64)
}

// ErrEmpty says that there is nothing to back up: the database has no tables.
var ErrEmpty = errors.New("the database is empty")

// Backup writes the record as it is at one moment, while others go on working,
// a row at a time. What is left out, secrets above all, stands in
// backup_tables.go. It returns what it wrote and the SHA-256 of its content.
func (s *Store) Backup(ctx context.Context, w io.Writer, o BackupOptions) (BackupHeader, string, error) {
	var header BackupHeader
	var sum string
	err := s.inSnapshot(ctx, func(t *tx) error {
		var err error
		if err := t.finished(ctx); err != nil {
			return err
		}
		if header, err = s.backupHeader(ctx, t, o.Program); err != nil {
			return err
		}
		sum, err = writeBackup(ctx, t, w, header, o.Progress)
		return err
	})
	if err != nil {
		return header, "", fmt.Errorf("back up: %w", err)
	}
	return header, sum, nil
}

// inSnapshot runs fn in a transaction that sees one moment and writes nothing.
func (s *Store) inSnapshot(ctx context.Context, fn func(*tx) error) error {
	var o *sql.TxOptions // SQLite in WAL mode: a transaction that only reads is a snapshot
	if s.dialect.name == "postgres" {
		o = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	t, err := s.read.BeginTxx(ctx, o)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	err = fn(&tx{t, s.dialect})
	if back := rollback(t); err == nil {
		err = back
	}
	return err
}

func (s *Store) backupHeader(ctx context.Context, t *tx, program string) (BackupHeader, error) {
	h := BackupHeader{Format: backupFormat, Version: backupVersion, Program: program, Engine: s.dialect.name, TakenAt: s.nowMillis(), Accounts: []BackupAccount{}}
	have, err := t.tableNames(ctx)
	if err != nil {
		return h, err
	}
	if !have["goose_db_version"] || !have["accounts"] {
		return h, ErrEmpty
	}
	if err := t.GetContext(ctx, &h.Schema, `SELECT MAX(version_id) FROM goose_db_version`); err != nil {
		return h, err
	}
	if err := t.SelectContext(ctx, &h.Accounts, `SELECT marketplace, base_url, account, sandbox FROM accounts ORDER BY marketplace`); err != nil {
		return h, err
	}
	for _, name := range backupTables {
		if !have[name] { // of a later version than this database's
			continue
		}
		table := BackupTable{Name: name}
		if table.Columns, err = t.columns(ctx, name); err != nil {
			return h, err
		}
		if err := t.GetContext(ctx, &table.Rows, `SELECT COUNT(*) FROM `+name); err != nil {
			return h, err
		}
		h.Tables = append(h.Tables, table)
	}
	return h, nil
}

// backupStep is after how many rows progress is told.
const backupStep = 500

// writeBackup writes header, rows and last line; it returns the sum of all
// before the last line.
func writeBackup(ctx context.Context, t *tx, w io.Writer, header BackupHeader, progress func(done, total int64)) (string, error) {
	zip := gzip.NewWriter(w)
	out := &summed{w: bufio.NewWriterSize(zip, 1<<16), sum: sha256.New()}
	if err := out.line(header); err != nil {
		return "", err
	}
	total, done := header.Rows(""), int64(0)
	for _, table := range header.Tables {
		wrote := int64(0)
		err := t.eachRow(ctx, table, func(row []any) error {
			wrote++
			if done++; progress != nil && done%backupStep == 0 {
				progress(done, total)
			}
			return out.line(row)
		})
		if err != nil {
			return "", fmt.Errorf("table %s: %w", table.Name, err)
		}
		if wrote != table.Rows {
			return "", fmt.Errorf("table %s: %d rows counted, %d read", table.Name, table.Rows, wrote)
		}
	}
	sum := hex.EncodeToString(out.sum.Sum(nil))
	if err := out.line(backupEnd{Rows: done, SHA256: sum}); err != nil {
		return "", err
	}
	if progress != nil {
		progress(done, total)
	}
	return sum, errors.Join(out.w.Flush(), zip.Close())
}

// summed writes lines and sums them up.
type summed struct {
	w   *bufio.Writer
	sum hash.Hash
}

func (s *summed) line(v any) error {
	enc := json.NewEncoder(io.MultiWriter(s.w, s.sum))
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
