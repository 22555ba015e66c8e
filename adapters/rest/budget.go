package rest

import (
	"context"
	"math"
	"sync"
	"time"
)

// margin is how much longer than a second a slot stays taken, since requests
// arrive less evenly than they are sent.
const margin = 50 * time.Millisecond

// LocalBudget is a rate budget for one process: a sliding log of the requests
// sent. Urgent requests have no precedence. Processes that share an account
// need the one in worker/coord.
type LocalBudget struct {
	window time.Duration

	mu     sync.Mutex
	sent   []time.Time // a ring of the last sends, oldest at next
	next   int
	paused time.Time
}

// NewLocalBudget makes a budget of rate requests a second; fractions are one
// request in 1/rate seconds. A rate of zero or less is one a second.
func NewLocalBudget(rate float64) *LocalBudget {
	if rate <= 0 || math.IsNaN(rate) {
		rate = 1
	}
	n, window := int(min(rate, 10_000)), time.Second
	if n < 1 {
		n, window = 1, time.Duration(float64(time.Second)/max(rate, 0.001))
	}
	return &LocalBudget{window: window + margin, sent: make([]time.Time, n)}
}

// Acquire waits for a slot and takes it.
func (b *LocalBudget) Acquire(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	wait := b.reserve()
	if wait <= 0 {
		return nil
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// reserve books the next free slot and tells how far off it is. A slot whose
// taker gives up stays booked: too slow for a moment, never too fast.
func (b *LocalBudget) reserve() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	at := now
	if b.paused.After(at) {
		at = b.paused
	}
	if oldest := b.sent[b.next]; !oldest.IsZero() {
		if free := oldest.Add(b.window); free.After(at) {
			at = free
		}
	}
	b.sent[b.next] = at
	b.next = (b.next + 1) % len(b.sent)
	return at.Sub(now)
}

// Observe pauses the budget for as long as a refusal asked, at most a minute; a
// refusal that asks nothing frees no slot for one window.
func (b *LocalBudget) Observe(_ context.Context, _ time.Duration, refused bool, retryAfter time.Duration) {
	if !refused {
		return
	}
	if retryAfter <= 0 {
		retryAfter = b.window
	}
	until := time.Now().Add(min(retryAfter, time.Minute))
	b.mu.Lock()
	defer b.mu.Unlock()
	if until.After(b.paused) {
		b.paused = until
	}
}
