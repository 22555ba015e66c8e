package workbook_test

import (
	"path/filepath"
	"testing"

	"lensan/adapters"
	"lensan/adapters/workbook"
)

func TestFilesThatWaitAreNamed(t *testing.T) {
	t.Parallel()
	if files, _, err := workbook.Waiting(filepath.Join(t.TempDir(), "none")); err != nil || len(files) != 0 {
		t.Errorf("a folder that does not exist: %v %v", files, err)
	}
	each(t, func(t *testing.T, l *lane) {
		l.hand(l.change(adapters.OpCreate, l.offer("004001"), nil))
		want := l.waiting(1)
		files, in, err := workbook.Waiting(l.cfg.Folder)
		if err != nil || len(files) != 1 || files[0] != want[0] || in != filepath.Join(l.cfg.Folder, "1-can-tai-len") {
			t.Errorf("%v in %s, %v", files, in, err)
		}
	})
}
