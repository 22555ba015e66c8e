package store

import (
	"context"
	"fmt"
	"time"

	"lensan/store/catalog"
)

// SKUHome says where a SKU belongs on a marketplace.
type SKUHome struct {
	SKU         string `db:"sku"`
	ProductCode string `db:"product_code"`
	Name        string `db:"name"`
	ProducerRef string `db:"producer_ref"`
	Producer    string `db:"producer"`
	ShopID      string `db:"shop_id"`   // of its producer on that marketplace; empty: not known
	RemoteID    string `db:"remote_id"` // the listing it is linked to; empty: none
}

const homeQuery = `
SELECT k.sku, k.product_code, k.name, p.producer_ref, COALESCE(r.name, '') AS producer, COALESCE(h.remote_id, '') AS shop_id, COALESCE(l.remote_id, '') AS remote_id
FROM skus k
JOIN products p ON p.code = k.product_code
LEFT JOIN producers r ON r.ref = p.producer_ref
LEFT JOIN shops h ON h.marketplace = ? AND h.producer_ref = p.producer_ref
LEFT JOIN listings l ON l.marketplace = ? AND l.sku = k.sku
WHERE `

// SKUHomes tells where these SKUs belong on a marketplace; unknown SKUs are
// absent.
func (s *Store) SKUHomes(ctx context.Context, marketplace string, skus []string) (map[string]SKUHome, error) {
	out := map[string]SKUHome{}
	for _, part := range chunk(skus, 1000) {
		var rows []SKUHome
		if err := s.selectIn(ctx, &rows, homeQuery+`k.sku IN (?)`, marketplace, marketplace, part); err != nil {
			return nil, fmt.Errorf("read where SKUs belong: %w", err)
		}
		for _, r := range rows {
			out[r.SKU] = r
		}
	}
	return out, nil
}

// UnlistedIn reads the SKUs of the producers of these shops that are linked to
// no listing on the marketplace.
func (s *Store) UnlistedIn(ctx context.Context, marketplace string, shopIDs []string) ([]SKUHome, error) {
	var out []SKUHome
	for _, part := range chunk(shopIDs, 1000) {
		var rows []SKUHome
		if err := s.selectIn(ctx, &rows, homeQuery+`h.remote_id IN (?) AND COALESCE(l.remote_id, '') = ''`, marketplace, marketplace, part); err != nil {
			return nil, fmt.Errorf("read unlisted SKUs: %w", err)
		}
		out = append(out, rows...)
	}
	return out, nil
}

// UnlinkedListing is something in our account that is no SKU's listing.
type UnlinkedListing struct {
	Marketplace string `db:"marketplace"`
	RemoteID    string `db:"remote_id"`
	ShopID      string `db:"shop_id"`
	SKU         string `db:"sku"`
	State       string `db:"state"`
	Name        string `db:"name"`
	Kind        string `db:"kind"` // hand_made, foreign, double
	URL         string `db:"url"`
	SeenAt      int64  `db:"seen_at"` // UTC milliseconds
}

// SaveUnlinked records listings that are no SKU's, and forgets those in
// linked, which have become one.
func (s *Store) SaveUnlinked(ctx context.Context, marketplace string, rows []UnlinkedListing, linked []string) error {
	const query = `
INSERT INTO unlinked_listings (marketplace, remote_id, shop_id, sku, state, name, kind, url, seen_at)
VALUES (:marketplace, :remote_id, :shop_id, :sku, :state, :name, :kind, :url, :seen_at)
ON CONFLICT (marketplace, remote_id) DO UPDATE SET shop_id = excluded.shop_id, sku = excluded.sku, state = excluded.state,
  name = excluded.name, kind = excluded.kind, url = excluded.url, seen_at = excluded.seen_at`
	if len(rows)+len(linked) == 0 {
		return nil
	}
	err := s.inTx(ctx, func(t *tx) error {
		for _, part := range chunk(rows, 1000) {
			if _, err := t.NamedExecContext(ctx, query, part); err != nil {
				return err
			}
		}
		for _, part := range chunk(linked, 1000) {
			if _, err := t.execIn(ctx, `DELETE FROM unlinked_listings WHERE marketplace = ? AND remote_id IN (?)`, marketplace, part); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("record unlinked listings: %w", err)
	}
	return nil
}

// UnlinkedIn reads what stands in these shops that is no SKU's.
func (s *Store) UnlinkedIn(ctx context.Context, marketplace string, shopIDs []string) ([]UnlinkedListing, error) {
	const query = `SELECT marketplace, remote_id, shop_id, sku, state, name, kind, url, seen_at FROM unlinked_listings WHERE marketplace = ? AND shop_id IN (?)`
	var out []UnlinkedListing
	for _, part := range chunk(shopIDs, 1000) {
		var rows []UnlinkedListing
		if err := s.selectIn(ctx, &rows, query, marketplace, part); err != nil {
			return nil, fmt.Errorf("read unlinked listings: %w", err)
		}
		out = append(out, rows...)
	}
	return out, nil
}

// FinishReading records that a marketplace was read whole, in a reading that
// began at started, and forgets what no longer stands there unlinked. It
// returns the SKUs whose listing the reading did not show although it was
// there before the reading began, by more than lag.
func (s *Store) FinishReading(ctx context.Context, marketplace string, started time.Time, lag time.Duration) (missing []string, err error) {
	const done = `UPDATE accounts SET read_whole_at = ?, read_error = '' WHERE marketplace = ?`
	const gone = `DELETE FROM unlinked_listings WHERE marketplace = ? AND seen_at < ?`
	const lost = `SELECT sku FROM listings WHERE marketplace = ? AND remote_id <> '' AND listed_at < ? AND applied_at < ? AND lease_until < ? ORDER BY sku`
	err = s.inTx(ctx, func(t *tx) error {
		if _, err := t.exec(ctx, done, millis(started), marketplace); err != nil {
			return err
		}
		if _, err := t.exec(ctx, gone, marketplace, millis(started)); err != nil {
			return err
		}
		return t.SelectContext(ctx, &missing, t.Rebind(lost), marketplace, millis(started), millis(started.Add(-lag)), s.nowMillis())
	})
	if err != nil {
		return nil, fmt.Errorf("record reading: %w", err)
	}
	return missing, nil
}

// MarkVanished records that a marketplace no longer shows these SKUs' listings.
// The link stays: a person decides whether they are made again.
func (s *Store) MarkVanished(ctx context.Context, marketplace string, skus []string, reason catalog.Reason) error {
	const query = `
UPDATE listings SET market_state = 'absent', market_since = ?, sync_state = 'needs_fixing', reasons = ?, reason_code = ?, reason_args = ?, reason_vi = ?, reason_en = ?,
  who_fixes = ?, updated_at = ?
WHERE marketplace = ? AND sku IN (?) AND market_state <> 'absent' AND lease_until < ?`
	w, now, reasons := s.words([]catalog.Reason{reason}), s.nowMillis(), encode([]catalog.Reason{reason})
	err := s.inTxAgain(ctx, func(t *tx) error {
		for _, part := range chunk(skus, 1000) {
			if _, err := t.execIn(ctx, query, now, reasons, w.ReasonCode, w.ReasonArgs, w.ReasonVI, w.ReasonEN, w.WhoFixes, now, marketplace, part, now); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("record vanished listings: %w", err)
	}
	return nil
}

// LiveCount is how many of our listings are live on a marketplace.
func (s *Store) LiveCount(ctx context.Context, marketplace string) (int, error) {
	var n int
	if err := s.getRow(ctx, &n, `SELECT COUNT(*) FROM listings WHERE marketplace = ? AND market_state = 'live'`, marketplace); err != nil {
		return 0, fmt.Errorf("count live listings: %w", err)
	}
	return n, nil
}

// ReadWholeAt is when the last whole reading of a marketplace began; zero:
// never.
func (s *Store) ReadWholeAt(ctx context.Context, marketplace string) (time.Time, error) {
	var ms int64
	err := s.getRow(ctx, &ms, `SELECT COALESCE(MAX(read_whole_at), 0) FROM accounts WHERE marketplace = ?`, marketplace)
	if err != nil {
		return time.Time{}, fmt.Errorf("read lane: %w", err)
	}
	return fromMillis(ms), nil
}

// SaveSeen writes rows as a reading of lists saw them, which may be behind by
// lag. A row that a worker holds is left to it; so is one that was written or
// read by its id since the moment that the lists may speak of. That the
// reading showed it is kept all the same.
func (s *Store) SaveSeen(ctx context.Context, rows []catalog.Listing, started time.Time, lag time.Duration) error {
	const listed = `UPDATE listings SET listed_at = ? WHERE marketplace = ? AND remote_id IN (?)`
	const query = `
INSERT INTO listings (marketplace, sku, sync_state, market_state, reasons, reason_code, reason_args, reason_vi, reason_en, who_fixes, remote_id, shop_id, remote_url,
  version, remote_sku, seen, applied, rejections, wanted_live, seen_at, listed_at, market_since, remote_updated_at, remote_updated_by, look_at, created_at, updated_at)
VALUES (:marketplace, :sku, :sync_state, :market_state, :reasons, :reason_code, :reason_args, :reason_vi, :reason_en, :who_fixes, :remote_id, :shop_id, :remote_url,
  :version, :remote_sku, :seen, :applied, :rejections, :wanted_live, :seen_at, :seen_at, :now, :remote_updated_at, :remote_updated_by, :look_at, :now, :now)
ON CONFLICT (marketplace, sku) DO UPDATE SET
  market_state = excluded.market_state, remote_id = excluded.remote_id, shop_id = excluded.shop_id, remote_url = excluded.remote_url, version = excluded.version,
  remote_sku = excluded.remote_sku, seen = excluded.seen, applied = excluded.applied, rejections = excluded.rejections, seen_at = excluded.seen_at, listed_at = excluded.seen_at,
  market_since = CASE WHEN listings.market_state <> excluded.market_state THEN excluded.updated_at ELSE listings.market_since END,
  remote_updated_at = excluded.remote_updated_at, remote_updated_by = excluded.remote_updated_by,
  look_at = CASE WHEN listings.look_at > 0 THEN listings.look_at ELSE excluded.look_at END, updated_at = excluded.updated_at
WHERE listings.lease_until < excluded.updated_at AND listings.applied_at <= %[1]d AND (listings.seen_at <= %[1]d OR listings.seen_at = listings.listed_at)
  AND (listings.remote_id = '' OR listings.remote_id = excluded.remote_id)`
	now := s.nowMillis()
	upsert := fmt.Sprintf(query, millis(started.Add(-lag)))
	err := s.inTxAgain(ctx, func(t *tx) error {
		for _, part := range chunk(rows, 500) {
			out := make([]listingRow, len(part))
			ids := make([]string, len(part))
			for i, l := range part {
				l.SeenAt = started
				out[i], ids[i] = s.listingRow(l, "", now), l.RemoteID
			}
			if _, err := t.NamedExecContext(ctx, upsert, out); err != nil {
				return err
			}
			if _, err := t.execIn(ctx, listed, millis(started), part[0].Marketplace, ids); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("record reading: %w", err)
	}
	return nil
}
