package dashboard

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"lensan/store"
	"lensan/store/catalog"
)

//go:embed testdata/axe-4.14.1.min.js
var axe string

// serious runs axe-core on the page and returns what it finds serious or
// critical.
func (b *browser) serious() []string {
	b.t.Helper()
	const ask = `axe.run(document, {resultTypes: ["violations"]}).then(r => JSON.stringify(r.violations
  .filter(v => v.impact === "serious" || v.impact === "critical")
  .map(v => v.id + ": " + v.help + " " + v.nodes.slice(0, 3).map(n => n.target.join(" ") + " " + (n.any[0] ? n.any[0].message : "")).join(" | "))))`
	if _, err := chromedp.Run(b.ctx, chromedp.Evaluate[any](axe+"; 0")); err != nil {
		b.t.Fatal(err)
	}
	raw, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](ask, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatal(err)
	}
	var out []string
	if err := json.Unmarshal([]byte(raw), &out); err != nil {
		b.t.Fatal(err)
	}
	return out
}

// furnish gives a site what its screens show beside the register: history,
// runs, decisions, events, a schedule, a paused lane.
func furnish(t testing.TB, s *site) (run, product string) {
	t.Helper()
	ctx := t.Context()
	today := catalog.DayOf(noon)
	for back := 70; back > 0; back -= 5 {
		day := addDays(today, -back)
		for i, m := range []string{"both", "postmart", "voso"} {
			eligible := 60
			s.Exec(t, "INSERT INTO coverage_days (day, marketplace, dimension, value, recognised, eligible, listable, live, taken_at) VALUES (?, ?, 'all', 'all', 100, ?, 50, ?, 1)",
				string(day), m, eligible, max(0, 48-back/2-i*4))
		}
	}
	for _, m := range []string{"postmart", "voso"} {
		s.Exec(t, "INSERT INTO summary_days (day, marketplace, bucket, skus, taken_at) VALUES (?, ?, 'live', 30, 1)", string(addDays(today, -1)), m)
	}
	asked, _, err := s.World.Store.RequestRun(ctx, store.RunRequest{Kind: catalog.RunSync, Policy: catalog.PolicyUpsertOnly, Trigger: catalog.TriggerDashboard, By: "an"})
	if err != nil {
		t.Fatal(err)
	}
	run = asked.ID
	s.Exec(t, "UPDATE runs SET phase = 'working', planned = 60, started_at = ? WHERE id = ?", noon.UnixMilli()-40_000, run)
	for i := range 60 {
		state, why, at := "done", "", noon.UnixMilli()-int64(i)*600
		switch {
		case i > 44:
			state, at = "waiting", 0
		case i%11 == 5:
			state, why = "failed", "name.too_long"
		}
		s.Exec(t, "INSERT INTO items (id, run_id, marketplace, sku, lane_queue, purpose, op, state, due_at, reason_code, created_at, finished_at) VALUES (?, ?, ?, ?, 'normal', 'apply', 'create', ?, ?, ?, 1, ?)",
			fmt.Sprintf("i%03d", i), run, []string{"postmart", "voso"}[i%2], fmt.Sprintf("NA%07d-1", i+1), state, noon.UnixMilli()-2_000_000, why, at)
	}
	s.Exec(t, "UPDATE accounts SET paused_until = ?, paused_since = ?, pause_reason = 'lane.outage', probe_needed = TRUE WHERE marketplace = 'voso'",
		noon.UnixMilli()+600_000, noon.UnixMilli()-900_000)
	if err := s.World.Store.SeedSchedule(ctx, "nightly", "0 2 * * *", catalog.RunReconcile); err != nil {
		t.Fatal(err)
	}
	for i, state := range []string{"", "", "x"} {
		s.Exec(t, "INSERT INTO runs (id, kind, scope, policy, trigger, requested_by, phase, reason, created_at, started_at, finished_at) VALUES (?, 'reconcile', '{}', 'sync', 'schedule', 'lensan', 'ended', ?, ?, ?, ?)",
			fmt.Sprintf("n%d", i), state, noon.AddDate(0, 0, i-4).UnixMilli(), noon.AddDate(0, 0, i-4).UnixMilli(), noon.AddDate(0, 0, i-4).UnixMilli()+90_000)
	}
	product = "p"
	rows, _, err := s.World.Store.SyncStatus(ctx, store.Filter{MarketStates: []string{"rejected"}}, store.Page{Limit: 1})
	if err != nil || len(rows) == 0 {
		t.Fatal("no rejected listing", err)
	}
	product = rows[0].ProductCode
	s.Exec(t, "UPDATE listings SET seen = ?, applied = ?, remote_url = 'https://example.test/p/1' WHERE sku = ? AND market_state <> 'absent'",
		`{"name":"Tương Nam Đàn","price":"95000","stock":"12","images":"a b"}`, `{"price":{"sent":"85000","echo":"85000"},"name":{"sent":"Tương Nam Đàn","echo":"Tương Nam Đàn"}}`, rows[0].SKU)
	if _, err := s.World.Store.PutDecisions(ctx, []catalog.Decision{{Kind: catalog.DecideDrift, Subject: "voso/" + rows[0].SKU + "/price", Marketplace: "voso", SKU: rows[0].SKU, ProductCode: product,
		Stake: map[string]string{"field": "price", "there": "95000", "want": "85000", "url": "https://example.test/p/1"}}}); err != nil {
		t.Fatal(err)
	}
	if err := s.World.Store.AppendEvent(ctx, store.Event{Actor: "an", Kind: "listing.created", Marketplace: "voso", SKU: rows[0].SKU, ProductCode: product, RunID: run, Detail: map[string]any{"price": 85000}}); err != nil {
		t.Fatal(err)
	}
	return run, product
}

// Every screen, on a laptop, on a phone and in the dark: no error in the
// browser, nothing serious for axe, nothing wider than the window.
func TestScreensInChromium(t *testing.T) {
	s := newSite(t, 140, func(o *Options) {
		o.Import = importNothing
		o.Doctor, o.Revert = doctorOf, revertOf
	})
	run, product := furnish(t, s)
	s.Exec(t, "INSERT INTO items (id, run_id, marketplace, sku, lane_queue, purpose, op, state, due_at, reason_code, created_at, finished_at) VALUES ('z1', 'n2', 'voso', 'NA0000001-1', 'normal', 'apply', 'create', 'failed', 1, 'name.too_long', 1, 2)")
	if err := s.World.Store.AddLanePace(t.Context(), "postmart", 40, 24); err != nil {
		t.Fatal(err)
	}
	s.Exec(t, "INSERT INTO imports (id, files, digest, state, rows_read, counts, imported_by, created_at, reasons) VALUES ('m1', 'so.xlsx', 'd', 'held', 3, '{}', 'an', 1, '[{\"Code\":\"source.watermark\"}]')")
	preview, _ := s.client(t).uploadAll(sent{"file", "danh sách.csv", []byte("a,b\n1,2\n")}, sent{"pictures", "x.png", picture(t)}, sent{"whole", "", []byte("partial")})
	b := newBrowser(t)
	pages := map[string]string{"home": "/", "fix": "/fix?show=all", "listings": "/listings", "listings-filter": "/listings?lane=voso&bucket=needs_fixing", "product": "/products/" + product,
		"runs": "/runs", "run": "/runs/" + run, "newrun": "/runs/new?lane=voso&bucket=needs_fixing", "decisions": "/decisions", "schedules": "/schedules", "lanes": "/lanes",
		"audit": "/audit", "health": "/health", "imports": "/imports", "newimport": "/imports/new", "tokens": "/tokens", "preview": preview.Header.Get("Location"), "import": "/imports/m1", "retry": "/runs/n2/retry", "revert": "/runs/n0/revert", "missing": "/nowhere", "en": "/?lang=en"}
	for _, device := range []size{laptop, phone, night_} {
		b.resize(device)
		for name, path := range pages {
			b.do(chromedp.Navigate(s.url + path))
			b.shot(name + "-" + device.name)
			if name != "missing" { // Chromium reports the 404 itself
				b.clean(name + " " + device.name)
			} else {
				for len(b.errors) > 0 {
					<-b.errors
				}
			}
			for _, v := range b.serious() {
				t.Errorf("%s on %s: %s", name, device.name, v)
			}
			wide, err := chromedp.Run(b.ctx, chromedp.Evaluate[int]("document.documentElement.scrollWidth - window.innerWidth"))
			if err != nil {
				t.Fatal(err)
			}
			if wide > 0 {
				t.Errorf("%s on %s: %d px wider than the window", name, device.name, wide)
			}
		}
	}
}

func doctorOf(ctx) []Check {
	return []Check{{Title: "Thư mục dữ liệu", OK: true, Found: "/var/lib/lensan"}, {Title: "Kênh", About: "Voso", OK: false, Found: "Sàn không trả lời.", Advice: "Đợi, hoặc báo sàn."}}
}

func importNothing(_ ctx, q ImportRequest) (ImportResult, error) {
	if strings.Contains(q.Files[0].Name, "hong") {
		return ImportResult{Refused: "Tệp này không đọc được."}, nil
	}
	rep := store.ImportReport{ID: "m1", State: store.ImportApplied, Files: []string{q.Files[0].Name}, By: q.By, At: noon, DryRun: q.DryRun, DoubtCount: 1}
	rep.Counts.Products.Added = 3
	return ImportResult{Report: rep, Doubts: []catalog.Doubt{{Sheet: "Danh sách", Cell: "L57", Field: "stars", Value: "3-4 sao", Reason: "star.several_numbers"}}}, nil
}
