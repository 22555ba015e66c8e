package register

import (
	"regexp"
	"strconv"
	"strings"

	"lensan/store/catalog"
	"lensan/store/fold"
)

// level is who may award stars.
type level string

const (
	levelUnknown  level = ""
	levelMinistry level = "ministry"
	levelProvince level = "province"
	levelDistrict level = "district"
)

// Districts recognised 3 stars between these days, both included; districts
// ended on 1 July 2025.
const (
	districtsFrom catalog.Day = "2023-02-24"
	districtsTill catalog.Day = "2025-06-30"
)

var (
	ministryForm = regexp.MustCompile(`^bo( truong)? |bo nong nghiep|^bo ?nn|^bnn|trung uong`)
	provinceForm = regexp.MustCompile(`\btinh\b|\b(ha noi|ho chi minh|tp\.? ?hcm|hai phong|da nang|can tho)$|(thanh pho|tp\.?) hue$`)
	districtForm = regexp.MustCompile(`\b(huyen|thi xa|tx|thanh pho|tp|quan)\b`)
)

func levelOf(authority string) level {
	p := plain(authority)
	switch {
	case ministryForm.MatchString(p):
		return levelMinistry
	case districtForm.MatchString(p) && !provinceForm.MatchString(strings.TrimSpace(p)):
		return levelDistrict
	case strings.Contains(p, "huyen "):
		return levelDistrict // "UBND huyện X, tỉnh Y"
	case provinceForm.MatchString(p):
		return levelProvince
	}
	return levelUnknown
}

// judgeAuthority tells why an authority can't have awarded these stars on that
// day, nil when it can. 3 stars are the province's, the district's between
// 24/2/2023 and 30/6/2025; 4 the province's; 5 the ministry's. Of an unknown
// day both hold.
func judgeAuthority(authority string, stars int, day catalog.Day) *refusal {
	if authority == "" || stars < catalog.MinStars {
		return nil
	}
	got := levelOf(authority)
	want := []level{levelProvince}
	switch {
	case stars == 5:
		want = []level{levelMinistry}
	case stars == 3 && day == "":
		want = []level{levelProvince, levelDistrict}
	case stars == 3 && day >= districtsFrom && day <= districtsTill:
		want = []level{levelDistrict}
	}
	for _, w := range want {
		if got == w {
			return nil
		}
	}
	return refuse("authority.not_"+string(want[0]), "stars", strconv.Itoa(stars), "day", day.Shown())
}

// Words before "thu hồi" that make it a proposal or a denial.
var notRevoked = []string{"đề nghị", "đề xuất", "dự kiến", "xem xét", "chưa", "không"}

// readRevocation looks for a revocation in a note. proposed is true when all
// that stands there is a proposal or a denial of one.
func readRevocation(note string) (revoked, proposed bool) {
	lower := strings.ToLower(fold.Clean(note))
	what, before := "thu hồi", notRevoked
	if !strings.Contains(lower, what) && plain(note) == lower {
		// Typed without accents throughout.
		what = "thu hoi"
		before = make([]string, len(notRevoked))
		for i, w := range notRevoked {
			before[i] = plain(w)
		}
	}
	for _, clause := range strings.FieldsFunc(lower, func(r rune) bool { return r == ';' || r == '.' }) {
		for {
			head, tail, found := strings.Cut(clause, what)
			if !found {
				break
			}
			if containsAny(head, before) {
				proposed = true
			} else {
				revoked = true
			}
			clause = tail
			if containsAny(head, before) {
				clause = head + " " + tail
			}
		}
	}
	return revoked, proposed && !revoked
}

func containsAny(s string, words []string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}
