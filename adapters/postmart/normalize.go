package postmart

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/text/unicode/norm"
)

// text is what Postmart makes of a text: NFC, trimmed, each run of white space
// one space. Go's unicode.IsSpace is Unicode's White_Space, as in the contract.
func text(s string) string {
	return strings.Join(strings.Fields(norm.NFC.String(strings.ToValidUTF8(s, "\uFFFD"))), " ")
}

// storyHeading stands above the story in a description.
const storyHeading = "Câu chuyện sản phẩm"

// description makes the HTML of a description from plain text: a paragraph for
// each line, the story after them under its heading.
func description(plain, story string) string {
	var b strings.Builder
	paragraphs(&b, plain)
	before := b.Len()
	b.WriteString("<h3>" + storyHeading + "</h3>")
	heading := b.Len()
	paragraphs(&b, story)
	out := b.String()
	if len(out) == heading { // no story
		out = out[:before]
	}
	return canonicalHTML(out)
}

func paragraphs(b *strings.Builder, plain string) {
	for line := range strings.Lines(plain) {
		if line = text(line); line != "" {
			b.WriteString("<p>")
			escape(b, line)
			b.WriteString("</p>")
		}
	}
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func escape(b *strings.Builder, s string) { _, _ = escaper.WriteString(b, s) }

// tags are those a description may have, and what Postmart makes of each.
// Blocks begin a line of their own, so white space beside them means nothing.
var tags = map[string]struct {
	as    string
	block bool
}{
	"p": {"p", true}, "br": {"br", true}, "ul": {"ul", true}, "ol": {"ol", true}, "li": {"li", true}, "h3": {"h3", true},
	"b": {"strong", false}, "strong": {"strong", false}, "i": {"em", false}, "em": {"em", false},
}

// canonicalHTML writes a description in one form, so that two that Postmart
// shows alike are equal: b and i as strong and em, entities only where needed,
// no white space beside blocks. Doing it twice is doing it once.
func canonicalHTML(s string) string {
	var out, pending strings.Builder
	afterBlock := true
	flush := func(beforeBlock bool) {
		t := spaced(pending.String(), afterBlock, beforeBlock)
		pending.Reset()
		if t != "" {
			escape(&out, t)
			afterBlock = false
		}
	}
	z := html.NewTokenizer(strings.NewReader(strings.ToValidUTF8(s, "\uFFFD")))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		token := z.Token()
		tag, known := tags[token.Data]
		switch {
		case kind == html.TextToken:
			pending.WriteString(token.Data)
		case !known || kind == html.CommentToken || kind == html.DoctypeToken:
			// Nothing of the contract: only its text counts.
		case kind == html.EndTagToken && tag.as == "br":
		default:
			flush(tag.block)
			out.WriteByte('<')
			if kind == html.EndTagToken {
				out.WriteByte('/')
			}
			out.WriteString(tag.as)
			out.WriteByte('>')
			afterBlock = tag.block
		}
	}
	flush(true)
	return out.String()
}

// spaced is text between two tags: inside, runs of white space are one space;
// at its ends they stay as one space unless a block stands there.
func spaced(s string, afterBlock, beforeBlock bool) string {
	if s == "" {
		return ""
	}
	const mark = "x" // keeps the white space at both ends from being trimmed
	s = strings.Join(strings.Fields(mark+norm.NFC.String(s)+mark), " ")
	s = strings.TrimSuffix(strings.TrimPrefix(s, mark), mark)
	if afterBlock {
		s = strings.TrimPrefix(s, " ")
	}
	if beforeBlock {
		s = strings.TrimSuffix(s, " ")
	}
	return s
}
