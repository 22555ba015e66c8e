package reconcile_test

import (
	"fmt"
	"strings"
	"testing"

	"lensan/cmd/lensan/sample"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/register"
	"lensan/worker/reconcile"
)

// registerOf is a register of n good products whose recognition ends on a day.
func registerOf(n int, until string) []register.File {
	var products, skus strings.Builder
	products.WriteString("Mã sản phẩm OCOP,Tên sản phẩm,Chủ thể,Điện thoại,Địa chỉ,Xã/phường,Mã xã,Bộ sản phẩm,Hạng sao,Quyết định số,Ngày quyết định,Cơ quan ban hành,Có giá trị đến\n")
	skus.WriteString("Mã hàng (SKU),Mã sản phẩm OCOP,Tên bán trên sàn,Quy cách,Giá bán (đồng),Tồn kho,Khối lượng (g),Mô tả,Ảnh\n")
	for i := range n {
		code := fmt.Sprintf("40-416-16792-%d-2025", i+1)
		fmt.Fprintf(&products, "%s,Cam số %d,Hợp tác xã cam Châu Tiến,0912345678,Xóm 1,Xã Châu Tiến,16792,01,3 sao,12/QĐ-UBND,08/02/2024,UBND tỉnh Nghệ An,%s\n", code, i+1, until)
		fmt.Fprintf(&skus, "S%03d,%s,Cam Vinh đặc sản số %d,hộp 5 kg,85000,100,5000,Cam Vinh là sản phẩm OCOP được làm từ nguyên liệu tại Xã Châu Tiến tỉnh Nghệ An. Đóng hộp 5 kg.,mau-01.jpg\n", i, code, i+1)
	}
	return []register.File{register.FromBytes("san-pham.csv", []byte(products.String())), register.FromBytes("ban-hang.csv", []byte(skus.String()))}
}

// on is the world's Runner on another day.
func (w *world) on(day catalog.Day, change ...func(*reconcile.Options)) *reconcile.Runner {
	o := w.runner.Options
	o.Today = func() catalog.Day { return day }
	o.Limits = nil
	for _, c := range change {
		c(&o)
	}
	return reconcile.New(o)
}

func (w *world) live(m string) int {
	w.t.Helper()
	n, err := w.store.LiveCount(w.t.Context(), m)
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

func TestRecognitionsEndingTogetherAreOneDecisionAnnouncedAhead(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		const n = 12
		w.importFiles(registerOf(n, "08/12/2026"), sample.Pictures())
		w.sync(store.RunRequest{})
		w.settleReviews()
		w.sync(store.RunRequest{Kind: catalog.RunReconcile})
		open, err := w.store.Decisions(t.Context(), store.DecisionFilter{State: "open", Kind: catalog.DecideEnding})
		if err != nil || len(open) != 2 {
			t.Fatalf("%d decisions ahead of the day, want one a marketplace (%v)", len(open), err)
		}
		if d := open[0]; d.Stake["day"] != "08/12/2026" || d.Stake["products"] != "12" || !strings.Contains(d.Stake["names"], "Cam số 1") {
			t.Errorf("stake %v", d.Stake)
		}
		// The day passes without an answer: nothing is closed.
		w.runner = w.on("2026-12-09")
		w.sync(store.RunRequest{})
		if w.live("postmart") != n || w.live("voso") != n {
			t.Fatalf("live %d and %d, want %d: nobody has decided", w.live("postmart"), w.live("voso"), n)
		}
		if _, err := w.store.ResolveDecision(t.Context(), open[0].ID, "let_close", "Bà Lan", "đã báo chủ thể"); err != nil {
			t.Fatal(err)
		}
		run := w.sync(store.RunRequest{})
		if got := w.live(open[0].Marketplace); got != 0 {
			t.Errorf("%s: %d live after the answer, want 0 (%+v %+v)", open[0].Marketplace, got, run, w.counts(run.ID))
		}
		if got := w.live(open[1].Marketplace); got != n {
			t.Errorf("%s: %d live, want %d: nobody has decided there", open[1].Marketplace, got, n)
		}
	})
}

func TestADeadCanaryStopsTheRun(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		w.importFiles(registerOf(3, "08/12/2026"), sample.Pictures())
		w.sync(store.RunRequest{})
		w.settleReviews()
		w.runner = w.on("2026-12-09", func(o *reconcile.Options) { o.Canaries = []string{"40-416-16792-2-2025"} })
		run := w.sync(store.RunRequest{})
		if run.Reason != "source.canary" || w.live("postmart") != 3 {
			t.Errorf("reason %q, %d live; want source.canary and all 3", run.Reason, w.live("postmart"))
		}
	})
}
