package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"lensan/adapters"
	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/worker"
	"lensan/worker/coord"
)

// openQueue opens the queue, or says which setting to mend.
func (a *app) openQueue(ctx context.Context) (*worker.Queue, error) {
	q, err := worker.OpenQueue(ctx, a.cfg.Redis.Reveal(), a.log)
	if err == nil {
		return q, nil
	}
	return nil, a.queueError(err)
}

func (a *app) queueError(err error) error {
	var q *worker.QueueError
	if !errors.As(err, &q) {
		return err
	}
	exit, why := ExitUsage, text.QueueURLBad.In(a.lang)
	switch {
	case errors.Is(err, worker.ErrQueueUnreachable):
		exit, why = ExitTemporary, text.QueueSilent.In(a.lang)
	case errors.Is(err, worker.ErrQueueTooOld):
		why = text.QueueOld.In(a.lang, "have", q.Have, "want", q.Want)
	case errors.Is(err, worker.ErrQueueEvicts):
		why = text.QueueEvicts.In(a.lang, "have", q.Have, "want", q.Want)
	}
	return a.fail(exit, text.QueueBad, "url", a.cfg.Redis.String(), "why", why)
}

// lookAtQueue examines the queue for doctor.
func (a *app) lookAtQueue(ctx context.Context) finding {
	if a.cfg.EmbeddedQueue() {
		return finding{check: text.CheckQueue, found: text.QueueEmbedded.In(a.lang)}
	}
	q, err := a.openQueue(ctx)
	if err != nil {
		return a.failed(text.CheckQueue, "", err)
	}
	defer q.Close() //nolint:errcheck // nothing was written
	return finding{check: text.CheckQueue, found: "Redis " + q.Version + ", " + a.cfg.Redis.String()}
}

// shareThrough lets all processes of an account share its rate budget and its
// token through the queue's Redis. The budgets are kept in budgets, by lane.
func (a *app) shareThrough(q *worker.Queue, s *store.Store, budgets map[string]adapters.Budget) share {
	return func(m marketplace, can adapters.Capabilities) (adapters.Budget, adapters.Tokens, error) {
		l, _ := a.cfg.Lane(m.Name)
		l = m.resolved(l)
		key := m.Name + ":" + accountDigest(l.URL, l.Credentials[m.account].Reveal())
		budget := coord.NewBudget(coord.BudgetOptions{Redis: q.Redis, Marketplace: m.Name, Key: key, Rate: can.Rate, Log: a.log})
		tokens, err := coord.NewTokens(coord.TokensOptions{Redis: q.Redis, Marketplace: m.Name, Key: key, Secret: l.Credentials[m.secret].Reveal(), Log: a.log,
			MaxLogins: maxLogins(can),
			CountLogin: func(ctx context.Context, most int, window time.Duration) (time.Duration, error) {
				return s.CountLogin(ctx, key, most, window)
			}})
		budgets[m.Name] = budget
		return budget, tokens, err
	}
}

// maxLogins is how often an account is signed in to within a minute. Where each
// sign-in ends the token before, the marketplace counts them and locks: the few
// that coord allows by itself. Elsewhere tokens may be as short-lived as the
// marketplace likes, and only a loop must be stopped.
func maxLogins(can adapters.Capabilities) int {
	if can.SharedToken {
		return 0
	}
	return 60
}

// accountDigest names an account without showing it.
func accountDigest(url, account string) string {
	sum := sha256.Sum256([]byte(url + "\n" + account))
	return hex.EncodeToString(sum[:8])
}
