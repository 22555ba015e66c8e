package shelf

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

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

// key is what an entry is ordered by; ties go by product code and SKU.
func (s *Shelf) key(o Sort, i int32) string {
	e := &s.entries[i]
	p := &s.products[e.product]
	switch o {
	case BySKU:
		return e.sku
	case ByStars:
		return string(rune('0' + p.Stars))
	case ByValidUntil:
		return cmp.Or(p.ValidUntil, "9999") // unknown comes last
	case ByChange:
		return fmt.Sprintf("%015d", e.since)
	case ByProducer:
		return sortKey(p.Producer)
	case ByCommune:
		return sortKey(p.Commune)
	}
	return p.nameKey
}

func (s *Shelf) order(o Sort) []int32 {
	order := make([]int32, len(s.entries))
	keys := make([]string, len(s.entries))
	for i := range order {
		order[i] = int32(i)
		keys[i] = s.key(o, int32(i))
	}
	// Entries stand in the order of product and SKU already.
	slices.SortFunc(order, func(a, b int32) int {
		if c := strings.Compare(keys[a], keys[b]); c != 0 {
			return c
		}
		return int(a - b)
	})
	return order
}

// letters gives the Vietnamese letters that are letters of their own the place
// after the one they are made from; tones count for nothing but ties.
var letters = strings.NewReplacer("ă", "a\u007e", "â", "a\u007f", "đ", "d\u007e", "ê", "e\u007e", "ô", "o\u007e", "ơ", "o\u007f", "ư", "u\u007e")

// tones are the marks that do not make another letter.
var tones = strings.NewReplacer("\u0300", "", "\u0301", "", "\u0303", "", "\u0309", "", "\u0323", "")

// sortKey sorts as a Vietnamese dictionary does: a ă â b c d đ e ê …, tones
// after letters.
func sortKey(s string) string {
	plain := norm.NFC.String(tones.Replace(norm.NFD.String(strings.ToLower(s))))
	return letters.Replace(fold.Clean(plain)) + "\x00" + s
}
