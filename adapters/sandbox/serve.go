package sandbox

import (
	"maps"
	"net/http"
	"time"
)

// Banner is the header that every answer of the sandbox carries.
const Banner = "X-Sandbox"

// bodyLimit is the longest request that is read.
func bodyLimit(op string) int64 {
	if op == "uploadImage" {
		return 16 << 20
	}
	return 4 << 20
}

// serve answers one operation of a contract: it takes the request off the
// wire, lets strike what strikes, and carries it out in between.
func (m *market) serve(op string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, err := read(m, op, r, bodyLimit(op))
		if err != nil {
			panic(http.ErrAbortHandler) // its sender broke off
		}
		c.parse()
		c.upload = readUpload(c)
		a := m.take(c)
		if a.status == 0 {
			panic(http.ErrAbortHandler) // carried out later
		}
		switch {
		case c.fate.Gateway != nil:
			m.strike(w, c.fate.Gateway, a)
		case c.fate.After != nil:
			m.strike(w, c.fate.After, a)
		default:
			write(w, a)
		}
	}
}

// take judges and carries out a call. An answer with status 0: it is kept for
// later. Everything done is in the file when take returns.
func (m *market) take(c *call) *answer {
	sb := m.sb
	sb.mu.Lock()
	defer sb.mu.Unlock()
	t := sb.opt.Now()
	c.now = t.UnixMilli()
	if m.base == "" {
		m.base = c.base
	}
	c.base = m.base
	m.settle(c.now)
	kind := m.faults.kind[c.op]
	m.ledger.call(c.op, kind, t.UnixNano())
	if len(m.faults.list) > 0 {
		c.fate = m.faults.decide(c.op, c.named()...)
		m.ledger.struck(c.fate)
	}
	if len(c.fate.Kinds) > 0 {
		sb.opt.Log.Debug("sandbox fault", "marketplace", m.name, "op", c.op, "kinds", c.fate.Kinds)
	}
	creates := m.creates(c)
	if c.fate.loses() {
		defer m.ledger.unanswered(creates)
	}
	if c.fate.Gateway != nil {
		return m.done(c, &answer{status: http.StatusBadGateway})
	}
	if a := m.rules.admit(c, t); a != nil {
		return m.done(c, a)
	}
	if kind == writes {
		m.ledger.Reached++
	}
	for _, k := range creates {
		m.ledger.tryCreate(k.shop, k.sku, c.now)
	}
	if a := m.claim(c); a != nil {
		m.settleCreates(creates)
		return m.done(c, a)
	}
	if c.fate.Late != nil {
		m.ledger.unanswered(creates)
		m.postpone(c)
		_ = sb.flush()
		return &answer{}
	}
	if c.fate.Delay > 0 {
		sb.mu.Unlock()
		sb.hold(c.fate.Delay)
		sb.mu.Lock()
		c.now = sb.now()
		m.settle(c.now)
	}
	a := m.rules.exec(c)
	m.release(c, a)
	m.settleCreates(creates)
	return m.done(c, a)
}

// done makes everything durable and dresses the answer.
func (m *market) done(c *call, a *answer) *answer {
	if a.code != "" {
		m.ledger.code(c.op, a.code)
	}
	if m.sb.flush() != nil {
		a = m.rules.broken()
	}
	if a.head == nil {
		a.head = map[string]string{}
	}
	maps.Copy(a.head, c.limits)
	if m.meta.SkewMS != 0 {
		a.head["Date"] = time.UnixMilli(m.clock(c.now)).UTC().Format(http.TimeFormat)
	}
	return a
}

type creation struct{ shop, sku string }

// creates lists the products that a call would make.
func (m *market) creates(c *call) []creation {
	var made []creation
	add := func(o map[string]any, shopField, idField string) {
		shop, _ := o[shopField].(string)
		sku, _ := o["sku"].(string)
		if _, has := o[idField]; !has && shop != "" && sku != "" {
			made = append(made, creation{shop, sku})
		}
	}
	switch c.op {
	case "createProduct":
		add(c.object(), "shop_id", "id")
	case "saveProducts":
		items, _ := c.object()["items"].([]any)
		for _, it := range items {
			if o, ok := it.(map[string]any); ok {
				add(o, "shopId", "productId")
			}
		}
	}
	return made
}

func (m *market) settleCreates(made []creation) {
	for _, k := range made {
		m.ledger.settled(k.shop, k.sku)
	}
}

// wait is how long a client is asked to wait, at least a millisecond.
func waitMS(d time.Duration) int64 {
	return max(1, (d + time.Millisecond - 1).Milliseconds())
}
