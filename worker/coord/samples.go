package coord

import (
	"slices"
	"sync"
	"time"
)

// samples keeps this process's recent answer times, and how long Redis took to
// grant a slot: both lie between a slot's time and the request's arrival.
type samples struct {
	mu      sync.Mutex
	answers ring
	trips   ring
}

// ring is the last values of a kind.
type ring struct {
	values [64]time.Duration
	n      int
}

func (r *ring) add(d time.Duration) {
	r.values[r.n%len(r.values)] = d
	r.n++
}

// bounds is the least and nearly the largest value; one in sixteen is left out
// above, so that a single stall does not slow everything for a minute.
func (r *ring) bounds() (lo, hi time.Duration) {
	have := slices.Clone(r.values[:min(r.n, len(r.values))])
	if len(have) == 0 {
		return 0, 0
	}
	slices.Sort(have)
	return have[0], have[len(have)-1-len(have)/16]
}

func (s *samples) addAnswer(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers.add(d)
}

func (s *samples) addRoundTrip(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trips.add(d)
}

// spread is the bounds of the time from a slot to its answer; -1 without
// samples.
func (s *samples) spread() (lo, hi time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.answers.n == 0 {
		return -1, -1
	}
	lo, hi = s.answers.bounds()
	_, trip := s.trips.bounds()
	return lo, hi + trip
}

// lastGrant is under which of Redis's memories this process last took a slot.
type lastGrant struct {
	mu   sync.Mutex
	name string
	at   time.Time
}

func (l *lastGrant) set(epoch string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.name, l.at = epoch, time.Now()
}

// epoch is that memory's name, empty when the slot can't matter any more.
func (l *lastGrant) epoch(within time.Duration) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.name == "" || time.Since(l.at) > within+time.Second {
		return ""
	}
	return l.name
}
