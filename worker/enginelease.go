package worker

import (
	"context"
	"strings"
	"time"

	"lensan/store"
)

// lockedMark ends the name of a holder of the engine lease that holds the lock
// file too, and whose death the lock therefore tells.
const lockedMark = ":locked"

// HeldUntil is until when this engine surely holds what lets it work, by the
// store's clock; far away where no lease is needed. Nothing that changes a
// marketplace is sent later: another process may work then.
func (e *Engine) HeldUntil() time.Time {
	if !e.opt.Embedded {
		return store.NeverResumes
	}
	return time.UnixMilli(e.held.Load())
}

// leaseName is this engine's name in the lease.
func (e *Engine) leaseName() string {
	if e.locked {
		return e.owner + lockedMark
	}
	return e.owner
}

// takeLease waits until this process holds the engine lease. A holder that has
// died is not waited for where the lock file tells so; one that was only
// stopped keeps its lock, and loses the lease when that ends.
func (e *Engine) takeLease(ctx context.Context) error {
	for {
		e.locked = e.lock.take(e.opt.LockFile)
		lease, held, err := e.tryLease(ctx)
		switch {
		case store.IsBusy(err): // another process writes, or stands still in the midst of it
			e.opt.Log.WarnContext(ctx, "the database is locked by another process", "err", err)
		case err != nil:
			return err
		case held:
			return nil
		case e.opt.OnWaiting != nil:
			e.opt.OnWaiting(lease)
		}
		if err := sleep(ctx, e.opt.Poll); err != nil {
			return err
		}
	}
}

func (e *Engine) tryLease(ctx context.Context) (lease store.Lease, held bool, err error) {
	if e.locked {
		if err := e.dropDead(ctx); err != nil {
			return lease, false, err
		}
	}
	asked := e.opt.Store.Now()
	lease, held, err = e.opt.Store.TakeLease(ctx, store.LeaseEngine, e.leaseName(), e.opt.Host, e.opt.EngineLease)
	if held {
		e.held.Store(asked.Add(e.opt.EngineLease).UnixMilli())
	}
	return lease, held, err
}

// dropDead ends the lease of a holder that would hold the lock if it lived.
func (e *Engine) dropDead(ctx context.Context) error {
	lease, ok, err := e.opt.Store.GetLease(ctx, store.LeaseEngine)
	if err != nil || !ok || !strings.HasSuffix(lease.Holder, lockedMark) {
		return err
	}
	e.opt.Log.WarnContext(ctx, "the process that worked has died", "holder", lease.Holder, "beat", lease.BeatAt)
	return e.opt.Store.DropLease(ctx, store.LeaseEngine, lease.Holder)
}

// keepLease renews the engine lease until ctx ends, then gives it back. A lost
// lease stops the engine: another process works now.
func (e *Engine) keepLease(ctx context.Context, stop context.CancelCauseFunc) {
	ticker := time.NewTicker(e.opt.EngineLease / 3)
	defer ticker.Stop()
	renewed := time.Now()
	for {
		select {
		case <-ctx.Done():
			after, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			e.held.Store(0)
			if err := e.opt.Store.DropLease(after, store.LeaseEngine, e.leaseName()); err != nil {
				e.opt.Log.Warn("engine lease not given back", "err", err)
			}
			return
		case <-ticker.C:
		}
		asked := e.opt.Store.Now()
		ok, err := e.opt.Store.RenewLease(ctx, store.LeaseEngine, e.leaseName(), e.opt.EngineLease)
		switch {
		case err == nil && ok:
			renewed = time.Now()
			e.held.Store(asked.Add(e.opt.EngineLease).UnixMilli())
		case err == nil, time.Since(renewed) > e.opt.EngineLease*2/3:
			e.opt.Log.Error("engine lease lost", "err", err)
			e.held.Store(0)
			e.cancelWork(ErrLeaseLost)
			stop(ErrLeaseLost)
		default:
			e.opt.Log.Warn("engine lease not renewed", "err", err)
		}
	}
}

// recover takes over what earlier holders of the engine lease had in hand, and
// what an embedded queue lost with their process.
func (e *Engine) recover(ctx context.Context) error {
	if !e.opt.Embedded {
		return nil
	}
	batches, err := e.opt.Store.TakeOver(ctx, e.opt.QueueLease, e.opt.Request)
	if err != nil {
		return err
	}
	e.enqueue(ctx, batches)
	return nil
}
