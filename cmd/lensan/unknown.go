package main

import (
	"context"

	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
)

// mostUnknown bounds how many unknown codes are told apart.
const mostUnknown = 20

// unknownReasons counts the SKUs whose reason is shown as a plain sentence,
// since the catalogue lacks its code, by code.
func unknownReasons(ctx context.Context, s *store.Store) (map[string]int, error) {
	counts, err := s.ReasonCodes(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string]int{}
	for code, n := range counts {
		switch {
		case text.Explain(catalog.Reason{Code: code}).Known:
		case len(out) < mostUnknown:
			out[text.PlainCode(code)] += n
		default:
			out["other"] += n
		}
	}
	return out, nil
}
