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
		catalog.CellProductCode: {"ma san pham ocop", "ma san pham", "ma sp", "ma sp ocop", "ma so san pham", "ma so sp", "ma ocop", "ma so ocop", "ma so san pham ocop", "product code", "ocop code", "product_code", "ma dinh danh", "ma dinh danh san pham", "ma quoc gia", "ma san pham quoc gia", "ma so quoc gia", "ma chung nhan ocop"},
		catalog.CellSKU:         {"ma hang", "sku", "ma sku", "ma hang hoa", "ma mat hang", "ma hang sku", "ma ban hang"},
		catalog.CellOldSKU:      {"ma hang cu", "sku cu", "ma sku cu", "old sku", "old_sku"},
		catalog.CellName:        {"ten san pham", "ten sp", "ten san pham ocop", "san pham", "ten hang", "ten hang hoa", "product name", "name", "ten san pham/dich vu", "ten san pham, dich vu", "san pham ocop"},
		saleName:                {"ten ban tren san", "ten ban", "ten tren san", "ten hien thi", "ten ban hang", "ten mat hang"},
		catalog.CellProducer: {"chu the", "ten chu the", "chu the ocop", "chu the san xuat", "co so san xuat", "don vi san xuat", "nha san xuat", "ten co so", "producer", "ten chu the ocop", "ten chu the san xuat", "ten chu the san pham", "chu the san pham", "ten co so/chu the", "co so/chu the", "chu the/co so san xuat",
			"ten co so san xuat", "ten don vi san xuat", "ten don vi", "chu the tham gia", "ten chu the tham gia", "chu the san xuat kinh doanh", "co so san xuat kinh doanh", "ten doanh nghiep/htx", "doanh nghiep/htx"},
		catalog.CellTaxCode:     {"ma so thue", "mst", "ma so doanh nghiep", "ma so thue/cccd", "tax code"},
		catalog.CellPhone:       {"dien thoai", "so dien thoai", "sdt", "dien thoai lien he", "phone", "tel", "so dt", "dt", "so dien thoai lien he", "dien thoai lien lac", "so lien he"},
		catalog.CellAddress:     {"dia chi", "dia chi san xuat", "dia chi co so", "dia chi chu the", "address", "dia chi lien he", "dia chi san xuat kinh doanh", "noi san xuat", "dia diem san xuat"},
		catalog.CellCommuneName: {"xa/phuong", "xa phuong", "xa, phuong", "phuong/xa", "phuong, xa", "phuong xa", "xa", "ten xa", "ten xa/phuong", "xa/phuong moi", "xa/phuong/dac khu", "commune", "xa/phuong/thi tran", "xa, phuong, thi tran", "xa, thi tran", "xa/thi tran", "xa - phuong", "ten xa, phuong", "xa, phuong, dac khu", "cap xa", "don vi cap xa"},
		catalog.CellCommune:     {"ma xa", "ma xa/phuong", "ma phuong/xa", "ma xa phuong", "ma so xa", "ma dvhc", "ma don vi hanh chinh", "commune code", "ma xa, phuong", "ma phuong, xa", "ma cap xa", "ma don vi hanh chinh cap xa", "ma xa phuong moi", "ma xa/phuong moi"},
		catalog.CellDistrict:    {"huyen", "huyen/thi xa", "huyen/thanh pho", "huyen cu", "huyen, thi xa, thanh pho", "huyen/thi xa/thanh pho", "dia ban", "ten huyen", "district", "quan/huyen", "quan, huyen", "huyen/tx/tp", "huyen, tx, tp", "huyen/thanh/thi", "huyen, thanh pho", "huyen, thanh, thi", "cap huyen", "don vi cap huyen"},
		catalog.CellProductSet:  {"bo san pham", "bo sp", "ma bo san pham", "nhom san pham", "bo", "product set", "nhom/bo san pham", "bo tieu chi", "nhom sp", "thuoc bo san pham", "thuoc nhom"},
		catalog.CellStars: {"hang sao", "hang", "sao", "so sao", "xep hang", "phan hang", "hang sao ocop", "ket qua phan hang", "stars", "xep hang sao", "phan hang sao", "hang san pham", "hang sao dat", "dat hang sao", "dat sao", "ket qua phan hang sao", "hang sao duoc cong nhan", "hang sao cong nhan", "so sao dat duoc",
			"hang sao dat duoc", "cap sao", "xep hang ocop", "phan hang ocop", "ket qua xep hang", "hang ocop", "ket qua danh gia, phan hang", "cap hang", "sao ocop", "xep loai sao"},
		catalog.CellNumber:      {"quyet dinh so", "so quyet dinh", "so qd", "qd so", "quyet dinh", "quyet dinh cong nhan", "so quyet dinh cong nhan", "decision number", "qd cong nhan", "so qd cong nhan", "so/ky hieu quyet dinh", "so hieu quyet dinh", "quyet dinh phan hang", "so quyet dinh phan hang", "qd", "quyet dinh cong nhan so", "quyet dinh cong nhan ket qua", "thong tin quyet dinh"},
		catalog.CellDecidedOn:   {"ngay quyet dinh", "ngay qd", "ngay cong nhan", "ngay ky", "ngay ban hanh", "ngay cap", "decision date", "ngay ban hanh quyet dinh", "ngay ban hanh qd", "ngay ky quyet dinh", "ngay quyet dinh cong nhan", "ngay qd cong nhan", "thoi gian cong nhan", "thoi diem cong nhan", "ngay duoc cong nhan", "ngay ra quyet dinh"},
		catalog.CellAuthority:   {"co quan ban hanh", "co quan cong nhan", "cap cong nhan", "noi ban hanh", "don vi cong nhan", "co quan cap", "authority", "co quan qd", "co quan quyet dinh", "co quan ra quyet dinh", "co quan ban hanh quyet dinh", "co quan ky", "cap ban hanh", "don vi ban hanh", "cap ra quyet dinh", "co quan ban hanh qd"},
		catalog.CellValidUntil:  {"co gia tri den", "hieu luc den", "co hieu luc den", "gia tri den", "thoi han", "ngay het han", "ngay het hieu luc", "het hieu luc", "han den", "valid until", "thoi han hieu luc", "hieu luc den ngay", "co hieu luc den ngay", "gia tri den ngay", "co gia tri den ngay", "ngay het gia tri", "thoi gian het han", "thoi han cong nhan", "thoi han den", "han hieu luc", "han su dung ket qua", "ngay het han cong nhan", "het han"},
		catalog.CellNote:        {"ghi chu", "note", "notes"},
		catalog.CellUnit:        {"quy cach", "quy cach dong goi", "don vi tinh", "dvt", "don vi", "dong goi", "unit"},
		catalog.CellPrice:       {"gia ban", "gia", "don gia", "gia ban le", "gia ban le tren san", "gia ban tren san", "gia san", "price", "gia ban hien tai", "gia ban san pham", "gia ban online", "don gia ban"},
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
	wholeDay      = regexp.MustCompile(`\bngay ?,? ?thang ?,? ?nam\b`)
	slash         = regexp.MustCompile(` ?/ ?`)
	headingMarks  = strings.NewReplacer("*", " ", ":", " ", "\"", " ", ".", " ")
)

// headingKey is what of a heading counts: no accents, lower case, nothing in
// parentheses. "Ngày, tháng, năm" is the day.
func headingKey(s string) string {
	h := strings.Join(strings.Fields(headingMarks.Replace(inParentheses.ReplaceAllString(plain(s), " "))), " ")
	return wholeDay.ReplaceAllString(slash.ReplaceAllString(h, "/"), "ngay")
}

// headingField finds the field of a heading and the factor its unit asks for.
func headingField(s string) (field string, times int64) {
	p, h := plain(s), headingKey(s)
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

// headingRow is what the headings of a table say.
type headingRow struct {
	columns map[string]int
	images  []int       // all columns of pictures
	ticks   map[int]int // columns in which stars are ticked -> their number
	counter int         // the column of running numbers; -1: none
	times   map[string]int64
	ignored []string
	texts   headingCells
}

// readHeadings tells whether headings make a table, and of which kind.
func readHeadings(texts headingCells) (headingRow, kind, bool) {
	h := headingRow{columns: map[string]int{}, ticks: map[int]int{}, counter: -1, times: map[string]int64{}, texts: texts}
	for i, over := range texts {
		if len(over) == 0 {
			continue
		}
		c := strings.Join(over, " › ")
		if counters[strings.Trim(plain(over[len(over)-1]), " .")] {
			h.counter = i
			continue
		}
		field, times, stars := resolve(over)
		if stars > 0 {
			h.ticks[i] = stars
		}
		if field == catalog.CellImages {
			h.images = append(h.images, i)
		}
		if field == "" {
			h.ignored = append(h.ignored, c)
			continue
		}
		if _, twice := h.columns[field]; twice {
			if field != catalog.CellImages && stars == 0 {
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
