package dashboard

import (
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"lensan/store/catalog"
)

// uploadLife is how long uploaded files wait to be confirmed.
const uploadLife = time.Hour

// uploadsWaiting bounds how many uploads of one person wait at once; the
// oldest makes room.
const uploadsWaiting = 5

// upload is what one person uploaded together and has not yet confirmed.
type upload struct {
	id, dir, by string
	at          time.Time
	files       []ImportFile
	pictures    string // folder; empty: none were uploaded
	pictureN    int
	skipped     []string // what was in an archive and is no picture
	partial     bool
	complete    *catalog.Scope
	result      ImportResult
}

// title names an upload by its files.
func (u *upload) title() string {
	var names []string
	for _, f := range u.files {
		names = append(names, f.Name)
	}
	return sentence(names)
}

func (u *upload) request(dry bool, confirm string) ImportRequest {
	q := ImportRequest{Files: u.files, Partial: u.partial, Complete: u.complete, DryRun: dry, Confirm: confirm, By: u.by}
	if u.pictures != "" {
		q.Pictures = os.DirFS(u.pictures)
	}
	return q
}

// uploads keeps uploaded files in a folder of its own until they are
// confirmed, dropped, or too old.
type uploads struct {
	dir string
	now func() time.Time

	mu   sync.Mutex
	byID map[string]*upload
}

func newUploads(parent string, now func() time.Time) (*uploads, error) {
	dir, err := os.MkdirTemp(parent, "lensan-uploads-")
	if err != nil {
		return nil, fmt.Errorf("folder for uploads: %w", err)
	}
	return &uploads{dir: dir, now: now, byID: map[string]*upload{}}, nil
}

func (u *uploads) close() error { return os.RemoveAll(u.dir) }

// begin makes an upload with a folder of its own; keep or dropDir must follow.
func (u *uploads) begin(by string) (*upload, error) {
	up := &upload{id: strings.ToLower(rand.Text()), by: by, at: u.now()}
	up.dir = filepath.Join(u.dir, up.id)
	return up, os.Mkdir(up.dir, 0o700)
}

func (up *upload) dropDir() { os.RemoveAll(up.dir) }

// keep lets an upload wait to be confirmed.
func (u *uploads) keep(up *upload) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.dropOld()
	for {
		var oldest *upload
		n := 0
		for _, f := range u.byID {
			if f.by != up.by {
				continue
			}
			if n++; oldest == nil || f.at.Before(oldest.at) {
				oldest = f
			}
		}
		if n < uploadsWaiting {
			break
		}
		oldest.dropDir()
		delete(u.byID, oldest.id)
	}
	u.byID[up.id] = up
}

func (u *uploads) dropOld() {
	for id, f := range u.byID {
		if u.now().Sub(f.at) > uploadLife {
			f.dropDir()
			delete(u.byID, id)
		}
	}
}

// get finds an upload that its uploader may confirm.
func (u *uploads) get(id, by string) (*upload, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.dropOld()
	f, ok := u.byID[id]
	return f, ok && f.by == by
}

// see reads what came of reading an upload.
func (u *uploads) see(up *upload) ImportResult {
	u.mu.Lock()
	defer u.mu.Unlock()
	return up.result
}

func (u *uploads) set(up *upload, r ImportResult) {
	u.mu.Lock()
	defer u.mu.Unlock()
	up.result = r
}

func (u *uploads) drop(id string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if f, ok := u.byID[id]; ok {
		f.dropDir()
		delete(u.byID, id)
	}
}
