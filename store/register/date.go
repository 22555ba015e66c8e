package register

import (
	"math"
	"regexp"
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"

	"lensan/store/catalog"
)

var (
	dayFirst  = regexp.MustCompile(`^(?:ngay\s*)?([0-9]{1,2}) ?[/.-] ?([0-9]{1,2}) ?[/.-] ?([0-9]{4})(?: 0{1,2}:00(?::00)?)?$`)
	yearFirst = regexp.MustCompile(`^([0-9]{4})[/-]([0-9]{1,2})[/-]([0-9]{1,2})(?:[t ]00:00(?::00)?(?:\.0+)?z?)?$`)
	inWords   = regexp.MustCompile(`^(?:[a-z ]+, ?)?(?:ngay )?([0-9]{1,2}) thang ([0-9]{1,2})(?: nam |[,/ ]+)([0-9]{4})$`)
	someYears = regexp.MustCompile(`^([0-9]{1,2}) (thang|nam)$`)
	serial    = regexp.MustCompile(`^[0-9]{5}(\.[0-9]+)?$`)
)

// The serials taken for days: 1982 to 2119. A bare year is none of them.
const minSerial, maxSerial = 30_000, 80_000

// dateParser reads days written as in Vietnam (31/12/2024), as YYYY-MM-DD, in
// words, and, where serials is true, as a spreadsheet stores them. Two-digit
// years and the American order are refused, not guessed.
func dateParser(serials, since1904 bool) func(string) (catalog.Day, *refusal) {
	return func(v string) (catalog.Day, *refusal) {
		var y, m, d string
		text := plain(v)
		if p := dayFirst.FindStringSubmatch(text); p != nil {
			d, m, y = p[1], p[2], p[3]
		} else if p := yearFirst.FindStringSubmatch(text); p != nil {
			y, m, d = p[1], p[2], p[3]
		} else if p := inWords.FindStringSubmatch(text); p != nil {
			d, m, y = p[1], p[2], p[3]
		} else if serials && serial.MatchString(v) {
			return serialDay(v, since1904)
		} else {
			return "", refuse("date.unknown_form")
		}
		day, err := catalog.NewDay(atoi(y), time.Month(atoi(m)), atoi(d))
		if err != nil {
			return "", refuse("date.no_such_day")
		}
		return day, nil
	}
}

// validityParser is dateParser for the last valid day. "36 tháng" is what holds
// without being said, so that the cell is as good as blank; another term is
// refused.
func validityParser(days func(string) (catalog.Day, *refusal)) func(string) (catalog.Day, *refusal) {
	return func(v string) (catalog.Day, *refusal) {
		m := someYears.FindStringSubmatch(plain(v))
		switch {
		case m == nil:
			return days(v)
		case m[2] == "thang" && atoi(m[1]) == catalog.MonthsValid, m[2] == "nam" && atoi(m[1])*12 == catalog.MonthsValid:
			return "", nil
		}
		return "", refuse("date.term")
	}
}

func serialDay(v string, since1904 bool) (catalog.Day, *refusal) {
	f, err := strconv.ParseFloat(v, 64)
	if err != nil || f < minSerial || f > maxSerial {
		return "", refuse("date.unknown_form")
	}
	t, err := excelize.ExcelDateToTime(math.Floor(f), since1904)
	if err != nil {
		return "", refuse("date.unknown_form")
	}
	day, err := catalog.NewDay(t.Year(), t.Month(), t.Day())
	if err != nil {
		return "", refuse("date.no_such_day")
	}
	return day, nil
}

// atoi is for texts that a pattern has found to be a few digits.
func atoi(s string) int {
	n := 0
	for _, c := range s {
		n = n*10 + int(c-'0')
	}
	return n
}
