package sandbox

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"sort"
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

type shop struct {
	shopRecord
	acc  *account
	rows []*row
}

// row is a product with the versions that a lagging list may still show.
type row struct {
	acc  *account
	shop *shop
	born int64 // Since of the first version
	cur  *product
	old  []*product
}

type change struct {
	row *row
	p   *product
}

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

// set gives a row its next version. content nil leaves the content as it is.
// The caller fills everything else but Version, Updated and Since.
func (m *market) set(r *row, p *product, content []byte, now int64) {
	prev := r.cur
	if content != nil {
		var was []byte
		if prev != nil {
			was = m.load(prev.Content)
		}
		p.Content = m.sb.j.blob(content)
		m.useMedia(was, content, now)
	}
	p.Updated, p.Since = m.clock(now), now
	p.Version = 1
	if prev != nil {
		p.Version = prev.Version + 1
	}
	m.record(entry{Product: p})
	m.place(r, p)
	m.schedule(r)
}

// place puts a version into memory and the indexes.
func (m *market) place(r *row, p *product) {
	a, prev := r.acc, r.cur
	if prev == nil {
		r.born = p.Since
		a.rows = append(a.rows, r)
		r.shop.rows = append(r.shop.rows, r)
		m.products[p.ID] = r
	} else {
		r.old = append(r.old, prev)
		r.forget(p.Since)
	}
	if prev == nil || prev.SKU != p.SKU {
		if prev != nil {
			a.skus[prev.SKU] = without(a.skus[prev.SKU], r)
		}
		a.skus[p.SKU] = append(a.skus[p.SKU], r)
	}
	r.cur = p
	m.sb.dueSeq++
	p.seq = m.sb.dueSeq
	a.changes = append(a.changes, change{r, p})
	if len(a.changes) > 2*len(a.rows)+1024 {
		a.tidy(p.Since)
	}
}

// forget drops versions that no list can show any more.
func (r *row) forget(now int64) {
	limit := now - keepOld.Milliseconds()
	keep := 0
	for i := range r.old {
		end := now
		if i+1 < len(r.old) {
			end = r.old[i+1].Since
		} else if r.cur != nil && r.cur != r.old[i] {
			end = r.cur.Since
		}
		if end >= limit {
			break
		}
		keep = i + 1
	}
	if keep > 0 {
		r.old = append([]*product(nil), r.old[keep:]...)
	}
}

// tidy drops changes that no list can show any more.
func (a *account) tidy(now int64) {
	kept := a.changes[:0]
	for _, c := range a.changes {
		c.row.forget(now)
		if c.p == c.row.cur || c.row.holds(c.p) {
			kept = append(kept, c)
		}
	}
	clear(a.changes[len(kept):])
	a.changes = kept
}

func (r *row) holds(p *product) bool {
	for _, o := range r.old {
		if o == p {
			return true
		}
	}
	return false
}

// seen is the version that a list as of that time shows, nil: none yet.
func (r *row) seen(at int64) *product {
	if r.cur.Since <= at {
		return r.cur
	}
	for i := len(r.old) - 1; i >= 0; i-- {
		if r.old[i].Since <= at {
			return r.old[i]
		}
	}
	return nil
}

func without(rows []*row, r *row) []*row {
	for i := range rows {
		if rows[i] == r {
			return append(rows[:i:i], rows[i+1:]...)
		}
	}
	return rows
}

// bySKU returns the products of a shop that have the SKU, oldest first.
func (s *shop) bySKU(sku string) []*row {
	var found []*row
	for _, r := range s.acc.skus[sku] {
		if r.shop == s {
			found = append(found, r)
		}
	}
	return found
}

func (m *market) useMedia(was, is []byte, now int64) {
	var let, took []string
	if was != nil {
		let = m.rules.images(was)
	}
	if is != nil {
		took = m.rules.images(is)
	}
	for _, id := range took {
		if img := m.media[id]; img != nil {
			img.uses++
		}
	}
	for _, id := range let {
		if img := m.media[id]; img != nil {
			if img.uses--; img.uses <= 0 {
				img.uses, img.LastUse = 0, now
				m.record(entry{Media: img})
			}
		}
	}
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

func byCreation(rows []*row) {
	sort.SliceStable(rows, func(i, j int) bool {
		a, b := rows[i].cur, rows[j].cur
		if a.Created != b.Created {
			return a.Created < b.Created
		}
		return a.ID < b.ID
	})
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }

// id makes the next id with a prefix, sorting as it was made.
func (m *market) id(prefix string) string { return fmt.Sprintf("%s%09d", prefix, m.nextSeq()) }
