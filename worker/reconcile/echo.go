package reconcile

import (
	"lensan/adapters"
	"lensan/store/catalog"
)

// echoed sets what came back of a field that was sent, and tells whether it is
// taken for the marketplace's own form of it:
//
//	what was sent                                    → yes
//	another stock                                    → no: it was sold meanwhile
//	something else, the last change was ours         → yes: nobody else wrote since
//	something else, the last change was its seller's → no: an edit, right after our write
//	something else, nobody knows by whom             → when it comes back a second time
//
// What is not the marketplace's form counts as changed by others since, and the
// field's owner decides. Where a marketplace does not say who wrote, or a
// moderator was last, it is so sent once more before a field is left to the
// marketplace for good.
func echoed(a catalog.AppliedField, l catalog.Listing, field string) (catalog.AppliedField, bool) {
	there := l.Seen[field]
	was := a.Unsure
	a.Echo, a.Unsure = there, ""
	switch {
	case there == a.Sent:
		return a, true
	case adapters.Field(field) == adapters.FieldStock, l.RemoteUpdatedBy == bySeller:
	case l.RemoteUpdatedBy == byPartner || was == there:
		return a, true
	default:
		a.Unsure = there
	}
	a.Echo = a.Sent
	return a, false
}

// Who made a listing's last change, where the marketplace tells.
const byPartner, bySeller = "partner", "seller"
