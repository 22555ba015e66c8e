package reconcile

import (
	"context"
	"slices"
	"sync"
	"time"

	"lensan/adapters"
	"lensan/store/catalog"
)

// readAhead is how many requests for listings are under way at once.
const readAhead = 16

// reading is what came of asking for one listing.
type reading struct {
	listing adapters.Listing
	there   bool
	at      time.Time // when it was asked for: it is no newer than that
}

// usualStale is how old a reading may be before a write, unless it is set.
const usualStale = 2 * time.Second

// PerCall is how many items one request of op carries: where each listing must
// be read by itself first, no more than can be read in time, with the write.
func PerCall(c adapters.Capabilities, op adapters.Op) int { return perCall(c, op, usualStale) }

func perCall(c adapters.Capabilities, op adapters.Op, stale time.Duration) int {
	n := max(1, c.Batch[op])
	if c.GetBatch <= 1 && needsFresh(c, op) {
		n = min(n, max(1, int(c.Rate*stale.Seconds())-1))
	}
	return n
}

// needsFresh tells whether a write of op has no precondition on the wire.
func needsFresh(c adapters.Capabilities, op adapters.Op) bool {
	return op != adapters.OpCreate && !(op == adapters.OpUpdateContent && c.Conditional)
}

func (w *work) needsFresh(op adapters.Op) bool { return needsFresh(w.caps, op) }

// readWithin is how long reading for one write may take where each listing is a
// request of its own, so that the write itself is still in time.
func (r *Runner) readWithin() time.Duration { return r.StaleAfter * 3 / 4 }

// oneByOne tells whether a write of op needs a fresh reading of listings that
// are read by one request each: only so many fit into the time.
func (w *work) oneByOne(op adapters.Op) bool { return w.caps.GetBatch <= 1 && w.needsFresh(op) }

// toRead are the open tasks to be read before the first decision: not those
// just read, and not those that will be read right before their write.
func (w *work) toRead() []*task {
	var out []*task
	for _, t := range w.open() {
		if w.Now().Sub(t.readAt) <= w.StaleAfter {
			continue
		}
		if op, ok := w.next(t, w.decide(t)); ok && w.oneByOne(op) {
			continue
		}
		out = append(out, t)
	}
	return out
}

// read fetches the tasks' listings from the marketplace, those that have one.
func (w *work) read(ctx context.Context, tasks []*task) error {
	_, err := w.readUntil(ctx, tasks, 0)
	return err
}

// readUntil is read, ended early: when within has passed and something has
// come, the tasks not read by then are returned. Zero is no end.
func (w *work) readUntil(ctx context.Context, tasks []*task, within time.Duration) (late []*task, err error) {
	var ids []string
	for _, t := range tasks {
		if t.listing.RemoteID != "" {
			ids = append(ids, t.listing.RemoteID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	got, err := w.fetch(ctx, ids, within)
	if err != nil {
		return nil, err
	}
	for _, t := range tasks {
		if t.listing.RemoteID == "" {
			continue
		}
		r, ok := got[t.listing.RemoteID]
		switch {
		case !ok:
			late = append(late, t)
		case !r.there:
			if err := w.vanished(ctx, t); err != nil {
				return nil, err
			}
		default:
			t.see(seenAs(t.listing, r.listing, r.at, w.ReviewPoll), w.m)
			t.readAt = r.at
		}
	}
	return late, nil
}

// fetch asks for listings by id, several requests at a time where one carries
// few. What was not asked for, or not answered, within that time is absent; the
// first answer is waited for however long it takes.
func (w *work) fetch(ctx context.Context, ids []string, within time.Duration) (map[string]reading, error) {
	parts := slices.Collect(slices.Chunk(ids, max(1, w.caps.GetBatch)))
	f := &fetching{work: w, parts: parts, got: make(map[string]reading, len(ids))}
	f.ctx, f.stop = context.WithCancel(ctx)
	defer f.stop()
	if within > 0 {
		timer := time.AfterFunc(within, f.timeUp)
		defer timer.Stop()
	}
	if f.next() { // one alone finds out whether the lane answers at all
		var wg sync.WaitGroup
		for range min(readAhead, len(parts)-1) {
			wg.Go(f.run)
		}
		wg.Wait()
	}
	if f.err != nil {
		return nil, f.err
	}
	return f.got, ctx.Err()
}

// fetching is one fetch under way.
type fetching struct {
	*work
	ctx  context.Context
	stop context.CancelFunc

	mu    sync.Mutex
	parts [][]string
	got   map[string]reading
	late  bool // the time is over
	err   error
}

func (f *fetching) run() {
	for f.next() {
	}
}

// next makes one request and tells whether to go on.
func (f *fetching) next() bool {
	part, ok := f.take()
	if !ok {
		return false
	}
	at := f.Now()
	seen, fault := f.adapter.Get(f.ctx, part)
	return f.came(part, seen, at, fault)
}

func (f *fetching) take() ([]string, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.parts) == 0 || f.ctx.Err() != nil {
		return nil, false
	}
	part := f.parts[0]
	f.parts = f.parts[1:]
	return part, true
}

// came takes in what was answered and tells whether to go on.
func (f *fetching) came(part []string, seen map[string]adapters.Listing, at time.Time, fault *adapters.Error) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if fault != nil {
		if f.err == nil && !(f.late && f.ctx.Err() != nil) { // else cut by the time, which is no failure
			f.err = fault
		}
		f.stop()
		return false
	}
	for _, id := range part {
		l, ok := seen[id]
		f.got[id] = reading{l, ok, at}
	}
	if f.late {
		f.stop()
	}
	return !f.late
}

func (f *fetching) timeUp() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.late = true
	if len(f.got) > 0 {
		f.stop()
	}
}

// see makes l the task's listing, for deciding and for the record.
func (t *task) see(l catalog.Listing, m string) {
	t.listing = l
	side := t.subject.Lanes[m]
	side.Listing = l
	side.OpenIntent = t.intent != nil
	t.subject.Lanes[m] = side
}

// freshTurns lets one worker of a lane at a time read and write listings that
// are read one by one: two at once would share the requests that fit into the
// time, and each write carry half.
type freshTurns struct {
	mu    sync.Mutex
	lanes map[string]chan struct{}
}

func (f *freshTurns) of(m string) chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.lanes == nil {
		f.lanes = map[string]chan struct{}{}
	}
	if f.lanes[m] == nil {
		f.lanes[m] = make(chan struct{}, 1)
	}
	return f.lanes[m]
}

// turn waits until this worker may make changes of op. What is urgent does not
// wait.
func (w *work) turn(ctx context.Context, op adapters.Op) (leave func(), err error) {
	if !w.oneByOne(op) || adapters.IsUrgent(ctx) {
		return func() {}, nil
	}
	lane := w.fresh.of(w.m)
	select {
	case lane <- struct{}{}:
		return func() { <-lane }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
