package register

import (
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

// indexPictures maps the key of each file's name to its path. Of two files
// with one key the first in order counts.
func indexPictures(folder fs.FS) (map[string]string, error) {
	index := map[string]string{}
	err := fs.WalkDir(folder, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		key := PictureKey(path.Base(p))
		if _, twice := index[key]; !twice {
			index[key] = p
		}
		return nil
	})
	return index, err
}

func loadPicture(ctx context.Context, folder fs.FS, index map[string]string, name string, sink Sink) (catalog.PictureFile, error) {
	at, ok := index[PictureKey(name)]
	if !ok {
		return catalog.PictureFile{Name: name, Problem: "image.missing"}, nil
	}
	b, err := readPicture(folder, at)
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
