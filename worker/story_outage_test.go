//go:build !race

// Virtual time gains nothing from the race detector and takes ten times as long
// under it: .ci/test runs this story without.

package worker

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"lensan/store/catalog"
)

// F17: Postmart is away for six hours while 161 listings wait for it, then asks
// for ten minutes more. It is asked seldom meanwhile, not at all in those ten
// minutes, and afterwards the load comes back step by step.
func TestF17_SixHoursOfOutage(t *testing.T) {
	t.Parallel()
	inBubble(t, time.Date(2026, 11, 24, 8, 0, 0, 0, catalog.Vietnam), func(t *testing.T) {
		b := newBubbleMarket(t, nil)
		b.importSample()
		var mu sync.Mutex
		var down, throttled, up time.Time
		var calls []time.Time // to Postmart since it went down
		began := 0
		between := func(name string, w http.ResponseWriter) bool {
			if name != "postmart" {
				return false
			}
			mu.Lock()
			defer mu.Unlock()
			now := time.Now()
			if began++; began < 60 {
				return false
			}
			if down.IsZero() {
				down = now
			}
			calls = append(calls, now)
			switch {
			case now.Before(down.Add(6 * time.Hour)):
				w.Header().Set("Content-Type", "text/html")
				w.WriteHeader(http.StatusServiceUnavailable)
				w.Write([]byte("<html>Bảo trì</html>")) //nolint:errcheck // the caller may have gone
			case throttled.IsZero():
				throttled = now
				w.Header().Set("Retry-After", "600")
				w.WriteHeader(http.StatusTooManyRequests)
			default:
				if up.IsZero() {
					up = now
				}
				return false
			}
			return true
		}
		b.between.Store(&between)
		e := b.start(t, func() catalog.Day { return sampleDay })
		p := pair{store: b.store}
		run := p.request(t)
		b.runs(8 * time.Hour)
		b.wantAllListedOnce(p, run.ID)
		if err := e.stop(); err != nil {
			t.Fatal(err)
		}
		outage, after := 0, map[int]int{} // calls by second since it came back
		for _, at := range calls {
			switch {
			case at.Before(down.Add(6 * time.Hour)):
				outage++
			case !up.IsZero() && !at.Before(up):
				after[int(at.Sub(up)/time.Second)]++
			case at.After(throttled):
				t.Errorf("asked %s after it wanted ten minutes of rest", at.Sub(throttled))
			}
		}
		t.Logf("%d calls in six hours; then by second %d %d %d %d %d %d", outage, after[0], after[1], after[2], after[3], after[4], after[6])
		if outage > 160 {
			t.Errorf("%d calls to a marketplace that is away", outage)
		}
		if back := up.Sub(throttled); back < 10*time.Minute || back > 12*time.Minute {
			t.Errorf("asked again %s after the refusal", back)
		}
		if after[0] > 8 || after[1] > 8 || after[2] > 16 {
			t.Errorf("a herd: %v", after)
		}
		if l := b.ledger("postmart"); l.PeakTaken > 50 || l.Refused > 0 {
			t.Errorf("%d calls in a second, %d refused", l.PeakTaken, l.Refused)
		}
		if l := b.ledger("voso"); l.Refused > 0 {
			t.Errorf("voso refused %d", l.Refused)
		}
	})
}
