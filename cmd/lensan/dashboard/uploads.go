package dashboard

import (
	"archive/zip"
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"lensan/store"
)

// uploadLife is how long an uploaded file waits to be confirmed.
const uploadLife = time.Hour

// maxUnzipped bounds what an uploaded workbook may unfold to.
const maxUnzipped = 1 << 30

// upload is one file that was uploaded and not yet confirmed.
type upload struct {
	id, name, path, by string
	at                 time.Time
	result             ImportResult
}

// uploads keeps uploaded files in a folder of its own until they are
// confirmed, dropped, or too old.
type uploads struct {
	dir string
	now func() time.Time

	mu    sync.Mutex
	files map[string]*upload
}

func newUploads(parent string, now func() time.Time) (*uploads, error) {
	dir, err := os.MkdirTemp(parent, "lensan-uploads-")
	if err != nil {
		return nil, fmt.Errorf("folder for uploads: %w", err)
	}
	return &uploads{dir: dir, now: now, files: map[string]*upload{}}, nil
}

func (u *uploads) close() error { return os.RemoveAll(u.dir) }

// put stores a file under an id of its own. Its name is the person's and is
// only shown.
func (u *uploads) put(r io.Reader, name, by string) (*upload, error) {
	up := &upload{id: strings.ToLower(rand.Text()), name: filepath.Base(strings.ReplaceAll(name, `\`, "/")), by: by, at: u.now()}
	folder := filepath.Join(u.dir, up.id)
	if err := os.Mkdir(folder, 0o700); err != nil {
		return nil, err
	}
	// The extension is kept, nothing else of the name: readers go by it.
	ext := strings.ToLower(filepath.Ext(up.name))
	if ext != ".xlsx" {
		ext = ".csv"
	}
	up.path = filepath.Join(folder, "register"+ext)
	f, err := os.OpenFile(up.path, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = io.Copy(f, r)
	if err = errors.Join(err, f.Close()); err != nil {
		os.RemoveAll(folder)
		return nil, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.dropOld()
	u.files[up.id] = up
	return up, nil
}

func (u *uploads) dropOld() {
	for id, f := range u.files {
		if u.now().Sub(f.at) > uploadLife {
			os.RemoveAll(filepath.Dir(f.path))
			delete(u.files, id)
		}
	}
}

// get finds a file that its uploader may confirm.
func (u *uploads) get(id, by string) (*upload, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.dropOld()
	f, ok := u.files[id]
	return f, ok && f.by == by
}

func (u *uploads) drop(id string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if f, ok := u.files[id]; ok {
		os.RemoveAll(filepath.Dir(f.path))
		delete(u.files, id)
	}
}

var (
	errNoFile  = say(http.StatusBadRequest, "Chưa chọn tệp nào.", "No file was chosen.")
	errTooBig  = say(http.StatusRequestEntityTooLarge, "Tệp lớn quá.", "The file is too large.")
	errBadType = say(http.StatusUnsupportedMediaType, "Tệp phải là sổ tính .xlsx hoặc .csv. Nội dung tệp này không phải như vậy.", "The file must be an .xlsx workbook or .csv. Its content is neither.")
)

// checkContent tells a workbook or a text table by its bytes, not by its name.
func checkContent(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, 4096)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return err
	}
	head = head[:n]
	if n == 0 {
		return errNoFile
	}
	if !bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		return checkTable(path, head)
	}
	if filepath.Ext(path) != ".xlsx" {
		return errBadType
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	z, err := zip.NewReader(f, info.Size())
	if err != nil {
		return errBadType
	}
	book, total := false, uint64(0)
	for _, e := range z.File {
		total += e.UncompressedSize64
		book = book || e.Name == "xl/workbook.xml"
	}
	if total > maxUnzipped {
		return errTooBig
	}
	if !book {
		return errBadType
	}
	return nil
}

func checkTable(path string, head []byte) error {
	// Text in any of the encodings that tables come in; the reader knows them.
	kind, _, _ := strings.Cut(http.DetectContentType(head), ";")
	if filepath.Ext(path) != ".csv" || kind != "text/plain" {
		return errBadType
	}
	return nil
}

type importsData struct {
	page
	Rows []store.ImportReport
	Next string
}

func (d *Dashboard) imports(w http.ResponseWriter, r *http.Request, v *visit) (err error) {
	data := &importsData{page: v.page("imports", v.tr("Nhập danh sách", "Imports"))}
	if data.Rows, err = d.Store.Imports(r.Context(), r.URL.Query().Get("before"), 30); err != nil {
		return err
	}
	if len(data.Rows) == 30 {
		data.Next = string(link("/imports", "before", data.Rows[29].ID))
	}
	return d.show(w, r, v, http.StatusOK, "imports", data)
}

type importData struct {
	page
	Upload  string // id of a file that waits to be confirmed; empty: an import on record
	File    string
	Report  store.ImportReport
	Doubts  []doubtView
	More    string // the next doubts
	Held    []reasonView
	Refused string
	Hits    []hitView
	Nothing bool
}

type hitView struct {
	Code, Name string
	What       []string
}

func (d *Dashboard) newImport(w http.ResponseWriter, r *http.Request, v *visit) error {
	return d.show(w, r, v, http.StatusOK, "newimport", &importData{page: v.page("imports", v.tr("Nhập danh sách mới", "New import"))})
}

// uploadImport takes a file, reads it without taking anything over, and shows
// what it would do.
func (d *Dashboard) uploadImport(w http.ResponseWriter, r *http.Request, v *visit) error {
	r.Body = http.MaxBytesReader(w, r.Body, d.MaxUpload)
	part, err := filePart(r)
	if err != nil {
		return err
	}
	up, err := d.uploads.put(part, part.FileName(), v.user.name)
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return errTooBig
	}
	if err != nil {
		return err
	}
	if err := checkContent(up.path); err != nil {
		d.uploads.drop(up.id)
		return err
	}
	if up.result, err = d.Import(r.Context(), up.request(true, "")); err != nil {
		d.uploads.drop(up.id)
		return err
	}
	http.Redirect(w, r, "/uploads/"+up.id, http.StatusSeeOther)
	return nil
}

// filePart finds the file of a form without keeping the form in memory.
func filePart(r *http.Request) (*multipart.Part, error) {
	form, err := r.MultipartReader()
	if err != nil {
		return nil, errNoFile
	}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, errNoFile
		}
		var big *http.MaxBytesError
		if errors.As(err, &big) {
			return nil, errTooBig
		}
		if err != nil {
			return nil, errNoFile
		}
		if part.FormName() == "file" && part.FileName() != "" {
			return part, nil
		}
	}
}

func (u *upload) request(dry bool, confirm string) ImportRequest {
	return ImportRequest{Name: u.name, Path: u.path, Open: func() (io.ReadCloser, error) { return os.Open(u.path) }, DryRun: dry, Confirm: confirm, By: u.by}
}

func (d *Dashboard) previewImport(w http.ResponseWriter, r *http.Request, v *visit) error {
	up, ok := d.uploads.get(r.PathValue("id"), v.user.name)
	if !ok {
		return say(http.StatusNotFound, "Tệp này không còn chờ nữa: hãy tải lên lại.", "The file does not wait any more: upload it again.")
	}
	data := d.importView(v, up.result.Report, up.result.Doubts)
	data.Upload, data.File, data.Refused = up.id, up.name, up.result.Refused
	data.Nothing = up.result.Refused == "" && up.result.Report.Counts.ChangedNothing()
	return d.show(w, r, v, http.StatusOK, "import", data)
}

// confirmImport takes over a file that was looked at. One that is held says so
// and waits for a second confirmation, which names the held import.
func (d *Dashboard) confirmImport(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := r.ParseForm(); err != nil {
		return say(http.StatusBadRequest, "Biểu mẫu không đọc được.", "The form can't be read.")
	}
	up, ok := d.uploads.get(r.PathValue("id"), v.user.name)
	if !ok {
		return say(http.StatusNotFound, "Tệp này không còn chờ nữa: hãy tải lên lại.", "The file does not wait any more: upload it again.")
	}
	if r.PostForm.Get("do") == "drop" {
		d.uploads.drop(up.id)
		return done(w, r, "/imports", "rejected")
	}
	result, err := d.Import(r.Context(), up.request(false, r.PostForm.Get("held")))
	if err != nil {
		return err
	}
	if result.Refused != "" || result.Report.State == store.ImportHeld {
		d.uploads.mu.Lock()
		up.result = result
		d.uploads.mu.Unlock()
		return done(w, r, "/uploads/"+up.id, map[bool]string{true: "held"}[result.Refused == ""])
	}
	d.uploads.drop(up.id)
	return done(w, r, "/imports/"+result.Report.ID, "imported")
}

func (d *Dashboard) rejectImport(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := d.Store.RejectImport(r.Context(), r.PathValue("id"), v.user.name); err != nil {
		return err
	}
	return done(w, r, "/imports", "rejected")
}

func (d *Dashboard) importReport(w http.ResponseWriter, r *http.Request, v *visit) error {
	ctx, id := r.Context(), r.PathValue("id")
	rep, err := d.Store.ImportByID(ctx, id)
	if err != nil {
		return err
	}
	after := int(toInt64(r.URL.Query().Get("after")))
	doubts, err := d.Store.ImportDoubts(ctx, id, after, 200)
	if err != nil {
		return err
	}
	data := d.importView(v, rep, doubts)
	data.File = sentence(rep.Files)
	if len(doubts) == 200 {
		data.More = string(link("/imports/"+id, "after", after+200))
	}
	return d.show(w, r, v, http.StatusOK, "import", data)
}
