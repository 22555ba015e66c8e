package storetest

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"lensan/store"
)

// World is a database whose rows a test writes itself, for tests of what is
// read: it inserts facts directly, as no importer or worker would have to.
type World struct {
	Store *store.Store
	URL   string
	db    *sql.DB
	pg    bool
}

// EachWorld runs fn once on every engine, each time in a new world.
func EachWorld(t *testing.T, opts store.Options, fn func(t *testing.T, w *World)) {
	t.Helper()
	for engine, url := range URLs(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			fn(t, NewWorld(t, url(t), opts))
		})
	}
}

// NewWorld opens and migrates the database at url.
func NewWorld(t testing.TB, url string, opts store.Options) *World {
	t.Helper()
	s := Open(t, url, opts)
	w := Attach(t, url)
	w.Store = s
	return w
}

// Exec runs one statement with ? placeholders.
func (w *World) Exec(t testing.TB, query string, args ...any) {
	t.Helper()
	if w.pg {
		query = dollars(query)
	}
	if _, err := w.db.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// Insert writes rows of one table, all with the same columns, in statements of
// a few hundred rows.
func (w *World) Insert(t testing.TB, table, columns string, rows ...[]any) {
	t.Helper()
	for len(rows) > 0 {
		n := min(len(rows), 400)
		var b strings.Builder
		var args []any
		fmt.Fprintf(&b, "INSERT INTO %s (%s) VALUES ", table, columns)
		for i, r := range rows[:n] {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString("(" + strings.TrimSuffix(strings.Repeat("?, ", len(r)), ", ") + ")")
			args = append(args, r...)
		}
		w.Exec(t, b.String(), args...)
		rows = rows[n:]
	}
}

// Int reads one number.
func (w *World) Int(t testing.TB, query string, args ...any) int {
	t.Helper()
	if w.pg {
		query = dollars(query)
	}
	var n int
	if err := w.db.QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

func dollars(query string) string {
	var b strings.Builder
	n := 0
	for _, r := range query {
		if r == '?' {
			n++
			fmt.Fprintf(&b, "$%d", n)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
