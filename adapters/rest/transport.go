package rest

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"
)

// NewTransport is the transport of one marketplace. Idle connections are
// dropped before a server's usual timeout, because a write that meets a
// connection the server has just closed ends in an unknown outcome.
func NewTransport(maxConns int) *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 15 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          maxConns,
		MaxIdleConnsPerHost:   maxConns,
		IdleConnTimeout:       20 * time.Second,
		TLSHandshakeTimeout:   5 * time.Second,
		ResponseHeaderTimeout: 60 * time.Second,
		ExpectContinueTimeout: time.Second,
	}
}

// errReadOnly is the answer to a write in a dry run.
var errReadOnly = errors.New("a dry run sends no writes")

// operation is what a request declares of itself to the transport.
type operation struct {
	name    string
	mutates bool
}

type operationKey struct{}

func withOperation(ctx context.Context, op operation) context.Context {
	return context.WithValue(ctx, operationKey{}, op)
}

// readOnly lets through what an operation declared to be a read, and nothing
// else: HTTP methods say nothing (some marketplaces read by POST).
type readOnly struct{ next http.RoundTripper }

func (t readOnly) RoundTrip(r *http.Request) (*http.Response, error) {
	op, declared := r.Context().Value(operationKey{}).(operation)
	if !declared || op.mutates {
		if r.Body != nil {
			r.Body.Close()
		}
		return nil, errReadOnly
	}
	return t.next.RoundTrip(r)
}
