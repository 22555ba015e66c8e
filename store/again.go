package store

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
)

const pgDeadlock = "40P01"

// deadlockTries is how often a transaction is begun before its deadlock is told.
const deadlockTries = 5

// inTxAgain is inTx for what may run more than once. PostgreSQL ends one of two
// transactions that lock the same rows in another order; nothing of it stands,
// and it is begun anew.
func (s *Store) inTxAgain(ctx context.Context, fn func(*tx) error) error {
	for try := 1; ; try++ {
		err := s.inTx(ctx, fn)
		var pg *pgconn.PgError
		if try == deadlockTries || !errors.As(err, &pg) || pg.Code != pgDeadlock {
			return err
		}
	}
}
