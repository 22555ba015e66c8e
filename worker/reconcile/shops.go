package reconcile

import (
	"context"
	"crypto/rand"
	"time"

	"lensan/adapters"
	"lensan/store/catalog"
	"lensan/worker/plan"
)

// ensureShops sees to it that the producers of part have a shop, each asked
// for once. Tasks whose shop can't be had yet are given back; one whose data
// were refused shows in the next decision.
func (w *work) ensureShops(ctx context.Context, part []due) error {
	shops := map[string]catalog.Shop{}
	for _, t := range part {
		side := t.subject.Lanes[w.m]
		if side.Shop.RemoteID != "" {
			continue
		}
		ref := t.subject.Producer.Ref
		shop, ok := shops[ref]
		if !ok {
			var err error
			if shop, err = w.ensureShop(ctx, plan.ShopOf(t.subject)); err != nil {
				return err
			}
			shops[ref] = shop
		}
		if shop.RemoteID == "" && shop.Refused == "" {
			at := w.Now().Add(w.jitter(time.Second))
			if wait := shop.AttemptedAt.Add(w.caps.VisibilityLag()); !shop.AttemptedAt.IsZero() && wait.After(at) {
				at = wait
			}
			if err := w.back(ctx, t.task, at, catalog.Reason{Code: "shop.being_made"}, adapters.KindNone, false); err != nil {
				return err
			}
			continue
		}
		side.Shop = shop
		t.subject.Lanes[w.m] = side
	}
	return nil
}

// ensureShop returns the producer's shop: as on record, as found, or made now.
// One without RemoteID and without Refused is being made by another worker, or
// its outcome is not known yet. A shop code is taken once, so that a second
// attempt finds the first one's shop; still nothing is sent while a late
// attempt may be under way.
func (w *work) ensureShop(ctx context.Context, want adapters.Shop) (catalog.Shop, error) {
	owner := w.owner + ":shop"
	shop, mine, err := w.Store.LeaseShop(ctx, w.m, want.ProducerRef, owner, w.RequestTimeout+w.LeaseTTL)
	if err != nil {
		return shop, err
	}
	if !mine {
		rows, err := w.Store.Shops(ctx, []string{w.m}, []string{want.ProducerRef})
		if err != nil || len(rows) == 0 {
			return catalog.Shop{Marketplace: w.m, ProducerRef: want.ProducerRef}, err
		}
		return rows[0], nil
	}
	shop, callErr := w.makeShop(ctx, shop, want, owner)
	if err := w.Store.SaveShop(context.WithoutCancel(ctx), shop, owner, true); err != nil {
		return shop, err
	}
	if callErr != nil {
		return shop, callErr
	}
	return shop, nil
}

func (w *work) makeShop(ctx context.Context, shop catalog.Shop, want adapters.Shop, owner string) (catalog.Shop, error) {
	if shop.RemoteID != "" {
		return shop, nil
	}
	digest := plan.ShopDigest(want)
	if shop.Refused == digest {
		return shop, nil
	}
	if !shop.AttemptedAt.IsZero() { // an earlier attempt may have made it
		found, err := w.adapter.FindShop(ctx, want.ProducerRef)
		if err != nil {
			return shop, err
		}
		if found != nil {
			return w.shopIs(shop, found.ID, string(found.Status)), nil
		}
		if w.Now().Before(shop.AttemptedAt.Add(w.caps.VisibilityLag())) {
			return shop, nil // it may still arrive
		}
	}
	shop.CreateKey, shop.AttemptedAt, shop.Refused = rand.Text(), w.Now().Add(w.RequestTimeout), ""
	if err := w.Store.SaveShop(ctx, shop, owner, false); err != nil {
		return shop, err
	}
	sendCtx, cancel := w.until(ctx, w.Now().Add(w.RequestTimeout))
	defer cancel()
	crash("before-shop", opShop)
	made, err := w.adapter.CreateShop(sendCtx, want, shop.CreateKey)
	crash("after-shop", opShop)
	if err == nil {
		return w.shopIs(shop, made.ID, string(made.Status)), nil
	}
	return w.shopFailed(ctx, shop, err, digest)
}

func (w *work) shopIs(shop catalog.Shop, id, status string) catalog.Shop {
	shop.RemoteID, shop.Status, shop.SeenAt = id, status, w.Now()
	shop.CreateKey, shop.AttemptedAt, shop.Refused, shop.Reason = "", time.Time{}, "", catalog.Reason{}
	return shop
}

// shopFailed takes the failure of a shop's making into its row; the error is
// returned where it is the lane's.
func (w *work) shopFailed(ctx context.Context, shop catalog.Shop, e *adapters.Error, digest string) (catalog.Shop, error) {
	switch e.Kind {
	case adapters.KindInvalid, adapters.KindUnsupported:
		shop.CreateKey, shop.AttemptedAt, shop.Refused = "", time.Time{}, digest
		shop.Reason = refusalReasons(w.m, e)[0]
		return shop, nil
	case adapters.KindAmbiguous, adapters.KindUnknown:
		shop.AttemptedAt = w.Now()
	case adapters.KindExists:
		shop.AttemptedAt = time.Time{}
		found, err := w.adapter.FindShop(ctx, shop.ProducerRef)
		if err != nil {
			return shop, err
		}
		if found != nil {
			return w.shopIs(shop, found.ID, string(found.Status)), nil
		}
	default: // nothing was carried out
		shop.AttemptedAt = time.Time{}
	}
	if e.WholeLane {
		return shop, e
	}
	return shop, nil
}
