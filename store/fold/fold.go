// Package fold brings texts to the forms in which they are kept, searched and
// matched. It imports the standard library and golang.org/x/text only.
package fold

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Clean is how a text is kept: NFC, without control characters, trimmed, runs
// of white space made one space.
func Clean(s string) string {
	s = norm.NFC.String(s)
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || isInvisible(r) }), " ")
}

// CleanLines is Clean for texts of several lines: line ends become \n, each
// line is cleaned, and empty lines at both ends go.
func CleanLines(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(s)
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = Clean(l)
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// Search is the form in which texts are searched: no accents, lower case, one
// space between words. "Đồng hồ Áo" and its NFD twin both give "dong ho ao".
func Search(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range norm.NFD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r), isInvisible(r):
			continue
		case unicode.IsSpace(r), unicode.IsControl(r):
			space = b.Len() > 0
			continue
		case r == 'đ', r == 'Đ':
			r = 'd'
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// isInvisible tells the characters that copying leaves in cells: zero-width
// space and joiners, byte order mark, soft hyphen.
func isInvisible(r rune) bool {
	switch r {
	case '\u200b', '\u200c', '\u200d', '\u2060', '\ufeff', '\u00ad':
		return true
	}
	return false
}
