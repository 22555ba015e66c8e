package sandbox_test

import (
	"path/filepath"
	"testing"

	"lensan/adapters/sandbox"
)

func TestInUse(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sandbox.journal")
	if sandbox.InUse(path) {
		t.Error("a file that is not there is in use")
	}
	sb, err := sandbox.Open(sandbox.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if !sandbox.InUse(path) {
		t.Error("an open file is not in use")
	}
	if err := sb.Close(); err != nil {
		t.Fatal(err)
	}
	if sandbox.InUse(path) {
		t.Error("a closed file is in use")
	}
}
