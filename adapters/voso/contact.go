package voso

import "regexp"

// The contact details to which Voso answers DESCRIPTION_FORBIDDEN_CONTACT.
// Letters of a name may be any script's, as domain names may.
const (
	label   = `[\p{L}\p{M}\p{N}_-]`
	between = `[ \x{00a0}.\x{2010}\x{2011}-]*` // spaces, dots, hyphens
)

var contacts = []*regexp.Regexp{
	regexp.MustCompile(`[\p{L}\p{M}\p{N}._%+-]+@` + label + `+(\.` + label + `+)+`),
	regexp.MustCompile(`(?i)https?://`),
	regexp.MustCompile(`(?i)(^|[^\p{L}\p{M}\p{N}_-])www\.`),
	// A bare name: its last part is one of these, so "abc.vnexpress" is none
	// and "abc.vn." at the end of a sentence is one.
	regexp.MustCompile(`(?i)` + label + `\.(com|net|org|info|shop|store|asia|vn)($|[^\p{L}\p{M}\p{N}_.-]|[.-]+($|[^\p{L}\p{M}\p{N}_.-]))`),
	// 0, 84 or +84 followed by 9 or 10 digits, not inside a longer number.
	regexp.MustCompile(`(^|[^0-9])(0|84)(` + between + `[0-9]){9,10}($|[^0-9])`),
}

// HasContact tells whether a description holds an e-mail address, a link or a
// telephone number as the contract describes them.
func HasContact(s string) bool {
	for _, c := range contacts {
		if c.MatchString(s) {
			return true
		}
	}
	return false
}
