package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
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
)

// clock is a time that moves only when a test says so.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// world is a sandbox of a test's own, with a client for each marketplace that
// holds every request and answer against the contract.
type world struct {
	t      testing.TB
	clock  *clock
	sb     *Sandbox
	pm, vs *site
}

type site struct {
	w      *world
	url    string
	router routers.Router
	client *http.Client
	head   map[string]string // on every call: the token
	loose  bool              // requests may break the contract
	rough  bool              // answers may break it: gateways, hand-made products
}

var specs = sync.OnceValues(func() (map[string]routers.Router, error) {
	out := map[string]routers.Router{}
	for _, name := range []string{Postmart, Voso} {
		doc, err := openapi3.NewLoader().LoadFromFile("../" + name + "/openapi.yaml")
		if err != nil {
			return nil, err
		}
		doc.Servers = nil
		if err := doc.Validate(context.Background()); err != nil {
			return nil, err
		}
		if out[name], err = legacy.NewRouter(doc); err != nil {
			return nil, err
		}
	}
	return out, nil
})

func setup(t testing.TB, opt Options) *world {
	t.Helper()
	w := &world{t: t, clock: &clock{t: time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)}}
	if opt.Now == nil {
		opt.Now = w.clock.Now
	}
	w.open(opt)
	return w
}

func (w *world) open(opt Options) {
	w.t.Helper()
	sb, err := Open(opt)
	if err != nil {
		w.t.Fatal(err)
	}
	w.sb = sb
	routers, err := specs()
	if err != nil {
		w.t.Fatal(err)
	}
	serve := func(name string, h http.Handler) *site {
		srv := httptest.NewServer(h)
		w.t.Cleanup(srv.Close)
		// net/http sends some requests again when a connection that it used
		// before breaks: none must be sent twice here.
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		w.t.Cleanup(client.CloseIdleConnections)
		return &site{w: w, url: srv.URL, router: routers[name], client: client, head: map[string]string{}}
	}
	w.pm, w.vs = serve(Postmart, sb.Postmart()), serve(Voso, sb.Voso())
	w.t.Cleanup(func() {
		if err := sb.Close(); err != nil {
			w.t.Error(err)
		}
	})
}

// reply is an answer of a marketplace.
type reply struct {
	t      testing.TB
	err    error // the connection broke
	status int
	head   http.Header
	body   []byte
}

// call sends a request, with extra headers as pairs.
func (s *site) call(method, path string, body []byte, head ...string) *reply {
	s.w.t.Helper()
	r, err := http.NewRequest(method, s.url+path, bytes.NewReader(body))
	if err != nil {
		s.w.t.Fatal(err)
	}
	for k, v := range s.head {
		r.Header.Set(k, v)
	}
	for i := 0; i+1 < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	input := s.checkRequest(r)
	r.Body = io.NopCloser(bytes.NewReader(body))
	res, err := s.client.Do(r)
	if err != nil {
		return &reply{t: s.w.t, err: err}
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	out := &reply{t: s.w.t, err: err, status: res.StatusCode, head: res.Header, body: data}
	if res.Header.Get(Banner) != "SANDBOX" {
		s.w.t.Errorf("%s %s: no %s header", method, path, Banner)
	}
	if err == nil && !s.rough && input != nil {
		s.checkAnswer(input, out)
	}
	return out
}

func (s *site) checkRequest(r *http.Request) *openapi3filter.RequestValidationInput {
	s.w.t.Helper()
	route, params, err := s.router.FindRoute(r)
	if err != nil {
		if !s.loose {
			s.w.t.Fatalf("%s %s: %v", r.Method, r.URL, err)
		}
		return nil
	}
	in := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{MultiError: true, IncludeResponseStatus: true, SkipSettingDefaults: true,
			AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}}
	if !s.loose {
		if err := openapi3filter.ValidateRequest(r.Context(), in); err != nil {
			s.w.t.Errorf("request %s %s: %v", r.Method, r.URL, err)
		}
	}
	return in
}

func (s *site) checkAnswer(in *openapi3filter.RequestValidationInput, a *reply) {
	s.w.t.Helper()
	err := openapi3filter.ValidateResponse(in.Request.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: a.status, Header: a.head, Options: in.Options,
		Body: io.NopCloser(bytes.NewReader(a.body)),
	})
	if err != nil {
		s.w.t.Errorf("answer to %s %s: %v\n%s", in.Request.Method, in.Request.URL, err, a.body)
	}
}

// get reads a value out of the JSON answer: "items.0.sku".
func (r *reply) get(path string) any {
	r.t.Helper()
	var v any
	if r.err != nil {
		r.t.Fatalf("no answer: %v", r.err)
	}
	if err := json.Unmarshal(r.body, &v); err != nil {
		r.t.Fatalf("answer %d is no JSON: %s", r.status, r.body)
	}
	for _, step := range strings.Split(path, ".") {
		switch in := v.(type) {
		case map[string]any:
			v = in[step]
		case []any:
			var i int
			if _, err := fmt.Sscan(step, &i); err != nil || i >= len(in) {
				return nil
			}
			v = in[i]
		default:
			return nil
		}
	}
	return v
}

func (r *reply) str(path string) string {
	r.t.Helper()
	s, _ := r.get(path).(string)
	return s
}

func (r *reply) num(path string) int64 {
	r.t.Helper()
	n, _ := r.get(path).(float64)
	return int64(n)
}

func (r *reply) list(path string) []any {
	r.t.Helper()
	l, _ := r.get(path).([]any)
	return l
}

func (r *reply) want(status int) *reply {
	r.t.Helper()
	if r.err != nil {
		r.t.Fatalf("want status %d, the connection broke: %v", status, r.err)
	}
	if r.status != status {
		r.t.Fatalf("status %d, want %d: %s", r.status, status, r.body)
	}
	return r
}

// code wants Postmart's error code, and the field and its code if given.
func (r *reply) code(code string, field ...string) *reply {
	r.t.Helper()
	if got := r.str("error.code"); got != code {
		r.t.Fatalf("code %q, want %q: %s", got, code, r.body)
	}
	if len(field) == 0 {
		return r
	}
	for _, f := range r.list("error.fields") {
		o := f.(map[string]any)
		if o["field"] == field[0] && (len(field) < 2 || o["code"] == field[1]) {
			return r
		}
	}
	r.t.Fatalf("no field %v in %s", field, r.body)
	return r
}

// vs wants Voso's envelope code.
func (r *reply) vs(code string) *reply {
	r.t.Helper()
	r.want(200)
	if got := r.str("code"); got != code {
		r.t.Fatalf("code %q, want %q: %s", got, code, r.body)
	}
	if failed, _ := r.get("error").(bool); failed != (code != "OK") {
		r.t.Fatalf("error %v with code %s", failed, code)
	}
	return r
}

func js(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return data
}

type obj = map[string]any

// with is a copy of an object with some members changed; nil removes none.
func with(o obj, pairs ...any) obj {
	out := obj{}
	for k, v := range o {
		out[k] = v
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		out[pairs[i].(string)] = pairs[i+1]
	}
	return out
}

func less(o obj, names ...string) obj {
	out := with(o)
	for _, n := range names {
		delete(out, n)
	}
	return out
}

// photo is a picture of that size; shade makes its bytes differ.
func photo(format string, width, height int, shade uint8) []byte {
	img := image.NewGray(image.Rect(0, 0, width, height))
	img.SetGray(0, 0, color.Gray{Y: shade})
	for i := 8; i < 16; i++ {
		img.SetGray(i, 8, color.Gray{Y: shade})
	}
	var b bytes.Buffer
	var err error
	if format == "png" {
		err = png.Encode(&b, img)
	} else {
		err = jpeg.Encode(&b, img, &jpeg.Options{Quality: 90})
	}
	if err != nil {
		panic(err)
	}
	return b.Bytes()
}
