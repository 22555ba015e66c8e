package workbook

import (
	"bufio"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lensan/adapters"
)

// reading is the newest exported list, read whole and kept as one line a
// listing in a file of our own, with an index in memory.
type reading struct {
	source string // the list's file name
	key    string // of the list as it lay there
	asOf   time.Time
	path   string // of the lines
	byID   map[string]int
	bySKU  map[string][]int
	spans  []span // oldest first
	shops  map[string]bool
}

// span is where a listing's line stands.
type span struct {
	offset  int64
	length  int
	created int64
	shop    string
}

// header is the first line of a reading's file.
type header struct {
	Source string    `json:"source"`
	AsOf   time.Time `json:"as_of"`
	Rows   int       `json:"rows"`
}

// latest gives the newest list, read anew where another has been dropped since.
// The newest decides even when it can't be used: what it would have told is not
// known, and an older one does not stand in for it.
func (a *Adapter) latest(ctx context.Context) (*reading, *adapters.Error) {
	a.readMu.Lock()
	defer a.readMu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, a.cancelled(err)
	}
	if err := a.prepare(); err != nil {
		return nil, a.folderFault(err)
	}
	name, info, err := a.newestList()
	if err != nil {
		return nil, a.folderFault(err)
	}
	if name == "" {
		return nil, a.laneWaits("workbook.no_list", filepath.Join(a.cfg.Folder, listsFolder), nil)
	}
	key := a.listKey(name, info)
	if a.read != nil && a.read.key == key {
		return a.read, nil
	}
	if a.refusedKey == key {
		return nil, a.laneWaits(a.refusal.code, a.where(name, a.refusal.place), a.refusal)
	}
	r, err := a.load(ctx, name, info, key)
	var bad *refusal
	switch {
	case errors.As(err, &bad):
		a.refusedKey, a.refusal = key, bad
		a.log.Error("an exported list can't be used", "marketplace", a.cfg.Name, "file", name, "code", bad.code, "place", bad.place)
		return nil, a.laneWaits(bad.code, a.where(name, bad.place), bad)
	case ctx.Err() != nil:
		return nil, a.cancelled(ctx.Err())
	case err != nil:
		return nil, a.folderFault(err)
	}
	a.read, a.refusedKey, a.refusal = r, "", nil
	a.forgetReadings(r.path)
	return r, nil
}

func (a *Adapter) where(file, place string) string {
	if place == "" {
		return file
	}
	return file + ", " + place
}

// newestList finds the list that was written last.
func (a *Adapter) newestList() (string, fs.FileInfo, error) {
	entries, err := os.ReadDir(filepath.Join(a.cfg.Folder, listsFolder))
	if err != nil {
		return "", nil, err
	}
	var newest fs.FileInfo
	for _, e := range entries {
		if e.IsDir() || !isList(e.Name()) {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return "", nil, err
		}
		if newest == nil || info.ModTime().After(newest.ModTime()) || info.ModTime().Equal(newest.ModTime()) && info.Name() > newest.Name() {
			newest = info
		}
	}
	if newest == nil {
		return "", nil, nil
	}
	return newest.Name(), newest, nil
}

// listKey names a list as it lies there, and how it is read.
func (a *Adapter) listKey(name string, info fs.FileInfo) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "2\n%s\n%d\n%d\n%s", name, info.Size(), info.ModTime().UnixNano(), a.mappingKey))
	return hex.EncodeToString(sum[:12])
}

// load takes a list over into lines of our own, or finds them there.
func (a *Adapter) load(ctx context.Context, name string, info fs.FileInfo, key string) (*reading, error) {
	path := filepath.Join(a.cfg.Folder, ownFolder, "list-"+key+".jsonl")
	if r, err := indexed(path); err == nil {
		r.key = key
		return r, nil
	}
	body, err := os.CreateTemp(filepath.Join(a.cfg.Folder, ownFolder), ".list-*")
	if err != nil {
		return nil, err
	}
	defer os.Remove(body.Name()) //nolint:errcheck // gone where it was renamed
	defer body.Close()           //nolint:errcheck // closed below where it counts
	out := bufio.NewWriter(body)
	enc := json.NewEncoder(out)
	stated, rows, err := a.readList(filepath.Join(a.cfg.Folder, listsFolder, name), func(l adapters.Listing) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return enc.Encode(l)
	})
	if err != nil {
		return nil, err
	}
	asOf := info.ModTime().UTC()
	if !stated.IsZero() && stated.Before(asOf) {
		asOf = stated
	}
	if err := enc.Encode(header{Source: name, AsOf: asOf, Rows: rows}); err != nil { // last: its presence says that all is there
		return nil, err
	}
	if err := errors.Join(out.Flush(), body.Sync(), body.Close()); err != nil {
		return nil, err
	}
	if err := os.Rename(body.Name(), path); err != nil {
		return nil, err
	}
	r, err := indexed(path)
	if err != nil {
		return nil, err
	}
	r.key = key
	return r, nil
}

var errNoReading = errors.New("not a reading")

// indexed reads the lines of a reading and keeps where each stands.
func indexed(path string) (*reading, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // read only
	r := &reading{path: path, byID: map[string]int{}, bySKU: map[string][]int{}, shops: map[string]bool{}}
	type keyed struct {
		span
		id, sku string
	}
	var all []keyed
	in := bufio.NewReaderSize(f, 64<<10)
	var offset int64
	var last header
	for {
		b, err := in.ReadBytes('\n')
		if err == io.EOF && len(b) == 0 {
			break
		}
		if err != nil {
			return nil, errNoReading
		}
		var l struct {
			RemoteID, SKU, ShopID string
			CreatedAt             time.Time
			header
		}
		if err := json.Unmarshal(b, &l); err != nil {
			return nil, errNoReading
		}
		if last = l.header; l.RemoteID != "" {
			k := keyed{span{offset, len(b), 0, l.ShopID}, l.RemoteID, l.SKU}
			if !l.CreatedAt.IsZero() {
				k.created = l.CreatedAt.UnixMilli()
			}
			all = append(all, k)
		}
		offset += int64(len(b))
	}
	if last.Source == "" || last.Rows != len(all) {
		return nil, errNoReading
	}
	slices.SortStableFunc(all, func(x, y keyed) int { return cmp.Compare(x.created, y.created) })
	for i, k := range all {
		r.spans = append(r.spans, k.span)
		r.shops[k.shop] = true
		r.byID[k.id] = i
		if k.sku != "" {
			r.bySKU[k.sku] = append(r.bySKU[k.sku], i)
		}
	}
	r.source, r.asOf = last.Source, last.AsOf
	return r, nil
}

// listings reads the lines at these places, in the order given.
func (r *reading) listings(ctx context.Context, places iter.Seq[int]) iter.Seq2[adapters.Listing, error] {
	return func(yield func(adapters.Listing, error) bool) {
		f, err := os.Open(r.path)
		if err != nil {
			yield(adapters.Listing{}, err)
			return
		}
		defer f.Close() //nolint:errcheck // read only
		var buf []byte
		for i := range places {
			if err := ctx.Err(); err != nil {
				yield(adapters.Listing{}, err)
				return
			}
			s := r.spans[i]
			buf = slices.Grow(buf[:0], s.length)[:s.length]
			var l adapters.Listing
			_, err := f.ReadAt(buf, s.offset)
			if err == nil {
				err = json.Unmarshal(buf, &l)
			}
			if err != nil {
				yield(adapters.Listing{}, err)
				return
			}
			l.SeenAt = r.asOf
			if !yield(l, nil) {
				return
			}
		}
	}
}

// forgetReadings removes the lines of older lists. A reader that has one open
// keeps it.
func (a *Adapter) forgetReadings(keep string) {
	old, err := filepath.Glob(filepath.Join(a.cfg.Folder, ownFolder, "list-*.jsonl"))
	if err != nil {
		return
	}
	for _, path := range old {
		if path != keep {
			os.Remove(path) //nolint:errcheck // it is made again where it is needed
		}
	}
}

// ReadAsOf is when the newest list was exported: by its own words, or by its
// file's time.
func (a *Adapter) ReadAsOf(ctx context.Context) (time.Time, *adapters.Error) {
	r, err := a.latest(ctx)
	if err != nil {
		return time.Time{}, err
	}
	return r.asOf, nil
}

// Get reads listings by id from the newest list.
func (a *Adapter) Get(ctx context.Context, ids []string) (map[string]adapters.Listing, *adapters.Error) {
	r, fault := a.latest(ctx)
	if fault != nil {
		return nil, fault
	}
	out := make(map[string]adapters.Listing, len(ids))
	for l, err := range r.listings(ctx, func(yield func(int) bool) {
		for _, id := range ids {
			if i, ok := r.byID[id]; ok && !yield(i) {
				return
			}
		}
	}) {
		if err != nil {
			return nil, a.readFault(ctx, err)
		}
		out[l.RemoteID] = l
	}
	return out, nil
}

// listing reads one that is in the list.
func (a *Adapter) listing(ctx context.Context, r *reading, id string) (adapters.Listing, *adapters.Error) {
	for l, err := range r.listings(ctx, func(yield func(int) bool) { yield(r.byID[id]) }) {
		if err != nil {
			return l, a.readFault(ctx, err)
		}
		return l, nil
	}
	return adapters.Listing{}, nil
}

// Find reads the listings that carry these SKUs from the newest list.
func (a *Adapter) Find(ctx context.Context, shopID string, skus []string) ([]adapters.Listing, *adapters.Error) {
	r, fault := a.latest(ctx)
	if fault != nil {
		return nil, fault
	}
	return a.find(ctx, r, shopID, skus)
}

func (a *Adapter) find(ctx context.Context, r *reading, shopID string, skus []string) ([]adapters.Listing, *adapters.Error) {
	var out []adapters.Listing
	asked := map[string]bool{}
	for l, err := range r.listings(ctx, func(yield func(int) bool) {
		for _, sku := range skus {
			if asked[sku] {
				continue
			}
			asked[sku] = true
			for _, i := range r.bySKU[sku] {
				if (shopID == "" || r.spans[i].shop == shopID) && !yield(i) {
					return
				}
			}
		}
	}) {
		if err != nil {
			return nil, a.readFault(ctx, err)
		}
		out = append(out, l)
	}
	return out, nil
}

// List reads the newest list, oldest first where it tells when each was made.
func (a *Adapter) List(ctx context.Context, query adapters.ListQuery) iter.Seq2[adapters.Listing, error] {
	return func(yield func(adapters.Listing, error) bool) {
		r, fault := a.latest(ctx)
		if fault != nil {
			yield(adapters.Listing{}, fault)
			return
		}
		for l, err := range r.listings(ctx, func(yield func(int) bool) {
			for i, s := range r.spans {
				if (query.ShopID == "" || s.shop == query.ShopID) && !yield(i) {
					return
				}
			}
		}) {
			if err != nil {
				yield(adapters.Listing{}, a.readFault(ctx, err))
				return
			}
			if !yield(l, nil) {
				return
			}
		}
	}
}

// shows tells whether the list has a SKU in a shop.
func (r *reading) shows(shopID, sku string) bool {
	return slices.ContainsFunc(r.bySKU[sku], func(i int) bool { return r.spans[i].shop == shopID })
}

// showsMangled tells whether a shop of the list has a SKU that is this one but
// for leading zeros, which spreadsheets drop.
func (r *reading) showsMangled(shopID, sku string) bool {
	bare := strings.TrimLeft(sku, "0")
	return bare != sku && r.shows(shopID, bare)
}
