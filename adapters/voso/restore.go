package voso

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"lensan/adapters"
)

// Restore makes the bytes of an update from texts that readFields wrote; see
// adapters.Restorer.
func (a *Adapter) Restore(change adapters.Change, fields adapters.Fields, _ *adapters.Listing) ([]byte, error) {
	if change.RemoteID == "" || len(change.Fields) == 0 || change.Op != adapters.OpUpdateContent && change.Op != adapters.OpUpdateOffer {
		return nil, a.cantEncode(change, "there is nothing to restore")
	}
	item := productInput{ProductID: change.RemoteID}
	for _, field := range change.Fields {
		if err := restore(&item, field, fields[field]); err != nil {
			return nil, a.cantEncode(change, fmt.Sprintf("%s can't be restored: %v", field, err))
		}
	}
	return marshal(item)
}

func restore(item *productInput, field adapters.Field, was string) error {
	switch field {
	case adapters.FieldWeight, adapters.FieldPrice, adapters.FieldListPrice, adapters.FieldStock:
		return restoreNumber(item, field, was)
	case adapters.FieldName:
		item.Name = &was
	case adapters.FieldDescription:
		item.Description = &was
	case adapters.FieldCategory:
		item.CategoryID = &was
	case adapters.FieldUnit:
		item.UnitName = &was
	case adapters.FieldImages:
		item.ImageIDs = strings.Fields(was)
	case adapters.FieldOrigin:
		return restoreOrigin(item, was)
	case adapters.FieldOcop:
		return restoreOcop(item, was)
	case adapters.FieldAttributes:
		item.Properties = &[]property{}
		return json.Unmarshal([]byte(was), item.Properties)
	default:
		return errors.New("there is no such field on Voso")
	}
	return nil
}

func restoreNumber(item *productInput, field adapters.Field, was string) error {
	n, err := strconv.ParseInt(was, 10, 64)
	switch field {
	case adapters.FieldWeight:
		item.Weight = json.Number(kilograms(n))
	case adapters.FieldPrice:
		item.Price = &n
	case adapters.FieldListPrice:
		item.ListPrice = &n
	case adapters.FieldStock:
		item.Quantity = &n
	}
	return err
}

// restoreOrigin reads what canonicalOrigin wrote.
func restoreOrigin(item *productInput, was string) error {
	var o struct{ Commune, Producer, Province, Trace string }
	if err := json.Unmarshal([]byte(was), &o); err != nil {
		return err
	}
	item.Origin = &origin{ProducerName: o.Producer, ProvinceCode: o.Province, WardCode: o.Commune}
	if o.Trace != "" {
		item.Origin.TraceURL = &o.Trace
	}
	return nil
}

// restoreOcop reads what canonicalOcop wrote.
func restoreOcop(item *productInput, was string) error {
	var o struct{ Date, Level, Number, Until string }
	if err := json.Unmarshal([]byte(was), &o); err != nil {
		return err
	}
	date, ok := wireDay(o.Date)
	until, sound := wireDay(o.Until)
	if !ok || !sound {
		return errors.New("its days are none")
	}
	item.Ocop = &ocop{Level: o.Level, DecisionNumber: o.Number, DecisionDate: date, ExpiredDate: until}
	return nil
}
