package main

import (
	"encoding/json"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// pkg is what `go list` tells of a package.
type pkg struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

// listPackages lists every package of the module; tests are not looked at.
func listPackages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,Deps", "lensan/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	d := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p pkg
		if err := d.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) < 12 {
		t.Fatalf("only %d packages were found", len(all))
	}
	return all
}

// under tells whether a package is one of the folders, or below it.
func under(path string, folders ...string) bool {
	for _, f := range folders {
		if path == f || strings.HasPrefix(path, f+"/") {
			return true
		}
	}
	return false
}

func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".") && first != "lensan"
}

// rule forbids imports, and says why.
type rule struct {
	why     string
	from    []string // folders it speaks of
	besides []string // folders within that it does not
	imports func(string) bool
	deep    bool // also what is imported through others
}

var rules = []rule{
	{why: "shared wire types would hide shared bugs", from: []string{"lensan/adapters/sandbox"}, deep: true,
		imports: func(p string) bool { return strings.HasPrefix(p, "lensan/") && !under(p, "lensan/adapters/sandbox") }},
	{why: "planning is pure: no input or output", from: []string{"lensan/worker/plan"}, deep: false,
		imports: func(p string) bool {
			return under(p, "net", "os", "log", "database/sql", "net/http", "io/fs", "lensan/store") && !under(p, "lensan/store/catalog")
		}},
	{why: "the record knows no worker", from: []string{"lensan/store"}, deep: true,
		imports: func(p string) bool { return under(p, "lensan/worker", "lensan/cmd") }},
	{why: "the queue's library stays in one room", from: []string{"lensan"}, besides: []string{"lensan/worker"},
		imports: func(p string) bool { return under(p, "github.com/hibiken/asynq") }},
	{why: "below worker/ nothing knows the queue", from: []string{"lensan/worker/plan", "lensan/worker/reconcile", "lensan/worker/coord"}, deep: true,
		imports: func(p string) bool { return under(p, "github.com/hibiken/asynq") }},
	{why: "SQL stays in one room", from: []string{"lensan"}, besides: []string{"lensan/store"},
		imports: func(p string) bool { return under(p, "github.com/jmoiron/sqlx") }},
	{why: "Redis stays in two rooms", from: []string{"lensan"}, besides: []string{"lensan/worker"},
		imports: func(p string) bool { return under(p, "github.com/redis/go-redis") }},
	{why: "the records import the standard library only", from: []string{"lensan/store/catalog"}, deep: true,
		imports: func(p string) bool { return !isStandard(p) && !under(p, "lensan/store/catalog") }},
	{why: "the contract imports the standard library only", from: []string{"lensan/adapters"}, besides: []string{"lensan/adapters/"}, deep: true,
		imports: func(p string) bool { return !isStandard(p) }},
	{why: "a marketplace knows the contract and nothing else of lensan",
		from: []string{"lensan/adapters/rest", "lensan/adapters/postmart", "lensan/adapters/voso"}, deep: true,
		imports: func(p string) bool {
			return strings.HasPrefix(p, "lensan/") && !under(p, "lensan/adapters") || under(p, "lensan/adapters/sandbox")
		}},
	{why: "the runner knows no marketplace by name", from: []string{"lensan/worker"}, deep: true,
		imports: func(p string) bool { return under(p, "lensan/adapters/") }},
	{why: "the dashboard reads and writes rows", from: []string{"lensan/cmd/lensan/dashboard", "lensan/cmd/lensan/report"}, deep: true,
		imports: func(p string) bool {
			return under(p, "lensan/worker", "github.com/redis/go-redis", "github.com/hibiken/asynq")
		}},
}

func TestImportsPointOneWay(t *testing.T) {
	t.Parallel()
	all := listPackages(t)
	for _, r := range rules {
		looked := 0
		for _, p := range all {
			if !under(p.ImportPath, r.from...) || excepted(p.ImportPath, r) {
				continue
			}
			looked++
			deps := p.Imports
			if r.deep {
				deps = p.Deps
			}
			for _, d := range deps {
				if r.imports(d) {
					t.Errorf("%s imports %s: %s", p.ImportPath, d, r.why)
				}
			}
		}
		if looked == 0 {
			t.Errorf("no package is held to %q: %v", r.why, r.from)
		}
	}
}

// excepted tells whether a package is among a rule's exceptions; one that ends
// in a slash excepts only what is below the folder.
func excepted(path string, r rule) bool {
	return slices.ContainsFunc(r.besides, func(b string) bool {
		if below, ok := strings.CutSuffix(b, "/"); ok {
			return path != below && under(path, below)
		}
		return under(path, b)
	})
}

// TestEnvironmentIsReadByConfigOnly looks for os.Getenv and its kin.
func TestEnvironmentIsReadByConfigOnly(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-f", `{{range .GoFiles}}{{$.Dir}}/{{.}}{{"\n"}}{{end}}`, "lensan/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	files := strings.Fields(string(out))
	for _, file := range files {
		if strings.Contains(file, "/config/") || strings.Contains(file, "test/") { // storetest, adaptertest: parts of the tests
			continue
		}
		for _, call := range environmentCalls(t, file) {
			t.Errorf("%s: %s: only config reads the environment", file, call)
		}
	}
	if len(files) < 50 {
		t.Errorf("only %d files were found", len(files))
	}
}
