package adapters

import (
	"context"
	"time"
)

// Budget is a lane's rate budget, shared by all processes that work for the
// same account. worker/coord implements it on Redis.
type Budget interface {
	// Acquire waits for a slot for one request and takes it. Urgent requests
	// come first. It returns ctx's error when that ends first, and an *Error
	// of KindThrottled with RetryAfter when the lane is paused for longer
	// than a call may wait.
	Acquire(ctx context.Context) error
	// Observe tells how a request ended: how long it took, and what the
	// marketplace asked for when it refused (zero: it did not refuse).
	Observe(ctx context.Context, took time.Duration, refused bool, retryAfter time.Duration)
}

// Slot is what a Budget remembers of one request from Acquire to Observe. Who
// sends requests makes one for each with WithSlot; without it a budget counts
// every request as arriving as late as any did.
type Slot struct{ ID string }

type slotKey struct{}

// WithSlot gives ctx a slot of its own, for one Acquire and its Observe.
func WithSlot(ctx context.Context) context.Context {
	return context.WithValue(ctx, slotKey{}, &Slot{})
}

// SlotOf is the slot that ctx carries, nil when it carries none.
func SlotOf(ctx context.Context) *Slot {
	s, _ := ctx.Value(slotKey{}).(*Slot)
	return s
}

// Token is a sign-in token of an account.
type Token struct {
	Value     string
	ExpiresAt time.Time
}

// Tokens shares one token per account between processes.
type Tokens interface {
	// Token returns the live token, calling signIn at most once over all
	// processes when there is none or the one there is stale. stale is the
	// value that was just refused, empty when none was.
	Token(ctx context.Context, stale string, signIn func(context.Context) (Token, error)) (Token, error)
}

type urgentKey struct{}

// WithUrgent marks the calls made under ctx as urgent.
func WithUrgent(ctx context.Context) context.Context {
	return context.WithValue(ctx, urgentKey{}, true)
}

// IsUrgent tells whether calls under ctx are urgent.
func IsUrgent(ctx context.Context) bool {
	v, _ := ctx.Value(urgentKey{}).(bool)
	return v
}
