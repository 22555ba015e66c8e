package sandbox

import (
	"maps"
	"time"
)

// postpone keeps a call whose sender is being cut off, in the file too, to
// carry it out later.
func (m *market) postpone(c *call) {
	delay := or(c.fate.Late.Delay, m.opt.LateWrite)
	head := maps.Clone(c.head) // but for who sent it
	delete(head, "Authorization")
	delete(head, "Token")
	l := &lateRecord{
		ID: m.id("L"), Account: c.acc.rec.Name, Op: c.op, Path: c.id, Header: head, Body: c.body,
		Due: c.now + delay.Milliseconds(), Fate: &c.fate,
	}
	m.late[l.ID] = l
	m.record(entry{Late: l})
	m.await(due{at: l.Due, late: l})
}

// carryOut does at its time what was postponed.
func (m *market) carryOut(l *lateRecord, at int64) {
	c := m.revive(l)
	c.now = at
	a := m.rules.exec(c)
	if a.code != "" {
		m.ledger.code(c.op, a.code)
	}
	m.release(c, a)
	m.settleCreates(m.creates(c))
	delete(m.late, l.ID)
	m.record(entry{Late: &lateRecord{ID: l.ID, Done: true}})
}

// resumeLate takes a postponed call up again after a restart.
func (m *market) resumeLate(l *lateRecord) {
	c := m.revive(l)
	if key := c.head["Idempotency-Key"]; key != "" && m.keyed(c) {
		c.acc.busy[key] = busy{c.digest()}
	}
	for _, k := range m.creates(c) {
		m.ledger.open[k.shop+"/"+k.sku]++
	}
	m.await(due{at: l.Due, late: l})
}

func (m *market) revive(l *lateRecord) *call {
	c := &call{m: m, op: l.Op, acc: m.account(l.Account), id: l.Path, head: l.Header, body: l.Body, base: m.base}
	if l.Fate != nil {
		c.fate = *l.Fate
	}
	c.parse()
	c.upload = readUpload(c)
	return c
}

// LateWrites tells how many calls of a marketplace still wait to be carried
// out, and when the last of them is.
func (sb *Sandbox) LateWrites(on string) (n int, last time.Time, err error) {
	m, err := sb.market(on)
	if err != nil {
		return 0, last, err
	}
	sb.mu.Lock()
	defer sb.mu.Unlock()
	m.settle(sb.now())
	for _, l := range m.late {
		n++
		if t := time.UnixMilli(l.Due); t.After(last) {
			last = t
		}
	}
	return n, last, sb.flush()
}
