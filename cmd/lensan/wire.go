package main

import (
	"fmt"
	"log/slog"
	"net/http"
	"os"

	"lensan/adapters"
	"lensan/adapters/postmart"
	"lensan/adapters/rest"
	"lensan/adapters/sandbox"
	"lensan/adapters/voso"
	"lensan/adapters/workbook"
	"lensan/config"
)

// marketplace is one entry of the list of adapters: how it is configured, how
// its adapter is made, and what answers for it in the sandbox.
type marketplace struct {
	config.LaneSpec
	// account names the credential by which the account is known on record,
	// secret the one that proves it.
	account, secret string
	// sandbox gives the credentials of the sandbox's own account.
	sandbox map[string]string
	// rules and mapping are what a lane that people work by hand needs.
	rules   workbook.Rules
	mapping []byte
	open    func(lane config.Lane, o rest.Options) (adapters.Adapter, error)
}

// marketplaces is the one list of adapters. A new marketplace is one folder,
// one entry here, one sandbox.
var marketplaces = []marketplace{
	{
		LaneSpec: config.LaneSpec{
			Name:          postmart.Name,
			SandboxListen: sandbox.DefaultPostmartAddr,
			Credentials:   []config.Credential{{Name: "client_id"}, {Name: "client_secret", Secret: true}, {Name: "webhook_secret", Secret: true, Optional: true}},
		},
		account: "client_id", secret: "client_secret",
		sandbox: map[string]string{"client_id": sandbox.DefaultClientID, "client_secret": sandbox.DefaultClientSecret},
		rules:   postmart.Rules{}, mapping: postmart.WorkbookMapping,
		open: func(l config.Lane, o rest.Options) (adapters.Adapter, error) {
			return postmart.New(postmart.Config{
				BaseURL: l.URL, ClientID: l.Credentials["client_id"].Reveal(), ClientSecret: l.Credentials["client_secret"].Reveal(),
				WebhookSecret: l.Credentials["webhook_secret"].Reveal(), Rate: l.Rate, ReadLag: l.ReadLag, LateWrite: l.LateWrite, Options: o,
			})
		},
	},
	{
		LaneSpec: config.LaneSpec{
			Name:          voso.Name,
			SandboxListen: sandbox.DefaultVosoAddr,
			Credentials:   []config.Credential{{Name: "username"}, {Name: "password", Secret: true}},
		},
		account: "username", secret: "password",
		sandbox: map[string]string{"username": sandbox.DefaultUsername, "password": sandbox.DefaultPassword},
		rules:   voso.Rules{}, mapping: voso.WorkbookMapping,
		open: func(l config.Lane, o rest.Options) (adapters.Adapter, error) {
			return voso.New(voso.Config{
				BaseURL: l.URL, Username: l.Credentials["username"].Reveal(), Password: l.Credentials["password"].Reveal(),
				Rate: l.Rate, ReadLag: l.ReadLag, LateWrite: l.LateWrite, Options: o,
			})
		},
	},
}

// laneSpecs are the marketplaces as the configuration knows them.
func laneSpecs() []config.LaneSpec {
	specs := make([]config.LaneSpec, len(marketplaces))
	for i, m := range marketplaces {
		specs[i] = m.LaneSpec
	}
	return specs
}

// marketplaceNames are the names that --marketplace takes.
func marketplaceNames() []string {
	names := make([]string, len(marketplaces))
	for i, m := range marketplaces {
		names[i] = m.Name
	}
	return names
}

// resolved is the lane with the sandbox's address and credentials in place of
// the word sandbox.
func (m marketplace) resolved(l config.Lane) config.Lane {
	if !l.IsSandbox() {
		return l
	}
	l.URL = "http://" + l.SandboxListen
	if l.Rate == 0 { // the sandbox allows more than a marketplace is asked for by default
		l.Rate = 0.8 * float64(sandbox.Lifelike().Postmart.Rate)
	}
	own := l.Credentials
	l.Credentials = map[string]config.Secret{}
	for name, value := range own { // what the sandbox leaves to choose
		l.Credentials[name] = value
	}
	for name, value := range m.sandbox {
		l.Credentials[name] = config.NewSecret(value)
	}
	return l
}

// share gives what all processes share for one lane.
type share func(m marketplace, can adapters.Capabilities) (adapters.Budget, adapters.Tokens, error)

// openAdapters makes the adapters of the lanes that are on, by name. Nothing
// is sent. A lane that is neither the sandbox nor on loopback gets a transport
// that refuses writes.
func openAdapters(c *config.Config, shared share, log *slog.Logger) (map[string]adapters.Adapter, error) {
	return openAdaptersOver(c, shared, log, func(string) http.RoundTripper { return nil })
}

// openAdaptersOver is openAdapters with the transport of each lane; nil: its own.
func openAdaptersOver(c *config.Config, shared share, log *slog.Logger, transport func(lane string) http.RoundTripper) (map[string]adapters.Adapter, error) {
	out := map[string]adapters.Adapter{}
	for _, m := range marketplaces {
		l, _ := c.Lane(m.Name)
		if !l.Enabled {
			continue
		}
		if l.IsWorkbook() {
			a, err := m.openWorkbook(l, log)
			if err != nil {
				return nil, fail(ExitUsage, err.Error())
			}
			out[m.Name] = a
			continue
		}
		o := rest.Options{Log: log, Now: now, ReadOnly: !l.IsLocal(), Transport: transport(m.Name)}
		a, err := m.open(m.resolved(l), o)
		if err != nil {
			return nil, fail(ExitUsage, err.Error())
		}
		if shared != nil {
			// What is shared needs the marketplace's own limits, which the
			// adapter knows: made once to ask it.
			if o.Budget, o.Tokens, err = shared(m, a.Capabilities()); err != nil {
				return nil, err
			}
			if a, err = m.open(m.resolved(l), o); err != nil {
				return nil, fail(ExitUsage, err.Error())
			}
		}
		out[m.Name] = a
	}
	return out, nil
}

// openWorkbook makes the adapter of a lane that people work by hand. The
// columns are those of the marketplace, or of a file in their place.
func (m marketplace) openWorkbook(l config.Lane, log *slog.Logger) (adapters.Adapter, error) {
	mapping := m.mapping
	if l.Mapping != "" {
		var err error
		if mapping, err = os.ReadFile(l.Mapping); err != nil {
			return nil, fmt.Errorf("%s: %w", config.Variable(l.Name+".mapping"), err)
		}
	}
	a, err := workbook.New(workbook.Config{Name: m.Name, Rules: m.rules, Mapping: mapping, Folder: l.Folder, Now: now, Log: log})
	if err != nil && l.Mapping != "" {
		err = fmt.Errorf("%s: %w", config.Variable(l.Name+".mapping"), err)
	}
	return a, err
}
