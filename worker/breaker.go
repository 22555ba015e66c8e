package worker

import (
	"context"
	"errors"
	"time"

	"lensan/adapters"
	"lensan/store"
)

// isLane tells whether a failure is of the whole lane.
func isLane(e *adapters.Error) bool {
	return e.WholeLane || e.Kind == adapters.KindUnauthorized || e.Kind == adapters.KindUnavailable
}

// laneReason is the reason code of a lane's failure.
func laneReason(k adapters.Kind) string {
	switch k {
	case adapters.KindUnauthorized:
		return "lane.unauthorized"
	case adapters.KindThrottled:
		return "lane.throttled"
	case adapters.KindTransient, adapters.KindAmbiguous:
		return "lane.not_reachable"
	}
	return "lane.outage"
}

// laneFailed pauses a lane for all processes: in SQL, where it is the record,
// and in the shared budget, which stops those under way at their next request.
// It returns the lane as it then stands.
func (e *Engine) laneFailed(ctx context.Context, marketplace string, fault *adapters.Error) store.Lane {
	if fault.Kind == adapters.KindThrottled && fault.Code == "queue_unreachable" {
		return store.Lane{Marketplace: marketplace} // our own queue is away: nothing is wrong with the lane
	}
	b := e.opt.Breaker
	trip := store.Trip{
		Marketplace: marketplace, ReasonCode: laneReason(fault.Kind), RetryAfter: fault.RetryAfter,
		Base: b.Base, Cap: b.Cap, Quiet: b.Quiet, Probe: true,
	}
	switch fault.Kind {
	case adapters.KindUnauthorized:
		trip.Base = max(b.Base, b.AuthBase)
	case adapters.KindThrottled:
		// The marketplace said when; nothing is to be found out.
		trip.Probe, trip.Base, trip.Cap = false, min(b.Base, max(fault.RetryAfter, time.Second)), min(b.Cap, time.Minute)
	}
	l, err := e.opt.Store.TripLane(ctx, trip)
	if err != nil {
		e.opt.Log.ErrorContext(ctx, "lane not paused", "marketplace", marketplace, "err", err)
		return store.Lane{Marketplace: marketplace}
	}
	e.figures.trip(marketplace)
	if own := e.lanes[marketplace]; own != nil {
		first := own.paused.CompareAndSwap(false, true)
		if trip.Probe {
			own.ramp.Store(true)
		}
		if first {
			e.opt.Log.WarnContext(ctx, "lane paused", "marketplace", marketplace, "reason", l.PauseReason, "until", l.PausedUntil, "kind", fault.Kind, "op", fault.Op, "request_id", fault.RequestID)
		}
		if wait := l.PausedUntil.Sub(e.opt.Store.Now()); own.Budget != nil && first && trip.Probe && wait > 0 {
			if err := own.Budget.Pause(ctx, wait); err != nil {
				e.opt.Log.WarnContext(ctx, "shared budget not paused", "marketplace", marketplace, "err", err)
			}
		}
	}
	e.stopLane(marketplace)
	return l
}

// stopLane has this process's workers of a lane begin nothing new.
func (e *Engine) stopLane(marketplace string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, r := range e.running {
		if r.batch.Marketplace == marketplace {
			r.stop = true
		}
	}
}

// watchLanes probes the lanes whose pause is over, lets the budget of those
// that have opened ramp up, and ends runs without a lane that stays away.
func (e *Engine) watchLanes(ctx context.Context) {
	lanes, err := e.opt.Store.Lanes(ctx)
	if err != nil {
		if ctx.Err() == nil {
			e.opt.Log.WarnContext(ctx, "lanes not read", "err", err)
		}
		return
	}
	now := e.opt.Store.Now()
	for _, l := range lanes {
		own, ok := e.lanes[l.Marketplace]
		if !ok {
			continue
		}
		paused := l.IsPaused(now)
		if paused && (l.ProbeNeeded || l.PausedBy != "") {
			own.ramp.Store(true)
		}
		if was := own.paused.Swap(paused); was && !paused {
			e.laneOpened(ctx, own)
		}
		if paused && now.Sub(l.PausedSince) > e.opt.Breaker.GiveUp {
			e.leaveOut(ctx, l)
		}
		if l.ProbeNeeded && !l.PausedUntil.After(now) && own.probing.CompareAndSwap(false, true) {
			if !e.begin() {
				return
			}
			go func() {
				defer e.work.Done()
				defer own.probing.Store(false)
				e.probe(own)
			}()
		}
	}
}

func (e *Engine) laneOpened(ctx context.Context, own *lane) {
	e.opt.Log.InfoContext(ctx, "lane open", "marketplace", own.Name)
	if own.ramp.Swap(false) && own.Budget != nil {
		if err := own.Budget.Resume(ctx); err != nil && ctx.Err() == nil {
			e.opt.Log.WarnContext(ctx, "shared budget not resumed", "marketplace", own.Name, "err", err)
		}
	}
	e.Wake()
}

// leaveOut ends what waits on a lane that has been away for too long, as left
// out: no run waits for ever, and no product fails by it.
func (e *Engine) leaveOut(ctx context.Context, l store.Lane) {
	n, err := e.opt.Store.LeaveOutLane(ctx, l.Marketplace, l.PauseReason)
	if err != nil {
		if ctx.Err() == nil {
			e.opt.Log.WarnContext(ctx, "lane not left out", "marketplace", l.Marketplace, "err", err)
		}
		return
	}
	if n > 0 {
		e.opt.Log.ErrorContext(ctx, "runs end without a lane that stays away", "marketplace", l.Marketplace, "items", n, "reason", l.PauseReason)
	}
}

// probe asks a marketplace whether it is back; one process does at a time.
func (e *Engine) probe(own *lane) {
	ctx, cancel := context.WithTimeout(e.workCtx, e.opt.Breaker.Probe)
	defer cancel()
	mine, err := e.opt.Store.ClaimProbe(ctx, own.Name, e.owner, e.opt.Breaker.Probe+5*time.Second)
	if err != nil || !mine {
		return
	}
	if own.Budget != nil { // the probe itself must get through
		if err := own.Budget.Resume(ctx); err != nil {
			e.opt.Log.WarnContext(ctx, "shared budget not resumed", "marketplace", own.Name, "err", err)
		}
	}
	err = e.opt.Runner.Probe(adapters.WithUrgent(ctx), own.Name)
	after := context.WithoutCancel(ctx)
	if e.dead.Load() {
		return
	}
	if err == nil {
		if err := e.opt.Store.ResumeLane(after, own.Name, ""); err != nil {
			e.opt.Log.WarnContext(after, "lane not opened", "marketplace", own.Name, "err", err)
			return
		}
		if own.paused.Swap(false) {
			e.laneOpened(after, own)
		}
		return
	}
	if e.workCtx.Err() != nil {
		return // cut by our own stop: it says nothing about the marketplace
	}
	var fault *adapters.Error
	if !errors.As(err, &fault) {
		fault = &adapters.Error{Marketplace: own.Name, Op: "probe", Kind: adapters.KindUnavailable, Err: err}
	}
	own.paused.Store(false) // so that the budget is paused again
	e.laneFailed(after, own.Name, fault)
}
