package dashboard

import (
	"errors"
	"net"
	"net/http"
	"strings"

	"lensan/store"
)

// policy is the Content-Security-Policy: nothing from elsewhere, nothing
// inline.
const policy = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"

const sessionCookie = "lensan_session"

// guard puts around every answer what is true of all of them.
func (d *Dashboard) guard(next http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d.fail(w, r, d.visitOf(r), say(http.StatusForbidden, "Yêu cầu đến từ một trang khác nên bị từ chối.", "The request comes from another site and is refused."))
	}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("X-Frame-Options", "DENY")
		if isSecure(r) {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if !d.users.any() && !isLocal(r) {
			d.fail(w, r, d.visitOf(r), say(http.StatusForbidden,
				"Chưa có người dùng nào (LENSAN_DASHBOARD_USERS_FILE): trang này chỉ trả lời trên chính máy chạy lensan.",
				"There are no users yet (LENSAN_DASHBOARD_USERS_FILE): this page answers on lensan's own machine only."))
			return
		}
		if r.ContentLength > d.MaxUpload+d.MaxPictures+1<<20 {
			d.fail(w, r, d.visitOf(r), say(http.StatusRequestEntityTooLarge, "Tệp lớn quá.", "The file is too large."))
			return
		}
		cross.Handler(next).ServeHTTP(w, r)
	})
}

// isLocal tells that a request came in on the loopback, and was meant for it:
// a name that a foreign page made to point here is not it.
func isLocal(r *http.Request) bool {
	if a, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
		host, _, err := net.SplitHostPort(a.String())
		if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
			return false
		}
	}
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.Trim(host, "[]")
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func isSecure(r *http.Request) bool {
	return r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https"
}

// visitOf is the visit of a request by nobody known yet.
func (d *Dashboard) visitOf(r *http.Request) *visit {
	return &visit{d: d, lang: d.language(r), now: d.Now(), path: r.URL.RequestURI()}
}

// anybody lets anybody in.
func (d *Dashboard) anybody(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		v := d.visitOf(r)
		if u, err := d.who(r); err == nil {
			v.user = u
		}
		if err := h(w, r, v); err != nil {
			d.fail(w, r, v, err)
		}
	})
}

// allow lets in who has at least a role; others are sent to sign in.
func (d *Dashboard) allow(need role, h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache, private")
		v := d.visitOf(r)
		u, err := d.who(r)
		if errors.Is(err, store.ErrNoAccess) {
			if r.Header.Get("HX-Request") == "true" { // a piece of a page: the page itself goes there
				w.Header().Set("HX-Redirect", "/sign-in")
				return
			}
			if r.Method == http.MethodGet || r.Method == http.MethodHead {
				http.Redirect(w, r, "/sign-in?to="+queryEscape(r.URL.RequestURI()), http.StatusSeeOther)
				return
			}
			err = say(http.StatusUnauthorized, "Hãy đăng nhập lại.", "Sign in again.")
		}
		v.user = u
		if err == nil && u.role < need {
			err = errRole
		}
		if err == nil {
			err = h(w, r, v)
		}
		if err != nil {
			d.fail(w, r, v, err)
		}
	})
}

// who finds the person of a request by the session's cookie;
// store.ErrNoAccess.
func (d *Dashboard) who(r *http.Request) (user, error) {
	if !d.users.any() {
		return user{name: d.LocalName, role: roleAdmin, local: true}, nil
	}
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return user{}, store.ErrNoAccess
	}
	s, err := d.Store.GetSession(r.Context(), c.Value)
	if err != nil {
		return user{}, err
	}
	// The file decides, not the session: a person taken off it, or given
	// another password or role, must sign in again.
	u, ok := d.users.find(s.Name)
	if !ok || u.stamp != s.Stamp {
		return user{}, store.ErrNoAccess
	}
	return user{name: u.name, role: u.role}, nil
}
