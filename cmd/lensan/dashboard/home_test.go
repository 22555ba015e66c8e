package dashboard

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"lensan/store"
)

func TestTheFirstPageSaysWhomToCallAndHowFastLanesAreUsed(t *testing.T) {
	t.Parallel()
	s := newSite(t, 140, nil)
	furnish(t, s)
	for range 3 {
		if err := s.World.Store.AddLanePace(t.Context(), "postmart", 40, 24); err != nil {
			t.Fatal(err)
		}
	}
	c := s.client(t)
	_, body := c.get("/")
	for _, want := range []string{"Cần gọi", "/fix?who=producer", "2 / 24 yêu cầu mỗi giây", "chưa có số", "thử lại", "Đọc toàn bộ", "hết hoặc chưa rõ hiệu lực"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q on the first page", want)
		}
	}
	s.Exec(t, "UPDATE accounts SET pause_reason = 'lane.unauthorized', paused_by = '' WHERE marketplace = 'voso'")
	if _, body := c.get("/lanes"); !strings.Contains(body, "bị từ chối</span>") {
		t.Error("a refused sign-in is not said on the lane")
	}
	// A piece of the page is that piece, and no more.
	c.header = map[string][]string{"Hx-Request": {"true"}, "Hx-Target": {"live"}}
	_, part := c.get("/")
	if !strings.HasPrefix(part, `<div class="stack wide" id="live"`) || strings.Contains(part, "<html") || strings.Contains(part, "cover-by") {
		t.Errorf("the piece is %.200s", part)
	}
}

func TestAPieceOfAPageLeadsToSignInWhenTheSessionHasEnded(t *testing.T) {
	t.Parallel()
	s := newSite(t, 10, func(o *Options) { o.UsersFile = usersOf(t, "an:admin") })
	c := s.client(t)
	c.header = map[string][]string{"Hx-Request": {"true"}, "Hx-Target": {"live"}}
	if resp, body := c.get("/"); resp.Header.Get("HX-Redirect") != "/sign-in" || body != "" {
		t.Errorf("%d %v %q", resp.StatusCode, resp.Header, body)
	}
}

func TestCoverageIsComparedWithWeeksAgo(t *testing.T) {
	t.Parallel()
	s := newSite(t, 140, nil)
	_, before := s.client(t).get("/?by=stars")
	if strings.Contains(before, "So với") {
		t.Error("compared with nothing")
	}
	s.Exec(t, "INSERT INTO coverage_days (day, marketplace, dimension, value, recognised, eligible, listable, live, taken_at) VALUES ('2026-11-01', 'both', 'stars', '4', 9, 9, 9, 0, 1), ('2026-10-01', 'both', 'stars', '4', 9, 9, 9, 900, 1)")
	_, after := s.client(t).get("/?by=stars")
	if !strings.Contains(after, "So với 01/11/2026") || !strings.Contains(after, `class="up">+`) || strings.Contains(after, `class="down">-`) {
		t.Error("not compared with the first day of the last four weeks")
	}
}

func TestEventsSayWhatChangedAndWhy(t *testing.T) {
	t.Parallel()
	s := newSite(t, 140, nil)
	_, product := furnish(t, s)
	for _, e := range []store.Event{
		{Actor: "an", Kind: "listing.repriced", Marketplace: "voso", ProductCode: product, Detail: map[string]any{"before": map[string]string{"price": "65000"}, "after": map[string]string{"price": "66000"}}},
		{Kind: "listing.closed", Marketplace: "voso", ProductCode: product, Detail: map[string]any{"reason": "recognition_expired"}},
		{Actor: "binh", Kind: "decision.resolved", Marketplace: "voso", ProductCode: product, Detail: map[string]any{"about": "drift", "choice": "keep_theirs", "note": "đã gọi chủ thể", "stake": map[string]string{"field": "price"}}},
		{Actor: "an", Kind: "lane.paused", Marketplace: "voso", Detail: map[string]any{"reason": "lane.outage"}},
		{Actor: "an", Kind: "schedule.changed", Detail: map[string]any{"name": "nightly", "before": "0 2 * * *", "after": "30 3 * * *"}},
	} {
		if err := s.World.Store.AppendEvent(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	c := s.client(t)
	_, page := c.get("/products/" + product)
	for _, want := range []string{"Giá bán: 65.000 đ → 66.000 đ", "Vì: quyết định công nhận hết hiệu lực", "Giữ như trên sàn", "Ghi chú: đã gọi chủ thể"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q on the product's page", want)
		}
	}
	_, audit := c.get("/audit")
	for _, want := range []string{"Giá bán: 65.000 đ → 66.000 đ", "Đối chiếu lúc 03:30 hằng ngày", "Vì: "} {
		if !strings.Contains(audit, want) {
			t.Errorf("no %q in the audit", want)
		}
	}
}

// The first page renews itself and keeps the keyboard's place.
func TestTheFirstPageRenewsItselfInChromium(t *testing.T) {
	s := newSite(t, 60, nil)
	furnish(t, s)
	b := newBrowser(t)
	b.resize(laptop)
	b.do(chromedp.Navigate(s.url + "/"))
	b.waitText("#live", "tự cập nhật mỗi 30 giây")
	b.waitText("#live", "Voso")
	if err := s.World.Store.PauseLane(t.Context(), "postmart", store.NeverResumes, reasonByHand, "binh"); err != nil {
		t.Fatal(err)
	}
	s.clock.Add(time.Second.Milliseconds())
	b.do(chromedp.Func(func(ctx ctx, _ *chromedp.Target) error {
		_, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](`(document.getElementById("all-lanes").focus(), htmx.trigger("#live", "renew"), true)`))
		return err
	}))
	b.waitText("#live", "tạm dừng bởi binh")
	focus, err := chromedp.Run(b.ctx, chromedp.Evaluate[string]("document.activeElement.id"))
	if err != nil || focus != "all-lanes" {
		t.Errorf("the keyboard is at %q, %v", focus, err)
	}
	b.clean("home")
}
