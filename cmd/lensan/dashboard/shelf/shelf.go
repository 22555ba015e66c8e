package shelf

import (
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"lensan/store"
	"lensan/store/catalog"
)

// Lane is one marketplace of the shelf.
type Lane struct {
	Name    string
	Sandbox bool
}

// Shelf is a reading of the record. It is safe for any number of goroutines.
type Shelf struct {
	At    time.Time // when it was read
	Today catalog.Day
	Lanes []Lane

	*register
	listings
	mark     store.ShelfMark
	changes  func() []int32 // the order ByChange
	asked    *[sortCount]atomic.Bool
	coverage func() map[string][]store.CoverageRow
	summary  func() []store.MarketSummary
	causes   func() []Cause // of everything
}

// Read reads the whole record as of today.
func Read(ctx context.Context, s *store.Store, now time.Time, today catalog.Day) (*Shelf, error) {
	b := newBuilder()
	mark, err := s.ReadShelf(ctx, store.ShelfReader{
		Marketplace: func(name string, sandbox bool) { b.reg.lanes = append(b.reg.lanes, Lane{name, sandbox}) },
		Producer:    b.addMaker, Product: b.addProduct,
		SKU:          func(k store.ShelfSKU) { b.skus = append(b.skus, k) },
		Listing:      func(l store.ShelfListing) { b.shelved(); b.cells.addListing(l) },
		ProductState: func(l store.ShelfListing) { b.shelved(); b.cells.addState(l) },
	})
	if err != nil {
		return nil, err
	}
	b.shelved() // where there are no listings at all
	sh := newShelf(now, today, b.reg, b.cells.listings, mark, new([sortCount]atomic.Bool))
	sh.changes = sync.OnceValue(sh.orderByChange)
	return sh, nil
}

func newShelf(at time.Time, today catalog.Day, r *register, l listings, mark store.ShelfMark, asked *[sortCount]atomic.Bool) *Shelf {
	s := &Shelf{At: at, Today: today, Lanes: r.lanes, register: r, listings: l, mark: mark, asked: asked}
	s.coverage, s.summary = sync.OnceValue(s.cover), sync.OnceValue(s.summarise)
	s.causes = sync.OnceValue(func() []Cause { return s.group(Query{}) })
	return s
}

// asOf is the same reading for another day: who is eligible has changed.
func (s *Shelf) asOf(today catalog.Day) *Shelf {
	next := newShelf(s.At, today, s.register, s.listings, s.mark, s.asked)
	next.changes = s.changes
	return next
}

// next reads what changed at a moment or later, all listings from 0, and
// returns the shelf after it. ok is false where the register itself has
// changed: then it is time for Read.
func (s *Shelf) next(ctx context.Context, from *store.Store, now time.Time, today catalog.Day, since int64) (sh *Shelf, ok bool, err error) {
	var b *cellsBuilder
	begin := func() *cellsBuilder {
		switch {
		case b != nil:
		case since == 0:
			b = newCells(s.register)
			b.reasons, b.numbers = slices.Clone(s.reasons), maps.Clone(s.numbers)
		default:
			b = s.change(s.register)
		}
		return b
	}
	mark, ok, err := from.ReadShelfChanges(ctx, s.mark, since, store.ShelfReader{
		Listing:      func(l store.ShelfListing) { begin().addListing(l) },
		ProductState: func(l store.ShelfListing) { begin().addState(l) },
	})
	if err != nil || !ok {
		return nil, false, err
	}
	if b == nil && since > 0 { // nothing changed: all that was counted holds
		next := *s
		next.At, next.mark = now, mark
		if today != s.Today {
			return next.asOf(today), true, nil
		}
		return &next, true, nil
	}
	sh = newShelf(now, today, s.register, begin().listings, mark, s.asked)
	moved := b.moved
	sh.changes = sync.OnceValue(sh.orderByChange)
	if since > 0 && s.asked[ByChange].Load() {
		order := mergeByChange(s.changes(), moved, sh.since)
		sh.changes = func() []int32 { return order }
	}
	return sh, true, nil
}

// warm makes what pages will ask for first, so that none of them waits for it.
func (s *Shelf) warm() {
	s.coverage()
	s.summary()
	s.causes()
}

// warmOrders makes the orders that pages may ask for next.
func (s *Shelf) warmOrders() {
	for o := range s.orders {
		if Sort(o) != ByChange {
			s.orders[o]()
		}
	}
	s.choices()
}

// ordered gives all entries in an order.
func (s *Shelf) ordered(o Sort) []int32 {
	s.asked[o].Store(true)
	if o == ByChange {
		return s.changes()
	}
	return s.orders[o]()
}

// SKUs counts the SKUs, Products the products.
func (s *Shelf) SKUs() int {
	n := 0
	for _, bare := range s.bare {
		n += one(!bare)
	}
	return n
}

// Products counts the products of the register.
func (s *Shelf) Products() int { return len(s.products) }

// Sandbox tells whether any lane is a sandbox.
func (s *Shelf) Sandbox() bool {
	return slices.ContainsFunc(s.Lanes, func(l Lane) bool { return l.Sandbox })
}

// Choices lists what occurs on the shelf.
func (s *Shelf) Choices() Choices {
	c := s.choices()
	c.Reasons = slices.Sorted(slices.Values(s.reasons[1:]))
	return c
}

// row names an entry.
func (s *Shelf) row(i int32) Row { return Row{s.products[s.of[i]].code, s.entries[i].sku} }
