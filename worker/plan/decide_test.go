package plan

import (
	"slices"
	"testing"

	"lensan/adapters"
	"lensan/store/catalog"
)

// market is a marketplace that carries everything as it is.
type market struct{ problems []adapters.Problem }

func (market) Name() string { return "m" }

func (market) Capabilities() adapters.Capabilities {
	return adapters.Capabilities{NotSold: map[string]string{"14": "not_sold.alcohol"}}
}

func (m market) Normalize(o adapters.Offer, _ string) (adapters.Fields, []adapters.Problem) {
	f := adapters.Fields{adapters.FieldName: o.Name, adapters.FieldPrice: itoa(o.Price)}
	if o.Stock != nil {
		f[adapters.FieldStock] = itoa(*o.Stock)
	}
	for _, p := range m.problems {
		delete(f, adapters.Field(p.Field))
	}
	return f, m.problems
}

func (market) CheckShop(s adapters.Shop) []adapters.Problem {
	if s.Phone == "" {
		return []adapters.Problem{{Field: "phone", Code: "phone.missing"}}
	}
	return nil
}

func itoa(n int64) string {
	if n == 0 {
		return "0"
	}
	var b []byte
	for ; n > 0; n /= 10 {
		b = append([]byte{byte('0' + n%10)}, b...)
	}
	return string(b)
}

// subject is a good product: live, applied and seen as it is wanted.
func subject(change func(*catalog.Subject, *catalog.LaneSide)) catalog.Subject {
	stock := int64(7)
	s := catalog.Subject{
		Product:  catalog.Product{Code: "40-1-1-1-2025", ProductSet: "01"},
		Standing: catalog.Standing{Stars: 3, ValidUntil: "2027-01-01", Ordered: true},
		Producer: catalog.Producer{Ref: "p", Name: "HTX", Phone: "0912345678"},
		SKU:      &catalog.SKU{Code: "001", Name: "Cam Vinh", Price: 50000, Stock: &stock},
	}
	side := catalog.LaneSide{
		Shop: catalog.Shop{RemoteID: "s1"},
		Listing: catalog.Listing{
			SKU: "001", RemoteID: "r1", RemoteSKU: "001", MarketState: "live", WantedLive: true,
			Seen: map[string]string{"name": "Cam Vinh", "price": "50000", "stock": "7"},
			Applied: map[string]catalog.AppliedField{
				"name": {Sent: "Cam Vinh", Echo: "Cam Vinh"}, "price": {Sent: "50000", Echo: "50000"}, "stock": {Sent: "7", Echo: "7"},
			},
		},
	}
	if change != nil {
		change(&s, &side)
	}
	s.Lanes = map[string]catalog.LaneSide{"m": side}
	return s
}

func absentOn(side *catalog.LaneSide) {
	side.Listing = catalog.Listing{SKU: "001", MarketState: "absent", WantedLive: true}
}

func TestDecide(t *testing.T) {
	t.Parallel()
	type sub = *catalog.Subject
	type side = *catalog.LaneSide
	cases := map[string]struct {
		change func(sub, side)
		market market
		policy catalog.Policy
		ops    []adapters.Op
		held   []adapters.Op
		state  catalog.SyncState
		reason string
	}{
		"what is as wanted costs nothing":                  {state: "applied"},
		"an eligible product that is absent is created":    {change: func(_ sub, l side) { absentOn(l) }, ops: ops("create"), state: "waiting"},
		"observing creates nothing":                        {change: func(_ sub, l side) { absentOn(l) }, policy: "observe", held: ops("create"), state: "waiting"},
		"an expired product that is live is closed":        {change: func(s sub, _ side) { s.Standing.ValidUntil = "2026-11-23" }, ops: ops("close"), state: "waiting", reason: "excluded.expired"},
		"the last valid day counts":                        {change: func(s sub, _ side) { s.Standing.ValidUntil = "2026-11-24" }, state: "applied"},
		"upsert-only closes nothing":                       {change: func(s sub, _ side) { s.Standing.ValidUntil = "2026-11-23" }, policy: "upsert-only", held: ops("close"), state: "waiting", reason: "excluded.expired"},
		"validity unknown closes nothing that stands":      {change: func(s sub, _ side) { s.Standing.ValidUntil = "" }, state: "needs_fixing", reason: "excluded.validity_unknown"},
		"validity unknown lists nothing new":               {change: func(s sub, l side) { s.Standing.ValidUntil = ""; absentOn(l) }, state: "excluded", reason: "excluded.validity_unknown"},
		"stars unknown closes nothing":                     {change: func(s sub, _ side) { s.Standing.Stars = 0 }, state: "needs_fixing", reason: "excluded.stars_unknown"},
		"recognitions that can't be ordered close nothing": {change: func(s sub, _ side) { s.Standing.Ordered = false }, state: "needs_fixing", reason: "excluded.unordered_recognitions"},
		"a revoked product is closed":                      {change: func(s sub, _ side) { s.Standing.Revoked = true }, ops: ops("close"), state: "waiting", reason: "excluded.revoked"},
		"two stars are closed":                             {change: func(s sub, _ side) { s.Standing.Stars = 2 }, ops: ops("close"), state: "waiting", reason: "excluded.below_three_stars"},
		"closed already and not eligible: nothing":         {change: func(s sub, l side) { s.Standing.Stars = 2; l.Listing.MarketState = "closed" }, state: "excluded", reason: "excluded.below_three_stars"},
		"tourism is never offered":                         {change: func(s sub, l side) { s.Product.ProductSet = "26"; s.SKU = nil; absentOn(l) }, state: "excluded", reason: "excluded.tourism"},
		"a product without SKU has its reason":             {change: func(s sub, l side) { s.SKU = nil; absentOn(l) }, state: "excluded", reason: "excluded.no_sku"},
		"what is not sold there is left out":               {change: func(s sub, l side) { s.Product.ProductSet = "14"; absentOn(l) }, state: "excluded", reason: "not_sold.alcohol"},
		"a new price goes alone":                           {change: func(s sub, _ side) { s.SKU.Price = 60000 }, ops: ops("update_offer"), state: "waiting"},
		"a price that they changed is asked about":         {change: func(_ sub, l side) { l.Listing.Seen["price"] = "55000" }, state: "needs_fixing", reason: "drift.ask"},
		"a price that both changed is not sent":            {change: func(s sub, l side) { s.SKU.Price = 60000; l.Listing.Seen["price"] = "55000" }, state: "needs_fixing", reason: "drift.both_changed"},
		"stock that sales lowered stays":                   {change: func(_ sub, l side) { l.Listing.Seen["stock"] = "3" }, state: "applied"},
		"a price change leaves sold stock alone":           {change: func(s sub, l side) { s.SKU.Price = 60000; l.Listing.Seen["stock"] = "3" }, ops: ops("update_offer"), state: "waiting"},
		"unknown stock is never sent":                      {change: func(s sub, _ side) { s.SKU.Stock = nil }, state: "applied"},
		"the register's own new stock is sent":             {change: func(s sub, l side) { n := int64(9); s.SKU.Stock = &n; l.Listing.Seen["stock"] = "3" }, ops: ops("update_offer"), state: "waiting"},
		"a name that the seller changed is set back":       {change: func(_ sub, l side) { l.Listing.Seen["name"] = "Cam" }, ops: ops("update_content"), state: "waiting"},
		"a name that both changed is asked about":          {change: func(s sub, l side) { s.SKU.Name = "Cam Vinh 1 kg"; l.Listing.Seen["name"] = "Cam" }, state: "needs_fixing", reason: "drift.both_changed"},
		"a rewritten name is left alone": {change: func(_ sub, l side) {
			l.Listing.Seen["name"] = "Cam vinh"
			l.Listing.Applied["name"] = catalog.AppliedField{Sent: "Cam Vinh", Echo: "Cam vinh"}
		}, state: "applied"},
		"a write ignored three times is left alone": {change: func(_ sub, l side) {
			l.Listing.Seen["name"] = "Cam"
			l.Listing.Applied["name"] = catalog.AppliedField{Sent: "Cam Vinh", Echo: "Cam", Ignored: 3}
		}, state: "needs_fixing", reason: "drift.ignored"},
		"what needs fixing is not created": {change: func(_ sub, l side) { absentOn(l) }, market: market{[]adapters.Problem{{Field: "price", Code: "price.missing"}}}, state: "needs_fixing", reason: "price.missing"},
		"an incomplete product that is live keeps its sound fields right": {change: func(_ sub, l side) { l.Listing.Seen["name"] = "Cam" },
			market: market{[]adapters.Problem{{Field: "price", Code: "price.missing"}}}, ops: ops("update_content"), state: "needs_fixing", reason: "price.missing"},
		"a shop that can't be made needs fixing":                  {change: func(s sub, l side) { absentOn(l); l.Shop = catalog.Shop{}; s.Producer.Phone = "" }, state: "needs_fixing", reason: "phone.missing"},
		"a shop that stands needs no telephone":                   {change: func(s sub, l side) { absentOn(l); s.Producer.Phone = "" }, ops: ops("create"), state: "waiting"},
		"closed by us and eligible again: reopened":               {change: func(_ sub, l side) { l.Listing.MarketState = "closed"; l.Listing.WantedLive = false }, ops: ops("reopen"), state: "waiting"},
		"closed by others stays closed":                           {change: func(_ sub, l side) { l.Listing.MarketState = "closed" }, state: "needs_fixing", reason: "listing.closed_by_other"},
		"vanished is not made again":                              {change: func(_ sub, l side) { l.Listing.MarketState = "absent" }, state: "needs_fixing", reason: "listing.vanished"},
		"a SKU that may be another's new name is not created":     {change: func(s sub, l side) { absentOn(l); s.Succession = true }, state: "needs_fixing", reason: "listing.succession_unclear"},
		"a SKU that may be listed by hand already is not created": {change: func(_ sub, l side) { absentOn(l); l.Uncertain = true }, state: "needs_fixing", reason: "listing.uncertain_match"},
		"locked by their staff: nothing":                          {change: func(s sub, l side) { l.Listing.MarketState = "locked"; s.SKU.Price = 1 }, state: "needs_fixing", reason: "listing.locked"},
		"rejected and unchanged needs fixing": {change: func(_ sub, l side) {
			l.Listing.MarketState = "rejected"
			l.Listing.Rejections = []catalog.Rejection{{Code: "image_quality"}}
		}, state: "needs_fixing", reason: "rejected.image_quality"},
		"rejected and mended goes to review again": {change: func(s sub, l side) { l.Listing.MarketState = "rejected"; s.SKU.Name = "Cam Vinh loại 1" }, ops: ops("update_content"), state: "waiting"},
		"made by hand is given our SKU":            {change: func(_ sub, l side) { l.Listing.RemoteSKU = "" }, ops: ops("adopt"), state: "waiting"},
		"an unknown outcome is settled first":      {change: func(_ sub, l side) { l.OpenIntent = true }, state: "checking"},
		"withdrawn by a person is closed":          {change: func(s sub, _ side) { s.Withdrawn = true }, ops: ops("close"), state: "waiting", reason: "excluded.withdrawn"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.policy == "" {
				c.policy = catalog.PolicySync
			}
			s := subject(func(s *catalog.Subject, l *catalog.LaneSide) {
				if c.change != nil {
					c.change(s, l)
				}
			})
			d := Decide(s, c.market, Settings{Today: "2026-11-24", Owners: DefaultOwners(), Policy: c.policy})
			if !slices.Equal(d.Ops, c.ops) || !slices.Equal(d.Held, c.held) || d.State != c.state {
				t.Errorf("ops %v held %v state %s, want %v %v %s", d.Ops, d.Held, d.State, c.ops, c.held, c.state)
			}
			got := ""
			if len(d.Reasons) > 0 {
				got = d.Reasons[0].Code
			}
			if got != c.reason {
				t.Errorf("reason %q, want %q", got, c.reason)
			}
		})
	}
}

func ops(words ...adapters.Op) []adapters.Op { return words }

func TestPriceAloneCarriesThePriceAlone(t *testing.T) {
	t.Parallel()
	s := subject(func(s *catalog.Subject, l *catalog.LaneSide) { s.SKU.Price = 60000; l.Listing.Seen["stock"] = "3" })
	d := Decide(s, market{}, Settings{Today: "2026-11-24", Owners: DefaultOwners(), Policy: catalog.PolicySync})
	if len(d.Prices) != 1 || d.Prices[0] != adapters.FieldPrice || len(d.Content) != 0 {
		t.Errorf("prices %v, content %v: want the price alone", d.Prices, d.Content)
	}
}

func TestARefusalIsNotSentAgainUntilTheDataChange(t *testing.T) {
	t.Parallel()
	set := Settings{Today: "2026-11-24", Owners: DefaultOwners(), Policy: catalog.PolicySync}
	fresh := func(change func(*catalog.Subject, *catalog.LaneSide)) Decision {
		return Decide(subject(func(s *catalog.Subject, l *catalog.LaneSide) { absentOn(l); change(s, l) }), market{}, set)
	}
	refused := fresh(func(*catalog.Subject, *catalog.LaneSide) {}).Digest
	mark := func(l *catalog.LaneSide) {
		l.Listing.Refused, l.Listing.Reasons = refused, []catalog.Reason{{Code: "name.not_allowed"}}
	}
	d := fresh(func(_ *catalog.Subject, l *catalog.LaneSide) { mark(l) })
	if len(d.Ops) != 0 || d.State != catalog.SyncNeedsFixing || d.Reasons[0].Code != "name.not_allowed" {
		t.Errorf("the same again: %v %s %v", d.Ops, d.State, d.Reasons)
	}
	d = fresh(func(s *catalog.Subject, l *catalog.LaneSide) { mark(l); s.SKU.Name = "Cam Vinh tươi" })
	if len(d.Ops) != 1 {
		t.Errorf("mended: ops %v, want a create", d.Ops)
	}
}

func TestBrakes(t *testing.T) {
	t.Parallel()
	limits := DefaultLimits()
	harm := func(live, closes int) Harm {
		return Harm{"m": {Live: live, By: map[Brake]int{BrakeClose: closes, BrakeLast: closes}}}
	}
	cases := map[string]struct {
		harm   Harm
		lifted []string
		want   Brake
	}{
		"five closings pass":                 {harm: harm(50, 5)},
		"six of fifty are stopped":           {harm: harm(50, 6), want: BrakeClose},
		"five percent of a thousand pass":    {harm: harm(1000, 50)},
		"more are stopped":                   {harm: harm(1000, 51), want: BrakeClose},
		"lifted by name passes":              {harm: harm(1000, 51), lifted: []string{"close"}},
		"the last one is stopped even then":  {harm: harm(6, 6), lifted: []string{"close"}, want: BrakeLast},
		"the last of five may go":            {harm: harm(5, 5)},
		"another brake lifted does not help": {harm: harm(50, 6), lifted: []string{"stock"}, want: BrakeClose},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := limits.Check(c.harm, c.lifted)
			if got == nil && c.want != "" || got != nil && got.Brake != c.want {
				t.Errorf("stopped %+v, want %q", got, c.want)
			}
		})
	}
}
