package voso

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"lensan/adapters"
)

var _ adapters.Describer = Rules{}

// Describe implements adapters.Describer.
func (Rules) Describe(field adapters.Field, text string) []adapters.Fact {
	var out []adapters.Fact
	add := func(kind adapters.FactKind, value string) {
		if value != "" {
			out = append(out, adapters.Fact{Kind: kind, Value: value})
		}
	}
	switch field {
	case adapters.FieldCategory:
		add(adapters.FactCategory, text)
		add(adapters.FactSets, strings.Join(setsOf(text), " "))
	case adapters.FieldOrigin:
		var o struct{ Commune, Producer, Province, Trace string }
		if json.Unmarshal([]byte(text), &o) != nil {
			return nil
		}
		add(adapters.FactProducer, o.Producer)
		add(adapters.FactCommune, o.Commune)
		add(adapters.FactProvince, o.Province)
		add(adapters.FactTrace, o.Trace)
	case adapters.FieldOcop:
		var o struct{ Date, Level, Number, Until string }
		if json.Unmarshal([]byte(text), &o) != nil {
			return nil
		}
		if stars, ok := strings.CutPrefix(o.Level, "OCOP_"); ok {
			add(adapters.FactStars, stars)
		} else {
			add(adapters.FactOther, o.Level)
		}
		add(adapters.FactDecision, o.Number)
		add(adapters.FactDecidedOn, o.Date)
		add(adapters.FactUntil, o.Until)
	case adapters.FieldAttributes:
		var all []property
		if json.Unmarshal([]byte(text), &all) != nil {
			return nil
		}
		for _, p := range all {
			add(adapters.FactOther, p.Key+": "+p.Value)
		}
	}
	return out
}

// setsOf are the product sets that go to a category, in order.
func setsOf(category string) []string {
	var out []string
	for _, set := range slices.Sorted(maps.Keys(categories)) {
		if categories[set] == category {
			out = append(out, set)
		}
	}
	return out
}
