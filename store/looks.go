package store

import (
	"context"
	"fmt"
	"time"

	"lensan/store/catalog"
)

// lookAgain is after how long a look is asked for once more when one for the
// same listing is open already.
const lookAgain = 10 * time.Second

// WakeLooks makes a look item for each listing whose look_at has come, at most
// limit of them, and forgets that look_at, in one transaction. A listing that
// has an open look keeps its wish for ten seconds more. An unknown outcome is
// looked at before a review. It returns how many listings were due.
func (s *Store) WakeLooks(ctx context.Context, now time.Time, limit int) (int, error) {
	const any = `SELECT count(*) FROM (SELECT 1 FROM listings WHERE look_at > 0 AND look_at <= ? LIMIT 1) AS x`
	const insert = `INSERT INTO items (id, marketplace, sku, lane_queue, purpose, state, due_at, created_at)
		SELECT ? || CAST(row_number() OVER (ORDER BY look_at) AS TEXT), marketplace, sku,
			CASE WHEN sync_state = 'checking' THEN ? ELSE ? END, 'look', 'waiting', ?, ?
		FROM listings WHERE look_at > 0 AND look_at <= ? ORDER BY look_at, marketplace, sku LIMIT ?
		ON CONFLICT DO NOTHING`
	const forget = `UPDATE listings SET look_at = CASE
			WHEN EXISTS (SELECT 1 FROM items i WHERE i.marketplace = listings.marketplace AND i.sku = listings.sku AND i.purpose = 'look'
				AND i.state IN ('waiting', 'batched') AND substr(i.id, 1, CAST(? AS INTEGER)) = ?) THEN 0
			ELSE CAST(? AS BIGINT) END
		WHERE (marketplace, sku) IN (SELECT marketplace, sku FROM listings WHERE look_at > 0 AND look_at <= ? ORDER BY look_at, marketplace, sku LIMIT ?)`
	var due int
	if err := s.getRow(ctx, &due, any, millis(now)); err != nil || due == 0 {
		return 0, err
	}
	id := newID("k", now)
	var n int64
	err := s.inTxAgain(ctx, func(t *tx) error {
		if err := t.onlyOne(ctx, "looks"); err != nil {
			return err
		}
		_, err := t.exec(ctx, insert, id, catalog.QueueNormal, catalog.QueueReconcile, millis(now), millis(now), millis(now), limit)
		if err != nil {
			return err
		}
		n, err = t.exec(ctx, forget, len(id), id, millis(now.Add(lookAgain)), millis(now), limit)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("wake looks: %w", err)
	}
	if n > 0 {
		s.wakeUp()
	}
	return int(n), nil
}

// HintListings has the listings with these remote ids looked at now: somebody
// said that something is new with them. It is a hint and no more: an id that is
// nobody's here is passed over, and asking twice is asking once. It returns how
// many were brought forward.
func (s *Store) HintListings(ctx context.Context, marketplace string, remoteIDs []string) (int, error) {
	const query = `UPDATE listings SET look_at = ? WHERE marketplace = ? AND remote_id IN (?) AND remote_id <> '' AND (look_at = 0 OR look_at > ?)`
	if len(remoteIDs) == 0 {
		return 0, nil
	}
	now := s.nowMillis()
	var n int64
	err := s.inTx(ctx, func(t *tx) (err error) {
		n, err = t.execIn(ctx, query, now, marketplace, remoteIDs, now)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("hint at listings of %s: %w", marketplace, err)
	}
	return int(n), nil
}

// onlyOne lets one transaction at a time of all processes go on under this
// name. SQLite has one writer anyway.
func (t *tx) onlyOne(ctx context.Context, name string) error {
	if t.dialect.name != "postgres" {
		return nil
	}
	_, err := t.exec(ctx, `SELECT pg_advisory_xact_lock(hashtext(?))`, "lensan."+name)
	return err
}

// keepWishes takes into rows about to be written, of one marketplace, the looks
// that somebody asked for since their worker last knew. The sooner counts.
func (t *tx) keepWishes(ctx context.Context, rows []listingRow) error {
	wished := `SELECT sku, look_at FROM listings WHERE marketplace = ? AND look_at > 0 AND sku IN (?)` + t.dialect.forUpdate
	if len(rows) == 0 {
		return nil
	}
	at, skus := map[string]int{}, make([]string, len(rows))
	for i, r := range rows {
		at[r.SKU], skus[i] = i, r.SKU
	}
	var found []struct {
		SKU    string `db:"sku"`
		LookAt int64  `db:"look_at"`
	}
	if err := t.selectIn(ctx, &found, wished, rows[0].Marketplace, skus); err != nil {
		return err
	}
	for _, f := range found {
		r := &rows[at[f.SKU]]
		if f.LookAt != r.lookHeld && (r.LookAt == 0 || f.LookAt < r.LookAt) {
			r.LookAt = f.LookAt
		}
	}
	return nil
}
