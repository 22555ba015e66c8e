package coord

import (
	"context"
	"slices"
	"sync"
	"time"
)

// line lets one request of this process at a time ask Redis for a slot, so
// that as many processes poll as there are, not as many goroutines. Urgent
// ones go first, also before one that is waiting at the head.
type line struct {
	mu     sync.Mutex
	head   *turn
	urgent []*turn
	normal []*turn
}

// turn is one request's place in the line.
type turn struct {
	line   *line
	urgent bool
	called chan struct{} // closed when this turn becomes the head
	yield  chan struct{} // closed when an urgent one wants the head
}

// enter waits to become the head of the line.
func (l *line) enter(ctx context.Context, urgent bool) (*turn, error) {
	t := &turn{line: l, urgent: urgent}
	l.mu.Lock()
	l.add(t, false)
	l.mu.Unlock()
	return t, t.await(ctx)
}

// add puts t into the line, or at its head when nobody is there.
func (l *line) add(t *turn, front bool) {
	t.called, t.yield = make(chan struct{}), make(chan struct{})
	queue := &l.normal
	if t.urgent {
		queue = &l.urgent
	}
	if front {
		*queue = slices.Insert(*queue, 0, t)
	} else {
		*queue = append(*queue, t)
	}
	switch {
	case l.head == nil:
		l.next()
	case t.urgent && !l.head.urgent:
		select {
		case <-l.head.yield:
		default:
			close(l.head.yield)
		}
	}
}

// next calls the next turn to the head.
func (l *line) next() {
	l.head = nil
	for _, queue := range []*[]*turn{&l.urgent, &l.normal} {
		if len(*queue) > 0 {
			l.head, *queue = (*queue)[0], (*queue)[1:]
			close(l.head.called)
			return
		}
	}
}

// urgentCount is how many urgent requests wait here, the head included.
func (l *line) urgentCount() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(l.urgent)
	if l.head != nil && l.head.urgent {
		n++
	}
	return n
}

// await waits until t is the head; a turn whose ctx ends leaves the line.
func (t *turn) await(ctx context.Context) error {
	select {
	case <-t.called:
		return nil
	case <-ctx.Done():
	}
	t.leave()
	return ctx.Err()
}

// wait waits for d at the head, or until an urgent request wants to go first:
// then t gives it the head and is the first to follow.
func (t *turn) wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-t.yield:
	}
	l := t.line
	l.mu.Lock()
	l.next()
	l.add(t, true)
	l.mu.Unlock()
	return t.await(ctx)
}

// leave takes t out of the line, wherever it stands; leaving twice is once.
func (t *turn) leave() {
	l := t.line
	l.mu.Lock()
	defer l.mu.Unlock()
	is := func(other *turn) bool { return other == t }
	l.urgent, l.normal = slices.DeleteFunc(l.urgent, is), slices.DeleteFunc(l.normal, is)
	if l.head == t {
		l.next()
	}
}
