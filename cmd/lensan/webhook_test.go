package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"lensan/adapters/sandbox"
	"lensan/cmd/lensan/text"
	"lensan/config"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/storetest"
)

const hookSecret = "a-webhook-secret"

// hookWorld is the program at work on a sandbox that sends events to its port.
type hookWorld struct {
	t       *testing.T
	app     *app
	store   *store.Store
	sandbox *sandbox.Sandbox
	port    *httptest.Server
	taken   atomic.Int32 // answers of 2xx
}

// newHookWorld makes one; with hooks false nothing is sent, and listings are
// looked at for their own sake only.
func newHookWorld(t *testing.T, s *store.Store, hooks bool, change func(*sandbox.Options), environ ...string) *hookWorld {
	t.Helper()
	w := &hookWorld{t: t, store: s}
	var handler atomic.Pointer[http.Handler]
	w.port = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		(*handler.Load()).ServeHTTP(rec, r)
		if rec.Code/100 == 2 {
			w.taken.Add(1)
		}
		rw.WriteHeader(rec.Code)
	}))
	t.Cleanup(w.port.Close)
	o := sandbox.Options{Seed: 32, Today: func() string { return "2026-11-24" }}
	if hooks {
		o.WebhookURL, o.WebhookSecret, o.WebhookWait = w.port.URL+"/webhooks/postmart", hookSecret, 50*time.Millisecond
	}
	if change != nil {
		change(&o)
	}
	sb, err := sandbox.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sb.Close() })
	w.sandbox = sb
	pm, vs := httptest.NewServer(sb.Postmart()), httptest.NewServer(sb.Voso())
	t.Cleanup(pm.Close)
	t.Cleanup(vs.Close)
	cfg, err := config.Load(config.Sources{Lanes: laneSpecs(), Environ: append([]string{
		"LENSAN_DATA_DIR=" + t.TempDir(), "LENSAN_NOW=2026-11-24", "LENSAN_REDIS_URL=embedded", "LENSAN_NIGHTLY=off",
		"LENSAN_POSTMART_URL=" + pm.URL, "LENSAN_POSTMART_CLIENT_ID=" + sandbox.DefaultClientID, "LENSAN_POSTMART_CLIENT_SECRET=" + sandbox.DefaultClientSecret,
		"LENSAN_POSTMART_WEBHOOK_SECRET=" + hookSecret, "LENSAN_POSTMART_RATE=2000", "LENSAN_POSTMART_READ_LAG=10ms", "LENSAN_VOSO_READ_LAG=10ms", // as the sandbox is
		"LENSAN_VOSO_URL=" + vs.URL, "LENSAN_VOSO_USERNAME=" + sandbox.DefaultUsername, "LENSAN_VOSO_PASSWORD=" + sandbox.DefaultPassword, "LENSAN_VOSO_RATE=2000",
		"LENSAN_TIMING_GATHER=20ms",
	}, environ...)})
	if err != nil {
		t.Fatal(err)
	}
	w.app = &app{in: strings.NewReader(""), out: io.Discard, err: io.Discard, lang: text.VI, cfg: cfg, log: slog.New(slog.DiscardHandler)}
	t.Cleanup(func() {
		for _, c := range w.app.closers {
			c() //nolint:errcheck // the test is over
		}
	})
	if err := w.app.ensureAccounts(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	h := w.app.httpHandler(s, http.NotFoundHandler(), nil)
	handler.Store(&h)
	return w
}

// load imports the sample.
func (w *hookWorld) load() {
	w.t.Helper()
	if err := w.app.loadSample(w.t.Context(), w.store); err != nil {
		w.t.Fatal(err)
	}
}

// fault makes something go wrong on Postmart.
func (w *hookWorld) fault(f sandbox.Fault) {
	w.t.Helper()
	f.Market = sandbox.Postmart
	if _, err := w.sandbox.SetFault(f); err != nil {
		w.t.Fatal(err)
	}
}

// work starts to work and carries the register to the marketplaces.
func (w *hookWorld) work() {
	w.t.Helper()
	e, err := w.app.startEngine(w.t.Context(), w.store)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(e.stop)
	w.run(catalog.RunSync)
}

// run asks for a run and waits for its end.
func (w *hookWorld) run(kind catalog.RunKind) {
	w.t.Helper()
	run, _, err := w.store.RequestRun(w.t.Context(), store.RunRequest{Kind: kind, Policy: catalog.PolicySync, Trigger: catalog.TriggerCommand, By: "Lan"})
	if err != nil {
		w.t.Fatal(err)
	}
	w.await("the run ends", func() bool {
		got, err := w.store.GetRun(w.t.Context(), run.ID)
		return err == nil && got.Phase == catalog.PhaseEnded
	})
}

func (w *hookWorld) await(what string, ok func() bool) {
	w.t.Helper()
	until := time.Now().Add(3 * time.Minute)
	for !ok() {
		if time.Now().After(until) {
			w.t.Fatalf("not within three minutes: %s", what)
		}
		time.Sleep(10 * time.Millisecond) // asked again, not waited for
	}
}

func (w *hookWorld) inReview() int {
	n, err := w.store.InReview(w.t.Context(), store.Filter{Marketplaces: []string{"postmart"}})
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

// states are what the record says of each listing.
func (w *hookWorld) states() map[string]string {
	w.t.Helper()
	out := map[string]string{}
	for row, err := range w.store.AllSyncStatus(w.t.Context(), store.Filter{}) {
		if err != nil {
			w.t.Fatal(err)
		}
		out[row.Marketplace+" "+row.SKU] = row.SyncState + " " + row.MarketState + " " + row.ReasonCode
	}
	return out
}

// An event has a listing looked at long before its own time would come.
func TestAnEventIsAHintToLook(t *testing.T) {
	storetest.Each(t, store.Options{Explain: text.Explain}, func(t *testing.T, s *store.Store) {
		w := newHookWorld(t, s, true, nil, "LENSAN_TIMING_REVIEW_FIRST=2h")
		w.fault(sandbox.Fault{Op: "review", Kind: sandbox.ReviewNever})
		w.load()
		w.work()
		if n := w.inReview(); n != 161 {
			t.Fatalf("%d in review", n)
		}
		if err := w.sandbox.FinishReviews(sandbox.Postmart); err != nil {
			t.Fatal(err)
		}
		w.await("every review is known", func() bool { return w.inReview() == 0 })
		if n := w.taken.Load(); n < 161 {
			t.Errorf("%d events taken", n)
		}
	})
}

// F32: events are lost, doubled and reordered, 30 of 100 each: the end is the
// same as without any.
func TestF32_LostDoubledAndReorderedEvents(t *testing.T) {
	t.Parallel()
	end := func(t *testing.T, s *store.Store, hooks bool) map[string]string {
		w := newHookWorld(t, s, hooks, func(o *sandbox.Options) {
			o.Postmart.ReviewDelay, o.Postmart.ReviewSpread, o.Postmart.RejectShare = 200*time.Millisecond, 500*time.Millisecond, 0.2
		}, "LENSAN_TIMING_REVIEW_FIRST=100ms")
		w.load()
		// A tenth of what is approved is taken down by a second thought.
		var flipped []string
		for key := range w.states() {
			if sku, ok := strings.CutPrefix(key, "postmart "); ok && strings.HasSuffix(sku, "7") {
				w.fault(sandbox.Fault{Op: "review", Kind: sandbox.ReviewFlip, Delay: 700 * time.Millisecond, SKU: sku})
				flipped = append(flipped, sku)
			}
		}
		for _, k := range []sandbox.Kind{sandbox.EventDrop, sandbox.EventDouble, sandbox.EventReorder} {
			w.fault(sandbox.Fault{Op: "webhook", Kind: k, Prob: 0.3})
		}
		w.work()
		w.await("the reviews are known", func() bool { return w.inReview() == 0 })
		w.await("the second thoughts were had", func() bool {
			for _, sku := range flipped {
				if p, err := w.sandbox.BySKU(sandbox.Postmart, sku); err != nil || len(p) > 0 && p[0].Status != "rejected" {
					return false
				}
			}
			return true
		})
		if err := w.sandbox.WebhooksSent(t.Context()); err != nil {
			t.Fatal(err)
		}
		if l, err := w.sandbox.Ledger(sandbox.Postmart); hooks && (err != nil || l.EventsLost < 20 || l.Faults[sandbox.EventDouble] < 20 || l.Faults[sandbox.EventReorder] < 20 || w.taken.Load() < 100) {
			t.Fatalf("too little went wrong to prove anything: %d lost, %v, %d taken (%v)", l.EventsLost, l.Faults, w.taken.Load(), err)
		}
		w.run(catalog.RunReconcile)
		return w.states()
	}
	want := end(t, storetest.Open(t, "sqlite:"+t.TempDir()+"/polled.db", store.Options{Explain: text.Explain}), false)
	kinds := map[string]int{}
	for _, state := range want {
		kinds[strings.Fields(state)[1]]++
	}
	if kinds["live"] < 100 || kinds["rejected"] < 30 {
		t.Fatalf("%v", kinds)
	}
	storetest.Each(t, store.Options{Explain: text.Explain}, func(t *testing.T, s *store.Store) {
		got := end(t, s, true)
		if len(got) != len(want) {
			t.Errorf("%d rows, want %d", len(got), len(want))
		}
		for key, state := range want {
			if got[key] != state {
				t.Errorf("%s: %q, polled %q", key, got[key], state)
			}
		}
	})
}

func TestEventsThatAreRefused(t *testing.T) {
	storetest.Each(t, store.Options{}, func(t *testing.T, s *store.Store) {
		w := newHookWorld(t, s, false, nil)
		body := `{"event_id":"E1","type":"product.reviewed","occurred_at":"2026-11-24T03:00:00Z","product":{"id":"P1"}}`
		at := time.Now().Unix()
		for _, c := range []struct {
			name, method, path, body string
			at                       int64
			secret                   string
			want                     int
		}{
			{"good, of a product that is nobody's here", "POST", "/webhooks/postmart", body, at, hookSecret, 204},
			{"the same again", "POST", "/webhooks/postmart", body, at, hookSecret, 204},
			{"another secret", "POST", "/webhooks/postmart", body, at, "guessed", 401},
			{"too old", "POST", "/webhooks/postmart", body, at - 301, hookSecret, 401},
			{"from the future", "POST", "/webhooks/postmart", body, at + 310, hookSecret, 401},
			{"at the edge", "POST", "/webhooks/postmart", body, at - 290, hookSecret, 204},
			{"no event", "POST", "/webhooks/postmart", `{}`, at, hookSecret, 400},
			{"too large", "POST", "/webhooks/postmart", `"` + strings.Repeat("x", maxWebhook) + `"`, at, hookSecret, 413},
			{"not sent but asked for", "GET", "/webhooks/postmart", "", at, hookSecret, 405},
			{"a marketplace that sends none", "POST", "/webhooks/voso", body, at, hookSecret, 404},
			{"no marketplace", "POST", "/webhooks/shopee", body, at, hookSecret, 404},
		} {
			if got := w.send(t.Context(), c.method, c.path, c.body, c.at, c.secret); got != c.want {
				t.Errorf("%s: %d, want %d", c.name, got, c.want)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if got := w.send(t.Context(), "POST", "/webhooks/postmart", body, at, hookSecret); got != 503 {
			t.Errorf("without a database: %d, so that it is never sent again", got)
		}
	})
}

func TestWithoutASecretThereIsNoWebhook(t *testing.T) {
	s := storetest.Open(t, "sqlite:"+t.TempDir()+"/l.db", store.Options{})
	w := newHookWorld(t, s, false, nil, "LENSAN_POSTMART_WEBHOOK_SECRET=")
	if got := w.send(t.Context(), "POST", "/webhooks/postmart", `{}`, time.Now().Unix(), ""); got != 404 {
		t.Error(got)
	}
}

// send posts an event signed with secret and gives the status.
func (w *hookWorld) send(ctx context.Context, method, path, body string, at int64, secret string) int {
	w.t.Helper()
	r, err := http.NewRequestWithContext(ctx, method, w.port.URL+path, bytes.NewReader([]byte(body)))
	if err != nil {
		w.t.Fatal(err)
	}
	stamp := strconv.FormatInt(at, 10)
	sig := hmac.New(sha256.New, []byte(secret))
	sig.Write([]byte(stamp + "." + body))
	r.Header.Set("X-Postmart-Timestamp", stamp)
	r.Header.Set("X-Postmart-Signature", hex.EncodeToString(sig.Sum(nil)))
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode
}
