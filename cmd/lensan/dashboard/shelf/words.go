package shelf

import (
	"slices"
	"strings"
	"sync"

	"lensan/store"
	"lensan/store/fold"
)

// bitset is a set of entries.
type bitset []uint64

func newBitset(n int) bitset      { return make(bitset, (n+63)/64) }
func (b bitset) set(i int32)      { b[i>>6] |= 1 << (i & 63) }
func (b bitset) has(i int32) bool { return b[i>>6]&(1<<(i&63)) != 0 }
func (b bitset) and(other bitset) {
	for i := range b {
		b[i] &= other[i]
	}
}

// words finds the entries in whose texts a word occurs, as a part of a word or
// whole, without reading the texts: each distinct word is kept once, with the
// entries it stands in.
type words struct {
	reg    *register
	names  wordIndex // words of names -> entries
	codes  wordIndex // SKUs and product codes -> entries
	makers wordIndex // words of producers -> producers
	places wordIndex // words of communes -> places

	mu    sync.Mutex
	known map[string]bitset // what was asked for lately
	age   []string
}

// wordsKnown bounds the words whose entries are kept, 13 kB each for 100,000.
const wordsKnown = 128

// find gives the entries in which a folded word occurs. The set belongs to the
// index: it must not be changed.
func (x *words) find(word string) bitset {
	x.mu.Lock()
	have := x.known[word]
	x.mu.Unlock()
	if have != nil {
		return have
	}
	found := newBitset(len(x.reg.entries))
	x.names.each(word, found.set)
	x.codes.each(word, found.set)
	makers, places := make([]bool, len(x.reg.makers)), make([]bool, len(x.reg.places))
	any := false
	x.makers.each(word, func(i int32) { makers[i], any = true, true })
	x.places.each(word, func(i int32) { places[i], any = true, true })
	if any {
		for e, p := range x.reg.of {
			if pr := &x.reg.products[p]; makers[pr.maker] || places[pr.place] {
				found.set(int32(e))
			}
		}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.known[word] == nil {
		if len(x.age) == wordsKnown {
			delete(x.known, x.age[0])
			x.age = slices.Delete(x.age, 0, 1)
		}
		x.known[word] = found
		x.age = append(x.age, word)
	}
	return found
}

// wordIndex is distinct words and the documents that each stands in.
type wordIndex struct {
	all    string  // each word, then a line's end
	starts []int32 // of each word in all
	first  []int32 // of each word's documents in docs, and the end
	docs   []int32
	bytes  [256]bool // which occur at all
}

// each calls fn for every document that has a word in which part occurs; a
// document may come twice.
func (x *wordIndex) each(part string, fn func(doc int32)) {
	for i := range len(part) {
		if !x.bytes[part[i]] {
			return
		}
	}
	for at := 0; ; {
		i := strings.Index(x.all[at:], part)
		if i < 0 {
			return
		}
		w, ok := slices.BinarySearch(x.starts, int32(at+i))
		if !ok {
			w-- // within a word
		}
		for _, doc := range x.docs[x.first[w]:x.first[w+1]] {
			fn(doc)
		}
		if w+1 == len(x.starts) {
			return
		}
		at = int(x.starts[w+1])
	}
}

// indexBuilder collects the words of documents.
type indexBuilder struct {
	at    map[string]int32 // nil: hardly any word comes twice
	words []string
	pairs []wordDoc
}

type wordDoc struct{ word, doc int32 }

func (b *indexBuilder) add(doc int32, folded string) {
	for word := range strings.FieldsSeq(folded) {
		n, ok := b.at[word]
		if !ok {
			n = int32(len(b.words))
			if b.at != nil {
				b.at[word] = n
			}
			b.words = append(b.words, word)
		}
		b.pairs = append(b.pairs, wordDoc{n, doc})
	}
}

func (b *indexBuilder) done() wordIndex {
	var x wordIndex
	size := 0
	for _, w := range b.words {
		size += len(w) + 1
	}
	var all strings.Builder
	all.Grow(size)
	x.starts = make([]int32, len(b.words))
	for i, w := range b.words {
		x.starts[i] = int32(all.Len())
		all.WriteString(w)
		all.WriteByte('\n')
		for j := range len(w) {
			x.bytes[w[j]] = true
		}
	}
	x.all = all.String()
	// Documents of one word together, in their order.
	x.first = make([]int32, len(b.words)+1)
	for _, p := range b.pairs {
		x.first[p.word+1]++
	}
	for i := range b.words {
		x.first[i+1] += x.first[i]
	}
	x.docs = make([]int32, len(b.pairs))
	next := slices.Clone(x.first)
	for _, p := range b.pairs {
		x.docs[next[p.word]] = p.doc
		next[p.word]++
	}
	return x
}

// wordsBuilder makes the index beside the register.
type wordsBuilder struct {
	names, codes indexBuilder
	lastName     string
	lastFolded   string
}

func newWordsBuilder(n int) *wordsBuilder {
	return &wordsBuilder{names: indexBuilder{at: map[string]int32{}, pairs: make([]wordDoc, 0, 6*n)},
		codes: indexBuilder{pairs: make([]wordDoc, 0, 2*n)}}
}

func (b *wordsBuilder) entry(e int32, p *product, k store.ShelfSKU) {
	if p.name != b.lastName {
		b.lastName, b.lastFolded = p.name, fold.Search(p.name)
	}
	b.names.add(e, b.lastFolded)
	if k.Name != "" && k.Name != p.name {
		b.names.add(e, fold.Search(k.Name))
	}
	b.codes.add(e, fold.Search(k.SKU))
	b.codes.add(e, fold.Search(p.code))
}

func (b *wordsBuilder) done(r *register) *words {
	x := &words{reg: r, names: b.names.done(), codes: b.codes.done(), known: map[string]bitset{}}
	makers, places := indexBuilder{at: map[string]int32{}}, indexBuilder{at: map[string]int32{}}
	for i, m := range r.makers {
		makers.add(int32(i), fold.Search(m.name))
	}
	for i, p := range r.places {
		places.add(int32(i), fold.Search(p.commune))
	}
	x.makers, x.places = makers.done(), places.done()
	return x
}
