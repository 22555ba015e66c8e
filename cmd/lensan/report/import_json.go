package report

import (
	"bufio"
	"encoding/json"
	"io"
	"iter"

	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
)

type saidDoubt struct {
	catalog.Doubt
	ReasonVI string `json:"reason_vi"`
	ReasonEN string `json:"reason_en"`
	FixVI    string `json:"fix_vi"`
	FixEN    string `json:"fix_en"`
	Who      string `json:"who_fixes"`
}

type saidPicture struct {
	store.PictureProblem
	ReasonVI string `json:"reason_vi"`
	ReasonEN string `json:"reason_en"`
	FixVI    string `json:"fix_vi"`
	FixEN    string `json:"fix_en"`
	Who      string `json:"who_fixes"`
}

// ImportJSON writes the same for programs: the report's fields under
// "import", then "doubts" and "pictures" with their sentences in both
// languages.
func ImportJSON(out io.Writer, rep store.ImportReport, doubts iter.Seq2[catalog.Doubt, error], pictures iter.Seq2[store.PictureProblem, error]) error {
	w := bufio.NewWriter(out)
	head, err := json.Marshal(rep)
	if err != nil {
		return err
	}
	if _, err := w.WriteString(`{"schema_version":1,"kind":"import","import":` + string(head) + `,"doubts":[`); err != nil {
		return err
	}
	err = writeAll(w, doubts, func(d catalog.Doubt) any {
		e := text.Explain(catalog.Reason{Code: d.Reason, Args: d.Args})
		return saidDoubt{d, e.VI, e.EN, e.FixVI, e.FixEN, string(e.Who)}
	})
	if err != nil {
		return err
	}
	if _, err := w.WriteString(`],"pictures":[`); err != nil {
		return err
	}
	err = writeAll(w, pictures, func(p store.PictureProblem) any {
		e := text.Explain(catalog.Reason{Code: p.Reason, Args: p.Args})
		return saidPicture{p, e.VI, e.EN, e.FixVI, e.FixEN, string(e.Who)}
	})
	if err != nil {
		return err
	}
	if _, err := w.WriteString("]}\n"); err != nil {
		return err
	}
	return w.Flush()
}

func writeAll[T any](w *bufio.Writer, all iter.Seq2[T, error], say func(T) any) error {
	if all == nil {
		return nil
	}
	first := true
	for v, err := range all {
		if err != nil {
			return err
		}
		b, err := json.Marshal(say(v))
		if err != nil {
			return err
		}
		if !first {
			b = append([]byte(",\n"), b...)
		}
		first = false
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	return nil
}
