package report_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"lensan/cmd/lensan/report"
	"lensan/cmd/lensan/text"
)

// The last drawing of a bar 80 columns wide.
func drawn(t *testing.T, lanes ...report.Lane) string {
	t.Helper()
	var out bytes.Buffer
	at := time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)
	p := report.NewProgress(report.ProgressOptions{Out: &out, Terminal: true, Lang: text.VI, Width: 80, Now: func() time.Time { return at }})
	first := make([]report.Lane, len(lanes))
	for i, l := range lanes {
		first[i] = report.Lane{Title: l.Title, Total: l.Total}
	}
	p.Update("đang chạy", first)
	at = at.Add(2 * time.Second)
	p.Update("đang chạy", lanes)
	return out.String()[strings.LastIndex(out.String(), "\x1b[J")+3:]
}

func TestABarTellsWhatGoesOnWhileNoSKUIsDone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lane report.Lane
		want string
	}{
		"shops come first":               {report.Lane{Title: "Voso", Total: 154, Doing: "đang lập gian hàng 12/86"}, "  0% Voso: 0/154 mã hàng · đang lập gian hàng 12/86\n"},
		"sent and not read back":         {report.Lane{Title: "Voso", Total: 100, Sent: 50, Doing: "đã gửi 50"}, "░░░░░░░░░░░░              0% Voso: 0/100 mã hàng"},
		"done, and sent beside it":       {report.Lane{Title: "Voso", Total: 100, Done: 25, Sent: 25}, "██████░░░░░░             25% Voso: 25/100 mã hàng"},
		"what does not fit stands below": {report.Lane{Title: "Postmart (Buudien.vn)", Total: 163, Doing: "đang lập gian hàng 12/86"}, "  0% Postmart (Buudien.vn): 0/163 mã hàng\n" + strings.Repeat(" ", 29) + "đang lập gian hàng 12/86\n"},
		"the end":                        {report.Lane{Title: "Voso", Total: 10, Done: 10, Doing: "x"}, "████████████████████████100% Voso: 10/10 mã hàng · xong\n"},
	} {
		got := drawn(t, c.lane)
		if !strings.Contains(got, c.want) {
			t.Errorf("%s:\n%s\nwant %q", name, got, c.want)
		}
		for line := range strings.SplitSeq(got, "\n") {
			if n := len([]rune(line)); n > 79 {
				t.Errorf("%s: a line of %d columns: %s", name, n, line)
			}
		}
	}
}
