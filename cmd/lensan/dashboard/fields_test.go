package dashboard

import (
	"slices"
	"strings"
	"testing"

	"lensan/adapters"
	"lensan/cmd/lensan/text"
	"lensan/store/catalog"
)

func TestStructuredFieldsStandSideBySide(t *testing.T) {
	t.Parallel()
	d := &Dashboard{Options: Options{Describe: func(m string, f adapters.Field, text string) []adapters.Fact {
		switch f {
		case adapters.FieldCategory:
			return []adapters.Fact{{Kind: adapters.FactCategory, Value: text}, {Kind: adapters.FactSets, Value: "06 07"}}
		case adapters.FieldOrigin:
			return []adapters.Fact{{Kind: adapters.FactProducer, Value: text}, {Kind: adapters.FactCommune, Value: "17707"}, {Kind: adapters.FactProvince, Value: "40"}}
		case adapters.FieldOcop:
			return []adapters.Fact{{Kind: adapters.FactStars, Value: "3"}, {Kind: adapters.FactDecision, Value: text}, {Kind: adapters.FactDecidedOn, Value: "2025-05-25"}, {Kind: adapters.FactUntil, Value: "2028-05-25"}}
		}
		return nil
	}}}
	v := &visit{d: d, lang: text.VI}
	applied := func(s string) catalog.AppliedField { return catalog.AppliedField{Sent: s, Echo: s} }
	subject := catalog.Subject{
		Product:  catalog.Product{Code: "40-427-17707-1-2024", Name: "Chè Gay", ProductSet: "11", CommuneName: "Xã Bạch Hà"},
		Producer: catalog.Producer{Name: "HTX Bạch Hà"},
		Standing: catalog.Standing{Stars: 3, Number: "12/QĐ-UBND", Date: "2025-05-25", ValidUntil: "2028-05-25"},
		SKU:      &catalog.SKU{Code: "1", Price: 90000, Name: "Chè Gay"},
		Lanes: map[string]catalog.LaneSide{"voso": {Listing: catalog.Listing{
			Seen:    map[string]string{"category": "DU01", "origin": "HTX Bạch Hà", "ocop": "13/QĐ-UBND", "price": "85000", "name": "Chè Gay ngon"},
			Applied: map[string]catalog.AppliedField{"category": applied("DU01"), "origin": applied("HTX Bạch Hà"), "ocop": applied("12/QĐ-UBND"), "price": applied("85000"), "name": applied("Chè Gay ngon")},
		}}},
	}
	got := map[string]fieldView{}
	for _, f := range v.fields(subject, []string{"voso"}, map[string]string{"17707": "Xã Bạch Hà"}) {
		got[f.Field] = f
	}
	for field, want := range map[string][2]string{
		"category": {"Bộ 11 · chè", "Ngành hàng DU01|Bộ 06, 07"},
		"origin":   {"HTX Bạch Hà|Xã Bạch Hà", "HTX Bạch Hà|Xã Bạch Hà"},
		"ocop":     {"3 sao|QĐ 12/QĐ-UBND|ngày 25/05/2025|đến 25/05/2028", "3 sao|QĐ 13/QĐ-UBND|ngày 25/05/2025|đến 25/05/2028"},
		"price":    {"90.000 đ", "85.000 đ"},
	} {
		f := got[field]
		if ours, there := strings.Join(f.Ours, "|"), strings.Join(f.There[0].Lines, "|"); ours != want[0] || there != want[1] {
			t.Errorf("%s: %q beside %q", field, ours, there)
		}
	}
	var other, differs []string
	for name, f := range got {
		if f.There[0].Other {
			other = append(other, name)
		}
		if f.There[0].Known && f.There[0].Sent && !f.There[0].Same {
			differs = append(differs, name)
		}
	}
	slices.Sort(other)
	if !slices.Equal(other, []string{"name", "price"}) || !slices.Equal(differs, []string{"ocop"}) {
		t.Errorf("to be updated: %v, edited there: %v", other, differs)
	}
	if was := strings.Join(got["ocop"].There[0].Was, "|"); !strings.Contains(was, "12/QĐ-UBND") {
		t.Errorf("what was sent is not told: %q", was)
	}
}
