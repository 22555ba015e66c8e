package coord_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"lensan/adapters"
	"lensan/worker/coord"
)

// portal is an account that has one live token: each sign-in ends the one
// before.
type portal struct {
	logins atomic.Int32
	inside atomic.Int32
	broken atomic.Bool
	life   time.Duration
}

func (p *portal) signIn(ctx context.Context) (adapters.Token, error) {
	if p.inside.Add(1) > 1 {
		return adapters.Token{}, errors.New("two sign-ins at the same time")
	}
	defer p.inside.Add(-1)
	n := p.logins.Add(1)
	select { // the others come while it lasts
	case <-time.After(20 * time.Millisecond):
	case <-ctx.Done():
		return adapters.Token{}, ctx.Err()
	}
	if p.broken.Load() {
		return adapters.Token{}, &adapters.Error{Marketplace: "voso", Op: "login", Kind: adapters.KindUnauthorized, Code: "LOGIN_FAILED", WholeLane: true}
	}
	return adapters.Token{Value: fmt.Sprintf("secret-token-%d", n), ExpiresAt: time.Now().Add(p.life)}, nil
}

func (p *portal) live() string { return fmt.Sprintf("secret-token-%d", p.logins.Load()) }

func tokens(t *testing.T, opt coord.TokensOptions) *coord.Tokens {
	t.Helper()
	opt.Marketplace = "voso"
	if opt.Secret == "" {
		opt.Secret = "password"
	}
	tk, err := coord.NewTokens(opt)
	if err != nil {
		t.Fatal(err)
	}
	return tk
}

// everywhere asks for a token from 16 goroutines in each of three processes.
func everywhere(t *testing.T, procs []*coord.Tokens, stale string, p *portal) (map[string]int, []error) {
	t.Helper()
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		got  = map[string]int{}
		errs []error
	)
	for _, tk := range procs {
		for range 16 {
			wg.Go(func() {
				token, err := tk.Token(t.Context(), stale, p.signIn)
				mu.Lock()
				defer mu.Unlock()
				got[token.Value]++
				if err != nil {
					errs = append(errs, err)
				}
			})
		}
	}
	wg.Wait()
	return got, errs
}

func threeProcesses(t *testing.T, open func() redis.UniversalClient, opt coord.TokensOptions) []*coord.Tokens {
	var procs []*coord.Tokens
	for range 3 {
		opt.Redis = open()
		procs = append(procs, tokens(t, opt))
	}
	return procs
}

// F15: one refresh for all when the token is revoked under 48 workers.
func TestOneSignInForAllProcesses(t *testing.T) {
	eachQueue(t, func(t *testing.T, open func() redis.UniversalClient) {
		p := &portal{life: time.Hour}
		procs := threeProcesses(t, open, coord.TokensOptions{Poll: 5 * time.Millisecond})
		for round, stale := range []string{"", "secret-token-1", "secret-token-2"} {
			got, errs := everywhere(t, procs, stale, p)
			if len(errs) > 0 || p.logins.Load() != int32(round+1) || got[p.live()] != 48 {
				t.Fatalf("round %d: %d sign-ins, %v, %v", round, p.logins.Load(), got, errs)
			}
		}
		// Redis loses its memory: the live token is known to who used it.
		if err := open().FlushDB(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		got, errs := everywhere(t, procs, "", p)
		if len(errs) > 0 || p.logins.Load() != 3 || got[p.live()] != 48 {
			t.Fatalf("after a flush: %d sign-ins, %v, %v", p.logins.Load(), got, errs)
		}
		// The token lies sealed: neither it nor the password can be read in Redis.
		rdb := open()
		keys, err := rdb.Keys(t.Context(), "*").Result()
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range keys {
			if all, err := rdb.HGetAll(t.Context(), k).Result(); err == nil && strings.Contains(fmt.Sprint(all), "secret-token") {
				t.Fatalf("%s shows the token", k)
			}
		}
	})
}

func TestARefusedSignInIsNotTriedByEverybody(t *testing.T) {
	eachQueue(t, func(t *testing.T, open func() redis.UniversalClient) {
		p := &portal{life: time.Hour}
		p.broken.Store(true)
		procs := threeProcesses(t, open, coord.TokensOptions{Poll: 5 * time.Millisecond, RememberFailure: time.Minute})
		for range 3 {
			_, errs := everywhere(t, procs, "", p)
			if len(errs) != 48 || p.logins.Load() != 1 {
				t.Fatalf("%d errors, %d sign-ins", len(errs), p.logins.Load())
			}
			var e *adapters.Error
			for _, err := range errs {
				if !errors.As(err, &e) || e.Kind != adapters.KindUnauthorized || e.Code != "LOGIN_FAILED" || !e.WholeLane {
					t.Fatal(err)
				}
			}
		}
	})
}

func TestNeverMoreSignInsThanAllowed(t *testing.T) {
	eachQueue(t, func(t *testing.T, open func() redis.UniversalClient) {
		p := &portal{life: time.Hour}
		procs := threeProcesses(t, open, coord.TokensOptions{Poll: time.Millisecond, MaxWait: 20 * time.Millisecond})
		stale := ""
		var last error
		for range 9 { // a token that is revoked as soon as it is there
			for _, tk := range procs {
				token, err := tk.Token(t.Context(), stale, p.signIn)
				if err == nil {
					stale = token.Value
				}
				last = err
			}
		}
		if n := p.logins.Load(); n != 4 {
			t.Fatalf("%d sign-ins in a minute", n)
		}
		var e *adapters.Error
		if !errors.As(last, &e) || e.Kind != adapters.KindThrottled || e.Code != "too_many_logins" || e.RetryAfter < 50*time.Second {
			t.Fatal(last)
		}
	})
}

func TestARecordOfSignInsOutlivesRedis(t *testing.T) {
	eachQueue(t, func(t *testing.T, open func() redis.UniversalClient) {
		p, counted := &portal{life: time.Hour}, 0
		opt := coord.TokensOptions{Redis: open(), MaxWait: 20 * time.Millisecond, CountLogin: func(_ context.Context, most int, window time.Duration) (time.Duration, error) {
			if counted == most {
				return window, nil
			}
			counted++
			return 0, nil
		}}
		for range 10 { // a process that starts again and again, with an empty Redis
			if err := open().FlushDB(t.Context()).Err(); err != nil {
				t.Fatal(err)
			}
			if _, err := tokens(t, opt).Token(t.Context(), "", p.signIn); err != nil && adapters.KindOf(err) != adapters.KindThrottled {
				t.Fatal(err)
			}
		}
		if n := p.logins.Load(); n != 4 {
			t.Fatalf("%d sign-ins", n)
		}
	})
}

func TestATokenIsRenewedBeforeItsEndAndAfterANewPassword(t *testing.T) {
	eachQueue(t, func(t *testing.T, open func() redis.UniversalClient) {
		p := &portal{life: time.Hour}
		a := tokens(t, coord.TokensOptions{Redis: open()})
		if _, err := a.Token(t.Context(), "", p.signIn); err != nil {
			t.Fatal(err)
		}
		other := tokens(t, coord.TokensOptions{Redis: open(), Secret: "new password"})
		token, err := other.Token(t.Context(), "", p.signIn)
		if err != nil || token.Value != "secret-token-2" {
			t.Fatal(token.Value, err)
		}
		short := &portal{life: 50 * time.Millisecond}
		c := tokens(t, coord.TokensOptions{Redis: open(), Key: "short"})
		for want := int32(1); want <= 2; want++ {
			token, err := c.Token(t.Context(), "", short.signIn)
			if err != nil || short.logins.Load() != want {
				t.Fatal(short.logins.Load(), err)
			}
			<-time.After(time.Until(token.ExpiresAt))
		}
	})
}

func TestASignInThatEndsWithItsCallerBlocksNobody(t *testing.T) {
	eachQueue(t, func(t *testing.T, open func() redis.UniversalClient) {
		p := &portal{life: time.Hour}
		tk := tokens(t, coord.TokensOptions{Redis: open(), Poll: time.Millisecond})
		ctx, cancel := context.WithCancel(t.Context())
		_, err := tk.Token(ctx, "", func(ctx context.Context) (adapters.Token, error) {
			cancel()
			return adapters.Token{}, &adapters.Error{Kind: adapters.KindCancelled, Err: ctx.Err()}
		})
		if adapters.KindOf(err) != adapters.KindCancelled {
			t.Fatal(err)
		}
		begin := time.Now()
		if _, err := tk.Token(t.Context(), "", p.signIn); err != nil || time.Since(begin) > 5*time.Second {
			t.Fatal(err, time.Since(begin))
		}
	})
}
