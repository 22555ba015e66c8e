package store

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"

	"lensan/store/catalog"
)

// Store is an open database. It is safe for any number of goroutines.
type Store struct {
	dialect dialect
	write   *sqlx.DB // SQLite: exactly one connection, so writers queue here and not in SQLITE_BUSY
	read    *sqlx.DB // PostgreSQL: the same pool as write
	now     func() time.Time
	machine func() time.Time
	path    string // SQLite: the file
	signals signals
	ended   endedRuns
	explain func(catalog.Reason) catalog.Explanation
}

// Options are what Open needs beside the URL.
type Options struct {
	// Now is the clock of everything the store stamps. Default the database's
	// (SyncClock), which on SQLite is this machine's.
	Now func() time.Time
	// Machine is this machine's own clock, which runs: SyncClock compares it
	// with the database's. Default time.Now.
	Machine func() time.Time
	// MaxConns bounds the PostgreSQL pool of this process. Default 16.
	MaxConns int
	// Explain puts reasons into the words that are stored beside their codes,
	// so that dashboards made elsewhere can show them. Default: the bare code.
	Explain func(catalog.Reason) catalog.Explanation

	anchored bool // nobody gave a clock: it is the database's
}

// Open opens "sqlite:PATH" or "postgres://…". It neither creates tables nor
// checks their version: Migrate does. Errors never show the URL's password.
func Open(ctx context.Context, databaseURL string, opts Options) (*Store, error) {
	opts = opts.filled()
	if path, ok := strings.CutPrefix(databaseURL, "sqlite:"); ok {
		return openSQLite(ctx, strings.TrimPrefix(path, "//"), opts)
	}
	if strings.HasPrefix(databaseURL, "postgres://") || strings.HasPrefix(databaseURL, "postgresql://") {
		return openPostgres(ctx, databaseURL, opts)
	}
	return nil, errors.New("database URL: want sqlite:PATH or postgres://…")
}

// filled are the options with their defaults.
func (o Options) filled() Options {
	if o.Machine == nil {
		o.Machine = time.Now
	}
	if o.Now == nil {
		o.Now, o.anchored = o.Machine, true
	}
	if o.Explain == nil {
		o.Explain = func(r catalog.Reason) catalog.Explanation {
			return catalog.Explanation{VI: r.Code, EN: r.Code, Who: catalog.WhoAdministrator}
		}
	}
	if o.MaxConns == 0 {
		o.MaxConns = 16
	}
	return o
}

func openSQLite(ctx context.Context, path string, opts Options) (*Store, error) {
	if path == "" {
		return nil, errors.New("database URL: sqlite: needs a path")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("database folder: %w", err)
	}
	escaped := (&url.URL{Path: path}).EscapedPath()
	// A minute: merging a register of 100,000 SKUs holds the one lock for some
	// 10 s on a quiet machine, and nobody is to be refused meanwhile. A context
	// that is cancelled ends the wait at once.
	base := "file:" + escaped + "?_pragma=busy_timeout(60000)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_pragma=foreign_keys(1)"
	// A page of the cache takes twice its size, and each connection has a cache
	// of its own: five of 16 MB took 160 MB of the 256 that a process may.
	write, err := sqlx.Open(sqliteDialect.driver, base+"&_txlock=immediate&_pragma=cache_size(-8000)")
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	write.SetMaxOpenConns(1)
	if err := write.PingContext(ctx); err != nil {
		write.Close()
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	read, err := sqlx.Open(sqliteDialect.driver, base+"&_pragma=query_only(1)&_pragma=cache_size(-4000)")
	if err != nil {
		write.Close()
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	read.SetMaxOpenConns(4)
	return &Store{dialect: sqliteDialect, write: write, read: read, now: opts.Now, machine: opts.Machine, path: path, explain: opts.Explain}, nil
}

func openPostgres(ctx context.Context, databaseURL string, opts Options) (*Store, error) {
	config, err := pgx.ParseConfig(databaseURL)
	if err != nil {
		return nil, errors.New("database URL can't be read: want postgres://USER:PASSWORD@HOST:PORT/NAME")
	}
	// Compiling a query takes longer than any of these takes to run. A server
	// that can't compile does not know the setting, and needs none.
	plain := stdlib.OptionAfterConnect(func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, "SELECT set_config(name, 'off', false) FROM pg_settings WHERE name = 'jit'")
		return err
	})
	db := sqlx.NewDb(stdlib.OpenDB(*config, plain), postgresDialect.driver)
	db.SetMaxOpenConns(opts.MaxConns)
	db.SetMaxIdleConns(opts.MaxConns)
	db.SetConnMaxLifetime(30 * time.Minute)
	if err := db.PingContext(ctx); err != nil {
		db.Close()
		return nil, fmt.Errorf("reach database: %w", err) // pgx leaves the password out
	}
	s := &Store{dialect: postgresDialect, write: db, read: db, now: opts.Now, machine: opts.Machine, explain: opts.Explain}
	s.signals.anchored = opts.anchored
	if _, err := s.SyncClock(ctx); err != nil {
		db.Close()
		return nil, err
	}
	return s, nil
}

// Close closes all connections.
func (s *Store) Close() error {
	if s.read == s.write {
		return s.write.Close()
	}
	return errors.Join(s.read.Close(), s.write.Close())
}

// Engine names the engine: "sqlite" or "postgres".
func (s *Store) Engine() string { return s.dialect.name }

// Ping tells whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.read.PingContext(ctx) }

func (s *Store) nowMillis() int64 { return s.Now().UnixMilli() }

// millis is t as UTC milliseconds; the zero time is 0.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// fromMillis is the reverse of millis.
func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// tx is a transaction with the store's rebinding.
type tx struct {
	*sqlx.Tx
	dialect dialect
}

// inTx runs fn in one write transaction and commits when fn returns nil.
func (s *Store) inTx(ctx context.Context, fn func(*tx) error) error {
	if s.ClockMoved() {
		if _, err := s.SyncClock(ctx); err != nil {
			return err
		}
	}
	t, err := s.write.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := fn(&tx{t, s.dialect}); err != nil {
		if back := rollback(t); back != nil && !IsFull(err) { // SQLite has rolled back by itself then
			err = errors.Join(err, back)
		}
		return err
	}
	if err := t.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

func rollback(t *sqlx.Tx) error {
	if err := t.Rollback(); err != nil && !strings.Contains(err.Error(), "already been committed or rolled back") {
		return err
	}
	return nil
}

// exec runs a statement with ? placeholders and tells how many rows it changed.
func (t *tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	r, err := t.ExecContext(ctx, t.Rebind(query), args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// selectIn reads rows with a query whose slices are expanded by sqlx.In.
func (t *tx) selectIn(ctx context.Context, dest any, query string, args ...any) error {
	q, a, err := sqlx.In(query, args...)
	if err != nil {
		return err
	}
	return t.SelectContext(ctx, dest, t.Rebind(q), a...)
}

// execIn is exec with slices expanded.
func (t *tx) execIn(ctx context.Context, query string, args ...any) (int64, error) {
	q, a, err := sqlx.In(query, args...)
	if err != nil {
		return 0, err
	}
	return t.exec(ctx, q, a...)
}

// selectIn reads rows outside a transaction, from the read pool.
func (s *Store) selectIn(ctx context.Context, dest any, query string, args ...any) error {
	q, a, err := sqlx.In(query, args...)
	if err != nil {
		return err
	}
	return s.read.SelectContext(ctx, dest, s.read.Rebind(q), a...)
}

// selectRows reads rows outside a transaction, from the read pool.
func (s *Store) selectRows(ctx context.Context, dest any, query string, args ...any) error {
	return s.read.SelectContext(ctx, dest, s.read.Rebind(query), args...)
}

// getRow reads one row outside a transaction, from the read pool.
func (s *Store) getRow(ctx context.Context, dest any, query string, args ...any) error {
	return s.read.GetContext(ctx, dest, s.read.Rebind(query), args...)
}

// chunk gives slices of at most n rows.
func chunk[T any](rows []T, n int) [][]T {
	var out [][]T
	for len(rows) > n {
		out, rows = append(out, rows[:n]), rows[n:]
	}
	if len(rows) > 0 {
		out = append(out, rows)
	}
	return out
}
