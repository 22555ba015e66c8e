package store

import (
	"context"
	"fmt"
	"strings"

	"lensan/store/fold"
)

// ProducerName is what a producer is found and shown by.
type ProducerName struct {
	Ref  string `db:"ref"`
	Name string `db:"name"`
}

// FindProducers lists the producers that a person means: those with exactly
// this ref or name, else those whose name holds the words, with or without
// accents; at most limit. An empty text finds the first ones by name.
func (s *Store) FindProducers(ctx context.Context, text string, limit int) ([]ProducerName, error) {
	const exact = `SELECT ref, name FROM producers WHERE merged_into = '' AND (ref = ? OR name = ?) ORDER BY ref`
	const all = `SELECT ref, name FROM producers WHERE merged_into = '' ORDER BY name, ref`
	var rows []ProducerName
	if err := s.selectRows(ctx, &rows, exact, text, text); err != nil {
		return nil, fmt.Errorf("find producers: %w", err)
	}
	if len(rows) > 0 {
		return rows, nil
	}
	if err := s.selectRows(ctx, &rows, all); err != nil {
		return nil, fmt.Errorf("find producers: %w", err)
	}
	words := strings.Fields(fold.Search(text))
	var out []ProducerName
	for _, r := range rows {
		name, found := fold.Search(r.Name), true
		for _, w := range words {
			found = found && strings.Contains(name, w)
		}
		if found {
			if out = append(out, r); len(out) == limit {
				break
			}
		}
	}
	return out, nil
}
