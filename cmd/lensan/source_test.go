package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"strings"
	"testing"
)

// environmentCalls lists the calls of a file that read the environment.
func environmentCalls(t *testing.T, file string) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	ast.Inspect(f, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := s.X.(*ast.Ident); ok && x.Name == "os" {
			switch s.Sel.Name {
			case "Getenv", "LookupEnv", "Environ", "ExpandEnv":
				found = append(found, "os."+s.Sel.Name)
			}
		}
		return true
	})
	return found
}

// TestSQLiteHasTheLibcItWasMadeFor: modernc's SQLite works only with exactly
// the version of its libc that its own go.mod names.
func TestSQLiteHasTheLibcItWasMadeFor(t *testing.T) {
	t.Parallel()
	const libc = "modernc.org/libc"
	list := func(args ...string) string {
		out, err := exec.CommandContext(t.Context(), "go", append([]string{"list", "-m"}, args...)...).Output()
		if err != nil {
			t.Fatalf("go list -m %v: %v", args, err)
		}
		return strings.TrimSpace(string(out))
	}
	have := list("-f", "{{.Version}}", libc)
	mod := list("-f", "{{.GoMod}}", "modernc.org/sqlite")
	want := requiredVersion(t, mod, libc)
	if have != want {
		t.Errorf("%s is %s, but this SQLite wants exactly %s", libc, have, want)
	}
}

// requiredVersion reads a requirement out of a go.mod.
func requiredVersion(t *testing.T, gomod, module string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "mod", "edit", "-json", gomod).Output()
	if err != nil {
		t.Fatalf("go mod edit -json: %v", err)
	}
	_, rest, ok := strings.Cut(string(out), `"Path": "`+module+`"`)
	if !ok {
		t.Fatalf("%s is not required by %s", module, gomod)
	}
	_, rest, _ = strings.Cut(rest, `"Version": "`)
	version, _, _ := strings.Cut(rest, `"`)
	return version
}
