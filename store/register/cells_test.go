package register

import (
	"strconv"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"lensan/store/catalog"
	"lensan/store/fold"
)

// outcome is a value as text, or the reason of a refusal.
func outcome[T any](v T, no *refusal, show func(T) string) string {
	if no != nil {
		return no.code
	}
	return show(v)
}

func TestStars(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"3": "3", "3 sao": "3", "OCOP 3 sao": "3", "3★": "3", "3 ★": "3", "4.0": "4", "Hạng 4 sao": "4", "5 SAO": "5", "★★★": "3",
		"ba sao": "3", norm.NFD.String("bốn sao"): "4", "1": "1", "2 sao": "2", "Đạt 3 sao": "3", "3 sao OCOP": "3",
		"03 sao": "3", "hạng ba sao": "3", "OCOP 3 sao cấp tỉnh": "3", "3 sao cấp huyện": "3", "5 sao quốc gia": "5", "4 (bốn) sao": "4", "Bốn (4) sao": "4", "★★★☆☆": "3", "OCOP 3*": "3",
		"4 (ba) sao": "star.unreadable", "không đạt 3 sao": "star.unreadable", "3 sao (thu hồi)": "star.unreadable", "4 sao (tiềm năng 5 sao)": "star.potential", "☆☆☆": "star.unreadable",
		"4 SP OCOP 5 sao quốc gia + 7 SP OCOP 4 sao": "star.several_numbers", "3-4 sao": "star.several_numbers", "3,5": "star.several_numbers",
		"tiềm năng 5 sao": "star.potential", "đạt 4 sao và được đề xuất công nhận 5 sao": "star.proposed", "khách sạn 4 sao": "star.hotel",
		"-": "star.not_stated", "không nêu": "star.not_stated", "6 sao": "star.out_of_range", "0": "star.out_of_range", "33": "star.out_of_range", "sao": "star.unreadable", "45799": "star.out_of_range",
	} {
		got, no := parseStars(in)
		if s := outcome(got, no, strconv.Itoa); s != want {
			t.Errorf("%q: %s, want %s", in, s, want)
		}
	}
}

// F21: a price is exact or refused.
func TestPrice(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"85000": "85000", "85.000": "85000", "85.000 đ": "85000", "85.000đ": "85000", "1.250.000 VNĐ": "1250000", "50.000 đồng": "50000", "85 000 ₫": "85000",
		"367000.00000000006": "367000", "50.000": "50000", "50.000 đ": "50000",
		"50,000": "price.comma", "50.00": "price.decimals", "50.5": "price.decimals", "1,2E+12": "cell.scientific", "1.2E+05": "cell.scientific", "liên hệ": "price.contact_us",
		norm.NFD.String("Liên hệ"): "price.contact_us", "Giá thỏa thuận": "price.contact_us", "0": "price.not_positive", "-5": "price.not_positive", "-85.000": "price.not_positive",
		"85": "price.too_small", "999": "price.too_small", "50.000 - 60.000": "price.several_numbers", "85k": "price.short", "85 nghìn": "price.short", "0,85 triệu": "price.short", "85.000đ/kg": "price.per_unit", "85.000 đ/chai 500ml": "price.per_unit", "từ 85.000": "price.unreadable",
		"85.0000": "price.decimals", "0.085": "price.decimals", "1.200.50": "price.decimals", "85.000,00": "price.comma", "null": "price.unreadable", "9999999999999": "price.too_large", "1e999": "cell.scientific",
	} {
		got, no := priceParser(1)(in)
		if s := outcome(got, no, func(n int64) string { return strconv.FormatInt(n, 10) }); s != want {
			t.Errorf("%q: %s, want %s", in, s, want)
		}
	}
	if got, no := priceParser(1000)("85"); no != nil || got != 85_000 {
		t.Errorf("under a heading in thousands: %d, %v", got, no)
	}
	if _, no := priceParser(1000)("85.000"); no == nil {
		t.Error("85.000 under a heading in thousands can't be told")
	}
}

func TestStockAndWeight(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"0": "0", "350": "350", "1.200": "1200", "-1": "stock.negative", "hết hàng": "stock.unreadable", "1,5": "stock.unreadable", "983478741": "stock.too_large"} {
		got, no := parseStock(in)
		if s := outcome(got, no, func(n *int64) string { return strconv.FormatInt(*n, 10) }); s != want {
			t.Errorf("stock %q: %s, want %s", in, s, want)
		}
	}
	for in, want := range map[string]string{"500": "500", "500 g": "500", "1.200": "1200", "1,2 kg": "1200", "1.5kg": "1500", "2 KG": "2000", "0.125 kg": "125", "1.200 kg": "weight.unreadable", "0": "weight.not_positive", "nửa ký": "weight.unreadable", "0,5": "weight.unreadable", "99999999": "weight.too_large"} {
		got, no := weightParser(1)(in)
		if s := outcome(got, no, func(n int64) string { return strconv.FormatInt(n, 10) }); s != want {
			t.Errorf("weight %q: %s, want %s", in, s, want)
		}
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"08/07/2026": "2026-07-08", "8/7/2026": "2026-07-08", "2026-07-08": "2026-07-08", "8-7-2026": "2026-07-08", "45799": "2025-05-22", "45799.5": "2025-05-22",
		"ngày 8 tháng 7 năm 2026": "2026-07-08", "2026-07-08 00:00:00": "2026-07-08", "2026-07-08T00:00:00Z": "2026-07-08",
		"Nghệ An, ngày 8 tháng 7 năm 2026": "2026-07-08", "8 tháng 7 năm 2026": "2026-07-08", "8 / 7 / 2026": "2026-07-08", "Ngày 08/07/2026": "2026-07-08", "08/07/2026 00:00": "2026-07-08", "2026/07/08": "2026-07-08",
		"08/07/2026 14:30": "date.unknown_form", "tháng 7 năm 2026": "date.unknown_form", "10/9/2029 (36 tháng)": "date.unknown_form", "24-Nov-26": "date.unknown_form",
		"12/31/2024": "date.no_such_day", "29/02/2025": "date.no_such_day", "08/07/26": "date.unknown_form", "2025": "date.unknown_form", "7/2026": "date.unknown_form", "tháng 7": "date.unknown_form", "99999": "date.unknown_form", "2026-07-08 05:00": "date.unknown_form",
	} {
		got, no := dateParser(true, false)(in)
		if s := outcome(got, no, func(d catalog.Day) string { return string(d) }); s != want {
			t.Errorf("%q: %s, want %s", in, s, want)
		}
	}
	for in, want := range map[string]string{"36 tháng": "", "3 năm": "", "24 tháng": "date.term", "10/09/2029": "2029-09-10", "lâu dài": "date.unknown_form"} {
		got, no := validityParser(dateParser(true, false))(in)
		if s := outcome(got, no, func(d catalog.Day) string { return string(d) }); s != want {
			t.Errorf("valid until %q: %s, want %s", in, s, want)
		}
	}
	if _, no := dateParser(false, false)("45799"); no == nil {
		t.Error("a CSV file has no serials")
	}
	if got, _ := dateParser(true, true)("44337"); got != "2025-05-22" {
		t.Errorf("since 1904: %s", got)
	}
}

func TestCodes(t *testing.T) {
	t.Parallel()
	same := func(s string) string { return s }
	for _, c := range []struct {
		parse    func(string) (string, *refusal)
		in, want string
	}{
		{parseProductCode, "40-430-17950-3-2025", "40-430-17950-3-2025"}, {parseProductCode, "40–430 - 17950-3-2025", "40-430-17950-3-2025"},
		{parseProductCode, "", "code.missing"}, {parseProductCode, "40-430-17950-3", "code.bad_format"}, {parseProductCode, "40-430-1795-3-2025", "code.bad_format"},
		{parseSKU, "004001", "004001"}, {parseSKU, "NM-20N", "NM-20N"}, {parseSKU, "1,2E+12", "cell.scientific"}, {parseSKU, "1.23457E+11", "cell.scientific"}, {parseSKU, "", "sku.missing"},
		{parseTaxCode, "2914361987", "2914361987"}, {parseTaxCode, "2914361987-001", "2914361987-001"}, {parseTaxCode, "291436198", "tax_code.lost_zero"}, {parseTaxCode, "2,91E+09", "cell.scientific"}, {parseTaxCode, "abc", "tax_code.bad_format"}, {parseTaxCode, "001099012345", "001099012345"},
		{parsePhone, "0983478741", "0983478741"}, {parsePhone, "0983 478 741", "0983478741"}, {parsePhone, "+84 983 478 741", "0983478741"}, {parsePhone, "84983478741", "0983478741"}, {parsePhone, "983478741", "phone.lost_zero"}, {parsePhone, "0983478741/0912345678", "phone.several_numbers"}, {parsePhone, "liên hệ", "phone.bad_format"},
		{parseSet, "07", "07"}, {parseSet, "7", "07"}, {parseSet, "Bộ 12", "12"}, {parseSet, "07. Gia vị", "07"}, {parseSet, "27", "set.unknown"}, {parseSet, "Gia vị", "set.unknown"}, {parseSet, "0", "set.unknown"},
		{parseCommuneCode, "17329", "17329"}, {parseCommuneCode, "1729", "commune.bad_code"},
		{parseURL, "https://truyxuat.example.vn/1", "https://truyxuat.example.vn/1"}, {parseURL, "truyxuat.vn", "url.bad_format"},
	} {
		got, no := c.parse(c.in)
		if s := outcome(got, no, same); s != c.want {
			t.Errorf("%q: %s, want %s", c.in, s, c.want)
		}
	}
}

func TestAuthorityMayAward(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		authority string
		stars     int
		day       catalog.Day
		want      string
	}{
		{"UBND tỉnh Nghệ An", 3, "2022-01-01", ""}, {"UBND huyện Tân Kỳ", 3, "2023-02-23", "authority.not_province"},
		{"UBND huyện Tân Kỳ", 3, "2023-02-24", ""}, {"UBND TX Hoàng Mai", 3, "2025-06-30", ""}, {"UBND TP Vinh", 3, "2024-01-01", ""},
		{"UBND huyện Tân Kỳ", 3, "2025-07-01", "authority.not_province"}, {"UBND tỉnh Nghệ An", 3, "2024-01-01", "authority.not_district"},
		{"UBND tỉnh Nghệ An", 4, "2024-01-01", ""}, {"UBND huyện Tân Kỳ", 4, "2024-01-01", "authority.not_province"},
		{"Bộ Nông nghiệp và Môi trường", 5, "2026-01-01", ""}, {"UBND tỉnh Nghệ An", 5, "2026-01-01", "authority.not_ministry"},
		{"UBND huyện Tân Kỳ", 3, "", ""}, {"UBND tỉnh Nghệ An", 3, "", ""}, {"", 5, "2026-01-01", ""}, {"UBND huyện Tân Kỳ", 2, "2026-01-01", ""},
		{"UBND thành phố Hà Nội", 4, "2026-01-01", ""}, {"UBND huyện Tân Kỳ, tỉnh Nghệ An", 3, "2024-01-01", ""}, {"UBND xã Tân Phú", 3, "2026-01-01", "authority.not_province"},
	} {
		got := ""
		if no := judgeAuthority(c.authority, c.stars, c.day); no != nil {
			got = no.code
		}
		if got != c.want {
			t.Errorf("%s, %d stars, %s: %q, want %q", c.authority, c.stars, c.day, got, c.want)
		}
	}
}

func TestRevocation(t *testing.T) {
	t.Parallel()
	for note, want := range map[string][2]bool{
		"Đã thu hồi Giấy chứng nhận (9/2023); chủ thể minh họa": {true, false},
		"Thu hồi theo QĐ 12/QĐ-UBND":                            {true, false},
		norm.NFD.String("thu hồi"):                              {true, false},
		"Da thu hoi":                                            {true, false},
		"Đề nghị thu hồi":                                       {false, true},
		"UBND xã đề xuất tỉnh thu hồi":                          {false, true},
		"dự kiến thu hồi năm sau":                               {false, true},
		"đang xem xét việc thu hồi":                             {false, true},
		"chưa bị thu hồi":                                       {false, true},
		"Không thu hồi":                                         {false, true},
		"Nguồn không nêu hạng sao; đã thu hồi":                  {true, false},
		"Đề nghị thu hồi ngày 1/1. Đã thu hồi ngày 1/2":         {true, false},
		"Theo nguồn công khai":                                  {false, false},
		"":                                                      {false, false},
		"de nghi thu hoi":                                       {false, true},
		"Đã xem xét; thu hồi giấy chứng nhận":                   {true, false},
		"Đề xuất thu hồi, chưa thu hồi":                         {false, true},
	} {
		revoked, proposed := readRevocation(note)
		if revoked != want[0] || proposed != want[1] {
			t.Errorf("%q: revoked %v, proposed %v", note, revoked, proposed)
		}
	}
}

func TestHeadings(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Mã sản phẩm OCOP": "product_code", "MÃ SP": "product_code", "Mã hàng (SKU)": "sku", "SKU": "sku", "Mã hàng cũ": "old_sku", norm.NFD.String("Hạng sao"): "stars",
		"Giá bán (đồng)": "price", "Giá bán, đồng/hộp": "price", "Xã/phường (từ 1/7/2025)": "commune_name", "Huyện (trước 1/7/2025)": "district", "Ảnh 2": "images", "Ảnh (cách nhau dấu ;)": "images",
		"Có giá trị đến": "valid_until", "  Ghi   chú * ": "note", "Chẳng biết": "", "STT": "",
	} {
		if got, _ := headingField(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]int64{"Khối lượng (kg)": 1000, "Khối lượng (g)": 1, "Giá bán (nghìn đồng)": 1000, "Giá bán (1.000 đ)": 1000, "Giá bán (đồng)": 1} {
		if _, got := headingField(in); got != want {
			t.Errorf("%q: times %d, want %d", in, got, want)
		}
	}
}

func FuzzCells(f *testing.F) {
	for _, s := range []string{"85.000 đ", "3 sao", "08/07/2026", "45799", "1,2E+12", "40-430-17950-3-2025", "★★", "+84983478741", "đề nghị thu hồi", "UBND huyện", "1.200", "07. x", "\ufeff\u200b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		s := fold.Clean(raw)
		if utf8.ValidString(raw) && (fold.Clean(s) != s || !norm.NFC.IsNormalString(s)) {
			t.Errorf("cleaning %q twice gives another text", raw)
		}
		if p, no := priceParser(1)(s); no == nil && (p < MinPrice || p > maxPrice) {
			t.Errorf("price %q: %d", s, p)
		}
		if n, no := parseStars(s); no == nil && (n < 1 || n > 5) {
			t.Errorf("stars %q: %d", s, n)
		}
		if d, no := dateParser(true, false)(s); no == nil {
			if _, err := catalog.ParseDay(string(d)); err != nil {
				t.Errorf("date %q: %v", s, err)
			}
		}
		if n, no := parseStock(s); no == nil && (*n < 0 || *n > maxStock) {
			t.Errorf("stock %q: %d", s, *n)
		}
		if n, no := weightParser(1)(s); no == nil && n <= 0 {
			t.Errorf("weight %q: %d", s, n)
		}
		if c, no := parseProductCode(s); no == nil {
			if again, no := parseProductCode(c); no != nil || again != c {
				t.Errorf("code %q: %q, then %q", s, c, again)
			}
		}
		if p, no := parsePhone(s); no == nil {
			if again, no := parsePhone(p); no != nil || again != p {
				t.Errorf("phone %q: %q, then %q", s, p, again)
			}
		}
		if revoked, proposed := readRevocation(s); revoked && proposed {
			t.Errorf("%q is both", s)
		}
		parseSet(s)
		parseTaxCode(s)
		judgeAuthority(s, 3, "2024-01-01")
		headingField(s)
	})
}
