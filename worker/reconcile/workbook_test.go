package reconcile_test

import (
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"lensan/adapters"
	"lensan/adapters/postmart"
	"lensan/adapters/voso"
	"lensan/adapters/workbook"
	"lensan/adapters/workbook/portal"
	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/register"
	"lensan/store/storetest"
)

// office is a world whose lanes have no API: an officer carries files to the
// seller portals and lists back.
type office struct {
	*world
	portals map[string]*portal.Portal
}

// onEach runs a test on every engine, onSQLite on one: what the lane does is
// the same on all, and the whole sample is slow to bring by hand.
func onEach(t *testing.T, test func(t *testing.T, o *office)) {
	t.Helper()
	onEngines(t, storetest.URLs(t), test)
}

func onSQLite(t *testing.T, test func(t *testing.T, o *office)) {
	t.Helper()
	onEngines(t, map[string]func(testing.TB) string{"sqlite": storetest.URLs(t)["sqlite"]}, test)
}

func onEngines(t *testing.T, urls map[string]func(testing.TB) string, test func(t *testing.T, o *office)) {
	t.Helper()
	for engine, url := range urls {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			s := storetest.Open(t, url(t), store.Options{Explain: text.Explain})
			w := &world{t: t, store: s, adapters: map[string]adapters.Adapter{}, log: slog.New(slog.NewTextHandler(io.Discard, nil))}
			if testing.Verbose() {
				w.log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelInfo}))
			}
			o := &office{w, map[string]*portal.Portal{}}
			o.openLane(postmart.Name, postmart.Rules{}, postmart.WorkbookMapping)
			o.openLane(voso.Name, voso.Rules{}, voso.WorkbookMapping)
			w.runner = w.newRunner()
			test(t, o)
		})
	}
}

func (o *office) openLane(name string, rules workbook.Rules, mapping []byte) {
	o.t.Helper()
	folder := filepath.Join(o.t.TempDir(), name)
	a, err := workbook.New(workbook.Config{Name: name, Rules: rules, Mapping: mapping, Folder: folder, Log: o.log})
	if err != nil {
		o.t.Fatal(err)
	}
	a.Ping(o.t.Context()) // sets the folder up; there is no list yet
	o.adapters[name], o.portals[name] = a, &portal.Portal{Folder: folder}
	if err := o.store.EnsureAccount(o.t.Context(), name, "workbook:"+name, "", true); err != nil {
		o.t.Fatal(err)
	}
}

// carry lets the officer upload what waits on every lane and bring the lists
// back.
func (o *office) carry(list string) {
	o.t.Helper()
	for m, p := range o.portals {
		if err := p.UploadAll(); err != nil {
			o.t.Fatalf("%s: %v", m, err)
		}
	}
	o.export(list)
}

func (o *office) export(list string) {
	o.t.Helper()
	for m, p := range o.portals {
		if err := p.Export(list); err != nil {
			o.t.Fatalf("%s: %v", m, err)
		}
	}
}

func (o *office) wantWaiting(m string, want int) []string {
	o.t.Helper()
	files, err := o.portals[m].Waiting()
	if err != nil || len(files) != want {
		o.t.Fatalf("%s: files %q wait, want %d (%v)", m, files, want, err)
	}
	return files
}

// wantReason counts the SKUs that show a reason in a state.
func (o *office) wantReason(m string, state catalog.SyncState, code string, want int) {
	o.t.Helper()
	n := 0
	for row, err := range o.store.AllSyncStatus(o.t.Context(), store.Filter{}) {
		if err != nil {
			o.t.Fatal(err)
		}
		if row.Marketplace == m && row.SyncState == string(state) && row.ReasonCode == code {
			n++
		}
	}
	if n != want {
		o.t.Errorf("%s: %d SKUs are %s for %s, want %d", m, n, state, code, want)
	}
}

func (o *office) wantProducts(m string, want int) {
	o.t.Helper()
	skus := map[string]int{}
	for _, p := range o.portals[m].Products {
		skus[p[portal.Shop]+" "+p[portal.SKU]]++
	}
	for sku, n := range skus {
		if n > 1 {
			o.t.Errorf("%s: %s stands %d times", m, sku, n)
		}
	}
	if len(o.portals[m].Products) != want {
		o.t.Errorf("%s holds %d products, want %d", m, len(o.portals[m].Products), want)
	}
}

func TestASampleIsListedByHandAndReadBack(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, o *office) {
		o.importSample()

		// Without a list nobody knows what stands there: nothing is written.
		run := o.sync(store.RunRequest{})
		if run.Planned != 0 {
			t.Errorf("planned %d changes without a list", run.Planned)
		}
		o.wantReason("postmart", catalog.SyncWaitingLane, "workbook.no_list", 161)
		o.wantReason("voso", catalog.SyncWaitingLane, "workbook.no_list", 152)
		o.wantWaiting("postmart", 0)

		o.export("danh-sach-1.xlsx")
		o.sync(store.RunRequest{})
		o.wantSummary(map[string]map[store.Bucket]int{"postmart": {"needs_fixing": 20, "expired": 62, "live": 0}, "voso": {"needs_fixing": 26, "live": 0, "not_sold": 3}})
		o.wantReason("postmart", catalog.SyncWaiting, "workbook.to_upload", 161)
		o.wantReason("voso", catalog.SyncWaiting, "workbook.to_upload", 152)
		for m := range o.portals {
			files := o.wantWaiting(m, 2)
			if !strings.HasSuffix(files[0], "-1-dang-moi.xlsx") || !strings.HasSuffix(files[1], "-1-gian-hang.xlsx") {
				t.Errorf("%s: files %q", m, files)
			}
		}

		// Asked again, and read again, nothing more is written while they wait.
		o.sync(store.RunRequest{})
		o.sync(store.RunRequest{Kind: catalog.RunReconcile})
		o.wantWaiting("postmart", 2)
		o.wantWaiting("voso", 2)

		o.carry("danh-sach-2.csv")
		o.wantProducts("postmart", 161)
		o.wantProducts("voso", 152)
		o.sync(store.RunRequest{})
		o.wantSummary(wantBuckets)

		run = o.sync(store.RunRequest{})
		if run.Planned != 0 || run.Unchanged != 161+152 {
			t.Errorf("second run: planned %d, unchanged %d; want 0 and 313", run.Planned, run.Unchanged)
		}
		o.sync(store.RunRequest{Kind: catalog.RunReconcile})
		o.wantWaiting("postmart", 0)
		o.wantWaiting("voso", 0)
		o.wantSummary(wantBuckets)
	})
}

// onSaleByHand brings the whole sample onto the portals and reads it back.
func (o *office) onSaleByHand() {
	o.t.Helper()
	o.importSample()
	o.export("danh-sach-0.xlsx")
	o.sync(store.RunRequest{})
	o.carry("danh-sach-1.xlsx")
	o.sync(store.RunRequest{})
	o.wantSummary(wantBuckets)
}

func TestANewPriceByHandIsOneRowAndLeavesTheStock(t *testing.T) {
	t.Parallel()
	onSQLite(t, func(t *testing.T, o *office) {
		o.onSaleByHand()
		const sku, code = "004001", "40-416-16792-1-2026"
		for _, p := range o.portals {
			p.Find(sku)[0]["Tồn kho"] = "7" // sold
		}
		o.importFiles([]register.File{register.FromBytes("gia.csv", []byte("Mã hàng (SKU),Mã sản phẩm OCOP,Giá bán (đồng)\n"+sku+","+code+",499.000 đ\n"))}, register.Pictures{})
		o.export("danh-sach-2.xlsx")
		o.sync(store.RunRequest{})
		for m, p := range o.portals {
			file := o.wantWaiting(m, 1)[0]
			rows, err := portal.Rows(filepath.Join(p.Folder, "1-can-tai-len", file))
			if err != nil || len(rows) != 1 || rows[0]["Giá bán (đ)"] != "499000" || rows[0]["Tồn kho"] != "" || rows[0][portal.SKU] != sku {
				t.Errorf("%s: rows %v, %v", m, rows, err)
			}
		}
		o.wantReason("postmart", catalog.SyncWaiting, "workbook.to_upload", 1)
		o.sync(store.RunRequest{})
		o.wantWaiting("postmart", 1)
		o.carry("danh-sach-3.csv")
		o.sync(store.RunRequest{})
		for m, p := range o.portals {
			if r := p.Find(sku)[0]; r["Giá bán (đ)"] != "499000" || r["Tồn kho"] != "7" {
				t.Errorf("%s: price %s, stock %s", m, r["Giá bán (đ)"], r["Tồn kho"])
			}
		}
		o.wantSummary(wantBuckets)
		o.sync(store.RunRequest{Kind: catalog.RunReconcile})
		o.wantWaiting("postmart", 0)
		o.wantWaiting("voso", 0)
	})
}

func TestWhatAPortalRefusesIsNamedAndNotWrittenAgainUntilItChanges(t *testing.T) {
	t.Parallel()
	onSQLite(t, func(t *testing.T, o *office) {
		o.importSample()
		const sku, code = "004001", "40-416-16792-1-2026"
		for _, p := range o.portals {
			p.Refuse = func(s string) bool { return s == sku }
		}
		o.export("danh-sach-0.xlsx")
		o.sync(store.RunRequest{})
		o.carry("danh-sach-1.xlsx")
		o.sync(store.RunRequest{})
		for range 2 {
			o.wantReason("postmart", catalog.SyncNeedsFixing, "workbook.not_taken", 1)
			o.wantReason("voso", catalog.SyncNeedsFixing, "workbook.not_taken", 1)
			o.wantWaiting("postmart", 0)
			o.sync(store.RunRequest{Kind: catalog.RunReconcile})
		}
		o.importFiles([]register.File{register.FromBytes("gia.csv", []byte("Mã hàng (SKU),Mã sản phẩm OCOP,Giá bán (đồng)\n"+sku+","+code+",499.000 đ\n"))}, register.Pictures{})
		o.sync(store.RunRequest{})
		for m, p := range o.portals {
			o.wantWaiting(m, 1)
			p.Refuse = nil
		}
		o.carry("danh-sach-2.csv")
		o.sync(store.RunRequest{})
		o.wantProducts("postmart", 161)
		o.wantProducts("voso", 152)
		o.wantSummary(wantBuckets)
	})
}

func TestAfterALostDatabaseNothingIsWrittenTwice(t *testing.T) {
	t.Parallel()
	onSQLite(t, func(t *testing.T, o *office) {
		o.importSample()
		o.export("danh-sach-0.xlsx")
		o.sync(store.RunRequest{})

		again := o.emptied()
		again.importSample()
		again.sync(store.RunRequest{})
		again.wantWaiting("postmart", 2)
		again.wantReason("postmart", catalog.SyncWaiting, "workbook.to_upload", 161)
		again.carry("danh-sach-1.csv")

		last := again.emptied()
		last.importSample()
		last.sync(store.RunRequest{})
		last.wantProducts("postmart", 161)
		last.wantProducts("voso", 152)
		last.wantWaiting("postmart", 0)
		last.wantSummary(wantBuckets)
	})
}

// emptied is the same office with an empty database.
func (o *office) emptied() *office {
	o.t.Helper()
	s := storetest.Open(o.t, storetest.URLs(o.t)["sqlite"](o.t), store.Options{Explain: text.Explain})
	w := *o.world
	w.store = s
	w.runner = w.newRunner()
	for m := range w.adapters {
		if err := s.EnsureAccount(o.t.Context(), m, "workbook:"+m, "", true); err != nil {
			o.t.Fatal(err)
		}
	}
	return &office{&w, o.portals}
}

func TestALaneThatWaitsForItsOfficerHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	onSQLite(t, func(t *testing.T, o *office) {
		o.importSample()
		if err := o.portals["voso"].Export("danh-sach.xlsx"); err != nil {
			t.Fatal(err)
		}
		run := o.sync(store.RunRequest{})
		if c := o.counts(run.ID); c.Failed != 0 {
			t.Errorf("%d items failed", c.Failed)
		}
		o.wantReason("postmart", catalog.SyncWaitingLane, "workbook.no_list", 161)
		o.wantReason("voso", catalog.SyncWaiting, "workbook.to_upload", 152)
		o.wantWaiting("postmart", 0)
		o.wantWaiting("voso", 2)
	})
}

func TestAProductMadeByHandInThePortalIsAdoptedAndNotDoubled(t *testing.T) {
	t.Parallel()
	onSQLite(t, func(t *testing.T, o *office) {
		o.onSaleByHand()
		const sku = "004001"
		for _, p := range o.portals { // as if an officer had typed it, without a SKU
			p.Find(sku)[0][portal.SKU] = ""
		}
		fresh := o.emptied()
		fresh.importSample()
		fresh.export("danh-sach-2.xlsx")
		fresh.sync(store.RunRequest{})
		for m, p := range fresh.portals {
			for _, f := range fresh.wantWaiting(m, 1) {
				if !strings.HasSuffix(f, "-cap-nhat.xlsx") {
					t.Errorf("%s: %s waits", m, f)
				}
			}
			if err := p.UploadAll(); err != nil {
				t.Fatal(err)
			}
		}
		fresh.export("danh-sach-3.xlsx")
		fresh.sync(store.RunRequest{})
		fresh.wantProducts("postmart", 161)
		fresh.wantProducts("voso", 152)
		for m, p := range fresh.portals {
			if len(p.Find(sku)) != 1 {
				t.Errorf("%s: %d products of the SKU", m, len(p.Find(sku)))
			}
		}
	})
}
