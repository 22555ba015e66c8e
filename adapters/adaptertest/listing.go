package adaptertest

import (
	"fmt"
	"testing"

	"lensan/adapters"
)

// list reads a List to its end: what came, by id, and whether it was whole.
func (s *seller) list(t *testing.T, q adapters.ListQuery) (map[string]adapters.Listing, bool) {
	t.Helper()
	got := map[string]adapters.Listing{}
	ended := false
	for l, err := range s.a.List(t.Context(), q) {
		if ended {
			t.Error("the list goes on after its error")
			break
		}
		if err != nil {
			ended = true
			if adapters.KindOf(err) == adapters.KindUnknown {
				t.Errorf("a list ends in %v", err)
			}
			continue
		}
		if _, twice := got[l.RemoteID]; twice {
			t.Errorf("%s is listed twice", l.RemoteID)
		}
		got[l.RemoteID] = l
	}
	return got, !ended
}

// fill makes enough listings for n pages and a few more.
func (s *seller) fill(t *testing.T, pages int) map[string]string {
	t.Helper()
	var offers []adapters.Offer
	for _, sku := range skus(pages*s.caps.PageSize + 3) {
		offers = append(offers, s.offer(sku))
	}
	have := map[string]string{}
	for i, id := range s.createAll(t, offers...) {
		have[id] = offers[i].SKU
	}
	return have
}

// lists: one that is whole says so, one that is not never does.
func lists(t *testing.T, h Harness) {
	s := settle(t, h)
	if got, whole := s.list(t, adapters.ListQuery{}); !whole || len(got) != 0 {
		t.Errorf("nothing is listed as %d, whole %v", len(got), whole)
	}
	have := s.fill(t, 2)
	all := func(what string, got map[string]adapters.Listing, whole bool) {
		t.Helper()
		if whole && len(got) != len(have) {
			t.Errorf("%s: %d of %d are called whole", what, len(got), len(have))
		}
		for id, l := range got {
			if have[id] != l.SKU {
				t.Errorf("%s: %s is listed as %s, it is %s", what, id, l.SKU, have[id])
			}
		}
	}
	got, whole := s.list(t, adapters.ListQuery{})
	all("undisturbed", got, whole)
	if !whole {
		t.Error("an undisturbed list is not whole")
	}
	if got, whole := s.list(t, adapters.ListQuery{ShopID: s.shop}); !whole || len(got) != len(have) {
		t.Errorf("the shop's list: %d, whole %v", len(got), whole)
	}
	faults := map[string]Fault{
		"the second page repeats":       {Kind: Repeat, Skip: 1, Count: 1, Size: 2},
		"every page repeats":            {Kind: Repeat, Size: 1},
		"the second page fails":         {Kind: Status, Status: 503, Body: "html", Skip: 1},
		"the second page is half":       {Kind: Truncate, Skip: 1},
		"the second page is no JSON":    {Kind: Garbage, Skip: 1},
		"the last page is maintenance":  {Kind: Maintenance, Skip: 2},
		"the second page cuts once":     {Kind: Cut, Skip: 1, Count: 1},
		"the first page ends early":     {Kind: EndEarly, Count: 1},
		"the second page ends early":    {Kind: EndEarly, Skip: 1, Count: 1},
		"every page claims to end here": {Kind: EndEarly},
	}
	for what, f := range faults {
		if f.Kind == EndEarly && !h.TellsTotal {
			continue // nothing on the wire tells
		}
		f.Action = List
		s.market.Calm(t)
		s.market.Strike(t, f)
		got, whole := s.list(t, adapters.ListQuery{})
		all(what, got, whole)
		if f.Kind != Repeat && f.Kind != EndEarly && f.Count == 0 && whole {
			t.Errorf("%s: called whole", what)
		}
		if f.Kind == Cut && !whole {
			t.Errorf("%s: one cut ends the list", what)
		}
	}
	s.market.Calm(t)
	n, before := 0, s.market.Calls(List)
	for _, err := range s.a.List(t.Context(), adapters.ListQuery{}) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 3 {
			break
		}
	}
	if calls := s.market.Calls(List) - before; calls != 1 {
		t.Errorf("a list left after 3 made %d calls", calls)
	}
}

// growingLists: rows that are added and changed while one reads.
func growingLists(t *testing.T, h Harness) {
	s := settle(t, h)
	have := s.fill(t, 2)
	seen := map[string]bool{}
	n := 0
	var ids []string
	for id := range have {
		ids = append(ids, id)
	}
	for l, err := range s.a.List(t.Context(), adapters.ListQuery{}) {
		if err != nil {
			t.Fatalf("after %d of %d: %v", n, len(have), err)
		}
		if seen[l.RemoteID] {
			t.Errorf("%s is listed twice", l.RemoteID)
		}
		seen[l.RemoteID] = true
		if n%s.caps.PageSize == 5 { // within each page
			s.create(t, s.offer(fmt.Sprintf("N%05d", n)))
			for _, id := range ids[n%len(ids) : min(n%len(ids)+4, len(ids))] {
				s.market.Sell(t, id, 1)
				s.market.Rename(t, id, fmt.Sprintf("Nước mắm Cửa Lò đổi tên %d", n))
			}
		}
		n++
	}
	missing := 0
	for id := range have {
		if !seen[id] {
			missing++
		}
	}
	if missing > 0 {
		t.Errorf("%d of %d were left out", missing, len(have))
	}
}
