package dashboard

import (
	"net/http"

	"lensan/cmd/lensan/dashboard/shelf"
	"lensan/store"
	"lensan/store/catalog"
)

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

	Pictures []pictureView // named and not to be had
	PictureN int           // uploaded
	Skipped  []string      // in an archive, and no picture
	Partial  bool
	Complete *catalog.Scope
}

// pictureView is a picture that a SKU names and does not have.
type pictureView struct{ SKU, Name, Where, What, How string }

type hitView struct {
	Code, Name string
	What       []string
}

type newImportData struct {
	page
	Choices          shelf.Choices
	Max, MaxPictures int64 // MiB
}

func (d *Dashboard) newImport(w http.ResponseWriter, r *http.Request, v *visit) error {
	s, err := v.shelf(r.Context())
	if err != nil {
		return err
	}
	data := &newImportData{page: v.page("imports", v.tr("Nhập danh sách mới", "New import")), Choices: s.Choices(), Max: d.MaxUpload >> 20, MaxPictures: d.MaxPictures >> 20}
	return d.show(w, r, v, http.StatusOK, "newimport", data)
}

// uploadImport takes files, reads them without taking anything over, and shows
// what they would do.
func (d *Dashboard) uploadImport(w http.ResponseWriter, r *http.Request, v *visit) error {
	r.Body = http.MaxBytesReader(w, r.Body, d.MaxUpload+d.MaxPictures)
	up, err := d.uploads.begin(v.user.name)
	if err != nil {
		return err
	}
	err = d.readUpload(r, up)
	if err == nil {
		up.result, err = d.Import(r.Context(), up.request(true, ""))
	}
	if err != nil {
		up.dropDir()
		return err
	}
	d.uploads.keep(up)
	http.Redirect(w, r, "/uploads/"+up.id, http.StatusSeeOther)
	return nil
}

func (d *Dashboard) previewImport(w http.ResponseWriter, r *http.Request, v *visit) error {
	up, ok := d.uploads.get(r.PathValue("id"), v.user.name)
	if !ok {
		return say(http.StatusNotFound, "Tệp này không còn chờ nữa: hãy tải lên lại.", "The file does not wait any more: upload it again.")
	}
	result := d.uploads.see(up)
	data := d.importView(v, result.Report, result.Doubts)
	data.Upload, data.File, data.Refused, data.Pictures = up.id, up.title(), result.Refused, v.pictureProblems(result.Pictures)
	data.PictureN, data.Skipped, data.Partial, data.Complete = up.pictureN, up.skipped, up.partial, up.complete
	data.Nothing = result.Refused == "" && result.Report.Counts.ChangedNothing()
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
	if err == nil && result.Report.State == store.ImportHeld && r.PostForm.Get("sure") != "" {
		// The preview said why it would be held, and the person wants it still.
		result, err = d.Import(r.Context(), up.request(false, result.Report.ID))
	}
	if err != nil {
		return err
	}
	if result.Refused != "" || result.Report.State == store.ImportHeld {
		d.uploads.set(up, result)
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
