package dashboard

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"lensan/cmd/lensan/dashboard/shelf"
	"lensan/cmd/lensan/text"
	"lensan/store"
)

// visit is one request of one person.
type visit struct {
	d    *Dashboard
	lang text.Lang
	user user
	now  time.Time
	path string
}

// handler answers a request for a page. What it returns is shown as a page of
// its own.
type handler func(w http.ResponseWriter, r *http.Request, v *visit) error

// problem is an error that a person is told of.
type problem struct {
	status int
	what   text.Phrase
	err    error
}

func (p *problem) Error() string {
	if p.err != nil {
		return fmt.Sprintf("%s: %v", p.what.EN, p.err)
	}
	return p.what.EN
}

func (p *problem) Unwrap() error { return p.err }

// say makes an error for the person.
func say(status int, vi, en string) *problem {
	return &problem{status: status, what: text.Phrase{VI: vi, EN: en}}
}

var (
	errNotFound = say(http.StatusNotFound, "Không có trang này.", "There is no such page.")
	errRole     = say(http.StatusForbidden, "Vai trò của anh/chị không làm được việc này.", "Your role may not do this.")
)

// tell turns any error into one for the person; what is not known is a fault
// of ours, and is logged.
func (d *Dashboard) tell(r *http.Request, err error) *problem {
	var p *problem
	switch {
	case errors.As(err, &p):
		return p
	case errors.Is(err, store.ErrNoProduct), errors.Is(err, store.ErrNoRun), errors.Is(err, store.ErrNotFound),
		errors.Is(err, store.ErrNoImport), errors.Is(err, store.ErrNoSchedule), errors.Is(err, store.ErrNoAccess):
		return &problem{http.StatusNotFound, text.Phrase{VI: "Không tìm thấy.", EN: "Not found."}, err}
	case errors.Is(err, store.ErrCursor):
		return &problem{http.StatusBadRequest, text.Phrase{VI: "Trang kế không còn đúng: hãy xem lại từ đầu.", EN: "That page is no longer valid: begin again."}, err}
	case errors.Is(err, store.ErrRunEnded):
		return &problem{http.StatusConflict, text.Phrase{VI: "Lượt này đã kết thúc.", EN: "The run has ended."}, err}
	case errors.Is(err, store.ErrResolved), errors.Is(err, store.ErrNoProposal):
		return &problem{http.StatusConflict, text.Phrase{VI: "Việc này đã có người quyết định.", EN: "Somebody has decided this already."}, err}
	case errors.Is(err, store.ErrBusy):
		return &problem{http.StatusConflict, text.Phrase{VI: "Mã hàng này đang được xử lý: thử lại sau một phút.", EN: "A worker holds the listing: try again in a minute."}, err}
	case errors.Is(err, store.ErrChoice):
		return &problem{http.StatusBadRequest, text.Phrase{VI: "Lựa chọn không hợp lệ.", EN: "That is not one of the choices."}, err}
	case errors.Is(err, shelf.ErrCounting):
		return &problem{http.StatusServiceUnavailable, text.Phrase{VI: "Đang tính số liệu lần đầu sau khi khởi động: trang này tự mở lại sau giây lát.",
			EN: "Figures are being counted for the first time after the start: this page opens again in a moment."}, err}
	case errors.Is(err, context.Canceled):
		return &problem{499, text.Phrase{VI: "Đã dừng.", EN: "Stopped."}, err}
	}
	d.Log.Error("dashboard can't answer", "path", r.URL.Path, "err", err)
	return &problem{http.StatusServiceUnavailable, text.Phrase{
		VI: "Không đọc được cơ sở dữ liệu. Người quản trị hệ thống cần xem nhật ký.", EN: "The database can't be read. The administrator must look at the log."}, err}
}

// shelf is the recent shelf.
func (v *visit) shelf(ctx context.Context) (*shelf.Shelf, error) { return v.d.keeper.Get(ctx) }

// tr chooses between the languages.
func (v *visit) tr(vi, en string) string { return text.Sentence(v.lang, vi, en) }

// language is that of the visitor: chosen by cookie or by ?lang, else the
// default.
func (d *Dashboard) language(r *http.Request) text.Lang {
	if l := r.URL.Query().Get("lang"); l == "vi" || l == "en" {
		return text.Lang(l)
	}
	if c, err := r.Cookie("lang"); err == nil && (c.Value == "vi" || c.Value == "en") {
		return text.Lang(c.Value)
	}
	return text.ParseLang(d.Lang)
}

func (d *Dashboard) chooseLanguage(w http.ResponseWriter, r *http.Request, v *visit) error {
	to := text.ParseLang(r.URL.Query().Get("to"))
	http.SetCookie(w, &http.Cookie{Name: "lang", Value: string(to), Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: isSecure(r)})
	http.Redirect(w, r, localPath(r.URL.Query().Get("back")), http.StatusSeeOther)
	return nil
}

// localPath is an address of this dashboard: anything else becomes its root,
// so that no link can lead a person elsewhere.
func localPath(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") || strings.ContainsRune(u.Path, '\\') {
		return "/"
	}
	return (&url.URL{Path: u.Path, RawQuery: u.RawQuery}).String()
}
