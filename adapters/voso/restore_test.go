package voso

import (
	"encoding/json"
	"slices"
	"testing"

	"lensan/adapters"
)

func TestRestoreWritesBackWhatWasRead(t *testing.T) {
	t.Parallel()
	const wire = `{"productId":"1","shopId":"2","sku":"001","status":"SELLING","name":"Cam Vinh loại một","categoryId":"NS01","description":"Dòng một\nDòng hai",
"unitName":"hộp 5 kg","weight":5.25,"imageIds":["a","b"],"price":85000,"listPrice":90000,"quantity":7,
"ocop":{"level":"OCOP_4","decisionNumber":"1/QĐ-UBND","decisionDate":"02/01/2025","expiredDate":"02/01/2028"},
"origin":{"producerName":"HTX Cam","provinceCode":"40","wardCode":"17266","traceUrl":"https://truyxuat.example.vn/1"},
"properties":[{"key":"a","value":"b"}],"createdAt":"02/01/2025 10:00:00","updatedAt":"02/01/2025 10:00:00"}`
	var was product
	if err := json.Unmarshal([]byte(wire), &was); err != nil {
		t.Fatal(err)
	}
	fields := readFields(was)
	a := &Adapter{}
	for _, c := range []struct {
		op     adapters.Op
		fields []adapters.Field
	}{{adapters.OpUpdateContent, adapters.ContentFields}, {adapters.OpUpdateOffer, adapters.OfferFields}} {
		body, err := a.Restore(adapters.Change{Op: c.op, RemoteID: "1", Fields: c.fields}, fields, nil)
		if err != nil {
			t.Fatal(err)
		}
		var got product
		if err := json.Unmarshal(body, &got); err != nil {
			t.Fatal(err)
		}
		for _, f := range readFields(got).Differing(fields) {
			if slices.Contains(c.fields, f) {
				t.Errorf("%s: restored %s differs: %s", c.op, f, body)
			}
		}
	}
}
