package register

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// toTCVN3 and toVNI write Vietnamese as the fonts of before Unicode do.
func toTCVN3(s string) string {
	back := map[rune]rune{}
	for b, l := range tcvn3 {
		back[l] = b
	}
	return strings.Map(func(r rune) rune {
		if b, ok := back[r]; ok {
			return b
		}
		if b, ok := back[[]rune(strings.ToLower(string(r)))[0]]; ok {
			return b // a font of capitals
		}
		return r
	}, s)
}

func toVNI(s string) string {
	var b strings.Builder
	for _, r := range s {
		at := b.Len()
		for l, as := range vniLetters {
			switch string(r) {
			case as:
				b.WriteRune(l)
			case strings.ToUpper(as):
				b.WriteString(strings.ToUpper(string(l)))
			}
		}
		if b.Len() > at {
			continue
		}
		d := []rune(norm.NFD.String(string(r)))
		tone, rest := "", []rune{}
		for _, m := range d[1:] {
			if strings.ContainsRune("\u0300\u0301\u0303\u0309\u0323\u0302\u0306", m) {
				tone += string(m)
			} else {
				rest = append(rest, m)
			}
		}
		base := norm.NFC.String(string(append([]rune{d[0]}, rest...)))
		for l, as := range vniLetters {
			if as == base {
				base = string(l)
			}
		}
		b.WriteString(base)
		for l, as := range vniMarks {
			if tone != "" && norm.NFD.String("a"+as) == norm.NFD.String("a"+tone) {
				b.WriteRune(l)
			}
		}
	}
	return b.String()
}

func mojibake(s string) string {
	var b strings.Builder
	for i := range len(s) {
		r := charmap.Windows1252.DecodeByte(s[i])
		if r == utf8.RuneError {
			r = rune(s[i]) // what Windows shows for the bytes it has no letter for
		}
		b.WriteRune(r)
	}
	return b.String()
}

var vietnamese = []string{
	"Nước mắm Vạn Phần", "Công ty cổ phần thủy sản Vạn Phần", "UBND tỉnh Nghệ An", "Mật ong rừng", "Bưởi hồng Quang Tiến", "Hộ Nguyễn Thị Hiền",
	"Hợp tác xã nông nghiệp Đồng Tâm", "Đã thu hồi", "Giò me Nam Nghĩa", "Tương Nam Đàn", "Quyết định số", "Rượu men lá", "Tinh bột nghệ", "Chè gay", "Bánh đa", "428/QĐ-UBND", "12/NĐ-CP",
}

func TestTextsOfOldFontsAreTold(t *testing.T) {
	t.Parallel()
	for _, s := range vietnamese {
		for font, write := range map[string]func(string) string{"TCVN3 (ABC)": toTCVN3, "VNI": toVNI} {
			why, means := garbled(write(s))
			if isASCII(write(s)) || write(s) == s {
				continue
			}
			if why == nil || why.code != "text.old_font" || why.args["font"] != font || means != s {
				t.Errorf("%s %q for %q: %+v, %q", font, write(s), s, why, means)
			}
		}
		if why, _ := garbled(mojibake(s)); why == nil || why.code != "text.mojibake" || why.args["means"] != s {
			t.Errorf("%q: %+v", mojibake(s), why)
		}
	}
}

func TestGoodTextsAreLeftAlone(t *testing.T) {
	t.Parallel()
	for _, s := range append(vietnamese, "Rosé", "Café Hoàng Gia", "Nestlé®", "Bio® Sen", "crème", "Düsseldorf", "São Paulo", "Hà Tĩnh", "Hòa Bình", "là gì", "20°N ½ lít ±2", "Ø 20", "Curaçao", "Bạn ăn chưa? Rồi", "Đắk Lắk",
		"https://a.vn/x?y=1", "HTX A·B", "Sen©", "thé", "Trà ô long", "Cà phê", "Nem chua", "Măng khô", "№ 5", "Bí xanh thơm", "Bò khô", "Cá rô", "dê núi", "Tỏi đen", "BIO®", "50 % § 3", "ISO 22000®") {
		for _, form := range []norm.Form{norm.NFC, norm.NFD} {
			if why, _ := garbled(form.String(s)); why != nil {
				t.Errorf("%q: %+v", s, why)
			}
		}
	}
}

func TestNoCellOfTheSampleIsTakenForAnOldFont(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../../cmd/lensan/sample/so-ocop-nghe-an.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range read(t, "x.xlsx", b).doubts {
		if strings.HasPrefix(d.Reason, "text.") {
			t.Errorf("%+v", d)
		}
	}
}

func TestAGarbledCellIsRefusedAndItsRowKept(t *testing.T) {
	t.Parallel()
	h := table1(t, [][]any{
		{"Mã sản phẩm", "Tên sản phẩm", "Chủ thể", "Hạng sao", "Ghi chú"},
		{someCode, toTCVN3("Nước mắm"), toVNI("HTX Đồng Tâm"), "3 sao", toTCVN3("Đã thu hồi")},
		{"40-430-17950-2-2026", "Nu?c m?m", "HTX", "3 sao"},
	}, nil)
	var got []string
	for _, d := range h.doubts {
		got = append(got, d.Cell+" "+d.Reason)
	}
	p := h.products[0]
	if s := strings.Join(got, "; "); s != "B2 text.old_font; E2 text.old_font; C2 text.old_font; B3 text.lost_letters" ||
		p.Product.Name != "" || p.Producer.Name != "" || p.Recognition.Stars != 3 {
		t.Errorf("%s; %+v", s, p)
	}
	if !p.Recognition.Revoked {
		t.Error("a revocation in an old font is one")
	}
}

func TestHeadingsOfOldFontsRefuseTheFile(t *testing.T) {
	t.Parallel()
	rows := "Ghi,chú\nMã sản phẩm,Tên sản phẩm,Quyết định số\n" + someCode + ",Mật,1\n"
	western := func(s string) []byte {
		b, err := charmap.Windows1252.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return []byte(b)
	}
	for name, c := range map[string]struct {
		b    []byte
		font string
	}{
		"TCVN3 in UTF-8":        {[]byte(toTCVN3(rows)), "TCVN3 (ABC)"},
		"VNI in UTF-8":          {[]byte(toVNI(rows)), "VNI"},
		"TCVN3 in bytes":        {western(toTCVN3(rows)), "TCVN3 (ABC)"},
		"VNI in bytes":          {western(toVNI(rows)), "VNI"},
		"UTF-8 taken for bytes": {[]byte(mojibake(rows)), ""},
		"one heading":           {bytes.Replace([]byte(rows), []byte("Quyết định số"), []byte(toVNI("Quyết định số")), 1), "VNI"},
	} {
		err := Load(t.Context(), []File{FromBytes("x.csv", c.b)}, Pictures{}, &heap{})
		var g *GarbledError
		if !errors.As(err, &g) || g.Font != c.font || !strings.HasPrefix(g.Cell, "dòng 2, cột ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
