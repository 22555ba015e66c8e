package reconcile

import (
	"context"
	"slices"
	"strings"

	"lensan/adapters"
	"lensan/store/catalog"
	"lensan/worker/plan"
)

// Reverting is what taking a run back would do by what is on record now; when
// it is carried out each listing is read and decided anew.
type Reverting struct {
	Changes []RevertCount // what would be sent, by marketplace and operations
	Left    []LeftAlone   // listings of which something stays as it is, and why
	LeftN   int           // how many those are in all; Left holds the first LeftShown
	Same    int           // listings that are as before the run already
	Stopped *plan.Stopped // the first brake that would stop it; nil: none
	Closes  int           // listings that would go off sale
}

// LeftShown bounds the listings that a preview names.
const LeftShown = 200

// RevertCount is how many listings of a marketplace would get the same
// operations.
type RevertCount struct {
	Marketplace string
	Ops         string // space separated
	N           int
}

// LeftAlone is a listing of which something is not put back.
type LeftAlone struct {
	Marketplace, SKU, ProductCode string
	Reasons                       []catalog.Reason
}

// PreviewRevert tells what taking a run back would do. It writes nothing and
// calls no marketplace. A run that changed nothing gives the zero value.
func (r *Runner) PreviewRevert(ctx context.Context, runID string) (Reverting, error) {
	out := Reverting{}
	counts := map[RevertCount]int{}
	harm := plan.Harm{}
	err := r.Store.TouchedByRun(ctx, runID, func(m string, skus []string) error {
		done, err := r.doneBy(ctx, runID, m, skus)
		if err != nil {
			return err
		}
		subjects, err := r.Store.SubjectsOf(ctx, skus, []string{m})
		if err != nil {
			return err
		}
		for _, s := range subjects {
			d := plan.Revert(s.Lanes[m].Listing, done[s.SKU.Code])
			switch {
			case len(d.Ops) > 0:
				counts[RevertCount{Marketplace: m, Ops: opsText(d.Ops)}]++
				harm.Add(m, s, d)
				if slices.Contains(d.Ops, adapters.OpClose) {
					out.Closes++
				}
			case len(d.Reasons) == 0:
				out.Same++
			}
			if len(d.Reasons) == 0 {
				continue
			}
			if out.LeftN++; len(out.Left) < LeftShown {
				out.Left = append(out.Left, LeftAlone{Marketplace: m, SKU: s.SKU.Code, ProductCode: s.Product.Code, Reasons: d.Reasons})
			}
		}
		return nil
	})
	if err != nil {
		return Reverting{}, err
	}
	for m, h := range harm {
		if h.Live, err = r.Store.LiveCount(ctx, m); err != nil {
			return Reverting{}, err
		}
	}
	out.Stopped = r.Limits.Check(harm, nil)
	for c, n := range counts {
		c.N = n
		out.Changes = append(out.Changes, c)
	}
	slices.SortFunc(out.Changes, func(a, b RevertCount) int {
		return strings.Compare(a.Marketplace+" "+a.Ops, b.Marketplace+" "+b.Ops)
	})
	return out, nil
}
