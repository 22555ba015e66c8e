package main

import (
	"cmp"
	"fmt"
	"slices"

	"lensan/cmd/lensan/report"
	"lensan/cmd/lensan/text"
)

// tally counts by a key, such as a reason, and by marketplace.
type tally struct {
	order  []string // of the keys, as they came
	counts map[string]map[string]int
}

func (t *tally) add(key, marketplace string) {
	if t.counts == nil {
		t.counts = map[string]map[string]int{}
	}
	by := t.counts[key]
	if by == nil {
		by = map[string]int{}
		t.counts[key] = by
		t.order = append(t.order, key)
	}
	by[marketplace]++
}

// keys are the keys, the one counted most first.
func (t *tally) keys() []string {
	total := func(key string) (n int) {
		for _, c := range t.counts[key] {
			n += c
		}
		return n
	}
	slices.SortStableFunc(t.order, func(x, y string) int { return cmp.Compare(total(y), total(x)) })
	return t.order
}

// printTallies sums up a plan for people: what is done, and why the rest is
// left out.
func (a *app) printTallies(changes, left *tally) error {
	if changes != nil {
		err := a.printTally(changes, []report.Column{a.column("ops", text.HeadOps)}, func(ops string) []report.Cell {
			return []report.Cell{report.T(ops, a.opsWords(ops))}
		})
		if err != nil {
			return err
		}
	}
	if left == nil || len(left.order) == 0 {
		return nil
	}
	err := a.printTally(left, []report.Column{a.wide("reason", text.HeadLeftOutReason, 70), a.column("who", text.HeadWho)}, func(code string) []report.Cell {
		e := text.ExplainGroup(code)
		return []report.Cell{report.V(a.reason(e.VI, e.EN)), report.T(e.Who, text.Who(a.lang, e.Who))}
	})
	if err != nil {
		return err
	}
	a.say(text.LeftOutHow)
	return nil
}

// printTally writes one table of counts with its totals; one without counts is
// not written.
func (a *app) printTally(t *tally, columns []report.Column, head func(key string) []report.Cell) error {
	if len(t.order) == 0 {
		return nil
	}
	foot := []report.Cell{report.V(text.Total.In(a.lang))}
	for range columns[1:] {
		foot = append(foot, report.V(""))
	}
	for _, m := range a.cfg.Enabled() {
		columns = append(columns, report.Column{Title: a.title(m.Name), Right: true})
		sum := 0
		for _, by := range t.counts {
			sum += by[m.Name]
		}
		foot = append(foot, a.count(sum))
	}
	fmt.Fprintln(a.out)
	w := a.result("tally", nil, columns...)
	for _, key := range t.keys() {
		row := head(key)
		for _, m := range a.cfg.Enabled() {
			row = append(row, a.count(t.counts[key][m.Name]))
		}
		w.Row(row...)
	}
	w.Foot(foot...)
	return w.Close()
}
