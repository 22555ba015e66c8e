package main

import (
	"bytes"
	"encoding/csv"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lensan/adapters/sandbox"
	"lensan/store/catalog"
)

// F6: no rows, or 40 of 100, in a file declared whole: exit 8 and nothing is
// taken down; with a healthy one again closing works.
func TestF06_AnUnhealthySourceIsExit8(t *testing.T) {
	eachShell(t, func(t *testing.T, sh *shell) {
		all := products(30)
		sh.listed(all)
		if err := sh.sandbox.ResetLedger("postmart"); err != nil {
			t.Fatal(err)
		}
		images := []string{"--images", filepath.Join("sample", "anh")}
		for name, part := range map[string][]product{"no rows": nil, "40 %": all[:12]} {
			exit, out, talk := sh.run(slices.Concat([]string{"import", "--complete", "all"}, sh.register(part), images)...)
			if exit != ExitSource {
				t.Errorf("%s: exit %d, want 8\n%s%s", name, exit, tailOf(out), tailOf(talk))
			}
			sh.must([]string{"sync", "--wait"}, ExitDone)
			sh.must([]string{"reconcile", "--wait"}, ExitDone)
			sh.wantOnSale(30)
		}
		for _, m := range []string{"postmart", "voso"} {
			l, err := sh.sandbox.Ledger(m)
			if err != nil || l.Calls["closeProduct"]+l.Calls["changeStatus"] > 0 {
				t.Errorf("%s was asked to close something: %v (%v)", m, l.Calls, err)
			}
		}
		all[4].note = "Thu hồi"
		sh.take(all)
		sh.must([]string{"sync", "--wait"}, ExitDone)
		sh.wantOnSale(29)
	})
}

// F14: a run with an item that did not end applied is exit 4, never green.
func TestF14_AFailedItemIsExit4(t *testing.T) {
	eachShell(t, func(t *testing.T, sh *shell) {
		sh.take(products(12))
		for _, f := range []sandbox.Fault{
			{Market: "postmart", Op: "createProduct", Kind: sandbox.Answer, SKU: "MO0005", Code: "media_too_large"},
			{Market: "voso", Op: "saveProducts", Kind: sandbox.RefuseItems, SKUs: []string{"MO0005"}, Code: "PRICE_INVALID"},
		} {
			if _, err := sh.sandbox.SetFault(f); err != nil {
				t.Fatal(err)
			}
		}
		out := sh.must([]string{"sync", "--wait", "-o", "json"}, ExitItems)
		if !strings.Contains(out, `"state":"failed"`) || !strings.Contains(out, `"failed":2`) {
			t.Errorf("%s", out)
		}
		sh.wantOnSale(11)
		if n := sh.itemsIn(catalog.ItemFailed); n != 2 {
			t.Errorf("%d items failed, want 2", n)
		}
	})
}

// F24: what a spreadsheet does to data is read exactly, or the cell is refused
// by its place, with its value, the reason and what to do; the row is kept
// where its code can be used.
func TestF24_WhatASpreadsheetDoesToData(t *testing.T) {
	eachShell(t, func(t *testing.T, sh *shell) {
		const bom = "\ufeff"
		reg := bom + "Mã sản phẩm OCOP;Tên sản phẩm;Chủ thể;Mã số thuế;Điện thoại;Địa chỉ;Xã/phường;Mã xã;Bộ sản phẩm;Hạng sao;Quyết định số;Ngày quyết định;Cơ quan ban hành;Có giá trị đến\r\n" +
			"40-416-16800-1-2026;Mật ong rừng;HTX Một;0291234567;0912345678;Xóm 1;Xã Kỳ Sơn;16800;02;3 sao;101/QĐ-UBND;10/01/2026;UBND tỉnh Nghệ An;10/01/2029\r\n" +
			"40-416-16800-2-2026;Tương;HTX Hai;291234567;912345678;Xóm 1;Xã Kỳ Sơn;16800;02;3 sao;102/QĐ-UBND;10/01/2026;UBND tỉnh Nghệ An;10/01/2029\r\n" +
			"40-416-16800-3-2026;Cam;HTX Ba;1,2E+12;9,12E+08;Xóm 1;Xã Kỳ Sơn;168;02;3 sao;103/QĐ-UBND;10/01/2026;UBND tỉnh Nghệ An;10/01/2029\r\n" +
			"1,2E+12;Bưởi;HTX Bốn;2901234567;0912345679;Xóm 1;Xã Kỳ Sơn;16800;02;3 sao;104/QĐ-UBND;10/01/2026;UBND tỉnh Nghệ An;10/01/2029\r\n"
		sale := bom + "Mã hàng (SKU);Mã sản phẩm OCOP;Tên bán trên sàn;Quy cách;Giá bán (đồng);Tồn kho;Khối lượng (g);Mô tả;Ảnh\r\n" +
			"004001;40-416-16800-1-2026;\"Mật ong; loại \"\"một\"\"\";chai 500 ml;120.000 đ;50;700;Mật ong được lấy từ rừng tự nhiên, lọc sạch và đóng chai.;mau-01.jpg\r\n" +
			"1,2E+12;40-416-16800-2-2026;Tương;chai;85.000;50;700;Tương nếp;mau-01.jpg\r\n" +
			"CAM-3;40-416-16800-3-2026;Cam Vinh;kg;1,2E+05;#REF!;7,5E+2;Cam;mau-01.jpg\r\n"
		out := sh.must([]string{"import", sh.file("so.csv", reg), sh.file("hang.csv", sale), "--images", filepath.Join("sample", "anh"), "-o", "csv"}, ExitDone)
		rows, err := csv.NewReader(bytes.NewReader([]byte(out))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		got := map[string][]string{} // by sheet and field and value
		for _, r := range rows[1:] {
			got[filepath.Base(r[0])+" "+r[2]+" "+r[3]] = r
			for i, what := range map[int]string{1: "cell", 5: "reason_code", 6: "reason", 7: "fix", 8: "who_fixes"} {
				if r[i] == "" {
					t.Errorf("%v has no %s", r, what)
				}
			}
		}
		for at, want := range map[string]struct{ cell, reason, refused string }{
			"so.csv tax_code 291234567":   {"dòng 3, cột 4", "tax_code.lost_zero", "false"},
			"so.csv phone 912345678":      {"dòng 3, cột 5", "phone.lost_zero", "false"},
			"so.csv tax_code 1,2E+12":     {"dòng 4, cột 4", "cell.scientific", "false"},
			"so.csv phone 9,12E+08":       {"dòng 4, cột 5", "cell.scientific", "false"},
			"so.csv commune 168":          {"dòng 4, cột 8", "commune.bad_code", "false"},
			"so.csv product_code 1,2E+12": {"dòng 5, cột 1", "code.bad_format", "true"},
			"hang.csv sku 1,2E+12":        {"dòng 3, cột 1", "cell.scientific", "true"},
			"hang.csv price 1,2E+05":      {"dòng 4, cột 5", "cell.scientific", "false"},
			"hang.csv stock #REF!":        {"dòng 4, cột 6", "cell.error", "false"},
			"hang.csv weight 7,5E+2":      {"dòng 4, cột 7", "weight.unreadable", "false"},
		} {
			r, ok := got[at]
			if !ok || r[1] != want.cell || r[5] != want.reason || r[9] != want.refused {
				t.Errorf("%s: %v, want %+v", at, r, want)
			}
			delete(got, at)
		}
		for at := range got {
			t.Errorf("doubted as well: %s", at)
		}
		for query, want := range map[string]int{
			"SELECT COUNT(*) FROM skus WHERE sku = '004001' AND name = 'Mật ong; loại \"một\"' AND price = 120000 AND stock = 50 AND weight_g = 700": 1,
			"SELECT COUNT(*) FROM skus WHERE sku = '4001'":                                                     0,
			"SELECT COUNT(*) FROM skus":                                                                        2,
			"SELECT COUNT(*) FROM skus WHERE sku = 'CAM-3' AND price = 0 AND stock IS NULL":                    1,
			"SELECT COUNT(*) FROM producers WHERE tax_code = '0291234567' AND phone = '0912345678'":            1,
			"SELECT COUNT(*) FROM producers WHERE name IN ('HTX Hai', 'HTX Ba') AND (tax_code || phone) <> ''": 0,
			"SELECT COUNT(*) FROM products":                                                                    3,
		} {
			if n := sh.db.Int(t, query); n != want {
				t.Errorf("%s = %d, want %d", query, n, want)
			}
		}
	})
}
