package dashboard

import (
	"net/http"

	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
)

type decisionsData struct {
	page
	Rows        []decisionView
	Withdrawals []store.Withdrawal
	Successions []store.Succession
	Held        []store.ImportReport
	Old         []decisionView
	Next        string
}

type decisionView struct {
	catalog.Decision
	Title   string
	Says    string
	Choices []choiceView
	Answer  string
	Name    string // the product's
}

type choiceView struct{ Value, Label, Means string }

func (d *Dashboard) decisions(w http.ResponseWriter, r *http.Request, v *visit) error {
	ctx := r.Context()
	data := &decisionsData{page: v.page("decisions", v.tr("Chờ quyết định", "Decisions"))}
	open, err := d.Store.Decisions(ctx, store.DecisionFilter{State: "open", After: r.URL.Query().Get("after"), Limit: 50})
	if err != nil {
		return err
	}
	if len(open) == 50 {
		data.Next = string(link("/decisions", "after", open[49].ID))
	}
	if data.Rows, err = v.decisionViews(ctx, open); err != nil {
		return err
	}
	if data.Withdrawals, err = d.Store.Withdrawals(ctx, "proposed", "", 100); err != nil {
		return err
	}
	if data.Successions, err = d.Store.Successions(ctx, "", 100); err != nil {
		return err
	}
	imports, err := d.Store.Imports(ctx, "", 50)
	if err != nil {
		return err
	}
	for _, i := range imports {
		if i.State == store.ImportHeld {
			data.Held = append(data.Held, i)
		}
	}
	return d.show(w, r, v, http.StatusOK, "decisions", data)
}

func (v *visit) decisionViews(ctx ctx, all []catalog.Decision) ([]decisionView, error) {
	var codes []string
	for _, d := range all {
		codes = append(codes, d.ProductCode)
	}
	names, err := v.d.Store.ProductNames(ctx, codes)
	if err != nil {
		return nil, err
	}
	var out []decisionView
	for _, d := range all {
		w := text.ExplainDecision(d)
		view := decisionView{Decision: d, Title: w.Title.In(v.lang), Says: w.Says.In(v.lang), Name: names[d.ProductCode]}
		for _, c := range w.Choices {
			view.Choices = append(view.Choices, choiceView{c.Value, c.Label.In(v.lang), c.Means.In(v.lang)})
		}
		out = append(out, view)
	}
	return out, nil
}

func (d *Dashboard) decide(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := r.ParseForm(); err != nil {
		return say(http.StatusBadRequest, "Biểu mẫu không đọc được.", "The form can't be read.")
	}
	note := r.PostForm.Get("note")
	if len(note) > 1000 {
		return say(http.StatusBadRequest, "Ghi chú dài quá 1.000 ký tự.", "The note is longer than 1,000 characters.")
	}
	run, err := d.Store.ResolveDecision(r.Context(), r.PathValue("id"), r.PostForm.Get("choice"), v.user.name, note)
	if err != nil {
		return err
	}
	if run != nil {
		return done(w, r, "/runs/"+run.ID, "run")
	}
	return done(w, r, "/decisions", "decided")
}

func (d *Dashboard) decideWithdrawal(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := r.ParseForm(); err != nil {
		return say(http.StatusBadRequest, "Biểu mẫu không đọc được.", "The form can't be read.")
	}
	choice := r.PostForm.Get("choice")
	if choice != "confirm" && choice != "reject" {
		return store.ErrChoice
	}
	if err := d.Store.DecideWithdrawal(r.Context(), r.PathValue("code"), choice == "confirm", v.user.name); err != nil {
		return err
	}
	return done(w, r, "/decisions", "decided")
}

func (d *Dashboard) decideSuccession(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := r.ParseForm(); err != nil {
		return say(http.StatusBadRequest, "Biểu mẫu không đọc được.", "The form can't be read.")
	}
	var err error
	switch r.PostForm.Get("choice") {
	case "rename":
		err = d.Store.RenameSKU(r.Context(), r.PostForm.Get("gone"), r.PathValue("sku"), v.user.name)
	case "separate":
		err = d.Store.SeparateSKU(r.Context(), r.PathValue("sku"), v.user.name)
	default:
		err = store.ErrChoice
	}
	if err != nil {
		return err
	}
	return done(w, r, "/decisions", "decided")
}
