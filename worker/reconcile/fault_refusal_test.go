package reconcile_test

import (
	"strings"
	"testing"
	"time"

	"lensan/adapters/sandbox"
	"lensan/store"
	"lensan/store/catalog"
)

// A price that is refused is asked once, holds up no name, and goes out again
// when it has changed.
func TestF18_ARefusedPriceHoldsUpNoName(t *testing.T) {
	eachLab(t, labOptions{}, func(t *testing.T, l *lab) {
		all := goods(4)
		l.listed(all)
		for m := range l.adapters { // once: sent again, it would be taken
			l.fault(sandbox.Fault{Market: m, Op: offerOp[m], Kind: sandbox.RefuseItems, SKUs: []string{"NM00002", l.only(m, "NM00002").ID}, Code: map[string]string{"postmart": "media_too_large", "voso": "PRICE_INVALID"}[m], Count: 1})
		}
		was := all[1].price
		all[1].price, all[1].sale = "57000", "Nước mắm cá cơm Vạn Phần hảo hạng"
		l.importGoods(all)
		run := l.sync(store.RunRequest{})
		for range 3 {
			l.settle()
			l.clock.jump(24 * time.Hour)
			l.sync(store.RunRequest{})
			l.reconcile()
		}
		for m := range l.adapters {
			p := l.only(m, "NM00002")
			if p.Name != all[1].sale || itoa(p.Price) != was {
				t.Errorf("%s: %q at %d, want the new name and the price of before, %s", m, p.Name, p.Price, was)
			}
			if row := l.listing(m, "NM00002"); row.SyncState != catalog.SyncNeedsFixing || len(row.Reasons) == 0 {
				t.Errorf("%s: %s %v, want the refusal's reason", m, row.SyncState, row.Reasons)
			}
		}
		l.wantWrites(2, 2) // the price, once, and the name
		if s := l.state(run); s != catalog.RunFailed {
			t.Errorf("a run whose price was refused ended as %s", s)
		}
		all[1].price = "58000"
		l.importGoods(all)
		l.sync(store.RunRequest{})
		l.settle()
		l.wantOnce(4)
		for m := range l.adapters {
			if p := l.only(m, "NM00002"); p.Price != 58000 {
				t.Errorf("%s: price %d after it was mended", m, p.Price)
			}
			if row := l.listing(m, "NM00002"); row.Refused != "" {
				t.Errorf("%s: still held as refused: %s", m, row.Refused)
			}
		}
	})
}

// All that is refused has its reason, however much it is: 15,000 in the whole
// size. Each can be listed, found by its reason, and counted.
func TestF28_EveryRefusalHasItsReason(t *testing.T) {
	eachLab(t, labOptions{}, func(t *testing.T, l *lab) {
		n := sized(7500, 200)
		all := goods(n)
		skus := make([]string, n)
		for i, g := range all {
			skus[i] = g.sku
		}
		l.importGoods(all)
		l.fault(sandbox.Fault{Market: "postmart", Op: createOp["postmart"], Kind: sandbox.Answer, Code: "media_too_large"})
		l.fault(sandbox.Fault{Market: "voso", Op: createOp["voso"], Kind: sandbox.RefuseItems, SKUs: skus, Code: "PRICE_INVALID"})
		run := l.sync(store.RunRequest{})
		if c := l.counts(run.ID); c.Failed != 2*n || c.Total() != 2*n || l.state(run) != catalog.RunFailed {
			t.Errorf("items %+v, %s, want %d failed", c, l.state(run), 2*n)
		}
		seen := map[string]bool{}
		for f := (store.ItemFilter{RunID: run.ID, State: catalog.ItemFailed, Limit: 1000}); ; {
			items, err := l.store.ListItems(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			for _, it := range items {
				if it.ReasonCode == "" {
					t.Errorf("%s %s failed without a reason", it.Marketplace, it.SKU)
				}
				seen[it.Marketplace+it.SKU] = true
				f.After = it.ID
			}
			if len(items) < f.Limit {
				break
			}
		}
		shown := 0
		for row, err := range l.store.AllSyncStatus(t.Context(), store.Filter{}) {
			if err != nil {
				t.Fatal(err)
			}
			if row.SyncState == string(catalog.SyncNeedsFixing) && row.ReasonCode != "" && row.ReasonVI != "" && row.WhoFixes != "" {
				shown++
			}
		}
		if len(seen) != 2*n || shown != 2*n {
			t.Errorf("%d of %d failures can be listed, %d are shown with their reason", len(seen), 2*n, shown)
		}
	})
}

// What a suspended shop refuses is asked once. Reading tells when it is open
// again, and then what was due goes out by itself.
func TestF18_ASuspendedShopIsAskedOnce(t *testing.T) {
	eachLab(t, labOptions{}, func(t *testing.T, l *lab) {
		all := goods(9) // the last four are the second producer's
		l.listed(all[:8])
		held := map[string]string{}
		for m := range l.adapters {
			held[m] = l.only(m, "NM00001").Shop
			if err := l.sandbox.SetShopStatus(m, held[m], "blocked"); err != nil {
				t.Fatal(err)
			}
		}
		all = append(repriced(all[:2], 2), all[2:]...) // two prices in the held shop
		all[5].price = "88000"                         // and one in another
		all[2].note = "Thu hồi"                        // a closing in it
		l.importGoods(all)
		run := l.sync(store.RunRequest{})
		first := map[string]int{}
		for m := range l.adapters {
			first[m] = l.ledger(m).Mutating
			for _, sku := range []string{"NM00001", "NM00002", "NM00003"} {
				row := l.listing(m, sku)
				if row.SyncState != catalog.SyncNeedsFixing || len(row.Reasons) == 0 || !strings.Contains(row.Reasons[0].Code, "suspended") {
					t.Errorf("%s %s: %s %v, want a reason that names the shop", m, sku, row.SyncState, row.Reasons)
				}
			}
			if p := l.only(m, "NM00006"); p.Price != 88000 {
				t.Errorf("%s: another shop's price is %d", m, p.Price)
			}
		}
		if s := l.state(run); s != catalog.RunFailed {
			t.Errorf("the run ended as %s", s)
		}
		for range 3 {
			l.clock.jump(24 * time.Hour)
			l.sync(store.RunRequest{})
			l.reconcile()
		}
		for m := range l.adapters {
			if n := l.ledger(m).Mutating - first[m]; n != 0 {
				t.Errorf("%s: %d writes more in six further runs", m, n)
			}
			l.wantReason(m, "NM00001", catalog.SyncNeedsFixing, "shop.suspended")
			if err := l.sandbox.SetShopStatus(m, held[m], "active"); err != nil {
				t.Fatal(err)
			}
		}
		l.sync(store.RunRequest{})
		l.settle()
		for m := range l.adapters {
			for i, g := range all[:2] {
				if p := l.only(m, g.sku); itoa(p.Price) != g.price {
					t.Errorf("%s: price %d of %d once the shop is open again, want %s", m, p.Price, i, g.price)
				}
			}
			l.wantReason(m, "NM00003", catalog.SyncExcluded, "excluded.revoked")
			if p := l.only(m, "NM00003"); p.Status == onSale[m] {
				t.Errorf("%s: what was revoked is still on sale", m)
			}
		}
	})
}
