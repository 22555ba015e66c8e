package workbook_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/unicode/norm"

	"lensan/adapters"
)

const head = "Mã sản phẩm,Mã gian hàng,Mã SKU,Tên sản phẩm,Giá bán (đ),Tồn kho,Trạng thái\n"

// xlsxOf makes a workbook of one sheet.
func xlsxOf(t *testing.T, rows ...[]any) []byte {
	t.Helper()
	x := excelize.NewFile()
	defer x.Close()
	for i, r := range rows {
		if err := x.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &r); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := x.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestListsThatAreNotUnderstoodToTheirLastRowAreNotUsed(t *testing.T) {
	t.Parallel()
	good := xlsxOf(t, []any{"Mã sản phẩm", "Mã gian hàng", "Mã SKU", "Trạng thái"}, []any{"SP1", "ct-1", "004001", "Đang bán"})
	flipped := bytes.Clone(good)
	flipped[len(flipped)/3] ^= 0xff
	for what, list := range map[string]struct {
		name    string
		content []byte
		code    string
		place   string
	}{
		"another table":               {"a.csv", []byte("STT,Tên,Ghi chú\n1,Nước mắm,\n"), "workbook.list_foreign", "“Mã SKU”"},
		"a column is missing":         {"a.csv", []byte("Mã sản phẩm,Mã SKU,Trạng thái\nSP1,004001,Đang bán\n"), "workbook.list_foreign", "“Mã gian hàng”"},
		"nothing in it":               {"a.csv", nil, "workbook.list_foreign", ""},
		"cut inside a quoted cell":    {"a.csv", []byte(head + "SP1,ct-1,004001,\"Nước mắm"), "workbook.list_cut_short", "dòng 2"},
		"cut inside a row":            {"a.csv", []byte(head + "SP1,ct-1,004001,Nước mắm,85000,20,Đang bán\nSP2,ct-1,00"), "workbook.list_cut_short", "dòng 3"},
		"fewer rows than it says":     {"a.csv", []byte(head + "SP1,ct-1,004001,Nước mắm,85000,20,Đang bán\nTổng cộng: 2 sản phẩm,,,,,,\n"), "workbook.list_cut_short", "1 / 2"},
		"a row without an id":         {"a.csv", []byte(head + ",ct-1,004001,Nước mắm,85000,20,Đang bán\n"), "workbook.list_row", "dòng 2"},
		"a state nobody knows":        {"a.csv", []byte(head + "SP1,ct-1,004001,Nước mắm,85000,20,Tạm treo\n"), "workbook.list_state", "dòng 2"},
		"a SKU that became a number":  {"a.csv", []byte(head + "SP1,ct-1,\"8,93E+12\",Nước mắm,85000,20,Đang bán\n"), "workbook.list_number_form", "dòng 2"},
		"an id that became a number":  {"a.csv", []byte(head + "1.2E+15,ct-1,004001,Nước mắm,85000,20,Đang bán\n"), "workbook.list_number_form", "dòng 2"},
		"a workbook cut short":        {"a.xlsx", good[:len(good)-300], "workbook.list_damaged", ""},
		"a workbook damaged":          {"a.xlsx", flipped, "workbook.list_damaged", ""},
		"a picture named as workbook": {"a.xlsx", picture(t, 1).Bytes, "workbook.list_damaged", ""},
		"a picture named as CSV":      {"a.csv", picture(t, 1).Bytes, "workbook.list_damaged", ""},
		"an old workbook":             {"a.xls", []byte("\xd0\xcf\x11\xe0"), "workbook.list_old_format", ""},
		"a state in a workbook": {"a.xlsx", xlsxOf(t, []any{"Danh sách"}, nil, []any{"Mã sản phẩm", "Mã gian hàng", "Mã SKU", "Trạng thái"}, []any{"SP1", "ct-1", "1", "?"}),
			"workbook.list_state", "Sheet1!D4"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, l *lane) {
				l.drop(list.name, list.content)
				c := l.change(adapters.OpCreate, l.offer("004001"), nil)
				_, ferr := l.a.Find(t.Context(), "", []string{"004001"})
				_, gerr := l.a.Get(t.Context(), []string{"SP1"})
				_, lerr := all(t.Context(), l.a, adapters.ListQuery{})
				for call, err := range map[string]error{"ping": l.a.Ping(t.Context()), "find": ferr, "get": gerr, "list": lerr, "apply": l.a.Apply(t.Context(), []adapters.Change{c})[0].Err} {
					e, ok := err.(*adapters.Error)
					if !ok || e == nil || e.Code != list.code || e.Kind != adapters.KindUnavailable || !e.WholeLane {
						t.Errorf("%s: %v", call, err)
						continue
					}
					if m := e.Fields[0].Message; !strings.HasPrefix(m, list.name) || !strings.Contains(m, list.place) {
						t.Errorf("%s tells %q", call, m)
					}
				}
				l.waiting(0)
				if _, err := os.Stat(filepath.Join(l.cfg.Folder, "3-danh-sach-tu-san", list.name)); err != nil {
					t.Errorf("the list is gone: %v", err)
				}
				l.bring("tot.xlsx")
				if err := l.a.Ping(t.Context()); err != nil {
					t.Errorf("a good list after it: %v", err)
				}
			})
		})
	}
}

func TestListsInEveryFormThatPortalsAndExcelWrite(t *testing.T) {
	t.Parallel()
	table := "Danh sách sản phẩm\n\nmã sản phẩm;GIAN HÀNG;Mã SKU;Tên sản phẩm;Giá bán;Số lượng;Tình trạng\n" +
		"SP1;ct-1;004001;\" Nước mắm \"\"hạng nhất\"\" \";85.000 đ;20;Đang bán\nSP2;ct-1;;Chè;367000;;đã ẩn\n\nSP1;ct-1;004001;lặp;1;1;Đang bán\n"
	ansi, err := charmap.Windows1258.NewEncoder().String(norm.NFC.String("Ma")) // a sanity check of the encoder
	if err != nil || ansi != "Ma" {
		t.Fatal(err)
	}
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(strings.ReplaceAll(table, ";", "\t"))
	if err != nil {
		t.Fatal(err)
	}
	for what, list := range map[string]struct{ name, content string }{
		"semicolons":            {"a.csv", table},
		"semicolons and a mark": {"a.csv", "\ufeff" + table},
		"sep= line":             {"a.csv", "\ufeffsep=;\n" + table},
		"line ends of Windows":  {"a.csv", strings.ReplaceAll(table, "\n", "\r\n")},
		"tabs":                  {"a.tsv", strings.ReplaceAll(table, ";", "\t")},
		"UTF-16":                {"a.txt", utf16},
		"decomposed letters":    {"a.csv", norm.NFD.String(table)},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, l *lane) {
				l.drop(list.name, []byte(list.content))
				got, err := all(t.Context(), l.a, adapters.ListQuery{})
				if err != nil || len(got) != 2 {
					t.Fatalf("%d listings, %v", len(got), err)
				}
				first, second := got[0], got[1]
				if first.SKU != "004001" || first.State != adapters.Live || first.ShopID != "ct-1" || first.Fields[adapters.FieldName] != `Nước mắm "hạng nhất"` ||
					first.Fields[adapters.FieldPrice] != "85000" || first.Fields[adapters.FieldStock] != "20" {
					t.Errorf("first: %+v", first)
				}
				if _, known := second.Fields[adapters.FieldStock]; second.SKU != "" || second.State != adapters.Closed || known {
					t.Errorf("second: %+v", second)
				}
				if _, known := first.Fields[adapters.FieldDescription]; known {
					t.Error("a field without a column is shown")
				}
				byID, gerr := l.a.Get(t.Context(), []string{"SP2", "SP9", "SP2"})
				if gerr != nil || len(byID) != 1 || byID["SP2"].Fields[adapters.FieldPrice] != "367000" {
					t.Errorf("by id: %v %v", byID, gerr)
				}
			})
		})
	}
}

func TestNumbersAndDaysOfLists(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, l *lane) {
		columns := []any{"Mã sản phẩm", "Mã gian hàng", "Mã SKU", "Trạng thái", "Giá bán (đ)", "Ngày tạo", "Cập nhật lúc"}
		row := func(id string, price, created, updated any) []any {
			return []any{id, "ct-1", id, "Đang bán", price, created, updated}
		}
		moment := time.Date(2026, 11, 24, 8, 30, 0, 0, time.FixedZone("", 7*3600))
		l.drop("a.xlsx", xlsxOf(t, []any{"Thời điểm xuất", "24/11/2026 09:00"}, columns,
			row("C", 85000, "24/11/2026 08:30:00", "2026-11-24T08:30:00+07:00"), row("D", "85.000", moment, "08:30 24/11/2026"),
			row("E", "85,000", "không rõ", ""), row("F", 85000.5, nil, nil), row("G", "liên hệ", nil, nil), row("H", "-1", nil, nil)))
		want := map[string]string{"C": "85000", "D": "85000", "E": "", "F": "", "G": "", "H": "-1"}
		got, err := l.a.Get(t.Context(), []string{"C", "D", "E", "F", "G", "H"})
		if err != nil || len(got) != 6 {
			t.Fatalf("%d, %v", len(got), err)
		}
		for id, price := range want {
			if have, known := got[id].Fields[adapters.FieldPrice]; have != price || known != (price != "") {
				t.Errorf("%s: price %q", id, have)
			}
			if !got[id].SeenAt.Equal(time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)) && l.clock.After(got[id].SeenAt) {
				t.Errorf("%s: seen at %v", id, got[id].SeenAt)
			}
		}
		if !got["C"].CreatedAt.Equal(moment) || !got["C"].UpdatedAt.Equal(moment) || !got["D"].UpdatedAt.Equal(moment) || !got["E"].CreatedAt.IsZero() {
			t.Errorf("times: %v %v %v %v", got["C"].CreatedAt, got["C"].UpdatedAt, got["D"].UpdatedAt, got["E"].CreatedAt)
		}
	})
}

func TestRejectionsAreReadAsPlainWords(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, l *lane) {
		l.drop("a.csv", []byte("Mã sản phẩm,Mã gian hàng,Mã SKU,Trạng thái,Lý do từ chối\nSP1,ct-1,1,Từ chối,\"<b>Ảnh mờ</b>\n\n"+strings.Repeat("x", 400)+"\"\nSP2,ct-1,2,Đang bán,cũ\nSP3,ct-1,3,Bị gỡ,Hàng cấm\n"))
		got, err := l.a.Get(t.Context(), []string{"SP1", "SP2", "SP3"})
		if err != nil {
			t.Fatal(err)
		}
		if r := got["SP1"].Rejections; len(r) != 1 || !strings.HasPrefix(r[0].Message, "b Ảnh mờ /b xxx") || len([]rune(r[0].Message)) > 301 {
			t.Errorf("rejected: %+v", r)
		}
		if len(got["SP2"].Rejections) != 0 || got["SP3"].State != adapters.Locked || got["SP3"].Rejections[0].Message != "Hàng cấm" {
			t.Errorf("%+v %+v", got["SP2"], got["SP3"])
		}
	})
}

func TestTheNewestListCountsAndIsReadOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, l *lane) {
		list := func(id string) []byte { return []byte(head + id + ",ct-1,004001,Nước mắm,85000,20,Đang bán\n") }
		l.drop("b.csv", list("SP1"))
		l.drop("a.csv", list("SP2"))
		for _, junk := range []string{"~$a.xlsx", ".a.csv", "a.csv.crdownload", "ghi-chu.docx"} {
			l.drop(junk, []byte("x"))
		}
		if got := l.only("004001"); got.RemoteID != "SP2" {
			t.Errorf("read %s", got.RemoteID)
		}
		kept, err := filepath.Glob(filepath.Join(l.cfg.Folder, ".lensan", "list-*.jsonl"))
		if err != nil || len(kept) != 1 {
			t.Fatalf("readings kept: %v %v", kept, err)
		}
		l.restart() // reads what is kept
		if got := l.only("004001"); got.RemoteID != "SP2" {
			t.Errorf("after a restart: %s", got.RemoteID)
		}
		if err := os.WriteFile(kept[0], []byte(`{"RemoteID":"SP7","SKU":"004001"`), 0o600); err != nil {
			t.Fatal(err)
		}
		l.restart() // what is kept is damaged: the list is read anew
		if got := l.only("004001"); got.RemoteID != "SP2" {
			t.Errorf("after damage: %s", got.RemoteID)
		}
		asOf, ferr := l.a.ReadAsOf(t.Context())
		if ferr != nil || !asOf.Before(l.clock) {
			t.Errorf("as of %v, %v", asOf, ferr)
		}
	})
}

func TestListsAreNarrowedToAShopAndOrderedByAge(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, l *lane) {
		l.drop("a.csv", []byte("Mã sản phẩm,Mã gian hàng,Mã SKU,Trạng thái,Ngày tạo\nSP3,ct-1,3,Đang bán,03/11/2026\nSP1,ct-1,1,Đang bán,01/11/2026\nSP2,ct-2,1,Đang bán,02/11/2026\n"))
		got, err := all(t.Context(), l.a, adapters.ListQuery{})
		if err != nil || len(got) != 3 || got[0].RemoteID != "SP1" || got[2].RemoteID != "SP3" {
			t.Errorf("order %+v, %v", got, err)
		}
		if got, err = all(t.Context(), l.a, adapters.ListQuery{ShopID: "ct-2"}); err != nil || len(got) != 1 || got[0].RemoteID != "SP2" {
			t.Errorf("a shop: %+v, %v", got, err)
		}
		found, ferr := l.a.Find(t.Context(), "", []string{"1", "1", "", "9"})
		if ferr != nil || len(found) != 2 || ids(found)[0] != "SP1" {
			t.Errorf("over all shops: %+v, %v", found, ferr)
		}
	})
}

// What a person keeps typing by hand in a list does not hide what it lacks: an
// empty list price is none.
func TestAnEmptyListPriceIsNone(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, l *lane) {
		o := l.offer("004001", func(o *adapters.Offer) { o.ListPrice = 0 })
		got := l.listed(o)[0]
		shows(t, got, l.want(o))
		if p := l.portal.Find("004001")[0]["Giá niêm yết (đ)"]; p == "0" {
			t.Errorf("a list price of %q was written", p)
		}
	})
}
