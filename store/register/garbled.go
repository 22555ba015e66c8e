package register

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// Texts written with the fonts of before Unicode (.VnTime, VNI-Times) look
// right only in those fonts: "NghÖ An" and "Ngheä An" both stand for Nghệ An.
// They are told by their words: what is no Vietnamese syllable as it stands,
// and is one in the old table, is such a word. Nothing of them is guessed into
// the record; the cell is refused and says so.

// ErrGarbled says that a table's headings are not Vietnamese in Unicode; the
// error is a *GarbledError.
var ErrGarbled = errors.New("the headings are not Unicode: convert the file to Unicode")

// GarbledError names a heading that can't be read as it stands.
type GarbledError struct {
	Sheet, Cell, Value string
	Font               string // TCVN3 (ABC), VNI; empty: UTF-8 that was taken for something else
	Means              string // what the heading says
}

func (e *GarbledError) Error() string {
	return fmt.Sprintf("%s!%s %q (%s, means %q): %v", e.Sheet, e.Cell, e.Value, cmp.Or(e.Font, "UTF-8 read as Windows-1252"), e.Means, ErrGarbled)
}

func (e *GarbledError) Unwrap() error { return ErrGarbled }

// garbledHeadings looks for headings in a row that is none as it stands.
func garbledHeadings(cells []string) (at int, font, means string, found bool) {
	decoded := make([]string, len(cells))
	at = -1
	for i, c := range cells {
		decoded[i] = c
		why, _ := garbled(c)
		if why == nil || why.args["means"] == "" {
			continue
		}
		decoded[i] = why.args["means"]
		if field, _ := headingField(decoded[i]); field != "" && at < 0 {
			at, font, means = i, why.args["font"], decoded[i]
		}
	}
	if at < 0 {
		return 0, "", "", false
	}
	_, _, found = readHeadings(oneRow(decoded))
	return at, font, means, found
}

// oldFont is one of the tables of before Unicode.
type oldFont struct {
	name   string
	decode func(string) string
}

var oldFonts = []oldFont{{"TCVN3 (ABC)", fromTCVN3}, {"VNI", fromVNI}}

// garbled tells why a text can't be Vietnamese as it stands, nil when it can.
// plainText is what an old font's text says.
func garbled(s string) (why *refusal, plainText string) {
	if isASCII(s) {
		if lostLetters.MatchString(s) && !strings.ContainsAny(s, "/=&") {
			return refuse("text.lost_letters"), ""
		}
		return nil, ""
	}
	if strings.ContainsRune(s, utf8.RuneError) || lostLetters.MatchString(s) && !strings.ContainsAny(s, "/=&") {
		return refuse("text.lost_letters"), ""
	}
	if m, ok := fromMojibake(s); ok {
		return refuse("text.mojibake", "means", m), ""
	}
	for _, r := range s {
		if r > 0xff && unicode.Is(unicode.Latin, r) || unicode.Is(unicode.Mn, r) {
			return nil, "" // letters that only Unicode has
		}
	}
	best := 0
	for _, f := range oldFonts {
		if n := oldWords(s, f); n > best {
			best = n
			plainText = f.decode(s)
			why = refuse("text.old_font", "font", f.name, "means", plainText)
		}
	}
	return why, plainText
}

// lostLetters is a question mark inside a word, where a letter was.
var lostLetters = regexp.MustCompile(`\pL\?+\pL|\x{fffd}`)

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// oldWords counts the words that are Vietnamese in an old font only; 0 where
// the text reads no better in that font than as it stands.
func oldWords(s string, f oldFont) int {
	n, asTheyAre, bothWays := countWords(s, f)
	if n <= asTheyAre && bothWays < asTheyAre {
		return 0
	}
	return n
}

// countWords counts, of the words that are not plain Latin, those that are
// Vietnamese in an old font only, those that are as they stand, and of these
// the ones that are in the old font too.
func countWords(s string, f oldFont) (n, asTheyAre, bothWays int) {
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return r < utf8.RuneSelf && !unicode.IsLetter(r) }) {
		if isASCII(w) || strings.IndexFunc(w, func(r rune) bool { return r < utf8.RuneSelf }) < 0 {
			continue
		}
		switch {
		case isSyllable(w) && !oddCase(w):
			asTheyAre++
			if isSyllable(f.decode(w)) {
				bothWays++
			}
		case shortForm.MatchString(f.decode(w)):
			n += 2 // surer than a syllable
		case isSyllable(f.decode(w)):
			n++
		}
	}
	return n, asTheyAre, bothWays
}

// syllable is how Vietnamese is spelt, with ´ where the tone stands.
var syllable = regexp.MustCompile(`^(?:ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdđghklmnprstvx])?(?:` +
	strings.Join([]string{
		`(?:a|â)´?[uy]|a´?[io]|e´?o|(?:ê|i|ư)´?u|(?:o|ô|ơ|u|ư)´?i|i´?a|u´?a|ư´?a|y´?a`, // open, toned on the first
		`(?:o|u)´?[ae]´?|u´?ê´?|u´?y´?|u´?ơ´?|oa´?[iy]|oe´?o|uâ´?y|uy´?u|uya´?|(?:iê|yê)´?u|uô´?i|ươ´?[iu]`,
		`(?:iê|yê|uô|ươ|uyê|oă|uâ|oo)´?(?:ng|[cmnpt])|(?:oa|oe|uê|uy)´?(?:ng|nh|ch|[cmnpt])`,
		`[aêiyâ]´?(?:nh|ch)|[aăâeêioôơuưy]´?(?:ng|[cmnptk])?`,
	}, "|") + `)$`)

// isSyllable tells whether a word is a syllable of Vietnamese.
func isSyllable(w string) bool {
	var b strings.Builder
	for _, r := range norm.NFC.String(strings.ToLower(w)) {
		letter, tone := []rune{}, false
		for _, part := range norm.NFD.String(string(r)) {
			switch part {
			case 0x300, 0x301, 0x303, 0x309, 0x323:
				tone = true
			default:
				letter = append(letter, part)
			}
		}
		b.WriteString(norm.NFC.String(string(letter)))
		if tone {
			b.WriteString("´")
		}
	}
	return strings.Count(b.String(), "´") <= 1 && syllable.MatchString(b.String())
}

// shortForm is how decisions and offices are shortened: QĐ, NĐ, HĐND.
var shortForm = regexp.MustCompile(`^[A-Z]{0,3}Đ[A-Z]{0,3}$`)

// oddCase finds a capital after a small letter, as "Ì" in "ChÌ".
func oddCase(w string) bool {
	small := false
	for _, r := range w {
		if small && unicode.IsUpper(r) {
			return true
		}
		small = unicode.IsLower(r)
	}
	return false
}

// fromMojibake reads UTF-8 that was taken for Windows-1252: "Nghá»‡ An".
func fromMojibake(s string) (string, bool) {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		c, ok := charmap.Windows1252.EncodeRune(r)
		if !ok {
			if r > 0xff {
				return "", false
			}
			c = byte(r) // the five that Windows-1252 leaves open
		}
		b = append(b, c)
	}
	if !utf8.Valid(b) {
		return "", false
	}
	return norm.NFC.String(string(b)), true
}

// The letters of TCVN3 with the bytes that stand for them; the fonts of
// capitals use the same bytes.
const tcvn3Letters = "ă\xa8â\xa9đ\xaeê\xaaô\xabơ\xacư\xadĂ\xa1Â\xa2Đ\xa7Ê\xa3Ô\xa4Ơ\xa5Ư\xa6" +
	"à\xb5ả\xb6ã\xb7á\xb8ạ\xb9ằ\xbbẳ\xbcẵ\xbdắ\xbeặ\xc6ầ\xc7ẩ\xc8ẫ\xc9ấ\xcaậ\xcb" +
	"è\xccẻ\xceẽ\xcfé\xd0ẹ\xd1ề\xd2ể\xd3ễ\xd4ế\xd5ệ\xd6ì\xd7ỉ\xd8ĩ\xdcí\xddị\xde" +
	"ò\xdfỏ\xe1õ\xe2ó\xe3ọ\xe4ồ\xe5ổ\xe6ỗ\xe7ố\xe8ộ\xe9ờ\xeaở\xebỡ\xecớ\xedợ\xee" +
	"ù\xefủ\xf1ũ\xf2ú\xf3ụ\xf4ừ\xf5ử\xf6ữ\xf7ứ\xf8ự\xf9ỳ\xfaỷ\xfbỹ\xfcý\xfdỵ\xfe"

var tcvn3 = func() map[rune]rune {
	table := map[rune]rune{}
	var letter rune
	for i := 0; i < len(tcvn3Letters); {
		r, size := utf8.DecodeRuneInString(tcvn3Letters[i:])
		if r == utf8.RuneError && size == 1 {
			table[rune(tcvn3Letters[i])] = letter
		} else {
			letter = r
		}
		i += size
	}
	return table
}()

func fromTCVN3(s string) string {
	return strings.Map(func(r rune) rune {
		if l, ok := tcvn3[r]; ok {
			return l
		}
		return r
	}, s)
}

// In VNI, marks follow their letters; đ, ơ, ư and the i with tones are letters
// of their own.
var (
	vniMarks = map[rune]string{
		'ø': "\u0300", 'ù': "\u0301", 'õ': "\u0303", 'û': "\u0309", 'ï': "\u0323",
		'â': "\u0302", 'à': "\u0302\u0300", 'á': "\u0302\u0301", 'ã': "\u0302\u0303", 'å': "\u0302\u0309", 'ä': "\u0302\u0323",
		'ê': "\u0306", 'è': "\u0306\u0300", 'é': "\u0306\u0301", 'ü': "\u0306\u0303", 'ú': "\u0306\u0309", 'ë': "\u0306\u0323",
	}
	vniLetters = map[rune]string{
		'ñ': "đ", 'ô': "ơ", 'ö': "ư", 'ì': "ì", 'í': "í", 'æ': "ỉ", 'ó': "ĩ", 'ò': "ị", 'î': "ỵ",
	}
)

func fromVNI(s string) string {
	var b strings.Builder
	vowel := false
	for _, r := range s {
		lower := unicode.ToLower(r)
		if m, ok := vniMarks[lower]; ok && vowel {
			b.WriteString(m)
			continue
		}
		if l, ok := vniLetters[lower]; ok {
			if lower != r {
				l = strings.ToUpper(l)
			}
			b.WriteString(l)
		} else {
			b.WriteRune(r)
		}
		vowel = strings.ContainsRune("aeiouyôö", lower)
	}
	return norm.NFC.String(b.String())
}
