package adaptertest

import (
	"context"
	"slices"
	"testing"

	"lensan/adapters"
)

// Officer is a Market without an API: its adapter hands changes over
// (adapters.Handover) and a person carries them out.
type Officer interface {
	Market
	// Bare is the adapter, with nobody at work yet and no list brought.
	Bare(t *testing.T) adapters.Adapter
	// CarryOut lets the person carry out what waits.
	CarryOut(t *testing.T)
	// Bring lets the person bring what the marketplace shows now.
	Bring(t *testing.T)
	// Waiting counts what waits for the person.
	Waiting(t *testing.T) int
}

// carriedOut are the rungs of the ladder that hold for an adapter whose changes
// a person carries out at once. The others speak of answers on the wire.
var carriedOut = []string{
	"capabilities are whole", "a listing from create to close", "a second create of a SKU", "finding", "changing content", "changing price and stock",
	"taking a change back", "adopting what was made by hand", "what Encode promises", "what Normalize refuses", "Unicode", "lengths at the limit", "money", "days",
	"push and read back",
}

// RunByHand holds an adapter that hands changes over to the contract: first
// with a person who is at work at once, on those rungs of the ladder that need
// no wire, then with one who takes their time. h.Open must make an Officer.
func RunByHand(t *testing.T, h Harness) {
	t.Helper()
	eagerly := h
	eagerly.Open = func(t *testing.T) Market {
		o := officer(t, h)
		o.Bring(t)
		return &eagerMarket{o}
	}
	found := 0
	for _, r := range ladder {
		if slices.Contains(carriedOut, r.name) {
			found++
			t.Run(r.name, func(t *testing.T) {
				t.Parallel()
				r.run(t, eagerly)
			})
		}
	}
	if found != len(carriedOut) {
		t.Errorf("%d of %d rungs are on the ladder", found, len(carriedOut))
	}
	for _, r := range []rung{{"nothing is claimed that a person can't do", claimsByHand}, {"before anything is known", beforeAList}, {"with a person who takes their time", patiently}} {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			r.run(t, h)
		})
	}
}

func officer(t *testing.T, h Harness) Officer {
	t.Helper()
	o, ok := h.Open(t).(Officer)
	if !ok {
		t.Fatal("the market has no officer")
	}
	return o
}

// eagerMarket is a market whose officer carries every change out at once.
type eagerMarket struct{ Officer }

func (m *eagerMarket) Adapter(t *testing.T, _ Options) adapters.Adapter {
	return &eager{m.Bare(t), m.Officer, t}
}

// ByHand and the others are followed by a new list.
func (m *eagerMarket) ByHand(t *testing.T, shopID, name string, price, stock int64) string {
	defer m.Bring(t)
	return m.Officer.ByHand(t, shopID, name, price, stock)
}

func (m *eagerMarket) Rename(t *testing.T, id, name string) {
	m.Officer.Rename(t, id, name)
	m.Bring(t)
}

func (m *eagerMarket) Sell(t *testing.T, id string, n int64) {
	m.Officer.Sell(t, id, n)
	m.Bring(t)
}

type eager struct {
	adapters.Adapter
	officer Officer
	t       *testing.T
}

// Apply hands over, has it carried out, and answers what came of it.
func (e *eager) Apply(ctx context.Context, changes []adapters.Change) []adapters.Outcome {
	out := e.Adapter.Apply(ctx, changes)
	e.officer.CarryOut(e.t)
	e.officer.Bring(e.t)
	for i, c := range changes {
		if out[i].Handed == nil || out[i].Err != nil {
			continue
		}
		out[i] = adapters.Outcome{RemoteID: c.RemoteID}
		if c.Op != adapters.OpCreate {
			continue
		}
		found, err := e.Find(ctx, c.ShopID, []string{c.SKU})
		if err != nil || len(found) != 1 {
			out[i] = adapters.Outcome{Err: &adapters.Error{Op: "create", SKU: c.SKU, Kind: adapters.KindUnknown, Err: err}}
			continue
		}
		out[i].RemoteID = found[0].RemoteID
	}
	return out
}

// Restore passes the optional ability on.
func (e *eager) Restore(c adapters.Change, fields adapters.Fields, current *adapters.Listing) ([]byte, error) {
	r, ok := e.Adapter.(adapters.Restorer)
	if !ok {
		return nil, &adapters.Error{Op: "restore", Kind: adapters.KindUnsupported}
	}
	return r.Restore(c, fields, current)
}

// claimsByHand holds the absences.
func claimsByHand(t *testing.T, h Harness) {
	a := officer(t, h).Bare(t)
	c := a.Capabilities()
	if _, ok := a.(adapters.Handover); !ok || !c.ByHand {
		t.Fatalf("by hand %v, hands over %v", c.ByHand, ok)
	}
	if _, ok := a.(adapters.Webhook); ok || c.Webhooks {
		t.Error("webhooks")
	}
	if c.KeyLife != 0 || c.Conditional || c.SharedToken || c.ListUpdatedAfter {
		t.Errorf("a file has neither keys nor versions nor sign-ins: %+v", c)
	}
}

// beforeAList: what nobody has seen is neither there nor absent.
func beforeAList(t *testing.T, h Harness) {
	o := officer(t, h)
	s := &seller{h: h, market: o, a: o.Bare(t), shop: "p-0001"}
	s.caps = s.a.Capabilities()
	s.image = s.upload(t, 1)
	waits := func(what string, err *adapters.Error) {
		t.Helper()
		kindIs(t, what, err, adapters.KindUnavailable)
		if err != nil && !err.WholeLane {
			t.Errorf("%s: not the whole lane's", what)
		}
	}
	waits("ping", s.a.Ping(t.Context()))
	_, err := s.a.Find(t.Context(), "", []string{"004001"})
	waits("find", err)
	_, err = s.a.Get(t.Context(), []string{"1"})
	waits("get", err)
	waits("apply", s.apply(t, s.change(t, adapters.OpCreate, s.offer("004001"), nil))[0].Err)
	for l, err := range s.a.List(t.Context(), adapters.ListQuery{}) {
		if err == nil {
			t.Errorf("a listing %+v", l)
		}
	}
	if n := o.Waiting(t); n != 0 {
		t.Errorf("%d files wait", n)
	}
}

// patiently: a change waits, once, until what is brought shows it.
func patiently(t *testing.T, h Harness) {
	o := officer(t, h)
	s := &seller{h: h, market: o, a: o.Bare(t), shop: "p-0001"}
	s.caps = s.a.Capabilities()
	s.image = s.upload(t, 1)
	o.Bring(t)
	c := s.change(t, adapters.OpCreate, s.offer("004001"), nil)
	waits := func(what string) {
		t.Helper()
		got, err := s.a.(adapters.Handover).Handed(t.Context(), []adapters.Change{c})
		if err != nil || len(got) != 1 || got[0].State != adapters.HandedWaiting || got[0].Code == "" {
			t.Errorf("%s: %+v, %v", what, got, err)
		}
	}
	for range 3 {
		out := s.apply(t, c)[0]
		if out.Err != nil || out.Handed == nil || out.Handed.State != adapters.HandedWaiting || out.RemoteID != "" || out.Listing != nil {
			t.Fatalf("handed over: %+v", out)
		}
		waits("handed over")
	}
	if n := o.Waiting(t); n != 1 {
		t.Errorf("%d files wait for one change", n)
	}
	o.Bring(t)
	waits("a list without it, while it waits")
	o.CarryOut(t)
	waits("carried out, and nothing brought")
	before, fault := s.a.(adapters.Handover).ReadAsOf(t.Context())
	if fault != nil {
		t.Fatal(fault)
	}
	o.Bring(t)
	found, err := s.a.Find(t.Context(), s.shop, []string{"004001"})
	if err != nil || len(found) != 1 {
		t.Fatalf("brought: %d, %v", len(found), err)
	}
	shows(t, found[0], s.want(t, s.offer("004001")))
	if after, fault := s.a.(adapters.Handover).ReadAsOf(t.Context()); fault != nil || !after.After(before) || !found[0].SeenAt.Equal(after) {
		t.Errorf("as of %v, seen at %v, before %v (%v)", after, found[0].SeenAt, before, fault)
	}
	kindIs(t, "once more", s.apply(t, c)[0].Err, adapters.KindExists)
	if n := o.Products(s.shop, "004001"); n != 1 {
		t.Errorf("%d products of the SKU", n)
	}
}
