package dashboard

import (
	"strconv"

	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
)

// personal are the columns of a register whose cells are nobody's business but
// the operators'.
var personal = map[string]bool{"phone": true, "tax_code": true, "address": true}

// importView puts the report of an import into words.
func (d *Dashboard) importView(v *visit, rep store.ImportReport, doubts []catalog.Doubt) *importData {
	data := &importData{page: v.page("imports", v.tr("Lần nhập", "Import")), Report: rep}
	for _, doubt := range doubts {
		e := text.Explain(catalog.Reason{Code: doubt.Reason, Args: doubt.Args})
		value := doubt.Value
		if personal[doubt.Field] && v.user.role < roleOperator {
			value = mask(value)
		}
		data.Doubts = append(data.Doubts, doubtView{Where: doubt.Sheet + " · " + doubt.Cell, Value: value, What: v.tr(e.VI, e.EN), How: v.tr(e.FixVI, e.FixEN)})
	}
	for _, reason := range rep.Held {
		e := text.Explain(reason)
		data.Held = append(data.Held, reasonView{v.tr(e.VI, e.EN), v.tr(e.FixVI, e.FixEN), string(e.Who)})
	}
	for _, h := range rep.Hardest {
		hit := hitView{Code: h.ProductCode, Name: h.Name}
		for _, reason := range h.What {
			e := text.Explain(reason)
			hit.What = append(hit.What, v.tr(e.VI, e.EN))
		}
		data.Hits = append(data.Hits, hit)
	}
	return data
}

// pictureProblems puts into words which pictures are named and not to be had.
func (v *visit) pictureProblems(all []store.PictureProblem) []pictureView {
	var out []pictureView
	for _, p := range all {
		e := text.Explain(catalog.Reason{Code: p.Reason, Args: p.Args})
		out = append(out, pictureView{p.SKU, p.Name, p.Cell, v.tr(e.VI, e.EN), v.tr(e.FixVI, e.FixEN)})
	}
	return out
}

func toInt64(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}
