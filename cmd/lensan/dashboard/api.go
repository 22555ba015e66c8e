package dashboard

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"lensan/cmd/lensan/dashboard/shelf"
	"lensan/cmd/lensan/text"
	"lensan/store"
)

//go:embed openapi.yaml
var openAPI []byte

// answer is what an endpoint gives: a status and a value for JSON.
type answer struct {
	status int
	body   any
	at     string // Location
}

type endpoint func(r *http.Request, v *visit) (answer, error)

// api is the JSON API (openapi.yaml). Who calls it has a token, a session, or
// is on this machine where there are no users.
func (d *Dashboard) api() http.Handler {
	mux := http.NewServeMux()
	on := func(pattern string, need role, e endpoint) {
		method, path, _ := strings.Cut(pattern, " ")
		mux.Handle(method+" /api/v1"+path, d.endpoint(need, e))
	}
	mux.HandleFunc("GET /api/v1/openapi.yaml", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/yaml; charset=utf-8")
		_, _ = w.Write(openAPI)
	})
	on("GET /summary", roleViewer, d.apiSummary)
	on("GET /coverage", roleViewer, d.apiCoverage)
	on("GET /causes", roleViewer, d.apiCauses)
	on("GET /listings", roleViewer, d.apiListings)
	on("GET /products", roleViewer, d.apiProducts)
	on("GET /products/{code}", roleViewer, d.apiProduct)
	on("GET /runs", roleViewer, d.apiRuns)
	on("POST /runs", roleOperator, d.apiStartRun)
	on("GET /runs/{id}", roleViewer, d.apiRun)
	on("GET /runs/{id}/revert", roleOperator, d.apiPreviewRevert)
	on("POST /runs/{id}/revert", roleOperator, d.apiRevert)
	on("POST /runs/{id}/retry", roleOperator, d.apiRetry)
	on("POST /runs/{id}/{move}", roleOperator, d.apiMoveRun)
	on("POST /plans", roleOperator, d.apiDrawPlan)
	on("GET /plans/{id}", roleViewer, d.apiPlan)
	on("GET /lanes", roleViewer, d.apiLanes)
	on("POST /lanes/{lane}/{move}", roleOperator, d.apiMoveLane)
	on("GET /decisions", roleViewer, d.apiDecisions)
	on("POST /decisions/{id}", roleOperator, d.apiDecide)
	on("GET /events", roleViewer, d.apiEvents)
	on("GET /schedules", roleViewer, d.apiSchedules)
	on("POST /schedules/{name}", roleOperator, d.apiSetSchedule)
	on("GET /imports", roleViewer, d.apiImports)
	on("GET /imports/{id}", roleViewer, d.apiImport)
	on("GET /health", roleViewer, d.apiHealth)
	mux.HandleFunc("/api/v1/", func(w http.ResponseWriter, r *http.Request) {
		if allow := d.methodsOf(mux, r); len(allow) > 0 {
			w.Header().Set("Allow", strings.Join(allow, ", "))
			writeProblem(w, r, d.language(r), say(http.StatusMethodNotAllowed, "Phương thức không dùng được ở đây.", "The method can't be used here."))
			return
		}
		writeProblem(w, r, d.language(r), errNotFound)
	})
	return mux
}

// methodsOf lists the methods with which an address exists.
func (d *Dashboard) methodsOf(mux *http.ServeMux, r *http.Request) []string {
	var out []string
	for _, m := range []string{http.MethodGet, http.MethodPost} {
		other := r.Clone(r.Context())
		other.Method = m
		if _, pattern := mux.Handler(other); strings.HasPrefix(pattern, m+" ") {
			out = append(out, m)
		}
	}
	return out
}

// endpoint checks who calls, and writes what comes of it; a GET answers 304
// when the caller has it already.
func (d *Dashboard) endpoint(need role, e endpoint) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache, private")
		v := d.visitOf(r)
		u, err := d.caller(r)
		if err == nil && u.role < need {
			err = errRole
		}
		v.user = u
		var a answer
		if err == nil {
			a, err = e(r, v)
		}
		if err != nil {
			if errors.Is(err, store.ErrNoAccess) && u.role == roleNone {
				w.Header().Set("WWW-Authenticate", `Bearer realm="lensan"`)
				err = say(http.StatusUnauthorized, "Cần mã API còn hiệu lực.", "A valid API token is needed.")
			}
			if errors.Is(err, shelf.ErrCounting) {
				w.Header().Set("Retry-After", "1")
			}
			writeProblem(w, r, v.lang, d.tell(r, err))
			return
		}
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(a.body); err != nil {
			writeProblem(w, r, v.lang, d.tell(r, err))
			return
		}
		h := w.Header()
		h.Set("Content-Type", "application/json; charset=utf-8")
		h.Add("Vary", "Authorization, Cookie")
		if a.at != "" {
			h.Set("Location", a.at)
		}
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			sum := sha256.Sum256(b.Bytes())
			tag := `"` + hex.EncodeToString(sum[:12]) + `"`
			h.Set("ETag", tag)
			if matchesTag(r.Header.Get("If-None-Match"), tag) {
				w.WriteHeader(http.StatusNotModified)
				return
			}
		}
		w.WriteHeader(max(a.status, http.StatusOK))
		if r.Method != http.MethodHead {
			_, _ = w.Write(b.Bytes())
		}
	})
}

func matchesTag(header, tag string) bool {
	for _, t := range strings.Split(header, ",") {
		if t = strings.TrimPrefix(strings.TrimSpace(t), "W/"); t == tag || t == "*" {
			return true
		}
	}
	return false
}

// caller finds who calls the API. A bearer token decides where one is given.
func (d *Dashboard) caller(r *http.Request) (user, error) {
	if secret, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		t, err := d.Store.FindToken(r.Context(), secret)
		if err != nil {
			return user{}, err
		}
		return user{name: "api:" + t.Name, role: parseRole(t.Role)}, nil
	}
	return d.who(r)
}

// problemJSON is an error as RFC 9457 has it.
type problemJSON struct {
	Type     string `json:"type"`
	Title    string `json:"title"`
	Status   int    `json:"status"`
	Detail   string `json:"detail"`
	Instance string `json:"instance"`
}

func writeProblem(w http.ResponseWriter, r *http.Request, l text.Lang, p *problem) {
	w.Header().Set("Content-Type", "application/problem+json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.status)
	title := http.StatusText(p.status)
	if title == "" {
		title = "Stopped"
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(problemJSON{Type: "about:blank", Title: title, Status: p.status, Detail: p.what.In(l), Instance: r.URL.Path})
}

// bodyOf reads a JSON body into dest; unknown fields are errors.
func bodyOf(r *http.Request, dest any) error {
	if kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); kind != "application/json" {
		return say(http.StatusUnsupportedMediaType, "Cần application/json.", "application/json is needed.")
	}
	dec := json.NewDecoder(io.LimitReader(r.Body, 4<<20))
	dec.DisallowUnknownFields()
	if err := dec.Decode(dest); err != nil {
		return &problem{http.StatusBadRequest, text.Phrase{VI: "Nội dung JSON chưa đúng.", EN: "The JSON is not right."}, err}
	}
	return nil
}

func pageOf(r *http.Request) (store.Page, error) {
	p := store.Page{After: r.URL.Query().Get("after"), Limit: 100}
	if s := r.URL.Query().Get("limit"); s != "" {
		n := int(toInt64(s))
		if n < 1 || n > 1000 {
			return p, say(http.StatusBadRequest, "limit: từ 1 đến 1000.", "limit: from 1 to 1000.")
		}
		p.Limit = n
	}
	return p, nil
}

// list is a page of rows; next is absent at the end.
type list struct {
	Total *int   `json:"total,omitempty"`
	Rows  any    `json:"rows"`
	Next  string `json:"next,omitempty"`
}

func rowsOf[T any](rows []T) []T {
	if rows == nil {
		return []T{}
	}
	return rows
}
