package sandbox

import (
	"encoding/json"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"unicode/utf8"
)

// The codes of a field that is wrong. Postmart shows them; Voso shows the field.
const (
	required   = "required"
	tooShort   = "too_short"
	tooLong    = "too_long"
	outOfRange = "out_of_range"
	badFormat  = "bad_format"
	unknown    = "unknown"
	notAllowed = "not_allowed"
)

type problem struct{ Field, Code string }

// form reads a JSON object field by field and collects everything wrong.
type form struct{ bad []problem }

func (f *form) add(field, code string) { f.bad = append(f.bad, problem{field, code}) }

func (f *form) ok() bool { return len(f.bad) == 0 }

// known refuses members that are not among names.
func (f *form) known(o map[string]any, path string, names ...string) {
	var odd []string
	for k := range o {
		if !slices.Contains(names, k) {
			odd = append(odd, k)
		}
	}
	slices.Sort(odd)
	for _, k := range odd {
		f.add(path+k, unknown)
	}
}

// text is what a string must be: lengths in code points after clean.
type text struct {
	need, null bool // must stand there; may be null, which is as if absent
	min, max   int
	clean      func(string) string
	pattern    *regexp.Regexp
}

// str reads a string; ok is false when it is absent, null or wrong.
func (f *form) str(o map[string]any, path, name string, t text) (value string, ok bool) {
	v, there := o[name]
	if !there || v == nil {
		switch {
		case t.need:
			f.add(path+name, required)
		case there && !t.null:
			f.add(path+name, badFormat)
		}
		return "", false
	}
	s, isString := v.(string)
	if !isString {
		f.add(path+name, badFormat)
		return "", false
	}
	if t.clean != nil {
		s = t.clean(s)
	}
	return s, f.length(s, path+name, t)
}

func (f *form) length(s, field string, t text) bool {
	n := utf8.RuneCountInString(s)
	switch {
	case n < t.min:
		f.add(field, tooShort)
	case t.max > 0 && n > t.max:
		f.add(field, tooLong)
	case t.pattern != nil && !t.pattern.MatchString(s):
		f.add(field, badFormat)
	default:
		return true
	}
	return false
}

// span is the bounds of a whole number.
type span struct {
	need, null bool
	min, max   int64
}

// whole reads an integer: any number without a fraction, 5.0 too.
func (f *form) whole(o map[string]any, path, name string, s span) (value int64, ok bool) {
	v, there := o[name]
	if !there || v == nil {
		switch {
		case s.need:
			f.add(path+name, required)
		case there && !s.null:
			f.add(path+name, badFormat)
		}
		return 0, false
	}
	num, isNumber := v.(json.Number)
	if !isNumber {
		f.add(path+name, badFormat)
		return 0, false
	}
	n, exact := integer(num)
	if !exact {
		f.add(path+name, badFormat)
		return 0, false
	}
	if !n.IsInt64() || n.Int64() < s.min || n.Int64() > s.max {
		f.add(path+name, outOfRange)
		return 0, false
	}
	return n.Int64(), true
}

func integer(num json.Number) (*big.Int, bool) {
	if n, err := strconv.ParseInt(string(num), 10, 64); err == nil {
		return big.NewInt(n), true
	}
	if len(num) > 40 {
		return nil, false
	}
	if f, err := strconv.ParseFloat(string(num), 64); err != nil || f > 1e18 || f < -1e18 {
		return new(big.Int).Lsh(big.NewInt(1), 80), true // far out of any range
	}
	r, ok := new(big.Rat).SetString(string(num))
	if !ok || !r.IsInt() {
		return nil, false
	}
	return r.Num(), true
}

// strings reads a list of strings with bounds on its length.
func (f *form) strings(o map[string]any, path, name string, need bool, least, most int) (values []string, ok bool) {
	v, there := o[name]
	if !there || v == nil {
		if need {
			f.add(path+name, required)
		} else if there {
			f.add(path+name, badFormat)
		}
		return nil, false
	}
	list, isList := v.([]any)
	if !isList {
		f.add(path+name, badFormat)
		return nil, false
	}
	ok = true
	switch {
	case len(list) < least:
		f.add(path+name, tooShort)
		ok = false
	case len(list) > most:
		f.add(path+name, tooLong)
		ok = false
	}
	for i, it := range list {
		s, isString := it.(string)
		if !isString {
			f.add(path+name+"["+strconv.Itoa(i)+"]", badFormat)
			ok = false
		}
		values = append(values, s)
	}
	return values, ok
}

// inner reads an object inside the object.
func (f *form) inner(o map[string]any, path, name string, need bool) map[string]any {
	v, there := o[name]
	if !there || v == nil {
		if need {
			f.add(path+name, required)
		} else if there {
			f.add(path+name, badFormat)
		}
		return nil
	}
	in, isObject := v.(map[string]any)
	if !isObject {
		f.add(path+name, badFormat)
	}
	return in
}
