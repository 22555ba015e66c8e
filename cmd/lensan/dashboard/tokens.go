package dashboard

import (
	"net/http"
	"strings"
	"time"

	"lensan/store"
)

type tokensData struct {
	page
	Tokens []store.Token
	Secret string // of the one just made: shown once
	Now    time.Time
}

func (d *Dashboard) tokens(w http.ResponseWriter, r *http.Request, v *visit) error {
	return d.showTokens(w, r, v, "")
}

func (d *Dashboard) showTokens(w http.ResponseWriter, r *http.Request, v *visit, secret string) (err error) {
	data := &tokensData{page: v.page("tokens", v.tr("Mã API", "API tokens")), Secret: secret, Now: v.now}
	if data.Tokens, err = d.Store.Tokens(r.Context()); err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return d.show(w, r, v, http.StatusOK, "tokens", data)
}

// createToken makes a token of at most the visitor's own role, for at most a
// year, and shows its secret on the answer, which is never kept.
func (d *Dashboard) createToken(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := r.ParseForm(); err != nil {
		return say(http.StatusBadRequest, "Biểu mẫu không đọc được.", "The form can't be read.")
	}
	name := strings.TrimSpace(r.PostForm.Get("name"))
	give := parseRole(r.PostForm.Get("role"))
	days := toInt64(r.PostForm.Get("days"))
	if name == "" || len(name) > 100 || give == roleNone || give > v.user.role || days < 1 || days > 366 {
		return say(http.StatusBadRequest, "Cần tên (để làm gì), vai trò và số ngày từ 1 đến 366.", "A name (what for), a role and 1 to 366 days are needed.")
	}
	secret, _, err := d.Store.CreateToken(r.Context(), name, give.String(), v.user.name, d.Now().Add(time.Duration(days)*24*time.Hour))
	if err != nil {
		return err
	}
	return d.showTokens(w, r, v, secret)
}

func (d *Dashboard) revokeToken(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := d.Store.RevokeToken(r.Context(), r.PathValue("id"), v.user.name); err != nil {
		return err
	}
	return done(w, r, "/tokens", "token_gone")
}
