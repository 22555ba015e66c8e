package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"lensan/adapters/sandbox"
	"lensan/store"
	"lensan/store/catalog"
)

// A comparison that can't find anything proves nothing: each kind of damage is
// done on purpose to a world in which all is well, and must be told.
func TestEachKindOfDamageIsFound(t *testing.T) {
	t.Chdir("../..")
	w, err := newWorld(t.Context(), options{size: "embedded", seed: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer w.close(false)
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err := w.calm(t.Context()); err != nil {
		t.Fatal(err)
	}
	limit, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	if err := w.runToEnd(limit, catalog.RunSync); err != nil {
		t.Fatal(err)
	}
	if err := w.strangers(limit); err != nil {
		t.Fatal(err)
	}
	r := w.rng("answers")
	for { // until all is well
		err := w.round(limit, r)
		found, checkErr := w.check(limit)
		if err == nil && checkErr == nil && len(found) == 0 {
			break
		}
		if limit.Err() != nil {
			t.Fatalf("a calm world does not settle: %v %v %s", err, checkErr, strings.Join(found, "\n"))
		}
	}
	w.fleet.stop() // what is damaged stays so
	live := w.liveOf(t, sandbox.Postmart)
	for _, d := range []struct {
		name string
		do   func() error
		want string
		kind kind
	}{
		{"a second listing", func() error {
			_, err := w.sandbox.AddByHand(sandbox.Postmart, sandbox.HandMade{Shop: live[0].Shop, SKU: live[0].SKU, Name: live[0].Name, Price: 9000})
			return err
		}, "is doubled in shop", doubled},
		{"a price that is not the register's", func() error { return w.edit(live[1], map[string]any{"price": live[1].Price + 1000}) }, "the price is", differs},
		{"a stock that nobody left so", func() error { w.stocks["postmart/"+live[2].ID] = live[2].Stock + 1; return nil }, "people left", stocked},
		{"a foreign product that was touched", func() error {
			for name := range w.strange {
				if m, id, _ := strings.Cut(name, "/"); m == sandbox.Postmart {
					return w.sandbox.Sell(m, id, 1)
				}
			}
			return errors.New("no foreign product")
		}, "foreign product", foreign},
		{"a closure by us that nothing called for", func() error {
			return w.store.AppendEvent(t.Context(), store.Event{Kind: "listing.closed", Marketplace: sandbox.Voso, SKU: live[3].SKU})
		}, "though it was to be on sale", closing},
		{"a run without an end", func() error {
			_, _, err := w.store.RequestRun(t.Context(), store.RunRequest{Kind: catalog.RunSync, Policy: catalog.PolicySync})
			return err
		}, "is still open", lost},
	} {
		if err := d.do(); err != nil {
			t.Fatalf("%s: %v", d.name, err)
		}
		found, err := w.check(t.Context())
		if err != nil {
			t.Fatalf("%s: %v", d.name, err)
		}
		if !slices.ContainsFunc(found, func(f string) bool { return strings.Contains(f, d.want) }) || w.figures.wrong[d.kind] == 0 {
			t.Errorf("%s is not found (%v): %s", d.name, w.figures.wrong, strings.Join(found, "\n"))
		}
	}
}

// liveOf are the marketplace's live products that are ours.
func (w *world) liveOf(t *testing.T, m string) []sandbox.ProductView {
	t.Helper()
	var out []sandbox.ProductView
	for v := range w.sandbox.Products(m) {
		if v.Live && v.SKU != "" && !strings.HasPrefix(v.SKU, strangePrefix) {
			out = append(out, v)
		}
	}
	if len(out) < 10 {
		t.Fatalf("%s has %d live products", m, len(out))
	}
	return out
}

func (w *world) edit(v sandbox.ProductView, fields map[string]any) error {
	b, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	return w.sandbox.EditBySeller(v.Market, v.ID, b)
}
