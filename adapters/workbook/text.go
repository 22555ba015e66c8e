package workbook

import (
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// vietnam is the zone of every day and time in a workbook.
var vietnam = time.FixedZone("UTC+7", 7*60*60)

// folded is a heading or a word of the state column as it is compared: letters
// and digits in lower case. Accents count.
func folded(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFC.String(s))
}

// tidy is a cell's text: NFC, trimmed.
func tidy(s string) string {
	return strings.TrimSpace(norm.NFC.String(strings.ToValidUTF8(s, "\uFFFD")))
}

var (
	plainNumber = regexp.MustCompile(`^-?[0-9]{1,15}(\.[0-9]{1,9})?$`)
	dotted      = regexp.MustCompile(`^[0-9]{1,3}(\.[0-9]{3})+$`)
	mangled     = regexp.MustCompile(`^[0-9][.,][0-9]+[eE]\+?[0-9]+$`)
)

// number reads a cell as a whole number of our units, per of which make one of
// theirs. 85.000 is eighty-five thousand, since a number's cell has no zeros at
// its end; of units that are cut in thousandths it is 85.
func number(s string, per int64, typed bool) (int64, bool) {
	s = strings.TrimSpace(strings.TrimRight(tidy(s), "đĐ₫ "))
	if per == 1 && dotted.MatchString(s) {
		s = strings.ReplaceAll(s, ".", "")
	}
	if per != 1 {
		s = strings.Replace(s, ",", ".", 1)
	}
	if typed && !plainNumber.MatchString(s) {
		f, err := strconv.ParseFloat(s, 64)
		if err != nil || math.Abs(f) > 1e15 {
			return 0, false
		}
		s = strconv.FormatFloat(f, 'f', -1, 64)
	}
	if !plainNumber.MatchString(s) {
		return 0, false
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return 0, false
	}
	r.Mul(r, new(big.Rat).SetInt64(per))
	f, _ := r.Float64()
	n := int64(math.Round(f))
	if per == 1 && !r.IsInt() {
		return 0, false
	}
	return n, true
}

// decimal writes a whole number of our units in theirs.
func decimal(n, per int64) string {
	s := big.NewRat(n, per).FloatString(6)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

var dayForms = []string{"02/01/2006", time.DateOnly, "2/1/2006"}

var momentForms = []string{time.RFC3339Nano, "02/01/2006 15:04:05", "02/01/2006 15:04", "2006-01-02 15:04:05", "15:04:05 02/01/2006", "15:04 02/01/2006", "02/01/2006", time.DateOnly}

// day reads a day as YYYY-MM-DD: as people write it, as programs do, or as
// Excel counts. What is no day stays as it is.
func day(s string, typed bool) string {
	s = tidy(s)
	if t, ok := serial(s, typed); ok {
		return t.Format(time.DateOnly)
	}
	for _, form := range dayForms {
		if t, err := time.Parse(form, s); err == nil {
			return t.Format(time.DateOnly)
		}
	}
	return s
}

// moment reads a time of the marketplace; zero when it is none.
func moment(s string, typed bool) time.Time {
	s = tidy(s)
	if t, ok := serial(s, typed); ok {
		return t.UTC()
	}
	for _, form := range momentForms {
		if t, err := time.ParseInLocation(form, s, vietnam); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// serial reads Excel's count of days since 1899-12-30.
func serial(s string, typed bool) (time.Time, bool) {
	f, err := strconv.ParseFloat(s, 64)
	if !typed || err != nil || f < 20_000 || f > 80_000 {
		return time.Time{}, false
	}
	return time.Date(1899, 12, 30, 0, 0, 0, 0, vietnam).Add(time.Duration(math.Round(f*86400)) * time.Second), true
}

// shownDay writes YYYY-MM-DD as people do.
func shownDay(s string) string {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return s
	}
	return t.Format("02/01/2006")
}
