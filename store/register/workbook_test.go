package register

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/unicode/norm"
)

// book makes a workbook of sheets whose rows are given as they stand.
func book(t *testing.T, sheets map[string][][]any, also func(*excelize.File)) []byte {
	t.Helper()
	x := excelize.NewFile()
	defer x.Close()
	for name, rows := range sheets {
		if _, err := x.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for i, r := range rows {
			if err := x.SetSheetRow(name, fmt.Sprintf("A%d", i+1), &r); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := x.DeleteSheet("Sheet1"); err != nil {
		t.Fatal(err)
	}
	if also != nil {
		also(x)
	}
	var b bytes.Buffer
	if err := x.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func read(t *testing.T, name string, b []byte) *heap {
	t.Helper()
	h := &heap{}
	if err := Load(t.Context(), []File{FromBytes(name, b)}, Pictures{}, h); err != nil {
		t.Fatal(err)
	}
	return h
}

func TestColumnsAreFoundByHeadingWhereverTheyStand(t *testing.T) {
	t.Parallel()
	b := book(t, map[string][][]any{
		"Trang A": {{"ghi linh tinh"}},
		"B":       {{nil, "Giá bán", "SKU", "Mã SP"}, {nil, "85.000 đ", "004001", "40-416-16792-1-2026"}},
		"C": {
			{"UBND TỈNH"}, {}, {"Danh sách"}, {},
			{nil, "Ghi chú", "Hạng sao", "Tên sản phẩm", norm.NFD.String("Mã sản phẩm OCOP"), "Ngày quyết định", "Lạ"},
			{nil, "I. ĐỊA BÀN KỲ SƠN"},
			{nil, "", "3★", norm.NFD.String("  Mật mía "), "40-416-16792-1-2026", 45799},
			{"", "Tổng cộng: 1 sản phẩm"},
			{nil, "Ghi chú", "Hạng sao", "Tên sản phẩm", "Mã sản phẩm OCOP", "Ngày quyết định"},
			{nil, "", "4", "Không mã", "", "8/7/2026"},
		},
	}, nil)
	h := read(t, "x.xlsx", b)
	if len(h.products) != 1 || len(h.skus) != 1 {
		t.Fatalf("%d products, %d SKUs", len(h.products), len(h.skus))
	}
	p := h.products[0]
	if p.Product.Name != "Mật mía" || p.Recognition.Stars != 3 || p.Recognition.Date != "2025-05-22" || p.Product.District != "Kỳ Sơn" || p.Cells["stars"] != "C!C7" {
		t.Errorf("%+v", p)
	}
	if s := h.skus[0].SKU; s.Price != 85_000 || s.Code != "004001" || s.Cells["price"] != "B!B2" || s.Stock != nil {
		t.Errorf("%+v", s)
	}
	if len(h.doubts) != 1 || h.doubts[0].Reason != "code.missing" || !h.doubts[0].RowRefused || h.doubts[0].Cell != "E10" {
		t.Errorf("%+v", h.doubts)
	}
	kinds := map[string]string{}
	for _, s := range h.sheets {
		kinds[s.Sheet] = s.Kind + " " + strings.Join(s.Ignored, ",")
	}
	if kinds["Trang A"] != " " || kinds["B"] != "skus " || kinds["C"] != "products Lạ" {
		t.Errorf("%q", kinds)
	}
}

func TestFillDownOnlyInsideDeclaredRanges(t *testing.T) {
	t.Parallel()
	rows := [][]any{{"Mã sản phẩm", "Tên sản phẩm", "Chủ thể", "Mã xã", "Hạng sao"}}
	for i := 1; i <= 5; i++ {
		rows = append(rows, []any{fmt.Sprintf("40-416-16792-%d-2026", i), "T", nil, fmt.Sprintf("1679%d", i), "3"})
	}
	rows[1][2], rows[4][2] = "HTX Một", "HTX Hai"
	b := book(t, map[string][][]any{"S": rows}, func(x *excelize.File) {
		if err := x.MergeCell("S", "C2", "C3"); err != nil {
			t.Fatal(err)
		}
	})
	h := read(t, "x.xlsx", b)
	for i, want := range []string{"HTX Một 16791", "HTX Một 16791", " 16793", "HTX Hai 16794", " 16795"} {
		got := h.products[i].Producer
		if got.Name+" "+got.CommuneCode != want {
			t.Errorf("row %d: %q %s, want %s", i+2, got.Name, got.CommuneCode, want)
		}
	}
	if at := h.products[1].Cells["producer"]; at != "S!C2" {
		t.Errorf("the filled cell is named %s", at)
	}
}

// F24: what Excel does to data is undone exactly, or refused with the cell.
func TestNumbersAreReadAsTheyAre(t *testing.T) {
	t.Parallel()
	b := book(t, map[string][][]any{"S": {
		{"Mã hàng", "Mã sản phẩm", "Giá bán", "Tồn kho", "Khối lượng (kg)"},
		{4001, "40-416-16792-1-2026", 367000, 0, 0.5},
		{4002, "40-416-16792-1-2026", 50.5, nil, 2},
		{"1,2E+12", "40-416-16792-1-2026", 1000},
		{123456789012345, "40-416-16792-1-2026", "50,000"},
	}}, func(x *excelize.File) {
		format := "000000"
		style, err := x.NewStyle(&excelize.Style{CustomNumFmt: &format})
		if err != nil {
			t.Fatal(err)
		}
		thousands, err := x.NewStyle(&excelize.Style{NumFmt: 3})
		if err != nil {
			t.Fatal(err)
		}
		for cell, s := range map[string]int{"A2": style, "C2": thousands} {
			if err := x.SetCellStyle("S", cell, cell, s); err != nil {
				t.Fatal(err)
			}
		}
	})
	h := read(t, "x.xlsx", b)
	first := h.sku("004001")
	if first == nil || first.SKU.Price != 367_000 || first.SKU.Stock == nil || *first.SKU.Stock != 0 || first.SKU.WeightGrams != 500 {
		t.Errorf("%+v", first)
	}
	second := h.sku("4002")
	if second == nil || second.SKU.Price != 0 || second.SKU.Stock != nil || second.SKU.WeightGrams != 2000 || second.SKU.Doubts["price"].Reason != "price.decimals" || second.SKU.Doubts["price"].Cell != "C3" {
		t.Errorf("%+v", second)
	}
	if h.sku("123456789012345") == nil {
		t.Error("a long number lost digits")
	}
	var reasons []string
	for _, d := range h.doubts {
		reasons = append(reasons, d.Cell+" "+d.Reason)
	}
	if got := strings.Join(reasons, "; "); got != "C3 price.decimals; A4 cell.scientific; C5 price.comma" {
		t.Error(got)
	}
}

// A sheet that breaks off is no shorter register: the library takes broken XML
// for its end.
func TestADamagedWorkbookIsRefusedWhole(t *testing.T) {
	t.Parallel()
	rows := [][]any{{"Mã sản phẩm", "Tên sản phẩm", "Hạng sao"}}
	for i := range 50 {
		rows = append(rows, []any{fmt.Sprintf("40-416-16792-%d-2026", i+1), "T", "3"})
	}
	whole := book(t, map[string][][]any{"S": rows}, nil)
	for name, change := range map[string]func(string) string{
		"cut in the middle":    func(s string) string { return s[:len(s)*2/3] },
		"broken in the middle": func(s string) string { return strings.Replace(s, `<row r="30"`, `<row r="30" <<`, 1) },
	} {
		b := rezip(t, whole, "xl/worksheets/sheet", change)
		err := Load(t.Context(), []File{FromBytes("x.xlsx", b)}, Pictures{}, &heap{})
		if !errors.Is(err, ErrCutShort) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := Load(t.Context(), []File{FromBytes("x.xlsx", whole[:len(whole)/2])}, Pictures{}, &heap{}); !errors.Is(err, ErrDamaged) {
		t.Errorf("half a file: %v", err)
	}
}

func rezip(t *testing.T, b []byte, part string, change func(string) string) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range in.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(f.Name, part) {
			content = []byte(change(string(content)))
		}
		p, err := w.Create(f.Name)
		if err == nil {
			_, err = p.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestFilesThatAreNoRegister(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		content []byte
		want    error
	}{
		"empty.xlsx":   {nil, ErrEmpty},
		"old.xls":      {[]byte{0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0}, ErrOldExcel},
		"letter.csv":   {[]byte("Kính gửi,\nxin chào\n"), ErrNoTable},
		"notzip.xlsx":  {[]byte("PK\x03\x04nonsense"), ErrDamaged},
		"document.zip": {rezip(t, book(t, map[string][][]any{"S": {{"a"}}}, nil), "xl/workbook", func(string) string { return "<x/>" }), ErrDamaged},
		"page.xls":     {[]byte("\ufeff <HTML><body><table><tr><td>Mã sản phẩm</td></tr></table>"), ErrWebPage},
		"xml2003.xls":  {[]byte("<?xml version=\"1.0\"?><Workbook/>"), ErrWebPage},
		"list.pdf":     {[]byte("%PDF-1.7\n"), ErrNotWorkbook},
		"so.ods":       {zipped(t, "mimetype", "application/vnd.oasis.opendocument.spreadsheet", "content.xml", "<a/>"), ErrOtherBook},
		"so.xlsb":      {zipped(t, "[Content_Types].xml", "<Types/>", "xl/workbook.bin", "x"), ErrOtherBook},
		"letter.docx":  {zipped(t, "[Content_Types].xml", "<Types/>", "word/document.xml", "<w/>"), ErrNotWorkbook},
		"several.zip":  {zipped(t, "so.xlsx", "PK"), ErrNotWorkbook},
		"quote.csv":    {[]byte("Mã hàng,Giá bán\n1,\"85.000\n2,90.000\n"), ErrBadCSV},
	} {
		if err := Load(t.Context(), []File{FromBytes(name, c.content)}, Pictures{}, &heap{}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func zipped(t *testing.T, parts ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for i := 0; i < len(parts); i += 2 {
		p, err := w.Create(parts[i])
		if err == nil {
			_, err = p.Write([]byte(parts[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// A file whose column of codes goes by another name says which columns it knows.
func TestHeadingsWithoutCodesAreNamed(t *testing.T) {
	t.Parallel()
	err := Load(t.Context(), []File{FromBytes("x.csv", []byte("DANH SÁCH\nSố hiệu hồ sơ,Tên sản phẩm,Hạng sao,Chủ thể\n1,Mật,3,HTX\n"))}, Pictures{}, &heap{})
	var near *NoTableError
	if !errors.As(err, &near) || !errors.Is(err, ErrNoTable) || near.Row != 2 || len(near.Known) != 3 || strings.Join(near.Unknown, ",") != "Số hiệu hồ sơ" {
		t.Errorf("%v", err)
	}
}

func TestAZipBombIsRefusedBeforeItIsUnpacked(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	p, err := w.CreateRaw(&zip.FileHeader{Name: "xl/worksheets/sheet1.xml", Method: zip.Deflate, UncompressedSize64: maxUnzipped + 1, CompressedSize64: 3})
	if err == nil {
		_, err = p.Write([]byte{1, 2, 3})
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := Load(t.Context(), []File{FromBytes("bomb.xlsx", out.Bytes())}, Pictures{}, &heap{}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("%v", err)
	}
}

// A cell of some hundreds of megabytes packs to a few hundred kilobytes, and
// reading it took gigabytes.
func TestACellBeyondAllMeasureIsRefused(t *testing.T) {
	t.Parallel()
	good := book(t, map[string][][]any{"S": {{"Mã sản phẩm", "Tên sản phẩm"}, {someCode, "Mật"}}}, nil)
	long := strings.Repeat("a", 3<<20)
	for name, b := range map[string][]byte{
		"in its sheet": rezip(t, good, "xl/worksheets/sheet", func(s string) string {
			return strings.Replace(s, "</sheetData>", `<row r="9"><c r="A9" t="inlineStr"><is><t>`+long+`</t></is></c></row></sheetData>`, 1)
		}),
		"among the shared texts": rezip(t, good, "xl/sharedStrings", func(s string) string { return strings.Replace(s, "Mật", long, 1) }),
		"as a tag":               rezip(t, good, "xl/worksheets/sheet", func(s string) string { return strings.Replace(s, "<sheetData>", `<sheetData x="`+long+`">`, 1) }),
	} {
		if err := Load(t.Context(), []File{FromBytes("x.xlsx", b)}, Pictures{}, &heap{}); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
