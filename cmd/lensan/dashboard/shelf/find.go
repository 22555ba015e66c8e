package shelf

import (
	"cmp"
	"encoding/base64"
	"math/bits"
	"slices"
	"sort"
	"strings"

	"lensan/store"
	"lensan/store/fold"
)

// Query is a search. Empty fields narrow nothing; within one list any matches,
// between lists all must. Buckets, Sync, Market, Reasons and Who must all hold
// on one and the same lane.
type Query struct {
	Text      string // words, with or without accents; each must occur
	Lane      string
	Buckets   []string
	Sync      []string
	Market    []string
	Reasons   []string // one that ends in "." takes the whole family
	Who       []string
	Stars     []int
	Sets      []string
	Communes  []string // codes or names
	Districts []string
	Producers []string // refs or names
	Products  []string
	Flagship  bool
	// ValidFrom and ValidTo narrow by the last valid day, both included.
	ValidFrom, ValidTo string

	Sort  Sort
	Desc  bool
	After string // cursor of the page before
	Limit int    // default 50
}

// Row names one entry that was found; SKU is empty for a product without any.
type Row struct {
	ProductCode, SKU string
}

// Found is a page of what was found.
type Found struct {
	Rows     []Row
	Total    int            // entries, over all pages
	SKUs     int            // of those, SKUs
	Products int            // of those, products
	Buckets  map[string]int // entries by bucket, as if Buckets were not asked for
	Next     string         // cursor; empty at the end
}

// narrows tells whether the query leaves anything out.
func (q Query) narrows() bool {
	return q.Text != "" || q.Lane != "" || q.Flagship || q.byProduct() ||
		len(q.Buckets)+len(q.Sync)+len(q.Market)+len(q.Reasons)+len(q.Who) > 0
}

func (q Query) byProduct() bool {
	return len(q.Stars)+len(q.Sets)+len(q.Communes)+len(q.Districts)+len(q.Producers)+len(q.Products) > 0 || q.ValidFrom != "" || q.ValidTo != ""
}

// Find answers a query. store.ErrCursor when the cursor is not one of its own.
func (s *Shelf) Find(q Query) (Found, error) {
	limit := q.Limit
	if limit <= 0 {
		limit = 50
	}
	order := s.ordered(q.Sort)
	start, err := s.start(q, order)
	if err != nil {
		return Found{}, err
	}
	found, hits := s.hits(q)
	last := int32(0)
	for n := start; n < len(order); n++ {
		i := order[n]
		if q.Desc {
			i = order[len(order)-1-n]
		}
		if !hits.has(i) {
			continue
		}
		if len(found.Rows) == limit {
			found.Next = s.cursor(q, last)
			break
		}
		last = i
		found.Rows = append(found.Rows, s.row(i))
	}
	return found, nil
}

// hits counts what a query finds and marks it. Entries are looked at in the
// order in which they lie in memory; the order of a page comes after.
func (s *Shelf) hits(q Query) (Found, bitset) {
	found := Found{Buckets: map[string]int{}}
	hits := newBitset(len(s.of))
	m := s.matcher(q)
	var counts [32]int
	product := int32(-1)
	for i := range int32(len(s.of)) {
		if !m.entry(i) {
			continue
		}
		in, match := m.lanes(i)
		for b := in; b != 0; b &= b - 1 {
			counts[bits.TrailingZeros32(b)]++
		}
		if !match {
			continue
		}
		hits.set(i)
		found.Total++
		found.SKUs += one(!s.bare[i])
		if p := s.of[i]; p != product { // entries of a product stand together
			product = p
			found.Products++
		}
	}
	for b, name := range buckets {
		if counts[b] > 0 {
			found.Buckets[name] = counts[b]
		}
	}
	return found, hits
}

// All gives every SKU that a query finds, in its order, without paging.
func (s *Shelf) All(q Query) []Row {
	found, hits := s.hits(q)
	rows := make([]Row, 0, found.Total)
	order := s.ordered(q.Sort)
	for n := range order {
		i := order[n]
		if q.Desc {
			i = order[len(order)-1-n]
		}
		if hits.has(i) {
			rows = append(rows, s.row(i))
		}
	}
	return rows
}

// cursor marks an entry in an order by what it is ordered by, so that it holds
// when rows come and go.
func (s *Shelf) cursor(q Query, i int32) string {
	row := s.row(i)
	parts := []string{s.key(q.Sort, i), row.ProductCode, row.SKU}
	out := q.Sort.String()
	for _, p := range parts { // bytes as they are: what is not text must come back the same
		out += "." + base64.RawURLEncoding.EncodeToString([]byte(p))
	}
	return out
}

// start is the place in the order at which a page begins.
func (s *Shelf) start(q Query, order []int32) (int, error) {
	if q.After == "" {
		return 0, nil
	}
	c := strings.Split(q.After, ".")
	if len(c) != 4 || c[0] != q.Sort.String() {
		return 0, store.ErrCursor
	}
	for i := range c[1:] {
		raw, err := base64.RawURLEncoding.DecodeString(c[i+1])
		if err != nil {
			return 0, store.ErrCursor
		}
		c[i+1] = string(raw)
	}
	after := func(i int32) bool { // entry i stands after the cursor in ascending order
		row := s.row(i)
		return cmp.Or(strings.Compare(s.key(q.Sort, i), c[1]), strings.Compare(row.ProductCode, c[2]), strings.Compare(row.SKU, c[3])) > 0
	}
	if !q.Desc {
		return sort.Search(len(order), func(n int) bool { return after(order[n]) }), nil
	}
	// Descending: the first that stands before the cursor.
	before := sort.Search(len(order), func(n int) bool {
		i := order[n]
		return s.key(q.Sort, i) == c[1] && s.row(i) == Row{c[2], c[3]} || after(i)
	})
	return len(order) - before, nil
}

// matcher is a query made ready: sets as tables over what is numbered.
type matcher struct {
	s         *Shelf
	words     bitset // nil: any
	flagship  bool
	product   bitset // nil: any
	only      int    // lane; -1: any
	buckets   uint32 // 0: any
	sync      uint32
	market    uint32
	who       uint32
	reasons   []bool // nil: any
	laneAsked bool
}

func (s *Shelf) matcher(q Query) *matcher {
	m := &matcher{s: s, flagship: q.Flagship, only: -1,
		buckets: mask(buckets, q.Buckets), sync: mask(syncStates, q.Sync), market: mask(marketStates, q.Market), who: mask(whos, q.Who)}
	for n, word := range strings.Fields(fold.Search(q.Text)) {
		if n == maxWords {
			break
		}
		hits := s.words.find(word)
		if m.words == nil {
			m.words = slices.Clone(hits)
			continue
		}
		m.words.and(hits)
	}
	if q.Lane != "" {
		m.only = s.lane(q.Lane)
		if m.only < 0 {
			m.only = len(s.Lanes) // no such lane: nothing matches
		}
	}
	if len(q.Reasons) > 0 {
		m.reasons = make([]bool, len(s.reasons))
		for i, code := range s.reasons {
			m.reasons[i] = slices.ContainsFunc(q.Reasons, func(want string) bool {
				return want == code || strings.HasSuffix(want, ".") && strings.HasPrefix(code, want)
			})
		}
	}
	m.laneAsked = q.Lane != "" || m.sync|m.market|m.who != 0 || m.reasons != nil
	if q.byProduct() {
		m.product = s.productsOf(q)
	}
	return m
}

// maxWords bounds the words of one search; what is beyond narrows nothing.
const maxWords = 40

// productsOf marks the products that a query's product fields let through.
func (r *register) productsOf(q Query) bitset {
	in := func(list []string, values ...string) bool {
		return len(list) == 0 || slices.ContainsFunc(values, func(v string) bool { return slices.Contains(list, v) })
	}
	places := table(r.places, func(p placeOf) bool { return in(q.Communes, p.code, p.commune) && in(q.Districts, p.district) })
	sets := table(r.sets, func(set string) bool { return in(q.Sets, set) })
	untils := table(r.untils, func(until string) bool {
		return (q.ValidFrom == "" || until >= q.ValidFrom) && (q.ValidTo == "" || until != "" && until <= q.ValidTo)
	})
	var makers []bool
	if len(q.Producers) > 0 {
		asked := make(map[string]bool, len(q.Producers)) // one word may mean hundreds
		for _, p := range q.Producers {
			asked[p] = true
		}
		makers = table(r.makers, func(m maker) bool { return asked[m.ref] || asked[m.name] })
	}
	out := newBitset(len(r.products))
	for i := range r.products {
		p := &r.products[i]
		if places[p.place] && sets[p.set] && untils[p.until] && (makers == nil || makers[p.maker]) &&
			(len(q.Stars) == 0 || slices.Contains(q.Stars, int(p.stars))) && in(q.Products, p.code) {
			out.set(int32(i))
		}
	}
	return out
}

// table asks once of each value.
func table[T any](values []T, ok func(T) bool) []bool {
	out := make([]bool, len(values))
	for i, v := range values {
		out[i] = ok(v)
	}
	return out
}

func (m *matcher) entry(i int32) bool {
	return (m.words == nil || m.words.has(i)) && (m.product == nil || m.product.has(m.s.of[i])) && (!m.flagship || m.s.entries[i].flagship)
}

// cell tells whether a place on a lane is as asked, but for its bucket.
func (m *matcher) cell(c *cell) bool {
	return (m.sync == 0 || m.sync&(1<<c.sync) != 0) && (m.market == 0 || m.market&(1<<c.market) != 0) &&
		(m.who == 0 || m.who&(1<<c.who) != 0) && (m.reasons == nil || m.reasons[c.reason])
}

// lanes gives the buckets in which the entry stands on the lanes that match
// all but the buckets asked for, and whether it matches those too.
func (m *matcher) lanes(i int32) (in uint32, match bool) {
	if len(m.s.cells) == 0 {
		return 0, !m.laneAsked && m.buckets == 0
	}
	for l, cells := range m.s.cells {
		if m.only >= 0 && l != m.only {
			continue
		}
		if c := &cells[i]; m.cell(c) {
			in |= 1 << c.bucket
		}
	}
	return in, in != 0 && (m.buckets == 0 || in&m.buckets != 0)
}
