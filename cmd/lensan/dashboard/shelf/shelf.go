package shelf

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/fold"
)

// Lane is one marketplace of the shelf.
type Lane struct {
	Name    string
	Sandbox bool
}

// product is one product; entries of one product stand together.
type product struct {
	store.ShelfProduct
	nameKey string // sorts as Vietnamese does
	place   string // folded producer and commune, for searching
}

// entry is one SKU, or a product that has none.
type entry struct {
	product  int32
	flagship bool
	sku      string
	text     string // folded: what is searched
	since    int64  // when any listing of it last changed on its marketplace
}

// cell is where one entry stands on one lane.
type cell struct {
	bucket, sync, market, who uint8
	reason                    uint16
	seen                      int64
}

// Shelf is a reading of the record. It is safe for any number of goroutines.
type Shelf struct {
	At    time.Time // when it was read
	Today catalog.Day
	Lanes []Lane

	products []product
	entries  []entry
	cells    [][]cell // by lane, then by entry
	reasons  []string
	orders   [sortCount]func() []int32
	asked    [sortCount]atomic.Bool // which orders pages have asked for
	coverage func() map[string][]store.CoverageRow
}

// The fixed words of a cell, numbered.
var (
	syncStates = []string{"excluded", "waiting", "waiting_for_lane", "applying", "checking", "applied", "retrying",
		"needs_fixing", "stopped_by_brake", "failed"}
	marketStates = []string{"absent", "pending_review", "live", "rejected", "closed", "locked"}
	whos         = []string{"", "producer", "commune_officer", "operator", "administrator", "marketplace", "nobody"}
)

const live = 2 // marketStates

// number finds a word in a short list; an unknown one counts as the first.
func number(list []string, word string) uint8 {
	if i := slices.Index(list, word); i >= 0 {
		return uint8(i)
	}
	return 0
}

// Read reads the whole record as of today.
func Read(ctx context.Context, s *store.Store, now time.Time, today catalog.Day) (*Shelf, error) {
	b := &builder{shelf: &Shelf{At: now, Today: today}, codes: map[string]int32{}, interned: map[string]string{}}
	err := s.ReadShelf(ctx, store.ShelfReader{
		Marketplace: func(name string, sandbox bool) {
			b.shelf.Lanes = append(b.shelf.Lanes, Lane{name, sandbox})
		},
		Product: b.addProduct, SKU: b.addSKU, Listing: b.addListing, ProductState: b.addState,
	})
	if err != nil {
		return nil, err
	}
	b.place() // where there are no listings at all
	sh := b.shelf
	for i := range sh.orders {
		sh.orders[i] = sync.OnceValue(func() []int32 { return sh.order(Sort(i)) })
	}
	sh.coverage = sync.OnceValue(sh.cover)
	return sh, nil
}

// warm makes what pages will ask for first, so that none of them waits for it:
// the counts, and the orders that pages asked the shelf before for.
func (s *Shelf) warm(before *Shelf) {
	s.coverage()
	for o := range s.orders {
		if Sort(o) == ByName || before != nil && before.asked[o].Load() {
			s.orders[o]()
		}
	}
}

// builder takes the rows of a reading.
type builder struct {
	shelf    *Shelf
	codes    map[string]int32 // product code -> its number
	places   map[string]int32 // SKU, or "\x00" and a product code -> entry
	reasons  map[string]uint16
	interned map[string]string
}

func (b *builder) intern(s string) string {
	if have, ok := b.interned[s]; ok {
		return have
	}
	b.interned[s] = s
	return s
}

func (b *builder) addProduct(p store.ShelfProduct) {
	for _, f := range []*string{&p.ProducerRef, &p.Producer, &p.CommuneCode, &p.Commune, &p.District, &p.Set, &p.ValidUntil} {
		*f = b.intern(*f)
	}
	b.codes[p.Code] = int32(len(b.shelf.products))
	place := b.intern(fold.Search(p.Producer + " " + p.Commune))
	b.shelf.products = append(b.shelf.products, product{ShelfProduct: p, nameKey: sortKey(p.Name), place: place})
}

func (b *builder) addSKU(k store.ShelfSKU) {
	n, ok := b.codes[k.ProductCode]
	if !ok { // the register lost the product; the SKU is still shown
		b.addProduct(store.ShelfProduct{Code: k.ProductCode})
		n = b.codes[k.ProductCode]
	}
	p := &b.shelf.products[n]
	name := p.Name
	if k.Name != "" && k.Name != p.Name {
		name += " " + k.Name
	}
	text := fold.Search(name+" "+k.SKU+" "+p.Code) + " " + p.place
	b.shelf.entries = append(b.shelf.entries, entry{product: n, sku: k.SKU, flagship: k.Flagship, text: text})
}

// place adds the products without a SKU and brings the entries into the order
// of products, once all SKUs are read.
func (b *builder) place() {
	if b.places != nil {
		return
	}
	sh := b.shelf
	has := make([]bool, len(sh.products))
	for _, e := range sh.entries {
		has[e.product] = true
	}
	for i, p := range sh.products {
		if !has[i] {
			sh.entries = append(sh.entries, entry{product: int32(i), text: fold.Search(p.Name+" "+p.Code) + " " + p.place})
		}
	}
	slices.SortFunc(sh.entries, func(x, y entry) int {
		if x.product != y.product {
			return strings.Compare(sh.products[x.product].Code, sh.products[y.product].Code)
		}
		return strings.Compare(x.sku, y.sku)
	})
	sh.reasons = []string{"", store.ReasonNotPlanned}
	b.reasons = map[string]uint16{"": 0, store.ReasonNotPlanned: 1}
	unplanned := cell{sync: number(syncStates, "waiting"), reason: 1, who: number(whos, "operator"), bucket: bucketNumber(store.BucketNotPlanned)}
	for range sh.Lanes {
		cells := make([]cell, len(sh.entries))
		for i := range cells {
			cells[i] = unplanned
		}
		sh.cells = append(sh.cells, cells)
	}
	b.places = make(map[string]int32, len(sh.entries))
	for i, e := range sh.entries {
		key := e.sku
		if key == "" {
			key = "\x00" + sh.products[e.product].Code
		}
		b.places[key] = int32(i)
	}
}

func (b *builder) addListing(l store.ShelfListing) { b.place(); b.set(l.SKU, l) }

func (b *builder) addState(l store.ShelfListing) { b.place(); b.set("\x00"+l.ProductCode, l) }

func (b *builder) set(key string, l store.ShelfListing) {
	sh := b.shelf
	i, ok := b.places[key]
	lane := slices.IndexFunc(sh.Lanes, func(lane Lane) bool { return lane.Name == l.Marketplace })
	if !ok || lane < 0 {
		return // a SKU that is gone, a marketplace without an account: the views leave them out too
	}
	reason, ok := b.reasons[l.ReasonCode]
	if !ok {
		if len(sh.reasons) > 60_000 { // never seen: the catalogue has some hundreds
			reason = 0
		} else {
			reason = uint16(len(sh.reasons))
			b.reasons[l.ReasonCode] = reason
			sh.reasons = append(sh.reasons, l.ReasonCode)
		}
	}
	sh.cells[lane][i] = cell{
		bucket: bucketNumber(store.BucketFor(l.SyncState, l.MarketState, l.ReasonCode)),
		sync:   number(syncStates, l.SyncState), market: number(marketStates, l.MarketState), who: number(whos, l.Who),
		reason: reason, seen: l.SeenAt,
	}
	sh.entries[i].since = max(sh.entries[i].since, l.MarketSince)
}

var buckets = func() []string {
	var out []string
	for _, b := range store.Buckets {
		out = append(out, string(b))
	}
	return out
}()

func bucketNumber(b store.Bucket) uint8 { return number(buckets, string(b)) }

// SKUs counts the SKUs, Products the products.
func (s *Shelf) SKUs() int {
	n := 0
	for _, e := range s.entries {
		if e.sku != "" {
			n++
		}
	}
	return n
}

// Products counts the products of the register.
func (s *Shelf) Products() int { return len(s.products) }

// Sandbox tells whether any lane is a sandbox.
func (s *Shelf) Sandbox() bool {
	return slices.ContainsFunc(s.Lanes, func(l Lane) bool { return l.Sandbox })
}

func (s *Shelf) lane(name string) int {
	return slices.IndexFunc(s.Lanes, func(l Lane) bool { return l.Name == name })
}

// Summary counts every SKU once on each lane, as store.Summary does.
func (s *Shelf) Summary() []store.MarketSummary {
	out := make([]store.MarketSummary, 0, len(s.Lanes))
	for l, lane := range s.Lanes {
		counts := make([]int, len(buckets))
		m := store.MarketSummary{Marketplace: lane.Name, Sandbox: lane.Sandbox, Buckets: map[store.Bucket]int{}}
		for i, e := range s.entries {
			if e.sku == "" {
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
