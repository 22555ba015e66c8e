package adapters

import (
	"strconv"
	"unicode/utf8"
)

// Judge gathers the Problems of one offer or shop. An adapter embeds it in its
// own judge, which knows the marketplace's rules; the codes and their arguments
// are the same everywhere, so that one sentence serves every marketplace. The
// zero Judge has found nothing.
type Judge struct{ Problems []Problem }

// Say adds a problem of a field. Arguments come in pairs: name, value.
func (j *Judge) Say(field Field, code string, args ...string) {
	p := Problem{Field: string(field), Code: code}
	for i := 0; i+1 < len(args); i += 2 {
		if p.Args == nil {
			p.Args = map[string]string{}
		}
		p.Args[args[i]] = args[i+1]
	}
	j.Problems = append(j.Problems, p)
}

// Length tells whether s, counted in code points, lies within its bounds, and
// adds what is wrong otherwise: `subject.missing`, `.too_short` or `.too_long`.
func (j *Judge) Length(field Field, subject, s string, least, most int) bool {
	n := utf8.RuneCountInString(s)
	switch {
	case n == 0 && least > 0:
		j.Say(field, subject+".missing")
	case n < least:
		j.Say(field, subject+".too_short", "have", strconv.Itoa(n), "min", strconv.Itoa(least))
	case n > most:
		j.Say(field, subject+".too_long", "have", strconv.Itoa(n), "max", strconv.Itoa(most))
	default:
		return true
	}
	return false
}

// Within tells whether a number lies within its bounds, and adds
// `subject.missing` (0 where the least is more) or `.out_of_range` otherwise.
func (j *Judge) Within(field Field, subject string, n, least, most int64) bool {
	switch {
	case n == 0 && least > 0:
		j.Say(field, subject+".missing")
	case n < least || n > most:
		j.Say(field, subject+".out_of_range", "have", strconv.FormatInt(n, 10), "min", strconv.FormatInt(least, 10), "max", strconv.FormatInt(most, 10))
	default:
		return true
	}
	return false
}
