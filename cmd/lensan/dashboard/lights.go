package dashboard

import (
	"context"
	"time"

	"lensan/store"
	"lensan/store/catalog"
)

type ctx = context.Context

// laneLight is how one lane stands, in words that need no training.
type laneLight struct {
	store.Lane
	Tone    string // good, wait, bad
	Says    string
	Reason  catalog.Explanation // why it is paused; zero: it is not
	Paused  bool
	ByHand  bool
	Due     int // items that wait and whose time has come
	Later   int
	InHand  int
	Oldest  time.Time // since when the oldest due item waits
	ReadOld bool      // the last whole reading is older than a day and a half
	Never   bool      // resumes by hand only
	Pace    store.LanePace
	Paced   bool   // a process has told of its pace
	SignIn  string // good, bad, or empty: nobody has tried yet
}

// reasonSignIn is the reason of a lane whose sign-in is refused.
const reasonSignIn = "lane.unauthorized"

// laneLights reads how the lanes stand, and whether any process carries out
// what is asked for.
func (d *Dashboard) laneLights(ctx ctx, v *visit) ([]laneLight, bool, error) {
	lanes, err := d.Store.Lanes(ctx)
	if err != nil {
		return nil, false, err
	}
	loads, err := d.counted.loads(ctx, d.Store)
	if err != nil {
		return nil, false, err
	}
	alive, err := d.EngineAlive(ctx)
	if err != nil {
		return nil, false, err
	}
	paces, err := d.Store.LanePaces(ctx)
	if err != nil {
		return nil, false, err
	}
	out := make([]laneLight, 0, len(lanes))
	for _, l := range lanes {
		light := laneLight{Lane: l, Paused: l.IsPaused(v.now), ByHand: l.PausedBy != "", Never: l.PausedUntil.Equal(store.NeverResumes)}
		for _, load := range loads {
			if load.Marketplace != l.Marketplace {
				continue
			}
			light.Due += load.Due
			light.Later += load.Later
			light.InHand += load.Batched
			if t := toTime(load.OldestDue); !t.IsZero() && !t.After(v.now) && (light.Oldest.IsZero() || t.Before(light.Oldest)) {
				light.Oldest = t
			}
		}
		light.Pace, light.Paced = paces[l.Marketplace], paces[l.Marketplace].Allowed > 0
		switch {
		case light.Paused && l.PauseReason == reasonSignIn:
			light.SignIn = "bad"
		case !l.ReadWholeAt.IsZero():
			light.SignIn = "good"
		}
		light.ReadOld = l.ReadWholeAt.IsZero() || v.now.Sub(l.ReadWholeAt) > 36*time.Hour
		v.light(&light, alive)
		out = append(out, light)
	}
	return out, alive, nil
}

// light says in one line what matters most about a lane.
func (v *visit) light(l *laneLight, alive bool) {
	switch {
	case l.Paused:
		l.Reason = explain(l.PauseReason)
		l.Tone, l.Says = "bad", v.tr("đang tạm dừng", "paused")
		if l.ByHand {
			l.Tone = "wait"
		}
	case !alive && l.Due > 0:
		l.Tone, l.Says = "bad", v.tr("chưa có tiến trình xử lý nào chạy", "no engine is running")
	case !l.Oldest.IsZero() && v.now.Sub(l.Oldest) > 15*time.Minute:
		l.Tone, l.Says = "wait", v.tr("chậm: có việc chờ lâu", "slow: work has waited long")
	case l.Due+l.InHand > 0:
		l.Tone, l.Says = "good", v.tr("đang làm việc", "working")
	default:
		l.Tone, l.Says = "good", v.tr("sẵn sàng", "ready")
	}
}
