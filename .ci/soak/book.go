package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"time"

	"lensan/store"
	"lensan/store/catalog"
)

// book is the register as an office keeps it: what it says now, and when which
// product was not to be on sale.
type book struct {
	rng *rand.Rand
	mu  sync.Mutex

	products []*entry
	skus     []*ware
	byCode   map[string]*entry
	bySKU    map[string]*ware
	made     int // new SKUs so far
}

// entry is one product: its recognition, and since when it is out.
type entry struct {
	catalog.Product
	catalog.Standing
	stars int         // as awarded
	last  catalog.Day // as stated at first
	outs  []span      // when it was not eligible by what was imported
}

type span struct{ from, to time.Time } // to zero: still

// ware is one SKU.
type ware struct {
	code, product string
	name          string // as first read
	shown         string // name as the register has it now
	price         int64
	copyOf        catalog.SKU
}

// readBook takes up what the database knows.
func readBook(ctx context.Context, s *store.Store, rng *rand.Rand) (*book, error) {
	b := &book{rng: rng, byCode: map[string]*entry{}, bySKU: map[string]*ware{}}
	err := s.Subjects(ctx, catalog.Scope{}, nil, func(page []catalog.Subject) error {
		for _, x := range page {
			e := b.byCode[x.Product.Code]
			if e == nil {
				e = &entry{Product: x.Product, Standing: x.Standing, stars: x.Standing.Stars, last: x.Standing.ValidUntil}
				b.byCode[e.Code] = e
				b.products = append(b.products, e)
				if code, _ := x.Standing.Eligibility(today); code != "" {
					e.outs = append(e.outs, span{})
				}
			}
			if x.SKU != nil {
				w := &ware{code: x.SKU.Code, product: e.Code, name: x.SKU.Name, shown: x.SKU.Name, price: x.SKU.Price, copyOf: *x.SKU}
				b.bySKU[w.code] = w
				b.skus = append(b.skus, w)
			}
		}
		return nil
	})
	slices.SortFunc(b.products, func(x, y *entry) int { return cmpText(x.Code, y.Code) })
	slices.SortFunc(b.skus, func(x, y *ware) int { return cmpText(x.code, y.code) })
	return b, err
}

func cmpText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// sheet is a CSV file with its heading.
type sheet struct{ rows [][]string }

func (s *sheet) add(cells ...string) { s.rows = append(s.rows, cells) }

func (s *sheet) bytes() []byte {
	var b bytes.Buffer
	b.WriteString("\ufeff") // as Excel writes it
	w := csv.NewWriter(&b)
	w.Comma = ';'
	w.WriteAll(s.rows) //nolint:errcheck // a buffer takes everything
	return b.Bytes()
}

// change is one edit of the office: the file to import, and what the book says
// once it is.
type change struct {
	what  string
	file  []byte
	begin func(at time.Time) // before the import: what may be closed from now on
	done  func(at time.Time) // after it: what may no longer be
}

// next makes up the next edit.
func (b *book) next() change {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch p := b.rng.IntN(20); {
	case p < 8:
		return b.prices(1 + b.rng.IntN(40))
	case p < 11:
		return b.names(1 + b.rng.IntN(12))
	case p < 14:
		return b.stars(1 + b.rng.IntN(3))
	case p < 17:
		return b.endings(1 + b.rng.IntN(3))
	default:
		return b.newSKUs(1 + b.rng.IntN(3))
	}
}

func (b *book) some(n int) []*ware {
	out := map[string]*ware{}
	for range n {
		w := b.skus[b.rng.IntN(len(b.skus))]
		out[w.code] = w
	}
	var list []*ware
	for _, w := range b.skus {
		if out[w.code] != nil {
			list = append(list, w)
		}
	}
	return list
}

// prices changes prices by up to two fifths.
func (b *book) prices(n int) change {
	return b.reprice("prices", b.some(n), 0.76)
}

// reprice sets prices between 62 % of what they first were and that and spread.
func (b *book) reprice(what string, wares []*ware, spread float64) change {
	s := &sheet{}
	s.add("Mã hàng (SKU)", "Mã sản phẩm OCOP", "Giá bán (đồng)")
	for _, w := range wares {
		if w.copyOf.Price < 10_000 {
			continue // none, or too low to play with
		}
		w.price = int64(float64(w.copyOf.Price)*(0.62+spread*b.rng.Float64())) / 1000 * 1000
		s.add(w.code, w.product, strconv.FormatInt(w.price, 10))
	}
	return change{what: what, file: s.bytes()}
}

// mend lowers the prices of these SKUs, as somebody does who was told that the
// marketplace refused them: one above the list price is no price.
func (b *book) mend(skus []string) change {
	b.mu.Lock()
	defer b.mu.Unlock()
	var wares []*ware
	for _, code := range skus {
		if w := b.bySKU[code]; w != nil {
			wares = append(wares, w)
		}
	}
	return b.reprice("mended", wares, 0.3)
}

func (b *book) names(n int) change {
	s := &sheet{}
	s.add("Mã hàng (SKU)", "Mã sản phẩm OCOP", "Tên bán trên sàn")
	for _, w := range b.some(n) {
		w.shown = fmt.Sprintf("%s mẫu %d", w.name, 1+b.rng.IntN(20))
		s.add(w.code, w.product, w.shown)
	}
	return change{what: "names", file: s.bytes()}
}

// candidates are products whose recognition the office can play with: all of
// its identity is known.
func (b *book) candidates(n int) []*entry {
	var out []*entry
	for range n * 20 {
		e := b.products[b.rng.IntN(len(b.products))]
		if e.Number != "" && e.Date != "" && e.Authority != "" && e.Ordered && !e.Revoked && e.stars >= catalog.MinStars && e.last >= today && !slices.Contains(out, e) {
			out = append(out, e)
		}
		if len(out) == n {
			break
		}
	}
	return out
}

func (b *book) stars(n int) change {
	return b.recognise("stars", b.candidates(n), func(e *entry) {
		if e.Stars == e.stars {
			e.Stars = 2
		} else {
			e.Stars = e.stars
		}
	})
}

func (b *book) endings(n int) change {
	return b.recognise("endings", b.candidates(n), func(e *entry) {
		if e.ValidUntil >= today {
			// Many that end on one day are a decision of their own.
			e.ValidUntil = catalog.DayOf(today.Start().AddDate(0, 0, -1-b.rng.IntN(300)))
		} else {
			e.ValidUntil = max(e.last, catalog.DayOf(today.Start().AddDate(0, 1+b.rng.IntN(30), 0)))
		}
	})
}

// recognise writes the rows of products whose recognition changes.
func (b *book) recognise(what string, products []*entry, edit func(*entry)) change {
	s := &sheet{}
	s.add("Mã sản phẩm OCOP", "Hạng sao", "Quyết định số", "Ngày quyết định", "Cơ quan ban hành", "Có giá trị đến")
	var out, in []*entry
	for _, e := range products {
		was, _ := e.Eligibility(today)
		edit(e)
		now, _ := e.Eligibility(today)
		switch {
		case was == "" && now != "":
			out = append(out, e)
		case was != "" && now == "":
			in = append(in, e)
		}
		s.add(e.Code, strconv.Itoa(e.Stars), e.Number, e.Date.Shown(), e.Authority, e.ValidUntil.Shown())
	}
	return change{what: what, file: s.bytes(),
		begin: func(at time.Time) {
			for _, e := range out {
				e.outs = append(e.outs, span{from: at})
			}
		},
		done: func(at time.Time) {
			for _, e := range in {
				e.outs[len(e.outs)-1].to = at
			}
		}}
}

func (b *book) newSKUs(n int) change {
	s := &sheet{}
	s.add("Mã hàng (SKU)", "Mã sản phẩm OCOP", "Tên bán trên sàn", "Quy cách", "Giá bán (đồng)", "Tồn kho", "Khối lượng (g)", "Mô tả", "Ảnh")
	for range n {
		old := b.skus[b.rng.IntN(len(b.skus))]
		c := old.copyOf
		if c.Price == 0 || len(c.Images) == 0 {
			continue
		}
		b.made++
		w := &ware{code: fmt.Sprintf("moi-%04d", b.made), product: old.product, name: fmt.Sprintf("%s gói %d", old.name, b.made), price: c.Price, copyOf: c}
		w.shown = w.name
		b.bySKU[w.code] = w
		b.skus = append(b.skus, w)
		if b.rng.IntN(2) == 0 { // beside the others, so that it can be none's new name
			for _, other := range b.skus {
				if other.product == w.product && other != w {
					s.add(other.code, other.product, other.shown, "", "", "", "", "", "")
				}
			}
		}
		s.add(w.code, w.product, w.name, c.Unit, strconv.FormatInt(c.Price, 10), strconv.Itoa(20+b.rng.IntN(100)), strconv.FormatInt(c.WeightGrams, 10), c.Description, c.Images[0].Name)
	}
	return change{what: "new SKUs", file: s.bytes()}
}

// wasOut tells whether a SKU's product was not to be on sale at a time, or
// shortly before: what was decided then may go out a little later.
func (b *book) wasOut(sku string, at time.Time, slack time.Duration) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	w := b.bySKU[sku]
	if w == nil {
		return false
	}
	for _, s := range b.byCode[w.product].outs {
		if !at.Before(s.from) && (s.to.IsZero() || at.Before(s.to.Add(slack))) {
			return true
		}
	}
	return false
}

// said is what the register says of a SKU.
func (b *book) said(sku string) (name string, price int64, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	w := b.bySKU[sku]
	if w == nil {
		return "", 0, false
	}
	return w.shown, w.price, true
}
