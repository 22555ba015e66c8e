package dashboard

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
)

type lanesData struct {
	page
	Lanes  []laneLight
	Engine bool
}

func (d *Dashboard) lanes(w http.ResponseWriter, r *http.Request, v *visit) (err error) {
	data := &lanesData{page: v.page("lanes", v.tr("Kênh", "Lanes"))}
	if data.Lanes, data.Engine, err = d.laneLights(r.Context(), v); err != nil {
		return err
	}
	return d.show(w, r, v, http.StatusOK, "lanes", data)
}

// reasonByHand is the reason of a lane that a person paused.
const reasonByHand = "lane.paused_by_hand"

func (d *Dashboard) moveLane(w http.ResponseWriter, r *http.Request, v *visit) error {
	ctx, lane := r.Context(), r.PathValue("lane")
	lanes, err := d.Store.Lanes(ctx)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(lanes, func(l store.Lane) bool { return l.Marketplace == lane }) {
		return errNotFound
	}
	move := r.PathValue("move")
	switch move {
	case "pause":
		err = d.Store.PauseLane(ctx, lane, store.NeverResumes, reasonByHand, v.user.name)
	case "resume":
		err = d.Store.ResumeLane(ctx, lane, v.user.name)
	default:
		return errNotFound
	}
	if err != nil {
		return err
	}
	return done(w, r, "/lanes", move)
}

// reconcile asks for everything on a marketplace, or on all, to be read and
// what has drifted to be mended; it takes nothing off sale, which the night's
// run does within its brakes.
func (d *Dashboard) reconcile(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := r.ParseForm(); err != nil {
		return errBadForm
	}
	scope := catalog.Scope{}
	if lane := r.PostForm.Get("lane"); lane != "" {
		lanes, err := d.Store.Lanes(r.Context())
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(lanes, func(l store.Lane) bool { return l.Marketplace == lane }) {
			return errNotFound
		}
		scope.Marketplaces = []string{lane}
	}
	return d.request(w, r, v, store.RunRequest{Kind: catalog.RunReconcile, Scope: scope, Policy: catalog.PolicyUpsertOnly})
}

type auditData struct {
	page
	Events []store.Event
	Next   string
	Actor  string
	Kind   string
	SKU    string
	Kinds  []string
}

const auditRows = 100

func (d *Dashboard) audit(w http.ResponseWriter, r *http.Request, v *visit) error {
	q := r.URL.Query()
	f := store.EventFilter{Actor: q.Get("actor"), Kind: q.Get("kind"), SKU: q.Get("sku"), RunID: q.Get("run"), Before: q.Get("before"), Limit: auditRows}
	events, err := d.Store.ListEvents(r.Context(), f)
	if err != nil {
		return err
	}
	data := &auditData{page: v.page("audit", v.tr("Nhật ký", "Audit")), Events: events, Actor: f.Actor, Kind: f.Kind, SKU: f.SKU,
		Kinds: []string{"run.", "lane.", "listing.", "import.", "decision.", "schedule.", "session.", "token.", "export."}}
	if len(events) == auditRows {
		data.Next = string(link("/audit", "before", events[len(events)-1].ID, "actor", f.Actor, "kind", f.Kind, "sku", f.SKU, "run", f.RunID))
	}
	return d.show(w, r, v, http.StatusOK, "audit", data)
}

type healthData struct {
	page
	Checks []Check
	Bad    int
}

// health shows what `lensan doctor` checks. Without the doctor it looks at
// what rows alone can tell.
func (d *Dashboard) health(w http.ResponseWriter, r *http.Request, v *visit) error {
	data := &healthData{page: v.page("health", v.tr("Sức khỏe hệ thống", "Health"))}
	var err error
	if data.Checks, err = d.allChecks(r.Context(), v); err != nil {
		return err
	}
	for _, c := range data.Checks {
		if !c.OK {
			data.Bad++
		}
	}
	return d.show(w, r, v, http.StatusOK, "health", data)
}

// allChecks are the checks of the doctor and those of the rows, what is not
// well first.
func (d *Dashboard) allChecks(ctx ctx, v *visit) ([]Check, error) {
	checks, err := d.rowChecks(ctx, v)
	if err != nil {
		return nil, err
	}
	if d.Doctor != nil { // it looks at what rows tell too, but for lanes that are paused
		checks = slices.DeleteFunc(checks, func(c Check) bool { return c.OK && !c.Warning })
		checks = append(checks, d.Doctor(ctx)...)
	}
	slices.SortStableFunc(checks, func(a, b Check) int { return boolInt(a.OK && !a.Warning) - boolInt(b.OK && !b.Warning) })
	return checks, nil
}

func (d *Dashboard) rowChecks(ctx ctx, v *visit) ([]Check, error) {
	var out []Check
	began := time.Now()
	if err := d.Store.Ping(ctx); err != nil {
		return nil, err
	}
	out = append(out, Check{Title: v.tr("Cơ sở dữ liệu", "Database"), About: d.Store.Engine(), OK: true,
		Found: v.tr("trả lời sau ", "answers within ") + time.Since(began).Round(10*time.Microsecond).String()})
	lights, alive, err := d.laneLights(ctx, v)
	if err != nil {
		return nil, err
	}
	engine := Check{Title: v.tr("Tiến trình xử lý", "Engine"), OK: alive, Found: v.tr("đang chạy", "running")}
	if !alive {
		engine.Found = v.tr("chưa có tiến trình nào chạy: việc yêu cầu sẽ chờ", "none is running: what is asked for waits")
		engine.Advice = v.tr("Chạy “lensan up”, hoặc “lensan worker” khi dùng Redis.", "Run “lensan up”, or “lensan worker” with Redis.")
	}
	out = append(out, engine)
	if d.Queue != nil {
		q := Check{Title: v.tr("Hàng đợi", "Queue"), OK: true, Found: v.tr("trả lời", "answers")}
		if err := d.Queue(ctx); err != nil {
			q.OK, q.Found = false, v.tr("không trả lời: việc vẫn được giữ trong cơ sở dữ liệu và chạy tiếp khi hàng đợi trở lại",
				"does not answer: the work stays in the database and goes on when it is back")
			q.Advice = v.tr("Kiểm tra Redis (LENSAN_REDIS_URL).", "Check Redis (LENSAN_REDIS_URL).")
		}
		out = append(out, q)
	}
	for _, l := range lights {
		c := Check{Title: v.tr("Kênh ", "Lane ") + d.title(l.Marketplace), OK: l.Tone != "bad", Warning: l.Tone == "wait", Found: l.Says}
		if l.Paused {
			c.Found += ": " + v.tr(l.Reason.VI, l.Reason.EN)
			c.Advice = v.tr(l.Reason.FixVI, l.Reason.FixEN)
		}
		out = append(out, c)
	}
	return out, nil
}

type schedulesData struct {
	page
	Rows []scheduleRow
}

// scheduleRow is one schedule as a sentence, with its last fourteen nights.
type scheduleRow struct {
	store.Schedule
	Says   string
	Nights []night
	Off    bool
	Hour   string
}

type night struct {
	Day   catalog.Day
	Tone  string
	State string
	RunID string
}

func (d *Dashboard) schedules(w http.ResponseWriter, r *http.Request, v *visit) error {
	ctx := r.Context()
	rows, err := d.Store.Schedules(ctx)
	if err != nil {
		return err
	}
	runs, err := d.Store.Nights(ctx, v.now.AddDate(0, 0, -15))
	if err != nil {
		return err
	}
	data := &schedulesData{page: v.page("schedules", v.tr("Lịch", "Schedules"))}
	today := catalog.DayOf(v.now)
	for _, s := range rows {
		row := scheduleRow{Schedule: s, Off: s.Cron == store.CronOff, Says: v.cronWords(s.Cron, s.Kind), Hour: cronHour(s.Cron)}
		for back := 13; back >= 0; back-- {
			n := night{Day: addDays(today, -back), Tone: "none"}
			for _, run := range runs {
				if catalog.DayOf(toTime(run.CreatedAt)) == n.Day && run.Kind == string(s.Kind) {
					n.RunID, n.State, n.Tone = run.RunID, text.RunState(v.lang, catalog.RunState(run.State)), runTone(catalog.RunState(run.State))
				}
			}
			row.Nights = append(row.Nights, n)
		}
		data.Rows = append(data.Rows, row)
	}
	return d.show(w, r, v, http.StatusOK, "schedules", data)
}

// cronHour is the time of day of a schedule that runs once a day, else empty.
func cronHour(cron string) string {
	f := strings.Fields(cron)
	if len(f) != 5 || f[2] != "*" || f[3] != "*" || f[4] != "*" {
		return ""
	}
	t, err := time.Parse("15:4", f[1]+":"+f[0])
	if err != nil {
		return ""
	}
	return t.Format("15:04")
}

// dailyCron is a schedule at a time of every day.
func dailyCron(t time.Time) string {
	return t.Format("4") + " " + t.Format("15") + " * * *"
}

// cronWords says a schedule as a sentence.
func (v *visit) cronWords(cron string, kind catalog.RunKind) string {
	what := capitalise(text.RunKind(v.lang, kind))
	if cron == store.CronOff {
		return what + v.tr(": đang tắt", ": off")
	}
	if h := cronHour(cron); h != "" {
		return what + v.tr(" lúc "+h+" hằng ngày (giờ Việt Nam)", " at "+h+" every day (Vietnam time)")
	}
	return what + v.tr(" theo lịch “"+cron+"” (giờ Việt Nam)", " by “"+cron+"” (Vietnam time)")
}

func (d *Dashboard) setSchedule(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := r.ParseForm(); err != nil {
		return say(http.StatusBadRequest, "Biểu mẫu không đọc được.", "The form can't be read.")
	}
	cron := store.CronOff
	if r.PostForm.Get("do") != "off" {
		t, err := time.Parse("15:04", r.PostForm.Get("at"))
		if err != nil {
			return say(http.StatusBadRequest, "Giờ chạy cần viết như 02:00.", "Write the time like 02:00.")
		}
		cron = dailyCron(t)
	}
	if err := d.Store.SetSchedule(r.Context(), r.PathValue("name"), cron, v.user.name); err != nil {
		return err
	}
	return done(w, r, "/schedules", "schedule")
}
