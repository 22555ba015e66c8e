package postmart

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
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
		var o origin
		if json.Unmarshal([]byte(text), &o) != nil {
			return nil
		}
		add(adapters.FactProducer, o.Producer)
		add(adapters.FactCommune, o.WardCode)
		add(adapters.FactProvince, o.ProvinceCode)
		add(adapters.FactTrace, o.TraceabilityURL)
	case adapters.FieldOcop:
		var o ocop
		if json.Unmarshal([]byte(text), &o) != nil {
			return nil
		}
		if o.Stars > 0 {
			add(adapters.FactStars, strconv.Itoa(o.Stars))
		}
		add(adapters.FactDecision, o.DecisionNo)
		add(adapters.FactDecidedOn, o.RecognisedOn)
		add(adapters.FactUntil, o.ValidUntil)
	case adapters.FieldAttributes:
		var all map[string]string
		if json.Unmarshal([]byte(text), &all) != nil {
			return nil
		}
		for _, k := range slices.Sorted(maps.Keys(all)) {
			add(adapters.FactOther, k+": "+all[k])
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
