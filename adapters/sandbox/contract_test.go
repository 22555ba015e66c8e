package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

func contractOf(t *testing.T, name string) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile("../" + name + "/openapi.yaml")
	check(t, err)
	return doc
}

func TestEveryOperationOfTheContracts(t *testing.T) {
	t.Parallel()
	for name, ops := range map[string]map[string]opKind{Postmart: postmartOps, Voso: vosoOps} {
		var theirs, ours []string
		for _, path := range contractOf(t, name).Paths.Map() {
			for _, op := range path.Operations() {
				theirs = append(theirs, op.OperationID)
			}
		}
		for op := range ops {
			ours = append(ours, op)
		}
		slices.Sort(theirs)
		slices.Sort(ours)
		if !slices.Equal(theirs, ours) {
			t.Errorf("%s: the contract has %v, the sandbox %v", name, theirs, ours)
		}
	}
}

func TestCategoriesAreTheContracts(t *testing.T) {
	t.Parallel()
	leaves := func(name, id string) (out []string) {
		list, _ := contractOf(t, name).Extensions["x-leaf-categories"].([]any)
		for _, it := range list {
			o := it.(map[string]any)
			out = append(out, fmt.Sprint(o[id], " ", o["name"]))
		}
		return out
	}
	var pm, vs []string
	for _, c := range pmTree {
		if c.Leaf {
			pm = append(pm, fmt.Sprint(c.ID, " ", c.Name))
		}
	}
	for _, c := range vsTree {
		if c.IsLeaf {
			vs = append(vs, c.CategoryID+" "+c.Name)
		}
	}
	if want := leaves(Postmart, "id"); !slices.Equal(pm, want) {
		t.Errorf("Postmart %v, want %v", pm, want)
	}
	if want := leaves(Voso, "categoryId"); !slices.Equal(vs, want) {
		t.Errorf("Voso %v, want %v", vs, want)
	}
}

func TestCodesAreTheContracts(t *testing.T) {
	t.Parallel()
	codes := func(name, schema string) []string {
		text := contractOf(t, name).Components.Schemas[schema].Value.Properties["code"].Value.Description
		text = strings.ReplaceAll(text, " (try again)", "")
		out := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' })
		slices.Sort(out)
		return out
	}
	var pm, vs []string
	for code := range pmCodes {
		pm = append(pm, code)
	}
	for code := range vsWords {
		vs = append(vs, code)
	}
	slices.Sort(pm)
	slices.Sort(vs)
	if want := codes(Postmart, "ErrorBody"); !slices.Equal(pm, want) {
		t.Errorf("Postmart %v, want %v", pm, want)
	}
	if want := codes(Voso, "Envelope"); !slices.Equal(vs, want) {
		t.Errorf("Voso %v, want %v", vs, want)
	}
}

// FuzzNormalising: what a marketplace made of a text, it makes of that again.
func FuzzNormalising(f *testing.F) {
	for _, s := range []string{" a  b ", "<b>x</b><I>y</I><br/>", "a\r\n\u2028 a\u0300\u0323", "\u2000\u0301", "<p", "< b>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "?")
		if once := oneLine(s); oneLine(once) != once {
			t.Errorf("oneLine(%q) = %q, then %q", s, once, oneLine(once))
		}
		if once := trimmed(s); trimmed(once) != once {
			t.Errorf("trimmed(%q) = %q, then %q", s, once, trimmed(once))
		}
		if once, ok := markup(s); ok {
			if twice, ok := markup(once); !ok || twice != once {
				t.Errorf("markup(%q) = %q, then %q %v", s, once, twice, ok)
			}
		}
	})
}

func TestManyAtOnceMakeOneEach(t *testing.T) {
	t.Parallel()
	w := setup(t, Options{})
	s, v := w.pm.signIn(), w.vs.vsSignIn()
	shop, img, vshop, vimg := s.shop("r1"), s.image(), v.vsShop("r1"), v.vsImage()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, sku := range numbered("A", 10) {
				s.create(pmGoods(shop, sku, img))
				v.save(vsGoods(vshop, sku, vimg))
			}
		})
	}
	wg.Wait()
	for _, on := range []string{Postmart, Voso} {
		l, err := w.sb.Ledger(on)
		check(t, err)
		n, err := w.sb.Counts(on)
		check(t, err)
		if len(l.Doubles) != 0 || len(l.Made) != 10 || n["live"]+n["SELLING"] != 10 || l.Tried[shop+"/A-03"]+l.Tried[vshop+"/A-03"] != 8 {
			t.Errorf("%s: %+v %v", on, l, n)
		}
	}
}
