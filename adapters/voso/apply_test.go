package voso

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"lensan/adapters"
)

func contractCodes(t *testing.T) string {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(doc.Components.Schemas["Envelope"].Value.Properties["code"].Value.Description, "(try again)", "")
}

func results(list ...map[string]any) map[string]any { return map[string]any{"results": list} }

func done(id string) map[string]any {
	return map[string]any{"ok": true, "code": "OK", "message": "", "productId": id}
}

func failed(code, field string) map[string]any {
	r := map[string]any{"ok": false, "code": code, "message": "lý do"}
	if field != "" {
		r["field"] = field
	}
	return r
}

func with(r map[string]any, key string, value any) map[string]any {
	r[key] = value
	return r
}

func TestEachItemStandsAlone(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	a := s.adapter()
	s.on("/product/save-batch", answer{data: results(done("P1"), failed("PRICE_INVALID", "price"), failed("PRODUCT_SKU_DUPLICATED", ""), done("P4"))})
	cs := changes(t, a, adapters.OpCreate, []string{"1", "2", "3", "4"})
	out := a.Apply(t.Context(), cs)
	if out[0].Err != nil || out[0].RemoteID != "P1" || out[3].Err != nil || out[3].RemoteID != "P4" {
		t.Errorf("%+v", out)
	}
	if e := out[1].Err; e.Kind != adapters.KindInvalid || e.SKU != "2" || e.Op != "saveProducts" || e.Status != 200 {
		t.Errorf("%+v", e)
	}
	if out[2].Err.Kind != adapters.KindExists || out[2].RemoteID != "" {
		t.Errorf("%+v", out[2])
	}
	var sent struct{ Items []json.RawMessage }
	if err := json.Unmarshal([]byte(s.body("/product/save-batch", 0)), &sent); err != nil {
		t.Fatal(err)
	}
	for i, c := range cs {
		if string(sent.Items[i]) != string(c.Payload) {
			t.Errorf("item %d went as %s, stored as %s", i, sent.Items[i], c.Payload)
		}
	}
}

func TestAResultThatIsNotClearIsUnknown(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		op      adapters.Op
		results []map[string]any
		want    string // for the SKUs 1, 2, 3: the id, or the kind
	}{
		"too few, each naming its SKU":           {adapters.OpCreate, []map[string]any{with(done("A"), "sku", "1"), with(done("C"), "sku", "3")}, "A ambiguous C"},
		"too few, naming nothing":                {adapters.OpCreate, []map[string]any{done("A"), done("B")}, "ambiguous ambiguous ambiguous"},
		"none":                                   {adapters.OpCreate, []map[string]any{}, "ambiguous ambiguous ambiguous"},
		"too many, one SKU twice":                {adapters.OpCreate, []map[string]any{with(done("A"), "sku", "1"), with(done("B"), "sku", "2"), with(done("C"), "sku", "3"), with(done("D"), "sku", "3")}, "A B ambiguous"},
		"made, but without an id":                {adapters.OpCreate, []map[string]any{done("A"), with(done(""), "productId", nil), done("")}, "A ambiguous ambiguous"},
		"another SKU's result":                   {adapters.OpCreate, []map[string]any{with(done("A"), "sku", "1"), with(done("C"), "sku", "3"), with(done("B"), "sku", "2")}, "A ambiguous ambiguous"},
		"another product's result":               {adapters.OpUpdateContent, []map[string]any{done("P1"), done("P9"), with(done(""), "productId", nil)}, "P1 ambiguous P3"},
		"too few of an update, named by product": {adapters.OpUpdateContent, []map[string]any{done("P3")}, "ambiguous ambiguous P3"},
		"an error of the system while creating":  {adapters.OpCreate, []map[string]any{done("A"), failed("SYSTEM_ERROR", ""), failed("SYSTEM_BUSY", "")}, "A ambiguous transient"},
		"an error of the system while changing":  {adapters.OpUpdateContent, []map[string]any{done("P1"), failed("SYSTEM_ERROR", ""), failed("SYSTEM_BUSY", "")}, "P1 transient transient"},
		"results of hiding":                      {adapters.OpClose, []map[string]any{done("P1"), failed("PRODUCT_LOCKED", ""), failed("PRODUCT_NOT_FOUND", "")}, "P1 locked not_found"},
	}
	for sentence, tt := range tests {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			a := s.adapter()
			s.on("/product/save-batch", answer{data: results(tt.results...)})
			s.on("/product/change-status", answer{data: results(tt.results...)})
			var fields []adapters.Field
			if tt.op == adapters.OpUpdateContent {
				fields = []adapters.Field{adapters.FieldName}
			}
			var got []string
			for _, o := range a.Apply(t.Context(), changes(t, a, tt.op, []string{"1", "2", "3"}, fields...)) {
				if o.Err != nil {
					got = append(got, string(o.Err.Kind))
				} else {
					got = append(got, o.RemoteID)
				}
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("%v, want %s", got, tt.want)
			}
		})
	}
	t.Run("an entry that says neither", func(t *testing.T) {
		t.Parallel()
		s := newServer(t)
		a := s.adapter()
		s.on("/product/save-batch", answer{raw: `{"error":false,"code":"OK","message":"","data":{"results":[{"productId":"A"},{"ok":true,"productId":"B"}]}}`})
		out := a.Apply(t.Context(), changes(t, a, adapters.OpCreate, []string{"1", "2"}))
		if adapters.KindOf(out[0].Err) != adapters.KindAmbiguous || out[1].Err != nil || out[1].RemoteID != "B" {
			t.Errorf("%+v", out)
		}
	})
}

// TestACallRefusedForOneItem: the envelope refuses the whole call, nothing was
// done, and the others go without the one that is to blame.
func TestACallRefusedForOneItem(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	a := s.adapter()
	s.on("/product/save-batch", answer{code: "VALIDATE_ERROR"}, // 1 2 3 4
		answer{data: results(done("P1"), done("P2"))}, // 1 2
		answer{code: "VALIDATE_ERROR"},                // 3 4
		answer{code: "VALIDATE_ERROR"},                // 3
		answer{data: results(done("P4"))})             // 4
	out := a.Apply(t.Context(), changes(t, a, adapters.OpCreate, []string{"1", "2", "3", "4"}))
	for i, want := range []string{"P1", "P2", "", "P4"} {
		if out[i].RemoteID != want || (out[i].Err == nil) != (want != "") {
			t.Errorf("item %d: %+v", i+1, out[i])
		}
	}
	if out[2].Err.Kind != adapters.KindInvalid || out[2].Err.SKU != "3" {
		t.Errorf("%+v", out[2].Err)
	}
}

func TestMoreThanFiftyGoInSeveralCalls(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	a := s.adapter()
	var skus []string
	for i := range 51 {
		skus = append(skus, fmt.Sprint(i))
	}
	first := make([]map[string]any, 50)
	for i := range first {
		first[i] = done("P" + skus[i])
	}
	s.on("/product/change-status", answer{data: results(first...)}, answer{data: results(done("P50"))})
	out := a.Apply(t.Context(), changes(t, a, adapters.OpReopen, skus))
	if len(out) != 51 || slices.ContainsFunc(out, func(o adapters.Outcome) bool { return o.Err != nil }) || out[50].RemoteID != "P50" {
		t.Errorf("%+v", out)
	}
}

func TestMixedChangesAreRefused(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	a := s.adapter()
	mixed := append(changes(t, a, adapters.OpClose, []string{"1"}), changes(t, a, adapters.OpReopen, []string{"2"})...)
	mixed = append(mixed, adapters.Change{Op: adapters.OpClose, SKU: "3"})
	for _, o := range a.Apply(t.Context(), mixed) {
		if adapters.KindOf(o.Err) != adapters.KindUnknown {
			t.Errorf("%+v", o)
		}
	}
	if len(s.calls) != 0 {
		t.Errorf("sent %v", s.calls)
	}
	if out := a.Apply(t.Context(), nil); len(out) != 0 {
		t.Errorf("%v", out)
	}
}
