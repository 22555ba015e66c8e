package sandbox

import (
	"encoding/json"
	"math"
	"regexp"
	"strconv"
	"time"
)

var vsSKU = regexp.MustCompile(`^[A-Za-z0-9._-]*$`)

var vsItemFields = []string{"productId", "shopId", "sku", "name", "categoryId", "description", "unitName", "weight",
	"imageIds", "price", "listPrice", "quantity", "ocop", "origin", "properties"}

// vsContent is the content fields of a product; what a hand-made product lacks
// is absent.
type vsContent struct {
	Name        *string      `json:"name,omitempty"`
	CategoryID  *string      `json:"categoryId,omitempty"`
	Description *string      `json:"description,omitempty"`
	UnitName    *string      `json:"unitName,omitempty"`
	Weight      *float64     `json:"weight,omitempty"`
	ImageIDs    []string     `json:"imageIds,omitempty"`
	Ocop        *vsOcop      `json:"ocop,omitempty"`
	Origin      *vsOrigin    `json:"origin,omitempty"`
	Properties  []vsProperty `json:"properties,omitempty"`
}

type vsOcop struct {
	Level          string `json:"level"`
	DecisionNumber string `json:"decisionNumber"`
	DecisionDate   string `json:"decisionDate"`
	ExpiredDate    string `json:"expiredDate"`
}

type vsOrigin struct {
	ProducerName string  `json:"producerName"`
	ProvinceCode string  `json:"provinceCode"`
	WardCode     string  `json:"wardCode"`
	TraceURL     *string `json:"traceUrl,omitempty"`
}

type vsProperty struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// vsKnown refuses members of an item's inner objects that no contract knows.
func vsKnown(f *form, it map[string]any) {
	if o, ok := it["ocop"].(map[string]any); ok {
		f.known(o, "ocop.", "level", "decisionNumber", "decisionDate", "expiredDate")
	}
	if o, ok := it["origin"].(map[string]any); ok {
		f.known(o, "origin.", "producerName", "provinceCode", "wardCode", "traceUrl")
	}
	list, _ := it["properties"].([]any)
	for _, p := range list {
		if o, ok := p.(map[string]any); ok {
			f.known(o, "properties.", "key", "value")
		}
	}
}

// vsReader reads an item; code is the refusal, if there is one.
type vsReader struct {
	form
	code, field string
}

func (r *vsReader) refuse(code, field string) {
	if r.code == "" {
		r.code, r.field = code, field
	}
}

// refused is the code and field of the first thing that is wrong.
func (r *vsReader) refused() (code, field string) {
	if r.code == "" && len(r.bad) > 0 {
		return "VALIDATE_ERROR", r.bad[0].Field
	}
	return r.code, r.field
}

// content puts the content fields that an item gives into p. need: every one
// but properties must be given.
func (r *vsReader) content(p *vsContent, it map[string]any, need bool, today string) {
	if s, ok := r.str(it, "", "name", text{need: need, min: 10, max: 120, clean: trimmed}); ok {
		p.Name = &s
	}
	if s, ok := r.str(it, "", "categoryId", text{need: need}); ok {
		if !vsLeaf[s] {
			r.refuse("CATEGORY_INVALID", "categoryId")
		}
		p.CategoryID = &s
	}
	if s, ok := r.str(it, "", "description", text{need: need, min: 50, max: 5000, clean: trimmed}); ok {
		if hasContact(s) {
			r.refuse("DESCRIPTION_FORBIDDEN_CONTACT", "description")
		}
		p.Description = &s
	}
	if s, ok := r.str(it, "", "unitName", text{need: need, max: 30, clean: trimmed}); ok {
		p.UnitName = &s
	}
	if w, ok := r.weight(it, need); ok {
		p.Weight = &w
	}
	if ids, ok := r.strings(it, "", "imageIds", need, 1, 8); ok {
		p.ImageIDs = ids
	}
	if o := r.inner(it, "", "ocop", need); o != nil {
		p.Ocop = r.ocop(o, today)
	}
	if o := r.inner(it, "", "origin", need); o != nil {
		p.Origin = r.origin(o)
	}
	if _, given := it["properties"]; given {
		p.Properties = r.properties(it)
	}
}

// weight reads kilograms and rounds them to grams.
func (r *vsReader) weight(it map[string]any, need bool) (float64, bool) {
	v, there := it["weight"]
	if !there {
		if need {
			r.add("weight", required)
		}
		return 0, false
	}
	num, _ := v.(json.Number)
	w, err := num.Float64()
	switch {
	case err != nil:
		r.add("weight", badFormat)
	case w < 0.001 || w > 100:
		r.add("weight", outOfRange)
	default:
		return math.Round(w*1000) / 1000, true
	}
	return 0, false
}

func (r *vsReader) ocop(o map[string]any, today string) *vsOcop {
	const path = "ocop."
	var p vsOcop
	p.Level, _ = r.str(o, path, "level", text{need: true})
	if p.Level != "OCOP_3" && p.Level != "OCOP_4" && p.Level != "OCOP_5" {
		r.add(path+"level", notAllowed)
	}
	p.DecisionNumber, _ = r.str(o, path, "decisionNumber", text{need: true, max: 50})
	p.DecisionDate, _ = r.vsDay(o, path, "decisionDate")
	until := ""
	p.ExpiredDate, until = r.vsDay(o, path, "expiredDate")
	if until != "" && until < today {
		r.refuse("OCOP_EXPIRED", path+"expiredDate")
	}
	return &p
}

// vsDay reads dd/MM/yyyy and returns it as sent and as 2006-01-02.
func (r *vsReader) vsDay(o map[string]any, path, name string) (sent, iso string) {
	s, ok := r.str(o, path, name, text{need: true})
	if !ok {
		return "", ""
	}
	t, err := time.Parse("02/01/2006", s)
	if err != nil {
		r.add(path+name, badFormat)
		return s, ""
	}
	return s, t.Format(time.DateOnly)
}

func (r *vsReader) origin(o map[string]any) *vsOrigin {
	const path = "origin."
	var p vsOrigin
	p.ProducerName, _ = r.str(o, path, "producerName", text{need: true, max: 150, clean: trimmed})
	p.ProvinceCode, _ = r.str(o, path, "provinceCode", text{need: true})
	p.WardCode, _ = r.str(o, path, "wardCode", text{need: true})
	if s, ok := r.str(o, path, "traceUrl", text{null: true}); ok {
		p.TraceURL = &s
	}
	return &p
}

func (r *vsReader) properties(it map[string]any) []vsProperty {
	list, ok := it["properties"].([]any)
	switch {
	case !ok:
		r.add("properties", badFormat)
	case len(list) > 20:
		r.add("properties", tooLong)
	default:
		var out []vsProperty
		for i, v := range list {
			path := "properties[" + strconv.Itoa(i) + "]."
			o, ok := v.(map[string]any)
			if !ok {
				r.add(path, badFormat)
			}
			key, _ := r.str(o, path, "key", text{need: true, max: 50})
			value, _ := r.str(o, path, "value", text{need: true, max: 200})
			out = append(out, vsProperty{key, value})
		}
		return out
	}
	return nil
}
