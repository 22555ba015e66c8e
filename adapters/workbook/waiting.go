package workbook

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Waiting names the files in a lane's folder that wait for a person to upload
// them, sorted, and the folder that they lie in. A folder that does not exist
// has none.
func Waiting(folder string) (files []string, in string, err error) {
	in = filepath.Join(folder, waitingFolder)
	entries, err := os.ReadDir(in)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, in, nil
	}
	for _, e := range entries {
		if !e.IsDir() && strings.HasSuffix(e.Name(), ".xlsx") && !strings.HasPrefix(e.Name(), "~$") && !strings.HasPrefix(e.Name(), ".") {
			files = append(files, e.Name())
		}
	}
	return files, in, err
}
