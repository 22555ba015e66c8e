package text

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lensan/store/catalog"
)

// Every sentence of these rooms must read well whether its arguments are known
// or not: a marketplace that refuses a field does not tell by how much.
func TestOfferReasonsReadWellWithAndWithoutArguments(t *testing.T) {
	t.Parallel()
	args := map[string]string{
		"have": "131", "min": "10", "max": "120", "cell": "Thông tin bán hàng!C4", "name": "mau-01.jpg", "step": "500",
		"valid_until": "23/11/2026", "set": "25", "producer": "HTX Sen quê Bác", "words": "Ảnh mờ",
	}
	for _, part := range []map[string]sentence{offerReasons, postmartReasons} {
		for code := range part {
			for _, a := range []map[string]string{nil, {}, args} {
				e := Explain(catalog.Reason{Code: code, Args: a})
				for _, s := range []string{e.VI, e.EN, e.FixVI, e.FixEN} {
					if s == "" || strings.ContainsAny(s, "{}[]") || strings.Contains(s, "  ") || strings.Contains(s, " .") || !strings.HasSuffix(s, ".") {
						t.Errorf("%s: %q", code, s)
					}
				}
				if !e.Known || e.Who == "" || strings.Contains(strings.ToLower(e.FixVI), "huyện") {
					t.Errorf("%s: %+v", code, e)
				}
			}
		}
	}
}

// The contract names every code that Postmart answers.
func TestEveryCodeOfPostmartsContractHasASentence(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../../../adapters/postmart/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	contract := string(b)
	_, list, _ := strings.Cut(contract, "invalid_client, token_expired")
	list, _, _ = strings.Cut("invalid_client, token_expired"+list, "message:")
	codes := regexp.MustCompile(`[a-z]+(_[a-z]+)*`).FindAllString(list, -1)
	if len(codes) != 19 {
		t.Fatalf("the contract's codes are %v", codes)
	}
	for i, c := range codes {
		codes[i] = "postmart." + c
	}
	enum := regexp.MustCompile(`enum: \[(image_quality[^\]]*)\]`).FindStringSubmatch(contract)
	if enum == nil {
		t.Fatal("no moderators' codes in the contract")
	}
	for _, c := range strings.Split(enum[1], ", ") {
		codes = append(codes, "rejected."+c)
	}
	fields := regexp.MustCompile(`enum: \[(required, too_short[^\]]*)\]`).FindStringSubmatch(contract)
	if fields == nil {
		t.Fatal("no field codes in the contract")
	}
	for _, c := range strings.Split(strings.Replace(fields[1], "required", "missing", 1), ", ") {
		for field := range offerFieldWords {
			codes = append(codes, field+"."+c)
		}
	}
	for _, code := range codes {
		if e := Explain(catalog.Reason{Code: code}); !e.Known {
			t.Errorf("no sentence for %s", code)
		}
	}
}

// A marketplace that refuses for the shop does not tell whose it is.
func TestReasonsThatComeWithARefusalNeedNoArguments(t *testing.T) {
	t.Parallel()
	for _, code := range append(slices.Collect(maps.Keys(vosoReasons)), "shop.suspended", "listing.locked") {
		e := Explain(catalog.Reason{Code: code})
		for _, s := range []string{e.VI, e.EN, e.FixVI, e.FixEN} {
			if s == "" || strings.ContainsAny(s, "{}[]") || strings.Contains(s, "  ") {
				t.Errorf("%s: %q", code, s)
			}
		}
	}
	if e := Explain(catalog.Reason{Code: "shop.suspended", Args: map[string]string{"producer": "HTX Sen quê Bác"}}); !strings.Contains(e.VI, "của HTX Sen quê Bác đang") {
		t.Errorf("%q", e.VI)
	}
}

func TestReasonsThatCompareAreInWords(t *testing.T) {
	t.Parallel()
	for code, want := range map[string][2]string{
		"drift.ask":          {"Trên sàn, mục giá bán đã bị sửa thành “123.000 đ”; danh sách ghi “358.000 đ”.", "On the marketplace price was changed to “123,000 VND”; the register says “358,000 VND”."},
		"drift.both_changed": {"Mục giá bán vừa bị sửa trên sàn (“123.000 đ”) vừa đổi trong danh sách (“358.000 đ”).", "Price was changed both on the marketplace (“123,000 VND”) and in the register (“358,000 VND”)."},
	} {
		args := map[string]string{"field": "price", "there": "123000", "want": "358000"}
		e := Explain(catalog.Reason{Code: code, Args: args})
		if e.VI != want[0] || e.EN != want[1] || args["field"] != "price" {
			t.Errorf("%s: %q, %q", code, e.VI, e.EN)
		}
	}
	if e := Explain(catalog.Reason{Code: "drift.ignored", Args: map[string]string{"field": "origin", "there": "{}", "want": "{}"}}); strings.Contains(e.VI+e.EN, "{") || strings.Contains(e.EN, " origin_") {
		t.Errorf("%q, %q", e.VI, e.EN)
	}
}
