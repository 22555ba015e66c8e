package shelf

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"lensan/store/fold"
)

// Sort is what a page of listings is ordered by.
type Sort int

// The orders.
const (
	ByName Sort = iota
	BySKU
	ByStars
	ByValidUntil
	ByChange // when it last changed on a marketplace
	ByProducer
	ByCommune
	sortCount
)

var sortNames = [sortCount]string{"name", "sku", "stars", "valid_until", "changed", "producer", "commune"}

// ParseSort reads a sort's name; anything else is ByName.
func ParseSort(s string) Sort {
	if i := slices.Index(sortNames[:], s); i >= 0 {
		return Sort(i)
	}
	return ByName
}

// String is the sort's name in addresses.
func (o Sort) String() string { return sortNames[o] }

// key is what an entry is ordered by; ties go by product code and SKU. It is
// made when it is asked for: kept, the keys would be as large as the rest.
func (s *Shelf) key(o Sort, i int32) string {
	p := &s.products[s.of[i]]
	switch o {
	case BySKU:
		return s.entries[i].sku
	case ByStars:
		return string(rune('0' + p.stars))
	case ByValidUntil:
		return untilKey(s.untils[p.until])
	case ByChange:
		return fmt.Sprintf("%015d", s.since[i])
	case ByProducer:
		return sortKey(s.makers[p.maker].name)
	case ByCommune:
		return sortKey(s.places[p.place].commune)
	}
	return sortKey(p.name)
}

func untilKey(until string) string { return cmp.Or(until, "9999") } // unknown comes last

// order sorts all entries, which stand by product and SKU already: what they
// are ordered by is sorted once for each value and not for each entry.
func (r *register) order(o Sort) []int32 {
	rank := make([]int32, len(r.entries))
	byProduct := func(of func(p *product) int32) {
		for i, p := range r.of {
			rank[i] = of(&r.products[p])
		}
	}
	switch o {
	case BySKU:
		rank = rankOf(keysOf(r.entries, func(e entry) string { return e.sku }))
	case ByStars:
		byProduct(func(p *product) int32 { return int32(p.stars) })
	case ByValidUntil:
		ranks := rankOf(keysOf(r.untils, untilKey))
		byProduct(func(p *product) int32 { return ranks[p.until] })
	case ByProducer:
		ranks := r.makerRanks()
		byProduct(func(p *product) int32 { return ranks[p.maker] })
	case ByCommune:
		ranks := rankOf(keysOf(r.places, func(p placeOf) string { return sortKey(p.commune) }))
		byProduct(func(p *product) int32 { return ranks[p.place] })
	default:
		ranks := rankOf(keysOf(r.products, func(p product) string { return sortKey(p.name) }))
		for i, p := range r.of {
			rank[i] = ranks[p]
		}
	}
	return byRank(rank, max(len(r.entries), len(r.products), len(r.makers), len(r.untils), len(r.places), 16))
}

func keysOf[T any](values []T, key func(T) string) []string {
	keys := make([]string, len(values))
	for i, v := range values {
		keys[i] = key(v)
	}
	return keys
}

// rankOf gives each key its place; equal keys have the same.
func rankOf(keys []string) []int32 {
	at := make([]int32, len(keys))
	for i := range at {
		at[i] = int32(i)
	}
	slices.SortFunc(at, func(a, b int32) int { return strings.Compare(keys[a], keys[b]) })
	ranks := make([]int32, len(keys))
	for n, i := range at {
		if n > 0 && keys[i] == keys[at[n-1]] {
			ranks[i] = ranks[at[n-1]]
			continue
		}
		ranks[i] = int32(n)
	}
	return ranks
}

// byRank sorts by ranks below n, equal ones as they stand.
func byRank(rank []int32, n int) []int32 {
	next := make([]int32, n+1)
	for _, r := range rank {
		next[r+1]++
	}
	for i := range n {
		next[i+1] += next[i]
	}
	order := make([]int32, len(rank))
	for i, r := range rank {
		order[next[r]] = int32(i)
		next[r]++
	}
	return order
}

func compareSince(since []int64) func(a, b int32) int {
	return func(a, b int32) int { return cmp.Or(cmp.Compare(since[a], since[b]), cmp.Compare(a, b)) }
}

func (s *Shelf) orderByChange() []int32 {
	order := make([]int32, len(s.since))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, compareSince(s.since))
	return order
}

// mergeByChange is the order after some entries have moved.
func mergeByChange(order []int32, moved bitset, since []int64) []int32 {
	var changed []int32
	for i := range int32(len(since)) {
		if moved.has(i) {
			changed = append(changed, i)
		}
	}
	if len(changed) == 0 {
		return order
	}
	compare := compareSince(since)
	slices.SortFunc(changed, compare)
	out := make([]int32, 0, len(order))
	for _, i := range order {
		if moved.has(i) {
			continue
		}
		for len(changed) > 0 && compare(changed[0], i) < 0 {
			out, changed = append(out, changed[0]), changed[1:]
		}
		out = append(out, i)
	}
	return append(out, changed...)
}

// letters gives the Vietnamese letters that are letters of their own the place
// after the one they are made from; tones count for nothing but ties.
var letters = strings.NewReplacer("ă", "a\u007e", "â", "a\u007f", "đ", "d\u007e", "ê", "e\u007e", "ô", "o\u007e", "ơ", "o\u007f", "ư", "u\u007e")

// tones are the marks that do not make another letter.
var tones = strings.NewReplacer("\u0300", "", "\u0301", "", "\u0303", "", "\u0309", "", "\u0323", "")

// sortKey sorts as a Vietnamese dictionary does: a ă â b c d đ e ê …, tones
// after letters.
func sortKey(s string) string {
	var b strings.Builder
	b.Grow(2*len(s) + 1)
	table := runeKeys()
	for _, r := range s {
		if int(r) >= len(table) || table[r] == "" {
			return letterKey(s) + "\x00" + s // a mark of its own, or a letter from afar
		}
		b.WriteString(table[r])
	}
	b.WriteByte(0)
	b.WriteString(s)
	return b.String()
}

// letterKey is a text without tones, its letters in their places.
func letterKey(s string) string {
	plain := norm.NFC.String(tones.Replace(norm.NFD.String(strings.ToLower(s))))
	return letters.Replace(fold.Clean(plain))
}

// runeKeys are the keys of the letters of Latin script that stand alone;
// composing texts letter by letter takes ten times as long.
var runeKeys = sync.OnceValue(func() []string {
	table := make([]string, 0x1f00)
	for r := range rune(len(table)) {
		switch {
		case r == ' ':
			table[r] = " "
		case r < ' ' || r > 0x24f && r < 0x1e00 || unicode.IsSpace(r) || unicode.IsControl(r):
		default:
			table[r] = letterKey(string(r))
		}
	}
	return table
})
