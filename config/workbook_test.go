package config_test

import (
	"testing"

	"lensan/config"
)

func TestAWorkbookLaneNeedsNoCredentialsAndNeverReachesAMarketplace(t *testing.T) {
	t.Parallel()
	c, err := load(t, "", nil, "LENSAN_POSTMART_MODE=workbook", "LENSAN_POSTMART_URL=https://api.example.vn", "LENSAN_DATA_DIR=/srv/lensan")
	if err != nil {
		t.Fatal(err)
	}
	l, _ := c.Lane("postmart")
	if !l.IsWorkbook() || l.IsSandbox() || l.IsLocal() || l.Folder != "/srv/lensan/workbook/postmart" || l.URL != "workbook:/srv/lensan/workbook/postmart" {
		t.Errorf("lane %+v", l)
	}
	other, _ := c.Lane("voso")
	if other.Mode != config.ModeAPI || other.IsWorkbook() || !other.IsSandbox() {
		t.Errorf("the other lane %+v", other)
	}
	if _, err := load(t, "postmart: {mode: workbook, folder: /mnt/chung/postmart}", nil); err != nil {
		t.Error(err)
	}
	if _, err := load(t, "", nil, "LENSAN_POSTMART_MODE=excel"); err == nil {
		t.Error("a mode that does not exist is taken")
	}
	if _, err := load(t, "", nil, "LENSAN_POSTMART_MODE=workbook", "LENSAN_NOW=2026-11-24"); err == nil {
		t.Error("a fixed day is taken though files are made for a real marketplace")
	}
}
