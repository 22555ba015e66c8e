package rest

import (
	"log/slog"
	"net/http"
	"time"

	"lensan/adapters"
)

// Options are what an adapter is given from outside. The zero value works: one
// process, its own transport, its own budget and token.
type Options struct {
	// Budget is the lane's rate budget. Default a local one of Rate requests
	// a second, for one process.
	Budget adapters.Budget
	// Tokens shares the sign-in token. Default a local one, for one process.
	Tokens adapters.Tokens
	// Now tells the time by which tokens end. It must run: not the fixed day
	// of a sample. Default time.Now.
	Now func() time.Time
	// Log takes one debug line a request and a warning for each that is
	// repeated. Default slog.Default().
	Log *slog.Logger
	// Transport sends the requests. Default NewTransport(MaxConns).
	Transport http.RoundTripper
	// ReadOnly makes a dry run: the transport refuses every request of an
	// operation that mutates, and every request that no operation declared.
	ReadOnly bool

	// Timeout bounds one try of a request. Default 10 s.
	Timeout time.Duration
	// MaxBody bounds the bytes read of one answer. Default 16 MiB, which a page
	// of 100 listings with the longest descriptions stays below.
	MaxBody int64
	// MaxConns bounds the idle connections kept. Default 16.
	MaxConns int
	// MaxWait is the longest wait inside a call, for a limit or before another
	// try. Default 2 s.
	MaxWait time.Duration
	// MaxRetryAfter caps what a marketplace may ask to wait. Default 10 min.
	MaxRetryAfter time.Duration
}

// withDefaults fills in what is not set; rate is the local budget's.
func (o Options) withDefaults(rate float64) Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Budget == nil {
		o.Budget = NewLocalBudget(rate)
	}
	if o.Tokens == nil {
		o.Tokens = NewLocalTokens(o.Now)
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.MaxConns <= 0 {
		o.MaxConns = 16
	}
	if o.Transport == nil {
		o.Transport = NewTransport(o.MaxConns)
	}
	if o.Timeout <= 0 {
		o.Timeout = 10 * time.Second
	}
	if o.MaxBody <= 0 {
		o.MaxBody = 16 << 20
	}
	if o.MaxWait <= 0 {
		o.MaxWait = 2 * time.Second
	}
	if o.MaxRetryAfter <= 0 {
		o.MaxRetryAfter = 10 * time.Minute
	}
	return o
}
