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

// standing is what coverage asks of one product.
type standing struct{ recognised, eligible bool }

func (s *Shelf) standing(p *product) standing {
	recognised := p.Stars > 0 && !p.Revoked
	return standing{recognised, recognised && p.Ordered && p.Stars >= catalog.MinStars && p.ValidUntil >= string(s.Today)}
}

func (s *Shelf) cover() map[string][]store.CoverageRow {
	type key struct{ market, dimension, value string }
	rows := map[key]*store.CoverageRow{}
	add := func(market string, p *product, st standing, complete, onSale bool) {
		for _, d := range [...][2]string{{"all", "all"}, {"stars", strconv.Itoa(p.Stars)}, {"commune", p.Commune}, {"district", p.District}, {"set", p.Set}} {
			k := key{market, d[0], d[1]}
			r := rows[k]
			if r == nil {
				r = &store.CoverageRow{Marketplace: market, Dimension: d[0], Value: d[1]}
				rows[k] = r
			}
			r.Recognised += one(st.recognised)
			r.Eligible += one(st.eligible)
			r.Listable += one(st.eligible && complete)
			r.Live += one(st.eligible && onSale)
		}
	}
	for first := 0; first < len(s.entries); {
		after := first + 1
		for after < len(s.entries) && s.entries[after].product == s.entries[first].product {
			after++
		}
		p := &s.products[s.entries[first].product]
		st := s.standing(p)
		allComplete, allLive := len(s.Lanes) > 0, len(s.Lanes) > 0
		for l, lane := range s.Lanes {
			complete, onSale := s.bestOf(l, first, after)
			add(lane.Name, p, st, complete, onSale)
			allComplete, allLive = allComplete && complete, allLive && onSale
		}
		if len(s.Lanes) > 0 {
			add(Both, p, st, allComplete, allLive)
		}
		first = after
	}
	out := map[string][]store.CoverageRow{}
	for _, r := range rows {
		if r.Eligible > 0 {
			r.ShareLiveOfEligible = float64(r.Live) / float64(r.Eligible)
		}
		if r.Listable > 0 {
			r.ShareLiveOfListable = float64(r.Live) / float64(r.Listable)
		}
		out[r.Dimension] = append(out[r.Dimension], *r)
	}
	for _, list := range out {
		slices.SortFunc(list, func(a, b store.CoverageRow) int {
			return cmp.Or(cmp.Compare(a.Value, b.Value), cmp.Compare(a.Marketplace, b.Marketplace))
		})
	}
	return out
}

// bestOf tells whether any SKU of a product is complete, and on sale, on a
// lane.
func (s *Shelf) bestOf(lane, first, after int) (complete, onSale bool) {
	for i := first; i < after; i++ {
		c := &s.cells[lane][i]
		if s.entries[i].sku == "" {
			continue
		}
		onSale = onSale || c.market == live
		state := syncStates[c.sync]
		complete = complete || c.market == live || strings.HasPrefix(s.reasons[c.reason], "rejected.") ||
			state != string(catalog.SyncExcluded) && state != string(catalog.SyncNeedsFixing) && s.reasons[c.reason] != store.ReasonNotPlanned
	}
	return complete, onSale
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
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
	type key struct {
		lane        int
		reason      uint16
		who, bucket uint8
	}
	type tally struct {
		Cause
		last int32
	}
	m := s.matcher(q)
	counts := map[key]*tally{}
	for i := range s.entries {
		i := int32(i)
		if !m.entry(i) {
			continue
		}
		for l, lane := range s.Lanes {
			c := &s.cells[l][i]
			if c.reason == 0 || m.only >= 0 && l != m.only || m.reasons != nil && !m.reasons[c.reason] ||
				m.who != 0 && m.who&(1<<c.who) == 0 || m.buckets != 0 && m.buckets&(1<<c.bucket) == 0 ||
				m.sync != 0 && m.sync&(1<<c.sync) == 0 || m.market != 0 && m.market&(1<<c.market) == 0 {
				continue
			}
			e := &s.entries[i]
			k := key{l, c.reason, c.who, c.bucket}
			t := counts[k]
			if t == nil {
				t = &tally{Cause{Lane: lane.Name, Code: s.reasons[c.reason], Who: whos[c.who], Bucket: buckets[c.bucket],
					Example: Row{s.products[e.product].Code, e.sku}}, -1}
				counts[k] = t
			}
			t.SKUs += one(e.sku != "")
			if t.last != e.product {
				t.last = e.product
				t.Products++
			}
		}
	}
	out := make([]Cause, 0, len(counts))
	for _, t := range counts {
		out = append(out, t.Cause)
	}
	slices.SortFunc(out, func(a, b Cause) int {
		return cmp.Or(cmp.Compare(b.Products, a.Products), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Lane, b.Lane), cmp.Compare(a.Bucket, b.Bucket))
	})
	return out
}

// Choices are the values that a filter can be set to, sorted as people read.
type Choices struct {
	Sets, Communes, Districts []string
	Stars                     []int
	Reasons                   []string
}

// Choices lists what occurs on the shelf.
func (s *Shelf) Choices() Choices {
	var c Choices
	sets, communes, districts, stars := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[int]bool{}
	for i := range s.products {
		p := &s.products[i]
		sets[p.Set], communes[p.Commune], districts[p.District], stars[p.Stars] = true, true, true, true
	}
	list := func(m map[string]bool) []string {
		delete(m, "")
		out := make([]string, 0, len(m))
		for v := range m {
			out = append(out, v)
		}
		slices.SortFunc(out, func(a, b string) int { return cmp.Compare(sortKey(a), sortKey(b)) })
		return out
	}
	c.Sets, c.Communes, c.Districts = list(sets), list(communes), list(districts)
	for n := range stars {
		c.Stars = append(c.Stars, n)
	}
	slices.Sort(c.Stars)
	c.Reasons = slices.Sorted(slices.Values(s.reasons[1:]))
	return c
}
