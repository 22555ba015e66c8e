package plan

import (
	"strconv"

	"lensan/adapters"
	"lensan/store/catalog"
)

// reasonsOf turns an adapter's problems into reasons and names the cell to
// mend. Where the register's own cell was refused, that is the reason: it says
// more than "missing".
func reasonsOf(s catalog.Subject, problems []adapters.Problem) []catalog.Reason {
	var out []catalog.Reason
	for _, p := range problems {
		if doubt, ok := doubtFor(s, p.Field); ok {
			out = append(out, doubt)
			continue
		}
		r := catalog.Reason{Code: p.Code, Args: map[string]string{}}
		for k, v := range p.Args {
			r.Args[k] = v
		}
		if cell := cellFor(s, p.Field); cell != "" {
			r.Args["cell"] = cell
		}
		out = append(out, r)
	}
	return out
}

// registerFields names, for a field of an offer, the fields of the register
// that feed it.
var registerFields = map[string][]string{
	string(adapters.FieldOrigin):   {"commune", "producer"},
	string(adapters.FieldOcop):     {"stars", "decision_number", "decision_date", "valid_until"},
	string(adapters.FieldCategory): {"product_set"},
}

func feeding(field string) []string { return append([]string{field}, registerFields[field]...) }

func doubtFor(s catalog.Subject, field string) (catalog.Reason, bool) {
	if s.SKU == nil {
		return catalog.Reason{}, false
	}
	if field == string(adapters.FieldImages) && len(s.Pictures) == 0 {
		for _, img := range s.SKU.Images {
			if img.Problem != "" {
				return catalog.Reason{Code: img.Problem, Args: map[string]string{"name": img.Name, "cell": s.SKU.Cells[field]}}, true
			}
		}
	}
	for _, f := range feeding(field) {
		d, ok := s.SKU.Doubts[f]
		if !ok {
			d, ok = s.Product.Doubts[f]
		}
		if ok {
			args := map[string]string{}
			for k, v := range d.Args {
				args[k] = v
			}
			args["value"] = d.Value
			args["cell"] = d.Sheet + "!" + d.Cell
			return catalog.Reason{Code: d.Reason, Args: args}, true
		}
	}
	return catalog.Reason{}, false
}

func cellFor(s catalog.Subject, field string) string {
	if s.SKU == nil {
		return ""
	}
	for _, f := range feeding(field) {
		if c := s.SKU.Cells[f]; c != "" {
			return c
		}
		if c := s.Product.Cells[f]; c != "" {
			return c
		}
	}
	return ""
}

// standingArgs are the facts that the sentences of exclusions name.
func standingArgs(s catalog.Subject) map[string]string {
	args := map[string]string{"stars": strconv.Itoa(s.Standing.Stars)}
	if s.Standing.ValidUntil != "" {
		args["valid_until"] = s.Standing.ValidUntil.Shown()
	}
	if s.Standing.Number != "" {
		args["decision"] = s.Standing.Number
	}
	return args
}

// questions are the fields on which a person must decide or that the
// marketplace will not take.
func questions(diffs []FieldDiff) []catalog.Reason {
	codes := map[Verdict]string{AskThem: "drift.ask", Both: "drift.both_changed", Ignored: "drift.ignored"}
	var out []catalog.Reason
	for _, d := range diffs {
		if code, ok := codes[d.Verdict]; ok {
			out = append(out, catalog.Reason{Code: code, Args: map[string]string{"field": string(d.Field), "there": short(d.There), "want": short(d.Want)}})
		}
	}
	return out
}

// rejectionReasons puts a moderator's reasons into codes of the catalogue;
// fallback stands where none was given.
func rejectionReasons(fallback string, l catalog.Listing) []catalog.Reason {
	var out []catalog.Reason
	for _, r := range l.Rejections {
		switch {
		case r.Code != "":
			out = append(out, catalog.Reason{Code: "rejected." + r.Code, Args: map[string]string{"words": short(r.Message)}})
		case r.Message != "":
			out = append(out, catalog.Reason{Code: "rejected.in_words", Args: map[string]string{"words": short(r.Message)}})
		}
	}
	if fallback == "listing.locked" || len(out) == 0 {
		out = append([]catalog.Reason{{Code: fallback}}, out...)
	}
	return out
}

// RejectionReasons are the reasons of a listing that a moderator refused.
func RejectionReasons(l catalog.Listing) []catalog.Reason {
	if l.MarketState == string(adapters.Locked) {
		return rejectionReasons("listing.locked", l)
	}
	return rejectionReasons("rejected.unexplained", l)
}

// short keeps a sentence readable.
func short(text string) string {
	const most = 200
	r := []rune(text)
	if len(r) <= most {
		return text
	}
	return string(r[:most-1]) + "…"
}
