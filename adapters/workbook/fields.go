package workbook

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"lensan/adapters"
)

// Normalize gives the fields as an exported list shows them, and the problems
// that the marketplace's own rules find. A field without a column is left out:
// it is neither written nor read. One that stands in several columns is a JSON
// object of those columns.
func (a *Adapter) Normalize(offer adapters.Offer, today string) (adapters.Fields, []adapters.Problem) {
	raw, problems := a.cfg.Rules.Normalize(offer, today)
	out := adapters.Fields{}
	for _, f := range a.mapping.fields() {
		if s, ok := raw[f]; ok {
			out[f] = a.canonical(f, s)
		}
	}
	return out, problems
}

// canonical is a field's text in this lane's form.
func (a *Adapter) canonical(f adapters.Field, s string) string {
	columns := a.mapping.of(f)
	if len(columns) == 0 || columns[0].Key == "" {
		return s
	}
	parts := partsOf(s)
	kept := map[string]string{}
	for _, c := range columns {
		if v := parts[c.Key]; v != "" {
			kept[c.Key] = v
		}
	}
	return object(kept)
}

// partsOf takes a structured text apart: an object, or a list of objects that
// have a key and a value.
func partsOf(s string) map[string]string {
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	var v any
	out := map[string]string{}
	if d.Decode(&v) != nil {
		return out
	}
	switch v := v.(type) {
	case map[string]any:
		for k, part := range v {
			out[k] = plain(part)
		}
	case []any:
		for _, item := range v {
			if pair, ok := item.(map[string]any); ok {
				out[plain(pair["key"])] = plain(pair["value"])
			}
		}
	}
	return out
}

func plain(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// object is JSON with sorted keys.
func object(parts map[string]string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(parts); err != nil {
		return "" // texts alone: can't fail
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// cellsOf writes a field into its columns.
func (a *Adapter) cellsOf(into map[string]string, f adapters.Field, s string) {
	for _, c := range a.mapping.of(f) {
		v := s
		if c.Key != "" {
			v = partsOf(s)[c.Key]
		}
		switch {
		case c.Day:
			v = shownDay(v)
		case c.Per > 1:
			if n, err := strconv.ParseInt(v, 10, 64); err == nil {
				v = decimal(n, c.Per)
			}
		}
		into[c.id()] = v
	}
}

// fieldsOf reads the fields of one row of an exported list. A field is shown
// when all its columns are in the list.
func (a *Adapter) fieldsOf(r record) adapters.Fields {
	out := adapters.Fields{}
	for _, f := range a.mapping.fields() {
		if s, ok := a.fieldOf(r, f); ok {
			out[f] = s
		}
	}
	for _, c := range a.mapping.Columns {
		if c.Blank == string(adapters.FieldPrice) && r.has(c.id()) && out[adapters.FieldPrice] != "" && strings.TrimSpace(r.text(c.id())) == "" {
			out[c.Field] = out[adapters.FieldPrice]
		}
	}
	return out
}

func (a *Adapter) fieldOf(r record, f adapters.Field) (string, bool) {
	columns := a.mapping.of(f)
	for _, c := range columns {
		if !r.has(c.id()) {
			return "", false
		}
	}
	if columns[0].Key != "" {
		parts := map[string]string{}
		for _, c := range columns {
			if v, ok := a.value(r, c); ok && v != "" {
				parts[c.Key] = v
			}
		}
		return object(parts), true
	}
	if f == adapters.FieldImages {
		return storedNames(r.text(columns[0].id()))
	}
	return a.value(r, columns[0])
}

// value reads one cell; false: it shows nothing that can be compared.
func (a *Adapter) value(r record, c Column) (string, bool) {
	s, typed := r.text(c.id()), r.typed
	switch {
	case strings.TrimSpace(s) == "" && c.Blank != "":
		return c.Blank, c.Blank != string(adapters.FieldPrice)
	case c.Day:
		return day(s, typed), true
	case c.Number && strings.TrimSpace(s) == "":
		return "", false
	case c.Number:
		n, ok := number(s, c.Per, typed)
		return strconv.FormatInt(n, 10), ok
	}
	return a.cfg.Rules.Echo(c.Field, s), true
}
