package register

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

var (
	plainInteger  = regexp.MustCompile(`^[0-9]{1,15}$`)
	dotGroups     = regexp.MustCompile(`^[1-9][0-9]{0,2}(\.[0-9]{3})+$`)
	spaceGroups   = regexp.MustCompile(`^[1-9][0-9]{0,2}( [0-9]{3})+$`)
	withComma     = regexp.MustCompile(`^-?[0-9.]*[0-9],[0-9.,]*$`)
	withDecimals  = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)+$`)
	scientific    = regexp.MustCompile(`^-?[0-9]+([.,][0-9]+)?[eE]\+?-?[0-9]+$`)
	currency      = regexp.MustCompile(`(?i)\s*(đ|₫|đồng|vnđ|vnd)\.?$`)
	weightForm    = regexp.MustCompile(`^([0-9.,]+)\s*(g|gr|gram|kg|kilogram)?\.?$`)
	kiloDecimals  = regexp.MustCompile(`^([0-9]{1,4}[.,][0-9]{1,2}|0[.,][0-9]{3})$`)
	perUnit       = regexp.MustCompile(`^[0-9., ]+ ?(?:d|₫|dong|vnd)? ?/ ?\d*[a-z]`)
	inThousands   = regexp.MustCompile(`^[0-9., ]+ ?(?:k|nghin|ngan|trieu|tr)(?: dong| d)?$`)
	floatLeftover = regexp.MustCompile(`^[0-9]+\.[0-9]{9,}$`)
)

// MinPrice is the least price taken: below it stands, nearly always, a price
// in thousands or one that a spreadsheet has divided ("85.000" read as 85).
const MinPrice = 1000

const maxPrice = 1_000_000_000_000

// parseWhole reads a whole number: digits, or digits in groups of three set
// apart by dots or spaces. What Excel leaves of a computed whole number
// (367000.00000000006) is that number.
func parseWhole(v string) (int64, bool) {
	switch {
	case plainInteger.MatchString(v):
	case dotGroups.MatchString(v):
		v = strings.ReplaceAll(v, ".", "")
	case spaceGroups.MatchString(v):
		v = strings.ReplaceAll(v, " ", "")
	case floatLeftover.MatchString(v):
		f, err := strconv.ParseFloat(v, 64)
		if err != nil || f > 1e15 || math.Abs(f-math.Round(f)) > 1e-6 {
			return 0, false
		}
		return int64(math.Round(f)), true
	default:
		return 0, false
	}
	n, err := strconv.ParseInt(v, 10, 64)
	return n, err == nil
}

// priceParser reads a price in đồng: "85.000 đ", "85.000", 85000. Dots in
// groups of three are thousands; nothing else is guessed. times is 1000 under
// a heading that counts in thousands.
func priceParser(times int64) func(string) (int64, *refusal) {
	return func(v string) (int64, *refusal) {
		p := plain(v)
		if strings.Contains(p, "lien he") || strings.Contains(p, "thoa thuan") {
			return 0, refuse("price.contact_us")
		}
		number := strings.TrimSpace(currency.ReplaceAllString(v, ""))
		n, ok := parseWhole(number)
		switch {
		case ok && n == 0:
			return 0, refuse("price.not_positive")
		case times > 1 && strings.ContainsAny(number, ".,"):
			return 0, refuse("price.decimals") // 85.000 thousands, or 85?
		case ok && n*times < MinPrice:
			return 0, refuse("price.too_small", "min", strconv.Itoa(MinPrice))
		case ok && n > maxPrice/times:
			return 0, refuse("price.too_large")
		case ok:
			return n * times, nil
		case perUnit.MatchString(p):
			return 0, refuse("price.per_unit")
		case inThousands.MatchString(p):
			return 0, refuse("price.short")
		case strings.HasPrefix(number, "-"):
			return 0, refuse("price.not_positive")
		case scientific.MatchString(number):
			return 0, refuse("cell.scientific")
		case withComma.MatchString(number):
			return 0, refuse("price.comma")
		case withDecimals.MatchString(number):
			return 0, refuse("price.decimals")
		case len(digitRun.FindAllString(strings.ReplaceAll(number, ".", ""), 2)) > 1:
			return 0, refuse("price.several_numbers")
		}
		return 0, refuse("price.unreadable")
	}
}

// maxStock is far above any stock and far below what could be a price or a
// telephone in the wrong column.
const maxStock = 100_000_000

func parseStock(v string) (*int64, *refusal) {
	n, ok := parseWhole(v)
	switch {
	case ok && n <= maxStock:
		return &n, nil
	case ok:
		return nil, refuse("stock.too_large")
	case strings.HasPrefix(v, "-"):
		return nil, refuse("stock.negative")
	}
	return nil, refuse("stock.unreadable")
}

// weightParser reads a weight in grams. times is 1000 under a heading that
// counts in kilograms; a cell that names its unit goes by that.
func weightParser(times int64) func(string) (int64, *refusal) {
	return func(v string) (int64, *refusal) {
		m := weightForm.FindStringSubmatch(plain(v))
		if m == nil {
			return 0, refuse("weight.unreadable")
		}
		t := times
		switch {
		case strings.HasPrefix(m[2], "k"):
			t = 1000
		case m[2] != "":
			t = 1
		}
		n, ok := parseWhole(m[1])
		switch {
		case ok && (t == 1 || onlyDigits.MatchString(m[1])): // 1.200 kg may be either
			n *= t
		case t == 1000 && kiloDecimals.MatchString(m[1]):
			kg, err := strconv.ParseFloat(strings.ReplaceAll(m[1], ",", "."), 64)
			if err != nil {
				return 0, refuse("weight.unreadable")
			}
			n = int64(math.Round(kg * 1000))
		default:
			return 0, refuse("weight.unreadable")
		}
		if n <= 0 {
			return 0, refuse("weight.not_positive")
		}
		if n > 10_000_000 {
			return 0, refuse("weight.too_large")
		}
		return n, nil
	}
}
