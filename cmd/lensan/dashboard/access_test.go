package dashboard

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"lensan/store/storetest"
)

func TestNobodyGetsInWithoutSigningIn(t *testing.T) {
	t.Parallel()
	s := newSite(t, 20, func(o *Options) { o.UsersFile = usersOf(t, "an:admin", "binh:operator", "chi:viewer") })
	c := s.client(t)
	for _, path := range screens {
		if resp, _ := c.get(path); resp.StatusCode != http.StatusSeeOther || !strings.HasPrefix(resp.Header.Get("Location"), "/sign-in?to=") {
			t.Errorf("%s: %d %s", path, resp.StatusCode, resp.Header.Get("Location"))
		}
	}
	for _, path := range []string{"/runs", "/lanes/voso/pause", "/tokens", "/schedules/nightly"} {
		if resp, _ := c.post(path); resp.StatusCode != http.StatusUnauthorized {
			t.Errorf("POST %s: %d", path, resp.StatusCode)
		}
	}
	if resp, body := c.get("/sign-in?to=//evil.test/x"); resp.StatusCode != http.StatusOK || !strings.Contains(body, `name="to" value="/"`) {
		t.Errorf("a foreign way back: %d", resp.StatusCode)
	}
}

func TestEachRoleMayDoWhatItMay(t *testing.T) {
	t.Parallel()
	s := newSite(t, 20, func(o *Options) {
		o.UsersFile = usersOf(t, "an:admin", "binh:operator", "chi:viewer")
		o.Import = importNothing
	})
	people := map[string]*client{}
	for _, name := range []string{"an", "binh", "chi"} {
		people[name] = s.signedIn(t, name)
	}
	for _, c := range []struct {
		method, path        string
		viewer, oper, admin int
	}{
		{"GET", "/listings", 200, 200, 200},
		{"GET", "/audit", 200, 200, 200},
		{"GET", "/runs/new", 403, 200, 200},
		{"GET", "/imports/new", 403, 200, 200},
		{"GET", "/tokens", 403, 403, 200},
		{"POST", "/lanes/voso/pause", 403, 303, 303},
		{"POST", "/lanes/voso/resume", 403, 303, 303},
		{"POST", "/tokens", 403, 403, 400},
		{"GET", "/listings.csv?contacts=1", 403, 200, 200},
		{"GET", "/listings.csv", 200, 200, 200},
	} {
		for name, want := range map[string]int{"chi": c.viewer, "binh": c.oper, "an": c.admin} {
			if resp, _ := people[name].do(c.method, c.path, url.Values{}); resp.StatusCode != want {
				t.Errorf("%s %s by %s: %d, want %d", c.method, c.path, name, resp.StatusCode, want)
			}
		}
	}
	if n := s.Int(t, "SELECT COUNT(*) FROM events WHERE kind = 'lane.paused' AND actor = 'binh'"); n != 1 {
		t.Errorf("%d pauses by name", n)
	}
	if n := s.Int(t, "SELECT COUNT(*) FROM events WHERE kind = 'export.personal' AND actor IN ('an', 'binh')"); n != 2 {
		t.Errorf("%d exports of personal data audited, want 2", n)
	}
}

func TestViewersSeeNoPersonalData(t *testing.T) {
	t.Parallel()
	s := newSite(t, 30, func(o *Options) { o.UsersFile = usersOf(t, "binh:operator", "chi:viewer") })
	viewer, operator := s.signedIn(t, "chi"), s.signedIn(t, "binh")
	rows, _, err := s.World.Store.ProductStatus(t.Context(), storeFilter(), storePage(200))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows[:20] {
		_, seen := viewer.get("/products/" + r.ProductCode)
		_, whole := operator.get("/products/" + r.ProductCode)
		for _, digits := range []string{"0900000", "2900000", "Xóm 1"} {
			if strings.Contains(seen, digits) {
				t.Errorf("%s: a viewer sees %s", r.ProductCode, digits)
			}
			if !strings.Contains(whole, digits) {
				t.Errorf("%s: an operator does not see %s", r.ProductCode, digits)
			}
		}
	}
	if _, csv := viewer.get("/listings.csv"); strings.Contains(csv, "0900000") {
		t.Error("a viewer's export has telephones")
	}
	if _, csv := operator.get("/listings.csv?contacts=1"); !strings.Contains(csv, "0900000") {
		t.Error("an operator's export has no telephones")
	}
}

func TestSessionsAreNewAtEachSignInAndEndWithTheUser(t *testing.T) {
	t.Parallel()
	path := usersOf(t, "an:admin", "chi:viewer")
	s := newSite(t, 0, func(o *Options) { o.UsersFile = path })
	c := s.client(t)
	c.cookies[sessionCookie] = "planted"
	resp, _ := c.post("/sign-in", "name", "an", "password", goodPassword, "to", "/listings?q=a")
	if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != "/listings?q=a" {
		t.Fatal(resp.StatusCode, resp.Header.Get("Location"))
	}
	first := c.cookies[sessionCookie]
	if first == "planted" || first == "" {
		t.Error("the planted session lives")
	}
	for _, cookie := range resp.Cookies() {
		if cookie.Name == sessionCookie && (!cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode) {
			t.Errorf("cookie %+v", cookie)
		}
	}
	c.post("/sign-in", "name", "an", "password", goodPassword)
	if second := c.cookies[sessionCookie]; second == first {
		t.Error("the same session again")
	}
	old := s.client(t)
	old.cookies[sessionCookie] = first
	if resp, _ := old.get("/"); resp.StatusCode != http.StatusSeeOther {
		t.Error("the session before the second sign-in lives on")
	}
	if n := s.Int(t, "SELECT COUNT(*) FROM sessions WHERE hash = ?", c.cookies[sessionCookie]); n != 0 {
		t.Error("the cookie's value itself is stored")
	}
	// Taken off the file: out at once.
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(data), "an:admin", "an:viewer", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	s.users.mu.Lock()
	s.users.looked = time.Time{} // as if a second had passed
	s.users.mu.Unlock()
	if resp, _ := c.get("/"); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("another role, the same session: %d", resp.StatusCode)
	}
	d := s.signedIn(t, "chi")
	d.post("/sign-out")
	if resp, _ := d.get("/"); resp.StatusCode != http.StatusSeeOther {
		t.Error("signed out and still in")
	}
}

func TestGuessingIsSlowedDown(t *testing.T) {
	t.Parallel()
	s := newSite(t, 0, func(o *Options) { o.UsersFile = usersOf(t, "an:admin") })
	c := s.client(t)
	for i := range signInsOfName {
		if resp, _ := c.post("/sign-in", "name", "an", "password", "sai"); resp.StatusCode != http.StatusUnauthorized {
			t.Fatalf("attempt %d: %d", i, resp.StatusCode)
		}
	}
	resp, _ := c.post("/sign-in", "name", "an", "password", goodPassword)
	if resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") == "" {
		t.Errorf("after %d failures: %d", signInsOfName, resp.StatusCode)
	}
	s.clock.Add((signInWindow + time.Minute).Milliseconds())
	if resp, _ := c.post("/sign-in", "name", "an", "password", goodPassword); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("after the wait: %d", resp.StatusCode)
	}
}

func TestAnUnknownNameCostsAsMuchAsAWrongPassword(t *testing.T) {
	t.Parallel()
	u, err := NewUser("an", "viewer", goodPassword)
	if err != nil {
		t.Fatal(err)
	}
	ours, err := bcrypt.Cost([]byte(u.Hash))
	if err != nil {
		t.Fatal(err)
	}
	if cost, err := bcrypt.Cost(nobody); err != nil || cost != ours {
		t.Errorf("cost %d, want %d, %v", cost, ours, err)
	}
	if err := bcrypt.CompareHashAndPassword(nobody, []byte("x")); !errors.Is(err, bcrypt.ErrMismatchedHashAndPassword) {
		t.Errorf("compared with: %v", err)
	}
}

func TestWritesFromElsewhereAreRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t, 10, nil)
	for name, header := range map[string]http.Header{
		"another site":   {"Sec-Fetch-Site": {"cross-site"}},
		"another origin": {"Origin": {"https://evil.test"}},
	} {
		c := s.client(t)
		c.header = header
		if resp, _ := c.post("/lanes/voso/pause"); resp.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d", name, resp.StatusCode)
		}
	}
	c := s.client(t)
	c.header = http.Header{"Sec-Fetch-Site": {"same-origin"}}
	if resp, _ := c.post("/lanes/voso/pause"); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("this site: %d", resp.StatusCode)
	}
}

func TestWithoutUsersOnlyThisMachineIsAnswered(t *testing.T) {
	t.Parallel()
	s := newSite(t, 0, nil)
	try := func(local, host string) int {
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = host
		addr, err := net.ResolveTCPAddr("tcp", local)
		if err != nil {
			t.Fatal(err)
		}
		r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, addr))
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w.Code
	}
	for _, c := range []struct {
		local, host string
		want        int
	}{
		{"127.0.0.1:18080", "127.0.0.1:18080", 200}, {"127.0.0.1:18080", "localhost:18080", 200}, {"[::1]:18080", "[::1]:18080", 200},
		{"192.0.2.7:18080", "192.0.2.7:18080", 403}, {"127.0.0.1:18080", "evil.test", 403}, {"192.0.2.7:18080", "localhost", 403},
	} {
		if got := try(c.local, c.host); got != c.want {
			t.Errorf("%s as %s: %d, want %d", c.local, c.host, got, c.want)
		}
	}
}

func TestEveryAnswerHasTheStrictPolicy(t *testing.T) {
	t.Parallel()
	s := newSite(t, 10, nil)
	c := s.client(t)
	for _, path := range []string{"/", "/nowhere", "/api/v1/summary", assetURL("app.css"), "/listings.csv"} {
		resp, _ := c.get(path)
		if resp.Header.Get("Content-Security-Policy") != policy || resp.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", path, resp.Header)
		}
	}
	if strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") || !strings.Contains(policy, "default-src 'self'") {
		t.Error(policy)
	}
}

func TestUsersFileSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := ParseUsers(strings.NewReader("an\nbinh:king:$2a$12$x\nchi:viewer:plain\n\n# note\nda:viewer:" + goodHash(t) + "\nda:admin:" + goodHash(t) + "\n"))
	for _, want := range []string{"line 1", "line 2", "line 3", "line 7", "twice"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in %v", want, err)
		}
	}
	if _, err := NewUser("an", "viewer", "ngắn"); err == nil {
		t.Error("a short password")
	}
	if _, err := New(Options{Store: storetest.Open(t, storetest.URLs(t)["sqlite"](t), storeOptions()), UsersFile: t.TempDir() + "/none"}); err == nil {
		t.Error("a users' file that is not there")
	}
}

// The files of others are exactly those that were published.
func TestVendoredFilesAreAsPublished(t *testing.T) {
	t.Parallel()
	for dir, atLeast := range map[string]int{"assets": 4, "testdata": 2} {
		f, err := os.Open(dir + "/VENDORED.sha256")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		n := 0
		for scan := bufio.NewScanner(f); scan.Scan(); n++ {
			sum, name, _ := strings.Cut(scan.Text(), "  ")
			data, err := os.ReadFile(dir + "/" + name)
			if err != nil {
				t.Fatal(err)
			}
			if got := sha256.Sum256(data); hex.EncodeToString(got[:]) != sum {
				t.Errorf("%s/%s is not as published", dir, name)
			}
		}
		if n < atLeast {
			t.Errorf("%s: %d files named", dir, n)
		}
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if base, ok := strings.CutSuffix(e.Name(), ".min.js"); ok {
				if _, err := os.Stat(dir + "/" + base + ".LICENSE.txt"); err != nil {
					t.Errorf("%s has no licence beside it", e.Name())
				}
			}
		}
	}
}
