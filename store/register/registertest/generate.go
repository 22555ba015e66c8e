// Package registertest makes registers of any size, the same for the same
// numbers, for tests and benchmarks.
package registertest

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/xuri/excelize/v2"

	"lensan/store/register"
)

// Options shape a generated register.
type Options struct {
	SKUs int
	// SKUsPerProduct. Default 1.
	SKUsPerProduct int
	// ProductsPerProducer. Default 3; their producer cells are merged.
	ProductsPerProducer int
	// Pictures are the names that SKUs name in turn; empty: none.
	Pictures []string
}

func (o Options) withDefaults() Options {
	if o.SKUsPerProduct == 0 {
		o.SKUsPerProduct = 1
	}
	if o.ProductsPerProducer == 0 {
		o.ProductsPerProducer = 3
	}
	return o
}

// Products is how many products such a register holds.
func (o Options) Products() int {
	o = o.withDefaults()
	return (o.SKUs + o.SKUsPerProduct - 1) / o.SKUsPerProduct
}

// ProductCode is the code of the nth product, from 0.
func ProductCode(n int) string { return fmt.Sprintf("40-4%02d-%05d-%d-2025", n%20, 16600+n%400, n+1) }

// SKU is the nth SKU, from 0.
func SKU(n int) string { return fmt.Sprintf("%07d", n+1) }

var (
	registerHeadings = []any{"STT", "Mã sản phẩm OCOP", "Tên sản phẩm", "Chủ thể", "Mã số thuế", "Điện thoại", "Địa chỉ", "Xã/phường (từ 1/7/2025)", "Mã xã", "Huyện (trước 1/7/2025)", "Bộ sản phẩm", "Hạng sao", "Quyết định số", "Ngày quyết định", "Cơ quan ban hành", "Có giá trị đến", "Ghi chú"}
	saleHeadings     = []any{"Mã hàng (SKU)", "Mã sản phẩm OCOP", "Tên bán trên sàn", "Quy cách", "Giá bán (đồng)", "Tồn kho", "Khối lượng (g)", "Mô tả", "Câu chuyện sản phẩm", "Ảnh (cách nhau dấu ;)"}
	goods            = []string{"Nước mắm cốt", "Mật ong rừng", "Chè xanh", "Giò bê", "Tương Nam Đàn", "Lạc sen", "Miến dong", "Tinh bột nghệ"}
)

func (o Options) registerRow(n int) []any {
	producer := n / o.ProductsPerProducer
	name := fmt.Sprintf("HTX Nông nghiệp số %d", producer+1)
	if n%o.ProductsPerProducer != 0 {
		name = "" // merged with the row above
	}
	return []any{
		n + 1, ProductCode(n), fmt.Sprintf("%s số %d", goods[n%len(goods)], n+1), name, "", fmt.Sprintf("09%08d", n),
		fmt.Sprintf("Xóm %d", n%20+1), fmt.Sprintf("Xã %d", n%400), fmt.Sprintf("%05d", 16600+n%400), "Kỳ Sơn", fmt.Sprintf("%02d", n%20+1),
		[]string{"3", "3 sao", "OCOP 4 sao", "4★"}[n%4], fmt.Sprintf("%d/QĐ-UBND", n+1), 45900, "UBND tỉnh Nghệ An", "31/10/2028", "Dòng tạo thử",
	}
}

func (o Options) saleRow(n int) []any {
	product := n / o.SKUsPerProduct
	picture := ""
	if len(o.Pictures) > 0 {
		picture = o.Pictures[n%len(o.Pictures)]
	}
	return []any{
		SKU(n), ProductCode(product), fmt.Sprintf("%s số %d loại %d", goods[product%len(goods)], product+1, n%o.SKUsPerProduct+1), "gói 500 g",
		fmt.Sprintf("%d.000 đ", 20+n%900), n % 500, 500,
		fmt.Sprintf("Sản phẩm %s số %d được làm từ nguyên liệu của địa phương, đóng gói 500 g, bảo quản nơi khô ráo, thoáng mát.", goods[product%len(goods)], product+1),
		"Nghề truyền qua nhiều thế hệ; người dân giữ cách làm thủ công.", picture,
	}
}

// Workbook writes a workbook of both sheets, as a stream.
func Workbook(t testing.TB, o Options) register.File {
	t.Helper()
	o = o.withDefaults()
	x := excelize.NewFile()
	defer x.Close()
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	check(x.SetSheetName("Sheet1", "Sổ OCOP"))
	w, err := x.NewStreamWriter("Sổ OCOP")
	check(err)
	check(w.SetRow("A1", []any{"DANH SÁCH SẢN PHẨM OCOP (tạo thử)"}))
	check(w.SetRow("A3", registerHeadings))
	for n := range o.Products() {
		check(w.SetRow(fmt.Sprintf("A%d", n+4), o.registerRow(n)))
		if last := n%o.ProductsPerProducer == o.ProductsPerProducer-1 || n == o.Products()-1; last && n%o.ProductsPerProducer > 0 {
			check(w.MergeCell(fmt.Sprintf("D%d", n+4-n%o.ProductsPerProducer), fmt.Sprintf("D%d", n+4)))
		}
	}
	check(w.Flush())
	_, err = x.NewSheet("Thông tin bán hàng")
	check(err)
	w, err = x.NewStreamWriter("Thông tin bán hàng")
	check(err)
	check(w.SetRow("A1", saleHeadings))
	for n := range o.SKUs {
		check(w.SetRow(fmt.Sprintf("A%d", n+2), o.saleRow(n)))
	}
	check(w.Flush())
	path := filepath.Join(t.TempDir(), "tao-thu.xlsx")
	check(x.SaveAs(path))
	return open(t, path)
}

// CSV writes the two sheets as CSV files.
func CSV(t testing.TB, o Options) []register.File {
	t.Helper()
	o = o.withDefaults()
	write := func(name string, head []any, rows int, row func(int) []any) register.File {
		path := filepath.Join(t.TempDir(), name)
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		w := bufio.NewWriter(f)
		csvRow(w, head)
		for n := range rows {
			r := row(n)
			if name == "so.csv" { // no merged ranges and no serials in CSV
				r[3], r[13] = fmt.Sprintf("HTX Nông nghiệp số %d", n/o.ProductsPerProducer+1), "01/09/2025"
			}
			csvRow(w, r)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		return open(t, path)
	}
	return []register.File{
		write("so.csv", registerHeadings, o.Products(), o.registerRow),
		write("ban-hang.csv", saleHeadings, o.SKUs, o.saleRow),
	}
}

func csvRow(w io.Writer, cells []any) {
	for i, c := range cells {
		if i > 0 {
			fmt.Fprint(w, ";")
		}
		fmt.Fprintf(w, `"%v"`, c)
	}
	fmt.Fprintln(w)
}

func open(t testing.TB, path string) register.File {
	t.Helper()
	f, err := register.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}
