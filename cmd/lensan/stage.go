package main

import (
	"context"
	"time"

	"lensan/cmd/lensan/report"
	"lensan/cmd/lensan/text"
	"lensan/store"
)

// stageEvery is how often a waiting command looks at what goes on inside of
// batches.
const stageEvery = time.Second

// addStages says of each lane what it is doing while none of its items ends:
// shops are made first, and what was sent waits to be read back.
func (a *app) addStages(ctx context.Context, s *store.Store, id string, progress []store.LaneProgress, lanes []report.Lane) error {
	if at := now(); at.Sub(a.stagesAt) >= stageEvery {
		stages, err := s.RunStages(ctx, id)
		if err != nil {
			return err
		}
		a.stages, a.stagesAt = stages, at
	}
	for i, p := range progress {
		stage := a.stages[p.Marketplace]
		lanes[i].Sent = min(stage.Sent, p.Total-p.Ended)
		switch left := stage.Shops - stage.ShopsMade; {
		case lanes[i].Sent > 0:
			lanes[i].Doing = text.DoingSent.In(a.lang, "n", text.Number(a.lang, int64(lanes[i].Sent)))
		case left > 0:
			lanes[i].Doing = text.DoingShops.In(a.lang, "done", text.Number(a.lang, int64(stage.ShopsMade)), "total", text.Number(a.lang, int64(stage.Shops)))
		}
	}
	return nil
}
