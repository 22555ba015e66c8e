package dashboard

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"

	"lensan/cmd/lensan/dashboard/shelf"
	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
)

//go:embed templates/*.html
var templateFiles embed.FS

// pages are the templates made ready for one language: each page with the
// frame and the parts that all share.
type pages struct {
	byName map[string]*template.Template
}

func (d *Dashboard) parsePages() (map[text.Lang]*pages, error) {
	out := map[text.Lang]*pages{}
	for _, lang := range []text.Lang{text.VI, text.EN} {
		frame, err := template.New("frame").Funcs(d.funcs(lang)).ParseFS(templateFiles, "templates/_*.html")
		if err != nil {
			return nil, fmt.Errorf("templates: %w", err)
		}
		names, err := fs.Glob(templateFiles, "templates/[a-z]*.html")
		if err != nil {
			return nil, err
		}
		p := &pages{byName: map[string]*template.Template{}}
		for _, name := range names {
			t, err := template.Must(frame.Clone()).ParseFS(templateFiles, name)
			if err != nil {
				return nil, fmt.Errorf("templates: %w", err)
			}
			p.byName[strings.TrimSuffix(path.Base(name), ".html")] = t
		}
		out[lang] = p
	}
	return out, nil
}

// page is what the frame needs of every page.
type page struct {
	Name    string // of the screen: which entry of the menu is lit
	Title   string
	Lang    text.Lang
	Path    string
	User    string
	Role    string
	Local   bool
	Can     can
	Sandbox bool
	Today   catalog.Day
	// DayFixed: Today is not the clock's day.
	DayFixed bool
	Version  string
	Note     string // what has just been done
	Waiting  int    // what waits for a decision
}

// can tells what the visitor may do and what this dashboard offers.
type can struct {
	Act, Rule, Import, Plan, SignOut bool
}

func (v *visit) page(name, title string) page {
	d := v.d
	today := d.Today()
	p := page{Name: name, Title: title, Lang: v.lang, Path: v.path, User: v.user.name, Role: v.user.role.String(), Local: v.user.local,
		Today: today, DayFixed: today != catalog.DayOf(v.now), Version: d.Version,
		Can: can{Act: v.user.role >= roleOperator, Rule: v.user.role >= roleAdmin, Import: d.Import != nil && v.user.role >= roleOperator,
			Plan: d.Plan != nil, SignOut: d.users.any() && v.user.role != roleNone}}
	return p
}

func (p *page) base() *page { return p }

// framed is the data of a page.
type framed interface{ base() *page }

// show writes a page, or only its main part where htmx asks for that.
func (d *Dashboard) show(w http.ResponseWriter, r *http.Request, v *visit, status int, name string, data framed) error {
	p := data.base()
	if lanes, err := d.Store.Lanes(r.Context()); err == nil {
		for _, l := range lanes {
			p.Sandbox = p.Sandbox || l.Sandbox
		}
	} else {
		return err
	}
	var err error
	if v.user.role >= roleViewer {
		if p.Waiting, err = d.Store.OpenQuestions(r.Context()); err != nil {
			return err
		}
	}
	if c, err := r.Cookie("note"); err == nil && r.Method == http.MethodGet {
		p.Note = noteText(v.lang, c.Value)
		http.SetCookie(w, &http.Cookie{Name: "note", Path: "/", MaxAge: -1})
	}
	return d.write(w, r, v, status, name, "frame", data)
}

// write executes one template of a page. Nothing is sent unless all of it
// could be made.
func (d *Dashboard) write(w http.ResponseWriter, r *http.Request, v *visit, status int, name, part string, data any) error {
	t := d.pages[v.lang].byName[name]
	if t == nil {
		return fmt.Errorf("no page %q", name)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, part, data); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(v.lang))
	h.Add("Vary", "Cookie")
	h.Add("Vary", "HX-Request")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(b.Bytes()) // the reader has gone
	}
	return nil
}

// part tells whether htmx asks for this part of a page only.
func isPart(r *http.Request, target string) bool {
	return r.Header.Get("HX-Request") == "true" && r.Header.Get("HX-Target") == target && r.Header.Get("HX-History-Restore-Request") != "true"
}

type problemData struct {
	page
	Status int
	What   string
}

// fail shows an error as a page.
func (d *Dashboard) fail(w http.ResponseWriter, r *http.Request, v *visit, err error) {
	p := d.tell(r, err)
	if errors.Is(err, shelf.ErrCounting) {
		w.Header().Set("Retry-After", "1")
		w.Header().Set("Refresh", "1")
	}
	if strings.HasPrefix(r.URL.Path, "/api/") {
		writeProblem(w, r, v.lang, p)
		return
	}
	sandbox := false
	if lanes, err := d.Store.Lanes(r.Context()); err == nil {
		sandbox = slices.ContainsFunc(lanes, func(l store.Lane) bool { return l.Sandbox })
	}
	data := &problemData{page: v.page("problem", p.what.In(v.lang)), Status: p.status, What: p.what.In(v.lang)}
	data.Sandbox = sandbox
	if err := d.write(w, r, v, p.status, "problem", "frame", data); err != nil {
		d.Log.Error("page of a problem not made", "err", err)
		http.Error(w, p.what.In(v.lang), p.status)
	}
}

// done sends the person on after something was done, with a note of it.
func done(w http.ResponseWriter, r *http.Request, to, note string) error {
	if note != "" {
		http.SetCookie(w, &http.Cookie{Name: "note", Value: note, Path: "/", MaxAge: 60, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}
