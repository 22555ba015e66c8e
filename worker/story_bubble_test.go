package worker

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"lensan/adapters"
	"lensan/adapters/rest"
	"lensan/adapters/sandbox"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/storetest"
)

// pipes is a listener that hands out connections inside the process: the only
// kind that time in a bubble can wait for.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), done: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.once.Do(func() { close(p.done) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p.conns <- theirs:
		return ours, nil
	case <-p.done:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// inBubble runs a story in virtual time, which begins at start: hours pass as
// soon as everybody waits. Whatever it starts it must end.
func inBubble(t *testing.T, start time.Time, story func(t *testing.T)) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(start))
		story(t)
	})
}

// bubbleMarket is market inside a bubble: SQLite, and HTTP through pipes.
type bubbleMarket struct {
	*market
	transports map[string]*http.Transport
	// between stands before each marketplace; nil: the call goes through.
	between atomic.Pointer[func(name string, w http.ResponseWriter) bool]
}

func newBubbleMarket(t *testing.T, change func(*sandbox.Options)) *bubbleMarket {
	t.Helper()
	s := storetest.Open(t, "sqlite:"+t.TempDir()+"/story.db", storeWords)
	b := &bubbleMarket{transports: map[string]*http.Transport{}, market: &market{t: t, store: s, rate: 50, lease: 3 * time.Second, step: time.Second, urls: map[string]string{},
		inside: map[string]*atomic.Int64{"postmart": {}, "voso": {}}, log: slog.New(slog.NewTextHandler(io.Discard, nil))}}
	if os.Getenv("LENSAN_TEST_LOG") != "" {
		b.log = slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	one := sandbox.Market{Lag: marketLag, LateWrite: marketLag, Rate: int(b.rate)}
	opt := sandbox.Options{Postmart: one, Voso: one}
	if change != nil {
		change(&opt)
	}
	sb, err := sandbox.Open(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sb.Close() })
	b.sandbox = sb
	for name, h := range map[string]http.Handler{"postmart": sb.Postmart(), "voso": sb.Voso()} {
		l := newPipes()
		srv := &http.Server{Handler: b.stood(name, b.counted(name, h))}
		var serving sync.WaitGroup
		serving.Go(func() { srv.Serve(l) }) //nolint:errcheck // it is closed
		transport := rest.NewTransport(16)
		transport.DialContext = l.dial
		b.transports[name] = transport
		t.Cleanup(func() {
			transport.CloseIdleConnections()
			srv.Close()
			serving.Wait()
		})
		b.urls[name] = "http://127.0.0.1"
		if err := s.EnsureAccount(t.Context(), name, "http://127.0.0.1", "lensan-sandbox", true); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func (b *bubbleMarket) stood(name string, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if fn := b.between.Load(); fn != nil && (*fn)(name, w) {
			return
		}
		h.ServeHTTP(w, r)
	})
}

// start starts an engine whose intervals suit days that pass in seconds.
func (b *bubbleMarket) start(t *testing.T, day func() catalog.Day) *process {
	t.Helper()
	p := pair{store: b.store, embedded: true, open: func(t *testing.T) *Queue { return openQueue(t, QueueURLEmbedded) }}
	return p.start(t, nil, func(o *Options) {
		o.Lanes = []Lane{{Name: "postmart"}, {Name: "voso"}}
		o.Log = b.log
		o.Poll, o.Check, o.Beat, o.Sweep, o.EngineLease = time.Second, 5*time.Second, time.Minute, 30*time.Second, 10*time.Minute
		o.BatchLease, o.PlanLease, o.ErrorDelay, o.Breaker = 10*time.Minute, 10*time.Minute, 0, Breaker{}
		o.Runner = b.runnerOn(t, o.Redis, o.Lanes, func(name string, ro rest.Options) adapters.Adapter {
			ro.Transport = b.transports[name]
			return b.adapter(t, name, ro)
		}, day)
	})
}

// runs waits in virtual time until no run is open.
func (b *bubbleMarket) runs(limit time.Duration) {
	b.t.Helper()
	until := time.Now().Add(limit)
	for {
		time.Sleep(30 * time.Second)
		open, err := b.store.ListRuns(b.t.Context(), store.RunFilter{Open: true})
		if err != nil {
			b.t.Fatal(err)
		}
		if len(open) == 0 {
			return
		}
		if time.Now().After(until) {
			b.t.Fatalf("a run is open after %s of virtual time: %+v", limit, open[0])
		}
	}
}
