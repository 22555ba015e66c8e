package voso

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"lensan/adapters"
)

// The limits of openapi.yaml.
const (
	minName, maxName               = 10, 120
	minDescription, maxDescription = 50, 5000
	maxUnit                        = 30
	maxGrams                       = 100_000
	maxImages                      = 8
	minSide, maxSide               = 500, 4000
	maxImageBytes                  = 2 << 20
	minPrice, priceStep            = 1000, 100
	maxStock                       = 100_000
	maxSKU                         = 50
	maxDecision                    = 50
	maxProducer                    = 150
	maxPropertyValue               = 200
	maxShopCode                    = 50
	minShopName, maxShopName       = 3, 80
	maxAddress                     = 255
)

// codeProperty is the property that carries the national code, by which people
// find the recognition behind a listing.
const codeProperty = "Mã sản phẩm OCOP"

var (
	skuForm   = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)
	phoneForm = regexp.MustCompile(`^(0|84)[0-9]{9}$`)
)

// form is an offer as Voso will keep it. A field with a problem stays empty.
type form struct {
	name, description, category, unit string
	grams                             int64
	images                            []adapters.ImageRef
	ocop                              *ocop
	origin                            *origin
	properties                        []property
	price, listPrice                  int64
	stock                             *int64
}

// judgeOffer turns an offer into its form and tells what Voso can't carry. An empty
// today leaves out what depends on the day.
func judgeOffer(o adapters.Offer, today string) (form, []adapters.Problem) {
	j := &judge{}
	var f form
	j.sku(o.SKU)
	f.category = j.category(o)
	f.name = j.text(adapters.FieldName, normalText(o.Name), minName, maxName)
	f.description = j.description(o)
	f.unit = j.text(adapters.FieldUnit, normalText(o.Unit), 1, maxUnit)
	f.grams = j.grams(o.WeightGrams)
	f.images = j.images(o.Images)
	f.origin = j.origin(o)
	f.ocop = j.ocop(o.Recognition, today)
	if code := normalText(o.ProductCode); code != "" && j.Length(adapters.FieldAttributes, "attributes", code, 1, maxPropertyValue) {
		f.properties = []property{{Key: codeProperty, Value: code}}
	}
	f.price = j.price(o.Price)
	f.listPrice = j.listPrice(o.ListPrice, o.Price, f.price)
	f.stock = j.stock(o.Stock)
	return f, j.Problems
}

// judge knows what Voso takes.
type judge struct{ adapters.Judge }

// text is s where it is within its length, in code points.
func (j *judge) text(field adapters.Field, s string, least, most int) string {
	if !j.Length(field, string(field), s, least, most) {
		return ""
	}
	return s
}

func (j *judge) grams(n int64) int64 {
	if !j.Within(adapters.FieldWeight, "weight", n, 1, maxGrams) {
		return 0
	}
	return n
}

func (j *judge) sku(sku string) {
	switch {
	case sku == "":
		j.Say("sku", "sku.missing")
	case !skuForm.MatchString(sku):
		j.Say("sku", "sku.bad_format", "have", sku)
	case len(sku) > maxSKU:
		j.Say("sku", "sku.too_long", "have", strconv.Itoa(len(sku)), "max", strconv.Itoa(maxSKU))
	}
}

func (j *judge) category(o adapters.Offer) string {
	if code, ok := notSold[o.ProductSet]; ok {
		j.Say(adapters.FieldCategory, code, "set", o.ProductSet)
		return ""
	}
	if own := strings.TrimSpace(o.Category); own != "" {
		return own
	}
	if o.ProductSet == "" {
		j.Say(adapters.FieldCategory, "category.missing")
		return ""
	}
	c, ok := categories[o.ProductSet]
	if !ok {
		j.Say(adapters.FieldCategory, "category.missing", "have", o.ProductSet)
	}
	return c
}

// description is the plain text, the story below it.
func (j *judge) description(o adapters.Offer) string {
	s := normalText(o.Description)
	if story := normalText(o.Story); story != "" && s != "" {
		s += "\n\n" + story
	}
	s = j.text(adapters.FieldDescription, s, minDescription, maxDescription)
	if s != "" && HasContact(s) {
		j.Say(adapters.FieldDescription, "description.contact")
		return ""
	}
	return s
}

// images are the pictures in order, each once.
func (j *judge) images(refs []adapters.ImageRef) []adapters.ImageRef {
	var out []adapters.ImageRef
	before := len(j.Problems)
	for _, r := range refs {
		if slices.ContainsFunc(out, func(have adapters.ImageRef) bool { return sameImage(have, r) }) {
			continue
		}
		out = append(out, r)
		j.image(r)
	}
	switch {
	case len(out) == 0:
		j.Say(adapters.FieldImages, "images.missing")
	case len(out) > maxImages:
		j.Say(adapters.FieldImages, "images.too_many", "have", strconv.Itoa(len(out)), "max", strconv.Itoa(maxImages))
	}
	if len(j.Problems) > before {
		return nil
	}
	return out
}

func sameImage(a, b adapters.ImageRef) bool {
	if a.SHA256 != "" || b.SHA256 != "" {
		return a.SHA256 == b.SHA256
	}
	return a.RemoteID == b.RemoteID
}

// image judges one picture by what is known of it.
func (j *judge) image(r adapters.ImageRef) {
	short, long := min(r.Width, r.Height), max(r.Width, r.Height)
	switch {
	case short > 0 && short < minSide:
		j.Say(adapters.FieldImages, "images.too_small", "name", r.Name, "have", strconv.Itoa(short), "min", strconv.Itoa(minSide))
	case long > maxSide:
		j.Say(adapters.FieldImages, "images.too_large", "name", r.Name, "have", strconv.Itoa(long), "max", strconv.Itoa(maxSide))
	case r.Bytes > maxImageBytes:
		j.Say(adapters.FieldImages, "images.too_large", "name", r.Name, "have", fmt.Sprintf("%.1f MB", float64(r.Bytes)/(1<<20)), "max", "2 MB")
	case r.Type != "" && r.Type != "image/jpeg" && r.Type != "image/png":
		j.Say(adapters.FieldImages, "images.bad_format", "name", r.Name, "have", r.Type)
	}
}

func (j *judge) origin(o adapters.Offer) *origin {
	before := len(j.Problems)
	og := &origin{ProducerName: normalText(o.Producer), ProvinceCode: o.ProvinceCode, WardCode: o.CommuneCode}
	j.Length(adapters.FieldOrigin, "producer", og.ProducerName, 1, maxProducer)
	if og.ProvinceCode == "" || og.WardCode == "" {
		j.Say(adapters.FieldOrigin, "commune.missing")
	}
	if u := normalText(o.TraceURL); u != "" {
		og.TraceURL = &u
	}
	if len(j.Problems) > before {
		return nil
	}
	return og
}

func (j *judge) ocop(r adapters.Recognition, today string) *ocop {
	before := len(j.Problems)
	out := &ocop{DecisionNumber: normalText(r.DecisionNumber)}
	if r.Stars < 3 || r.Stars > 5 {
		j.Say(adapters.FieldOcop, "ocop.stars_out_of_range", "have", strconv.Itoa(r.Stars), "min", "3", "max", "5")
	}
	out.Level = "OCOP_" + strconv.Itoa(r.Stars)
	switch n := utf8.RuneCountInString(out.DecisionNumber); {
	case n == 0:
		j.Say(adapters.FieldOcop, "ocop.decision_missing")
	case n > maxDecision:
		j.Say(adapters.FieldOcop, "ocop.decision_too_long", "have", strconv.Itoa(n), "max", strconv.Itoa(maxDecision))
	}
	var ok bool
	if out.DecisionDate, ok = wireDay(r.DecisionDate); r.DecisionDate == "" {
		j.Say(adapters.FieldOcop, "ocop.date_missing")
	} else if !ok {
		j.Say(adapters.FieldOcop, "ocop.date_bad_format")
	}
	if out.ExpiredDate, ok = wireDay(r.ValidUntil); r.ValidUntil == "" {
		j.Say(adapters.FieldOcop, "ocop.validity_missing")
	} else if !ok {
		j.Say(adapters.FieldOcop, "ocop.validity_bad_format")
	} else if today != "" && r.ValidUntil < today {
		j.Say(adapters.FieldOcop, "ocop.expired", "valid_until", out.ExpiredDate)
	}
	if len(j.Problems) > before {
		return nil
	}
	return out
}

func (j *judge) price(p int64) int64 {
	switch {
	case p == 0:
		j.Say(adapters.FieldPrice, "price.missing")
	case p < minPrice:
		j.Say(adapters.FieldPrice, "price.out_of_range", "have", strconv.FormatInt(p, 10), "min", strconv.Itoa(minPrice))
	case p%priceStep != 0:
		j.Say(adapters.FieldPrice, "price.step", "have", strconv.FormatInt(p, 10), "step", strconv.Itoa(priceStep))
	default:
		return p
	}
	return 0
}

// listPrice is what Voso shows crossed out. None becomes the price; one below
// the price is no list price, and Voso would not keep it there.
func (j *judge) listPrice(list, price, sound int64) int64 {
	if list == 0 {
		return sound
	}
	if list < 0 || list < price {
		j.Say(adapters.FieldListPrice, "list_price.below_price", "have", strconv.FormatInt(list, 10), "min", strconv.FormatInt(price, 10))
		return 0
	}
	return list
}

func (j *judge) stock(stock *int64) *int64 {
	if stock == nil {
		j.Say(adapters.FieldStock, "stock.missing")
		return nil
	}
	if *stock < 0 || *stock > maxStock {
		j.Say(adapters.FieldStock, "stock.out_of_range", "have", strconv.FormatInt(*stock, 10), "min", "0", "max", strconv.Itoa(maxStock))
		return nil
	}
	n := *stock
	return &n
}

// CheckShop tells what of a shop shop/save would refuse.
func (a *Adapter) CheckShop(s adapters.Shop) []adapters.Problem {
	j := &judge{}
	j.Length("producer", "producer", s.ProducerRef, 1, maxShopCode)
	j.Length("name", "shop", normalText(s.Name), minShopName, maxShopName)
	if p := plainPhone(s.Phone); p == "" {
		j.Say("phone", "phone.missing")
	} else if !phoneForm.MatchString(p) {
		j.Say("phone", "phone.bad_format")
	}
	if s.ProvinceCode == "" || s.CommuneCode == "" {
		j.Say("commune", "commune.missing")
	}
	j.Length("address", "address", normalText(s.Address), 1, maxAddress)
	return j.Problems
}
