// Package portal is a simulated seller portal with the officer before it, for
// tests of the lane that people work by hand: files are uploaded into it, and
// it exports lists. It reads and writes workbooks by itself and shares nothing
// with adapters/workbook, so that both can't be wrong in the same way.
//
// It is as careless as a portal may be: a product that is uploaded twice is
// stored twice.
package portal

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// The headings that the portal cares for.
const (
	ID     = "Mã sản phẩm"
	Shop   = "Mã gian hàng"
	SKU    = "Mã SKU"
	State  = "Trạng thái"
	Reason = "Lý do từ chối"
	images = "Ảnh"

	created = "Ngày tạo"
	updated = "Ngày cập nhật"
)

// Portal is one account.
type Portal struct {
	// Folder is the lane's.
	Folder string
	// Refuse, where set, says which new products the portal does not take.
	Refuse func(sku string) bool
	// Products in the order in which they were made.
	Products []Product
	// Shops that were opened.
	Shops map[string]bool

	made int
}

// Product is a row of the portal's own table, by heading.
type Product map[string]string

// Waiting are the files that wait to be uploaded, sorted.
func (p *Portal) Waiting() ([]string, error) {
	found, err := filepath.Glob(filepath.Join(p.Folder, "1-can-tai-len", "*.xlsx"))
	for i := range found {
		found[i] = filepath.Base(found[i])
	}
	slices.Sort(found)
	return found, err
}

// UploadAll uploads every file that waits, in the order that the guide asks
// for, and moves each to the uploaded ones.
func (p *Portal) UploadAll() error {
	files, err := p.Waiting()
	if err != nil {
		return err
	}
	order := []string{"gian-hang", "dang-moi", "cap-nhat", "mo-lai", "an"}
	for _, kind := range order {
		for _, f := range files {
			if !strings.HasSuffix(f, "-"+kind+".xlsx") {
				continue
			}
			if err := p.Upload(f, kind); err != nil {
				return fmt.Errorf("%s: %w", f, err)
			}
			if err := p.Move(f, "2-da-tai-len"); err != nil {
				return err
			}
		}
	}
	return nil
}

// Move puts a file that waits, and its pictures, elsewhere.
func (p *Portal) Move(file, folder string) error {
	base := strings.TrimSuffix(file, ".xlsx")
	from, to := filepath.Join(p.Folder, "1-can-tai-len"), filepath.Join(p.Folder, folder)
	if _, err := os.Stat(filepath.Join(from, base+"-anh")); err == nil {
		if err := os.Rename(filepath.Join(from, base+"-anh"), filepath.Join(to, base+"-anh")); err != nil {
			return err
		}
	}
	return os.Rename(filepath.Join(from, file), filepath.Join(to, file))
}

// Upload carries a file out and leaves it where it is.
func (p *Portal) Upload(file, kind string) error {
	path := filepath.Join(p.Folder, "1-can-tai-len", file)
	rows, err := Rows(path)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if kind == "gian-hang" {
			if p.Shops == nil {
				p.Shops = map[string]bool{}
			}
			p.Shops[r[Shop]] = true
			continue
		}
		if err := p.carryOut(kind, r, strings.TrimSuffix(path, ".xlsx")+"-anh"); err != nil {
			return err
		}
	}
	return nil
}

func (p *Portal) carryOut(kind string, r map[string]string, pictures string) error {
	for name := range strings.SplitSeq(r[images], ";") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		if _, err := os.Stat(filepath.Join(pictures, name)); err != nil {
			return fmt.Errorf("the picture %s of %s is missing", name, r[SKU])
		}
	}
	if kind == "dang-moi" {
		if p.Refuse != nil && p.Refuse(r[SKU]) {
			return nil
		}
		p.Add(r)
		return nil
	}
	i := slices.IndexFunc(p.Products, func(have Product) bool { return have[ID] == r[ID] })
	if i < 0 {
		return fmt.Errorf("there is no product %s", r[ID])
	}
	switch kind {
	case "an":
		p.Products[i][State] = "Đã ẩn"
	case "mo-lai":
		p.Products[i][State] = "Đang bán"
	case "cap-nhat":
		for k, v := range r {
			if v == "(xóa)" {
				p.Products[i][k] = ""
			} else if v != "" {
				p.Products[i][k] = v
			}
		}
	}
	p.Products[i][updated] = now()
	return nil
}

// Add makes a product, on sale.
func (p *Portal) Add(cells map[string]string) Product {
	p.made++
	r := Product{}
	for k, v := range cells {
		r[k] = v
	}
	r[ID], r[State] = fmt.Sprintf("SP%06d", p.made), "Đang bán"
	r[created], r[updated], r["Đường dẫn"] = now(), now(), "https://portal.example.vn/p/"+r[ID]
	p.Products = append(p.Products, r)
	return r
}

// now is how the portal writes the time.
func now() string {
	return time.Now().In(time.FixedZone("UTC+7", 7*60*60)).Format("02/01/2006 15:04:05")
}

// Find gives the products of a SKU.
func (p *Portal) Find(sku string) []Product {
	var out []Product
	for _, r := range p.Products {
		if r[SKU] == sku {
			out = append(out, r)
		}
	}
	return out
}

// headings are those of all products, the known ones first.
func (p *Portal) headings() []string {
	out := []string{ID, Shop, SKU, State, Reason}
	var rest []string
	for _, r := range p.Products {
		for k := range r {
			if !slices.Contains(out, k) && !slices.Contains(rest, k) {
				rest = append(rest, k)
			}
		}
	}
	slices.Sort(rest)
	return append(out, rest...)
}

// Export writes all products as a list and drops it where the lane reads it.
func (p *Portal) Export(name string) error {
	path := filepath.Join(p.Folder, "3-danh-sach-tu-san", name)
	if strings.HasSuffix(name, ".csv") {
		return p.exportCSV(path)
	}
	x := excelize.NewFile()
	defer x.Close() //nolint:errcheck // in memory
	row := func(n int, cells []any) error { return x.SetSheetRow("Sheet1", "A"+strconv.Itoa(n), &cells) }
	if err := row(1, []any{"Danh sách sản phẩm"}); err != nil {
		return err
	}
	headings := p.headings()
	var cells []any
	for _, h := range headings {
		cells = append(cells, h)
	}
	if err := row(3, cells); err != nil {
		return err
	}
	for i, r := range p.Products {
		cells = cells[:0]
		for _, h := range headings {
			cells = append(cells, r[h])
		}
		if err := row(i+4, cells); err != nil {
			return err
		}
	}
	if err := row(len(p.Products)+4, []any{nil, "Tổng cộng: " + strconv.Itoa(len(p.Products)) + " sản phẩm"}); err != nil {
		return err
	}
	return x.SaveAs(path)
}

func (p *Portal) exportCSV(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // closed below where it counts
	if _, err := f.WriteString("\ufeff"); err != nil {
		return err
	}
	w := csv.NewWriter(f)
	w.Comma = ';'
	headings := p.headings()
	if err := w.Write(headings); err != nil {
		return err
	}
	for _, r := range p.Products {
		var cells []string
		for _, h := range headings {
			cells = append(cells, r[h])
		}
		if err := w.Write(cells); err != nil {
			return err
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return err
	}
	return f.Close()
}

// Rows reads the data sheet of an upload file, by heading: the second sheet,
// the first says what to do.
func Rows(path string) ([]map[string]string, error) {
	x, err := excelize.OpenFile(path, excelize.Options{RawCellValue: true})
	if err != nil {
		return nil, err
	}
	defer x.Close() //nolint:errcheck // read only
	sheets := x.GetSheetList()
	if len(sheets) != 2 || sheets[0] != "Hướng dẫn" {
		return nil, fmt.Errorf("sheets %q", sheets)
	}
	lines, err := x.GetRows(sheets[1], excelize.Options{RawCellValue: true})
	if err != nil || len(lines) == 0 {
		return nil, err
	}
	var out []map[string]string
	for _, l := range lines[1:] {
		r := map[string]string{}
		for i, cell := range l {
			r[lines[0][i]] = cell
		}
		out = append(out, r)
	}
	return out, nil
}
