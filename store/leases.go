package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// LeaseEngine is the lease of the one process that may call marketplaces while
// the queue is embedded.
const LeaseEngine = "engine"

// Lease is a name that at most one holder has at a time. It is compared by the
// store's clock, which follows the database's (SyncClock); renew it at a third
// of its length.
type Lease struct {
	Name   string
	Holder string    // unique to the process that holds it
	Host   string    // for people: where it runs
	Until  time.Time // then anybody may take it
	BeatAt time.Time // when it was last renewed
}

// LockFile is where a process shows that it lives while it holds the engine's
// lease: beside the database where that is a file; empty where it is none.
func (s *Store) LockFile() string {
	if s.path == "" {
		return ""
	}
	return s.path + ".engine"
}

type leaseRow struct {
	Name   string `db:"name"`
	Holder string `db:"holder"`
	Host   string `db:"host"`
	Until  int64  `db:"until"`
	BeatAt int64  `db:"beat_at"`
}

func (r leaseRow) lease() Lease {
	return Lease{Name: r.Name, Holder: r.Holder, Host: r.Host, Until: fromMillis(r.Until), BeatAt: fromMillis(r.BeatAt)}
}

// TakeLease takes or renews a lease for d. held is false when another holds
// it, who is then returned.
func (s *Store) TakeLease(ctx context.Context, name, holder, host string, d time.Duration) (lease Lease, held bool, err error) {
	const take = `INSERT INTO leases (name, holder, host, until, beat_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, host = excluded.host, until = excluded.until, beat_at = excluded.beat_at
		WHERE leases.holder = excluded.holder OR leases.until < excluded.beat_at`
	const read = `SELECT name, holder, host, until, beat_at FROM leases WHERE name = ?`
	var row leaseRow
	err = s.inTx(ctx, func(t *tx) error {
		now := s.nowMillis()
		if _, err := t.exec(ctx, take, name, holder, host, now+d.Milliseconds(), now); err != nil {
			return err
		}
		return t.GetContext(ctx, &row, t.Rebind(read), name)
	})
	if err != nil {
		return Lease{}, false, fmt.Errorf("take lease %s: %w", name, err)
	}
	return row.lease(), row.Holder == holder, nil
}

// RenewLease lengthens a lease that holder still holds; false: it was lost.
func (s *Store) RenewLease(ctx context.Context, name, holder string, d time.Duration) (bool, error) {
	const query = `UPDATE leases SET until = ?, beat_at = ? WHERE name = ? AND holder = ?`
	now := s.nowMillis()
	r, err := s.write.ExecContext(ctx, s.write.Rebind(query), now+d.Milliseconds(), now, name, holder)
	if err != nil {
		return false, fmt.Errorf("renew lease %s: %w", name, err)
	}
	n, err := r.RowsAffected()
	return n == 1, err
}

// DropLease gives a lease back; one that holder does not hold is left alone.
func (s *Store) DropLease(ctx context.Context, name, holder string) error {
	const query = `DELETE FROM leases WHERE name = ? AND holder = ?`
	if _, err := s.write.ExecContext(ctx, s.write.Rebind(query), name, holder); err != nil {
		return fmt.Errorf("drop lease %s: %w", name, err)
	}
	return nil
}

// GetLease reads a lease; ok is false when nobody holds it now.
func (s *Store) GetLease(ctx context.Context, name string) (lease Lease, ok bool, err error) {
	const query = `SELECT name, holder, host, until, beat_at FROM leases WHERE name = ? AND until >= ?`
	var row leaseRow
	err = s.getRow(ctx, &row, query, name, s.nowMillis())
	if errors.Is(err, sql.ErrNoRows) {
		return Lease{}, false, nil
	}
	if err != nil {
		return Lease{}, false, fmt.Errorf("read lease %s: %w", name, err)
	}
	return row.lease(), true, nil
}
