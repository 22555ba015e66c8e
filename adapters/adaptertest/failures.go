package adaptertest

import (
	"maps"
	"slices"
	"testing"
	"time"

	"lensan/adapters"
)

// kinds meets each kind of failure as the marketplace really answers it.
func kinds(t *testing.T, h Harness) {
	s := settle(t, h)
	ctx := t.Context()
	o := s.offer("004001")
	l := s.create(t, o)
	met := map[adapters.Kind]bool{}
	is := func(what string, err *adapters.Error, want adapters.Kind) {
		t.Helper()
		kindIs(t, what, err, want)
		if err == nil {
			return
		}
		met[err.Kind] = true
		if err.Marketplace != s.a.Name() || err.Op == "" || err.Error() == "" {
			t.Errorf("%s: an error without a name: %+v", what, err)
		}
		lane := err.Kind == adapters.KindThrottled || err.Kind == adapters.KindUnavailable || err.Kind == adapters.KindUnauthorized
		if lane && !err.WholeLane {
			t.Errorf("%s: %s is the whole lane's", what, err.Kind)
		}
		item := err.Kind == adapters.KindInvalid || err.Kind == adapters.KindNotFound || err.Kind == adapters.KindExists || err.Kind == adapters.KindLocked || err.Kind == adapters.KindConflict
		if item && err.WholeLane {
			t.Errorf("%s: %s is the item's, not the lane's", what, err.Kind)
		}
	}
	create := func(sku string, change ...func(*adapters.Offer)) *adapters.Error {
		out := s.apply(t, s.change(t, adapters.OpCreate, s.offer(sku, change...), nil))[0]
		if out.Err != nil && out.Err.SKU != sku {
			t.Errorf("the failure of %s is told of %q", sku, out.Err.SKU)
		}
		return out.Err
	}
	get := func() *adapters.Error {
		got, err := s.a.Get(ctx, []string{l.RemoteID})
		if err != nil && len(got) > 0 {
			t.Error("an answer beside an error")
		}
		return err
	}
	strike := func(f Fault) { t.Helper(); s.market.Calm(t); s.market.Strike(t, f) }

	strike(Fault{Action: Get, Kind: Cut})
	is("a read that is always cut", get(), adapters.KindTransient)
	strike(Fault{Action: Get, Kind: Maintenance})
	is("a maintenance page for a read", get(), adapters.KindUnavailable)
	strike(Fault{Action: Get, Kind: Throttle})
	is("a limit for a read", get(), adapters.KindThrottled)
	strike(Fault{Action: Create, Kind: Throttle})
	is("a limit for a write", create("004010"), adapters.KindThrottled)
	strike(Fault{Action: Create, Kind: Cut, Commit: true, Count: 1})
	is("a write that got no answer", create("004011"), adapters.KindAmbiguous)
	strike(Fault{Action: Create, Kind: Answer, Code: "code_of_tomorrow"})
	is("a code that no contract knows", create("004012"), adapters.KindUnknown)
	s.market.Calm(t)

	is("a second create", create("004001"), adapters.KindExists)
	is("a recognition that has ended", create("004013", func(o *adapters.Offer) { o.Recognition.ValidUntil = today(-1) }), adapters.KindInvalid)
	gone := adapters.Listing{RemoteID: "none-such", ShopID: s.shop, Version: "1"}
	for _, op := range []adapters.Op{adapters.OpClose, adapters.OpReopen, adapters.OpUpdateContent, adapters.OpUpdateOffer} {
		field := adapters.FieldName
		if op == adapters.OpUpdateOffer {
			field = adapters.FieldPrice
		}
		is(string(op)+" of nothing", s.apply(t, s.change(t, op, o, &gone, field))[0].Err, adapters.KindNotFound)
	}
	is("a wrong secret", s.adapter(t, Options{WrongSecret: true}).Ping(ctx), adapters.KindUnauthorized)
	is("a write in a dry run", s.adapter(t, Options{ReadOnly: true}).Apply(ctx, []adapters.Change{s.change(t, adapters.OpCreate, s.offer("004014"), nil)})[0].Err, adapters.KindUnsupported)
	is("a context that has ended", firstErr(s.a.Get(ended(t), []string{l.RemoteID})), adapters.KindCancelled)
	s.market.Lock(t, l.RemoteID)
	locked := s.get(t, l.RemoteID)
	renamed := s.offer("004001", func(o *adapters.Offer) { o.Name = "Nước mắm Cửa Hội đóng chai mới" })
	is("a locked listing", s.apply(t, s.change(t, adapters.OpUpdateContent, renamed, &locked, adapters.FieldName))[0].Err, adapters.KindLocked)
	s.conflict(t, is)

	want := []adapters.Kind{adapters.KindTransient, adapters.KindThrottled, adapters.KindAmbiguous, adapters.KindNotFound, adapters.KindExists, adapters.KindInvalid,
		adapters.KindUnsupported, adapters.KindUnauthorized, adapters.KindUnavailable, adapters.KindLocked, adapters.KindUnknown, adapters.KindCancelled}
	for _, k := range want {
		if !met[k] {
			t.Errorf("%s was never met", k)
		}
	}
}

func firstErr(_ map[string]adapters.Listing, err *adapters.Error) *adapters.Error { return err }

// conflict: a stale version is refused exactly where writes are conditional.
func (s *seller) conflict(t *testing.T, is func(string, *adapters.Error, adapters.Kind)) {
	t.Helper()
	o := s.offer("005001")
	stale := s.create(t, o)
	s.market.Rename(t, stale.RemoteID, "Nước mắm Cửa Lò do người bán sửa")
	unit := s.offer("005001", func(o *adapters.Offer) { o.Unit = "can 5 lít" })
	out := s.apply(t, s.change(t, adapters.OpUpdateContent, unit, &stale, adapters.FieldUnit))[0]
	now := s.get(t, stale.RemoteID)
	if s.caps.Conditional {
		is("a stale version", out.Err, adapters.KindConflict)
		if now.Fields[adapters.FieldUnit] != stale.Fields[adapters.FieldUnit] {
			t.Error("a refused write was carried out")
		}
	} else if out.Err != nil {
		t.Errorf("writes are not conditional, yet: %v", out.Err)
	}
	if now.Fields[adapters.FieldName] != "Nước mắm Cửa Lò do người bán sửa" {
		t.Errorf("the seller's name is now %q", now.Fields[adapters.FieldName])
	}
}

// refusals goes through the contract's own codes.
func refusals(t *testing.T, h Harness) {
	s := settle(t, h)
	ctx := t.Context()
	l := s.create(t, s.offer("004001"))
	n := 0
	for _, r := range h.Refusals {
		n++
		s.market.Strike(t, Fault{Action: r.Action, Kind: Answer, Code: r.Code})
		var err *adapters.Error
		switch r.Action {
		case Create:
			err = s.apply(t, s.change(t, adapters.OpCreate, s.offer(skus(1000)[n]), nil))[0].Err
		case UpdateContent:
			err = s.apply(t, s.change(t, adapters.OpUpdateContent, s.offer("004001"), &l, adapters.FieldName))[0].Err
		case Upload:
			_, err = s.a.UploadImage(ctx, picture(s.caps.ImageMin+8, s.caps.ImageMin+8, 9))
		case CreateShop:
			_, err = s.a.CreateShop(ctx, shopOf("p-0009"), key())
		case Get:
			_, err = s.a.Get(ctx, []string{l.RemoteID})
		case SignIn:
			err = s.adapter(t, Options{}).Ping(ctx)
		default:
			t.Errorf("nobody calls %s for %s", r.Action, r.Code)
		}
		kindIs(t, r.Code, err, r.Kind)
		if err != nil && err.Code != r.Code {
			t.Errorf("%s comes as the code %q", r.Code, err.Code)
		}
		if r.Kind == adapters.KindInvalid && err != nil && len(err.Fields) == 0 {
			t.Errorf("%s names no field", r.Code)
		}
		s.market.Calm(t)
	}
	if n == 0 {
		t.Error("the harness names no code of the contract")
	}
}

// lostAnswers: a write whose answer is lost is Ambiguous, was sent once, and is
// settled by looking.
func lostAnswers(t *testing.T, h Harness) {
	s := settle(t, h)
	n := 0
	lose := func(what string, f Fault, done bool) {
		t.Helper()
		n++
		sku := skus(1000)[n]
		f.Action, f.Count = Create, 1
		before := s.market.Calls(Create)
		s.market.Strike(t, f)
		out := s.apply(t, s.change(t, adapters.OpCreate, s.offer(sku), nil))[0]
		kindIs(t, what, out.Err, adapters.KindAmbiguous)
		if sent := s.market.Calls(Create) - before; sent != 1 {
			t.Errorf("%s: sent %d times", what, sent)
		}
		found, err := s.a.Find(t.Context(), s.shop, []string{sku})
		if err != nil || (len(found) == 1) != done || len(found) > 1 {
			t.Errorf("%s: found %d, %v", what, len(found), err)
		}
		if n := s.market.Products(s.shop, sku); n > 1 {
			t.Errorf("%s: %d products", what, n)
		}
	}
	lose("carried out, then cut", Fault{Kind: Cut, Commit: true}, true)
	lose("cut before it arrived", Fault{Kind: Cut}, false)
	lose("carried out, half an answer", Fault{Kind: Truncate}, true)
	lose("carried out, then a gateway's 504 as HTML", Fault{Kind: Status, Status: 504, Body: "html", Commit: true}, true)
	lose("carried out, then a gateway's 502 without a word", Fault{Kind: Status, Status: 502, Body: "empty", Commit: true}, true)
	lose("carried out, then a maintenance page with 200", Fault{Kind: Maintenance, Commit: true}, true)
	lose("carried out, then no JSON", Fault{Kind: Garbage, Commit: true}, true)
	lose("carried out, then 503 as JSON", Fault{Kind: Status, Status: 503, Body: "json", Commit: true}, true)
	lose("carried out, then 500 as JSON", Fault{Kind: Status, Status: 500, Body: "json", Commit: true}, true)

	l := s.create(t, s.offer("900001"))
	for op, action := range map[adapters.Op]Action{adapters.OpUpdateOffer: UpdateOffer, adapters.OpUpdateContent: UpdateContent, adapters.OpClose: Close, adapters.OpReopen: Reopen} {
		current := s.get(t, l.RemoteID)
		fields := []adapters.Field{adapters.FieldUnit}
		if op == adapters.OpUpdateOffer {
			fields = []adapters.Field{adapters.FieldStock}
		}
		o := s.offer("900001", func(o *adapters.Offer) { o.Unit = "can 10 lít"; *o.Stock = 2 })
		before := s.market.Calls(action)
		s.market.Strike(t, Fault{Action: action, Kind: Cut, Commit: true, Count: 1})
		out := s.apply(t, s.change(t, op, o, &current, fields...))[0]
		kindIs(t, string(op)+" without an answer", out.Err, adapters.KindAmbiguous)
		if sent := s.market.Calls(action) - before; sent != 1 {
			t.Errorf("%s: sent %d times", op, sent)
		}
	}

	s.market.Strike(t, Fault{Action: CreateShop, Kind: Cut, Commit: true, Count: 1})
	before := s.market.Calls(CreateShop)
	_, err := s.a.CreateShop(t.Context(), shopOf("p-0050"), key())
	kindIs(t, "a shop without an answer", err, adapters.KindAmbiguous)
	if sent := s.market.Calls(CreateShop) - before; sent != 1 {
		t.Errorf("a shop was sent %d times", sent)
	}
	if found, err := s.a.FindShop(t.Context(), "p-0050"); err != nil || found == nil {
		t.Errorf("the shop is found as %+v, %v", found, err)
	}
}

// gateways: what no application said is no answer, least of all "not there".
func gateways(t *testing.T, h Harness) {
	s := settle(t, h)
	ctx := t.Context()
	l := s.create(t, s.offer("004001"))
	faults := map[string]Fault{
		"502 as HTML":             {Kind: Status, Status: 502, Body: "html"},
		"503 as JSON":             {Kind: Status, Status: 503, Body: "json"},
		"504 without a word":      {Kind: Status, Status: 504, Body: "empty"},
		"404 as HTML":             {Kind: Status, Status: 404, Body: "html"},
		"403 as HTML":             {Kind: Status, Status: 403, Body: "html"},
		"a maintenance page, 200": {Kind: Maintenance},
		"no JSON, 200":            {Kind: Garbage},
		"half an answer":          {Kind: Truncate},
		"500 as JSON":             {Kind: Status, Status: 500, Body: "json"},
	}
	for _, what := range slices.Sorted(maps.Keys(faults)) {
		f := faults[what]
		s.market.Calm(t)
		for _, action := range []Action{Get, Find, List, FindShop} {
			f.Action = action
			s.market.Strike(t, f)
		}
		lane := []adapters.Kind{adapters.KindUnavailable, adapters.KindTransient}
		if got, err := s.a.Get(ctx, []string{l.RemoteID}); len(got) > 0 || err == nil {
			t.Errorf("%s: get gives %v", what, got)
		} else {
			kindIs(t, what+": get", err, lane...)
		}
		if got, err := s.a.Find(ctx, s.shop, []string{"004001"}); len(got) > 0 || err == nil {
			t.Errorf("%s: find gives %v", what, got)
		} else {
			kindIs(t, what+": find", err, lane...)
		}
		if got, err := s.a.FindShop(ctx, "p-0001"); got != nil || err == nil {
			t.Errorf("%s: find shop gives %v", what, got)
		}
		if _, whole := s.list(t, adapters.ListQuery{}); whole {
			t.Errorf("%s: an empty list that claims to be whole", what)
		}
	}
	s.market.Calm(t)
	start := time.Now()
	s.market.Strike(t, Fault{Action: Get, Kind: Status, Status: 503, Body: "empty", Count: 1})
	if _, err := s.a.Get(ctx, []string{l.RemoteID}); err != nil {
		t.Errorf("one outage of a moment is told: %v", err)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("a call took %v", took)
	}
	before := s.market.Calls(Get)
	s.market.Strike(t, Fault{Action: Get, Kind: Cut})
	if _, err := s.a.Get(ctx, []string{l.RemoteID}); err == nil {
		t.Error("no failure")
	}
	// Three tries; net/http itself may repeat one on a connection that was kept.
	if n := s.market.Calls(Get) - before; n < 2 || n > 6 {
		t.Errorf("a read that fails is sent %d times", n)
	}
}
