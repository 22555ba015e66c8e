package sandbox

import (
	"encoding/json"
	"regexp"
)

var (
	pmPhone    = regexp.MustCompile(`^0[0-9]{9}$`)
	pmTaxCode  = regexp.MustCompile(`^([0-9]{10}(-[0-9]{3})?|[0-9]{12})$`)
	pmProvince = regexp.MustCompile(`^[0-9]{2}$`)
	pmWard     = regexp.MustCompile(`^[0-9]{5}$`)
)

type pmShopInput struct {
	ProducerRef  string  `json:"producer_ref"`
	Name         string  `json:"name"`
	Phone        string  `json:"phone"`
	TaxCode      *string `json:"tax_code"`
	ProvinceCode string  `json:"province_code"`
	WardCode     string  `json:"ward_code"`
	Address      string  `json:"address"`
}

func (c *call) pmCreateShop() *answer {
	var f form
	o, a := c.pmBody(&f, jsonType)
	if a != nil {
		return a
	}
	f.known(o, "", "producer_ref", "name", "phone", "tax_code", "province_code", "ward_code", "address")
	var in pmShopInput
	in.ProducerRef, _ = f.str(o, "", "producer_ref", text{need: true, max: 64, clean: oneLine})
	in.Name, _ = f.str(o, "", "name", text{need: true, min: 3, max: 100, clean: oneLine})
	in.Phone, _ = f.str(o, "", "phone", text{need: true, pattern: pmPhone})
	if tax, ok := f.str(o, "", "tax_code", text{null: true, pattern: pmTaxCode}); ok {
		in.TaxCode = &tax
	}
	in.ProvinceCode, _ = f.str(o, "", "province_code", text{need: true, pattern: pmProvince})
	in.WardCode, _ = f.str(o, "", "ward_code", text{need: true, pattern: pmWard})
	in.Address, _ = f.str(o, "", "address", text{need: true, max: 200, clean: oneLine})
	if !f.ok() {
		return pmInvalid(f.bad)
	}
	if s := c.acc.shops[in.ProducerRef]; s != nil {
		return pmExists("producer_exists", s.ID)
	}
	s := c.m.newShop(c.acc, "S", in.ProducerRef, in, c.now)
	return &answer{status: 201, code: "ok", head: map[string]string{"Content-Type": jsonType},
		body: c.m.showShop(s)}
}

// newShop makes a shop that waits for its verification.
func (m *market) newShop(acc *account, prefix, ref string, input any, now int64) *shop {
	data, err := json.Marshal(input)
	if err != nil {
		panic("sandbox: " + err.Error()) // plain structs
	}
	s := &shop{acc: acc, shopRecord: shopRecord{
		ID: m.id(prefix), Account: acc.rec.Name, Ref: ref, Status: shopWaiting, Payment: "none",
		Due: now + m.opt.ShopVerifyDelay.Milliseconds(), Input: m.sb.j.blob(data),
	}}
	m.putShop(s)
	m.saveShop(s)
	m.await(due{at: s.Due, shop: s})
	return s
}

func (m *market) showShop(s *shop) json.RawMessage {
	return m.rules.shopWire(&s.shopRecord, m.load(s.Input))
}

func (postmart) shopWire(s *shopRecord, input []byte) []byte {
	word := map[shopStatus]string{shopWaiting: "pending_verification", shopActive: "active", shopBlocked: "suspended"}
	return splice(struct {
		ID      string `json:"id"`
		Status  string `json:"status"`
		Payment string `json:"payment_account"`
	}{s.ID, word[s.Status], s.Payment}, input)
}

func (c *call) pmFindShop() *answer {
	var f form
	f.noQuery(c, "producer_ref")
	ref, _ := f.str(c.asked(), "", "producer_ref", text{need: true, max: 64, clean: oneLine})
	if !f.ok() {
		return pmInvalid(f.bad)
	}
	items := []json.RawMessage{}
	if s := c.acc.shops[ref]; s != nil {
		items = append(items, c.m.showShop(s))
	}
	return jsonAnswer(200, "ok", map[string]any{"items": items})
}

// asked is the query as an object; of a parameter named twice the first counts.
func (c *call) asked() map[string]any {
	o := map[string]any{}
	for k := range c.query {
		o[k] = c.query.Get(k)
	}
	return o
}

// pmBody is the request's JSON object, or the refusal of one that is wrong in
// form. Unknown parameters are added to f.
func (c *call) pmBody(f *form, mediaType string) (map[string]any, *answer) {
	switch t, _ := c.mediaType(); {
	case c.head["Content-Type"] == "":
		return nil, pmWrong("Content-Type", required)
	case t != mediaType:
		return nil, pmWrong("Content-Type", notAllowed)
	}
	if c.large {
		return nil, pmWrong("body", tooLong)
	}
	o := c.object()
	if c.torn || o == nil {
		return nil, pmWrong("body", badFormat)
	}
	f.noQuery(c)
	return o, nil
}
