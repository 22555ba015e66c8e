package worker

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"lensan/adapters"
	"lensan/adapters/rest"
	"lensan/adapters/sandbox"
	"lensan/cmd/lensan/sample"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/register"
	"lensan/worker/reconcile"
)

// nights is a bubble in which only the nightly reconcile runs, without a
// queue: each night is asked for by its schedule and carried to its end.
type nights struct {
	*bubbleMarket
	runner *reconcile.Runner
}

func newNights(t *testing.T) *nights {
	t.Helper()
	b := newBubbleMarket(t, func(o *sandbox.Options) { o.Postmart.Rate, o.Voso.Rate = 0, 0 })
	b.rate = 5000
	n := &nights{bubbleMarket: b}
	open := map[string]adapters.Adapter{}
	for _, name := range bothLanes {
		open[name] = b.adapter(t, name, rest.Options{Log: b.log, Transport: b.transports[name]})
	}
	n.runner = reconcile.New(reconcile.Options{Store: b.store, Adapters: open, Now: b.store.Now, Log: b.log})
	if err := b.store.SeedSchedule(t.Context(), "nightly", "0 2 * * *", catalog.RunReconcile); err != nil {
		t.Fatal(err)
	}
	return n
}

// night sleeps until two o'clock of a day and carries out what the schedule
// asks for: one run, however many nights were missed.
func (n *nights) night(day catalog.Day) catalog.Run {
	n.t.Helper()
	time.Sleep(time.Until(day.Start().Add(2*time.Hour + time.Second)))
	runs, err := n.store.RunDueSchedules(n.t.Context())
	if err != nil || len(runs) != 1 {
		n.t.Fatalf("%s: %d runs (%v)", day, len(runs), err)
	}
	n.drive()
	run, err := n.store.GetRun(n.t.Context(), runs[0].ID)
	if err != nil {
		n.t.Fatal(err)
	}
	return run
}

// drive plans and works, in virtual time, until nothing is open and nothing is
// in review.
func (n *nights) drive() {
	n.t.Helper()
	ctx, limit := n.t.Context(), time.Now().Add(3*time.Hour)
	for {
		run, ok, err := n.store.ClaimRunToPlan(ctx, "test", time.Minute)
		if err != nil {
			n.t.Fatal(err)
		}
		if ok {
			if err := n.runner.PlanRun(ctx, run); err != nil {
				n.t.Fatalf("plan: %v", err)
			}
		}
		worked := n.work(ctx)
		if _, err := n.store.FinishRuns(ctx); err != nil {
			n.t.Fatal(err)
		}
		open, err := n.store.ListRuns(ctx, store.RunFilter{Open: true})
		if err != nil {
			n.t.Fatal(err)
		}
		if len(open) == 0 {
			reviews, err := n.store.InReview(ctx, store.Filter{})
			if err != nil {
				n.t.Fatal(err)
			}
			if reviews == 0 {
				return
			}
		}
		if time.Now().After(limit) {
			n.t.Fatalf("open after three hours: %+v", open)
		}
		if !worked {
			time.Sleep(5 * time.Second)
		}
	}
}

func (n *nights) work(ctx context.Context) bool {
	n.t.Helper()
	if _, err := n.store.WakeLooks(ctx, n.store.Now(), 1000); err != nil {
		n.t.Fatal(err)
	}
	worked := false
	for _, m := range bothLanes {
		for _, q := range []catalog.Queue{catalog.QueueUrgent, catalog.QueueNormal, catalog.QueueReconcile} {
			for _, p := range []catalog.Purpose{catalog.PurposeApply, catalog.PurposeLook} {
				batches, err := n.store.FormBatches(ctx, store.BatchForm{Marketplace: m, Queue: q, Purpose: p, Size: 50, Window: 10, Lease: time.Minute})
				if err != nil {
					n.t.Fatal(err)
				}
				for _, b := range batches {
					worked = true
					n.carry(ctx, b)
				}
			}
		}
	}
	return worked
}

func (n *nights) carry(ctx context.Context, b catalog.Batch) {
	n.t.Helper()
	b, ok, err := n.store.StartBatch(ctx, b.ID, b.Generation, "test", time.Minute)
	if err != nil || !ok {
		n.t.Fatalf("start batch: %v %v", ok, err)
	}
	items, err := n.store.ItemsOfBatch(ctx, b.ID)
	if err != nil {
		n.t.Fatal(err)
	}
	if err := n.runner.Work(store.InBatch(ctx, b), b, items, func() bool { return false }); err != nil {
		n.t.Logf("work on %s: %v", b.Marketplace, err)
	}
	if err := n.store.FinishBatch(ctx, b, "test", time.Time{}); err != nil {
		n.t.Fatal(err)
	}
}

// onSale are the SKUs that a marketplace sells, by the marketplace's own word.
func (n *nights) onSale(m string) map[string]bool {
	n.t.Helper()
	out := map[string]bool{}
	for p := range n.sandbox.Products(m) {
		if p.Status == marketWord[m] {
			if out[p.SKU] {
				n.t.Errorf("%s sells %s twice", m, p.SKU)
			}
			out[p.SKU] = true
		}
	}
	return out
}

// made is one product with one SKU of the same number.
type made struct {
	n       int
	decided catalog.Day
	until   catalog.Day // empty: not stated
}

func (p made) sku() string { return fmt.Sprintf("S%04d", p.n) }

// importMade imports products as CSV; one that is known gets the recognition
// that its row states, beside those it has.
func (n *nights) importMade(products ...made) {
	n.t.Helper()
	pictures, err := fs.Glob(sample.Pictures().FS, "*.jpg")
	if err != nil || len(pictures) < 5 {
		n.t.Fatal(err)
	}
	var reg, sale strings.Builder
	reg.WriteString("Mã sản phẩm OCOP;Tên sản phẩm;Chủ thể;Điện thoại;Địa chỉ;Xã/phường (từ 1/7/2025);Mã xã;Bộ sản phẩm;Hạng sao;Quyết định số;Ngày quyết định;Cơ quan ban hành;Có giá trị đến\n")
	sale.WriteString("Mã hàng (SKU);Mã sản phẩm OCOP;Tên bán trên sàn;Quy cách;Giá bán (đồng);Tồn kho;Khối lượng (g);Mô tả;Ảnh\n")
	for _, p := range products {
		code := fmt.Sprintf("40-416-16800-%d-2026", p.n)
		fmt.Fprintf(&reg, "%s;Mật ong rừng số %d;HTX Nông nghiệp số %d;0912345678;Xóm 1;Xã Kỳ Sơn;16800;02;3 sao;%d/QĐ-UBND;%s;UBND tỉnh Nghệ An;%s\n",
			code, p.n, p.n/3+1, 100+p.n, p.decided.Shown(), p.until.Shown())
		fmt.Fprintf(&sale, "%s;%s;Mật ong rừng số %d chai 500 ml;chai 500 ml;120.000 đ;50;700;Mật ong rừng số %d được lấy từ rừng tự nhiên, lọc sạch và đóng chai tại hợp tác xã.;%s\n",
			p.sku(), code, p.n, p.n, pictures[p.n%5])
	}
	n.importFiles([]register.File{register.FromBytes("so.csv", []byte(reg.String())), register.FromBytes("ban-hang.csv", []byte(sale.String()))}, sample.Pictures())
}

// troubles names, for a failing story, what is not on sale and why.
func (n *nights) troubles() string {
	var out strings.Builder
	for row, err := range n.store.AllSyncStatus(n.t.Context(), store.Filter{}) {
		if err != nil {
			return err.Error()
		}
		if row.MarketState != "live" {
			fmt.Fprintln(&out, row.Marketplace, row.SKU, row.SyncState, row.MarketState, row.ReasonCode, row.ValidUntil)
		}
	}
	return out.String()
}
