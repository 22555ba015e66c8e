package shelf

import (
	"maps"
	"slices"

	"lensan/store"
)

// cell is where one entry stands on one lane.
type cell struct {
	bucket, sync, market, who uint8
	reason                    uint16
}

// listings is what the shelf knows of where entries stand; it never changes,
// the next one is a copy with what changed.
type listings struct {
	cells   [][]cell // by lane, then by entry
	since   []int64  // when any listing of an entry last changed on its marketplace
	reasons []string
	numbers map[string]uint16 // of reasons
}

// The fixed words of a cell, numbered.
var (
	syncStates = []string{"excluded", "waiting", "waiting_for_lane", "applying", "checking", "applied", "retrying",
		"needs_fixing", "stopped_by_brake", "failed"}
	marketStates = []string{"absent", "pending_review", "live", "rejected", "closed", "locked"}
	whos         = []string{"", "producer", "commune_officer", "operator", "administrator", "marketplace", "nobody"}
)

const live = 2 // marketStates

var buckets = func() []string {
	var out []string
	for _, b := range store.Buckets {
		out = append(out, string(b))
	}
	return out
}()

func bucketNumber(b store.Bucket) uint8 { return number(buckets, string(b)) }

// number finds a word in a short list; an unknown one counts as the first.
func number(list []string, word string) uint8 {
	if i := slices.Index(list, word); i >= 0 {
		return uint8(i)
	}
	return 0
}

// cellsBuilder takes the listings of a reading.
type cellsBuilder struct {
	reg *register
	listings
	moved bitset // entries whose place in the order of changes is another
}

// newCells begins with nothing known: no plan has looked at anything.
func newCells(r *register) *cellsBuilder {
	b := &cellsBuilder{reg: r, moved: newBitset(len(r.entries))}
	b.reasons = []string{"", store.ReasonNotPlanned}
	b.numbers = map[string]uint16{"": 0, store.ReasonNotPlanned: 1}
	unplanned := cell{sync: number(syncStates, "waiting"), reason: 1, who: number(whos, "operator"), bucket: bucketNumber(store.BucketNotPlanned)}
	for range r.lanes {
		b.cells = append(b.cells, slices.Repeat([]cell{unplanned}, len(r.entries)))
	}
	b.since = make([]int64, len(r.entries))
	return b
}

// change begins with what is known already.
func (l listings) change(r *register) *cellsBuilder {
	b := &cellsBuilder{reg: r, moved: newBitset(len(r.entries))}
	b.reasons, b.numbers, b.since = slices.Clone(l.reasons), maps.Clone(l.numbers), slices.Clone(l.since)
	for _, cells := range l.cells {
		b.cells = append(b.cells, slices.Clone(cells))
	}
	return b
}

func (b *cellsBuilder) addListing(l store.ShelfListing) { b.put(l.SKU, l) }

func (b *cellsBuilder) addState(l store.ShelfListing) { b.put("\x00"+l.ProductCode, l) }

func (b *cellsBuilder) put(key string, l store.ShelfListing) {
	i, ok := b.reg.index[key]
	lane := b.reg.lane(l.Marketplace)
	if !ok || lane < 0 {
		return // a SKU that is gone, a marketplace without an account: the views leave them out too
	}
	reason, ok := b.numbers[l.ReasonCode]
	if !ok && len(b.reasons) < 60_000 { // the catalogue has some hundreds
		reason = uint16(len(b.reasons))
		b.numbers[l.ReasonCode] = reason
		b.reasons = append(b.reasons, l.ReasonCode)
	}
	b.cells[lane][i] = cell{
		bucket: bucketNumber(store.BucketFor(l.SyncState, l.MarketState, l.ReasonCode)),
		sync:   number(syncStates, l.SyncState), market: number(marketStates, l.MarketState), who: number(whos, l.Who), reason: reason,
	}
	if l.MarketSince > b.since[i] {
		b.since[i] = l.MarketSince
		b.moved.set(i)
	}
}

// mask is a bit for each of words; a word that is none of list matches nothing.
func mask(list, words []string) uint32 {
	var m uint32
	for _, w := range words {
		if i := slices.Index(list, w); i >= 0 {
			m |= 1 << i
		} else {
			m |= 1 << 31
		}
	}
	return m
}
