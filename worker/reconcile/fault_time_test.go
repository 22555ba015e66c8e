package reconcile_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"lensan/adapters"
	"lensan/adapters/postmart"
	"lensan/adapters/rest"
	"lensan/adapters/sandbox"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/worker/reconcile"
)

// What somebody tells of a listing between its reading and its saving is looked
// at again: the webhook's word is a hint that must not be lost.
func TestAHintBetweenReadingAndSavingIsKept(t *testing.T) {
	eachLab(t, labOptions{only: "postmart"}, func(t *testing.T, l *lab) {
		l.listed(goods(2))
		id := l.only("postmart", "NM00001").ID
		hint := func() {
			if n, err := l.store.HintListings(context.WithoutCancel(t.Context()), "postmart", []string{id}); err != nil || n != 1 {
				t.Errorf("%d hints taken: %v", n, err)
			}
		}
		var once sync.Once
		l.hooks.set(nil, func(_ string, r *http.Request) {
			if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/"+id) {
				once.Do(func() { // it was read, and is edited before that is saved
					l.edit("postmart", "NM00001", map[string]any{"price": 77000})
					hint()
				})
			}
		})
		hint()
		l.settle()
		if got := l.listing("postmart", "NM00001").Seen["price"]; got != "77000" {
			t.Errorf("the record shows the price %s, which was 77000 before the look was saved", got)
		}
	})
}

// The same while a worker changes the listing: neither its intent nor its
// record takes the wish away.
func TestAHintDuringAChangeIsKept(t *testing.T) {
	eachLab(t, labOptions{only: "postmart"}, func(t *testing.T, l *lab) {
		all := goods(2)
		l.listed(all)
		id := l.only("postmart", "NM00001").ID
		reads := 0
		var mu sync.Mutex
		l.hooks.set(nil, func(_ string, r *http.Request) {
			if r.Method != http.MethodGet || !strings.HasSuffix(r.URL.Path, "/"+id) {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			if reads++; reads > 2 {
				return
			}
			// Before the write, and again after the reading back.
			l.edit("postmart", "NM00001", map[string]any{"name": "Nước mắm do người bán đổi tên lần " + itoa(int64(reads))})
			if _, err := l.store.HintListings(context.WithoutCancel(t.Context()), "postmart", []string{id}); err != nil {
				t.Error(err)
			}
		})
		l.importGoods(repriced(all, 2))
		l.sync(store.RunRequest{})
		l.settle()
		if got := l.listing("postmart", "NM00001").Seen["name"]; got != l.only("postmart", "NM00001").Name {
			t.Errorf("the record shows %q, the marketplace %q", got, l.only("postmart", "NM00001").Name)
		}
	})
}

// F37 at the contract's own pace: 20 requests a second, each listing read by
// itself. No price is written on a reading older than two seconds, and a call
// carries as many as can be read in that time.
func TestF37_AtTwentyRequestsASecondAWriteFollowsItsReading(t *testing.T) {
	const edits = 80
	eachLab(t, labOptions{only: "postmart"}, func(t *testing.T, l *lab) {
		all := goods(edits)
		l.listed(all)
		var mu sync.Mutex
		read := map[string]time.Time{}
		var calls int
		var oldest time.Duration
		l.hooks.set(func(_ string, r *http.Request) {
			at := time.Now()
			mu.Lock()
			defer mu.Unlock()
			switch {
			case r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/v1/products/"):
				read[strings.TrimPrefix(r.URL.Path, "/v1/products/")] = at
			case strings.HasSuffix(r.URL.Path, "/offers:batch"):
				calls++
				body, err := io.ReadAll(r.Body)
				if err != nil {
					t.Error(err)
				}
				r.Body = io.NopCloser(bytes.NewReader(body))
				var sent struct {
					Items []struct {
						ID string `json:"product_id"`
					} `json:"items"`
				}
				if err := json.Unmarshal(body, &sent); err != nil {
					t.Error(err)
				}
				for _, it := range sent.Items {
					oldest = max(oldest, at.Sub(read[it.ID]))
				}
			}
		}, nil)
		l.importGoods(repriced(all, 2))
		run := l.ask(store.RunRequest{})
		l.planNow()
		l.runner = l.paced(20)
		if done := l.finish(run); l.state(done) != catalog.RunDone {
			t.Fatalf("%s %+v", l.state(done), l.counts(run.ID))
		}
		// 39 fit into the time with their write: three calls, more where the
		// machine is busy, and never one that waits for the rest.
		if calls < 3 || calls > edits/4 {
			t.Errorf("%d calls for %d prices", calls, edits)
		}
		if oldest > 2*time.Second+500*time.Millisecond { // a busy machine may stop between reading and writing
			t.Errorf("a price was written %v after its listing was read", oldest)
		}
		t.Logf("%d prices in %d calls, the oldest reading %v", edits, calls, oldest.Round(time.Millisecond))
	})
}

// paced is a Runner whose adapter keeps to a rate.
func (l *lab) paced(rate float64) *reconcile.Runner {
	l.t.Helper()
	lanes, err := l.store.Lanes(l.t.Context())
	if err != nil || len(lanes) != 1 {
		l.t.Fatal(lanes, err)
	}
	a, err := postmart.New(postmart.Config{BaseURL: lanes[0].BaseURL, ClientID: sandbox.DefaultClientID, ClientSecret: sandbox.DefaultClientSecret, Rate: rate,
		ReadLag: contract["postmart"].lag, LateWrite: contract["postmart"].late, Options: rest.Options{Log: l.log, Now: l.clock.Now, Tokens: l.tokens["postmart"]}})
	if err != nil {
		l.t.Fatal(err)
	}
	l.adapters["postmart"] = adapters.Adapter(a)
	return l.newRunner()
}
