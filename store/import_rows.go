package store

import (
	"context"
	"encoding/json"

	"lensan/store/catalog"
)

// upsertRows is how many rows one statement of an import carries: some twenty
// columns each stay within either engine's limit.
const upsertRows = 500

// named runs a statement with named parameters for many rows.
func named[T any](ctx context.Context, t *tx, query string, rows []T) error {
	for _, part := range chunk(rows, upsertRows) {
		if _, err := t.NamedExecContext(ctx, query, part); err != nil {
			return err
		}
	}
	return nil
}

// blanks merges blanks by the import's rule: a blank never erases what is
// known, unless the import is told to and the sheet has the column.
type blanks struct {
	erase  bool
	cells  map[string]string
	doubts map[string]catalog.Doubt
	erased int
}

func (b *blanks) erases(field string) bool {
	if !b.erase {
		return false
	}
	_, column := b.cells[field]
	_, doubtful := b.doubts[field]
	return column && !doubtful
}

func mergeValue[T comparable](b *blanks, field string, have *T, read T) {
	var zero T
	switch {
	case read != zero:
		*have = read
	case *have != zero && b.erases(field):
		*have = zero
		b.erased++
	}
}

// mergeCells takes over where fields stand now. Fields that this sheet has no
// column for keep their cells.
func mergeCells(have string, read map[string]string) (string, error) {
	return mergeMap(have, read, nil)
}

// mergeDoubts takes over this row's doubts, and ends those of columns that the
// sheet has and that are fine now.
func mergeDoubts(have string, cells map[string]string, read map[string]catalog.Doubt) (string, error) {
	fine := make([]string, 0, len(cells))
	for f := range cells {
		fine = append(fine, f)
	}
	return mergeMap(have, read, fine)
}

func mergeMap[T any](have string, read map[string]T, remove []string) (string, error) {
	all := map[string]T{}
	if have != "" && have != "{}" {
		if err := json.Unmarshal([]byte(have), &all); err != nil {
			return "", err
		}
	}
	for _, k := range remove {
		delete(all, k)
	}
	for k, v := range read {
		all[k] = v
	}
	return toJSON(all)
}

// sameDoubts compares doubts without where they stand: rows that have moved
// are no change.
func sameDoubts(a, b string) bool {
	if a == b {
		return true
	}
	var da, db map[string]catalog.Doubt
	if json.Unmarshal([]byte(a), &da) != nil || json.Unmarshal([]byte(b), &db) != nil || len(da) != len(db) {
		return false
	}
	for k, v := range da {
		if w, ok := db[k]; !ok || v.Value != w.Value || v.Reason != w.Reason {
			return false
		}
	}
	return true
}

// doubt adds what only the merge could find to the report.
func (m *merge) doubt(ctx context.Context, at, field, value, key string, refused bool, r catalog.Reason) (catalog.Doubt, error) {
	sheet, cell := splitPlace(at)
	d := catalog.Doubt{Sheet: sheet, Cell: cell, Field: field, Value: value, Reason: r.Code, Args: r.Args, Key: key, RowRefused: refused}
	return d, m.stage.doubts(ctx, d)
}

// splitPlace takes "Sheet!C7" apart.
func splitPlace(at string) (sheet, cell string) {
	for i := len(at) - 1; i >= 0; i-- {
		if at[i] == '!' {
			return at[:i], at[i+1:]
		}
	}
	return "", at
}
