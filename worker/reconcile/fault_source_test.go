package reconcile_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"lensan/adapters/sandbox"
	"lensan/store"
	"lensan/store/catalog"
)

// listOp is each marketplace's operation that lists products.
var listOp = map[string]string{"postmart": "listProducts", "voso": "searchProducts"}

// An empty register, or a part of one, takes nothing down; a whole one again,
// and closing works.
func TestF06_AnEmptyOrPartialRegisterClosesNothing(t *testing.T) {
	eachLab(t, labOptions{}, func(t *testing.T, l *lab) {
		all := goods(40)
		l.listed(all)
		for name, part := range map[string][]good{"no rows": nil, "40 %": all[:16]} {
			im, err := l.store.BeginImport(t.Context(), store.ImportOptions{By: "test", Complete: &catalog.Scope{}})
			if err != nil {
				t.Fatal(err)
			}
			// An empty file may be refused at reading already: all the better.
			if err := loadInto(t, im, files(part)); err == nil {
				report, err := im.Apply(t.Context())
				if err != nil && !errors.Is(err, store.ErrImportHeld) {
					t.Fatal(err)
				}
				if len(part) > 0 && report.State != store.ImportHeld {
					t.Errorf("%s: the import is %s, want held", name, report.State)
				}
			}
			im.Close()
			l.sync(store.RunRequest{})
			l.reconcile()
			l.wantWrites(0, 0)
		}
		all[3].note = "Thu hồi"
		l.importGoods(all)
		l.sync(store.RunRequest{})
		l.settle()
		for m := range l.adapters {
			l.wantReason(m, all[3].sku, catalog.SyncExcluded, "excluded.revoked")
			if p := l.only(m, all[3].sku); p.Status == onSale[m] {
				t.Errorf("%s: still on sale after it was revoked", m)
			}
		}
	})
}

// A rule that drops many is stopped, and the decision names the cause.
func TestF07_AChangedRuleIsStoppedWithItsCause(t *testing.T) {
	eachLab(t, labOptions{}, func(t *testing.T, l *lab) {
		all := goods(40)
		l.listed(all)
		for i := range 12 { // what a changed rule of eligibility does: 30 % are none any more
			l.db.Exec(t, "UPDATE product_current SET stars = 2 WHERE product_code = ?", all[i].code)
		}
		run := l.sync(store.RunRequest{})
		if s := l.state(run); s != catalog.RunStopped || run.Reason != "brake.close" {
			t.Errorf("the run is %s for %q", s, run.Reason)
		}
		l.wantWrites(0, 0)
		d := l.decisions()
		if len(d) != 1 || d[0].Kind != catalog.DecideBrake || d[0].Stake["asked"] != "12" || d[0].Stake["cause"] != "excluded.below_three_stars" {
			t.Fatalf("decisions %+v, want one that names 12 closings and their cause", d)
		}
		again, err := l.store.ResolveDecision(t.Context(), d[0].ID, "lift_and_run", "officer", "the decree says so")
		if err != nil || again == nil {
			t.Fatal(err)
		}
		l.finish(*again)
		// The rolling windows are lifted with it, for this run alone.
		for m := range l.adapters {
			counts, err := l.sandbox.Counts(m)
			if m == d[0].Marketplace && (err != nil || counts[onSale[m]] != 28) {
				t.Errorf("%s holds %v after the brake was lifted, want 28 on sale", m, counts)
			}
		}
	})
}

// A list that fails, repeats or ends early makes absence unknown, not a fact.
func TestF14_AListReadInPartProvesNothing(t *testing.T) {
	for name, f := range map[string]sandbox.Fault{
		"half an answer":   {Kind: sandbox.Truncate},
		"ends early":       {Kind: sandbox.EndEarly},
		"maintenance page": {Kind: sandbox.Maintenance},
		"no JSON":          {Kind: sandbox.Garbage},
		"cut":              {Kind: sandbox.Cut},
		"repeats":          {Kind: sandbox.Repeat, Size: 5},
	} {
		t.Run(name, func(t *testing.T) {
			eachLab(t, labOptions{}, func(t *testing.T, l *lab) {
				l.listed(goods(12))
				l.clock.jump(time.Hour)
				for m, op := range listOp {
					g := f
					g.Market, g.Op = m, op
					l.fault(g)
				}
				l.ask(store.RunRequest{Kind: catalog.RunReconcile})
				for range 4 {
					l.step(1)
					l.clock.jump(30 * time.Second)
				}
				l.wantWrites(0, 0)
				if n := l.db.Int(t, "SELECT COUNT(*) FROM listings WHERE market_state <> 'live'"); n != 0 {
					t.Errorf("%d listings are not live any more", n)
				}
				l.clearFaults()
				l.reconcile()
				l.wantOnce(12)
				l.wantWrites(0, 0)
			})
		})
	}
}

// A maintenance page with status 200 is an outage, never "not found".
func TestF38_AMaintenancePageIsAnOutage(t *testing.T) {
	eachLab(t, labOptions{}, func(t *testing.T, l *lab) {
		all := goods(10)
		l.listed(all)
		more := goods(14)
		l.importGoods(repriced(more, 2))
		l.fault(sandbox.Fault{Op: sandbox.OpAll, Kind: sandbox.Maintenance})
		run := l.ask(store.RunRequest{})
		for range 6 {
			l.step(1)
			l.clock.jump(time.Minute)
		}
		if c := l.counts(run.ID); c.Failed > 0 {
			t.Errorf("an outage failed items: %+v", c)
		}
		for m := range l.adapters {
			led := l.ledger(m)
			if led.Reached > 0 || len(led.Made) > 0 {
				t.Errorf("%s: reached during an outage: %+v", m, led)
			}
		}
		l.clearFaults()
		l.finish(run)
		l.settle()
		l.wantOnce(14)
		if s := l.state(run); s != catalog.RunDone {
			t.Errorf("the run ended as %s: %+v", s, l.counts(run.ID))
		}
	})
}

func TestF11_AReviewThatNeverEndsHoldsUpNothing(t *testing.T) {
	eachLab(t, labOptions{}, func(t *testing.T, l *lab) {
		l.fault(sandbox.Fault{Op: "review", Kind: sandbox.ReviewNever, SKU: "NM00002"})
		l.importGoods(goods(5))
		l.sync(store.RunRequest{})
		l.drive(1, func() bool { return l.clock.Now().After(time.Now().Add(96 * time.Hour)) })
		for m := range l.adapters {
			l.wantReason(m, "NM00002", catalog.SyncApplied, "review.too_long")
			if row := l.listing(m, "NM00002"); row.MarketState != "pending_review" {
				t.Errorf("%s: %s", m, row.MarketState)
			}
			if n := l.db.Int(t, "SELECT COUNT(*) FROM listings WHERE marketplace = ? AND market_state = 'live' AND sync_state = 'applied'", m); n != 4 {
				t.Errorf("%s: %d live, want the other 4", m, n)
			}
		}
		l.sync(store.RunRequest{}) // planning anew keeps the reason
		for m := range l.adapters {
			l.wantReason(m, "NM00002", catalog.SyncApplied, "review.too_long")
		}
	})
}

func TestF12_AFlippedReviewShowsAtTheNextReconcile(t *testing.T) {
	eachLab(t, labOptions{}, func(t *testing.T, l *lab) {
		l.fault(sandbox.Fault{Op: "review", Kind: sandbox.ReviewFlip, SKU: "NM00002", Delay: 2 * time.Hour})
		l.fault(sandbox.Fault{Op: "review", Kind: sandbox.ReviewFlip, SKU: "NM00004", Delay: 72 * time.Hour})
		l.listed(goods(5))
		for _, c := range []struct {
			after time.Duration
			sku   string
		}{{3 * time.Hour, "NM00002"}, {72 * time.Hour, "NM00004"}} {
			l.clock.jump(c.after)
			l.reconcile()
			for m := range l.adapters {
				row := l.listing(m, c.sku)
				if row.SyncState != catalog.SyncNeedsFixing || row.MarketState != "rejected" && row.MarketState != "locked" || len(row.Reasons) == 0 {
					t.Errorf("%s %s: %s %s %v", m, c.sku, row.SyncState, row.MarketState, row.Reasons)
				}
			}
		}
	})
}

// A token that ends in mid-run is renewed once for all workers, and no item
// fails by it.
func TestF15_ARevokedTokenFailsNothing(t *testing.T) {
	eachLab(t, labOptions{}, func(t *testing.T, l *lab) {
		n := sized(200, 80)
		l.listed(goods(n))
		l.importGoods(repriced(goods(n), 2))
		run := l.ask(store.RunRequest{})
		l.planNow()
		for m := range l.adapters {
			if err := l.sandbox.RevokeTokens(m); err != nil {
				t.Fatal(err)
			}
		}
		l.drive(16, func() bool { return !l.run(run.ID).FinishedAt.IsZero() })
		if c := l.counts(run.ID); c.Done != 2*n || c.Failed != 0 {
			t.Errorf("items %+v, want %d done", c, 2*n)
		}
		for m := range l.adapters {
			if n := l.ledger(m).Logins; n != 1 {
				t.Errorf("%s: %d sign-ins, want 1", m, n)
			}
		}
	})
}

// 429 without a header: later, slower, capped, and the failure of nobody.
func TestF16_ALimitWithoutAHeaderFailsNothing(t *testing.T) {
	eachLab(t, labOptions{only: "postmart"}, func(t *testing.T, l *lab) {
		l.listed(goods(8))
		l.importGoods(repriced(goods(8), 2))
		l.fault(sandbox.Fault{Op: sandbox.OpWrites, Kind: sandbox.Throttle, Count: 4})
		run := l.sync(store.RunRequest{})
		if c := l.counts(run.ID); c.Done != 8 || c.Failed != 0 {
			t.Errorf("items %+v, want 8 done", c)
		}
		l.wantOnce(8)
	})
}

// Values that mean nothing are stopped before anything is sent; what a
// marketplace normalises is no difference.
func TestF21_APriceThatIsNoneIsNotSent(t *testing.T) {
	eachLab(t, labOptions{}, func(t *testing.T, l *lab) {
		all := goods(9)
		for i, p := range []string{"", "0", "-5000", "liên hệ", "50,000", "50.00", "50.5"} {
			all[i].price = p
		}
		all[7].price, all[8].price = "50.000", "50.000 đ"
		l.importGoods(all)
		l.sync(store.RunRequest{})
		l.settle()
		for m := range l.adapters {
			for i, g := range all {
				found, err := l.sandbox.BySKU(m, g.sku)
				if err != nil {
					t.Fatal(err)
				}
				switch {
				case i < 7 && len(found) > 0:
					t.Errorf("%s: %q was sent as %d", m, g.price, found[0].Price)
				case i >= 7 && (len(found) != 1 || found[0].Price != 50000):
					t.Errorf("%s: %q became %+v", m, g.price, found)
				case i < 7:
					if row := l.listing(m, g.sku); row.SyncState != catalog.SyncNeedsFixing || len(row.Reasons) == 0 {
						t.Errorf("%s: %q is %s %v", m, g.price, row.SyncState, row.Reasons)
					}
				}
			}
		}
	})
}

func TestF22_AnUnknownStockIsNotZero(t *testing.T) {
	eachLab(t, labOptions{}, func(t *testing.T, l *lab) {
		all := goods(4)
		l.listed(all)
		all[1].stock = ""
		l.importGoods(all)
		l.sync(store.RunRequest{})
		l.wantWrites(0, 0)
		for m := range l.adapters {
			if p := l.only(m, all[1].sku); p.Stock != 40 {
				t.Errorf("%s: stock %d", m, p.Stock)
			}
		}
	})
}

func TestF23_WhatIsNormalisedIsNoDifference(t *testing.T) {
	eachLab(t, labOptions{}, func(t *testing.T, l *lab) {
		all := goods(4)
		all[0].sale = "Nu\u031bo\u031b\u0301c ma\u0306\u0301m  cá cơm   đặc sản số 1 " // NFD, padded
		all[1].description = "<b>Nước mắm</b> ủ chượp truyền thống & ngon, 12 tháng từ cá cơm < 5 cm và muối biển, đóng chai thủy tinh, dùng để chấm."
		all[2].weight = "0700"
		l.listed(all)
		for range 2 {
			l.importGoods(all)
			l.sync(store.RunRequest{})
			l.reconcile()
		}
		l.wantWrites(0, 0)
	})
}

// A field that a marketplace keeps rewriting in a way that nobody could know
// (here the place of a tone mark, as some editors move it) is noticed, told
// once and left alone; the data's own changes still go out.
func TestF23_WhatIsRewrittenIsLeftAlone(t *testing.T) {
	eachLab(t, labOptions{}, func(t *testing.T, l *lab) {
		l.hooks.set(func(_ string, r *http.Request) {
			if r.Method == http.MethodGet {
				return
			}
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			body = bytes.ReplaceAll(body, []byte("thủy tinh"), []byte("thuỷ tinh"))
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		}, nil)
		all := goods(4)
		l.listed(all)
		if p := l.only("voso", "NM00001"); !strings.Contains(string(p.Wire), "thuỷ tinh") {
			t.Fatalf("nothing was rewritten: %s", p.Wire)
		}
		for range 3 {
			l.clock.jump(24 * time.Hour)
			l.importGoods(all)
			l.sync(store.RunRequest{})
			l.reconcile()
		}
		l.wantWrites(0, 0)
		l.wantOnce(4)
		if n := strings.Count(l.logged.String(), "the marketplace rewrites a field"); n != 8 {
			t.Errorf("told %d times, want once for each of 4 listings on each marketplace", n)
		}
		all[2].description += " Bảo quản nơi khô ráo."
		l.importGoods(all)
		for range 3 {
			l.sync(store.RunRequest{})
			l.settle()
		}
		l.wantWrites(1, 2) // Voso does not say who wrote: once more, to see it come back
		for m := range l.adapters {
			if p := l.only(m, "NM00003"); !strings.Contains(string(p.Wire), "khô ráo") {
				t.Errorf("%s: %s", m, p.Wire)
			}
		}
	})
}

// A plan, whatever it plans, sends nothing that changes anything.
func TestF29_APlanWritesNothing(t *testing.T) {
	eachLab(t, labOptions{}, func(t *testing.T, l *lab) {
		all := goods(8)
		l.listed(all)
		l.fault(sandbox.Fault{Op: sandbox.OpWrites, Kind: sandbox.Status, Status: 500})
		all = append(repriced(all, 2), goods(10)[8:]...)
		all[2].note, all[3].description = "Thu hồi", all[3].description+" Mới."
		l.importGoods(all)
		before := l.db.Int(t, "SELECT COUNT(*) FROM items") + l.db.Int(t, "SELECT COUNT(*) FROM intents") + l.db.Int(t, "SELECT COUNT(*) FROM runs")
		p, err := l.runner.Plan(t.Context(), catalog.Scope{}, catalog.PolicySync, "")
		if err != nil || p.Changes != 20 {
			t.Errorf("plan of %d changes, want 20 (%v)", p.Changes, err)
		}
		l.sync(store.RunRequest{Policy: catalog.PolicyObserve})
		l.sync(store.RunRequest{Kind: catalog.RunRefresh})
		l.wantWrites(0, 0)
		after := l.db.Int(t, "SELECT COUNT(*) FROM items") + l.db.Int(t, "SELECT COUNT(*) FROM intents") + l.db.Int(t, "SELECT COUNT(*) FROM runs")
		if after != before+2 { // the two runs that were asked for
			t.Errorf("%d rows of work, want %d", after, before+2)
		}
	})
}

// What is not known to have happened is looked into by reading, and never by
// sending it again, when nothing but looking was asked for; on a day on which
// all have ended no less.
func TestF29_LookingSendsNothingAgain(t *testing.T) {
	eachLab(t, labOptions{}, func(t *testing.T, l *lab) {
		l.listed(goods(6))
		l.importGoods(goods(14))
		l.faultOnCreate(sandbox.Fault{Kind: sandbox.Cut, Count: 4})
		l.faultOnCreate(sandbox.Fault{Kind: sandbox.Cut, Commit: true})
		run := l.ask(store.RunRequest{})
		l.planNow()
		for _, b := range l.form() {
			l.carryOut(t.Context(), l.runner, b)
		}
		if n := l.db.Int(t, "SELECT COUNT(*) FROM intents WHERE state = 'checking'"); n == 0 {
			t.Fatal("every outcome is known: it proves nothing")
		}
		if err := l.store.CancelRun(t.Context(), run.ID, "officer"); err != nil {
			t.Fatal(err)
		}
		before := map[string]int{}
		for m := range l.adapters {
			before[m] = l.ledger(m).Mutating
		}
		for _, day := range []catalog.Day{today, "2031-01-01"} {
			l.today.Store(day)
			l.sync(store.RunRequest{Policy: catalog.PolicyObserve})
			l.sync(store.RunRequest{Kind: catalog.RunReconcile, Policy: catalog.PolicyObserve})
			l.clock.jump(10 * time.Minute)
			l.settle()
		}
		for m := range l.adapters {
			if n := l.ledger(m).Mutating - before[m]; n != 0 {
				t.Errorf("%s: %d writes by looking", m, n)
			}
		}
	})
}

func TestF33_PicturesAreUploadedOncePerContent(t *testing.T) {
	eachLab(t, labOptions{}, func(t *testing.T, l *lab) {
		l.listed(goods(6))
		uploads := func(m string) (n int) {
			for _, k := range l.ledger(m).Uploads {
				n += k
			}
			return n
		}
		l.importFiles(files(goods(6)), pictures(nil)) // unchanged bytes
		l.sync(store.RunRequest{})
		for m := range l.adapters {
			if n := uploads(m); n != 0 {
				t.Errorf("%s: %d uploads of unchanged bytes", m, n)
			}
		}
		l.importFiles(files(goods(6)), pictures(map[string][]byte{"chung.jpg": picture(60)})) // others under the same name
		l.sync(store.RunRequest{})
		l.settle()
		for m := range l.adapters {
			if n := uploads(m); n != 1 {
				t.Errorf("%s: %d uploads of one new content, want 1", m, n)
			}
		}
	})
}

// Nothing private, and no secret, is in a log or in a row that records work.
func TestF35_NoSecretIsInLogsOrRows(t *testing.T) {
	eachLab(t, labOptions{}, func(t *testing.T, l *lab) {
		l.importGoods(goods(6))
		for m := range l.adapters {
			l.fault(sandbox.Fault{Market: m, Op: map[string]string{"postmart": "createShop", "voso": "saveShop"}[m], Kind: sandbox.Status, Status: 500, Count: 1})
		}
		l.fault(sandbox.Fault{Op: sandbox.OpAll, Kind: sandbox.Cut, Prob: 0.05})
		l.sync(store.RunRequest{})
		l.clearFaults()
		l.settle()
		secrets := []string{sandbox.DefaultClientSecret, sandbox.DefaultPassword, goods(1)[0].phone, goods(1)[0].tax, goods(6)[5].phone, "Xóm 6"}
		log := l.logged.String()
		for _, s := range secrets {
			if strings.Contains(log, s) {
				t.Errorf("the log shows %q", s)
			}
			for table, columns := range map[string][]string{"intents": {"change_json", "fields", "before_json", "after_json"}, "listings": {"seen", "applied", "reasons", "reason_args"},
				"events": {"detail"}, "items": {"reason_code"}, "decisions": {"stake"}, "plan_items": {"diff", "reason_args"}} {
				for _, c := range columns {
					if n := l.db.Int(t, "SELECT COUNT(*) FROM "+table+" WHERE CAST("+c+" AS TEXT) LIKE ?", "%"+s+"%"); n > 0 {
						t.Errorf("%s.%s shows %q in %d rows", table, c, s, n)
					}
				}
			}
		}
	})
}
