package store

import (
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jmoiron/sqlx"
	"modernc.org/sqlite"
)

func init() {
	// sqlx 1.4 does not know modernc's driver name.
	sqlx.BindDriver("sqlite", sqlx.QUESTION)
}

// dialect holds the few fragments in which the two engines differ.
type dialect struct {
	name   string // sqlite, postgres
	driver string // database/sql driver name
	// skipLocked ends a SELECT that claims rows. SQLite takes its one write
	// lock at BEGIN IMMEDIATE, so there is nobody to skip.
	skipLocked string
	// forUpdate ends a SELECT whose rows are written next.
	forUpdate string
	// noIndex before a column keeps its condition from choosing an index.
	noIndex string
	// maxRows bounds the rows of one statement so that bound variables stay
	// within the engine's limit.
	maxVars int
}

var (
	sqliteDialect   = dialect{name: "sqlite", driver: "sqlite", noIndex: "+", maxVars: 30_000}
	postgresDialect = dialect{name: "postgres", driver: "pgx", skipLocked: " FOR UPDATE SKIP LOCKED", forUpdate: " FOR UPDATE", maxVars: 60_000}
)

const (
	pgUniqueViolation     = "23505"
	sqliteUniqueViolation = 2067
	sqlitePrimaryKey      = 1555
)

// isUnique tells whether err is a unique constraint that was hit.
func isUnique(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == pgUniqueViolation
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return lite.Code() == sqliteUniqueViolation || lite.Code() == sqlitePrimaryKey
	}
	return false
}
