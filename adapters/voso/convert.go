package voso

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"lensan/adapters"
)

// Voso's forms of days and moments, which carry no zone: they are Vietnam's.
const (
	dayForm    = "02/01/2006"
	momentForm = "02/01/2006 15:04:05"
)

var vietnam = time.FixedZone("UTC+7", 7*60*60)

// Encode makes the bytes of one item:
//
//	create                        save-batch, every field
//	update_content, update_offer  save-batch, productId and the fields named
//	adopt                         save-batch, productId and sku
//	close, reopen                 change-status
//
// change-price-stock is not used: it always sets price and quantity both, and
// would lower a stock that a sale has changed. save-batch sends nothing to
// review for price, listPrice and quantity either.
func (a *Adapter) Encode(change adapters.Change, offer adapters.Offer, _ *adapters.Listing) ([]byte, error) {
	switch change.Op {
	case adapters.OpCreate:
		return a.encodeCreate(change, offer)
	case adapters.OpUpdateContent, adapters.OpUpdateOffer:
		return a.encodeUpdate(change, offer)
	case adapters.OpAdopt:
		if change.RemoteID == "" || !skuForm.MatchString(change.SKU) || len(change.SKU) > maxSKU {
			return nil, a.cantEncode(change, "an adoption needs the listing's id and a SKU that Voso takes")
		}
		return marshal(productInput{ProductID: change.RemoteID, SKU: change.SKU})
	case adapters.OpClose, adapters.OpReopen:
		if change.RemoteID == "" {
			return nil, a.cantEncode(change, "the listing's id is missing")
		}
		if change.Op == adapters.OpReopen {
			return marshal(statusInput{ProductID: change.RemoteID, Status: "SHOW"})
		}
		return marshal(statusInput{ProductID: change.RemoteID, Status: "HIDE", Reason: closeReason(change.Reason)})
	}
	return nil, &adapters.Error{Marketplace: Name, Op: "encode", SKU: change.SKU, Kind: adapters.KindUnsupported,
		Err: fmt.Errorf("no operation %q", change.Op)}
}

func (a *Adapter) encodeCreate(change adapters.Change, offer adapters.Offer) ([]byte, error) {
	f, problems := judgeOffer(offer, "")
	if err := a.refused(change, problems, nil); err != nil {
		return nil, err
	}
	shopID := change.ShopID
	if shopID == "" {
		shopID = offer.ShopID
	}
	if shopID == "" {
		return nil, a.cantEncode(change, "the producer has no shop yet")
	}
	item := productInput{ShopID: shopID, SKU: offer.SKU}
	for _, field := range slices.Concat(adapters.ContentFields, adapters.OfferFields) {
		if field == adapters.FieldListPrice && offer.ListPrice == 0 {
			continue // left out, it becomes the price
		}
		if err := a.put(&item, field, f, change); err != nil {
			return nil, err
		}
	}
	return marshal(item)
}

func (a *Adapter) encodeUpdate(change adapters.Change, offer adapters.Offer) ([]byte, error) {
	if change.RemoteID == "" {
		return nil, a.cantEncode(change, "the listing's id is missing")
	}
	if len(change.Fields) == 0 {
		return nil, a.cantEncode(change, "an update names no field")
	}
	f, problems := judgeOffer(offer, "")
	if err := a.refused(change, problems, change.Fields); err != nil {
		return nil, err
	}
	item := productInput{ProductID: change.RemoteID}
	for _, field := range change.Fields {
		if field.IsOffer() != (change.Op == adapters.OpUpdateOffer) {
			return nil, a.cantEncode(change, "the field "+string(field)+" does not go with "+string(change.Op))
		}
		if err := a.put(&item, field, f, change); err != nil {
			return nil, err
		}
	}
	return marshal(item)
}

// put sets one field of an item from a sound form.
func (a *Adapter) put(item *productInput, field adapters.Field, f form, change adapters.Change) error {
	switch field {
	case adapters.FieldName:
		item.Name = &f.name
	case adapters.FieldDescription:
		item.Description = &f.description
	case adapters.FieldCategory:
		item.CategoryID = &f.category
	case adapters.FieldUnit:
		item.UnitName = &f.unit
	case adapters.FieldWeight:
		item.Weight = json.Number(kilograms(f.grams))
	case adapters.FieldImages:
		for _, r := range f.images {
			if r.RemoteID == "" {
				return a.cantEncode(change, "a picture has not been uploaded yet")
			}
			item.ImageIDs = append(item.ImageIDs, r.RemoteID)
		}
	case adapters.FieldOrigin:
		item.Origin = f.origin
	case adapters.FieldOcop:
		item.Ocop = f.ocop
	case adapters.FieldAttributes:
		if f.properties != nil {
			item.Properties = &f.properties
		}
	case adapters.FieldPrice:
		item.Price = &f.price
	case adapters.FieldListPrice:
		item.ListPrice = &f.listPrice
	case adapters.FieldStock:
		item.Quantity = f.stock
	default:
		return a.cantEncode(change, "Voso has no field "+string(field))
	}
	return nil
}

// refused is the error of problems in the fields to be sent; nil fields stands
// for all of them.
func (a *Adapter) refused(change adapters.Change, problems []adapters.Problem, fields []adapters.Field) error {
	e := &adapters.Error{Marketplace: Name, Op: "encode", SKU: change.SKU, Kind: adapters.KindInvalid}
	for _, p := range problems {
		if fields == nil || slices.Contains(fields, adapters.Field(p.Field)) ||
			p.Field == string(adapters.FieldPrice) && slices.Contains(fields, adapters.FieldListPrice) {
			e.Fields = append(e.Fields, adapters.FieldError{Field: p.Field, Code: p.Code})
		}
	}
	if len(e.Fields) == 0 {
		return nil
	}
	e.Code = e.Fields[0].Code
	return e
}

func (a *Adapter) cantEncode(change adapters.Change, why string) error {
	return &adapters.Error{Marketplace: Name, Op: "encode", SKU: change.SKU, Kind: adapters.KindInvalid, Err: errors.New(why)}
}

// marshal writes JSON as it goes onto the wire and into the ledger: the same
// value is always the same bytes.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, &adapters.Error{Marketplace: Name, Op: "encode", Kind: adapters.KindUnknown, Err: err}
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// kilograms writes grams as the contract has them, exactly.
func kilograms(grams int64) string {
	s := fmt.Sprintf("%d.%03d", grams/1000, grams%1000)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// closeReason is shown to the seller in the portal.
func closeReason(r adapters.CloseReason) string {
	switch r {
	case adapters.CloseExpired:
		return "Quyết định công nhận OCOP đã hết hiệu lực"
	case adapters.CloseWithdrawn:
		return "Sản phẩm đã rút khỏi danh sách OCOP"
	case adapters.CloseDuplicate:
		return "Sản phẩm đã có trên sàn ở một mục khác"
	}
	return "Sản phẩm không đủ điều kiện OCOP từ 3 sao"
}

// state maps Voso's status to the market axis.
func state(status string) (adapters.MarketState, bool) {
	switch status {
	case "PENDING":
		return adapters.PendingReview, true
	case "SELLING":
		return adapters.Live, true
	case "REJECTED":
		return adapters.Rejected, true
	case "HIDDEN":
		return adapters.Closed, true
	case "LOCKED":
		return adapters.Locked, true
	}
	return "", false
}

// listing turns a product as read into a listing. It fails for one that lacks
// what the contract requires: taken as it is, it would look like another's.
func listing(p product) (adapters.Listing, error) {
	s, ok := state(p.Status)
	switch {
	case p.ProductID == "":
		return adapters.Listing{}, errors.New("a product without productId")
	case p.ShopID == "":
		return adapters.Listing{}, fmt.Errorf("product %s without shopId", p.ProductID)
	case p.SKU == nil:
		return adapters.Listing{}, fmt.Errorf("product %s without sku", p.ProductID)
	case !ok:
		return adapters.Listing{}, fmt.Errorf("product %s has an unknown status", p.ProductID)
	}
	l := adapters.Listing{
		RemoteID: p.ProductID, ShopID: p.ShopID, SKU: *p.SKU, State: s, Fields: readFields(p), URL: p.ProductURL,
		CreatedAt: moment(p.CreatedAt), UpdatedAt: moment(p.UpdatedAt),
	}
	if (s == adapters.Rejected || s == adapters.Locked) && p.RejectReason != nil {
		if words := plainWords(*p.RejectReason); words != "" {
			l.Rejections = []adapters.Rejection{{Message: words}}
		}
	}
	return l, nil
}

// tag is markup as an editor on a web page leaves it; "<" in a sentence is none.
var tag = regexp.MustCompile(`</?[a-zA-Z][^<>]*>`)

// plainWords is what a moderator wrote, in one line, without the markup and the
// invisible characters that he pasted with it.
func plainWords(s string) string {
	s = html.UnescapeString(tag.ReplaceAllString(normalText(s), " "))
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) || unicode.IsControl(r) && !unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// listings converts all of them, or fails.
func listings(in []product) ([]adapters.Listing, error) {
	out := make([]adapters.Listing, 0, len(in))
	for _, p := range in {
		l, err := listing(p)
		if err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}

// readFields are the canonical texts of what is shown. What was typed by hand
// in the portal goes through the same normalisation as ours, so that a
// difference is always one that Voso sees too.
func readFields(p product) adapters.Fields {
	out := adapters.Fields{}
	text := func(field adapters.Field, s *string) {
		if s != nil {
			out[field] = normalText(*s)
		}
	}
	integer := func(field adapters.Field, n *int64) {
		if n != nil {
			out[field] = strconv.FormatInt(*n, 10)
		}
	}
	text(adapters.FieldName, p.Name)
	text(adapters.FieldDescription, p.Description)
	text(adapters.FieldUnit, p.UnitName)
	if p.CategoryID != nil {
		out[adapters.FieldCategory] = *p.CategoryID
	}
	if p.Weight != nil {
		out[adapters.FieldWeight] = grams(*p.Weight)
	}
	if p.ImageIDs != nil {
		out[adapters.FieldImages] = strings.Join(*p.ImageIDs, " ")
	}
	if p.Origin != nil {
		out[adapters.FieldOrigin] = canonicalOrigin(*p.Origin)
	}
	if p.Ocop != nil {
		out[adapters.FieldOcop] = canonicalOcop(*p.Ocop)
	}
	var properties []property // left out: there are none
	if p.Properties != nil {
		properties = *p.Properties
	}
	out[adapters.FieldAttributes] = canonicalProperties(properties)
	integer(adapters.FieldPrice, p.Price)
	integer(adapters.FieldStock, p.Quantity)
	if p.ListPrice != nil {
		integer(adapters.FieldListPrice, p.ListPrice)
	} else {
		integer(adapters.FieldListPrice, p.Price)
	}
	return out
}

// grams reads kilograms, rounded to 3 decimals as Voso keeps them.
func grams(kg json.Number) string {
	f, err := kg.Float64()
	if err != nil || math.Abs(f) > 1e9 {
		return kg.String()
	}
	return strconv.FormatInt(int64(math.Round(f*1000)), 10)
}

// moment reads a time of Voso; zero when it is none.
func moment(s string) time.Time {
	t, err := time.ParseInLocation(momentForm, strings.TrimSpace(s), vietnam)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}
