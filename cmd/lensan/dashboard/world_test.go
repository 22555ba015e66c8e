package dashboard

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/storetest"
)

// site is a dashboard over a filled database, on a server of its own.
type site struct {
	*storetest.World
	*Dashboard
	url   string
	clock *atomic.Int64
}

// noon is the time of the tests: on FillDay, in Vietnam.
var noon = time.Date(2026, 11, 24, 5, 0, 0, 0, time.UTC)

// newSite makes a site over n products on SQLite; change alters its options.
func newSite(t testing.TB, n int, change func(*Options)) *site {
	t.Helper()
	return newSiteOn(t, storetest.URLs(t)["sqlite"](t), n, change)
}

func newSiteOn(t testing.TB, database string, n int, change func(*Options)) *site {
	t.Helper()
	s := &site{clock: &atomic.Int64{}}
	s.clock.Store(noon.UnixMilli())
	now := func() time.Time { return time.UnixMilli(s.clock.Load()).UTC() }
	s.World = storetest.NewWorld(t, database, store.Options{Now: now})
	if n > 0 {
		storetest.Fill(t, s.World, n)
	}
	opts := Options{Store: s.World.Store, Now: now, Today: func() catalog.Day { return storetest.FillDay }, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Version: "test", Titles: map[string]string{"postmart": "Postmart (Buudien.vn)", "voso": "Voso"}, TempDir: t.TempDir(), LocalName: "an"}
	if change != nil {
		change(&opts)
	}
	d, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	s.Dashboard = d
	server := httptest.NewServer(d)
	s.url = server.URL
	t.Cleanup(func() {
		d.Close()
		server.Close()
	})
	return s
}

// usersOf writes a users' file: name:role, all with the password below.
func usersOf(t testing.TB, users ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "users")
	var lines []string
	for _, u := range users {
		name, role, _ := strings.Cut(u, ":")
		lines = append(lines, User{name, role, goodHash(t)}.Line())
	}
	if err := os.WriteFile(path, []byte("# who may sign in\n"+strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const goodPassword = "mật khẩu đủ dài"

var hashOnce atomic.Value

func goodHash(t testing.TB) string {
	if h, ok := hashOnce.Load().(string); ok {
		return h
	}
	// The least cost: tests sign in often.
	hash, err := bcrypt.GenerateFromPassword([]byte(goodPassword), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	hashOnce.Store(string(hash))
	return string(hash)
}

// client keeps cookies and follows no redirect.
func (s *site) client(t testing.TB) *client {
	t.Helper()
	return &client{t: t, site: s, cookies: map[string]string{}}
}

type client struct {
	t       testing.TB
	site    *site
	cookies map[string]string
	header  http.Header
}

func (c *client) do(method, path string, form url.Values) (*http.Response, string) {
	c.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.site.url+path, body)
	if err != nil {
		c.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for k, v := range c.header {
		r.Header[k] = v
	}
	for k, v := range c.cookies {
		r.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	plain := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := plain.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, cookie := range resp.Cookies() {
		if cookie.MaxAge < 0 {
			delete(c.cookies, cookie.Name)
		} else {
			c.cookies[cookie.Name] = cookie.Value
		}
	}
	return resp, string(text)
}

func (c *client) get(path string) (*http.Response, string) {
	c.t.Helper()
	return c.do(http.MethodGet, path, nil)
}

func (c *client) post(path string, pairs ...string) (*http.Response, string) {
	c.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return c.do(http.MethodPost, path, form)
}

// signedIn is a client of a person.
func (s *site) signedIn(t testing.TB, name string) *client {
	t.Helper()
	c := s.client(t)
	if resp, _ := c.post("/sign-in", "name", name, "password", goodPassword); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("sign-in of %s: %d", name, resp.StatusCode)
	}
	return c
}
