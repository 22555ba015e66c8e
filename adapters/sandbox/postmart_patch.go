package sandbox

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

const mergePatch = "application/merge-patch+json"

// pmUpdate changes content fields, and gives a hand-made product its SKU.
func (c *call) pmUpdate() *answer {
	var f form
	ifMatch := c.head["If-Match"]
	if ifMatch == "" {
		f.add("If-Match", required)
	}
	patch, refusal := c.pmBody(&f, mergePatch)
	if refusal != nil {
		return refusal
	}
	if !f.ok() {
		return pmInvalid(f.bad)
	}
	r := c.pmFind()
	switch {
	case r == nil:
		return pmError("not_found")
	case r.shop.Status == shopBlocked:
		return pmError("shop_suspended")
	case r.cur.StaffClosed:
		return pmError("closed_by_marketplace")
	case ifMatch != etag(r.cur.Version):
		return pmError("version_conflict")
	}
	return c.pmPatch(r, drop(patch, c.fate.Drop))
}

func (c *call) pmPatch(r *row, patch map[string]any) *answer {
	var f form
	for _, name := range []string{"price", "list_price", "stock"} {
		if _, has := patch[name]; has {
			f.add(name, notAllowed)
		}
	}
	f.known(patch, "", append([]string{"sku", "price", "list_price", "stock"}, pmContentFields...)...)
	p := *r.cur
	if _, has := patch["sku"]; has {
		sku, ok := f.str(patch, "", "sku", text{need: true, pattern: pmSKU})
		if ok && p.SKU != "" {
			f.add("sku", notAllowed)
		}
		p.SKU = sku
	}
	was := c.m.load(r.cur.Content)
	merged := mergedContent(was, patch)
	for _, name := range pmContentFields[:8] { // all but attributes can't be removed
		if v, has := patch[name]; has && v == nil {
			f.add(name, required)
			delete(merged, name)
		}
	}
	_, judge := patch["ocop"]
	content := pmReadContent(&f, merged, false, judge, c.m.today(c.now))
	if !f.ok() {
		return pmInvalid(f.bad)
	}
	if p.SKU != r.cur.SKU && len(r.shop.bySKU(p.SKU)) > 0 && !c.fate.NoUnique {
		return pmExists("sku_exists", r.shop.bySKU(p.SKU)[0].cur.ID)
	}
	if _, has := patch["images"]; has {
		if a := c.pmUnknownMedia(content.Images); a != nil {
			return a
		}
	}
	c.pmSetContent(r, &p, was, content)
	return c.pmShow(200, r)
}

// pmSetContent stores what a partner made of a product's content, where it
// changes anything at all.
func (c *call) pmSetContent(r *row, p *product, was []byte, content pmContent) {
	is := encode(content)
	same := bytes.Equal(was, is)
	if same && p.SKU == r.cur.SKU {
		return
	}
	if !same && p.Status != closed && pmReviewed(was) != pmReviewed(is) {
		c.m.review(p, c.now)
	}
	if same {
		is = nil
	}
	c.change(r, p, is)
}

// pmReviewed is the part of the content whose change needs a review.
func pmReviewed(content []byte) string {
	var p pmContent
	_ = json.Unmarshal(content, &p) // our own writing
	p.Unit, p.WeightG = nil, nil
	return string(encode(p))
}

// mergedContent applies a merge patch (RFC 7396) to the content fields.
func mergedContent(was []byte, patch map[string]any) map[string]any {
	o := map[string]any{}
	if len(was) > 0 {
		d := json.NewDecoder(bytes.NewReader(was))
		d.UseNumber()
		_ = d.Decode(&o) // our own writing
	}
	sent := maps.Clone(patch)
	maps.DeleteFunc(sent, func(k string, _ any) bool { return !slices.Contains(pmContentFields, k) })
	merged, _ := merge(o, sent).(map[string]any)
	return merged
}

// merge is RFC 7396's MergePatch.
func merge(target, patch any) any {
	p, isObject := patch.(map[string]any)
	if !isObject {
		return patch
	}
	t, isObject := target.(map[string]any)
	if !isObject {
		t = map[string]any{}
	}
	out := maps.Clone(t)
	for k, v := range p {
		if v == nil {
			delete(out, k)
			continue
		}
		out[k] = merge(out[k], v)
	}
	return out
}

// drop is an object without the fields that a fault loses; "a.b" names b in a.
func drop(o map[string]any, fields []string) map[string]any {
	if len(fields) == 0 || o == nil {
		return o
	}
	out := maps.Clone(o)
	for _, field := range fields {
		outer, inner, nested := strings.Cut(field, ".")
		if !nested {
			delete(out, outer)
			continue
		}
		if in, ok := out[outer].(map[string]any); ok {
			in = maps.Clone(in)
			delete(in, inner)
			out[outer] = in
		}
	}
	return out
}
