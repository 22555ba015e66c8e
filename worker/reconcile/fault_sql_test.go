package reconcile_test

import (
	"strings"
	"testing"

	"lensan/adapters"
	"lensan/store"
	"lensan/store/catalog"
)

// breakSQL lets every write of an outcome fail until mendSQL: the table that
// outcomes go to is not there.
func (l *lab) breakSQL() {
	l.db.Exec(l.t, "ALTER TABLE intents RENAME TO intents_away")
}

func (l *lab) mendSQL() {
	l.db.Exec(l.t, "ALTER TABLE intents_away RENAME TO intents")
}

// stepWhileBroken steps once, mending SQL only when the work is over.
func (l *lab) stepWhileBroken() {
	l.t.Helper()
	run, ok, err := l.store.ClaimRunToPlan(l.t.Context(), "test", 1e12)
	if err != nil {
		l.t.Fatal(err)
	}
	if ok {
		if err := l.runner.PlanRun(l.t.Context(), run); err != nil {
			l.t.Fatal(err)
		}
	}
	for _, b := range l.form() {
		b, ok, err := l.store.StartBatch(l.t.Context(), b.ID, b.Generation, "test", 1e9)
		if err != nil || !ok {
			continue
		}
		items, err := l.store.ItemsOfBatch(l.t.Context(), b.ID)
		if err != nil {
			l.t.Fatal(err)
		}
		// The error is the point; what it leaves behind is what is judged.
		_ = l.runner.Work(store.InBatch(l.t.Context(), b), b, items, nil)
		if l.sqlIsBroken() {
			l.mendSQL()
		}
	}
}

func (l *lab) sqlIsBroken() bool {
	_, err := l.store.OpenIntents(l.t.Context(), "postmart", []string{"x"})
	return err != nil && strings.Contains(err.Error(), "intents")
}

// A planner whose SQL fails part way leaves nothing to be carried out.
func TestF06_APlannerThatFailsPartWayClosesNothing(t *testing.T) {
	eachLab(t, labOptions{}, func(t *testing.T, l *lab) {
		l.listed(goods(30))
		l.today.Store(catalog.Day("2031-01-01")) // all expired: a plan would close them all
		run := l.ask(store.RunRequest{})
		claimed, _, err := l.store.ClaimRunToPlan(t.Context(), "test", 1e9)
		if err != nil {
			t.Fatal(err)
		}
		l.db.Exec(t, "ALTER TABLE plan_items RENAME TO plan_items_away")
		if err := l.runner.PlanRun(t.Context(), claimed); err == nil {
			t.Error("planned without the table of plans")
		}
		l.step(1)
		l.wantWrites(0, 0)
		l.db.Exec(t, "ALTER TABLE plan_items_away RENAME TO plan_items")
		l.finish(run)
		l.wantWrites(0, 0)
		if r := l.run(run.ID).Reason; r != "brake.close" {
			t.Errorf("the run ended with reason %q", r)
		}
	})
}

// cataloguePage is how many SKUs the store reads at a time.
const cataloguePage = 500

// reader breaks SQL while the catalogue is read: at the n-th product that is
// looked at the table of SKUs goes away.
type reader struct {
	adapters.Adapter
	at   int
	seen *int
	cut  func()
}

func (a *reader) Normalize(o adapters.Offer, day string) (adapters.Fields, []adapters.Problem) {
	if *a.seen++; *a.seen == a.at {
		a.cut()
	}
	return a.Adapter.Normalize(o, day)
}

// The register is in SQL, read page by page. When SQL fails after the third
// page, what was not read is not taken for gone: nothing is closed and the run
// is not ended; with SQL well again it goes on as it would have.
func TestF06_ACatalogueReadInPartClosesNothing(t *testing.T) {
	eachLab(t, labOptions{only: "postmart"}, func(t *testing.T, l *lab) {
		all := goods(3*cataloguePage + 100)
		if r := l.importGoods(all); r.State != store.ImportApplied {
			t.Fatalf("import: %s %v", r.State, r.Held)
		}
		few := catalog.Scope{SKUs: []string{"NM00001", "NM00002", "NM01598", "NM01599", "NM01600"}}
		l.sync(store.RunRequest{Scope: few})
		l.settle()
		all[1].note = "Thu hồi"
		l.importGoods(all)
		l.resetLedgers()
		seen, was := 0, l.adapters["postmart"]
		l.adapters["postmart"] = &reader{Adapter: was, at: 3*cataloguePage + 20, seen: &seen, cut: func() { l.db.Exec(t, "ALTER TABLE skus RENAME TO skus_away") }}
		l.runner = l.newRunner()
		run := l.ask(store.RunRequest{Kind: catalog.RunReconcile})
		claimed, _, err := l.store.ClaimRunToPlan(t.Context(), "test", 1e9)
		if err != nil {
			t.Fatal(err)
		}
		if err := l.runner.PlanRun(t.Context(), claimed); err == nil || seen < 3*cataloguePage {
			t.Fatalf("planned %d products without the table of SKUs", seen)
		}
		l.db.Exec(t, "ALTER TABLE skus_away RENAME TO skus")
		if n := l.db.Int(t, "SELECT COUNT(*) FROM items WHERE run_id = ? AND state = 'done'", run.ID); n > 0 || !l.run(run.ID).FinishedAt.IsZero() {
			t.Errorf("%d items done, run %+v", n, l.run(run.ID))
		}
		l.wantWrites(0, 0)
		for _, sku := range few.SKUs {
			if row := l.listing("postmart", sku); row.MarketState != "live" {
				t.Errorf("%s is %s by a reading that failed", sku, row.MarketState)
			}
		}
		l.adapters["postmart"] = was
		l.runner = l.newRunner()
		if err := l.store.CancelRun(t.Context(), run.ID, "officer"); err != nil { // the whole register is not the point
			t.Fatal(err)
		}
		l.sync(store.RunRequest{Scope: few})
		if n := l.closedThere("postmart"); n != 1 {
			t.Errorf("%d closed once all is well, want the one that was revoked", n)
		}
	})
}
