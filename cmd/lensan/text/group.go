package text

import (
	"strings"

	"lensan/store/catalog"
)

// ExplainGroup turns a reason code into words for many products at once: what
// differs from one to the next is left open, and a part that speaks only of
// that is left out.
func ExplainGroup(code string) catalog.Explanation {
	e := Explain(catalog.Reason{Code: code})
	for _, s := range []*string{&e.VI, &e.EN, &e.FixVI, &e.FixEN} {
		*s = strings.ReplaceAll(argument.ReplaceAllString(*s, "…"), "… …", "…")
		*s = strings.ReplaceAll(*s, ": “…”", ".") // words that each one has of its own
	}
	return e
}
