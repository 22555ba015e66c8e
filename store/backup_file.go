package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// ErrFileThere says that a file of that name is there already.
var ErrFileThere = errors.New("the file is there already")

// BackupTo is Backup into a file that only its owner may read. It is written
// under another name and gets its own when it is whole and on the disk, so
// that what bears the name is never half a backup. A file that is there stays,
// with ErrFileThere, unless replace is set. It returns the file's size.
func (s *Store) BackupTo(ctx context.Context, path string, replace bool, o BackupOptions) (h BackupHeader, sum string, size int64, err error) {
	if _, err := os.Lstat(path); err == nil && !replace {
		return h, "", 0, fmt.Errorf("%s: %w", path, ErrFileThere)
	}
	part, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".part-*") // mode 0600
	if err != nil {
		return h, "", 0, err
	}
	defer os.Remove(part.Name()) // gone by its own name when all went well
	defer part.Close()
	if h, sum, err = s.Backup(ctx, part, o); err != nil {
		return h, "", 0, err
	}
	if err := part.Sync(); err != nil {
		return h, "", 0, err
	}
	info, err := part.Stat()
	if err != nil {
		return h, "", 0, err
	}
	if err := part.Close(); err != nil {
		return h, "", 0, err
	}
	return h, sum, info.Size(), takeName(part.Name(), path, replace)
}

// takeName gives a finished file its name, for good.
func takeName(part, path string, replace bool) error {
	if replace {
		if err := os.Rename(part, path); err != nil {
			return err
		}
		return syncFolder(filepath.Dir(path))
	}
	// A link refuses what somebody else made meanwhile; not every file system
	// has links.
	switch err := os.Link(part, path); {
	case errors.Is(err, os.ErrExist):
		return fmt.Errorf("%s: %w", path, ErrFileThere)
	case err != nil:
		if err := os.Rename(part, path); err != nil {
			return err
		}
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder puts names on the disk.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, os.ErrInvalid) {
		return err
	}
	return nil
}
