package adaptertest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"lensan/adapters"
)

// normalizing: what can't be sent is told before it is sent, and never mended.
func normalizing(t *testing.T, h Harness) {
	s := settle(t, h)
	has := func(what string, field adapters.Field, change func(*adapters.Offer)) {
		t.Helper()
		o := s.offer("004001", change)
		fields, problems := s.a.Normalize(o, today(0))
		if !slices.ContainsFunc(problems, func(p adapters.Problem) bool { return p.Field == string(field) && p.Code != "" }) {
			t.Errorf("%s is no problem of %s: %+v", what, field, problems)
		}
		if v, ok := fields[field]; ok {
			t.Errorf("%s: %s has the value %q beside its problem", what, field, v)
		}
		if _, ok := fields[adapters.FieldUnit]; !ok && field != adapters.FieldUnit {
			t.Errorf("%s takes sound fields away", what)
		}
	}
	has("no name", adapters.FieldName, func(o *adapters.Offer) { o.Name = "\u00a0\u2003" })
	has("a name of one letter", adapters.FieldName, func(o *adapters.Offer) { o.Name = "A" })
	has("a name without end", adapters.FieldName, func(o *adapters.Offer) { o.Name = strings.Repeat("ệ", 1000) })
	has("no description", adapters.FieldDescription, func(o *adapters.Offer) { o.Description, o.Story = "", "" })
	has("a description of one word", adapters.FieldDescription, func(o *adapters.Offer) { o.Description, o.Story = "Ngon.", "" })
	has("a description without end", adapters.FieldDescription, func(o *adapters.Offer) { o.Description = strings.Repeat("mật ong rừng ", 10_000) })
	has("no unit", adapters.FieldUnit, func(o *adapters.Offer) { o.Unit = "" })
	has("no weight", adapters.FieldWeight, func(o *adapters.Offer) { o.WeightGrams = 0 })
	has("a negative weight", adapters.FieldWeight, func(o *adapters.Offer) { o.WeightGrams = -1 })
	has("a ton", adapters.FieldWeight, func(o *adapters.Offer) { o.WeightGrams = 1_000_000 })
	has("no picture", adapters.FieldImages, func(o *adapters.Offer) { o.Images = nil })
	has("too many pictures", adapters.FieldImages, func(o *adapters.Offer) {
		o.Images = nil
		for i := range s.caps.MaxImages + 1 {
			o.Images = append(o.Images, adapters.ImageRef{SHA256: fmt.Sprint(i), RemoteID: fmt.Sprint(i)})
		}
	})
	has("a small picture", adapters.FieldImages, func(o *adapters.Offer) { o.Images[0].Width = s.caps.ImageMin - 1 })
	has("no producer", adapters.FieldOrigin, func(o *adapters.Offer) { o.Producer = "" })
	has("no commune", adapters.FieldOrigin, func(o *adapters.Offer) { o.CommuneCode = "" })
	has("no decision", adapters.FieldOcop, func(o *adapters.Offer) { o.Recognition.DecisionNumber = "" })
	has("no day of decision", adapters.FieldOcop, func(o *adapters.Offer) { o.Recognition.DecisionDate = "" })
	has("no last day", adapters.FieldOcop, func(o *adapters.Offer) { o.Recognition.ValidUntil = "" })
	has("two stars", adapters.FieldOcop, func(o *adapters.Offer) { o.Recognition.Stars = 2 })
	has("six stars", adapters.FieldOcop, func(o *adapters.Offer) { o.Recognition.Stars = 6 })
	has("no price", adapters.FieldPrice, func(o *adapters.Offer) { o.Price = 0 })
	has("a negative price", adapters.FieldPrice, func(o *adapters.Offer) { o.Price = -85_000 })
	has("a price of 5 đ", adapters.FieldPrice, func(o *adapters.Offer) { o.Price = 5 })
	has("a list price below the price", adapters.FieldListPrice, func(o *adapters.Offer) { o.ListPrice = 10_000 })
	has("unknown stock", adapters.FieldStock, func(o *adapters.Offer) { o.Stock = nil })
	has("negative stock", adapters.FieldStock, func(o *adapters.Offer) { *o.Stock = -1 })
	has("a product set of nobody", adapters.FieldCategory, func(o *adapters.Offer) { o.ProductSet = "99" })
	has("no product set", adapters.FieldCategory, func(o *adapters.Offer) { o.ProductSet = "" })
	for set, code := range s.caps.NotSold {
		_, problems := s.a.Normalize(s.offer("1", func(o *adapters.Offer) { o.ProductSet = set }), today(0))
		if !slices.ContainsFunc(problems, func(p adapters.Problem) bool { return p.Code == code }) {
			t.Errorf("set %s: %+v, want %s", set, problems, code)
		}
	}
	for set, category := range s.caps.Categories {
		fields, problems := s.a.Normalize(s.offer("1", func(o *adapters.Offer) { o.ProductSet = set }), today(0))
		if len(problems) > 0 || fields[adapters.FieldCategory] != category {
			t.Errorf("set %s: %q, want %q (%+v)", set, fields[adapters.FieldCategory], category, problems)
		}
	}
	_, problems := s.a.Normalize(s.offer("", func(o *adapters.Offer) {}), today(0))
	if len(problems) == 0 {
		t.Error("an offer without a SKU has no problem")
	}
	sent := s.offer("004001", func(o *adapters.Offer) { o.Price, o.Name = 5, "A" })
	before := fmt.Sprintf("%+v", sent)
	s.a.Normalize(sent, today(0))
	if after := fmt.Sprintf("%+v", sent); after != before {
		t.Errorf("Normalize changes its offer: %s", after)
	}
}

// awkward texts that a marketplace may take, none of which may differ for ever.
var awkward = []string{
	"Nu\u031bo\u031b\u0301c ma\u0306\u0301m Cu\u031b\u0309a Lo\u0300 ha\u0323ng nha\u0302\u0301t",        // NFD
	"\u00a0\u2003Nước mắm\u2009Cửa Lò\u00a0\u00a0hạng  nhất\u3000",                                       // spaces of all kinds
	"Nước mắm <b>Cửa Lò</b> & con cháu \"20°N\" < 30°N",                                                  // what looks like markup
	"Nước mắm &lt;i&gt;Cửa Lò&lt;/i&gt; &amp;amp;",                                                       // what looks like entities
	"Nước mắm 🐟 Cửa Lò 👨‍👩‍👧 gia đình",                                                                   // beyond the first plane, joined
	"Nước mắm\u200b Cửa\u200d Lò\ufeff không rộng",                                                       // without width
	"Nước mắm Cửa Lò \\ \"nháy\" 'đơn' \u2028 \u0085 hết",                                                // what JSON escapes
	"\u1e69\u0323 q\u0307\u0323 \u212b \u1100\u1161\u11a8 mắm cửa lò",                                    // order of marks, singletons, jamo
	"Nước mắm a" + strings.Repeat("\u0301", 40) + " dấu chồng",                                           // more marks than Stream-Safe text has
	"Nước mắm \u0344 \u0958 \u2adc \ufb1d loại trừ",                                                      // composition exclusions
	"line\r\nhai\rba\nbốn\tnăm nước mắm",                                                                 // ends of lines
	strings.Repeat("\u0300", 3) + " Nước mắm đầu dấu",                                                    // marks before any letter
	"Tương Nam Đàn (loại đặc biệt) – 1/2 lít — “ngon”…", "ＮＵＯＣ ＭＡＭ　Ｃửa Ｌò toàn cỡ", "ﬁ ﬀ ½ ① ㎏ nước mắm", // compatibility forms stay
}

func unicodeTexts(t *testing.T, h Harness) {
	s := settle(t, h)
	var offers []adapters.Offer
	for i, text := range awkward {
		o := s.offer(skus(100)[i], func(o *adapters.Offer) {
			o.Name, o.Producer = text, "HTX "+text
			o.Description = text + "\n" + o.Description + "\r\n\r\n" + text
			o.Story = text
			o.Unit = "chai\u00a0500 ml "
		})
		if _, problems := s.a.Normalize(o, today(0)); len(problems) > 0 {
			if slices.ContainsFunc(problems, func(p adapters.Problem) bool { return p.Field == string(adapters.FieldName) }) {
				t.Errorf("%q is no name: %+v", text, problems)
			}
			continue
		}
		offers = append(offers, o)
	}
	if len(offers) < len(awkward)-1 {
		t.Errorf("only %d of %d texts can be sent", len(offers), len(awkward))
	}
	for i, id := range s.createAll(t, offers...) {
		shows(t, s.get(t, id), s.want(t, offers[i]))
	}
	composed := s.want(t, s.offer("1", func(o *adapters.Offer) { o.Name = "Nước mắm Cửa Lò hạng nhất" }))
	apart := s.want(t, s.offer("1", func(o *adapters.Offer) { o.Name = awkward[0] }))
	if composed[adapters.FieldName] != apart[adapters.FieldName] {
		t.Errorf("%q and %q are two names", composed[adapters.FieldName], apart[adapters.FieldName])
	}
	invalid := s.offer("900001", func(o *adapters.Offer) { o.Name = "Nước mắm \xff\xfe Cửa Lò hạng nhất" })
	if _, problems := s.a.Normalize(invalid, today(0)); len(problems) == 0 {
		shows(t, s.create(t, invalid), s.want(t, invalid))
	}
}

// limitOf finds the bound that a problem of field tells, as min or max.
func (s *seller) limitOf(field adapters.Field, bound string, change func(*adapters.Offer)) (int, bool) {
	_, problems := s.a.Normalize(s.offer("1", change), today(0))
	for _, p := range problems {
		if n, err := strconv.Atoi(p.Args[bound]); p.Field == string(field) && err == nil {
			return n, true
		}
	}
	return 0, false
}

// lengths: the limit itself goes through, one more is a problem, and what
// counts is code points after composing.
func lengths(t *testing.T, h Harness) {
	s := settle(t, h)
	set := map[adapters.Field]func(o *adapters.Offer, text string){
		adapters.FieldName: func(o *adapters.Offer, text string) { o.Name = text },
		adapters.FieldUnit: func(o *adapters.Offer, text string) { o.Unit = text },
		adapters.FieldOrigin: func(o *adapters.Offer, text string) {
			o.Producer = text
		},
	}
	sku := 0
	for field, put := range set {
		most, ok := s.limitOf(field, "max", func(o *adapters.Offer) { put(o, strings.Repeat("ệ", 5000)) })
		if !ok {
			t.Errorf("%s has no greatest length", field)
			continue
		}
		for _, letter := range []string{"ệ", "e\u0323\u0302", "🐟"} {
			sku++
			o := s.offer(skus(100)[sku], func(o *adapters.Offer) { put(o, strings.Repeat(letter, most)) })
			shows(t, s.create(t, o), s.want(t, o))
			_, problems := s.a.Normalize(s.offer("1", func(o *adapters.Offer) { put(o, strings.Repeat(letter, most+1)) }), today(0))
			if len(problems) == 0 {
				t.Errorf("%s of %d %q is no problem, the limit is %d", field, most+1, letter, most)
			}
		}
	}
	least, ok := s.limitOf(adapters.FieldName, "min", func(o *adapters.Offer) { o.Name = "A" })
	if !ok {
		t.Fatal("a name has no least length")
	}
	o := s.offer("300001", func(o *adapters.Offer) { o.Name = " " + strings.Repeat("e\u0323\u0302", least) + " " })
	shows(t, s.create(t, o), s.want(t, o))
	if _, problems := s.a.Normalize(s.offer("1", func(o *adapters.Offer) { o.Name = " " + strings.Repeat("e\u0323\u0302", least-1) + " " }), today(0)); len(problems) == 0 {
		t.Errorf("a name of %d is no problem, the limit is %d", least-1, least)
	}
}

// money: a price that Normalize takes arrives to the đồng, others are told.
func money(t *testing.T, h Harness) {
	s := settle(t, h)
	taken := 0
	for i, price := range []int64{1000, 1001, 1100, 9_999, 34_000, 85_050, 137_550, 399_999, 1_000_000, 12_345_600, 999_999_900, 1_000_000_000, 1_000_000_100} {
		o := s.offer(skus(100)[i], func(o *adapters.Offer) { o.Price = price })
		fields, problems := s.a.Normalize(o, today(0))
		if len(problems) > 0 {
			if _, told := fields[adapters.FieldPrice]; told {
				t.Errorf("%d is a problem and the price %s", price, fields[adapters.FieldPrice])
			}
			continue
		}
		taken++
		if got := fields[adapters.FieldPrice]; got != strconv.FormatInt(price, 10) {
			t.Errorf("%d becomes %s", price, got)
		}
		shows(t, s.create(t, o), fields)
	}
	if taken < 5 {
		t.Errorf("only %d prices can be sent", taken)
	}
	for i, list := range []int64{85_000, 85_100, 120_000} {
		o := s.offer(skus(100)[50+i], func(o *adapters.Offer) { o.ListPrice = list })
		shows(t, s.create(t, o), s.want(t, o))
	}
	none := s.offer("1", func(o *adapters.Offer) { o.Stock = nil })
	if fields, _ := s.a.Normalize(none, today(0)); fields[adapters.FieldStock] != "" {
		t.Errorf("unknown stock is %q", fields[adapters.FieldStock])
	}
	zero := s.offer("004100", func(o *adapters.Offer) { *o.Stock = 0 })
	if got := s.create(t, zero).Fields[adapters.FieldStock]; got != "0" {
		t.Errorf("no stock left reads as %q", got)
	}
	for i, grams := range []int64{1, 9, 10, 333, 999, 1000, 1001, 12_345, 99_999, 100_000} {
		o := s.offer(skus(100)[70+i], func(o *adapters.Offer) { o.WeightGrams = grams })
		shows(t, s.create(t, o), s.want(t, o))
	}
}

// days: a recognition counts through its last day in Vietnam.
func days(t *testing.T, h Harness) {
	s := settle(t, h)
	last := s.offer("004001", func(o *adapters.Offer) { o.Recognition.ValidUntil = today(0) })
	shows(t, s.create(t, last), s.want(t, last))
	over := s.offer("004002", func(o *adapters.Offer) { o.Recognition.ValidUntil = today(-1) })
	if _, problems := s.a.Normalize(over, today(0)); !slices.ContainsFunc(problems, func(p adapters.Problem) bool { return p.Field == string(adapters.FieldOcop) }) {
		t.Errorf("a recognition that ended yesterday: %+v", problems)
	}
	if _, problems := s.a.Normalize(over, today(-1)); len(problems) > 0 {
		t.Errorf("judged on its last day: %+v", problems)
	}
	for i, day := range []string{"2024-02-29", "2025-12-31", "2026-01-01", "2023-07-10"} {
		o := s.offer(skus(100)[i], func(o *adapters.Offer) { o.Recognition.DecisionDate = day })
		l := s.create(t, o)
		shows(t, l, s.want(t, o))
		if other := s.want(t, s.offer("1", func(o *adapters.Offer) { o.Recognition.DecisionDate = "2024-02-28" })); l.Fields[adapters.FieldOcop] == other[adapters.FieldOcop] {
			t.Errorf("%s and another day are one: %s", day, l.Fields[adapters.FieldOcop])
		}
	}
	for _, day := range []string{"29/02/2024", "2023-02-29", "hôm qua", "2024-13-01"} {
		_, problems := s.a.Normalize(s.offer("1", func(o *adapters.Offer) { o.Recognition.DecisionDate = day }), today(0))
		if len(problems) == 0 {
			t.Errorf("%q is taken for a day", day)
		}
	}
}

// echoes pushes whatever Normalize takes and reads it back: no difference, and
// none after Normalize saw its own result.
func echoes(t *testing.T, h Harness) {
	s := settle(t, h)
	second := s.upload(t, 2)
	text := rapid.StringOfN(rapid.OneOf(
		rapid.RuneFrom([]rune("aăâbcdđeêghiklmnoôơpqrstuưvxy ÁỆỮ 0123456789.,-–()°/&<>\"'")),
		rapid.RuneFrom([]rune{'\u0301', '\u0300', '\u0323', '\u0302', '\u031b', '\u0306', '\u00a0', '\u2003', '\n', '\r', '\t', '\u200b', '🐟', 'ﬁ', 'Å', '\u1100', '\u1161'}),
	), 0, 160, -1)
	n := 0
	rapid.Check(t, func(r *rapid.T) {
		n++
		o := s.offer(fmt.Sprintf("R%06d", n), func(o *adapters.Offer) {
			o.Name = "Nước mắm " + text.Draw(r, "name")
			o.Description += text.Draw(r, "description")
			o.Story = text.Draw(r, "story")
			o.Unit = "chai " + text.Draw(r, "unit")
			o.Producer = "HTX " + text.Draw(r, "producer")
			o.Recognition.DecisionNumber = "1" + text.Draw(r, "decision")
			o.Recognition.Stars = rapid.IntRange(3, 5).Draw(r, "stars")
			o.WeightGrams = rapid.Int64Range(1, 100_000).Draw(r, "weight")
			o.Price = rapid.Int64Range(10, 20_000).Draw(r, "price") * 100
			o.ListPrice = o.Price + rapid.Int64Range(0, 5_000).Draw(r, "list")
			*o.Stock = rapid.Int64Range(0, 100_000).Draw(r, "stock")
			o.ProductSet = rapid.SampledFrom(s.sets()).Draw(r, "set")
			if rapid.Bool().Draw(r, "two pictures") {
				o.Images = append(o.Images, second, o.Images[0])
			}
			if rapid.Bool().Draw(r, "no trace") {
				o.TraceURL = ""
			}
		})
		want, problems := s.a.Normalize(o, today(0))
		if len(problems) > 0 {
			bad := map[adapters.Field]bool{}
			for _, p := range problems {
				bad[adapters.Field(p.Field)] = true
			}
			clean := s.offer(o.SKU)
			o = mend(o, clean, bad)
			if want, problems = s.a.Normalize(o, today(0)); len(problems) > 0 {
				return
			}
		}
		c := s.change(t, adapters.OpCreate, o, nil)
		out := s.a.Apply(t.Context(), []adapters.Change{c})[0]
		if out.Err != nil {
			r.Fatalf("Normalize takes it, the marketplace does not: %v %+v\n%s", out.Err, out.Err.Fields, c.Payload)
		}
		got, err := s.a.Get(t.Context(), []string{out.RemoteID})
		if err != nil {
			r.Fatal(err)
		}
		l := got[out.RemoteID]
		for _, f := range l.Fields.Differing(want) {
			r.Errorf("%s is %q, want %q", f, l.Fields[f], want[f])
		}
	})
}

// mend puts the sound value where a field has a problem.
func mend(o, clean adapters.Offer, bad map[adapters.Field]bool) adapters.Offer {
	if bad[adapters.FieldName] {
		o.Name = clean.Name
	}
	if bad[adapters.FieldDescription] {
		o.Description, o.Story = clean.Description, clean.Story
	}
	if bad[adapters.FieldUnit] {
		o.Unit = clean.Unit
	}
	if bad[adapters.FieldOrigin] {
		o.Producer, o.TraceURL = clean.Producer, clean.TraceURL
	}
	if bad[adapters.FieldOcop] {
		o.Recognition = clean.Recognition
	}
	if bad[adapters.FieldPrice] || bad[adapters.FieldListPrice] {
		o.Price, o.ListPrice = clean.Price, clean.ListPrice
	}
	if bad[adapters.FieldStock] {
		o.Stock = clean.Stock
	}
	return o
}
