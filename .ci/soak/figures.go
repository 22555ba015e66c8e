package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// figures are what one storm counted.
type figures struct {
	opt options

	mu   sync.Mutex
	done map[string]int

	faults   map[string]int
	kills    int
	calls    int
	creates  int
	listings int

	foreign   int // products that are none of ours
	wrong     map[kind]int
	further   int // writes of a sync and a reconcile after all was settled
	converged time.Duration
	closures  int // by us

	explained map[string]int
}

func newFigures(o options) *figures {
	return &figures{opt: o, done: map[string]int{}, faults: map[string]int{}, explained: map[string]int{}}
}

// did counts what happened.
func (f *figures) did(what string, n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.done[what] += n
}

// take reads what the marketplaces counted.
func (f *figures) take(w *world) error {
	f.kills, _ = w.fleet.counts()
	for _, m := range markets {
		l, err := w.sandbox.Ledger(m)
		if err != nil {
			return err
		}
		for k, n := range l.Faults {
			f.faults[string(k)] += n
		}
		for _, n := range l.Calls {
			f.calls += n
		}
		for _, n := range l.Made {
			f.creates += n
		}
	}
	return nil
}

// lines are the figures as a table of two columns.
func (f *figures) lines() [][2]string {
	total := 0
	var kinds []string
	for _, k := range slices.Sorted(maps.Keys(f.faults)) {
		total += f.faults[k]
		kinds = append(kinds, fmt.Sprintf("%s %d", k, f.faults[k]))
	}
	var done []string
	f.mu.Lock()
	for _, k := range slices.Sorted(maps.Keys(f.done)) {
		done = append(done, fmt.Sprintf("%s %d", k, f.done[k]))
	}
	f.mu.Unlock()
	var why []string
	for _, k := range slices.Sorted(maps.Keys(f.explained)) {
		why = append(why, fmt.Sprintf("%s %d", k, f.explained[k]))
	}
	n := func(n int) string { return fmt.Sprint(n) }
	return [][2]string{
		{"Storm", fmt.Sprintf("%s, seed %d", f.opt.storm, f.opt.seed)},
		{"Processes killed (SIGKILL)", n(f.kills)},
		{"Faults that struck", fmt.Sprintf("%d: %s", total, strings.Join(kinds, ", "))},
		{"What else happened", strings.Join(done, ", ")},
		{"Requests to the marketplaces", n(f.calls)},
		{"Listings made", n(f.creates)},
		{"Listings compared in the end", n(f.listings)},
		{"Doubles", n(f.wrong[doubled])},
		{"Lost (not on record, without an end or without a reason)", n(f.wrong[lost])},
		{"Wrong closures", fmt.Sprintf("%d of %d", f.wrong[closing], f.closures)},
		{"Creates sent blindly or while one was unsettled", n(f.wrong[blindly])},
		{"Foreign products touched", fmt.Sprintf("%d of %d", f.wrong[foreign], f.foreign)},
		{"Stocks that are not what sales and sellers left", n(f.wrong[stocked])},
		{"Writes of a further sync and reconcile", n(f.further)},
		{"Not on sale, each with its reason", strings.Join(why, ", ")},
		{"Time to converge after the faults stopped", f.converged.Round(100 * time.Millisecond).String()},
	}
}

func (f *figures) print(out io.Writer) {
	for _, l := range f.lines() {
		fmt.Fprintf(out, "%-64s %s\n", l[0], l[1])
	}
}

// write puts the figures between this size's marks in a Markdown file.
func (f *figures) write(name string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	begin, end := fmt.Sprintf("<!-- soak %s: made by `make soak` -->\n", f.opt.size), fmt.Sprintf("<!-- end of soak %s -->", f.opt.size)
	head, rest, ok := strings.Cut(string(text), begin)
	_, tail, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return fmt.Errorf("%s has no marks %q and %q", name, strings.TrimSpace(begin), end)
	}
	var b strings.Builder
	b.WriteString(head + begin + "| | |\n| --- | --- |\n")
	for _, l := range f.lines() {
		fmt.Fprintf(&b, "| %s | %s |\n", l[0], l[1])
	}
	b.WriteString(end + tail)
	return os.WriteFile(name, []byte(b.String()), 0o644)
}
