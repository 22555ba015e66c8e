package register

import (
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

const someCode = "40-430-17950-1-2026"

// table1 reads a sheet of one name.
func table1(t *testing.T, rows [][]any, also func(*excelize.File)) *heap {
	t.Helper()
	return read(t, "x.xlsx", book(t, map[string][][]any{"S": rows}, also))
}

func TestHeadingsOverSeveralRows(t *testing.T) {
	t.Parallel()
	for name, rows := range map[string][][]any{
		"a decision over its parts": {
			{"DANH SÁCH SẢN PHẨM OCOP"}, {},
			{"TT", "Mã SP OCOP", "Tên sản phẩm", "Chủ thể", "Hạng sao", "Quyết định công nhận", nil, nil, nil, "Giấy chứng nhận ATTP", nil, "Ghi chú"},
			{nil, nil, nil, nil, nil, "Số", "Ngày", "Cơ quan", "Có giá trị đến", "Số", "Ngày cấp"},
			{"(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)", "(9)", "(10)", "(11)", "(12)"},
			{1, someCode, "Mật", "HTX Một", "3 sao", "12/QĐ-UBND", "10/09/2026", "UBND tỉnh Nghệ An", "10/09/2029", "77/ATTP", "01/01/2020", "tốt"},
		},
		"the code in the second row": {
			{"STT", "Sản phẩm", nil, "Chủ thể OCOP", nil, "Hạng sao", "Quyết định công nhận", nil, nil, nil, "Ghi chú"},
			{nil, "Mã số", "Tên", "Tên chủ thể", "Mã số thuế", nil, "Số", "Ngày, tháng, năm", "Cơ quan ban hành", "Hiệu lực đến"},
			{1, someCode, "Mật", "HTX Một", "2901234567", "3 sao", "12/QĐ-UBND", "10/09/2026", "UBND tỉnh Nghệ An", "10/09/2029", "tốt"},
		},
		"stars ticked, letters under the columns": {
			{"STT", "Mã sản phẩm", "Tên sản phẩm", "Hạng sao", nil, nil, "Tên cơ sở/chủ thể", "Số QĐ\ncông nhận", "Ngày\nban hành QĐ", "Cơ quan QĐ", "Thời hạn\nhiệu lực", "Ghi chú"},
			{nil, nil, nil, "5 sao", "4 sao", "3 sao"},
			{"A", "B", "C", 1, 2, 3, "D", "E", "F", "G", "H", "I"},
			{1, someCode, "Mật", nil, nil, "x", "HTX Một", "12/QĐ-UBND", "10/09/2026", "UBND tỉnh Nghệ An", "10/09/2029", "tốt"},
		},
		"the headings again on the next page": {
			{"Mã SP OCOP", "Tên sản phẩm", "Chủ thể", "Hạng sao", "Quyết định công nhận", nil, nil, nil, "Ghi chú"},
			{nil, nil, nil, nil, "Số", "Ngày", "Cơ quan", "Đến ngày"},
			{someCode, "Mật", "HTX Một", "3 sao", "12/QĐ-UBND", "10/09/2026", "UBND tỉnh Nghệ An", "10/09/2029", "tốt"},
			{"Mã SP OCOP", "Tên sản phẩm", "Chủ thể", "Hạng sao", "Quyết định công nhận", nil, nil, nil, "Ghi chú"},
			{nil, nil, nil, nil, "Số", "Ngày", "Cơ quan", "Đến ngày"},
		},
	} {
		h := table1(t, rows, nil)
		if len(h.products) != 1 || len(h.doubts) != 0 {
			t.Errorf("%s: %d products, %+v", name, len(h.products), h.doubts)
			continue
		}
		p := h.products[0]
		r := p.Recognition
		if p.Product.Name != "Mật" || p.Producer.Name != "HTX Một" || p.Product.Note != "tốt" ||
			r.Stars != 3 || r.Number != "12/QĐ-UBND" || r.Date != "2026-09-10" || r.Authority != "UBND tỉnh Nghệ An" || r.ValidUntil != "2029-09-10" {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

func TestTickedStarsAreExactOrRefused(t *testing.T) {
	t.Parallel()
	h := table1(t, [][]any{
		{"Mã sản phẩm", "Tên sản phẩm", "Hạng sao", nil}, {nil, nil, "3 sao", "4 sao"},
		{"40-430-17950-1-2026", "a", "x", "x"}, {"40-430-17950-2-2026", "b"}, {"40-430-17950-3-2026", "c", nil, "đề nghị"}, {"40-430-17950-4-2026", "d", nil, 4},
	}, nil)
	var got []string
	for _, d := range h.doubts {
		got = append(got, d.Cell+" "+d.Reason)
	}
	if s := strings.Join(got, "; "); s != "C3 star.several_numbers; C4 star.not_stated; C5 star.unreadable" || h.products[3].Recognition.Stars != 4 {
		t.Errorf("%s; %+v", s, h.products[3].Recognition)
	}
}

// Totals, signatures and section rows are no products; a row that may be one
// is never passed over.
func TestWhatStandsAboutTheRows(t *testing.T) {
	t.Parallel()
	h := table1(t, [][]any{
		{"STT", "Mã sản phẩm", "Tên sản phẩm", "Chủ thể", "Hạng sao", "Ngày quyết định"},
		{"I", "HUYỆN NAM ĐÀN"}, {"I. ĐỊA BÀN NAM ĐÀN"},
		{1, "40-430-17950-1-2026", "a", "A", "3 sao", "10/09/2026"},
		{"Cộng", 1, 1}, {"Tổng cộng", nil, "1 sản phẩm", nil, "3 sao: 1"},
		{"II", "Nhóm thực phẩm"},
		{1, "40-430-17950-2-2026", "b", "B", "3 sao", "10/09/2026"},
		{2, "chưa có mã", "c", "C", "3 sao", "10/09/2026"}, // row 9: refused
		{3, nil, "d"}, // row 10: refused
		{nil, "?", "e", "E", "3 sao", "10/09/2026"},               // row 11: refused
		{nil, nil, "g", "G", "3 sao", "ngày 10 tháng 9 năm 2026"}, // row 12: refused
		{nil, "Tổng cộng: 5 sản phẩm"}, {},
		{nil, nil, nil, nil, nil, "Nghệ An, ngày 24 tháng 11 năm 2026"},
		{nil, "NGƯỜI LẬP BIỂU", nil, nil, nil, "KT. CHỦ TỊCH"}, {nil, "(Ký, ghi rõ họ tên)", nil, nil, nil, "PHÓ CHỦ TỊCH"}, {nil, "Nguyễn Văn A", nil, nil, nil, "Trần Thị B"},
	}, nil)
	var refused []string
	for _, d := range h.doubts {
		refused = append(refused, d.Cell+" "+d.Reason)
	}
	want := []string{"B9 code.bad_format", "B10 code.missing", "B11 code.bad_format", "B12 code.missing"}
	if len(h.products) != 2 || !slices.Equal(refused, want) {
		t.Errorf("%d products, %q", len(h.products), refused)
	}
	if d := h.products[1].Product.District; d != "Nam Đàn" {
		t.Errorf("district %q", d)
	}
	sold := table1(t, [][]any{
		{"SKU", "Mã SP", "Giá bán"}, {"NM", someCode, "85.000"}, {"Cộng", nil, "85.000"}, {"MM", nil, "90.000"}, {"TL", nil, "95.000"},
	}, nil)
	if len(sold.skus) != 3 || len(sold.doubts) != 0 {
		t.Errorf("%+v; %+v", sold.skus, sold.doubts)
	}
}

// A year mistyped in the last day must not keep a product on sale for decades.
func TestALastDayBeyondAllMeasureIsDoubtful(t *testing.T) {
	t.Parallel()
	h := table1(t, [][]any{
		{"Mã sản phẩm", "Tên sản phẩm", "Ngày quyết định", "Có giá trị đến"},
		{someCode, "a", "10/09/2026", "10/09/2092"}, {"40-430-17950-2-2026", "b", "10/09/2026", "10/09/2031"},
	}, nil)
	if len(h.doubts) != 1 || h.doubts[0].Reason != "date.too_long" || h.doubts[0].Cell != "D2" || h.products[0].Recognition.ValidUntil != "" || h.products[1].Recognition.ValidUntil != "2031-09-10" {
		t.Errorf("%+v", h.doubts)
	}
}
