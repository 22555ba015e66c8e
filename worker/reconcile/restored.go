package reconcile

import (
	"context"
	"encoding/json"
	"maps"
	"time"

	"lensan/adapters"
	"lensan/store"
	"lensan/store/catalog"
)

// observeFor reads a lane whole where a run needs it. A lane whose record came
// out of a backup is read before every run, not before what was sent last must
// show, until the register was imported again: only then can every listing
// made since the backup be known for ours.
func (r *Runner) observeFor(ctx context.Context, m string, run catalog.Run) error {
	lanes, err := r.Store.RestoredLanes(ctx)
	if err != nil {
		return err
	}
	lane, restored := lanes[m]
	if !restored {
		return r.observeIfDue(ctx, m, run)
	}
	if paused, err := r.Store.LanePaused(ctx, m); err != nil {
		return err
	} else if paused != nil {
		return paused
	}
	if err := r.showsAll(ctx, m, lane.At); err != nil {
		return err
	}
	r.Log.Warn("the record came out of a backup: the lane is read whole first", "marketplace", m, "register_imported", lane.Registered)
	if err := r.Observe(ctx, m); err != nil || !lane.Registered {
		return err
	}
	return r.Store.EndRestored(ctx, m)
}

// showsAll waits until a reading of m shows all that was sent before at. A list
// that a person brings must be of later.
func (r *Runner) showsAll(ctx context.Context, m string, at time.Time) error {
	if h, ok := r.byHand(m); ok {
		asOf, err := h.ReadAsOf(ctx)
		if err != nil {
			return err
		}
		if !asOf.After(at) {
			return &adapters.Error{Marketplace: m, Kind: adapters.KindUnavailable, WholeLane: true, Code: "list_before_restore",
				Fields: []adapters.FieldError{{Code: "workbook.list_before_restore"}}}
		}
		return nil
	}
	wait := at.Add(r.Adapters[m].Capabilities().VisibilityLag()).Sub(r.Now())
	if wait <= 0 {
		return nil
	}
	r.Log.Warn("waits until all that was sent before the restore must show", "marketplace", m, "for", wait.Round(time.Second).String())
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// restored are the lanes on which nothing but what is missing may be sent.
func (r *Runner) restored(ctx context.Context) (map[string]bool, error) {
	lanes, err := r.Store.RestoredLanes(ctx)
	out := map[string]bool{}
	for m := range lanes {
		out[m] = true
	}
	return out, err
}

// settleGround writes down what of a page's restored listings is common ground
// now, so that later changes of either side are told apart again.
func (r *Runner) settleGround(ctx context.Context, batch []planned) error {
	var rows []store.Ground
	var waiting map[string]bool
	for _, pl := range batch {
		l := pl.subject.Lanes[pl.marketplace].Listing
		if pl.subject.SKU == nil || !cameOutOfBackup(l) {
			continue
		}
		if waiting == nil {
			var err error
			if waiting, err = r.restored(ctx); err != nil {
				return err
			}
		}
		found := pl.decision.Ground(l, waiting[pl.marketplace])
		if len(found) == 0 {
			continue
		}
		applied := maps.Clone(l.Applied)
		maps.Copy(applied, found)
		b, err := json.Marshal(applied)
		if err != nil {
			return err
		}
		rows = append(rows, store.Ground{Marketplace: pl.marketplace, SKU: l.SKU, Applied: string(b)})
	}
	return r.Store.SetGround(ctx, rows)
}

func cameOutOfBackup(l catalog.Listing) bool {
	for _, a := range l.Applied {
		if a.Restored {
			return true
		}
	}
	return false
}

// believed is what was applied, with the doubt of a restore lifted from every
// field that still shows what it showed when the backup was made.
func believed(applied map[string]catalog.AppliedField, seen map[string]string) map[string]catalog.AppliedField {
	var out map[string]catalog.AppliedField
	for f, a := range applied {
		if !a.Restored || seen[f] != a.Echo {
			continue
		}
		if out == nil {
			out = maps.Clone(applied)
		}
		a.Restored = false
		out[f] = a
	}
	if out == nil {
		return applied
	}
	return out
}
