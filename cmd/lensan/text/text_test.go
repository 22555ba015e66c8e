package text_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"lensan/adapters"
	"lensan/cmd/lensan/text"
	"lensan/config"
	"lensan/store"
	"lensan/store/catalog"
)

func TestFormats(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 24, 18, 3, 45, 0, time.UTC) // 01:03 the next day in Vietnam
	cases := map[string]struct{ got, want string }{
		"thousands":               {text.Number(text.VI, 1234567), "1.234.567"},
		"thousands in English":    {text.Number(text.EN, 1234567), "1,234,567"},
		"three digits":            {text.Number(text.VI, 999), "999"},
		"four digits":             {text.Number(text.VI, 1000), "1.000"},
		"below zero":              {text.Number(text.VI, -12345), "-12.345"},
		"the least number":        {text.Number(text.VI, -9223372036854775808), "-9.223.372.036.854.775.808"},
		"money":                   {text.Money(text.VI, 85000), "85.000 đ"},
		"money in English":        {text.Money(text.EN, 85000), "85,000 VND"},
		"a share":                 {text.Percent(text.VI, 5, 8), "62,5 %"},
		"a share in English":      {text.Percent(text.EN, 5, 8), "62.5%"},
		"a share of nothing":      {text.Percent(text.VI, 0, 0), "–"},
		"a day":                   {text.Day(text.VI, "2026-11-24"), "24/11/2026"},
		"a day in English":        {text.Day(text.EN, "2026-11-04"), "4 Nov 2026"},
		"an unknown day":          {text.Day(text.EN, ""), ""},
		"a moment, Vietnam time":  {text.Moment(text.VI, at), "25/11/2026 01:03"},
		"never":                   {text.Moment(text.VI, time.Time{}), ""},
		"a clock":                 {text.Clock(at), "01:03:45"},
		"two units":               {text.Duration(text.VI, 80*time.Second), "1 phút 20 giây"},
		"a unit without the next": {text.Duration(text.VI, time.Hour+5*time.Second), "1 giờ"},
		"days and hours":          {text.Duration(text.EN, 49*time.Hour), "2 d 1 h"},
		"less than a second":      {text.Duration(text.VI, 300*time.Millisecond), "0 giây"},
		"a time below zero":       {text.Duration(text.VI, -time.Hour), "0 giây"},
		"ago":                     {text.Ago(text.VI, at, at.Add(-190*time.Second)), "3 phút trước"},
		"ago, just now":           {text.Ago(text.EN, at, at), "just now"},
		"ago, never":              {text.Ago(text.VI, at, time.Time{}), "chưa bao giờ"},
		"arguments":               {text.Phrase{VI: "{a} và {b}", EN: "{a} and {b}"}.In(text.EN, "a", "{b}", "b", "2"), "{b} and 2"},
	}
	for name, c := range cases {
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", name, c.got, c.want)
		}
	}
}

func TestEveryStateHasAWordInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, l := range []text.Lang{text.VI, text.EN} {
		for _, s := range []catalog.SyncState{catalog.SyncExcluded, catalog.SyncWaiting, catalog.SyncWaitingLane, catalog.SyncApplying, catalog.SyncChecking,
			catalog.SyncApplied, catalog.SyncRetrying, catalog.SyncNeedsFixing, catalog.SyncStoppedByBrake, catalog.SyncFailed} {
			named(t, string(s), text.SyncState(l, s), l)
		}
		for _, s := range []adapters.MarketState{adapters.Absent, adapters.PendingReview, adapters.Live, adapters.Rejected, adapters.Closed, adapters.Locked} {
			named(t, string(s), text.MarketState(l, s), l)
		}
		for _, s := range []catalog.RunState{catalog.RunQueued, catalog.RunPlanning, catalog.RunWorking, catalog.RunPaused, catalog.RunDone, catalog.RunFailed,
			catalog.RunCancelled, catalog.RunStopped, catalog.RunUnhealthy} {
			named(t, string(s), text.RunState(l, s), l)
		}
		for _, b := range store.Buckets {
			named(t, string(b), text.Bucket(l, string(b)), l)
		}
		for _, o := range []adapters.Op{adapters.OpCreate, adapters.OpUpdateContent, adapters.OpUpdateOffer, adapters.OpClose, adapters.OpReopen, adapters.OpAdopt} {
			named(t, string(o), text.Op(l, o), l)
		}
		for _, f := range append(append([]adapters.Field{}, adapters.ContentFields...), adapters.OfferFields...) {
			named(t, string(f), text.Field(l, f), l)
		}
	}
}

// named fails where a value has no Vietnamese word: then the value itself, in
// English, would be shown.
func named(t *testing.T, value, word string, l text.Lang) {
	t.Helper()
	if word == "" || l == text.VI && word == value || strings.Contains(word, "_") {
		t.Errorf("%s (%s): shown as %q", value, l, word)
	}
}

func TestEveryConfigProblemHasASentence(t *testing.T) {
	t.Parallel()
	args := map[string]string{"where": "F:1", "key": "K", "name": "N", "suggestion": "S", "file": "F", "why": "W", "value": "V", "want": "bool", "lane": "L"}
	for _, code := range []string{config.UnknownKey, config.UnknownVariable, config.BadFile, config.FileMissing, config.BadValue, config.BothSecretForms,
		config.SecretFile, config.NeedsTLS, config.NeedsCredential, config.NowNotLocal, config.ListenOpen} {
		for _, l := range []text.Lang{text.VI, text.EN} {
			got := text.ConfigProblem(l, code, args)
			if strings.ContainsAny(got, "{}\n") || strings.Contains(got, code) {
				t.Errorf("%s in %s: %q", code, l, got)
			}
		}
	}
}

// TestPhrases reads this package's sources: every Phrase has both languages,
// the same arguments in each, and composed letters.
func TestPhrases(t *testing.T) {
	t.Parallel()
	n := 0
	for _, p := range phrases(t) {
		n++
		if p.VI == "" || p.EN == "" {
			t.Errorf("a language is missing: %+v", p)
		}
		if !norm.NFC.IsNormalString(p.VI) {
			t.Errorf("not composed: %q", p.VI)
		}
		if a, b := arguments(p.VI), arguments(p.EN); a != b {
			t.Errorf("arguments differ: %q has %s, %q has %s", p.VI, a, p.EN, b)
		}
		if low := strings.ToLower(p.VI); strings.Contains(low, "ủy ban nhân dân huyện") || strings.Contains(low, "cán bộ huyện") {
			t.Errorf("a district is responsible for nothing: %q", p.VI)
		}
	}
	if n < 200 {
		t.Errorf("only %d phrases were found", n)
	}
}

func phrases(t *testing.T) []text.Phrase {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var out []text.Phrase
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			c, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			if _, list := c.Type.(*ast.ArrayType); list || len(c.Elts) != 2 {
				return true
			}
			vi, okVI := literal(c.Elts[0])
			en, okEN := literal(c.Elts[1])
			if okVI && okEN {
				out = append(out, text.Phrase{VI: vi, EN: en})
			}
			return true
		})
	}
	return out
}

func literal(e ast.Expr) (string, bool) {
	if kv, ok := e.(*ast.KeyValueExpr); ok {
		e = kv.Value
	}
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(l.Value)
	return s, err == nil
}

// arguments lists the {names} of a sentence, sorted.
func arguments(s string) string {
	set := map[string]bool{}
	for {
		_, rest, ok := strings.Cut(s, "{")
		if !ok {
			break
		}
		name, after, _ := strings.Cut(rest, "}")
		set[name], s = true, after
	}
	return strings.Join(slices.Sorted(maps.Keys(set)), " ")
}
