package rest

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/sethvargo/go-retry"

	"lensan/adapters"
)

// tries and span bound the retry inside a call.
const (
	tries = 3
	span  = 10 * time.Second
)

// Config is what an adapter tells its Client.
type Config struct {
	Marketplace string
	BaseURL     *url.URL // from ParseBaseURL
	Rate        float64  // requests a second of the local budget

	// SignIn makes a token, by calls with NoAuth.
	SignIn func(ctx context.Context) (adapters.Token, *adapters.Error)
	// Attach puts a token into a request. Default "Authorization: Bearer".
	Attach func(header http.Header, token string)
	// Classify reads an answer that is whole, valid JSON, of any status: nil
	// says that it is no failure. It sets Kind and what it knows of Code,
	// RetryAfter, Fields, ExistingID, WholeLane and Err; the Client adds the
	// rest and makes texts safe. A mutating call that is not idempotent and
	// classified as Transient or Unavailable ends as Ambiguous, unless
	// Request.SureRefusals.
	Classify func(req Request, resp *Response) *adapters.Error
	// TokenRefused tells whether a failure says that the token, not the
	// account, was refused: then one refresh is worth it.
	TokenRefused func(err *adapters.Error) bool
	// Secrets never appear in any text.
	Secrets []string
}

// Request is one call. Every call declares whether it mutates.
type Request struct {
	Op          string // the contract's operation id
	Method      string // default POST
	Path        string // below the base URL, escaped
	Query       url.Values
	Header      http.Header
	Body        []byte
	ContentType string // default application/json where there is a body

	// Mutates says that the marketplace is another one afterwards: refused in a
	// dry run, sent once, and Ambiguous when no sure answer came.
	Mutates bool
	// Idempotent says that carrying it out twice is carrying it out once: it is
	// tried again like a read.
	Idempotent bool
	// Once forbids another try of what would be tried again.
	Once bool
	// SureRefusals says that a failure which Classify names was certainly not
	// carried out: a Transient or Unavailable one of a write stays so.
	SureRefusals bool
	// NoAuth sends no token.
	NoAuth bool
	// Timeout bounds one try. Default Options.Timeout.
	Timeout time.Duration

	// SKU names the item in errors.
	SKU string
	// Private values never appear in a text of this call.
	Private []string
	// Decode reads the body of a good answer; an error means that the answer is
	// not what the contract says, and counts as a body cut short.
	Decode func(body []byte) error
}

func (r Request) repeatable() bool { return (!r.Mutates || r.Idempotent) && !r.Once }

// unsure tells whether an unanswered request leaves an unknown outcome.
func (r Request) unsure() bool { return r.Mutates && !r.Idempotent }

// Response is an answer, read whole.
type Response struct {
	Status    int
	Header    http.Header
	Body      []byte
	RequestID string
}

// Client calls one marketplace with one account. Any number of goroutines may
// use it.
type Client struct {
	cfg    Config
	opt    Options
	http   *http.Client
	redact *Redactor
}

// NewClient makes a Client; it sends nothing.
func NewClient(cfg Config, opt Options) *Client {
	opt = opt.withDefaults(cfg.Rate)
	if cfg.Attach == nil {
		cfg.Attach = func(h http.Header, token string) { h.Set("Authorization", "Bearer "+token) }
	}
	if cfg.TokenRefused == nil {
		cfg.TokenRefused = func(err *adapters.Error) bool { return err.Kind == adapters.KindUnauthorized }
	}
	transport := opt.Transport
	if opt.ReadOnly {
		transport = readOnly{transport}
	}
	return &Client{
		cfg: cfg, opt: opt, redact: NewRedactor(cfg.Secrets...),
		http: &http.Client{
			Transport: transport,
			// A redirect would carry the token to another host, and a write
			// would be repeated.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// Redact takes the secrets this client knows out of text.
func (c *Client) Redact(text string, private ...string) string {
	return c.redact.Redact(text, private...)
}

// Now is the client's clock.
func (c *Client) Now() time.Time { return c.opt.Now() }

// CloseIdle drops the idle connections, for tests that count goroutines.
func (c *Client) CloseIdle() { c.http.CloseIdleConnections() }

// Call sends a request and gives its answer, which Classify found good and
// Decode could read.
//
// A slot of the budget is taken before each send. Reads and idempotent writes
// are tried up to three times within ten seconds; every other write is sent
// once, and again only after an answer that says it was not carried out: a
// token refused (one refresh) or a limit that frees within two seconds.
//
// Cancelled: nothing was sent, or only a read was. Ambiguous: a write may have
// been carried out.
func (c *Client) Call(ctx context.Context, req Request) (*Response, *adapters.Error) {
	var (
		resp    *Response
		last    *adapters.Error
		attempt int
		stale   string // the token that was refused, once
	)
	back := &backoff{base: retry.WithCappedDuration(c.opt.MaxWait, retry.WithJitterPercent(30, retry.NewExponential(150*time.Millisecond)))}
	schedule := retry.WithMaxDuration(span, retry.WithMaxRetries(tries-1, back))
	err := retry.Do(ctx, schedule, func(ctx context.Context) error {
		attempt++
		resp, last = c.tryOnce(ctx, req, &stale)
		if last == nil {
			return nil
		}
		if !c.again(req, last) {
			return last
		}
		back.hint = last.RetryAfter
		if attempt < tries {
			c.opt.Log.WarnContext(ctx, "request is tried again", append(c.attrs(req, last), slog.Int("attempt", attempt))...)
		}
		return retry.RetryableError(last)
	})
	if err == nil {
		return resp, nil
	}
	if last == nil { // the context had ended before the first try
		last = c.fail(req, adapters.KindCancelled, "", err)
	} else if err != error(last) { // it ended while waiting for another try
		kind := adapters.KindCancelled
		if req.Mutates && last.Kind != adapters.KindThrottled {
			kind = adapters.KindAmbiguous
		}
		last = c.fail(req, kind, "", context.Cause(ctx))
	}
	return nil, last
}

// again tells whether a failure is worth another try inside the call.
func (c *Client) again(req Request, err *adapters.Error) bool {
	switch err.Kind {
	case adapters.KindThrottled:
		return !req.Once && err.Status != 0 && err.RetryAfter <= c.opt.MaxWait
	case adapters.KindTransient:
		return req.repeatable()
	case adapters.KindUnavailable:
		return req.repeatable() && err.RetryAfter <= c.opt.MaxWait && !hopeless(err.Code)
	}
	return false
}

// tryOnce sends the request, and once more with a new token when the token was
// refused.
func (c *Client) tryOnce(ctx context.Context, req Request, stale *string) (*Response, *adapters.Error) {
	if req.NoAuth {
		return c.send(ctx, req, "")
	}
	token, fault := c.token(ctx, req, *stale)
	if fault != nil {
		return nil, fault
	}
	resp, fault := c.send(ctx, req, token)
	if fault == nil || *stale != "" || !c.cfg.TokenRefused(fault) {
		return resp, fault
	}
	*stale = token
	if token, fault = c.token(ctx, req, *stale); fault != nil {
		return nil, fault
	}
	return c.send(ctx, req, token)
}

// token gives the live token. Every failure to get one but a cancelled context
// is the account's.
func (c *Client) token(ctx context.Context, req Request, stale string) (string, *adapters.Error) {
	token, err := c.opt.Tokens.Token(ctx, stale, func(ctx context.Context) (adapters.Token, error) {
		t, fault := c.cfg.SignIn(ctx)
		if fault != nil {
			return adapters.Token{}, fault
		}
		c.redact.Add(t.Value)
		return t, nil
	})
	if err == nil {
		c.redact.Add(token.Value)
		return token.Value, nil
	}
	var fault *adapters.Error
	switch {
	case errors.As(err, &fault) && fault != nil:
		out := *fault
		if out.Marketplace == "" {
			out.Marketplace, out.Op = c.cfg.Marketplace, req.Op
		}
		out.SKU, out.WholeLane = req.SKU, out.Kind != adapters.KindCancelled
		return "", &out
	case ctx.Err() != nil:
		return "", c.fail(req, adapters.KindCancelled, "", context.Cause(ctx))
	}
	out := c.fail(req, adapters.KindTransient, "token_store", err)
	out.WholeLane = true
	return "", out
}

func (c *Client) attrs(req Request, err *adapters.Error) []any {
	out := []any{slog.String("marketplace", c.cfg.Marketplace), slog.String("op", req.Op)}
	if req.SKU != "" {
		out = append(out, slog.String("sku", req.SKU))
	}
	if err != nil {
		out = append(out, slog.String("kind", string(err.Kind)), slog.Int("status", err.Status), slog.String("code", err.Code), slog.String("request_id", err.RequestID))
	}
	return out
}

// backoff waits as long as the marketplace asked, where it did.
type backoff struct {
	base retry.Backoff
	hint time.Duration
}

// Next implements retry.Backoff.
func (b *backoff) Next() (time.Duration, bool) {
	d, stop := b.base.Next()
	if b.hint > 0 {
		d, b.hint = b.hint+d/8, 0
	}
	return d, stop
}
