package sandbox

import (
	"log/slog"
	"net/http"
	"time"
)

// The two marketplaces, by the names that the control port and the methods use.
const (
	Postmart = "postmart"
	Voso     = "voso"
)

// The credentials of the account that each marketplace has by default.
const (
	DefaultClientID     = "lensan-sandbox"
	DefaultClientSecret = "sandbox-secret-not-for-real-use"
	DefaultUsername     = "lensan-sandbox"
	DefaultPassword     = "sandbox-password-not-for-real-use"
)

// Where Start listens unless told otherwise: the servers that the contract
// files name, and the control port beside them.
const (
	DefaultPostmartAddr = "127.0.0.1:18081"
	DefaultVosoAddr     = "127.0.0.1:18082"
	DefaultControlAddr  = "127.0.0.1:18083"
)

// Options say how a sandbox behaves. The zero value is the kindest one: in
// memory, reviews that approve at once, no limits, no lag.
type Options struct {
	// Path is the sandbox's own file, made when absent. Default "": in memory.
	Path string
	// Now is the clock. Default time.Now.
	Now func() time.Time
	// Today is the civil day (2006-01-02) on which recognitions are judged.
	// Default: the day in Vietnam (UTC+7) by the marketplace's clock.
	Today func() string
	// Seed decides what is rejected and when a fault with a probability
	// strikes. Default 0, a seed like another.
	Seed uint64
	// Postmart and Voso say how each marketplace behaves.
	Postmart, Voso Market
	// WebhookURL is where Postmart sends its events. Default "": nowhere.
	WebhookURL string
	// WebhookSecret signs them.
	WebhookSecret string
	// WebhookWait is the time between two attempts to deliver one event.
	// Default 1 s.
	WebhookWait time.Duration
	// WebhookTransport carries the events. Default: one of its own.
	WebhookTransport http.RoundTripper
	// Log is told of what strikes and what fails. Default: nobody.
	Log *slog.Logger
}

// Market says how one marketplace behaves.
type Market struct {
	// Accounts that may sign in. Default: the one of the Default constants.
	Accounts []Account
	// Rate is how many calls an account has in any sliding second. Default 0:
	// no limit.
	Rate int
	// ReviewDelay is the shortest time that a review takes, and ReviewSpread
	// how much longer the longest takes. Default 0: the next call sees it done.
	ReviewDelay, ReviewSpread time.Duration
	// RejectShare is the share of reviews that reject, 0 to 1, drawn from
	// Seed, the SKU and the number of the review. Default 0: none.
	RejectShare float64
	// Lag is how far lists and searches are behind. Default 0. The contracts
	// allow 10 s on Postmart and 30 s on Voso.
	Lag time.Duration
	// LateWrite is how late the fault "late" carries a write out when it names
	// no delay of its own. Default: the contract's bound, 10 s and 30 s.
	LateWrite time.Duration
	// ShopVerifyDelay is how long a new shop waits to become active. Default 0:
	// the next call sees it active.
	ShopVerifyDelay time.Duration
	// TokenLife is how long a token lives. Default one hour.
	TokenLife time.Duration
}

// Account is one partner of Postmart (client id and secret) or one user of
// Voso (user name and password). Each sees its own shops only.
type Account struct{ Name, Secret string }

// Lifelike returns the options of `lensan up`: reviews of one to three seconds
// that reject three of a hundred, rate limits, a second of lag.
func Lifelike() Options {
	m := Market{
		Rate:            50,
		ReviewDelay:     time.Second,
		ReviewSpread:    2 * time.Second,
		RejectShare:     0.03,
		Lag:             time.Second,
		ShopVerifyDelay: time.Second,
	}
	return Options{Seed: 1, Postmart: m, Voso: m}
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.WebhookWait == 0 {
		o.WebhookWait = time.Second
	}
	o.Postmart = o.Postmart.withDefaults(Account{DefaultClientID, DefaultClientSecret}, 10*time.Second)
	o.Voso = o.Voso.withDefaults(Account{DefaultUsername, DefaultPassword}, 30*time.Second)
	return o
}

func (m Market) withDefaults(a Account, late time.Duration) Market {
	if len(m.Accounts) == 0 {
		m.Accounts = []Account{a}
	}
	if m.LateWrite == 0 {
		m.LateWrite = late
	}
	if m.TokenLife == 0 {
		m.TokenLife = time.Hour
	}
	return m
}
