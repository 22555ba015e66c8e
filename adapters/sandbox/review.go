package sandbox

import (
	"encoding/binary"
	"hash/fnv"
	"time"
)

// review sends a version to review: p is what is about to be set.
func (m *market) review(p *product, now int64) {
	p.Status, p.Approved, p.Reasons, p.Verdict, p.FlipDue = pending, false, nil, nil, 0
	p.Round++
	delay := m.opt.ReviewDelay
	if m.opt.ReviewSpread > 0 {
		delay += time.Duration(m.draw(p, "delay") % uint64(m.opt.ReviewSpread+1))
	}
	f := m.faults.decide(opReview, p.SKU)
	m.ledger.struck(f)
	if f.Delay > 0 {
		delay += f.Delay
	}
	p.Due = now + delay.Milliseconds()
	if f.Never {
		p.Due = 0
	}
	if f.Reject {
		p.Verdict = &Verdict{Reasons: m.rules.rejection(m.draw(p, "why"))}
	}
	if f.Flip > 0 {
		p.FlipDue = p.Due + f.Flip.Milliseconds()
	}
}

// draw is a number that depends on the seed, the SKU and the review, not on
// the order in which things happen.
func (m *market) draw(p *product, what string) uint64 {
	h := fnv.New64a()
	var b [16]byte
	binary.LittleEndian.PutUint64(b[:], m.sb.opt.Seed)
	binary.LittleEndian.PutUint64(b[8:], uint64(p.Round))
	_, _ = h.Write(b[:])
	name := p.SKU
	if name == "" {
		name = p.ID
	}
	_, _ = h.Write([]byte(m.name + "\x00" + what + "\x00" + name))
	x := h.Sum64() // FNV's high bits are weak: mix
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}

// endReview gives a running review its verdict.
func (m *market) endReview(r *row, at int64) {
	p := *r.cur
	p.Due = 0
	v := p.Verdict
	p.Verdict = nil
	if v == nil {
		v = &Verdict{}
		if float64(m.draw(&p, "verdict")>>11)/(1<<53) < m.opt.RejectShare {
			v.Reasons = m.rules.rejection(m.draw(&p, "why"))
		}
	}
	m.decide(r, &p, *v, at)
}

// decide carries a verdict out: p is the version to be set.
func (m *market) decide(r *row, p *product, v Verdict, at int64) {
	p.By = byModerator
	switch {
	case len(v.Reasons) > 0:
		p.Status, p.Reasons, p.Approved, p.FlipDue = rejected, v.Reasons, false, 0
	case r.shop.Status != shopActive:
		// Approved, but it goes live only with its shop: nothing to be seen.
		p.Approved = true
		p.Since, p.Updated = r.cur.Since, r.cur.Updated
		p.By = r.cur.By
		m.amend(r, p)
		return
	default:
		p.Status, p.Reasons, p.Approved = live, nil, false
	}
	m.set(r, p, nil, at)
	m.tell("product.reviewed", r, at)
}

// amend replaces a row's version by one that looks the same from outside.
func (m *market) amend(r *row, p *product) {
	m.record(entry{Product: p})
	for i := len(r.acc.changes) - 1; i >= 0; i-- {
		if r.acc.changes[i].p == r.cur {
			r.acc.changes[i].p = p
			break
		}
	}
	r.cur = p
	m.schedule(r)
}

// flip is a moderator's second thought about a live product.
func (m *market) flip(r *row, at int64) {
	p := *r.cur
	p.FlipDue = 0
	if p.Status != live {
		m.amend(r, &p)
		return
	}
	p.Round++
	m.decide(r, &p, Verdict{Reasons: m.rules.rejection(m.draw(&p, "why"))}, at)
}

// setShopStatus changes a shop and lets its approved products go live.
func (m *market) setShopStatus(s *shop, to shopStatus, at int64) {
	s.Status, s.Due = to, 0
	if to == shopActive {
		s.Payment = "active"
	}
	m.saveShop(s)
	if to != shopActive {
		return
	}
	for _, r := range s.rows {
		if r.cur.Status == pending && r.cur.Approved {
			p := *r.cur
			m.decide(r, &p, Verdict{}, at)
		}
	}
}
