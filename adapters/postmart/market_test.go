package postmart

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"lensan/adapters/rest"
)

// gateway marks an answer that no application of the contract made.
const gateway = "X-Test-Gateway"

var contract = sync.OnceValues(func() (routers.Router, error) {
	openapi3filter.RegisterBodyDecoder("application/merge-patch+json", openapi3filter.JSONBodyDecoder)
	openapi3filter.RegisterBodyDecoder("image/jpeg", openapi3filter.FileBodyDecoder)
	openapi3filter.RegisterBodyDecoder("image/png", openapi3filter.FileBodyDecoder)
	doc, err := openapi3.NewLoader().LoadFromFile("openapi.yaml")
	if err != nil {
		return nil, err
	}
	doc.Servers = nil
	return legacy.NewRouter(doc)
})

// checked holds every request, and every answer that is not a gateway's,
// against the contract.
type checked struct {
	t    *testing.T
	next http.RoundTripper
}

func (c checked) RoundTrip(r *http.Request) (*http.Response, error) {
	router, err := contract()
	if err != nil {
		c.t.Errorf("openapi.yaml: %v", err)
		return c.next.RoundTrip(r)
	}
	var body []byte
	if r.Body != nil {
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	clone := r.Clone(r.Context())
	clone.Body = io.NopCloser(bytes.NewReader(body))
	route, params, err := router.FindRoute(clone)
	if err != nil {
		c.t.Errorf("%s %s: %v", r.Method, r.URL.Path, err)
		return c.next.RoundTrip(r)
	}
	input := &openapi3filter.RequestValidationInput{
		Request: clone, PathParams: params, Route: route,
		Options: &openapi3filter.Options{MultiError: true, IncludeResponseStatus: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	}
	if err := openapi3filter.ValidateRequest(r.Context(), input); err != nil {
		c.t.Errorf("the request %s %s: %v", r.Method, r.URL.Path, err)
	}
	if len(body) > 0 {
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	resp, err := c.next.RoundTrip(r)
	if err != nil || resp.Header.Get(gateway) != "" {
		return resp, err
	}
	got, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(got))
	if err == nil {
		err = openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
			RequestValidationInput: input, Status: resp.StatusCode, Header: resp.Header, Body: io.NopCloser(bytes.NewReader(got)), Options: input.Options,
		})
	}
	if err != nil {
		c.t.Errorf("the answer to %s %s: %v", r.Method, r.URL.Path, err)
	}
	return resp, nil
}

// free is a budget without a limit.
type free struct{}

func (free) Acquire(ctx context.Context) error                           { return ctx.Err() }
func (free) Observe(context.Context, time.Duration, bool, time.Duration) {}

// call is one request that arrived.
type call struct {
	Method, Path, Query, Body string
	Header                    http.Header
}

// market is a Postmart that answers what a test tells it to.
type market struct {
	*Adapter
	mu    sync.Mutex
	calls []call // token calls left out
}

func (m *market) sent() []call {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]call(nil), m.calls...)
}

// open starts a market whose handlers are keyed by "METHOD path".
func open(t *testing.T, handlers map[string]http.HandlerFunc, change ...func(*Config)) *market {
	t.Helper()
	m := &market{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := r.Method + " " + r.URL.Path
		if h := handlers[key]; h != nil && strings.HasSuffix(key, "/oauth/token") {
			h(w, r)
			return
		}
		if key == "POST /oauth/token" {
			say(200, `{"access_token":"tok-abcdef","token_type":"Bearer","expires_in":600}`)(w, r)
			return
		}
		body, _ := io.ReadAll(r.Body)
		m.mu.Lock()
		m.calls = append(m.calls, call{r.Method, r.URL.Path, r.URL.RawQuery, string(body), r.Header.Clone()})
		m.mu.Unlock()
		r.Body = io.NopCloser(bytes.NewReader(body))
		if r.Header.Get("Authorization") != "Bearer tok-abcdef" && handlers["POST /oauth/token"] == nil {
			t.Errorf("%s without the token", key)
		}
		h := handlers[key]
		if h == nil {
			t.Errorf("nobody answers %s", key)
			w.WriteHeader(http.StatusTeapot)
			return
		}
		h(w, r)
	}))
	t.Cleanup(server.Close)
	cfg := Config{
		BaseURL: server.URL, ClientID: "doi-tac", ClientSecret: "khoa-bi-mat", WebhookSecret: "khoa-su-kien", Rate: 1000,
		Options: rest.Options{Budget: free{}, Transport: checked{t, rest.NewTransport(4)}, MaxWait: 10 * time.Millisecond, Log: slog.New(slog.DiscardHandler)},
	}
	for _, c := range change {
		c(&cfg)
	}
	a, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	m.Adapter = a
	return m
}

func say(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// refuse answers an error of the contract.
func refuse(status int, code, more string) http.HandlerFunc {
	return say(status, `{"error":{"code":"`+code+`","message":"Không được"`+more+`}}`)
}

func recorded(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
