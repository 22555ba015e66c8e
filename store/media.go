package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// ErrLeaseLost says that another worker took over meanwhile.
var ErrLeaseLost = errors.New("another worker took over")

// ErrNotFound says that there is no such row.
var ErrNotFound = errors.New("not found")

// ClaimUpload takes the upload of one picture to one marketplace. remoteID is
// set when it is there already; mine tells whether the caller is to upload.
// Neither: another worker is at it.
func (s *Store) ClaimUpload(ctx context.Context, marketplace, sha256, owner string, ttl time.Duration) (remoteID string, mine bool, err error) {
	const insert = `INSERT INTO media (marketplace, sha256) VALUES (?, ?) ON CONFLICT (marketplace, sha256) DO NOTHING`
	const claim = `UPDATE media SET lease_owner = ?, lease_until = ? WHERE marketplace = ? AND sha256 = ? AND remote_id = '' AND lease_until < ?`
	const read = `SELECT remote_id FROM media WHERE marketplace = ? AND sha256 = ?`
	now := s.nowMillis()
	err = s.inTx(ctx, func(t *tx) error {
		if _, err := t.exec(ctx, insert, marketplace, sha256); err != nil {
			return err
		}
		n, err := t.exec(ctx, claim, owner, now+ttl.Milliseconds(), marketplace, sha256, now)
		if err != nil {
			return err
		}
		mine = n > 0
		return t.GetContext(ctx, &remoteID, t.Rebind(read), marketplace, sha256)
	})
	if err != nil {
		return "", false, fmt.Errorf("claim upload: %w", err)
	}
	return remoteID, mine, nil
}

// SaveUpload records a picture's remote id; empty gives the claim back.
func (s *Store) SaveUpload(ctx context.Context, marketplace, sha256, remoteID string) error {
	const query = `UPDATE media SET remote_id = ?, lease_owner = '', lease_until = 0, uploaded_at = ? WHERE marketplace = ? AND sha256 = ?`
	err := s.inTx(ctx, func(t *tx) error {
		_, err := t.exec(ctx, query, remoteID, s.nowMillis(), marketplace, sha256)
		return err
	})
	if err != nil {
		return fmt.Errorf("record upload: %w", err)
	}
	return nil
}

// ForgetUploads drops remote ids that the marketplace no longer knows, so that
// their pictures are uploaded again.
func (s *Store) ForgetUploads(ctx context.Context, marketplace string, remoteIDs []string) error {
	const query = `DELETE FROM media WHERE marketplace = ? AND remote_id IN (?)`
	if len(remoteIDs) == 0 {
		return nil
	}
	err := s.inTx(ctx, func(t *tx) error {
		_, err := t.execIn(ctx, query, marketplace, remoteIDs)
		return err
	})
	if err != nil {
		return fmt.Errorf("forget uploads: %w", err)
	}
	return nil
}

// ImageBytes reads a stored picture; ErrNotFound when there is none.
func (s *Store) ImageBytes(ctx context.Context, sha256 string) ([]byte, error) {
	var b []byte
	err := s.getRow(ctx, &b, `SELECT bytes FROM images WHERE sha256 = ?`, sha256)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("picture %s: %w", sha256, ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("read picture: %w", err)
	}
	return b, nil
}
