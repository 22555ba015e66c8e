package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"lensan/adapters/sandbox"
	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/storetest"
	"lensan/worker"
)

// F25: doctor names each clock that is minutes off this machine's.
func TestF25_DoctorNamesClocksThatAreOff(t *testing.T) {
	s := storetest.Open(t, "sqlite:"+t.TempDir()+"/l.db", store.Options{Explain: text.Explain})
	w := newHookWorld(t, s, false, nil)
	clocks := func() (out []string) {
		for _, f := range w.app.examine(t.Context(), s) {
			if f.check == text.CheckClock && f.exit != ExitDone {
				out = append(out, f.about+": "+f.found)
			}
		}
		return out
	}
	if got := clocks(); len(got) > 0 {
		t.Fatalf("nothing is off, yet: %q", got)
	}
	for _, off := range []time.Duration{-6 * time.Minute, 6 * time.Minute} {
		if err := w.sandbox.SetClock(sandbox.Postmart, off); err != nil {
			t.Fatal(err)
		}
		if got := clocks(); len(got) != 1 || !strings.HasPrefix(strings.ToLower(got[0]), "postmart") || !strings.Contains(got[0], "6 phút") && !strings.Contains(got[0], "5 phút") {
			t.Errorf("%s: %q", off, got)
		}
	}
}

// F27: a Redis that may throw jobs away is named by doctor and refused by
// `lensan worker`, which says what to set.
func TestF27_ARedisThatEvictsIsNamed(t *testing.T) {
	name, err := exec.LookPath("redis-server")
	if err != nil && os.Getenv("LENSAN_TEST_ALL") == "" {
		return // as without the test servers: `make test` has them
	}
	if err != nil {
		t.Fatal(err)
	}
	ports, err := freePorts(1)
	if err != nil {
		t.Fatal(err)
	}
	server := exec.Command(name, "--port", strconv.Itoa(ports[0]), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", t.TempDir(),
		"--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru")
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Kill() //nolint:errcheck // this one process
		server.Wait()         //nolint:errcheck // it was killed
	})
	url := "redis://127.0.0.1:" + strconv.Itoa(ports[0]) + "/0"
	for until := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) { // asked again, not waited for
		_, err := worker.OpenQueue(t.Context(), url, nil)
		if errors.Is(err, worker.ErrQueueEvicts) {
			break
		}
		if err == nil || time.Now().After(until) {
			t.Fatalf("not refused: %v", err)
		}
	}
	run := func(args ...string) (Exit, string) {
		var said strings.Builder
		args = append(args, "--option", "redis_url="+url, "--option", "data_dir="+t.TempDir(), "--option", "postmart.enabled=false", "--option", "voso.enabled=false", "--lang", "en")
		a := &app{in: strings.NewReader(""), out: &said, err: &said}
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		return a.run(ctx, args), said.String()
	}
	for _, args := range [][]string{{"doctor", "-o", "csv"}, {"worker"}} {
		exit, said := run(args...)
		if exit != ExitUsage || !strings.Contains(said, "noeviction") || !strings.Contains(said, "allkeys-lru") {
			t.Errorf("%v: exit %d, %s", args, exit, said)
		}
	}
}
