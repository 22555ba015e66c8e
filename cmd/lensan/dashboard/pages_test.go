package dashboard

import (
	"net/http"
	"strings"
	"testing"

	"lensan/store/storetest"
)

// screens are the addresses of all pages that need nothing but a register.
var screens = []string{"/", "/?by=stars", "/?by=set&all=1", "/?by=district", "/fix", "/fix?show=all", "/listings", "/listings?q=nuoc+mam&sort=stars&dir=desc",
	"/listings?lane=voso&bucket=needs_fixing", "/runs", "/runs/new", "/runs/new?lane=voso&bucket=needs_fixing", "/decisions", "/schedules", "/lanes", "/audit",
	"/health", "/imports", "/tokens"}

func TestEveryScreenAnswersInBothLanguagesOnBothEngines(t *testing.T) {
	t.Parallel()
	for engine, url := range storetest.URLs(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			s := newSiteOn(t, url(t), 120, nil)
			c := s.client(t)
			for _, path := range screens {
				for _, lang := range []string{"vi", "en"} {
					c.cookies["lang"] = lang
					resp, body := c.get(path)
					if resp.StatusCode != http.StatusOK {
						t.Errorf("%s %s: %d\n%s", lang, path, resp.StatusCode, body)
					}
					for _, want := range []string{`<html lang="` + lang + `">`, "SANDBOX", "</html>"} {
						if !strings.Contains(body, want) {
							t.Errorf("%s %s: no %s", lang, path, want)
						}
					}
					for _, bad := range []string{"ZgotmplZ", "<no value>", "%!", "{{", "style=", "onclick"} {
						if strings.Contains(body, bad) {
							t.Errorf("%s %s: has %q", lang, path, bad)
						}
					}
				}
			}
		})
	}
}

func TestScreensOfAnEmptyDatabaseAnswer(t *testing.T) {
	t.Parallel()
	s := newSite(t, 0, nil)
	c := s.client(t)
	for _, path := range screens {
		if resp, body := c.get(path); resp.StatusCode != http.StatusOK {
			t.Errorf("%s: %d\n%s", path, resp.StatusCode, body)
		}
	}
}
