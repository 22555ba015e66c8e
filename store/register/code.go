package register

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	productCode = regexp.MustCompile(`^[0-9]{2}-[0-9]{3}-[0-9]{5}-[0-9]{1,6}-[0-9]{4}$`)
	dashes      = strings.NewReplacer("–", "-", "—", "-", "‐", "-", "‑", "-", "−", "-", " - ", "-", "- ", "-", " -", "-")
	taxForm     = regexp.MustCompile(`^[0-9]{10}(-[0-9]{3})?$|^[0-9]{12}$`)
	phoneForm   = regexp.MustCompile(`^0[0-9]{9,10}$`)
	phoneMarks  = strings.NewReplacer(" ", "", ".", "", "-", "", "(", "", ")", "")
	communeForm = regexp.MustCompile(`^[0-9]{5}$`)
	setForm     = regexp.MustCompile(`^(?:(?:bo|nhom|bo san pham|nhom san pham)\s*(?:so\s*)?)?0?([0-9]{1,2})(?:\s*[.:–-].*)?$`)
	onlyDigits  = regexp.MustCompile(`^[0-9]+$`)
)

// parseProductCode reads a national code, 40-430-17950-3-2025.
func parseProductCode(v string) (string, *refusal) {
	if v == "" {
		return "", refuse("code.missing")
	}
	code := dashes.Replace(v)
	if !productCode.MatchString(code) {
		return "", refuse("code.bad_format")
	}
	return code, nil
}

const maxSKU = 64

// parseSKU reads a SKU, a string in which leading zeros count. What a
// spreadsheet has turned into 1,2E+12 is not what was typed.
func parseSKU(v string) (string, *refusal) {
	switch {
	case v == "":
		return "", refuse("sku.missing")
	case scientific.MatchString(v):
		return "", refuse("cell.scientific")
	case utf8.RuneCountInString(v) > maxSKU, strings.ContainsFunc(v, func(r rune) bool { return !unicode.IsPrint(r) }), sheetError.MatchString(v):
		return "", refuse("sku.bad_format")
	}
	return v, nil
}

func parseTaxCode(v string) (string, *refusal) {
	code := strings.ReplaceAll(dashes.Replace(v), " ", "")
	switch {
	case taxForm.MatchString(code):
		return code, nil
	case scientific.MatchString(code):
		return "", refuse("cell.scientific")
	case onlyDigits.MatchString(code) && len(code) == 9:
		return "", refuse("tax_code.lost_zero")
	}
	return "", refuse("tax_code.bad_format")
}

// parsePhone reads a Vietnamese number into the form 0983478741.
func parsePhone(v string) (string, *refusal) {
	n := phoneMarks.Replace(v)
	if scientific.MatchString(v) {
		return "", refuse("cell.scientific")
	}
	if rest, ok := strings.CutPrefix(n, "+84"); ok {
		n = "0" + strings.TrimPrefix(rest, "0")
	} else if rest, ok := strings.CutPrefix(n, "84"); ok && len(n) == 11 {
		n = "0" + rest
	}
	switch {
	case phoneForm.MatchString(n):
		return n, nil
	case onlyDigits.MatchString(n) && len(n) == 9:
		return "", refuse("phone.lost_zero")
	case strings.ContainsAny(v, "/;,"):
		return "", refuse("phone.several_numbers")
	}
	return "", refuse("phone.bad_format")
}

func parseCommuneCode(v string) (string, *refusal) {
	if communeForm.MatchString(v) {
		return v, nil
	}
	return "", refuse("commune.bad_code")
}

// parseSet reads a product set, 01 to 26: "07", "7", "Bộ 7", "07. Gia vị".
func parseSet(v string) (string, *refusal) {
	m := setForm.FindStringSubmatch(plain(v))
	if m == nil {
		return "", refuse("set.unknown")
	}
	n := m[1]
	if len(n) == 1 {
		n = "0" + n
	}
	if n < "01" || n > "26" {
		return "", refuse("set.unknown")
	}
	return n, nil
}

// parseFlag reads yes and no.
func parseFlag(v string) (flag, *refusal) {
	switch plain(v) {
	case "x", "v", "co", "yes", "y", "1", "true", "dung", "✓", "✔", "☑":
		return flagYes, nil
	case "khong", "no", "n", "0", "false", "sai", "-", "☐":
		return flagNo, nil
	}
	return flagUnsaid, refuse("flag.unreadable")
}

type flag int

const (
	flagUnsaid flag = iota
	flagYes
	flagNo
)

// parseURL reads a web address.
func parseURL(v string) (string, *refusal) {
	rest, ok := strings.CutPrefix(v, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(v, "http://")
	}
	host, _, _ := strings.Cut(rest, "/")
	if !ok || !strings.Contains(host, ".") || strings.ContainsAny(v, " <>\"") {
		return "", refuse("url.bad_format")
	}
	return v, nil
}
