//go:build !race

// Much work and no more races than elsewhere: .ci/test runs it without the detector.

package worker

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"testing"
	"time"

	"lensan/cmd/lensan/sample"
	"lensan/store/catalog"
	"lensan/store/register"

	"lensan/store"
)

// shelfOf is a register of n products with a SKU each, complete for both
// marketplaces, at a price that rises with edit.
func shelfOf(n, edit int) []register.File {
	var products, skus bytes.Buffer
	p, k := csv.NewWriter(&products), csv.NewWriter(&skus)
	p.Write([]string{"Mã sản phẩm OCOP", "Tên sản phẩm", "Chủ thể", "Mã số thuế", "Điện thoại", "Địa chỉ", "Xã/phường", "Mã xã", "Bộ sản phẩm", "Hạng sao", "Quyết định số", "Ngày quyết định", "Cơ quan ban hành"})
	k.Write([]string{"Mã hàng (SKU)", "Mã sản phẩm OCOP", "Tên bán trên sàn", "Quy cách", "Giá bán (đồng)", "Tồn kho", "Khối lượng (g)", "Mô tả", "Ảnh"})
	for i := range n {
		code, maker := fmt.Sprintf("40-430-16792-%d-2026", i+1), i/50+1
		p.Write([]string{code, fmt.Sprintf("Nước mắm cá cơm số %d", i+1), fmt.Sprintf("HTX nước mắm %d", maker), fmt.Sprintf("29%08d", maker), fmt.Sprintf("09%08d", 12345000+maker),
			"Xóm 6, Xã Châu Tiến", "Xã Châu Tiến", "16792", "04", "3", "3445/QĐ-UBND", "08/07/2026", "UBND tỉnh Nghệ An"})
		k.Write([]string{fmt.Sprintf("NM%05d", i+1), code, fmt.Sprintf("Nước mắm cá cơm truyền thống số %d", i+1), "chai 500 ml", fmt.Sprint(50000 + 1000*edit), "40", "700",
			"Nước mắm ủ chượp truyền thống mười hai tháng từ cá cơm và muối biển, đóng chai thủy tinh, dùng để chấm và nêm.", "mau-01.jpg"})
	}
	p.Flush()
	k.Flush()
	return []register.File{register.FromBytes("so.csv", products.Bytes()), register.FromBytes("hang.csv", skus.Bytes())}
}

// 500 edits, each told of by itself as they trickle in: as few calls as the
// marketplaces' batches allow, 100 prices on Postmart and 50 on Voso.
func TestF37_EditsThatTrickleInShareTheirCalls(t *testing.T) {
	const edits = 500
	eachPair(t, storeWords, func(t *testing.T, p pair) {
		m := newMarket(t, p.store, nil)
		m.stale, m.lease = time.Minute, time.Minute // a busy machine reads slowly: how much fits into the time is another test's subject
		m.importFiles(shelfOf(edits, 0), sample.Pictures())
		first := m.process(t, p, nil)
		if state, counts := m.ended(p, p.request(t).ID); state != catalog.RunDone || counts.Done+counts.Unchanged != 2*edits {
			t.Fatalf("listing them: %s %+v", state, counts)
		}
		m.await("the reviews end", func() bool {
			n, err := m.store.InReview(t.Context(), store.Filter{})
			return err == nil && n == 0
		})
		first.stop()
		m.process(t, p, func(o *Options) {
			o.Gather = 5 * time.Minute // only full batches go out, however slow the machine
			o.BatchLease, o.PlanLease = time.Minute, time.Minute
			for i := range o.Lanes {
				o.Lanes[i].ByOp = map[string]int{"update_offer": map[string]int{"postmart": 100, "voso": 50}[o.Lanes[i].Name]}
			}
		})
		m.sandbox.ResetLedger("postmart")
		m.sandbox.ResetLedger("voso")
		m.importFiles(shelfOf(edits, 1), sample.Pictures())
		var runs []string
		for i := range edits {
			run, _, err := p.store.RequestRun(t.Context(), store.RunRequest{Kind: catalog.RunSync, Policy: catalog.PolicySync, Trigger: catalog.TriggerAPI, By: "kho",
				Scope: catalog.Scope{SKUs: []string{fmt.Sprintf("NM%05d", i+1)}}})
			if err != nil {
				t.Fatal(err)
			}
			runs = append(runs, run.ID)
		}
		for _, id := range runs {
			if state, counts := m.ended(p, id); state != catalog.RunDone || counts.Done+counts.Unchanged != 2 {
				t.Fatalf("run %s: %s %+v", id, state, counts)
			}
		}
		for name, want := range map[string]struct {
			op    string
			calls int
		}{"postmart": {"batchOffers", 5}, "voso": {"saveProducts", 10}} {
			l := m.ledger(name)
			if l.Calls[want.op] > want.calls || l.Mutating != l.Calls[want.op] {
				t.Errorf("%s: %d calls of %s and %d that change something, want at most %d", name, l.Calls[want.op], want.op, l.Mutating, want.calls)
			}
			if len(l.Writes) != edits {
				t.Errorf("%s: %d products have their new price, want %d", name, len(l.Writes), edits)
			}
			t.Logf("%s: %d edits, %d mutating calls, %d reads", name, edits, l.Mutating, l.Calls["getProduct"]+l.Calls["getProducts"])
		}
	})
}
