package storetest

import (
	"database/sql"
	"strings"
	"testing"
)

// Attach is a World over a database as it is, without a Store: nothing is
// migrated. Close lets go of it before the test ends.
func Attach(t testing.TB, url string) *World {
	t.Helper()
	w := &World{URL: url}
	driver, dsn := "sqlite", strings.TrimPrefix(url, "sqlite:")+"?_pragma=busy_timeout(10000)"
	if w.pg = strings.HasPrefix(url, "postgres"); w.pg {
		driver, dsn = "pgx", url
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	w.db = db
	return w
}

// Close lets go of the database.
func (w *World) Close() error { return w.db.Close() }

// Text reads one value as text.
func (w *World) Text(t testing.TB, query string, args ...any) string {
	t.Helper()
	if w.pg {
		query = dollars(query)
	}
	var s string
	if err := w.db.QueryRowContext(t.Context(), query, args...).Scan(&s); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return s
}
