package dashboard

import (
	"cmp"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"time"

	"lensan/cmd/lensan/dashboard/shelf"
	"lensan/store"
	"lensan/store/catalog"
)

type homeData struct {
	page
	At       time.Time
	Empty    bool // no register yet
	Covers   []cover
	Causes   []causeRow
	CauseN   int // all of them
	Whom     []whoRow
	Changes  changes
	Lanes    []laneLight
	Engine   bool
	QueueBad bool
	By       string
	ByRows   []coverRow
	ByAll    int
	BySince  catalog.Day // the day that each value is compared with; empty: none
	ByLanes  []string
	Trend    trend
	Ending30 int
	Ending90 int
	Ending   []store.EndingRow
	Without  []store.Commune
	Communes int
	Flagship []flagship
	FlagDone int
	Imported time.Time
	By_      string
}

// whoRow is how much one kind of person can do something about.
type whoRow struct {
	Who    string
	Things int // causes by product: what one would have to go through
	Causes int
}

// cover is one marketplace's picture: the share and the way to it.
type cover struct {
	Marketplace string
	Sandbox     bool
	Ring        ring
	Steps       []step
	Waiting     int // pending review and in work, in SKUs
	ReadAt      time.Time
}

// coverRow is the coverage of one value of a dimension, a marketplace at a
// time.
type coverRow struct {
	Value    string
	Label    string
	Eligible int
	Missing  int
	Was, Now int // live on every marketplace some weeks ago, and now
	Cells    []coverCell
	Query    template.URL
}

type coverCell struct {
	Marketplace string
	Live        int
	Listable    int
	Bars        []bar
}

type flagship struct {
	store.FlagshipRow
	Missing []string
	Done    int
}

type changes struct {
	Since catalog.Day
	Rows  []changeRow
}

type changeRow struct {
	Marketplace string
	Deltas      []delta
}

type delta struct {
	Bucket store.Bucket
	N      int // more than before
	Good   bool
}

// homeRows bounds each list of the first page; what is beyond is a click away.
const homeRows = 8

func (d *Dashboard) home(w http.ResponseWriter, r *http.Request, v *visit) error {
	ctx := r.Context()
	s, err := v.shelf(ctx)
	if err != nil {
		return err
	}
	by := cmp.Or(r.URL.Query().Get("by"), "commune")
	if !slices.Contains([]string{"commune", "stars", "set", "district"}, by) {
		by = "commune"
	}
	data := &homeData{page: v.page("home", v.tr("Tổng quan", "Overview")), At: s.At, Empty: s.Products() == 0, By: by}
	data.ByRows, data.ByAll = v.coverRows(s, by, r.URL.Query().Get("all") != "")
	for _, l := range s.Lanes {
		data.ByLanes = append(data.ByLanes, l.Name)
	}
	if data.BySince, err = v.weeksAgo(ctx, by, data.ByRows); err != nil {
		return err
	}
	if isPart(r, "cover-by") {
		return d.write(w, r, v, http.StatusOK, "home", "cover-by", data)
	}
	if data.Lanes, data.Engine, err = d.laneLights(ctx, v); err != nil {
		return err
	}
	data.Covers = v.covers(s, data.Lanes)
	data.Causes = v.shownCauses(s, shelf.Query{}, "")
	data.Whom, data.CauseN = whom(data.Causes), len(data.Causes)
	data.Causes = data.Causes[:min(len(data.Causes), homeRows-1)]
	if data.Changes, err = v.changes(ctx, s); err != nil {
		return err
	}
	if data.Imported, data.By_, _, _, err = d.Store.LastImport(ctx); err != nil {
		return err
	}
	data.QueueBad = d.Queue != nil && d.Queue(ctx) != nil
	if isPart(r, "live") { // the page asks for it by itself, every half minute
		d.keepDay(ctx, s)
		return d.write(w, r, v, http.StatusOK, "home", "live", data)
	}
	if err := d.fillHome(r, v, s, data); err != nil {
		return err
	}
	return d.show(w, r, v, http.StatusOK, "home", data)
}

// fillHome reads what the first page shows beside the shelf.
func (d *Dashboard) fillHome(r *http.Request, v *visit, s *shelf.Shelf, data *homeData) (err error) {
	ctx, today := r.Context(), d.Today()
	d.keepDay(ctx, s)
	from := addDays(today, -12*7)
	days, err := d.Store.CoverageDays(ctx, "all", from)
	if err != nil {
		return err
	}
	if len(days) > 0 {
		from = min(max(from, catalog.Day(days[0].Day)), addDays(today, -6))
	}
	data.Trend = newTrend(days, from, today)
	counts, err := d.Store.EndingCounts(ctx, today, addDays(today, 90))
	if err != nil {
		return err
	}
	for day, n := range counts {
		data.Ending90 += n
		if day <= addDays(today, 30) {
			data.Ending30 += n
		}
	}
	if data.Ending, err = d.Store.Ending(ctx, today, addDays(today, 90), homeRows); err != nil {
		return err
	}
	if data.Without, data.Communes, err = d.Store.CommunesWithoutProduct(ctx); err != nil {
		return err
	}
	rows, err := d.Store.Flagships(ctx, 200)
	if err != nil {
		return err
	}
	for _, f := range rows {
		data.Flagship = append(data.Flagship, v.flagship(f))
		if f.Complete() == 5 {
			data.FlagDone++
		}
	}
	slices.SortStableFunc(data.Flagship, func(a, b flagship) int { return cmp.Compare(a.Done, b.Done) })
	return nil
}

// whom groups what can be acted on by who can, the most first.
func whom(causes []causeRow) []whoRow {
	var out []whoRow
	for _, c := range causes {
		tone := bucketTone(bucketOf(c))
		if c.Cause.Who == "" || c.Cause.Who == string(catalog.WhoNobody) || tone != "bad" && tone != "todo" {
			continue
		}
		i := slices.IndexFunc(out, func(w whoRow) bool { return w.Who == c.Cause.Who })
		if i < 0 {
			i = len(out)
			out = append(out, whoRow{Who: c.Cause.Who})
		}
		out[i].Things += c.Products
		out[i].Causes++
	}
	slices.SortStableFunc(out, func(a, b whoRow) int { return cmp.Compare(b.Things, a.Things) })
	return out
}

// dayEvery is how often what is kept of today is renewed while somebody looks.
const dayEvery = 15 * time.Minute

// keepDay keeps today's figures from the shelf, so that tomorrow can compare.
// One visitor at a time does it, and a failure is no reason not to show a page.
func (d *Dashboard) keepDay(ctx ctx, s *shelf.Shelf) {
	if !d.keeping.TryLock() {
		return
	}
	defer d.keeping.Unlock()
	due, err := d.Store.DayDue(ctx, s.Today, dayEvery)
	if err == nil && due && s.Products() > 0 {
		var rows []store.CoverageRow
		for _, dimension := range []string{"all", "stars", "commune", "district", "set"} {
			rows = append(rows, s.Coverage(dimension)...)
		}
		err = d.Store.KeepDay(ctx, s.Today, rows, s.Summary())
	}
	if err != nil {
		d.Log.Warn("day not kept", "day", s.Today, "err", err)
	}
}

func (v *visit) flagship(f store.FlagshipRow) flagship {
	out := flagship{FlagshipRow: f, Done: f.Complete()}
	miss := func(bad bool, vi, en string) {
		if bad {
			out.Missing = append(out.Missing, v.tr(vi, en))
		}
	}
	miss(f.Story < store.StoryEnough, "câu chuyện", "story")
	miss(f.Description < store.StoryEnough, "mô tả", "description")
	miss(f.Images < 3, "đủ 3 ảnh", "three pictures")
	miss(!f.TraceURL, "truy xuất nguồn gốc", "trace address")
	miss(f.Live < f.Marketplaces, "có mặt ở mọi sàn", "on every marketplace")
	return out
}

// covers draws each marketplace, and both at once where there are several.
func (v *visit) covers(s *shelf.Shelf, lights []laneLight) []cover {
	all := s.Coverage("all")
	summary := map[string]store.MarketSummary{}
	for _, m := range s.Summary() {
		summary[m.Marketplace] = m
	}
	stars := map[string]int{} // recognised with three stars or better
	for _, r := range s.Coverage("stars") {
		if r.Value >= "3" {
			stars[r.Marketplace] += r.Recognised
		}
	}
	var out []cover
	for _, r := range all {
		if r.Marketplace == shelf.Both && len(s.Lanes) < 2 {
			continue
		}
		m := summary[r.Marketplace]
		c := cover{Marketplace: r.Marketplace, Sandbox: m.Sandbox, Ring: newRing(r.Live, r.Eligible),
			Waiting: m.Buckets[store.BucketPendingReview] + m.Buckets[store.BucketInWork]}
		whole := max(s.Products(), 1)
		three := stars[r.Marketplace]
		c.Steps = []step{
			{Label: v.tr("Được công nhận từ 3 sao", "Recognised, 3 stars or better"), N: three, Width: width(three, whole), Tone: "base"},
			{Label: v.tr("Đủ điều kiện (còn hiệu lực)", "Eligible (still valid)"), N: r.Eligible, Width: width(r.Eligible, whole), Tone: "base2", Lost: three - r.Eligible,
				Where: link("/listings", "stars", "3", "stars", "4", "stars", "5", "bucket", "expired", "bucket", "validity_unknown", "bucket", "other_excluded"), Why: v.tr("hết hoặc chưa rõ hiệu lực", "ended or validity unknown")},
			{Label: v.tr("Đủ thông tin để đăng", "Listable (complete)"), N: r.Listable, Width: width(r.Listable, whole), Tone: "wait", Lost: r.Eligible - r.Listable,
				Where: link("/fix", "lane", oneLane(r.Marketplace)), Why: v.tr("cần bổ sung hoặc sàn không bán", "need fixing or not sold there")},
			{Label: v.tr("Đang bán", "Live"), N: r.Live, Width: width(r.Live, whole), Tone: "good", Lost: r.Listable - r.Live,
				Where: link("/listings", "lane", oneLane(r.Marketplace), "bucket", "pending_review", "bucket", "rejected", "bucket", "in_work", "bucket", "closed", "bucket", "locked", "bucket", "failed"), Why: v.tr("chờ duyệt, bị từ chối, đang xử lý", "in review, rejected, in work")},
		}
		for _, l := range lights {
			if l.Marketplace == r.Marketplace {
				c.ReadAt = l.ReadWholeAt
			}
		}
		out = append(out, c)
	}
	// Both at once is the goal: it stands first.
	slices.SortStableFunc(out, func(a, b cover) int {
		return cmp.Compare(boolInt(a.Marketplace != shelf.Both), boolInt(b.Marketplace != shelf.Both))
	})
	return out
}

// oneLane is a marketplace's name for a filter; both together narrow nothing.
func oneLane(m string) string {
	if m == shelf.Both {
		return ""
	}
	return m
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// coverRows lists the coverage by one dimension, what lacks most first.
func (v *visit) coverRows(s *shelf.Shelf, by string, all bool) ([]coverRow, int) {
	var rows []coverRow
	at := map[string]int{}
	for _, r := range s.Coverage(by) {
		if r.Recognised == 0 {
			continue
		}
		i, ok := at[r.Value]
		if !ok {
			i = len(rows)
			at[r.Value] = i
			rows = append(rows, coverRow{Value: r.Value, Label: v.dimensionWord(by, r.Value), Eligible: r.Eligible, Query: dimensionQuery(by, r.Value)})
		}
		if r.Marketplace == shelf.Both {
			rows[i].Missing, rows[i].Now = r.Eligible-r.Live, r.Live
			if len(s.Lanes) > 1 {
				continue
			}
		}
		if r.Marketplace != shelf.Both {
			rows[i].Cells = append(rows[i].Cells, coverCell{r.Marketplace, r.Live, r.Listable,
				stack(r.Eligible, r.Live, "good", r.Listable-r.Live, "wait", r.Eligible-r.Listable, "todo")})
		}
	}
	slices.SortStableFunc(rows, func(a, b coverRow) int {
		if by == "stars" {
			return cmp.Compare(b.Value, a.Value)
		}
		return cmp.Or(cmp.Compare(b.Missing, a.Missing), cmp.Compare(b.Eligible, a.Eligible))
	})
	n := len(rows)
	if !all && by != "stars" {
		rows = rows[:min(len(rows), 12)]
	}
	return rows, n
}

// weeksAgo puts beside each value how many of its products were live on every
// marketplace four weeks ago, or on the first day kept since.
func (v *visit) weeksAgo(ctx ctx, by string, rows []coverRow) (catalog.Day, error) {
	day, then, err := v.d.Store.CoverageThen(ctx, by, shelf.Both, addDays(v.d.Today(), -28), v.d.Today())
	if err != nil || day == "" {
		return "", err
	}
	for i := range rows {
		rows[i].Was = then[rows[i].Value]
	}
	return day, nil
}

func (v *visit) dimensionWord(by, value string) string {
	switch {
	case by == "set":
		return setName(v.lang, value)
	case by == "stars" && value == "0":
		return v.tr("chưa rõ", "unknown")
	case by == "stars":
		return value + v.tr(" sao", " stars")
	case value == "":
		return v.tr("chưa rõ", "unknown")
	}
	return value
}

func dimensionQuery(by, value string) template.URL {
	return template.URL(url.Values{by: {value}}.Encode()) //nolint:gosec // encoded
}

// changes compares the summary with the last day kept before today.
func (v *visit) changes(ctx ctx, s *shelf.Shelf) (changes, error) {
	day, before, err := v.d.Store.SummaryBefore(ctx, v.d.Today())
	if err != nil || day == "" {
		return changes{}, err
	}
	out := changes{Since: day}
	for _, m := range s.Summary() {
		row := changeRow{Marketplace: m.Marketplace}
		for _, b := range store.Buckets {
			if n := m.Buckets[b] - before[m.Marketplace][b]; n != 0 {
				good := bucketTone(b) == "good" || bucketTone(b) == "wait"
				row.Deltas = append(row.Deltas, delta{b, n, good == (n > 0)})
			}
		}
		out.Rows = append(out.Rows, row)
	}
	return out, nil
}
