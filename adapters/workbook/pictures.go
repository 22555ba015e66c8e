package workbook

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // sides of JPEG pictures
	_ "image/png"  // sides of PNG pictures
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"lensan/adapters"
)

// A stored picture is named by its content, one in a folder of pictures by its
// SKU, its place and its content: NM-01-1-<name as stored>. A list that shows
// the names as uploaded so tells which pictures a product has.
var (
	storedForm = regexp.MustCompile(`^[0-9a-f]{16}\.(jpg|png)$`)
	shownForm  = regexp.MustCompile(`([0-9a-f]{16}\.(?:jpg|png))$`)
)

var pictureTypes = map[string]string{"image/jpeg": ".jpg", "image/png": ".png"}

// UploadImage keeps a picture in the lane's folder, from where it is copied
// beside the files that need it. Its id is the name it is kept under: the same
// bytes are the same picture.
func (a *Adapter) UploadImage(ctx context.Context, img adapters.Image) (string, *adapters.Error) {
	if err := ctx.Err(); err != nil {
		return "", a.cancelled(err)
	}
	if code := a.pictureFault(img.Bytes); code != "" {
		return "", a.invalid("uploadImage", "", string(adapters.FieldImages), code, nil)
	}
	sum := sha256.Sum256(img.Bytes)
	name := hex.EncodeToString(sum[:8]) + pictureTypes[http.DetectContentType(img.Bytes)]
	path := a.stored(name)
	if info, err := os.Stat(path); err == nil && info.Size() == int64(len(img.Bytes)) {
		return name, nil
	}
	if err := writeFile(path, img.Bytes); err != nil {
		return "", a.folderFault(err)
	}
	return name, nil
}

func (a *Adapter) pictureFault(b []byte) string {
	caps := a.caps
	sides, _, err := image.DecodeConfig(bytes.NewReader(b))
	switch {
	case err != nil, pictureTypes[http.DetectContentType(b)] == "":
		return "images.bad_format"
	case caps.ImageBytes > 0 && int64(len(b)) > caps.ImageBytes, caps.ImageMax > 0 && max(sides.Width, sides.Height) > caps.ImageMax:
		return "images.too_large"
	case min(sides.Width, sides.Height) < caps.ImageMin:
		return "images.too_small"
	}
	return ""
}

func (a *Adapter) stored(name string) string {
	return filepath.Join(a.cfg.Folder, ownFolder, "anh", name)
}

// pictureName is a stored picture's name beside an upload file.
func pictureName(sku string, place int, stored string) string {
	return fmt.Sprintf("%s-%d-%s", sku, place+1, stored)
}

// storedNames reads a cell of pictures. Other names than ours tell nothing.
func storedNames(cell string) (string, bool) {
	var out []string
	for _, name := range strings.FieldsFunc(cell, func(r rune) bool { return r == ';' || r == ',' || r == '\n' || r == ' ' }) {
		m := shownForm.FindStringSubmatch(name)
		if m == nil {
			return "", false
		}
		out = append(out, m[1])
	}
	return strings.Join(out, " "), len(out) > 0
}

var errPictureGone = errors.New("a stored picture is gone")

// copyPictures puts the pictures of rows into the folder beside an upload file.
func (a *Adapter) copyPictures(dir string, rows []row) error {
	for _, r := range rows {
		for i, name := range r.Images {
			if err := os.MkdirAll(dir, 0o700); err != nil {
				return err
			}
			to := filepath.Join(dir, pictureName(r.SKU, i, name))
			if _, err := os.Stat(to); err == nil {
				continue
			}
			b, err := os.ReadFile(a.stored(name))
			if errors.Is(err, fs.ErrNotExist) {
				return errPictureGone
			}
			if err != nil {
				return err
			}
			if err := writeFile(to, b); err != nil {
				return err
			}
		}
	}
	return nil
}

// hasPictures tells whether everything that a row shows is kept.
func (a *Adapter) hasPictures(r row) bool {
	for _, name := range r.Images {
		if _, err := os.Stat(a.stored(name)); err != nil {
			return false
		}
	}
	return true
}

// writeFile writes a file whole or not at all.
func writeFile(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".ghi-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // gone where it was renamed
	_, err = f.Write(b)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
