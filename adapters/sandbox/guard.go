package sandbox

import (
	"math"
	"time"
)

const (
	second     = time.Second
	banTime    = 60 * time.Second
	lockTime   = 5 * time.Minute
	loginsEach = time.Minute
	maxLogins  = 5
	banAt      = 21
)

// guard is the limits of one partner or user. Times are Unix nanoseconds.
type guard struct {
	rate    int
	times   []int64 // of the calls accepted in the last second, a ring
	head, n int

	refusals    int   // without a free second between
	lastRefusal int64 // the latest of them
}

func newGuard(rate int) *guard {
	g := &guard{rate: rate}
	if rate > 0 {
		g.times = make([]int64, rate)
	}
	return g
}

// take counts a call at now and tells whether it has room, how many more do,
// and how long until the window has room again. A refused call does not count.
func (g *guard) take(now int64) (ok bool, left int, wait time.Duration) {
	if g.rate == 0 {
		return true, math.MaxInt32, 0
	}
	for g.n > 0 && now-g.times[g.head] >= int64(second) {
		g.head = (g.head + 1) % g.rate
		g.n--
	}
	if g.n < g.rate {
		g.times[(g.head+g.n)%g.rate] = now
		g.n++
		ok = true
	}
	left = g.rate - g.n
	if left == 0 {
		wait = time.Duration(g.times[g.head] + int64(second) - now)
	}
	return ok, left, wait
}

// refused counts a refusal and tells whether it is the one that bans.
func (g *guard) refused(now int64) bool {
	if g.refusals > 0 && now-g.lastRefusal >= int64(second) {
		g.refusals = 0
	}
	g.lastRefusal = now
	g.refusals++
	if g.refusals < banAt {
		return false
	}
	g.refusals = 0
	return true
}

// peak finds the most calls in any sliding second, exactly.
type peak struct {
	times []int64
	most  int
}

func (p *peak) add(now int64) {
	drop := 0
	for drop < len(p.times) && now-p.times[drop] >= int64(second) {
		drop++
	}
	p.times = append(p.times[drop:], now)
	p.most = max(p.most, len(p.times))
}
