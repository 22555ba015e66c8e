package worker

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// Health is how the queue and this process's engine are, for /readyz, doctor
// and the dashboard.
type Health struct {
	// QueueErr is nil when the queue answers and may be used: a *QueueError.
	QueueErr error
	Version  string        // of the server; "embedded"
	Answers  time.Duration // how long it took to answer
	// TickAge is how long ago the dispatcher looked for work; negative: it
	// has not yet, or there is no engine here.
	TickAge time.Duration
	// InHand is how many batches this process works on.
	InHand int
}

// QueueHealth asks the queue how it is; nothing is asked of an embedded one
// but that it answers.
func QueueHealth(ctx context.Context, q *Queue) Health {
	h := Health{Version: q.Version, TickAge: -1}
	began := time.Now()
	if q.Embedded {
		if err := q.Redis.Ping(ctx).Err(); err != nil {
			h.QueueErr = &QueueError{Problem: ErrQueueUnreachable, Err: err}
		}
		h.Answers = time.Since(began)
		return h
	}
	h.Version, h.QueueErr = checkServer(ctx, q.Redis)
	h.Answers = time.Since(began)
	return h
}

// CheckQueue tells whether a server may be used as the queue: a *QueueError
// when not.
func CheckQueue(ctx context.Context, rdb redis.UniversalClient) error {
	_, err := checkServer(ctx, rdb)
	return err
}

// Health is QueueHealth with this engine's part.
func (e *Engine) Health(ctx context.Context, q *Queue) Health {
	h := QueueHealth(ctx, q)
	if at := e.ticked.Load(); at > 0 {
		h.TickAge = e.opt.Store.Now().Sub(time.UnixMilli(at))
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	h.InHand = len(e.running)
	return h
}

// QueueSkew tells how far the queue's clock, by which rates and pauses are
// shared, is ahead of this machine's. An embedded queue's is the machine's own.
func QueueSkew(ctx context.Context, q *Queue) (time.Duration, error) {
	if q.Embedded {
		return 0, nil
	}
	began := time.Now()
	at, err := q.Redis.Time(ctx).Result()
	if err != nil {
		return 0, fmt.Errorf("read the queue's clock: %w", err)
	}
	return at.Sub(began.Add(time.Since(began) / 2)), nil
}
