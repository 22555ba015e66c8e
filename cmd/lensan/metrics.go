package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"lensan/store"
)

// metricsAge is how old the figures of a scrape may be, so that several
// scrapers cost one reading.
const metricsAge = 5 * time.Second

var (
	metricSKUs    = prometheus.NewDesc("lensan_skus", "SKUs of the register by the place in which the summary counts them.", []string{"marketplace", "place"}, nil)
	metricRead    = prometheus.NewDesc("lensan_lane_read_age_seconds", "Time since the lane was last read whole.", []string{"marketplace"}, nil)
	metricVersion = prometheus.NewDesc("lensan_build_info", "Always 1; the version is in the label.", []string{"version"}, nil)
	metricUnknown = prometheus.NewDesc("lensan_unknown_reasons", "SKUs whose reason has a code that the catalogue lacks, by code.", []string{"code"}, nil)
	metricErrors  = prometheus.NewDesc("lensan_scrape_failed", "1 when the database could not be read for this scrape.", nil, nil)
)

// collector tells where the SKUs stand; the queue's own figures are
// worker.Collector's. Labels are marketplaces, queues and
// states, never SKUs or shops.
type collector struct {
	store *store.Store
	log   *slog.Logger

	mu   sync.Mutex
	at   time.Time
	last []prometheus.Metric
}

func newCollector(s *store.Store, log *slog.Logger) *collector { return &collector{store: s, log: log} }

// Describe tells which metrics there are.
func (c *collector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{metricSKUs, metricRead, metricUnknown, metricVersion, metricErrors} {
		ch <- d
	}
}

// Collect gives the figures, read at most metricsAge ago.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now().Sub(c.at) >= metricsAge {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		fresh, err := c.read(ctx)
		failed := 0.0
		if err != nil {
			c.log.Warn("metrics not read", "err", err)
			failed = 1
		}
		c.at = now()
		c.last = append(fresh, gauge(metricErrors, failed), gauge(metricVersion, 1, programVersion()))
	}
	for _, m := range c.last {
		ch <- m
	}
}

func (c *collector) read(ctx context.Context) ([]prometheus.Metric, error) {
	summary, err := c.store.Summary(ctx)
	if err != nil {
		return nil, err
	}
	lanes, err := c.store.Lanes(ctx)
	if err != nil {
		return nil, err
	}
	var out []prometheus.Metric
	for _, m := range summary {
		for _, b := range store.Buckets {
			out = append(out, gauge(metricSKUs, float64(m.Buckets[b]), m.Marketplace, string(b)))
		}
	}
	for _, l := range lanes {
		if !l.ReadWholeAt.IsZero() {
			out = append(out, gauge(metricRead, c.store.Now().Sub(l.ReadWholeAt).Seconds(), l.Marketplace))
		}
	}
	unknown, err := unknownReasons(ctx, c.store)
	if err != nil {
		return nil, err
	}
	for code, n := range unknown {
		out = append(out, gauge(metricUnknown, float64(n), code))
	}
	return out, nil
}

func gauge(d *prometheus.Desc, v float64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
}
