package store

import (
	"context"
	"errors"
	"fmt"

	"lensan/adapters"
	"lensan/store/catalog"
)

// IntentEnd is what became of an intent.
type IntentEnd struct {
	ID        string
	State     IntentState
	Kind      adapters.Kind
	After     *catalog.Listing
	Negatives int
	LookAfter int64 // UTC milliseconds; 0: as it is
	// Attempt is the request that the end is about: a later one that another
	// worker has made since is left alone. Done is done, whichever it was.
	Attempt int
}

// Record is what a worker found out: listings as they now stand, ends of
// intents and events, all in one transaction.
type Record struct {
	Listings []catalog.Listing
	Ends     []IntentEnd
	Events   []Event
}

// Save writes a record under owner's leases. A listing whose lease was lost
// keeps the row its new holder is working on, except that a remote id, once
// known, is never lost: a row without one is linked and looked at again, and
// its new holder, who may not know of it, writes nothing over it. Intents end
// whoever holds the lease: an answer is a fact. A look that somebody asked for
// since the worker last knew (Listing.LookHeld) stays asked for.
func (s *Store) Save(ctx context.Context, owner string, rec Record) error {
	const update = `
INSERT INTO listings (marketplace, sku, sync_state, market_state, reasons, reason_code, reason_args, reason_vi, reason_en, who_fixes, remote_id, shop_id, remote_url,
  version, remote_sku, seen, applied, rejections, wanted_live, refused, applied_at, seen_at, market_since, remote_updated_at, remote_updated_by, look_at, looks,
  lease_owner, created_at, updated_at)
VALUES (:marketplace, :sku, :sync_state, :market_state, :reasons, :reason_code, :reason_args, :reason_vi, :reason_en, :who_fixes, :remote_id, :shop_id, :remote_url,
  :version, :remote_sku, :seen, :applied, :rejections, :wanted_live, :refused, :applied_at, :seen_at, :market_since, :remote_updated_at, :remote_updated_by, :look_at, :looks,
  :lease_owner, :now, :now)
ON CONFLICT (marketplace, sku) DO UPDATE SET
  sync_state = excluded.sync_state, market_state = excluded.market_state, reasons = excluded.reasons, reason_code = excluded.reason_code,
  reason_args = excluded.reason_args, reason_vi = excluded.reason_vi, reason_en = excluded.reason_en, who_fixes = excluded.who_fixes,
  remote_id = excluded.remote_id, shop_id = excluded.shop_id, remote_url = excluded.remote_url, version = excluded.version, remote_sku = excluded.remote_sku,
  seen = excluded.seen, applied = excluded.applied, rejections = excluded.rejections, wanted_live = excluded.wanted_live, refused = excluded.refused,
  applied_at = excluded.applied_at, seen_at = excluded.seen_at,
  market_since = CASE WHEN listings.market_state <> excluded.market_state THEN excluded.updated_at ELSE listings.market_since END,
  remote_updated_at = excluded.remote_updated_at, remote_updated_by = excluded.remote_updated_by,
  look_at = excluded.look_at, looks = excluded.looks, updated_at = excluded.updated_at
WHERE `
	const held = `listings.lease_owner = excluded.lease_owner AND (excluded.remote_id <> '' OR listings.remote_id = '')`
	const link = `listings.remote_id = '' AND excluded.remote_id <> ''`
	const end = `
UPDATE intents SET state = :state, kind = :kind, after_json = :after_json, negatives = :negatives,
  look_after = CASE WHEN CAST(:look_after AS BIGINT) > 0 THEN CAST(:look_after AS BIGINT) ELSE look_after END,
  ended_at = :now, settled_at = CASE WHEN CAST(:state AS TEXT) IN ('open', 'checking') THEN 0 ELSE CAST(:now AS BIGINT) END
WHERE id = :id AND state IN ('open', 'checking') AND (CAST(:state AS TEXT) = 'done' OR CAST(:attempt AS BIGINT) = 0 OR attempts = :attempt)`
	now := s.nowMillis()
	err := s.inTxAgain(ctx, func(t *tx) error {
		rows := make([]listingRow, len(rec.Listings))
		for i, l := range rec.Listings {
			rows[i] = s.listingRow(l, owner, now)
		}
		for _, part := range chunk(rows, 500) {
			if err := t.keepWishes(ctx, part); err != nil {
				return err
			}
			r, err := t.NamedExecContext(ctx, update+held, part)
			if err != nil {
				return err
			}
			if n, err := r.RowsAffected(); err != nil || n == int64(len(part)) {
				if err != nil {
					return err
				}
				continue
			}
			for i := range part { // a lease was lost: what was found is still news to a row without a link
				part[i].LookAt = now
			}
			if _, err := t.NamedExecContext(ctx, update+link, part); err != nil {
				return err
			}
		}
		for _, e := range rec.Ends { // at most one request's items
			after := ""
			if e.After != nil {
				after = encode(e.After)
			}
			args := map[string]any{"id": e.ID, "state": string(e.State), "kind": string(e.Kind), "after_json": after,
				"negatives": e.Negatives, "look_after": e.LookAfter, "attempt": e.Attempt, "now": now}
			if _, err := t.NamedExecContext(ctx, end, args); err != nil {
				return err
			}
		}
		if len(rec.Events) == 0 {
			return nil
		}
		return t.appendEvents(ctx, s.Now(), rec.Events...)
	})
	if isUnique(err) {
		return fmt.Errorf("%w: %w", ErrLinkedTwice, err)
	}
	if err != nil {
		return fmt.Errorf("record outcome: %w", err)
	}
	return nil
}

// ErrLinkedTwice says that another SKU is linked to the same remote listing.
var ErrLinkedTwice = errors.New("two SKUs point at one remote listing")
