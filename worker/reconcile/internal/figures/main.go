// Command figures turns the events of `go test -json` of the tests of faults into
// docs/reliability-faults.md, so that no figure in it is written by hand:
//
//	.ci/faults docs/reliability-faults.md
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
)

type event struct{ Action, Test, Output string }

// tally is what the tests did.
type tally struct {
	kills, faults        map[string]int
	tests                map[string]bool // top tests; false: failed
	sums                 map[string]int
	converge             int // the longest, in seconds
	killsFailed, figures int
}

var figure = regexp.MustCompile(`figure (\S+) (\S+) (\d+)`)

func main() {
	t, err := read(os.Stdin)
	if err == nil {
		err = t.write(os.Stdout)
	}
	if err == nil && t.failed() > 0 {
		err = fmt.Errorf("%d tests failed: %s", t.failed(), strings.Join(t.red(), ", "))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "figures:", err)
		os.Exit(1)
	}
}

func read(r io.Reader) (*tally, error) {
	t := &tally{kills: map[string]int{}, faults: map[string]int{}, tests: map[string]bool{}, sums: map[string]int{}}
	in := bufio.NewScanner(r)
	in.Buffer(nil, 1<<24)
	for in.Scan() {
		var e event
		if json.Unmarshal(in.Bytes(), &e) == nil && e.Test != "" {
			t.add(e)
		}
	}
	return t, in.Err()
}

func (t *tally) add(e event) {
	parts := strings.Split(e.Test, "/")
	switch {
	case e.Action == "output":
		if m := figure.FindStringSubmatch(e.Output); m != nil {
			n := 0
			fmt.Sscan(m[3], &n)
			t.take(m[1], m[2], n)
		}
	case e.Action != "pass" && e.Action != "fail":
	case len(parts) == 1:
		t.tests[e.Test] = e.Action == "pass"
	case parts[0] == "TestAProcessKilledAtAnyPointEndsRight" && len(parts) == 5 && e.Action == "pass":
		t.kills[parts[3]+" "+parts[4]]++
	case parts[0] == "TestAProcessKilledAtAnyPointEndsRight" && len(parts) == 5:
		t.killsFailed++
	}
}

func (t *tally) take(what, kind string, n int) {
	t.figures++
	switch what {
	case "fault":
		t.faults[kind] += n
	case "converge":
		t.converge = max(t.converge, n)
	default:
		t.sums[what] += n
	}
}

func (t *tally) failed() (n int) {
	for _, ok := range t.tests {
		if !ok {
			n++
		}
	}
	return n
}

// red names the tests that failed.
func (t *tally) red() (names []string) {
	for _, name := range slices.Sorted(maps.Keys(t.tests)) {
		if !t.tests[name] {
			names = append(names, name)
		}
	}
	return names
}

func (t *tally) write(w io.Writer) error {
	var b strings.Builder
	b.WriteString("# Faults and kills, in figures\n\nMade by `worker/reconcile/internal/figures` from a run of the tests; its head says how. Do not edit.\n\n")
	fmt.Fprintf(&b, "| figure | value |\n| --- | --- |\n| tests of promises | %d |\n| of them failed | %d |\n", len(t.tests), t.failed())
	kills := 0
	for _, n := range t.kills {
		kills += n
	}
	fmt.Fprintf(&b, "| SIGKILLs survived | %d |\n| SIGKILLs not survived | %d |\n", kills, t.killsFailed)
	fmt.Fprintf(&b, "| listings created | %d |\n| doubles | %d |\n| creates sent while an earlier one was unsettled | %d |\n", t.sums["creates"], t.sums["doubles"], t.sums["early-creates"])
	fmt.Fprintf(&b, "| longest time until 750 lost answers on each marketplace were settled, by the contracts' own lags | %d s |\n", t.converge)
	b.WriteString("\nLosses and wrong closures are asserted to be 0 by each test above.\n\n## Faults injected\n\n| kind | calls struck |\n| --- | --- |\n")
	for _, k := range slices.Sorted(maps.Keys(t.faults)) {
		fmt.Fprintf(&b, "| %s | %d |\n", k, t.faults[k])
	}
	b.WriteString("\n## Kills survived, by operation and point\n\n| operation | point | kills |\n| --- | --- | --- |\n")
	for _, k := range slices.Sorted(maps.Keys(t.kills)) {
		op, point, _ := strings.Cut(k, " ")
		fmt.Fprintf(&b, "| %s | %s | %d |\n", op, point, t.kills[k])
	}
	b.WriteString("\n## Tests\n\n")
	for _, name := range slices.Sorted(maps.Keys(t.tests)) {
		mark := "passed"
		if !t.tests[name] {
			mark = "**failed**"
		}
		fmt.Fprintf(&b, "- %s: %s\n", name, mark)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
