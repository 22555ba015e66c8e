package dashboard

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"lensan/store"
)

// waitText waits until an element shows a text.
func (b *browser) waitText(selector, want string) {
	b.t.Helper()
	const tries = 5 // a click leads to another page, which ends what was asked of the one before
	var ok bool
	var err error
	for range tries {
		b.do(chromedp.WaitVisible(selector))
		if ok, err = b.shows(selector, want); err == nil {
			break
		}
	}
	if err != nil {
		b.t.Fatal(err)
	}
	if !ok {
		text, _ := chromedp.Run(b.ctx, chromedp.Text("main"))
		b.t.Fatalf("%s never showed %q; the page says:\n%s", selector, want, text)
	}
}

// shows tells whether an element comes to show a text on this page.
func (b *browser) shows(selector, want string) (bool, error) {
	return chromedp.Run(b.ctx, chromedp.Evaluate[bool](`new Promise(done => {
  const has = () => { const e = document.querySelector(`+"`"+selector+"`"+`); return !!e && e.innerText.includes(`+"`"+want+"`"+`) };
  if (has()) return done(true);
  const seen = new MutationObserver(() => { if (has()) { seen.disconnect(); done(true) } });
  seen.observe(document.documentElement, {subtree: true, childList: true, characterData: true});
  setTimeout(() => { seen.disconnect(); done(has()) }, 15000);
})`, chromedp.EvalAwaitPromise))
}

// click clicks a button or link of the page's main part by its words, as a
// person finds it. Finding and clicking are one step in the page, for a piece
// that comes with live progress may take the place of the one just found.
func (b *browser) click(words string) {
	b.t.Helper()
	ok, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](`(() => {
  const find = () => [...document.querySelectorAll("main a, main button")].find(e => e.innerText.includes(`+"`"+words+"`"+`));
  if (!find()) return false;
  setTimeout(() => find().click()); // after this answer, which leaving the page would end
  return true;
})()`))
	if err != nil || !ok {
		b.t.Fatalf("click %q: %v %v", words, ok, err)
	}
}

func TestActionsInChromium(t *testing.T) {
	s := newSite(t, 140, func(o *Options) {
		o.UsersFile = usersOf(t, "an:admin", "chi:viewer")
		o.Import = importNothing
	})
	run, _ := furnish(t, s)
	b := newBrowser(t)
	b.resize(laptop)

	// Sign in, with a wrong password first.
	b.do(chromedp.Navigate(s.url + "/lanes"))
	b.do(chromedp.SendKeys("input[name=name]", "an"), chromedp.SendKeys("input[name=password]", "sai mật khẩu"))
	b.do(chromedp.Click("main button"))
	b.waitText("main", "chưa đúng")
	for len(b.errors) > 0 { // Chromium reports the 401 itself
		<-b.errors
	}
	b.do(chromedp.SendKeys("input[name=password]", goodPassword), chromedp.Click("main button"))
	b.waitText("h1", "Kênh")

	// A lane is paused and resumed.
	b.click("Tạm dừng kênh")
	b.waitText(".note", "Đã tạm dừng")
	b.click("Mở lại kênh")
	b.waitText(".note", "chạy tiếp")

	// Searching changes the list without a new page, and the address with it.
	b.do(chromedp.Navigate(s.url + "/listings"))
	b.do(chromedp.SendKeys("#q", "mat ong"))
	b.waitText(".facets", "mat ong")
	at, err := chromedp.Run(b.ctx, chromedp.Evaluate[string]("location.search"))
	if err != nil || !strings.Contains(at, "q=mat%20ong") {
		t.Errorf("the address is %q, %v", at, err)
	}
	names, err := chromedp.Run(b.ctx, chromedp.Evaluate[int](`[...document.querySelectorAll("#results .pname")].filter(e => !e.innerText.startsWith("Mật ong")).length`))
	if err != nil || names != 0 {
		t.Errorf("%d rows are no honey, %v", names, err)
	}

	// A producer is found by words of its name, and its name offered.
	b.do(chromedp.Navigate(s.url + "/listings"))
	b.do(chromedp.SendKeys("input[name=producer]", "con cuong"), chromedp.KeyEvent("\t"))
	b.waitText(".facets", "con cuong")
	others, err := chromedp.Run(b.ctx, chromedp.Evaluate[int](`[...document.querySelectorAll("#results tbody tr")].filter(e => !e.cells[1].innerText.includes("Con Cuông")).length`))
	if err != nil || others != 0 {
		t.Errorf("%d rows are of other producers, %v", others, err)
	}
	b.do(chromedp.Navigate(s.url + "/listings?q=mat+ong"))

	// A run over the filter, its count first.
	b.click("Đồng bộ")
	b.waitText("h1", "Lượt mới")
	b.waitText("main", "mat ong")
	b.click("Chạy ngay")
	b.waitText(".note", "xếp hàng")

	// Progress comes by itself.
	b.do(chromedp.Navigate(s.url + "/runs/" + run))
	b.waitText("#progress", "45 / 60")
	s.Exec(t, "UPDATE items SET state = 'done', finished_at = ? WHERE run_id = ? AND state = 'waiting' AND id < 'i055'", noon.UnixMilli(), run)
	b.waitText("#progress", "55 / 60")
	b.click("Tạm dừng")
	b.waitText("#progress", "tạm dừng")
	b.click("Chạy tiếp")
	b.waitText("#progress", "đang chạy")
	b.click("Hủy lượt")
	b.waitText("main", "Chạy lại")
	b.click("Chạy lại")
	b.waitText("h1", "Chạy lại 4 mã hàng")
	b.click("Chạy lại 4 mã hàng")
	b.waitText(".note", "xếp hàng")

	// A decision, with its note.
	b.do(chromedp.Navigate(s.url + "/decisions"))
	b.do(chromedp.SendKeys("input[name=note]", "đã gọi chủ thể"))
	b.click("Giữ như trên sàn")
	b.waitText("main", "Không có gì chờ quyết định")
	open, err := s.World.Store.Decisions(t.Context(), store.DecisionFilter{State: "resolved"})
	if err != nil || len(open) != 1 || open[0].Note != "đã gọi chủ thể" || open[0].ResolvedBy != "an" {
		t.Errorf("%+v %v", open, err)
	}

	// A schedule, a token, the other language, and out.
	b.do(chromedp.Navigate(s.url + "/schedules"))
	b.click("Tắt lịch")
	b.waitText("main", "đang tắt")
	b.do(chromedp.Navigate(s.url + "/tokens"))
	b.do(chromedp.SendKeys("main input[name=name]", "kho dữ liệu"))
	b.click("Cấp mã")
	b.waitText(".secret", store.TokenPrefix)
	b.do(chromedp.Click(".lang"))
	b.waitText("h1", "API tokens")
	b.do(chromedp.Click(".who button"))
	b.waitText("h1", "Sign in")
	b.clean("actions")
}

// The first page is walked by keyboard, and its table changes in place.
func TestHomeByKeyboardInChromium(t *testing.T) {
	s := newSite(t, 60, nil)
	b := newBrowser(t)
	b.resize(laptop)
	b.do(chromedp.Navigate(s.url+"/"), chromedp.KeyEvent("\t"))
	first, err := chromedp.Run(b.ctx, chromedp.Evaluate[string]("document.activeElement.className"))
	if err != nil || first != "skip" {
		t.Errorf("the first stop is %q, %v", first, err)
	}
	b.do(chromedp.KeyEvent("\r"))
	at, err := chromedp.Run(b.ctx, chromedp.Evaluate[string]("location.hash + document.activeElement.id"))
	if err != nil || at != "#mainmain" {
		t.Errorf("the skip link leads to %q, %v", at, err)
	}
	b.do(chromedp.Navigate(s.url + "/?by=stars#cover-by"))
	b.waitText("#cover-by", "3 sao")
	b.do(chromedp.Click(`#cover-by .tabs a:nth-child(3)`))
	b.waitText("#cover-by", "Bộ 0")
	b.clean("home")
}
