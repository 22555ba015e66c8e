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

// Thirty nights in each of which four of 160 recognitions end: fewer than a run
// may close, more than a week may. What the program closes by itself never
// overspends a day or a week; what a brake holds stays, with one question to a
// person, who lets it go on every third morning; nothing valid ever leaves.
func TestThirtyNightsOfBrakes(t *testing.T) {
	t.Parallel()
	inBubble(t, time.Date(2026, 11, 24, 9, 0, 0, 0, catalog.Vietnam), func(t *testing.T) {
		n := newNights(t)
		const all, nightly = 160, 4
		first := catalog.Day("2026-12-01")
		day := func(i int) catalog.Day { return catalog.DayOf(first.Start().AddDate(0, 0, i)) }
		var products []made
		last := map[string]catalog.Day{}
		for i := range all {
			p := made{n: i + 1, decided: "2025-06-01", until: "2030-12-31"}
			if i < 30*nightly {
				p.until = day(i / nightly)
			}
			products = append(products, p)
			last[p.sku()] = p.until
		}
		n.importMade(products...)
		if _, _, err := n.store.RequestRun(t.Context(), store.RunRequest{Kind: catalog.RunSync, Policy: catalog.PolicySync, Trigger: catalog.TriggerCommand, By: "Lan"}); err != nil {
			t.Fatal(err)
		}
		n.drive()
		held, lifted := 0, 0
		own := map[string][]int{} // what the program closed by itself, night by night
		for i := range 35 {
			today := day(i)
			before := map[string]int{"postmart": len(n.onSale("postmart")), "voso": len(n.onSale("voso"))}
			n.night(today)
			for _, m := range bothLanes {
				sold := n.onSale(m)
				for sku, end := range last {
					switch {
					case !sold[sku] && end >= today:
						t.Errorf("%s: %s left %s, valid until %s", today, sku, m, end)
					case sold[sku] && end < today:
						held++
					}
				}
				own[m] = append(own[m], before[m]-len(sold))
				week := 0
				for _, closed := range own[m][max(0, len(own[m])-7):] {
					week += closed
				}
				if closed := own[m][len(own[m])-1]; closed > 16 || week > 32 { // 10 and 20 of 100 at the most
					t.Errorf("%s: %d in a night, %d in a week left %s", today, closed, week, m)
				}
			}
			lifted += n.answerBrakes(i%3 == 2)
		}
		for _, m := range bothLanes { // also after a person has let more go
			late := 0
			for _, closed := range own[m][9:30] {
				late += closed
			}
			if late < 12 {
				t.Errorf("%s: %d closed by itself from the tenth night on", m, late)
			}
		}
		t.Logf("held %d times, lifted %d times, closed by itself %v", held, lifted, own)
		if held == 0 || lifted == 0 {
			t.Error("no brake ever held anything: the story proves nothing")
		}
		for _, m := range bothLanes {
			if sold := n.onSale(m); len(sold) != all-30*nightly {
				t.Errorf("%s still sells %d, want %d", m, len(sold), all-30*nightly)
			}
		}
	})
}

// answerBrakes has a person lift each brake that has stopped a run, and tells
// how many; not now, and they stay. There is never more than one question for
// a brake and a marketplace.
func (n *nights) answerBrakes(now bool) int {
	n.t.Helper()
	open, err := n.store.Decisions(n.t.Context(), store.DecisionFilter{State: "open", Kind: catalog.DecideBrake})
	if err != nil {
		n.t.Fatal(err)
	}
	asked := map[string]bool{}
	for _, d := range open {
		if asked[d.Marketplace] {
			n.t.Errorf("asked twice about %s: %+v", d.Marketplace, open)
		}
		asked[d.Marketplace] = true
	}
	if !now || len(open) == 0 {
		return 0
	}
	for _, d := range open {
		if _, err := n.store.ResolveDecision(n.t.Context(), d.ID, "lift_and_run", "Lan", "đã kiểm tra"); err != nil {
			n.t.Fatal(err)
		}
		n.drive()
	}
	return len(open)
}
