package config

import (
	"log/slog"
	"strings"
)

// Redacted is what is printed where a secret stands.
const Redacted = "[redacted]"

// Secret is a value that is never printed: every way of formatting, logging or
// encoding it gives [redacted]. An empty secret prints as nothing.
type Secret struct{ value string }

// NewSecret wraps a value.
func NewSecret(value string) Secret { return Secret{value} }

// Reveal gives the value itself, for the one place that sends it.
func (s Secret) Reveal() string { return s.value }

// IsSet tells whether there is a value.
func (s Secret) IsSet() bool { return s.value != "" }

// String is the redacted form.
func (s Secret) String() string {
	if s.value == "" {
		return ""
	}
	return Redacted
}

// GoString keeps %#v from showing the value.
func (s Secret) GoString() string { return s.String() }

// MarshalText keeps JSON and YAML from showing the value.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue keeps logs from showing the value.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// SecretURL is a URL whose password is never printed; the rest is.
type SecretURL struct{ value string }

// NewSecretURL wraps a URL.
func NewSecretURL(value string) SecretURL { return SecretURL{value} }

// Reveal gives the URL with its password, for the one place that opens it.
func (u SecretURL) Reveal() string { return u.value }

// String is the URL without its password: user, hosts and database stay, so
// that people see what is meant. What has no scheme and might hold a password
// is redacted whole.
func (u SecretURL) String() string {
	scheme, rest, ok := strings.Cut(u.value, "://")
	if !ok {
		if strings.ContainsAny(u.value, "@=") && !strings.HasPrefix(u.value, "sqlite:") {
			return Redacted
		}
		return u.value
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	// A password may hold a slash that nobody encoded: then the last @ counts.
	if at := strings.LastIndex(rest, "@"); at >= 0 && (at < end || strings.Contains(rest[:end], ":")) {
		user, _, secret := strings.Cut(rest[:at], ":")
		if secret {
			user += ":" + Redacted
		}
		rest = user + rest[at:]
	}
	return scheme + "://" + hideQuery(rest)
}

// hideQuery redacts a password given as a parameter.
func hideQuery(s string) string {
	head, query, ok := strings.Cut(s, "?")
	if !ok {
		return s
	}
	parts := strings.Split(query, "&")
	for i, p := range parts {
		if name, _, _ := strings.Cut(p, "="); strings.Contains(strings.ToLower(name), "password") {
			parts[i] = name + "=" + Redacted
		}
	}
	return head + "?" + strings.Join(parts, "&")
}

// GoString keeps %#v from showing the password.
func (u SecretURL) GoString() string { return u.String() }

// MarshalText keeps JSON and YAML from showing the password.
func (u SecretURL) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// LogValue keeps logs from showing the password.
func (u SecretURL) LogValue() slog.Value { return slog.StringValue(u.String()) }
