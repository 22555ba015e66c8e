package dashboard

import (
	"net/http"
)

// routes lists every address of the dashboard, and who may use it.
func (d *Dashboard) routes() http.Handler {
	mux := http.NewServeMux()
	page := func(pattern string, h handler) { mux.Handle(pattern, d.allow(roleViewer, h)) }
	act := func(pattern string, h handler) { mux.Handle(pattern, d.allow(roleOperator, h)) }
	rule := func(pattern string, h handler) { mux.Handle(pattern, d.allow(roleAdmin, h)) }

	mux.Handle("GET /assets/", d.assets())
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, assetURL("icon.svg"), http.StatusFound)
	})
	mux.Handle("GET /sign-in", d.anybody(d.signInPage))
	mux.Handle("POST /sign-in", d.anybody(d.signIn))
	mux.Handle("POST /sign-out", d.anybody(d.signOut))
	mux.Handle("GET /language", d.anybody(d.chooseLanguage))

	page("GET /{$}", d.home)
	page("GET /fix", d.fix)
	page("GET /listings", d.listings)
	page("GET /listings.csv", d.exportListings)
	page("GET /listings.xlsx", d.exportListings)
	page("GET /fix.csv", d.exportFix)
	page("GET /fix.xlsx", d.exportFix)
	page("GET /producers", d.producerNames)
	page("GET /products/{code}", d.product)
	page("GET /skus/{sku}", d.sku)
	page("GET /pictures/{sha256}", d.picture)
	page("GET /runs", d.runs)
	page("GET /runs/{id}", d.run)
	page("GET /plans/{id}", d.plan)
	page("GET /decisions", d.decisions)
	page("GET /schedules", d.schedules)
	page("GET /lanes", d.lanes)
	page("GET /audit", d.audit)
	page("GET /health", d.health)
	page("GET /imports", d.imports)
	page("GET /imports/{id}", d.importReport)
	page("GET /events", d.events)

	act("GET /runs/new", d.newRun)
	act("POST /runs", d.startRun)
	act("GET /runs/{id}/revert", d.revertRun)
	act("POST /runs/{id}/revert", d.startRevert)
	act("GET /runs/{id}/retry", d.retryRun)
	act("POST /runs/{id}/retry", d.retry)
	act("POST /runs/{id}/{move}", d.moveRun)
	act("POST /reconcile", d.reconcile)
	act("POST /lanes/{lane}/{move}", d.moveLane)
	act("POST /decisions/{id}", d.decide)
	act("POST /withdrawals/{code}", d.decideWithdrawal)
	act("POST /successions/{sku}", d.decideSuccession)
	act("POST /schedules/{name}", d.setSchedule)
	if d.Import != nil {
		act("GET /imports/new", d.newImport)
		act("POST /imports", d.uploadImport)
		act("GET /uploads/{id}", d.previewImport)
		act("POST /uploads/{id}", d.confirmImport)
		act("POST /imports/{id}/reject", d.rejectImport)
	}
	rule("GET /tokens", d.tokens)
	rule("POST /tokens", d.createToken)
	rule("POST /tokens/{id}/revoke", d.revokeToken)

	mux.Handle("/api/v1/", d.api())
	page("/", func(w http.ResponseWriter, r *http.Request, v *visit) error { return errNotFound })
	return mux
}
