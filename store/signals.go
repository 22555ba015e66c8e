package store

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

// ClockMargin is how far two machines' clocks may seem apart before the
// store's clock is corrected by the database's. Leases are chosen longer.
const ClockMargin = 2 * time.Second

// signals is what a Store knows beside its tables: how far this machine's
// clock is from the database's, and whom to wake in this process when there is
// new work.
type signals struct {
	skew atomic.Int64 // nanoseconds to add to this machine's clock
	wake atomic.Pointer[func()]
}

// SyncClock measures how far the PostgreSQL server's clock is ahead of this
// machine's and returns it; SQLite's is the machine's own, so 0. A difference
// above ClockMargin is added to Now from then on, so that leases and due times
// of all machines are compared by one clock (F25).
func (s *Store) SyncClock(ctx context.Context) (time.Duration, error) {
	const query = `SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)`
	if s.dialect.name != "postgres" {
		return 0, nil
	}
	began, before := time.Now(), s.machine()
	var ms int64
	if err := s.write.GetContext(ctx, &ms, query); err != nil {
		return 0, fmt.Errorf("read the database's clock: %w", err)
	}
	took := time.Since(began)
	skew := time.UnixMilli(ms).Sub(before.Add(took / 2))
	if skew.Abs() <= ClockMargin+took/2 {
		s.signals.skew.Store(0)
	} else {
		s.signals.skew.Store(int64(skew))
	}
	return skew, nil
}

// OnWork has fn called in this process after each write that makes new work: a
// run asked for or resumed, items added, a lane opened. fn must not block. The
// last one given counts; nil takes it away.
func (s *Store) OnWork(fn func()) {
	if fn == nil {
		s.signals.wake.Store(nil)
		return
	}
	s.signals.wake.Store(&fn)
}

func (s *Store) wakeUp() {
	if fn := s.signals.wake.Load(); fn != nil {
		(*fn)()
	}
}
