package catalog

import (
	"fmt"
	"time"
	_ "time/tzdata" // bare machines have no zone files
)

// Vietnam is the zone in which days are counted.
var Vietnam = mustZone("Asia/Ho_Chi_Minh")

func mustZone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // tzdata is linked in
	}
	return z
}

// Day is a civil day in Vietnam, written YYYY-MM-DD; empty means unknown. Days
// compare as strings.
type Day string

// DayOf is the day on which the moment t falls in Vietnam.
func DayOf(t time.Time) Day { return Day(t.In(Vietnam).Format(time.DateOnly)) }

// NewDay makes a day from its parts; it fails for a day that no calendar has.
func NewDay(year int, month time.Month, day int) (Day, error) {
	t := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	if t.Year() != year || t.Month() != month || t.Day() != day || year < 1900 || year > 2200 {
		return "", fmt.Errorf("no such day: %04d-%02d-%02d", year, month, day)
	}
	return Day(t.Format(time.DateOnly)), nil
}

// ParseDay reads YYYY-MM-DD.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return "", fmt.Errorf("day %q: want YYYY-MM-DD", s)
	}
	return NewDay(t.Year(), t.Month(), t.Day())
}

// AddMonths is the same day n months on, or the month's last day where it has
// no such day. An unknown day stays unknown.
func (d Day) AddMonths(n int) Day {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return ""
	}
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return Day(first.AddDate(0, 0, min(t.Day(), last)-1).Format(time.DateOnly))
}

// Shown writes the day as people in Vietnam do: 24/11/2026; unknown is empty.
func (d Day) Shown() string {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return ""
	}
	return t.Format("02/01/2006")
}

// Start is the first moment of the day in Vietnam, in UTC.
func (d Day) Start() time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(d), Vietnam)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}
