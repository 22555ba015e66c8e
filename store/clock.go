package store

import (
	"context"
	"fmt"
	"time"
)

// ClockMargin is how far two machines' clocks may seem apart before a person
// is told, and before a clock that was given to the store is corrected by the
// database's. Leases are chosen longer.
const ClockMargin = 2 * time.Second

// anchor is a moment of the database's clock, and the moments of this machine
// at which it was read.
type anchor struct {
	db   time.Time
	at   time.Time // with its monotonic reading: no one sets that
	wall time.Time
}

// Now is the store's clock, in UTC: on PostgreSQL the database's, told from the
// last reading of it and the time that has run since, whatever is done to this
// machine's clock; so all machines compare leases and due times by one clock
// (F25). On SQLite it is the machine's. A clock that was given (Options.Now) is
// corrected by the database's where the two are far apart.
func (s *Store) Now() time.Time {
	if a := s.signals.anchor.Load(); a != nil {
		return a.db.Add(time.Since(a.at)).UTC()
	}
	return s.now().Add(time.Duration(s.signals.skew.Load())).UTC()
}

// SyncClock measures how far the PostgreSQL server's clock is ahead of this
// machine's and returns it; SQLite's is the machine's own, so 0. Now follows
// the server's from then on.
func (s *Store) SyncClock(ctx context.Context) (time.Duration, error) {
	const query = `SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)`
	if s.dialect.name != "postgres" {
		return 0, nil
	}
	var best anchor
	var took time.Duration
	for try := range 3 { // the quickest answer says most
		began, machine := time.Now(), s.machine()
		var ms int64
		if err := s.write.GetContext(ctx, &ms, query); err != nil {
			return 0, fmt.Errorf("read the database's clock: %w", err)
		}
		at := time.Now()
		if t := at.Sub(began); try == 0 || t < took {
			took = t
			best = anchor{db: time.UnixMilli(ms).Add(t / 2), at: at, wall: machine.Add(t).Round(0)}
		}
		if took < clockStep {
			break
		}
	}
	skew := best.db.Sub(best.wall)
	if s.signals.anchored {
		s.moor(best, took)
		return skew, nil
	}
	if skew.Abs() <= ClockMargin+took/2 {
		s.signals.skew.Store(0)
	} else {
		s.signals.skew.Store(int64(skew))
	}
	return skew, nil
}

// clockStep is how far the clock may be from the database's before it is set.
// Small steps are not made: they would set it back and forth.
const clockStep = 50 * time.Millisecond

// moor sets the clock by an answer of the database's that took so long. Where
// the clock is right as far as that can tell, only what was done to the
// machine's is taken note of.
func (s *Store) moor(now anchor, took time.Duration) {
	if old := s.signals.anchor.Load(); old != nil && old.db.Add(now.at.Sub(old.at)).Sub(now.db).Abs() <= clockStep+took/2 {
		if !s.ClockMoved() {
			return
		}
		now.db = old.db.Add(now.at.Sub(old.at))
	}
	s.signals.anchor.Store(&now)
}

// ClockMoved tells whether this machine's clock was set, or the machine stood
// still, since SyncClock last found the clock wrong: it is to be called again.
func (s *Store) ClockMoved() bool {
	a := s.signals.anchor.Load()
	if a == nil {
		return false
	}
	return (s.machine().Round(0).Sub(a.wall) - time.Since(a.at)).Abs() > ClockMargin/2
}
