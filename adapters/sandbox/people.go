package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// HandMade is a product that the seller makes by hand in the portal.
type HandMade struct {
	// Shop is its shop's id, or ShopRef the reference the partner gave it.
	Shop    string `json:"shop"`
	ShopRef string `json:"shop_ref"`
	// SKU is normally empty: the portal asks for none.
	SKU   string `json:"sku"`
	Name  string `json:"name"`
	Price int64  `json:"price"`
	Stock int64  `json:"stock"`
	// Content is further content in the marketplace's own fields.
	Content json.RawMessage `json:"content"`
	// Status is a word of the marketplace. Default: live at once.
	Status string `json:"status"`
}

// AddByHand makes a product as a seller does in the portal, by no rule of the
// partners' interface, and returns its id.
func (sb *Sandbox) AddByHand(on string, h HandMade) (id string, err error) {
	err = sb.with(on, func(m *market, now int64) error {
		s, err := m.findShop(h.Shop, h.ShopRef)
		if err != nil {
			return err
		}
		fields := map[string]any{"name": h.Name}
		if len(h.Content) > 0 {
			more, err := object(h.Content)
			if err != nil {
				return err
			}
			maps.Copy(fields, more)
		}
		st := live
		if h.Status != "" {
			if st, err = m.status(h.Status); err != nil {
				return err
			}
		}
		p := &product{ID: m.newProductID(), Shop: s.ID, SKU: h.SKU, Status: st, Price: h.Price, Stock: h.Stock,
			By: bySeller}
		if m.name == Voso {
			p.List = &h.Price
		}
		if st == pending {
			m.review(p, now)
		}
		id = m.make(s, p, encode(fields), now).cur.ID
		return nil
	})
	return id, err
}

func (m *market) newProductID() string {
	if m.name == Voso {
		return m.vsID()
	}
	return m.id("P")
}

func (m *market) findShop(id, ref string) (*shop, error) {
	if s := m.shops[id]; s != nil {
		return s, nil
	}
	if ref != "" {
		for _, a := range m.accounts {
			if s := a.shops[ref]; s != nil {
				return s, nil
			}
		}
	}
	return nil, fmt.Errorf("%w: shop %q %q on %s", ErrUnknown, id, ref, m.name)
}

// status finds a status by the marketplace's word for it.
func (m *market) status(word string) (status, error) {
	for _, s := range []status{pending, live, rejected, closed, locked} {
		if m.rules.word(s) == word {
			return s, nil
		}
	}
	return "", fmt.Errorf("%w: status %q on %s", ErrUnknown, word, m.name)
}

func object(data []byte) (map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var o map[string]any
	if err := d.Decode(&o); err != nil {
		return nil, fmt.Errorf("sandbox: not a JSON object: %w", err)
	}
	return o, nil
}

// The fields that the portal edits beside the content, by marketplace.
var offerFields = map[string][3]string{
	Postmart: {"price", "list_price", "stock"},
	Voso:     {"price", "listPrice", "quantity"},
}

// EditBySeller changes a product as its seller does in the portal: a merge
// patch in the marketplace's own fields, price and stock included. Changed
// content of a live product is reviewed on Postmart; a portal of Voso reviews
// nothing that its own seller writes.
func (sb *Sandbox) EditBySeller(on, id string, patch json.RawMessage) error {
	return sb.withRow(on, id, func(m *market, r *row, now int64) error {
		sent, err := object(patch)
		if err != nil {
			return err
		}
		p := *r.cur
		p.By = bySeller
		names := offerFields[m.name]
		for i, put := range []func(n int64){
			func(n int64) { p.Price = n },
			func(n int64) { p.List = &n },
			func(n int64) { p.Stock = n },
		} {
			if num, ok := sent[names[i]].(json.Number); ok {
				n, err := num.Int64()
				if err != nil {
					return fmt.Errorf("sandbox: %s: %w", names[i], err)
				}
				put(n)
			} else if v, given := sent[names[i]]; given && v == nil && i == 1 {
				p.List = nil
			}
		}
		if sku, ok := sent["sku"].(string); ok {
			p.SKU = sku
		}
		maps.DeleteFunc(sent, func(k string, _ any) bool { return k == "sku" || slices.Contains(names[:], k) })
		var content []byte
		if len(sent) > 0 {
			was, err := object(m.load(r.cur.Content))
			if err != nil {
				return err
			}
			merged, _ := merge(was, sent).(map[string]any)
			content = encode(merged)
			if m.name == Postmart && p.Status != closed && pmReviewed(m.load(r.cur.Content)) != pmReviewed(content) {
				m.review(&p, now)
			}
		}
		m.set(r, &p, content, now)
		m.tell("product.edited_by_seller", r, now)
		return nil
	})
}

// Sell sells n of a product: the stock falls, to 0 at most, and the change
// carries nobody's name.
func (sb *Sandbox) Sell(on, id string, n int64) error {
	return sb.withRow(on, id, func(m *market, r *row, now int64) error {
		p := *r.cur
		p.Stock = max(0, p.Stock-n)
		m.set(r, &p, nil, now)
		return nil
	})
}

// CloseByStaff closes a product of Postmart with a rejection, or locks one of
// Voso. ReleaseByStaff undoes it.
func (sb *Sandbox) CloseByStaff(on, id string, why ...Reason) error {
	return sb.withRow(on, id, func(m *market, r *row, now int64) error {
		p := *r.cur
		if p.StaffClosed || p.Status == locked {
			return nil
		}
		p.Before, p.By, p.Reasons = p.Status, byModerator, why
		if len(why) == 0 {
			p.Reasons = m.rules.rejection(m.draw(&p, "staff"))
		}
		p.stopReview()
		p.Status, p.StaffClosed = closed, true
		if m.name == Voso {
			p.Status, p.StaffClosed = locked, false
		}
		m.set(r, &p, nil, now)
		m.tell("product.closed_by_marketplace", r, now)
		return nil
	})
}

// ReleaseByStaff lets a partner do with a product again what it wants. On
// Postmart it stays closed; on Voso it is what it was, in review at the least.
func (sb *Sandbox) ReleaseByStaff(on, id string) error {
	return sb.withRow(on, id, func(m *market, r *row, now int64) error {
		p := *r.cur
		switch {
		case p.StaffClosed:
			p.StaffClosed = false
		case p.Status == locked && p.Before == pending:
			m.review(&p, now)
		case p.Status == locked:
			p.Status = p.Before
		default:
			return nil
		}
		p.Before, p.Reasons, p.By = "", nil, byModerator
		m.set(r, &p, nil, now)
		return nil
	})
}

// Judge ends a product's review at once, or thinks again about one that is
// live or rejected: live without reasons, else rejected with them.
func (sb *Sandbox) Judge(on, id string, v Verdict) error {
	return sb.withRow(on, id, func(m *market, r *row, now int64) error {
		p := *r.cur
		if p.Status == closed || p.Status == locked {
			return fmt.Errorf("sandbox: product %s is %s, there is nothing to judge", id, m.rules.word(p.Status))
		}
		p.Due, p.Verdict = 0, nil
		m.decide(r, &p, v, now)
		return nil
	})
}

// FinishReviews ends every running review at once, each with the verdict that
// it would have had.
func (sb *Sandbox) FinishReviews(on string) error {
	return sb.with(on, func(m *market, now int64) error {
		var rows []*row
		for _, r := range m.products {
			if r.cur.Status == pending && !r.cur.Approved {
				rows = append(rows, r)
			}
		}
		byCreation(rows)
		for _, r := range rows {
			m.endReview(r, now)
		}
		return nil
	})
}

// SetShopStatus makes a shop "waiting", "active" or "blocked".
func (sb *Sandbox) SetShopStatus(on, shop, to string) error {
	return sb.with(on, func(m *market, now int64) error {
		s, err := m.findShop(shop, shop)
		if err != nil {
			return err
		}
		if !slices.Contains([]shopStatus{shopWaiting, shopActive, shopBlocked}, shopStatus(to)) {
			return fmt.Errorf("%w: shop status %q", ErrUnknown, to)
		}
		m.setShopStatus(s, shopStatus(to), now)
		return nil
	})
}
