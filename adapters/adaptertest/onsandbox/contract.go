package onsandbox

import (
	"bytes"
	"io"
	"net/http"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
)

// contract holds what an adapter sends to its contract file.
type contract struct {
	t      *testing.T
	router routers.Router
	mu     sync.Mutex
	told   map[string]bool
}

func readContract(t *testing.T, path string) *contract {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile(path)
	if err != nil {
		t.Fatal(err)
	}
	doc.Servers = nil
	router, err := legacy.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return &contract{t: t, router: router, told: map[string]bool{}}
}

// wrap checks each request on its way; one complaint of a kind is enough.
func (c *contract) wrap(next http.RoundTripper) http.RoundTripper {
	return transport(func(r *http.Request) (*http.Response, error) {
		if r.Body != nil {
			body, err := io.ReadAll(r.Body)
			r.Body.Close()
			if err != nil {
				return nil, err
			}
			r = r.Clone(r.Context())
			r.Body = io.NopCloser(bytes.NewReader(body))
			c.check(r, body)
			r.Body = io.NopCloser(bytes.NewReader(body))
		} else {
			c.check(r, nil)
		}
		return next.RoundTrip(r)
	})
}

func (c *contract) check(r *http.Request, body []byte) {
	in := r.Clone(r.Context())
	in.Body = io.NopCloser(bytes.NewReader(body))
	route, params, err := c.router.FindRoute(in)
	if err == nil {
		err = openapi3filter.ValidateRequest(r.Context(), &openapi3filter.RequestValidationInput{
			Request: in, PathParams: params, Route: route,
			Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
		})
	}
	if err == nil || r.Context().Err() != nil {
		return
	}
	what := r.Method + " " + r.URL.Path
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.told[what] {
		c.told[what] = true
		c.t.Errorf("%s breaks the contract: %v", what, err)
	}
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
