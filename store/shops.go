package store

import (
	"context"
	"fmt"
	"time"

	"lensan/store/catalog"
)

type shopRow struct {
	Marketplace string `db:"marketplace"`
	ProducerRef string `db:"producer_ref"`
	RemoteID    string `db:"remote_id"`
	Status      string `db:"status"`
	ReasonCode  string `db:"reason_code"`
	ReasonArgs  string `db:"reason_args"`
	Refused     string `db:"refused"`
	CreateKey   string `db:"create_key"`
	AttemptedAt int64  `db:"attempted_at"`
	SeenAt      int64  `db:"seen_at"`
	Owner       string `db:"lease_owner"`
}

func (r shopRow) shop() (catalog.Shop, error) {
	out := catalog.Shop{Marketplace: r.Marketplace, ProducerRef: r.ProducerRef, RemoteID: r.RemoteID, Status: r.Status,
		Reason: catalog.Reason{Code: r.ReasonCode}, Refused: r.Refused, CreateKey: r.CreateKey,
		AttemptedAt: fromMillis(r.AttemptedAt), SeenAt: fromMillis(r.SeenAt)}
	return out, decode(r.ReasonArgs, &out.Reason.Args)
}

const shopColumns = `marketplace, producer_ref, remote_id, status, reason_code, reason_args, refused, create_key, attempted_at, seen_at`

// Shops reads the shops of these producers on these marketplaces; those that
// have no row are absent.
func (s *Store) Shops(ctx context.Context, marketplaces, refs []string) ([]catalog.Shop, error) {
	const query = `SELECT ` + shopColumns + ` FROM shops WHERE marketplace IN (?) AND producer_ref IN (?)`
	return s.shops(ctx, query, marketplaces, refs)
}

// ShopsByRemote reads the shops of a marketplace with these remote ids.
func (s *Store) ShopsByRemote(ctx context.Context, marketplace string, ids []string) ([]catalog.Shop, error) {
	const query = `SELECT ` + shopColumns + ` FROM shops WHERE marketplace IN (?) AND remote_id IN (?)`
	return s.shops(ctx, query, []string{marketplace}, ids)
}

func (s *Store) shops(ctx context.Context, query string, marketplaces, keys []string) ([]catalog.Shop, error) {
	var out []catalog.Shop
	for _, part := range chunk(keys, 1000) {
		var rows []shopRow
		if err := s.selectIn(ctx, &rows, query, marketplaces, part); err != nil {
			return nil, fmt.Errorf("read shops: %w", err)
		}
		for _, r := range rows {
			shop, err := r.shop()
			if err != nil {
				return nil, fmt.Errorf("shop %s: %w", r.ProducerRef, err)
			}
			out = append(out, shop)
		}
	}
	return out, nil
}

// ShopsInState reads the shops of a marketplace that were in a state when they
// were last looked at, before the given time; the longest ago first.
func (s *Store) ShopsInState(ctx context.Context, marketplace, status string, before time.Time, limit int) ([]catalog.Shop, error) {
	const query = `SELECT ` + shopColumns + ` FROM shops
WHERE marketplace = ? AND remote_id <> '' AND status = ? AND seen_at < ? ORDER BY seen_at LIMIT ?`
	var rows []shopRow
	if err := s.selectRows(ctx, &rows, query, marketplace, status, millis(before), limit); err != nil {
		return nil, fmt.Errorf("read %s shops: %w", status, err)
	}
	var out []catalog.Shop
	for _, r := range rows {
		shop, err := r.shop()
		if err != nil {
			return nil, fmt.Errorf("shop %s: %w", r.ProducerRef, err)
		}
		out = append(out, shop)
	}
	return out, nil
}

// LeaseShop takes the row of a producer's shop, making it where there is none.
// ok is false while another owner holds it.
func (s *Store) LeaseShop(ctx context.Context, marketplace, ref, owner string, ttl time.Duration) (shop catalog.Shop, ok bool, err error) {
	const insert = `INSERT INTO shops (marketplace, producer_ref) VALUES (?, ?) ON CONFLICT (marketplace, producer_ref) DO NOTHING`
	const lease = `UPDATE shops SET lease_owner = ?, lease_until = ? WHERE marketplace = ? AND producer_ref = ? AND lease_until < ? RETURNING ` + shopColumns
	now := s.nowMillis()
	err = s.inTx(ctx, func(t *tx) error {
		if _, err := t.exec(ctx, insert, marketplace, ref); err != nil {
			return err
		}
		var rows []shopRow
		if err := t.SelectContext(ctx, &rows, t.Rebind(lease), owner, now+ttl.Milliseconds(), marketplace, ref, now); err != nil {
			return err
		}
		if len(rows) == 0 {
			return nil
		}
		ok = true
		shop, err = rows[0].shop()
		return err
	})
	if err != nil {
		return shop, false, fmt.Errorf("lease shop: %w", err)
	}
	return shop, ok, nil
}

// SaveShop writes a shop's row under owner's lease and ends the lease when
// release is set. It fails when the lease was lost, except that a shop's id,
// once known, is always kept.
func (s *Store) SaveShop(ctx context.Context, shop catalog.Shop, owner string, release bool) error {
	const query = `
UPDATE shops SET remote_id = :remote_id, status = :status, reason_code = :reason_code, reason_args = :reason_args, refused = :refused,
  create_key = :create_key, attempted_at = :attempted_at, seen_at = :seen_at
WHERE marketplace = :marketplace AND producer_ref = :producer_ref AND (lease_owner = :lease_owner OR remote_id = '' AND :remote_id <> '')`
	const free = `UPDATE shops SET lease_owner = '', lease_until = 0 WHERE marketplace = ? AND producer_ref = ? AND lease_owner = ?`
	args := shop.Reason.Args
	if args == nil {
		args = map[string]string{}
	}
	row := shopRow{Marketplace: shop.Marketplace, ProducerRef: shop.ProducerRef, RemoteID: shop.RemoteID, Status: shop.Status,
		ReasonCode: shop.Reason.Code, ReasonArgs: encode(args), Refused: shop.Refused, CreateKey: shop.CreateKey,
		AttemptedAt: millis(shop.AttemptedAt), SeenAt: millis(shop.SeenAt), Owner: owner}
	err := s.inTx(ctx, func(t *tx) error {
		r, err := t.NamedExecContext(ctx, query, row)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return fmt.Errorf("shop of %s on %s: %w", shop.ProducerRef, shop.Marketplace, ErrLeaseLost)
		}
		if release {
			_, err = t.exec(ctx, free, shop.Marketplace, shop.ProducerRef, owner)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("write shop: %w", err)
	}
	return nil
}

// SaveSeenShops records shops as read from the marketplace, by producer.
func (s *Store) SaveSeenShops(ctx context.Context, shops []catalog.Shop) error {
	const query = `
INSERT INTO shops (marketplace, producer_ref, remote_id, status, seen_at) VALUES (:marketplace, :producer_ref, :remote_id, :status, :seen_at)
ON CONFLICT (marketplace, producer_ref) DO UPDATE SET remote_id = excluded.remote_id, status = excluded.status, seen_at = excluded.seen_at`
	if len(shops) == 0 {
		return nil
	}
	rows := make([]shopRow, len(shops))
	for i, shop := range shops {
		rows[i] = shopRow{Marketplace: shop.Marketplace, ProducerRef: shop.ProducerRef, RemoteID: shop.RemoteID, Status: shop.Status, SeenAt: millis(shop.SeenAt)}
	}
	return s.inTx(ctx, func(t *tx) error {
		for _, part := range chunk(rows, 1000) {
			if _, err := t.NamedExecContext(ctx, query, part); err != nil {
				return fmt.Errorf("write seen shops: %w", err)
			}
		}
		return nil
	})
}
