package store

import (
	"sync/atomic"
)

// signals is what a Store knows beside its tables: how its clock stands, and
// whom to wake in this process when there is new work.
type signals struct {
	anchored bool                   // the clock is the database's
	anchor   atomic.Pointer[anchor] // where it is: nil on SQLite
	skew     atomic.Int64           // nanoseconds to add to a clock that was given
	wake     atomic.Pointer[func()]
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
