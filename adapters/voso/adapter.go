package voso

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"time"

	"lensan/adapters"
	"lensan/adapters/rest"
)

// Name is the marketplace's name in commands, tables and settings.
const Name = "voso"

// batchSize is how many items one call of save-batch, change-status and
// product/get carries; pageSize how many products a page of product/search.
const (
	batchSize = 50
	pageSize  = 200
)

// Config says which account of Voso to use, and where.
type Config struct {
	// BaseURL is without the path /api/v2. Needed.
	BaseURL string
	// Username and Password of the partner's user. Needed.
	Username, Password string
	// Rate is the limit in requests a second. Default 20.
	Rate float64
	// ReadLag is how long product/search may lag behind a write. Default the
	// contract's 30 s.
	ReadLag time.Duration
	// LateWrite is how late a request that timed out may still be carried
	// out. Default the contract's 30 s.
	LateWrite time.Duration

	rest.Options
}

// Adapter is adapters.Adapter for Voso. Make it with New.
type Adapter struct {
	cfg    Config
	client *rest.Client
	logins *guard
}

var _ adapters.Adapter = (*Adapter)(nil)

// New makes an adapter; it sends nothing. The error names every setting that
// is missing or can't be used.
func New(cfg Config) (*Adapter, error) {
	base, err := rest.ParseBaseURL("LENSAN_VOSO_URL", cfg.BaseURL)
	if cfg.Username == "" {
		err = errors.Join(err, errors.New("LENSAN_VOSO_USERNAME is empty: set it to the user that Voso gave the partner"))
	}
	if cfg.Password == "" {
		err = errors.Join(err, errors.New("LENSAN_VOSO_PASSWORD is empty: set it to that user's password"))
	}
	if cfg.Rate < 0 || cfg.ReadLag < 0 || cfg.LateWrite < 0 {
		err = errors.Join(err, fmt.Errorf("LENSAN_VOSO_RATE and the lags must not be negative"))
	}
	if err != nil {
		return nil, err
	}
	cfg.Rate = cmp.Or(cfg.Rate, 20)
	cfg.ReadLag = cmp.Or(cfg.ReadLag, 30*time.Second)
	cfg.LateWrite = cmp.Or(cfg.LateWrite, 30*time.Second)
	a := &Adapter{cfg: cfg}
	a.client = rest.NewClient(rest.Config{
		Marketplace: Name, BaseURL: base, Rate: cfg.Rate, SignIn: a.signIn, Attach: attach, Classify: classify,
		TokenRefused: func(e *adapters.Error) bool { return e.Code == "TOKEN_INVALID" },
		Secrets:      []string{cfg.Password},
	}, cfg.Options)
	a.logins = &guard{now: a.client.Now}
	return a, nil
}

// Name is "voso".
func (a *Adapter) Name() string { return Name }

// Capabilities are the facts of openapi.yaml.
func (a *Adapter) Capabilities() adapters.Capabilities {
	fields := append(append([]adapters.Field{}, adapters.ContentFields...), adapters.OfferFields...)
	return adapters.Capabilities{
		Title:   "Voso",
		Assumed: true,
		Fields:  fields,
		// The unit, the weight, the origin and the attributes change without
		// a review.
		ReviewFields: []adapters.Field{adapters.FieldName, adapters.FieldDescription, adapters.FieldCategory, adapters.FieldImages, adapters.FieldOcop},
		Batch: map[adapters.Op]int{
			adapters.OpCreate: batchSize, adapters.OpUpdateContent: batchSize, adapters.OpUpdateOffer: batchSize,
			adapters.OpClose: batchSize, adapters.OpReopen: batchSize, adapters.OpAdopt: batchSize,
		},
		GetBatch:    batchSize,
		FindBatch:   batchSize,
		PageSize:    pageSize,
		SharedToken: true,
		ReadLag:     a.cfg.ReadLag,
		LateWrite:   a.cfg.LateWrite,
		Rate:        a.cfg.Rate,
		NotSold:     maps.Clone(notSold),
		Categories:  maps.Clone(categories),
		ImageMin:    minSide,
		ImageMax:    maxSide,
		ImageBytes:  maxImageBytes,
		MaxImages:   maxImages,
	}
}

// CloseIdle drops idle connections, for programs that end.
func (a *Adapter) CloseIdle() { a.client.CloseIdle() }
