package rest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"time"

	"lensan/adapters"
)

// errSlow ends a try that took longer than its timeout.
var errSlow = errors.New("no answer in time")

// send takes a slot, sends the request once and reads and classifies what comes.
func (c *Client) send(ctx context.Context, req Request, token string) (*Response, *adapters.Error) {
	ctx = adapters.WithSlot(ctx)
	if err := c.opt.Budget.Acquire(ctx); err != nil {
		return nil, c.noSlot(ctx, req, err)
	}
	if ctx.Err() != nil {
		return nil, c.fail(req, adapters.KindCancelled, "", context.Cause(ctx))
	}
	timeout := c.opt.Timeout
	if req.Timeout > 0 {
		timeout = req.Timeout
	}
	tryCtx, cancel := context.WithTimeoutCause(ctx, timeout, errSlow)
	defer cancel()
	var wire wire
	r, err := c.build(tryCtx, req, token, &wire)
	if err != nil {
		return nil, c.fail(req, adapters.KindUnknown, "bad_request", err)
	}
	start := time.Now()
	resp, fault := c.exchange(ctx, tryCtx, r, req, &wire)
	took := time.Since(start)
	if !wire.unsent(nil) {
		refused, after := false, time.Duration(0)
		if fault != nil && fault.Kind == adapters.KindThrottled {
			refused, after = true, fault.RetryAfter
		}
		c.opt.Budget.Observe(context.WithoutCancel(ctx), took, refused, after)
	}
	if c.opt.Log.Enabled(ctx, slog.LevelDebug) {
		c.opt.Log.DebugContext(ctx, "request", append(c.attrs(req, fault), slog.Duration("dur", took))...)
	}
	return resp, fault
}

// build makes the HTTP request.
func (c *Client) build(ctx context.Context, req Request, token string, wire *wire) (*http.Request, error) {
	u := *c.cfg.BaseURL
	base := u.String()
	full := base + req.Path
	if len(req.Query) > 0 {
		full += "?" + req.Query.Encode()
	}
	method := req.Method
	if method == "" {
		method = http.MethodPost
	}
	ctx = withOperation(ctx, operation{name: req.Op, mutates: req.Mutates})
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { wire.asked.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { wire.got.Store(true) },
	})
	var body io.Reader
	if req.Body != nil {
		body = bytes.NewReader(req.Body)
	}
	r, err := http.NewRequestWithContext(ctx, method, full, body)
	if err != nil {
		return nil, err
	}
	for k, vs := range req.Header {
		r.Header[http.CanonicalHeaderKey(k)] = vs
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "lensan")
	if req.Body != nil {
		contentType := req.ContentType
		if contentType == "" {
			contentType = "application/json"
		}
		r.Header.Set("Content-Type", contentType)
	}
	if token != "" {
		c.cfg.Attach(r.Header, token)
	}
	if !req.repeatable() {
		// net/http repeats a request by itself when a kept connection ends
		// unanswered and the body can be rewound. Repeating is our decision.
		r.GetBody = nil
	}
	return r, nil
}

// exchange sends r and turns what comes into an answer or a failure.
func (c *Client) exchange(ctx, tryCtx context.Context, r *http.Request, req Request, wire *wire) (*Response, *adapters.Error) {
	answer, err := c.http.Do(r)
	if err != nil {
		return nil, c.noAnswer(ctx, tryCtx, req, wire, err)
	}
	defer answer.Body.Close()
	resp := &Response{Status: answer.StatusCode, Header: answer.Header, RequestID: PlainCode(answer.Header.Get("X-Request-Id"))}
	body, err := io.ReadAll(io.LimitReader(answer.Body, c.opt.MaxBody+1))
	if err != nil {
		if errors.Is(tryCtx.Err(), context.DeadlineExceeded) && ctx.Err() == nil {
			err = errSlow
		}
		return nil, c.cut(ctx, req, resp, err)
	}
	if int64(len(body)) > c.opt.MaxBody {
		// Not drained: the rest may be endless. Closing ends the connection.
		return nil, c.unreadable(req, resp, codeTooLarge, "the answer is larger than any answer of the contract")
	}
	resp.Body = body
	if fault := c.classify(req, resp); fault != nil {
		return nil, fault
	}
	return resp, nil
}
