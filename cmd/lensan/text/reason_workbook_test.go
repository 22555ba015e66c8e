package text

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"lensan/store/catalog"
)

func TestReasonsOfHandWorkedLanesReadWellWithAndWithoutArguments(t *testing.T) {
	t.Parallel()
	for code := range workbookReasons {
		for _, args := range []map[string]string{nil, {"file": "postmart-2026-11-24-1-dang-moi.xlsx", "list": "danh-sach.csv", "words": "danh-sach.csv, dòng 7"}} {
			e := Explain(catalog.Reason{Code: code, Args: args})
			for _, s := range []string{e.VI, e.EN, e.FixVI, e.FixEN} {
				if s == "" || strings.ContainsAny(s, "{}[]") || strings.HasSuffix(s, " .") || strings.HasSuffix(s, " .") || !strings.HasSuffix(s, ".") {
					t.Errorf("%s: %q", code, s)
				}
			}
			if !e.Known || e.Who == "" || strings.Contains(strings.ToLower(e.FixVI), "huyện") {
				t.Errorf("%s: %+v", code, e)
			}
		}
	}
}

// Every code that the lane's adapter names has a sentence.
func TestEveryCodeOfHandWorkedLanesHasASentence(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir("../../../adapters/workbook")
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		b, err := os.ReadFile("../../../adapters/workbook/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, code := range regexp.MustCompile(`"(workbook\.[a-z_]+)"`).FindAllStringSubmatch(string(b), -1) {
			named++
			if _, ok := workbookReasons[code[1]]; !ok {
				t.Errorf("%s: %s has no sentence", f.Name(), code[1])
			}
		}
	}
	if named < 10 {
		t.Fatalf("only %d codes found", named)
	}
}
