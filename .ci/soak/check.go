package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"lensan/adapters"
	"lensan/adapters/sandbox"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/worker/plan"
)

// inspection compares what SQL says, what the sandbox holds and what the
// register wants.
type inspection struct {
	*world
	found  []string
	counts map[kind]int
	by     map[string]map[string][]sandbox.ProductView // market, SKU
	why    map[string]int
	shown  int
	closed int
}

// kind is what is wrong with a difference, as the figures count it.
type kind string

const (
	doubled kind = "doubles"
	lost    kind = "losses"
	closing kind = "wrong closures"
	blindly kind = "blind creates"
	foreign kind = "foreign touched"
	stocked kind = "stocks changed"
	differs kind = "other differences"
)

func (i *inspection) say(k kind, format string, args ...any) {
	i.counts[k]++
	i.found = append(i.found, fmt.Sprintf(format, args...))
}

// check returns every difference; none: all is as it must be.
func (w *world) check(ctx context.Context) ([]string, error) {
	i := &inspection{world: w, by: map[string]map[string][]sandbox.ProductView{}, why: map[string]int{}, counts: map[kind]int{}}
	if _, ended := w.fleet.counts(); len(ended) > 0 {
		i.counts[differs] += len(ended)
		i.found = append(i.found, ended...)
	}
	for _, step := range []func(context.Context) error{i.ended, i.markets, i.ledgers, i.subjects, i.closures} {
		if err := step(ctx); err != nil {
			return i.found, err
		}
	}
	w.figures.listings, w.figures.closures, w.figures.foreign, w.figures.explained, w.figures.wrong = i.shown, i.closed, len(w.strange), i.why, i.counts
	slices.Sort(i.found)
	return i.found, nil
}

// ended: every item, every run and every intent has come to its end.
func (i *inspection) ended(ctx context.Context) error {
	for _, state := range []catalog.ItemState{catalog.ItemWaiting, catalog.ItemBatched} {
		items, err := i.store.ListItems(ctx, store.ItemFilter{State: state})
		if err != nil {
			return err
		}
		for _, it := range items {
			i.say(lost, "item %s of %s on %s is still %s (run %s, due %s, %s)", it.ID, it.SKU, it.Marketplace, state, it.RunID, it.DueAt.Format(time.TimeOnly), it.ReasonCode)
		}
	}
	runs, err := i.store.ListRuns(ctx, store.RunFilter{Open: true})
	if err != nil {
		return err
	}
	for _, r := range runs {
		i.say(lost, "run %s (%s) is still open", r.ID, r.Kind)
	}
	return nil
}

// markets reads what each marketplace holds, from the sandbox itself: to sign
// in beside the program would end its token.
func (i *inspection) markets(context.Context) error {
	for _, m := range markets {
		i.by[m] = map[string][]sandbox.ProductView{}
		for v := range i.sandbox.Products(m) {
			name := m + "/" + v.ID
			if was, ok := i.strange[name]; ok {
				if v.Version != was.Version || string(v.Wire) != string(was.Wire) {
					i.say(foreign, "%s: foreign product %s was touched by %s", m, v.ID, v.UpdatedBy)
				}
				continue
			}
			if v.SKU == "" {
				i.say(differs, "%s: product %s has no SKU", m, v.ID)
			}
			i.by[m][v.SKU] = append(i.by[m][v.SKU], v)
			if left, ok := i.stocks[name]; ok && v.Stock != left {
				i.say(stocked, "%s: %s (%s): the stock is %d, people left %d", m, v.SKU, v.ID, v.Stock, left)
			}
		}
	}
	return nil
}

// ledgers: no SKU was made twice, and none was sent blindly.
func (i *inspection) ledgers(context.Context) error {
	for _, m := range markets {
		l, err := i.sandbox.Ledger(m)
		if err != nil {
			return err
		}
		for _, d := range l.Doubles {
			i.say(doubled, "%s: %s is doubled in shop %s: %v", m, d.SKU, d.Shop, d.IDs)
		}
		for _, u := range l.Unsettled {
			i.say(blindly, "%s: %s was created again while an earlier create was not settled", m, u.SKU)
		}
		for _, u := range l.Blind {
			i.say(blindly, "%s: %s was created again without a look", m, u.SKU)
		}
		for name, n := range l.Made {
			if n > 1 {
				i.say(doubled, "%s: %s was made %d times", m, name, n)
			}
		}
	}
	return nil
}

// subjects: each SKU stands on each marketplace as the register wants it.
func (i *inspection) subjects(ctx context.Context) error {
	lanes := map[string]plan.Marketplace{}
	for m, a := range i.lanes {
		lanes[m] = a
	}
	set := plan.Settings{Today: today, Owners: plan.DefaultOwners(), Policy: catalog.PolicySync}
	var skus []string
	err := i.store.Subjects(ctx, catalog.Scope{}, markets, func(page []catalog.Subject) error {
		for _, s := range page {
			if s.SKU == nil {
				continue
			}
			skus = append(skus, s.SKU.Code)
			for _, m := range markets {
				i.subject(m, s, plan.Decide(s, lanes[m], set))
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, m := range markets {
		open, err := i.store.OpenIntents(ctx, m, skus)
		if err != nil {
			return err
		}
		for sku, in := range open {
			i.say(lost, "%s: %s: the outcome of %s is still not known (%s)", m, sku, in.Change.Op, in.ID)
		}
		for sku := range i.by[m] {
			if !slices.Contains(skus, sku) {
				i.say(differs, "%s: SKU %s stands there and in no register", m, sku)
			}
		}
	}
	return nil
}

func (i *inspection) subject(m string, s catalog.Subject, d plan.Decision) {
	sku, l := s.SKU.Code, s.Lanes[m].Listing
	views := i.by[m][sku]
	if len(views) > 1 {
		i.say(doubled, "%s: %s stands there %d times", m, sku, len(views))
		return
	}
	if len(d.Ops) > 0 {
		i.say(differs, "%s: %s: %v is still to be done (%s)", m, sku, d.Ops, l.SyncState)
	}
	if d.State != l.SyncState {
		i.say(differs, "%s: %s is on record as %s, and is %s %v", m, sku, l.SyncState, d.State, d.Reasons)
	}
	if len(views) == 0 {
		if l.RemoteID != "" {
			i.say(lost, "%s: %s is on record as %s, and the marketplace has none", m, sku, l.RemoteID)
		}
		if d.State == catalog.SyncApplied {
			i.say(lost, "%s: %s is not listed", m, sku)
		}
		i.reason(m, sku, d)
		i.unlisted(m, s, d)
		return
	}
	i.shown++
	i.recorded(m, sku, l, views[0])
	i.wanted(m, s, d, views[0])
}

// unlisted: what does not stand there may not, or can't for its data.
func (i *inspection) unlisted(m string, s catalog.Subject, d plan.Decision) {
	if d.State == catalog.SyncApplied || d.State == catalog.SyncExcluded || len(d.Reasons) == 0 {
		return
	}
	_, problems := i.lanes[m].Normalize(d.Offer, string(today))
	if len(problems) == 0 && len(i.lanes[m].CheckShop(plan.ShopOf(s))) == 0 {
		i.say(lost, "%s: %s is not listed though nothing is wrong with it: %s %s", m, s.SKU.Code, d.State, d.Reasons[0].Code)
	}
}

// reason counts why something is not on sale; without a reason it is lost.
func (i *inspection) reason(m, sku string, d plan.Decision) {
	if d.State == catalog.SyncApplied {
		return
	}
	if len(d.Reasons) == 0 {
		i.say(lost, "%s: %s is %s without a reason", m, sku, d.State)
		return
	}
	i.why[d.Reasons[0].Code]++
}

// states are the marketplaces' words for a product's state.
var states = map[string]adapters.MarketState{
	"pending_review": adapters.PendingReview, "live": adapters.Live, "rejected": adapters.Rejected, "closed": adapters.Closed,
	"PENDING": adapters.PendingReview, "SELLING": adapters.Live, "REJECTED": adapters.Rejected, "HIDDEN": adapters.Closed, "LOCKED": adapters.Locked,
}

// stateOf is a product's state; what staff of Postmart closed is theirs until
// they release it, and shows their reasons.
func stateOf(v sandbox.ProductView) adapters.MarketState {
	var wire struct{ Rejection json.RawMessage }
	if err := json.Unmarshal(v.Wire, &wire); err == nil && v.Status == "closed" && len(wire.Rejection) > 0 && string(wire.Rejection) != "null" {
		return adapters.Locked
	}
	return states[v.Status]
}

// recorded: SQL and the marketplace say the same, and the record is of the
// product's last change.
func (i *inspection) recorded(m, sku string, l catalog.Listing, v sandbox.ProductView) {
	if l.RemoteID != v.ID {
		i.say(lost, "%s: %s is on record as %q, and the marketplace has it as %s", m, sku, l.RemoteID, v.ID)
		return
	}
	for _, c := range []struct{ what, here, there string }{
		{"the state", l.MarketState, string(stateOf(v))},
		{"the name", l.Seen[string(adapters.FieldName)], v.Name},
		{"the price", l.Seen[string(adapters.FieldPrice)], strconv.FormatInt(v.Price, 10)},
		{"the stock", l.Seen[string(adapters.FieldStock)], strconv.FormatInt(v.Stock, 10)},
		{"the last change", l.RemoteUpdatedAt.Truncate(time.Second).Format(time.DateTime), v.UpdatedAt.UTC().Truncate(time.Second).Format(time.DateTime)},
	} {
		if c.here != c.there {
			i.say(differs, "%s: %s (%s): %s is %q on record, and %q there", m, sku, v.ID, c.what, c.here, c.there)
		}
	}
}

// wanted: what stands there is what the register wants, or its difference is
// somebody else's will that was told.
func (i *inspection) wanted(m string, s catalog.Subject, d plan.Decision, v sandbox.ProductView) {
	sku, state := s.SKU.Code, stateOf(v)
	i.reason(m, sku, d)
	code := ""
	if len(d.Reasons) > 0 {
		code = d.Reasons[0].Code
	}
	outside, sure := s.Standing.Eligibility(today)
	switch {
	case d.State == catalog.SyncExcluded || outside != "" && sure:
		if v.Live || state == adapters.PendingReview {
			i.say(differs, "%s: %s is %s there, and must not be: %s %s", m, sku, v.Status, code, outside)
		}
		return
	case state == adapters.Closed && v.UpdatedBy == "partner":
		// What was rightly closed and is eligible again comes back once its data
		// are sound; until then the reason tells what to mend.
		if _, problems := i.lanes[m].Normalize(d.Offer, string(today)); len(problems) > 0 && d.State == catalog.SyncNeedsFixing {
			return
		}
		i.say(closing, "%s: %s was closed by us though it is to be on sale (%s)", m, sku, code)
	case state == adapters.PendingReview:
		i.say(differs, "%s: %s is still in review", m, sku)
	case state == adapters.Live && d.State != catalog.SyncApplied && !strings.HasPrefix(code, "drift."):
		if _, problems := i.lanes[m].Normalize(d.Offer, string(today)); len(problems) == 0 { // else it was told
			i.say(differs, "%s: %s is live and %s: %s", m, sku, d.State, code)
		}
	case d.State == catalog.SyncApplied && state != adapters.Live:
		i.say(differs, "%s: %s is %s there, and on record as right", m, sku, v.Status)
	}
	_, problems := i.lanes[m].Normalize(d.Offer, string(today))
	if state != adapters.Live || len(problems) > 0 { // what is wrong with the data was told
		return
	}
	for _, f := range d.Diff {
		willed := i.kept[m+"/"+sku+"/"+string(f.Field)] || f.Verdict == plan.Keep || f.Verdict == plan.Ignored && strings.HasPrefix(code, "drift.")
		if !willed {
			i.say(differs, "%s: %s: %s is %q there, %q is wanted (%s)", m, sku, f.Field, f.There, f.Want, f.Verdict)
		}
	}
	name, price, _ := i.register.said(sku)
	told := func(f adapters.Field) bool {
		return slices.ContainsFunc(d.Diff, func(x plan.FieldDiff) bool { return x.Field == f })
	}
	if price != 0 && v.Price != price && !told(adapters.FieldPrice) {
		i.say(differs, "%s: %s costs %d there, and %d by the register", m, sku, v.Price, price)
	}
	if v.Name != name && !told(adapters.FieldName) {
		i.say(differs, "%s: %s is called %q there, and %q by the register", m, sku, v.Name, name)
	}
}

// closures: nothing was ever taken down by us that was to be on sale. What was
// decided before the register changed back may be sent a little later.
func (i *inspection) closures(ctx context.Context) error {
	const slack = 20 * time.Second
	f := store.EventFilter{Kind: "listing.closed", Limit: 1000}
	for {
		events, err := i.store.ListEvents(ctx, f)
		if err != nil {
			return err
		}
		for _, e := range events {
			i.closed++
			if !i.register.wasOut(e.SKU, e.At, slack) {
				i.say(closing, "%s: %s was closed by us at %s though it was to be on sale", e.Marketplace, e.SKU, e.At.Format(time.TimeOnly))
			}
		}
		if len(events) < f.Limit {
			return nil
		}
		f.Before = events[len(events)-1].ID
	}
}
