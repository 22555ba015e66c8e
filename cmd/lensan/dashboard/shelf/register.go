package shelf

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"lensan/store"
)

// register is what the shelf knows of products and SKUs. It never changes: the
// shelves that follow one another as listings change share it.
type register struct {
	lanes               []Lane
	products            []product // by code
	entries             []entry   // by product, then SKU
	of                  []int32   // an entry's product
	bare                []bool    // the entry is a product without a SKU
	makers              []maker
	places              []placeOf
	sets                []string
	untils              []string
	communes, districts []string         // their names
	index               map[string]int32 // SKU, or "\x00" and a product code -> entry
	words               *words
	orders              [sortCount]func() []int32 // but ByChange
	choices             func() Choices
	byMaker             func() []int32 // producers by name
	makerRanks          func() []int32
}

// product is one product; entries of one product stand together.
type product struct {
	code, name       string
	maker, place     int32
	until            int32
	set              int16
	stars            uint8
	revoked, ordered bool
}

// entry is one SKU, or a product that has none.
type entry struct {
	sku      string
	flagship bool
}

type maker struct{ ref, name string }

// placeOf is where a product is made. Communes and districts of the same name
// have the same number.
type placeOf struct {
	code, commune, district string
	communeNo, districtNo   int32
}

// builder takes the rows of a reading.
type builder struct {
	reg      *register
	makers   map[string]int32
	places   map[placeOf]int32
	sets     map[string]int16
	untils   map[string]int32
	products map[string]int32
	skus     []store.ShelfSKU
	cells    *cellsBuilder
}

func newBuilder() *builder {
	return &builder{reg: &register{}, makers: map[string]int32{}, places: map[placeOf]int32{}, sets: map[string]int16{},
		untils: map[string]int32{}, products: map[string]int32{}}
}

// numberOf gives each distinct value its place in a list.
func numberOf[K comparable, N int16 | int32](at map[K]N, list *[]K, v K) N {
	n, ok := at[v]
	if !ok {
		n = N(len(*list))
		at[v] = n
		*list = append(*list, v)
	}
	return n
}

func (b *builder) addMaker(ref, name string) {
	b.makers[ref] = int32(len(b.reg.makers))
	b.reg.makers = append(b.reg.makers, maker{ref, name})
}

func (b *builder) addProduct(p store.ShelfProduct) {
	m, ok := b.makers[p.ProducerRef]
	if !ok { // the register names none, or one that it has lost
		b.addMaker(p.ProducerRef, "")
		m = b.makers[p.ProducerRef]
	}
	b.reg.products = append(b.reg.products, product{code: p.Code, name: p.Name, maker: m,
		place: numberOf(b.places, &b.reg.places, placeOf{code: p.CommuneCode, commune: p.Commune, district: p.District}),
		until: numberOf(b.untils, &b.reg.untils, p.ValidUntil), set: numberOf(b.sets, &b.reg.sets, p.Set),
		stars: uint8(min(max(p.Stars, 0), 9)), revoked: p.Revoked, ordered: p.Ordered})
}

// shelved brings products and SKUs into their order, once all are read.
func (b *builder) shelved() {
	if b.cells != nil {
		return
	}
	r := b.reg
	slices.SortFunc(r.products, func(x, y product) int { return strings.Compare(x.code, y.code) })
	at := b.products
	for i := range r.products {
		at[r.products[i].code] = int32(i)
	}
	lost := false // SKUs of a product that the register has lost are still shown
	for _, k := range b.skus {
		if _, ok := at[k.ProductCode]; !ok {
			b.addProduct(store.ShelfProduct{Code: k.ProductCode})
			at[k.ProductCode] = 0
			lost = true
		}
	}
	if lost {
		slices.SortFunc(r.products, func(x, y product) int { return strings.Compare(x.code, y.code) })
		for i := range r.products {
			at[r.products[i].code] = int32(i)
		}
	}
	slices.SortFunc(b.skus, func(x, y store.ShelfSKU) int {
		return cmp.Or(strings.Compare(x.ProductCode, y.ProductCode), strings.Compare(x.SKU, y.SKU))
	})
	next := 0
	texts := newWordsBuilder(len(b.skus))
	add := func(p int32, k store.ShelfSKU) {
		e := int32(len(r.entries))
		r.entries = append(r.entries, entry{k.SKU, k.Flagship})
		r.of = append(r.of, p)
		r.bare = append(r.bare, k.SKU == "")
		texts.entry(e, &r.products[p], k)
	}
	r.entries = make([]entry, 0, len(b.skus)+len(b.skus)/20)
	for p := range r.products {
		first := next
		for ; next < len(b.skus) && b.skus[next].ProductCode == r.products[p].code; next++ {
			add(int32(p), b.skus[next])
		}
		if first == next {
			add(int32(p), store.ShelfSKU{ProductCode: r.products[p].code})
		}
	}
	r.index = make(map[string]int32, len(r.entries))
	for i, e := range r.entries {
		key := e.sku
		if key == "" {
			key = "\x00" + r.products[r.of[i]].code
		}
		r.index[key] = int32(i)
	}
	communes, districts := map[string]int32{}, map[string]int32{}
	for i := range r.places {
		p := &r.places[i]
		p.communeNo, p.districtNo = numberOf(communes, &r.communes, p.commune), numberOf(districts, &r.districts, p.district)
	}
	r.words = texts.done(r)
	for o := range r.orders {
		r.orders[o] = sync.OnceValue(func() []int32 { return r.order(Sort(o)) })
	}
	r.choices = sync.OnceValue(r.choose)
	r.makerRanks = sync.OnceValue(func() []int32 {
		return rankOf(keysOf(r.makers, func(m maker) string { return sortKey(m.name) }))
	})
	r.byMaker = sync.OnceValue(func() []int32 { return byRank(r.makerRanks(), len(r.makers)) })
	b.skus = nil
	b.cells = newCells(r)
}

func (r *register) lane(name string) int {
	return slices.IndexFunc(r.lanes, func(l Lane) bool { return l.Name == name })
}

// Choices are the values that a filter can be set to, sorted as people read.
type Choices struct {
	Sets, Communes, Districts []string
	Stars                     []int
	Reasons                   []string
}

func (r *register) choose() Choices {
	var c Choices
	sets, communes, districts, stars := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[int]bool{}
	for _, s := range r.sets {
		sets[s] = true
	}
	for _, p := range r.places {
		communes[p.commune], districts[p.district] = true, true
	}
	for i := range r.products {
		stars[int(r.products[i].stars)] = true
	}
	list := func(m map[string]bool) []string {
		delete(m, "")
		out := make([]string, 0, len(m))
		for v := range m {
			out = append(out, v)
		}
		slices.SortFunc(out, func(a, b string) int { return strings.Compare(sortKey(a), sortKey(b)) })
		return out
	}
	c.Sets, c.Communes, c.Districts = list(sets), list(communes), list(districts)
	for n := range stars {
		c.Stars = append(c.Stars, n)
	}
	slices.Sort(c.Stars)
	return c
}
