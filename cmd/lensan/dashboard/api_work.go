package dashboard

import (
	"encoding/json"
	"net/http"
	"time"

	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
)

func (d *Dashboard) apiRuns(r *http.Request, v *visit) (answer, error) {
	p, err := pageOf(r)
	if err != nil {
		return answer{}, err
	}
	rows, next, err := d.Store.RunStatus(r.Context(), p)
	if err != nil {
		return answer{}, err
	}
	return answer{body: list{Rows: rowsOf(rows), Next: next}}, nil
}

type runJSON struct {
	store.RunRow
	Items     map[string]int `json:"items"`
	PerMinute int            `json:"per_minute"`
	Causes    []runCauseJSON `json:"causes"`
}

type runCauseJSON struct {
	State string `json:"state"`
	Code  string `json:"code"`
	Count int    `json:"count"`
	VI    string `json:"vi"`
	EN    string `json:"en"`
}

func (d *Dashboard) apiRun(r *http.Request, v *visit) (answer, error) {
	p, row, counts, err := d.progress(r.Context(), v, r.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	out := runJSON{RunRow: row, PerMinute: p.PerMinute, Causes: []runCauseJSON{}, Items: map[string]int{
		"waiting": counts.Waiting, "batched": counts.Batched, "done": counts.Done, "unchanged": counts.Unchanged,
		"left_out": counts.LeftOut, "failed": counts.Failed, "cancelled": counts.Cancelled}}
	for _, c := range counts.Reasons {
		e := text.ExplainGroup(c.Code)
		out.Causes = append(out.Causes, runCauseJSON{string(c.State), c.Code, c.Count, e.VI, e.EN})
	}
	return answer{body: out}, nil
}

type laneJSON struct {
	Marketplace string `json:"marketplace"`
	Sandbox     bool   `json:"sandbox"`
	State       string `json:"state"` // open, paused
	ReasonCode  string `json:"reason_code"`
	PausedBy    string `json:"paused_by"`
	PausedSince int64  `json:"paused_since"`
	ReadWholeAt int64  `json:"read_whole_at"`
	Due         int    `json:"due"`
	Later       int    `json:"later"`
	InHand      int    `json:"in_hand"`
	OldestDue   int64  `json:"oldest_due"`

	SignIn    string  `json:"sign_in"` // good, bad, or empty: nobody has tried yet
	Failures  int     `json:"failures"`
	PerSecond float64 `json:"requests_per_second"`
	Allowed   float64 `json:"requests_allowed"` // a second; 0: not known
}

func (d *Dashboard) apiLanes(r *http.Request, v *visit) (answer, error) {
	lights, _, err := d.laneLights(r.Context(), v)
	if err != nil {
		return answer{}, err
	}
	ms := func(t time.Time) int64 {
		if t.IsZero() {
			return 0
		}
		return t.UnixMilli()
	}
	out := []laneJSON{}
	for _, l := range lights {
		j := laneJSON{Marketplace: l.Marketplace, Sandbox: l.Sandbox, State: "open", ReadWholeAt: ms(l.ReadWholeAt), Due: l.Due, Later: l.Later, InHand: l.InHand, OldestDue: ms(l.Oldest),
			SignIn: l.SignIn, Failures: l.Trips, PerSecond: l.Pace.PerSecond, Allowed: l.Pace.Allowed}
		if l.Paused {
			j.State, j.ReasonCode, j.PausedBy, j.PausedSince = "paused", l.PauseReason, l.PausedBy, ms(l.PausedSince)
		}
		out = append(out, j)
	}
	return answer{body: list{Rows: out}}, nil
}

type decisionJSON struct {
	ID          string            `json:"id"`
	Kind        string            `json:"kind"`
	Marketplace string            `json:"marketplace"`
	SKU         string            `json:"sku"`
	ProductCode string            `json:"product_code"`
	Stake       map[string]string `json:"stake"`
	State       string            `json:"state"`
	Choices     []string          `json:"choices"`
	Choice      string            `json:"choice"`
	ResolvedBy  string            `json:"resolved_by"`
	CreatedAt   int64             `json:"created_at"`
}

func (d *Dashboard) apiDecisions(r *http.Request, v *visit) (answer, error) {
	p, err := pageOf(r)
	if err != nil {
		return answer{}, err
	}
	state := r.URL.Query().Get("state")
	if state == "" {
		state = "open"
	}
	rows, err := d.Store.Decisions(r.Context(), store.DecisionFilter{State: state, After: p.After, Limit: p.Limit})
	if err != nil {
		return answer{}, err
	}
	out := []decisionJSON{}
	for _, x := range rows {
		stake := x.Stake
		if stake == nil {
			stake = map[string]string{}
		}
		out = append(out, decisionJSON{x.ID, string(x.Kind), x.Marketplace, x.SKU, x.ProductCode, stake, x.State, rowsOf(catalog.Choices[x.Kind]), x.Choice, x.ResolvedBy, x.CreatedAt.UnixMilli()})
	}
	next := ""
	if len(rows) == p.Limit {
		next = rows[len(rows)-1].ID
	}
	return answer{body: list{Rows: out, Next: next}}, nil
}

type eventJSON struct {
	ID          string          `json:"id"`
	At          int64           `json:"at"`
	Actor       string          `json:"actor"`
	Kind        string          `json:"kind"`
	Marketplace string          `json:"marketplace"`
	SKU         string          `json:"sku"`
	ProductCode string          `json:"product_code"`
	RunID       string          `json:"run_id"`
	Detail      json.RawMessage `json:"detail"`
}

func (d *Dashboard) apiEvents(r *http.Request, v *visit) (answer, error) {
	p, err := pageOf(r)
	if err != nil {
		return answer{}, err
	}
	q := r.URL.Query()
	rows, err := d.Store.ListEvents(r.Context(), store.EventFilter{SKU: q.Get("sku"), ProductCode: q.Get("product"), RunID: q.Get("run"), Kind: q.Get("kind"),
		Actor: q.Get("actor"), Marketplace: q.Get("lane"), Before: p.After, Limit: p.Limit})
	if err != nil {
		return answer{}, err
	}
	out := []eventJSON{}
	for _, e := range rows {
		detail, err := json.Marshal(e.Detail)
		if err != nil || e.Detail == nil {
			detail = json.RawMessage("{}")
		}
		out = append(out, eventJSON{e.ID, e.At.UnixMilli(), e.Actor, e.Kind, e.Marketplace, e.SKU, e.ProductCode, e.RunID, detail})
	}
	next := ""
	if len(rows) == p.Limit {
		next = rows[len(rows)-1].ID
	}
	return answer{body: list{Rows: out, Next: next}}, nil
}

type scheduleJSON struct {
	Name     string      `json:"name"`
	Cron     string      `json:"cron"`
	Kind     string      `json:"kind"`
	LastDate catalog.Day `json:"last_date"`
	NextAt   int64       `json:"next_at"`
}

func (d *Dashboard) apiSchedules(r *http.Request, v *visit) (answer, error) {
	rows, err := d.Store.Schedules(r.Context())
	if err != nil {
		return answer{}, err
	}
	out := []scheduleJSON{}
	for _, s := range rows {
		next := int64(0)
		if !s.NextAt.IsZero() {
			next = s.NextAt.UnixMilli()
		}
		out = append(out, scheduleJSON{s.Name, s.Cron, string(s.Kind), s.LastDate, next})
	}
	return answer{body: list{Rows: out}}, nil
}
