package reconcile

import (
	"strconv"
	"time"

	"lensan/adapters"
)

// usualRetry is the first wait after a failure that passes.
const usualRetry = 10 * time.Second

// backoffs say how long an item waits before it is tried again, by the Kind of
// its failure: doubling from first, never beyond most. A Kind that is absent
// is not tried again by itself.
var backoffs = map[adapters.Kind]struct {
	first, most time.Duration
	tries       int // 0: no end
}{
	adapters.KindTransient: {usualRetry, 30 * time.Minute, 0},
	adapters.KindThrottled: {2 * time.Second, 5 * time.Minute, 0},
	adapters.KindConflict:  {2 * time.Second, 10 * time.Minute, 12},
	adapters.KindUnknown:   {time.Minute, time.Hour, 4},
	adapters.KindAmbiguous: {5 * time.Second, 10 * time.Minute, 0},
}

// wait is delay in proportion to what the runner was given as the first wait.
func (r *Runner) wait(kind adapters.Kind, attempts int) time.Duration {
	return time.Duration(float64(delay(kind, attempts)) * r.Retry.Seconds() / usualRetry.Seconds())
}

// delay is the wait before the try after attempts failed ones.
func delay(kind adapters.Kind, attempts int) time.Duration {
	b, ok := backoffs[kind]
	if !ok {
		b = backoffs[adapters.KindTransient]
	}
	d := b.first
	for range min(attempts, 30) {
		if d *= 2; d >= b.most {
			return b.most
		}
	}
	return d
}

// spent tells whether an item has had all its tries.
func spent(kind adapters.Kind, attempts int) bool {
	b, ok := backoffs[kind]
	return ok && b.tries > 0 && attempts+1 >= b.tries
}

func days(d time.Duration) string { return strconv.Itoa(int(d / (24 * time.Hour))) }
