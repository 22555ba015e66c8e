package sandbox

import "sort"

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

func byCreation(rows []*row) {
	sort.SliceStable(rows, func(i, j int) bool {
		a, b := rows[i].cur, rows[j].cur
		if a.Created != b.Created {
			return a.Created < b.Created
		}
		return a.ID < b.ID
	})
}
