package report_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"lensan/cmd/lensan/report"
)

func TestASheetIsAWorkbookThatExcelReads(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	s := report.NewSheet(&b, "Cần xử lý: mã [hàng]", report.SheetColumn{Title: "Tên", Width: 20}, report.SheetColumn{Title: "Số"}, report.SheetColumn{Title: "Ngày"})
	day := time.Date(2026, 11, 24, 23, 30, 0, 0, time.UTC)
	s.Row("Nước mắm <Vạn Phần> & cá\nhai dòng", 85000, day)
	s.Row("=HYPERLINK(\"x\")", int64(-3), time.Time{})
	s.Row(strings.Repeat("ơ", 40000), 0, day)
	for range 2000 {
		s.Row("004001", 1, day)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	name := f.GetSheetName(0)
	rows, err := f.GetRows(name)
	if err != nil || len(rows) != 2004 || name != "Cần xử lý  mã  hàng " {
		t.Fatalf("%d rows in %q, %v", len(rows), name, err)
	}
	for cell, want := range map[string]string{"A1": "Tên", "A2": "Nước mắm <Vạn Phần> & cá\nhai dòng", "B2": "85,000", "C2": "24/11/2026", "A3": "=HYPERLINK(\"x\")", "B3": "-3", "C3": "", "A5": "004001"} {
		if got, err := f.GetCellValue(name, cell); err != nil || got != want {
			t.Errorf("%s is %q, want %q, %v", cell, got, want, err)
		}
	}
	if formula, err := f.GetCellFormula(name, "A3"); err != nil || formula != "" {
		t.Errorf("a text became the formula %q, %v", formula, err)
	}
	if long, _ := f.GetCellValue(name, "A4"); len([]rune(long)) != 32767 {
		t.Errorf("a long text has %d characters", len([]rune(long)))
	}
}

type broken struct{ left int }

func (b *broken) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return 0, bytes.ErrTooLarge
	}
	return len(p), nil
}

func TestASheetThatCantBeWrittenSaysSo(t *testing.T) {
	t.Parallel()
	for _, room := range []int{0, 500, 4000} {
		s := report.NewSheet(&broken{room}, "x", report.SheetColumn{Title: "a"})
		for i := range 100_000 {
			s.Row(strings.Repeat("x", i%97), i*7919)
		}
		if s.Close() == nil {
			t.Errorf("room for %d bytes was enough", room)
		}
	}
}
