package adapters

// FactKind says what one fact of a structured field is about.
type FactKind string

// The kinds of facts.
const (
	FactCategory  FactKind = "category"    // the marketplace's own code of a category
	FactSets      FactKind = "sets"        // the product sets that go there, space separated
	FactProducer  FactKind = "producer"    // a name
	FactCommune   FactKind = "commune"     // a code
	FactProvince  FactKind = "province"    // a code
	FactTrace     FactKind = "trace"       // an address
	FactStars     FactKind = "stars"       // a number
	FactDecision  FactKind = "decision"    // its number
	FactDecidedOn FactKind = "decided_on"  // YYYY-MM-DD
	FactUntil     FactKind = "valid_until" // YYYY-MM-DD
	FactOther     FactKind = "other"       // "name: value"
)

// Fact is one part of a structured field, without the marketplace's wire form.
type Fact struct {
	Kind  FactKind
	Value string
}

// Describer is an optional ability of a marketplace's rules, found by type
// assertion: it takes the text of a structured field (category,
// origin, ocop, attributes), as Normalize and a reading have it, apart for
// people. Pure. Nil: the text is not its own, or the field has no parts.
type Describer interface {
	Describe(field Field, text string) []Fact
}
