package sandbox

import (
	"bytes"
	"encoding/json"
	"sort"
	"strconv"
	"time"
)

const cursorLife = time.Hour

// pmCursor says where a reading stands: after which product, of which reading.
type pmCursor struct {
	After  string `json:"a"`
	Issued int64  `json:"i"`
	Filter string `json:"f"`
}

// pmQuery is what a list is asked for.
type pmQuery struct {
	shop, sku string
	state     status
	after     time.Time
	limit     int
	cursor    pmCursor
}

// pmList is one page, oldest first.
func (c *call) pmList() *answer {
	var f form
	q, refusal := c.pmReadQuery(&f)
	switch {
	case !f.ok():
		return pmInvalid(f.bad)
	case refusal != nil:
		return refusal
	}
	rows := c.pmRows(q)
	start := 0
	if q.cursor.After != "" {
		start = sort.Search(len(rows), func(i int) bool { return rows[i].cur.ID > q.cursor.After })
		if c.fate.Repeat > 0 {
			start = max(0, start-c.fate.Repeat)
		}
	}
	page, more := c.pmPage(rows[start:], q)
	if c.fate.EndEarly {
		page, more = page[:(len(page)+1)/2], false
	}
	var out bytes.Buffer
	out.WriteString(`{"items":[`)
	for i, p := range page {
		if i > 0 {
			out.WriteByte(',')
		}
		out.Write(c.m.show(p, c.base))
	}
	out.WriteString(`],"next_cursor":`)
	if more {
		next := pmCursor{After: page[len(page)-1].ID, Issued: c.now, Filter: q.filter()}
		out.Write(encode(c.m.seal(next)))
	} else {
		out.WriteString("null")
	}
	out.WriteByte('}')
	return &answer{status: 200, code: "ok", head: map[string]string{"Content-Type": jsonType}, body: out.Bytes()}
}

// pmRows is where to look: the products of the SKU, the shop or the partner,
// in the order of their ids, which is that of (created_at, id).
func (c *call) pmRows(q pmQuery) []*row {
	if q.sku != "" {
		rows := append([]*row(nil), c.acc.skus[q.sku]...)
		byCreation(rows)
		return rows
	}
	if q.shop == "" {
		return c.acc.rows
	}
	if s := c.m.shops[q.shop]; s != nil && s.acc == c.acc {
		return s.rows
	}
	return nil
}

// pmPage collects up to limit products as a list sees them, and tells whether
// there are more.
func (c *call) pmPage(rows []*row, q pmQuery) (page []*product, more bool) {
	at := c.asOf()
	for _, r := range rows {
		p := r.cur
		if at < c.now {
			if p = r.seen(at); p == nil {
				continue
			}
		}
		if !q.matches(p) {
			continue
		}
		if len(page) == q.limit {
			return page, true
		}
		page = append(page, p)
	}
	return page, false
}

// asOf is the time whose state a list or search shows.
func (c *call) asOf() int64 {
	lag := max(c.m.opt.Lag, c.fate.Lag)
	return c.now - lag.Milliseconds()
}

func (q pmQuery) matches(p *product) bool {
	return (q.shop == "" || p.Shop == q.shop) && (q.sku == "" || p.SKU == q.sku) &&
		(q.state == "" || p.Status == q.state) && (q.after.IsZero() || time.UnixMilli(p.Updated).After(q.after))
}

func (q pmQuery) filter() string {
	b, _ := json.Marshal([]string{q.shop, q.sku, string(q.state), q.after.UTC().String()})
	return string(b)
}

var pmStatuses = map[string]status{"pending_review": pending, "live": live, "rejected": rejected, "closed": closed}

func (c *call) pmReadQuery(f *form) (q pmQuery, refusal *answer) {
	f.noQuery(c, "shop_id", "sku", "status", "updated_after", "cursor", "limit")
	o := c.asked()
	q.shop, _ = f.str(o, "", "shop_id", text{})
	q.sku, _ = f.str(o, "", "sku", text{max: 64})
	if s, ok := f.str(o, "", "status", text{}); ok {
		if q.state = pmStatuses[s]; q.state == "" {
			f.add("status", notAllowed)
		}
	}
	if s, ok := f.str(o, "", "updated_after", text{}); ok {
		t, err := time.Parse(time.RFC3339, s)
		if err != nil {
			f.add("updated_after", badFormat)
		}
		q.after = t
	}
	q.limit = 50
	if s, ok := f.str(o, "", "limit", text{}); ok {
		n, err := strconv.Atoi(s)
		switch {
		case err != nil:
			f.add("limit", badFormat)
		case n < 1 || n > 100:
			f.add("limit", outOfRange)
		}
		q.limit = n
	}
	if s, ok := f.str(o, "", "cursor", text{}); ok && f.ok() {
		switch {
		case !c.m.unseal(s, &q.cursor) || q.cursor.Filter != q.filter() || q.cursor.After == "":
			f.add("cursor", badFormat)
		case c.now-q.cursor.Issued >= cursorLife.Milliseconds():
			return q, pmError("cursor_expired")
		}
	}
	return q, nil
}
