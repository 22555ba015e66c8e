package postmart

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"lensan/adapters"
)

// The limits of the contract. Lengths are code points after normalising.
const (
	nameMin, nameMax               = 10, 150
	descriptionMin, descriptionMax = 50, 20000
	unitMax                        = 30
	weightMax                      = 100_000
	imagesMax                      = 9
	sideMin, sideMax               = 600, 6000
	bytesMax                       = 5 << 20
	producerMax                    = 200
	decisionMax                    = 64
	starsMin, starsMax             = 3, 5
	priceMin, priceMax             = 1000, 1_000_000_000
	stockMax                       = 1_000_000
	refMax                         = 64
	shopNameMin, shopNameMax       = 3, 100
	addressMax                     = 200
	keyMax                         = 64
)

var (
	skuForm      = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)
	provinceForm = regexp.MustCompile(`^[0-9]{2}$`)
	wardForm     = regexp.MustCompile(`^[0-9]{5}$`)
	phoneForm    = regexp.MustCompile(`^0[0-9]{9}$`)
	taxForm      = regexp.MustCompile(`^([0-9]{10}(-[0-9]{3})?|[0-9]{12})$`)
)

// productCodeAttribute shows a product's national code.
const productCodeAttribute = "Mã sản phẩm OCOP"

// wanted is an offer as Postmart would echo it.
type wanted struct {
	content
	price, listPrice int64
	stock            *int64
}

// judge knows what Postmart takes.
type judge struct{ adapters.Judge }

func (j *judge) form(field adapters.Field, subject, s string, form *regexp.Regexp) {
	switch {
	case s == "":
		j.Say(field, subject+".missing")
	case !form.MatchString(s):
		j.Say(field, subject+".bad_format")
	}
}

func num(n int64) string { return strconv.FormatInt(n, 10) }

// want normalises an offer and judges it by everything but the day.
func want(o adapters.Offer) (wanted, []adapters.Problem) {
	var j judge
	w := wanted{price: o.Price, listPrice: o.ListPrice, stock: o.Stock}
	if !skuForm.MatchString(o.SKU) {
		j.Say("sku", "sku.bad_format", "have", o.SKU)
	}
	w.Name = text(o.Name)
	j.Length(adapters.FieldName, "name", w.Name, nameMin, nameMax)
	w.DescriptionHTML = description(o.Description, o.Story)
	j.description(o, w.DescriptionHTML)
	w.CategoryID = j.category(o)
	w.Unit = text(o.Unit)
	j.Length(adapters.FieldUnit, "unit", w.Unit, 1, unitMax)
	w.WeightG = o.WeightGrams
	j.Within(adapters.FieldWeight, "weight", o.WeightGrams, 1, weightMax)
	w.Images = j.images(o.Images)
	w.Origin = j.origin(o)
	w.Ocop = j.ocop(o.Recognition)
	w.Attributes = map[string]string{}
	if code := text(o.ProductCode); code != "" {
		w.Attributes[productCodeAttribute] = code
	}
	j.prices(o)
	return w, j.Problems
}

// description is judged as HTML, but counted for people as the text they wrote
// where it is too short.
func (j *judge) description(o adapters.Offer, html string) {
	n := utf8.RuneCountInString(html)
	switch {
	case n == 0:
		j.Say(adapters.FieldDescription, "description.missing")
	case n < descriptionMin:
		have := utf8.RuneCountInString(text(o.Description)) + utf8.RuneCountInString(text(o.Story))
		j.Say(adapters.FieldDescription, "description.too_short", "have", strconv.Itoa(have), "min", strconv.Itoa(descriptionMin))
	case n > descriptionMax:
		j.Say(adapters.FieldDescription, "description.too_long", "have", strconv.Itoa(n), "max", strconv.Itoa(descriptionMax))
	}
}

func (j *judge) category(o adapters.Offer) int64 {
	raw := strings.TrimSpace(o.Category)
	if raw == "" {
		raw = categories[o.ProductSet]
	}
	if raw == "" {
		if code := notSold[o.ProductSet]; code != "" {
			j.Say(adapters.FieldCategory, code, "set", o.ProductSet)
		} else {
			j.Say(adapters.FieldCategory, "category.missing", "have", o.ProductSet)
		}
		return 0
	}
	id, err := strconv.ParseInt(raw, 10, 64)
	if err != nil || id <= 0 {
		j.Say(adapters.FieldCategory, "category.bad_format", "have", raw)
		return 0
	}
	return id
}

// images counts a picture named twice once.
func (j *judge) images(refs []adapters.ImageRef) []string {
	var ids []string
	for _, ref := range refs {
		id := ref.RemoteID
		if id == "" {
			id = "sha256:" + ref.SHA256
		}
		if slices.Contains(ids, id) {
			continue
		}
		ids = append(ids, id)
		j.image(ref)
	}
	switch {
	case len(ids) == 0:
		j.Say(adapters.FieldImages, "images.missing")
	case len(ids) > imagesMax:
		j.Say(adapters.FieldImages, "images.too_many", "have", strconv.Itoa(len(ids)), "max", strconv.Itoa(imagesMax))
	}
	return ids
}

// image judges what is known of a picture.
func (j *judge) image(ref adapters.ImageRef) {
	if code, args := imageFault(ref.Type, ref.Width, ref.Height, ref.Bytes); code != "" {
		j.Say(adapters.FieldImages, code, append(args, "name", ref.Name)...)
	}
}

// imageFault tells why Postmart does not take a picture; zero values are not
// known.
func imageFault(kind string, width, height int, size int64) (code string, args []string) {
	sides := fmt.Sprintf("%d × %d", width, height)
	switch {
	case kind != "" && kind != "image/jpeg" && kind != "image/png" && kind != "image/webp":
		return "images.bad_format", nil
	case size > bytesMax:
		return "images.too_large", []string{"have", fmt.Sprintf("%.1f MiB", float64(size)/(1<<20)), "max", "5 MiB"}
	case width == 0 || height == 0:
		return "", nil
	case min(width, height) < sideMin:
		return "images.too_small", []string{"have", sides, "min", strconv.Itoa(sideMin)}
	case max(width, height) > sideMax:
		return "images.too_large", []string{"have", sides, "max", strconv.Itoa(sideMax)}
	}
	return "", nil
}

func (j *judge) origin(o adapters.Offer) origin {
	out := origin{Producer: text(o.Producer), ProvinceCode: strings.TrimSpace(o.ProvinceCode), WardCode: strings.TrimSpace(o.CommuneCode), TraceabilityURL: text(o.TraceURL)}
	j.Length(adapters.FieldOrigin, "producer", out.Producer, 1, producerMax)
	j.form(adapters.FieldOrigin, "commune", out.WardCode, wardForm)
	if !provinceForm.MatchString(out.ProvinceCode) {
		j.Say(adapters.FieldOrigin, "origin.bad_format")
	}
	if out.TraceabilityURL != "" && !isURI(out.TraceabilityURL) {
		j.Say(adapters.FieldOrigin, "origin.link_bad_format")
	}
	return out
}

// isURI tells whether s is an absolute web address in ASCII.
func isURI(s string) bool {
	if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("\"<>\\^`{|}", r) }) {
		return false
	}
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != ""
}

func (j *judge) ocop(r adapters.Recognition) ocop {
	out := ocop{Stars: r.Stars, DecisionNo: text(r.DecisionNumber), RecognisedOn: strings.TrimSpace(r.DecisionDate), ValidUntil: strings.TrimSpace(r.ValidUntil)}
	if r.Stars < starsMin || r.Stars > starsMax {
		j.Say(adapters.FieldOcop, "ocop.stars_out_of_range", "have", strconv.Itoa(r.Stars), "min", strconv.Itoa(starsMin), "max", strconv.Itoa(starsMax))
	}
	switch n := utf8.RuneCountInString(out.DecisionNo); {
	case n == 0:
		j.Say(adapters.FieldOcop, "ocop.decision_missing")
	case n > decisionMax:
		j.Say(adapters.FieldOcop, "ocop.decision_too_long", "have", strconv.Itoa(n), "max", strconv.Itoa(decisionMax))
	}
	j.day("ocop.date", out.RecognisedOn)
	j.day("ocop.validity", out.ValidUntil)
	return out
}

func (j *judge) day(subject, day string) {
	if day == "" {
		j.Say(adapters.FieldOcop, subject+"_missing")
	} else if _, err := time.Parse(time.DateOnly, day); err != nil {
		j.Say(adapters.FieldOcop, subject+"_bad_format")
	}
}

func (j *judge) prices(o adapters.Offer) {
	j.Within(adapters.FieldPrice, "price", o.Price, priceMin, priceMax)
	if o.ListPrice != 0 && o.ListPrice < o.Price {
		j.Say(adapters.FieldListPrice, "list_price.below_price", "have", num(o.ListPrice), "min", num(o.Price))
	}
	if o.Stock == nil {
		j.Say(adapters.FieldStock, "stock.missing")
	} else {
		j.Within(adapters.FieldStock, "stock", *o.Stock, 0, stockMax)
	}
}

// judgeShop tells what of a shop Postmart can't carry.
func judgeShop(s adapters.Shop) []adapters.Problem {
	var j judge
	if n := utf8.RuneCountInString(s.ProducerRef); n == 0 || n > refMax {
		j.Say("producer", "producer.bad_format")
	}
	j.Length("name", "producer", text(s.Name), shopNameMin, shopNameMax)
	j.form("phone", "phone", strings.TrimSpace(s.Phone), phoneForm)
	if tax := strings.TrimSpace(s.TaxCode); tax != "" {
		j.form("tax_code", "tax_code", tax, taxForm)
	}
	if !provinceForm.MatchString(strings.TrimSpace(s.ProvinceCode)) {
		j.Say("commune", "commune.bad_format")
	} else {
		j.form("commune", "commune", strings.TrimSpace(s.CommuneCode), wardForm)
	}
	j.Length("address", "address", text(s.Address), 0, addressMax)
	return j.Problems
}
