package sandbox

import (
	"encoding/json"
	"slices"
	"sort"
	"strconv"
)

var vsStatuses = map[string]status{"PENDING": pending, "SELLING": live, "REJECTED": rejected, "HIDDEN": closed,
	"LOCKED": locked}

type vsQuery struct {
	page, size int
	shop       string
	skus       []string
	state      status
	byCreation bool
}

// vsSearch is one page of what a search shows, and how many there are in all.
func (c *call) vsSearch() *answer {
	q, refusal := c.vsReadQuery()
	if refusal != nil {
		return refusal
	}
	offset := (q.page - 1) * q.size
	if q.page > 1 {
		offset = max(0, offset-c.fate.Repeat)
	}
	page, total := c.vsPage(q, offset)
	if c.fate.EndEarly {
		page = page[:(len(page)+1)/2]
		total = min(total, offset+len(page))
	}
	items := make([]json.RawMessage, 0, len(page))
	for _, p := range page {
		items = append(items, c.m.show(p, c.base))
	}
	return vsOK(map[string]any{"total": total, "items": items})
}

func (c *call) vsReadQuery() (vsQuery, *answer) {
	var q vsQuery
	o, refusal := c.vsBody("page", "pageSize", "shopId", "skus", "status", "orderBy")
	if refusal != nil {
		return q, refusal
	}
	var f form
	page, _ := f.whole(o, "", "page", span{need: true, min: 1, max: 1 << 31})
	size, _ := f.whole(o, "", "pageSize", span{need: true, min: 1, max: 200})
	q.page, q.size = int(page), int(size)
	q.shop, _ = f.str(o, "", "shopId", text{})
	q.skus, _ = f.strings(o, "", "skus", false, 0, 50)
	if s, ok := f.str(o, "", "status", text{}); ok {
		if q.state = vsStatuses[s]; q.state == "" {
			f.add("status", notAllowed)
		}
	}
	if s, ok := f.str(o, "", "orderBy", text{}); ok {
		q.byCreation = s == "CREATED_ASC"
		if !q.byCreation && s != "UPDATED_DESC" {
			f.add("orderBy", notAllowed)
		}
	}
	if !f.ok() {
		return q, vsInvalid(f.bad)
	}
	return q, nil
}

// vsPage finds the products of a page. Everything at once, in the order of
// creation or of change, is found without looking at each product.
func (c *call) vsPage(q vsQuery, offset int) (page []*product, total int) {
	at := c.asOf()
	if q.state == "" && len(q.skus) == 0 && (q.shop == "" || q.byCreation) {
		rows := c.vsRows(q)
		total = len(rows)
		if at < c.now {
			total = sort.Search(total, func(i int) bool { return rows[i].born > at })
		}
		if q.byCreation {
			for _, r := range rows[min(offset, total):min(offset+q.size, total)] {
				page = append(page, r.at(at, c.now))
			}
			return page, total
		}
		return c.vsNewest(at, offset, q.size), total
	}
	var all []*product
	for _, r := range c.vsRows(q) {
		p := r.at(at, c.now)
		if p == nil || q.shop != "" && p.Shop != q.shop || q.state != "" && p.Status != q.state ||
			len(q.skus) > 0 && !slices.Contains(q.skus, p.SKU) {
			continue
		}
		all = append(all, p)
	}
	if !q.byCreation {
		slices.SortFunc(all, func(a, b *product) int { return int(b.seq - a.seq) })
	}
	return all[min(offset, len(all)):min(offset+q.size, len(all))], len(all)
}

// at is the version that is seen as of a time; now shows the current one.
func (r *row) at(at, now int64) *product {
	if at >= now {
		return r.cur
	}
	return r.seen(at)
}

// vsNewest walks back through the changes; one counts where a list shows it.
func (c *call) vsNewest(at int64, offset, size int) (page []*product) {
	for i := len(c.acc.changes) - 1; i >= 0 && len(page) < size; i-- {
		ch := c.acc.changes[i]
		if ch.row.at(at, c.now) != ch.p {
			continue
		}
		if offset--; offset < 0 {
			page = append(page, ch.p)
		}
	}
	return page
}

// vsRows is where to look, in the order of creation.
func (c *call) vsRows(q vsQuery) []*row {
	if len(q.skus) == 0 {
		if q.shop == "" {
			return c.acc.rows
		}
		if s := c.m.shops[q.shop]; s != nil && s.acc == c.acc {
			return s.rows
		}
		return nil
	}
	var rows []*row
	skus := slices.Clone(q.skus)
	slices.Sort(skus)
	for _, sku := range slices.Compact(skus) {
		rows = append(rows, c.acc.skus[sku]...)
	}
	byCreation(rows)
	return rows
}

// vsGet reads products by id; every finished write shows.
func (c *call) vsGet() *answer {
	o, refusal := c.vsBody("productIds")
	if refusal != nil {
		return refusal
	}
	if list, ok := o["productIds"].([]any); ok && len(list) > 50 {
		return vsError("BATCH_TOO_LARGE")
	}
	var f form
	ids, _ := f.strings(o, "", "productIds", true, 1, 50)
	if !f.ok() {
		return vsInvalid(f.bad)
	}
	items := []json.RawMessage{}
	seen := map[string]bool{}
	for _, id := range ids {
		if r := c.vsFind(id); r != nil && !seen[id] {
			seen[id] = true
			items = append(items, c.m.show(r.cur, c.base))
		}
	}
	return vsOK(map[string]any{"items": items})
}

// vsID makes an id as Voso has them.
func (m *market) vsID() string { return strconv.FormatInt(1e9+m.nextSeq(), 10) }
