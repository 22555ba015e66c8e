package store

import "context"

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
