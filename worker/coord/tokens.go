package coord

import (
	"context"
	"crypto/rand"
	_ "embed"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"lensan/adapters"
)

var (
	//go:embed token_look.lua
	tokenLookLua string
	//go:embed token_keep.lua
	tokenKeepLua string

	tokenLookScript = redis.NewScript(tokenLookLua)
	tokenKeepScript = redis.NewScript(tokenKeepLua)
)

// TokensOptions describe one account's sign-in.
type TokensOptions struct {
	Redis redis.UniversalClient
	// Marketplace names the lane in errors.
	Marketplace string
	// Key names the account in Redis: the same for all processes that share
	// its token. Default Marketplace.
	Key string
	// Secret is the account's secret; tokens lie in Redis sealed with it.
	Secret string
	// MaxLogins is how often all processes together may sign in in any
	// LoginWindow, failures counted. Default 4 in 65 s: one less than a
	// marketplace locks an account at, and a margin.
	MaxLogins   int
	LoginWindow time.Duration
	// CountLogin, where given, counts a sign-in in a record that outlives
	// Redis and tells how long to wait instead when there were too many.
	CountLogin func(ctx context.Context, most int, window time.Duration) (wait time.Duration, err error)
	// LockLife is how long one sign-in may take. Default 30 s.
	LockLife time.Duration
	// RememberFailure is how long a refused sign-in answers everybody.
	// Default 10 s.
	RememberFailure time.Duration
	// Slack is how long before its end a token is renewed; never more than a
	// tenth of its life. Default 30 s.
	Slack time.Duration
	// Poll is how often a process looks whether another has signed in.
	// Default 50 ms.
	Poll time.Duration
	// MaxWait is how long a call waits where signing in is not possible now:
	// too many logins, or Redis away. Default 2 s.
	MaxWait time.Duration
	// Now is this machine's clock, by which a token's end is told. Default time.Now.
	Now func() time.Time
	Log *slog.Logger
}

// Tokens shares one token of an account between all processes: one signs in at
// a time, behind a lock that another may take over only after LockLife, and
// what a process got after it lost the lock is thrown away. A refused sign-in
// answers everybody for RememberFailure. It is safe for any number of
// goroutines.
type Tokens struct {
	opt  TokensOptions
	seal seal
	proc string
	keys []string

	mu     sync.Mutex
	held   adapters.Token // the last live token seen, for when Redis loses its memory
	logins []login        // own sign-ins of the last window, for the same
}

type login struct {
	id string
	at time.Time
}

var _ adapters.Tokens = (*Tokens)(nil)

// NewTokens makes it; nothing is sent to Redis before the first Token.
func NewTokens(opt TokensOptions) (*Tokens, error) {
	if opt.Key == "" {
		opt.Key = opt.Marketplace
	}
	if opt.MaxLogins <= 0 {
		opt.MaxLogins = 4
	}
	for _, d := range []struct {
		value    *time.Duration
		standard time.Duration
	}{
		{&opt.LoginWindow, 65 * time.Second}, {&opt.LockLife, 30 * time.Second}, {&opt.RememberFailure, 10 * time.Second},
		{&opt.Slack, 30 * time.Second}, {&opt.Poll, 50 * time.Millisecond}, {&opt.MaxWait, 2 * time.Second},
	} {
		if *d.value == 0 {
			*d.value = d.standard
		}
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	seal, err := newSeal(opt.Secret)
	if err != nil {
		return nil, fmt.Errorf("token seal: %w", err)
	}
	prefix := "lensan:{" + opt.Key + "}:"
	return &Tokens{opt: opt, seal: seal, proc: rand.Text(), keys: []string{prefix + "token", prefix + "signin", prefix + "refused", prefix + "logins"}}, nil
}

// Token gives the account's live token. Where there is none but the stale one,
// one caller of all processes signs in and the others wait for what it got.
// Errors are signIn's own, also for those who only waited; ctx's; or an
// *adapters.Error of KindThrottled for the whole lane when there were as many
// sign-ins as allowed or Redis can't be reached.
func (t *Tokens) Token(ctx context.Context, stale string, signIn func(context.Context) (adapters.Token, error)) (adapters.Token, error) {
	begun := time.Now()
	for {
		if err := ctx.Err(); err != nil {
			return adapters.Token{}, err
		}
		owner := t.proc + ":" + rand.Text()
		look, err := t.look(ctx, stale, owner)
		wait := t.opt.Poll
		switch {
		case err != nil && ctx.Err() != nil:
			return adapters.Token{}, ctx.Err()
		case err != nil:
			if held, ok := t.usable(stale); ok {
				return held, nil
			}
			if time.Since(begun) >= t.opt.MaxWait {
				return adapters.Token{}, t.throttled("queue_unreachable", time.Second, err)
			}
		case look.what == "token":
			value, err := t.seal.open(look.value)
			if err == nil {
				return t.keepHeld(value, look.rest), nil
			}
			// Another secret's: the account's password was changed. Nobody can
			// use it here, so it is as stale as can be.
			t.opt.Log.WarnContext(ctx, "shared token can't be read with this secret", "marketplace", t.opt.Marketplace)
			if err := t.opt.Redis.Del(ctx, t.keys[0]).Err(); err != nil {
				return adapters.Token{}, t.throttled("queue_unreachable", time.Second, err)
			}
			continue
		case look.what == "failed":
			return adapters.Token{}, decodeFailure(look.value)
		case look.what == "mine":
			return t.signIn(ctx, owner, stale, signIn)
		case look.what == "wait":
			if look.rest > t.opt.MaxWait {
				return adapters.Token{}, t.throttled("too_many_logins", look.rest, nil)
			}
			wait = look.rest
		}
		if err := sleep(ctx, wait); err != nil {
			return adapters.Token{}, err
		}
	}
}

type look struct {
	what, value string
	rest        time.Duration
}

func (t *Tokens) look(ctx context.Context, stale, owner string) (look, error) {
	args := []any{digest(stale), owner, t.opt.LockLife.Milliseconds(), t.opt.MaxLogins, micros(t.opt.LoginWindow)}
	args = append(args, t.own(stale)...)
	v, err := tokenLookScript.Run(ctx, t.opt.Redis, t.keys, args...).Slice()
	if err != nil {
		return look{}, fmt.Errorf("shared token: %w", err)
	}
	if len(v) != 3 {
		return look{}, fmt.Errorf("shared token: %d values", len(v))
	}
	what, _ := v[0].(string)
	value, _ := v[1].(string)
	n, _ := v[2].(int64)
	return look{what: what, value: value, rest: time.Duration(n) * time.Microsecond}, nil
}

// own is what this process still knows, should Redis have lost it.
func (t *Tokens) own(stale string) []any {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.held.Value != "" && t.held.Value == stale {
		t.held = adapters.Token{}
	}
	life := t.held.ExpiresAt.Sub(t.opt.Now())
	args := []any{digest(t.held.Value), "", int64(0), int64(0)}
	if t.held.Value != "" {
		args = []any{digest(t.held.Value), t.seal.close(t.held.Value), micros(max(0, life)), micros(t.slack(life))}
	}
	var recent []login
	for _, l := range t.logins {
		if age := time.Since(l.at); age < t.opt.LoginWindow {
			recent = append(recent, l)
			args = append(args, l.id, micros(age))
		}
	}
	t.logins = recent
	return args
}

func (t *Tokens) keepHeld(value string, rest time.Duration) adapters.Token {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.held = adapters.Token{Value: value, ExpiresAt: t.opt.Now().Add(rest)}
	return t.held
}

// usable is the token to go on with while Redis is away.
func (t *Tokens) usable(stale string) (adapters.Token, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.held, t.held.Value != "" && t.held.Value != stale && t.opt.Now().Before(t.held.ExpiresAt)
}

func (t *Tokens) slack(life time.Duration) time.Duration { return min(t.opt.Slack, life/10) }

// signIn signs in under the lock and hands round what came of it.
func (t *Tokens) signIn(ctx context.Context, owner, stale string, signIn func(context.Context) (adapters.Token, error)) (adapters.Token, error) {
	t.mu.Lock()
	t.logins = append(t.logins, login{owner, time.Now()})
	t.mu.Unlock()
	// The lock is opened whatever becomes of the caller.
	keepCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if t.opt.CountLogin != nil {
		wait, err := t.opt.CountLogin(ctx, t.opt.MaxLogins, t.opt.LoginWindow)
		if err != nil || wait > 0 {
			return adapters.Token{}, errors.Join(orThrottled(err, t.throttled("too_many_logins", wait, nil)), t.keep(keepCtx, owner, kept{what: "none"}))
		}
	}
	// It ends before the lock does, with a second for Redis's early expiry.
	signCtx, stop := context.WithTimeout(ctx, max(t.opt.LockLife-2*time.Second, t.opt.LockLife/2))
	token, err := signIn(signCtx)
	stop()
	keepCtx, cancel = context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	switch {
	case err != nil && (ctx.Err() != nil || adapters.KindOf(err) == adapters.KindCancelled):
		t.tell(ctx, t.keep(keepCtx, owner, kept{what: "none"}))
		return adapters.Token{}, err
	case err != nil:
		t.tell(ctx, t.keep(keepCtx, owner, kept{what: "failed", text: encodeFailure(err), life: t.remember(err)}))
		return adapters.Token{}, err
	}
	if token.ExpiresAt.IsZero() {
		token.ExpiresAt = t.opt.Now().Add(24 * time.Hour)
	}
	life := token.ExpiresAt.Sub(t.opt.Now())
	err = t.keep(keepCtx, owner, kept{what: "token", text: digest(token.Value), sealed: t.seal.close(token.Value), life: life, slack: t.slack(life), stale: digest(stale)})
	if errors.Is(err, errLostLock) {
		// Another has signed in since, which ended this token. Its is the one.
		t.opt.Log.WarnContext(ctx, "sign-in took longer than its lock", "marketplace", t.opt.Marketplace)
		return t.Token(ctx, token.Value, signIn)
	}
	t.tell(ctx, err)
	t.mu.Lock()
	t.held = token
	t.mu.Unlock()
	return token, nil
}

// remember is how long a failure answers everybody: what the marketplace asked
// for, if longer, and only a tenth where the next try may well succeed.
func (t *Tokens) remember(err error) time.Duration {
	d := t.opt.RememberFailure
	switch adapters.KindOf(err) {
	case adapters.KindTransient, adapters.KindAmbiguous, adapters.KindThrottled:
		d /= 10
	}
	var e *adapters.Error
	if errors.As(err, &e) {
		d = max(d, e.RetryAfter)
	}
	return d
}

var errLostLock = errors.New("the sign-in lock was lost")

// kept is what a sign-in hands round: a token, a failure, or none of both.
type kept struct {
	what, text, sealed, stale string
	life, slack               time.Duration
}

func (t *Tokens) keep(ctx context.Context, owner string, k kept) error {
	n, err := tokenKeepScript.Run(ctx, t.opt.Redis, t.keys[:3], owner, k.what, k.text, k.sealed, micros(max(0, k.life)), micros(max(0, k.slack)), k.stale).Int()
	if err != nil {
		return fmt.Errorf("share token: %w", err)
	}
	if n == 0 {
		return errLostLock
	}
	return nil
}

// tell logs that what a sign-in gave could not be handed round: the others
// wait until the lock ends.
func (t *Tokens) tell(ctx context.Context, err error) {
	if err != nil {
		t.opt.Log.WarnContext(ctx, "sign-in not shared", "marketplace", t.opt.Marketplace, "err", err)
	}
}

func (t *Tokens) throttled(code string, after time.Duration, err error) *adapters.Error {
	return &adapters.Error{Marketplace: t.opt.Marketplace, Op: "signIn", Kind: adapters.KindThrottled, Code: code, RetryAfter: after, WholeLane: true, Err: err}
}

func orThrottled(err error, e *adapters.Error) error {
	if err != nil {
		return fmt.Errorf("count sign-ins: %w", err)
	}
	return e
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
