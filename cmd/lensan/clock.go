package main

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"lensan/adapters/rest"
	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/worker"
)

// laneClockMargin is how far a marketplace's clock may seem off: it tells whole
// seconds, and signatures and tokens bear a few minutes.
const laneClockMargin = time.Minute

// clockOff is the finding that this machine's clock and another one are
// further apart than margin; none where they are not.
func (a *app) clockOff(what string, skew, margin time.Duration) []finding {
	if skew.Abs() <= margin {
		return nil
	}
	return []finding{{check: text.CheckClock, about: what, exit: ExitTemporary,
		found: text.ClockOffOf.In(a.lang, "by", text.Duration(a.lang, skew.Abs()), "what", what), todo: text.ClockTodo.In(a.lang)}}
}

// lookAtQueueClock compares this machine's clock with Redis's. A queue that
// can't be asked is told of elsewhere.
func (a *app) lookAtQueueClock(ctx context.Context) []finding {
	if a.cfg.EmbeddedQueue() {
		return nil
	}
	q, err := a.openQueue(ctx)
	if err != nil {
		return nil
	}
	defer q.Close() //nolint:errcheck // nothing was written
	skew, err := worker.QueueSkew(ctx, q)
	if err != nil {
		return nil
	}
	return a.clockOff("Redis", skew, store.ClockMargin)
}

// laneClocks are transports that read marketplaces' clocks from the dates of
// their answers, by lane.
type laneClocks map[string]*laneClock

type laneClock struct {
	*http.Transport
	ahead atomic.Int64 // of this machine's clock, by the last answer
}

func (c laneClocks) transport(lane string) http.RoundTripper {
	if c[lane] == nil { // asked for again where an adapter is made twice
		c[lane] = &laneClock{Transport: rest.NewTransport(4)}
	}
	return c[lane]
}

// skew is how far a lane's clock is ahead; 0 where no answer told.
func (c laneClocks) skew(lane string) time.Duration {
	if l := c[lane]; l != nil {
		return time.Duration(l.ahead.Load())
	}
	return 0
}

func (c laneClocks) close() {
	for _, l := range c {
		l.CloseIdleConnections()
	}
}

// RoundTrip implements http.RoundTripper.
func (c *laneClock) RoundTrip(r *http.Request) (*http.Response, error) {
	began := now()
	resp, err := c.Transport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if at, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		c.ahead.Store(int64(at.Sub(began.Add(now().Sub(began) / 2))))
	}
	return resp, nil
}
