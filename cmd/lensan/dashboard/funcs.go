package dashboard

import (
	"encoding/json"
	"fmt"
	"html/template"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"lensan/adapters"
	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
)

// funcs are what templates may call, in one language.
func (d *Dashboard) funcs(l text.Lang) template.FuncMap {
	return template.FuncMap{
		"tr":    func(vi, en string) string { return text.Sentence(l, vi, en) },
		"asset": assetURL,
		"market": func(m string) string {
			if m == "both" {
				return text.Phrase{VI: "Cả hai sàn", EN: "Both marketplaces"}.In(l)
			}
			return d.title(m)
		},
		"num":      func(n any) string { return text.Number(l, toInt(n)) },
		"money":    func(n int64) string { return text.Money(l, n) },
		"percent":  func(part, whole int) string { return text.Percent(l, int64(part), int64(whole)) },
		"day":      func(v any) string { return text.Day(l, catalog.Day(fmt.Sprint(v))) },
		"moment":   func(v any) string { return text.Moment(l, toTime(v)) },
		"clock":    func(v any) string { return text.Clock(toTime(v)) },
		"ago":      func(v any) string { return text.Ago(l, d.Now(), toTime(v)) },
		"duration": func(v time.Duration) string { return text.Duration(l, v) },
		"since":    func(v any) string { return text.Duration(l, d.Now().Sub(toTime(v))) },
		"rate":     func(v float64) string { return rateText(l, v) },
		"iso":      func(v any) string { return toTime(v).UTC().Format(time.RFC3339) },
		"bucket":   func(b any) string { return bucketWord(l, store.Bucket(fmt.Sprint(b))) },
		"tone":     func(b any) string { return bucketTone(store.Bucket(fmt.Sprint(b))) },
		"syncWord": func(s any) string { return text.SyncState(l, catalog.SyncState(fmt.Sprint(s))) },
		"marketWord": func(s any) string {
			return text.MarketState(l, adapters.MarketState(fmt.Sprint(s)))
		},
		"runWord":     func(s any) string { return text.RunState(l, catalog.RunState(fmt.Sprint(s))) },
		"runTone":     func(s any) string { return runTone(catalog.RunState(fmt.Sprint(s))) },
		"kindWord":    func(s any) string { return text.RunKind(l, catalog.RunKind(fmt.Sprint(s))) },
		"triggerWord": func(s any) string { return text.Trigger(l, catalog.Trigger(fmt.Sprint(s))) },
		"policyWord":  func(s any) string { return policyWord(l, catalog.Policy(fmt.Sprint(s))) },
		"policyHelp":  func(p catalog.Policy) string { return policyHelp[p].In(l) },
		"itemWord":    func(s any) string { return itemWord(l, catalog.ItemState(fmt.Sprint(s))) },
		"opWord": func(s string) string {
			var out []string
			for _, o := range strings.Fields(s) {
				out = append(out, text.Op(l, adapters.Op(o)))
			}
			return strings.Join(out, ", ")
		},
		"fieldWord": func(s any) string { return fieldWord(l, fmt.Sprint(s)) },
		"who":       func(s any) string { return text.Who(l, catalog.Who(fmt.Sprint(s))) },
		"setName":   func(s string) string { return setName(l, s) },
		"eventSays": func(e store.Event) []string { return d.eventSays(l, e) },
		"eventWord": func(e store.Event) string { return text.Event(l, e.Kind) },
		"role":      func(s string) string { return roleWord(l, s) },
		"why": func(code string) catalog.Explanation {
			return text.Explain(catalog.Reason{Code: code})
		},
		"explain": text.Explain,
		"inLang":  func(vi, en string) string { return text.Sentence(l, vi, en) },
		"stars":   func(n int) string { return strings.Repeat("★", max(0, min(n, 5))) },
		"cap1":    capitalise,
		"link":    link,
		"scope":   func(s catalog.Scope) string { return d.scopeWords(l, s) },
		"list":    func(v ...any) []any { return v },
		"pairs":   pairs,
		"percent0": func(part, whole int) string {
			if whole == 0 {
				return "–"
			}
			return strconv.Itoa(part*100/whole) + " %"
		},
		"dayPlus":     func(d catalog.Day, n int) catalog.Day { return addDays(d, n) },
		"dayOnly":     func(d catalog.Day) string { return string(d[8:]) },
		"pairQuery":   func(k, v string) string { return url.Values{k: {v}}.Encode() },
		"has":         func(list []string, s any) bool { return slices.Contains(list, fmt.Sprint(s)) },
		"inInts":      slices.Contains[[]int],
		"reasonTitle": func(code string) string { return reasonTitle(l, code) },
		"kindGroup":   func(k string) string { return kindGroup(l, k) },
		"add":         func(a, b int) int { return a + b },
		"sub":         func(a, b int) int { return a - b },
		"toJSON": func(v any) string {
			b, err := json.MarshalIndent(v, "", "  ")
			if err != nil {
				return ""
			}
			return string(b)
		},
		"short": func(n int, s string) string {
			if r := []rune(s); len(r) > n {
				return strings.TrimSpace(string(r[:n])) + "…"
			}
			return s
		},
	}
}

// rateText writes a rate with one decimal where it is small.
func rateText(l text.Lang, v float64) string {
	if v >= 10 || v == math.Trunc(v) {
		return text.Number(l, int64(math.Round(v)))
	}
	s := strconv.FormatFloat(v, 'f', 1, 64)
	return text.Sentence(l, strings.Replace(s, ".", ",", 1), s)
}

func toInt(v any) int64 {
	switch n := v.(type) {
	case int:
		return int64(n)
	case int64:
		return n
	case *int64:
		if n != nil {
			return *n
		}
	}
	return 0
}

// toTime takes a time, or UTC milliseconds.
func toTime(v any) time.Time {
	switch t := v.(type) {
	case time.Time:
		return t
	case int64:
		if t != 0 {
			return time.UnixMilli(t).UTC()
		}
	}
	return time.Time{}
}

// link is an address with its query, from pairs of name and value; pairs whose
// value is empty are left out.
func link(path string, pairs ...any) template.URL {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if v := fmt.Sprint(pairs[i+1]); v != "" {
			q.Add(fmt.Sprint(pairs[i]), v)
		}
	}
	if len(q) == 0 {
		return template.URL(path) //nolint:gosec // a path of ours and an encoded query
	}
	return template.URL(path + "?" + q.Encode()) //nolint:gosec // as above
}

// pairs makes a map from pairs of name and value, to hand several things to a
// part of a page.
func pairs(list ...any) (map[string]any, error) {
	if len(list)%2 != 0 {
		return nil, fmt.Errorf("pairs: odd number of arguments")
	}
	m := make(map[string]any, len(list)/2)
	for i := 0; i < len(list); i += 2 {
		m[fmt.Sprint(list[i])] = list[i+1]
	}
	return m, nil
}

// capitalise makes the first letter a capital, for words that begin a line.
func capitalise(s string) string {
	for i, r := range s {
		if i == 0 {
			return strings.ToUpper(string(r)) + s[len(string(r)):]
		}
	}
	return s
}

// scopeWords says what a run is about.
func (d *Dashboard) scopeWords(l text.Lang, s catalog.Scope) string {
	if s.IsAll() {
		return text.Phrase{VI: "tất cả", EN: "everything"}.In(l)
	}
	var out []string
	add := func(vi, en string, values []string, word func(string) string) {
		if len(values) == 0 {
			return
		}
		shown := make([]string, 0, 3)
		for _, v := range values[:min(3, len(values))] {
			shown = append(shown, word(v))
		}
		s := strings.Join(shown, ", ")
		if len(values) > 3 {
			s = text.Number(l, int64(len(values))) + " " + text.Phrase{VI: vi, EN: en}.In(l)
		} else if vi != "" {
			s = text.Phrase{VI: vi, EN: en}.In(l) + " " + s
		}
		out = append(out, s)
	}
	same := func(s string) string { return s }
	add("", "", s.Marketplaces, d.title)
	add("mã hàng", "SKUs", s.SKUs, same)
	add("sản phẩm", "products", s.Products, same)
	add("chủ thể", "producers", s.Producers, same)
	add("", "", s.Communes, same)
	add("huyện cũ", "former districts", s.Districts, same)
	add("bộ sản phẩm", "product sets", s.Sets, same)
	var stars []string
	for _, n := range s.Stars {
		stars = append(stars, strconv.Itoa(n))
	}
	add("hạng sao", "stars", stars, same)
	if s.Only != "" {
		out = append(out, s.Only)
	}
	return strings.Join(out, " · ")
}
