package config_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lensan/config"
)

var lanes = []config.LaneSpec{
	{Name: "postmart", SandboxListen: "127.0.0.1:18081", Credentials: []config.Credential{
		{Name: "client_id"}, {Name: "client_secret", Secret: true}, {Name: "webhook_secret", Secret: true, Optional: true},
	}},
	{Name: "voso", SandboxListen: "127.0.0.1:18082", Credentials: []config.Credential{
		{Name: "username"}, {Name: "password", Secret: true},
	}},
}

// load loads in a folder of its own: yaml as lensan.yaml, the variables as
// NAME=VALUE.
func load(t *testing.T, yaml string, flags map[string]string, environ ...string) (*config.Config, error) {
	t.Helper()
	src := config.Sources{Flags: flags, Environ: append([]string{"HOME=/nowhere"}, environ...), Lanes: lanes}
	if yaml != "" {
		src.File = write(t, "lensan.yaml", yaml)
	}
	return config.Load(src)
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	c, err := load(t, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"lang": c.Lang, "./lensan-data": c.DataDir, "127.0.0.1:18080": c.Listen, "embedded": c.Redis.Reveal(),
		"sqlite:lensan-data/lensan.db": c.Database.Reveal(), "0 2 * * *": c.Nightly,
	}
	delete(want, "lang")
	for value, got := range want {
		if got != value {
			t.Errorf("got %q, want %q", got, value)
		}
	}
	if c.Lang != "vi" || !c.EmbeddedQueue() || !c.HasSandbox() || len(c.Enabled()) != 2 {
		t.Errorf("lang %q, embedded %v, sandbox %v, lanes %d", c.Lang, c.EmbeddedQueue(), c.HasSandbox(), len(c.Enabled()))
	}
}

func TestFlagOverVariableOverFileOverDefault(t *testing.T) {
	t.Parallel()
	const yaml = "listen: 127.0.0.1:1\nlang: en\npostmart:\n  rate: 3.5\n"
	c, err := load(t, yaml, nil)
	if err != nil || c.Listen != "127.0.0.1:1" || c.Lang != "en" || c.Lanes[0].Rate != 3.5 {
		t.Fatalf("file: %v %+v", err, c)
	}
	c, err = load(t, yaml, nil, "LENSAN_LISTEN=127.0.0.1:2")
	if err != nil || c.Listen != "127.0.0.1:2" || c.Lang != "en" {
		t.Fatalf("variable: %v %q", err, c.Listen)
	}
	c, err = load(t, yaml, map[string]string{"listen": "127.0.0.1:3"}, "LENSAN_LISTEN=127.0.0.1:2")
	if err != nil || c.Listen != "127.0.0.1:3" {
		t.Fatalf("flag: %v %q", err, c.Listen)
	}
	i := slices.IndexFunc(c.Settings(), func(s config.Setting) bool { return s.Key == "listen" })
	if s := c.Settings()[i]; s.Origin != "--listen" || s.Variable != "LENSAN_LISTEN" {
		t.Errorf("setting: %+v", s)
	}
}

func TestEachProblemIsTold(t *testing.T) {
	t.Parallel()
	real := []string{"LENSAN_VOSO_ENABLED=false", "LENSAN_POSTMART_CLIENT_ID=a", "LENSAN_POSTMART_CLIENT_SECRET=b"}
	cases := map[string]struct {
		yaml    string
		flags   map[string]string
		environ []string
		want    string // short form of the one problem
	}{
		"an unknown key":                      {yaml: "listn: x\n", want: "config.unknown_key key=listn suggestion=listen where=FILE:1"},
		"an unknown key inside a marketplace": {yaml: "voso:\n  user: x\n", want: "config.unknown_key key=voso.user suggestion=voso.username where=FILE:2"},
		"an unknown variable":                 {environ: []string{"LENSAN_LISEN=x"}, want: "config.unknown_variable name=LENSAN_LISEN suggestion=LENSAN_LISTEN"},
		"an unknown option":                   {flags: map[string]string{"listne": "x"}, want: "config.unknown_key key=listne suggestion=listen where=--option"},
		"a language nobody speaks":            {environ: []string{"LENSAN_LANG=fr"}, want: "config.bad_value name=LENSAN_LANG value=fr want=lang"},
		"a day no calendar has":               {environ: []string{"LENSAN_NOW=2026-02-30"}, want: "config.bad_value name=LENSAN_NOW value=2026-02-30 want=day"},
		"a rate below zero":                   {environ: []string{"LENSAN_VOSO_RATE=-1"}, want: "config.bad_value name=LENSAN_VOSO_RATE value=-1 want=rate"},
		"a database of an unknown engine":     {environ: []string{"LENSAN_DATABASE_URL=mysql://u:p4ss@h/d"}, want: "config.bad_value name=LENSAN_DATABASE_URL value=mysql://u:[redacted]@h/d want=database_url"},
		"a queue of an unknown kind":          {environ: []string{"LENSAN_REDIS_URL=memcached://h"}, want: "config.bad_value name=LENSAN_REDIS_URL value=memcached://h want=redis_url"},
		"no cron line":                        {environ: []string{"LENSAN_NIGHTLY=at night"}, want: "config.bad_value name=LENSAN_NIGHTLY value=at night want=cron"},
		"a URL that is none":                  {environ: []string{"LENSAN_POSTMART_URL=api.example.vn"}, want: "config.bad_value name=LENSAN_POSTMART_URL value=api.example.vn want=base_url"},
		"a base URL with a password in it":    {environ: []string{"LENSAN_POSTMART_URL=https://u:p@h"}, want: "config.bad_value name=LENSAN_POSTMART_URL value=https://u:[redacted]@h want=base_url"},
		"a map where a word belongs":          {yaml: "listen:\n  host: x\n", want: "config.bad_value name=listen (FILE:2) value={…} want=scalar"},
		"a key given twice":                   {yaml: "lang: vi\nlang: en\n", want: "config.both_forms name=lang (FILE:2)"},
		"a file that is no YAML":              {yaml: "a: [", want: "config.bad_file file=FILE why=line 1: did not find expected node content"},
		"a secret in both forms":              {environ: []string{"LENSAN_VOSO_PASSWORD=x", "LENSAN_VOSO_PASSWORD_FILE=/x"}, want: "config.both_forms name=LENSAN_VOSO_PASSWORD"},
		"a secret's file that is not there":   {environ: []string{"LENSAN_VOSO_PASSWORD_FILE=/no/such"}, want: "config.secret_file file=/no/such name=LENSAN_VOSO_PASSWORD_FILE why=no such file or directory"},
		"a base URL without TLS":              {environ: append(real, "LENSAN_POSTMART_URL=http://api.example.vn"), want: "config.needs_tls name=LENSAN_POSTMART_URL value=http://api.example.vn"},
		"a fixed day on a real marketplace":   {environ: append(real, "LENSAN_POSTMART_URL=https://api.example.vn", "LENSAN_NOW=2026-11-24"), want: "config.now_not_local lane=postmart name=LENSAN_POSTMART_URL value=https://api.example.vn"},
		"an account without its secret":       {environ: []string{"LENSAN_VOSO_URL=http://127.0.0.1:9", "LENSAN_VOSO_USERNAME=x"}, want: "config.needs_credential lane=voso name=LENSAN_VOSO_PASSWORD"},
		"an open port without users":          {environ: []string{"LENSAN_LISTEN=0.0.0.0:8080"}, want: "config.listen_open name=LENSAN_LISTEN value=0.0.0.0:8080"},
		"an address without a port":           {environ: []string{"LENSAN_LISTEN=127.0.0.1"}, want: "config.bad_value name=LENSAN_LISTEN value=127.0.0.1 want=address"},
		"an owner nobody knows":               {yaml: "owners:\n  price: mine\n", want: "config.bad_value name=owners.price (FILE:2) value=mine want=owner"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			src := config.Sources{Flags: c.flags, Environ: append([]string{"X=y"}, c.environ...), Lanes: lanes}
			if c.yaml != "" {
				src.File = write(t, "lensan.yaml", c.yaml)
			}
			_, err := config.Load(src)
			if err == nil {
				t.Fatalf("no problem; want %s", c.want)
			}
			got := err.Error()
			if src.File != "" {
				got = strings.ReplaceAll(got, src.File, "FILE")
			}
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	t.Parallel()
	_, err := load(t, "nigthly: off\ntiming:\n  lease: soon\n", map[string]string{"data_dri": "x"},
		"LENSAN_LANG=fr", "LENSAN_NOPE=1", "LENSAN_POSTMART_URL=http://example.vn")
	var problems config.Problems
	if !errors.As(err, &problems) {
		t.Fatalf("err %v", err)
	}
	var codes []string
	for _, p := range problems {
		codes = append(codes, p.Code)
	}
	want := []string{config.UnknownKey, config.UnknownVariable, config.UnknownKey, config.BadValue, config.BadValue,
		config.NeedsTLS, config.NeedsCredential, config.NeedsCredential}
	if !slices.Equal(codes, want) {
		t.Errorf("got  %v\nwant %v", codes, want)
	}
}

func TestSecretsFromFiles(t *testing.T) {
	t.Parallel()
	path := write(t, "secret", "mật khẩu dài\n")
	for name, environ := range map[string][]string{
		"variable": {"LENSAN_VOSO_PASSWORD_FILE=" + path},
		"empty variables of a compose file aside": {"LENSAN_VOSO_PASSWORD=", "LENSAN_VOSO_PASSWORD_FILE=" + path, "LENSAN_POSTMART_CLIENT_SECRET_FILE="},
	} {
		c, err := load(t, "", nil, environ...)
		if err != nil || c.Lanes[1].Credentials["password"].Reveal() != "mật khẩu dài" {
			t.Errorf("%s: %v", name, err)
		}
	}
	c, err := load(t, "voso:\n  password_file: "+path+"\n", nil)
	if err != nil || c.Lanes[1].Credentials["password"].Reveal() != "mật khẩu dài" {
		t.Errorf("yaml: %v", err)
	}
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	t.Parallel()
	const seed = "s3cr3t-s33d"
	c, err := load(t, "", nil, "LENSAN_POSTMART_CLIENT_SECRET="+seed, "LENSAN_VOSO_PASSWORD="+seed,
		"LENSAN_DATABASE_URL=postgres://lensan:"+seed+"@127.0.0.1/x?sslmode=disable&sslpassword="+seed,
		"LENSAN_REDIS_URL=redis://:"+seed+"@127.0.0.1/0")
	if err != nil {
		t.Fatal(err)
	}
	js, err := json.Marshal(map[string]any{"config": c, "settings": c.Settings()})
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("config", "db", c.Database, "secret", c.Lanes[0].Credentials["client_secret"], "all", c)
	for where, got := range map[string]string{
		"json": string(js), "log": log.String(), "%v": fmt.Sprintf("%v", c), "%+v": fmt.Sprintf("%+v", *c), "%#v": fmt.Sprintf("%#v", c.Lanes),
		"%s": fmt.Sprintf("%s %q", c.Database, c.Lanes[0].Credentials), "%x": fmt.Sprintf("%x", c.Redis),
	} {
		if strings.Contains(got, seed) || strings.Contains(got, fmt.Sprintf("%x", seed)) {
			t.Errorf("%s shows the secret: %s", where, got)
		}
		if where != "%x" && !strings.Contains(got, config.Redacted) {
			t.Errorf("%s does not say [redacted]: %s", where, got)
		}
	}
	if c.Database.String() != "postgres://lensan:[redacted]@127.0.0.1/x?sslmode=disable&sslpassword=[redacted]" {
		t.Errorf("database: %s", c.Database)
	}
}

func TestListsAndDays(t *testing.T) {
	t.Parallel()
	c, err := load(t, "canaries: [40-430-17950-3-2025, 40-430-17950-4-2025]\n", nil, "LENSAN_NOW=24/11/2026")
	if err != nil || len(c.Canaries) != 2 || c.Day != "2026-11-24" {
		t.Errorf("%v %v %q", err, c.Canaries, c.Day)
	}
}

func TestLaneIsLocal(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]bool{
		"sandbox": true, "http://127.0.0.1:18081": true, "http://localhost/x": true, "http://[::1]:9": true,
		"https://partner.example.vn": false, "https://127.0.0.1.example.vn": false, "https://10.0.0.1": false,
	} {
		if got := (config.Lane{URL: url}).IsLocal(); got != want {
			t.Errorf("%s: %v", url, got)
		}
	}
}
