package workbook

import (
	"slices"
	"strings"
	"testing"

	"lensan/adapters"
	"lensan/adapters/postmart"
	"lensan/adapters/voso"
)

// ready are the mappings that come with the program, with their rules.
var ready = []struct {
	name    string
	rules   Rules
	mapping []byte
}{{postmart.Name, postmart.Rules{}, postmart.WorkbookMapping}, {voso.Name, voso.Rules{}, voso.WorkbookMapping}}

func TestReadyMappingsAreWholeAndCarryEveryField(t *testing.T) {
	t.Parallel()
	for _, r := range ready {
		m, err := ParseMapping(r.mapping)
		if err != nil {
			t.Fatal(err)
		}
		want := r.rules.Capabilities().Fields
		for _, f := range want {
			if !slices.Contains(m.fields(), f) {
				t.Errorf("%s: %s has no column", r.name, f)
			}
		}
		for _, reason := range []adapters.CloseReason{adapters.CloseNotEligible, adapters.CloseExpired, adapters.CloseWithdrawn, adapters.CloseDuplicate} {
			if m.Reasons[reason] == "" {
				t.Errorf("%s: no words for %s", r.name, reason)
			}
		}
		for _, s := range []adapters.MarketState{adapters.PendingReview, adapters.Live, adapters.Rejected, adapters.Closed, adapters.Locked} {
			if len(m.States[s]) == 0 {
				t.Errorf("%s: no word for %s", r.name, s)
			}
		}
	}
}

func TestMappingTellsEverythingThatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := ParseMapping([]byte(`
sheet: Hướng dẫn
max_rows: -1
columns:
  - {is: id, heading: Mã}
  - {is: sku, heading: mã}
  - {is: sku, heading: Khác}
  - {is: nonsense, heading: A}
  - {field: nonsense, heading: B}
  - {heading: C}
  - {field: name}
states: {live: [Bán], closed: [bán], gone: [Mất]}
`))
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{"can't name a sheet", "max_rows", `"mã" stands for id and for sku`, "sku stands twice", `"nonsense" is not known`, `no field "nonsense"`,
		"either is or field", "has no heading", `no column is "shop"`, `no column is "state"`, `"bán" stands for`, `no state "gone"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("it does not say %q:\n%v", want, err)
		}
	}
	if _, err := ParseMapping([]byte("colums: []")); err == nil {
		t.Error("an unknown key is accepted")
	}
}
