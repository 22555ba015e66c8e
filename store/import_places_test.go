package store_test

import (
	"slices"
	"testing"

	"lensan/store"
	"lensan/store/storetest"
)

const placeHead = "Mã sản phẩm;Tên sản phẩm;Chủ thể;Xã/phường;Mã xã;Huyện;Hạng sao;Ngày quyết định"

func TestPlacesAreHeldAgainstTheTableOfCommunes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, store.Options{}, func(t *testing.T, s *store.Store) {
		rows := csvFile("so.csv", placeHead,
			"40-416-16792-1-2026;a;A;Xã Châu Tiến;99999;;3;01/01/2026",                  // the name tells
			"40-416-16792-2-2026;b;B;Xã Anh Sơn;16792;;3;01/01/2026",                    // two communes
			"40-416-16792-3-2026;c;C;TT Tân Lạc;;;3;01/01/2026",                         // a name of before
			"40-416-16792-4-2026;d;D;Xã Trùng Tên;;;3;01/01/2026",                       // two of one name
			"40-416-16792-5-2026;e;E;x. CHÂU TIẾN, tỉnh Nghệ An;;Quỳ Châu;3;01/01/2026", // sound
			"40-416-16792-6-2026;g;G;Châu Tiến;16792;Anh Sơn;3;01/01/2026",              // another district
			"40-416-16792-7-2026;h;H;Xã Trùng Tên;;huyện Kỳ Sơn;3;01/01/2026",           // told by its district
		)
		// Without a table there is nothing to hold it against.
		if rep := mustLoad(t, s, rows, part); rep.DoubtCount != 0 {
			t.Errorf("without a table: %d doubts", rep.DoubtCount)
		}
		mustLoad(t, s, csvFile("dia-ban.csv", "Huyện;Xã/phường;Mã xã", "Quỳ Châu;Xã Châu Tiến;16792", "Anh Sơn;Xã Anh Sơn;17329", "Kỳ Sơn;Xã Trùng Tên;10001", "Anh Sơn;Xã Trùng Tên;10002"), part)
		rep := mustLoad(t, s, rows, part)
		doubts, err := s.ImportDoubts(t.Context(), rep.ID, 0, 20)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range doubts {
			got = append(got, d.Cell+" "+d.Reason)
		}
		want := []string{"dòng 2, cột 5 commune.unknown_code", "dòng 3, cột 5 commune.mismatch", "dòng 3, cột 4 commune.mismatch", "dòng 4, cột 4 commune.unknown_name",
			"dòng 5, cột 4 commune.several", "dòng 7, cột 6 district.mismatch"}
		if !slices.Equal(got, want) {
			t.Errorf("%q", got)
		}
		if rep := mustLoad(t, s, rows, part); !rep.Counts.ChangedNothing() {
			t.Errorf("again: %+v", rep.Counts)
		}
	})
}

// An unknown commune is nobody's address.
func TestAnUnknownCommuneIsNotTakenOver(t *testing.T) {
	t.Parallel()
	storetest.Each(t, store.Options{}, func(t *testing.T, s *store.Store) {
		mustLoad(t, s, csvFile("dia-ban.csv", "Huyện;Xã/phường;Mã xã", "Quỳ Châu;Xã Châu Tiến;16792"), part)
		mustLoad(t, s, append(csvFile("so.csv", placeHead, codeA+";Mật;HTX Một;;99999;;3;01/01/2026", codeB+";Mật;HTX Hai;Xã Châu Tiến;99999;;3;01/01/2026",
			"40-416-16792-9-2026;Mật;HTX Ba;;16792;;3;01/01/2026"),
			saleFile("A;"+codeA+";Mật;85.000;7;500;;", "B;"+codeB+";Mật;85.000;7;500;;")...), part)
		all := subjects(t, s)
		if a := all["A"]; a.Product.CommuneCode != "" || a.Producer.CommuneCode != "" || a.Producer.Name != "HTX Một" {
			t.Errorf("%+v %+v", a.Product, a.Producer)
		}
		if b := all["B"]; b.Product.CommuneCode != "16792" {
			t.Errorf("%+v", b.Product)
		}
	})
}

// A table of one province says nothing of another's communes, though some bear
// the same names.
func TestAnotherProvincesCommunesAreNotHeldAgainstThisTable(t *testing.T) {
	t.Parallel()
	storetest.Each(t, store.Options{}, func(t *testing.T, s *store.Store) {
		mustLoad(t, s, csvFile("dia-ban.csv", "Huyện;Xã/phường;Mã xã", "Quỳ Châu;Xã Châu Tiến;16792", "Anh Sơn;Xã Tân An;17329"), part)
		mustLoad(t, s, csvFile("40.csv", placeHead, "40-416-16792-1-2026;a;A;Xã Châu Tiến;;;3;01/01/2026"), part)
		rep := mustLoad(t, s, append(csvFile("38.csv", placeHead, "38-001-14800-1-2026;b;B;Phường Hạc Thành;14797;;3;01/01/2026", "38-001-14801-1-2026;c;C;Xã Tân An;14801;;3;01/01/2026",
			"38-001-14802-1-2026;d;D;Xã Đông Tiến;14802;;3;01/01/2026", "38-001-14803-1-2026;e;E;Xã Thiệu Hóa;;;3;01/01/2026"), saleFile("B;38-001-14800-1-2026;b;85.000;7;500;;")...), part)
		if rep.DoubtCount != 0 {
			t.Errorf("%d doubts", rep.DoubtCount)
		}
		if b := subjects(t, s)["B"]; b.Product.CommuneCode != "14797" || b.Producer.CommuneCode != "14797" || b.Product.CommuneName != "Phường Hạc Thành" {
			t.Errorf("%+v %+v", b.Product, b.Producer)
		}
		rep = mustLoad(t, s, csvFile("40.csv", placeHead, "40-416-16792-2-2026;f;F;;99999;;3;01/01/2026"), part)
		if rep.DoubtCount != 1 {
			t.Errorf("an unknown code of the table's own province: %d doubts", rep.DoubtCount)
		}
	})
}

// Two products under one code in one file: the first says, the other is named.
func TestACodeGivenTwiceIsSaid(t *testing.T) {
	t.Parallel()
	storetest.Each(t, store.Options{}, func(t *testing.T, s *store.Store) {
		rows := append(registerFile(
			codeA+";Mật mía;HTX Một;;16792;3;1/QĐ;01/01/2026;UBND tỉnh;;",
			codeA+";Chè;HTX Hai;;16792;3;1/QĐ;01/01/2026;UBND tỉnh;;",
			codeA+";MẬT  MÍA;HTX Một;;16792;3;1/QĐ;01/01/2026;UBND tỉnh;;",
			codeB+";Chè;HTX Hai;;16792;3;1/QĐ;01/01/2023;UBND tỉnh;;",
			codeB+";Chè gay;HTX Hai;;16792;4;2/QĐ;01/01/2026;UBND tỉnh;;", // a later decision
		), saleFile("A;"+codeA+";Mật;85.000;7;500;;", "B;"+codeB+";Chè;85.000;7;500;;")...)
		rep := mustLoad(t, s, rows, part)
		doubts, err := s.ImportDoubts(t.Context(), rep.ID, 0, 20)
		if err != nil || len(doubts) != 1 || doubts[0].Reason != "code.twice" || doubts[0].Cell != "dòng 3, cột 2" || doubts[0].Args["other"] != "Mật mía" {
			t.Errorf("%+v, %v", doubts, err)
		}
		all := subjects(t, s)
		if all["A"].Producer.Name != "HTX Một" || all["B"].Product.Name != "Chè gay" {
			t.Errorf("%+v %+v", all["A"].Producer, all["B"].Product)
		}
		if rep := mustLoad(t, s, rows, part); !rep.Counts.ChangedNothing() {
			t.Errorf("again: %+v", rep.Counts)
		}
	})
}
