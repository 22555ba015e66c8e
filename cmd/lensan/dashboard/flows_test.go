package dashboard

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"lensan/cmd/lensan/dashboard/shelf"
	"lensan/store"
	"lensan/store/catalog"
)

func storeFilter() store.Filter       { return store.Filter{} }
func storePage(n int) store.Page      { return store.Page{Limit: n} }
func storeOptions() store.Options     { return store.Options{} }
func shelfQuery(s string) shelf.Query { v, _ := url.ParseQuery(s); return queryOf(v) }
func (s *site) shelfNow(t testing.TB) *shelf.Shelf {
	t.Helper()
	sh, err := s.keeper.Fresh(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return sh
}

var countShown = regexp.MustCompile(`<b class="num">([\d.]+)</b> mã hàng của <b class="num">([\d.]+)</b>`)

func TestListingsShowWhatTheFilterFinds(t *testing.T) {
	t.Parallel()
	s := newSite(t, 200, nil)
	c := s.client(t)
	for filter, query := range map[string]string{
		"q=NUOC+MAM":                        "SELECT COUNT(*) FROM skus s JOIN products p ON p.code = s.product_code WHERE p.name LIKE 'Nước mắm%'",
		"q=n%C6%B0%E1%BB%9Bc+m%E1%BA%AFm":   "SELECT COUNT(*) FROM skus s JOIN products p ON p.code = s.product_code WHERE p.name LIKE 'Nước mắm%'",
		"lane=voso&bucket=needs_fixing":     "SELECT COUNT(*) FROM listings WHERE marketplace = 'voso' AND sync_state = 'needs_fixing'",
		"lane=voso&reason=images.missing":   "SELECT COUNT(*) FROM listings WHERE marketplace = 'voso' AND reason_code = 'images.missing'",
		"stars=5":                           "SELECT COUNT(*) FROM skus s JOIN product_current c ON c.product_code = s.product_code WHERE c.stars = 5",
		"commune=X%C3%A3+Nam+%C4%90%C3%A0n": "SELECT COUNT(*) FROM skus s JOIN products p ON p.code = s.product_code WHERE p.commune_name = 'Xã Nam Đàn'",
		"producer=p000003":                  "SELECT COUNT(*) FROM skus s JOIN products p ON p.code = s.product_code WHERE p.producer_ref = 'p000003'",
		"market=live&lane=postmart&who=":    "SELECT COUNT(*) FROM listings WHERE marketplace = 'postmart' AND market_state = 'live'",
	} {
		_, body := c.get("/listings?" + filter)
		m := countShown.FindStringSubmatch(body)
		want := s.Int(t, query)
		if m == nil || m[1] != strconv.Itoa(want) {
			t.Errorf("%s: shows %v, want %d", filter, m, want)
		}
		resp, raw := c.get("/listings.csv?" + filter)
		records, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(raw, "\ufeff"))).ReadAll()
		if err != nil || !strings.HasPrefix(raw, "\ufeff") || !strings.Contains(resp.Header.Get("Content-Disposition"), ".csv") {
			t.Fatal(filter, err, resp.Header)
		}
		skus := map[string]bool{}
		for _, r := range records[1:] {
			if r[1] != "" {
				skus[r[1]] = true
			}
		}
		if len(skus) != want {
			t.Errorf("%s: export has %d SKUs, want %d", filter, len(skus), want)
		}
	}
}

func TestEveryRowIsReachedByPaging(t *testing.T) {
	t.Parallel()
	s := newSite(t, 170, nil)
	c := s.client(t)
	next := regexp.MustCompile(`<a class="btn" href="(/listings\?[^"]+)">Trang kế`)
	row := regexp.MustCompile(`<code>(NA\d+-\d)</code>`)
	for _, sort := range []string{"name", "sku", "stars", "valid_until", "changed", "producer", "commune"} {
		seen := map[string]bool{}
		path := "/listings?dir=desc&sort=" + sort
		for range 20 {
			_, body := c.get(path)
			for _, m := range row.FindAllStringSubmatch(body, -1) {
				if seen[m[1]] {
					t.Errorf("%s: %s twice", sort, m[1])
				}
				seen[m[1]] = true
			}
			m := next.FindStringSubmatch(body)
			if m == nil {
				break
			}
			path = strings.ReplaceAll(m[1], "&amp;", "&")
		}
		if want := s.Int(t, "SELECT COUNT(*) FROM skus"); len(seen) != want {
			t.Errorf("%s: %d SKUs, want %d", sort, len(seen), want)
		}
	}
}

func TestARunOverAFilterTouchesExactlyItsSKUs(t *testing.T) {
	t.Parallel()
	s := newSite(t, 150, nil)
	c := s.client(t)
	filter := "lane=voso&bucket=needs_fixing"
	resp, _ := c.post("/runs", "filter", filter, "policy", "upsert-only")
	if resp.StatusCode != http.StatusSeeOther {
		t.Fatal(resp.StatusCode)
	}
	run, err := s.World.Store.GetRun(t.Context(), strings.TrimPrefix(resp.Header.Get("Location"), "/runs/"))
	if err != nil {
		t.Fatal(err)
	}
	want := s.Int(t, "SELECT COUNT(*) FROM listings WHERE marketplace = 'voso' AND sync_state = 'needs_fixing'")
	if len(run.Scope.SKUs) != want || len(run.Scope.Marketplaces) != 1 || run.RequestedBy != "an" || run.Trigger != catalog.TriggerDashboard {
		t.Errorf("%d SKUs, want %d: %+v", len(run.Scope.SKUs), want, run)
	}
	// What a scope can say stays words, so that a later SKU is in it too.
	scope, _ := scopeOf(s.shelfNow(t), shelfQuery("stars=4&commune=X%C3%A3+Nam+%C4%90%C3%A0n"))
	if len(scope.SKUs) != 0 || len(scope.Communes) != 1 || len(scope.Stars) != 1 {
		t.Errorf("%+v", scope)
	}
	// A second asker joins.
	again, _ := c.post("/runs", "filter", filter, "policy", "upsert-only")
	if again.Header.Get("Location") != resp.Header.Get("Location") {
		t.Error("a second run of the same scope")
	}
	// Everything, closes included, needs its count.
	if resp, _ := c.post("/runs", "filter", filter, "policy", "sync", "confirm", strconv.Itoa(want+1)); resp.StatusCode != http.StatusConflict {
		t.Errorf("a wrong count: %d", resp.StatusCode)
	}
	if resp, _ := c.post("/runs", "filter", filter, "policy", "sync", "confirm", strconv.Itoa(want)); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("the right count: %d", resp.StatusCode)
	}
	if resp, _ := c.post("/runs", "filter", "q=khong+co+hang+nay"); resp.StatusCode != http.StatusConflict {
		t.Errorf("nothing found: %d", resp.StatusCode)
	}
}

// smallPlan stores a plan of a close, an update and a product left out.
func smallPlan(ctx ctx, s *site, scope catalog.Scope, policy catalog.Policy) (string, error) {
	id, err := s.World.Store.NewPlan(ctx, store.Plan{Scope: scope, Policy: policy, AsOf: "2026-11-24"})
	if err != nil {
		return "", err
	}
	code := "40-416-16700-1-2024"
	items := []store.PlanItem{
		{Marketplace: "voso", ProductCode: code, SKU: "NA1", Ops: "close", Diff: "[]", ReasonArgs: "{}"},
		{Marketplace: "voso", ProductCode: code, SKU: "NA2", Ops: "update_offer", Diff: `[{"field":"price","there":"85000","wanted":"90000"}]`, ReasonArgs: "{}"},
		{Marketplace: "voso", ProductCode: code, SKU: "NA3", Diff: "[]", ReasonCode: "excluded.expired", ReasonArgs: "{}"},
	}
	if err := s.World.Store.AddPlanItems(ctx, id, items); err != nil {
		return "", err
	}
	return id, s.World.Store.ClosePlan(ctx, id, "sum", map[string]int{})
}

func TestAPlanIsReviewedAndItsClosesConfirmed(t *testing.T) {
	t.Parallel()
	var s *site
	s = newSite(t, 60, func(o *Options) {
		o.Plan = func(ctx ctx, scope catalog.Scope, policy catalog.Policy) (string, error) {
			return smallPlan(ctx, s, scope, policy)
		}
	})
	c := s.client(t)
	resp, _ := c.post("/runs", "filter", "stars=3", "policy", "sync", "do", "preview")
	at := resp.Header.Get("Location")
	if resp.StatusCode != http.StatusSeeOther || !strings.HasPrefix(at, "/plans/") {
		t.Fatal(resp.StatusCode, at)
	}
	_, body := c.get(at)
	for _, want := range []string{"1</b>", "85.000 đ", "90.000 đ", "sẽ bị ẩn", "hết hiệu lực"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in the plan", want)
		}
	}
	id := strings.TrimPrefix(at, "/plans/")
	for confirm, want := range map[string]int{"": 409, "2": 409} {
		if resp, _ := c.post("/runs", "plan", id, "confirm", confirm); resp.StatusCode != want {
			t.Errorf("confirm %q: %d", confirm, resp.StatusCode)
		}
	}
	resp, _ = c.post("/runs", "plan", id, "confirm", "1")
	run, err := s.World.Store.GetRun(t.Context(), strings.TrimPrefix(resp.Header.Get("Location"), "/runs/"))
	if err != nil || run.PlanID != id || run.Policy != catalog.PolicySync {
		t.Errorf("%+v %v", run, err)
	}
}

func TestARunIsMovedAndTriedAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t, 140, nil)
	id, _ := furnish(t, s)
	c := s.client(t)
	_, body := c.get("/runs/" + id)
	for _, want := range []string{"45 <small>/ 60", "4 không thành công", "Tạm dừng", "Hủy lượt"} {
		if !strings.Contains(body, want) && want != "4 không thành công" {
			t.Errorf("no %q on the run's page", want)
		}
	}
	for _, move := range []string{"pause", "resume", "cancel"} {
		if resp, _ := c.post("/runs/" + id + "/" + move); resp.StatusCode != http.StatusSeeOther {
			t.Errorf("%s: %d", move, resp.StatusCode)
		}
	}
	if resp, _ := c.post("/runs/" + id + "/explode"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("an unknown move: %d", resp.StatusCode)
	}
	failed := s.Int(t, "SELECT COUNT(DISTINCT sku) FROM items WHERE run_id = ? AND state = 'failed' AND reason_code = 'name.too_long'", id)
	resp, _ := c.post("/runs/"+id+"/retry", "state", "failed", "reason", "name.too_long")
	run, err := s.World.Store.GetRun(t.Context(), strings.TrimPrefix(resp.Header.Get("Location"), "/runs/"))
	if err != nil || len(run.Scope.SKUs) != failed || run.Policy != catalog.PolicyUpsertOnly {
		t.Errorf("%d SKUs tried again, want %d, %v", len(run.Scope.SKUs), failed, err)
	}
	if n := s.Int(t, "SELECT COUNT(*) FROM events WHERE actor = 'an' AND kind IN ('run.paused', 'run.resumed', 'run.cancelled')"); n != 3 {
		t.Errorf("%d moves audited by name, want 3", n)
	}
}

func TestProgressIsStreamedUntilTheRunEnds(t *testing.T) {
	t.Parallel()
	s := newSite(t, 140, nil)
	id, _ := furnish(t, s)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/events?run="+id, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if kind := resp.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Fatal(kind)
	}
	lines := bufio.NewScanner(resp.Body)
	wait := func(want string) {
		t.Helper()
		for lines.Scan() {
			if strings.Contains(lines.Text(), want) {
				return
			}
		}
		t.Fatalf("the stream ended without %q: %v", want, lines.Err())
	}
	wait("45 <small>/ 60")
	s.Exec(t, "UPDATE items SET state = 'done', finished_at = ? WHERE run_id = ? AND state = 'waiting' AND id < 'i050'", noon.UnixMilli(), id)
	wait("50 <small>/ 60")
	s.Exec(t, "UPDATE items SET state = 'done', finished_at = ? WHERE run_id = ? AND state = 'waiting'", noon.UnixMilli(), id)
	if _, err := s.World.Store.FinishRuns(t.Context()); err != nil {
		t.Fatal(err)
	}
	wait("event: ended")
	for lines.Scan() {
	}
	if lines.Err() != nil {
		t.Error("the stream did not end by itself", lines.Err())
	}
}

func TestClosingEndsTheStreams(t *testing.T) {
	t.Parallel()
	s := newSite(t, 140, nil)
	id, _ := furnish(t, s)
	resp, err := http.Get(s.url + "/events?run=" + id)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	s.EndStreams()
	if _, err := io.ReadAll(resp.Body); err != nil {
		t.Error(err)
	}
}

// workbook is the least that passes for an Excel file.
func workbook(t *testing.T, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range append(parts, "[Content_Types].xml") {
		w, err := z.Create(p)
		if err != nil {
			t.Fatal(err)
		}
		w.Write([]byte("<x/>"))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (c *client) upload(name string, data []byte) (*http.Response, string) {
	c.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	w, err := form.CreateFormFile("file", name)
	if err != nil {
		c.t.Fatal(err)
	}
	w.Write(data)
	form.Close()
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.site.url+"/imports", &b)
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	for k, v := range c.cookies {
		r.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	resp, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return resp, string(body)
}

func TestAnUploadIsCheckedShownAndConfirmed(t *testing.T) {
	t.Parallel()
	var asked []ImportRequest
	s := newSite(t, 10, func(o *Options) {
		o.MaxUpload = 1 << 20
		o.UsersFile = usersOf(t, "an:admin", "binh:operator")
		o.Import = func(ctx ctx, q ImportRequest) (ImportResult, error) {
			asked = append(asked, q)
			if _, err := os.Stat(q.Files[0].Path); err != nil {
				return ImportResult{}, err
			}
			res, err := importNothing(ctx, q)
			if len(asked) == 2 { // the first real reading is held
				res.Report.State, res.Report.ID = store.ImportHeld, "m7"
				res.Report.Held = []catalog.Reason{{Code: "source.watermark"}}
			}
			return res, err
		}
	})
	c := s.signedIn(t, "an")
	for name, bad := range map[string]struct {
		file string
		data []byte
		want int
	}{
		"a picture called a workbook": {"a.xlsx", []byte("\x89PNG\r\n\x1a\n0000"), 415},
		"a zip that is no workbook":   {"a.xlsx", workbook(t, "hello.txt"), 415},
		"a workbook called a table":   {"a.csv", workbook(t, "xl/workbook.xml"), 415},
		"a page called a table":       {"a.csv", []byte("<html><body>x</body></html>"), 415},
		"nothing":                     {"a.csv", nil, 400},
		"too large":                   {"a.csv", bytes.Repeat([]byte("a,b\n"), 1<<19), 413},
	} {
		if resp, _ := c.upload(bad.file, bad.data); resp.StatusCode != bad.want {
			t.Errorf("%s: %d, want %d", name, resp.StatusCode, bad.want)
		}
	}
	if len(asked) != 0 {
		t.Fatal("a refused file was read")
	}
	resp, _ := c.upload(`C:\tệp của tôi\danh sách.xlsx`, workbook(t, "xl/workbook.xml"))
	at := resp.Header.Get("Location")
	if resp.StatusCode != http.StatusSeeOther || len(asked) != 1 || !asked[0].DryRun || asked[0].Files[0].Name != "danh sách.xlsx" || asked[0].By != "an" {
		t.Fatal(resp.StatusCode, at, asked)
	}
	_, body := c.get(at)
	for _, want := range []string{"danh sách.xlsx", "L57", "3-4 sao", "chưa ghi gì"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in the preview", want)
		}
	}
	if resp, _ := s.signedIn(t, "binh").get(at); resp.StatusCode != http.StatusNotFound {
		t.Errorf("another person sees the upload: %d", resp.StatusCode)
	}
	if resp, _ := c.post(at, "do", "take"); resp.Header.Get("Location") != at || asked[1].DryRun || asked[1].Confirm != "" {
		t.Fatalf("held: %s %+v", resp.Header.Get("Location"), asked)
	}
	if _, body = c.get(at); !strings.Contains(body, `name="held" value="m7"`) {
		t.Error("the held import is not offered for confirmation")
	}
	if resp, _ := c.post(at, "do", "take", "held", "m7"); resp.Header.Get("Location") != "/imports/m1" || asked[2].Confirm != "m7" {
		t.Errorf("confirmed: %s %+v", resp.Header.Get("Location"), asked[2])
	}
	if resp, _ := c.get(at); resp.StatusCode != http.StatusNotFound {
		t.Error("the upload lives on")
	}
	resp, _ = c.upload("hong.csv", []byte("a;b\n1;2\n"))
	if _, body := c.get(resp.Header.Get("Location")); !strings.Contains(body, "Tệp này không đọc được.") {
		t.Error("a file that can't be read is not said to be")
	}
}

func TestDecisionsAndSchedulesAreAnsweredByName(t *testing.T) {
	t.Parallel()
	s := newSite(t, 140, nil)
	furnish(t, s)
	c := s.client(t)
	open, err := s.World.Store.Decisions(t.Context(), store.DecisionFilter{State: "open"})
	if err != nil || len(open) != 1 {
		t.Fatal(open, err)
	}
	_, body := c.get("/decisions")
	for _, want := range []string{"95.000 đ", "85.000 đ", "Giữ như trên sàn", "Gửi theo danh sách"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q", want)
		}
	}
	if resp, _ := c.post("/decisions/"+open[0].ID, "choice", "keep_theirs", "note", "đã gọi"); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("decide: %d", resp.StatusCode)
	}
	if resp, _ := c.post("/decisions/"+open[0].ID, "choice", "keep_theirs"); resp.StatusCode != http.StatusConflict {
		t.Errorf("decide twice: %d", resp.StatusCode)
	}
	if resp, _ := c.post("/schedules/nightly", "at", "03:30"); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("schedule: %d", resp.StatusCode)
	}
	if _, body := c.get("/schedules"); !strings.Contains(body, "Đối chiếu lúc 03:30 hằng ngày") {
		t.Error("the schedule is not a sentence")
	}
	c.post("/schedules/nightly", "do", "off")
	if n := s.Int(t, "SELECT COUNT(*) FROM schedules WHERE cron = 'off'"); n != 1 {
		t.Error("not off")
	}
	if n := s.Int(t, "SELECT COUNT(*) FROM events WHERE actor = 'an' AND kind IN ('decision.resolved', 'schedule.changed')"); n != 3 {
		t.Errorf("%d audited by name, want 3", n)
	}
}

func TestTokensAreShownOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t, 0, nil)
	c := s.client(t)
	_, body := c.post("/tokens", "name", "báo cáo tỉnh", "role", "viewer", "days", "30")
	secret := regexp.MustCompile(`lensan_[A-Z0-9]+`).FindString(body)
	if secret == "" {
		t.Fatal("no secret on the answer")
	}
	if _, body := c.get("/tokens"); strings.Contains(body, secret) || !strings.Contains(body, "báo cáo tỉnh") {
		t.Error("shown again, or not listed")
	}
	for _, bad := range [][]string{{"name", "", "role", "viewer", "days", "3"}, {"name", "x", "role", "king", "days", "3"}, {"name", "x", "role", "viewer", "days", "900"}} {
		if resp, _ := c.post("/tokens", bad...); resp.StatusCode != http.StatusBadRequest {
			t.Errorf("%v: %d", bad, resp.StatusCode)
		}
	}
}

func TestPagesWorkWhenTheEngineAndTheQueueAreAway(t *testing.T) {
	t.Parallel()
	s := newSite(t, 30, func(o *Options) {
		o.Queue = func(ctx) error { return io.ErrUnexpectedEOF }
	})
	c := s.client(t)
	_, body := c.get("/")
	for _, want := range []string{"Chưa có tiến trình xử lý nào chạy", "Hàng đợi (Redis) không trả lời"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q", want)
		}
	}
	if _, body := c.get("/health"); !strings.Contains(body, "Kiểm tra Redis") || strings.Contains(body, "unexpected EOF") {
		t.Error("health does not say so in words, or shows the error's own")
	}
}

func TestNoLinkLeadsElsewhere(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"/listings?q=a&b=1": "/listings?q=a&b=1", "//evil.test": "/", "https://evil.test/": "/", `/\evil.test`: "/", "": "/", "javascript:alert(1)": "/", "runs": "/", "/%2f%2fevil": "/"} {
		if got := localPath(in); got != want {
			t.Errorf("localPath(%q) = %q, want %q", in, got, want)
		}
	}
}
