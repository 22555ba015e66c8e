package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"strings"

	"lensan/adapters"
	"lensan/store/catalog"
)

// Decision is what is to be done about one SKU on one marketplace, and why.
type Decision struct {
	// State is where the SKU stands if nothing more is done.
	State catalog.SyncState
	// Reasons say why it is excluded or needs fixing; the first is shown.
	Reasons []catalog.Reason
	// Ops are the changes to make, in order; empty: none.
	Ops []adapters.Op
	// Held are changes that are due but that the policy does not allow.
	Held []adapters.Op
	Diff []FieldDiff

	Offer   adapters.Offer
	Want    adapters.Fields
	Content []adapters.Field // what an update of content carries
	Prices  []adapters.Field // what an update of price and stock carries
	Close   adapters.CloseReason
	// Digest names all that would be sent.
	Digest string
	// Approved: a person decided that this day's endings be closed; brakes on
	// closing do not count it.
	Approved bool
	// Settle: an earlier request's outcome is unknown; nothing is decided
	// before it is known.
	Settle bool

	subject string // the listing that an update is about; empty: it is none
}

// Settings are what decisions depend on beside the record.
type Settings struct {
	Today  catalog.Day
	Owners Owners
	Policy catalog.Policy
	// Endings are the days on which more recognitions end than a brake lets
	// through, by "marketplace/day", with what a person decided.
	Endings map[string]Ending
	// Restored are the lanes whose record came out of a backup and waits for
	// the register to be imported again.
	Restored map[string]bool
}

// Ending is what a person decided about recognitions that end on one day.
type Ending string

// The answers; empty: none yet, and nothing is closed until there is one.
const (
	EndingHold     Ending = "hold"
	EndingLetClose Ending = "let_close"
)

// Decide makes the decision for a subject on marketplace m:
//
//	eligible            listing               → change
//	no, surely          live, pending, rejected  close
//	no, surely          absent, closed, locked   nothing: excluded
//	no, not surely      any                      nothing: excluded, or needs fixing where one stands
//	yes, not sold here  absent                   nothing: excluded
//	yes, incomplete     any                      nothing new: needs fixing; sound fields are kept right
//	yes                 absent                   create
//	yes                 vanished                 nothing: needs fixing
//	yes                 closed by us             update, reopen
//	yes                 closed by others         nothing: needs fixing
//	yes                 locked                   nothing: needs fixing (their staff)
//	yes                 rejected                 update where something changed, else needs fixing
//	yes                 pending, live            update what differs
func Decide(s catalog.Subject, m Marketplace, set Settings) Decision {
	if set.Restored[m.Name()] {
		set.Restored = nil
		return asRestored(Decide(s, m, set))
	}
	side := s.Lanes[m.Name()]
	if s.SKU == nil {
		return withoutSKU(s, m, set.Today)
	}
	if side.OpenIntent {
		return Decision{State: catalog.SyncChecking, Settle: true, Reasons: side.Listing.Reasons}
	}
	stands := adapters.MarketState(side.Listing.MarketState)
	if code, sure, args := exclusion(s, m, set.Today); code != "" {
		d := excluded(code, sure, args, stands, side.Listing, set.Policy, closeReason(code))
		if len(d.Ops) > 0 && inHeldShop(side) {
			return shopHeld(d, s)
		}
		if code == "excluded.expired" && len(d.Ops) > 0 {
			d = ending(d, set.Endings, m.Name()+"/"+string(s.Standing.ValidUntil))
		}
		return d
	}
	return offered(s, m, side, stands, set)
}

func withoutSKU(s catalog.Subject, m Marketplace, today catalog.Day) Decision {
	code := "excluded.no_sku"
	if c, _, _ := exclusion(s, m, today); c != "" {
		code = c
	}
	return Decision{State: catalog.SyncExcluded, Reasons: []catalog.Reason{{Code: code, Args: standingArgs(s)}}}
}

// exclusion tells why a subject is not to be listed on m at all.
func exclusion(s catalog.Subject, m Marketplace, today catalog.Day) (code string, sure bool, args map[string]string) {
	if s.Withdrawn {
		return "excluded.withdrawn", true, standingArgs(s)
	}
	if s.Product.ProductSet == catalog.TourismSet {
		return "excluded.tourism", true, standingArgs(s)
	}
	if code, sure := s.Standing.Eligibility(today); code != "" {
		return code, sure, standingArgs(s)
	}
	if code := m.Capabilities().NotSold[s.Product.ProductSet]; code != "" {
		return code, true, standingArgs(s)
	}
	return "", true, nil
}

func excluded(code string, sure bool, args map[string]string, stands adapters.MarketState, l catalog.Listing, policy catalog.Policy, why adapters.CloseReason) Decision {
	d := Decision{State: catalog.SyncExcluded, Reasons: []catalog.Reason{{Code: code, Args: args}}, Close: why}
	onSale := l.RemoteID != "" && (stands == adapters.Live || stands == adapters.PendingReview || stands == adapters.Rejected)
	if !onSale {
		return d
	}
	if !sure {
		d.State = catalog.SyncNeedsFixing
		return d
	}
	d.Digest = digest("close", code)
	if why, ok := refused(l, d.Key(adapters.OpClose)); ok {
		d.State, d.Reasons = catalog.SyncNeedsFixing, why
		return d
	}
	d.State = catalog.SyncWaiting
	return allow(d, []adapters.Op{adapters.OpClose}, policy)
}

// ending holds the closing of a listing whose recognition ended on a day
// together with many others, until a person has decided on that day.
func ending(d Decision, days map[string]Ending, day string) Decision {
	choice, big := days[day]
	switch {
	case !big:
	case choice == EndingLetClose:
		d.Approved = true
	default:
		d.Held, d.Ops = d.Ops, nil
		d.State = catalog.SyncStoppedByBrake
		d.Reasons = append([]catalog.Reason{{Code: "brake.ending_together", Args: d.Reasons[0].Args}}, d.Reasons...)
	}
	return d
}

func closeReason(code string) adapters.CloseReason {
	switch code {
	case "excluded.expired":
		return adapters.CloseExpired
	case "excluded.withdrawn":
		return adapters.CloseWithdrawn
	}
	return adapters.CloseNotEligible
}

// offered decides about a subject that is to be listed on m.
func offered(s catalog.Subject, m Marketplace, side catalog.LaneSide, stands adapters.MarketState, set Settings) Decision {
	l := side.Listing
	d := Decision{State: catalog.SyncApplied, Offer: Offer(s, side)}
	var problems []adapters.Problem
	d.Want, problems = m.Normalize(d.Offer, string(set.Today))
	d.Reasons = reasonsOf(s, problems)
	if l.RemoteID == "" {
		return absent(d, s, m, side, set.Policy)
	}
	if stands == adapters.Absent {
		d.Reasons = []catalog.Reason{{Code: "listing.vanished"}}
		return needsFixing(d)
	}
	d.Diff = diff(d.Want, seenFields(l), l.Applied, set.Owners)
	d.Content, d.Prices = pushed(d.Diff)
	d.subject = l.RemoteID
	d.Digest = digest("update", l.RemoteID, string(stands), lasting(d))
	d.Reasons = append(d.Reasons, questions(d.Diff)...)
	if stands == adapters.Locked {
		d.Reasons = append(rejectionReasons("listing.locked", l), d.Reasons...)
		return needsFixing(d)
	}
	var ops []adapters.Op
	if l.RemoteSKU == "" {
		ops = append(ops, adapters.OpAdopt)
	}
	if len(d.Content) > 0 {
		ops = append(ops, adapters.OpUpdateContent)
	}
	if len(d.Prices) > 0 {
		ops = append(ops, adapters.OpUpdateOffer)
	}
	switch stands {
	case adapters.Closed:
		if l.WantedLive {
			d.Reasons = append([]catalog.Reason{{Code: "listing.closed_by_other"}}, d.Reasons...)
			return needsFixing(d)
		}
		if len(problems) > 0 {
			return needsFixing(d)
		}
		ops = append(ops, adapters.OpReopen)
	case adapters.Rejected:
		if len(d.Content) == 0 {
			d.Reasons = append(rejectionReasons("rejected.unexplained", l), d.Reasons...)
			d.State = catalog.SyncNeedsFixing
		}
	}
	if len(d.Reasons) > 0 {
		d.State = catalog.SyncNeedsFixing
	}
	if len(ops) > 0 && inHeldShop(side) {
		d.Ops = ops
		return shopHeld(d, s)
	}
	ops, said := withoutRefused(d, l, ops)
	if len(said) > 0 {
		d.State, d.Reasons = catalog.SyncNeedsFixing, append(said, d.Reasons...)
	}
	return allow(d, ops, set.Policy)
}

// withoutRefused takes the changes that the marketplace refused out of ops and
// says why. The others go on, but nothing is put on sale again beside what it
// is to say.
func withoutRefused(d Decision, l catalog.Listing, ops []adapters.Op) (left []adapters.Op, said []catalog.Reason) {
	content := false
	for _, op := range ops {
		why, ok := refused(l, d.Key(op))
		switch {
		case ok:
			said = append(said, why...)
			content = content || op == adapters.OpUpdateContent
		case op != adapters.OpReopen || !content:
			left = append(left, op)
		}
	}
	return left, said
}

func absent(d Decision, s catalog.Subject, m Marketplace, side catalog.LaneSide, policy catalog.Policy) Decision {
	d.Digest = digest("create", lasting(d), s.Producer.Ref)
	if s.Succession {
		d.Reasons = append(d.Reasons, catalog.Reason{Code: "listing.succession_unclear"})
	}
	if side.Uncertain {
		d.Reasons = append(d.Reasons, catalog.Reason{Code: "listing.uncertain_match"})
	}
	if side.Shop.RemoteID == "" {
		shop := ShopOf(s)
		d.Reasons = append(d.Reasons, reasonsOf(s, m.CheckShop(shop))...)
		if side.Shop.Refused != "" && side.Shop.Refused == ShopDigest(shop) {
			d.Reasons = append(d.Reasons, side.Shop.Reason)
		}
	}
	if len(d.Reasons) > 0 {
		return needsFixing(d)
	}
	if side.Shop.Status == string(adapters.ShopSuspended) {
		return shopHeld(d, s)
	}
	if why, ok := refused(side.Listing, d.Key(adapters.OpCreate)); ok {
		d.Reasons = why
		d = needsFixing(d)
		if side.Listing.SyncState == catalog.SyncFailed {
			d.State = catalog.SyncFailed // a defect stays one
		}
		return d
	}
	return allow(d, []adapters.Op{adapters.OpCreate}, policy)
}

// inHeldShop tells whether a listing stands in a shop that the marketplace has
// suspended: it refuses every change in it.
func inHeldShop(side catalog.LaneSide) bool {
	return side.Shop.Status == string(adapters.ShopSuspended) && side.Shop.RemoteID == side.Listing.ShopID
}

// shopHeld holds what is due in a suspended shop until it is open again.
func shopHeld(d Decision, s catalog.Subject) Decision {
	d.Reasons = append([]catalog.Reason{{Code: "shop.suspended", Args: map[string]string{"producer": s.Producer.Name}}}, d.Reasons...)
	d.Held = append(d.Held, d.Ops...)
	return needsFixing(d)
}

func needsFixing(d Decision) Decision {
	d.State = catalog.SyncNeedsFixing
	d.Ops = nil
	return d
}

// allowed lists what each policy may do.
var allowed = map[catalog.Policy]map[adapters.Op]bool{
	catalog.PolicyObserve:    {},
	catalog.PolicyCreateOnly: {adapters.OpCreate: true},
	catalog.PolicyUpsertOnly: {adapters.OpCreate: true, adapters.OpAdopt: true, adapters.OpUpdateContent: true, adapters.OpUpdateOffer: true, adapters.OpReopen: true},
	catalog.PolicySync: {adapters.OpCreate: true, adapters.OpAdopt: true, adapters.OpUpdateContent: true, adapters.OpUpdateOffer: true,
		adapters.OpReopen: true, adapters.OpClose: true},
}

// allow takes up the changes that the policy allows and holds the others.
func allow(d Decision, ops []adapters.Op, policy catalog.Policy) Decision {
	for _, op := range ops {
		if allowed[policy][op] {
			d.Ops = append(d.Ops, op)
		} else {
			d.Held = append(d.Held, op)
		}
	}
	if len(ops) > 0 && d.State == catalog.SyncApplied {
		d.State = catalog.SyncWaiting
	}
	return d
}

// ShopDigest names a shop's data, so that a refusal is remembered until they
// change. It is one way: it gives no telephone away.
func ShopDigest(shop adapters.Shop) string { return digest("shop", shop) }

// lasting is what is wanted without the marketplace's own ids of it: making a
// shop or uploading a picture changes nothing of what was decided.
func lasting(d Decision) adapters.Fields {
	out := maps.Clone(d.Want)
	if _, ok := out[adapters.FieldImages]; ok {
		var names []string
		for _, img := range d.Offer.Images {
			names = append(names, img.SHA256)
		}
		out[adapters.FieldImages] = strings.Join(names, " ")
	}
	return out
}

func digest(parts ...any) string {
	h := sha256.New()
	enc := json.NewEncoder(h)
	for _, p := range parts {
		if err := enc.Encode(p); err != nil {
			panic(err) // strings and maps of strings always encode
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func seenFields(l catalog.Listing) adapters.Fields {
	out := make(adapters.Fields, len(l.Seen))
	for k, v := range l.Seen {
		out[adapters.Field(k)] = v
	}
	return out
}
