package dashboard

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"

	"lensan/store"
	"lensan/store/catalog"
)

// ring is a share drawn as a ring: the arcs of a circle of circumference 100.
type ring struct {
	Part, Whole int
	Arc         string // stroke-dasharray
}

func newRing(part, whole int) ring {
	share := 0.0
	if whole > 0 {
		share = 100 * float64(part) / float64(whole)
	}
	return ring{part, whole, fmt.Sprintf("%.2f %.2f", share, 100-share)}
}

// step is one bar of the way from the register to the marketplace.
type step struct {
	Label string
	N     int
	Width string // of 100
	Tone  string
	Lost  int // fewer than the step before
	Where template.URL
	Why   string // in a few words
}

// bars lays out the parts of a whole side by side, each [x, width] of 100.
type bar struct{ X, Width, Tone string }

func stack(whole int, parts ...any) []bar {
	var out []bar
	x := 0.0
	for i := 0; i+1 < len(parts); i += 2 {
		n := float64(parts[i].(int))
		if whole == 0 || n <= 0 {
			continue
		}
		w := 100 * n / float64(whole)
		out = append(out, bar{fmt.Sprintf("%.2f", x), fmt.Sprintf("%.2f", w), parts[i+1].(string)})
		x += w
	}
	return out
}

func width(n, whole int) string {
	if whole <= 0 {
		return "0"
	}
	return fmt.Sprintf("%.2f", math.Min(100, 100*float64(n)/float64(whole)))
}

// trend is a chart of shares over days.
type trend struct {
	Lines []trendLine
	Grid  []tick // shares
	Days  []tick // days
	From  catalog.Day
	To    catalog.Day
	Kept  int // days with figures
}

type trendLine struct {
	Marketplace string
	Path        string
	Dot         [2]string
	Class       string
	Last        int // per cent
	First       int
}

type tick struct {
	At    string
	Label string
	Day   catalog.Day
}

// The trend's drawing, in its own units.
const (
	trendW, trendH                 = 520.0, 190.0
	trendLeft, trendTop, trendFoot = 44.0, 10.0, 24.0
)

// newTrend draws live of eligible, in per cent, of each marketplace.
func newTrend(days []store.CoverageDay, from, to catalog.Day) trend {
	t := trend{From: from, To: to}
	span := math.Max(1, dayNumber(to)-dayNumber(from))
	x := func(d catalog.Day) float64 {
		return trendLeft + (trendW-trendLeft-8)*(dayNumber(d)-dayNumber(from))/span
	}
	y := func(share float64) float64 { return trendTop + (trendH-trendTop-trendFoot)*(1-share) }
	for _, p := range []int{0, 25, 50, 75, 100} {
		t.Grid = append(t.Grid, tick{At: fmt.Sprintf("%.1f", y(float64(p)/100)), Label: fmt.Sprint(p, " %")})
	}
	kept := map[string]bool{}
	for _, d := range days {
		kept[d.Day] = true
	}
	t.Kept = len(kept)
	byMarket := map[string][]store.CoverageDay{}
	var names []string
	for _, d := range days {
		if byMarket[d.Marketplace] == nil {
			names = append(names, d.Marketplace)
		}
		byMarket[d.Marketplace] = append(byMarket[d.Marketplace], d)
	}
	slices.Sort(names)
	for i, name := range names {
		var b strings.Builder
		line := trendLine{Marketplace: name, Class: fmt.Sprintf("line-%d", i)}
		for n, d := range byMarket[name] {
			share := 0.0
			if d.Eligible > 0 {
				share = float64(d.Live) / float64(d.Eligible)
			}
			px, py := x(catalog.Day(d.Day)), y(share)
			fmt.Fprintf(&b, "%s%.1f %.1f", map[bool]string{true: "M", false: "L"}[n == 0], px, py)
			line.Dot = [2]string{fmt.Sprintf("%.1f", px), fmt.Sprintf("%.1f", py)}
			line.Last = int(100 * share) // 100 % is said of all only
			if n == 0 {
				line.First = line.Last
			}
		}
		line.Path = b.String()
		t.Lines = append(t.Lines, line)
	}
	for _, part := range []float64{0, 0.5, 1} {
		d := addDays(from, int(math.Round(part*span)))
		t.Days = append(t.Days, tick{At: fmt.Sprintf("%.1f", x(d)), Day: d})
	}
	return t
}

func dayNumber(d catalog.Day) float64 { return float64(d.Start().Unix() / 86400) }

// addDays is the day n days on.
func addDays(d catalog.Day, n int) catalog.Day {
	return catalog.DayOf(d.Start().AddDate(0, 0, n))
}
