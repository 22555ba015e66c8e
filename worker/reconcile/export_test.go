package reconcile

import (
	"time"

	"lensan/adapters"
)

// For tests in the package beside.
var (
	DelayOf func(adapters.Kind, int) time.Duration = delay
	// Mutate makes a Runner that takes an unknown outcome for a failure.
	Mutate                                   = func(r *Runner) { r.unknownIsFailed = true }
	SpentAfter func(adapters.Kind, int) bool = spent
)
