package worker

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/hibiken/asynq"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"lensan/store"
	"lensan/store/catalog"
)

// figures are what this engine has done since it started.
type figures struct {
	mu      sync.Mutex
	batches map[[3]string]int // lane, queue, outcome
	seconds map[string]float64
	trips   map[string]int
	raised  int
}

func (f *figures) batch(b catalog.Batch, took time.Duration, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.batches == nil {
		f.batches, f.seconds = map[[3]string]int{}, map[string]float64{}
	}
	outcome := "done"
	if err != nil {
		outcome = "failed"
	}
	f.batches[[3]string{b.Marketplace, string(b.Queue), outcome}]++
	f.seconds[b.Marketplace] += took.Seconds()
}

func (f *figures) trip(marketplace string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.trips == nil {
		f.trips = map[string]int{}
	}
	f.trips[marketplace]++
}

func (f *figures) raise(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.raised += n
}

// Collector gives the queue's figures to Prometheus: what waits, from SQL;
// what lies in the queue, from asynq; and, where it has an engine, what that
// has done. It reads at most each five seconds, however often it is asked. A
// part that can't be read is left out, and lensan_queue_up says so.
type Collector struct {
	store     *store.Store
	inspector *asynq.Inspector
	engine    *Engine

	mu   sync.Mutex
	at   time.Time
	last []prometheus.Metric
}

// NewCollector makes a collector; engine may be nil, and rdb where the queue
// is another process's.
func NewCollector(s *store.Store, rdb redis.UniversalClient, engine *Engine) *Collector {
	c := &Collector{store: s, engine: engine}
	if rdb != nil {
		c.inspector = asynq.NewInspectorFromRedisClient(rdb)
	}
	return c
}

var (
	descUp      = prometheus.NewDesc("lensan_queue_up", "1 when the record and the queue could be read.", []string{"part"}, nil)
	descItems   = prometheus.NewDesc("lensan_items", "Open items by lane, queue and state (due, later, batched).", []string{"marketplace", "queue", "state"}, nil)
	descOldest  = prometheus.NewDesc("lensan_oldest_due_seconds", "How long the oldest waiting item has been due.", []string{"marketplace", "queue"}, nil)
	descPaused  = prometheus.NewDesc("lensan_lane_paused", "1 while the lane is paused.", []string{"marketplace"}, nil)
	descJobs    = prometheus.NewDesc("lensan_queue_jobs", "Jobs in the queue by state.", []string{"queue", "state"}, nil)
	descBatches = prometheus.NewDesc("lensan_batches_total", "Batches that this process has worked on, by outcome.", []string{"marketplace", "queue", "outcome"}, nil)
	descSeconds = prometheus.NewDesc("lensan_batch_seconds_total", "Time that this process has worked on batches.", []string{"marketplace"}, nil)
	descTrips   = prometheus.NewDesc("lensan_lane_failures_total", "Failures of a whole lane that this process has met.", []string{"marketplace"}, nil)
	descRaised  = prometheus.NewDesc("lensan_batches_raised_total", "Batches that a sweep of this process put into the queue again.", nil, nil)
	descTick    = prometheus.NewDesc("lensan_dispatcher_tick_age_seconds", "How long ago this process's dispatcher last looked for work.", nil, nil)
)

// Describe implements prometheus.Collector.
func (c *Collector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{descUp, descItems, descOldest, descPaused, descJobs, descBatches, descSeconds, descTrips, descRaised, descTick} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (c *Collector) Collect(ch chan<- prometheus.Metric) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last == nil || time.Since(c.at) > 5*time.Second {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		c.last, c.at = c.read(ctx), time.Now()
		cancel()
	}
	for _, m := range c.last {
		ch <- m
	}
}

func gauge(d *prometheus.Desc, v float64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
}

func counter(d *prometheus.Desc, v float64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(d, prometheus.CounterValue, v, labels...)
}

func up(err error) float64 {
	if err != nil {
		return 0
	}
	return 1
}

func (c *Collector) read(ctx context.Context) []prometheus.Metric {
	out, err := c.readRecord(ctx)
	out = append(out, gauge(descUp, up(err), "record"))
	if c.inspector != nil {
		jobs, err := c.readQueue()
		out = append(append(out, jobs...), gauge(descUp, up(err), "queue"))
	}
	if c.engine != nil {
		out = append(out, c.engine.collect()...)
	}
	return out
}

func (c *Collector) readRecord(ctx context.Context) ([]prometheus.Metric, error) {
	loads, err := c.store.LaneLoads(ctx)
	lanes, lanesErr := c.store.Lanes(ctx)
	now := c.store.Now()
	var out []prometheus.Metric
	for _, l := range loads {
		q := string(l.Queue)
		out = append(out, gauge(descItems, float64(l.Due), l.Marketplace, q, "due"), gauge(descItems, float64(l.Later), l.Marketplace, q, "later"),
			gauge(descItems, float64(l.Batched), l.Marketplace, q, "batched"))
		age := 0.0
		if l.OldestDue > 0 {
			age = max(0, now.Sub(time.UnixMilli(l.OldestDue)).Seconds())
		}
		out = append(out, gauge(descOldest, age, l.Marketplace, q))
	}
	for _, l := range lanes {
		v := 0.0
		if l.IsPaused(now) {
			v = 1
		}
		out = append(out, gauge(descPaused, v, l.Marketplace))
	}
	return out, errors.Join(err, lanesErr)
}

// readQueue leaves out a queue that asynq can't count, which it can't when a
// single job is damaged.
func (c *Collector) readQueue() ([]prometheus.Metric, error) {
	names, err := c.inspector.Queues()
	var out []prometheus.Metric
	for _, name := range names {
		info, infoErr := c.inspector.GetQueueInfo(name)
		if infoErr != nil {
			err = errors.Join(err, infoErr)
			continue
		}
		for state, n := range map[string]int{"pending": info.Pending, "active": info.Active, "retry": info.Retry, "archived": info.Archived} {
			out = append(out, gauge(descJobs, float64(n), name, state))
		}
	}
	return out, err
}

// collect gives what the engine has done.
func (e *Engine) collect() []prometheus.Metric {
	f := &e.figures
	f.mu.Lock()
	defer f.mu.Unlock()
	out := []prometheus.Metric{counter(descRaised, float64(f.raised))}
	for k, n := range f.batches {
		out = append(out, counter(descBatches, float64(n), k[0], k[1], k[2]))
	}
	for lane, s := range f.seconds {
		out = append(out, counter(descSeconds, s, lane))
	}
	for lane, n := range f.trips {
		out = append(out, counter(descTrips, float64(n), lane))
	}
	if at := e.ticked.Load(); at > 0 {
		out = append(out, gauge(descTick, e.opt.Store.Now().Sub(time.UnixMilli(at)).Seconds()))
	}
	return out
}
