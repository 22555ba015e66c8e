package sandbox

import (
	"bytes"
	"encoding/json"
	"strconv"
)

const (
	vsMinPrice = 1000
	vsMaxInt   = 1 << 53
	vsMaxStock = 100000
)

// vsSaveProducts makes and changes up to 50 products.
func (c *call) vsSaveProducts() *answer {
	items, refusal := c.vsItems(50, vsItemFields...)
	if refusal != nil {
		return refusal
	}
	var f form
	for _, it := range items {
		vsKnown(&f, it)
	}
	if !f.ok() {
		return vsInvalid(f.bad)
	}
	return c.vsBatch(items, func(it map[string]any) vsResult {
		if _, has := it["productId"]; has {
			return c.vsChange(it)
		}
		return c.vsCreate(it)
	})
}

func (c *call) vsCreate(it map[string]any) vsResult {
	var r vsReader
	need := len(c.fate.Drop) == 0
	shopID, _ := r.str(it, "", "shopId", text{need: true})
	sku, _ := r.str(it, "", "sku", text{need: true, min: 1, max: 50, pattern: vsSKU})
	s := c.m.shops[shopID]
	switch {
	case shopID == "":
	case s == nil || s.acc != c.acc:
		return vsRefused("SHOP_NOT_FOUND", "shopId")
	case s.Status == shopBlocked:
		return vsRefused("SHOP_INACTIVE", "shopId")
	}
	p := &product{Shop: shopID, SKU: sku, By: byPartner}
	var content vsContent
	r.content(&content, it, need, c.m.today(c.now))
	r.prices(p, it, true)
	c.vsImages(&r, content.ImageIDs)
	if code, field := r.refused(); code != "" {
		return vsRefused(code, field)
	}
	if len(s.bySKU(sku)) > 0 && !c.fate.NoUnique {
		return vsRefused("PRODUCT_SKU_DUPLICATED", "sku")
	}
	p.ID = c.m.vsID()
	made := c.m.make(s, p, encode(content), c.now)
	c.m.ledger.Made[s.ID+"/"+sku]++
	return vsDone(made)
}

// prices reads price, listPrice and quantity; what is not given stays.
func (r *vsReader) prices(p *product, it map[string]any, need bool) {
	r.price(p, it, need)
	if v, given := it["listPrice"]; given || need {
		if v == nil { // empty: the price
			price := p.Price
			p.List = &price
		} else if n, ok := r.whole(it, "", "listPrice", span{max: vsMaxInt}); ok {
			p.List = &n
		}
	}
	if n, ok := r.whole(it, "", "quantity", span{need: need, max: vsMaxStock}); ok {
		p.Stock = n
	}
}

func (r *vsReader) price(p *product, it map[string]any, need bool) {
	v, given := it["price"]
	if !given {
		if need {
			r.add("price", required)
		}
		return
	}
	num, _ := v.(json.Number)
	n, ok := integer(num)
	if !ok || !n.IsInt64() || n.Int64() < vsMinPrice || n.Int64() > vsMaxInt || n.Int64()%100 != 0 {
		r.refuse("PRICE_INVALID", "price")
		return
	}
	p.Price = n.Int64()
}

// vsImages refuses images that are not the user's.
func (c *call) vsImages(r *vsReader, ids []string) {
	for i, id := range ids {
		if !c.m.knows(c.acc, id, c.now) {
			r.refuse("IMAGE_NOT_FOUND", "imageIds["+strconv.Itoa(i)+"]")
		}
	}
}

// vsMine is a product that may be changed, or the refusal.
func (c *call) vsMine(it map[string]any) (*row, vsResult) {
	id, ok := it["productId"].(string)
	if !ok {
		return nil, vsRefused("VALIDATE_ERROR", "productId")
	}
	r := c.vsFind(id)
	switch {
	case r == nil:
		return nil, vsRefused("PRODUCT_NOT_FOUND", "productId")
	case r.shop.Status == shopBlocked:
		return nil, vsRefused("SHOP_INACTIVE", "")
	case r.cur.Status == locked:
		return nil, vsRefused("PRODUCT_LOCKED", "")
	}
	return r, vsResult{}
}

// vsChange changes the fields that an item gives.
func (c *call) vsChange(it map[string]any) vsResult {
	row, refusal := c.vsMine(it)
	if row == nil {
		return refusal
	}
	var r vsReader
	p := *row.cur
	c.vsChangeSKU(&r, &p, row, it)
	if s, ok := r.str(it, "", "shopId", text{}); ok && s != p.Shop {
		r.add("shopId", notAllowed)
	}
	was := c.m.load(p.Content)
	var content vsContent
	_ = json.Unmarshal(was, &content) // our own writing
	r.content(&content, it, false, c.m.today(c.now))
	r.prices(&p, it, false)
	if _, given := it["imageIds"]; given {
		c.vsImages(&r, content.ImageIDs)
	}
	if code, field := r.refused(); code != "" {
		return vsRefused(code, field)
	}
	c.vsSet(row, &p, was, encode(content))
	return vsDone(row)
}

// vsChangeSKU gives a hand-made product its SKU, once.
func (c *call) vsChangeSKU(r *vsReader, p *product, row *row, it map[string]any) {
	sku, ok := r.str(it, "", "sku", text{max: 50, pattern: vsSKU})
	switch {
	case !ok || sku == p.SKU:
	case p.SKU != "":
		r.refuse("SKU_FIXED", "sku")
	case len(row.shop.bySKU(sku)) > 0 && !c.fate.NoUnique:
		r.refuse("PRODUCT_SKU_DUPLICATED", "sku")
	default:
		p.SKU = sku
	}
}

// vsSet stores what a client made of a product, where it changes anything.
func (c *call) vsSet(row *row, p *product, was, is []byte) {
	same := bytes.Equal(was, is)
	if same && p.SKU == row.cur.SKU && p.Price == row.cur.Price && p.Stock == row.cur.Stock &&
		equal(p.List, row.cur.List) {
		return
	}
	if !same && p.Status != closed && vsReviewed(was) != vsReviewed(is) {
		c.m.review(p, c.now)
	}
	if same {
		is = nil
	}
	c.change(row, p, is)
}

// vsReviewed is the part of the content whose change needs a review.
func vsReviewed(content []byte) string {
	var p vsContent
	_ = json.Unmarshal(content, &p) // our own writing
	return string(encode(vsContent{Name: p.Name, Description: p.Description, CategoryID: p.CategoryID,
		ImageIDs: p.ImageIDs, Ocop: p.Ocop}))
}

// vsChangeStatus hides products and shows hidden ones.
func (c *call) vsChangeStatus() *answer {
	items, refusal := c.vsItems(50, "productId", "status", "reason")
	if refusal != nil {
		return refusal
	}
	return c.vsBatch(items, func(it map[string]any) vsResult {
		var f form
		to, ok := f.str(it, "", "status", text{need: true})
		if ok && to != "SHOW" && to != "HIDE" {
			f.add("status", notAllowed)
		}
		_, _ = f.str(it, "", "reason", text{max: 200})
		if !f.ok() {
			return vsRefused("VALIDATE_ERROR", f.bad[0].Field)
		}
		row, refusal := c.vsMine(it)
		if refusal.Code == "PRODUCT_LOCKED" && to == "SHOW" { // it is not hidden: nothing changes
			id, _ := it["productId"].(string)
			return vsDone(c.vsFind(id))
		}
		if row == nil {
			return refusal
		}
		p := *row.cur
		switch {
		case to == "HIDE" && p.Status != closed:
			p.Status, p.Reasons = closed, nil
			p.stopReview()
			c.change(row, &p, nil)
		case to == "SHOW" && p.Status == closed:
			c.m.review(&p, c.now)
			c.change(row, &p, nil)
		}
		return vsDone(row)
	})
}

// vsChangePriceStock sets price and quantity, and raises a lower listPrice.
func (c *call) vsChangePriceStock() *answer {
	items, refusal := c.vsItems(100, "productId", "price", "quantity")
	if refusal != nil {
		return refusal
	}
	return c.vsBatch(items, func(it map[string]any) vsResult {
		row, refusal := c.vsMine(it)
		if row == nil {
			return refusal
		}
		var r vsReader
		p := *row.cur
		r.price(&p, it, true)
		p.Stock, _ = r.whole(it, "", "quantity", span{need: true, max: vsMaxStock})
		if code, field := r.refused(); code != "" {
			return vsRefused(code, field)
		}
		if p.List == nil || *p.List < p.Price {
			price := p.Price
			p.List = &price
		}
		if p.Price != row.cur.Price || p.Stock != row.cur.Stock || !equal(p.List, row.cur.List) {
			c.change(row, &p, nil)
		}
		return vsDone(row)
	})
}
