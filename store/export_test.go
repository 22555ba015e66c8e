package store

import (
	"context"
	"slices"
)

// LockInOrder locks listings one after the other in a transaction that may run
// again, and calls between after the first.
func (s *Store) LockInOrder(ctx context.Context, marketplace string, skus []string, between func()) error {
	return s.inTxAgain(ctx, func(t *tx) error {
		for i, sku := range skus {
			if _, err := t.exec(ctx, `UPDATE listings SET looks = looks + 1 WHERE marketplace = ? AND sku = ?`, marketplace, sku); err != nil {
				return err
			}
			if i == 0 {
				between()
			}
		}
		return nil
	})
}

// TablesNoBackupKnows are the tables about which backup_tables.go says nothing.
func TablesNoBackupKnows(ctx context.Context, s *Store) ([]string, error) {
	var unknown []string
	err := s.inSnapshot(ctx, func(t *tx) error {
		have, err := t.tableNames(ctx)
		for name := range have {
			if _, out := backupLeavesOut[name]; !out && !slices.Contains(backupTables, name) {
				unknown = append(unknown, name)
			}
			delete(have, name)
		}
		return err
	})
	return unknown, err
}

// MigrateTo brings a new database's tables to an earlier version.
func MigrateTo(ctx context.Context, s *Store, version int64) error { return s.migrateTo(ctx, version) }
