package main

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write what the scripts compare with")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"lensan": main})
}

// TestScripts runs the program as people do: testdata/script/*.txtar. Each
// script has a folder and ports of its own and an empty environment.
func TestScripts(t *testing.T) {
	t.Parallel()
	sample, err := filepath.Abs("sample")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		UpdateScripts:       *update,
		Setup: func(e *testscript.Env) error {
			ports, err := freePorts(5)
			if err != nil {
				return err
			}
			e.Setenv("SAMPLE", sample)
			e.Setenv("LENSAN_DATA_DIR", filepath.Join(e.WorkDir, "data"))
			for i, name := range []string{"LENSAN_LISTEN", "LENSAN_POSTMART_SANDBOX_LISTEN", "LENSAN_VOSO_SANDBOX_LISTEN", "OTHER_PORT", "CONTROL"} {
				e.Setenv(name, fmt.Sprintf("127.0.0.1:%d", ports[i]))
			}
			// The sandbox without limits and delays, and lanes that use it.
			e.Setenv("LENSAN_SANDBOX_NO_LIMITS", "true")
			e.Setenv("LENSAN_POSTMART_RATE", "5000")
			e.Setenv("LENSAN_VOSO_RATE", "5000")
			e.Setenv("LENSAN_TIMING_REVIEW_FIRST", "100ms")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":   exits,
			"waitfor": waitFor,
			"noids":   noIDs,
		},
	})
}

// exits CODE PROGRAM ARGS… runs a program that must end with that code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGS…")
	}
	want, err := strconv.Atoi(args[0])
	if err != nil {
		ts.Fatalf("exits: %v", err)
	}
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("exits: %v", err)
	}
	if got != want {
		ts.Fatalf("%s ended with %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

// waitFor ADDR waits until something listens there.
func waitFor(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: waitfor ADDR")
	}
	until := time.Now().Add(30 * time.Second)
	for {
		c, err := net.DialTimeout("tcp", args[0], time.Second)
		if err == nil {
			c.Close()
			return
		}
		if time.Now().After(until) {
			ts.Fatalf("nothing listens at %s: %v", args[0], err)
		}
		<-time.After(50 * time.Millisecond)
	}
}

// noIDs FILE writes what the last program wrote on stdout to a file, without
// the ids, which differ from one time to the next.
func noIDs(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: noids FILE")
	}
	ids := regexp.MustCompile(`"[a-z]0[0-9a-z]{15}"`)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(ids.ReplaceAllString(ts.ReadFile("stdout"), `"ID"`)), 0o600))
}

func freePorts(n int) ([]int, error) {
	var ports []int
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}
