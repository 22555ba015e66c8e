package workbook

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lensan/adapters"
)

// The folders of a lane, in the order in which a person meets them.
const (
	waitingFolder   = "1-can-tai-len"
	uploadedFolder  = "2-da-tai-len"
	listsFolder     = "3-danh-sach-tu-san"
	discardedFolder = "4-bo-khong-tai"
	ownFolder       = ".lensan"
)

// kind is what a file is for: a portal takes one kind of instruction a file.
type kind string

const (
	kindShops  kind = "gian-hang"
	kindCreate kind = "dang-moi"
	kindUpdate kind = "cap-nhat"
	kindClose  kind = "an"
	kindReopen kind = "mo-lai"
)

var kinds = map[adapters.Op]kind{
	opShop: kindShops, adapters.OpCreate: kindCreate, adapters.OpUpdateContent: kindUpdate, adapters.OpUpdateOffer: kindUpdate,
	adapters.OpAdopt: kindUpdate, adapters.OpClose: kindClose, adapters.OpReopen: kindReopen,
}

// handed is one upload file as it is on record. The record is written before
// the file, so that a row that may have reached a person is never forgotten;
// Dirty says that the file still lacks rows of it.
type handed struct {
	File      string    `json:"file"` // without its extension
	Kind      kind      `json:"kind"`
	WrittenAt time.Time `json:"written_at"`
	Dirty     bool      `json:"dirty"`
	// GoneAt is when the file was first missed where it waited; it was taken
	// away then or before.
	GoneAt time.Time `json:"gone_at,omitzero"`
	Rows   []row     `json:"rows"`
}

// entry is what is kept in memory of a file on record.
type entry struct {
	file      string
	kind      kind
	writtenAt time.Time
	goneAt    time.Time
	dirty     bool
	where     string // a folder; empty: it is nowhere
	creates   []shelf
	stamp     string // of the record as it was read
}

// shelf is a SKU in a shop.
type shelf struct{ shop, sku string }

// ledger is what was handed over, by what it was.
type ledger struct {
	files   map[string]*entry
	creates map[shelf]*entry  // the latest that counts
	shops   map[string]*entry // by producer
	others  map[string]*entry // by change
	lost    map[string]time.Time
}

// changeKey names a change that is no create: the same row again is the same
// change.
func changeKey(op adapters.Op, sku string, payload []byte) string {
	sum := sha256.Sum256(payload)
	return string(op) + " " + sku + " " + hex.EncodeToString(sum[:8])
}

// refresh brings the ledger up to what lies in the folders. Files of other
// processes that share the folder are taken in too.
func (a *Adapter) refresh() error {
	places, err := a.places()
	if err != nil {
		return err
	}
	records, err := filepath.Glob(filepath.Join(a.cfg.Folder, ownFolder, a.cfg.Name+"-*.json"))
	if err != nil {
		return err
	}
	stale := false
	for _, path := range records {
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		stamp := fmt.Sprint(info.Size(), info.ModTime().UnixNano())
		name := strings.TrimSuffix(filepath.Base(path), ".json")
		if e := a.ledger.files[name]; e == nil || e.stamp != stamp {
			if err := a.takeIn(path, stamp); err != nil {
				return err
			}
			stale = true
		}
	}
	for name, e := range a.ledger.files {
		stale = stale || e.where != places.of[name]
		e.where = places.of[name]
		if err := a.follow(e, places); err != nil {
			return err
		}
	}
	if stale {
		a.index()
	}
	return nil
}

// places is where upload files lie, and when each folder last changed.
type places struct {
	of      map[string]string
	changed map[string]time.Time
}

func (a *Adapter) places() (places, error) {
	p := places{map[string]string{}, map[string]time.Time{}}
	for _, folder := range []string{discardedFolder, uploadedFolder, waitingFolder} { // a copy that still waits counts first
		dir := filepath.Join(a.cfg.Folder, folder)
		entries, err := os.ReadDir(dir)
		if err != nil {
			return p, err
		}
		info, err := os.Stat(dir)
		if err != nil {
			return p, err
		}
		p.changed[folder] = info.ModTime()
		for _, e := range entries {
			if name, ok := strings.CutSuffix(e.Name(), ".xlsx"); ok && !e.IsDir() {
				p.of[name] = folder
			}
		}
	}
	return p, nil
}

func (a *Adapter) takeIn(path, stamp string) error {
	h, err := readRecord(path)
	if err != nil {
		return err
	}
	if h.File == "" {
		return nil // being made
	}
	e := &entry{file: h.File, kind: h.Kind, writtenAt: h.WrittenAt, goneAt: h.GoneAt, dirty: h.Dirty, stamp: stamp}
	a.rowsOf[h.File] = nil
	for _, r := range h.Rows {
		switch r.Op {
		case adapters.OpCreate:
			e.creates = append(e.creates, shelf{r.Shop, r.SKU})
		case opShop:
			a.rowsOf[h.File] = append(a.rowsOf[h.File], "shop "+r.Shop)
		default:
			b, err := json.Marshal(r)
			if err != nil {
				return err
			}
			a.rowsOf[h.File] = append(a.rowsOf[h.File], changeKey(r.Op, r.SKU, b))
		}
	}
	a.ledger.files[h.File] = e
	return nil
}

// follow notes when a file left the folder where it waits, and writes one that
// a process had no time for.
func (a *Adapter) follow(e *entry, p places) error {
	switch {
	case e.dirty && a.cfg.Now().Sub(e.writtenAt) > rewriteAfter:
		return a.finish(e)
	case e.dirty || e.where == waitingFolder || e.where == discardedFolder || !e.goneAt.IsZero():
		return nil
	}
	// A folder changes when a file comes or goes, so that the file left no
	// later than that, however late it is missed.
	at := a.cfg.Now().UTC()
	folder := e.where
	if folder == "" {
		folder = waitingFolder
	}
	if changed := p.changed[folder]; changed.Before(at) && !changed.Before(e.writtenAt) {
		at = changed.UTC()
	}
	h, err := readRecord(a.record(e.file))
	if err != nil {
		return err
	}
	h.GoneAt, e.goneAt = at, at
	return a.keep(&h)
}

// finish writes the file that a process had no time for. One that a person has
// taken already is left as it is: what it lacks will not show, and is told.
func (a *Adapter) finish(e *entry) error {
	h, err := readRecord(a.record(e.file))
	if err != nil {
		return err
	}
	if e.where == uploadedFolder || e.where == discardedFolder {
		h.Dirty, e.dirty = false, false
		return a.keep(&h)
	}
	if err := a.publish(&h); err != nil {
		return err
	}
	e.dirty, e.where = false, waitingFolder
	return nil
}

// index sorts the files' rows by what they are: of several that hold the same
// one, the latest that was not thrown away.
func (a *Adapter) index() {
	l := &a.ledger
	l.creates, l.shops, l.others = map[shelf]*entry{}, map[string]*entry{}, map[string]*entry{}
	later := func(old, e *entry) bool {
		switch {
		case old == nil:
			return true
		case (old.where == discardedFolder) != (e.where == discardedFolder):
			return old.where == discardedFolder
		}
		return e.writtenAt.After(old.writtenAt)
	}
	for _, e := range l.files {
		for _, s := range e.creates {
			if later(l.creates[s], e) {
				l.creates[s] = e
			}
		}
		for _, key := range a.rowsOf[e.file] {
			if ref, ok := strings.CutPrefix(key, "shop "); ok {
				if later(l.shops[ref], e) {
					l.shops[ref] = e
				}
			} else if later(l.others[key], e) {
				l.others[key] = e
			}
		}
	}
}

func (a *Adapter) record(file string) string {
	return filepath.Join(a.cfg.Folder, ownFolder, file+".json")
}

func readRecord(path string) (handed, error) {
	var h handed
	b, err := os.ReadFile(path)
	if err != nil || len(b) == 0 {
		return h, err
	}
	if err := json.Unmarshal(b, &h); err != nil {
		return h, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return h, nil
}

// keep writes a file's record.
func (a *Adapter) keep(h *handed) error {
	b, err := json.Marshal(h)
	if err != nil {
		return err
	}
	return writeFile(a.record(h.File), b)
}

// nameFile takes a name that no other file has, or ever had.
func (a *Adapter) nameFile(k kind) (string, error) {
	day := a.cfg.Now().In(vietnam).Format(time.DateOnly)
	for n := 1; ; n++ {
		name := fmt.Sprintf("%s-%s-%d-%s", a.cfg.Name, day, n, k)
		f, err := os.OpenFile(a.record(name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		return name, f.Close()
	}
}

// noteLost remembers since when a change that is in no file on record has been
// looked for.
func (a *Adapter) noteLost(key string) (time.Time, error) {
	if a.ledger.lost == nil {
		a.ledger.lost = map[string]time.Time{}
		b, err := os.ReadFile(a.lostFile())
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return time.Time{}, err
		}
		if err == nil {
			if err := json.Unmarshal(b, &a.ledger.lost); err != nil {
				return time.Time{}, err
			}
		}
	}
	if at, ok := a.ledger.lost[key]; ok {
		return at, nil
	}
	at := a.cfg.Now().UTC()
	a.ledger.lost[key] = at
	b, err := json.Marshal(a.ledger.lost)
	if err != nil {
		return at, err
	}
	return at, writeFile(a.lostFile(), b)
}

func (a *Adapter) lostFile() string { return filepath.Join(a.cfg.Folder, ownFolder, "lost.json") }
