package dashboard

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/storetest"
)

// apiClient calls the API and holds each request and answer to openapi.yaml.
type apiClient struct {
	t      testing.TB
	site   *site
	router routers.Router
	doc    *openapi3.T
	token  string
	used   map[string]bool
}

func (s *site) api(t testing.TB) *apiClient {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(openAPI)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	router, err := legacy.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return &apiClient{t: t, site: s, router: router, doc: doc, used: map[string]bool{}}
}

type apiAnswer struct {
	status int
	header http.Header
	body   map[string]any
	raw    string
}

func (c *apiClient) rows() func(a apiAnswer) []any {
	return func(a apiAnswer) []any { rows, _ := a.body["rows"].([]any); return rows }
}

func (c *apiClient) call(method, path string, body any, headers ...string) apiAnswer {
	c.t.Helper()
	var reader io.Reader
	var sent []byte
	if body != nil {
		sent, _ = json.Marshal(body)
		reader = bytes.NewReader(sent)
	}
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.site.url+"/api/v1"+path, reader)
	if err != nil {
		c.t.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	// The document speaks of /api/v1 as its server.
	shadow := httptest.NewRequest(method, "/api/v1"+path, bytes.NewReader(sent))
	shadow.Header = r.Header
	route, params, err := c.router.FindRoute(shadow)
	if err != nil {
		if resp.StatusCode != http.StatusNotFound && resp.StatusCode != http.StatusMethodNotAllowed {
			c.t.Errorf("%s %s is not in the document: %v", method, path, err)
		}
	} else {
		c.used[method+" "+route.Path] = true
		in := &openapi3filter.RequestValidationInput{Request: shadow, PathParams: params, Route: route,
			Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true, MultiError: true}}
		if resp.StatusCode < 300 {
			if err := openapi3filter.ValidateRequest(context.Background(), in); err != nil {
				c.t.Errorf("%s %s: request: %v", method, path, err)
			}
		}
		out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: resp.StatusCode, Header: resp.Header, Options: in.Options}
		out.SetBodyBytes(raw)
		if err := openapi3filter.ValidateResponse(context.Background(), out); err != nil {
			c.t.Errorf("%s %s: answer: %v\n%s", method, path, err, raw)
		}
	}
	a := apiAnswer{status: resp.StatusCode, header: resp.Header, raw: string(raw)}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &a.body); err != nil {
			c.t.Errorf("%s %s: %v: %s", method, path, err, raw)
		}
	}
	return a
}

func TestTheAPIHoldsToItsDocument(t *testing.T) {
	t.Parallel()
	for engine, url := range storetest.URLs(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			var s *site
			s = newSiteOn(t, url(t), 120, func(o *Options) {
				o.Plan = func(ctx ctx, scope catalog.Scope, policy catalog.Policy) (string, error) {
					return smallPlan(ctx, s, scope, policy)
				}
				o.Revert, o.Doctor = revertOf, doctorOf
			})
			run, product := furnish(t, s)
			s.Exec(t, "INSERT INTO imports (id, files, digest, state, rows_read, counts, imported_by, created_at) VALUES ('m1', 'so.xlsx', 'd', 'held', 3, '{}', 'an', 1)")
			c := s.api(t)
			drawn := c.call("POST", "/plans", map[string]any{"policy": "sync", "scope": map[string]any{"stars": []int{3}}})
			plan, _ := drawn.body["plan_id"].(string)
			if drawn.status != http.StatusCreated || drawn.body["closes"] != 1.0 || drawn.body["changes"] != 2.0 || drawn.header.Get("Location") != "/api/v1/plans/"+plan {
				t.Errorf("plan: %d %s", drawn.status, drawn.raw)
			}
			for _, path := range []string{"/summary", "/coverage", "/coverage?dimension=commune", "/causes", "/causes?lane=voso", "/listings?limit=10&q=mat+ong",
				"/products?limit=5&stars=3&stars=4", "/products/" + product, "/runs?limit=2", "/runs/" + run, "/lanes", "/decisions", "/decisions?state=resolved", "/events?limit=3", "/schedules", "/health", "/imports", "/imports/m1", "/plans/" + plan, "/runs/n0/revert"} {
				a := c.call("GET", path, nil)
				if a.status != http.StatusOK {
					t.Errorf("%s: %d %s", path, a.status, a.raw)
				}
				tag := a.header.Get("ETag")
				if again := c.call("GET", path, nil, "If-None-Match", tag); tag == "" || again.status != http.StatusNotModified || again.raw != "" {
					t.Errorf("%s: asked again with its tag: %d", path, again.status)
				}
			}
			if a := c.call("POST", "/runs/"+run+"/pause", nil); a.status != 200 || a.body["state"] != "paused" {
				t.Errorf("pause: %d %s", a.status, a.raw)
			}
			if a := c.call("POST", "/runs/"+run+"/resume", nil); a.status != 200 || a.body["state"] != "working" {
				t.Errorf("resume: %d %s", a.status, a.raw)
			}
			if a := c.call("POST", "/runs/"+run+"/cancel", nil); a.status != 200 || a.body["state"] != "cancelled" && a.body["state"] != "failed" {
				t.Errorf("cancel: %d %s", a.status, a.raw)
			}
			if a := c.call("POST", "/runs/"+run+"/pause", nil); a.status != http.StatusConflict {
				t.Errorf("pause of an ended run: %d %s", a.status, a.raw)
			}
			if a := c.call("POST", "/lanes/postmart/pause", nil); a.status != 200 || !strings.Contains(a.raw, `"paused_by":"an"`) {
				t.Errorf("pause lane: %d %s", a.status, a.raw)
			}
			if a := c.call("POST", "/lanes/postmart/resume", nil); a.status != 200 {
				t.Errorf("resume lane: %d %s", a.status, a.raw)
			}
			decisions := c.rows()(c.call("GET", "/decisions", nil))
			id := decisions[0].(map[string]any)["id"].(string)
			if a := c.call("POST", "/decisions/"+id, map[string]any{"choice": "nonsense"}); a.status != http.StatusBadRequest {
				t.Errorf("nonsense: %d %s", a.status, a.raw)
			}
			if a := c.call("POST", "/decisions/"+id, map[string]any{"choice": "keep_theirs", "note": "gọi chủ thể rồi"}); a.status != 200 {
				t.Errorf("decide: %d %s", a.status, a.raw)
			}
			if a := c.call("POST", "/decisions/"+id, map[string]any{"choice": "keep_theirs"}); a.status != http.StatusConflict {
				t.Errorf("decide twice: %d %s", a.status, a.raw)
			}
			if a := c.call("POST", "/runs/n0/revert", map[string]any{"confirm": "4"}); a.status != http.StatusConflict {
				t.Errorf("revert with a wrong number: %d %s", a.status, a.raw)
			}
			if a := c.call("POST", "/runs/n0/revert", map[string]any{"confirm": "3"}); a.status != http.StatusAccepted {
				t.Errorf("revert: %d %s", a.status, a.raw)
			}
			if a := c.call("POST", "/runs/"+run+"/retry", map[string]any{"reason": "name.too_long"}); a.status != http.StatusAccepted {
				t.Errorf("retry: %d %s", a.status, a.raw)
			}
			if a := c.call("POST", "/runs/"+run+"/retry", map[string]any{"state": "done"}); a.status != http.StatusBadRequest {
				t.Errorf("retry of what is done: %d %s", a.status, a.raw)
			}
			if a := c.call("POST", "/schedules/nightly", map[string]any{"at": "03:30"}); a.status != 200 || !strings.Contains(a.raw, "30 03 * * *") {
				t.Errorf("schedule: %d %s", a.status, a.raw)
			}
			if a := c.call("POST", "/schedules/nightly", map[string]any{"at": "half past three"}); a.status != http.StatusBadRequest {
				t.Errorf("schedule in words: %d %s", a.status, a.raw)
			}
			asked := c.call("POST", "/runs", map[string]any{"scope": map[string]any{"products": []string{product}}})
			if asked.status != http.StatusAccepted || asked.header.Get("Location") != "/api/v1/runs/"+asked.body["run_id"].(string) {
				t.Errorf("ask: %d %s", asked.status, asked.raw)
			}
			if again := c.call("POST", "/runs", map[string]any{"scope": map[string]any{"products": []string{product}}}); again.body["joined"] != true || again.body["run_id"] != asked.body["run_id"] {
				t.Errorf("a second asker: %s", again.raw)
			}
			for path, item := range c.doc.Paths.Map() {
				for method := range item.Operations() {
					if !c.used[method+" "+path] {
						t.Errorf("%s %s is in the document and was not tried", method, path)
					}
				}
			}
		})
	}
}

func TestRemovalsAreConfirmedByTheirNumber(t *testing.T) {
	t.Parallel()
	s := newSite(t, 60, nil)
	c := s.api(t)
	ask := map[string]any{"policy": "sync", "scope": map[string]any{"stars": []int{3}}}
	a := c.call("POST", "/runs", ask)
	want := s.Int(t, "SELECT COUNT(*) FROM skus s JOIN product_current c ON c.product_code = s.product_code WHERE c.stars = 3")
	if a.status != http.StatusConflict {
		t.Fatalf("without a number: %d %s", a.status, a.raw)
	}
	ask["confirm"] = want + 1
	if a := c.call("POST", "/runs", ask); a.status != http.StatusConflict {
		t.Errorf("a wrong number: %d", a.status)
	}
	if n := s.Int(t, "SELECT COUNT(*) FROM runs"); n != 0 {
		t.Errorf("%d runs were asked for", n)
	}
	ask["confirm"] = want
	if a := c.call("POST", "/runs", ask); a.status != http.StatusAccepted {
		t.Errorf("the right number: %d %s", a.status, a.raw)
	}
}

func TestTheAPIPagesWithoutGapOrDouble(t *testing.T) {
	t.Parallel()
	s := newSite(t, 150, nil)
	c := s.api(t)
	for _, base := range []string{"/listings?sort=valid_until&dir=desc&limit=17", "/products?limit=23", "/events?limit=4"} {
		for range 9 {
			if err := s.World.Store.AppendEvent(t.Context(), store.Event{Kind: "test.event"}); err != nil {
				t.Fatal(err)
			}
		}
		seen := map[string]bool{}
		for after, pages := "", 0; ; pages++ {
			a := c.call("GET", base+"&after="+url.QueryEscape(after), nil)
			for _, r := range c.rows()(a) {
				row := r.(map[string]any)
				key, _ := json.Marshal([]any{row["marketplace"], row["sku"], row["product_code"], row["id"]})
				if seen[string(key)] {
					t.Fatalf("%s: twice: %s", base, key)
				}
				seen[string(key)] = true
			}
			next, _ := a.body["next"].(string)
			if after = next; next == "" || pages > 100 {
				break
			}
		}
		want := map[byte]int{'l': s.Int(t, "SELECT COUNT(*) FROM listings"), 'p': 2 * s.Int(t, "SELECT COUNT(*) FROM products"), 'e': s.Int(t, "SELECT COUNT(*) FROM events")}[base[1]]
		if len(seen) != want {
			t.Errorf("%s: %d rows, want %d", base, len(seen), want)
		}
	}
	if a := c.call("GET", "/listings?after=nonsense", nil); a.status != http.StatusBadRequest {
		t.Errorf("nonsense cursor: %d", a.status)
	}
	if a := c.call("GET", "/listings?limit=0", nil); a.status != http.StatusBadRequest {
		t.Errorf("limit 0: %d", a.status)
	}
}

func TestTokensOpenTheAPIAndNothingElse(t *testing.T) {
	t.Parallel()
	s := newSite(t, 30, func(o *Options) { o.UsersFile = usersOf(t, "an:admin") })
	c := s.api(t)
	if a := c.call("GET", "/summary", nil); a.status != http.StatusUnauthorized || a.header.Get("WWW-Authenticate") == "" {
		t.Errorf("nobody: %d %s", a.status, a.raw)
	}
	make := func(role string, life time.Duration) string {
		secret, _, err := s.World.Store.CreateToken(t.Context(), role, role, "an", s.Now().Add(life))
		if err != nil {
			t.Fatal(err)
		}
		return secret
	}
	c.token = make("viewer", time.Hour)
	if a := c.call("GET", "/summary", nil); a.status != http.StatusOK {
		t.Errorf("viewer reads: %d %s", a.status, a.raw)
	}
	if a := c.call("POST", "/runs", map[string]any{}); a.status != http.StatusForbidden {
		t.Errorf("viewer asks: %d %s", a.status, a.raw)
	}
	product := c.rows()(c.call("GET", "/products?limit=1", nil))[0].(map[string]any)["product_code"].(string)
	masked := c.call("GET", "/products/"+product, nil).body["producer"].(map[string]any)
	if p := masked["phone"].(string); !strings.Contains(p, "•") || masked["address"] != "•••" {
		t.Errorf("a viewer sees %v", masked)
	}
	c.token = make("operator", time.Hour)
	whole := c.call("GET", "/products/"+product, nil).body["producer"].(map[string]any)
	if p := whole["phone"].(string); strings.Contains(p, "•") || p == "" {
		t.Errorf("an operator sees %v", whole)
	}
	if a := c.call("POST", "/runs", map[string]any{"kind": "refresh"}); a.status != http.StatusAccepted {
		t.Errorf("operator asks: %d %s", a.status, a.raw)
	}
	run := s.Int(t, "SELECT COUNT(*) FROM runs WHERE requested_by = 'api:operator' AND trigger = 'api'")
	if run != 1 {
		t.Errorf("%d runs by the token's name", run)
	}
	s.clock.Add(2 * time.Hour.Milliseconds())
	if a := c.call("GET", "/summary", nil); a.status != http.StatusUnauthorized {
		t.Errorf("a token past its date: %d", a.status)
	}
	c.token = "lensan_nonsense"
	if a := c.call("GET", "/summary", nil); a.status != http.StatusUnauthorized {
		t.Errorf("nonsense: %d", a.status)
	}
}

func TestUnknownAddressesOfTheAPIAreProblems(t *testing.T) {
	t.Parallel()
	s := newSite(t, 0, nil)
	c := s.api(t)
	if a := c.call("GET", "/nothing", nil); a.status != http.StatusNotFound || a.header.Get("Content-Type") != "application/problem+json; charset=utf-8" {
		t.Errorf("%d %v", a.status, a.header)
	}
	if a := c.call("DELETE", "/runs", nil); a.status != http.StatusMethodNotAllowed || a.header.Get("Allow") != "GET, POST" {
		t.Errorf("%d %v", a.status, a.header)
	}
	if a := c.call("POST", "/runs", map[string]any{"nonsense": 1}); a.status != http.StatusBadRequest {
		t.Errorf("%d %s", a.status, a.raw)
	}
	if a := c.call("POST", "/runs", map[string]any{"policy": catalog.Policy("everything")}); a.status != http.StatusBadRequest {
		t.Errorf("%d %s", a.status, a.raw)
	}
}
