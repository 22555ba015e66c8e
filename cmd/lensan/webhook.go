package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"time"

	"lensan/adapters"
	"lensan/adapters/sandbox"
	"lensan/config"
	"lensan/store"
)

const (
	webhookPath = "/webhooks/"
	// maxWebhook bounds an event's body: one product, with room to spare.
	maxWebhook = 1 << 20
	// webhookTime bounds how long an event may take: the contract's 10 s, and
	// less.
	webhookTime = 5 * time.Second
)

// webhooks takes what marketplaces tell of changes. An event is a hint to look
// at a listing soon, never the truth: its words are not read, so that it may
// come twice, late or out of order. There is no such page for a lane that is
// off, whose marketplace sends none, or for which no secret is set.
func (a *app) webhooks(s *store.Store) http.Handler {
	listening := map[string]adapters.Webhook{}
	open, err := openAdapters(a.cfg, nil, a.log)
	if err != nil {
		a.log.Error("webhooks are not taken", "err", err)
	}
	for name, ad := range open {
		l, _ := a.cfg.Lane(name)
		if w, ok := ad.(adapters.Webhook); ok && l.Credentials["webhook_secret"].IsSet() {
			listening[name] = w
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.PathValue("marketplace")
		hook, ok := listening[name]
		switch {
		case !ok:
			http.NotFound(w, r)
		case r.Method != http.MethodPost:
			w.Header().Set("Allow", http.MethodPost)
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		default:
			w.WriteHeader(a.takeEvent(w, r, s, name, hook))
		}
	})
}

// takeEvent gives the status to answer: what is not 2xx is sent again.
func (a *app) takeEvent(w http.ResponseWriter, r *http.Request, s *store.Store, name string, hook adapters.Webhook) int {
	ctx, cancel := context.WithTimeout(r.Context(), webhookTime)
	defer cancel()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxWebhook))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return http.StatusRequestEntityTooLarge
	case err != nil:
		return http.StatusBadRequest
	}
	// The store's clock: it follows the database's where ours is far off.
	ids, fault := hook.VerifyWebhook(r.Header, body, s.Now())
	if fault != nil {
		a.log.WarnContext(ctx, "webhook refused", "marketplace", name, "code", fault.Code)
		if fault.Kind == adapters.KindUnauthorized {
			return http.StatusUnauthorized
		}
		return http.StatusBadRequest
	}
	n, err := s.HintListings(ctx, name, ids)
	if err != nil {
		a.log.WarnContext(ctx, "webhook not taken", "marketplace", name, "err", err)
		return http.StatusServiceUnavailable
	}
	a.log.DebugContext(ctx, "webhook taken", "marketplace", name, "listings", n)
	return http.StatusNoContent
}

// sandboxWebhook is where the sandbox sends its events, and what signs them:
// to this program's own port, where a secret is set. Empty: nowhere.
func (a *app) sandboxWebhook(lanes []config.Lane) (url, secret string) {
	for _, l := range lanes {
		if l.Name != sandbox.Postmart || !l.Credentials["webhook_secret"].IsSet() {
			continue
		}
		if _, port, err := net.SplitHostPort(a.cfg.Listen); err == nil && port != "0" {
			return "http://" + net.JoinHostPort(listenHost(a.cfg.Listen), port) + webhookPath + l.Name, l.Credentials["webhook_secret"].Reveal()
		}
	}
	return "", ""
}

// listenHost is the host by which this machine reaches what it listens on.
func listenHost(listen string) string {
	host, _, err := net.SplitHostPort(listen)
	if ip := net.ParseIP(host); err != nil || host == "" || ip != nil && ip.IsUnspecified() {
		return "127.0.0.1"
	}
	return host
}
