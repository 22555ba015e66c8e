package register

import (
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

const csvText = "Mã hàng (SKU);Mã sản phẩm OCOP;Tên bán trên sàn;Giá bán (đồng)\n004001;40-416-16792-1-2026;\"Nước mắm 20°N; hạ thổ\nđặc biệt\";85.000 đ\n004002;40-416-16792-1-2026;Mật ong;50,000\n"

// to1258 writes Vietnamese as Windows-1258 does: base letters with their own
// hat or horn, tone marks apart.
func to1258(t *testing.T, s string) []byte {
	t.Helper()
	var b strings.Builder
	for _, r := range s {
		for _, tone := range []rune{0x300, 0x301, 0x303, 0x309, 0x323} {
			d := []rune(norm.NFD.String(string(r)))
			if len(d) < 2 {
				continue
			}
			for i, m := range d {
				if m == tone {
					b.WriteString(norm.NFC.String(string(append(append([]rune{}, d[:i]...), d[i+1:]...))) + string(tone))
					r = 0
				}
			}
			if r == 0 {
				break
			}
		}
		if r != 0 {
			b.WriteRune(r)
		}
	}
	out, err := charmap.Windows1258.NewEncoder().String(b.String())
	if err != nil {
		t.Fatal(err)
	}
	return []byte(out)
}

func toUTF16(s string, bigEndian, mark bool) []byte {
	if mark {
		s = "\ufeff" + s
	}
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		if bigEndian {
			out = append(out, byte(u>>8), byte(u))
		} else {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	return out
}

func TestCSVInEveryDress(t *testing.T) {
	t.Parallel()
	with := func(sep string) string {
		return strings.NewReplacer("20°N; hạ", "20°N; hạ", ";", sep).Replace(csvText)
	}
	for name, b := range map[string][]byte{
		"UTF-8 with ;":          []byte(csvText),
		"UTF-8 with a mark":     []byte("\ufeff" + csvText),
		"tabs":                  []byte(with("\t")),
		"bars":                  []byte(with("|")),
		"old Mac line ends":     []byte(strings.ReplaceAll(csvText, "\n", "\r")),
		"Windows line ends":     []byte(strings.ReplaceAll(csvText, "\n", "\r\n")),
		"NFD":                   []byte(norm.NFD.String(csvText)),
		"sep= line":             []byte("sep=;\r\n" + csvText),
		"title rows":            []byte("DANH SÁCH\n\n" + csvText),
		"UTF-16 with a mark":    toUTF16(with("\t"), false, true),
		"UTF-16 big endian":     toUTF16(csvText, true, true),
		"UTF-16 without a mark": toUTF16(csvText, false, false),
		"Windows-1258":          to1258(t, csvText),
	} {
		h := read(t, "gia.csv", b)
		if len(h.skus) != 2 {
			t.Errorf("%s: %d SKUs of %+v", name, len(h.skus), h.sheets)
			continue
		}
		s := h.skus[0].SKU
		if s.Code != "004001" || s.Name != "Nước mắm 20°N; hạ thổ đặc biệt" || s.Price != 85_000 || s.ProductCode != "40-416-16792-1-2026" {
			t.Errorf("%s: %+v", name, s)
		}
		if d := h.skus[1].SKU.Doubts["price"]; d.Reason != "price.comma" || !strings.HasPrefix(d.Cell, "dòng ") || !strings.HasSuffix(d.Cell, ", cột 4") {
			t.Errorf("%s: %+v", name, d)
		}
	}
}

func TestCSVWithCommas(t *testing.T) {
	t.Parallel()
	h := read(t, "gia.csv", []byte("SKU,Mã SP,Giá\n004001,40-416-16792-1-2026,\"85.000\"\n004001,40-416-16792-1-2026,1\n,40-416-16792-1-2026,85.000\n"))
	if len(h.skus) != 1 || h.skus[0].SKU.Price != 85_000 || len(h.doubts) != 2 || h.doubts[0].Reason != "sku.twice" || h.doubts[1].Reason != "sku.missing" || h.doubts[1].Cell != "dòng 4, cột 1" {
		t.Errorf("%+v; %+v", h.skus, h.doubts)
	}
}

func TestASheetOfBothKinds(t *testing.T) {
	t.Parallel()
	h := read(t, "x.csv", []byte("Mã sản phẩm,Tên sản phẩm,Hạng sao,Mã hàng,Giá\n40-416-16792-1-2026,Mật,3 sao,A-1,85.000\n40-416-16792-1-2026,Mật,3 sao,A-2,95.000\n40-416-16792-2-2026,Chè,4,,\n"))
	if len(h.products) != 3 || len(h.skus) != 2 || len(h.doubts) != 0 || h.skus[1].SKU.Price != 95_000 {
		t.Errorf("%d products, %d SKUs, %+v", len(h.products), len(h.skus), h.doubts)
	}
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte(csvText))
	f.Add([]byte("\xff\xfea\x00;\x00"))
	f.Add([]byte("sep=;\nSKU;Giá\n\"1;2"))
	f.Fuzz(func(t *testing.T, b []byte) {
		h := &heap{}
		if err := Load(t.Context(), []File{FromBytes("x", b)}, Pictures{}, h); err != nil {
			return
		}
		for _, s := range h.skus {
			if s.SKU.Code == "" || !norm.NFC.IsNormalString(s.SKU.Name) {
				t.Errorf("%+v", s)
			}
		}
	})
}
