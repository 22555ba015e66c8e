package dashboard

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"lensan/store/catalog"
)

// Bounds of what is uploaded, beside MaxUpload and MaxPictures.
const (
	maxUnzipped = 1 << 30  // what a workbook or an archive may unfold to
	maxPicture  = 64 << 20 // one picture
	maxEntries  = 20_000   // files in one archive
	maxFiles    = 20       // registers at once
	maxField    = 1 << 10  // a value of the form
	maxSkipped  = 20       // names that are told
)

var (
	errNoFile     = say(http.StatusBadRequest, "Chưa chọn tệp nào.", "No file was chosen.")
	errTooBig     = say(http.StatusRequestEntityTooLarge, "Tệp lớn quá.", "The file is too large.")
	errTooMany    = say(http.StatusRequestEntityTooLarge, "Nhiều tệp quá.", "There are too many files.")
	errBadType    = say(http.StatusUnsupportedMediaType, "Tệp phải là sổ tính .xlsx hoặc .csv. Nội dung tệp này không phải như vậy.", "The file must be an .xlsx workbook or .csv. Its content is neither.")
	errNoPicture  = say(http.StatusUnsupportedMediaType, "Ảnh phải là JPEG, PNG hoặc một gói .zip các ảnh đó. Nội dung tệp này không phải như vậy.", "Pictures must be JPEG or PNG, or a .zip of them. The content of this file is neither.")
	errBadForm    = say(http.StatusBadRequest, "Biểu mẫu không đọc được.", "The form can't be read.")
	errWhichScope = say(http.StatusBadRequest, "Danh sách đầy đủ của phạm vi nào? Hãy chọn hoặc ghi phạm vi.", "Whole for which scope? Choose or write it.")
)

// readUpload takes a form apart part by part, so that it is never in memory:
// registers, pictures, and how the registers are to be taken.
func (d *Dashboard) readUpload(r *http.Request, up *upload) error {
	form, err := r.MultipartReader()
	if err != nil {
		return errNoFile
	}
	values := map[string]string{}
	unfolded := int64(0)
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return tooBig(err, errBadForm)
		}
		switch {
		case part.FileName() == "" && part.FormName() != "file" && part.FormName() != "pictures":
			b, err := io.ReadAll(io.LimitReader(part, maxField))
			if err != nil {
				return tooBig(err, errBadForm)
			}
			values[part.FormName()] = strings.TrimSpace(string(b))
		case part.FileName() == "":
		case part.FormName() == "file":
			err = up.addRegister(part, d.MaxUpload)
		case part.FormName() == "pictures":
			err = up.addPictures(part, &unfolded)
		}
		if err != nil {
			return tooBig(err, err)
		}
	}
	if len(up.files) == 0 {
		return errNoFile
	}
	return up.setWhole(values)
}

// tooBig is errTooBig where a bound was hit, else what it is given.
func tooBig(err, otherwise error) error {
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return errTooBig
	}
	return otherwise
}

// setWhole reads for what the registers are whole, as `lensan import` does
// with --partial and --complete.
func (up *upload) setWhole(values map[string]string) error {
	switch values["whole"] {
	case "", "adds":
		return nil
	case "partial":
		up.partial = true
		return nil
	case "complete":
	default:
		return errBadForm
	}
	kind, value := values["kind"], values["value"]
	if kind == "all" {
		up.complete = &catalog.Scope{}
		return nil
	}
	if value == "" {
		return errWhichScope
	}
	scope := catalog.Scope{}
	switch kind {
	case "commune":
		scope.Communes = []string{value}
	case "district":
		scope.Districts = []string{value}
	case "set":
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || n > 26 {
			return say(http.StatusBadRequest, "Bộ sản phẩm: từ 1 đến 26.", "Product set: from 1 to 26.")
		}
		scope.Sets = []string{string([]byte{byte('0' + n/10), byte('0' + n%10)})}
	case "stars":
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || n > 5 {
			return say(http.StatusBadRequest, "Hạng sao: từ 1 đến 5.", "Stars: from 1 to 5.")
		}
		scope.Stars = []int{n}
	default:
		return errWhichScope
	}
	up.complete = &scope
	return nil
}

// addRegister stores one register; its content must be what its name says.
func (up *upload) addRegister(part *multipart.Part, limit int64) error {
	if len(up.files) == maxFiles {
		return errTooMany
	}
	f := ImportFile{Name: baseName(part.FileName())}
	// The extension is kept, nothing else of the name: readers go by it.
	ext := strings.ToLower(filepath.Ext(f.Name))
	if ext != ".xlsx" {
		ext = ".csv"
	}
	f.Path = filepath.Join(up.dir, "register"+strconv.Itoa(len(up.files))+ext)
	if err := saveFile(f.Path, part, limit); err != nil {
		return err
	}
	if err := checkContent(f.Path); err != nil {
		return err
	}
	up.files = append(up.files, f)
	return nil
}

// saveFile writes what is read, up to a limit, to a new file.
func saveFile(path string, r io.Reader, limit int64) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	n, err := io.Copy(f, io.LimitReader(r, limit+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if n > limit {
		return errTooBig
	}
	return nil
}

// baseName is a file's own name, whatever machine it comes from.
func baseName(name string) string {
	return path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, "_"), `\`, "/"))
}

// addPictures stores a picture, or all pictures of an archive. What they are
// is told by their content.
func (up *upload) addPictures(part *multipart.Part, unfolded *int64) error {
	if up.pictures == "" {
		up.pictures = filepath.Join(up.dir, "pictures")
		if err := os.Mkdir(up.pictures, 0o700); err != nil {
			return err
		}
	}
	head := make([]byte, 512)
	n, err := io.ReadFull(part, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return err
	}
	head = head[:n]
	whole := io.MultiReader(bytes.NewReader(head), part)
	switch {
	case isPicture(head):
		return up.addPicture(baseName(part.FileName()), whole, unfolded)
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return up.addArchive(whole, unfolded)
	}
	return errNoPicture
}

func isPicture(head []byte) bool {
	kind := http.DetectContentType(head)
	return slices.Contains([]string{"image/jpeg", "image/png", "image/webp", "image/gif"}, kind)
}

// addPicture stores one picture; of two with one name the first counts.
func (up *upload) addPicture(name string, r io.Reader, unfolded *int64) error {
	if name == "." || name == "/" || len(name) > 200 || strings.ContainsAny(name, "/\x00") {
		up.skip(name)
		return nil
	}
	at := filepath.Join(up.pictures, name)
	if _, err := os.Lstat(at); err == nil {
		return nil
	}
	err := saveFile(at, r, min(maxPicture, maxUnzipped-*unfolded))
	if err != nil {
		return err
	}
	info, err := os.Stat(at)
	if err == nil {
		*unfolded += info.Size()
		up.pictureN++
	}
	return err
}

func (up *upload) skip(name string) {
	if len(up.skipped) < maxSkipped {
		up.skipped = append(up.skipped, name)
	}
}

// addArchive unfolds the pictures of an archive within bounds.
func (up *upload) addArchive(r io.Reader, unfolded *int64) error {
	at := filepath.Join(up.dir, "archive.zip")
	defer os.Remove(at)                            //nolint:errcheck // the upload's folder goes in the end
	if err := saveFile(at, r, 1<<40); err != nil { // the whole form is bounded
		return err
	}
	z, err := zip.OpenReader(at)
	if err != nil {
		return errNoPicture
	}
	defer z.Close() //nolint:errcheck // only read
	if len(z.File) > maxEntries {
		return errTooMany
	}
	before := up.pictureN
	for _, e := range z.File {
		name := baseName(e.Name)
		if e.FileInfo().IsDir() || strings.HasPrefix(name, ".") || strings.HasPrefix(e.Name, "__MACOSX/") {
			continue
		}
		if err := up.addEntry(e, name, unfolded); err != nil {
			return err
		}
	}
	if up.pictureN == before {
		return errNoPicture
	}
	return nil
}

func (up *upload) addEntry(e *zip.File, name string, unfolded *int64) error {
	f, err := e.Open()
	if err != nil {
		up.skip(name)
		return nil
	}
	defer f.Close() //nolint:errcheck // only read
	head := make([]byte, 512)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) || !isPicture(head[:n]) {
		up.skip(name)
		return nil
	}
	return up.addPicture(name, io.MultiReader(bytes.NewReader(head[:n]), f), unfolded)
}

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
