package dashboard

import (
	"errors"
	"log/slog"
	"net/http"
	"time"

	"lensan/store"
	"lensan/store/catalog"
)

// Options are what New needs.
type Options struct {
	Store *store.Store
	// Now is the clock. Default the store's.
	Now func() time.Time
	// Today is the day that eligibility is asked about. Default Now's day in
	// Vietnam.
	Today func() catalog.Day
	// Lang is the language of a visitor who has not chosen: "vi" or "en".
	// Default "vi".
	Lang string
	// Log takes what an administrator must know. Default slog.Default.
	Log *slog.Logger
	// Version is shown at the foot of every page.
	Version string
}

// New makes the handler of everything below "/", except /healthz, /readyz,
// /metrics and /webhooks/, which belong to the server. It starts no goroutine.
func New(opts Options) (http.Handler, error) {
	if opts.Store == nil {
		return nil, errors.New("dashboard: Options.Store is missing")
	}
	if opts.Now == nil {
		opts.Now = opts.Store.Now
	}
	if opts.Today == nil {
		now := opts.Now
		opts.Today = func() catalog.Day { return catalog.DayOf(now()) }
	}
	if opts.Lang == "" {
		opts.Lang = "vi"
	}
	if opts.Log == nil {
		opts.Log = slog.Default()
	}
	d := &dashboard{Options: opts}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", d.home)
	return mux, nil
}

type dashboard struct {
	Options
}
