package reconcile_test

import (
	"strings"
	"testing"

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
