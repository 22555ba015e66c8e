package postmart

import (
	"encoding/json"
	"slices"
	"testing"

	"lensan/adapters"
)

func TestRestoreWritesBackWhatWasRead(t *testing.T) {
	t.Parallel()
	price, stock, listPrice, version := int64(85000), int64(7), int64(90000), int64(3)
	name, html, unit, trace := "Cam Vinh loại một", "<p>Cam <strong>Vinh</strong> &amp; quýt</p>", "hộp 5 kg", "https://truyxuat.example.vn/1"
	category, weight := int64(2101), int64(5000)
	was := product{ID: "P1", ShopID: "S1", Status: "live", Price: &price, Stock: &stock, ListPrice: &listPrice, Version: &version, Name: &name, DescriptionHTML: &html,
		Unit: &unit, CategoryID: &category, WeightG: &weight, Images: []string{"m1", "m2"},
		Origin: &origin{Producer: "HTX Cam", ProvinceCode: "40", WardCode: "17266", TraceabilityURL: trace},
		Ocop:   &ocop{DecisionNo: "1/QĐ-UBND", RecognisedOn: "2025-01-02", Stars: 4, ValidUntil: "2028-01-02"}, Attributes: map[string]string{"a": "b"}}
	fields := was.fields()
	now := adapters.Listing{RemoteID: "P1", Fields: adapters.Fields{adapters.FieldAttributes: `{"a":"x","c":"d"}`, adapters.FieldPrice: "1000"}}
	a := &Adapter{}

	body, err := a.Restore(adapters.Change{Op: adapters.OpUpdateContent, RemoteID: "P1", Fields: adapters.ContentFields}, fields, &now)
	if err != nil {
		t.Fatal(err)
	}
	var got product
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	got.Price, got.Stock, got.ListPrice = &price, &stock, &listPrice
	got.Attributes = map[string]string{"a": "b"} // a merge patch: c is taken away by null
	if d := got.fields().Differing(fields); len(d) > 0 {
		t.Errorf("restored content differs in %v: %s", d, body)
	}
	var patch struct {
		Attributes map[string]*string `json:"attributes"`
	}
	if err := json.Unmarshal(body, &patch); err != nil || patch.Attributes["c"] != nil || !slices.Contains(keys(patch.Attributes), "c") {
		t.Errorf("attributes %v (%v): c must be null", patch.Attributes, err)
	}

	body, err = a.Restore(adapters.Change{Op: adapters.OpUpdateOffer, RemoteID: "P1", Fields: []adapters.Field{adapters.FieldStock}}, fields, &now)
	if err != nil || string(body) != `{"product_id":"P1","price":1000,"stock":7}` {
		t.Errorf("stock alone: %s (%v), want the price that is there now", body, err)
	}
}

func keys[V any](m map[string]V) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	return out
}
