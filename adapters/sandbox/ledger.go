package sandbox

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Ledger is what a marketplace counted since it was opened or since
// ResetLedger: exact, whatever struck the calls.
type Ledger struct {
	// Calls counts every HTTP call by operation, refused and struck ones too.
	Calls map[string]int `json:"calls"`
	// Codes counts the application's answers by operation and code ("ok" for
	// success; items of a batch count under "operation/item").
	Codes map[string]map[string]int `json:"codes"`
	// Mutating is the calls that could change something (shops, media and
	// products), and Reached those of them that got as far as the application.
	Mutating int `json:"mutating"`
	Reached  int `json:"reached"`
	// Peak is the most calls in any sliding second; PeakTaken leaves out those
	// refused by the limit.
	Peak      int `json:"peak"`
	PeakTaken int `json:"peak_taken"`
	// Refused counts answers for too many calls, Banned those during a ban,
	// Bans the bans, LoginLocked the sign-ins refused by the lock.
	Refused     int `json:"refused"`
	Banned      int `json:"banned"`
	Bans        int `json:"bans"`
	LoginLocked int `json:"login_locked"`
	// Logins and LoginsFailed count sign-ins.
	Logins       int `json:"logins"`
	LoginsFailed int `json:"logins_failed"`
	// Writes counts, by product id, the changes that the partner made to it.
	Writes map[string]int `json:"writes"`
	// Made counts the products stored by the partner by "shop/sku", Tried the
	// requests to make one.
	Made  map[string]int `json:"made"`
	Tried map[string]int `json:"tried"`
	// Doubles are the SKUs that have more than one product in a shop now.
	Doubles []Double `json:"doubles"`
	// Unsettled are the creates that came while an earlier one of the same SKU
	// was still being worked on or waiting to be carried out late.
	Unsettled []Unsettled `json:"unsettled"`
	// Blind are the creates that came after one of the same SKU whose answer
	// was lost, with no list or search read in between.
	Blind []Unsettled `json:"blind"`
	// Uploads counts stored uploads by the SHA-256 of the picture.
	Uploads map[string]int `json:"uploads"`
	// Faults counts what struck, by kind.
	Faults map[Kind]int `json:"faults"`
	// Events counts webhook deliveries: sent (attempts), taken (2xx), lost.
	EventsSent  int `json:"events_sent"`
	EventsTaken int `json:"events_taken"`
	EventsLost  int `json:"events_lost"`
}

// Double is a SKU with more than one product in a shop.
type Double struct {
	Shop string   `json:"shop"`
	SKU  string   `json:"sku"`
	IDs  []string `json:"ids"`
}

// Unsettled is a create that came too early.
type Unsettled struct {
	Shop string    `json:"shop"`
	SKU  string    `json:"sku"`
	At   time.Time `json:"at"`
}

type ledger struct {
	Ledger
	all, taken peak
	open       map[string]int // creates not yet settled, by shop/sku
	lost       map[string]int // creates whose answer was lost: looks until then
	looks      int            // lists and searches read so far
}

func newLedger() *ledger {
	return &ledger{
		Ledger: Ledger{
			Calls: map[string]int{}, Codes: map[string]map[string]int{}, Writes: map[string]int{},
			Made: map[string]int{}, Tried: map[string]int{}, Uploads: map[string]int{}, Faults: map[Kind]int{},
		},
		open: map[string]int{}, lost: map[string]int{},
	}
}

func (l *ledger) call(op string, kind opKind, now int64) {
	l.Calls[op]++
	if kind == writes {
		l.Mutating++
	}
	if op == "listProducts" || op == "searchProducts" {
		l.looks++
	}
	l.all.add(now)
	l.Peak = l.all.most
}

func (l *ledger) took(now int64) {
	l.taken.add(now)
	l.PeakTaken = l.taken.most
}

func (l *ledger) struck(f fate) {
	for _, k := range f.Kinds {
		l.Faults[k]++
	}
}

func (l *ledger) code(op, code string) {
	if l.Codes[op] == nil {
		l.Codes[op] = map[string]int{}
	}
	l.Codes[op][code]++
}

// tryCreate notes a create as it arrives; settled must follow.
func (l *ledger) tryCreate(shop, sku string, now int64) {
	name := shop + "/" + sku
	l.Tried[name]++
	if l.open[name] > 0 {
		l.Unsettled = append(l.Unsettled, Unsettled{shop, sku, time.UnixMilli(now)})
	}
	l.open[name]++
	if looks, lost := l.lost[name]; lost && looks == l.looks {
		l.Blind = append(l.Blind, Unsettled{shop, sku, time.UnixMilli(now)})
	}
	delete(l.lost, name)
}

// unanswered notes that the sender of a create will not know how it ended.
func (l *ledger) unanswered(made []creation) {
	for _, k := range made {
		l.lost[k.shop+"/"+k.sku] = l.looks
	}
}

func (l *ledger) settled(shop, sku string) {
	name := shop + "/" + sku
	if l.open[name]--; l.open[name] <= 0 {
		delete(l.open, name)
	}
}

func (l *ledger) copy() Ledger {
	c := l.Ledger
	c.Calls, c.Writes, c.Made = maps.Clone(l.Calls), maps.Clone(l.Writes), maps.Clone(l.Made)
	c.Tried, c.Uploads, c.Faults = maps.Clone(l.Tried), maps.Clone(l.Uploads), maps.Clone(l.Faults)
	c.Codes = make(map[string]map[string]int, len(l.Codes))
	for op, codes := range l.Codes {
		c.Codes[op] = maps.Clone(codes)
	}
	c.Unsettled, c.Blind = slices.Clone(l.Unsettled), slices.Clone(l.Blind)
	return c
}

// doubles looks through everything an account holds.
func (m *market) doubles() []Double {
	var found []Double
	for _, a := range m.accounts {
		for sku, rows := range a.skus {
			if sku == "" || len(rows) < 2 {
				continue
			}
			by := map[string][]string{}
			for _, r := range rows {
				by[r.shop.ID] = append(by[r.shop.ID], r.cur.ID)
			}
			for shop, ids := range by {
				if len(ids) > 1 {
					found = append(found, Double{shop, sku, ids})
				}
			}
		}
	}
	slices.SortFunc(found, func(a, b Double) int {
		return cmp.Or(cmp.Compare(a.Shop, b.Shop), cmp.Compare(a.SKU, b.SKU))
	})
	return found
}
