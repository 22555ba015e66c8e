package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/register"
	"lensan/store/storetest"
)

const (
	registerHead = "Mã sản phẩm;Tên sản phẩm;Chủ thể;Mã số thuế;Mã xã;Hạng sao;Quyết định số;Ngày quyết định;Cơ quan ban hành;Có giá trị đến;Ghi chú"
	saleHead     = "Mã hàng;Mã sản phẩm;Tên bán;Giá bán;Tồn kho;Khối lượng (g);Ảnh;Mã hàng cũ"
	codeA        = "40-416-16792-1-2026"
	codeB        = "40-416-16792-2-2026"
)

func registerFile(lines ...string) []register.File {
	return csvFile("so.csv", append([]string{registerHead}, lines...)...)
}

func saleFile(lines ...string) []register.File {
	return csvFile("ban.csv", append([]string{saleHead}, lines...)...)
}

// part imports without comparing with the last whole register.
var part = store.ImportOptions{Partial: true}

func TestABlankNeverErases(t *testing.T) {
	t.Parallel()
	storetest.Each(t, store.Options{}, func(t *testing.T, s *store.Store) {
		mustLoad(t, s, registerFile(codeA+";Mật mía;HTX Một;2914361987;16792;3;1/QĐ;01/01/2026;UBND tỉnh;01/01/2029;ghi chú"), part)
		mustLoad(t, s, saleFile("A;"+codeA+";Mật;85.000;7;500;;"), part)
		rep := mustLoad(t, s, append(registerFile(codeA+";;;;;;1/QĐ;01/01/2026;UBND tỉnh;;"), saleFile("A;;;;;;;")...), part)
		if rep.Counts.Products.Changed != 1 || rep.Counts.SKUs.Unchanged != 1 || rep.Counts.Recognitions.Unchanged != 1 {
			t.Errorf("%+v", rep.Counts) // the product has a doubt now: its star cell is empty
		}
		sub := subjects(t, s)["A"]
		if sub.Product.Name != "Mật mía" || sub.Product.ProducerRef != "mst-2914361987" || sub.Standing.Stars != 3 || sub.Standing.ValidUntil != "2029-01-01" ||
			sub.SKU.Price != 85_000 || sub.SKU.Stock == nil || *sub.SKU.Stock != 7 || sub.SKU.WeightGrams != 500 {
			t.Errorf("%+v %+v %+v", sub.Product, sub.Standing, sub.SKU)
		}
		erase := part
		erase.EraseBlanks = true
		mustLoad(t, s, saleFile("A;;;;;;;"), erase)
		if k := subjects(t, s)["A"].SKU; k.Price != 0 || k.Stock != nil || k.WeightGrams != 0 || k.Name != "Mật" {
			t.Errorf("told to erase: %+v", k)
		}
	})
}

func TestADoubtfulCellRefusesThatCellAlone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, store.Options{}, func(t *testing.T, s *store.Store) {
		mustLoad(t, s, registerFile(codeA+";Mật mía;HTX Một;;16792;4;1/QĐ;01/01/2026;UBND tỉnh;;"), part)
		mustLoad(t, s, saleFile("A;"+codeA+";Mật;85.000;7;500;;"), part)
		rep := mustLoad(t, s, append(registerFile(codeA+";Mật mía;HTX Một;;16792;đề xuất 5 sao;1/QĐ;01/01/2026;UBND tỉnh;;"), saleFile("A;;;50,000;9;;;")...), part)
		sub := subjects(t, s)["A"]
		if rep.DoubtCount != 2 || sub.Standing.Stars != 4 || sub.SKU.Price != 85_000 || *sub.SKU.Stock != 9 {
			t.Errorf("%d doubts, %+v, %+v", rep.DoubtCount, sub.Standing, sub.SKU)
		}
		if d := sub.SKU.Doubts["price"]; d.Reason != "price.comma" || d.Value != "50,000" || d.Sheet+"!"+d.Cell != sub.SKU.Cells["price"] {
			t.Errorf("%+v at %s", d, sub.SKU.Cells["price"])
		}
		doubts, err := s.ImportDoubts(t.Context(), rep.ID, 0, 10)
		if err != nil || len(doubts) != 2 || doubts[0].Reason != "star.proposed" || doubts[0].Key != codeA {
			t.Errorf("%+v, %v", doubts, err)
		}
		if more, err := s.ImportDoubts(t.Context(), rep.ID, 1, 10); err != nil || len(more) != 1 {
			t.Errorf("%+v, %v", more, err)
		}
		mustLoad(t, s, saleFile("A;;;60.000;;;;"), part)
		if k := subjects(t, s)["A"].SKU; k.Price != 60_000 || len(k.Doubts) != 0 {
			t.Errorf("mended: %+v", k)
		}
	})
}

func TestALaterRecognitionSupersedesAndTheHistoryStays(t *testing.T) {
	t.Parallel()
	storetest.Each(t, store.Options{}, func(t *testing.T, s *store.Store) {
		three := codeA + ";Mật;HTX Một;;16792;3;1/QĐ;01/01/2024;UBND huyện Quỳ Châu;01/01/2027;"
		five := codeA + ";Mật;HTX Một;;16792;5;2/QĐ;01/01/2026;Bộ Nông nghiệp và Môi trường;;"
		mustLoad(t, s, registerFile(five, three), part) // whatever the order of rows
		st := subjects(t, s)["40-416-16792-1-2026"].Standing
		if st.Stars != 5 || st.ValidUntil != "2029-01-01" || !st.Derived || !st.Ordered {
			t.Errorf("%+v", st)
		}
		again := mustLoad(t, s, registerFile(three, five), part)
		if !again.Counts.ChangedNothing() || again.Counts.Recognitions.Read != 2 {
			t.Errorf("%+v", again.Counts)
		}
		mustLoad(t, s, registerFile(codeA+";;;;;;3/QĐ;01/06/2026;UBND tỉnh;;Đã thu hồi"), part)
		if st := subjects(t, s)[codeA].Standing; !st.Revoked || st.Number != "3/QĐ" {
			t.Errorf("revoked: %+v", st)
		}
		mustLoad(t, s, registerFile(codeA+";;;;;4;4/QĐ;01/10/2026;UBND tỉnh;;"), part)
		if st := subjects(t, s)[codeA].Standing; st.Revoked || st.Stars != 4 {
			t.Errorf("a later recognition ends a revocation: %+v", st)
		}
	})
}

func TestFillingInADateMendsARecognition(t *testing.T) {
	t.Parallel()
	storetest.Each(t, store.Options{}, func(t *testing.T, s *store.Store) {
		mustLoad(t, s, registerFile(codeA+";Mật;;;16792;3;;;;;", codeB+";Chè;;;16792;3;7/QĐ;;UBND tỉnh;;"), part)
		rep := mustLoad(t, s, registerFile(codeA+";Mật;;;16792;3;1/QĐ;01/01/2026;UBND tỉnh;;", codeB+";Chè;;;16792;3;7/QĐ;02/02/2026;UBND tỉnh;;"), part)
		if c := rep.Counts.Recognitions; c.Changed != 2 || c.Added != 0 {
			t.Errorf("%+v", c)
		}
		for code, want := range map[string]catalog.Day{codeA: "2029-01-01", codeB: "2029-02-02"} {
			if st := subjects(t, s)[code].Standing; st.ValidUntil != want || !st.Ordered {
				t.Errorf("%s: %+v", code, st)
			}
		}
		back := mustLoad(t, s, registerFile(codeA+";Mật;;;16792;3;;;;;"), part)
		if !back.Counts.ChangedNothing() {
			t.Errorf("the blanks again: %+v", back.Counts)
		}
	})
}

func TestOneDecisionWithTwoNumbersOfStars(t *testing.T) {
	t.Parallel()
	storetest.Each(t, store.Options{}, func(t *testing.T, s *store.Store) {
		row := codeA + ";Mật;;;16792;%d;1/QĐ;01/01/2026;UBND tỉnh;;"
		rep := mustLoad(t, s, registerFile(fmt.Sprintf(row, 3), fmt.Sprintf(row, 4)), part)
		doubts, err := s.ImportDoubts(t.Context(), rep.ID, 0, 10)
		if err != nil || len(doubts) != 1 || doubts[0].Reason != "star.contradicts" || doubts[0].Cell != "dòng 3, cột 6" {
			t.Errorf("%+v, %v", doubts, err)
		}
		if st := subjects(t, s)[codeA].Standing; st.Stars != 3 {
			t.Errorf("%+v", st)
		}
	})
}

// F22: an unknown stock is unknown, and a price alone changes a price alone.
func TestACSVOfPricesAlone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, store.Options{}, func(t *testing.T, s *store.Store) {
		mustLoad(t, s, registerFile(codeA+";Mật;;;16792;3;;;;;"), part)
		mustLoad(t, s, saleFile("004001;"+codeA+";Mật;85.000;;500;;", "004002;"+codeA+";Chè;95.000;0;;;"), part)
		all := subjects(t, s)
		if all["004001"].SKU.Stock != nil || all["004002"].SKU.Stock == nil || *all["004002"].SKU.Stock != 0 {
			t.Errorf("stock: %v %v", all["004001"].SKU.Stock, all["004002"].SKU.Stock)
		}
		rep := mustLoad(t, s, csvFile("gia.csv", "\ufeffSKU,Mã sản phẩm,Giá", "004001,"+codeA+",90.000", "004002,,95.000"), store.ImportOptions{})
		if c := rep.Counts; c.SKUs.Changed != 1 || c.SKUs.Unchanged != 1 || c.Products.Read != 0 {
			t.Errorf("%+v", c)
		}
		k := subjects(t, s)["004001"].SKU
		if k.Price != 90_000 || k.Name != "Mật" || k.WeightGrams != 500 || k.Cells["price"] != "gia.csv!dòng 2, cột 3" || k.Cells["name"] != "ban.csv!dòng 2, cột 3" {
			t.Errorf("%+v", k)
		}
	})
}

func TestSKUsThatCantBeTaken(t *testing.T) {
	t.Parallel()
	storetest.Each(t, store.Options{}, func(t *testing.T, s *store.Store) {
		mustLoad(t, s, registerFile(codeA+";Mật;;;16792;3;;;;;"), part)
		mustLoad(t, s, saleFile("004001;"+codeA+";Mật;85.000;;;;"), part)
		rep := mustLoad(t, s, saleFile("4001;"+codeA+";Mật;1.000;;;;", "X1;;Y;2.000;;;;", "X2;"+codeB+";Y;2.000;;;;", "004001;"+codeB+";Mật;86.000;;;;"), part)
		doubts, err := s.ImportDoubts(t.Context(), rep.ID, 0, 10)
		got := map[string]string{}
		for _, d := range doubts {
			got[d.Key] = fmt.Sprint(d.Reason, " ", d.RowRefused)
		}
		want := map[string]string{"4001": "sku.lost_zeros true", "X1": "sku.product_missing true", "X2": "sku.product_unknown true", "004001": "sku.product_unknown false"}
		if err != nil || !maps.Equal(got, want) || rep.RowsRefused != 3 {
			t.Errorf("%v, %v", got, err)
		}
		if sub := subjects(t, s)["004001"]; sub.SKU.Price != 86_000 || sub.Product.Code != codeA {
			t.Errorf("%+v", sub.SKU)
		}
	})
}

func TestProducersAreMatched(t *testing.T) {
	t.Parallel()
	storetest.Each(t, store.Options{}, func(t *testing.T, s *store.Store) {
		row := func(code, name, tax, commune string) string {
			return code + ";T;" + name + ";" + tax + ";" + commune + ";3;;;;;"
		}
		mustLoad(t, s, registerFile(row(codeA, "Công ty CP Thủy sản Vạn Phần", "", "16792")), part)
		first := subjects(t, s)[codeA].Product.ProducerRef
		rep := mustLoad(t, s, registerFile(row(codeB, "CÔNG TY CỔ PHẦN THUỶ SẢN VẠN PHẦN", "2914361987", "16792")), part)
		if got := subjects(t, s)[codeB].Product.ProducerRef; got != first || rep.Counts.Producers.Added != 0 {
			t.Errorf("a tax code met a blank: %s, not %s", got, first)
		}
		mustLoad(t, s, registerFile(row("40-416-16792-3-2026", "Tên mới hẳn", "2914361987", "16800")), part)
		if got := subjects(t, s)["40-416-16792-3-2026"].Product.ProducerRef; got != first {
			t.Errorf("by tax code: %s", got)
		}
		rep = mustLoad(t, s, registerFile(
			row("40-416-16792-4-2026", "HTX Mật ong", "", "16792"), row("40-416-16792-5-2026", "HTX Mát ong", "", "16792"), row("40-416-16792-6-2026", "HTX Mật ong", "", "16800"),
		), part)
		if rep.Counts.Producers.Added != 3 {
			t.Errorf("accents and communes tell producers apart: %+v", rep.Counts.Producers)
		}
		rep = mustLoad(t, s, registerFile(row("40-416-16792-7-2026", "Tên mới hẳn", "2999999999", "16800")), part)
		doubts, _ := s.ImportDoubts(t.Context(), rep.ID, 0, 5)
		if len(doubts) != 1 || doubts[0].Reason != "producer.tax_conflict" || rep.Counts.Producers.Added != 1 {
			t.Errorf("%+v, %+v", doubts, rep.Counts.Producers)
		}
	})
}

func TestMergedProducersStayMerged(t *testing.T) {
	t.Parallel()
	storetest.Each(t, store.Options{}, func(t *testing.T, s *store.Store) {
		files := registerFile(codeA+";T;HTX Một;;16792;3;;;;;", codeB+";T;HTX Mot;2914361987;16792;3;;;;;")
		mustLoad(t, s, files, part)
		kept, gone := subjects(t, s)[codeA].Product.ProducerRef, subjects(t, s)[codeB].Product.ProducerRef
		if kept == gone || kept == "" || gone == "" {
			t.Fatal(kept, gone)
		}
		if n, err := s.MergeProducers(t.Context(), kept, gone, "an"); err != nil || n != 1 {
			t.Fatal(n, err)
		}
		if _, err := s.MergeProducers(t.Context(), kept, gone, "an"); !errors.Is(err, store.ErrNoProducer) {
			t.Errorf("twice: %v", err)
		}
		rep := mustLoad(t, s, files, part)
		sub := subjects(t, s)[codeB]
		if sub.Product.ProducerRef != kept || sub.Producer.Name != "HTX Một" || sub.Producer.TaxCode != "2914361987" || rep.Counts.Producers.Added != 0 {
			t.Errorf("%+v %+v", sub.Producer, rep.Counts.Producers)
		}
		list, err := s.Producers(t.Context(), "htx mot", "", 10)
		if err != nil || len(list) == 0 {
			t.Errorf("%v, %v", list, err)
		}
		all, err := s.Producers(t.Context(), "", "", 10)
		if err != nil || len(all) != 2 {
			t.Fatalf("%v, %v", all, err)
		}
		i := slices.IndexFunc(all, func(p store.ProducerListed) bool { return p.Ref == kept })
		if all[i].Products != 2 || all[1-i].MergedInto != kept {
			t.Errorf("%+v", all)
		}
		if again := mustLoad(t, s, files, part); !again.Counts.ChangedNothing() {
			t.Errorf("%+v", again.Counts)
		}
	})
}

func TestPicturesByName(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 700, 700))); err != nil {
		t.Fatal(err)
	}
	storetest.Each(t, store.Options{}, func(t *testing.T, s *store.Store) {
		mustLoad(t, s, registerFile(codeA+";Mật;;;16792;3;;;;;"), part)
		files := csvFile("ban.csv", strings.ReplaceAll(saleHead, ";", ","), "A,"+codeA+",Mật,85.000,,,một.png; hai.png,")
		rep, _, err := load(t.Context(), s, files, register.Pictures{FS: fstest.MapFS{"MỘT.PNG": {Data: b.Bytes()}}}, part)
		if err != nil || rep.Counts.Pictures.Added != 1 || rep.PictureProblems != 1 {
			t.Fatalf("%+v, %d, %v", rep.Counts.Pictures, rep.PictureProblems, err)
		}
		sub := subjects(t, s)["A"]
		if len(sub.SKU.Images) != 2 || sub.SKU.Images[0].SHA256 == "" || sub.SKU.Images[1].Problem != "image.missing" || len(sub.Pictures) != 1 {
			t.Fatalf("%+v", sub.SKU.Images)
		}
		// The file is away now, or nothing usable any more: what is known stays.
		for _, folder := range []register.Pictures{{}, {FS: fstest.MapFS{}}, {FS: fstest.MapFS{"một.png": {Data: []byte("hỏng")}}}} {
			if _, _, err := load(t.Context(), s, files, folder, part); err != nil {
				t.Fatal(err)
			}
			if got := subjects(t, s)["A"].SKU.Images; !slices.Equal(got, sub.SKU.Images) {
				t.Errorf("%+v", got)
			}
		}
		// Other bytes under one name are another picture (F33).
		var c bytes.Buffer
		if err := png.Encode(&c, image.NewGray(image.Rect(0, 0, 800, 700))); err != nil {
			t.Fatal(err)
		}
		rep, _, err = load(t.Context(), s, files, register.Pictures{FS: fstest.MapFS{"một.png": {Data: c.Bytes()}}}, part)
		if err != nil || rep.Counts.Pictures.Added != 1 || rep.Counts.SKUs.Changed != 1 {
			t.Errorf("%+v, %v", rep.Counts, err)
		}
	})
}
