// Package onsandbox runs the conformance suite on the sandbox: it is the one
// place that knows both. The sandbox imports nothing of adapters.
package onsandbox

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"lensan/adapters"
	"lensan/adapters/adaptertest"
	"lensan/adapters/rest"
	"lensan/adapters/sandbox"
)

// Site says what of the sandbox stands for one marketplace.
type Site struct {
	// Name is the marketplace's in the sandbox.
	Name string
	// Handler is its HTTP side.
	Handler func(*sandbox.Sandbox) http.Handler
	// Operations are the contract's operation ids.
	Operations map[adaptertest.Action]string
	// Contract is the file that every request is held to.
	Contract string
	// New makes an adapter with opt, for base. wrong asks for a secret that
	// does not open.
	New func(base string, wrong bool, opt rest.Options) (adapters.Adapter, error)
}

// Open makes a market on a sandbox of the test's own, in memory.
func (site Site) Open(t *testing.T) adaptertest.Market {
	t.Helper()
	sb, err := sandbox.Open(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(site.Handler(sb))
	t.Cleanup(func() {
		server.Close()
		if err := sb.Close(); err != nil {
			t.Error(err)
		}
	})
	return &market{site: site, sb: sb, base: server.URL, contract: readContract(t, site.Contract)}
}

type market struct {
	site Site
	sb   *sandbox.Sandbox
	base string

	contract *contract
}

func (m *market) Adapter(t *testing.T, opt adaptertest.Options) adapters.Adapter {
	t.Helper()
	transport := rest.NewTransport(16)
	t.Cleanup(transport.CloseIdleConnections)
	o := rest.Options{ReadOnly: opt.ReadOnly, Log: opt.Log, Transport: m.contract.wrap(transport), Budget: unlimited{}, MaxWait: 20 * time.Millisecond}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if opt.Wrap != nil {
		o.Transport = opt.Wrap(o.Transport)
	}
	a, err := m.site.New(m.base, opt.WrongSecret, o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (m *market) operation(a adaptertest.Action) string {
	switch a {
	case adaptertest.Reads:
		return sandbox.OpReads
	case adaptertest.Writes:
		return sandbox.OpWrites
	case adaptertest.Review:
		return "review"
	}
	return m.site.Operations[a]
}

func (m *market) Strike(t *testing.T, f adaptertest.Fault) {
	t.Helper()
	_, err := m.sb.SetFault(sandbox.Fault{
		Market: m.site.Name, Op: m.operation(f.Action), Kind: sandbox.Kind(f.Kind), Count: f.Count, Skip: f.Skip, Commit: f.Commit,
		Status: f.Status, Body: f.Body, Code: f.Code, Items: f.Items, Size: f.Size,
	})
	m.must(t, err)
}

func (m *market) Calm(t *testing.T) {
	t.Helper()
	m.must(t, m.sb.ClearFaults(m.site.Name))
}

func (m *market) must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (m *market) ledger() sandbox.Ledger {
	l, err := m.sb.Ledger(m.site.Name)
	if err != nil {
		panic(err) // the site has no such name
	}
	return l
}

func (m *market) Calls(a adaptertest.Action) int { return m.ledger().Calls[m.operation(a)] }
func (m *market) Mutating() int                  { return m.ledger().Mutating }

func (m *market) Products(shopID, sku string) int {
	found, err := m.sb.BySKU(m.site.Name, sku)
	if err != nil {
		panic(err)
	}
	n := 0
	for _, p := range found {
		if p.Shop == shopID {
			n++
		}
	}
	return n
}

func (m *market) ByHand(t *testing.T, shopID, name string, price, stock int64) string {
	t.Helper()
	id, err := m.sb.AddByHand(m.site.Name, sandbox.HandMade{Shop: shopID, Name: name, Price: price, Stock: stock})
	m.must(t, err)
	return id
}

func (m *market) Rename(t *testing.T, id, name string) {
	t.Helper()
	patch, err := json.Marshal(map[string]string{"name": name})
	m.must(t, err)
	m.must(t, m.sb.EditBySeller(m.site.Name, id, patch))
}

func (m *market) Sell(t *testing.T, id string, n int64) {
	t.Helper()
	m.must(t, m.sb.Sell(m.site.Name, id, n))
}

func (m *market) Reject(t *testing.T, id, words string) {
	t.Helper()
	m.must(t, m.sb.Judge(m.site.Name, id, sandbox.Verdict{Reasons: []sandbox.Reason{{Code: "image_quality", Message: words}}}))
}

func (m *market) Lock(t *testing.T, id string) {
	t.Helper()
	m.must(t, m.sb.CloseByStaff(m.site.Name, id, sandbox.Reason{Code: "image_mismatch", Message: "Sản phẩm bị khóa để kiểm tra"}))
}

func (m *market) SuspendShop(t *testing.T, shopID string) {
	t.Helper()
	m.must(t, m.sb.SetShopStatus(m.site.Name, shopID, "blocked"))
}

func (m *market) Revoke(t *testing.T) {
	t.Helper()
	m.must(t, m.sb.RevokeTokens(m.site.Name))
}
