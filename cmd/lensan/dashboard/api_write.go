package dashboard

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"

	"lensan/store"
	"lensan/store/catalog"
)

type runRequestJSON struct {
	Kind   catalog.RunKind `json:"kind"`
	Policy catalog.Policy  `json:"policy"`
	Scope  catalog.Scope   `json:"scope"`
	PlanID string          `json:"plan_id"`
	// Confirm is the number of closes in the plan, or of SKUs in the scope,
	// where listings may be taken off sale.
	Confirm *int `json:"confirm"`
}

type runAskedJSON struct {
	RunID  string `json:"run_id"`
	Joined bool   `json:"joined"`
}

func (d *Dashboard) apiStartRun(r *http.Request, v *visit) (answer, error) {
	var q runRequestJSON
	if err := bodyOf(r, &q); err != nil {
		return answer{}, err
	}
	q.Kind = cmp.Or(q.Kind, catalog.RunSync)
	q.Policy = cmp.Or(q.Policy, catalog.PolicyUpsertOnly)
	if !slices.Contains(runKinds, q.Kind) || !slices.Contains(catalog.Policies, q.Policy) {
		return answer{}, say(http.StatusBadRequest, "kind hoặc policy không có.", "There is no such kind or policy.")
	}
	ask := store.RunRequest{Kind: q.Kind, Scope: q.Scope, Policy: q.Policy, Trigger: catalog.TriggerAPI, By: v.user.name}
	if q.PlanID != "" {
		plan, err := d.Store.GetPlan(r.Context(), q.PlanID)
		if err != nil {
			return answer{}, err
		}
		review, err := d.reviewPlan(r.Context(), v, plan)
		if err != nil {
			return answer{}, err
		}
		if review.Closes > 0 && (q.Confirm == nil || *q.Confirm != review.Closes) {
			return answer{}, say(http.StatusConflict, "Kế hoạch ẩn "+strconv.Itoa(review.Closes)+" mã hàng: gửi số đó trong confirm.",
				"The plan closes "+strconv.Itoa(review.Closes)+" listings: send that number as confirm.")
		}
		ask.Scope, ask.Policy, ask.PlanID = plan.Scope, plan.Policy, plan.ID
	} else if q.Policy == catalog.PolicySync && q.Kind != catalog.RunRefresh {
		n, err := d.Store.CountSKUs(r.Context(), store.FilterOf(q.Scope))
		if err != nil {
			return answer{}, err
		}
		if q.Confirm == nil || *q.Confirm != n {
			return answer{}, say(http.StatusConflict, "Có thể ẩn hàng đang bán: gửi số mã hàng ("+strconv.Itoa(n)+") trong confirm.",
				"Listings may be taken off sale: send the number of SKUs ("+strconv.Itoa(n)+") as confirm.")
		}
	}
	run, joined, err := d.Store.RequestRun(r.Context(), ask)
	if err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusAccepted, body: runAskedJSON{run.ID, joined}, at: "/api/v1/runs/" + run.ID}, nil
}

func (d *Dashboard) apiMoveRun(r *http.Request, v *visit) (answer, error) {
	ctx, id, by := r.Context(), r.PathValue("id"), v.user.name
	var err error
	switch r.PathValue("move") {
	case "cancel":
		err = d.Store.CancelRun(ctx, id, by)
	case "pause":
		err = d.Store.PauseRun(ctx, id, by)
	case "resume":
		err = d.Store.ResumeRun(ctx, id, by)
	default:
		err = errNotFound
	}
	if err != nil {
		return answer{}, err
	}
	d.counted.forget(id)
	return d.apiRun(r, v)
}

func (d *Dashboard) apiMoveLane(r *http.Request, v *visit) (answer, error) {
	ctx, lane := r.Context(), r.PathValue("lane")
	lanes, err := d.Store.Lanes(ctx)
	if err != nil {
		return answer{}, err
	}
	if !slices.ContainsFunc(lanes, func(l store.Lane) bool { return l.Marketplace == lane }) {
		return answer{}, errNotFound
	}
	switch r.PathValue("move") {
	case "pause":
		err = d.Store.PauseLane(ctx, lane, store.NeverResumes, reasonByHand, v.user.name)
	case "resume":
		err = d.Store.ResumeLane(ctx, lane, v.user.name)
	default:
		err = errNotFound
	}
	if err != nil {
		return answer{}, err
	}
	return d.apiLanes(r, v)
}

type choiceJSON struct {
	Choice string `json:"choice"`
	Note   string `json:"note"`
}

type decidedJSON struct {
	ID    string `json:"id"`
	RunID string `json:"run_id"` // of the run that the answer asked for; empty: none
}

func (d *Dashboard) apiDecide(r *http.Request, v *visit) (answer, error) {
	var c choiceJSON
	if err := bodyOf(r, &c); err != nil {
		return answer{}, err
	}
	run, err := d.Store.ResolveDecision(r.Context(), r.PathValue("id"), c.Choice, v.user.name, c.Note)
	if err != nil {
		return answer{}, err
	}
	out := decidedJSON{ID: r.PathValue("id")}
	if run != nil {
		out.RunID = run.ID
	}
	return answer{body: out}, nil
}

var runKinds = []catalog.RunKind{catalog.RunSync, catalog.RunReconcile, catalog.RunRefresh}
