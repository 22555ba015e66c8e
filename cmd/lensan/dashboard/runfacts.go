package dashboard

import (
	"context"
	"sync"
	"time"

	"lensan/store"
)

// runFacts are what the items of a run say.
type runFacts struct {
	row    store.RunRow
	counts store.RunCounts
	lanes  []store.LaneProgress
}

const (
	// factsPace is the share of one processor that counting a run's items may
	// take, however many people watch it: 100,000 items take some tens of
	// milliseconds.
	factsPace = 10
	// factsLong is a counting that no reader waits for where there are figures
	// not older than factsOld.
	factsLong, factsOld = 10 * time.Millisecond, 3 * time.Second
	// factsKept bounds the runs whose facts are kept.
	factsKept = 100
)

// runKeeper counts the items of runs. All who watch a run share its figures.
type runKeeper struct {
	mu   sync.Mutex
	runs map[string]*keptRun
	wait sync.WaitGroup

	lanes sync.Mutex
	load  struct {
		lanes []store.LaneLoad
		took  time.Duration
		done  time.Time
	}
}

// loads counts the open items of lanes. Where that takes long, because a whole
// register waits, the figures of a moment ago do.
func (k *runKeeper) loads(ctx ctx, s *store.Store) ([]store.LaneLoad, error) {
	k.lanes.Lock()
	defer k.lanes.Unlock()
	if k.load.took > factsLong && time.Since(k.load.done) < factsPace*k.load.took {
		return k.load.lanes, nil
	}
	began := time.Now()
	lanes, err := s.LaneLoads(ctx)
	if err != nil {
		return nil, err
	}
	k.load.lanes, k.load.done, k.load.took = lanes, time.Now(), time.Since(began)
	return lanes, nil
}

type keptRun struct {
	mu    sync.Mutex
	facts runFacts
	took  time.Duration
	done  time.Time     // by the machine's clock
	count chan struct{} // closed when the counting under way is done
	err   error
}

// forget lets a run be counted anew: somebody has just moved it.
func (k *runKeeper) forget(id string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.runs, id)
}

// of gives the facts of a run: just counted, or those of a moment ago where
// counting takes long; then it goes on behind. Those of an ended run don't
// change. store.ErrNoRun.
func (k *runKeeper) of(ctx ctx, s *store.Store, id string) (runFacts, error) {
	k.mu.Lock()
	r := k.runs[id]
	if r == nil {
		if k.runs == nil || len(k.runs) >= factsKept {
			k.runs = map[string]*keptRun{}
		}
		r = &keptRun{}
		k.runs[id] = r
	}
	k.mu.Unlock()
	r.mu.Lock()
	have, age := !r.done.IsZero(), time.Since(r.done)
	if have && (r.facts.row.FinishedAt > 0 || r.took > factsLong && age < factsPace*r.took) {
		defer r.mu.Unlock()
		return r.facts, nil
	}
	if r.count == nil {
		r.count = make(chan struct{})
		k.wait.Go(func() { r.renew(context.WithoutCancel(ctx), s, id) })
	}
	counted := r.count
	if have && r.took > factsLong && age < factsOld {
		defer r.mu.Unlock()
		return r.facts, nil
	}
	r.mu.Unlock()
	select {
	case <-counted:
	case <-ctx.Done():
		return runFacts{}, ctx.Err()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.facts, r.err
}

func (r *keptRun) renew(ctx ctx, s *store.Store, id string) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	began := time.Now()
	facts, err := countRun(ctx, s, id)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err = err; err == nil {
		r.facts, r.done = facts, time.Now()
		r.took = r.done.Sub(began)
	}
	close(r.count)
	r.count = nil
}

func countRun(ctx ctx, s *store.Store, id string) (runFacts, error) {
	var f runFacts
	rows, _, err := s.RunStatus(ctx, store.Page{}, id)
	if err != nil {
		return f, err
	}
	if len(rows) == 0 {
		return f, store.ErrNoRun
	}
	f.row = rows[0]
	if f.counts, f.lanes, err = s.RunTally(ctx, id); err != nil {
		return f, err
	}
	return f, nil
}
