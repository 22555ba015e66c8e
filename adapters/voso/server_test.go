package voso

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"lensan/adapters"
	"lensan/adapters/rest"
)

// server answers by script and holds every request, and every answer that the
// script does not send raw, to openapi.yaml.
type server struct {
	t      *testing.T
	http   *httptest.Server
	router routers.Router

	mu      sync.Mutex
	answers map[string][]answer // by path below /api/v2, the last one stays
	calls   []string
	bodies  map[string][]string
	tokens  []string // the Token header of each call but login
	logins  int
	// rawRequests leaves out the check of requests, for those that hold on
	// purpose what the contract forbids.
	rawRequests bool
}

type answer struct {
	code   string // OK when empty
	data   any
	status int    // 200 when 0
	raw    string // sent as it is, unchecked, when not empty
	header map[string]string
	hook   func(w http.ResponseWriter, r *http.Request) // instead of all else
}

const base = "/api/v2"

func newServer(t *testing.T) *server {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	doc.Servers = nil
	router, err := legacy.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, router: router, answers: map[string][]answer{}, bodies: map[string][]string{}}
	s.http = httptest.NewServer(s)
	t.Cleanup(s.http.Close)
	return s
}

// on sets the answers of a path, one a call.
func (s *server) on(path string, answers ...answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[path] = answers
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	path := strings.TrimPrefix(r.URL.Path, base)
	r.Body = io.NopCloser(bytes.NewReader(body))
	input := s.check(r)
	a := s.next(path, r, string(body))
	if a.hook != nil {
		a.hook(w, r)
		return
	}
	for k, v := range a.header {
		w.Header().Set(k, v)
	}
	status := max(a.status, http.StatusOK)
	if a.raw != "" || a.status != 0 {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, a.raw)
		return
	}
	code := a.code
	if code == "" {
		code = "OK"
	}
	out, err := json.Marshal(map[string]any{"error": code != "OK", "code": code, "message": "thông báo", "data": a.data})
	if err != nil {
		s.t.Error(err)
	}
	w.Header().Set("Content-Type", "application/json")
	err = openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: status, Header: w.Header(), Body: io.NopCloser(bytes.NewReader(out)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	})
	if err != nil {
		s.t.Errorf("the test's answer to %s breaks the contract: %v", path, err)
	}
	_, _ = w.Write(out)
}

func (s *server) check(r *http.Request) *openapi3filter.RequestValidationInput {
	route, params, err := s.router.FindRoute(r)
	if err != nil {
		s.t.Errorf("%s %s: %v", r.Method, r.URL, err)
		return nil
	}
	input := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}}
	if err := openapi3filter.ValidateRequest(r.Context(), input); err != nil && !s.rawRequests {
		s.t.Errorf("the request %s breaks the contract: %v", r.URL.Path, err)
	}
	return input
}

func (s *server) next(path string, r *http.Request, body string) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, path)
	s.bodies[path] = append(s.bodies[path], body)
	if path == "/user/login" {
		s.logins++
	} else {
		s.tokens = append(s.tokens, r.Header.Get("Token"))
	}
	list := s.answers[path]
	switch {
	case len(list) == 0 && path == "/user/login":
		return answer{data: map[string]any{"token": "token-" + string(rune('0'+s.logins)), "expiredAt": time.Now().Add(time.Hour).UnixMilli()}}
	case len(list) == 0:
		s.t.Errorf("no answer for %s", path)
		return answer{code: "SYSTEM_ERROR"}
	case len(list) > 1:
		s.answers[path] = list[1:]
	}
	return list[0]
}

func (s *server) count(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.bodies[path])
}

func (s *server) body(path string, n int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bodies[path][n]
}

const password = "mật-khẩu-bí-mật-9"

// unlimited is a budget that neither waits nor remembers refusals.
type unlimited struct{}

func (unlimited) Acquire(ctx context.Context) error                           { return ctx.Err() }
func (unlimited) Observe(context.Context, time.Duration, bool, time.Duration) {}

// adapter makes an adapter for the server, as fast as loopback allows.
func (s *server) adapter(change ...func(*Config)) *Adapter {
	s.t.Helper()
	cfg := Config{BaseURL: s.http.URL, Username: "lensan", Password: password, Rate: 10_000,
		Options: rest.Options{Log: slog.New(slog.DiscardHandler), Budget: unlimited{}, MaxWait: 20 * time.Millisecond, Timeout: 2 * time.Second}}
	for _, f := range change {
		f(&cfg)
	}
	a, err := New(cfg)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(a.CloseIdle)
	return a
}

// wireProduct is a product as Voso shows it.
func wireProduct(id, sku string, change ...func(map[string]any)) map[string]any {
	p := map[string]any{
		"productId": id, "shopId": "S1", "sku": sku, "name": "Nước mắm Cửa Lò 20°N", "categoryId": "TP02",
		"description": strings.Repeat("Nước mắm truyền thống. ", 4) + "Hết", "unitName": "chai 500 ml", "weight": 0.65,
		"imageIds": []string{"i1"}, "price": 85000, "listPrice": 85000, "quantity": 12,
		"ocop":       map[string]any{"level": "OCOP_4", "decisionNumber": "2345/QĐ-UBND", "decisionDate": "01/02/2025", "expiredDate": "01/02/2028"},
		"origin":     map[string]any{"producerName": "HTX Cửa Lò", "provinceCode": "40", "wardCode": "17950", "traceUrl": nil},
		"properties": []any{map[string]any{"key": codeProperty, "value": "40-430-17950-3-2025"}},
		"status":     "SELLING", "productUrl": "https://voso.example/p/" + id,
		"createdAt": "24/11/2026 06:30:00", "updatedAt": "24/11/2026 07:00:01",
	}
	for _, f := range change {
		f(p)
	}
	return p
}

// offer is one that Voso takes as it is.
func offer(sku string, change ...func(*adapters.Offer)) adapters.Offer {
	stock := int64(12)
	o := adapters.Offer{
		SKU: sku, ProductCode: "40-430-17950-3-2025", ProducerRef: "p-1", ShopID: "S1", Name: "Nước mắm Cửa Lò 20°N",
		Description: strings.Repeat("Nước mắm truyền thống. ", 4) + "Hết", Unit: "chai 500 ml", WeightGrams: 650, ProductSet: "09",
		Price: 85000, Stock: &stock, Images: []adapters.ImageRef{{SHA256: "aa", RemoteID: "i1", Width: 900, Height: 900, Bytes: 1000, Type: "image/jpeg"}},
		Producer: "HTX Cửa Lò", ProvinceCode: "40", CommuneCode: "17950",
		Recognition: adapters.Recognition{Stars: 4, DecisionNumber: "2345/QĐ-UBND", DecisionDate: "2025-02-01", ValidUntil: "2028-02-01"},
	}
	for _, f := range change {
		f(&o)
	}
	return o
}

// changes encodes one change of op for each SKU.
func changes(t *testing.T, a *Adapter, op adapters.Op, skus []string, fields ...adapters.Field) []adapters.Change {
	t.Helper()
	var out []adapters.Change
	for _, sku := range skus {
		c := adapters.Change{Op: op, SKU: sku, ShopID: "S1", Fields: fields}
		if op != adapters.OpCreate {
			c.RemoteID = "P" + sku
		}
		var err error
		if c.Payload, err = a.Encode(c, offer(sku), nil); err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}
