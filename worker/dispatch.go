package worker

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"lensan/adapters"
	"lensan/store"
	"lensan/store/catalog"
)

// defaultBatch is how many items a batch has where the lane does not say.
const defaultBatch = 50

// dispatchLoop hands out work as soon as it is told of any, and looks by
// itself each Poll.
func (e *Engine) dispatchLoop(ctx context.Context) {
	ticker := time.NewTicker(e.opt.Poll)
	defer ticker.Stop()
	for ctx.Err() == nil {
		if err := e.dispatch(ctx); err != nil && ctx.Err() == nil {
			e.opt.Log.WarnContext(ctx, "dispatch", "err", err)
			if sleep(ctx, e.opt.Poll) != nil { // a failing database is not asked without pause
				return
			}
		}
		select {
		case <-ctx.Done():
		case <-e.poke:
		case <-ticker.C:
			e.tick(ctx)
		}
	}
}

// tick is what is looked for each Poll beside work: listings to look at, and
// lanes that may open.
func (e *Engine) tick(ctx context.Context) {
	if _, err := e.opt.Store.WakeLooks(ctx, e.opt.Store.Now(), 1000); err != nil && ctx.Err() == nil {
		e.opt.Log.WarnContext(ctx, "looks not woken", "err", err)
	}
	e.watchLanes(ctx)
}

func (e *Engine) dispatch(ctx context.Context) error {
	work, err := e.opt.Store.WorkWaiting(ctx, e.names)
	if err != nil {
		return err
	}
	e.ticked.Store(e.opt.Store.Now().UnixMilli())
	if work.ToPlan {
		if err := e.planRuns(ctx); err != nil {
			return err
		}
	}
	for marketplace, queues := range work.Due {
		for _, q := range queues {
			if err := e.form(ctx, e.lanes[marketplace], q); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e *Engine) form(ctx context.Context, l *lane, q catalog.Queue) error {
	window := e.opt.Window
	if window <= 0 {
		window = 2*l.Concurrency + 2
	}
	for _, purpose := range []catalog.Purpose{catalog.PurposeApply, catalog.PurposeLook} {
		size := l.Batch[purpose]
		if size <= 0 {
			size = defaultBatch
		}
		batches, err := e.opt.Store.FormBatches(ctx, store.BatchForm{Marketplace: l.Name, Queue: q, Purpose: purpose, Size: size, ByOp: l.byOp(purpose),
			Window: window, Gather: e.opt.Gather, Lease: e.opt.QueueLease})
		if err != nil {
			return err
		}
		e.enqueue(ctx, batches)
	}
	return nil
}

// planRuns claims runs as long as planners are free.
func (e *Engine) planRuns(ctx context.Context) error {
	for e.takePlanner() {
		run, ok, err := e.opt.Store.ClaimRunToPlan(ctx, e.owner, e.opt.PlanLease)
		if err != nil || !ok || !e.begin() {
			e.freePlanner()
			return err
		}
		go func() {
			defer e.work.Done()
			defer e.Wake()
			defer e.freePlanner()
			e.planRun(run)
		}()
	}
	return nil
}

func (e *Engine) takePlanner() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.planning >= e.opt.Planners {
		return false
	}
	e.planning++
	return true
}

func (e *Engine) freePlanner() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.planning--
}

var errRunLost = errors.New("the run was cancelled, paused or lost")

// planRun has the Runner plan a run while its lease is renewed.
func (e *Engine) planRun(run catalog.Run) {
	// Planning only reads: a stop need not wait for it.
	ctx, cancel := context.WithCancelCause(e.runCtx)
	defer cancel(nil)
	done := make(chan struct{})
	go func() {
		defer close(done)
		e.keepRun(ctx, run.ID, cancel)
	}()
	err := e.callPlan(ctx, run)
	lost := errors.Is(context.Cause(ctx), errRunLost) || e.runCtx.Err() != nil
	cancel(nil)
	<-done
	if e.dead.Load() {
		return
	}
	after, stop := context.WithTimeout(context.WithoutCancel(ctx), e.opt.PlanLease)
	defer stop()
	switch {
	case err == nil:
		e.forget(run.ID)
	case lost:
		// Resumed or restarted, it is planned anew at once.
		e.release(after, run.ID, time.Time{})
	default:
		e.planFailed(after, run, err)
	}
	if _, err := e.opt.Store.FinishRuns(after); err != nil {
		e.opt.Log.Warn("runs not finished", "err", err)
	}
}

func (e *Engine) callPlan(ctx context.Context, run catalog.Run) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errors.New("planner panicked")
			e.opt.Log.ErrorContext(ctx, "planner panicked", "run", run.ID, "panic", p)
		}
	}()
	return e.opt.Runner.PlanRun(ctx, run)
}

// keepRun renews a run's lease until ctx ends, and ends ctx when the run is no
// longer to be planned here.
func (e *Engine) keepRun(ctx context.Context, id string, cancel context.CancelCauseFunc) {
	ticker := time.NewTicker(min(e.opt.Beat, e.opt.PlanLease/3))
	defer ticker.Stop()
	renewed := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		ok, err := e.opt.Store.RenewRun(ctx, id, e.owner, e.opt.PlanLease)
		switch {
		case err == nil && ok:
			renewed = time.Now()
		case err == nil:
			run, err := e.opt.Store.GetRun(ctx, id)
			if err == nil && run.Phase != catalog.PhasePlanning {
				return // planned: the Runner is about to return
			}
			cancel(errRunLost)
			return
		case time.Since(renewed) > e.opt.PlanLease*2/3:
			cancel(errRunLost)
			return
		}
	}
}

// maxPlanFailures is how often a run is planned in vain, for reasons that are
// no lane's, before it ends as a defect.
const maxPlanFailures = 8

// planFailed puts a run off: until its lane is back, or longer each time.
func (e *Engine) planFailed(ctx context.Context, run catalog.Run, err error) {
	now := e.opt.Store.Now()
	var paused *store.LanePausedError
	if errors.As(err, &paused) { // a person or the breaker holds it: nothing was sent
		if !e.gaveUp(ctx, run.ID, paused.Since, paused.Reason) {
			e.release(ctx, run.ID, now.Add(e.opt.ErrorDelay))
		}
		return
	}
	var fault *adapters.Error
	if errors.As(err, &fault) && isLane(fault) && e.lanes[fault.Marketplace] != nil {
		lane := e.laneFailed(ctx, fault.Marketplace, fault)
		if e.gaveUp(ctx, run.ID, lane.PausedSince, lane.PauseReason) {
			return
		}
		due := now.Add(e.opt.ErrorDelay)
		if lane.PausedUntil.After(due) {
			due = lane.PausedUntil
		}
		e.release(ctx, run.ID, due)
		return
	}
	e.mu.Lock()
	e.plans[run.ID]++
	n := e.plans[run.ID]
	e.mu.Unlock()
	e.opt.Log.ErrorContext(ctx, "run not planned", "run", run.ID, "attempt", n, "err", err)
	if n >= maxPlanFailures {
		e.forget(run.ID)
		if err := e.opt.Store.EndRun(ctx, run.ID, "run.defect"); err != nil {
			e.opt.Log.ErrorContext(ctx, "run not ended", "run", run.ID, "err", err)
		}
		return
	}
	wait := min(e.opt.ErrorDelay<<(n-1), 5*time.Minute)
	e.release(ctx, run.ID, now.Add(wait/2+rand.N(wait)))
}

// gaveUp ends a run whose only lane has been away for too long.
func (e *Engine) gaveUp(ctx context.Context, run string, since time.Time, reason string) bool {
	if since.IsZero() || e.opt.Store.Now().Sub(since) <= e.opt.Breaker.GiveUp {
		return false
	}
	if err := e.opt.Store.EndRun(ctx, run, reason); err != nil {
		e.opt.Log.ErrorContext(ctx, "run not ended", "run", run, "err", err)
		return false
	}
	e.opt.Log.ErrorContext(ctx, "a run ends without its lane", "run", run, "reason", reason)
	e.forget(run)
	return true
}

func (e *Engine) release(ctx context.Context, run string, due time.Time) {
	if err := e.opt.Store.ReleaseRun(ctx, run, e.owner, due); err != nil {
		e.opt.Log.WarnContext(ctx, "run not released", "run", run, "err", err)
	}
}

func (e *Engine) forget(run string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.plans, run)
}
