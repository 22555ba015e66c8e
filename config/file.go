package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// readYAML takes over every key of a file. Keys may be nested or written with
// dots; a list of words is the words joined by commas.
func (l *loader) readYAML(path string, text []byte) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		l.report(BadFile, "file", path, "why", strings.TrimPrefix(err.Error(), "yaml: "))
		return
	}
	if len(doc.Content) == 0 {
		return
	}
	l.readNode(path, "", doc.Content[0], map[string]int{})
}

func (l *loader) readNode(path, name string, node *yaml.Node, seen map[string]int) {
	where := fmt.Sprintf("%s:%d", path, node.Line)
	switch node.Kind {
	case yaml.MappingNode:
		if name != "" && l.names[name] {
			l.report(BadValue, "name", name+" ("+where+")", "value", "{…}", "want", "scalar")
			return
		}
		for i := 0; i+1 < len(node.Content); i += 2 {
			child := node.Content[i].Value
			if name != "" {
				child = name + "." + child
			}
			l.readNode(path, child, node.Content[i+1], seen)
		}
	case yaml.SequenceNode:
		var words []string
		for _, n := range node.Content {
			words = append(words, n.Value)
		}
		l.giveFromFile(where, name, strings.Join(words, ","), seen)
	case yaml.ScalarNode:
		value := node.Value
		if node.Tag == "!!null" {
			value = ""
		}
		l.giveFromFile(where, name, value, seen)
	case yaml.AliasNode:
		l.readNode(path, name, node.Alias, seen)
	}
}

func (l *loader) giveFromFile(where, name, value string, seen map[string]int) {
	k, file, ok := l.find(name)
	if !ok {
		l.report(UnknownKey, "where", where, "key", name, "suggestion", nearest(name, slices.Collect(maps.Keys(l.names))))
		return
	}
	if seen[k.name]++; seen[k.name] > 1 {
		l.report(BothSecretForms, "name", k.name+" ("+where+")")
		return
	}
	if value != "" {
		l.give(k.name, given{value: value, origin: where, file: file})
	}
}
