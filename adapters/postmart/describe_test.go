package postmart

import (
	"slices"
	"testing"

	"lensan/adapters"
)

func TestStructuredTextsAreTakenApart(t *testing.T) {
	t.Parallel()
	for field, c := range map[adapters.Field]struct {
		text string
		want []adapters.Fact
	}{
		adapters.FieldCategory: {"2403", []adapters.Fact{{Kind: adapters.FactCategory, Value: "2403"}, {Kind: adapters.FactSets, Value: "16 17"}}},
		adapters.FieldOrigin: {`{"producer":"HTX Nam Đàn","province_code":"40","traceability_url":"https://truyxuat.example.vn/1","ward_code":"16912"}`, []adapters.Fact{
			{Kind: adapters.FactProducer, Value: "HTX Nam Đàn"}, {Kind: adapters.FactCommune, Value: "16912"},
			{Kind: adapters.FactProvince, Value: "40"}, {Kind: adapters.FactTrace, Value: "https://truyxuat.example.vn/1"}}},
		adapters.FieldOcop: {`{"decision_no":"3650/QĐ-UBND","recognised_on":"2025-05-25","stars":3,"valid_until":"2028-05-25"}`, []adapters.Fact{
			{Kind: adapters.FactStars, Value: "3"}, {Kind: adapters.FactDecision, Value: "3650/QĐ-UBND"},
			{Kind: adapters.FactDecidedOn, Value: "2025-05-25"}, {Kind: adapters.FactUntil, Value: "2028-05-25"}}},
		adapters.FieldAttributes: {`{"Mã sản phẩm OCOP":"40-418-16912-7-2025"}`, []adapters.Fact{{Kind: adapters.FactOther, Value: "Mã sản phẩm OCOP: 40-418-16912-7-2025"}}},
		adapters.FieldName:       {"Chè", nil},
	} {
		if got := (Rules{}).Describe(field, c.text); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", field, got, c.want)
		}
	}
	for _, field := range []adapters.Field{adapters.FieldOrigin, adapters.FieldOcop, adapters.FieldAttributes} {
		if got := (Rules{}).Describe(field, "not ours"); got != nil {
			t.Errorf("%s: a foreign text gives %v", field, got)
		}
	}
}
