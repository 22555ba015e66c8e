package sandbox

import (
	"regexp"
	"strings"
)

var (
	email = regexp.MustCompile(`[\pL\pN._%+-]+@[\pL\pN-]+(\.[\pL\pN-]+)+`)
	// A scheme or www. anywhere; a bare name with one of the endings, where
	// the name ends.
	link = regexp.MustCompile(`(?i)https?://|www\.|[\pL\pN-]+\.(com|net|org|info|shop|store|asia|vn)([^\pL\pN]|$)`)
	// 0, 84 or +84 and 9 or 10 digits with spaces, dots or hyphens between. To
	// the letter: whatever stands before and after.
	phone = regexp.MustCompile(`(\+84|84|0)([\s.\-]*[0-9]){9}`)
)

// hasContact tells whether Voso takes a description for one that holds a
// telephone number, an e-mail address or a link.
func hasContact(s string) bool {
	return strings.Contains(s, "@") && email.MatchString(s) || link.MatchString(s) || phone.MatchString(s)
}
