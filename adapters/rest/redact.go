package rest

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
)

const redacted = "[redacted]"

// digits are long enough to be a telephone or a tax code, with the separators
// people write between them.
var (
	digits = regexp.MustCompile(`\+?\d(?:[ .\-]?\d){8,}`)
	bearer = regexp.MustCompile(`(?i)\bbearer\s+\S+`)
)

// Redactor takes secrets and personal data out of texts. Any number of
// goroutines may use it.
type Redactor struct {
	mu      sync.RWMutex
	secrets []string
}

// NewRedactor knows the given secrets.
func NewRedactor(secrets ...string) *Redactor {
	r := &Redactor{}
	r.Add(secrets...)
	return r
}

// maxSecrets bounds what is kept: tokens come anew for as long as the process
// runs, and the oldest ended long ago. The first ones are settings and stay.
const maxSecrets, keepFirst = 64, 8

// Add makes further secrets known. Those shorter than four bytes are left
// alone: they would tear every text apart.
func (r *Redactor) Add(secrets ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range secrets {
		if len(s) < 4 || slices.Contains(r.secrets, s) {
			continue
		}
		if len(r.secrets) >= maxSecrets {
			r.secrets = slices.Delete(r.secrets, keepFirst, keepFirst+1)
		}
		r.secrets = append(r.secrets, s)
	}
}

// Redact gives text without the known secrets, the private values given, bearer
// tokens and runs of nine digits or more.
func (r *Redactor) Redact(text string, private ...string) string {
	r.mu.RLock()
	for _, s := range r.secrets {
		text = strings.ReplaceAll(text, s, redacted)
	}
	r.mu.RUnlock()
	for _, s := range private {
		if len(s) >= 4 {
			text = strings.ReplaceAll(text, s, redacted)
		}
	}
	text = bearer.ReplaceAllString(text, redacted)
	return digits.ReplaceAllString(text, redacted)
}

// tag is anything between angle brackets.
var tag = regexp.MustCompile(`<[^>]*>?`)

// PlainText makes a marketplace's own sentence fit to be shown: no tags, no
// control characters, one line, at most 300 characters.
func PlainText(s string) string {
	s = tag.ReplaceAllString(strings.ToValidUTF8(s, ""), " ")
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > 300 {
		s = string(runes[:299]) + "…"
	}
	return s
}

// PlainCode keeps of a marketplace's code what a code may consist of, at most
// 64 characters, so that nothing else travels in its place.
func PlainCode(code string) string {
	code = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '_', r == '-':
			return r
		}
		return -1
	}, code)
	return code[:min(len(code), 64)]
}
