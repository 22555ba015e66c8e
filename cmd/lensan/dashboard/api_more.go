package dashboard

import (
	"net/http"
	"time"

	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
)

type planRequestJSON struct {
	Policy catalog.Policy `json:"policy"`
	Scope  catalog.Scope  `json:"scope"`
}

type planJSON struct {
	PlanID  string           `json:"plan_id"`
	Policy  catalog.Policy   `json:"policy"`
	AsOf    catalog.Day      `json:"as_of"`
	Changes int              `json:"changes"`
	Closes  int              `json:"closes"`
	LeftOut int              `json:"left_out"`
	Groups  []planGroupJSON  `json:"groups"`
	Reasons []planReasonJSON `json:"reasons"`
}

type planGroupJSON struct {
	Marketplace string `json:"marketplace"`
	Ops         string `json:"ops"`
	Count       int    `json:"count"`
}

type planReasonJSON struct {
	Marketplace string `json:"marketplace"`
	Code        string `json:"code"`
	Count       int    `json:"count"`
	VI          string `json:"vi"`
	EN          string `json:"en"`
}

// apiDrawPlan draws a plan without carrying it out.
func (d *Dashboard) apiDrawPlan(r *http.Request, v *visit) (answer, error) {
	var q planRequestJSON
	if err := bodyOf(r, &q); err != nil {
		return answer{}, err
	}
	if q.Policy == "" {
		q.Policy = catalog.PolicyUpsertOnly
	}
	if policyWords[q.Policy].VI == "" {
		return answer{}, say(http.StatusBadRequest, "policy không có.", "There is no such policy.")
	}
	if d.Plan == nil {
		return answer{}, errNotFound
	}
	id, err := d.Plan(r.Context(), q.Scope, q.Policy)
	if err != nil {
		return answer{}, err
	}
	a, err := d.planAnswer(r, v, id)
	a.status, a.at = http.StatusCreated, "/api/v1/plans/"+id
	return a, err
}

func (d *Dashboard) apiPlan(r *http.Request, v *visit) (answer, error) {
	return d.planAnswer(r, v, r.PathValue("id"))
}

func (d *Dashboard) planAnswer(r *http.Request, v *visit, id string) (answer, error) {
	plan, err := d.Store.GetPlan(r.Context(), id)
	if err != nil {
		return answer{}, err
	}
	review, err := d.reviewPlan(r.Context(), v, plan)
	if err != nil {
		return answer{}, err
	}
	out := planJSON{PlanID: plan.ID, Policy: plan.Policy, AsOf: plan.AsOf, Changes: review.Changes, Closes: review.Closes, LeftOut: review.LeftOut,
		Groups: []planGroupJSON{}, Reasons: []planReasonJSON{}}
	for _, g := range review.Groups {
		out.Groups = append(out.Groups, planGroupJSON{g.Marketplace, g.Op, g.N})
	}
	for _, x := range review.Reasons {
		e := text.ExplainGroup(x.Code)
		out.Reasons = append(out.Reasons, planReasonJSON{x.Marketplace, x.Code, x.N, e.VI, e.EN})
	}
	return answer{body: out}, nil
}

type revertJSON struct {
	Listings int               `json:"listings"`
	Closes   int               `json:"closes"`
	Left     int               `json:"left_alone"`
	Same     int               `json:"unchanged"`
	Brake    string            `json:"brake"`
	Changes  []planGroupJSON   `json:"changes"`
	Named    []revertNamedJSON `json:"left"`
}

type revertNamedJSON struct {
	Marketplace string `json:"marketplace"`
	SKU         string `json:"sku"`
	ProductCode string `json:"product_code"`
	Reason      string `json:"reason"`
}

// apiPreviewRevert tells what taking a run back would do.
func (d *Dashboard) apiPreviewRevert(r *http.Request, v *visit) (answer, error) {
	if _, err := d.revertible(r.Context(), r.PathValue("id")); err != nil {
		return answer{}, err
	}
	would, err := d.Revert(r.Context(), r.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	out := revertJSON{Listings: would.Total(), Closes: would.Closes, Left: would.LeftN, Same: would.Same, Brake: would.Brake, Changes: []planGroupJSON{}, Named: []revertNamedJSON{}}
	for _, c := range would.Changes {
		out.Changes = append(out.Changes, planGroupJSON{c.Marketplace, c.Ops, c.N})
	}
	for _, l := range would.Left {
		for _, reason := range l.Reasons {
			out.Named = append(out.Named, revertNamedJSON{l.Marketplace, l.SKU, l.ProductCode, v.reasonWords(l.Marketplace, reason)})
		}
	}
	return answer{body: out}, nil
}

func (d *Dashboard) apiRevert(r *http.Request, v *visit) (answer, error) {
	var q struct {
		Confirm string `json:"confirm"`
	}
	if err := bodyOf(r, &q); err != nil {
		return answer{}, err
	}
	ask, err := d.revertRequest(r.Context(), r.PathValue("id"), q.Confirm)
	if err != nil {
		return answer{}, err
	}
	return d.apiAsk(r, v, ask)
}

func (d *Dashboard) apiRetry(r *http.Request, v *visit) (answer, error) {
	var q struct {
		State  string `json:"state"`
		Reason string `json:"reason"`
	}
	if err := bodyOf(r, &q); err != nil {
		return answer{}, err
	}
	skus, err := d.retryable(r.Context(), r.PathValue("id"), q.State, q.Reason)
	if err != nil {
		return answer{}, err
	}
	return d.apiAsk(r, v, retryRequest(skus))
}

// apiAsk writes the row that asks for a run.
func (d *Dashboard) apiAsk(r *http.Request, v *visit, ask store.RunRequest) (answer, error) {
	ask.Trigger, ask.By = catalog.TriggerAPI, v.user.name
	run, joined, err := d.Store.RequestRun(r.Context(), ask)
	if err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusAccepted, body: runAskedJSON{run.ID, joined}, at: "/api/v1/runs/" + run.ID}, nil
}

// apiHealth gives what the page of the same name shows.
func (d *Dashboard) apiHealth(r *http.Request, v *visit) (answer, error) {
	checks, err := d.allChecks(r.Context(), v)
	if err != nil {
		return answer{}, err
	}
	return answer{body: list{Rows: rowsOf(checks)}}, nil
}

type importJSON struct {
	ID              string            `json:"id"`
	State           store.ImportState `json:"state"`
	Files           []string          `json:"files"`
	By              string            `json:"by"`
	At              int64             `json:"at"`
	Products        int               `json:"products"`
	SKUs            int               `json:"skus"`
	Doubts          int               `json:"doubts"`
	RowsRefused     int               `json:"rows_refused"`
	PictureProblems int               `json:"picture_problems"`
	Held            []string          `json:"held"`
	Cells           []importDoubtJSON `json:"cells,omitempty"`
}

type importDoubtJSON struct {
	Sheet  string `json:"sheet"`
	Cell   string `json:"cell"`
	Value  string `json:"value"`
	Reason string `json:"reason"`
	Fix    string `json:"fix"`
}

func (v *visit) importJSON(rep store.ImportReport) importJSON {
	out := importJSON{ID: rep.ID, State: rep.State, Files: rowsOf(rep.Files), By: rep.By, At: rep.At.UnixMilli(), Products: rep.Counts.Products.Read, SKUs: rep.Counts.SKUs.Read,
		Doubts: rep.DoubtCount, RowsRefused: rep.RowsRefused, PictureProblems: rep.PictureProblems, Held: []string{}}
	for _, reason := range rep.Held {
		e := text.Explain(reason)
		out.Held = append(out.Held, v.tr(e.VI, e.EN))
	}
	return out
}

func (d *Dashboard) apiImports(r *http.Request, v *visit) (answer, error) {
	p, err := pageOf(r)
	if err != nil {
		return answer{}, err
	}
	reports, err := d.Store.Imports(r.Context(), p.After, p.Limit)
	if err != nil {
		return answer{}, err
	}
	out := []importJSON{}
	for _, rep := range reports {
		out = append(out, v.importJSON(rep))
	}
	next := ""
	if len(reports) == p.Limit {
		next = reports[len(reports)-1].ID
	}
	return answer{body: list{Rows: out, Next: next}}, nil
}

// apiImport gives one import with its first thousand doubtful cells.
func (d *Dashboard) apiImport(r *http.Request, v *visit) (answer, error) {
	ctx, id := r.Context(), r.PathValue("id")
	rep, err := d.Store.ImportByID(ctx, id)
	if err != nil {
		return answer{}, err
	}
	doubts, err := d.Store.ImportDoubts(ctx, id, 0, 1000)
	if err != nil {
		return answer{}, err
	}
	out := v.importJSON(rep)
	for _, x := range doubts {
		e := text.Explain(catalog.Reason{Code: x.Reason, Args: x.Args})
		value := x.Value
		if personal[x.Field] && v.user.role < roleOperator {
			value = mask(value)
		}
		out.Cells = append(out.Cells, importDoubtJSON{x.Sheet, x.Cell, value, v.tr(e.VI, e.EN), v.tr(e.FixVI, e.FixEN)})
	}
	return answer{body: out}, nil
}

// apiSetSchedule sets the time of day at which a schedule runs, or switches it
// off.
func (d *Dashboard) apiSetSchedule(r *http.Request, v *visit) (answer, error) {
	var q struct {
		At  string `json:"at"`
		Off bool   `json:"off"`
	}
	if err := bodyOf(r, &q); err != nil {
		return answer{}, err
	}
	cron := store.CronOff
	if !q.Off {
		t, err := time.Parse("15:04", q.At)
		if err != nil {
			return answer{}, say(http.StatusBadRequest, "Giờ chạy cần viết như 02:00.", "Write the time like 02:00.")
		}
		cron = dailyCron(t)
	}
	if err := d.Store.SetSchedule(r.Context(), r.PathValue("name"), cron, v.user.name); err != nil {
		return answer{}, err
	}
	return d.apiSchedules(r, v)
}
