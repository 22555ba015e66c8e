package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
)

const (
	pgDiskFull = "53100"
	sqliteFull = 13 // the low byte; the rest says where it was met
)

// IsFull tells whether a write failed because the database's disk is full. It
// changed nothing; the same write may be tried again when there is room.
func IsFull(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == pgDiskFull
	}
	var lite *sqlite.Error
	return errors.As(err, &lite) && lite.Code()&0xff == sqliteFull
}

// LimitPages keeps the SQLite file from growing beyond that many pages, as a
// full disk would, until it is called again; 0 lifts the limit. A file that is
// larger stays as it is. It is how a full disk is tried out.
func (s *Store) LimitPages(ctx context.Context, pages uint32) error {
	if s.dialect.name != "sqlite" {
		return errors.New("limit pages: not an SQLite database")
	}
	if pages == 0 {
		pages = 1<<32 - 2 // SQLite's own bound
	}
	// The pragma is the connection's, and there is one that writes.
	if _, err := s.write.ExecContext(ctx, fmt.Sprintf("PRAGMA max_page_count = %d", pages)); err != nil {
		return fmt.Errorf("limit pages: %w", err)
	}
	return nil
}
