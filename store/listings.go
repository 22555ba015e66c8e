package store

import (
	"context"
	"fmt"
	"time"

	"lensan/store/catalog"
)

const listingColumns = `marketplace, sku, sync_state, market_state, reasons, remote_id, shop_id, remote_url, version, remote_sku,
 seen, applied, rejections, wanted_live, refused, applied_at, seen_at, market_since, remote_updated_at, remote_updated_by, look_at, looks, fence`

type listingRow struct {
	Marketplace     string `db:"marketplace"`
	SKU             string `db:"sku"`
	SyncState       string `db:"sync_state"`
	MarketState     string `db:"market_state"`
	Reasons         string `db:"reasons"`
	RemoteID        string `db:"remote_id"`
	ShopID          string `db:"shop_id"`
	RemoteURL       string `db:"remote_url"`
	Version         string `db:"version"`
	RemoteSKU       string `db:"remote_sku"`
	Seen            string `db:"seen"`
	Applied         string `db:"applied"`
	Rejections      string `db:"rejections"`
	WantedLive      bool   `db:"wanted_live"`
	Refused         string `db:"refused"`
	AppliedAt       int64  `db:"applied_at"`
	SeenAt          int64  `db:"seen_at"`
	MarketSince     int64  `db:"market_since"`
	RemoteUpdatedAt int64  `db:"remote_updated_at"`
	RemoteUpdatedBy string `db:"remote_updated_by"`
	LookAt          int64  `db:"look_at"`
	Looks           int    `db:"looks"`
	Fence           int64  `db:"fence"`
	reasonColumns
	Owner    string `db:"lease_owner"`
	Now      int64  `db:"now"`
	lookHeld int64  // see catalog.Listing.LookHeld
}

// reasonColumns are the first reason in words, for views.
type reasonColumns struct {
	ReasonCode string `db:"reason_code"`
	ReasonArgs string `db:"reason_args"`
	ReasonVI   string `db:"reason_vi"`
	ReasonEN   string `db:"reason_en"`
	WhoFixes   string `db:"who_fixes"`
}

// words is the first of reasons as columns; none gives empty ones.
func (s *Store) words(reasons []catalog.Reason) reasonColumns {
	if len(reasons) == 0 {
		return reasonColumns{ReasonArgs: "{}"}
	}
	e := s.explain(reasons[0])
	args := reasons[0].Args
	if args == nil {
		args = map[string]string{}
	}
	return reasonColumns{ReasonCode: reasons[0].Code, ReasonArgs: encode(args), ReasonVI: e.VI, ReasonEN: e.EN, WhoFixes: string(e.Who)}
}

func (s *Store) listingRow(l catalog.Listing, owner string, now int64) listingRow {
	return listingRow{
		Marketplace: l.Marketplace, SKU: l.SKU, SyncState: string(l.SyncState), MarketState: l.MarketState,
		Reasons: encode(orEmpty(l.Reasons)), RemoteID: l.RemoteID, ShopID: l.ShopID, RemoteURL: l.RemoteURL, Version: l.Version,
		RemoteSKU: l.RemoteSKU, Seen: encode(orEmptyMap(l.Seen)), Applied: encode(orEmptyMap(l.Applied)), Rejections: encode(orEmpty(l.Rejections)),
		WantedLive: l.WantedLive, Refused: l.Refused, AppliedAt: millis(l.AppliedAt), SeenAt: millis(l.SeenAt), MarketSince: millis(l.MarketSince),
		RemoteUpdatedAt: millis(l.RemoteUpdatedAt), RemoteUpdatedBy: l.RemoteUpdatedBy, LookAt: millis(l.LookAt), Looks: l.Looks, Fence: l.Fence,
		reasonColumns: s.words(l.Reasons), Owner: owner, Now: now, lookHeld: millis(l.LookHeld),
	}
}

func (r listingRow) listing() (catalog.Listing, error) {
	l := catalog.Listing{
		Marketplace: r.Marketplace, SKU: r.SKU, SyncState: catalog.SyncState(r.SyncState), MarketState: r.MarketState,
		RemoteID: r.RemoteID, ShopID: r.ShopID, RemoteURL: r.RemoteURL, Version: r.Version, RemoteSKU: r.RemoteSKU,
		WantedLive: r.WantedLive, Refused: r.Refused, AppliedAt: fromMillis(r.AppliedAt), SeenAt: fromMillis(r.SeenAt),
		MarketSince: fromMillis(r.MarketSince), RemoteUpdatedAt: fromMillis(r.RemoteUpdatedAt), RemoteUpdatedBy: r.RemoteUpdatedBy,
		LookAt: fromMillis(r.LookAt), LookHeld: fromMillis(r.LookAt), Looks: r.Looks, Fence: r.Fence,
	}
	for _, c := range []struct {
		text string
		dest any
	}{{r.Reasons, &l.Reasons}, {r.Seen, &l.Seen}, {r.Applied, &l.Applied}, {r.Rejections, &l.Rejections}} {
		if err := decode(c.text, c.dest); err != nil {
			return l, fmt.Errorf("listing %s %s: %w", r.Marketplace, r.SKU, err)
		}
	}
	return l, nil
}

func orEmpty[T any](v []T) []T {
	if v == nil {
		return []T{}
	}
	return v
}

func orEmptyMap[M ~map[K]V, K comparable, V any](v M) M {
	if v == nil {
		return M{}
	}
	return v
}

// Listings reads the rows of these SKUs on these marketplaces; those that have
// none are absent.
func (s *Store) Listings(ctx context.Context, marketplaces, skus []string) ([]catalog.Listing, error) {
	const query = `SELECT ` + listingColumns + ` FROM listings WHERE marketplace IN (?) AND sku IN (?)`
	return s.listings(ctx, query, marketplaces, skus)
}

// ListingsByRemote reads the rows of a marketplace that are linked to these
// remote ids.
func (s *Store) ListingsByRemote(ctx context.Context, marketplace string, ids []string) ([]catalog.Listing, error) {
	const query = `SELECT ` + listingColumns + ` FROM listings WHERE marketplace = ? AND remote_id IN (?)`
	return s.listings(ctx, query, marketplace, ids)
}

// listings runs a query whose last argument is a slice, in parts.
func (s *Store) listings(ctx context.Context, query string, first any, keys []string) ([]catalog.Listing, error) {
	var out []catalog.Listing
	for _, part := range chunk(keys, 1000) {
		var rows []listingRow
		if err := s.selectIn(ctx, &rows, query, first, part); err != nil {
			return nil, fmt.Errorf("read listings: %w", err)
		}
		for _, r := range rows {
			l, err := r.listing()
			if err != nil {
				return nil, err
			}
			out = append(out, l)
		}
	}
	return out, nil
}

// PlannedState is where a SKU stands on a marketplace by a plan.
type PlannedState struct {
	Marketplace string
	SKU         string
	State       catalog.SyncState
	Reasons     []catalog.Reason
}

// SetPlanned writes the states that a plan found, making rows where there are
// none. A row that a worker holds, or whose outcome is being checked, is left
// alone: its worker knows better.
func (s *Store) SetPlanned(ctx context.Context, states []PlannedState) error {
	const query = `
INSERT INTO listings (marketplace, sku, sync_state, reasons, reason_code, reason_args, reason_vi, reason_en, who_fixes, created_at, updated_at)
VALUES (:marketplace, :sku, :sync_state, :reasons, :reason_code, :reason_args, :reason_vi, :reason_en, :who_fixes, :now, :now)
ON CONFLICT (marketplace, sku) DO UPDATE SET
  sync_state = excluded.sync_state, reasons = excluded.reasons, reason_code = excluded.reason_code, reason_args = excluded.reason_args,
  reason_vi = excluded.reason_vi, reason_en = excluded.reason_en, who_fixes = excluded.who_fixes, updated_at = excluded.updated_at
WHERE listings.lease_until < excluded.updated_at AND listings.sync_state <> 'checking'
  AND (listings.sync_state <> excluded.sync_state OR listings.reasons <> excluded.reasons OR listings.reason_vi <> excluded.reason_vi)`
	now := s.nowMillis()
	return s.inTxAgain(ctx, func(t *tx) error {
		for _, part := range chunk(states, 1000) {
			rows := make([]listingRow, len(part))
			for i, p := range part {
				rows[i] = listingRow{Marketplace: p.Marketplace, SKU: p.SKU, SyncState: string(p.State), Reasons: encode(orEmpty(p.Reasons)),
					reasonColumns: s.words(p.Reasons), Now: now}
			}
			if _, err := t.NamedExecContext(ctx, query, rows); err != nil {
				return fmt.Errorf("write planned states: %w", err)
			}
		}
		return nil
	})
}

// SetProductStates writes why products without a SKU are not offered.
func (s *Store) SetProductStates(ctx context.Context, states []PlannedState) error {
	const query = `
INSERT INTO product_states (marketplace, product_code, sync_state, reason_code, reason_args, reason_vi, reason_en, who_fixes, updated_at)
VALUES (:marketplace, :sku, :sync_state, :reason_code, :reason_args, :reason_vi, :reason_en, :who_fixes, :now)
ON CONFLICT (marketplace, product_code) DO UPDATE SET
  sync_state = excluded.sync_state, reason_code = excluded.reason_code, reason_args = excluded.reason_args,
  reason_vi = excluded.reason_vi, reason_en = excluded.reason_en, who_fixes = excluded.who_fixes, updated_at = excluded.updated_at`
	now := s.nowMillis()
	return s.inTx(ctx, func(t *tx) error {
		for _, part := range chunk(states, 1000) {
			rows := make([]listingRow, len(part))
			for i, p := range part {
				rows[i] = listingRow{Marketplace: p.Marketplace, SKU: p.SKU, SyncState: string(p.State), reasonColumns: s.words(p.Reasons), Now: now}
			}
			if _, err := t.NamedExecContext(ctx, query, rows); err != nil {
				return fmt.Errorf("write product states: %w", err)
			}
		}
		return nil
	})
}

// LeaseListings takes the rows of these SKUs for owner, a name used once, until
// the lease ends, raising each row's fence. Rows that another owner holds are
// absent from the result.
func (s *Store) LeaseListings(ctx context.Context, marketplace string, skus []string, owner string, ttl time.Duration) (map[string]int64, error) {
	const insert = `
INSERT INTO listings (marketplace, sku, created_at, updated_at) VALUES (:marketplace, :sku, :now, :now)
ON CONFLICT (marketplace, sku) DO NOTHING`
	const lease = `
UPDATE listings SET lease_owner = ?, lease_until = ?, fence = fence + 1
WHERE marketplace = ? AND sku IN (?) AND lease_until < ?
RETURNING sku, fence`
	now := s.nowMillis()
	out := map[string]int64{}
	err := s.inTxAgain(ctx, func(t *tx) error {
		for _, part := range chunk(skus, 1000) {
			rows := make([]listingRow, len(part))
			for i, sku := range part {
				rows[i] = listingRow{Marketplace: marketplace, SKU: sku, Now: now}
			}
			if _, err := t.NamedExecContext(ctx, insert, rows); err != nil {
				return err
			}
			var got []struct {
				SKU   string `db:"sku"`
				Fence int64  `db:"fence"`
			}
			if err := t.selectIn(ctx, &got, lease, owner, now+ttl.Milliseconds(), marketplace, part, now); err != nil {
				return err
			}
			for _, g := range got {
				out[g.SKU] = g.Fence
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("lease listings: %w", err)
	}
	return out, nil
}

// RenewListings prolongs owner's leases and tells how many it still holds.
func (s *Store) RenewListings(ctx context.Context, marketplace, owner string, ttl time.Duration) (int64, error) {
	const query = `UPDATE listings SET lease_until = ? WHERE marketplace = ? AND lease_owner = ?`
	var n int64
	err := s.inTxAgain(ctx, func(t *tx) (err error) {
		n, err = t.exec(ctx, query, s.nowMillis()+ttl.Milliseconds(), marketplace, owner)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("renew leases: %w", err)
	}
	return n, nil
}

// ReleaseListings ends owner's leases.
func (s *Store) ReleaseListings(ctx context.Context, marketplace, owner string) error {
	const query = `UPDATE listings SET lease_owner = '', lease_until = 0 WHERE marketplace = ? AND lease_owner = ?`
	err := s.inTxAgain(ctx, func(t *tx) error {
		_, err := t.exec(ctx, query, marketplace, owner)
		return err
	})
	if err != nil {
		return fmt.Errorf("release leases: %w", err)
	}
	return nil
}

// ReasonCodes counts the SKUs by the code of the first reason shown for them.
func (s *Store) ReasonCodes(ctx context.Context) (map[string]int, error) {
	const query = `SELECT reason_code, COUNT(*) AS n FROM listings WHERE reason_code <> '' GROUP BY reason_code`
	var rows []struct {
		Code string `db:"reason_code"`
		N    int    `db:"n"`
	}
	if err := s.selectRows(ctx, &rows, query); err != nil {
		return nil, fmt.Errorf("count reasons: %w", err)
	}
	out := make(map[string]int, len(rows))
	for _, r := range rows {
		out[r.Code] = r.N
	}
	return out, nil
}
