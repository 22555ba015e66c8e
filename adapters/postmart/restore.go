package postmart

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"lensan/adapters"
)

// Restore makes the bytes of an update from texts that fields wrote; see
// adapters.Restorer.
func (a *Adapter) Restore(change adapters.Change, fields adapters.Fields, current *adapters.Listing) ([]byte, error) {
	if change.Op == adapters.OpUpdateOffer {
		return restoreOffer(change, fields, current)
	}
	if change.Op != adapters.OpUpdateContent || len(change.Fields) == 0 {
		return nil, fmt.Errorf("postmart: %s of %d fields can't be restored", change.Op, len(change.Fields))
	}
	patch := map[string]any{}
	for _, field := range change.Fields {
		if err := restoreContent(patch, field, fields[field], current); err != nil {
			return nil, fmt.Errorf("postmart: restore %s of %s: %w", field, change.SKU, err)
		}
	}
	return []byte(compact(patch)), nil
}

func restoreContent(patch map[string]any, field adapters.Field, was string, current *adapters.Listing) error {
	switch field {
	case adapters.FieldName:
		patch["name"] = was
	case adapters.FieldDescription:
		patch["description_html"] = was
	case adapters.FieldUnit:
		patch["unit"] = was
	case adapters.FieldImages:
		patch["images"] = strings.Fields(was)
	case adapters.FieldCategory, adapters.FieldWeight:
		n, err := strconv.ParseInt(was, 10, 64)
		if err != nil {
			return err
		}
		patch[map[adapters.Field]string{adapters.FieldCategory: "category_id", adapters.FieldWeight: "weight_g"}[field]] = n
	case adapters.FieldOrigin:
		var o origin
		if err := json.Unmarshal([]byte(was), &o); err != nil {
			return err
		}
		patch["origin"] = originPatch(o, current)
	case adapters.FieldOcop:
		var o ocop
		if err := json.Unmarshal([]byte(was), &o); err != nil {
			return err
		}
		patch["ocop"] = o
	case adapters.FieldAttributes:
		var attributes map[string]string
		if err := json.Unmarshal([]byte(was), &attributes); err != nil {
			return err
		}
		patch["attributes"] = attributesPatch(attributes, current)
	default:
		return fmt.Errorf("it is no content")
	}
	return nil
}

func restoreOffer(change adapters.Change, fields adapters.Fields, current *adapters.Listing) ([]byte, error) {
	item := offerItem{ProductID: change.RemoteID}
	for _, field := range change.Fields {
		n, err := strconv.ParseInt(fields[field], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("postmart: restore %s of %s: %w", field, change.SKU, err)
		}
		switch field {
		case adapters.FieldPrice:
			item.Price = n
		case adapters.FieldListPrice:
			item.ListPrice = json.RawMessage("null")
			if n != 0 {
				item.ListPrice = json.RawMessage(num(n))
			}
		case adapters.FieldStock:
			item.Stock = &n
		default:
			return nil, fmt.Errorf("postmart: restore %s of %s: it is neither price nor stock", field, change.SKU)
		}
	}
	if item.Price == 0 && current != nil { // wanted in every item
		item.Price, _ = strconv.ParseInt(current.Fields[adapters.FieldPrice], 10, 64)
	}
	if item.Price == 0 {
		return nil, fmt.Errorf("postmart: restore %s: the price that is there is not known", change.SKU)
	}
	return []byte(compact(item)), nil
}
