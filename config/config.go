package config

import (
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"lensan/store/catalog"
)

// Sandbox is the base URL of a lane that runs against the built-in sandbox.
const Sandbox = "sandbox"

// Config is the whole configuration.
type Config struct {
	// Lang is the language of words for people, vi or en. Default vi.
	Lang string
	// DataDir holds the SQLite file and the sandbox's own. Default ./lensan-data.
	DataDir string
	// Database is sqlite:PATH or postgres://…. Default sqlite:DataDir/lensan.db.
	Database SecretURL
	// Redis is embedded, redis://, rediss:// or redis-sentinel://. Default embedded.
	Redis SecretURL
	// Listen is where the HTTP port is. Default 127.0.0.1:18080.
	Listen string
	// Day fixes the day of the whole program; empty: the real one.
	Day catalog.Day
	// Nightly is when everything is read and mended each night, as cron in
	// Vietnam time, or off. Default "0 2 * * *".
	Nightly string
	// UsersFile holds the dashboard's users. Default none.
	UsersFile string
	// LogLevel is debug, info, warn or error. Default warn.
	LogLevel string
	// LogFormat is text or json. Default text on a terminal, json elsewhere.
	LogFormat string

	// Lanes are the marketplace accounts, in the order they were declared.
	Lanes []Lane

	// Canaries are products that must be of 3 stars or better in every import.
	Canaries []string
	// Owners says whose word counts for a field that both sides changed.
	Owners Owners
	// Timing are the waits of the engine.
	Timing Timing
	// SandboxNoLimits makes the sandbox answer without rate limits, delays and
	// rejections. Default false.
	SandboxNoLimits bool
	// SandboxControl is where the sandbox takes faults and shows its ledger.
	// Default: nowhere in `up`, its usual port in `lensan sandbox`.
	SandboxControl string

	origin map[string]string // by key: flag, variable name, file, default
	values map[string]string // by key, as printed
	order  []string
}

// Lane is one marketplace account.
type Lane struct {
	Name    string
	Enabled bool
	// Mode is ModeAPI, or ModeWorkbook where people carry Excel files and lists
	// between the program and the seller portal. Default ModeAPI.
	Mode string
	// Folder is where a workbook lane writes and reads files. Default
	// DataDir/workbook/<name>.
	Folder string
	// Mapping is a file with the columns of a workbook lane. Default the one
	// that comes with the marketplace.
	Mapping string
	// URL is Sandbox or a base URL without a slash at its end; of a workbook
	// lane it names the folder.
	URL string
	// Rate is in requests a second; 0: the marketplace's own figure.
	Rate float64
	// ReadLag and LateWrite replace the marketplace's own figures where they
	// are above 0 (adapters.Capabilities says what they mean).
	ReadLag, LateWrite time.Duration
	// SandboxListen is where the sandbox of this lane listens.
	SandboxListen string
	// Credentials by name, as the adapter's spec declares them.
	Credentials map[string]Secret
}

// The modes of a lane.
const (
	ModeAPI      = "api"
	ModeWorkbook = "workbook"
)

// IsWorkbook tells whether people work the lane by hand, with Excel files:
// nothing is sent to anybody.
func (l Lane) IsWorkbook() bool { return l.Mode == ModeWorkbook }

// IsSandbox tells whether the lane runs against the built-in sandbox.
func (l Lane) IsSandbox() bool { return l.URL == Sandbox }

// IsLocal tells whether the lane is the sandbox or on loopback: nothing that
// is written there reaches a real marketplace.
func (l Lane) IsLocal() bool {
	if l.IsSandbox() {
		return true
	}
	u, err := url.Parse(l.URL)
	return err == nil && isLoopback(u.Hostname())
}

// Owners names the owner of each group of fields: ours, theirs or ask.
type Owners struct {
	Content string // default ours
	Price   string // default ask
	Stock   string // default theirs
}

// Timing are waits that tests shorten.
type Timing struct {
	// Lease is how long a worker may hold a batch without a sign of life.
	// Default 60 s.
	Lease time.Duration
	// Sweep is how often lost work is looked for. Default 5 s.
	Sweep time.Duration
	// Gather is how long edits that trickle in are gathered. Default 15 s.
	Gather time.Duration
	// ReviewFirst is the first wait for a moderator's decision. Default 2 s
	// on the sandbox, 5 minutes elsewhere.
	ReviewFirst time.Duration
	// Request is how long one request to a marketplace may take. Default 45 s.
	Request time.Duration
	// Pause is how long a lane first pauses after a failure of the whole of
	// it; every other wait of its breaker is in proportion. Default 15 s.
	Pause time.Duration
	// Retry is how long an item first waits after a failure that passes; every
	// other wait of an item is in proportion. Default 10 s.
	Retry time.Duration
}

// Enabled gives the lanes that are on.
func (c *Config) Enabled() []Lane {
	var on []Lane
	for _, l := range c.Lanes {
		if l.Enabled {
			on = append(on, l)
		}
	}
	return on
}

// Lane finds a lane by its marketplace's name.
func (c *Config) Lane(name string) (Lane, bool) {
	for _, l := range c.Lanes {
		if l.Name == name {
			return l, true
		}
	}
	return Lane{}, false
}

// HasSandbox tells whether any lane that is on runs against the sandbox.
func (c *Config) HasSandbox() bool {
	for _, l := range c.Enabled() {
		if l.IsSandbox() {
			return true
		}
	}
	return false
}

// EmbeddedQueue tells whether the queue lives inside the process.
func (c *Config) EmbeddedQueue() bool { return c.Redis.Reveal() == "embedded" }

// Setting is one key of the configuration as it came out.
type Setting struct {
	Key      string `json:"key"`
	Variable string `json:"variable"`
	Value    string `json:"value"` // secrets are redacted
	Origin   string `json:"origin"`
}

// Settings lists every key with its value and where it came from, in the
// order of the documentation.
func (c *Config) Settings() []Setting {
	out := make([]Setting, 0, len(c.order))
	for _, k := range c.order {
		out = append(out, Setting{Key: k, Variable: Variable(k), Value: c.values[k], Origin: c.origin[k]})
	}
	return out
}

// Variable is the environment variable of a key: postmart.client_id is
// LENSAN_POSTMART_CLIENT_ID.
func Variable(key string) string {
	return prefix + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

const prefix = "LENSAN_"

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// IsLoopbackAddr tells whether a listening address HOST:PORT can be reached
// from this machine only.
func IsLoopbackAddr(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	return err == nil && isLoopback(host)
}
