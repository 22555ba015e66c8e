package main

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"lensan/store"
	"lensan/worker"
)

// health is one thing that must be well for the program to do its work.
type health struct {
	name  string
	check func(context.Context) error
}

// httpHandler is everything behind the HTTP port: health, metrics,
// webhooks, dashboard.
// e is nil where this process does not work.
func (a *app) httpHandler(s *store.Store, pages http.Handler, e *engine) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), newCollector(s, a.log))
	healths := []health{{"database", s.Ping}}
	if e != nil {
		registry.MustRegister(worker.NewCollector(s, e.queue.Redis, e.worker))
		healths = append(healths, e.healths()...)
	} else {
		registry.MustRegister(worker.NewCollector(s, nil, nil))
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Write([]byte("ok\n")) //nolint:errcheck // the caller has gone
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) { ready(w, r, healths) })
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{Registry: registry}))
	mux.Handle(webhookPath+"{marketplace}", a.webhooks(s))
	mux.Handle("/", pages)
	return mux
}

// ready answers 200 when everything is well, else 503; the body names each
// thing and whether it is, and nothing more: errors may hold addresses.
func ready(w http.ResponseWriter, r *http.Request, healths []health) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	status, body := http.StatusOK, map[string]string{}
	for _, h := range healths {
		body[h.name] = "ok"
		if err := h.check(ctx); err != nil {
			body[h.name], status = "failing", http.StatusServiceUnavailable
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body) //nolint:errcheck // the caller has gone
}
