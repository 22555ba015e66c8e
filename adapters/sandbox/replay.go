package sandbox

import (
	"fmt"
	"os"
	"path/filepath"
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
		m.seq = max(m.seq, n)
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

// compact rewrites the file when more than half of it is out of date.
func (sb *Sandbox) compact() error {
	if sb.j.file == nil {
		return nil
	}
	if err := sb.flush(); err != nil {
		return err
	}
	live := int64(4096)
	for _, m := range []*market{sb.pm, sb.vs} {
		live += m.weight()
	}
	if sb.j.size < 1<<20 || sb.j.size < 2*live {
		return nil
	}
	path := sb.j.file.Name()
	tmp, err := os.OpenFile(path+".tmp", os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("sandbox file: %w", err)
	}
	fresh := &journal{file: tmp, lock: sb.j.lock}
	for _, m := range []*market{sb.pm, sb.vs} {
		if err := m.rewrite(sb.j, fresh); err != nil {
			return err
		}
	}
	if err := fresh.flush(); err != nil {
		return err
	}
	if err := tmp.Sync(); err != nil {
		return fmt.Errorf("sandbox file: %w", err)
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return fmt.Errorf("sandbox file: %w", err)
	}
	if d, err := os.Open(filepath.Dir(path)); err == nil {
		_ = d.Sync() // not every file system can
		_ = d.Close()
	}
	_ = sb.j.file.Close()
	*sb.j = *fresh
	return nil
}

// weight is about how many bytes a fresh file would need.
func (m *market) weight() int64 {
	var n int64
	for _, a := range m.accounts {
		for _, r := range a.rows {
			n += int64(r.cur.Content.Len) + 400
		}
		for _, k := range a.keys {
			n += int64(k.Answer.Len) + 200
		}
	}
	return n + int64(len(m.shops))*700 + int64(len(m.media))*250
}

// rewrite copies everything that counts from one file to another, and lets
// memory point into the new one.
func (m *market) rewrite(from, to *journal) error {
	var failed error
	move := func(b *blob) {
		data, err := from.load(*b)
		if err != nil && failed == nil {
			failed = err
		}
		*b = to.blob(data)
	}
	put := func(e entry) {
		e.Market = m.name
		if err := to.entry(e); err != nil && failed == nil {
			failed = err
		}
		if len(to.buf) > 1<<20 {
			if err := to.flush(); err != nil && failed == nil {
				failed = err
			}
		}
	}
	put(entry{Meta: &m.meta})
	for _, a := range m.accounts {
		put(entry{Account: &a.rec})
	}
	for _, s := range m.shops {
		move(&s.Input)
		put(entry{Shop: &s.shopRecord})
	}
	for _, img := range m.media {
		put(entry{Media: img})
	}
	for _, a := range m.accounts {
		// In the order of the changes, which lists by change need.
		for _, c := range a.changes {
			if c.p == c.row.cur {
				move(&c.p.Content)
				put(entry{Product: c.p})
			}
		}
		for _, k := range a.keyAge {
			move(&k.Answer)
			put(entry{Key: k})
		}
	}
	for _, l := range m.late {
		put(entry{Late: l})
	}
	return failed
}
