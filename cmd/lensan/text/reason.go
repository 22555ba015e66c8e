// Package text holds every sentence that lensan shows to a person, in
// Vietnamese and English.
package text

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"lensan/adapters"
	"lensan/store/catalog"
)

// sentence is one entry of the catalogue of reasons. Arguments stand as
// {name} and are filled in from the reason's Args.
type sentence struct {
	vi, en       string
	fixVI, fixEN string
	who          catalog.Who
}

// catalogue joins the tables of each room: reason_<room>.go.
var catalogue = func() map[string]sentence {
	all := map[string]sentence{}
	for _, part := range []map[string]sentence{registerReasons, offerReasons, postmartReasons, vosoReasons, planReasons, laneReasons, workbookReasons} {
		maps.Copy(all, part)
	}
	return all
}()

// Explain turns a reason into words. An unknown code gives a plain sentence
// and Known false; no marketplace text, JSON, HTML or secret is let through.
func Explain(r catalog.Reason) catalog.Explanation {
	s, ok := catalogue[r.Code]
	if !ok {
		s = sentence{
			vi: "Sàn trả lời một lý do chưa có trong danh mục.", en: "The marketplace gave a reason that is not in the catalogue yet.",
			fixVI: "Báo người quản trị hệ thống mã {code}.", fixEN: "Report the code {code} to the administrator.",
			who: catalog.WhoAdministrator,
		}
		r.Args = map[string]string{"code": PlainCode(r.Code)}
	}
	vi, en := worded(VI, r), worded(EN, r)
	return catalog.Explanation{
		VI: sentenceCase(fill(VI, s.vi, vi)), EN: sentenceCase(fill(EN, s.en, en)), FixVI: fill(VI, s.fixVI, vi), FixEN: fill(EN, s.fixEN, en),
		Who: s.who, Known: ok,
	}
}

// worded are a reason's arguments as people read them: where it compares a
// field of a listing with the register, its name and both values.
func worded(l Lang, r catalog.Reason) map[string]string {
	field, compares := r.Args["field"]
	if _, there := r.Args["there"]; !compares || !there {
		return r.Args
	}
	out := maps.Clone(r.Args)
	out["field"] = Field(l, adapters.Field(field))
	for _, side := range []string{"there", "want"} {
		if v, ok := out[side]; ok {
			out[side] = stakeWord(l, side, v, field)
		}
	}
	return out
}

// sentenceCase begins a sentence with a capital, whatever was filled in there.
func sentenceCase(s string) string {
	if s == "" {
		return s
	}
	return upperFirst(s)
}

// Codes lists every code of the catalogue, sorted.
func Codes() []string { return slices.Sorted(maps.Keys(catalogue)) }

// fill puts the arguments in. What stands between [[ and ]] is left out when
// one of its arguments is not known: a marketplace that refuses a field does
// not tell by how much. Money and the last valid day are written as each
// language writes them.
func fill(l Lang, s string, args map[string]string) string {
	if !strings.Contains(s, "{") {
		return s
	}
	s = optional.ReplaceAllStringFunc(s, func(part string) string {
		for _, name := range argument.FindAllString(part, -1) {
			if args[name[1:len(name)-1]] == "" {
				return ""
			}
		}
		return part[2 : len(part)-2]
	})
	var money, plain []string // the first that fits is taken
	for k, v := range args {
		if n, err := strconv.ParseInt(v, 10, 64); err == nil {
			money = append(money, "{"+k+"} đồng", Number(l, n)+" đồng", "{"+k+"} VND", Number(l, n)+" VND")
		}
		if t, err := time.Parse("02/01/2006", v); err == nil && k == "valid_until" {
			v = Day(l, catalog.Day(t.Format(time.DateOnly)))
		}
		plain = append(plain, "{"+k+"}", v)
	}
	return strings.NewReplacer(append(money, plain...)...).Replace(s)
}

var (
	optional = regexp.MustCompile(`\[\[.*?\]\]`)
	argument = regexp.MustCompile(`\{[a-z_]+\}`)
)

// PlainCode keeps what a code may consist of, so that nothing else reaches a
// screen through it.
func PlainCode(code string) string {
	keep := func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '_', r == '-':
			return r
		}
		return -1
	}
	code = strings.Map(keep, code)
	return code[:min(len(code), 64)]
}
