package config

import (
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"lensan/store/catalog"
)

// LaneSpec declares what a marketplace needs to be configured; the one list of
// adapters gives one for each.
type LaneSpec struct {
	Name        string
	Credentials []Credential
	// SandboxListen is where its sandbox listens by default.
	SandboxListen string
}

// Credential is one thing that an account is known by.
type Credential struct {
	Name     string // in keys: client_id
	Secret   bool   // redacted where printed, and readable from a file
	Optional bool
}

// key is one entry of the configuration. set takes a value over and returns
// the name of what was wanted instead (text has its words), empty when sound.
type key struct {
	name   string
	def    string
	secret bool                // never printed; also as NAME_FILE
	masked func(string) string // how the value is printed, when not as it is
	set    func(c *Config, v string) (want string)
}

func (k key) printed(v string) string {
	switch {
	case k.masked != nil:
		return k.masked(v)
	case k.secret:
		return NewSecret(v).String()
	}
	return v
}

// readsFile tells whether the value may also be given as the name of a file.
func (k key) readsFile() bool { return k.secret }

func maskURL(v string) string { return NewSecretURL(v).String() }

// keysFor lists every key there is, in the order of the documentation.
func keysFor(specs []LaneSpec) []key {
	keys := []key{
		{name: "lang", def: "vi", set: func(c *Config, v string) string {
			c.Lang = v
			return oneOf(v, "lang", "vi", "en")
		}},
		{name: "data_dir", def: "./lensan-data", set: func(c *Config, v string) string { c.DataDir = v; return "" }},
		{name: "database_url", secret: true, masked: maskURL, set: setDatabase},
		{name: "redis_url", def: "embedded", secret: true, masked: maskURL, set: setRedis},
		{name: "listen", def: "127.0.0.1:18080", set: func(c *Config, v string) string { c.Listen = v; return address(v) }},
		{name: "dashboard_users_file", set: func(c *Config, v string) string { c.UsersFile = v; return "" }},
		{name: "now", set: setDay},
		{name: "nightly", def: "0 2 * * *", set: setNightly},
		{name: "log_level", def: "warn", set: func(c *Config, v string) string {
			c.LogLevel = v
			return oneOf(v, "log_level", "debug", "info", "warn", "error")
		}},
		{name: "log_format", set: func(c *Config, v string) string {
			c.LogFormat = v
			return oneOf(v, "log_format", "", "text", "json")
		}},
		{name: "canaries", set: func(c *Config, v string) string { c.Canaries = list(v); return "" }},
		{name: "owners.content", def: "ours", set: owner(func(o *Owners) *string { return &o.Content })},
		{name: "owners.price", def: "ask", set: owner(func(o *Owners) *string { return &o.Price })},
		{name: "owners.stock", def: "theirs", set: owner(func(o *Owners) *string { return &o.Stock })},
		{name: "timing.lease", def: "60s", set: wait(func(c *Config) *time.Duration { return &c.Timing.Lease })},
		{name: "timing.sweep", def: "5s", set: wait(func(c *Config) *time.Duration { return &c.Timing.Sweep })},
		{name: "timing.gather", def: "15s", set: wait(func(c *Config) *time.Duration { return &c.Timing.Gather })},
		{name: "timing.request", def: "45s", set: wait(func(c *Config) *time.Duration { return &c.Timing.Request })},
		{name: "timing.pause", def: "15s", set: wait(func(c *Config) *time.Duration { return &c.Timing.Pause })},
		{name: "timing.retry", def: "10s", set: wait(func(c *Config) *time.Duration { return &c.Timing.Retry })},
		{name: "timing.review_first", def: "0s", set: wait(func(c *Config) *time.Duration { return &c.Timing.ReviewFirst })},
	}
	keys = append(keys,
		key{name: "sandbox.no_limits", def: "false", set: func(c *Config, v string) string {
			on, err := strconv.ParseBool(v)
			c.SandboxNoLimits = on
			return wanted(err == nil, "bool")
		}},
		key{name: "sandbox.control_listen", set: func(c *Config, v string) string {
			c.SandboxControl = v
			if v == "" {
				return ""
			}
			return address(v)
		}},
	)
	for i, s := range specs {
		keys = append(keys, laneKeys(i, s)...)
	}
	return keys
}

func laneKeys(i int, s LaneSpec) []key {
	lane := func(c *Config) *Lane { return &c.Lanes[i] }
	keys := []key{
		{name: s.Name + ".enabled", def: "true", set: func(c *Config, v string) string {
			on, err := strconv.ParseBool(v)
			lane(c).Enabled = on
			return wanted(err == nil, "bool")
		}},
		{name: s.Name + ".mode", def: ModeAPI, set: func(c *Config, v string) string {
			lane(c).Mode = v
			return oneOf(v, "mode", ModeAPI, ModeWorkbook)
		}},
		{name: s.Name + ".folder", set: func(c *Config, v string) string { lane(c).Folder = v; return "" }},
		{name: s.Name + ".mapping", set: func(c *Config, v string) string { lane(c).Mapping = v; return "" }},
		{name: s.Name + ".url", def: Sandbox, masked: maskURL, set: func(c *Config, v string) string {
			lane(c).URL = strings.TrimRight(v, "/")
			return wanted(v == Sandbox || isBaseURL(v), "base_url")
		}},
		{name: s.Name + ".rate", def: "0", set: func(c *Config, v string) string {
			rate, err := strconv.ParseFloat(v, 64)
			lane(c).Rate = rate
			return wanted(err == nil && rate >= 0 && rate <= 10_000, "rate")
		}},
		{name: s.Name + ".read_lag", def: "0s", set: wait(func(c *Config) *time.Duration { return &lane(c).ReadLag })},
		{name: s.Name + ".late_write", def: "0s", set: wait(func(c *Config) *time.Duration { return &lane(c).LateWrite })},
		{name: s.Name + ".sandbox_listen", def: s.SandboxListen, set: func(c *Config, v string) string {
			lane(c).SandboxListen = v
			return address(v)
		}},
	}
	for _, cred := range s.Credentials {
		keys = append(keys, key{name: s.Name + "." + cred.Name, secret: cred.Secret, set: func(c *Config, v string) string {
			lane(c).Credentials[cred.Name] = NewSecret(v)
			return ""
		}})
	}
	return keys
}

func setDatabase(c *Config, v string) string {
	c.Database = NewSecretURL(v)
	if path, ok := strings.CutPrefix(v, "sqlite:"); ok {
		return wanted(strings.TrimPrefix(path, "//") != "", "database_url")
	}
	u, err := url.Parse(v)
	return wanted(err == nil && (u.Scheme == "postgres" || u.Scheme == "postgresql") && u.Host != "", "database_url")
}

func setRedis(c *Config, v string) string {
	c.Redis = NewSecretURL(v)
	if v == "embedded" {
		return ""
	}
	if strings.HasPrefix(v, "redis-sentinel://") { // several hosts, which net/url refuses: the queue reads it
		return ""
	}
	u, err := url.Parse(v)
	return wanted(err == nil && u.Host != "" && (u.Scheme == "redis" || u.Scheme == "rediss"), "redis_url")
}

func setDay(c *Config, v string) string {
	if v == "" {
		return ""
	}
	if t, err := time.Parse("02/01/2006", v); err == nil {
		v = t.Format(time.DateOnly)
	}
	day, err := catalog.ParseDay(v)
	c.Day = day
	return wanted(err == nil, "day")
}

func setNightly(c *Config, v string) string {
	c.Nightly = v
	if v == "off" {
		return ""
	}
	_, err := cron.ParseStandard(v)
	return wanted(err == nil, "cron")
}

func owner(field func(*Owners) *string) func(*Config, string) string {
	return func(c *Config, v string) string {
		*field(&c.Owners) = v
		return oneOf(v, "owner", "ours", "theirs", "ask")
	}
}

func wait(field func(*Config) *time.Duration) func(*Config, string) string {
	return func(c *Config, v string) string {
		d, err := time.ParseDuration(v)
		*field(c) = d
		return wanted(err == nil && d >= 0, "duration")
	}
}

func wanted(sound bool, want string) string {
	if sound {
		return ""
	}
	return want
}

func oneOf(v, want string, allowed ...string) string {
	for _, a := range allowed {
		if v == a {
			return ""
		}
	}
	return want
}

func address(v string) string {
	_, port, err := net.SplitHostPort(v)
	n, portErr := strconv.Atoi(port)
	return wanted(err == nil && portErr == nil && n >= 0 && n < 1<<16, "address")
}

func isBaseURL(v string) bool {
	u, err := url.Parse(v)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.RawQuery == "" && u.Fragment == "" && u.User == nil
}

func list(v string) []string {
	var out []string
	for part := range strings.SplitSeq(v, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}
