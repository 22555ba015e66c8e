package dashboard

import (
	"cmp"
	"html/template"
	"net/http"
	"slices"
	"time"

	"lensan/cmd/lensan/dashboard/shelf"
	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
)

// causeRow is one cause in words: what is wrong, how much it holds back, who
// mends it and how.
type causeRow struct {
	shelf.Cause
	catalog.Explanation
	What, How string // in the visitor's language
	Lanes     []string
	Query     template.URL
	Width     string
}

func explain(code string) catalog.Explanation { return text.Explain(catalog.Reason{Code: code}) }

// urgency orders the tones: what failed comes before what waits for data, and
// that before what is left out by the rules.
var urgency = []string{"bad", "todo", "wait", "off", "good"}

// causes groups what a query finds by cause, over the lanes it stands on, in
// words taken from one of the rows.
func (v *visit) causes(s *shelf.Shelf, q shelf.Query, limit int) []causeRow {
	type key struct{ code, bucket string }
	var rows []causeRow
	at := map[key]int{}
	for _, c := range s.Causes(q) {
		k := key{c.Code, c.Bucket}
		i, ok := at[k]
		if !ok {
			i = len(rows)
			at[k] = i
			rows = append(rows, causeRow{Cause: c})
		} else {
			rows[i].SKUs = max(rows[i].SKUs, c.SKUs)
			rows[i].Products = max(rows[i].Products, c.Products)
		}
		rows[i].Lanes = append(rows[i].Lanes, c.Lane)
	}
	slices.SortStableFunc(rows, func(a, b causeRow) int {
		tone := func(c causeRow) int { return slices.Index(urgency, bucketTone(store.Bucket(c.Bucket))) }
		return cmp.Or(cmp.Compare(tone(a), tone(b)), cmp.Compare(b.Products, a.Products))
	})
	if limit > 0 {
		rows = rows[:min(limit, len(rows))]
	}
	most := 1
	for _, r := range rows {
		most = max(most, r.Products)
	}
	for i := range rows {
		r := &rows[i]
		slices.Sort(r.Lanes)
		r.Lanes = slices.Compact(r.Lanes)
		r.Width = width(r.Products, most)
		e := explained(r.Code)
		r.Explanation = e
		r.What, r.How = v.tr(e.VI, e.EN), v.tr(e.FixVI, e.FixEN)
		if r.Cause.Who == "" {
			r.Cause.Who = string(e.Who)
		}
		lane := ""
		if len(r.Lanes) == 1 && len(s.Lanes) > 1 {
			lane = r.Lanes[0]
		}
		r.Query = template.URL(link("", "lane", lane, "reason", r.Code, "bucket", r.Bucket))
	}
	return rows
}

// explained puts a cause into words that fit all its products.
func explained(code string) catalog.Explanation {
	if code == store.ReasonNotPlanned {
		return catalog.Explanation{VI: "Chưa được đưa vào kế hoạch đồng bộ lần nào.", EN: "No plan has looked at it yet.",
			FixVI: "Bắt đầu một lượt đồng bộ.", FixEN: "Start a run.", Who: catalog.WhoOperator, Known: true}
	}
	return text.ExplainGroup(code)
}

type fixData struct {
	page
	Rows   []causeRow
	Lane   string
	Who    string
	Lanes  []shelf.Lane
	Whos   []string
	Tone   string
	Filter template.URL // as shown, for the export
	Facets []facet      // what the form has no field for
	At     time.Time
}

// shownCauses are the causes that the page shows: those that can be acted on,
// or all.
func (v *visit) shownCauses(s *shelf.Shelf, q shelf.Query, show string) []causeRow {
	rows := v.causes(s, q, 0)
	if show != "all" {
		rows = slices.DeleteFunc(rows, func(c causeRow) bool { return bucketTone(bucketOf(c)) == "off" })
	}
	return rows
}

func bucketOf(c causeRow) store.Bucket { return store.Bucket(c.Bucket) }

func (d *Dashboard) fix(w http.ResponseWriter, r *http.Request, v *visit) error {
	s, err := v.shelf(r.Context())
	if err != nil {
		return err
	}
	q, err := d.meant(r.Context(), queryOf(r.URL.Query()))
	if err != nil {
		return err
	}
	show := r.URL.Query().Get("show")
	rows := v.shownCauses(s, q, show)
	data := &fixData{page: v.page("fix", v.tr("Cần xử lý", "What to fix")), Rows: rows, Lane: q.Lane, Lanes: s.Lanes, Tone: show, At: s.At}
	filter := filterOf(r.URL.Query())
	rest := filterOf(filter)
	rest.Del("lane")
	rest.Del("who")
	data.Facets = v.facets(queryOf(rest), filter)
	if show != "" {
		filter.Set("show", show)
	}
	data.Filter = template.URL(filter.Encode()) //nolint:gosec // encoded
	data.Whos = []string{"producer", "commune_officer", "operator", "administrator", "marketplace"}
	if len(q.Who) > 0 {
		data.Who = q.Who[0]
	}
	if isPart(r, "results") {
		return d.write(w, r, v, http.StatusOK, "fix", "results", data)
	}
	return d.show(w, r, v, http.StatusOK, "fix", data)
}
