// Package storetest opens a database of its own for each test, on every engine
// at hand: SQLite always, PostgreSQL where LENSAN_TEST_POSTGRES_URL names a
// server (`make test` starts one, and then LENSAN_TEST_ALL makes it a must).
package storetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"lensan/store"
)

// Each runs fn once on every engine, each time on a new, migrated database.
func Each(t *testing.T, opts store.Options, fn func(t *testing.T, s *store.Store)) {
	t.Helper()
	for engine, url := range URLs(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			fn(t, Open(t, url(t), opts))
		})
	}
}

// URLs gives, by engine, a function that makes a new empty database and
// returns its URL. The database goes when the test ends.
func URLs(t testing.TB) map[string]func(testing.TB) string {
	t.Helper()
	engines := map[string]func(testing.TB) string{
		"sqlite": func(t testing.TB) string { return "sqlite:" + t.TempDir() + "/lensan.db" },
	}
	server := os.Getenv("LENSAN_TEST_POSTGRES_URL")
	if server != "" {
		engines["postgres"] = func(t testing.TB) string { return newPostgres(t, server) }
	} else if os.Getenv("LENSAN_TEST_ALL") != "" {
		t.Fatal("LENSAN_TEST_POSTGRES_URL is not set: run `make test`")
	}
	return engines
}

// Open opens and migrates a database; it is closed when the test ends.
func Open(t testing.TB, url string, opts store.Options) *store.Store {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	s, err := store.Open(ctx, url, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if _, err := s.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	return s
}

func newPostgres(t testing.TB, server string) string {
	t.Helper()
	name := "t_" + strings.ToLower(rand.Text())
	admin(t, server, "CREATE DATABASE "+name)
	t.Cleanup(func() { admin(t, server, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") })
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

func admin(t testing.TB, server, statement string) {
	t.Helper()
	db, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}
