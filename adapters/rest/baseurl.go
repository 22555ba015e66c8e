package rest

import (
	"fmt"
	"net"
	"net/url"
	"strings"
)

// ParseBaseURL checks the base URL of a marketplace. The error is one line that
// names the setting to mend and repeats no password: https is needed unless the
// host is on loopback, and neither a user, a query nor a fragment may be in it.
func ParseBaseURL(setting, raw string) (*url.URL, error) {
	raw = strings.TrimSpace(raw)
	if raw == "" {
		return nil, fmt.Errorf("%s is empty: set it to the marketplace's base URL, for example https://api.example.vn", setting)
	}
	u, err := url.Parse(raw)
	if err != nil || u.Opaque != "" || u.Hostname() == "" {
		return nil, fmt.Errorf("%s is not a URL: set it to the marketplace's base URL, for example https://api.example.vn", setting)
	}
	if u.User != nil {
		return nil, fmt.Errorf("%s holds a user or password: set it to the URL alone and the secret in its own setting", setting)
	}
	if u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return nil, fmt.Errorf("%s holds a query or a fragment: set it to scheme, host and path alone", setting)
	}
	if p := u.Port(); strings.HasSuffix(u.Host, ":") || p == "0" {
		return nil, fmt.Errorf("%s holds no usable port", setting)
	}
	switch {
	case u.Scheme == "https":
	case u.Scheme == "http" && IsLoopback(u):
	case u.Scheme == "http":
		return nil, fmt.Errorf("%s is %s://%s without TLS: set it to https://… (http is for loopback only)", setting, u.Scheme, u.Host)
	default:
		return nil, fmt.Errorf("%s has the scheme %q: set it to https://…", setting, u.Scheme)
	}
	u.Path = strings.TrimRight(u.Path, "/")
	u.RawPath = ""
	return u, nil
}

// IsLoopback tells whether u points at this machine. Names other than
// localhost are never resolved.
func IsLoopback(u *url.URL) bool {
	host := strings.ToLower(u.Hostname())
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
