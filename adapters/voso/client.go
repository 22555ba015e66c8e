package voso

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"time"

	"lensan/adapters"
	"lensan/adapters/rest"
)

// call is one request of the gateway: all of them are POSTs of JSON.
type call struct {
	op, path     string
	body         any // []byte: as it is
	mutates      bool
	idempotent   bool // twice is once
	sureRefusals bool // an envelope's error says that nothing was done
	noAuth, once bool
	sku          string
	private      []string
	timeout      time.Duration
}

// do sends c and reads the envelope's data, which check then looks over: an
// answer that lacks what the contract requires is no answer.
func do[T any](ctx context.Context, a *Adapter, c call, check func(T) error) (T, *rest.Response, *adapters.Error) {
	var data T
	body, ok := c.body.([]byte)
	if !ok {
		var err error
		if body, err = marshal(c.body); err != nil {
			return data, nil, &adapters.Error{Marketplace: Name, Op: c.op, SKU: c.sku, Kind: adapters.KindUnknown, Err: err}
		}
	}
	resp, fault := a.client.Call(ctx, rest.Request{
		Op: c.op, Path: "/api/v2" + c.path, Body: body, Mutates: c.mutates, Idempotent: c.idempotent,
		SureRefusals: c.sureRefusals, NoAuth: c.noAuth, Once: c.once, SKU: c.sku, Private: c.private, Timeout: c.timeout,
		Decode: func(body []byte) error {
			var env envelope
			if err := json.Unmarshal(body, &env); err != nil {
				return errors.New("the answer is no envelope")
			}
			if env.Error == nil || *env.Error {
				return errors.New("the answer is no envelope")
			}
			if len(env.Data) == 0 || string(env.Data) == "null" {
				return errors.New("the answer carries no data")
			}
			var fresh T // nothing of an earlier try shines through
			if err := json.Unmarshal(env.Data, &fresh); err != nil {
				return errors.New("the answer's data are not what the contract says")
			}
			data = fresh
			return check(data)
		},
	})
	return data, resp, fault
}

func attach(h http.Header, token string) { h.Set("Token", token) }

// loginPause is how long the lane rests when a login got no answer: each try
// counts towards the lock, answered or not.
const loginPause = 15 * time.Second

// signIn logs in once. It is called by Tokens, which sees to it that one
// process at a time does.
func (a *Adapter) signIn(ctx context.Context) (adapters.Token, *adapters.Error) {
	if wait := a.logins.wait(); wait > 0 {
		return adapters.Token{}, &adapters.Error{Marketplace: Name, Op: "login", Kind: adapters.KindThrottled, Code: "login_guard", RetryAfter: wait, WholeLane: true}
	}
	data, _, fault := do(ctx, a, call{
		op: "login", path: "/user/login", body: loginRequest{Username: a.cfg.Username, Password: a.cfg.Password},
		noAuth: true, once: true,
	}, func(data loginData) error {
		if data.Token == "" || data.ExpiredAt <= 0 {
			return errors.New("no token")
		}
		return nil
	})
	if fault == nil {
		return adapters.Token{Value: data.Token, ExpiresAt: time.UnixMilli(data.ExpiredAt).UTC()}, nil
	}
	if fault.Kind == adapters.KindTransient || fault.Kind == adapters.KindUnavailable {
		fault.Kind, fault.WholeLane = adapters.KindUnavailable, true
		fault.RetryAfter = max(fault.RetryAfter, loginPause)
	}
	return adapters.Token{}, fault
}

// Ping signs in and reads the categories, however many there are: a lane must
// not stay shut for them.
func (a *Adapter) Ping(ctx context.Context) *adapters.Error {
	_, _, fault := do(ctx, a, call{op: "listCategories", path: "/category/list", body: struct{}{}}, func(data categoryData) error {
		if data.Items == nil {
			return errors.New("no list of categories")
		}
		return nil
	})
	return fault
}

// More than five logins in a minute lock the account for five, so this process
// never makes more, whatever asks for them.
const (
	maxLogins   = 5
	loginWindow = 61 * time.Second
)

// guard counts logins. Any number of goroutines may use it.
type guard struct {
	now  func() time.Time
	mu   sync.Mutex
	made []time.Time
}

// wait counts one more login, or tells how long there must be none.
func (g *guard) wait() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	if len(g.made) == maxLogins {
		if left := g.made[0].Add(loginWindow).Sub(now); left > 0 {
			return left
		}
		g.made = g.made[1:]
	}
	g.made = append(g.made, now)
	return 0
}
