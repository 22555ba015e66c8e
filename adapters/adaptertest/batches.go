package adaptertest

import (
	"errors"
	"slices"
	"testing"

	"lensan/adapters"
)

// batches: each item stands or falls alone, and outcomes keep their order.
func batches(t *testing.T, h Harness) {
	s := settle(t, h)
	many := min(s.caps.Batch[adapters.OpCreate], 7)
	names := skus(max(many, 4))
	var creates []adapters.Change
	for i, sku := range names {
		o := s.offer(sku)
		if i == 1 {
			o.Recognition.ValidUntil = today(-1)
		}
		creates = append(creates, s.change(t, adapters.OpCreate, o, nil))
	}
	var ids []string
	for i, out := range s.apply(t, creates...) {
		if i == 1 {
			kindIs(t, "a create whose recognition has ended", out.Err, adapters.KindInvalid)
			if out.Err != nil && (out.Err.SKU != names[1] || !slices.ContainsFunc(out.Err.Fields, func(f adapters.FieldError) bool { return f.Field == string(adapters.FieldOcop) })) {
				t.Errorf("blames %q, fields %+v", out.Err.SKU, out.Err.Fields)
			}
			continue
		}
		if out.Err != nil {
			t.Fatalf("%s falls with another: %v", names[i], out.Err)
		}
		if l := s.get(t, out.RemoteID); l.SKU != names[i] {
			t.Errorf("%s came back as %s", names[i], l.SKU)
		}
		ids = append(ids, out.RemoteID)
	}

	for _, op := range []adapters.Op{adapters.OpUpdateOffer, adapters.OpClose} {
		var changes []adapters.Change
		for i, id := range []string{ids[0], "none-such", ids[1], ids[2]} {
			l := adapters.Listing{RemoteID: id, ShopID: s.shop, Version: "1"}
			if i != 1 {
				l = s.get(t, id)
			}
			o := s.offer(names[i], func(o *adapters.Offer) { o.Price = 60_000 + 1000*int64(i) })
			changes = append(changes, s.change(t, op, o, &l, adapters.FieldPrice))
		}
		for i, out := range s.apply(t, changes...) {
			if i == 1 {
				kindIs(t, string(op)+" of an unknown listing", out.Err, adapters.KindNotFound)
			} else if out.Err != nil || out.RemoteID != changes[i].RemoteID {
				t.Errorf("%s of %s: %+v", op, changes[i].RemoteID, out)
			}
		}
		for i, c := range changes {
			if i == 1 {
				continue
			}
			l := s.get(t, c.RemoteID)
			if op == adapters.OpClose && l.State != adapters.Closed || op == adapters.OpUpdateOffer && l.Fields[adapters.FieldPrice] != []string{"60000", "", "62000", "63000"}[i] {
				t.Errorf("after %s: %s %s", op, l.State, l.Fields[adapters.FieldPrice])
			}
		}
	}
	s.brokenBatches(t, ids[:3], names)
}

// brokenBatches: items that the answer leaves out, or claims and did not do.
func (s *seller) brokenBatches(t *testing.T, ids, names []string) {
	if s.caps.Batch[adapters.OpUpdateOffer] < 3 {
		return
	}
	prices := func(price int64) []adapters.Change {
		var out []adapters.Change
		for i, id := range ids {
			l := s.get(t, id)
			out = append(out, s.change(t, adapters.OpUpdateOffer, s.offer(names[i], func(o *adapters.Offer) { o.Price = price }), &l, adapters.FieldPrice))
		}
		return out
	}
	s.market.Strike(t, Fault{Action: UpdateOffer, Kind: OmitItems, Items: []int{1}, Count: 1})
	for i, out := range s.apply(t, prices(71_000)...) {
		if i == 1 {
			kindIs(t, "an item left out of the answer", out.Err, adapters.KindAmbiguous)
		} else if out.Err != nil && out.Err.Kind != adapters.KindAmbiguous {
			t.Errorf("beside an item left out: %v", out.Err)
		}
	}
	s.market.Strike(t, Fault{Action: UpdateOffer, Kind: IgnoreItems, Items: []int{2}, Count: 1})
	s.apply(t, prices(72_000)...)
	for i, want := range []string{"72000", "72000", "71000"} {
		if got := s.get(t, ids[i]).Fields[adapters.FieldPrice]; got != want {
			t.Errorf("item %d reads %s, want %s", i, got, want)
		}
	}
	if s.caps.Batch[adapters.OpCreate] > 1 {
		s.market.Strike(t, Fault{Action: Create, Kind: IgnoreItems, Items: []int{0}, Count: 1})
		out := s.apply(t, s.change(t, adapters.OpCreate, s.offer("200001"), nil), s.change(t, adapters.OpCreate, s.offer("200002"), nil))
		if out[0].Err == nil && s.market.Products(s.shop, "200001") == 0 {
			if got, err := s.a.Get(t.Context(), []string{out[0].RemoteID}); err == nil && len(got) > 0 {
				t.Errorf("a create that was not done reads as %+v", got)
			}
		}
		if out[1].Err != nil {
			t.Errorf("beside an ignored one: %v", out[1].Err)
		}
	}
}

// encoding: the same arguments give the same bytes, and nothing half made.
func encoding(t *testing.T, h Harness) {
	s := settle(t, h)
	o := s.offer("004001")
	current := adapters.Listing{RemoteID: "1", ShopID: s.shop, Version: "1"}
	for _, c := range []adapters.Change{
		{Op: adapters.OpCreate, SKU: o.SKU, ShopID: s.shop},
		{Op: adapters.OpUpdateContent, SKU: o.SKU, RemoteID: "1", Version: "1", Fields: adapters.ContentFields},
		{Op: adapters.OpUpdateOffer, SKU: o.SKU, RemoteID: "1", Version: "1", Fields: []adapters.Field{adapters.FieldPrice}},
		{Op: adapters.OpAdopt, SKU: o.SKU, RemoteID: "1", Version: "1"},
	} {
		l := &current
		if c.Op == adapters.OpCreate {
			l = nil
		}
		first, err := s.a.Encode(c, o, l)
		if err != nil {
			t.Fatalf("%s: %v", c.Op, err)
		}
		for range 5 {
			if again, err := s.a.Encode(c, o, l); err != nil || string(again) != string(first) {
				t.Fatalf("%s gives other bytes: %v\n%s\n%s", c.Op, err, first, again)
			}
		}
	}
	refused := func(what string, c adapters.Change, o adapters.Offer) {
		t.Helper()
		payload, err := s.a.Encode(c, o, &current)
		var e *adapters.Error
		if err == nil || !errors.As(err, &e) || payload != nil {
			t.Errorf("%s is encoded as %s (%v)", what, payload, err)
		}
	}
	create := adapters.Change{Op: adapters.OpCreate, SKU: o.SKU, ShopID: s.shop}
	refused("a create without a price", create, s.offer("1", func(o *adapters.Offer) { o.Price = 0 }))
	refused("a create with unknown stock", create, s.offer("1", func(o *adapters.Offer) { o.Stock = nil }))
	refused("a create without a picture", create, s.offer("1", func(o *adapters.Offer) { o.Images = nil }))
	refused("a picture that was not uploaded", create, s.offer("1", func(o *adapters.Offer) { o.Images = []adapters.ImageRef{{SHA256: "aa", Width: 900, Height: 900}} }))
	refused("an operation of nobody", adapters.Change{Op: "delete", SKU: "1", RemoteID: "1"}, o)
	refused("an unknown stock", adapters.Change{Op: adapters.OpUpdateOffer, SKU: "1", RemoteID: "1", Version: "1", Fields: []adapters.Field{adapters.FieldStock}}, s.offer("1", func(o *adapters.Offer) { o.Stock = nil }))
}
