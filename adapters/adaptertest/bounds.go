package adaptertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"lensan/adapters"
)

// ended is a context that is over.
func ended(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

// roundTrip is a transport made of a function.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func wrapBoth(outer, inner func(http.RoundTripper) http.RoundTripper) func(http.RoundTripper) http.RoundTripper {
	return func(next http.RoundTripper) http.RoundTripper { return outer(inner(next)) }
}

// gate lets an armed test see that a request is on its way, and holds its
// answer until the request's context ends.
type gate struct {
	mu      sync.Mutex
	armed   bool
	arrived chan struct{}
}

func (g *gate) wrap(next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		g.mu.Lock()
		hold := g.armed
		g.armed = false
		g.mu.Unlock()
		if !hold {
			return next.RoundTrip(r)
		}
		// The request reaches the marketplace whole; its sender gives up.
		resp, err := next.RoundTrip(r.WithContext(context.WithoutCancel(r.Context())))
		if err == nil {
			resp.Body.Close()
		}
		close(g.arrived)
		<-r.Context().Done()
		return nil, r.Context().Err()
	})
}

func (g *gate) arm() chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.armed, g.arrived = true, make(chan struct{})
	return g.arrived
}

// contexts: ended before anything is sent, nothing is; ended on the way, a
// write is unknown and a read cancelled.
func contexts(t *testing.T, h Harness) {
	g := &gate{}
	s := settle(t, h, Options{Wrap: g.wrap})
	l := s.create(t, s.offer("004001"))
	change := s.change(t, adapters.OpCreate, s.offer("004002"), nil)
	total := func() (n int) {
		for _, a := range []Action{Create, Get, Find, FindShop, CreateShop, Upload} {
			n += s.market.Calls(a)
		}
		return n
	}
	before := total()
	over := ended(t)
	_, getErr := s.a.Get(over, []string{l.RemoteID})
	_, findErr := s.a.Find(over, s.shop, []string{"004001"})
	_, shopErr := s.a.FindShop(over, "p-0001")
	_, makeErr := s.a.CreateShop(over, shopOf("p-0009"), key())
	_, upErr := s.a.UploadImage(over, picture(s.caps.ImageMin+8, s.caps.ImageMin+8, 7))
	for what, err := range map[string]*adapters.Error{"get": getErr, "find": findErr, "find shop": shopErr, "create shop": makeErr, "upload": upErr, "ping": s.a.Ping(over), "create": s.a.Apply(over, []adapters.Change{change})[0].Err} {
		kindIs(t, what+" after the end", err, adapters.KindCancelled)
		if err != nil && (!errors.Is(err, context.Canceled) || err.WholeLane) {
			t.Errorf("%s after the end: %v, whole lane %v", what, err, err.WholeLane)
		}
	}
	for _, err := range s.a.List(over, adapters.ListQuery{}) {
		if adapters.KindOf(err) != adapters.KindCancelled {
			t.Errorf("list after the end: %v", err)
		}
	}
	if n := total() - before; n != 0 {
		t.Errorf("%d calls after the end", n)
	}

	inFlight := func(call func(ctx context.Context) *adapters.Error) *adapters.Error {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		arrived := g.arm()
		done := make(chan *adapters.Error, 1)
		go func() { done <- call(ctx) }()
		<-arrived
		cancel()
		select {
		case err := <-done:
			return err
		case <-time.After(10 * time.Second):
			t.Fatal("a call goes on after its context")
			return nil
		}
	}
	kindIs(t, "a create on its way", inFlight(func(ctx context.Context) *adapters.Error { return s.a.Apply(ctx, []adapters.Change{change})[0].Err }), adapters.KindAmbiguous)
	if found, err := s.a.Find(t.Context(), s.shop, []string{"004002"}); err != nil || len(found) != 1 {
		t.Errorf("the create on its way is found %d times, %v", len(found), err)
	}
	kindIs(t, "a read on its way", inFlight(func(ctx context.Context) *adapters.Error { return firstErr(s.a.Get(ctx, []string{l.RemoteID})) }), adapters.KindCancelled)

	late, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	_, err := s.a.Get(late, []string{l.RemoteID})
	kindIs(t, "a deadline that has passed", err, adapters.KindCancelled)
}

// dryRun: every write is refused before it leaves, every read works.
func dryRun(t *testing.T, h Harness) {
	s := settle(t, h)
	ctx := t.Context()
	o := s.offer("004001")
	l := s.create(t, o)
	id := s.market.ByHand(t, s.shop, "Mật ong rừng làm tay", 120_000, 4)
	byHand := s.get(t, id)
	before := s.market.Mutating()
	dry := s.adapter(t, Options{ReadOnly: true})

	refused := func(what string, err *adapters.Error) {
		t.Helper()
		kindIs(t, what, err, adapters.KindUnsupported)
		if err != nil && err.WholeLane {
			t.Errorf("%s: the lane is not to blame", what)
		}
	}
	changes := map[adapters.Op]adapters.Change{
		adapters.OpCreate:        s.change(t, adapters.OpCreate, s.offer("004002"), nil),
		adapters.OpUpdateContent: s.change(t, adapters.OpUpdateContent, o, &l, adapters.FieldName),
		adapters.OpUpdateOffer:   s.change(t, adapters.OpUpdateOffer, o, &l, adapters.FieldPrice),
		adapters.OpClose:         s.change(t, adapters.OpClose, o, &l),
		adapters.OpReopen:        s.change(t, adapters.OpReopen, o, &l),
		adapters.OpAdopt:         s.change(t, adapters.OpAdopt, s.offer("004003"), &byHand),
	}
	for op, c := range changes {
		refused(string(op), dry.Apply(ctx, []adapters.Change{c})[0].Err)
	}
	_, shopErr := dry.CreateShop(ctx, shopOf("p-0009"), key())
	refused("a shop", shopErr)
	_, upErr := dry.UploadImage(ctx, picture(s.caps.ImageMin+8, s.caps.ImageMin+8, 7))
	refused("a picture", upErr)
	if n := s.market.Mutating() - before; n != 0 {
		t.Errorf("%d writes reached the marketplace", n)
	}

	live := s.a
	s.a = dry
	defer func() { s.a = live }()
	if err := dry.Ping(ctx); err != nil {
		t.Errorf("ping: %v", err)
	}
	if got := s.get(t, l.RemoteID); got.SKU != "004001" {
		t.Errorf("get: %+v", got)
	}
	if found, err := dry.Find(ctx, "", []string{"004001"}); err != nil || len(found) != 1 {
		t.Errorf("find: %d, %v", len(found), err)
	}
	if shop, err := dry.FindShop(ctx, "p-0001"); err != nil || shop == nil {
		t.Errorf("find shop: %+v, %v", shop, err)
	}
	if got, whole := s.list(t, adapters.ListQuery{}); !whole || len(got) != 2 {
		t.Errorf("list: %d, whole %v", len(got), whole)
	}
}

// lockedBuffer is a log that any goroutine may write.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// babbler is a marketplace that repeats in its answers whatever it was sent.
type babbler struct {
	mode string // "", or how to answer
	mu   sync.Mutex
}

func (b *babbler) set(mode string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.mode = mode
}

func (b *babbler) wrap(next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		b.mu.Lock()
		mode := b.mode
		b.mu.Unlock()
		if mode == "" {
			return next.RoundTrip(r)
		}
		var said strings.Builder
		for k, v := range r.Header {
			fmt.Fprintf(&said, "%s: %s; ", k, strings.Join(v, ","))
		}
		if r.Body != nil {
			body, _ := io.ReadAll(r.Body)
			r.Body.Close()
			said.Write(body)
		}
		answer := func(status int, kind, body string) *http.Response {
			return &http.Response{StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{"Content-Type": {kind}}, Body: io.NopCloser(strings.NewReader(body)), Request: r}
		}
		switch mode {
		case "error":
			return nil, errors.New("proxy failed on " + said.String())
		case "page":
			return answer(200, "text/html", "<html><body><pre>"+said.String()+"</pre></body></html>"), nil
		case "error page":
			return answer(500, "text/html", "<html><body>"+said.String()+"</body></html>"), nil
		}
		return answer(422, "application/json", fmt.Sprintf(`{"error":{"code":%q,"message":%q},"code":%q,"message":%q}`, "c"+said.String(), said.String(), said.String(), said.String())), nil
	})
}

// privacy: no secret, no token and nothing personal in an error or a log line.
func privacy(t *testing.T, h Harness) {
	log := &lockedBuffer{}
	b := &babbler{}
	tokens := &tokenTap{}
	s := settle(t, h, Options{
		Log:  slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Wrap: wrapBoth(tokens.wrap, b.wrap),
	})
	ctx := t.Context()
	c := s.change(t, adapters.OpCreate, s.offer("004002"), nil)
	var told strings.Builder
	tell := func(err *adapters.Error) {
		if err == nil {
			return
		}
		fmt.Fprintf(&told, "%v %v %+v\n", err, err.Err, *err)
		for _, f := range err.Fields {
			fmt.Fprintln(&told, f.Field, f.Code, f.Message)
		}
	}
	provoke := func() {
		_, err := s.a.CreateShop(ctx, shopOf("p-0003"), key())
		tell(err)
		tell(s.a.Apply(ctx, []adapters.Change{c})[0].Err)
		_, err = s.a.Get(ctx, []string{"1"})
		tell(err)
		tell(s.a.Ping(ctx))
	}
	for _, mode := range []string{"error", "page", "error page", "refusal"} {
		b.set(mode)
		provoke()
	}
	b.set("")
	for _, f := range []Fault{{Kind: Status, Status: 500, Body: "json"}, {Kind: Answer, Code: "<script>" + phone}, {Kind: Garbage}} {
		for _, action := range []Action{CreateShop, Create, Get} {
			f.Action = action
			s.market.Strike(t, f)
		}
		provoke()
		s.market.Calm(t)
	}
	s.market.Revoke(t)
	tell(s.a.Ping(ctx))
	tell(s.adapter(t, Options{WrongSecret: true, Log: slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))}).Ping(ctx))

	if told.Len() == 0 || log.String() == "" {
		t.Fatal("nothing was told at all")
	}
	forbidden := append([]string{phone, taxCode, address, "<script", "<html", "<pre"}, h.Secrets...)
	forbidden = append(forbidden, tokens.seen()...)
	for _, secret := range forbidden {
		for where, text := range map[string]string{"an error": told.String(), "the log": log.String()} {
			if i := strings.Index(text, secret); i >= 0 {
				t.Errorf("%q is told in %s: …%s…", secret, where, text[max(0, i-120):min(len(text), i+120)])
			}
		}
	}
}

// tokenTap collects the values that authorise requests.
type tokenTap struct {
	mu   sync.Mutex
	list map[string]bool
}

func (tap *tokenTap) wrap(next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		for _, name := range []string{"Authorization", "Token", "X-Token", "X-Api-Key"} {
			if v := r.Header.Get(name); v != "" {
				tap.mu.Lock()
				if tap.list == nil {
					tap.list = map[string]bool{}
				}
				fields := strings.Fields(v)
				tap.list[fields[len(fields)-1]] = true
				tap.mu.Unlock()
			}
		}
		return next.RoundTrip(r)
	})
}

func (tap *tokenTap) seen() []string {
	tap.mu.Lock()
	defer tap.mu.Unlock()
	var out []string
	for v := range tap.list {
		out = append(out, v)
	}
	return out
}
