package main

import (
	"cmp"
	"fmt"
	"slices"

	"lensan/cmd/lensan/report"
	"lensan/cmd/lensan/text"
	"lensan/store"
)

// leftOut counts what a plan leaves out, by reason and marketplace.
type leftOut struct {
	order  []string // of codes, as they came
	counts map[string]map[string]int
}

func (l *leftOut) add(i store.PlanItem) {
	if l.counts == nil {
		l.counts = map[string]map[string]int{}
	}
	by := l.counts[i.ReasonCode]
	if by == nil {
		by = map[string]int{}
		l.counts[i.ReasonCode] = by
		l.order = append(l.order, i.ReasonCode)
	}
	by[i.Marketplace]++
}

// printLeftOut writes the reasons, most first, and how to see the SKUs.
func (a *app) printLeftOut(l *leftOut) error {
	if l == nil || len(l.order) == 0 {
		return nil
	}
	total := func(code string) (n int) {
		for _, c := range l.counts[code] {
			n += c
		}
		return n
	}
	slices.SortStableFunc(l.order, func(x, y string) int { return cmp.Compare(total(y), total(x)) })
	columns := []report.Column{a.wide("reason", text.HeadLeftOutReason, 70)}
	for _, m := range a.cfg.Enabled() {
		columns = append(columns, report.Column{Title: a.title(m.Name), Right: true})
	}
	columns = append(columns, a.column("who", text.HeadWho))
	fmt.Fprintln(a.out)
	w := a.result("left_out", nil, columns...)
	for _, code := range l.order {
		e := text.ExplainGroup(code)
		row := []report.Cell{report.V(a.reason(e.VI, e.EN))}
		for _, m := range a.cfg.Enabled() {
			row = append(row, report.T(l.counts[code][m.Name], text.Number(a.lang, int64(l.counts[code][m.Name]))))
		}
		w.Row(append(row, report.T(e.Who, text.Who(a.lang, e.Who)))...)
	}
	if err := w.Close(); err != nil {
		return err
	}
	a.say(text.LeftOutHow)
	return nil
}
