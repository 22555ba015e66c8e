package text

import "strings"

// Lang is a language of words for people.
type Lang string

// The languages.
const (
	VI Lang = "vi"
	EN Lang = "en"
)

// ParseLang reads vi or en; anything else is Vietnamese.
func ParseLang(s string) Lang {
	if strings.EqualFold(s, string(EN)) {
		return EN
	}
	return VI
}

// Phrase is one thing to say, in both languages. Arguments stand as {name}.
type Phrase struct{ VI, EN string }

// In gives the phrase in a language, its arguments filled in from pairs of
// name and value.
func (p Phrase) In(l Lang, pairs ...string) string {
	s := p.VI
	if l == EN {
		s = p.EN
	}
	if len(pairs) == 0 {
		return s
	}
	with := make([]string, len(pairs))
	for i := range pairs {
		with[i] = pairs[i]
		if i%2 == 0 {
			with[i] = "{" + pairs[i] + "}"
		}
	}
	return strings.NewReplacer(with...).Replace(s)
}

// Sentence gives the sentence and what to do of an explanation in a language.
func Sentence(l Lang, vi, en string) string {
	if l == EN {
		return en
	}
	return vi
}
