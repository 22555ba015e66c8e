package voso

import "regexp"

// The contact details to which Voso answers DESCRIPTION_FORBIDDEN_CONTACT, read
// to the letter: whatever stands before or after them, so that nothing is sent
// only to be refused. Letters of a name may be any script's, as domain names
// may.
var contacts = []*regexp.Regexp{
	regexp.MustCompile(`[\p{L}\p{M}\p{N}._%+-]+@[\p{L}\p{M}\p{N}_-]+(\.[\p{L}\p{M}\p{N}_-]+)+`),
	regexp.MustCompile(`(?i)https?://|www\.`),
	// A bare name, where it ends: "abc.vnexpress" is none.
	regexp.MustCompile(`(?i)[\p{L}\p{M}\p{N}_-]\.(com|net|org|info|shop|store|asia|vn)($|[^\p{L}\p{N}])`),
	// 9 digits are found in 10 too; hyphens of any width, no-break spaces.
	regexp.MustCompile(`(0|84)([\s\x{00a0}.\x{2010}\x{2011}-]*[0-9]){9}`),
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
