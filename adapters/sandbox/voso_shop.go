package sandbox

import (
	"encoding/json"
	"regexp"
)

var vsPhone = regexp.MustCompile(`^(0|84)[0-9]{9}$`)

type vsShopInput struct {
	PartnerShopCode string  `json:"partnerShopCode"`
	ShopName        string  `json:"shopName"`
	Phone           string  `json:"phone"`
	TaxCode         *string `json:"taxCode"`
	ProvinceCode    string  `json:"provinceCode"`
	WardCode        string  `json:"wardCode"`
	Address         string  `json:"address"`
}

func (c *call) vsSaveShop() *answer {
	o, refusal := c.vsBody("partnerShopCode", "shopName", "phone", "taxCode", "provinceCode", "wardCode", "address")
	if refusal != nil {
		return refusal
	}
	var f form
	var in vsShopInput
	in.PartnerShopCode, _ = f.str(o, "", "partnerShopCode", text{need: true, max: 50})
	in.ShopName, _ = f.str(o, "", "shopName", text{need: true, min: 3, max: 80, clean: trimmed})
	in.Phone, _ = f.str(o, "", "phone", text{need: true, pattern: vsPhone})
	if tax, ok := f.str(o, "", "taxCode", text{null: true}); ok {
		in.TaxCode = &tax
	}
	in.ProvinceCode, _ = f.str(o, "", "provinceCode", text{need: true})
	in.WardCode, _ = f.str(o, "", "wardCode", text{need: true})
	in.Address, _ = f.str(o, "", "address", text{need: true, max: 255})
	if !f.ok() {
		return vsInvalid(f.bad)
	}
	if c.acc.shops[in.PartnerShopCode] != nil {
		return vsError("SHOP_CODE_DUPLICATED")
	}
	return vsOK(c.m.showShop(c.m.newShop(c.acc, "V", in.PartnerShopCode, in, c.now)))
}

func (voso) shopWire(s *shopRecord, input []byte) []byte {
	word := map[shopStatus]string{shopWaiting: "WAITING", shopActive: "ACTIVE", shopBlocked: "BLOCKED"}
	pay := map[string]string{"none": "NONE", "pending": "WAITING", "active": "ACTIVE"}
	return splice(struct {
		ShopID  string `json:"shopId"`
		Status  string `json:"shopStatus"`
		Payment string `json:"paymentStatus"`
	}{s.ID, word[s.Status], pay[s.Payment]}, input)
}

func (c *call) vsSearchShop() *answer {
	o, refusal := c.vsBody("partnerShopCode")
	if refusal != nil {
		return refusal
	}
	var f form
	code, _ := f.str(o, "", "partnerShopCode", text{need: true, max: 50})
	if !f.ok() {
		return vsInvalid(f.bad)
	}
	items := []json.RawMessage{}
	if s := c.acc.shops[code]; s != nil {
		items = append(items, c.m.showShop(s))
	}
	return vsOK(map[string]any{"items": items})
}

// vsUpload stores a picture; every upload makes a new image.
func (c *call) vsUpload() *answer {
	u := c.upload
	if c.large {
		return vsError("IMAGE_TOO_LARGE")
	}
	if _, refusal := c.vsBody("fileName", "contentBase64"); refusal != nil {
		return refusal
	}
	switch {
	case len(u.bad) > 0:
		return vsInvalid(u.bad)
	case u.size > 2<<20:
		return vsError("IMAGE_TOO_LARGE")
	case u.pic.format != "jpeg" && u.pic.format != "png":
		return vsError("IMAGE_FORMAT")
	case !u.pic.sidesWithin(500, 4000):
		return vsError("IMAGE_DIMENSION")
	}
	img := c.m.storeMedia(c.acc, "I"+c.m.vsID(), u.pic, c.now)
	return vsOK(map[string]any{"imageId": img.ID, "url": c.base + "/anh/" + img.ID})
}
