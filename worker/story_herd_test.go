//go:build !race

// Virtual time gains nothing from the race detector and takes ten times as long
// under it: .ci/test runs this story without.

package worker

import (
	"flag"
	"net/http"
	"sync"
	"testing"
	"time"

	"lensan/store"
	"lensan/store/catalog"
)

// wholeSizes has the name of worker/reconcile's flag: .ci/faults sets both.
var wholeSizes = flag.Bool("crash.all", false, "tell the stories at their full sizes")

// F17: Postmart is away for two hours while 10,000 listings wait for it (for 20
// minutes and 2,000 of them where not all is asked for, -crash.all). It is
// asked seldom meanwhile; then the load comes back step by step, up to the
// lane's rate and never beyond it.
func TestF17_TenThousandWaitOutTwoHours(t *testing.T) {
	t.Parallel()
	inBubble(t, time.Date(2026, 11, 24, 8, 0, 0, 0, catalog.Vietnam), func(t *testing.T) {
		waiting, away := 2000, 20*time.Minute
		if *wholeSizes {
			waiting, away = 10_000, 2*time.Hour
		}
		b := newBubbleMarket(t, nil)
		products := make([]made, waiting)
		for i := range products {
			products[i] = made{n: i + 1, decided: "2026-06-01", until: "2030-12-31"}
		}
		(&nights{bubbleMarket: b}).importMade(products...)
		var mu sync.Mutex
		var down, up time.Time
		began, outage := 0, 0
		after := map[int]int{} // calls by second since it came back
		between := func(name string, w http.ResponseWriter) bool {
			mu.Lock()
			defer mu.Unlock()
			now := time.Now()
			if began++; name != "postmart" || began < 60 {
				return false
			}
			if down.IsZero() {
				down = now
			}
			if now.Before(down.Add(away)) {
				outage++
				w.Header().Set("Content-Type", "text/html")
				w.WriteHeader(http.StatusServiceUnavailable)
				w.Write([]byte("<html>Bảo trì</html>")) //nolint:errcheck // the caller may have gone
				return true
			}
			if up.IsZero() {
				up = now
			}
			after[int(now.Sub(up)/time.Second)]++
			return false
		}
		b.between.Store(&between)
		e := b.start(t, func() catalog.Day { return "2026-11-24" })
		run, _, err := b.store.RequestRun(t.Context(), store.RunRequest{Kind: catalog.RunSync, Policy: catalog.PolicySync, Trigger: catalog.TriggerCommand, By: "Lan",
			Scope: catalog.Scope{Marketplaces: []string{"postmart"}}})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(away - time.Minute) // within the outage
		counts, err := b.store.RunCounts(t.Context(), run.ID)
		if c := counts[run.ID]; err != nil || c.Failed > 0 || c.Open() < waiting-60 {
			t.Errorf("in the outage: %+v, want all but a few waiting and none failed (%v)", c, err)
		}
		// Until it has been back for a minute: what follows is as the lane's rate says.
		for limit := time.Now().Add(30 * time.Minute); ; time.Sleep(time.Second) {
			mu.Lock()
			back := !up.IsZero() && time.Since(up) > time.Minute
			mu.Unlock()
			if back {
				break
			}
			if time.Now().After(limit) {
				t.Fatal("it is never asked again")
			}
		}
		if err := b.store.CancelRun(t.Context(), run.ID, "Lan"); err != nil {
			t.Fatal(err)
		}
		b.runs(time.Hour)
		if err := e.stop(); err != nil {
			t.Fatal(err)
		}
		full := 0
		for s := 40; s < 60; s++ {
			full += after[s]
		}
		t.Logf("%d calls while it was away; then by second %d %d %d %d %d %d, and %d in the 20 seconds before the minute", outage, after[0], after[1], after[2], after[3], after[4], after[5], full)
		if outage > 100 {
			t.Errorf("%d calls to a marketplace that is away", outage)
		}
		if after[0] > 8 || after[1] > 8 || after[2] > 16 {
			t.Errorf("a herd: %v", after)
		}
		if full < 20*35 {
			t.Errorf("%d calls in 20 seconds: the rate of 50 is not used again", full)
		}
		if l := b.ledger("postmart"); l.PeakTaken > 50 || l.Refused > 0 || len(l.Doubles) > 0 {
			t.Errorf("%d calls in a second, %d refused, doubles %v", l.PeakTaken, l.Refused, l.Doubles)
		}
	})
}
