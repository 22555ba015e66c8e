package dashboard

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"lensan/adapters"
	"lensan/cmd/lensan/text"
	"lensan/store"
)

// planRows bounds the changes shown of each kind; the rest is counted.
const planRows = 200

type planData struct {
	page
	Plan    store.Plan
	Closes  int
	Changes int
	LeftOut int
	Groups  []planGroup
	Reasons []planReason
	Started bool
}

// planGroup is all changes of one kind on one marketplace.
type planGroup struct {
	Marketplace string
	Op          string
	N           int
	Products    []planItem
	Tone        string
}

type planItem struct {
	SKU, ProductCode, Name string
	Diff                   []diffView
}

type diffView struct{ Field, There, Wanted string }

type planReason struct {
	Code, Marketplace, What string
	N                       int
}

func (d *Dashboard) plan(w http.ResponseWriter, r *http.Request, v *visit) error {
	plan, err := d.Store.GetPlan(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	data, err := d.reviewPlan(r.Context(), v, plan)
	if err != nil {
		return err
	}
	return d.show(w, r, v, http.StatusOK, "plan", data)
}

// reviewPlan counts a plan's items by what they do, and shows the first of
// each.
func (d *Dashboard) reviewPlan(ctx ctx, v *visit, plan store.Plan) (*planData, error) {
	data := &planData{page: v.page("runs", v.tr("Kế hoạch", "Plan")), Plan: plan}
	groups := map[[2]string]*planGroup{}
	reasons := map[[2]string]*planReason{}
	var shown []string
	places, err := v.places(ctx)
	if err != nil {
		return nil, err
	}
	err = d.Store.PlanItems(ctx, plan.ID, func(items []store.PlanItem) error {
		for _, i := range items {
			if i.Ops == "" {
				data.LeftOut++
				k := [2]string{i.ReasonCode, i.Marketplace}
				if reasons[k] == nil {
					e := text.ExplainGroup(i.ReasonCode)
					reasons[k] = &planReason{Code: i.ReasonCode, Marketplace: i.Marketplace, What: v.tr(e.VI, e.EN)}
				}
				reasons[k].N++
				continue
			}
			data.Changes++
			if slices.Contains(strings.Fields(i.Ops), string(adapters.OpClose)) {
				data.Closes++
			}
			k := [2]string{i.Marketplace, i.Ops}
			g := groups[k]
			if g == nil {
				g = &planGroup{Marketplace: i.Marketplace, Op: i.Ops, Tone: opTone(i.Ops)}
				groups[k] = g
			}
			g.N++
			if len(g.Products) < planRows {
				g.Products = append(g.Products, planItem{SKU: i.SKU, ProductCode: i.ProductCode, Diff: v.diff(i.Marketplace, i.Diff, places)})
				shown = append(shown, i.ProductCode)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	names, err := d.Store.ProductNames(ctx, shown)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		for i := range g.Products {
			g.Products[i].Name = names[g.Products[i].ProductCode]
		}
		data.Groups = append(data.Groups, *g)
	}
	slices.SortFunc(data.Groups, func(a, b planGroup) int {
		return cmp.Or(cmp.Compare(opOrder(a.Op), opOrder(b.Op)), cmp.Compare(a.Marketplace, b.Marketplace))
	})
	for _, r := range reasons {
		data.Reasons = append(data.Reasons, *r)
	}
	slices.SortFunc(data.Reasons, func(a, b planReason) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Marketplace, b.Marketplace))
	})
	return data, nil
}

// opOrder puts what does harm first.
func opOrder(ops string) int {
	for i, op := range []adapters.Op{adapters.OpClose, adapters.OpUpdateContent, adapters.OpUpdateOffer, adapters.OpReopen, adapters.OpAdopt, adapters.OpCreate} {
		if slices.Contains(strings.Fields(ops), string(op)) {
			return i
		}
	}
	return 9
}

func opTone(ops string) string {
	switch opOrder(ops) {
	case 0:
		return "bad"
	case 1, 2:
		return "todo"
	}
	return "good"
}

// diff puts a stored difference into words. Long texts are cut.
func (v *visit) diff(lane, raw string, places map[string]string) []diffView {
	var fields []struct {
		Field  string `json:"field"`
		There  string `json:"there"`
		Wanted string `json:"wanted"`
	}
	if json.Unmarshal([]byte(raw), &fields) != nil {
		return nil
	}
	var out []diffView
	for _, f := range fields {
		out = append(out, diffView{Field: f.Field, There: v.diffText(lane, f.Field, f.There, places), Wanted: v.diffText(lane, f.Field, f.Wanted, places)})
	}
	return out
}

func (v *visit) diffText(lane, field, value string, places map[string]string) string {
	if value == "" {
		return ""
	}
	s := strings.Join(v.thereLines(lane, adapters.Field(field), value, places), " · ")
	if r := []rune(s); len(r) > 120 {
		return string(r[:120]) + "…"
	}
	return s
}
