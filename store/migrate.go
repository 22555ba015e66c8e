package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations
var migrations embed.FS

// ErrSchema says that the database's tables are not those of this program.
var ErrSchema = errors.New("the database's tables are of another version")

func (s *Store) provider() (*goose.Provider, error) {
	dir, err := fs.Sub(migrations, "migrations/"+s.dialect.name)
	if err != nil {
		return nil, err
	}
	if s.dialect.name == "postgres" {
		// Several processes may start at once; the others wait here.
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return nil, err
		}
		return goose.NewProvider(goose.DialectPostgres, s.write.DB, dir, goose.WithSessionLocker(locker))
	}
	return goose.NewProvider(goose.DialectSQLite3, s.write.DB, dir)
}

// Migrate brings the tables to this program's version, each step in a
// transaction of its own, and returns the names of the steps it took. A failed
// step leaves the version before it.
func (s *Store) Migrate(ctx context.Context) ([]string, error) {
	p, err := s.provider()
	if err != nil {
		return nil, fmt.Errorf("migrations: %w", err)
	}
	results, err := p.Up(ctx)
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	var names []string
	for _, r := range results {
		names = append(names, r.Source.Path)
	}
	return names, nil
}

// CheckSchema returns ErrSchema unless the tables are exactly this program's.
func (s *Store) CheckSchema(ctx context.Context) (have, want int64, err error) {
	p, err := s.provider()
	if err != nil {
		return 0, 0, fmt.Errorf("migrations: %w", err)
	}
	have, want, err = p.GetVersions(ctx)
	if err != nil {
		return 0, 0, fmt.Errorf("read schema version: %w", err)
	}
	if have != want {
		return have, want, ErrSchema
	}
	return have, want, nil
}
