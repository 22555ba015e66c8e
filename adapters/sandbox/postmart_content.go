package sandbox

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strconv"
	"time"
)

var pmSKU = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// pmContent is the content fields of a product; what a hand-made product lacks
// is absent.
type pmContent struct {
	Name        *string           `json:"name,omitempty"`
	CategoryID  *int64            `json:"category_id,omitempty"`
	Description *string           `json:"description_html,omitempty"`
	Unit        *string           `json:"unit,omitempty"`
	WeightG     *int64            `json:"weight_g,omitempty"`
	Images      []string          `json:"images,omitempty"`
	Origin      *pmOrigin         `json:"origin,omitempty"`
	Ocop        *pmOcop           `json:"ocop,omitempty"`
	Attributes  map[string]string `json:"attributes,omitempty"`
}

type pmOrigin struct {
	Producer     string  `json:"producer"`
	ProvinceCode string  `json:"province_code"`
	WardCode     string  `json:"ward_code"`
	TraceURL     *string `json:"traceability_url,omitempty"`
}

type pmOcop struct {
	Stars        int64  `json:"stars"`
	DecisionNo   string `json:"decision_no"`
	RecognisedOn string `json:"recognised_on"`
	ValidUntil   string `json:"valid_until"`
}

var pmContentFields = []string{"name", "category_id", "description_html", "unit", "weight_g", "images", "origin",
	"ocop", "attributes"}

// pmReadContent reads and normalises the content fields. need: every field but
// attributes must stand there. judge: the recognition was sent, so that it is
// held against today.
func pmReadContent(f *form, o map[string]any, need, judge bool, today string) pmContent {
	var p pmContent
	if s, ok := f.str(o, "", "name", text{need: need, min: 10, max: 150, clean: oneLine}); ok {
		p.Name = &s
	}
	if n, ok := f.whole(o, "", "category_id", span{need: need, min: -1 << 53, max: 1 << 53}); ok {
		switch leaf, known := pmLeaf[n]; {
		case !known:
			f.add("category_id", unknown)
		case !leaf:
			f.add("category_id", notAllowed)
		}
		p.CategoryID = &n
	}
	p.Description = pmReadDescription(f, o, need)
	if s, ok := f.str(o, "", "unit", text{need: need, max: 30, clean: oneLine}); ok {
		p.Unit = &s
	}
	if n, ok := f.whole(o, "", "weight_g", span{need: need, min: 1, max: 100000}); ok {
		p.WeightG = &n
	}
	p.Images, _ = f.strings(o, "", "images", need, 1, 9)
	p.Origin = pmReadOrigin(f, f.inner(o, "", "origin", need))
	p.Ocop = pmReadOcop(f, f.inner(o, "", "ocop", need), judge, today)
	p.Attributes = pmReadAttributes(f, o)
	return p
}

func pmReadDescription(f *form, o map[string]any, need bool) *string {
	raw, ok := f.str(o, "", "description_html", text{need: need})
	if !ok {
		return nil
	}
	s, allowed := markup(raw)
	if !allowed {
		f.add("description_html", notAllowed)
		return nil
	}
	if !f.length(s, "description_html", text{min: 50, max: 20000}) {
		return nil
	}
	return &s
}

func pmReadOrigin(f *form, o map[string]any) *pmOrigin {
	if o == nil {
		return nil
	}
	const path = "origin."
	f.known(o, path, "producer", "province_code", "ward_code", "traceability_url")
	var p pmOrigin
	p.Producer, _ = f.str(o, path, "producer", text{need: true, max: 200, clean: oneLine})
	p.ProvinceCode, _ = f.str(o, path, "province_code", text{need: true, pattern: pmProvince})
	p.WardCode, _ = f.str(o, path, "ward_code", text{need: true, pattern: pmWard})
	if s, ok := f.str(o, path, "traceability_url", text{null: true}); ok {
		if u, err := url.Parse(s); err != nil || !u.IsAbs() {
			f.add(path+"traceability_url", badFormat)
		}
		p.TraceURL = &s
	}
	return &p
}

func pmReadOcop(f *form, o map[string]any, judge bool, today string) *pmOcop {
	if o == nil {
		return nil
	}
	const path = "ocop."
	f.known(o, path, "stars", "decision_no", "recognised_on", "valid_until")
	var p pmOcop
	p.Stars, _ = f.whole(o, path, "stars", span{need: true, min: 3, max: 5})
	p.DecisionNo, _ = f.str(o, path, "decision_no", text{need: true, max: 64, clean: oneLine})
	p.RecognisedOn, _ = f.day(o, path, "recognised_on")
	until, ok := f.day(o, path, "valid_until")
	if ok && judge && until < today {
		f.add(path+"valid_until", outOfRange)
	}
	p.ValidUntil = until
	return &p
}

// day reads a date of the form 2006-01-02.
func (f *form) day(o map[string]any, path, name string) (string, bool) {
	s, ok := f.str(o, path, name, text{need: true})
	if !ok {
		return "", false
	}
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		f.add(path+name, badFormat)
		return "", false
	}
	return s, true
}

func pmReadAttributes(f *form, o map[string]any) map[string]string {
	in := f.inner(o, "", "attributes", false)
	if in == nil {
		return nil
	}
	if len(in) > 20 {
		f.add("attributes", tooLong)
		return nil
	}
	out := map[string]string{}
	for k := range in {
		s, ok := f.str(in, "attributes.", k, text{need: true, max: 255, clean: oneLine})
		if ok {
			out[oneLine(k)] = s
		}
	}
	return out
}

// pmUnknownMedia answers when an image is not ours or forgotten.
func (c *call) pmUnknownMedia(images []string) *answer {
	var fields []pmFieldError
	for i, id := range images {
		if !c.m.knows(c.acc, id, c.now) {
			fields = append(fields, pmFieldError{"images[" + strconv.Itoa(i) + "]", unknown, "Không tìm thấy ảnh"})
		}
	}
	if fields == nil {
		return nil
	}
	return pmErrorBody{Code: "media_unknown", Fields: fields}.answer()
}

func encode(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic("sandbox: " + err.Error()) // plain structs
	}
	return data
}
