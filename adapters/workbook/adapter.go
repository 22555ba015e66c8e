package workbook

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"lensan/adapters"
)

// Rules judge offers and shops as one marketplace does, without an account.
// All of it is pure.
type Rules interface {
	Capabilities() adapters.Capabilities
	Normalize(offer adapters.Offer, today string) (adapters.Fields, []adapters.Problem)
	CheckShop(shop adapters.Shop) []adapters.Problem
	// Echo is the form in which the marketplace shows a text of a field.
	Echo(field adapters.Field, text string) string
}

// Config says for which marketplace a lane is, and where its folder lies.
type Config struct {
	// Name is the marketplace's name in commands, tables and settings. Needed.
	Name string
	// Rules are the marketplace's. Needed.
	Rules Rules
	// Mapping is the text of its columns, see Mapping. Needed.
	Mapping []byte
	// Folder is where files are written and lists are read. Needed.
	Folder string
	// Now is the clock. Default time.Now.
	Now func() time.Time
	// Log takes what a person ought to know. Default slog.Default.
	Log *slog.Logger
}

// Adapter is adapters.Adapter for a lane that people work by hand. Make it with
// New.
type Adapter struct {
	cfg        Config
	mapping    Mapping
	mappingKey string
	caps       adapters.Capabilities
	log        *slog.Logger

	readMu     sync.Mutex // guards the newest list
	read       *reading
	refusedKey string
	refusal    *refusal
	prepared   bool

	mu     sync.Mutex // guards the files
	ledger ledger
	rowsOf map[string][]string // file -> keys of its rows that are no creates
	open   map[kind]*handed    // files that this process still writes on
	tidied string
}

var (
	_ adapters.Adapter  = (*Adapter)(nil)
	_ adapters.Handover = (*Adapter)(nil)
	_ adapters.Restorer = (*Adapter)(nil)
)

// New checks cfg and makes an Adapter; nothing is written before it is used.
// The error holds everything that is to be mended.
func New(cfg Config) (*Adapter, error) {
	var problems []error
	if !safeName.MatchString(cfg.Name) {
		problems = append(problems, fmt.Errorf("workbook: %q can't be a marketplace's name", cfg.Name))
	}
	if cfg.Rules == nil {
		problems = append(problems, errors.New("workbook: no rules"))
	}
	if cfg.Folder == "" {
		problems = append(problems, errors.New("workbook: no folder"))
	}
	m, err := ParseMapping(cfg.Mapping)
	if err := errors.Join(append(problems, err)...); err != nil {
		return nil, err
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	text, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text)
	a := &Adapter{cfg: cfg, mapping: m, mappingKey: hex.EncodeToString(sum[:8]), log: cfg.Log,
		ledger: ledger{files: map[string]*entry{}}, rowsOf: map[string][]string{}, open: map[kind]*handed{}}
	a.caps = a.capabilities()
	return a, nil
}

// Name is the marketplace's.
func (a *Adapter) Name() string { return a.cfg.Name }

// Capabilities are the marketplace's rules with what a person and a file can
// do: no keys, no versions, no webhooks, no lag but the person's own.
func (a *Adapter) Capabilities() adapters.Capabilities {
	c := a.caps
	c.Fields, c.ReviewFields = slices.Clone(c.Fields), slices.Clone(c.ReviewFields)
	c.Batch, c.NotSold, c.Categories = maps.Clone(c.Batch), maps.Clone(c.NotSold), maps.Clone(c.Categories)
	return c
}

func (a *Adapter) capabilities() adapters.Capabilities {
	r := a.cfg.Rules.Capabilities()
	fields := a.mapping.fields()
	return adapters.Capabilities{
		Title: r.Title, Assumed: r.Assumed, ByHand: true, Fields: fields,
		ReviewFields: slices.DeleteFunc(slices.Clone(r.ReviewFields), func(f adapters.Field) bool { return !slices.Contains(fields, f) }),
		Batch: map[adapters.Op]int{
			adapters.OpCreate: batchSize, adapters.OpUpdateContent: batchSize, adapters.OpUpdateOffer: batchSize,
			adapters.OpClose: batchSize, adapters.OpReopen: batchSize, adapters.OpAdopt: batchSize,
		},
		GetBatch: batchSize, FindBatch: batchSize, PageSize: batchSize, SameImageSameID: true, Rate: 1000,
		NotSold: r.NotSold, Categories: r.Categories,
		ImageMin: r.ImageMin, ImageMax: r.ImageMax, ImageBytes: r.ImageBytes, MaxImages: r.MaxImages,
	}
}

// Ping makes the folder where it is missing, proves that it can be written to
// and reads the newest list. Without one the lane waits for a person.
func (a *Adapter) Ping(ctx context.Context) *adapters.Error {
	_, err := a.latest(ctx)
	return err
}

// prepare sets the folder up once, at its first use.
func (a *Adapter) prepare() error {
	if a.prepared {
		return nil
	}
	if err := a.setUp(); err != nil {
		return err
	}
	a.prepared = true
	return nil
}
