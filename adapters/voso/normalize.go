package voso

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"lensan/adapters"
)

// Normalize gives the fields as product/get will show them.
func (a *Adapter) Normalize(offer adapters.Offer, today string) (adapters.Fields, []adapters.Problem) {
	f, problems := judgeOffer(offer, today)
	return f.fields(), problems
}

// fields are the canonical texts of a form; what is empty is absent.
func (f form) fields() adapters.Fields {
	out := adapters.Fields{}
	set := func(field adapters.Field, text string) {
		if text != "" {
			out[field] = text
		}
	}
	set(adapters.FieldName, f.name)
	set(adapters.FieldDescription, f.description)
	set(adapters.FieldCategory, f.category)
	set(adapters.FieldUnit, f.unit)
	if f.grams != 0 {
		set(adapters.FieldWeight, strconv.FormatInt(f.grams, 10))
	}
	var ids []string
	for _, r := range f.images {
		if r.RemoteID != "" {
			ids = append(ids, r.RemoteID)
		} else {
			ids = append(ids, "sha256:"+r.SHA256)
		}
	}
	set(adapters.FieldImages, strings.Join(ids, " "))
	if f.origin != nil {
		set(adapters.FieldOrigin, canonicalOrigin(*f.origin))
	}
	if f.ocop != nil {
		set(adapters.FieldOcop, canonicalOcop(*f.ocop))
	}
	if f.properties != nil {
		set(adapters.FieldAttributes, canonicalProperties(f.properties))
	}
	if f.price != 0 {
		set(adapters.FieldPrice, strconv.FormatInt(f.price, 10))
	}
	if f.listPrice != 0 {
		set(adapters.FieldListPrice, strconv.FormatInt(f.listPrice, 10))
	}
	if f.stock != nil {
		set(adapters.FieldStock, strconv.FormatInt(*f.stock, 10))
	}
	return out
}

// normalText is what Voso makes of a text: NFC, line ends as \n, trimmed of
// white space at both ends; inside it stays. Bytes that are no UTF-8 become
// U+FFFD, as they would on the wire. Twice is once.
func normalText(s string) string {
	if !utf8.ValidString(s) {
		s = string([]rune(s))
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.ReplaceAll(s, "\r", "\n")
	return strings.TrimSpace(norm.NFC.String(s))
}

// plainPhone drops what people write between digits.
func plainPhone(s string) string {
	s = strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\u00a0', '.', '-', '(', ')':
			return -1
		}
		return r
	}, strings.TrimSpace(s))
	return strings.TrimPrefix(s, "+")
}

// wireDay turns YYYY-MM-DD into dd/MM/yyyy.
func wireDay(day string) (string, bool) {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return "", false
	}
	return t.Format(dayForm), true
}

func canonicalOrigin(o origin) string {
	trace := ""
	if o.TraceURL != nil {
		trace = normalText(*o.TraceURL)
	}
	return canonical(struct {
		Commune  string `json:"commune"`
		Producer string `json:"producer"`
		Province string `json:"province"`
		Trace    string `json:"trace,omitempty"`
	}{o.WardCode, normalText(o.ProducerName), o.ProvinceCode, trace})
}

func canonicalOcop(o ocop) string {
	return canonical(struct {
		Date   string `json:"date"`
		Level  string `json:"level"`
		Number string `json:"number"`
		Until  string `json:"until"`
	}{canonicalDay(o.DecisionDate), o.Level, normalText(o.DecisionNumber), canonicalDay(o.ExpiredDate)})
}

// canonicalDay is YYYY-MM-DD, or the text as it is when it is no day.
func canonicalDay(s string) string {
	t, err := time.Parse(dayForm, strings.TrimSpace(s))
	if err != nil {
		return s
	}
	return t.Format(time.DateOnly)
}

func canonicalProperties(in []property) string {
	out := make([]property, 0, len(in))
	for _, p := range in {
		out = append(out, property{Key: normalText(p.Key), Value: normalText(p.Value)})
	}
	slices.SortFunc(out, func(a, b property) int {
		if c := strings.Compare(a.Key, b.Key); c != 0 {
			return c
		}
		return strings.Compare(a.Value, b.Value)
	})
	return canonical(out)
}

func canonical(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return "" // strings alone: can't fail
	}
	return string(b)
}
