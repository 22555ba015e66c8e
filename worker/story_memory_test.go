//go:build unix && !race

// The race detector takes several times the memory.

package worker

import (
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
	"time"

	"lensan/adapters"
	"lensan/adapters/rest"
	"lensan/adapters/sandbox"
	"lensan/cmd/lensan/sample"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/register"
	"lensan/store/register/registertest"
	"lensan/store/storetest"
	"lensan/worker/reconcile"
)

// planChild names the database to a child process that does nothing but plan,
// so that its peak of memory is the plan's.
const planChild = "LENSAN_TEST_PLAN_CHILD"

// planLarge asks for the whole size, which takes a minute or two.
const planLarge = "LENSAN_TEST_LARGE"

// F36: planning 100,000 SKUs for both marketplaces takes less than 256 MB
// (measured: 159 MB). A fifth of them is tried always.
func TestF36_PlanningStaysSmall(t *testing.T) {
	if path := os.Getenv(planChild); path != "" {
		planInChild(t, path)
		return
	}
	t.Parallel()
	skus := 20_000
	if os.Getenv(planLarge) != "" {
		skus = 100_000
	}
	path := t.TempDir() + "/large.db"
	s := storetest.Open(t, "sqlite:"+path, store.Options{})
	m := &market{t: t, store: s}
	began := time.Now()
	m.importFiles([]register.File{registertest.Workbook(t, registertest.Options{SKUs: skus, SKUsPerProduct: 2, Pictures: []string{"mau-01.jpg", "mau-02.jpg"}})}, sample.Pictures())
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	imported := time.Since(began)
	child := exec.Command(os.Args[0], "-test.run=^TestF36_PlanningStaysSmall$", "-test.v")
	child.Env = append(os.Environ(), planChild+"="+path)
	out, err := child.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	rss := child.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
	if runtime.GOOS != "darwin" {
		rss *= 1024
	}
	t.Logf("peak %d MB; imported in %s, planned in %s", rss>>20, imported.Round(time.Second), (time.Since(began) - imported).Round(time.Second))
	if rss > 256<<20 {
		t.Errorf("planning %d SKUs took %d MB", skus, rss>>20)
	}
}

func planInChild(t *testing.T, path string) {
	s := storetest.Open(t, "sqlite:"+path, storeWords)
	m := newMarket(t, s, func(o *sandbox.Options) { o.Postmart.Rate, o.Voso.Rate = 0, 0 })
	open := map[string]adapters.Adapter{}
	for _, name := range bothLanes {
		transport := rest.NewTransport(4)
		t.Cleanup(transport.CloseIdleConnections)
		open[name] = m.adapter(t, name, rest.Options{Log: m.log, Transport: transport})
	}
	r := reconcile.New(reconcile.Options{Store: s, Adapters: open, Today: func() catalog.Day { return sampleDay }, Now: s.Now, Log: m.log})
	pair{store: s}.request(t)
	run, ok, err := s.ClaimRunToPlan(t.Context(), "test", time.Hour)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if err := r.PlanRun(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	if run, err = s.GetRun(t.Context(), run.ID); err != nil || run.Planned < 10_000 {
		t.Fatalf("planned %d, left out %d (%v)", run.Planned, run.LeftOut, err)
	}
	t.Logf("planned %d, left out %d", run.Planned, run.LeftOut)
}
