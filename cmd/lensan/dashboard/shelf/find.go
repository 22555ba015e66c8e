package shelf

import (
	"encoding/base64"
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

// Find answers a query. store.ErrCursor when the cursor is not one of its own.
func (s *Shelf) Find(q Query) (Found, error) {
	limit := q.Limit
	if limit <= 0 {
		limit = 50
	}
	s.asked[q.Sort].Store(true)
	order := s.orders[q.Sort]()
	start, err := s.start(q, order)
	if err != nil {
		return Found{}, err
	}
	m := s.matcher(q)
	var bucketCounts [32]int
	found := Found{Buckets: map[string]int{}}
	seen := make([]bool, len(s.products))
	more, last := false, int32(0)
	for n := range order {
		i := order[n]
		if q.Desc {
			i = order[len(order)-1-n]
		}
		if !m.entry(i) {
			continue
		}
		mask, match := m.lanes(i)
		for b := range buckets {
			if mask&(1<<b) != 0 {
				bucketCounts[b]++
			}
		}
		if !match {
			continue
		}
		found.Total++
		e := &s.entries[i]
		if e.sku != "" {
			found.SKUs++
		}
		if !seen[e.product] {
			seen[e.product] = true
			found.Products++
		}
		if n < start {
			continue
		}
		if len(found.Rows) == limit {
			more = true
			continue
		}
		last = i
		found.Rows = append(found.Rows, Row{s.products[e.product].Code, e.sku})
	}
	for b, name := range buckets {
		if bucketCounts[b] > 0 {
			found.Buckets[name] = bucketCounts[b]
		}
	}
	if more {
		found.Next = s.cursor(q, last)
	}
	return found, nil
}

// All gives every SKU that a query finds, in its order, without paging.
func (s *Shelf) All(q Query) []Row {
	q.After = ""
	m := s.matcher(q)
	var rows []Row
	order := s.orders[q.Sort]()
	for n := range order {
		i := order[n]
		if q.Desc {
			i = order[len(order)-1-n]
		}
		if !m.entry(i) {
			continue
		}
		if _, match := m.lanes(i); match {
			rows = append(rows, Row{s.products[s.entries[i].product].Code, s.entries[i].sku})
		}
	}
	return rows
}

// cursor marks an entry in an order by what it is ordered by, so that it holds
// when rows come and go.
func (s *Shelf) cursor(q Query, i int32) string {
	parts := []string{s.key(q.Sort, i), s.products[s.entries[i].product].Code, s.entries[i].sku}
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
		e := &s.entries[i]
		for _, d := range []int{strings.Compare(s.key(q.Sort, i), c[1]), strings.Compare(s.products[e.product].Code, c[2]), strings.Compare(e.sku, c[3])} {
			if d != 0 {
				return d > 0
			}
		}
		return false
	}
	if !q.Desc {
		return sort.Search(len(order), func(n int) bool { return after(order[n]) }), nil
	}
	// Descending: the first that stands before the cursor.
	before := sort.Search(len(order), func(n int) bool {
		i := order[n]
		same := s.key(q.Sort, i) == c[1] && s.products[s.entries[i].product].Code == c[2] && s.entries[i].sku == c[3]
		return same || after(i)
	})
	return len(order) - before, nil
}

// matcher is a query made ready: sets as tables over what is interned.
type matcher struct {
	s         *Shelf
	words     []string
	flagship  bool
	product   []bool // nil: any
	only      int    // lane; -1: any
	buckets   uint32 // 0: any
	sync      uint32
	market    uint32
	who       uint32
	reasons   []bool // nil: any
	laneAsked bool
}

func (s *Shelf) matcher(q Query) *matcher {
	m := &matcher{s: s, words: strings.Fields(fold.Search(q.Text)), flagship: q.Flagship, only: -1,
		buckets: mask(buckets, q.Buckets), sync: mask(syncStates, q.Sync), market: mask(marketStates, q.Market), who: mask(whos, q.Who)}
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
	m.product = s.productsOf(q)
	return m
}

// productsOf marks the products that a query's product fields let through.
func (s *Shelf) productsOf(q Query) []bool {
	if len(q.Stars)+len(q.Sets)+len(q.Communes)+len(q.Districts)+len(q.Producers)+len(q.Products) == 0 && q.ValidFrom == "" && q.ValidTo == "" {
		return nil
	}
	in := func(list []string, values ...string) bool {
		return len(list) == 0 || slices.ContainsFunc(values, func(v string) bool { return slices.Contains(list, v) })
	}
	out := make([]bool, len(s.products))
	for i := range s.products {
		p := &s.products[i]
		out[i] = (len(q.Stars) == 0 || slices.Contains(q.Stars, p.Stars)) && in(q.Sets, p.Set) &&
			in(q.Communes, p.CommuneCode, p.Commune) && in(q.Districts, p.District) &&
			in(q.Producers, p.ProducerRef, p.Producer) && in(q.Products, p.Code) &&
			(q.ValidFrom == "" || p.ValidUntil >= q.ValidFrom) && (q.ValidTo == "" || p.ValidUntil != "" && p.ValidUntil <= q.ValidTo)
	}
	return out
}

// mask is a bit for each of words; a word that is none of list matches nothing.
func mask(list, words []string) uint32 {
	var m uint32
	for _, w := range words {
		if i := slices.Index(list, w); i >= 0 {
			m |= 1 << i
		} else {
			m |= 1 << 31
		}
	}
	return m
}

func (m *matcher) entry(i int32) bool {
	e := &m.s.entries[i]
	if m.product != nil && !m.product[e.product] || m.flagship && !e.flagship {
		return false
	}
	for _, w := range m.words {
		if !strings.Contains(e.text, w) {
			return false
		}
	}
	return true
}

// lanes gives the buckets in which the entry stands on the lanes that match
// all but the buckets asked for, and whether it matches those too.
func (m *matcher) lanes(i int32) (in uint32, match bool) {
	if len(m.s.Lanes) == 0 {
		return 0, !m.laneAsked && m.buckets == 0
	}
	for l := range m.s.Lanes {
		if m.only >= 0 && l != m.only {
			continue
		}
		c := &m.s.cells[l][i]
		if m.sync != 0 && m.sync&(1<<c.sync) == 0 || m.market != 0 && m.market&(1<<c.market) == 0 ||
			m.who != 0 && m.who&(1<<c.who) == 0 || m.reasons != nil && !m.reasons[c.reason] {
			continue
		}
		in |= 1 << c.bucket
	}
	return in, in != 0 && (m.buckets == 0 || in&m.buckets != 0)
}
