package reconcile_test

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"lensan/adapters/sandbox"
	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/storetest"
)

const limitOfStory = time.Minute

func skusOf(goods []good) []string {
	out := make([]string, len(goods))
	for i, g := range goods {
		out[i] = g.sku
	}
	return out
}

func (w *world) backup() []byte {
	w.t.Helper()
	var b bytes.Buffer
	if _, _, err := w.store.Backup(w.t.Context(), &b, store.BackupOptions{}); err != nil {
		w.t.Fatal(err)
	}
	return b.Bytes()
}

// cutFirstCreates begins a sync of everything in which the first create of each
// marketplace is stored and its answer lost; the run is left open.
func (w *world) cutFirstCreates() {
	w.t.Helper()
	for m := range w.adapters {
		if _, err := w.sandbox.SetFault(sandbox.Fault{Market: m, Op: createOp[m], Kind: sandbox.Cut, Commit: true, Count: 1}); err != nil {
			w.t.Fatal(err)
		}
	}
	if _, _, err := w.store.RequestRun(w.t.Context(), store.RunRequest{Kind: catalog.RunSync, Policy: catalog.PolicySync, Trigger: catalog.TriggerCommand}); err != nil {
		w.t.Fatal(err)
	}
	for range 3 {
		w.step(w.t.Context(), w.runner)
	}
	intents, err := w.store.OpenIntents(w.t.Context(), "postmart", []string{"NM00001"})
	if err != nil || len(intents) != 1 {
		w.t.Fatalf("open intents %v, %v", intents, err)
	}
}

// restored is the same marketplaces with the record that a backup brings into
// an empty database.
func (w *world) restored(url string, file []byte) *world {
	w.t.Helper()
	if _, err := store.Restore(w.t.Context(), url, store.Options{Explain: text.Explain}, bytes.NewReader(file), false, store.RestoreOptions{By: "test", Settle: lag}); err != nil {
		w.t.Fatal(err)
	}
	again := *w
	again.store = storetest.Open(w.t, url, store.Options{Explain: text.Explain})
	again.runner = again.newRunner()
	return &again
}

// products are the marketplaces' products of these goods, each once.
func (w *world) products(goods []good) map[string]string {
	w.t.Helper()
	out := map[string]string{}
	for m := range w.adapters {
		for _, g := range goods {
			p := w.only(m, g.sku)
			out[m+"/"+g.sku] = fmt.Sprint(p.ID, p.Status, p.Live, p.Price, p.Stock, p.Name, string(p.Wire))
		}
	}
	return out
}

func (w *world) wantProducts(want map[string]string, when string) {
	w.t.Helper()
	for m := range w.adapters {
		for key, was := range want {
			sku, ok := strings.CutPrefix(key, m+"/")
			if !ok {
				continue
			}
			if p := w.only(m, sku); was != fmt.Sprint(p.ID, p.Status, p.Live, p.Price, p.Stock, p.Name, string(p.Wire)) {
				w.t.Errorf("%s: %s has changed %s: %s\nwas %s", m, sku, when, p.Wire, was)
			}
		}
	}
}

// states are both axes and the reason of each listing.
func (w *world) states(goods []good) map[string]string {
	w.t.Helper()
	rows, err := w.store.Listings(w.t.Context(), []string{"postmart", "voso"}, skusOf(goods))
	if err != nil {
		w.t.Fatal(err)
	}
	out := map[string]string{}
	for _, l := range rows {
		out[l.Marketplace+"/"+l.SKU] = fmt.Sprint(l.SyncState, " ", l.MarketState, " ", l.Reasons, " ", l.RemoteID)
	}
	return out
}

func (w *world) wantState(sku, market string, sync catalog.SyncState, reason string) {
	w.t.Helper()
	rows, err := w.store.Listings(w.t.Context(), []string{"postmart", "voso"}, []string{sku})
	if err != nil || len(rows) != 2 {
		w.t.Fatalf("%s: %d rows, %v", sku, len(rows), err)
	}
	for _, l := range rows {
		code := ""
		if len(l.Reasons) > 0 {
			code = l.Reasons[0].Code
		}
		if l.MarketState != market || l.SyncState != sync || code != reason {
			w.t.Errorf("%s: %s is %s, %s, %q; want %s, %s, %q", l.Marketplace, sku, l.MarketState, l.SyncState, code, market, sync, reason)
		}
	}
}
