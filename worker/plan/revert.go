package plan

import (
	"slices"

	"lensan/adapters"
	"lensan/store/catalog"
)

// Done is one change that a run made, with the listing's fields before and
// after it.
type Done struct {
	Op            adapters.Op
	Sent          adapters.Fields
	Before, After adapters.Fields
}

// Revert decides how to take back what a run did to one listing, newest first:
//
//	the run            take back
//	created, reopened  close
//	closed             reopen
//	updated a field    write its value from before, where it still is as the run left it
//	adopted            nothing: a SKU once given stays
//
// A field that was edited since is left alone and named. What is taken back is
// not sent again until the data change.
func Revert(l catalog.Listing, done []Done) Decision {
	d := Decision{State: catalog.SyncNeedsFixing, Want: adapters.Fields{}, Close: adapters.CloseNotEligible}
	seen := seenFields(l)
	closing, opening := false, false
	for _, c := range done { // the oldest comes last and decides
		switch c.Op {
		case adapters.OpCreate, adapters.OpReopen:
			closing, opening = true, false
		case adapters.OpClose:
			closing, opening = false, true
		case adapters.OpUpdateContent, adapters.OpUpdateOffer:
			for f := range c.Sent {
				d.Want[f] = c.Before[f]
			}
		}
	}
	for f, was := range d.Want {
		there := seen[f]
		if there == was {
			delete(d.Want, f)
			continue
		}
		if !leftAsWritten(there, f, done) {
			delete(d.Want, f)
			d.Reasons = append(d.Reasons, catalog.Reason{Code: "revert.edited_since", Args: map[string]string{"field": string(f), "there": short(there)}})
			continue
		}
		d.Diff = append(d.Diff, FieldDiff{Field: f, There: there, Want: was, Verdict: Push})
	}
	slices.SortFunc(d.Diff, func(a, b FieldDiff) int { return cmpField(a.Field, b.Field) })
	slices.SortFunc(d.Reasons, func(a, b catalog.Reason) int {
		return cmpField(adapters.Field(a.Args["field"]), adapters.Field(b.Args["field"]))
	})
	d.Content, d.Prices = pushed(d.Diff)
	if len(d.Content) > 0 {
		d.Ops = append(d.Ops, adapters.OpUpdateContent)
	}
	if len(d.Prices) > 0 {
		d.Ops = append(d.Ops, adapters.OpUpdateOffer)
	}
	switch state := adapters.MarketState(l.MarketState); {
	case state == adapters.Locked:
		d.Ops, d.Reasons = nil, append(d.Reasons, catalog.Reason{Code: "listing.locked"})
	case closing && state != adapters.Closed && state != adapters.Absent:
		d.Ops = append(d.Ops, adapters.OpClose)
	case opening && state == adapters.Closed:
		d.Ops = append(d.Ops, adapters.OpReopen)
	}
	return d
}

// leftAsWritten tells whether a field shows what the run left there. Stock
// that sales have lowered since does not.
func leftAsWritten(there string, f adapters.Field, done []Done) bool {
	for _, c := range done {
		if sent, ok := c.Sent[f]; ok {
			return there == sent || c.After[f] != "" && there == c.After[f]
		}
	}
	return false
}
