package dashboard

import (
	"net"
	"net/http"
	"net/url"
	"time"
)

// Failed sign-ins within signInWindow after which a name or an address must
// wait.
const (
	signInWindow  = 15 * time.Minute
	signInsOfName = 5
	signInsOfAddr = 20
)

type signInData struct {
	page
	Problem string
	Name    string
	To      string
}

func (d *Dashboard) signInPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	to := localPath(r.URL.Query().Get("to"))
	if v.user.role != roleNone {
		http.Redirect(w, r, to, http.StatusSeeOther)
		return nil
	}
	return d.show(w, r, v, http.StatusOK, "signin", &signInData{page: v.page("signin", v.tr("Đăng nhập", "Sign in")), To: to})
}

// signIn checks name and password. Sessions are made anew at every sign-in,
// so that a cookie planted before is worth nothing after.
func (d *Dashboard) signIn(w http.ResponseWriter, r *http.Request, v *visit) error {
	if !d.users.any() {
		return errNotFound
	}
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	if err := r.ParseForm(); err != nil {
		return say(http.StatusBadRequest, "Biểu mẫu không đọc được.", "The form can't be read.")
	}
	name, to := r.PostForm.Get("name"), localPath(r.PostForm.Get("to"))
	again := func(status int, vi, en string) error {
		return d.show(w, r, v, status, "signin", &signInData{page: v.page("signin", v.tr("Đăng nhập", "Sign in")), Problem: v.tr(vi, en), Name: name, To: to})
	}
	ctx, since := r.Context(), d.Now().Add(-signInWindow)
	byName, byAddr := "user:"+name, "from:"+remoteHost(r)
	for subject, limit := range map[string]int{byName: signInsOfName, byAddr: signInsOfAddr} {
		n, err := d.Store.FailedSignIns(ctx, subject, since)
		if err != nil {
			return err
		}
		if n >= limit {
			w.Header().Set("Retry-After", "900")
			return again(http.StatusTooManyRequests, "Sai nhiều lần quá. Hãy đợi 15 phút rồi thử lại.", "Too many attempts. Wait 15 minutes and try again.")
		}
	}
	u, ok := d.users.check(name, r.PostForm.Get("password"))
	if !ok {
		if err := d.Store.NoteFailedSignIn(ctx, name, byName, byAddr); err != nil {
			return err
		}
		return again(http.StatusUnauthorized, "Tên hoặc mật khẩu chưa đúng.", "The name or the password is not right.")
	}
	if old, err := r.Cookie(sessionCookie); err == nil {
		if err := d.Store.EndSession(ctx, old.Value); err != nil {
			return err
		}
	}
	secret, err := d.Store.StartSession(ctx, u.name, u.role.String(), u.stamp)
	if err != nil {
		return err
	}
	if err := d.Store.ForgetFailedSignIns(ctx, byName); err != nil {
		return err
	}
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: secret, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: isSecure(r)})
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

func (d *Dashboard) signOut(w http.ResponseWriter, r *http.Request, v *visit) error {
	if c, err := r.Cookie(sessionCookie); err == nil {
		if err := d.Store.EndSession(r.Context(), c.Value); err != nil {
			return err
		}
	}
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: isSecure(r)})
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
	return nil
}

// remoteHost is the address a request comes from, without its port.
func remoteHost(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

func queryEscape(s string) string { return url.QueryEscape(s) }
