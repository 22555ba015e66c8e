package reconcile

import (
	"time"

	"lensan/adapters"
)

// For tests in the package beside.
var (
	DelayOf    func(adapters.Kind, int) time.Duration = delay
	SpentAfter func(adapters.Kind, int) bool          = spent
)
