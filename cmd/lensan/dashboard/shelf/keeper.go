package shelf

import (
	"context"
	"sync"
	"time"

	"lensan/store"
	"lensan/store/catalog"
)

// pace is the share of one processor that reading again may take: a reading
// that took d is not repeated before pace times d has passed.
const pace = 10

// cheap is a reading short enough to be made anew for every page.
const cheap = 30 * time.Millisecond

// Keeper hands out a recent shelf. A small register is read anew for each
// page; of a large one the last reading is handed out at once, and the next
// one made behind it.
type Keeper struct {
	store *store.Store
	now   func() time.Time
	today func() catalog.Day

	mu      sync.Mutex
	shelf   *Shelf
	cost    time.Duration
	readAt  time.Time // by the machine's clock
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

// Close stops a reading under way and waits for it.
func (k *Keeper) Close() {
	k.mu.Lock()
	k.closed = true
	k.mu.Unlock()
	k.stop()
	k.wait.Wait()
}

// Get returns a shelf, waiting for a reading only where there is none yet or
// readings are short.
func (k *Keeper) Get(ctx context.Context) (*Shelf, error) { return k.get(ctx, false) }

// Fresh returns a shelf read after the call, for what must be exact: the count
// that a batch action is confirmed with.
func (k *Keeper) Fresh(ctx context.Context) (*Shelf, error) { return k.get(ctx, true) }

func (k *Keeper) get(ctx context.Context, fresh bool) (*Shelf, error) {
	k.mu.Lock()
	have, due := k.shelf, k.due()
	if have != nil && have.Today != k.today() {
		have = nil // another day: who is eligible has changed
	}
	if have != nil && !fresh && !due {
		k.mu.Unlock()
		return have, nil
	}
	// A reading that began before the call is not fresh: wait for it, then
	// begin another.
	for fresh && k.reading != nil {
		under := k.reading
		k.mu.Unlock()
		if err := waitFor(ctx, under); err != nil {
			return nil, err
		}
		k.mu.Lock()
	}
	done := k.begin()
	wait := have == nil || fresh || k.cost < cheap
	k.mu.Unlock()
	if !wait {
		return have, nil
	}
	if err := waitFor(ctx, done); err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.shelf, k.err
}

func waitFor(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// due tells whether the next reading may be made.
func (k *Keeper) due() bool {
	if k.shelf == nil || k.err != nil {
		return true
	}
	age := time.Since(k.readAt)
	if k.cost < cheap {
		return age > 200*time.Millisecond
	}
	return age > pace*k.cost
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
	before := k.shelf
	k.wait.Go(func() {
		began := time.Now()
		shelf, err := Read(k.ctx, k.store, k.now(), k.today())
		if err == nil {
			shelf.warm(before)
		}
		k.mu.Lock()
		defer k.mu.Unlock()
		k.cost, k.readAt, k.err, k.reading = time.Since(began), time.Now(), err, nil
		if err == nil {
			k.shelf = shelf
		}
		close(done)
	})
	return done
}
