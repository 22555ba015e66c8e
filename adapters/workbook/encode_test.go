package workbook_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"lensan/adapters"
	"lensan/adapters/postmart"
	"lensan/adapters/voso"
	"lensan/adapters/workbook"
)

func TestOffersAreJudgedAsTheMarketplaceJudgesThem(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, l *lane) {
		for what, change := range map[string]func(*adapters.Offer){
			"sound":                  func(*adapters.Offer) {},
			"a short name":           func(o *adapters.Offer) { o.Name = "x" },
			"no price":               func(o *adapters.Offer) { o.Price = 0 },
			"a price off the step":   func(o *adapters.Offer) { o.Price = 85_050 },
			"contact in the text":    func(o *adapters.Offer) { o.Description += " Gọi 0912345678" },
			"no stock":               func(o *adapters.Offer) { o.Stock = nil },
			"no picture":             func(o *adapters.Offer) { o.Images = nil },
			"alcohol":                func(o *adapters.Offer) { o.ProductSet = "14" },
			"live animals":           func(o *adapters.Offer) { o.ProductSet = "25" },
			"an ended recognition":   func(o *adapters.Offer) { o.Recognition.ValidUntil = "2026-11-23" },
			"no decision":            func(o *adapters.Offer) { o.Recognition.DecisionNumber = "" },
			"a picture not uploaded": func(o *adapters.Offer) { o.Images[0].RemoteID = "" },
		} {
			o := l.offer("004001", func(o *adapters.Offer) { o.Images = append([]adapters.ImageRef(nil), o.Images...) }, change)
			_, want := l.cfg.Rules.Normalize(o, today)
			fields, got := l.a.Normalize(o, today)
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s: %v, the rules say %v", what, got, want)
			}
			if what == "a picture not uploaded" && !strings.HasPrefix(fields[adapters.FieldImages], "sha256:") {
				t.Errorf("a picture not uploaded is %q", fields[adapters.FieldImages])
			}
			if what != "no stock" && len(got) == 0 != (fields[adapters.FieldStock] != "") && len(got) == 0 {
				t.Errorf("%s: fields %v", what, fields)
			}
		}
		shop := adapters.Shop{ProducerRef: "ct-1"}
		if got, want := l.a.CheckShop(shop), l.cfg.Rules.CheckShop(shop); len(got) == 0 || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("a shop: %v, the rules say %v", got, want)
		}
	})
}

func TestEncodeIsSteadyAndSendsNothingThatIsNotWhole(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, l *lane) {
		o := l.offer("004001")
		a, b := l.change(adapters.OpCreate, o, nil), l.change(adapters.OpCreate, o, nil)
		if !bytes.Equal(a.Payload, b.Payload) {
			t.Error("the same arguments give other bytes")
		}
		current := &adapters.Listing{RemoteID: "SP1", ShopID: "ct-1", SKU: "004001", Fields: adapters.Fields{}}
		for what, try := range map[string]struct {
			c adapters.Change
			o adapters.Offer
		}{
			"a create without a shop":          {adapters.Change{Op: adapters.OpCreate, SKU: "004001"}, l.offer("004001", func(o *adapters.Offer) { o.ShopID = "" })},
			"a create with a problem":          {adapters.Change{Op: adapters.OpCreate, SKU: "004001", ShopID: "ct-1"}, l.offer("004001", func(o *adapters.Offer) { o.Price = 0 })},
			"a create without its picture":     {adapters.Change{Op: adapters.OpCreate, SKU: "004001", ShopID: "ct-1"}, l.offer("004001", func(o *adapters.Offer) { o.Images = []adapters.ImageRef{{SHA256: "ab"}} })},
			"a SKU that is a path":             {adapters.Change{Op: adapters.OpCreate, SKU: "../x", ShopID: "ct-1"}, l.offer("../x")},
			"an update without an id":          {adapters.Change{Op: adapters.OpUpdateOffer, SKU: "004001", Fields: []adapters.Field{adapters.FieldPrice}}, o},
			"an update of nothing":             {adapters.Change{Op: adapters.OpUpdateOffer, SKU: "004001", RemoteID: "SP1"}, o},
			"a price as content":               {adapters.Change{Op: adapters.OpUpdateContent, SKU: "004001", RemoteID: "SP1", Fields: []adapters.Field{adapters.FieldPrice}}, o},
			"an unknown stock":                 {adapters.Change{Op: adapters.OpUpdateOffer, SKU: "004001", RemoteID: "SP1", Fields: []adapters.Field{adapters.FieldStock}}, l.offer("004001", func(o *adapters.Offer) { o.Stock = nil })},
			"a close without a reason":         {adapters.Change{Op: adapters.OpClose, SKU: "004001", RemoteID: "SP1"}, o},
			"a close of nothing":               {adapters.Change{Op: adapters.OpClose, SKU: "004001", Reason: adapters.CloseExpired}, o},
			"an operation that does not exist": {adapters.Change{Op: "delete", SKU: "004001", RemoteID: "SP1"}, o},
		} {
			b, err := l.a.Encode(try.c, try.o, current)
			var e *adapters.Error
			if b != nil || !errors.As(err, &e) || e.Marketplace != l.cfg.Name {
				t.Errorf("%s: %s, %v", what, b, err)
			}
		}
	})
}

func TestWhatAListShowedIsWrittenBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, l *lane) {
		before := l.listed(l.offer("004001"))[0]
		changed := l.offer("004001", func(o *adapters.Offer) {
			o.Name, o.WeightGrams, o.Recognition.Stars = "Nước mắm Cửa Lò loại hai", 999, 5
		})
		fields := []adapters.Field{adapters.FieldName, adapters.FieldOcop, adapters.FieldWeight}
		l.hand(l.change(adapters.OpUpdateContent, changed, &before, fields...))
		l.upload()
		l.bring("1.xlsx")
		now := l.only("004001")
		shows(t, now, l.want(changed))
		c := adapters.Change{Op: adapters.OpUpdateContent, SKU: "004001", ShopID: "ct-1", RemoteID: now.RemoteID, Fields: fields}
		b, err := l.a.Restore(c, before.Fields, &now)
		if err != nil {
			t.Fatal(err)
		}
		c.Payload = b
		l.hand(c)
		l.upload()
		l.bring("2.csv")
		shows(t, l.only("004001"), before.Fields)
		if _, err := l.a.Restore(adapters.Change{Op: adapters.OpClose, RemoteID: "SP1"}, nil, nil); err == nil {
			t.Error("a close is restored")
		}
	})
}

func TestChangesThatAreNotTheirPayloadsAreNotWritten(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, l *lane) {
		good := l.change(adapters.OpCreate, l.offer("004001"), nil)
		other, empty, foreign := good, good, good
		other.SKU, empty.Payload, foreign.Op = "004002", nil, adapters.OpClose
		for what, c := range map[string]adapters.Change{"another SKU's": other, "none": empty, "another operation's": foreign} {
			kindIs(t, what, l.a.Apply(t.Context(), []adapters.Change{c})[0].Err, adapters.KindUnknown)
		}
		gone := l.change(adapters.OpClose, l.offer("004001"), &adapters.Listing{RemoteID: "SP404", ShopID: "ct-1"})
		kindIs(t, "a close of what the list does not show", l.a.Apply(t.Context(), []adapters.Change{gone})[0].Err, adapters.KindNotFound)
		l.waiting(0)
	})
}

func TestCapabilitiesClaimOnlyWhatAPersonAndAFileCanDo(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, l *lane) {
		c := l.a.Capabilities()
		if !c.ByHand || c.Webhooks || c.Conditional || c.SharedToken || c.ListUpdatedAfter || c.KeyLife != 0 || c.VisibilityLag() != 0 || !c.Assumed {
			t.Errorf("%+v", c)
		}
		if _, ok := any(l.a).(adapters.Webhook); ok {
			t.Error("a webhook")
		}
		rules := l.cfg.Rules.Capabilities()
		if !maps.Equal(c.Categories, rules.Categories) || !maps.Equal(c.NotSold, rules.NotSold) || c.MaxImages != rules.MaxImages || c.Title != rules.Title {
			t.Error("the marketplace's own facts differ")
		}
		clear(c.Batch)
		clear(c.Categories)
		if again := l.a.Capabilities(); again.Batch[adapters.OpCreate] < 1 || len(again.Categories) == 0 {
			t.Error("a caller can change the capabilities")
		}
	})
}

func TestNewTellsEverythingThatIsMissing(t *testing.T) {
	t.Parallel()
	_, err := workbook.New(workbook.Config{Name: "a/b", Mapping: []byte("sheet: x")})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{"marketplace's name", "no rules", "no folder", `no column is "id"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("it does not say %q: %v", want, err)
		}
	}
}

// Whatever a producer writes: what is wanted, written into a file, uploaded and
// exported again is what is read, and asked for again it is no difference.
func TestPushedAndReadBackThereIsNoDifference(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]workbook.Config{
		"postmart": {Name: postmart.Name, Rules: postmart.Rules{}, Mapping: postmart.WorkbookMapping},
		"voso":     {Name: voso.Name, Rules: voso.Rules{}, Mapping: voso.WorkbookMapping},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLane(t, cfg)
			n := 0
			rapid.Check(t, func(r *rapid.T) {
				n++
				sku := fmt.Sprintf("S%06d", n)
				text := rapid.StringOfN(rapid.RuneFrom([]rune(" \t\n\"';,=+-@<>&_x00Aaạàệđ\u0301\u0323Ữ🐝\u00a0\u3000%1")), 12, 60, -1)
				o := l.offer(sku, func(o *adapters.Offer) {
					o.Name = text.Draw(r, "name")
					o.Description = strings.Repeat("Mô tả dài đủ. ", 5) + text.Draw(r, "description")
					o.Unit = "x" + rapid.StringOfN(rapid.RuneFrom([]rune(" aệ=,;\"")), 0, 9, -1).Draw(r, "unit")
					o.Producer = "HTX" + text.Draw(r, "producer")
					o.WeightGrams = rapid.Int64Range(1, 100_000).Draw(r, "weight")
					o.Price = rapid.Int64Range(10, 9_000_000).Draw(r, "price") * 100
					o.ListPrice = rapid.SampledFrom([]int64{0, o.Price, o.Price + 100}).Draw(r, "list price")
					stock := rapid.Int64Range(0, 100_000).Draw(r, "stock")
					o.Stock = &stock
					o.Recognition.Stars = rapid.IntRange(3, 5).Draw(r, "stars")
				})
				want, problems := l.a.Normalize(o, today)
				if len(problems) > 0 {
					r.Skip("the marketplace refuses it")
				}
				l.later(1)
				c := l.change(adapters.OpCreate, o, nil)
				if out := l.a.Apply(t.Context(), []adapters.Change{c}); out[0].Handed == nil {
					r.Fatalf("not handed over: %v", out[0].Err)
				}
				if err := l.portal.UploadAll(); err != nil {
					r.Fatal(err)
				}
				l.portal.Products = l.portal.Products[len(l.portal.Products)-1:]
				l.bring("danh-sach." + []string{"xlsx", "csv"}[n%2])
				got := l.only(sku)
				if d := got.Fields.Differing(want); len(d) > 0 {
					r.Fatalf("%s is %q, want %q", d[0], got.Fields[d[0]], want[d[0]])
				}
			})
		})
	}
}
