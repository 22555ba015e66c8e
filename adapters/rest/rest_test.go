package rest

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lensan/adapters"
)

const secret = "mat-khau-bi-mat"

// world is a marketplace of one handler and a client that calls it.
type world struct {
	*Client
	server *httptest.Server
	calls  atomic.Int64
	logins atomic.Int64
	log    *bytes.Buffer
	budget *recorder
}

// recorder is a budget without a limit that remembers what it was told.
type recorder struct {
	mu                 sync.Mutex
	acquired, observed int
	refused            []time.Duration
}

func (r *recorder) Acquire(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.acquired++
	return ctx.Err()
}

func (r *recorder) Observe(_ context.Context, _ time.Duration, refused bool, after time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.observed++
	if refused {
		r.refused = append(r.refused, after)
	}
}

// syncBuffer lets handlers and the client log at once.
type syncBuffer struct {
	mu sync.Mutex
	b  *bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func setup(t *testing.T, handle http.HandlerFunc, change ...func(*Options)) *world {
	t.Helper()
	w := &world{log: &bytes.Buffer{}, budget: &recorder{}}
	w.server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/login" {
			w.calls.Add(1)
		}
		handle(rw, r)
	}))
	t.Cleanup(w.server.Close)
	base, err := ParseBaseURL("URL", w.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	opt := Options{
		Budget: w.budget, Transport: NewTransport(4), MaxWait: 20 * time.Millisecond, Timeout: 2 * time.Second,
		Log: slog.New(slog.NewTextHandler(&syncBuffer{b: w.log}, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, c := range change {
		c(&opt)
	}
	w.Client = NewClient(Config{
		Marketplace: "cho", BaseURL: base, Rate: 1000, Secrets: []string{secret},
		SignIn: func(context.Context) (adapters.Token, *adapters.Error) {
			n := w.logins.Add(1)
			return adapters.Token{Value: fmt.Sprintf("token-%d", n), ExpiresAt: time.Now().Add(time.Hour)}, nil
		},
		Classify: func(_ Request, resp *Response) *adapters.Error {
			var body struct{ Kind adapters.Kind }
			_ = json.Unmarshal(resp.Body, &body)
			if body.Kind == "" {
				return nil
			}
			return &adapters.Error{Kind: body.Kind, Code: string(body.Kind)}
		},
	}, opt)
	t.Cleanup(w.CloseIdle)
	return w
}

func answer(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// cutAfterWork answers nothing once the request is read.
func cutAfterWork(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		conn.Close()
	}
}

func truncated(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "1000")
	_, _ = io.WriteString(w, `{"items":[`)
}

var (
	read  = Request{Op: "read", Method: http.MethodGet, Path: "/x"}
	write = Request{Op: "write", Path: "/x", Body: []byte("{}"), Mutates: true}
	again = Request{Op: "again", Path: "/x", Body: []byte("{}"), Mutates: true, Idempotent: true}
)

func TestEveryAnswerHasItsKind(t *testing.T) {
	t.Parallel()
	html := "<html><body>Hệ thống đang bảo trì</body></html>"
	type want struct {
		kind  adapters.Kind
		calls int64
		lane  bool
	}
	for name, c := range map[string]struct {
		handle      http.HandlerFunc
		read, write want
	}{
		"good":                   {answer(200, "{}"), want{"", 1, false}, want{"", 1, false}},
		"a page with 200":        {answer(200, html), want{adapters.KindUnavailable, 3, true}, want{adapters.KindAmbiguous, 1, false}},
		"a page with 404":        {answer(404, html), want{adapters.KindUnavailable, 3, true}, want{adapters.KindUnavailable, 1, true}},
		"a page with 503":        {answer(503, html), want{adapters.KindUnavailable, 3, true}, want{adapters.KindAmbiguous, 1, false}},
		"nothing with 502":       {answer(502, ""), want{adapters.KindUnavailable, 3, true}, want{adapters.KindAmbiguous, 1, false}},
		"nothing with 500":       {answer(500, ""), want{adapters.KindTransient, 3, false}, want{adapters.KindAmbiguous, 1, false}},
		"JSON nobody knows, 404": {answer(404, `{"message":"no route"}`), want{adapters.KindUnavailable, 3, true}, want{adapters.KindUnavailable, 1, true}},
		"JSON nobody knows, 504": {answer(504, `{}`), want{adapters.KindUnavailable, 3, true}, want{adapters.KindAmbiguous, 1, false}},
		"nothing with 200":       {answer(200, ""), want{adapters.KindTransient, 3, false}, want{adapters.KindAmbiguous, 1, false}},
		"text with 200":          {answer(200, "OK"), want{adapters.KindUnavailable, 3, true}, want{adapters.KindAmbiguous, 1, false}},
		"JSON cut short":         {truncated, want{adapters.KindTransient, 3, false}, want{adapters.KindAmbiguous, 1, false}},
		"half of the JSON":       {answer(200, `{"items":[1,`), want{adapters.KindTransient, 3, false}, want{adapters.KindAmbiguous, 1, false}},
		"the connection cut":     {cutAfterWork, want{adapters.KindTransient, 3, false}, want{adapters.KindAmbiguous, 1, false}},
		"a redirect":             {answer(307, "", "Location", "https://elsewhere.example.vn/"), want{adapters.KindUnavailable, 1, true}, want{adapters.KindUnavailable, 1, true}},
		"a limit, long":          {answer(429, "", "Retry-After", "30"), want{adapters.KindThrottled, 1, true}, want{adapters.KindThrottled, 1, true}},
		"a limit, not told":      {answer(429, html), want{adapters.KindThrottled, 3, true}, want{adapters.KindThrottled, 3, true}},
		"named transient":        {answer(500, `{"kind":"transient"}`), want{adapters.KindTransient, 3, false}, want{adapters.KindAmbiguous, 1, false}},
		"named invalid":          {answer(422, `{"kind":"invalid"}`), want{adapters.KindInvalid, 1, false}, want{adapters.KindInvalid, 1, false}},
		"named unavailable":      {answer(503, `{"kind":"unavailable"}`), want{adapters.KindUnavailable, 3, true}, want{adapters.KindAmbiguous, 1, false}},
		"named with 200":         {answer(200, `{"kind":"not_found"}`), want{adapters.KindNotFound, 1, false}, want{adapters.KindNotFound, 1, false}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, side := range []struct {
				req  Request
				want want
			}{{read, c.read}, {write, c.write}} {
				w := setup(t, c.handle)
				_, err := w.Call(t.Context(), side.req)
				got := want{adapters.KindNone, w.calls.Load(), false}
				if err != nil {
					got.kind, got.lane = err.Kind, err.WholeLane
				}
				if got != side.want {
					t.Errorf("%s: %+v, want %+v (%v)", side.req.Op, got, side.want, err)
				}
				if w.budget.acquired != int(w.calls.Load()) || w.budget.observed != w.budget.acquired {
					t.Errorf("%s: %d slots and %d observations for %d calls", side.req.Op, w.budget.acquired, w.budget.observed, w.calls.Load())
				}
			}
		})
	}
}

func TestIdempotentWriteIsTriedAgain(t *testing.T) {
	t.Parallel()
	n := atomic.Int64{}
	w := setup(t, func(rw http.ResponseWriter, r *http.Request) {
		if n.Add(1) < 3 {
			cutAfterWork(rw, r)
			return
		}
		answer(200, "{}")(rw, r)
	})
	if _, err := w.Call(t.Context(), again); err != nil || w.calls.Load() != 3 {
		t.Fatalf("err %v after %d calls", err, w.calls.Load())
	}
}

// net/http repeats a POST with an Idempotency-Key by itself when a kept
// connection closes unanswered, unless the body can't be rewound.
func TestWriteIsNotRepeatedBehindOurBack(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	w := setup(t, func(rw http.ResponseWriter, r *http.Request) {
		if n.Add(1) == 1 {
			answer(200, "{}")(rw, r)
			return
		}
		cutAfterWork(rw, r)
	})
	req := write
	req.Header = http.Header{"Idempotency-Key": {"k"}}
	if _, err := w.Call(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	_, err := w.Call(t.Context(), req)
	if err == nil || err.Kind != adapters.KindAmbiguous || w.calls.Load() != 2 {
		t.Fatalf("err %v after %d calls, want ambiguous after 2", err, w.calls.Load())
	}
}

func TestLimitIsWaitedForWhenShort(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	w := setup(t, func(rw http.ResponseWriter, r *http.Request) {
		if n.Add(1) == 1 {
			answer(429, "", "Retry-After", "0.01")(rw, r)
			return
		}
		answer(200, "{}")(rw, r)
	})
	if _, err := w.Call(t.Context(), write); err != nil || w.calls.Load() != 2 {
		t.Fatalf("err %v after %d calls", err, w.calls.Load())
	}
	if len(w.budget.refused) != 1 || w.budget.refused[0] != 10*time.Millisecond {
		t.Fatalf("the budget was told of refusals %v", w.budget.refused)
	}
}

func TestRetryAfterIsCappedAndReadInBothForms(t *testing.T) {
	t.Parallel()
	at := time.Date(2031, 5, 1, 10, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"30": 30 * time.Second, "999999999999": 10 * time.Minute, "-5": 0, "": 0, "bald": 0, "NaN": 0,
		at.Add(90 * time.Second).Format(http.TimeFormat): 90 * time.Second,
		at.Add(-time.Hour).Format(http.TimeFormat):       0,
	} {
		w := setup(t, answer(429, "", "Retry-After", header, "Date", at.Format(http.TimeFormat)))
		req := write
		req.Once = true
		_, err := w.Call(t.Context(), req)
		if err == nil || err.Kind != adapters.KindThrottled || err.RetryAfter != want {
			t.Errorf("Retry-After %q: %v, RetryAfter %v, want %v", header, err, err.RetryAfter, want)
		}
	}
}

func TestOneRefreshForAllWhoWereRefused(t *testing.T) {
	t.Parallel()
	var revoked atomic.Bool
	w := setup(t, func(rw http.ResponseWriter, r *http.Request) {
		if revoked.Load() && r.Header.Get("Authorization") == "Bearer token-1" {
			answer(401, `{"kind":"unauthorized"}`)(rw, r)
			return
		}
		answer(200, "{}")(rw, r)
	})
	if _, err := w.Call(t.Context(), read); err != nil {
		t.Fatal(err)
	}
	revoked.Store(true)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if _, err := w.Call(t.Context(), write); err != nil {
				t.Errorf("%v", err)
			}
		})
	}
	wg.Wait()
	if n := w.logins.Load(); n != 2 {
		t.Fatalf("%d sign-ins, want the first and one refresh", n)
	}
}

func TestRefusedAgainAfterRefreshPausesTheLane(t *testing.T) {
	t.Parallel()
	w := setup(t, answer(401, `{"kind":"unauthorized"}`))
	_, err := w.Call(t.Context(), write)
	if err == nil || err.Kind != adapters.KindUnauthorized || !err.WholeLane || w.calls.Load() != 2 || w.logins.Load() != 2 {
		t.Fatalf("%v after %d calls and %d sign-ins", err, w.calls.Load(), w.logins.Load())
	}
}

func TestCancelledBeforeAndAfterSending(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{}, 1)
	w := setup(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		arrived <- struct{}{}
		<-r.Context().Done()
	})
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, req := range []Request{read, write} {
		if _, err := w.Call(ended, req); err == nil || err.Kind != adapters.KindCancelled || !errors.Is(err, context.Canceled) || w.calls.Load() != 0 {
			t.Errorf("%s before sending: %v after %d calls", req.Op, err, w.calls.Load())
		}
	}
	for _, c := range []struct {
		req  Request
		want adapters.Kind
	}{{read, adapters.KindCancelled}, {write, adapters.KindAmbiguous}, {again, adapters.KindAmbiguous}} {
		ctx, cancel := context.WithCancel(t.Context())
		go func() { <-arrived; cancel() }()
		if _, err := w.Call(ctx, c.req); err == nil || err.Kind != c.want || err.WholeLane {
			t.Errorf("%s after sending: %v, want %s", c.req.Op, err, c.want)
		}
	}
}

func TestSlowAnswer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		req   Request
		want  adapters.Kind
		calls int64
	}{{read, adapters.KindTransient, 3}, {write, adapters.KindAmbiguous, 1}} {
		w := setup(t, func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
		}, func(o *Options) { o.Timeout = 50 * time.Millisecond })
		_, err := w.Call(t.Context(), c.req)
		if err == nil || err.Kind != c.want || err.Code != codeTimeout || w.calls.Load() != c.calls {
			t.Errorf("%s: %v after %d calls", c.req.Op, err, w.calls.Load())
		}
	}
}

func TestNobodyListens(t *testing.T) {
	t.Parallel()
	w := setup(t, answer(200, "{}"))
	w.server.Close()
	for _, req := range []Request{read, write} {
		_, err := w.Call(t.Context(), req)
		if err == nil || err.Kind != adapters.KindUnavailable || !err.WholeLane || err.Code != codeDial {
			t.Errorf("%s: %v", req.Op, err)
		}
	}
}

func TestCertificateThatFails(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(answer(200, "{}"))
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.StartTLS()
	t.Cleanup(server.Close)
	plain := setup(t, answer(200, "{}"))
	for name, target := range map[string]string{"unknown authority": server.URL, "no TLS there": strings.Replace(plain.server.URL, "http:", "https:", 1)} {
		base, err := ParseBaseURL("URL", target)
		if err != nil {
			t.Fatal(err)
		}
		w := setup(t, answer(200, "{}"))
		w.cfg.BaseURL = base
		_, fault := w.Call(t.Context(), write)
		if fault == nil || fault.Kind != adapters.KindUnavailable || fault.Code != codeTLS || !fault.WholeLane || w.budget.acquired != 1 {
			t.Errorf("%s: %v with %d tries", name, fault, w.budget.acquired)
		}
	}
	var verify *tls.CertificateVerificationError
	w := setup(t, answer(200, "{}"))
	w.cfg.BaseURL, _ = ParseBaseURL("URL", server.URL)
	if _, fault := w.Call(t.Context(), read); !errors.As(fault, &verify) {
		t.Errorf("the cause is lost: %v", fault)
	}
}

func TestEndlessBodyIsNotSwallowed(t *testing.T) {
	t.Parallel()
	var sent atomic.Int64
	endless := func(rw http.ResponseWriter, _ *http.Request) {
		chunk := bytes.Repeat([]byte("x"), 1<<16)
		_, _ = io.WriteString(rw, `{"a":"`)
		for range 1600 {
			n, err := rw.Write(chunk)
			sent.Add(int64(n))
			if err != nil {
				return
			}
		}
	}
	for _, c := range []struct {
		req  Request
		want adapters.Kind
	}{{read, adapters.KindUnavailable}, {write, adapters.KindAmbiguous}} {
		sent.Store(0)
		w := setup(t, endless, func(o *Options) { o.MaxBody = 1 << 20 })
		_, err := w.Call(t.Context(), c.req)
		if err == nil || err.Kind != c.want || err.Code != codeTooLarge || w.calls.Load() != 1 {
			t.Errorf("%s: %v after %d calls", c.req.Op, err, w.calls.Load())
		}
		w.CloseIdle()
		w.server.Close() // waits for the handler
		if sent.Load() > 50<<20 {
			t.Errorf("%s: %d bytes were taken", c.req.Op, sent.Load())
		}
	}
}

func TestDryRunSendsNoWrite(t *testing.T) {
	t.Parallel()
	w := setup(t, answer(200, "{}"), func(o *Options) { o.ReadOnly = true })
	for _, req := range []Request{write, again, {Op: "get that writes", Method: http.MethodGet, Path: "/x", Mutates: true}} {
		_, err := w.Call(t.Context(), req)
		if err == nil || err.Kind != adapters.KindUnsupported || err.Code != codeDryRun || err.WholeLane {
			t.Errorf("%s: %v", req.Op, err)
		}
	}
	if n := w.calls.Load(); n != 0 {
		t.Fatalf("%d writes arrived", n)
	}
	if _, err := w.Call(t.Context(), Request{Op: "search", Path: "/x", Body: []byte("{}")}); err != nil || w.calls.Load() != 1 {
		t.Fatalf("a read by POST: %v after %d calls", err, w.calls.Load())
	}
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, w.server.URL, nil)
	if _, err := w.http.Do(r); !errors.Is(err, errReadOnly) {
		t.Fatalf("a request that declares nothing: %v", err)
	}
}

func TestNothingSecretInErrorsAndLog(t *testing.T) {
	t.Parallel()
	private := []string{"Xóm 6, Xã Châu Tiến", "2901234567"}
	body := fmt.Sprintf(`{"kind":"invalid","m":"%s 0983 478 741"}`, secret)
	w := setup(t, answer(500, body))
	w.cfg.Classify = func(req Request, resp *Response) *adapters.Error {
		return &adapters.Error{
			Kind: adapters.KindInvalid, Code: "co<de> " + secret, Err: errors.New(string(resp.Body) + private[0] + " Bearer abc.def 290-1234567"),
			Fields: []adapters.FieldError{{Field: "phone", Code: "x", Message: "<b>0983.478.741</b> " + private[1] + " token-1 " + secret}},
		}
	}
	req := write
	req.Private = private
	_, err := w.Call(t.Context(), req)
	if err == nil {
		t.Fatal("no failure")
	}
	w.server.Close()
	dialReq := read
	dialReq.Query = map[string][]string{"producer_ref": {private[1]}, "s": {secret}}
	_, dial := w.Call(t.Context(), dialReq)
	all := err.Error() + fmt.Sprintf("%+v", err.Fields) + dial.Error() + w.log.String()
	for _, s := range append(private, secret, "0983", "478", "abc.def", "290-1234567", "token-1", "<b>") {
		if strings.Contains(all, s) {
			t.Errorf("%q is told in:\n%s", s, all)
		}
	}
}

func TestSignInFailureIsTheLanes(t *testing.T) {
	t.Parallel()
	w := setup(t, answer(200, "{}"))
	for kind, want := range map[adapters.Kind]bool{adapters.KindUnauthorized: true, adapters.KindUnavailable: true, adapters.KindTransient: true} {
		w.cfg.SignIn = func(context.Context) (adapters.Token, *adapters.Error) {
			return adapters.Token{}, &adapters.Error{Marketplace: "cho", Op: "login", Kind: kind}
		}
		req := write
		req.SKU = "004001"
		_, err := w.Call(t.Context(), req)
		if err == nil || err.Kind != kind || err.WholeLane != want || err.SKU != "004001" || w.calls.Load() != 0 {
			t.Errorf("%s: %v, whole lane %v", kind, err, err.WholeLane)
		}
	}
}

func TestBaseURL(t *testing.T) {
	t.Parallel()
	for raw, ok := range map[string]bool{
		"https://api.example.vn": true, "https://api.example.vn/v2/": true, "http://127.0.0.1:18081": true, "http://[::1]:8": true, "http://localhost:8": true,
		"": false, "api.example.vn": false, "http://api.example.vn": false, "ftp://api.example.vn": false, "https://u:" + secret + "@api.example.vn": false,
		"https://api.example.vn?x=1": false, "http://127.0.0.1.example.vn": false, "https://": false, "://": false, "https://api.example.vn:0": false,
	} {
		u, err := ParseBaseURL("LENSAN_X_URL", raw)
		if (err == nil) != ok {
			t.Errorf("%q: %v", raw, err)
		}
		if err != nil && (!strings.HasPrefix(err.Error(), "LENSAN_X_URL") || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), secret)) {
			t.Errorf("%q: the line is %q", raw, err)
		}
		if ok && strings.HasSuffix(u.String(), "/") {
			t.Errorf("%q: %s", raw, u)
		}
	}
}

func TestLocalBudgetKeepsToTheSlidingSecond(t *testing.T) {
	t.Parallel()
	const perSecond = 20
	b := NewLocalBudget(perSecond)
	var mu sync.Mutex
	var at []time.Time
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 6 {
				if err := b.Acquire(t.Context()); err != nil {
					t.Error(err)
				}
				mu.Lock()
				at = append(at, time.Now())
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	for i := range at {
		if i+perSecond < len(at) && at[i+perSecond].Sub(at[i]) < time.Second {
			t.Fatalf("%d sends within %v", perSecond+1, at[i+perSecond].Sub(at[i]))
		}
	}
	if took := at[len(at)-1].Sub(at[0]); took > 3*time.Second {
		t.Fatalf("48 sends at 20 a second took %v", took)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.Acquire(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("after a cancel: %v", err)
	}
}
