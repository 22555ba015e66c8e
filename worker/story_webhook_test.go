//go:build !race

// Virtual time gains nothing from the race detector and takes ten times as long
// under it: .ci/test runs this story without.

package worker

import (
	"fmt"
	"io"
	"net/http"
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

// F32: Postmart's reviews take hours, and days later it thinks again. Whether
// all of its events come, none, or 30 of 100 are lost, 30 doubled and the
// others out of order: after five days the record says the same.
func TestF32_FiveDaysOfEventsLostDoubledAndReordered(t *testing.T) {
	t.Parallel()
	faults := map[string][]sandbox.Fault{
		"all come": nil,
		"all lost": {{Kind: sandbox.EventDrop, Prob: 1}},
		"a storm":  {{Kind: sandbox.EventDrop, Prob: 0.3}, {Kind: sandbox.EventDouble, Prob: 0.3}, {Kind: sandbox.EventReorder, Prob: 0.3}},
	}
	ends := map[string]map[string]string{}
	for name, set := range faults {
		inBubble(t, time.Date(2026, 11, 24, 8, 0, 0, 0, catalog.Vietnam), func(t *testing.T) { ends[name] = fiveDays(t, name, set) })
	}
	kinds := map[string]int{}
	for key, state := range ends["all come"] {
		kinds[state]++
		for _, other := range []string{"all lost", "a storm"} {
			if ends[other][key] != state {
				t.Errorf("%s: %q where %s, %q where all come", key, ends[other][key], other, state)
			}
		}
	}
	if kinds["applied live "] < 120 || len(kinds) < 3 {
		t.Errorf("too little happened: %v", kinds)
	}
}

// fiveDays lists 100 products and reads all each night; it returns where
// each SKU stands in the end.
func fiveDays(t *testing.T, name string, faults []sandbox.Fault) map[string]string {
	t.Helper()
	const secret = "a-webhook-secret"
	hooks := newPipes()
	carrier := rest.NewTransport(4)
	carrier.DialContext = hooks.dial
	b := newBubbleMarket(t, func(o *sandbox.Options) {
		o.Seed = 32
		o.Postmart.ReviewDelay, o.Postmart.ReviewSpread, o.Postmart.RejectShare = time.Hour, 8*time.Hour, 0.15
		o.WebhookURL, o.WebhookSecret, o.WebhookWait, o.WebhookTransport = "http://127.0.0.1/webhooks/postmart", secret, time.Minute, carrier
	})
	hook, err := postmart.New(postmart.Config{BaseURL: b.urls["postmart"], ClientID: sandbox.DefaultClientID, ClientSecret: sandbox.DefaultClientSecret, WebhookSecret: secret, Rate: 1,
		Options: rest.Options{Log: b.log}})
	if err != nil {
		t.Fatal(err)
	}
	hinted := 0
	var mu sync.Mutex
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { // as cmd/lensan takes them
		body, err := io.ReadAll(r.Body)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		ids, fault := adapters.Webhook(hook).VerifyWebhook(r.Header, body, b.store.Now())
		if fault != nil {
			t.Errorf("an event was refused: %v", fault)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		n, err := b.store.HintListings(r.Context(), "postmart", ids)
		if err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		mu.Lock()
		hinted += n
		mu.Unlock()
		w.WriteHeader(http.StatusNoContent)
	})}
	var serving sync.WaitGroup
	serving.Go(func() { srv.Serve(hooks) }) //nolint:errcheck // it is closed
	t.Cleanup(func() {
		carrier.CloseIdleConnections()
		srv.Close()
		serving.Wait()
	})
	open := map[string]adapters.Adapter{}
	for _, m := range bothLanes {
		open[m] = b.adapter(t, m, rest.Options{Log: b.log, Transport: b.transports[m]})
	}
	night := &nights{bubbleMarket: b, runner: reconcile.New(reconcile.Options{Store: b.store, Adapters: open, Now: b.store.Now, Log: b.log})}
	var products []made
	for i := range 100 {
		products = append(products, made{n: i + 1, decided: "2026-06-01", until: "2030-12-31"})
	}
	night.importMade(products...)
	for _, f := range faults {
		f.Market, f.Op = sandbox.Postmart, "webhook"
		if _, err := b.sandbox.SetFault(f); err != nil {
			t.Fatal(err)
		}
	}
	for i := 9; i < len(products); i += 10 { // a tenth of what is approved is taken down days later
		if _, err := b.sandbox.SetFault(sandbox.Fault{Market: sandbox.Postmart, Op: "review", Kind: sandbox.ReviewFlip, SKU: products[i].sku(), Delay: 60 * time.Hour}); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.store.SeedSchedule(t.Context(), "nightly", "0 2 * * *", catalog.RunReconcile); err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.store.RequestRun(t.Context(), store.RunRequest{Kind: catalog.RunSync, Policy: catalog.PolicySync, Trigger: catalog.TriggerCommand, By: "Lan"}); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(5 * 24 * time.Hour); time.Now().Before(end); time.Sleep(10 * time.Minute) {
		night.tick()
	}
	l := b.ledger("postmart")
	t.Logf("%s: %d events, %d lost, %d hints, %v", name, l.EventsSent, l.EventsLost, hinted, l.Faults)
	if name == "all lost" && hinted > 0 || name != "all lost" && hinted < 50 || len(l.Doubles) > 0 {
		t.Errorf("%s: %d hints were taken, doubles %v", name, hinted, l.Doubles)
	}
	out := map[string]string{}
	for row, err := range b.store.AllSyncStatus(t.Context(), store.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		out[row.Marketplace+" "+row.SKU] = fmt.Sprint(row.SyncState, " ", row.MarketState, " ", row.ReasonCode)
	}
	return out
}

// tick does all that is due now: what the schedule asks for, and looks.
func (n *nights) tick() {
	n.t.Helper()
	ctx := n.t.Context()
	if _, err := n.store.RunDueSchedules(ctx); err != nil {
		n.t.Fatal(err)
	}
	run, ok, err := n.store.ClaimRunToPlan(ctx, "test", time.Minute)
	if err != nil {
		n.t.Fatal(err)
	}
	if ok {
		if err := n.runner.PlanRun(ctx, run); err != nil {
			n.t.Fatalf("plan: %v", err)
		}
	}
	for n.work(ctx) {
	}
	if _, err := n.store.FinishRuns(ctx); err != nil {
		n.t.Fatal(err)
	}
}
