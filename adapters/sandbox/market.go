package sandbox

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// keepOld is how long a superseded version can still be seen by a lagging list:
// the longest lag of the contracts.
const keepOld = 30 * time.Second

// market is one marketplace: what it holds and how it behaves. All of it is
// guarded by Sandbox.mu.
type market struct {
	sb       *Sandbox
	name     string
	opt      Market
	rules    rules
	meta     marketRecord
	base     string // where its pages are found: by Start, else by the first request
	accounts map[string]*account
	names    []string // of accounts, in the order of the options
	shops    map[string]*shop
	products map[string]*row
	media    map[string]*mediaRecord
	late     map[string]*lateRecord
	due      dueHeap
	faults   faultSet
	ledger   *ledger
	nobody   *account // whoever is none of them
	seq      int64    // of ids
	lastMade int64    // the latest created_at
}

// rules is what the shared machinery asks of a marketplace.
type rules interface {
	// wire is a product as the marketplace shows it.
	wire(p *product, content []byte, base string) []byte
	// shopWire is a shop as the marketplace shows it.
	shopWire(s *shopRecord, input []byte) []byte
	// images lists the media ids in a product's content.
	images(content []byte) []string
	// rejection is the reasons that a draw stands for.
	rejection(draw uint64) []Reason
	// word is the marketplace's own word for a status.
	word(s status) string
	// trouble is the JSON of an answer 5xx.
	trouble(status int) []byte
	// admit says who calls and whether he may, or refuses. It sets c.acc.
	admit(c *call, t time.Time) *answer
	// exec carries a call out that was let in.
	exec(c *call) *answer
	// broken is the answer when the sandbox's file failed.
	broken() *answer
}

// account is one partner or user: its shops, its products in the order of
// creation, and how it signs in and is limited.
type account struct {
	m       *market
	rec     accountRecord
	secret  string
	guard   *guard
	shops   map[string]*shop // by the partner's reference
	rows    []*row
	skus    map[string][]*row // SKU "" too
	keys    map[string]*keyRecord
	keyAge  []*keyRecord    // oldest first
	busy    map[string]busy // keys being worked on
	changes []change        // oldest first; some superseded
}

type busy struct{ body [32]byte }

func newMarket(sb *Sandbox, name string, opt Market, r rules) *market {
	m := &market{
		sb: sb, name: name, opt: opt, rules: r,
		accounts: map[string]*account{},
		shops:    map[string]*shop{},
		products: map[string]*row{},
		media:    map[string]*mediaRecord{},
		late:     map[string]*lateRecord{},
		ledger:   newLedger(),
	}
	m.nobody = m.account("")
	delete(m.accounts, "")
	m.faults.seed(sb.opt.Seed, name)
	for _, a := range opt.Accounts {
		acc := m.account(a.Name)
		acc.secret = a.Secret
		m.names = append(m.names, a.Name)
	}
	return m
}

// account returns the account of that name, which a file may hold though the
// options no longer do.
func (m *market) account(name string) *account {
	a := m.accounts[name]
	if a == nil {
		a = &account{
			m: m, rec: accountRecord{Name: name}, guard: newGuard(m.opt.Rate),
			shops: map[string]*shop{}, skus: map[string][]*row{},
			keys: map[string]*keyRecord{}, busy: map[string]busy{},
		}
		m.accounts[name] = a
	}
	return a
}

// only returns the account when there is just one, else nil.
func (m *market) only() *account {
	if len(m.names) == 1 {
		return m.accounts[m.names[0]]
	}
	return nil
}

// clock is the marketplace's own time, which may be off.
func (m *market) clock(now int64) int64 { return now + m.meta.SkewMS }

func (m *market) today(now int64) string {
	if m.sb.opt.Today != nil {
		return m.sb.opt.Today()
	}
	return vietnam(m.clock(now)).Format(time.DateOnly)
}

var hanoi = time.FixedZone("+07", 7*3600)

func vietnam(ms int64) time.Time { return time.UnixMilli(ms).In(hanoi) }

func (m *market) nextSeq() int64 {
	m.seq++
	return m.seq
}

// record writes an entry; it counts once the call's flush is done.
func (m *market) record(e entry) {
	e.Market = m.name
	if err := m.sb.j.entry(e); err != nil {
		m.sb.fail(err)
	}
}

// content returns a version's content, or nil after the file failed.
func (m *market) load(b blob) []byte {
	data, err := m.sb.j.load(b)
	if err != nil {
		m.sb.fail(err)
	}
	return data
}

// show is a product in the marketplace's own JSON.
func (m *market) show(p *product, base string) json.RawMessage {
	return m.rules.wire(p, m.load(p.Content), base)
}

func (m *market) putShop(s *shop) {
	m.shops[s.ID] = s
	s.acc.shops[s.Ref] = s
}

func (m *market) saveShop(s *shop) { m.record(entry{Shop: &s.shopRecord}) }

func (m *market) saveAccount(a *account) {
	if a != m.nobody {
		m.record(entry{Account: &a.rec})
	}
}

// open makes what a marketplace without a file of its own lacks.
func (m *market) open() {
	if m.meta.Secret == nil {
		m.meta.Secret = make([]byte, 32)
		_, _ = rand.Read(m.meta.Secret) // never fails
		m.record(entry{Meta: &m.meta})
	}
	for _, r := range m.products {
		m.useMedia(nil, m.load(r.cur.Content), 0)
	}
	// The file holds the latest version of each product in the order of the
	// changes; lists need the order of creation.
	for _, a := range m.accounts {
		byCreation(a.rows)
	}
	for _, s := range m.shops {
		byCreation(s.rows)
	}
	for _, r := range m.products {
		m.lastMade = max(m.lastMade, r.cur.Created)
	}
	m.resume()
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }

// id makes the next id with a prefix, sorting as it was made.
func (m *market) id(prefix string) string { return fmt.Sprintf("%s%09d", prefix, m.nextSeq()) }
