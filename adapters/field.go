package adapters

import (
	"maps"
	"slices"
)

// Field names one comparable part of an offer or a listing.
type Field string

// The fields of an offer. Every marketplace speaks of the same ones, though
// not every marketplace has all of them (Capabilities.Fields).
const (
	FieldName        Field = "name"
	FieldDescription Field = "description"
	FieldCategory    Field = "category"
	FieldUnit        Field = "unit"
	FieldWeight      Field = "weight"
	FieldImages      Field = "images"
	FieldOrigin      Field = "origin"
	FieldOcop        Field = "ocop"
	FieldAttributes  Field = "attributes"
	FieldPrice       Field = "price"
	FieldListPrice   Field = "list_price"
	FieldStock       Field = "stock"
)

// ContentFields are the fields an update of content may carry; OfferFields
// those of an update of price and stock.
var (
	ContentFields = []Field{FieldName, FieldDescription, FieldCategory, FieldUnit, FieldWeight, FieldImages, FieldOrigin, FieldOcop, FieldAttributes}
	OfferFields   = []Field{FieldPrice, FieldListPrice, FieldStock}
)

// IsOffer tells whether f is price, list price or stock.
func (f Field) IsOffer() bool { return slices.Contains(OfferFields, f) }

// Fields maps each field to the canonical text of its value, in the form in
// which the marketplace echoes it: two values are the same to the marketplace
// exactly when their texts are equal. Money and stock are decimal integers,
// images the remote image ids joined by spaces in order, the structured ones
// (origin, ocop, attributes) JSON with sorted keys. An absent key means "not
// known" on our side and "not shown" on theirs. The text is opaque to all but
// its adapter, except for price, list_price, stock (integers) and name.
type Fields map[Field]string

// Clone returns a copy that shares nothing with f.
func (f Fields) Clone() Fields { return maps.Clone(f) }

// Differing returns the fields present in want whose text there is another,
// sorted.
func (f Fields) Differing(want Fields) []Field {
	var out []Field
	for k, v := range want {
		if got, ok := f[k]; !ok || got != v {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}
