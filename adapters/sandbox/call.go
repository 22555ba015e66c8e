package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"time"
	"unicode/utf8"
)

// call is one request as the application sees it: everything that carrying it
// out needs, so that it can be done after its sender is gone.
type call struct {
	m     *market
	op    string
	acc   *account
	id    string // the {id} of the path
	head  map[string]string
	query url.Values
	body  []byte
	large bool // the body was longer than we read
	tree  any  // the JSON body
	torn  bool // it is none
	base  string
	now   int64 // when it is carried out, Unix milliseconds
	fate  fate
	// limits are the headers about the rate limit.
	limits map[string]string
	upload upload
}

// The headers that a contract speaks of.
var headers = []string{"Content-Type", "Idempotency-Key", "If-Match", "Authorization", "Token"}

// answer is what the application says.
type answer struct {
	status int
	code   string // for the ledger
	head   map[string]string
	body   []byte
}

// read takes a request off the wire.
func read(m *market, op string, r *http.Request, limit int64) (*call, error) {
	c := &call{m: m, op: op, id: r.PathValue("id"), head: map[string]string{}, base: "http://" + r.Host}
	for _, h := range headers {
		if v := r.Header.Get(h); v != "" {
			c.head[h] = v
		}
	}
	var err error
	if c.query, err = url.ParseQuery(r.URL.RawQuery); err != nil {
		c.query = url.Values{"%": {""}}
	}
	if c.body, err = io.ReadAll(io.LimitReader(r.Body, limit+1)); err != nil {
		return nil, err
	}
	if int64(len(c.body)) > limit {
		c.large, c.body = true, nil
		// Read on, so that the sender gets its answer and not a closed pipe.
		_, _ = io.Copy(io.Discard, io.LimitReader(r.Body, 1<<30))
	}
	return c, nil
}

// parse reads the body as JSON, numbers as they are written.
func (c *call) parse() {
	c.tree, c.torn = nil, true
	if c.large || !utf8.Valid(c.body) {
		return
	}
	d := json.NewDecoder(bytes.NewReader(c.body))
	d.UseNumber()
	var tree any
	if d.Decode(&tree) != nil {
		return
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return // something stands after it
	}
	c.tree, c.torn = tree, false
}

// object is the body as a JSON object, nil when it is none.
func (c *call) object() map[string]any {
	o, _ := c.tree.(map[string]any)
	return o
}

func (c *call) mediaType() (string, map[string]string) {
	t, p, err := mime.ParseMediaType(c.head["Content-Type"])
	if err != nil {
		return "", nil
	}
	return t, p
}

// hold waits as long as a fault says, the sandbox's end aside.
func (sb *Sandbox) hold(d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-sb.done:
	}
}

// named lists the SKUs and product ids that a call is about, for faults.
func (c *call) named() []string {
	var ids []string
	if c.id != "" {
		ids = append(ids, c.id)
		if r := c.m.products[c.id]; r != nil && r.cur.SKU != "" {
			ids = append(ids, r.cur.SKU)
		}
	}
	if sku := c.query.Get("sku"); sku != "" {
		ids = append(ids, sku)
	}
	o := c.object()
	ids = append(ids, c.m.namedIn(o)...)
	list, _ := o["items"].([]any)
	for _, it := range list {
		item, _ := it.(map[string]any)
		ids = append(ids, c.m.namedIn(item)...)
	}
	for _, field := range []string{"skus", "productIds"} {
		list, _ := o[field].([]any)
		for _, it := range list {
			if s, ok := it.(string); ok {
				ids = append(ids, s)
			}
		}
	}
	return ids
}

func (m *market) namedIn(o map[string]any) []string {
	var ids []string
	for _, field := range []string{"sku", "product_id", "productId"} {
		s, _ := o[field].(string)
		if s == "" {
			continue
		}
		ids = append(ids, s)
		if r := m.products[s]; r != nil && field != "sku" && r.cur.SKU != "" {
			ids = append(ids, r.cur.SKU)
		}
	}
	return ids
}
