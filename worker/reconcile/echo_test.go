package reconcile_test

import (
	"encoding/json"
	"net/http"
	"sync"
	"testing"

	"lensan/adapters/sandbox"
	"lensan/store"
)

// A seller who edits a listing between our write and our reading of it has not
// shown us the marketplace's own form of what we sent: the field's owner
// decides, and content is ours. A create whose answer was lost leaves him the
// most time.
func TestASellersEditRightAfterOurWriteIsNotTheMarketplacesForm(t *testing.T) {
	for name, lose := range map[string]bool{"answered": false, "answer lost": true} {
		t.Run(name, func(t *testing.T) {
			both(t, labOptions{}, func(t *testing.T, l *lab) {
				l.importGoods(goods(3))
				if lose {
					l.faultOnCreate(sandbox.Fault{Kind: sandbox.Cut, Commit: true})
				}
				names := map[string]string{} // as we made them
				var mu sync.Mutex
				l.hooks.set(nil, func(m string, r *http.Request) {
					if !isCreate(r) {
						return
					}
					mu.Lock()
					defer mu.Unlock()
					for v := range l.sandbox.Products(m) {
						if names[m+v.SKU] != "" {
							continue
						}
						names[m+v.SKU] = v.Name
						patch, err := json.Marshal(map[string]string{"name": v.Name + " của nhà"})
						if err == nil {
							err = l.sandbox.EditBySeller(m, v.ID, patch)
						}
						if err != nil {
							t.Error(err)
						}
					}
				})
				l.sync(store.RunRequest{})
				l.hooks.set(nil, nil)
				l.clearFaults()
				l.settle()
				l.reconcile()
				l.settle()
				l.wantOnce(3)
				for m := range l.adapters {
					for v := range l.sandbox.Products(m) {
						if v.Name != names[m+v.SKU] {
							t.Errorf("%s: %s is called %q, want our %q back", m, v.SKU, v.Name, names[m+v.SKU])
						}
						if a := l.listing(m, v.SKU).Applied["name"]; a.Echo != a.Sent {
							t.Errorf("%s: %s: the record has %+v", m, v.SKU, a)
						}
					}
				}
				l.resetLedgers()
				l.sync(store.RunRequest{})
				for m := range l.adapters {
					if n := l.ledger(m).Mutating; n != 0 {
						t.Errorf("%s: %d writes of a second run", m, n)
					}
				}
			})
		})
	}
}
