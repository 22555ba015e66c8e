package dashboard

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"lensan/adapters"
	"lensan/cmd/lensan/dashboard/shelf"
	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
)

// Options are what New needs. What is missing of the functions is not offered
// on any page.
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
	// Titles are the marketplaces' names as people know them, by marketplace.
	// Default the marketplace's own word.
	Titles map[string]string

	// UsersFile holds who may sign in (docs/dashboard.md). It is read again
	// when it changes. Default none: then only this machine is answered, as an
	// administrator named LocalName.
	UsersFile string
	// LocalName is written to the audit for what is done without users.
	// Default "local".
	LocalName string

	// Doctor makes the checks of `lensan doctor`. It may take some seconds.
	Doctor func(context.Context) []Check
	// Plan draws a plan without carrying it out and returns its id in the
	// store. It sends no write to any marketplace.
	Plan func(context.Context, catalog.Scope, catalog.Policy) (planID string, err error)
	// Revert tells what taking a run back would do. It writes nothing.
	Revert func(ctx context.Context, runID string) (Reverting, error)
	// Describe takes a marketplace's text of a structured field apart. Nil
	// result: it has no parts that people can read.
	Describe func(marketplace string, field adapters.Field, text string) []adapters.Fact
	// Import reads registers and their pictures.
	Import func(context.Context, ImportRequest) (ImportResult, error)
	// EngineAlive tells whether any process is there to carry out what is
	// asked for. Default by the engine's lease in the store.
	EngineAlive func(context.Context) (bool, error)
	// Queue tells what is wrong with the queue; nil is well.
	Queue func(context.Context) error
	// MaxUpload bounds the bytes of an uploaded register. Default 50 MiB.
	MaxUpload int64
	// MaxPictures bounds what comes along with registers: pictures and archives
	// of them. Default 300 MiB.
	MaxPictures int64
	// TempDir is where uploads wait to be confirmed. Default the system's.
	TempDir string
}

// Check is one thing that the doctor looked at.
type Check struct {
	Title   string `json:"title"`
	About   string `json:"about,omitempty"` // which lane, for example
	OK      bool   `json:"ok"`
	Found   string `json:"found"`
	Advice  string `json:"advice,omitempty"` // what to do, where it is not well
	Warning bool   `json:"warning,omitempty"`
}

// ImportFile is one file of an import.
type ImportFile struct {
	Name string // as the person's machine names it
	Path string // where the bytes lie
}

// ImportRequest asks for registers to be read together.
type ImportRequest struct {
	Files    []ImportFile
	Pictures fs.FS          // nil: none came along
	Partial  bool           // they hold a part of the products
	Complete *catalog.Scope // they are whole for this scope; nil: for none
	DryRun   bool
	Confirm  string // id of a held import of the same bytes
	By       string
}

// ImportResult is what an import did, or would do.
type ImportResult struct {
	Report   store.ImportReport
	Doubts   []catalog.Doubt        // the first thousand
	Pictures []store.PictureProblem // the first thousand
	// Refused is a sentence for people when the files can't be read at all; the
	// rest is empty then.
	Refused string
}

// Dashboard is the handler of everything below "/", except /healthz, /readyz,
// /metrics and /webhooks/, which belong to the server.
type Dashboard struct {
	Options
	handler  http.Handler
	keeper   *shelf.Keeper
	counted  runKeeper
	pages    map[text.Lang]*pages
	users    *usersFile
	uploads  *uploads
	open     chan struct{} // closed when the dashboard is
	closing  sync.Once
	keeping  sync.Mutex // who keeps the day
	closeErr error
	streams  chan struct{} // bounds the server-sent events
}

// New makes a dashboard. Close it when the server has stopped.
func New(opts Options) (*Dashboard, error) {
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
	if opts.Log == nil {
		opts.Log = slog.Default()
	}
	if opts.LocalName == "" {
		opts.LocalName = "local"
	}
	if opts.MaxUpload == 0 {
		opts.MaxUpload = 50 << 20
	}
	if opts.MaxPictures == 0 {
		opts.MaxPictures = 300 << 20
	}
	if opts.EngineAlive == nil {
		s := opts.Store
		opts.EngineAlive = func(ctx context.Context) (bool, error) {
			_, ok, err := s.GetLease(ctx, store.LeaseEngine)
			return ok, err
		}
	}
	d := &Dashboard{Options: opts, open: make(chan struct{}), streams: make(chan struct{}, 200)}
	var err error
	if d.users, err = openUsers(opts.UsersFile); err != nil {
		return nil, err
	}
	if d.uploads, err = newUploads(opts.TempDir, opts.Now); err != nil {
		return nil, err
	}
	if d.pages, err = d.parsePages(); err != nil {
		return nil, err
	}
	d.keeper = shelf.NewKeeper(opts.Store, opts.Now, opts.Today)
	d.keeper.Start()
	d.handler = d.guard(d.routes())
	return d, nil
}

// Close ends the streams and what goes on behind the pages, and waits for it.
// It may be called twice.
func (d *Dashboard) Close() error {
	d.closing.Do(func() {
		close(d.open)
		d.keeper.Close()
		d.counted.wait.Wait()
		d.closeErr = d.uploads.close()
	})
	return d.closeErr
}

// EndStreams is Close for http.Server.RegisterOnShutdown: the server-sent
// events would otherwise keep Shutdown waiting.
func (d *Dashboard) EndStreams() { _ = d.Close() }

// ServeHTTP answers a request.
func (d *Dashboard) ServeHTTP(w http.ResponseWriter, r *http.Request) { d.handler.ServeHTTP(w, r) }

// title is a marketplace's name as people know it.
func (d *Dashboard) title(marketplace string) string {
	if t := d.Titles[marketplace]; t != "" {
		return t
	}
	if marketplace == "" {
		return ""
	}
	return strings.ToUpper(marketplace[:1]) + marketplace[1:]
}
