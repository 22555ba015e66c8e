package text

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"lensan/store/catalog"
)

var emitted = regexp.MustCompile(`(?:refuse|problem|hit)\((?:"", |name, )?"([a-z_]+\.[a-z_]+)"|(?:Problem|Code|return other\[0\]|return nil|Reason)[:,]* (?:cmp\.Or\(old\.Problem, )?"([a-z_]+\.[a-z_]+)"|\{"(import\.[a-z]+)"`)

// Every code that an import can emit has its sentence, and every sentence of
// the room reads well with and without arguments.
func TestEveryCodeOfAnImportHasASentence(t *testing.T) {
	t.Parallel()
	codes := map[string]bool{}
	for _, pattern := range []string{"../../../store/register/*.go", "../../../store/import*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(f, "_test.go") {
				continue
			}
			for _, m := range emitted.FindAllStringSubmatch(string(b), -1) {
				for _, code := range m[1:] {
					if code != "" && !strings.HasSuffix(code, "_") && code != "sku.product" {
						codes[code] = true
					}
				}
			}
		}
	}
	for _, level := range []string{"ministry", "province", "district"} {
		codes["authority.not_"+level] = true
	}
	for _, field := range []string{catalog.CellName, catalog.CellProducer, catalog.CellCommune, catalog.CellProductSet, catalog.CellDescription, catalog.CellProductCode} {
		codes["hit.changed_"+field] = true
	}
	if len(codes) < 70 {
		t.Fatalf("only %d codes found: the pattern no longer fits the code", len(codes))
	}
	for code := range codes {
		if _, ok := registerReasons[code]; !ok {
			t.Errorf("%s has no sentence", code)
		}
	}
	for code := range registerReasons {
		if !codes[code] {
			t.Errorf("%s is never emitted", code)
		}
		e := Explain(catalog.Reason{Code: code, Args: map[string]string{
			"have": "1", "last": "2", "min": "3", "n": "4", "of": "5", "known": "6", "to": "7", "old": "8", "stars": "4", "day": "9", "decided": "10", "producer": "11", "product": "12", "sku": "13", "now": "14", "number": "15",
		}})
		for _, s := range []string{e.VI, e.EN, e.FixVI, e.FixEN} {
			if s == "" || strings.ContainsAny(s, "{}[]") || strings.Contains(s, "  ") {
				t.Errorf("%s: %q", code, s)
			}
		}
		if e.Who == "" || strings.Contains(strings.ToLower(e.FixVI), "cấp huyện") {
			t.Errorf("%s: %+v", code, e)
		}
	}
}
