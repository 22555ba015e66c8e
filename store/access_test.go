package store_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"lensan/store"
	"lensan/store/storetest"
)

// clock is a time that a test moves by hand.
type handClock struct{ ms atomic.Int64 }

func newHandClock() *handClock {
	c := &handClock{}
	c.ms.Store(time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC).UnixMilli())
	return c
}

func (c *handClock) Now() time.Time          { return time.UnixMilli(c.ms.Load()).UTC() }
func (c *handClock) Advance(d time.Duration) { c.ms.Add(d.Milliseconds()) }

func TestSessionsEndByIdlenessAndByAge(t *testing.T) {
	t.Parallel()
	for engine, url := range storetest.URLs(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			clock := newHandClock()
			s := storetest.Open(t, url(t), store.Options{Now: clock.Now})
			ctx := t.Context()
			secret, err := s.StartSession(ctx, "an", "operator", "v1")
			if err != nil {
				t.Fatal(err)
			}
			got, err := s.GetSession(ctx, secret)
			if err != nil || got.Name != "an" || got.Role != "operator" || got.Stamp != "v1" {
				t.Fatal(got, err)
			}
			if _, err := s.GetSession(ctx, secret+"x"); !errors.Is(err, store.ErrNoAccess) {
				t.Errorf("another secret: %v", err)
			}
			for range 14 { // seven days of visits every 12 hours less a minute
				clock.Advance(12*time.Hour - time.Minute)
				if _, err := s.GetSession(ctx, secret); err != nil {
					t.Fatal("visited in time", err)
				}
			}
			clock.Advance(time.Hour)
			if _, err := s.GetSession(ctx, secret); !errors.Is(err, store.ErrNoAccess) {
				t.Errorf("after seven days: %v", err)
			}
			idle, err := s.StartSession(ctx, "an", "operator", "v1")
			if err != nil {
				t.Fatal(err)
			}
			clock.Advance(12*time.Hour + time.Minute)
			if _, err := s.GetSession(ctx, idle); !errors.Is(err, store.ErrNoAccess) {
				t.Errorf("idle: %v", err)
			}
			third, err := s.StartSession(ctx, "an", "operator", "v1")
			if err != nil {
				t.Fatal(err)
			}
			if err := s.EndSession(ctx, third); err != nil {
				t.Fatal(err)
			}
			if _, err := s.GetSession(ctx, third); !errors.Is(err, store.ErrNoAccess) {
				t.Errorf("signed out: %v", err)
			}
		})
	}
}

func TestTokensEndByDateAndByHand(t *testing.T) {
	t.Parallel()
	for engine, url := range storetest.URLs(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			clock := newHandClock()
			w := storetest.NewWorld(t, url(t), store.Options{Now: clock.Now})
			s, ctx := w.Store, t.Context()
			secret, token, err := s.CreateToken(ctx, "báo cáo tỉnh", "viewer", "an", clock.Now().Add(24*time.Hour))
			if err != nil {
				t.Fatal(err)
			}
			if n := w.Int(t, "SELECT COUNT(*) FROM api_tokens WHERE hash = ? OR hash LIKE ?", secret, "%lensan%"); n != 0 {
				t.Error("the secret itself is stored")
			}
			if got, err := s.FindToken(ctx, secret); err != nil || got.ID != token.ID || got.Role != "viewer" {
				t.Fatal(got, err)
			}
			clock.Advance(24*time.Hour + time.Second)
			if _, err := s.FindToken(ctx, secret); !errors.Is(err, store.ErrNoAccess) {
				t.Errorf("past its date: %v", err)
			}
			other, token, err := s.CreateToken(ctx, "b", "admin", "an", clock.Now().Add(time.Hour))
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if err := s.RevokeToken(ctx, token.ID, "an"); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := s.FindToken(ctx, other); !errors.Is(err, store.ErrNoAccess) {
				t.Errorf("revoked: %v", err)
			}
			if err := s.RevokeToken(ctx, "t-none", "an"); !errors.Is(err, store.ErrNoAccess) {
				t.Errorf("unknown: %v", err)
			}
			if n := w.Int(t, "SELECT COUNT(*) FROM events WHERE kind LIKE 'token.%' AND actor = 'an'"); n != 3 {
				t.Errorf("%d events, want 3", n)
			}
			if list, err := s.Tokens(ctx); err != nil || len(list) != 2 {
				t.Error(list, err)
			}
		})
	}
}

func TestFailedSignInsAreCountedAndForgotten(t *testing.T) {
	t.Parallel()
	storetest.Each(t, store.Options{}, func(t *testing.T, s *store.Store) {
		ctx, since := t.Context(), time.Now().Add(-time.Minute)
		for range 3 {
			if err := s.NoteFailedSignIn(ctx, "an", "user:an", "from:192.0.2.1"); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := s.FailedSignIns(ctx, "user:an", since); err != nil || n != 3 {
			t.Error(n, err)
		}
		if err := s.ForgetFailedSignIns(ctx, "user:an"); err != nil {
			t.Fatal(err)
		}
		if n, err := s.FailedSignIns(ctx, "user:an", since); err != nil || n != 0 {
			t.Error(n, err)
		}
		if n, err := s.FailedSignIns(ctx, "from:192.0.2.1", since); err != nil || n != 3 {
			t.Error(n, err)
		}
	})
}
