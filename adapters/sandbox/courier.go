package sandbox

import (
	"bytes"
	"container/heap"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
	"time"
)

const (
	eventTries   = 3
	eventTimeout = 10 * time.Second
	// heldFor is how long an event waits for the one it is to follow.
	heldFor = 2 * time.Second
)

// courier brings Postmart's events to the partner, and looks at the clock for
// them: a review that nobody asks about ends all the same.
type courier struct {
	sb     *Sandbox
	client *http.Client
	wake   chan struct{}
	quit   context.CancelFunc
	ended  chan struct{}

	mu    sync.Mutex
	queue letterHeap
	out   int // being sent
	last  int64
	idle  chan struct{} // closed when nothing is queued or being sent
}

// letter is one delivery of an event.
type letter struct {
	due, seq int64
	held     bool
	body     []byte
	tries    int
}

type letterHeap []*letter

func (h letterHeap) Len() int      { return len(h) }
func (h letterHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h letterHeap) Less(i, j int) bool {
	if h[i].due != h[j].due {
		return h[i].due < h[j].due
	}
	return h[i].seq < h[j].seq
}
func (h *letterHeap) Push(x any) { *h = append(*h, x.(*letter)) }
func (h *letterHeap) Pop() any {
	old := *h
	l := old[len(old)-1]
	*h = old[:len(old)-1]
	return l
}

// newCourier starts the courier, or returns nil when there is nowhere to go.
func newCourier(sb *Sandbox) *courier {
	if sb.opt.WebhookURL == "" {
		return nil
	}
	ctx, quit := context.WithCancel(context.Background())
	transport := sb.opt.WebhookTransport
	if transport == nil {
		transport = &http.Transport{}
	}
	c := &courier{sb: sb, client: &http.Client{Timeout: eventTimeout, Transport: transport},
		wake: make(chan struct{}, 1), quit: quit, ended: make(chan struct{}), idle: make(chan struct{})}
	close(c.idle)
	go c.run(ctx)
	return c
}

func (c *courier) close() {
	if c != nil {
		c.quit()
		<-c.ended
		c.client.CloseIdleConnections()
	}
}

func (sb *Sandbox) wakeCourier() {
	if sb.courier == nil {
		return
	}
	select {
	case sb.courier.wake <- struct{}{}:
	default:
	}
}

type pmEvent struct {
	EventID    string          `json:"event_id"`
	Type       string          `json:"type"`
	OccurredAt string          `json:"occurred_at"`
	Product    json.RawMessage `json:"product"`
}

// tell queues an event about a product as it is now. sb.mu is held.
func (m *market) tell(event string, r *row, at int64) {
	c := m.sb.courier
	if c == nil || m.name != Postmart {
		return
	}
	f := m.faults.decide(opWebhook, r.cur.ID, r.cur.SKU)
	m.ledger.struck(f)
	if f.Lose {
		m.ledger.EventsLost++
		return
	}
	body := encode(pmEvent{m.id("E"), event, rfc3339(m.clock(at)), m.show(r.cur, m.base)})
	now := m.sb.now()
	l := &letter{due: now + f.Delay.Milliseconds(), body: body, held: f.Reorder}
	if f.Reorder {
		l.due = now + heldFor.Milliseconds()
	}
	c.put(l, now)
	if f.Double {
		twin := *l
		c.put(&twin, now)
	}
}

// put queues a letter and lets go of those that were to follow it.
func (c *courier) put(l *letter, now int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.queue) == 0 && c.out == 0 {
		c.idle = make(chan struct{})
	}
	c.push(l)
	if !l.held {
		for _, other := range c.queue {
			if other.held {
				c.last++
				other.held, other.due, other.seq = false, max(now, l.due), c.last
			}
		}
		heap.Init(&c.queue)
	}
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *courier) push(l *letter) {
	c.last++
	l.seq = c.last
	heap.Push(&c.queue, l)
}

func (c *courier) run(ctx context.Context) {
	defer close(c.ended)
	for {
		wait := c.settle()
		l, next := c.take(c.sb.now())
		if l != nil {
			c.deliver(ctx, l)
			continue
		}
		if next < wait {
			wait = next
		}
		t := time.NewTimer(max(wait, time.Millisecond))
		select {
		case <-ctx.Done():
			t.Stop()
			return
		case <-c.wake:
			t.Stop()
		case <-t.C:
		}
	}
}

// settle lets reviews end whose time has come, and tells how long until the
// next.
func (c *courier) settle() time.Duration {
	sb := c.sb
	sb.mu.Lock()
	defer sb.mu.Unlock()
	now := sb.now()
	sb.pm.settle(now)
	_ = sb.flush() // a failure shows at the next call
	if len(sb.pm.due) == 0 {
		return time.Hour
	}
	return time.Duration(sb.pm.due[0].at-now) * time.Millisecond
}

func (c *courier) take(now int64) (*letter, time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.queue) == 0 {
		return nil, time.Hour
	}
	if due := c.queue[0].due; due > now {
		return nil, time.Duration(due-now) * time.Millisecond
	}
	c.out++
	return heap.Pop(&c.queue).(*letter), 0
}

// deliver tries once; after the third failure the event is lost.
func (c *courier) deliver(ctx context.Context, l *letter) {
	taken := c.send(ctx, l)
	l.tries++
	lost := !taken && l.tries == eventTries
	c.sb.mu.Lock()
	led := c.sb.pm.ledger
	led.EventsSent++
	if taken {
		led.EventsTaken++
	} else if lost {
		led.EventsLost++
	}
	c.sb.mu.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.out--
	if !taken && !lost {
		l.due = c.sb.now() + c.sb.opt.WebhookWait.Milliseconds()
		c.push(l)
	}
	if len(c.queue) == 0 && c.out == 0 {
		close(c.idle)
	}
}

func (c *courier) send(ctx context.Context, l *letter) bool {
	c.sb.mu.Lock()
	stamp := strconv.FormatInt(c.sb.pm.clock(c.sb.now())/1000, 10)
	c.sb.mu.Unlock()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.sb.opt.WebhookURL, bytes.NewReader(l.body))
	if err != nil {
		c.sb.opt.Log.Error("sandbox webhook address", "err", err)
		return false
	}
	sig := hmac.New(sha256.New, []byte(c.sb.opt.WebhookSecret))
	sig.Write([]byte(stamp + "."))
	sig.Write(l.body)
	r.Header.Set("Content-Type", jsonType)
	r.Header.Set("X-Postmart-Timestamp", stamp)
	r.Header.Set("X-Postmart-Signature", hex.EncodeToString(sig.Sum(nil)))
	r.Header.Set(Banner, "SANDBOX")
	res, err := c.client.Do(r)
	if err != nil {
		c.sb.opt.Log.Warn("sandbox webhook not delivered", "err", err, "try", l.tries+1)
		return false
	}
	_ = res.Body.Close()
	return res.StatusCode/100 == 2
}

// WebhooksSent waits until every event so far has been delivered or lost.
func (sb *Sandbox) WebhooksSent(ctx context.Context) error {
	if sb.courier == nil {
		return nil
	}
	sb.courier.settle()
	sb.courier.mu.Lock()
	idle := sb.courier.idle
	sb.courier.mu.Unlock()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
