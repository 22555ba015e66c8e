package store

import (
	"context"
	"fmt"
)

// OpenQuestions counts what waits for a person: open decisions, proposed
// withdrawals and successions, and held imports.
func (s *Store) OpenQuestions(ctx context.Context) (int, error) {
	const query = `SELECT (SELECT COUNT(*) FROM decisions WHERE state = 'open') + (SELECT COUNT(*) FROM withdrawals WHERE state = 'proposed')
  + (SELECT COUNT(*) FROM sku_successions WHERE state = 'proposed') + (SELECT COUNT(*) FROM imports WHERE state = 'held')`
	var n int
	if err := s.getRow(ctx, &n, query); err != nil {
		return 0, fmt.Errorf("count open questions: %w", err)
	}
	return n, nil
}
