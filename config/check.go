package config

import "net/url"

// check judges what no single key can tell.
func (c *Config) check(specs []LaneSpec) Problems {
	var out Problems
	for i, l := range c.Lanes {
		if l.Enabled && l.IsWorkbook() && c.Day != "" { // its files are for a real marketplace
			out = append(out, problem(NowNotLocal, "lane", l.Name, "name", Variable(l.Name+".mode"), "value", l.Mode))
		}
		if !l.Enabled || l.IsSandbox() || !isBaseURL(l.URL) {
			continue
		}
		u, err := url.Parse(l.URL)
		if err == nil && u.Scheme != "https" && !isLoopback(u.Hostname()) {
			out = append(out, problem(NeedsTLS, "name", Variable(l.Name+".url"), "value", l.URL))
		}
		for _, cred := range specs[i].Credentials {
			if !cred.Optional && !l.Credentials[cred.Name].IsSet() {
				out = append(out, problem(NeedsCredential, "name", Variable(l.Name+"."+cred.Name), "lane", l.Name))
			}
		}
		if c.Day != "" && !l.IsLocal() {
			out = append(out, problem(NowNotLocal, "lane", l.Name, "name", Variable(l.Name+".url"), "value", l.URL))
		}
	}
	if address(c.Listen) == "" && !IsLoopbackAddr(c.Listen) && c.UsersFile == "" {
		out = append(out, problem(ListenOpen, "name", Variable("listen"), "value", c.Listen))
	}
	return out
}
