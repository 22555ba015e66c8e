package text

import (
	"strconv"
	"strings"
	"time"

	"lensan/store/catalog"
)

// Number writes a whole number with its thousands apart: 1.234 in Vietnamese,
// 1,234 in English.
func Number(l Lang, n int64) string {
	digits, sign := strconv.FormatInt(n, 10), ""
	if n < 0 {
		digits, sign = digits[1:], "-"
	}
	dot := "."
	if l == EN {
		dot = ","
	}
	var b strings.Builder
	b.WriteString(sign)
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(dot)
		}
		b.WriteRune(d)
	}
	return b.String()
}

// Money writes whole VND: 85.000 đ; 85,000 VND in English.
func Money(l Lang, vnd int64) string {
	if l == EN {
		return Number(l, vnd) + " VND"
	}
	return Number(l, vnd) + " đ"
}

// Percent writes part of whole with one decimal: 62,5 %; a dash where there
// is no whole.
func Percent(l Lang, part, whole int64) string {
	if whole == 0 {
		return "–"
	}
	s := strconv.FormatFloat(float64(part)*100/float64(whole), 'f', 1, 64)
	if l == EN {
		return s + "%"
	}
	return strings.Replace(s, ".", ",", 1) + " %"
}

// Day writes a civil day: 24/11/2026; 24 Nov 2026 in English; unknown is empty.
func Day(l Lang, d catalog.Day) string {
	if l != EN {
		return d.Shown()
	}
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return ""
	}
	return t.Format("2 Jan 2006")
}

// Moment writes a time as a clock in Vietnam shows it: 24/11/2026 21:03. The
// zero time is empty.
func Moment(l Lang, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return Day(l, catalog.DayOf(t)) + t.In(catalog.Vietnam).Format(" 15:04")
}

// Clock writes the time of day in Vietnam: 21:03:45.
func Clock(t time.Time) string { return t.In(catalog.Vietnam).Format("15:04:05") }

// spans are the units of a duration, largest first.
var spans = []struct {
	size time.Duration
	name Phrase
}{
	{24 * time.Hour, Phrase{"ngày", "d"}},
	{time.Hour, Phrase{"giờ", "h"}},
	{time.Minute, Phrase{"phút", "min"}},
	{time.Second, Phrase{"giây", "s"}},
}

// Duration writes how long something lasts in its two largest units: 1 phút
// 20 giây. Below a second it is 0 giây.
func Duration(l Lang, d time.Duration) string {
	d = max(d, 0)
	var parts []string
	for _, s := range spans {
		if n := d / s.size; n > 0 {
			parts = append(parts, strconv.FormatInt(int64(n), 10)+" "+s.name.In(l))
			d -= n * s.size
		} else if len(parts) > 0 {
			break
		}
		if len(parts) == 2 {
			break
		}
	}
	if len(parts) == 0 {
		return "0 " + spans[len(spans)-1].name.In(l)
	}
	return strings.Join(parts, " ")
}

// Ago writes how long ago t was, in its largest unit: 3 phút trước. The zero
// time is "chưa bao giờ".
func Ago(l Lang, now, t time.Time) string {
	if t.IsZero() {
		return Phrase{"chưa bao giờ", "never"}.In(l)
	}
	d := now.Sub(t)
	for _, s := range spans {
		if n := d / s.size; n > 0 {
			return Phrase{"{n} {unit} trước", "{n} {unit} ago"}.In(l, "n", strconv.FormatInt(int64(n), 10), "unit", s.name.In(l))
		}
	}
	return Phrase{"vừa xong", "just now"}.In(l)
}
