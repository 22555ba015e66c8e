package workbook_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"lensan/adapters"
)

func TestAListingFromFileToListAndBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, l *lane) {
		o := l.offer("004001")
		c := l.change(adapters.OpCreate, o, nil)
		l.hand(c)
		l.stands("written", c, adapters.HandedWaiting, "workbook.to_upload")
		if found, err := l.a.Find(t.Context(), "", []string{"004001"}); err != nil || len(found) != 0 {
			t.Fatalf("found before it was uploaded: %v %v", found, err)
		}
		l.upload()
		l.bring("danh-sach-1.xlsx")
		got := l.only("004001")
		shows(t, got, l.want(o))
		if got.State != adapters.Live || got.ShopID != "ct-1" || !got.SeenAt.Equal(l.clock) || got.CreatedAt.IsZero() {
			t.Errorf("read back: %+v", got)
		}

		// A new price is a row with the price alone.
		dear := l.offer("004001", func(o *adapters.Offer) { o.Price = 99_000; o.ListPrice = 99_000 })
		price := l.change(adapters.OpUpdateOffer, dear, &got, adapters.FieldPrice)
		l.hand(price)
		rows := l.rows(l.waiting(1)[0])
		if len(rows) != 1 || rows[0]["Giá bán (đ)"] != "99000" || rows[0]["Tồn kho"] != "" || rows[0]["Tên sản phẩm"] != "" || rows[0]["Mã sản phẩm"] != got.RemoteID {
			t.Errorf("the row of a price: %v", rows)
		}
		l.upload()
		l.bring("danh-sach-2.csv")
		if got = l.only("004001"); got.Fields[adapters.FieldPrice] != "99000" || got.Fields[adapters.FieldStock] != "20" {
			t.Errorf("after a new price: %v", got.Fields)
		}

		named := l.offer("004001", func(o *adapters.Offer) { o.Name = "Nước mắm Cửa Lò loại một"; o.WeightGrams = 1250 })
		l.hand(l.change(adapters.OpUpdateContent, named, &got, adapters.FieldName, adapters.FieldWeight))
		l.upload()
		l.bring("danh-sach-3.xlsx")
		if got = l.only("004001"); got.Fields[adapters.FieldName] != "Nước mắm Cửa Lò loại một" || got.Fields[adapters.FieldWeight] != "1250" {
			t.Errorf("after new content: %v", got.Fields)
		}

		l.hand(l.change(adapters.OpClose, o, &got))
		if rows := l.rows(l.waiting(1)[0]); rows[0]["Lý do ẩn"] != "Quyết định công nhận OCOP đã hết hiệu lực" || rows[0]["Mã SKU"] != "004001" {
			t.Errorf("the row of a close: %v", rows)
		}
		l.upload()
		l.bring("danh-sach-4.xlsx")
		if got = l.only("004001"); got.State != adapters.Closed {
			t.Errorf("closed: %s", got.State)
		}
		l.hand(l.change(adapters.OpReopen, o, &got))
		l.upload()
		l.bring("danh-sach-5.xlsx")
		if got = l.only("004001"); got.State != adapters.Live {
			t.Errorf("reopened: %s", got.State)
		}
		if n := len(l.portal.Find("004001")); n != 1 {
			t.Errorf("%d products of the SKU", n)
		}
	})
}

func TestAProductMadeByHandGetsItsSKU(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, l *lane) {
		l.portal.Add(map[string]string{"Mã gian hàng": "ct-1", "Tên sản phẩm": "Nước mắm tự đăng", "Giá bán (đ)": "70.000 đ", "Tồn kho": "5"})
		l.bring("danh-sach-1.xlsx")
		made, err := all(t.Context(), l.a, adapters.ListQuery{})
		if err != nil || len(made) != 1 || made[0].SKU != "" || made[0].Fields[adapters.FieldPrice] != "70000" {
			t.Fatalf("made by hand: %+v, %v", made, err)
		}
		l.hand(l.change(adapters.OpAdopt, l.offer("004001"), &made[0]))
		l.upload()
		l.bring("danh-sach-2.xlsx")
		if got := l.only("004001"); got.RemoteID != made[0].RemoteID {
			t.Errorf("adopted %s, it was %s", got.RemoteID, made[0].RemoteID)
		}
	})
}

func TestASKUWaitsInOneFileOnly(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, l *lane) {
		c := l.change(adapters.OpCreate, l.offer("004001"), nil)
		other := l.change(adapters.OpCreate, l.offer("004001", func(o *adapters.Offer) { o.Price = 77_000; o.ListPrice = 0 }), nil)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if out := l.a.Apply(t.Context(), []adapters.Change{c}); out[0].Handed == nil {
					t.Errorf("applied at once: %v", out[0].Err)
				}
			})
		}
		wg.Wait()
		l.hand(other)
		l.later(time.Hour)
		l.hand(c)
		l.restart()
		l.hand(c)
		l.hand(other)
		if rows := l.rows(l.waiting(1)[0]); len(rows) != 1 {
			t.Errorf("%d rows", len(rows))
		}
		// Uploaded, and not read back: it may be there.
		l.upload()
		l.hand(other)
		l.waiting(0)
		l.bring("danh-sach-1.xlsx")
		out := l.a.Apply(t.Context(), []adapters.Change{other})
		kindIs(t, "a create of what the list shows", out[0].Err, adapters.KindExists)
		if id := l.only("004001").RemoteID; out[0].RemoteID != id || out[0].Err.ExistingID != id {
			t.Errorf("exists as %q, it is %q", out[0].RemoteID, id)
		}
		if n := len(l.portal.Find("004001")); n != 1 {
			t.Errorf("%d products of the SKU", n)
		}
	})
}

func TestTwoOfOneSKUInOneCallAreOneRow(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, l *lane) {
		a := l.change(adapters.OpCreate, l.offer("004001"), nil)
		b := l.change(adapters.OpCreate, l.offer("004001", func(o *adapters.Offer) { o.Price = 77_000; o.ListPrice = 0 }), nil)
		out := l.a.Apply(t.Context(), []adapters.Change{a, b})
		if out[0].Handed == nil || out[1].Err == nil || out[1].Err.Kind != adapters.KindExists {
			t.Errorf("outcomes %+v", out)
		}
		if rows := l.rows(l.waiting(1)[0]); len(rows) != 1 {
			t.Errorf("%d rows", len(rows))
		}
	})
}

func TestAFileIsWrittenOnWhileARunLastsAndHoldsSoManyRows(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, l *lane) {
		l.cfg.Mapping = []byte(strings.Replace(string(l.cfg.Mapping), "max_rows: 500", "max_rows: 3", 1))
		l.restart()
		create := func(skus ...string) {
			t.Helper()
			var cs []adapters.Change
			for _, sku := range skus {
				cs = append(cs, l.change(adapters.OpCreate, l.offer(sku), nil))
			}
			l.hand(cs...)
		}
		create("A1")
		l.later(30 * time.Second)
		create("A2")
		if rows := l.rows(l.waiting(1)[0]); len(rows) != 2 {
			t.Errorf("%d rows after two parts of a run", len(rows))
		}
		create("A3", "A4", "A5", "A6", "A7")
		if files := l.waiting(3); len(l.rows(files[0])) != 3 || len(l.rows(files[1])) != 3 || len(l.rows(files[2])) != 1 {
			t.Error("rows are not three, three and one")
		}
		l.later(3 * time.Minute) // it may have been uploaded since
		create("A8")
		l.waiting(4)
		// Taken away while it could still be written on.
		files := l.waiting(4)
		if err := l.portal.Move(files[3], "2-da-tai-len"); err != nil {
			t.Fatal(err)
		}
		create("A9")
		if rows := l.rows(l.waiting(4)[3]); len(rows) != 1 || rows[0]["Mã SKU"] != "A9" {
			t.Errorf("rows %v", rows)
		}
	})
}

func TestTheGuideStandsWhereThePortalTakesIt(t *testing.T) {
	t.Parallel()
	for guide, want := range map[string][]string{"first": {"Hướng dẫn", "Sản phẩm"}, "last": {"Sản phẩm", "Hướng dẫn"}, "none": {"Sản phẩm"}} {
		t.Run(guide, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, l *lane) {
				l.cfg.Mapping = []byte(strings.Replace(string(l.cfg.Mapping), "guide: first", "guide: "+guide, 1))
				l.restart()
				l.hand(l.change(adapters.OpCreate, l.offer("004001"), nil))
				x, err := excelize.OpenFile(filepath.Join(l.cfg.Folder, "1-can-tai-len", l.waiting(1)[0]))
				if err != nil {
					t.Fatal(err)
				}
				defer x.Close()
				if got := x.GetSheetList(); !slices.Equal(got, want) {
					t.Errorf("sheets %q, want %q", got, want)
				}
				if sku, err := x.GetCellValue("Sản phẩm", "B2"); err != nil || sku != "004001" {
					t.Errorf("the SKU is %q (%v)", sku, err)
				}
			})
		})
	}
}

func TestTextsStayTextsInExcel(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, l *lane) {
		name := `=HYPERLINK("http://x";"Nước mắm")`
		l.hand(l.change(adapters.OpCreate, l.offer("004001", func(o *adapters.Offer) { o.Name = name; o.Producer = "+HTX @Cửa Lò" }), nil))
		file := l.waiting(1)[0]
		if rows := l.rows(file); rows[0]["Tên sản phẩm"] != name || rows[0]["Nhà sản xuất"] != "+HTX @Cửa Lò" || rows[0]["Mã SKU"] != "004001" {
			t.Errorf("row %v", rows[0])
		}
		x, err := excelize.OpenFile(filepath.Join(l.cfg.Folder, "1-can-tai-len", file))
		if err != nil {
			t.Fatal(err)
		}
		defer x.Close()
		for _, row := range []string{"1", "2"} {
			for col := 'A'; col <= 'T'; col++ {
				if f, err := x.GetCellFormula("Sản phẩm", string(col)+row); err != nil || f != "" {
					t.Errorf("%c%s is the formula %q (%v)", col, row, f, err)
				}
			}
		}
	})
}

func TestPicturesLieBesideTheFileAndAreToldApartByContent(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, l *lane) {
		id, err := l.a.UploadImage(t.Context(), picture(t, 2))
		if err != nil || id == l.image.RemoteID {
			t.Fatalf("a second picture is %q, %v", id, err)
		}
		if again, err := l.a.UploadImage(t.Context(), picture(t, 2)); err != nil || again != id {
			t.Errorf("the same bytes are %q, %v", again, err)
		}
		second := l.image
		second.RemoteID, second.SHA256 = id, strings.Repeat("2", 64)
		o := l.offer("004001", func(o *adapters.Offer) { o.Images = append(o.Images, second) })
		got := l.listed(o)[0]
		if got.Fields[adapters.FieldImages] != l.image.RemoteID+" "+id {
			t.Errorf("pictures read back as %q", got.Fields[adapters.FieldImages])
		}
		entries, rerr := os.ReadDir(filepath.Join(l.cfg.Folder, "2-da-tai-len"))
		if rerr != nil || len(entries) != 2 || !strings.HasSuffix(entries[0].Name(), "-anh") {
			t.Errorf("uploaded: %v, %v", entries, rerr)
		}

		// A picture that is gone is uploaded anew by the runner.
		if err := os.RemoveAll(filepath.Join(l.cfg.Folder, ".lensan", "anh")); err != nil {
			t.Fatal(err)
		}
		out := l.a.Apply(t.Context(), []adapters.Change{l.change(adapters.OpCreate, l.offer("004002"), nil)})
		kindIs(t, "a picture that is gone", out[0].Err, adapters.KindInvalid)
		if out[0].Err != nil && (len(out[0].Err.Fields) != 1 || out[0].Err.Fields[0].Code != "images.unknown") {
			t.Errorf("fields %+v", out[0].Err.Fields)
		}
		l.waiting(0)
	})
}

func TestPicturesThatTheMarketplaceRefuses(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, l *lane) {
		caps := l.a.Capabilities()
		heavy := picture(t, 3)
		heavy.Bytes = append(heavy.Bytes, make([]byte, caps.ImageBytes)...)
		for what, img := range map[string]adapters.Image{
			"too small": sized(t, caps.ImageMin-1, 700, 1), "too large": sized(t, caps.ImageMax+1, 700, 1), "too heavy": heavy,
			"no picture": {Type: "image/jpeg", Bytes: []byte("không phải ảnh")}, "empty": {Type: "image/png"},
		} {
			id, err := l.a.UploadImage(t.Context(), img)
			kindIs(t, what, err, adapters.KindInvalid)
			if id != "" || err != nil && (len(err.Fields) != 1 || !strings.HasPrefix(err.Fields[0].Code, "images.")) {
				t.Errorf("%s: %q %+v", what, id, err)
			}
		}
	})
}

func TestShopsAreAskedForOnceAndKeepPrivateDataToThemselves(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, l *lane) {
		ctx := t.Context()
		shop := adapters.Shop{ProducerRef: "ct-1", Name: "HTX Cửa Lò", Phone: "0912345678", TaxCode: "2901234567", ProvinceCode: "40", CommuneCode: "17950", Address: "Xóm Bến Đá"}
		if got, err := l.a.FindShop(ctx, "ct-1"); got != nil || err != nil {
			t.Fatalf("before: %+v %v", got, err)
		}
		made, err := l.a.CreateShop(ctx, shop, "")
		if err != nil || made.ID != "ct-1" || made.Status != adapters.ShopPending {
			t.Fatalf("made: %+v %v", made, err)
		}
		_, err = l.a.CreateShop(ctx, shop, "")
		kindIs(t, "a second", err, adapters.KindExists)
		l.restart()
		if got, err := l.a.FindShop(ctx, "ct-1"); err != nil || got == nil || got.Status != adapters.ShopPending {
			t.Errorf("after a restart: %+v %v", got, err)
		}
		if got, _ := l.a.FindShop(ctx, "ct-"); got != nil {
			t.Errorf("part of a reference finds %+v", got)
		}
		bad := shop
		bad.ProducerRef, bad.Phone = "ct-2", "không có"
		_, err = l.a.CreateShop(ctx, bad, "")
		kindIs(t, "a shop without a telephone", err, adapters.KindInvalid)
		if err != nil && strings.Contains(err.Error(), "không có") {
			t.Errorf("the error tells the telephone: %v", err)
		}

		l.hand(l.change(adapters.OpCreate, l.offer("004001"), nil))
		files := l.waiting(2)
		shops := slices.IndexFunc(files, func(f string) bool { return strings.HasSuffix(f, "-gian-hang.xlsx") })
		if rows := l.rows(files[shops]); len(rows) != 1 || rows[0]["Điện thoại"] != "0912345678" || rows[0]["Mã gian hàng"] != "ct-1" {
			t.Errorf("rows of shops: %v", rows)
		}
		if info, err := os.Stat(filepath.Join(l.cfg.Folder, "1-can-tai-len", files[shops])); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("others may read the shops: %v %v", info.Mode(), err)
		}
		for _, cell := range l.rows(files[1-shops])[0] {
			for _, private := range []string{shop.Phone, shop.TaxCode, shop.Address} {
				if strings.Contains(cell, private) {
					t.Errorf("an offer tells %q", private)
				}
			}
		}
		l.upload()
		l.bring("danh-sach-1.xlsx")
		if got, err := l.a.FindShop(ctx, "ct-1"); err != nil || got.Status != adapters.ShopActive {
			t.Errorf("with a product in it: %+v %v", got, err)
		}
	})
}
