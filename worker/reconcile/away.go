package reconcile

import (
	"context"
	"errors"

	"lensan/adapters"
	"lensan/store"
	"lensan/store/catalog"
)

// observeLanes reads the lanes that must be read before a run is planned. One
// that is away does not hold the others up: it is put off, with its reason,
// and a run of its own is asked for, which waits until the lane is back. Only
// where no lane at all can be read is the failure returned.
func (r *Runner) observeLanes(ctx context.Context, run catalog.Run, lanes []string) (waiting map[string]catalog.Reason, err error) {
	waiting = map[string]catalog.Reason{}
	away := map[string]catalog.Reason{}
	var first error
	for _, m := range lanes {
		err := r.observeFor(ctx, m, run)
		if err == nil {
			continue
		}
		if why, waits := r.waitsForPerson(m, err); waits {
			waiting[m] = why
			continue
		}
		why, isAway := awayFor(err)
		if !isAway || ctx.Err() != nil {
			return nil, err
		}
		away[m] = why
		if first == nil {
			first = err
		}
	}
	if len(away) == 0 {
		return waiting, nil
	}
	if len(away) == len(lanes) {
		return nil, first
	}
	for m, why := range away {
		r.Log.Warn("a lane is away and gets a run of its own", "marketplace", m, "run", run.ID, "reason", why.Code)
		waiting[m] = why
		if err := r.followUp(ctx, run, m); err != nil {
			return nil, err
		}
	}
	return waiting, nil
}

// awayFor tells whether a lane's failure lets the other lanes go on, and how
// it is called.
func awayFor(err error) (catalog.Reason, bool) {
	var paused *store.LanePausedError
	if errors.As(err, &paused) {
		return catalog.Reason{Code: paused.Reason}, true
	}
	var fault *adapters.Error
	if !errors.As(err, &fault) {
		return catalog.Reason{}, false
	}
	if fault.WholeLane {
		return reasonOf(fault), true
	}
	return catalog.Reason{Code: "lane.reading_incomplete"}, true
}

// followUp asks for the same run on one lane.
func (r *Runner) followUp(ctx context.Context, run catalog.Run, m string) error {
	scope := run.Scope
	scope.Marketplaces = []string{m}
	_, _, err := r.Store.RequestRun(ctx, store.RunRequest{Kind: run.Kind, Scope: scope, Policy: run.Policy, Trigger: run.Trigger, By: run.RequestedBy,
		Deadline: run.DeadlineAt, Lift: run.Lifted, LiftReason: "run " + run.ID})
	return err
}
