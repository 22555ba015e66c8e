package workbook

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"lensan/adapters"
)

// row is one row of an upload file: the payload of a change. Cells are kept by
// what they are, not by their place, so that a row is understood after the
// mapping's headings have changed.
type row struct {
	Op     adapters.Op       `json:"op"`
	SKU    string            `json:"sku,omitempty"`
	Shop   string            `json:"shop,omitempty"`
	ID     string            `json:"id,omitempty"`
	Cells  map[string]string `json:"cells,omitempty"`
	Images []string          `json:"images,omitempty"` // stored pictures, in order
	// Was names what an update replaces, so that the same update asked for
	// again after another one is not taken for the first.
	Was string `json:"was,omitempty"`
}

// opShop is a row of the file of shops.
const opShop adapters.Op = "shop"

var safeName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// Encode makes the row of a change:
//
//	create                        every field
//	update_content, update_offer  the product's id and the fields named
//	adopt                         the product's id and the SKU
//	close, reopen                 the product's id
func (a *Adapter) Encode(change adapters.Change, offer adapters.Offer, current *adapters.Listing) ([]byte, error) {
	r, err := a.rowOf(change, offer.SKU, offer.ShopID)
	if err != nil {
		return nil, err
	}
	fields, problems := a.Normalize(offer, "")
	switch change.Op {
	case adapters.OpCreate:
		if len(problems) > 0 {
			return nil, a.invalid("encode", change.SKU, problems[0].Field, problems[0].Code, nil)
		}
		for f, s := range fields {
			a.put(&r, f, s)
		}
	case adapters.OpUpdateContent, adapters.OpUpdateOffer:
		for _, f := range change.Fields {
			if i := slices.IndexFunc(problems, func(p adapters.Problem) bool { return p.Field == string(f) }); i >= 0 {
				return nil, a.invalid("encode", change.SKU, problems[i].Field, problems[i].Code, nil)
			}
			s, ok := fields[f]
			if !ok {
				return nil, a.cantEncode(change, fmt.Sprintf("there is no %s", f))
			}
			a.put(&r, f, s)
		}
		r.Was = was(change, current)
	}
	return a.marshal(change, r)
}

// was names what the fields of an update are now.
func was(change adapters.Change, current *adapters.Listing) string {
	if current == nil {
		return ""
	}
	h := sha256.New()
	for _, f := range change.Fields {
		fmt.Fprintf(h, "%s\x00%s\x00", f, current.Fields[f])
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// Restore makes the row of an update from texts that a list showed.
func (a *Adapter) Restore(change adapters.Change, fields adapters.Fields, current *adapters.Listing) ([]byte, error) {
	if change.Op != adapters.OpUpdateContent && change.Op != adapters.OpUpdateOffer {
		return nil, a.cantEncode(change, "only an update can be restored")
	}
	r, err := a.rowOf(change, change.SKU, change.ShopID)
	if err != nil {
		return nil, err
	}
	for _, f := range change.Fields {
		s, ok := fields[f]
		if !ok || len(a.mapping.of(f)) == 0 {
			return nil, a.cantEncode(change, fmt.Sprintf("there is no %s", f))
		}
		a.put(&r, f, s)
	}
	r.Was = was(change, current)
	return a.marshal(change, r)
}

// rowOf is a change's row without its fields.
func (a *Adapter) rowOf(change adapters.Change, sku, shop string) (row, error) {
	r := row{Op: change.Op, SKU: change.SKU, Shop: change.ShopID, ID: change.RemoteID}
	if r.SKU == "" {
		r.SKU = sku
	}
	if r.Shop == "" {
		r.Shop = shop
	}
	switch change.Op {
	case adapters.OpCreate:
		if r.Shop == "" {
			return r, a.cantEncode(change, "the producer has no shop yet")
		}
		if !safeName.MatchString(r.SKU) {
			return r, a.invalid("encode", change.SKU, "sku", "sku.bad_format", nil)
		}
		r.ID = ""
	case adapters.OpUpdateContent, adapters.OpUpdateOffer:
		if r.ID == "" || len(change.Fields) == 0 {
			return r, a.cantEncode(change, "an update needs the product's id and a field")
		}
		for _, f := range change.Fields {
			if f.IsOffer() != (change.Op == adapters.OpUpdateOffer) {
				return r, a.cantEncode(change, fmt.Sprintf("%s does not go with %s", f, change.Op))
			}
		}
	case adapters.OpClose:
		if r.ID == "" {
			return r, a.cantEncode(change, "the product's id is missing")
		}
		words, ok := a.mapping.Reasons[change.Reason]
		if !ok {
			return r, a.cantEncode(change, fmt.Sprintf("there are no words for the reason %q", change.Reason))
		}
		r.Cells = map[string]string{string(isReason): words}
	case adapters.OpReopen:
		if r.ID == "" {
			return r, a.cantEncode(change, "the product's id is missing")
		}
	case adapters.OpAdopt:
		if r.ID == "" || !safeName.MatchString(r.SKU) {
			return r, a.cantEncode(change, "an adoption needs the product's id and a SKU")
		}
	default:
		return r, &adapters.Error{Marketplace: a.cfg.Name, Op: "encode", SKU: change.SKU, Kind: adapters.KindUnsupported, Err: fmt.Errorf("no operation %q", change.Op)}
	}
	return r, nil
}

// put sets one field of a row. A list price of none is left empty at a create.
func (a *Adapter) put(r *row, f adapters.Field, s string) {
	if r.Cells == nil {
		r.Cells = map[string]string{}
	}
	if f == adapters.FieldImages {
		r.Images = strings.Fields(s)
		return
	}
	a.cellsOf(r.Cells, f, s)
	for _, c := range a.mapping.of(f) {
		if r.Op == adapters.OpCreate && c.Blank != "" && r.Cells[c.id()] == c.Blank {
			delete(r.Cells, c.id())
		}
	}
}

func (a *Adapter) marshal(change adapters.Change, r row) ([]byte, error) {
	for _, name := range r.Images {
		if !storedForm.MatchString(name) {
			return nil, a.cantEncode(change, "a picture has not been stored yet")
		}
	}
	b, err := json.Marshal(r) // maps are written with sorted keys
	if err != nil {
		return nil, a.cantEncode(change, err.Error())
	}
	return b, nil
}

func (a *Adapter) cantEncode(change adapters.Change, why string) error {
	return &adapters.Error{Marketplace: a.cfg.Name, Op: "encode", SKU: change.SKU, Kind: adapters.KindInvalid, Code: "change.not_encodable", Err: errors.New(why)}
}
