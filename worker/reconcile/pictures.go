package reconcile

import (
	"context"
	"time"

	"lensan/adapters"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/worker/plan"
)

// uploadPictures sees to it that every picture of part is on the marketplace,
// once per content. Tasks whose picture another worker is uploading are given
// back; one whose picture was refused needs fixing.
func (w *work) uploadPictures(ctx context.Context, part []due) error {
	ids := map[string]string{}
	for _, t := range part {
		if t.ended {
			continue
		}
		if err := w.uploadFor(ctx, t, ids); err != nil {
			return err
		}
	}
	return nil
}

func (w *work) uploadFor(ctx context.Context, t due, ids map[string]string) error {
	side := t.subject.Lanes[w.m]
	for _, p := range t.subject.Pictures {
		if side.Media[p.SHA256] != "" {
			continue
		}
		if id := ids[p.SHA256]; id != "" {
			side.Media[p.SHA256] = id
			continue
		}
		id, callErr, err := w.upload(ctx, p)
		if err != nil {
			return err
		}
		if callErr != nil {
			return w.pictureFailed(ctx, t, p, callErr)
		}
		if id == "" {
			return w.back(ctx, t.task, w.Now().Add(w.jitter(time.Second)), catalog.Reason{Code: "picture.being_uploaded"}, adapters.KindNone, false)
		}
		ids[p.SHA256] = id
		side.Media[p.SHA256] = id
	}
	return nil
}

// upload returns the picture's remote id; empty says that another worker is at
// it.
func (w *work) upload(ctx context.Context, p catalog.Picture) (string, *adapters.Error, error) {
	id, mine, err := w.Store.ClaimUpload(ctx, w.m, p.SHA256, w.owner, w.RequestTimeout+w.LeaseTTL)
	if err != nil || id != "" || !mine {
		return id, nil, err
	}
	bytes, err := w.Store.ImageBytes(ctx, p.SHA256)
	if err != nil {
		return "", nil, err
	}
	sendCtx, cancel := context.WithTimeout(ctx, w.RequestTimeout)
	crash("before-upload", opImage)
	id, callErr := w.adapter.UploadImage(sendCtx, adapters.Image{SHA256: p.SHA256, Name: p.Name, Type: p.Type, Bytes: bytes})
	cancel()
	crash("after-upload", opImage)
	if callErr != nil {
		id = ""
	}
	if err := w.Store.SaveUpload(context.WithoutCancel(ctx), w.m, p.SHA256, id); err != nil {
		return "", nil, err
	}
	return id, callErr, nil
}

func (w *work) pictureFailed(ctx context.Context, t due, p catalog.Picture, e *adapters.Error) error {
	if e.WholeLane || e.Kind == adapters.KindCancelled {
		return e
	}
	l := &t.listing
	switch e.Kind {
	case adapters.KindInvalid, adapters.KindUnsupported:
		l.SyncState = catalog.SyncNeedsFixing
		l.Reasons = refusalReasons(w.m, e)
		for i := range l.Reasons {
			if l.Reasons[i].Args == nil {
				l.Reasons[i].Args = map[string]string{}
			}
			l.Reasons[i].Args["name"] = p.Name
		}
		l.Refused = plan.Remember(l.Refused, t.decision.Key(t.op), l.Reasons)
		return w.finish(ctx, t.task, catalog.ItemFailed, e.Kind)
	}
	then := w.later(ctx, t, e, reasonOf(e)) // an upload twice costs nothing but a call
	if err := w.save(ctx, store.Record{Listings: []catalog.Listing{*l}}); err != nil {
		return err
	}
	return then()
}
