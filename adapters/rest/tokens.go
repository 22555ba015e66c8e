package rest

import (
	"context"
	"time"

	"lensan/adapters"
)

// slack is how long before its end a token is no longer used.
const slack = 5 * time.Second

// LocalTokens keeps one token for one process.
type LocalTokens struct {
	now  func() time.Time
	lock chan struct{} // held while the token is read or made
	held adapters.Token
}

// NewLocalTokens makes an empty one.
func NewLocalTokens(now func() time.Time) *LocalTokens {
	return &LocalTokens{now: now, lock: make(chan struct{}, 1)}
}

// Token gives the live token; one caller at a time signs in, the others wait
// for what it got.
func (t *LocalTokens) Token(ctx context.Context, stale string, signIn func(context.Context) (adapters.Token, error)) (adapters.Token, error) {
	select {
	case t.lock <- struct{}{}:
		defer func() { <-t.lock }()
	case <-ctx.Done():
		return adapters.Token{}, ctx.Err()
	}
	if t.held.Value != "" && t.held.Value != stale && t.fresh() {
		return t.held, nil
	}
	token, err := signIn(ctx)
	if err != nil {
		return adapters.Token{}, err
	}
	t.held = token
	return token, nil
}

// fresh tells whether the token may still be used. One that lives less than
// twice the slack is used until its end.
func (t *LocalTokens) fresh() bool {
	if t.held.ExpiresAt.IsZero() {
		return true
	}
	return t.now().Add(slack).Before(t.held.ExpiresAt)
}
