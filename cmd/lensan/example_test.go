package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"lensan/config"
)

// TestExampleFileNamesEveryKeyWithItsDefault keeps deploy/lensan.yaml true.
func TestExampleFileNamesEveryKeyWithItsDefault(t *testing.T) {
	t.Parallel()
	const path = "../../deploy/lensan.yaml"
	load := func(file string) []config.Setting {
		c, err := config.Load(config.Sources{File: file, Environ: []string{"A=b"}, Lanes: laneSpecs()})
		if err != nil {
			t.Fatal(err)
		}
		return c.Settings()
	}
	empty := t.TempDir() + "/empty.yaml"
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defaults := map[string]string{}
	for _, s := range load(empty) {
		defaults[s.Key] = s.Value
	}
	for _, s := range load(path) {
		if s.Value != defaults[s.Key] {
			t.Errorf("%s is %q in the example, %q by default", s.Key, s.Value, defaults[s.Key])
		}
		name := s.Key[strings.LastIndex(s.Key, ".")+1:]
		if !regexp.MustCompile(`(?m)^\s*(# )?` + name + `(_file)?:`).Match(text) {
			t.Errorf("%s is not in the example", s.Key)
		}
	}
}
