package sandbox

import "slices"

const (
	pmMinPrice = 1000
	pmMaxPrice = 1_000_000_000
	pmMaxStock = 1_000_000
	pmMaxList  = 1 << 53
)

// pmCreate makes a product, pending review.
func (c *call) pmCreate() *answer {
	var f form
	o, refusal := c.pmBody(&f, jsonType)
	if refusal != nil {
		return refusal
	}
	o = drop(o, c.fate.Drop)
	f.known(o, "", append([]string{"shop_id", "sku", "price", "list_price", "stock"}, pmContentFields...)...)
	shopID, _ := f.str(o, "", "shop_id", text{need: true})
	sku, _ := f.str(o, "", "sku", text{need: true, pattern: pmSKU})
	price, list := pmPrices(&f, o, "")
	stock, _ := f.whole(o, "", "stock", span{need: true, max: pmMaxStock})
	content := pmReadContent(&f, o, len(c.fate.Drop) == 0, true, c.m.today(c.now))
	s := c.m.shops[shopID]
	if shopID != "" && (s == nil || s.acc != c.acc) {
		f.add("shop_id", unknown)
	}
	if !f.ok() {
		return pmInvalid(f.bad)
	}
	if s.Status == shopBlocked {
		return pmError("shop_suspended")
	}
	if has := s.bySKU(sku); len(has) > 0 && !c.fate.NoUnique {
		return pmExists("sku_exists", has[0].cur.ID)
	}
	if a := c.pmUnknownMedia(content.Images); a != nil {
		return a
	}
	p := &product{ID: c.m.id("P"), Shop: s.ID, SKU: sku, Price: price, List: list, Stock: stock, By: byPartner}
	r := c.m.make(s, p, encode(content), c.now)
	c.m.ledger.Made[s.ID+"/"+sku]++
	return c.pmShow(201, r)
}

// make puts a new product into a shop and sends it to review.
func (m *market) make(s *shop, p *product, content []byte, now int64) *row {
	m.lastMade = max(m.lastMade, m.clock(now))
	p.Created = m.lastMade // never before an older product's, whatever the clock
	if p.Status == "" {
		m.review(p, now)
	}
	r := &row{acc: s.acc, shop: s}
	m.set(r, p, content, now)
	if p.By == byPartner {
		m.ledger.Writes[p.ID]++
	}
	return r
}

// pmPrices reads price and list_price as a create or an offer has them.
func pmPrices(f *form, o map[string]any, path string) (price int64, list *int64) {
	price, ok := f.whole(o, path, "price", span{need: true, min: pmMinPrice, max: pmMaxPrice})
	if n, has := f.whole(o, path, "list_price", span{null: true, min: 0, max: pmMaxList}); has {
		if ok && n < price {
			f.add(path+"list_price", outOfRange)
		}
		list = &n
	}
	return price, list
}

func (c *call) pmShow(status int, r *row) *answer {
	return &answer{status: status, code: "ok", body: c.m.show(r.cur, c.base),
		head: map[string]string{"Content-Type": jsonType, "ETag": etag(r.cur.Version)}}
}

// pmFind is the product of the path, when it is the partner's.
func (c *call) pmFind() *row {
	if r := c.m.products[c.id]; r != nil && r.acc == c.acc {
		return r
	}
	return nil
}

func (c *call) pmGet() *answer {
	var f form
	f.noQuery(c)
	if !f.ok() {
		return pmInvalid(f.bad)
	}
	r := c.pmFind()
	if r == nil {
		return pmError("not_found")
	}
	return c.pmShow(200, r)
}

// change sets what the partner made of a product.
func (c *call) change(r *row, p *product, content []byte) {
	p.By = byPartner
	c.m.set(r, p, content, c.now)
	c.m.ledger.Writes[p.ID]++
}

func (c *call) pmClose() *answer {
	var f form
	o, refusal := c.pmBody(&f, jsonType)
	if refusal != nil {
		return refusal
	}
	f.known(o, "", "reason")
	reason, ok := f.str(o, "", "reason", text{need: true})
	if ok && !slices.Contains([]string{"not_eligible", "recognition_expired", "withdrawn", "duplicate"}, reason) {
		f.add("reason", notAllowed)
	}
	if !f.ok() {
		return pmInvalid(f.bad)
	}
	r := c.pmFind()
	switch {
	case r == nil:
		return pmError("not_found")
	case r.shop.Status == shopBlocked:
		return pmError("shop_suspended")
	}
	if r.cur.Status != closed {
		p := *r.cur
		p.Status, p.Reasons = closed, nil
		p.stopReview()
		c.change(r, &p, nil)
	}
	return c.pmShow(200, r)
}

// stopReview ends whatever a product waits for.
func (p *product) stopReview() {
	p.Due, p.FlipDue, p.Approved, p.Verdict = 0, 0, false, nil
}

func (c *call) pmReopen() *answer {
	var f form
	f.noQuery(c)
	if !f.ok() {
		return pmInvalid(f.bad)
	}
	r := c.pmFind()
	switch {
	case r == nil:
		return pmError("not_found")
	case r.shop.Status == shopBlocked:
		return pmError("shop_suspended")
	case r.cur.StaffClosed:
		return pmError("closed_by_marketplace")
	}
	if r.cur.Status == closed {
		p := *r.cur
		c.m.review(&p, c.now)
		c.change(r, &p, nil)
	}
	return c.pmShow(200, r)
}
