//go:build unix && !race

// The race detector takes several times the memory.

package worker

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
	"sync"
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

// maxPlanRSS is well under the 256 MB that a process may take in all: a sync
// has connections and batches beside the plan.
const maxPlanRSS = 200 << 20

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
	if rss > maxPlanRSS {
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
	readAtOnce(t, s)
}

// readAtOnce has as many read side by side as a busy process does, so that
// what each connection keeps to itself counts too.
func readAtOnce(t *testing.T, s *store.Store) {
	enough := errors.New("enough")
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			pages := 0
			err := s.Subjects(t.Context(), catalog.Scope{}, bothLanes, func([]catalog.Subject) error {
				if pages++; pages == 10 {
					return enough
				}
				return nil
			})
			if !errors.Is(err, enough) {
				t.Errorf("after %d pages: %v", pages, err)
			}
		})
	}
	all.Wait()
}
