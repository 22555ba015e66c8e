package reconcile

import (
	"context"

	"lensan/store"
)

// save writes a record under this worker's leases. The looks that somebody
// asked for since this worker last knew of one stay asked for.
func (w *work) save(ctx context.Context, rec store.Record) error {
	tasks := make(map[string]*task, len(w.tasks))
	for _, t := range w.tasks {
		tasks[t.item.SKU] = t
	}
	for i := range rec.Listings {
		if t := tasks[rec.Listings[i].SKU]; t != nil {
			rec.Listings[i].LookHeld = t.lookHeld
		}
	}
	if err := w.Store.Save(context.WithoutCancel(ctx), w.owner, rec); err != nil {
		return err
	}
	for _, l := range rec.Listings {
		if t := tasks[l.SKU]; t != nil {
			t.lookHeld = l.LookAt
		}
	}
	return nil
}
