package config

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// DefaultFile is the file that is read where none is named and it exists.
const DefaultFile = "lensan.yaml"

// Sources are where the configuration comes from.
type Sources struct {
	// Flags are the values given on the command line, by key.
	Flags map[string]string
	// Environ are NAME=VALUE pairs. Default the process's own.
	Environ []string
	// File is the file named on the command line. Default LENSAN_CONFIG, else
	// DefaultFile where there is one.
	File string
	// Lanes declares the marketplaces.
	Lanes []LaneSpec
}

// given is one value with where it stood.
type given struct {
	value  string
	origin string // "--listen", "LENSAN_LISTEN", "lensan.yaml:4"
	file   bool   // the value names a file that holds the secret
}

// Load reads all sources. The error, where there is one, is Problems and holds
// everything that is wrong; the Config returned beside it holds what could be
// read, so that even the problems can be told in the language asked for.
func Load(src Sources) (*Config, error) {
	if src.Environ == nil {
		src.Environ = os.Environ()
	}
	l := loader{keys: keysFor(src.Lanes), names: map[string]bool{}, found: map[string]given{}}
	for _, k := range l.keys {
		l.names[k.name] = true
	}
	environ := environment(src.Environ)
	l.readFile(src.File, environ)
	l.readEnvironment(environ)
	l.readFlags(src.Flags)
	return l.build(src.Lanes)
}

type loader struct {
	keys     []key
	names    map[string]bool
	found    map[string]given
	problems Problems
}

func (l *loader) report(code string, pairs ...string) {
	l.problems = append(l.problems, problem(code, pairs...))
}

// find gives the key that a name stands for, and whether the name is its
// _file form.
func (l *loader) find(name string) (k key, file, ok bool) {
	for _, k := range l.keys {
		if k.name == name {
			return k, false, true
		}
		if k.readsFile() && k.name+"_file" == name {
			return k, true, true
		}
	}
	return key{}, false, false
}

func (l *loader) readFile(named string, environ map[string]string) {
	path := named
	if path == "" {
		path = environ[prefix+"CONFIG"]
	}
	explicit := path != ""
	if !explicit {
		path = DefaultFile
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if explicit {
			l.report(FileMissing, "file", path)
		}
		return
	}
	if err != nil {
		l.report(BadFile, "file", path, "why", cause(err))
		return
	}
	l.readYAML(path, text)
}

func (l *loader) readEnvironment(environ map[string]string) {
	byVariable := map[string]string{}
	var candidates []string
	for _, k := range l.keys {
		byVariable[Variable(k.name)] = k.name
		candidates = append(candidates, strings.TrimPrefix(Variable(k.name), prefix))
	}
	for _, name := range slices.Sorted(maps.Keys(environ)) {
		if name == prefix+"CONFIG" || strings.HasPrefix(name, prefix+"TEST_") {
			continue // the file's own name; settings of the tests
		}
		value := environ[name]
		if k, ok := byVariable[name]; ok {
			if value != "" { // an empty variable is one not set: compose files pass those
				l.give(k, given{value: value, origin: name})
			}
			continue
		}
		if base, ok := strings.CutSuffix(name, "_FILE"); ok {
			if kn, ok := byVariable[base]; ok {
				if k, _, _ := l.find(kn); k.readsFile() {
					if value == "" {
						continue
					}
					if environ[base] != "" {
						l.report(BothSecretForms, "name", base)
						continue
					}
					l.give(kn, given{value: value, origin: name, file: true})
					continue
				}
			}
		}
		suggestion := nearest(strings.TrimPrefix(name, prefix), candidates)
		if suggestion != "" {
			suggestion = prefix + suggestion
		}
		l.report(UnknownVariable, "name", name, "suggestion", suggestion)
	}
}

func (l *loader) readFlags(flags map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(flags)) {
		k, file, ok := l.find(name)
		if !ok {
			l.report(UnknownKey, "where", "--option", "key", name, "suggestion", nearest(name, slices.Collect(maps.Keys(l.names))))
			continue
		}
		origin := "--" + strings.ReplaceAll(name, "_", "-")
		if strings.Contains(name, ".") { // has no flag of its own
			origin = "--option " + name
		}
		l.give(k.name, given{value: flags[name], origin: origin, file: file})
	}
}

// give takes a value that overrules what was given before.
func (l *loader) give(key string, g given) { l.found[key] = g }

func (l *loader) build(specs []LaneSpec) (*Config, error) {
	c := &Config{origin: map[string]string{}, values: map[string]string{}}
	for _, s := range specs {
		c.Lanes = append(c.Lanes, Lane{Name: s.Name, Credentials: map[string]Secret{}})
	}
	for _, k := range l.keys {
		g, ok := l.found[k.name]
		if !ok {
			g = given{value: k.def}
		}
		value := g.value
		if g.file {
			read, err := os.ReadFile(value)
			if err != nil {
				l.report(SecretFile, "name", g.origin, "file", value, "why", cause(err))
				continue
			}
			value = strings.TrimSuffix(strings.TrimSuffix(string(read), "\n"), "\r")
		}
		if lane, ok := strings.CutSuffix(k.name, ".folder"); ok && value == "" {
			value = filepath.Join(c.DataDir, "workbook", lane)
		}
		if k.name == "database_url" && value == "" {
			value = "sqlite:" + filepath.Join(c.DataDir, "lensan.db")
		}
		c.order = append(c.order, k.name)
		c.origin[k.name], c.values[k.name] = g.origin, k.printed(value)
		if want := k.set(c, value); want != "" {
			l.report(BadValue, "name", nameOf(k, g), "value", k.printed(value), "want", want)
		}
	}
	for i := range c.Lanes {
		if l := &c.Lanes[i]; l.IsWorkbook() {
			l.URL = "workbook:" + l.Folder
		}
	}
	l.problems = append(l.problems, c.check(specs)...)
	if len(l.problems) > 0 {
		return c, l.problems
	}
	return c, nil
}

// nameOf is how the person wrote the setting.
func nameOf(k key, g given) string {
	if g.origin == "" {
		return k.name
	}
	if strings.HasPrefix(g.origin, "--") || strings.HasPrefix(g.origin, prefix) {
		return g.origin
	}
	return k.name + " (" + g.origin + ")"
}

func environment(pairs []string) map[string]string {
	out := map[string]string{}
	for _, p := range pairs {
		if name, value, ok := strings.Cut(p, "="); ok && strings.HasPrefix(name, prefix) {
			out[name] = value
		}
	}
	return out
}

// cause is an error of the file system without the path, which is told apart.
func cause(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}
