package plan

import (
	"maps"
	"slices"

	"lensan/adapters"
	"lensan/store/catalog"
)

// Brake names a limit on harm. A person lifts one, by name, once.
type Brake string

// The brakes.
const (
	BrakeClose     Brake = "close"      // taking listings off sale
	BrakeLast      Brake = "last"       // taking the last live listing off sale
	BrakePriceDrop Brake = "price_drop" // a price down by more than half
	BrakePriceRise Brake = "price_rise" // a price up more than tenfold
	BrakeStock     Brake = "stock"      // stock to 0
	BrakeImages    Brake = "images"     // losing all pictures
	BrakeContent   Brake = "content"    // content of live listings, which go off sale by it
)

// Brakes lists them in order.
var Brakes = []Brake{BrakeClose, BrakeLast, BrakePriceDrop, BrakePriceRise, BrakeStock, BrakeImages, BrakeContent}

// Limit is how much of what is live one brake lets through: in one run the
// larger of Floor and Run, and shares of it over a rolling day and week.
type Limit struct {
	Floor          int
	Run, Day, Week float64
}

// Max is the limit for a marketplace with live listings on sale: in one run,
// in a day and in a week. No window is narrower than a run.
func (l Limit) Max(live int) (run, day, week int) {
	run = max(l.Floor, int(l.Run*float64(live)))
	day = max(run, int(l.Day*float64(live)))
	week = max(day, int(l.Week*float64(live)))
	return run, day, week
}

// Limits are the limits of all brakes.
type Limits map[Brake]Limit

// DefaultLimits are those of the design.
func DefaultLimits() Limits {
	closing := Limit{5, 0.05, 0.10, 0.20}
	return Limits{
		BrakeClose: closing, BrakeImages: closing, BrakePriceDrop: closing, BrakePriceRise: closing,
		BrakeStock:   {10, 0.20, 0.30, 0.50},
		BrakeContent: {20, 0.30, 0.50, 1.00},
	}
}

// Harm counts, by marketplace, what a plan would do that hurts when it is
// wrong, beside what is live.
type Harm map[string]*HarmCount

// HarmCount is the harm on one marketplace; Live is how many of our listings
// are live there in all.
type HarmCount struct {
	Live int
	By   map[Brake]int
	Why  map[string]int // reasons of closings
}

// Cause is the reason of most closings; empty: there are none.
func (c *HarmCount) Cause() string {
	cause := ""
	for _, code := range slices.Sorted(maps.Keys(c.Why)) {
		if cause == "" || c.Why[code] > c.Why[cause] {
			cause = code
		}
	}
	return cause
}

// Of are the brakes that one decision presses.
func Of(s catalog.Subject, m string, d Decision) []Brake {
	var out []Brake
	l := s.Lanes[m].Listing
	live := l.MarketState == string(adapters.Live)
	if slices.Contains(d.Ops, adapters.OpClose) && !d.Approved {
		if live || l.MarketState == string(adapters.PendingReview) {
			out = append(out, BrakeClose) // what is under review is about to be live
		}
		if live {
			out = append(out, BrakeLast)
		}
	}
	if slices.Contains(d.Ops, adapters.OpUpdateContent) && live {
		out = append(out, BrakeContent)
	}
	if !slices.Contains(d.Ops, adapters.OpUpdateOffer) {
		return out
	}
	for _, f := range d.Diff {
		if f.Verdict != Push {
			continue
		}
		there, want := integer(f.There), integer(f.Want)
		switch {
		case f.Field == adapters.FieldPrice && there > 0 && want*2 < there:
			out = append(out, BrakePriceDrop)
		case f.Field == adapters.FieldPrice && there > 0 && want > 10*there:
			out = append(out, BrakePriceRise)
		case f.Field == adapters.FieldStock && there > 0 && want == 0:
			out = append(out, BrakeStock)
		}
	}
	return out
}

// Add counts one decision.
func (h Harm) Add(m string, s catalog.Subject, d Decision) {
	c := h[m]
	if c == nil {
		c = &HarmCount{By: map[Brake]int{}, Why: map[string]int{}}
		h[m] = c
	}
	for _, b := range Of(s, m, d) {
		c.By[b]++
		if b == BrakeClose && len(d.Reasons) > 0 {
			c.Why[d.Reasons[0].Code]++
		}
	}
}

// Stopped says which brake stops a plan, and by how much.
type Stopped struct {
	Brake       Brake
	Marketplace string
	Asked, Max  int
	Live        int
	Cause       string // of a brake on closing: the reason of most of them
}

// Check returns the first brake that the harm presses beyond its limit for one
// run, those lifted aside; nil: none.
func (l Limits) Check(h Harm, lifted []string) *Stopped {
	for _, m := range slices.Sorted(maps.Keys(h)) {
		c := h[m]
		for _, b := range Brakes {
			if slices.Contains(lifted, string(b)) {
				continue
			}
			if b == BrakeLast {
				if c.Live > 5 && c.By[BrakeLast] >= c.Live {
					return &Stopped{Brake: b, Marketplace: m, Asked: c.By[BrakeLast], Max: c.Live - 1, Live: c.Live, Cause: c.Cause()}
				}
				continue
			}
			if most, _, _ := l[b].Max(c.Live); c.By[b] > most {
				s := &Stopped{Brake: b, Marketplace: m, Asked: c.By[b], Max: most, Live: c.Live}
				if b == BrakeClose {
					s.Cause = c.Cause()
				}
				return s
			}
		}
	}
	return nil
}

func integer(text string) int64 {
	var n int64
	for _, r := range text {
		if r < '0' || r > '9' {
			return 0
		}
		n = n*10 + int64(r-'0')
	}
	return n
}
