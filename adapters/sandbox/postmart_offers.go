package sandbox

import (
	"strconv"
)

// pmOffers sets prices and stock; each item stands or falls alone, but a
// request that is wrong in form does nothing.
func (c *call) pmOffers() *answer {
	var f form
	o, refusal := c.pmBody(&f, jsonType)
	if refusal != nil {
		return refusal
	}
	f.known(o, "", "items")
	items := f.objects(o, "items", 1, 100)
	for i, it := range items {
		path := "items[" + strconv.Itoa(i) + "]."
		f.known(it, path, "product_id", "price", "list_price", "stock")
		_, _ = f.str(it, path, "product_id", text{need: true})
	}
	if !f.ok() {
		return pmInvalid(f.bad)
	}
	results := []pmOfferResult{}
	for i, it := range items {
		id, _ := it["product_id"].(string)
		res := c.pmOfferItem(i, id, it)
		c.m.ledger.code("batchOffers/item", res.code())
		if !c.fate.Omit.names(i, id, c.skuOf(id)) {
			results = append(results, res)
		}
	}
	return jsonAnswer(207, "ok", map[string]any{"items": results})
}

// objects reads a list of objects with bounds on its length.
func (f *form) objects(o map[string]any, name string, least, most int) []map[string]any {
	v, there := o[name]
	list, isList := v.([]any)
	switch {
	case !there || v == nil:
		f.add(name, required)
	case !isList:
		f.add(name, badFormat)
	case len(list) < least:
		f.add(name, tooShort)
	case len(list) > most:
		f.add(name, tooLong)
	default:
		var out []map[string]any
		for i, it := range list {
			in, ok := it.(map[string]any)
			if !ok {
				f.add(name+"["+strconv.Itoa(i)+"]", badFormat)
			}
			out = append(out, in)
		}
		return out
	}
	return nil
}

type pmOfferResult struct {
	ProductID string       `json:"product_id"`
	Status    int          `json:"status"`
	Version   int64        `json:"version,omitempty"`
	Error     *pmErrorBody `json:"error,omitempty"`
}

func (r pmOfferResult) code() string {
	if r.Error != nil {
		return r.Error.Code
	}
	return "ok"
}

func (c *call) skuOf(id string) string {
	if r := c.m.products[id]; r != nil {
		return r.cur.SKU
	}
	return ""
}

func (c *call) pmOfferItem(i int, id string, it map[string]any) pmOfferResult {
	refuse := func(status int, e pmErrorBody) pmOfferResult {
		if e.Message = pmCodes[e.Code].message; e.Message == "" {
			e.Message = "Lỗi " + e.Code
		}
		return pmOfferResult{ProductID: id, Status: status, Error: &e}
	}
	r := c.m.products[id]
	if r == nil || r.acc != c.acc {
		return refuse(404, pmErrorBody{Code: "not_found"})
	}
	if t := c.fate.Refuse; t.names(i, id, r.cur.SKU) {
		code := t.Code
		if code == "" {
			code = "internal"
		}
		status := 409
		if code == "validation_failed" {
			status = 422
		} else if code == "not_found" {
			status = 404
		}
		return refuse(status, pmErrorBody{Code: code})
	}
	if c.fate.Ignore.names(i, id, r.cur.SKU) {
		return pmOfferResult{ProductID: id, Status: 200, Version: r.cur.Version + 1}
	}
	switch {
	case r.shop.Status == shopBlocked:
		return refuse(409, pmErrorBody{Code: "shop_suspended"})
	case r.cur.StaffClosed:
		return refuse(409, pmErrorBody{Code: "closed_by_marketplace"})
	}
	p := *r.cur
	if bad := pmReadOffer(&p, drop(it, c.fate.Drop)); bad != nil {
		return refuse(422, pmErrorBody{Code: "validation_failed", Fields: pmFields(bad)})
	}
	if p.Price != r.cur.Price || p.Stock != r.cur.Stock || !equal(p.List, r.cur.List) {
		c.change(r, &p, nil)
	}
	return pmOfferResult{ProductID: id, Status: 200, Version: r.cur.Version}
}

// pmReadOffer puts what an item says into p: list_price and stock left out stay
// as they are, list_price null is removed.
func pmReadOffer(p *product, it map[string]any) []problem {
	var f form
	price, ok := f.whole(it, "", "price", span{need: true, min: pmMinPrice, max: pmMaxPrice})
	p.Price = price
	if _, sent := it["list_price"]; sent {
		p.List = nil
		if n, has := f.whole(it, "", "list_price", span{null: true, max: pmMaxList}); has {
			p.List = &n
		}
	}
	if ok && p.List != nil && *p.List < price {
		f.add("list_price", outOfRange)
	}
	if _, sent := it["stock"]; sent {
		p.Stock, _ = f.whole(it, "", "stock", span{max: pmMaxStock})
	}
	return f.bad
}

func equal(a, b *int64) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}
