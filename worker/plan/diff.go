package plan

import (
	"slices"
	"strings"

	"lensan/adapters"
	"lensan/store/catalog"
)

// Owner says who decides when a marketplace shows another value than the one
// we last applied.
type Owner string

// The owners of a field.
const (
	Ours   Owner = "ours"   // push ours back
	Theirs Owner = "theirs" // keep theirs and show it
	Ask    Owner = "ask"    // a person decides
)

// Owners maps fields to owners; a field that is absent is ours.
type Owners map[adapters.Field]Owner

// DefaultOwners: content is ours, a changed price is asked about, stock
// belongs to the marketplace, where sales lower it.
func DefaultOwners() Owners {
	return Owners{adapters.FieldPrice: Ask, adapters.FieldListPrice: Ask, adapters.FieldStock: Theirs}
}

// Of is the owner of f.
func (o Owners) Of(f adapters.Field) Owner {
	if w, ok := o[f]; ok {
		return w
	}
	return Ours
}

// Verdict is what is done about a field that differs.
type Verdict string

// The verdicts.
const (
	Push     Verdict = "push"     // send ours
	Keep     Verdict = "keep"     // theirs stands, by the field's owner
	AskThem  Verdict = "ask"      // theirs changed, a person decides
	Both     Verdict = "both"     // both changed: a person decides, nothing is sent
	Rewrites Verdict = "rewrites" // the marketplace keeps making its own of what we send
	Ignored  Verdict = "ignored"  // written three times, never shown
	Waits    Verdict = "waits"    // the record came out of a backup: until the register is imported again
)

// FieldDiff is one field whose wanted text is not what was seen.
type FieldDiff struct {
	Field   adapters.Field `json:"field"`
	There   string         `json:"there"`
	Want    string         `json:"want"`
	Verdict Verdict        `json:"verdict"`
}

// maxIgnored is how often a write that does not show is repeated.
const maxIgnored = 3

// diff compares want with what was seen, field by field, against what we last
// applied:
//
//	there = want                                   nothing
//	applied, says a backup, and changed since      theirs is kept, or a person decides
//	never applied by us (adopted)                  the owner decides; pictures that can't be compared stay
//	ours changed, theirs as we left it             push
//	ours as applied, theirs changed                the owner decides
//	both changed                                   a person decides; stock: push
//	as we left it, but the echo is not what we sent  a rewrite: nothing
//	a crossed-out price whose price is not sent      kept
func diff(want, seen adapters.Fields, applied map[string]catalog.AppliedField, owners Owners) []FieldDiff {
	var out []FieldDiff
	for field, w := range want {
		there, shown := seen[field]
		if shown && there == w {
			continue
		}
		d := FieldDiff{Field: field, There: there, Want: w}
		base, ours := applied[string(field)]
		switch {
		case !shown && ours && base.Sent == w:
			continue // sent once and not shown back: nothing more can be known
		case !ours && field == adapters.FieldImages && there != "" && strings.Contains(w, "sha256:"):
			continue // it has pictures, and ours have no ids there yet to compare with: no reason to take it off sale
		case ours && base.Restored && there != base.Echo:
			d.Verdict = ofBackup(w, base, owners.Of(field))
		case !ours:
			d.Verdict = byOwner(owners.Of(field))
		case base.Ignored >= maxIgnored && base.Sent == w:
			d.Verdict = Ignored
		case base.Sent != w && (there == base.Echo || owners.Of(field) == Theirs):
			d.Verdict = Push
		case base.Sent != w:
			d.Verdict = Both
		case there != base.Echo:
			d.Verdict = byOwner(owners.Of(field))
		case base.Ignored > 0:
			d.Verdict = Push
		default:
			d.Verdict = Rewrites
		}
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b FieldDiff) int { return cmpField(a.Field, b.Field) })
	return withPrice(out)
}

// withPrice keeps a crossed-out price from going out beside a price that does
// not: while a person is asked about the price, and where it is but the price
// over again, it would show a discount that nobody gave.
func withPrice(diffs []FieldDiff) []FieldDiff {
	i := slices.IndexFunc(diffs, func(d FieldDiff) bool { return d.Field == adapters.FieldPrice && d.Verdict != Push })
	j := slices.IndexFunc(diffs, func(d FieldDiff) bool { return d.Field == adapters.FieldListPrice && d.Verdict == Push })
	if i < 0 || j < 0 {
		return diffs
	}
	if price := diffs[i]; price.Verdict == AskThem || price.Verdict == Both || price.Want == diffs[j].Want {
		diffs[j].Verdict = Keep
	}
	return diffs
}

// byOwner decides about a field that they changed, or that we never applied.
func byOwner(o Owner) Verdict {
	switch {
	case o == Ours:
		return Push
	case o == Theirs:
		return Keep
	}
	return AskThem
}

func cmpField(a, b adapters.Field) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// pushed splits the fields to send into content and offer, each sorted.
func pushed(diffs []FieldDiff) (content, offer []adapters.Field) {
	for _, d := range diffs {
		if d.Verdict != Push {
			continue
		}
		if d.Field.IsOffer() {
			offer = append(offer, d.Field)
		} else {
			content = append(content, d.Field)
		}
	}
	return content, offer
}
