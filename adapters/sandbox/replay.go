package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

const keyLife = 24 * time.Hour

// replay takes a record of the file into memory.
func (m *market) replay(e entry) {
	switch {
	case e.Meta != nil:
		m.meta = *e.Meta
	case e.Account != nil:
		m.account(e.Account.Name).rec = *e.Account
	case e.Shop != nil:
		m.replayShop(*e.Shop)
	case e.Product != nil:
		m.replayProduct(e.Product)
	case e.Media != nil:
		if e.Media.Gone {
			delete(m.media, e.Media.ID)
		} else {
			m.media[e.Media.ID] = e.Media
		}
		m.sawID(e.Media.ID)
	case e.Key != nil:
		a := m.account(e.Key.Account)
		a.keys[e.Key.Key] = e.Key
		a.keyAge = append(a.keyAge, e.Key)
	case e.Late != nil:
		m.sawID(e.Late.ID)
		if e.Late.Done {
			delete(m.late, e.Late.ID)
			return
		}
		m.late[e.Late.ID] = e.Late
	}
}

func (m *market) replayShop(rec shopRecord) {
	m.sawID(rec.ID)
	if s := m.shops[rec.ID]; s != nil {
		s.shopRecord = rec
		return
	}
	m.putShop(&shop{shopRecord: rec, acc: m.account(rec.Account)})
}

func (m *market) replayProduct(p *product) {
	m.sawID(p.ID)
	r := m.products[p.ID]
	if r == nil {
		s := m.shops[p.Shop]
		r = &row{acc: s.acc, shop: s}
	}
	m.place(r, p)
	r.old = nil // whoever lagged has caught up
}

// sawID keeps ids from being given twice.
func (m *market) sawID(id string) {
	var n int64
	if _, err := fmt.Sscanf(strings.TrimLeft(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), "%d", &n); err == nil {
		m.seq = max(m.seq, n%1e9) // Voso's ids count from 1e9
	}
}

// resume takes up what was waiting when the file was last closed.
func (m *market) resume() {
	for _, s := range m.shops {
		if s.Due != 0 {
			m.await(due{at: s.Due, shop: s})
		}
	}
	for _, r := range m.products {
		m.schedule(r)
	}
	var ids []string
	for id := range m.late {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		m.resumeLate(m.late[id])
	}
}
