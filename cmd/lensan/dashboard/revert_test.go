package dashboard

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"lensan/store/catalog"
)

// revertOf is what taking any run back would do: three closes, and a price
// that a seller has edited since.
func revertOf(ctx, string) (Reverting, error) {
	return Reverting{Changes: []RevertChange{{"postmart", "close", 3}, {"voso", "update_offer", 2}}, Closes: 3, Same: 1, LeftN: 1, Brake: "close", Asked: 3, Max: 2,
		Left: []RevertLeft{{"voso", "NA0000001-1", "40-416-16700-1-2024", []catalog.Reason{{Code: "revert.edited_since", Args: map[string]string{"field": "price", "there": "450000"}}}}}}, nil
}

func TestARunIsTakenBackAfterAPreview(t *testing.T) {
	t.Parallel()
	s := newSite(t, 140, func(o *Options) { o.Revert = revertOf })
	open, _ := furnish(t, s)
	c := s.client(t)
	if resp, _ := c.get("/runs/" + open + "/revert"); resp.StatusCode != http.StatusConflict {
		t.Errorf("a run that goes on: %d", resp.StatusCode)
	}
	if resp, _ := c.get("/runs/nothing/revert"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("no such run: %d", resp.StatusCode)
	}
	_, body := c.get("/runs/n0/revert")
	for _, want := range []string{"chưa gửi gì", `<span class="big">5</span>`, "NA0000001-1", "450.000 đ", "Giá bán", "ẩn quá nhiều tin", `name="confirm"`} {
		if !strings.Contains(strings.ToLower(body), strings.ToLower(want)) {
			t.Errorf("no %q in the preview", want)
		}
	}
	for _, wrong := range []string{"", "5"} {
		if resp, _ := c.post("/runs/n0/revert", "confirm", wrong); resp.StatusCode != http.StatusConflict {
			t.Errorf("confirmed by %q: %d", wrong, resp.StatusCode)
		}
	}
	resp, _ := c.post("/runs/n0/revert", "confirm", "3")
	run, err := s.World.Store.GetRun(t.Context(), strings.TrimPrefix(resp.Header.Get("Location"), "/runs/"))
	if err != nil || run.Kind != catalog.RunRevert || run.Reverts != "n0" || run.Policy != catalog.PolicySync || run.RequestedBy != "an" {
		t.Errorf("%+v %v", run, err)
	}
	if _, body := c.get("/runs/" + run.ID); !strings.Contains(body, `href="/runs/n0"`) {
		t.Error("the run does not say which one it takes back")
	}
}

func TestNothingLeftToTakeBackIsNoRun(t *testing.T) {
	t.Parallel()
	s := newSite(t, 140, func(o *Options) {
		o.Revert = func(ctx, string) (Reverting, error) { return Reverting{Same: 4}, nil }
	})
	furnish(t, s)
	c := s.client(t)
	if _, body := c.get("/runs/n0/revert"); !strings.Contains(body, "Không còn gì để hoàn lại") || strings.Contains(body, `action="/runs/n0/revert"`) {
		t.Error("an empty revert is offered")
	}
	if resp, _ := c.post("/runs/n0/revert"); resp.StatusCode != http.StatusConflict {
		t.Errorf("an empty revert is asked for: %d", resp.StatusCode)
	}
}

func TestViewersTakeNothingBack(t *testing.T) {
	t.Parallel()
	s := newSite(t, 140, func(o *Options) {
		o.Revert = revertOf
		o.UsersFile = usersOf(t, "chi:viewer")
	})
	open, _ := furnish(t, s)
	c := s.signedIn(t, "chi")
	for _, path := range []string{"/runs/n0/revert", "/runs/" + open + "/retry"} {
		if resp, _ := c.get(path); resp.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d", path, resp.StatusCode)
		}
		if resp, _ := c.post(path, "confirm", "3"); resp.StatusCode != http.StatusForbidden {
			t.Errorf("POST %s: %d", path, resp.StatusCode)
		}
	}
	if resp, _ := c.post("/reconcile"); resp.StatusCode != http.StatusForbidden {
		t.Errorf("reconcile: %d", resp.StatusCode)
	}
}

func TestReconcilingIsAskedForOneMarketplaceOrAll(t *testing.T) {
	t.Parallel()
	s := newSite(t, 30, nil)
	c := s.client(t)
	for lane, want := range map[string]int{"voso": 1, "": 0} {
		resp, _ := c.post("/reconcile", "lane", lane)
		run, err := s.World.Store.GetRun(t.Context(), strings.TrimPrefix(resp.Header.Get("Location"), "/runs/"))
		if err != nil || run.Kind != catalog.RunReconcile || run.Policy != catalog.PolicyUpsertOnly || len(run.Scope.Marketplaces) != want {
			t.Errorf("%q: %+v %v", lane, run, err)
		}
	}
	if resp, _ := c.post("/reconcile", "lane", "nowhere"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("an unknown lane: %d", resp.StatusCode)
	}
}

// Taking back, trying again and reconciling, as a person clicks them.
func TestRunsAreTakenBackAndTriedAgainInChromium(t *testing.T) {
	s := newSite(t, 140, func(o *Options) { o.Revert = revertOf })
	open, _ := furnish(t, s)
	s.Exec(t, "UPDATE runs SET planned = 5 WHERE id = 'n0'")
	s.Exec(t, "INSERT INTO items (id, run_id, marketplace, sku, lane_queue, purpose, op, state, due_at, reason_code, created_at, finished_at) VALUES ('z1', 'n0', 'voso', 'NA0000001-1', 'normal', 'apply', 'create', 'done', 1, '', 1, 2)")
	b := newBrowser(t)
	b.resize(laptop)
	b.do(chromedp.Navigate(s.url + "/runs/n0"))
	b.click("Hoàn lại lượt này")
	b.waitText("h1", "Hoàn lại lượt")
	for _, v := range b.serious() {
		t.Error("revert: ", v)
	}
	b.shot("revert-laptop")
	b.do(chromedp.SendKeys("input[name=confirm]", "3"))
	b.click("Hoàn lại 5 tin")
	b.waitText(".note", "xếp hàng")
	b.waitText("main", "hoàn lại lượt n0")

	b.do(chromedp.Navigate(s.url + "/runs/" + open))
	b.click("Hủy lượt")
	b.waitText("main", "Chạy lại")
	b.do(chromedp.Navigate(s.url + "/runs/" + open)) // its figures may be a moment old
	b.click("Chạy lại 4")
	b.waitText("h1", "Chạy lại 4 mã hàng")
	for _, v := range b.serious() {
		t.Error("retry: ", v)
	}
	b.shot("retry-laptop")
	b.click("Chạy lại 4 mã hàng")
	b.waitText(".note", "xếp hàng")

	b.do(chromedp.Navigate(s.url + "/lanes"))
	b.click("Đối chiếu")
	b.waitText("h1", "Đối chiếu: Postmart")
	b.clean("runs")
}
