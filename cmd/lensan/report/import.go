package report

import (
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
)

// ImportText writes what an import did for a person: what was read, what
// changed, and for each doubtful cell where it is, what stands there, what is
// wrong and what to do. doubts and pictures may be nil and are written as they
// come.
func ImportText(out io.Writer, l text.Lang, rep store.ImportReport, doubts iter.Seq2[catalog.Doubt, error], pictures iter.Seq2[store.PictureProblem, error]) error {
	w := &importWriter{out: out, lang: l}
	w.head(rep)
	w.sheets(rep)
	w.counts(rep.Counts)
	w.held(rep)
	w.doubts(rep, doubts)
	w.pictures(rep, pictures)
	return w.err
}

type importWriter struct {
	out  io.Writer
	lang text.Lang
	err  error
}

func (w *importWriter) line(format string, args ...any) {
	if w.err == nil {
		_, w.err = fmt.Fprintf(w.out, format+"\n", args...)
	}
}

func (w *importWriter) say(p text.Phrase, pairs ...string) { w.line("%s", p.In(w.lang, pairs...)) }

func (w *importWriter) n(n int) string { return text.Number(w.lang, int64(n)) }

func (w *importWriter) head(rep store.ImportReport) {
	title := importApplied
	switch {
	case rep.State == store.ImportHeld:
		title = importHeld
	case rep.DryRun:
		title = importDryRun
	case rep.Counts.ChangedNothing():
		title = importSame
	}
	w.say(title, "id", rep.ID)
	w.say(importFiles, "files", strings.Join(rep.Files, ", "))
}

// sheets tells what was made of each sheet, the ignored headings and the
// sheets without a table included.
func (w *importWriter) sheets(rep store.ImportReport) {
	for _, s := range rep.Sheets {
		name := s.File
		if s.Sheet != s.File {
			name += " › " + s.Sheet
		}
		switch {
		case s.Hidden:
			w.line("  %s: %s", name, sheetHidden.In(w.lang))
			continue
		case s.Kind == "":
			w.line("  %s: %s", name, sheetUnknown.In(w.lang))
			continue
		}
		w.line("  %s: %s", name, sheetRead.In(w.lang, "kind", sheetKinds[s.Kind].In(w.lang), "n", w.n(s.Rows)))
		missing := missingColumns(s)
		if len(s.Ignored)+len(missing) > 0 {
			w.line("    %s", sheetFields.In(w.lang, "columns", text.Columns(w.lang, s.Fields)))
		}
		if len(s.Ignored) > 0 {
			w.line("    %s", sheetIgnored.In(w.lang, "columns", strings.Join(s.Ignored, ", ")))
		}
		if len(missing) > 0 {
			w.line("    %s", sheetMissing.In(w.lang, "columns", text.Columns(w.lang, missing)))
		}
	}
	w.line("")
}

// missingColumns are those without which nothing of a register can be listed.
func missingColumns(s catalog.SheetRead) (missing []string) {
	if !strings.HasPrefix(s.Kind, "products") {
		return nil
	}
	for _, f := range []string{catalog.CellName, catalog.CellProducer, catalog.CellStars} {
		if !slices.Contains(s.Fields, f) {
			missing = append(missing, f)
		}
	}
	if !slices.Contains(s.Fields, catalog.CellDecidedOn) && !slices.Contains(s.Fields, catalog.CellValidUntil) {
		missing = append(missing, catalog.CellDecidedOn)
	}
	return missing
}

func (w *importWriter) counts(c store.ImportCounts) {
	if c.RegisterRows > 0 {
		w.say(importProducts, "rows", w.n(c.RegisterRows), "products", w.n(c.Products.Read), "stars", w.n(c.ThreeStars))
	}
	if c.SKURows > 0 {
		w.say(importSKUs, "skus", w.n(c.SKUs.Read))
	}
	w.line("")
	head := []string{"", countRead.In(w.lang), countAdded.In(w.lang), countChanged.In(w.lang), countUnchanged.In(w.lang)}
	w.row(head)
	for _, r := range []struct {
		name text.Phrase
		t    store.Tally
	}{
		{countCommunes, c.Communes}, {countProducers, c.Producers}, {countProducts, c.Products}, {countRecognitions, c.Recognitions},
		{countSKUs, c.SKUs}, {countPictures, c.Pictures},
	} {
		if r.t != (store.Tally{}) {
			w.row([]string{r.name.In(w.lang), w.n(r.t.Read), w.n(r.t.Added), w.n(r.t.Changed), w.n(r.t.Unchanged)})
		}
	}
	for _, r := range []struct {
		say text.Phrase
		n   int
	}{{importRenamed, c.Renamed}, {importWithdrawals, c.Withdrawals}, {importReturned, c.Returned}, {importSuccessions, c.Successions}} {
		if r.n > 0 {
			w.say(r.say, "n", w.n(r.n))
		}
	}
}

// row lays out one line of counts; every letter of Vietnamese is one column
// wide in NFC.
func (w *importWriter) row(cells []string) {
	var b strings.Builder
	for i, c := range cells {
		pad := strings.Repeat(" ", max(0, 12-utf8.RuneCountInString(c)))
		if i == 0 {
			b.WriteString("  " + c + strings.Repeat(" ", max(0, 24-utf8.RuneCountInString(c))))
			continue
		}
		b.WriteString(pad + c)
	}
	w.line("%s", strings.TrimRight(b.String(), " "))
}

func (w *importWriter) held(rep store.ImportReport) {
	if len(rep.Held) == 0 {
		return
	}
	w.line("")
	w.say(heldBecause)
	for _, r := range rep.Held {
		what, fix := w.explain(r)
		w.line("  %s %s", what, fix)
	}
	if len(rep.Hardest) > 0 {
		w.say(heldHardest)
	}
	for _, p := range rep.Hardest {
		var what []string
		for _, r := range p.What {
			s, _ := w.explain(r)
			what = append(what, s)
		}
		w.line("  %s  %s: %s", p.ProductCode, p.Name, strings.Join(what, "; "))
	}
	if !rep.DryRun {
		w.say(heldConfirm, "id", rep.ID)
	}
}

func (w *importWriter) explain(r catalog.Reason) (what, fix string) {
	e := text.Explain(r)
	return text.Sentence(w.lang, e.VI, e.EN), text.Sentence(w.lang, e.FixVI, e.FixEN)
}

func (w *importWriter) doubts(rep store.ImportReport, doubts iter.Seq2[catalog.Doubt, error]) {
	w.line("")
	if rep.DoubtCount == 0 {
		w.say(noDoubts)
		return
	}
	w.say(doubtsHead, "n", w.n(rep.DoubtCount), "refused", w.n(rep.RowsRefused))
	if doubts == nil {
		return
	}
	for d, err := range doubts {
		if err != nil {
			w.err = err
			return
		}
		value := "“" + printable(d.Value) + "”"
		if d.Value == "" {
			value = emptyCell.In(w.lang)
		}
		key := ""
		if d.Key != "" {
			key = "  [" + printable(d.Key) + "]"
		}
		what, fix := w.explain(catalog.Reason{Code: d.Reason, Args: d.Args})
		w.line("  %s%s  %s", w.place(d.Sheet, d.Cell), key, value)
		w.line("      %s %s", what, fix)
	}
}

func (w *importWriter) pictures(rep store.ImportReport, pictures iter.Seq2[store.PictureProblem, error]) {
	if rep.PictureProblems == 0 {
		return
	}
	w.line("")
	w.say(picturesHead, "n", w.n(rep.PictureProblems))
	if pictures == nil {
		return
	}
	for p, err := range pictures {
		if err != nil {
			w.err = err
			return
		}
		what, fix := w.explain(catalog.Reason{Code: p.Reason, Args: p.Args})
		sheet, cell, _ := strings.Cut(p.Cell, "!")
		w.line("  %s  [%s]  %s", w.place(sheet, cell), printable(p.SKU), printable(p.Name))
		w.line("      %s %s", what, fix)
	}
}

// place names a cell; those of CSV files are kept in Vietnamese.
func (w *importWriter) place(sheet, cell string) string {
	if w.lang == text.EN {
		cell = strings.NewReplacer("dòng", "row", "cột", "column").Replace(cell)
	}
	return sheet + "!" + cell
}
