package reconcile

import (
	"context"
	"time"

	"lensan/adapters"
	"lensan/store/catalog"
)

// heldShopsMost is how many suspended shops are asked about before a run: more
// than that is a marketplace in trouble.
const heldShopsMost = 200

// shopHeld asks how a task's shop stands, after the marketplace's staff refused
// a change in it. A suspended one is remembered, so that nothing more is sent
// to it until it is open again.
func (w *work) shopHeld(ctx context.Context, t due) error {
	ctx = context.WithoutCancel(ctx)
	ref := t.subject.Producer.Ref
	rows, err := w.Store.Shops(ctx, []string{w.m}, []string{ref})
	if err != nil || len(rows) == 0 || rows[0].Status == string(adapters.ShopSuspended) {
		return err // none of ours, or asked about for another of its listings
	}
	return w.lookAtShop(ctx, w.m, rows[0])
}

// lookAtHeldShops asks about the suspended shops of a marketplace that were
// not looked at since a run was asked for. Only reading tells that one is open
// again: nobody sends a change to find out.
func (r *Runner) lookAtHeldShops(ctx context.Context, m string, since time.Time) error {
	shops, err := r.Store.ShopsInState(ctx, m, string(adapters.ShopSuspended), since, heldShopsMost)
	if err != nil {
		return err
	}
	for _, shop := range shops {
		if err := r.lookAtShop(ctx, m, shop); err != nil {
			return err
		}
	}
	return nil
}

// lookAtShop reads a shop's state into its row. What can't be read stays as it
// was: the run goes on without it.
func (r *Runner) lookAtShop(ctx context.Context, m string, shop catalog.Shop) error {
	found, fault := r.Adapters[m].FindShop(ctx, shop.ProducerRef)
	if fault != nil || found == nil || found.ID != shop.RemoteID {
		r.Log.Warn("a shop's state could not be read", "marketplace", m, "shop", shop.RemoteID, "err", fault)
		return ctx.Err()
	}
	shop.Status, shop.SeenAt = string(found.Status), r.Now()
	return r.Store.SaveSeenShops(ctx, []catalog.Shop{shop})
}
