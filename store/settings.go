package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// GetSetting reads a fact that all processes must agree on; ok is false when
// nobody has set it.
func (s *Store) GetSetting(ctx context.Context, name string) (value string, ok bool, err error) {
	const query = `SELECT value FROM settings WHERE name = ?`
	err = s.getRow(ctx, &value, query, name)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("read setting %s: %w", name, err)
	}
	return value, true, nil
}

// SetSetting writes a setting, replacing what it was.
func (s *Store) SetSetting(ctx context.Context, name, value string) error {
	const query = `INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`
	if _, err := s.write.ExecContext(ctx, s.write.Rebind(query), name, value); err != nil {
		return fmt.Errorf("write setting %s: %w", name, err)
	}
	return nil
}

// EnsureSetting writes a setting unless it is set, and returns what counts:
// of several processes that start at once the first one's value.
func (s *Store) EnsureSetting(ctx context.Context, name, value string) (string, error) {
	const insert = `INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING`
	const read = `SELECT value FROM settings WHERE name = ?`
	var counts string
	err := s.inTx(ctx, func(t *tx) error {
		if _, err := t.exec(ctx, insert, name, value); err != nil {
			return err
		}
		return t.GetContext(ctx, &counts, t.Rebind(read), name)
	})
	if err != nil {
		return "", fmt.Errorf("ensure setting %s: %w", name, err)
	}
	return counts, nil
}

// DeleteSetting forgets a setting; one that is not set is no error.
func (s *Store) DeleteSetting(ctx context.Context, name string) error {
	const query = `DELETE FROM settings WHERE name = ?`
	if _, err := s.write.ExecContext(ctx, s.write.Rebind(query), name); err != nil {
		return fmt.Errorf("delete setting %s: %w", name, err)
	}
	return nil
}
