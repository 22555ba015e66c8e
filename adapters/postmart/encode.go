package postmart

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"lensan/adapters"
)

// Encode makes the bytes of a change; see adapters.Adapter.
func (a *Adapter) Encode(change adapters.Change, offer adapters.Offer, current *adapters.Listing) ([]byte, error) {
	payload, err := encode(change, offer, current)
	if err != nil {
		return nil, &adapters.Error{Marketplace: name, Op: "encode", SKU: change.SKU, Kind: adapters.KindInvalid, Err: err}
	}
	return payload, nil
}

func encode(change adapters.Change, offer adapters.Offer, current *adapters.Listing) ([]byte, error) {
	switch change.Op {
	case adapters.OpCreate:
		return encodeCreate(change, offer)
	case adapters.OpUpdateContent:
		return encodeContent(change, offer, current)
	case adapters.OpUpdateOffer:
		return encodeOffer(change, offer, current)
	case adapters.OpClose:
		return encodeClose(change)
	case adapters.OpReopen:
		return []byte{}, nil // the call has no body
	case adapters.OpAdopt:
		if !skuForm.MatchString(offer.SKU) {
			return nil, fmt.Errorf("postmart: adopt: the SKU %q has the wrong form", offer.SKU)
		}
		return []byte(compact(map[string]string{"sku": offer.SKU})), nil
	}
	return nil, fmt.Errorf("postmart: no operation %q", change.Op)
}

func encodeCreate(change adapters.Change, offer adapters.Offer) ([]byte, error) {
	w, problems := want(offer)
	if len(problems) > 0 {
		return nil, fmt.Errorf("postmart: create %s: %s", offer.SKU, problems[0].Code)
	}
	if err := uploaded(w.Images); err != nil {
		return nil, err
	}
	shop := change.ShopID
	if shop == "" {
		shop = offer.ShopID
	}
	if shop == "" {
		return nil, fmt.Errorf("postmart: create %s: the shop has no id yet", offer.SKU)
	}
	in := productInput{ShopID: shop, SKU: offer.SKU, content: w.content, Price: w.price, Stock: *w.stock}
	if w.listPrice != 0 {
		in.ListPrice = &w.listPrice
	}
	return []byte(compact(in)), nil
}

func uploaded(ids []string) error {
	for _, id := range ids {
		if strings.HasPrefix(id, "sha256:") {
			return fmt.Errorf("postmart: the picture %s is not uploaded yet", id)
		}
	}
	return nil
}

// encodeContent makes a merge patch (RFC 7396) of the change's fields: what
// stands in the current listing and is no longer wanted is null.
func encodeContent(change adapters.Change, offer adapters.Offer, current *adapters.Listing) ([]byte, error) {
	w, problems := want(offer)
	patch := map[string]any{}
	for _, field := range change.Fields {
		if i := slices.IndexFunc(problems, func(p adapters.Problem) bool { return p.Field == string(field) }); i >= 0 {
			return nil, fmt.Errorf("postmart: update %s: %s", offer.SKU, problems[i].Code)
		}
		switch field {
		case adapters.FieldName:
			patch["name"] = w.Name
		case adapters.FieldDescription:
			patch["description_html"] = w.DescriptionHTML
		case adapters.FieldCategory:
			patch["category_id"] = w.CategoryID
		case adapters.FieldUnit:
			patch["unit"] = w.Unit
		case adapters.FieldWeight:
			patch["weight_g"] = w.WeightG
		case adapters.FieldImages:
			if err := uploaded(w.Images); err != nil {
				return nil, err
			}
			patch["images"] = w.Images
		case adapters.FieldOrigin:
			patch["origin"] = originPatch(w.Origin, current)
		case adapters.FieldOcop:
			patch["ocop"] = w.Ocop
		case adapters.FieldAttributes:
			patch["attributes"] = attributesPatch(w.Attributes, current)
		default:
			return nil, fmt.Errorf("postmart: update %s: %s is no content", offer.SKU, field)
		}
	}
	if len(patch) == 0 {
		return nil, fmt.Errorf("postmart: update %s: no fields", offer.SKU)
	}
	return []byte(compact(patch)), nil
}

func originPatch(o origin, current *adapters.Listing) map[string]any {
	patch := map[string]any{"producer": o.Producer, "province_code": o.ProvinceCode, "ward_code": o.WardCode}
	var there origin
	if current != nil && current.Fields[adapters.FieldOrigin] != "" {
		_ = json.Unmarshal([]byte(current.Fields[adapters.FieldOrigin]), &there) // written by originText
	}
	switch {
	case o.TraceabilityURL != "":
		patch["traceability_url"] = o.TraceabilityURL
	case there.TraceabilityURL != "":
		patch["traceability_url"] = nil
	}
	return patch
}

func attributesPatch(attributes map[string]string, current *adapters.Listing) map[string]any {
	patch := map[string]any{}
	var there map[string]string
	if current != nil && current.Fields[adapters.FieldAttributes] != "" {
		_ = json.Unmarshal([]byte(current.Fields[adapters.FieldAttributes]), &there) // written by attributesText
	}
	for k := range there {
		if _, keep := attributes[k]; !keep {
			patch[k] = nil
		}
	}
	for k, v := range attributes {
		if old, there := there[k]; !there || old != v {
			patch[k] = v
		}
	}
	return patch
}

// encodeOffer makes one item of an offers batch. Postmart wants the price in
// every item, so one that leaves the price alone repeats the price that is
// there. Stock is left out unless it is to change: sales lower it.
func encodeOffer(change adapters.Change, offer adapters.Offer, current *adapters.Listing) ([]byte, error) {
	if change.RemoteID == "" || len(change.Fields) == 0 {
		return nil, errors.New("postmart: update of price and stock without a product or fields")
	}
	w, problems := want(offer)
	item := offerItem{ProductID: change.RemoteID}
	for _, field := range change.Fields {
		if i := slices.IndexFunc(problems, func(p adapters.Problem) bool { return p.Field == string(field) }); i >= 0 {
			return nil, fmt.Errorf("postmart: update %s: %s", offer.SKU, problems[i].Code)
		}
		switch field {
		case adapters.FieldPrice:
			item.Price = w.price
		case adapters.FieldListPrice:
			item.ListPrice = json.RawMessage("null")
			if w.listPrice != 0 {
				item.ListPrice = json.RawMessage(num(w.listPrice))
			}
		case adapters.FieldStock:
			item.Stock = w.stock
		default:
			return nil, fmt.Errorf("postmart: update %s: %s is neither price nor stock", offer.SKU, field)
		}
	}
	if item.Price == 0 {
		if current == nil {
			return nil, fmt.Errorf("postmart: update %s: the price that is there is not known", offer.SKU)
		}
		price, err := strconv.ParseInt(current.Fields[adapters.FieldPrice], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("postmart: update %s: the price that is there is not known", offer.SKU)
		}
		item.Price = price
	}
	return []byte(compact(item)), nil
}

func encodeClose(change adapters.Change) ([]byte, error) {
	switch change.Reason {
	case adapters.CloseNotEligible, adapters.CloseExpired, adapters.CloseWithdrawn, adapters.CloseDuplicate:
		return []byte(compact(map[string]string{"reason": string(change.Reason)})), nil
	}
	return nil, fmt.Errorf("postmart: close: no reason %q", change.Reason)
}
