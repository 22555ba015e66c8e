package sandbox

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"
)

// inbox is where events go; it answers with codes in turn, then 200.
type inbox struct {
	mu     sync.Mutex
	codes  []int
	events []pmEvent
	heads  []http.Header
	bodies [][]byte
}

func (b *inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	data, _ := io.ReadAll(r.Body)
	var e pmEvent
	_ = json.Unmarshal(data, &e)
	b.events, b.heads, b.bodies = append(b.events, e), append(b.heads, r.Header), append(b.bodies, data)
	code := 200
	if len(b.codes) > 0 {
		code, b.codes = b.codes[0], b.codes[1:]
	}
	w.WriteHeader(code)
}

func (b *inbox) take() (types []string, versions []int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.events {
		var p struct{ Version int64 }
		_ = json.Unmarshal(e.Product, &p)
		types, versions = append(types, e.Type), append(versions, p.Version)
	}
	b.events, b.heads, b.bodies = nil, nil, nil
	return types, versions
}

func TestWebhooks(t *testing.T) {
	t.Parallel()
	box := &inbox{}
	srv := httptest.NewServer(box)
	t.Cleanup(srv.Close)
	w := setup(t, Options{WebhookURL: srv.URL, WebhookSecret: "bí mật", WebhookWait: time.Millisecond, Now: time.Now})
	s := w.pm.signIn()
	sent := func() {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		check(t, w.sb.WebhooksSent(ctx))
	}
	shop, img := s.shop("r1"), s.image()
	id := s.create(pmGoods(shop, "A-1", img)).want(201).str("id")
	until(t, func() bool { // nobody asks about it, and it ends all the same
		box.mu.Lock()
		defer box.mu.Unlock()
		return len(box.events) == 1
	})
	t.Run("signed over the time and the raw body", func(t *testing.T) {
		mac := hmac.New(sha256.New, []byte("bí mật"))
		stamp := box.heads[0].Get("X-Postmart-Timestamp")
		mac.Write([]byte(stamp + "." + string(box.bodies[0])))
		if got := box.heads[0].Get("X-Postmart-Signature"); got != hex.EncodeToString(mac.Sum(nil)) {
			t.Errorf("signature %s", got)
		}
		if at, err := strconv.ParseInt(stamp, 10, 64); err != nil || time.Since(time.Unix(at, 0)).Abs() > time.Minute {
			t.Errorf("timestamp %s", stamp)
		}
		if e := box.events[0]; e.Type != "product.reviewed" || e.EventID == "" || e.OccurredAt == "" {
			t.Errorf("event %s", box.bodies[0])
		}
	})
	sent()
	box.take()
	want := func(types []string, versions []int64) {
		t.Helper()
		sent()
		gotTypes, gotVersions := box.take()
		if string(js(gotTypes)) != string(js(types)) || string(js(gotVersions)) != string(js(versions)) {
			t.Errorf("events %v of %v, want %v of %v", gotTypes, gotVersions, types, versions)
		}
	}
	edit := func(price string) {
		t.Helper()
		check(t, w.sb.EditBySeller(Postmart, id, []byte(`{"price":`+price+`}`)))
	}
	edited := "product.edited_by_seller"
	edit("46000")
	want([]string{edited}, []int64{3})
	check(t, w.sb.CloseByStaff(Postmart, id))
	check(t, w.sb.ReleaseByStaff(Postmart, id))
	want([]string{"product.closed_by_marketplace"}, []int64{4})

	t.Run("tried again twice, then lost", func(t *testing.T) {
		box.mu.Lock()
		box.codes = []int{500, 302, 404, 503}
		box.mu.Unlock()
		edit("47000")
		want([]string{edited, edited, edited}, []int64{6, 6, 6})
		edit("48000")
		want([]string{edited, edited}, []int64{7, 7})
		l, err := w.sb.Ledger(Postmart)
		check(t, err)
		if l.EventsLost != 1 {
			t.Errorf("lost %d", l.EventsLost)
		}
	})
	t.Run("dropped, doubled, reordered, late", func(t *testing.T) {
		f := func(k Kind, d time.Duration) {
			fault(t, w, Fault{Market: Postmart, Op: "webhook", Kind: k, Count: 1, Delay: d})
		}
		f(EventDrop, 0)
		edit("49000")
		want(nil, nil)
		f(EventDouble, 0)
		edit("50000")
		want([]string{edited, edited}, []int64{9, 9})
		f(EventReorder, 0)
		edit("51000")
		edit("52000")
		want([]string{edited, edited}, []int64{11, 10})
		f(EventLate, 200*time.Millisecond)
		edit("53000")
		edit("54000")
		want([]string{edited, edited}, []int64{13, 12})
	})
}
