package reconcile_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"lensan/adapters/sandbox"
	"lensan/store"
	"lensan/store/catalog"
)

// edit changes a SKU's product as its seller does in the portal.
func (l *lab) edit(m, sku string, fields map[string]any) {
	l.t.Helper()
	b, err := json.Marshal(fields)
	if err != nil {
		l.t.Fatal(err)
	}
	if err := l.sandbox.EditBySeller(m, l.only(m, sku).ID, b); err != nil {
		l.t.Fatal(err)
	}
}

func TestF03_ARenamedSKUKeepsItsListing(t *testing.T) {
	eachLab(t, labOptions{}, func(t *testing.T, l *lab) {
		all := goods(6)
		l.listed(all)
		before := map[string]string{}
		for m := range l.adapters {
			before[m] = l.only(m, "NM00002").ID
		}
		all[1].old, all[1].sku = all[1].sku, "MOI-0002"
		l.importGoods(all)
		l.sync(store.RunRequest{})
		l.reconcile()
		l.settle()
		for m := range l.adapters {
			if n := l.calls(m, createOp[m]); n > 0 {
				t.Errorf("%s: %d creates after a rename", m, n)
			}
			if row := l.listing(m, "MOI-0002"); row.RemoteID != before[m] || row.MarketState != "live" {
				t.Errorf("%s: linked to %q, want %q (%s)", m, row.RemoteID, before[m], row.MarketState)
			}
		}
		if d := l.decisions(); len(d) > 0 {
			t.Errorf("a declared rename is asked about: %+v", d[0])
		}
	})
}

func TestF03_AnUndeclaredRenameIsAsked(t *testing.T) {
	eachLab(t, labOptions{}, func(t *testing.T, l *lab) {
		all := goods(6)
		l.listed(all)
		all[1].sku = "MOI-0002"
		l.importGoods(all)
		l.sync(store.RunRequest{})
		for m := range l.adapters {
			if n := l.calls(m, createOp[m]); n > 0 {
				t.Errorf("%s: %d creates of what may be a rename", m, n)
			}
			l.wantReason(m, "MOI-0002", catalog.SyncNeedsFixing, "listing.succession_unclear")
		}
	})
}

// snapshot is every product of a marketplace that is foreign, byte by byte.
func (l *lab) foreign(m string, ids []string) []string {
	l.t.Helper()
	var out []string
	for _, id := range ids {
		p, err := l.sandbox.Product(m, id)
		if err != nil {
			l.t.Fatal(err)
		}
		out = append(out, string(p.Wire)+p.Status)
	}
	return out
}

func TestF08_ForeignListingsAreNeverTouched(t *testing.T) {
	eachLab(t, labOptions{}, func(t *testing.T, l *lab) {
		all := goods(6)
		l.listed(all)
		ids, before := map[string][]string{}, map[string][]string{}
		for m := range l.adapters {
			shops, err := l.sandbox.Shops(m)
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range []sandbox.HandMade{
				{Shop: shops[0].ID, Name: "Vé tham quan làng nghề nước mắm", Price: 100000, Stock: 5},
				{Shop: shops[0].ID, SKU: "CUA-TOI-1", Name: "Mắm tôm Quỳnh Dị thượng hạng", Price: 90000, Stock: 5},
				{Shop: shops[1].ID, SKU: "NM00001", Name: "Hàng của cửa hàng khác, trùng mã", Price: 70000, Stock: 1},
			} {
				id, err := l.sandbox.AddByHand(m, h)
				if err != nil {
					t.Fatal(err)
				}
				ids[m] = append(ids[m], id)
			}
		}
		l.clock.jump(time.Minute)
		for m := range l.adapters {
			before[m] = l.foreign(m, ids[m])
		}
		for i := range sized(100, 24) {
			switch i % 4 {
			case 0:
				l.importGoods(repriced(all, int64(i%7)))
				l.sync(store.RunRequest{})
			case 1:
				l.reconcile()
			case 2:
				all[i%6].description += "."
				l.importGoods(all)
				l.sync(store.RunRequest{})
			case 3:
				l.sync(store.RunRequest{Scope: catalog.Scope{Producers: []string{all[0].producer}}})
			}
		}
		for m := range l.adapters {
			if after := l.foreign(m, ids[m]); !slices.Equal(before[m], after) {
				t.Errorf("%s: foreign listings differ after all runs:\n%v\n%v", m, before[m], after)
			}
		}
	})
}

// On a marketplace with listings made by hand the first run doubles none of
// them: those with a SKU's exact title are adopted, a look-alike is asked about.
func TestF01_ListingsMadeByHandAreAdoptedOnTheFirstRun(t *testing.T) {
	eachLab(t, labOptions{}, func(t *testing.T, l *lab) {
		all := goods(10)
		all[9].sale = "Mật ong rừng Vạn Phần nguyên chất"
		// A first installation made the shops, and lost its database.
		l.importGoods(all)
		l.sync(store.RunRequest{Scope: catalog.Scope{SKUs: []string{"NM00001", "NM00006"}}})
		l.settle()
		byHand := map[string]string{}
		for m := range l.adapters {
			shops, err := l.sandbox.Shops(m)
			if err != nil || len(shops) != 2 {
				t.Fatal(len(shops), err)
			}
			for i, name := range map[int]string{1: "NƯỚC MẮM CÁ CƠM   truyền thống số 2", 6: all[6].sale + " - " + all[6].producer, 9: "Mát ong rừng Vạn Phần nguyên chất"} {
				id, err := l.sandbox.AddByHand(m, sandbox.HandMade{Shop: shops[i/5].ID, Name: name, Price: 50000 + 1000*int64(i), Stock: 3})
				if err != nil {
					t.Fatal(err)
				}
				byHand[m+all[i].sku] = id
			}
		}
		l.clock.jump(2 * time.Minute)
		for _, table := range []string{"listings", "shops", "media", "intents", "items", "batches", "runs", "unlinked_listings"} {
			l.db.Exec(t, "DELETE FROM "+table)
		}
		l.db.Exec(t, "UPDATE accounts SET read_whole_at = 0")
		l.resetLedgers()
		l.sync(store.RunRequest{})
		l.settle()
		for m := range l.adapters {
			for _, i := range []int{1, 6} {
				if row := l.listing(m, all[i].sku); row.RemoteID != byHand[m+all[i].sku] || row.RemoteSKU != all[i].sku {
					t.Errorf("%s %s: linked to %q as %q, want the one made by hand, %q", m, all[i].sku, row.RemoteID, row.RemoteSKU, byHand[m+all[i].sku])
				}
			}
			l.wantReason(m, all[9].sku, catalog.SyncNeedsFixing, "listing.uncertain_match")
			led := l.ledger(m)
			if n := len(led.Made); n != 5 {
				t.Errorf("%s: %d made, want the 5 that stood nowhere: %v", m, n, led.Made)
			}
			if len(led.Doubles) > 0 {
				t.Errorf("%s: doubles %v", m, led.Doubles)
			}
			counts, err := l.sandbox.Counts(m)
			if err != nil || sum(counts) != 10 {
				t.Errorf("%s holds %v, want 10 (%v)", m, counts, err)
			}
		}
	})
}

// Seller edits, field by field: content is pushed back, a price is asked about,
// stock is theirs; where both changed nothing is sent.
func TestSellerEditsAreDecidedByTheOwnerOfTheField(t *testing.T) {
	eachLab(t, labOptions{}, func(t *testing.T, l *lab) {
		all := goods(6)
		l.listed(all)
		for m := range l.adapters {
			l.edit(m, "NM00001", map[string]any{"name": "Nước mắm rẻ nhất chợ"})
			l.edit(m, "NM00002", map[string]any{"price": 61000})
			l.edit(m, "NM00003", map[string]any{map[string]string{"postmart": "stock", "voso": "quantity"}[m]: 7})
			l.edit(m, "NM00004", map[string]any{"price": 63000})
		}
		all[3].price = "70000"
		l.importGoods(all)
		l.clock.jump(time.Minute)
		l.reconcile()
		l.settle()
		for m := range l.adapters {
			if p := l.only(m, "NM00001"); p.Name != all[0].sale {
				t.Errorf("%s: name %q, want ours again", m, p.Name)
			}
			for sku, want := range map[string]int64{"NM00002": 61000, "NM00004": 63000} {
				if p := l.only(m, sku); p.Price != want {
					t.Errorf("%s %s: price %d, want theirs, %d", m, sku, p.Price, want)
				}
			}
			for _, sku := range []string{"NM00002", "NM00004"} { // nor a price to cross out beside theirs
				if n := l.db.Int(t, "SELECT COUNT(*) FROM intents WHERE marketplace = ? AND sku = ? AND op = 'update_offer'", m, sku); n > 0 {
					t.Errorf("%s %s: %d offers were sent while a person is asked about the price", m, sku, n)
				}
			}
			l.wantReason(m, "NM00002", catalog.SyncNeedsFixing, "drift.ask")
			l.wantReason(m, "NM00004", catalog.SyncNeedsFixing, "drift.both_changed")
			if p := l.only(m, "NM00003"); p.Stock != 7 {
				t.Errorf("%s: stock %d, want theirs", m, p.Stock)
			}
			l.wantReason(m, "NM00003", catalog.SyncApplied, "")
		}
		if d := l.decisions(); len(d) != 4 {
			t.Errorf("%d decisions, want 4: a price asked about and one changed on both sides, on each marketplace", len(d))
		}
	})
}
