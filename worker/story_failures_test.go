//go:build !race

// Virtual time gains nothing from the race detector and takes ten times as long
// under it: .ci/test runs this story without.

package worker

import (
	"context"
	"fmt"
	"testing"
	"time"

	"lensan/store"
	"lensan/store/catalog"
)

// refusing is a marketplace that takes nothing, for a reason of each product's own.
type refusing struct{ *fakeRunner }

func (r refusing) Work(ctx context.Context, _ catalog.Batch, items []catalog.Item, _ func() bool) error {
	ends := make([]store.ItemEnd, len(items))
	for i, it := range items {
		ends[i] = store.ItemEnd{ID: it.ID, State: catalog.ItemFailed, ReasonCode: "refused." + it.SKU, Kind: "invalid"}
	}
	return r.store.EndItems(ctx, ends)
}

// F28: 15,000 failures leave 15,000 reasons, each of which can be found.
func TestF28_EveryFailureIsVisible(t *testing.T) {
	eachPair(t, storeWords, func(t *testing.T, p pair) {
		p.accounts(t)
		p.start(t, refusing{&fakeRunner{store: p.store, lanes: bothLanes, n: 7500}}, func(o *Options) {
			for i := range o.Lanes {
				o.Lanes[i].Batch = map[catalog.Purpose]int{catalog.PurposeApply: 500}
			}
			o.BatchLease, o.PlanLease = time.Minute, time.Minute
		})
		state, counts := p.ended(t, p.request(t).ID)
		if state == catalog.RunDone || counts.Failed != 15_000 || counts.Total() != 15_000 {
			t.Fatalf("%s %+v", state, counts)
		}
		runs, err := p.store.ListRuns(t.Context(), store.RunFilter{Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for f := (store.ItemFilter{RunID: runs[0].ID, State: catalog.ItemFailed, Limit: 1000}); ; {
			items, err := p.store.ListItems(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			for _, it := range items {
				if it.ReasonCode != "refused."+it.SKU || it.Kind != "invalid" || seen[it.Marketplace+it.SKU] {
					t.Fatalf("%+v", it)
				}
				seen[it.Marketplace+it.SKU] = true
				f.After = it.ID
			}
			if len(items) < f.Limit {
				break
			}
		}
		if len(seen) != 15_000 {
			t.Errorf("%d of 15,000 failures can be listed", len(seen))
		}
		one, err := p.store.ListItems(t.Context(), store.ItemFilter{RunID: runs[0].ID, ReasonCode: fmt.Sprintf("refused.S%04d", 4711)})
		if err != nil || len(one) != 2 {
			t.Errorf("by its reason: %d found (%v)", len(one), err)
		}
	})
}
