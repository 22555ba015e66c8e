package postmart

import (
	"bytes"
	"encoding/json"
	"strings"

	"lensan/adapters"
	"lensan/adapters/rest"
)

// states maps Postmart's statuses; a product that staff closed is locked.
var states = map[string]adapters.MarketState{
	"pending_review": adapters.PendingReview,
	"live":           adapters.Live,
	"rejected":       adapters.Rejected,
	"closed":         adapters.Closed,
}

var shopStates = map[string]adapters.ShopStatus{
	"pending_verification": adapters.ShopPending,
	"active":               adapters.ShopActive,
	"suspended":            adapters.ShopSuspended,
}

// listing is a product in the words of the contract of adapters.
func (p *product) listing() adapters.Listing {
	l := adapters.Listing{
		RemoteID: p.ID, ShopID: p.ShopID, State: states[p.Status], Fields: p.fields(),
		Version: num(*p.Version), URL: p.URL, UpdatedBy: p.UpdatedBy,
		CreatedAt: p.CreatedAt.UTC(), UpdatedAt: p.UpdatedAt.UTC(),
	}
	if p.SKU != nil {
		l.SKU = *p.SKU
	}
	// The rejection stands until staff release it, also when the seller has
	// edited it since; what we closed ourselves is ours to open.
	if p.Status == "closed" && p.UpdatedBy != "partner" && p.Rejection != nil {
		l.State = adapters.Locked
	}
	if p.Rejection != nil && (l.State == adapters.Rejected || l.State == adapters.Locked) {
		for _, r := range p.Rejection.Reasons {
			l.Rejections = append(l.Rejections, adapters.Rejection{Code: rest.PlainCode(r.Code), Message: rest.PlainText(r.Message)})
		}
	}
	return l
}

// fields are those that the product shows, each in its canonical text.
func (p *product) fields() adapters.Fields {
	f := adapters.Fields{
		adapters.FieldPrice:      num(*p.Price),
		adapters.FieldStock:      num(*p.Stock),
		adapters.FieldListPrice:  "0",
		adapters.FieldAttributes: attributesText(p.Attributes),
	}
	if p.ListPrice != nil {
		f[adapters.FieldListPrice] = num(*p.ListPrice)
	}
	if p.Name != nil {
		f[adapters.FieldName] = text(*p.Name)
	}
	if p.DescriptionHTML != nil {
		f[adapters.FieldDescription] = canonicalHTML(*p.DescriptionHTML)
	}
	if p.CategoryID != nil {
		f[adapters.FieldCategory] = num(*p.CategoryID)
	}
	if p.Unit != nil {
		f[adapters.FieldUnit] = text(*p.Unit)
	}
	if p.WeightG != nil {
		f[adapters.FieldWeight] = num(*p.WeightG)
	}
	if p.Images != nil {
		f[adapters.FieldImages] = strings.Join(p.Images, " ")
	}
	if p.Origin != nil {
		f[adapters.FieldOrigin] = originText(*p.Origin)
	}
	if p.Ocop != nil {
		f[adapters.FieldOcop] = ocopText(*p.Ocop)
	}
	return f
}

// fields are those of an offer, in the same texts.
func (w wanted) fields() adapters.Fields {
	f := adapters.Fields{
		adapters.FieldName:        w.Name,
		adapters.FieldDescription: w.DescriptionHTML,
		adapters.FieldCategory:    num(w.CategoryID),
		adapters.FieldUnit:        w.Unit,
		adapters.FieldWeight:      num(w.WeightG),
		adapters.FieldImages:      strings.Join(w.Images, " "),
		adapters.FieldOrigin:      originText(w.Origin),
		adapters.FieldOcop:        ocopText(w.Ocop),
		adapters.FieldAttributes:  attributesText(w.Attributes),
		adapters.FieldPrice:       num(w.price),
		adapters.FieldListPrice:   num(w.listPrice),
	}
	if w.stock != nil {
		f[adapters.FieldStock] = num(*w.stock)
	}
	return f
}

func originText(o origin) string {
	o.Producer, o.TraceabilityURL = text(o.Producer), text(o.TraceabilityURL)
	return compact(o)
}

func ocopText(o ocop) string {
	o.DecisionNo = text(o.DecisionNo)
	return compact(o)
}

func attributesText(attributes map[string]string) string {
	out := make(map[string]string, len(attributes))
	for k, v := range attributes {
		out[text(k)] = text(v)
	}
	return compact(out)
}

// compact is JSON without escaped HTML. Keys stand sorted: maps are sorted by
// encoding/json, the structs by their declaration. It is given nothing that
// can't be encoded.
func compact(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return ""
	}
	return strings.TrimSuffix(b.String(), "\n")
}
