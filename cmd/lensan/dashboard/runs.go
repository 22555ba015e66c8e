package dashboard

import (
	"cmp"
	"encoding/json"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"lensan/cmd/lensan/dashboard/shelf"
	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
)

type runsData struct {
	page
	Runs   []runLine
	Next   string
	Engine bool
	Lanes  []store.Lane
}

// runLine is one run in a list.
type runLine struct {
	store.RunRow
	About catalog.Scope
	Took  time.Duration
	Why   string
}

func (v *visit) runLine(r store.RunRow) runLine {
	l := runLine{RunRow: r}
	_ = json.Unmarshal([]byte(r.Scope), &l.About) // what is not understood is shown as everything
	if r.StartedAt > 0 {
		end := toTime(r.FinishedAt)
		if end.IsZero() {
			end = v.now
		}
		l.Took = end.Sub(toTime(r.StartedAt))
	}
	if r.Reason != "" {
		e := explain(r.Reason)
		l.Why = v.tr(e.VI, e.EN)
	}
	return l
}

func (d *Dashboard) runs(w http.ResponseWriter, r *http.Request, v *visit) error {
	rows, next, err := d.Store.RunStatus(r.Context(), store.Page{After: r.URL.Query().Get("after"), Limit: 50})
	if err != nil {
		return err
	}
	data := &runsData{page: v.page("runs", v.tr("Lượt đồng bộ", "Runs"))}
	for _, row := range rows {
		data.Runs = append(data.Runs, v.runLine(row))
	}
	if next != "" {
		data.Next = string(link("/runs", "after", next))
	}
	if data.Engine, err = d.EngineAlive(r.Context()); err != nil {
		return err
	}
	if data.Lanes, err = d.Store.Lanes(r.Context()); err != nil {
		return err
	}
	return d.show(w, r, v, http.StatusOK, "runs", data)
}

type runData struct {
	page
	Run      runLine
	PlanID   string
	Progress progress
	Causes   []runCause
	Items    []catalog.Item
	Events   []store.Event
	Open     bool
	Revert   bool   // it can be taken back
	Reverts  string // the run that this one takes back
	Failed   int    // items that can be tried again
	Decide   int    // decisions that the run waits for
}

// progress is how far a run is, counted from its items.
type progress struct {
	ID        string
	State     string
	Open      bool
	Cancel    bool // asked to stop
	Ended     int
	Total     int
	Failed    int
	Bars      []bar
	Parts     []progressPart // the legend of the bars
	Lanes     []laneProgress
	PerMinute int
	Left      time.Duration
	Last      time.Time // when an item last ended

	Beat       time.Time // when a process that works last told of itself
	FinishedAt time.Time
	Took       time.Duration
	Engine     bool
	Version    string // changes when what is shown does
}

// progressPart is one part of a run's items.
type progressPart struct {
	Label, Tone string
	N           int
}

type laneProgress struct {
	store.LaneProgress
	Bars   []bar
	Paused bool
	Why    string
}

type runCause struct {
	State catalog.ItemState
	Code  string
	N     int
	What  string
	How   string
	Retry bool
}

func (d *Dashboard) progress(ctx ctx, v *visit, id string) (progress, store.RunRow, store.RunCounts, error) {
	facts, err := d.counted.of(ctx, d.Store, id)
	if err != nil {
		return progress{}, store.RunRow{}, store.RunCounts{}, err
	}
	row, counts := facts.row, facts.counts
	p := progress{ID: id, State: row.State, Open: row.FinishedAt == 0, Ended: counts.Ended(), Total: counts.Total(), Failed: counts.Failed}
	if p.FinishedAt = toTime(row.FinishedAt); !p.FinishedAt.IsZero() && row.StartedAt > 0 {
		p.Took = p.FinishedAt.Sub(toTime(row.StartedAt))
	}
	for _, part := range []struct {
		state catalog.ItemState
		tone  string
		n     int
	}{{catalog.ItemDone, "good", counts.Done}, {catalog.ItemUnchanged, "good", counts.Unchanged}, {catalog.ItemLeftOut, "good", counts.LeftOut},
		{catalog.ItemFailed, "bad", counts.Failed}, {catalog.ItemCancelled, "off", counts.Cancelled}, {catalog.ItemBatched, "wait", counts.Batched}, {catalog.ItemWaiting, "none", counts.Waiting}} {
		if part.n > 0 {
			p.Parts = append(p.Parts, progressPart{itemWord(v.lang, part.state), part.tone, part.n})
		}
	}
	p.Bars = stack(p.Total, counts.Done+counts.Unchanged+counts.LeftOut, "good", counts.Failed, "bad", counts.Cancelled, "off", counts.Batched, "wait")
	lights, alive, err := d.laneLights(ctx, v)
	if err != nil {
		return p, row, counts, err
	}
	p.Engine = alive
	for _, light := range lights {
		if light.Pace.At.After(p.Beat) {
			p.Beat = light.Pace.At
		}
	}
	for _, l := range facts.lanes {
		lane := laneProgress{LaneProgress: l, Bars: stack(l.Total, l.Ended-l.Failed, "good", l.Failed, "bad")}
		for _, light := range lights {
			if light.Marketplace == l.Marketplace && light.Paused {
				lane.Paused, lane.Why = true, v.tr(light.Reason.VI, light.Reason.EN)
			}
		}
		p.Lanes = append(p.Lanes, lane)
	}
	// The rate is that of the last minute, or of as long as the run has run.
	window := time.Minute
	if begun := v.now.Sub(toTime(row.StartedAt)); row.StartedAt > 0 && begun < window {
		window = max(begun, time.Second)
	}
	recent, last, err := d.Store.RunPace(ctx, id, v.now.Add(-window))
	if err != nil {
		return p, row, counts, err
	}
	p.Last = last
	p.PerMinute = int(float64(recent) * float64(time.Minute) / float64(window))
	if p.PerMinute > 0 {
		p.Left = time.Duration(p.Total-p.Ended) * time.Minute / time.Duration(p.PerMinute)
	}
	run, err := d.Store.GetRun(ctx, id)
	p.Cancel = !run.CancelRequestedAt.IsZero()
	p.Version = strconv.Itoa(p.Ended) + "/" + strconv.Itoa(p.Total) + p.State + strconv.Itoa(counts.Batched)
	return p, row, counts, err
}

func (d *Dashboard) run(w http.ResponseWriter, r *http.Request, v *visit) error {
	ctx, id := r.Context(), r.PathValue("id")
	p, row, counts, err := d.progress(ctx, v, id)
	if err != nil {
		return err
	}
	data := &runData{page: v.page("runs", v.tr("Lượt ", "Run ")+id), Run: v.runLine(row), Progress: p, Open: p.Open}
	if isPart(r, "progress") {
		return d.write(w, r, v, http.StatusOK, "run", "progress", data)
	}
	for _, c := range counts.Reasons {
		e := text.ExplainGroup(c.Code)
		data.Causes = append(data.Causes, runCause{c.State, c.Code, c.Count, v.tr(e.VI, e.EN), v.tr(e.FixVI, e.FixEN),
			c.State == catalog.ItemFailed || c.State == catalog.ItemCancelled})
	}
	run, err := d.Store.GetRun(ctx, id)
	if err != nil {
		return err
	}
	data.PlanID, data.Reverts, data.Failed = run.PlanID, run.Reverts, counts.Failed
	data.Revert = d.Revert != nil && !p.Open && row.Applied > 0
	if data.Items, err = d.Store.ListItems(ctx, store.ItemFilter{RunID: id, State: catalog.ItemFailed, Limit: 100}); err != nil {
		return err
	}
	if data.Events, err = d.Store.ListEvents(ctx, store.EventFilter{RunID: id, Kind: "run.", Limit: 50}); err != nil {
		return err
	}
	return d.show(w, r, v, http.StatusOK, "run", data)
}

// moveRun cancels, pauses or resumes a run.
func (d *Dashboard) moveRun(w http.ResponseWriter, r *http.Request, v *visit) error {
	ctx, id, by := r.Context(), r.PathValue("id"), v.user.name
	var err error
	defer d.counted.forget(id)
	move := r.PathValue("move")
	switch move {
	case "cancel":
		err = d.Store.CancelRun(ctx, id, by)
	case "pause":
		err = d.Store.PauseRun(ctx, id, by)
	case "resume":
		err = d.Store.ResumeRun(ctx, id, by)
	default:
		return errNotFound
	}
	if err != nil {
		return err
	}
	return done(w, r, "/runs/"+id, move)
}

// request writes the row that asks for a run, and shows the run.
func (d *Dashboard) request(w http.ResponseWriter, r *http.Request, v *visit, q store.RunRequest) error {
	q.Trigger, q.By = catalog.TriggerDashboard, v.user.name
	run, joined, err := d.Store.RequestRun(r.Context(), q)
	if err != nil {
		return err
	}
	note := "run"
	if joined {
		note = "joined"
	}
	return done(w, r, "/runs/"+run.ID, note)
}

type newRunData struct {
	page
	SKUs     int
	Products int
	Live     int // of the SKUs found, on sale on a lane that is asked about
	Filter   template.URL
	Facets   []facet
	About    catalog.Scope
	Policies []catalog.Policy
	Lanes    []shelf.Lane
	Lane     string
	Engine   bool
}

// newRun asks what to do with everything that a filter finds, its count first.
func (d *Dashboard) newRun(w http.ResponseWriter, r *http.Request, v *visit) error {
	s, err := d.keeper.Fresh(r.Context())
	if err != nil {
		return err
	}
	q, err := d.meant(r.Context(), queryOf(r.URL.Query()))
	if err != nil {
		return err
	}
	found, err := s.Find(q)
	if err != nil {
		return err
	}
	data := &newRunData{page: v.page("runs", v.tr("Lượt mới", "New run")), SKUs: found.SKUs, Products: found.Products, Lanes: s.Lanes, Lane: q.Lane,
		Filter: template.URL(filterOf(r.URL.Query()).Encode()), Facets: v.facets(queryOf(r.URL.Query()), r.URL.Query()),
		Policies: []catalog.Policy{catalog.PolicyUpsertOnly, catalog.PolicyCreateOnly, catalog.PolicySync}}
	data.About, _ = scopeOf(s, q)
	live := q
	live.Market = []string{"live"}
	if f, err := s.Find(live); err == nil {
		data.Live = f.SKUs
	}
	if data.Engine, err = d.EngineAlive(r.Context()); err != nil {
		return err
	}
	return d.show(w, r, v, http.StatusOK, "newrun", data)
}

// startRun takes the form of newRun or of a plan. What may take listings off
// sale is confirmed by typing how many.
func (d *Dashboard) startRun(w http.ResponseWriter, r *http.Request, v *visit) error {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	if err := r.ParseForm(); err != nil {
		return say(http.StatusBadRequest, "Biểu mẫu không đọc được.", "The form can't be read.")
	}
	form := r.PostForm
	if id := form.Get("plan"); id != "" {
		return d.startPlan(w, r, v, id, form.Get("confirm"))
	}
	kind := catalog.RunKind(cmp.Or(form.Get("kind"), string(catalog.RunSync)))
	policy := catalog.Policy(cmp.Or(form.Get("policy"), string(catalog.PolicyUpsertOnly)))
	if kind == catalog.RunRefresh {
		policy = catalog.PolicyObserve
	}
	if kind != catalog.RunSync && kind != catalog.RunRefresh || policyWords[policy].VI == "" {
		return say(http.StatusBadRequest, "Chọn lại cách chạy.", "Choose how to run again.")
	}
	filter, err := url.ParseQuery(form.Get("filter"))
	if err != nil {
		return say(http.StatusBadRequest, "Bộ lọc không đọc được.", "The filter can't be read.")
	}
	s, err := d.keeper.Fresh(r.Context())
	if err != nil {
		return err
	}
	q, err := d.meant(r.Context(), queryOf(filter))
	if err != nil {
		return err
	}
	scope, skus := scopeOf(s, q)
	if skus == 0 {
		return say(http.StatusConflict, "Bộ lọc không khớp mã hàng nào.", "The filter matches no SKU.")
	}
	if form.Get("do") == "preview" && d.Plan != nil {
		id, err := d.Plan(r.Context(), scope, policy)
		if err != nil {
			return err
		}
		http.Redirect(w, r, "/plans/"+id, http.StatusSeeOther)
		return nil
	}
	if policy == catalog.PolicySync && kind == catalog.RunSync && form.Get("confirm") != strconv.Itoa(skus) {
		return say(http.StatusConflict,
			"Cách chạy này có thể ẩn hàng đang bán. Hãy quay lại và gõ đúng số mã hàng ("+strconv.Itoa(skus)+") để xác nhận, hoặc xem trước kế hoạch.",
			"This may take listings off sale. Go back and type the number of SKUs ("+strconv.Itoa(skus)+") to confirm, or preview the plan.")
	}
	return d.request(w, r, v, store.RunRequest{Kind: kind, Scope: scope, Policy: policy})
}

func (d *Dashboard) startPlan(w http.ResponseWriter, r *http.Request, v *visit, id, confirm string) error {
	plan, err := d.Store.GetPlan(r.Context(), id)
	if err != nil {
		return err
	}
	review, err := d.reviewPlan(r.Context(), v, plan)
	if err != nil {
		return err
	}
	if review.Closes > 0 && confirm != strconv.Itoa(review.Closes) {
		return say(http.StatusConflict, "Kế hoạch này ẩn "+strconv.Itoa(review.Closes)+" mã hàng. Hãy quay lại và gõ đúng số đó để xác nhận.",
			"The plan closes "+strconv.Itoa(review.Closes)+" listings. Go back and type that number to confirm.")
	}
	return d.request(w, r, v, store.RunRequest{Kind: catalog.RunSync, Scope: plan.Scope, Policy: plan.Policy, PlanID: plan.ID})
}
