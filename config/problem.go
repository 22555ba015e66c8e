package config

import (
	"sort"
	"strings"
)

// Problem is one thing wrong with the configuration. Code names the sentence
// (cmd/lensan/text), Args fill it in. No Args hold the value of a secret.
type Problem struct {
	Code string
	Args map[string]string
}

// The codes of problems.
const (
	UnknownKey      = "config.unknown_key"      // where, key, suggestion
	UnknownVariable = "config.unknown_variable" // name, suggestion
	BadFile         = "config.bad_file"         // file, why
	FileMissing     = "config.file_missing"     // file
	BadValue        = "config.bad_value"        // name, value, want
	BothSecretForms = "config.both_forms"       // name
	SecretFile      = "config.secret_file"      // name, file, why
	NeedsTLS        = "config.needs_tls"        // name, value
	NeedsCredential = "config.needs_credential" // name, lane
	NowNotLocal     = "config.now_not_local"    // lane, name
	ListenOpen      = "config.listen_open"      // name, value
)

// Error is a short English form, for logs and tests; people are shown the
// sentence of the code.
func (p Problem) Error() string {
	names := make([]string, 0, len(p.Args))
	for k := range p.Args {
		names = append(names, k)
	}
	sort.Strings(names)
	var b strings.Builder
	b.WriteString(p.Code)
	for _, k := range names {
		b.WriteString(" " + k + "=" + p.Args[k])
	}
	return b.String()
}

// Problems is every problem found; it is the error that Load returns.
type Problems []Problem

// Error joins the problems' short forms, one a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

func problem(code string, pairs ...string) Problem {
	args := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i]] = pairs[i+1]
	}
	return Problem{Code: code, Args: args}
}

// nearest is the candidate that a mistyped name was most likely meant to be;
// empty when none is near.
func nearest(name string, candidates []string) string {
	best, bestDistance := "", max(1, len(name)/3)+1
	sort.Strings(candidates)
	for _, c := range candidates {
		if len(name) > 3 && strings.HasPrefix(c, name) {
			return c
		}
		if d := distance(name, c); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

// distance counts the letters to add, drop or change to get from a to b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next := min(row[j+1]+1, row[j]+1, diagonal+cost)
			diagonal, row[j+1] = row[j+1], next
		}
	}
	return row[len(b)]
}
