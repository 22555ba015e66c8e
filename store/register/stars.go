package register

import (
	"regexp"
	"strings"
)

var (
	starForm  = regexp.MustCompile(`^(?:dat\s*)?(?:hang\s*)?(?:ocop\s*)?(?:hang\s*)?0?([0-9]+)(?:\.0+)?\s*(?:sao|★|⭐|\*|stars?)?\s*(?:ocop)?\s*(?:cap (?:tinh|huyen|quoc gia|trung uong)|quoc gia)?\.?$`)
	starRun   = regexp.MustCompile(`^(?:★|⭐|\*){1,5}☆{0,4}$`)
	starTwice = regexp.MustCompile(`^([1-5])\s*\((mot|hai|ba|bon|nam)\)\s*sao$|^(mot|hai|ba|bon|nam)\s*\(([1-5])\)\s*sao$`)
	starWords = map[string]int{"mot sao": 1, "hai sao": 2, "ba sao": 3, "bon sao": 4, "nam sao": 5}
	digitRun  = regexp.MustCompile(`[0-9]+`)
)

// parseStars reads "3", "3 sao", "OCOP 3 sao", "3★" and the like. What speaks
// of a proposal, a potential or a hotel, or holds several numbers, is refused.
func parseStars(v string) (int, *refusal) {
	p := strings.ReplaceAll(plain(v), "\ufe0f", "")
	switch p {
	case "-", "–", "—", "khong neu", "khong ro", "chua ro", "khong", "n/a":
		return 0, refuse("star.not_stated")
	}
	switch {
	case strings.Contains(p, "de xuat"), strings.Contains(p, "de nghi"), strings.Contains(p, "du kien"):
		return 0, refuse("star.proposed")
	case strings.Contains(p, "tiem nang"):
		return 0, refuse("star.potential")
	case strings.Contains(p, "khach san"):
		return 0, refuse("star.hotel")
	}
	if n, ok := starWords[strings.TrimPrefix(p, "hang ")]; ok {
		return n, nil
	}
	if m := starTwice.FindStringSubmatch(p); m != nil && starWords[m[2]+m[3]+" sao"] == int((m[1] + m[4])[0]-'0') {
		return int((m[1] + m[4])[0] - '0'), nil // "4 (bốn) sao"
	}
	if m := starForm.FindStringSubmatch(p); m != nil {
		if len(m[1]) == 1 && m[1] >= "1" && m[1] <= "5" {
			return int(m[1][0] - '0'), nil
		}
		return 0, refuse("star.out_of_range")
	}
	if starRun.MatchString(p) {
		return strings.Count(p, "★") + strings.Count(p, "⭐") + strings.Count(p, "*"), nil
	}
	if len(digitRun.FindAllString(p, 2)) > 1 {
		return 0, refuse("star.several_numbers")
	}
	return 0, refuse("star.unreadable")
}
