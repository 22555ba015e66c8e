package reconcile

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"time"

	"lensan/store"
	"lensan/store/catalog"
	"lensan/worker/plan"
)

// announced is how long ahead many recognitions that end on one day are made a
// decision; namesShown is how many of their products it names.
const (
	announced  = 30
	namesShown = 20
)

// endings keeps for a short time which days' endings a person must decide on.
type endings struct {
	mu   sync.Mutex
	at   time.Time
	days map[string]plan.Ending
}

// endingDays are the days on which more recognitions end than the brake on
// closing lets through, by marketplace and day, with the answers given.
func (r *Runner) endingDays(ctx context.Context) (map[string]plan.Ending, error) {
	r.endings.mu.Lock()
	defer r.endings.mu.Unlock()
	if now := r.Now(); r.endings.days == nil || now.Sub(r.endings.at) > 10*time.Second {
		big, err := r.bigEndings(ctx, r.Today())
		if err != nil {
			return nil, err
		}
		r.endings.days, r.endings.at = map[string]plan.Ending{}, now
		for _, e := range big {
			r.endings.days[e.Subject()] = plan.Ending(e.Choice)
		}
	}
	return r.endings.days, nil
}

func (r *Runner) bigEndings(ctx context.Context, until catalog.Day) ([]store.Ending, error) {
	all, err := r.Store.Endings(ctx, until)
	if err != nil {
		return nil, err
	}
	most := map[string]int{}
	var big []store.Ending
	for _, e := range all {
		if _, ok := most[e.Marketplace]; !ok {
			live, err := r.Store.LiveCount(ctx, e.Marketplace)
			if err != nil {
				return nil, err
			}
			most[e.Marketplace], _, _ = (*r.Limits)[plan.BrakeClose].Max(live)
		}
		if e.Listings > most[e.Marketplace] || e.Choice != "" {
			big = append(big, e)
		}
	}
	return big, nil
}

// announceEndings asks a person about each day, past or within a month, on
// which many recognitions end: one decision that names the day and products.
func (r *Runner) announceEndings(ctx context.Context) error {
	r.endings.mu.Lock()
	r.endings.days = nil // read anew, with the answers given since
	r.endings.mu.Unlock()
	until := catalog.DayOf(r.Today().Start().AddDate(0, 0, announced))
	big, err := r.bigEndings(ctx, until)
	if err != nil {
		return err
	}
	var ask []catalog.Decision
	for _, e := range big {
		if e.Choice != "" {
			continue
		}
		names, err := r.Store.EndingNames(ctx, e, namesShown)
		if err != nil {
			return err
		}
		ask = append(ask, catalog.Decision{Kind: catalog.DecideEnding, Subject: e.Subject(), Marketplace: e.Marketplace, Stake: map[string]string{
			"day": catalog.Day(e.Day).Shown(), "products": strconv.Itoa(e.Products), "listings": strconv.Itoa(e.Listings), "names": strings.Join(names, "; ")}})
	}
	_, err = r.Store.PutDecisions(ctx, ask)
	return err
}
