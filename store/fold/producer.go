package fold

import (
	"strings"
	"unicode"
)

// abbreviations are those that registers use in names of producers; both forms
// give one key.
var abbreviations = map[string]string{
	"cp": "cổ phần", "cty": "công ty", "tnhh": "trách nhiệm hữu hạn", "mtv": "một thành viên",
	"htx": "hợp tác xã", "tht": "tổ hợp tác", "hkd": "hộ kinh doanh", "dntn": "doanh nghiệp tư nhân",
	"nn": "nông nghiệp", "dv": "dịch vụ", "dvnn": "dịch vụ nông nghiệp", "tm": "thương mại", "dvtm": "dịch vụ thương mại",
	"sx": "sản xuất", "kd": "kinh doanh", "sxkd": "sản xuất kinh doanh", "xnk": "xuất nhập khẩu", "dl": "du lịch",
	"khcn": "khoa học công nghệ", "ttcn": "tiểu thủ công nghiệp", "&": "và",
}

// ProducerKey is the form in which names of producers are compared: NFC, lower
// case, abbreviations written out, one way of placing tone marks, no
// punctuation. Accents stay: mật is not mát.
func ProducerKey(name string) string {
	name = strings.ToLower(Clean(name))
	var words []string
	for _, w := range strings.FieldsFunc(strings.ReplaceAll(name, "&", " & "), func(r rune) bool {
		return r != '&' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		if long, ok := abbreviations[w]; ok {
			w = long
		}
		words = append(words, placeTone(w))
	}
	return strings.Join(words, " ")
}

// Name is the form in which names of places are compared: as ProducerKey, but
// nothing is written out.
func Name(name string) string {
	words := strings.FieldsFunc(strings.ToLower(Clean(name)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i, w := range words {
		words[i] = placeTone(w)
	}
	return strings.Join(words, " ")
}

// toneStyles maps the newer way of placing a tone mark at the end of a
// syllable to the older one: hoà and hòa are one word.
var toneStyles = map[string]string{
	"oà": "òa", "oá": "óa", "oả": "ỏa", "oã": "õa", "oạ": "ọa",
	"oè": "òe", "oé": "óe", "oẻ": "ỏe", "oẽ": "õe", "oẹ": "ọe",
	"uỳ": "ùy", "uý": "úy", "uỷ": "ủy", "uỹ": "ũy", "uỵ": "ụy",
}

func placeTone(word string) string {
	rs := []rune(word)
	if len(rs) < 3 || rs[len(rs)-3] == 'q' { // quý is written one way only
		return word
	}
	if old, ok := toneStyles[string(rs[len(rs)-2:])]; ok {
		return string(rs[:len(rs)-2]) + old
	}
	return word
}
