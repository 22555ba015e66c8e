package report_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"lensan/cmd/lensan/report"
	"lensan/cmd/lensan/text"
)

var columns = []report.Column{
	{Key: "sku", Title: "Mã hàng"}, {Key: "price", Title: "Giá bán", Right: true}, {Key: "secret_id"}, {Title: "Chỉ người đọc", Width: 12},
}

func rows(w *report.Writer) {
	w.Row(report.V("001"), report.T(85000, "85.000 đ"), report.V(7), report.T(nil, "một câu dài hơn mười hai chữ\nxuống dòng"))
	w.Row(report.V("=cmd"), report.T(0, "–"), report.V(8), report.T(nil, "x\x1b[31m"))
}

func TestTable(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	w := report.NewWriter(&out, report.FormatTable, "k", nil, columns...)
	rows(w)
	w.Foot(report.V("Tổng"), report.V(2), report.V(""))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	const want = `
┌─────────┬──────────┬──────────────┐
│ Mã hàng │  Giá bán │ Chỉ người    │
│         │          │ đọc          │
├─────────┼──────────┼──────────────┤
│ 001     │ 85.000 đ │ một câu dài  │
│         │          │ hơn mười hai │
│         │          │ chữ          │
│         │          │ xuống dòng   │
│ =cmd    │        – │ x[31m        │
├─────────┼──────────┼──────────────┤
│ Tổng    │        2 │              │
└─────────┴──────────┴──────────────┘
`
	if got := "\n" + out.String(); got != want {
		t.Errorf("got %s", got)
	}
}

func TestJSONAndCSV(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	w := report.NewWriter(&out, report.FormatJSON, "prices", map[string]any{"sandbox": true}, columns...)
	rows(w)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var got struct {
		SchemaVersion int              `json:"schema_version"`
		Kind          string           `json:"kind"`
		Sandbox       bool             `json:"sandbox"`
		Rows          []map[string]any `json:"rows"`
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatalf("%v in %s", err, out.String())
	}
	if got.SchemaVersion != report.SchemaVersion || got.Kind != "prices" || !got.Sandbox || len(got.Rows) != 2 || len(got.Rows[0]) != 3 ||
		got.Rows[0]["sku"] != "001" || got.Rows[0]["price"] != 85000.0 {
		t.Errorf("got %+v", got)
	}

	out.Reset()
	w = report.NewWriter(&out, report.FormatCSV, "prices", nil, columns...)
	rows(w)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if want := "sku,price,secret_id\n001,85000,7\n'=cmd,0,8\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

func TestCSVCells(t *testing.T) {
	t.Parallel()
	type word string
	for want, v := range map[string]any{
		"": nil, "12": 12, "-5": -5, "'-5": "-5", "'+84": "+84", "'@x": word("@x"), `["a"]`: json.RawMessage(`["a"]`),
		`{"a":"b"}`: map[string]string{"a": "b"}, "true": true,
	} {
		if got := report.CSVCell(v); got != want {
			t.Errorf("%#v: got %q, want %q", v, got, want)
		}
	}
}

func TestEmptyResults(t *testing.T) {
	t.Parallel()
	for format, want := range map[report.Format]string{
		report.FormatJSON: `{"kind":"k","schema_version":1,"rows":[]}` + "\n", report.FormatCSV: "sku,price,secret_id\n",
		report.FormatTable: "",
	} {
		var out bytes.Buffer
		if err := report.NewWriter(&out, format, "k", nil, columns...).Close(); err != nil || out.String() != want {
			t.Errorf("%s: %v %q", format, err, out.String())
		}
	}
}

type full struct{}

var errFull = errors.New("disk full")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWriteErrorsAreTold(t *testing.T) {
	t.Parallel()
	for _, format := range []report.Format{report.FormatJSON, report.FormatCSV, report.FormatTable} {
		w := report.NewWriter(full{}, format, "k", nil, columns...)
		rows(w)
		if err := w.Close(); !errors.Is(err, errFull) {
			t.Errorf("%s: %v", format, err)
		}
	}
}

func TestPlainProgressSpeaksEveryFewSeconds(t *testing.T) {
	t.Parallel()
	clock := time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC)
	var out bytes.Buffer
	p := report.NewProgress(report.ProgressOptions{Out: &out, Lang: text.VI, Now: func() time.Time { return clock }})
	for i := range 121 {
		lanes := []report.Lane{{Title: "Voso", Done: i * 10, Total: 2400}}
		if i < 20 {
			lanes = nil
		}
		if i > 100 {
			lanes[0] = report.Lane{Title: "Voso", Done: 1000, Total: 2400, Failed: 3, Waiting: "Sàn đang bảo trì."}
		}
		p.Update("đang chạy", lanes)
		clock = clock.Add(500 * time.Millisecond)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 12 {
		t.Fatalf("%d lines in a minute:\n%s", len(lines), out.String())
	}
	for i, want := range map[int]string{
		0:  "08:00:05  đang chạy",
		3:  "08:00:20  Voso: 400/2.400 mã hàng · 20,0/giây · còn 1 phút 41 giây",
		11: "08:01:00  Voso: 1.000/2.400 mã hàng · Sàn đang bảo trì. · 3 không thành công",
	} {
		if lines[i] != want {
			t.Errorf("line %d: got %q, want %q", i, lines[i], want)
		}
	}
	if strings.ContainsAny(out.String(), "\x1b\r") {
		t.Errorf("control characters without a terminal: %q", out.String())
	}
}

func TestBarsReplaceEachOther(t *testing.T) {
	t.Parallel()
	clock := time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC)
	var out bytes.Buffer
	p := report.NewProgress(report.ProgressOptions{Out: &out, Terminal: true, Lang: text.EN, Width: 60, Now: func() time.Time { return clock }})
	p.Update("queued", nil)
	clock = clock.Add(2 * time.Second)
	p.Update("working", []report.Lane{{Title: "Voso", Done: 3, Total: 10}})
	clock = clock.Add(time.Second)
	p.Update("working", []report.Lane{{Title: "Voso", Done: 10, Total: 10, Failed: 1}})
	const want = "queued · running for 0 s · updated at 08:00:00\n" +
		"\x1b[1A\r\x1b[J" + "working · running for 2 s · updated at 08:00:02\n" +
		"███████▏                 30% Voso: 3/10 SKUs\n" +
		"\x1b[2A\r\x1b[J" + "working · running for 3 s · updated at 08:00:03\n" +
		"████████████████████████100% Voso: 10/10 SKUs\n                             done · 1 failed\n"
	if got := out.String(); got != want {
		t.Errorf("got\n%q, want\n%q", got, want)
	}
}
