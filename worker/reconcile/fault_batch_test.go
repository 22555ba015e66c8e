package reconcile_test

import (
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"lensan/adapters"
	"lensan/adapters/sandbox"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/worker/reconcile"
)

func (l *lab) state(run catalog.Run) catalog.RunState {
	l.t.Helper()
	return store.RunStateOf(l.run(run.ID), l.counts(run.ID))
}

// refusal is a code by which each marketplace refuses an item for good.
var refusal = map[string]string{"postmart": "shop_suspended", "voso": "PRICE_INVALID"}

// refuseCreate lets both marketplaces refuse to make one SKU's product.
func (l *lab) refuseCreate(sku string) {
	l.fault(sandbox.Fault{Market: "postmart", Op: createOp["postmart"], Kind: sandbox.Answer, SKU: sku, Code: "media_too_large"})
	l.fault(sandbox.Fault{Market: "voso", Op: createOp["voso"], Kind: sandbox.RefuseItems, SKUs: []string{sku}, Code: "PRICE_INVALID"})
}

// offerOp is each marketplace's own operation for price and stock.
var offerOp = map[string]string{"postmart": "batchOffers", "voso": "saveProducts"}

// repriced are goods with every price raised by some thousand.
func repriced(goods []good, by int64) []good {
	out := make([]good, len(goods))
	for i, g := range goods {
		var n int64
		for _, r := range g.price {
			n = 10*n + int64(r-'0')
		}
		g.price = itoa(n + 1000*by)
		out[i] = g
	}
	return out
}

func itoa(n int64) string {
	var b []byte
	for ; n > 0; n /= 10 {
		b = append([]byte{byte('0' + n%10)}, b...)
	}
	return string(b)
}

func TestF09_OneBadItemHoldsUpNoOther(t *testing.T) {
	eachLab(t, labOptions{}, func(t *testing.T, l *lab) {
		n := sized(500, 260)
		l.importGoods(goods(n))
		l.refuseCreate("NM00025")
		run := l.sync(store.RunRequest{})
		l.settle()
		for m := range l.adapters {
			counts, err := l.sandbox.Counts(m)
			if err != nil || counts[onSale[m]] != n-1 {
				t.Errorf("%s holds %v, want %d on sale (%v)", m, counts, n-1, err)
			}
			row := l.listing(m, "NM00025")
			if row.SyncState != catalog.SyncNeedsFixing || len(row.Reasons) == 0 {
				t.Errorf("%s: %s %v, want needs_fixing with a reason", m, row.SyncState, row.Reasons)
			}
		}
		if c := l.counts(run.ID); c.Done != 2*(n-1) || c.Failed != 2 {
			t.Errorf("items %+v, want %d done and 2 failed", c, 2*(n-1))
		}
		if s := l.state(run); s != catalog.RunFailed {
			t.Errorf("a run with a failed item ended as %s", s)
		}
	})
}

func TestF10_ABatchAppliedInPart(t *testing.T) {
	eachLab(t, labOptions{}, func(t *testing.T, l *lab) {
		l.listed(goods(50))
		refused, ignored := []string{"NM00003", "NM00017", "NM00031"}, []string{"NM00008", "NM00044"}
		ids := func(m string, skus []string) (out []string) {
			for _, sku := range skus {
				out = append(out, sku, l.only(m, sku).ID)
			}
			return out
		}
		for m := range l.adapters {
			l.fault(sandbox.Fault{Market: m, Op: offerOp[m], Kind: sandbox.RefuseItems, SKUs: ids(m, refused), Code: refusal[m]})
			l.fault(sandbox.Fault{Market: m, Op: offerOp[m], Kind: sandbox.IgnoreItems, SKUs: ids(m, ignored)})
		}
		l.importGoods(repriced(goods(50), 2))
		run := l.sync(store.RunRequest{})
		l.settle()
		for m := range l.adapters {
			for _, sku := range refused {
				if row := l.listing(m, sku); row.SyncState != catalog.SyncNeedsFixing {
					t.Errorf("%s %s was refused and is %s", m, sku, row.SyncState)
				}
			}
			for _, sku := range ignored {
				l.wantReason(m, sku, catalog.SyncNeedsFixing, "drift.ignored")
			}
			if n := l.db.Int(t, "SELECT COUNT(*) FROM listings WHERE marketplace = ? AND sync_state = 'applied'", m); n != 45 {
				t.Errorf("%s: %d applied, want 45", m, n)
			}
		}
		if c := l.counts(run.ID); c.Failed != 10 || c.Done != 90 {
			t.Errorf("items %+v, want 90 done and 10 failed", c)
		}
		l.clearFaults()
		for _, sku := range ignored {
			if p := l.only("voso", sku); p.Price >= 50000+2000+1000*50 {
				t.Errorf("%s: %d", sku, p.Price)
			}
		}
	})
}

func TestF14_ARunThatFailedInPartIsNotGreen(t *testing.T) {
	eachLab(t, labOptions{}, func(t *testing.T, l *lab) {
		l.listed(goods(12))
		for m := range l.adapters {
			l.fault(sandbox.Fault{Market: m, Op: offerOp[m], Kind: sandbox.RefuseItems, Items: []int{5}, Code: refusal[m], Count: 1})
		}
		l.importGoods(repriced(goods(12), 2))
		if s := l.state(l.sync(store.RunRequest{})); s != catalog.RunFailed {
			t.Errorf("the run ended as %s", s)
		}
	})
}

// What was refused for good is asked once, and again only when it has changed.
func TestF18_ARefusalIsAskedOnce(t *testing.T) {
	eachLab(t, labOptions{}, func(t *testing.T, l *lab) {
		all := goods(6)
		l.importGoods(all)
		l.refuseCreate("NM00004")
		for range 3 {
			l.sync(store.RunRequest{})
			l.sync(store.RunRequest{Kind: catalog.RunReconcile})
			l.clock.jump(24 * time.Hour)
		}
		tried := func(m string) (n int) {
			for key, k := range l.ledger(m).Tried {
				if key[len(key)-7:] == "NM00004" {
					n += k
				}
			}
			return n
		}
		for m := range l.adapters {
			if n := tried(m); n != 1 {
				t.Errorf("%s: asked %d times, want once", m, n)
			}
		}
		l.clearFaults()
		all[3].sale = "Nước mắm cá cơm Vạn Phần hảo hạng"
		l.importGoods(all)
		l.sync(store.RunRequest{})
		l.settle()
		l.wantOnce(6)
		for m := range l.adapters {
			if n := tried(m); n != 2 {
				t.Errorf("%s: asked %d times after the change, want twice in all", m, n)
			}
		}
	})
}

// A code that no contract knows is a defect: few slow tries, then failed, and
// it is said so.
func TestF18_AnUnknownCodeIsTriedFewTimes(t *testing.T) {
	eachLab(t, labOptions{}, func(t *testing.T, l *lab) {
		l.importGoods(goods(4))
		l.fault(sandbox.Fault{Market: "postmart", Op: createOp["postmart"], Kind: sandbox.Answer, SKU: "NM00002", Code: "brand_new_code"})
		l.fault(sandbox.Fault{Market: "voso", Op: createOp["voso"], Kind: sandbox.RefuseItems, SKUs: []string{"NM00002"}, Code: "BRAND_NEW_CODE"})
		began := l.clock.Now()
		run := l.sync(store.RunRequest{})
		for m := range l.adapters {
			for key, n := range l.ledger(m).Tried {
				if key[len(key)-7:] == "NM00002" && (n < 2 || n > 4) {
					t.Errorf("%s: tried %d times", m, n)
				}
			}
			if row := l.listing(m, "NM00002"); row.SyncState != catalog.SyncFailed || len(row.Reasons) == 0 {
				t.Errorf("%s: %s %v", m, row.SyncState, row.Reasons)
			}
		}
		if took := l.clock.Now().Sub(began); took < 3*time.Minute {
			t.Errorf("given up after %v", took)
		}
		if s := l.state(run); s != catalog.RunFailed {
			t.Errorf("the run ended as %s", s)
		}
	})
}

// A job that lands late reads what is wanted at that moment.
func TestF20_AnOldJobNeverOverwritesNewerData(t *testing.T) {
	eachLab(t, labOptions{}, func(t *testing.T, l *lab) {
		all := goods(5)
		l.listed(all)
		l.importGoods(repriced(all, 2))
		first := l.ask(store.RunRequest{})
		l.planNow()
		old := l.form() // its jobs are handed out, and lag in a queue
		l.importGoods(repriced(all, 3))
		second := l.ask(store.RunRequest{Scope: catalog.Scope{SKUs: []string{"NM00001", "NM00002", "NM00003", "NM00004", "NM00005"}}})
		l.planNow()
		for _, b := range l.form() {
			if !containsBatch(old, b) {
				l.carryOut(t.Context(), l.runner, b)
			}
		}
		for _, b := range old {
			l.carryOut(t.Context(), l.runner, b)
		}
		l.finish(first)
		l.finish(second)
		for m := range l.adapters {
			for i, g := range repriced(all, 3) {
				if p := l.only(m, g.sku); itoa(p.Price) != g.price {
					t.Errorf("%s: price %d, want %s", m, p.Price, g.price)
				}
				_ = i
			}
		}
		l.wantOnce(5)
	})
}

func containsBatch(in []catalog.Batch, b catalog.Batch) bool {
	for _, o := range in {
		if o.ID == b.ID {
			return true
		}
	}
	return false
}

// planNow plans every run that waits for it.
func (l *lab) planNow() {
	l.t.Helper()
	for {
		run, ok, err := l.store.ClaimRunToPlan(l.t.Context(), "test", time.Hour)
		if err != nil {
			l.t.Fatal(err)
		}
		if !ok {
			return
		}
		if err := l.runner.PlanRun(l.t.Context(), run); err != nil {
			l.t.Fatal(err)
		}
	}
}

// A queue that is emptied at random points loses no item and doubles none.
func TestF27_JobsThatAreLostAreHandedOutAgain(t *testing.T) {
	eachLab(t, labOptions{}, func(t *testing.T, l *lab) {
		l.importGoods(goods(60))
		run := l.ask(store.RunRequest{})
		l.planNow()
		r := rand.New(rand.NewPCG(7, 27))
		for range 10 {
			for _, b := range l.form() {
				switch r.IntN(3) {
				case 0: // its job is lost before a worker has it
				case 1: // its worker begins, and is gone
					if _, _, err := l.store.StartBatch(t.Context(), b.ID, b.Generation, "gone", time.Minute); err != nil {
						t.Fatal(err)
					}
				default:
					l.carryOut(t.Context(), l.runner, b)
				}
			}
			l.clock.jump(2 * time.Minute)
		}
		l.finish(run)
		l.settle()
		l.wantOnce(60)
		if c := l.counts(run.ID); c.Done != 120 || c.Open() != 0 {
			t.Errorf("items %+v, want 120 done", c)
		}
	})
}

// What was approved is carried out as approved, or refused by itself.
func TestF30_APlanWhoseWorldHasChanged(t *testing.T) {
	eachLab(t, labOptions{}, func(t *testing.T, l *lab) {
		all := goods(6)
		l.listed(all)
		l.importGoods(repriced(all, 2))
		p, err := l.runner.Plan(t.Context(), catalog.Scope{}, catalog.PolicySync, "")
		if err != nil || p.Changes != 12 {
			t.Fatalf("plan of %d changes (%v)", p.Changes, err)
		}
		next := repriced(all, 2)
		next[1].price = "99000" // the register, before the run is planned
		l.importGoods(next)
		run := l.ask(store.RunRequest{PlanID: p.ID})
		l.planNow()
		for m := range l.adapters { // a seller, before the read that precedes the write
			l.edit(m, "NM00004", map[string]any{"price": 88000})
		}
		later := repriced(all, 2)
		later[1].price, later[4].price = "99000", "97000" // the register again, after it
		l.importGoods(later)
		l.finish(run)
		for m := range l.adapters {
			for sku, want := range map[string]int64{"NM00001": 52000, "NM00002": 51000, "NM00003": 54000, "NM00004": 88000, "NM00005": 54000, "NM00006": 57000} {
				if p := l.only(m, sku); p.Price != want {
					t.Errorf("%s %s: price %d, want %d", m, sku, p.Price, want)
				}
			}
		}
		c := l.counts(run.ID)
		refused := 0
		for _, r := range c.Reasons {
			if r.Code == "plan.changed_since" {
				refused += r.Count
			}
		}
		if c.Done != 6 || refused != 6 {
			t.Errorf("items %+v, want 6 done and 6 refused as changed since", c)
		}
	})
}

// What a seller changes between the reading and the write that follows it is
// not lost and not passed over: where the marketplace has a precondition the
// write is refused and decided anew, else reading back shows it, as a question.
func TestF30_AnEditBetweenReadingAndWritingIsShown(t *testing.T) {
	eachLab(t, labOptions{}, func(t *testing.T, l *lab) {
		all := goods(3)
		l.listed(all)
		all[1].description += " Bảo quản nơi khô ráo."
		l.importGoods(all)
		ids := map[string]string{}
		for m := range l.adapters {
			ids[m] = l.only(m, "NM00002").ID
		}
		var once sync.Map
		l.hooks.set(func(m string, r *http.Request) {
			if r.Method == http.MethodPatch || r.URL.Path == "/api/v2/product/save-batch" {
				if _, again := once.LoadOrStore(m, true); !again {
					if err := l.sandbox.EditBySeller(m, ids[m], []byte(`{"price": 61000}`)); err != nil {
						t.Error(err)
					}
				}
			}
		}, nil)
		l.sync(store.RunRequest{})
		l.settle()
		for m := range l.adapters {
			p := l.only(m, "NM00002")
			if p.Price != 61000 || !strings.Contains(string(p.Wire), "khô ráo") {
				t.Errorf("%s: price %d, %s: want the seller's price and our description", m, p.Price, p.Wire)
			}
			if _, struck := once.Load(m); !struck {
				t.Errorf("%s: nobody edited in between", m)
			}
			l.wantReason(m, "NM00002", catalog.SyncNeedsFixing, "drift.ask")
		}
		l.reconcile()
		if d := l.decisions(); len(d) != 2 {
			t.Errorf("%d questions, want one about the price on each marketplace: %+v", len(d), d)
		}
	})
}

// A queued update of a listing that was to be closed meanwhile is dropped.
func TestF31_WhatWasTakenDownDoesNotComeBack(t *testing.T) {
	eachLab(t, labOptions{}, func(t *testing.T, l *lab) {
		all := goods(8)
		l.listed(all)
		changed := goods(8)
		changed[2].description += " Bảo quản nơi khô ráo."
		l.importGoods(changed)
		run := l.ask(store.RunRequest{})
		l.planNow()
		changed[2].note = "Thu hồi"
		l.importGoods(changed)
		closing := l.sync(store.RunRequest{Scope: catalog.Scope{SKUs: []string{"NM00003"}}})
		l.finish(run)
		l.sync(store.RunRequest{})
		l.settle()
		for m := range l.adapters {
			if p := l.only(m, "NM00003"); p.Live || p.Status == onSale[m] {
				t.Errorf("%s: %s after it was revoked (%s)", m, p.Status, l.state(closing))
			}
			l.wantReason(m, "NM00003", catalog.SyncExcluded, "excluded.revoked")
		}
	})
}

func TestF19_DelaysByKind(t *testing.T) {
	t.Parallel()
	for _, k := range []adapters.Kind{adapters.KindTransient, adapters.KindThrottled, adapters.KindConflict, adapters.KindUnknown, adapters.KindAmbiguous} {
		first, most := reconcile.DelayOf(k, 0), reconcile.DelayOf(k, 1000)
		if first <= 0 || most > time.Hour || reconcile.DelayOf(k, 1) != 2*first {
			t.Errorf("%s: first %v, then %v, at most %v", k, first, reconcile.DelayOf(k, 1), most)
		}
		if reconcile.SpentAfter(k, 0) {
			t.Errorf("%s: given up after one try", k)
		}
	}
	if !reconcile.SpentAfter(adapters.KindUnknown, 3) {
		t.Error("a defect is tried for ever")
	}
	if reconcile.SpentAfter(adapters.KindAmbiguous, 1_000_000) {
		t.Error("looking for an unknown outcome ends, and then something is repeated blindly")
	}
}
