package register

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"lensan/store/catalog"
	"lensan/store/fold"
)

// Pictures is a folder of pictures, folders in it included. The zero value is
// no folder: then nothing is said of pictures that the store does not have.
type Pictures struct{ FS fs.FS }

// PictureKey is the form in which names of pictures are compared: NFC, case
// folded.
func PictureKey(name string) string { return strings.ToLower(fold.Clean(name)) }

// maxPictureFile bounds a picture as it is found.
const maxPictureFile = 64 << 20

// loadPictures reads each picture named once, one at a time.
func loadPictures(ctx context.Context, from Pictures, sink Sink) error {
	if from.FS == nil {
		return nil
	}
	index, err := indexPictures(from.FS)
	if err != nil {
		return fmt.Errorf("pictures: %w", err)
	}
	for name, err := range sink.PictureNames(ctx) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		p, err := loadPicture(ctx, from.FS, index, name, sink)
		if err != nil {
			return fmt.Errorf("picture %s: %w", name, err)
		}
		if err := sink.Picture(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// indexPictures maps the key of each file's name to the paths of all files of
// that name, in order.
func indexPictures(folder fs.FS) (map[string][]string, error) {
	index := map[string][]string{}
	err := fs.WalkDir(folder, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		key := PictureKey(path.Base(p))
		index[key] = append(index[key], p)
		return nil
	})
	return index, err
}

// findPictures gives the files that a cell may mean: those of its name, and of
// its folders where it names some.
func findPictures(index map[string][]string, name string) (found []string) {
	key := strings.TrimPrefix(strings.ReplaceAll(PictureKey(name), `\`, "/"), "./")
	for _, at := range index[path.Base(key)] {
		if full := PictureKey(at); full == key || strings.HasSuffix(full, "/"+key) {
			found = append(found, at)
		}
	}
	return found
}

// readOnly reads the one file that is meant. Several of one name are one where
// their bytes are the same; else nobody can tell which is meant.
func readOnly(folder fs.FS, found []string) (b []byte, several bool, err error) {
	if b, err = readPicture(folder, found[0]); err != nil {
		return nil, false, err
	}
	for _, at := range found[1:] {
		if other, err := readPicture(folder, at); err != nil || !bytes.Equal(b, other) {
			return nil, true, nil
		}
	}
	return b, false, nil
}

func loadPicture(ctx context.Context, folder fs.FS, index map[string][]string, name string, sink Sink) (catalog.PictureFile, error) {
	found := findPictures(index, name)
	if len(found) == 0 {
		return catalog.PictureFile{Name: name, Problem: "image.missing"}, nil
	}
	b, several, err := readOnly(folder, found)
	if several {
		return problem(name, "image.several_files", "files", strings.Join(found[:2], ", ")), nil
	}
	if errors.Is(err, errPictureFile) {
		return problem(name, "image.too_large"), nil
	}
	if err != nil {
		return problem(name, "image.unreadable"), nil
	}
	source := hash(b)
	known, err := sink.KnownPicture(ctx, source)
	if err != nil {
		return catalog.PictureFile{}, err
	}
	if known != "" {
		return catalog.PictureFile{Name: name, SourceSHA256: source, SHA256: known}, nil
	}
	p := preparePicture(b)
	p.Name, p.SourceSHA256 = name, source
	return p, nil
}

var errPictureFile = errors.New("picture file too large")

func readPicture(folder fs.FS, at string) ([]byte, error) {
	f, err := folder.Open(at)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxPictureFile+1))
	if err == nil && len(b) > maxPictureFile {
		err = errPictureFile
	}
	return b, err
}

func problem(name, code string, args ...string) catalog.PictureFile {
	return catalog.PictureFile{Name: name, Problem: code, Args: refuse(code, args...).args}
}

func hash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
