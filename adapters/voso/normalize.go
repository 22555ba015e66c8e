package voso

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

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

// Normalize gives the fields as product/get will show them.
func (a *Adapter) Normalize(offer adapters.Offer, today string) (adapters.Fields, []adapters.Problem) {
	f, problems := judge(offer, today)
	return f.fields(), problems
}

// judge turns an offer into its form and tells what Voso can't carry. An empty
// today leaves out what depends on the day.
func judge(o adapters.Offer, today string) (form, []adapters.Problem) {
	j := &judging{}
	var f form
	j.sku(o.SKU)
	f.category = j.category(o)
	f.name = j.text(adapters.FieldName, normalText(o.Name), minName, maxName)
	f.description = j.description(o)
	f.unit = j.text(adapters.FieldUnit, normalText(o.Unit), 1, maxUnit)
	f.grams = j.number(adapters.FieldWeight, o.WeightGrams, 1, maxGrams)
	f.images = j.images(o.Images)
	f.origin = j.origin(o)
	f.ocop = j.ocop(o.Recognition, today)
	if code := normalText(o.ProductCode); code != "" && j.fits(adapters.FieldAttributes, code, maxPropertyValue) {
		f.properties = []property{{Key: codeProperty, Value: code}}
	}
	f.price = j.price(o.Price)
	f.listPrice = j.listPrice(o.ListPrice, o.Price, f.price)
	f.stock = j.stock(o.Stock)
	return f, j.problems
}

// judging gathers problems.
type judging struct{ problems []adapters.Problem }

func (j *judging) add(field adapters.Field, code string, args ...string) {
	p := adapters.Problem{Field: string(field), Code: code}
	for i := 0; i+1 < len(args); i += 2 {
		if p.Args == nil {
			p.Args = map[string]string{}
		}
		p.Args[args[i]] = args[i+1]
	}
	j.problems = append(j.problems, p)
}

// text is s where it is within its length, in code points.
func (j *judging) text(field adapters.Field, s string, least, most int) string {
	n := utf8.RuneCountInString(s)
	switch {
	case n == 0:
		j.add(field, string(field)+".missing")
	case n < least:
		j.add(field, string(field)+".too_short", "have", strconv.Itoa(n), "min", strconv.Itoa(least))
	case n > most:
		j.add(field, string(field)+".too_long", "have", strconv.Itoa(n), "max", strconv.Itoa(most))
	default:
		return s
	}
	return ""
}

func (j *judging) fits(field adapters.Field, s string, most int) bool {
	n := utf8.RuneCountInString(s)
	if n > most {
		j.add(field, string(field)+".too_long", "have", strconv.Itoa(n), "max", strconv.Itoa(most))
	}
	return n <= most
}

func (j *judging) number(field adapters.Field, n, least, most int64) int64 {
	switch {
	case n == 0:
		j.add(field, string(field)+".missing")
	case n < least || n > most:
		j.add(field, string(field)+".out_of_range", "have", strconv.FormatInt(n, 10), "min", strconv.FormatInt(least, 10), "max", strconv.FormatInt(most, 10))
	default:
		return n
	}
	return 0
}

func (j *judging) sku(sku string) {
	switch {
	case sku == "":
		j.add("sku", "sku.missing")
	case !skuForm.MatchString(sku):
		j.add("sku", "sku.bad_format", "have", sku)
	case len(sku) > maxSKU:
		j.add("sku", "sku.too_long", "have", strconv.Itoa(len(sku)), "max", strconv.Itoa(maxSKU))
	}
}

func (j *judging) category(o adapters.Offer) string {
	if code, ok := notSold[o.ProductSet]; ok {
		j.add(adapters.FieldCategory, code, "set", o.ProductSet)
		return ""
	}
	if own := strings.TrimSpace(o.Category); own != "" {
		return own
	}
	if o.ProductSet == "" {
		j.add(adapters.FieldCategory, "category.missing")
		return ""
	}
	c, ok := categories[o.ProductSet]
	if !ok {
		j.add(adapters.FieldCategory, "category.missing", "have", o.ProductSet)
	}
	return c
}

// description is the plain text, the story below it.
func (j *judging) description(o adapters.Offer) string {
	s := normalText(o.Description)
	if story := normalText(o.Story); story != "" && s != "" {
		s += "\n\n" + story
	}
	s = j.text(adapters.FieldDescription, s, minDescription, maxDescription)
	if s != "" && HasContact(s) {
		j.add(adapters.FieldDescription, "description.contact")
		return ""
	}
	return s
}

// images are the pictures in order, each once.
func (j *judging) images(refs []adapters.ImageRef) []adapters.ImageRef {
	var out []adapters.ImageRef
	before := len(j.problems)
	for _, r := range refs {
		if slices.ContainsFunc(out, func(have adapters.ImageRef) bool { return sameImage(have, r) }) {
			continue
		}
		out = append(out, r)
		j.image(r)
	}
	switch {
	case len(out) == 0:
		j.add(adapters.FieldImages, "images.missing")
	case len(out) > maxImages:
		j.add(adapters.FieldImages, "images.too_many", "have", strconv.Itoa(len(out)), "max", strconv.Itoa(maxImages))
	}
	if len(j.problems) > before {
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
func (j *judging) image(r adapters.ImageRef) {
	short, long := min(r.Width, r.Height), max(r.Width, r.Height)
	switch {
	case short > 0 && short < minSide:
		j.add(adapters.FieldImages, "images.too_small", "name", r.Name, "have", strconv.Itoa(short), "min", strconv.Itoa(minSide))
	case long > maxSide:
		j.add(adapters.FieldImages, "images.too_large", "name", r.Name, "have", strconv.Itoa(long), "max", strconv.Itoa(maxSide))
	case r.Bytes > maxImageBytes:
		j.add(adapters.FieldImages, "images.too_large", "name", r.Name, "have", fmt.Sprintf("%.1f MB", float64(r.Bytes)/(1<<20)), "max", "2 MB")
	case r.Type != "" && r.Type != "image/jpeg" && r.Type != "image/png":
		j.add(adapters.FieldImages, "images.bad_format", "name", r.Name, "have", r.Type)
	}
}

func (j *judging) origin(o adapters.Offer) *origin {
	before := len(j.problems)
	og := &origin{ProducerName: normalText(o.Producer), ProvinceCode: o.ProvinceCode, WardCode: o.CommuneCode}
	switch n := utf8.RuneCountInString(og.ProducerName); {
	case n == 0:
		j.add(adapters.FieldOrigin, "producer.missing")
	case n > maxProducer:
		j.add(adapters.FieldOrigin, "producer.too_long", "have", strconv.Itoa(n), "max", strconv.Itoa(maxProducer))
	}
	if og.ProvinceCode == "" || og.WardCode == "" {
		j.add(adapters.FieldOrigin, "commune.missing")
	}
	if u := normalText(o.TraceURL); u != "" {
		og.TraceURL = &u
	}
	if len(j.problems) > before {
		return nil
	}
	return og
}

func (j *judging) ocop(r adapters.Recognition, today string) *ocop {
	before := len(j.problems)
	out := &ocop{DecisionNumber: normalText(r.DecisionNumber)}
	if r.Stars < 3 || r.Stars > 5 {
		j.add(adapters.FieldOcop, "ocop.stars_out_of_range", "have", strconv.Itoa(r.Stars), "min", "3", "max", "5")
	}
	out.Level = "OCOP_" + strconv.Itoa(r.Stars)
	switch n := utf8.RuneCountInString(out.DecisionNumber); {
	case n == 0:
		j.add(adapters.FieldOcop, "ocop.decision_missing")
	case n > maxDecision:
		j.add(adapters.FieldOcop, "ocop.decision_too_long", "have", strconv.Itoa(n), "max", strconv.Itoa(maxDecision))
	}
	var ok bool
	if out.DecisionDate, ok = wireDay(r.DecisionDate); r.DecisionDate == "" {
		j.add(adapters.FieldOcop, "ocop.date_missing")
	} else if !ok {
		j.add(adapters.FieldOcop, "ocop.date_bad_format")
	}
	if out.ExpiredDate, ok = wireDay(r.ValidUntil); r.ValidUntil == "" {
		j.add(adapters.FieldOcop, "ocop.validity_missing")
	} else if !ok {
		j.add(adapters.FieldOcop, "ocop.validity_bad_format")
	} else if today != "" && r.ValidUntil < today {
		j.add(adapters.FieldOcop, "ocop.expired", "valid_until", out.ExpiredDate)
	}
	if len(j.problems) > before {
		return nil
	}
	return out
}

func (j *judging) price(p int64) int64 {
	switch {
	case p == 0:
		j.add(adapters.FieldPrice, "price.missing")
	case p < minPrice:
		j.add(adapters.FieldPrice, "price.out_of_range", "have", strconv.FormatInt(p, 10), "min", strconv.Itoa(minPrice))
	case p%priceStep != 0:
		j.add(adapters.FieldPrice, "price.step", "have", strconv.FormatInt(p, 10), "step", strconv.Itoa(priceStep))
	default:
		return p
	}
	return 0
}

// listPrice is what Voso shows crossed out. None becomes the price; one below
// the price is no list price, and Voso would not keep it there.
func (j *judging) listPrice(list, price, sound int64) int64 {
	if list == 0 {
		return sound
	}
	if list < 0 || list < price {
		j.add(adapters.FieldListPrice, "list_price.below_price", "have", strconv.FormatInt(list, 10), "min", strconv.FormatInt(price, 10))
		return 0
	}
	return list
}

func (j *judging) stock(stock *int64) *int64 {
	if stock == nil {
		j.add(adapters.FieldStock, "stock.missing")
		return nil
	}
	if *stock < 0 || *stock > maxStock {
		j.add(adapters.FieldStock, "stock.out_of_range", "have", strconv.FormatInt(*stock, 10), "min", "0", "max", strconv.Itoa(maxStock))
		return nil
	}
	n := *stock
	return &n
}

// fields are the canonical texts of a form; what is empty is absent.
func (f form) fields() adapters.Fields {
	out := adapters.Fields{}
	set := func(field adapters.Field, text string) {
		if text != "" {
			out[field] = text
		}
	}
	set(adapters.FieldName, f.name)
	set(adapters.FieldDescription, f.description)
	set(adapters.FieldCategory, f.category)
	set(adapters.FieldUnit, f.unit)
	if f.grams != 0 {
		set(adapters.FieldWeight, strconv.FormatInt(f.grams, 10))
	}
	var ids []string
	for _, r := range f.images {
		if r.RemoteID != "" {
			ids = append(ids, r.RemoteID)
		} else {
			ids = append(ids, "sha256:"+r.SHA256)
		}
	}
	set(adapters.FieldImages, strings.Join(ids, " "))
	if f.origin != nil {
		set(adapters.FieldOrigin, canonicalOrigin(*f.origin))
	}
	if f.ocop != nil {
		set(adapters.FieldOcop, canonicalOcop(*f.ocop))
	}
	if f.properties != nil {
		set(adapters.FieldAttributes, canonicalProperties(f.properties))
	}
	if f.price != 0 {
		set(adapters.FieldPrice, strconv.FormatInt(f.price, 10))
	}
	if f.listPrice != 0 {
		set(adapters.FieldListPrice, strconv.FormatInt(f.listPrice, 10))
	}
	if f.stock != nil {
		set(adapters.FieldStock, strconv.FormatInt(*f.stock, 10))
	}
	return out
}

// CheckShop tells what of a shop shop/save would refuse.
func (a *Adapter) CheckShop(s adapters.Shop) []adapters.Problem {
	j := &judging{}
	if s.ProducerRef == "" {
		j.add("producer", "producer.missing")
	} else if n := utf8.RuneCountInString(s.ProducerRef); n > maxShopCode {
		j.add("producer", "producer.too_long", "have", strconv.Itoa(n), "max", strconv.Itoa(maxShopCode))
	}
	switch n := utf8.RuneCountInString(normalText(s.Name)); {
	case n == 0:
		j.add("name", "shop.missing")
	case n < minShopName:
		j.add("name", "shop.too_short", "have", strconv.Itoa(n), "min", strconv.Itoa(minShopName))
	case n > maxShopName:
		j.add("name", "shop.too_long", "have", strconv.Itoa(n), "max", strconv.Itoa(maxShopName))
	}
	if p := plainPhone(s.Phone); p == "" {
		j.add("phone", "phone.missing")
	} else if !phoneForm.MatchString(p) {
		j.add("phone", "phone.bad_format")
	}
	if s.ProvinceCode == "" || s.CommuneCode == "" {
		j.add("commune", "commune.missing")
	}
	switch n := utf8.RuneCountInString(normalText(s.Address)); {
	case n == 0:
		j.add("address", "address.missing")
	case n > maxAddress:
		j.add("address", "address.too_long", "have", strconv.Itoa(n), "max", strconv.Itoa(maxAddress))
	}
	return j.problems
}

// normalText is what Voso makes of a text: NFC, line ends as \n, trimmed of
// white space at both ends; inside it stays. Bytes that are no UTF-8 become
// U+FFFD, as they would on the wire. Twice is once.
func normalText(s string) string {
	if !utf8.ValidString(s) {
		s = string([]rune(s))
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.ReplaceAll(s, "\r", "\n")
	return strings.TrimSpace(norm.NFC.String(s))
}

// plainPhone drops what people write between digits.
func plainPhone(s string) string {
	s = strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\u00a0', '.', '-', '(', ')':
			return -1
		}
		return r
	}, strings.TrimSpace(s))
	return strings.TrimPrefix(s, "+")
}

// wireDay turns YYYY-MM-DD into dd/MM/yyyy.
func wireDay(day string) (string, bool) {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return "", false
	}
	return t.Format(dayForm), true
}

func canonicalOrigin(o origin) string {
	trace := ""
	if o.TraceURL != nil {
		trace = normalText(*o.TraceURL)
	}
	return canonical(struct {
		Commune  string `json:"commune"`
		Producer string `json:"producer"`
		Province string `json:"province"`
		Trace    string `json:"trace,omitempty"`
	}{o.WardCode, normalText(o.ProducerName), o.ProvinceCode, trace})
}

func canonicalOcop(o ocop) string {
	return canonical(struct {
		Date   string `json:"date"`
		Level  string `json:"level"`
		Number string `json:"number"`
		Until  string `json:"until"`
	}{canonicalDay(o.DecisionDate), o.Level, normalText(o.DecisionNumber), canonicalDay(o.ExpiredDate)})
}

// canonicalDay is YYYY-MM-DD, or the text as it is when it is no day.
func canonicalDay(s string) string {
	t, err := time.Parse(dayForm, strings.TrimSpace(s))
	if err != nil {
		return s
	}
	return t.Format(time.DateOnly)
}

func canonicalProperties(in []property) string {
	out := make([]property, 0, len(in))
	for _, p := range in {
		out = append(out, property{Key: normalText(p.Key), Value: normalText(p.Value)})
	}
	slices.SortFunc(out, func(a, b property) int {
		if c := strings.Compare(a.Key, b.Key); c != 0 {
			return c
		}
		return strings.Compare(a.Value, b.Value)
	})
	return canonical(out)
}

func canonical(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return "" // strings alone: can't fail
	}
	return string(b)
}
