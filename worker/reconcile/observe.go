package reconcile

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"

	"lensan/adapters"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/fold"
)

// observePage is how many listings are matched and written at once.
const observePage = 200

// Observe reads a marketplace whole and links what it finds:
//
//	remote id on record                       → that SKU's listing
//	one of our SKUs, in its producer's shop   → adopted, however it came there
//	the same, but the SKU is linked elsewhere → a double
//	no SKU, in a known producer's shop        → made by hand; adopted where the title is a SKU's
//	anything else                             → foreign; never touched
//
// A reading that fails part way records what it saw and proves no absence.
func (r *Runner) Observe(ctx context.Context, m string) error {
	started, err := r.readingBegan(ctx, m)
	if err != nil {
		return err
	}
	a := r.Adapters[m]
	o := &observation{Runner: r, m: m, adapter: a, started: started}
	var page []adapters.Listing
	for l, err := range a.List(ctx, adapters.ListQuery{}) {
		if err != nil {
			if flushErr := o.take(ctx, page); flushErr != nil {
				return flushErr
			}
			if readErr := r.Store.LaneRead(ctx, m, started, "lane.reading_incomplete"); readErr != nil {
				return readErr
			}
			return err
		}
		if page = append(page, l); len(page) == observePage {
			if err := o.take(ctx, page); err != nil {
				return err
			}
			page = page[:0]
		}
	}
	if err := o.take(ctx, page); err != nil {
		return err
	}
	missing, err := r.Store.FinishReading(ctx, m, started, a.Capabilities().VisibilityLag())
	if err != nil {
		return err
	}
	if missing, err = o.confirmMissing(ctx, missing); err != nil {
		return err
	}
	return r.reportMissing(ctx, m, missing)
}

// confirmMissing asks by id for listings that a reading did not show, and
// returns the SKUs of those that are not there: a list may end early and claim
// to be whole.
func (o *observation) confirmMissing(ctx context.Context, skus []string) ([]string, error) {
	rows, err := o.Store.Listings(ctx, []string{o.m}, skus)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	var gone []string
	for part := range slices.Chunk(rows, observePage) {
		ids := make([]string, len(part))
		for i, row := range part {
			ids[i] = row.RemoteID
		}
		there, fault := o.adapter.Get(ctx, ids)
		if fault != nil {
			return nil, fault
		}
		var page []adapters.Listing
		for _, row := range part {
			if l, ok := there[row.RemoteID]; ok {
				page = append(page, l)
			} else {
				gone = append(gone, row.SKU)
			}
		}
		if len(page) > 0 {
			o.Log.Warn("a list that claims to be whole lacks listings", "marketplace", o.m, "count", len(page))
		}
		if err := o.take(ctx, page); err != nil {
			return nil, err
		}
	}
	return gone, nil
}

// reportMissing marks listings that a whole reading did not show. A listing is
// never made again for that: a person decides.
func (r *Runner) reportMissing(ctx context.Context, m string, skus []string) error {
	if len(skus) == 0 {
		return nil
	}
	r.Log.Error("listings are gone from the marketplace", "marketplace", m, "count", len(skus))
	return r.Store.MarkVanished(ctx, m, skus, catalog.Reason{Code: "listing.vanished"})
}

type observation struct {
	*Runner
	m       string
	adapter adapters.Adapter
	started time.Time
}

// take links and writes one page.
func (o *observation) take(ctx context.Context, page []adapters.Listing) error {
	if len(page) == 0 {
		return nil
	}
	var ids, skus []string
	for _, l := range page {
		ids = append(ids, l.RemoteID)
		if l.SKU != "" {
			skus = append(skus, l.SKU)
		}
	}
	known, err := o.Store.ListingsByRemote(ctx, o.m, ids)
	if err != nil {
		return err
	}
	byRemote := map[string]catalog.Listing{}
	for _, row := range known {
		byRemote[row.RemoteID] = row
	}
	homes, err := o.homes(ctx, page, byRemote, skus)
	if err != nil {
		return err
	}
	var rows []catalog.Listing
	var linked []string
	var rest []adapters.Listing
	for _, l := range page {
		row, ok := byRemote[l.RemoteID]
		if !ok {
			home, ours := homes[l.SKU]
			if l.SKU == "" || !ours || home.ShopID == "" || home.ShopID != l.ShopID || home.RemoteID != "" {
				rest = append(rest, l)
				continue
			}
			row = catalog.Listing{Marketplace: o.m, SKU: l.SKU, WantedLive: true, SyncState: catalog.SyncWaiting}
			home.RemoteID = l.RemoteID // a second one on this page is a double
			homes[l.SKU] = home
		}
		rows = append(rows, seenAs(row, l, o.started, o.ReviewPoll))
		linked = append(linked, l.RemoteID)
	}
	adopted, unlinked, err := o.unlinked(ctx, rest, homes)
	if err != nil {
		return err
	}
	for _, row := range adopted {
		linked = append(linked, row.RemoteID)
	}
	if err := o.Store.SaveSeen(ctx, append(rows, adopted...), o.started, o.adapter.Capabilities().ReadLag); err != nil {
		return err
	}
	return o.Store.SaveUnlinked(ctx, o.m, unlinked, linked)
}

// homes tells where the page's SKUs belong. After a lost database the shops
// are asked for, once each.
func (o *observation) homes(ctx context.Context, page []adapters.Listing, byRemote map[string]catalog.Listing, skus []string) (map[string]store.SKUHome, error) {
	homes, err := o.Store.SKUHomes(ctx, o.m, skus)
	if err != nil {
		return nil, err
	}
	var found []catalog.Shop
	ids := map[string]string{}
	for _, l := range page {
		home, ours := homes[l.SKU]
		if _, linked := byRemote[l.RemoteID]; linked || !ours || home.ShopID != "" || home.ProducerRef == "" {
			continue
		}
		id, asked := ids[home.ProducerRef]
		if !asked {
			shop, err := o.adapter.FindShop(ctx, home.ProducerRef)
			if err != nil {
				return nil, err
			}
			if shop != nil {
				id = shop.ID
				found = append(found, catalog.Shop{Marketplace: o.m, ProducerRef: home.ProducerRef, RemoteID: shop.ID, Status: string(shop.Status), SeenAt: o.Now()})
			}
			ids[home.ProducerRef] = id
		}
		home.ShopID = id
		homes[l.SKU] = home
	}
	return homes, o.Store.SaveSeenShops(ctx, found)
}

// unlinked sorts what is no SKU's listing, and adopts what was made by hand
// under exactly the title of one SKU of that shop's producer.
func (o *observation) unlinked(ctx context.Context, rest []adapters.Listing, homes map[string]store.SKUHome) ([]catalog.Listing, []store.UnlinkedListing, error) {
	if len(rest) == 0 {
		return nil, nil, nil
	}
	var shopIDs []string
	for _, l := range rest {
		shopIDs = append(shopIDs, l.ShopID)
	}
	shops, err := o.Store.ShopsByRemote(ctx, o.m, shopIDs)
	if err != nil {
		return nil, nil, err
	}
	ours := map[string]bool{}
	for _, s := range shops {
		ours[s.RemoteID] = true
	}
	candidates, err := o.Store.UnlistedIn(ctx, o.m, shopIDs)
	if err != nil {
		return nil, nil, err
	}
	titles := map[string]int{} // of the page, by shop and title
	for _, l := range rest {
		titles[l.ShopID+"\n"+title(l.Fields[adapters.FieldName], "")]++
	}
	var adopted []catalog.Listing
	var out []store.UnlinkedListing
	var ask []catalog.Decision
	for _, l := range rest {
		u := store.UnlinkedListing{Marketplace: o.m, RemoteID: l.RemoteID, ShopID: l.ShopID, SKU: l.SKU, State: string(l.State),
			Name: l.Fields[adapters.FieldName], Kind: "foreign", URL: l.URL, SeenAt: o.started.UnixMilli()}
		switch home, known := homes[l.SKU]; {
		case l.SKU != "" && known && home.ShopID == l.ShopID && l.ShopID != "":
			u.Kind = "double"
			ask = append(ask, catalog.Decision{Kind: catalog.DecideDouble, Subject: o.m + "/" + l.RemoteID, Marketplace: o.m, SKU: l.SKU, ProductCode: home.ProductCode,
				Stake: map[string]string{"sku": l.SKU, "remote_id": l.RemoteID, "other_id": home.RemoteID, "url": l.URL, "name": u.Name}})
		case l.SKU == "" && ours[l.ShopID]:
			u.Kind = "hand_made"
			if sku, ok := sameTitle(l, candidates); ok && titles[l.ShopID+"\n"+title(u.Name, "")] == 1 {
				row := catalog.Listing{Marketplace: o.m, SKU: sku, WantedLive: true, SyncState: catalog.SyncWaiting}
				adopted = append(adopted, seenAs(row, l, o.started, o.ReviewPoll))
				continue
			}
			ask = append(ask, o.likelyMatches(l, candidates)...)
		}
		out = append(out, u)
	}
	_, err = o.Store.PutDecisions(ctx, ask)
	return adopted, out, err
}

// likelyMatches asks about each SKU whose name is the title but for accents,
// or that holds it or is held by it. Until the answer that SKU is not created.
// One that was answered as different before is not asked about again.
func (o *observation) likelyMatches(l adapters.Listing, candidates []store.SKUHome) []catalog.Decision {
	var out []catalog.Decision
	name := fold.Search(title(l.Fields[adapters.FieldName], ""))
	for _, c := range candidates {
		other := fold.Search(title(c.Name, c.Producer))
		if c.ShopID != l.ShopID || name == "" || other == "" || !strings.Contains(name, other) && !strings.Contains(other, name) {
			continue
		}
		out = append(out, catalog.Decision{Kind: catalog.DecideUncertainMatch, Subject: o.m + "/" + l.RemoteID + "/" + c.SKU, Marketplace: o.m, SKU: c.SKU,
			ProductCode: c.ProductCode, Stake: map[string]string{"sku": c.SKU, "remote_id": l.RemoteID, "shop_id": l.ShopID, "state": string(l.State),
				"title": l.Fields[adapters.FieldName], "name": c.Name, "url": l.URL}})
	}
	return out
}

// sameTitle finds the one SKU whose name is the listing's title, with its
// accents: mật is not mát.
func sameTitle(l adapters.Listing, candidates []store.SKUHome) (sku string, ok bool) {
	n := 0
	for _, c := range candidates {
		if c.ShopID == l.ShopID && title(c.Name, c.Producer) == title(l.Fields[adapters.FieldName], c.Producer) {
			sku = c.SKU
			n++
		}
	}
	return sku, n == 1
}

// title is a name in lower case with single spaces and without a trailing
// producer's name. Both sides are NFC: the register's by import, the
// marketplace's by its own normalising.
func title(name, producer string) string {
	name = strings.Join(strings.Fields(strings.ToLower(name)), " ")
	producer = strings.Join(strings.Fields(strings.ToLower(producer)), " ")
	if producer != "" {
		if cut, ok := strings.CutSuffix(name, producer); ok {
			name = strings.TrimRightFunc(cut, func(r rune) bool { return unicode.IsSpace(r) || r == '-' || r == '–' || r == ',' })
		}
	}
	return name
}

// seenAs is row as the marketplace now shows it.
func seenAs(row catalog.Listing, l adapters.Listing, at time.Time, poll time.Duration) catalog.Listing {
	row.RemoteID, row.ShopID, row.RemoteSKU = l.RemoteID, l.ShopID, l.SKU
	row.RemoteURL, row.Version = l.URL, l.Version
	if string(l.State) != row.MarketState {
		row.MarketState, row.MarketSince = string(l.State), at
	}
	row.Seen = make(map[string]string, len(l.Fields))
	for f, v := range l.Fields {
		row.Seen[string(f)] = v
	}
	row.Applied = believed(row.Applied, row.Seen)
	row.Rejections = nil
	for _, j := range l.Rejections {
		row.Rejections = append(row.Rejections, catalog.Rejection{Code: j.Code, Message: j.Message})
	}
	row.RemoteUpdatedAt, row.RemoteUpdatedBy = l.UpdatedAt, l.UpdatedBy
	row.SeenAt = at
	if !l.SeenAt.IsZero() { // a list that a person brought
		row.SeenAt = l.SeenAt
	}
	row.LookAt = time.Time{}
	if l.State == adapters.PendingReview {
		row.LookAt = at.Add(reviewDelay(at.Sub(row.MarketSince), poll))
	}
	return row
}

// reviewDelay is how long to wait until the next look at a listing that has
// been in review for waited: a quarter of that, at least poll, at most 6 h.
func reviewDelay(waited, poll time.Duration) time.Duration {
	return min(max(waited/4, poll), 6*time.Hour)
}
