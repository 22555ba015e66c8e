//go:build unix && !race

// The race detector takes several times the memory.

package store_test

import (
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"lensan/store"
	"lensan/store/register"
	"lensan/store/register/registertest"
	"lensan/store/storetest"
)

// Ceilings of resident memory for an import, far under the 256 MB that a whole
// run may take.
const maxImportRSS = 200 << 20

// The child process does nothing but import, so that its peak is the import's.
const importChild = "LENSAN_TEST_IMPORT_CHILD"

func TestImportStaysSmall(t *testing.T) {
	if path := os.Getenv(importChild); path != "" {
		importInChild(t, path)
		return
	}
	t.Parallel()
	for _, n := range []int{20_000, 100_000} {
		if n > 20_000 && testing.Short() {
			continue
		}
		t.Run(strconv.Itoa(n)+" SKUs", func(t *testing.T) {
			f := registertest.Workbook(t, registertest.Options{SKUs: n, SKUsPerProduct: 2})
			path := t.TempDir() + "/so.xlsx"
			copyFile(t, f, path)
			child := exec.Command(os.Args[0], "-test.run=^TestImportStaysSmall$", "-test.v")
			child.Env = append(os.Environ(), importChild+"="+path)
			out, err := child.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			peak := child.ProcessState.SysUsage()
			rss := maxRSS(peak)
			t.Logf("peak %d MB; %s", rss>>20, lineWith(string(out), "counts"))
			if rss > maxImportRSS {
				t.Errorf("import of %d SKUs took %d MB", n, rss>>20)
			}
		})
	}
}

func importInChild(t *testing.T, path string) {
	f, err := register.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s := storetest.Open(t, "sqlite:"+t.TempDir()+"/x.db", store.Options{})
	rep := mustLoad(t, s, []register.File{f}, store.ImportOptions{})
	t.Logf("counts %+v", rep.Counts)
	if rep.DoubtCount != 0 || rep.Counts.SKUs.Added != rep.Counts.SKURows {
		t.Errorf("%+v, %d doubts", rep.Counts, rep.DoubtCount)
	}
}

func lineWith(out, word string) string {
	for l := range strings.Lines(out) {
		if strings.Contains(l, word) {
			return strings.TrimSpace(l)
		}
	}
	return ""
}

// maxRSS is the peak of resident memory in bytes.
func maxRSS(usage any) int64 {
	n := usage.(*syscall.Rusage).Maxrss
	if runtime.GOOS != "darwin" {
		n *= 1024
	}
	return n
}

func copyFile(t *testing.T, f register.File, path string) {
	t.Helper()
	w, err := os.Create(path)
	if err == nil {
		_, err = io.Copy(w, f.Reader())
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}
