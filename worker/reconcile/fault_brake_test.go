package reconcile_test

import (
	"testing"
	"time"

	"lensan/adapters/sandbox"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/worker/reconcile"
)

// closedThere counts what is off sale on a marketplace.
func (l *lab) closedThere(m string) int {
	l.t.Helper()
	counts, err := l.sandbox.Counts(m)
	if err != nil {
		l.t.Fatal(err)
	}
	return sum(counts) - counts[onSale[m]]
}

// revoke lets so many more goods, from the first on, be revoked.
func (l *lab) revoke(all []good, from, n int) {
	for i := from; i < from+n; i++ {
		all[i].note = "Thu hồi"
	}
	l.db.Exec(l.t, "DELETE FROM decisions") // of the import, which is not the point here
	for i := from; i < from+n; i++ {
		l.db.Exec(l.t, "UPDATE product_current SET revoked = TRUE WHERE product_code = ?", all[i].code)
	}
}

// 40 % at once: the run is stopped and a decision is open; lifted by a person
// it goes.
func TestBrakesStopAClosingOfManyUntilAPersonLiftsIt(t *testing.T) {
	eachLab(t, labOptions{only: "postmart"}, func(t *testing.T, l *lab) {
		all := goods(20)
		l.listed(all)
		l.revoke(all, 0, 8)
		run := l.sync(store.RunRequest{})
		if l.state(run) != catalog.RunStopped || l.closedThere("postmart") != 0 {
			t.Fatalf("the run is %s with %d closed", l.state(run), l.closedThere("postmart"))
		}
		d := l.decisions()
		if len(d) != 1 || d[0].Kind != catalog.DecideBrake {
			t.Fatalf("decisions %+v", d)
		}
		again, err := l.store.ResolveDecision(t.Context(), d[0].ID, "lift_and_run", "officer", "thu hồi theo quyết định")
		if err != nil {
			t.Fatal(err)
		}
		if done := l.finish(*again); l.state(done) != catalog.RunDone || l.closedThere("postmart") != 8 {
			t.Errorf("the lifted run is %s with %d closed, want 8", l.state(done), l.closedThere("postmart"))
		}
	})
}

// Night after night a little: the rolling windows hold where each run is small,
// also with two workers at once.
func TestBrakesHoldOverARollingWindow(t *testing.T) {
	eachLab(t, labOptions{only: "postmart"}, func(t *testing.T, l *lab) {
		all := goods(60) // 5 in a run, 5 in a day, 11 in a week
		l.listed(all)
		l.revoke(all, 0, 4)
		l.sync(store.RunRequest{})
		if n := l.closedThere("postmart"); n != 4 {
			t.Fatalf("%d closed, want 4", n)
		}
		l.revoke(all, 4, 4)
		run := l.ask(store.RunRequest{})
		l.planNow()
		l.drive(2, func() bool { return !l.run(run.ID).FinishedAt.IsZero() })
		if n := l.closedThere("postmart"); n != 5 {
			t.Errorf("%d closed within a day, want 5: what still fits goes", n)
		}
		if n := l.db.Int(t, "SELECT COUNT(*) FROM listings WHERE sync_state = 'stopped_by_brake'"); n != 3 {
			t.Errorf("%d are shown as stopped by a brake, want the other 3", n)
		}
		if s, c := l.state(l.run(run.ID)), l.counts(run.ID); s != catalog.RunStopped || c.Done != 1 || c.LeftOut != 3 || c.Failed != 0 {
			t.Errorf("the run is %s with %+v, want stopped by a brake", s, c)
		}
		if d := l.decisions(); len(d) != 1 || d[0].Kind != catalog.DecideBrake {
			t.Errorf("decisions %+v, want one about the brake", d)
		}
		for range 3 {
			l.clock.jump(25 * time.Hour)
			l.sync(store.RunRequest{})
		}
		if n := l.closedThere("postmart"); n != 8 {
			t.Errorf("%d closed after days, want all 8, which a week has room for", n)
		}
	})
}

// What a person let go on takes no room from what the program may close by
// itself, on that day or in that week.
func TestBrakesThatWereLiftedLeaveTheRoomOfTheDays(t *testing.T) {
	eachLab(t, labOptions{only: "postmart"}, func(t *testing.T, l *lab) {
		all := goods(60) // 5 in a run, 5 in a day, 11 in a week
		l.listed(all)
		l.revoke(all, 0, 20)
		if run := l.sync(store.RunRequest{}); l.state(run) != catalog.RunStopped {
			t.Fatalf("closing 20 of 60: %s", l.state(run))
		}
		again, err := l.store.ResolveDecision(t.Context(), l.decisions()[0].ID, "lift_and_run", "officer", "thu hồi theo quyết định")
		if err != nil {
			t.Fatal(err)
		}
		l.finish(*again)
		if n := l.closedThere("postmart"); n != 20 {
			t.Fatalf("%d closed after the brake was lifted, want the 20 that were asked for", n)
		}
		l.revoke(all, 20, 3)
		if run := l.sync(store.RunRequest{}); l.state(run) != catalog.RunDone || l.closedThere("postmart") != 23 {
			t.Errorf("three more on the same day: %s with %d closed, want 23", l.state(run), l.closedThere("postmart"))
		}
		// By itself it has the day's and the week's room, and no more.
		l.revoke(all, 23, 4)
		l.sync(store.RunRequest{})
		if n := l.closedThere("postmart"); n > 25 {
			t.Errorf("%d closed, want no more than 5 of 40 by itself in a day", n)
		}
	})
}

// What is under review when a rule changes is no less worth keeping.
func TestBrakesCountWhatIsUnderReview(t *testing.T) {
	eachLab(t, labOptions{only: "postmart", postmart: sandbox.Market{ReviewDelay: 100 * time.Hour}}, func(t *testing.T, l *lab) {
		all := goods(20)
		l.importGoods(all)
		l.sync(store.RunRequest{})
		l.revoke(all, 0, 10)
		if run := l.sync(store.RunRequest{}); l.state(run) != catalog.RunStopped {
			t.Errorf("closing 10 of 20 under review: %s", l.state(run))
		}
	})
}

// Treating an unknown outcome as a failure must show: with that mutation the
// tests of F1 would be red.
func TestTreatingAnUnknownOutcomeAsFailedIsFoundOut(t *testing.T) {
	eachLab(t, labOptions{}, func(t *testing.T, l *lab) {
		l.importGoods(goods(4))
		l.noUnique()
		l.faultOnCreate(sandbox.Fault{Kind: sandbox.Cut, Commit: true, Count: 6})
		reconcile.Mutate(l.runner)
		l.mutated = true
		run := l.ask(store.RunRequest{})
		l.finish(run)
		for m := range l.adapters {
			if led := l.ledger(m); len(led.Doubles) == 0 {
				t.Errorf("%s: the mutation made no double: the tests of F1 could not fail", m)
			}
		}
	})
}
