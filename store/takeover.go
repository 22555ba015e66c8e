package store

import (
	"context"
	"fmt"
	"time"

	"lensan/store/catalog"
)

// TakeOver gives to the one process that may work now what all before it held,
// who are known to write and to send nothing any more, as with an embedded
// queue by the engine's lease:
//
//	open batches           → a new generation, returned to be queued
//	runs being planned     → free, to be planned anew
//	listings, shops, pictures, probes → free
//	requests in flight     → to be settled: as their senders are gone, none leaves
//	                         later than now, and what it may still do shows
//	                         the request's own time earlier than was reckoned with
//
// A holder that was only stopped finds its names gone from all of these when
// it wakes. lease is how long a batch may wait in the queue, request what was
// reckoned for one request.
func (s *Store) TakeOver(ctx context.Context, lease, request time.Duration) ([]catalog.Batch, error) {
	// An attempt after the first has a later start than the intent, and keeps more of its wait.
	const intents = `UPDATE intents SET state = 'checking', ended_at = ?, look_after = CASE WHEN ? + look_after - created_at - ? < look_after THEN ? + look_after - created_at - ? ELSE look_after END
		WHERE state = 'open' AND created_at <= ? AND look_after - created_at >= ?`
	err := s.inTxAgain(ctx, func(t *tx) error {
		for _, free := range []string{
			`UPDATE runs SET lease_until = 0 WHERE phase = 'planning' AND finished_at = 0 AND lease_owner <> ''`, // one without an owner waits for its time
			`UPDATE listings SET lease_owner = '', lease_until = 0 WHERE lease_until > 0`,
			`UPDATE shops SET lease_owner = '', lease_until = 0 WHERE lease_until > 0`,
			`UPDATE media SET lease_owner = '', lease_until = 0 WHERE lease_until > 0`,
			`UPDATE accounts SET probe_owner = '', probe_until = 0 WHERE probe_until > 0`,
		} {
			if _, err := t.exec(ctx, free); err != nil {
				return err
			}
		}
		now, took := s.nowMillis(), request.Milliseconds()
		_, err := t.exec(ctx, intents, now, now, took, now, took, now, took)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("take over: %w", err)
	}
	return s.raiseBatches(ctx, lease, "size >= ?", 0) // all of them
}
