package shelf

import (
	"slices"
	"sort"
	"strings"

	"lensan/store/fold"
)

// Producer is what a producer is found and shown by.
type Producer struct{ Ref, Name string }

// Producers lists the producers that a person means: those with exactly this
// ref or name, else those whose name holds the words, with or without accents;
// at most limit, by name.
func (s *Shelf) Producers(text string, limit int) []Producer {
	var out []Producer
	for _, m := range s.makers {
		if m.ref != "" && (m.ref == text || m.name == text) {
			out = append(out, Producer{m.ref, m.name})
		}
	}
	if len(out) > 0 && text != "" {
		return out[:min(len(out), limit)]
	}
	hits := newBitset(len(s.makers))
	for n, word := range strings.Fields(fold.Search(text)) {
		one := newBitset(len(s.makers))
		s.words.makers.each(word, one.set)
		if n == 0 {
			hits = one
		} else {
			hits.and(one)
		}
	}
	out = nil
	any := strings.TrimSpace(text) == ""
	for _, i := range s.byMaker() {
		if m := s.makers[i]; m.name != "" && (any || hits.has(i)) {
			if out = append(out, Producer{m.ref, m.name}); len(out) == limit {
				break
			}
		}
	}
	return out
}

// ProductCodes lists, by code, at most limit products from a code on
// that may be what a query finds when it is asked of products: all that have a
// SKU for each of the things asked for, on the lane that is asked about.
func (s *Shelf) ProductCodes(q Query, from string, limit int) []string {
	var each []*matcher
	for _, part := range []Query{{Sync: q.Sync}, {Market: q.Market}, {Reasons: q.Reasons}, {Who: q.Who}} {
		if len(part.Sync)+len(part.Market)+len(part.Reasons)+len(part.Who) > 0 {
			part.Lane = q.Lane
			each = append(each, s.matcher(part))
		}
	}
	q.Sync, q.Market, q.Reasons, q.Who, q.Lane, q.Buckets = nil, nil, nil, nil, "", nil
	all := s.matcher(q)
	var out []string
	first := sort.Search(len(s.of), func(i int) bool { return s.products[s.of[i]].code >= from })
	for first < len(s.of) && len(out) < limit {
		p := s.of[first]
		after := first + 1
		for after < len(s.of) && s.of[after] == p {
			after++
		}
		some := func(ok func(i int32) bool) bool {
			for i := first; i < after; i++ {
				if ok(int32(i)) {
					return true
				}
			}
			return false
		}
		if some(all.entry) && !slices.ContainsFunc(each, func(m *matcher) bool {
			return !some(func(i int32) bool { _, match := m.lanes(i); return match })
		}) {
			out = append(out, s.products[p].code)
		}
		first = after
	}
	return out
}
