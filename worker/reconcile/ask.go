package reconcile

import (
	"context"

	"lensan/store/catalog"
	"lensan/worker/plan"
)

// lapsing are the kinds of decision that a plan raises and ends by itself.
var lapsing = []catalog.DecisionKind{catalog.DecideDrift, catalog.DecideClosedByOther, catalog.DecideVanished}

// ask opens a decision for each question that a page's decisions raise, and
// ends those whose cause is gone; what a restore left in doubt and is in none
// any more is settled.
func (r *Runner) ask(ctx context.Context, batch []planned) error {
	if err := r.settleGround(ctx, batch); err != nil {
		return err
	}
	var open []catalog.Decision
	skus, keep := map[string][]string{}, map[string][]string{}
	for _, pl := range batch {
		if pl.subject.SKU == nil || pl.decision.Settle {
			continue
		}
		skus[pl.marketplace] = append(skus[pl.marketplace], pl.subject.SKU.Code)
		for _, q := range questionsOf(pl) {
			keep[pl.marketplace] = append(keep[pl.marketplace], q.Subject)
			open = append(open, q)
		}
	}
	if _, err := r.Store.PutDecisions(ctx, open); err != nil {
		return err
	}
	for m, of := range skus {
		if err := r.Store.LapseDecisions(ctx, m, lapsing, of, keep[m]); err != nil {
			return err
		}
	}
	return nil
}

func questionsOf(pl planned) []catalog.Decision {
	sku, m := pl.subject.SKU.Code, pl.marketplace
	base := catalog.Decision{Marketplace: m, SKU: sku, ProductCode: pl.subject.Product.Code}
	url := pl.subject.Lanes[m].Listing.RemoteURL
	var out []catalog.Decision
	for _, f := range pl.decision.Diff {
		if f.Verdict != plan.AskThem && f.Verdict != plan.Both {
			continue
		}
		q := base
		q.Kind, q.Subject = catalog.DecideDrift, m+"/"+sku+"/"+string(f.Field)
		q.Stake = map[string]string{"sku": sku, "name": pl.subject.SKU.Name, "field": string(f.Field), "there": f.There, "want": f.Want, "verdict": string(f.Verdict), "url": url}
		out = append(out, q)
	}
	for _, reason := range pl.decision.Reasons {
		kind, ok := map[string]catalog.DecisionKind{"listing.vanished": catalog.DecideVanished, "listing.closed_by_other": catalog.DecideClosedByOther}[reason.Code]
		if !ok {
			continue
		}
		q := base
		q.Kind, q.Subject = kind, m+"/"+sku
		q.Stake = map[string]string{"sku": sku, "name": pl.subject.SKU.Name, "url": url}
		out = append(out, q)
	}
	return out
}
