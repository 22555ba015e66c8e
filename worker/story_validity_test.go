//go:build !race

// Virtual time gains nothing from the race detector and takes ten times as long
// under it: .ci/test runs this story without.

package worker

import (
	"testing"
	"time"

	"lensan/store"
	"lensan/store/catalog"
)

// Three years in one go: each recognition's listings are on sale until its
// last day is over and off sale in the night after it, not before; 36 months
// where the register names no end; renewed in time they stay, renewed later
// they come back.
func TestThirtySixMonthsOfValidity(t *testing.T) {
	t.Parallel()
	inBubble(t, time.Date(2026, 11, 24, 9, 0, 0, 0, catalog.Vietnam), func(t *testing.T) {
		n := newNights(t)
		products := []made{
			{n: 1, decided: "2026-11-24"},                      // 36 months, to the day
			{n: 2, decided: "2024-02-29"},                      // of a leap day
			{n: 3, decided: "2026-01-05", until: "2027-06-30"}, // as stated
			{n: 4, decided: "2024-01-10"},                      // renewed in time
			{n: 5, decided: "2024-03-10"},                      // renewed three weeks late
			{n: 6, decided: "2025-08-31"},
			{n: 7, decided: "2025-10-01", until: "2028-12-31"},
		}
		for i := 20; i < 40; i++ { // what is not about to end
			products = append(products, made{n: i, decided: "2026-06-01", until: "2030-12-31"})
		}
		n.importMade(products...)
		run, _, err := n.store.RequestRun(t.Context(), store.RunRequest{Kind: catalog.RunSync, Policy: catalog.PolicySync, Trigger: catalog.TriggerCommand, By: "Lan"})
		if err != nil {
			t.Fatal(err)
		}
		n.drive()
		if counts, err := n.store.RunCounts(t.Context(), run.ID); err != nil || counts[run.ID].Done != 2*len(products) {
			t.Fatalf("%+v %v\n%s", counts[run.ID], err, n.troubles())
		}
		// The last day on sale, or the days on sale again.
		last := map[string]catalog.Day{"S0001": "2029-11-24", "S0002": "2027-02-28", "S0003": "2027-06-30", "S0004": "2030-01-05", "S0005": "2027-03-10", "S0006": "2028-08-31", "S0007": "2028-12-31"}
		again := map[string]catalog.Day{"S0005": "2027-04-01"}
		renewals := map[catalog.Day]made{"2027-01-05": {n: 4, decided: "2027-01-05"}, "2027-03-31": {n: 5, decided: "2027-03-31"}}
		events := map[catalog.Day]bool{}
		for _, days := range []map[string]catalog.Day{last, again} {
			for _, day := range days {
				for i := -2; i <= 3; i++ {
					events[catalog.DayOf(day.Start().Add(time.Duration(i)*24*time.Hour))] = true
				}
			}
		}
		start, count := catalog.Day("2026-11-25").Start(), 0
		for d := 0; d <= 1110; d++ {
			day := catalog.DayOf(start.AddDate(0, 0, d))
			renewed, isRenewal := renewals[day]
			if !events[day] && !isRenewal && d%15 > 0 { // most nights are missed, and caught up
				continue
			}
			count++
			n.night(day)
			for _, m := range bothLanes {
				sold := n.onSale(m)
				for _, p := range products {
					want := true
					if end, ok := last[p.sku()]; ok && day > end {
						back, renewed := again[p.sku()]
						want = renewed && day >= back
					}
					if sold[p.sku()] != want {
						t.Errorf("%s: %s on %s is on sale: %v", day, p.sku(), m, !want)
					}
				}
			}
			if t.Failed() {
				return
			}
			if isRenewal { // the whole register again, with the new decision in it
				for i := range products {
					if products[i].n == renewed.n {
						products[i] = renewed
					}
				}
				n.importMade(products...)
			}
		}
		for _, m := range bothLanes {
			if l := n.ledger(m); len(l.Doubles) > 0 {
				t.Errorf("%s: %v", m, l.Doubles)
			}
		}
		t.Logf("%d nights", count)
	})
}
