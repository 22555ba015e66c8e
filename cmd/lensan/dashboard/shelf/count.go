package shelf

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"lensan/store"
	"lensan/store/catalog"
)

// Both is the marketplace of the rows that ask the same of every lane at once.
const Both = "both"

// Coverage counts products along one dimension (all, stars, commune, district,
// set) as the view coverage does.
func (s *Shelf) Coverage(dimension string) []store.CoverageRow { return s.coverage()[dimension] }

// tally counts one value of one dimension on one marketplace.
type tally struct{ seen, recognised, eligible, listable, live int }

func (t *tally) add(recognised, eligible, complete, onSale bool) {
	t.seen++
	t.recognised += one(recognised)
	t.eligible += one(eligible)
	t.listable += one(eligible && complete)
	t.live += one(eligible && onSale)
}

func (s *Shelf) cover() map[string][]store.CoverageRow {
	values := [][]string{{"all"}, nil, s.communes, s.districts, s.sets}
	dimensions := []string{"all", "stars", "commune", "district", "set"}
	for n := range 10 {
		values[1] = append(values[1], strconv.Itoa(n))
	}
	markets := make([]string, 0, len(s.Lanes)+1)
	for _, l := range s.Lanes {
		markets = append(markets, l.Name)
	}
	if len(markets) > 0 {
		markets = append(markets, Both)
	}
	counts := make([][][]tally, len(markets)) // by market, dimension and value
	for m := range counts {
		counts[m] = make([][]tally, len(dimensions))
		for d := range counts[m] {
			counts[m][d] = make([]tally, len(values[d]))
		}
	}
	complete := s.completeReasons()
	for first := 0; first < len(s.of); {
		p := s.of[first]
		after := first + 1
		for after < len(s.of) && s.of[after] == p {
			after++
		}
		pr := &s.products[p]
		recognised := pr.stars > 0 && !pr.revoked
		eligible := recognised && pr.ordered && int(pr.stars) >= catalog.MinStars && s.untils[pr.until] >= string(s.Today)
		place := &s.places[pr.place]
		at := [...]int{0, int(pr.stars), int(place.communeNo), int(place.districtNo), int(pr.set)}
		add := func(market int, complete, onSale bool) {
			for d := range dimensions {
				counts[market][d][at[d]].add(recognised, eligible, complete, onSale)
			}
		}
		allComplete, allLive := true, true
		for l := range s.Lanes {
			complete, onSale := s.bestOf(l, first, after, complete)
			add(l, complete, onSale)
			allComplete, allLive = allComplete && complete, allLive && onSale
		}
		if len(s.Lanes) > 0 {
			add(len(s.Lanes), allComplete, allLive)
		}
		first = after
	}
	out := map[string][]store.CoverageRow{}
	for m, market := range markets {
		for d, dimension := range dimensions {
			for v, t := range counts[m][d] {
				if t.seen == 0 {
					continue
				}
				r := store.CoverageRow{Marketplace: market, Dimension: dimension, Value: values[d][v],
					Recognised: t.recognised, Eligible: t.eligible, Listable: t.listable, Live: t.live}
				if r.Eligible > 0 {
					r.ShareLiveOfEligible = float64(r.Live) / float64(r.Eligible)
				}
				if r.Listable > 0 {
					r.ShareLiveOfListable = float64(r.Live) / float64(r.Listable)
				}
				out[dimension] = append(out[dimension], r)
			}
		}
	}
	for _, list := range out {
		slices.SortFunc(list, func(a, b store.CoverageRow) int {
			return cmp.Or(cmp.Compare(a.Value, b.Value), cmp.Compare(a.Marketplace, b.Marketplace))
		})
	}
	return out
}

// completeReasons tells of each reason whether a SKU that has it is complete
// all the same (1), is not (2), or whether its state says so (0).
func (l *listings) completeReasons() []uint8 {
	out := make([]uint8, len(l.reasons))
	for i, code := range l.reasons {
		switch {
		case strings.HasPrefix(code, "rejected."):
			out[i] = 1
		case code == store.ReasonNotPlanned:
			out[i] = 2
		}
	}
	return out
}

// bestOf tells whether any SKU of a product is complete, and on sale, on a
// lane.
func (s *Shelf) bestOf(lane, first, after int, reasons []uint8) (complete, onSale bool) {
	for i := first; i < after; i++ {
		if s.bare[i] {
			continue
		}
		c := &s.cells[lane][i]
		onSale = onSale || c.market == live
		complete = complete || c.market == live || reasons[c.reason] == 1 ||
			c.sync != syncExcluded && c.sync != syncNeedsFixing && reasons[c.reason] != 2
	}
	return complete, onSale
}

var (
	syncExcluded    = number(syncStates, string(catalog.SyncExcluded))
	syncNeedsFixing = number(syncStates, string(catalog.SyncNeedsFixing))
)

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Summary counts every SKU once on each lane, as store.Summary does.
func (s *Shelf) Summary() []store.MarketSummary { return s.summary() }

func (s *Shelf) summarise() []store.MarketSummary {
	out := make([]store.MarketSummary, 0, len(s.Lanes))
	for l, lane := range s.Lanes {
		var counts [32]int
		m := store.MarketSummary{Marketplace: lane.Name, Sandbox: lane.Sandbox, Buckets: map[store.Bucket]int{}}
		for i, bare := range s.bare {
			if bare {
				m.ProductsWithoutSKU++
				continue
			}
			counts[s.cells[l][i].bucket]++
			m.SKUs++
		}
		for i, b := range store.Buckets {
			m.Buckets[b] = counts[i]
		}
		out = append(out, m)
	}
	return out
}

// Cause is one reason on one lane and how much it holds back.
type Cause struct {
	Lane, Code, Who, Bucket string
	SKUs, Products          int
	Example                 Row // one of them
}

// Causes groups what a query finds by reason, lane and bucket. What is as it
// should be has no reason and is not in it.
func (s *Shelf) Causes(q Query) []Cause {
	if q.narrows() {
		return s.group(q)
	}
	return slices.Clone(s.causes())
}

func (s *Shelf) group(q Query) []Cause {
	type counted struct {
		Cause
		last int32
	}
	m := s.matcher(q)
	var found []counted
	for l, lane := range s.Lanes {
		if m.only >= 0 && l != m.only {
			continue
		}
		at := make([]int32, len(s.reasons)<<8) // by reason, bucket and who: 1 + its place in found
		for i := range s.of {
			c := &s.cells[l][i]
			if c.reason == 0 || !m.cell(c) || m.buckets != 0 && m.buckets&(1<<c.bucket) == 0 || !m.entry(int32(i)) {
				continue
			}
			k := int(c.reason)<<8 | int(c.bucket)<<3 | int(c.who)
			if at[k] == 0 {
				found = append(found, counted{Cause{Lane: lane.Name, Code: s.reasons[c.reason], Who: whos[c.who], Bucket: buckets[c.bucket], Example: s.row(int32(i))}, -1})
				at[k] = int32(len(found))
			}
			t := &found[at[k]-1]
			t.SKUs += one(!s.bare[i])
			if t.last != s.of[i] {
				t.last = s.of[i]
				t.Products++
			}
		}
	}
	out := make([]Cause, 0, len(found))
	for _, t := range found {
		out = append(out, t.Cause)
	}
	slices.SortFunc(out, func(a, b Cause) int {
		return cmp.Or(cmp.Compare(b.Products, a.Products), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Lane, b.Lane), cmp.Compare(a.Bucket, b.Bucket), cmp.Compare(a.Who, b.Who))
	})
	return out
}
