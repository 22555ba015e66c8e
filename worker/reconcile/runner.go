// Package reconcile carries out runs: it observes what a marketplace shows,
// plans with worker/plan, applies what is due and records what came of it. It
// knows no queue: the engine calls PlanRun and Work, and may call either twice.
package reconcile

import (
	"context"
	"log/slog"
	"time"

	"lensan/adapters"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/worker/plan"
)

// Options are what a Runner works with.
type Options struct {
	Store    *store.Store
	Adapters map[string]adapters.Adapter // by marketplace; lanes that are off are absent
	// Today is the civil day that eligibility is judged by. Default: the day
	// of Now in Vietnam.
	Today func() catalog.Day
	Now   func() time.Time // default time.Now
	Log   *slog.Logger     // default slog.Default
	// Owners say whose value stands where a marketplace shows another one.
	// Default plan.DefaultOwners.
	Owners plan.Owners
	// Limits are the brakes on harm. Default plan.DefaultLimits.
	Limits *plan.Limits

	// Canaries are products that must be of 3 stars or better, and on sale
	// wherever they were, in every run that may close listings. Default none.
	Canaries []string

	// LeaseTTL is how long a worker holds a listing without a sign of life.
	// Default one minute.
	LeaseTTL time.Duration
	// RequestTimeout bounds how long one request may take, so that a process
	// that died is known to have nothing in flight after it. Default 45 s.
	RequestTimeout time.Duration
	// HeldUntil is until when this process may call marketplaces, by Now: no
	// request that changes something leaves later. Default for good.
	HeldUntil func() time.Time
	// Retry is how long an item first waits after a failure that passes; waits
	// after other failures are in proportion. Default 10 s.
	Retry time.Duration
	// StaleAfter is how old a reading may be when a write follows that carries
	// no precondition. Default 2 s.
	StaleAfter time.Duration
	// ReviewPoll is the shortest wait between two looks at a listing in
	// review; it grows with the time waited. Default 1 s.
	ReviewPoll time.Duration
	// ReviewLimit is when a review is reported as taking too long. Default 72 h.
	ReviewLimit time.Duration
}

// Runner carries out runs. It is safe for any number of goroutines.
type Runner struct {
	Options
	endings endings
	fresh   freshTurns

	unknownIsFailed bool // a mutation, for the test that tests find it; never set otherwise
}

// New makes a Runner.
func New(o Options) *Runner {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Today == nil {
		now := o.Now
		o.Today = func() catalog.Day { return catalog.DayOf(now()) }
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Owners == nil {
		o.Owners = plan.DefaultOwners()
	}
	if o.Limits == nil {
		limits := plan.DefaultLimits()
		o.Limits = &limits
	}
	if o.LeaseTTL == 0 {
		o.LeaseTTL = time.Minute
	}
	if o.RequestTimeout == 0 {
		o.RequestTimeout = 45 * time.Second
	}
	if o.Retry == 0 {
		o.Retry = usualRetry
	}
	if o.StaleAfter == 0 {
		o.StaleAfter = usualStale
	}
	if o.ReviewPoll == 0 {
		o.ReviewPoll = time.Second
	}
	if o.ReviewLimit == 0 {
		o.ReviewLimit = 72 * time.Hour
	}
	return &Runner{Options: o}
}

// settings are what decisions depend on; the days on which many recognitions
// end are read, at most every few seconds.
func (r *Runner) settings(ctx context.Context, policy catalog.Policy) (plan.Settings, error) {
	days, err := r.endingDays(ctx)
	if err != nil {
		return plan.Settings{}, err
	}
	restored, err := r.restored(ctx)
	return plan.Settings{Today: r.Today(), Owners: r.Owners, Policy: policy, Endings: days, Restored: restored}, err
}
