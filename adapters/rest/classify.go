package rest

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"lensan/adapters"
)

// The codes of failures that no marketplace named.
const (
	codeTLS         = "tls"          // the certificate or the handshake failed
	codeDial        = "dial"         // nobody listens, or the name is unknown
	codeTimeout     = "timeout"      // no answer in time
	codeCut         = "cut"          // the connection ended before the answer did
	codeHTML        = "html"         // a page for people, maintenance mostly
	codeNotJSON     = "not_json"     // an answer that is no JSON
	codeNotContract = "not_contract" // JSON, but not what the contract says
	codeTooLarge    = "body_too_large"
	codeRedirect    = "redirect"
	codeDryRun      = "dry_run"
	codeGateway     = "gateway" // 5xx without a code
)

// hopeless codes are not worth another try within seconds.
func hopeless(code string) bool {
	return code == codeTLS || code == codeTooLarge || code == codeRedirect
}

// wire is what the transport told about one send.
type wire struct{ asked, got atomic.Bool }

// unsent tells that certainly nothing reached the marketplace: a connection was
// asked for and never had. A transport that tells nothing counts as sent.
func (w *wire) unsent(err error) bool {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" || errors.Is(err, errReadOnly) {
		return true
	}
	return w.asked.Load() && !w.got.Load()
}

// fail makes an error of this client. cause's text is made safe.
func (c *Client) fail(req Request, kind adapters.Kind, code string, cause error) *adapters.Error {
	e := &adapters.Error{Marketplace: c.cfg.Marketplace, Op: req.Op, SKU: req.SKU, Kind: kind, Code: code}
	e.WholeLane = kind == adapters.KindUnauthorized || kind == adapters.KindUnavailable || kind == adapters.KindThrottled
	if cause != nil {
		e.Err = c.safe(req, cause)
	}
	return e
}

// safe wraps a cause so that errors.Is and As see it but its text is redacted.
func (c *Client) safe(req Request, cause error) error {
	var at *url.Error
	if errors.As(cause, &at) {
		cause = at.Err // its own text repeats the URL and its query
	}
	return &safeError{text: c.redact.Redact(PlainText(cause.Error()), req.Private...), cause: cause}
}

type safeError struct {
	text  string
	cause error
}

func (e *safeError) Error() string { return e.text }
func (e *safeError) Unwrap() error { return e.cause }

// noSlot is a budget that gave none: nothing was sent.
func (c *Client) noSlot(ctx context.Context, req Request, err error) *adapters.Error {
	var fault *adapters.Error
	switch {
	case errors.As(err, &fault) && fault != nil:
		out := *fault
		out.Marketplace, out.Op, out.SKU = c.cfg.Marketplace, req.Op, req.SKU
		out.WholeLane = out.Kind != adapters.KindCancelled
		return &out
	case ctx.Err() != nil:
		return c.fail(req, adapters.KindCancelled, "", context.Cause(ctx))
	}
	out := c.fail(req, adapters.KindTransient, "budget", err)
	out.WholeLane = true
	return out
}

// noAnswer is a request without any answer.
func (c *Client) noAnswer(ctx, tryCtx context.Context, req Request, wire *wire, err error) *adapters.Error {
	unsent := wire.unsent(err)
	switch {
	case errors.Is(err, errReadOnly):
		return c.fail(req, adapters.KindUnsupported, codeDryRun, errReadOnly)
	case ctx.Err() != nil && (unsent || !req.Mutates):
		return c.fail(req, adapters.KindCancelled, "", context.Cause(ctx))
	case ctx.Err() != nil:
		return c.fail(req, adapters.KindAmbiguous, codeCut, context.Cause(ctx))
	case isTLS(err):
		return c.fail(req, adapters.KindUnavailable, codeTLS, err)
	case unsent:
		return c.fail(req, adapters.KindUnavailable, codeDial, err)
	}
	code := codeCut
	var slow net.Error
	if errors.Is(tryCtx.Err(), context.DeadlineExceeded) {
		code, err = codeTimeout, errSlow
	} else if errors.As(err, &slow) && slow.Timeout() {
		code = codeTimeout
	}
	if req.unsure() {
		return c.fail(req, adapters.KindAmbiguous, code, err)
	}
	return c.fail(req, adapters.KindTransient, code, err)
}

func isTLS(err error) bool {
	var (
		verify  *tls.CertificateVerificationError
		record  tls.RecordHeaderError
		alert   tls.AlertError
		unknown x509.UnknownAuthorityError
		host    x509.HostnameError
		invalid x509.CertificateInvalidError
	)
	return errors.As(err, &verify) || errors.As(err, &record) || errors.As(err, &alert) ||
		errors.As(err, &unknown) || errors.As(err, &host) || errors.As(err, &invalid) || errors.Is(err, http.ErrSchemeMismatch)
}

// cut is an answer whose body ended early.
func (c *Client) cut(ctx context.Context, req Request, resp *Response, err error) *adapters.Error {
	kind, code := adapters.KindTransient, codeCut
	switch {
	case req.unsure():
		kind = adapters.KindAmbiguous
	case ctx.Err() != nil && req.Mutates:
		kind = adapters.KindAmbiguous
	case ctx.Err() != nil:
		kind, err = adapters.KindCancelled, context.Cause(ctx)
	case errors.Is(err, errSlow):
		code = codeTimeout
	}
	return c.complete(req, resp, c.fail(req, kind, code, err))
}

// unreadable is an answer that no application of the contract gave: for a read
// an outage, for a write an unknown outcome.
func (c *Client) unreadable(req Request, resp *Response, code, what string) *adapters.Error {
	kind := adapters.KindUnavailable
	if req.unsure() && (resp.Status < 300 || resp.Status >= 500) {
		kind = adapters.KindAmbiguous
	}
	return c.complete(req, resp, c.fail(req, kind, code, errors.New(what)))
}

// complete adds what every answered failure has.
func (c *Client) complete(req Request, resp *Response, e *adapters.Error) *adapters.Error {
	e.Marketplace, e.Op, e.SKU = c.cfg.Marketplace, req.Op, req.SKU
	e.Status, e.RequestID = resp.Status, PlainCode(c.redact.Redact(resp.RequestID, req.Private...))
	e.Code = PlainCode(c.redact.Redact(e.Code, req.Private...))
	e.ExistingID = PlainText(e.ExistingID) // an id of theirs: kept whole, it is asked for again
	for i, f := range e.Fields {
		e.Fields[i].Message = c.redact.Redact(PlainText(f.Message), req.Private...)
	}
	if e.Kind == adapters.KindThrottled || e.Kind == adapters.KindUnavailable {
		if e.RetryAfter == 0 {
			e.RetryAfter = retryAfter(resp.Header)
		}
		e.RetryAfter = min(max(e.RetryAfter, 0), c.opt.MaxRetryAfter)
	} else {
		e.RetryAfter = 0
	}
	switch e.Kind {
	case adapters.KindUnauthorized, adapters.KindUnavailable, adapters.KindThrottled:
		e.WholeLane = true
	}
	return e
}

// classify judges an answer that was read whole.
//
//	answer                      read                   write
//	429                         throttled              throttled
//	JSON, Classify names it     as named               as named; transient, unavailable → ambiguous
//	JSON, 2xx, Decode fails     transient              ambiguous
//	JSON, 3xx–4xx unnamed       unavailable            unavailable
//	JSON, 5xx unnamed           transient/unavailable  ambiguous
//	413, not JSON               invalid                invalid
//	HTML or other, 2xx or 5xx   unavailable            ambiguous
//	HTML or other, 3xx–4xx      unavailable            unavailable
//	begun JSON, cut short       transient              ambiguous
func (c *Client) classify(req Request, resp *Response) *adapters.Error {
	isJSON := json.Valid(resp.Body)
	if isJSON {
		if e := c.cfg.Classify(req, resp); e != nil {
			if resp.Status == http.StatusTooManyRequests {
				e.Kind = adapters.KindThrottled
			}
			if req.unsure() && !req.SureRefusals && (e.Kind == adapters.KindTransient || e.Kind == adapters.KindUnavailable) {
				e.Kind, e.WholeLane = adapters.KindAmbiguous, false // an outage's words are no proof that nothing was done
			}
			if e.Err != nil {
				e.Err = c.safe(req, e.Err)
			}
			return c.complete(req, resp, e)
		}
	}
	if resp.Status == http.StatusTooManyRequests {
		return c.complete(req, resp, c.fail(req, adapters.KindThrottled, "", nil))
	}
	if !isJSON {
		return c.classifyPage(req, resp)
	}
	switch {
	case resp.Status >= 500:
		return c.serverFault(req, resp)
	case resp.Status < 200 || resp.Status >= 300:
		return c.unreadable(req, resp, codeNotContract, "the answer is not the marketplace's: is the base URL right?")
	}
	if req.Decode == nil {
		return nil
	}
	if err := req.Decode(resp.Body); err != nil {
		kind := adapters.KindTransient
		if req.unsure() {
			kind = adapters.KindAmbiguous
		}
		return c.complete(req, resp, c.fail(req, kind, codeNotContract, err))
	}
	return nil
}

// serverFault is a 5xx that nobody named.
func (c *Client) serverFault(req Request, resp *Response) *adapters.Error {
	kind := adapters.KindUnavailable
	switch {
	case req.unsure():
		kind = adapters.KindAmbiguous
	case resp.Status == http.StatusInternalServerError:
		kind = adapters.KindTransient
	}
	return c.complete(req, resp, c.fail(req, kind, codeGateway, nil))
}

// classifyPage judges an answer that is no JSON.
func (c *Client) classifyPage(req Request, resp *Response) *adapters.Error {
	body := bytes.TrimSpace(resp.Body)
	html := bytes.HasPrefix(body, []byte("<")) || strings.Contains(resp.Header.Get("Content-Type"), "html")
	switch {
	case resp.Status >= 300 && resp.Status < 400:
		return c.unreadable(req, resp, codeRedirect, "the marketplace redirects elsewhere: is the base URL right?")
	case resp.Status == http.StatusRequestEntityTooLarge:
		return c.complete(req, resp, c.fail(req, adapters.KindInvalid, codeTooLarge, nil))
	case resp.Status >= 500 && !html:
		return c.serverFault(req, resp)
	case html:
		return c.unreadable(req, resp, codeHTML, "the marketplace answered a page instead of data")
	case len(body) == 0 || body[0] == '{' || body[0] == '[':
		kind := adapters.KindTransient
		if req.unsure() {
			kind = adapters.KindAmbiguous
		}
		return c.complete(req, resp, c.fail(req, kind, codeCut, errors.New("the answer ends early")))
	}
	return c.unreadable(req, resp, codeNotJSON, "the marketplace answered something that is not JSON")
}

// retryAfter reads the header in both its forms. A date is measured by the
// answer's own clock, ours may be off.
func retryAfter(h http.Header) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if v == "" {
		return 0
	}
	if s, err := strconv.ParseFloat(v, 64); err == nil {
		if !(s > 0) {
			return 0
		}
		return time.Duration(min(s, 1e6) * float64(time.Second))
	}
	at, err := http.ParseTime(v)
	if err != nil {
		return 0
	}
	from, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return 0
	}
	return max(at.Sub(from), 0)
}
