package shelf

import (
	"context"
	"errors"
	"sync"
	"time"

	"lensan/store"
	"lensan/store/catalog"
)

// ErrCounting says that the record is being read for the first time and the
// caller has waited long enough: ask again in a second.
var ErrCounting = errors.New("the record is being read")

const (
	// small is a register read anew for every page.
	small = 1000
	// pace is the share of one processor that reading what changed may take: a
	// reading that took d is not repeated before pace times d has passed.
	pace = 10
	// often is how often what changed is read while somebody looks.
	often = time.Second
	// overlap is how far back of the last change the next reading begins: what
	// was written then may have been committed since.
	overlap = 15 * time.Second
	// All listings are read again now and then, for what somebody else than
	// the program wrote into them: seldom, and at a hundredth of a processor.
	allEvery, allPace = 2 * time.Minute, 100
	// patience is how long a page waits for the first reading, refresh for
	// that of what changed since nobody looked.
	patience, refresh = 2 * time.Second, 250 * time.Millisecond
	// stale is an age that a page should not have to admit to.
	stale = 5 * time.Second
)

// Keeper hands out a recent shelf. A small register is read anew for each
// page; of a large one the last reading is handed out at once, and what has
// changed is read behind it.
type Keeper struct {
	store *store.Store
	now   func() time.Time
	today func() catalog.Day

	mu      sync.Mutex
	shelf   *Shelf
	cost    time.Duration // of the last reading
	readAt  time.Time     // when it ended, by the machine's clock, as the next two
	movedAt time.Time     // when the latest change was first seen
	allAt   time.Time     // when all listings were last read
	allCost time.Duration
	all     bool   // all listings are being read
	checked *Shelf // what came of it; the next reading goes on from it
	reading chan struct{}
	err     error
	closed  bool
	stop    context.CancelFunc
	ctx     context.Context
	wait    sync.WaitGroup
}

// NewKeeper makes a keeper; Close ends it.
func NewKeeper(s *store.Store, now func() time.Time, today func() catalog.Day) *Keeper {
	ctx, stop := context.WithCancel(context.Background())
	return &Keeper{store: s, now: now, today: today, ctx: ctx, stop: stop}
}

// Start begins the first reading before anybody asks for it.
func (k *Keeper) Start() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.shelf == nil {
		k.begin()
	}
}

// Close stops a reading under way and waits for it.
func (k *Keeper) Close() {
	k.mu.Lock()
	k.closed = true
	k.mu.Unlock()
	k.stop()
	k.wait.Wait()
}

// Get returns a shelf at once where there is one; ErrCounting while the first
// reading takes long.
func (k *Keeper) Get(ctx context.Context) (*Shelf, error) { return k.get(ctx, false) }

// Fresh returns a shelf read after the call, for what must be exact: the count
// that a batch action is confirmed with.
func (k *Keeper) Fresh(ctx context.Context) (*Shelf, error) { return k.get(ctx, true) }

func (k *Keeper) get(ctx context.Context, fresh bool) (*Shelf, error) {
	k.mu.Lock()
	have := k.current()
	if have != nil && !fresh && !k.due() {
		k.mu.Unlock()
		return have, nil
	}
	// A reading that began before the call is not fresh: wait for it, then
	// begin another.
	for fresh && k.reading != nil {
		under, first := k.reading, k.shelf == nil
		k.mu.Unlock()
		if err := waitFor(ctx, under, patienceFor(first)); err != nil {
			return nil, err
		}
		k.mu.Lock()
	}
	first, age := k.shelf == nil, time.Since(k.readAt)
	done := k.begin()
	k.mu.Unlock()
	switch {
	case first, fresh, len(have.entries) <= small:
		if err := waitFor(ctx, done, patienceFor(first)); err != nil {
			return nil, err
		}
	case age > stale: // nobody has looked for a while
		if err := waitFor(ctx, done, refresh); errors.Is(err, ErrCounting) {
			return have, nil
		} else if err != nil {
			return nil, err
		}
	default:
		return have, nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.err != nil {
		return nil, k.err
	}
	return k.current(), nil
}

func patienceFor(first bool) time.Duration {
	if first {
		return patience
	}
	return 0
}

// waitFor waits for a reading, not longer than atMost where that is given.
func waitFor(ctx context.Context, done <-chan struct{}, atMost time.Duration) error {
	var late <-chan time.Time
	if atMost > 0 {
		timer := time.NewTimer(atMost)
		defer timer.Stop()
		late = timer.C
	}
	select {
	case <-done:
		return nil
	case <-late:
		return ErrCounting
	case <-ctx.Done():
		return ctx.Err()
	}
}

// current is the last reading, as of today. k.mu is held.
func (k *Keeper) current() *Shelf {
	if k.shelf != nil && k.shelf.Today != k.today() {
		k.shelf = k.shelf.asOf(k.today())
	}
	return k.shelf
}

// due tells whether the next reading may be made. k.mu is held.
func (k *Keeper) due() bool {
	if k.err != nil {
		return true
	}
	age := time.Since(k.readAt)
	if len(k.shelf.entries) <= small {
		return age > 200*time.Millisecond
	}
	return age > max(often, pace*k.cost)
}

// begin starts a reading unless one is under way, and returns the channel that
// closes when it is done. k.mu is held.
func (k *Keeper) begin() chan struct{} {
	if k.reading != nil {
		return k.reading
	}
	done := make(chan struct{})
	if k.closed {
		k.err = context.Canceled
		close(done)
		return done
	}
	k.reading = done
	before, since := k.shelf, k.since()
	if k.checked != nil && before.register == k.checked.register {
		before, since = k.checked, max(k.checked.mark.Changed-overlap.Milliseconds(), 1)
	}
	k.checked = nil
	k.wait.Go(func() {
		began := time.Now()
		shelf, whole, err := k.read(before, since)
		k.mu.Lock()
		defer k.mu.Unlock()
		now := time.Now()
		k.cost, k.readAt, k.err, k.reading = now.Sub(began), now, err, nil
		if err == nil {
			k.keep(shelf)
			if whole {
				k.allAt, k.allCost = now, k.cost
			} else if now.Sub(k.allAt) > max(allEvery, allPace*k.allCost) && len(shelf.entries) > small {
				k.beginAll()
			}
		}
		close(done)
	})
	return done
}

// since is the moment from which changes are read next. k.mu is held.
func (k *Keeper) since() int64 {
	switch {
	case k.shelf == nil:
		return 0
	case time.Since(k.movedAt) > overlap, k.now().UnixMilli()-k.shelf.mark.Changed > overlap.Milliseconds():
		// Nobody can still be writing with an older time.
		return k.shelf.mark.Changed + 1
	}
	return max(k.shelf.mark.Changed-overlap.Milliseconds(), 1)
}

func (k *Keeper) keep(s *Shelf) {
	if k.shelf == nil || k.shelf.mark.Changed != s.mark.Changed {
		k.movedAt = time.Now()
	}
	k.shelf = s
}

// read reads what changed since a reading, or all where there is none, it is
// small, or the register itself has changed.
func (k *Keeper) read(before *Shelf, since int64) (shelf *Shelf, whole bool, err error) {
	if before != nil && len(before.entries) > small {
		s, same, err := before.next(k.ctx, k.store, k.now(), k.today(), since)
		if err != nil {
			return nil, false, err
		}
		if same {
			s.warm()
			return s, false, nil
		}
	}
	s, err := Read(k.ctx, k.store, k.now(), k.today())
	if err != nil {
		return nil, false, err
	}
	s.warm()
	switch {
	case len(s.entries) <= small:
	case before != nil:
		s.warmOrders()
	default: // the first page shall not wait for orders that it does not show
		k.wait.Go(s.warmOrders)
	}
	return s, true, nil
}

// beginAll reads all listings again beside what goes on. k.mu is held.
func (k *Keeper) beginAll() {
	if k.all || k.closed {
		return
	}
	k.all = true
	before := k.shelf
	k.wait.Go(func() {
		began := time.Now()
		s, same, err := before.next(k.ctx, k.store, k.now(), k.today(), 0)
		k.mu.Lock()
		defer k.mu.Unlock()
		k.all, k.allAt, k.allCost = false, time.Now(), time.Since(began)
		if err == nil && same {
			s.mark.Changed = before.mark.Changed // what changed while it was read is read again
			k.checked = s
		}
	})
}
