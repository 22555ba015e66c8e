package sandbox

import (
	"cmp"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"time"
)

// ProductView is a product as the sandbox holds it, for tests and people.
type ProductView struct {
	Market    string    `json:"market"`
	Account   string    `json:"account"`
	ID        string    `json:"id"`
	Shop      string    `json:"shop"`
	ShopRef   string    `json:"shop_ref"` // producer_ref, partnerShopCode
	SKU       string    `json:"sku"`
	Name      string    `json:"name"`
	Status    string    `json:"status"` // in the marketplace's own word
	Live      bool      `json:"live"`
	Price     int64     `json:"price"`
	ListPrice *int64    `json:"list_price"`
	Stock     int64     `json:"stock"`
	Version   int64     `json:"version"` // changes, on Voso too
	UpdatedBy string    `json:"updated_by"`
	Reviews   int       `json:"reviews"` // begun so far
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
	// Wire is the product in the marketplace's own JSON.
	Wire json.RawMessage `json:"wire"`
}

// ShopView is a shop as the sandbox holds it.
type ShopView struct {
	ID       string          `json:"id"`
	Account  string          `json:"account"`
	Ref      string          `json:"ref"`
	Status   string          `json:"status"` // waiting, active or blocked
	Products int             `json:"products"`
	Wire     json.RawMessage `json:"wire"`
}

func (m *market) view(r *row) ProductView {
	p := r.cur
	content := m.load(p.Content)
	var named struct{ Name string }
	_ = json.Unmarshal(content, &named) // our own writing
	return ProductView{
		Market: m.name, Account: r.acc.rec.Name, ID: p.ID, Shop: p.Shop, ShopRef: r.shop.Ref, SKU: p.SKU,
		Name: named.Name, Status: m.rules.word(p.Status), Live: p.Status == live, Price: p.Price, ListPrice: p.List,
		Stock: p.Stock, Version: p.Version, UpdatedBy: p.By, Reviews: p.Round, CreatedAt: time.UnixMilli(p.Created),
		UpdatedAt: time.UnixMilli(p.Updated), Wire: m.rules.wire(p, content, m.base),
	}
}

// with lets do work on a marketplace, up to date and durable afterwards.
func (sb *Sandbox) with(name string, do func(m *market, now int64) error) error {
	m, err := sb.market(name)
	if err != nil {
		return err
	}
	sb.mu.Lock()
	defer sb.mu.Unlock()
	now := sb.now()
	m.settle(now)
	if err := do(m, now); err != nil {
		_ = sb.flush() // what settled is durable all the same
		return err
	}
	return sb.flush()
}

// Product is one product as it is now.
func (sb *Sandbox) Product(on, id string) (p ProductView, err error) {
	err = sb.withRow(on, id, func(m *market, r *row, _ int64) error {
		p = m.view(r)
		return nil
	})
	return p, err
}

func (sb *Sandbox) withRow(on, id string, do func(m *market, r *row, now int64) error) error {
	return sb.with(on, func(m *market, now int64) error {
		r := m.products[id]
		if r == nil {
			return fmt.Errorf("%w: product %q on %s", ErrUnknown, id, on)
		}
		return do(m, r, now)
	})
}

// BySKU lists the products that have the SKU, over all shops and accounts.
func (sb *Sandbox) BySKU(on, sku string) (found []ProductView, err error) {
	err = sb.with(on, func(m *market, _ int64) error {
		for _, a := range m.accounts {
			for _, r := range a.skus[sku] {
				found = append(found, m.view(r))
			}
		}
		slices.SortFunc(found, func(a, b ProductView) int { return compareIDs(a.ID, b.ID) })
		return nil
	})
	return found, err
}

func compareIDs(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}

// Products goes through everything a marketplace holds, in the order of
// creation, a few hundred at a time: what changes meanwhile may show either
// way.
func (sb *Sandbox) Products(on string) iter.Seq[ProductView] {
	return func(yield func(ProductView) bool) {
		m, err := sb.market(on)
		if err != nil {
			return
		}
		sb.mu.Lock()
		var ids []string
		m.settle(sb.now())
		for _, r := range m.products {
			ids = append(ids, r.cur.ID)
		}
		_ = sb.flush() // a failure shows at the next call
		sb.mu.Unlock()
		slices.SortFunc(ids, compareIDs)
		for chunk := range slices.Chunk(ids, 256) {
			var views []ProductView
			_ = sb.with(on, func(m *market, _ int64) error {
				for _, id := range chunk {
					views = append(views, m.view(m.products[id]))
				}
				return nil
			})
			for _, v := range views {
				if !yield(v) {
					return
				}
			}
		}
	}
}

// Shops lists the shops of a marketplace in the order of creation.
func (sb *Sandbox) Shops(on string) (shops []ShopView, err error) {
	err = sb.with(on, func(m *market, _ int64) error {
		for _, s := range m.shops {
			shops = append(shops, ShopView{s.ID, s.Account, s.Ref, string(s.Status), len(s.rows), m.showShop(s)})
		}
		slices.SortFunc(shops, func(a, b ShopView) int { return compareIDs(a.ID, b.ID) })
		return nil
	})
	return shops, err
}

// Counts counts the products by the marketplace's own word for their status.
func (sb *Sandbox) Counts(on string) (counts map[string]int, err error) {
	counts = map[string]int{}
	err = sb.with(on, func(m *market, _ int64) error {
		for _, r := range m.products {
			counts[m.rules.word(r.cur.Status)]++
		}
		return nil
	})
	return counts, err
}

// Ledger is what the marketplace has counted.
func (sb *Sandbox) Ledger(on string) (l Ledger, err error) {
	err = sb.with(on, func(m *market, _ int64) error {
		l = m.ledger.copy()
		l.Doubles = m.doubles()
		return nil
	})
	return l, err
}

// ResetLedger starts counting anew. Creates that are not settled yet stay so.
func (sb *Sandbox) ResetLedger(on string) error {
	return sb.with(on, func(m *market, _ int64) error {
		fresh := newLedger()
		fresh.open, fresh.lost, fresh.looks = m.ledger.open, m.ledger.lost, m.ledger.looks
		fresh.all.times, fresh.taken.times = m.ledger.all.times, m.ledger.taken.times
		m.ledger = fresh
		return nil
	})
}
