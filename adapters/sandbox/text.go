package sandbox

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// oneLine is what Postmart makes of a text: trimmed, runs of white space one
// space, NFC. White space is Unicode's White_Space, as strings.Fields has it.
func oneLine(s string) string {
	return norm.NFC.String(strings.Join(strings.Fields(norm.NFC.String(s)), " "))
}

// trimmed is what Voso makes of a text: trimmed, NFC, line ends \n.
func trimmed(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.ReplaceAll(s, "\r", "\n")
	return norm.NFC.String(strings.TrimSpace(norm.NFC.String(s)))
}

var allowedTags = map[string]bool{"p": true, "br": true, "b": true, "strong": true, "i": true, "em": true, "ul": true,
	"ol": true, "li": true, "h3": true}

var tagNames = map[string]string{"b": "strong", "i": "em"}

// markup is what Postmart makes of a description: oneLine, b and i become
// strong and em. ok is false where a tag is not allowed, has attributes, or
// never ends. A < that begins no tag is text.
func markup(s string) (out string, ok bool) {
	s = oneLine(s)
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 || i+1 == len(s) {
			b.WriteString(s)
			return b.String(), true
		}
		b.WriteString(s[:i])
		s = s[i:]
		if !opensTag(s[1]) {
			b.WriteByte('<')
			s = s[1:]
			continue
		}
		end := strings.IndexByte(s, '>')
		if end < 0 {
			return "", false
		}
		tag, good := readTag(s[1:end])
		if !good {
			return "", false
		}
		b.WriteString(tag)
		s = s[end+1:]
	}
}

func opensTag(c byte) bool {
	return c == '/' || c == '!' || c == '?' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func readTag(in string) (string, bool) {
	name, open, end := in, "<", ">"
	if strings.HasPrefix(name, "/") {
		name, open = name[1:], "</"
	} else if strings.HasSuffix(name, "/") {
		name, end = name[:len(name)-1], "/>"
	}
	name = strings.TrimSuffix(name, " ")
	lower := strings.ToLower(name)
	if !allowedTags[lower] {
		return "", false
	}
	if to, is := tagNames[lower]; is {
		return open + to + end, true
	}
	return "<" + in + ">", true
}
