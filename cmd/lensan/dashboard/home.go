package dashboard

import (
	"html/template"
	"net/http"

	"lensan/store"
)

var homePage = template.Must(template.New("home").Parse(`<!doctype html>
<html lang="vi"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Lên Sàn</title>
<h1>Lên Sàn</h1>
{{range $m := .}}<h2>{{.Marketplace}}{{if .Sandbox}} · SANDBOX · MÔI TRƯỜNG THỬ{{end}}</h2>
<table>{{range $b, $n := .Buckets}}<tr><td>{{$b}}</td><td>{{$n}}</td></tr>{{end}}<tr><th>SKU</th><th>{{.SKUs}}</th></tr></table>{{end}}
</html>`))

func (d *dashboard) home(w http.ResponseWriter, r *http.Request) {
	var summary []store.MarketSummary
	summary, err := d.Store.Summary(r.Context())
	if err != nil {
		d.Log.Error("dashboard can't read", "err", err)
		http.Error(w, "database", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err := homePage.Execute(w, summary); err != nil {
		d.Log.Warn("page not written", "err", err)
	}
}
