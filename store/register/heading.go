package register

import (
	"regexp"
	"strings"

	"lensan/store/catalog"
)

// headings maps the fold of a heading (no accents, lower case, nothing in
// parentheses) to its field. The first of two columns with one field counts.
var headings = map[string]string{}

func init() {
	for field, names := range map[string][]string{
		catalog.CellProductCode: {"ma san pham ocop", "ma san pham", "ma sp", "ma sp ocop", "ma so san pham", "ma so sp", "ma ocop", "ma so ocop", "ma so san pham ocop", "product code", "ocop code", "product_code"},
		catalog.CellSKU:         {"ma hang", "sku", "ma sku", "ma hang hoa", "ma mat hang", "ma hang sku", "ma ban hang"},
		catalog.CellOldSKU:      {"ma hang cu", "sku cu", "ma sku cu", "old sku", "old_sku"},
		catalog.CellName:        {"ten san pham", "ten sp", "ten san pham ocop", "san pham", "ten hang", "ten hang hoa", "product name", "name"},
		saleName:                {"ten ban tren san", "ten ban", "ten tren san", "ten hien thi", "ten ban hang", "ten mat hang"},
		catalog.CellProducer:    {"chu the", "ten chu the", "chu the ocop", "chu the san xuat", "co so san xuat", "don vi san xuat", "nha san xuat", "ten co so", "producer"},
		catalog.CellTaxCode:     {"ma so thue", "mst", "ma so doanh nghiep", "ma so thue/cccd", "tax code"},
		catalog.CellPhone:       {"dien thoai", "so dien thoai", "sdt", "dien thoai lien he", "phone", "tel"},
		catalog.CellAddress:     {"dia chi", "dia chi san xuat", "dia chi co so", "dia chi chu the", "address"},
		catalog.CellCommuneName: {"xa/phuong", "xa phuong", "xa, phuong", "phuong/xa", "phuong, xa", "phuong xa", "xa", "ten xa", "ten xa/phuong", "xa/phuong moi", "xa/phuong/dac khu", "commune"},
		catalog.CellCommune:     {"ma xa", "ma xa/phuong", "ma phuong/xa", "ma xa phuong", "ma so xa", "ma dvhc", "ma don vi hanh chinh", "commune code"},
		catalog.CellDistrict:    {"huyen", "huyen/thi xa", "huyen/thanh pho", "huyen cu", "huyen, thi xa, thanh pho", "huyen/thi xa/thanh pho", "dia ban", "ten huyen", "district"},
		catalog.CellProductSet:  {"bo san pham", "bo sp", "ma bo san pham", "nhom san pham", "bo", "product set"},
		catalog.CellStars:       {"hang sao", "hang", "sao", "so sao", "xep hang", "phan hang", "hang sao ocop", "ket qua phan hang", "stars"},
		catalog.CellNumber:      {"quyet dinh so", "so quyet dinh", "so qd", "qd so", "quyet dinh", "quyet dinh cong nhan", "so quyet dinh cong nhan", "decision number"},
		catalog.CellDecidedOn:   {"ngay quyet dinh", "ngay qd", "ngay cong nhan", "ngay ky", "ngay ban hanh", "ngay cap", "decision date"},
		catalog.CellAuthority:   {"co quan ban hanh", "co quan cong nhan", "cap cong nhan", "noi ban hanh", "don vi cong nhan", "co quan cap", "authority"},
		catalog.CellValidUntil:  {"co gia tri den", "hieu luc den", "co hieu luc den", "gia tri den", "thoi han", "ngay het han", "ngay het hieu luc", "het hieu luc", "han den", "valid until"},
		catalog.CellNote:        {"ghi chu", "note", "notes"},
		catalog.CellUnit:        {"quy cach", "quy cach dong goi", "don vi tinh", "dvt", "don vi", "dong goi", "unit"},
		catalog.CellPrice:       {"gia ban", "gia", "don gia", "gia ban le", "gia ban le tren san", "gia ban tren san", "gia san", "price"},
		catalog.CellListPrice:   {"gia niem yet", "gia goc", "gia truoc giam", "gia bia", "list price", "list_price"},
		catalog.CellStock:       {"ton kho", "so luong ton", "ton", "so luong", "so luong ton kho", "sl ton", "stock"},
		catalog.CellWeight:      {"khoi luong", "trong luong", "can nang", "khoi luong tinh", "khoi luong van chuyen", "weight"},
		catalog.CellDescription: {"mo ta", "mo ta san pham", "gioi thieu", "gioi thieu san pham", "noi dung mo ta", "description"},
		catalog.CellStory:       {"cau chuyen san pham", "cau chuyen", "story"},
		catalog.CellImages:      {"anh", "hinh anh", "ten anh", "tep anh", "anh san pham", "hinh anh san pham", "images"},
		catalog.CellTraceURL:    {"truy xuat nguon goc", "truy xuat", "link truy xuat", "lien ket truy xuat", "duong dan truy xuat nguon goc", "trace url"},
		catalog.CellFlagship:    {"san pham mui nhon", "mui nhon", "flagship"},
		catalog.CellCategory:    {"nganh hang", "ma nganh hang", "danh muc", "category"},
	} {
		for _, n := range names {
			headings[n] = field
		}
	}
}

// saleName is the name a SKU is sold under: a column of its own, since a sheet
// may show the product's name beside it.
const saleName = "sale_name"

// counters are the columns of running numbers, which say nothing.
var counters = map[string]bool{"stt": true, "tt": true, "so tt": true, "so thu tu": true, "no": true, "#": true}

var (
	inParentheses = regexp.MustCompile(`\([^)]*\)|\[[^\]]*\]`)
	anyNth        = regexp.MustCompile(`^((?:hinh )?anh(?: san pham)?) ?(?:so )?[0-9]{1,2}$`)
	headingMarks  = strings.NewReplacer("*", " ", ":", " ", "\"", " ", ".", " ")
)

// headingField finds the field of a heading and the factor its unit asks for.
func headingField(s string) (field string, times int64) {
	p := plain(s)
	h := strings.Join(strings.Fields(headingMarks.Replace(inParentheses.ReplaceAllString(p, " "))), " ")
	if m := anyNth.FindStringSubmatch(h); m != nil {
		return catalog.CellImages, 1
	}
	field, ok := headings[h]
	if !ok {
		// "Giá bán, đồng/hộp": what follows a comma is an explanation.
		head, _, cut := strings.Cut(h, ",")
		if field, ok = headings[strings.TrimSpace(head)]; !cut || !ok {
			return "", 1
		}
	}
	times = 1
	switch field {
	case catalog.CellWeight:
		if strings.Contains(p, "kg") || strings.Contains(p, "kilo") {
			times = 1000
		}
	case catalog.CellPrice, catalog.CellListPrice:
		if strings.Contains(p, "nghin") || strings.Contains(p, "ngan d") || strings.Contains(p, "1.000 d") || strings.Contains(p, "1000 d") {
			times = 1000
		}
	}
	return field, times
}

// headingRow is what a row of headings says.
type headingRow struct {
	columns map[string]int
	images  []int // all columns of pictures
	times   map[string]int64
	ignored []string
}

// readHeadings tells whether a row is one of headings that make a table, and
// of which kind.
func readHeadings(cells []string) (headingRow, kind, bool) {
	h := headingRow{columns: map[string]int{}, times: map[string]int64{}}
	for i, c := range cells {
		p := plain(c)
		if p == "" || counters[strings.Trim(p, " .")] {
			continue
		}
		field, times := headingField(c)
		if field == catalog.CellImages {
			h.images = append(h.images, i)
		}
		if field == "" {
			h.ignored = append(h.ignored, c)
			continue
		}
		if _, twice := h.columns[field]; twice {
			if field != catalog.CellImages {
				h.ignored = append(h.ignored, c)
			}
			continue
		}
		h.columns[field], h.times[field] = i, times
	}
	has := func(f string) bool { _, ok := h.columns[f]; return ok }
	switch {
	case len(h.columns) < 2:
	case has(catalog.CellSKU) && has(catalog.CellProductCode) && (has(catalog.CellStars) || has(catalog.CellNumber)):
		return h, kindBoth, true
	case has(catalog.CellSKU):
		return h, kindSKUs, true
	case has(catalog.CellProductCode):
		return h, kindProducts, true
	case has(catalog.CellCommune) && has(catalog.CellCommuneName):
		return h, kindCommunes, true
	}
	return h, kindNone, false
}

// kind is what a sheet holds.
type kind string

const (
	kindNone     kind = ""
	kindProducts kind = "products"
	kindSKUs     kind = "skus"
	kindCommunes kind = "communes"
	kindBoth     kind = "products+skus"
)
