package adaptertest

import (
	"slices"
	"strings"
	"testing"

	"lensan/adapters"
)

// contentChanges is one way to change each content field of an offer.
func (s *seller) contentChanges(t *testing.T) map[adapters.Field]func(*adapters.Offer) {
	t.Helper()
	second := s.upload(t, 2)
	sets := s.sets()
	return map[adapters.Field]func(*adapters.Offer){
		adapters.FieldName:        func(o *adapters.Offer) { o.Name = "Nước mắm Cửa Hội thượng hạng" },
		adapters.FieldDescription: func(o *adapters.Offer) { o.Description += " Dùng trong 24 tháng." },
		adapters.FieldCategory: func(o *adapters.Offer) {
			for _, set := range sets {
				if s.caps.Categories[set] != s.caps.Categories[o.ProductSet] {
					o.ProductSet = set
					return
				}
			}
		},
		adapters.FieldUnit:       func(o *adapters.Offer) { o.Unit = "thùng 6 chai" },
		adapters.FieldWeight:     func(o *adapters.Offer) { o.WeightGrams = 3_905 },
		adapters.FieldImages:     func(o *adapters.Offer) { o.Images = []adapters.ImageRef{second, o.Images[0], second} },
		adapters.FieldOrigin:     func(o *adapters.Offer) { o.TraceURL = "" },
		adapters.FieldOcop:       func(o *adapters.Offer) { o.Recognition.Stars, o.Recognition.DecisionNumber = 5, "99/QĐ-BNN" },
		adapters.FieldAttributes: func(o *adapters.Offer) { o.ProductCode = "40-430-17950-4-2025" },
	}
}

// changingContent changes each field alone, then all of them, and nothing else.
func changingContent(t *testing.T, h Harness) {
	s := settle(t, h)
	base := s.offer("004001")
	l := s.create(t, base)
	ways := s.contentChanges(t)
	all := base
	all.Images = slices.Clone(base.Images)
	var fields []adapters.Field
	for _, field := range adapters.ContentFields {
		way, ok := ways[field]
		if !ok || !slices.Contains(s.caps.Fields, field) {
			continue
		}
		fields = append(fields, field)
		o := base
		o.Images = slices.Clone(base.Images)
		way(&o)
		way(&all)
		want := s.want(t, o)
		if diff := l.Fields.Differing(want); len(diff) != 1 || diff[0] != field {
			t.Errorf("changing %s differs in %v", field, diff)
		}
		s.do(t, s.change(t, adapters.OpUpdateContent, o, &l, field))
		l = s.get(t, l.RemoteID)
		shows(t, l, want)
		s.do(t, s.change(t, adapters.OpUpdateContent, base, &l, field))
		l = s.get(t, l.RemoteID)
		shows(t, l, s.want(t, base))
	}
	s.market.Sell(t, l.RemoteID, 3)
	l = s.get(t, l.RemoteID)
	out := s.do(t, s.change(t, adapters.OpUpdateContent, all, &l, fields...))
	if out.RemoteID != l.RemoteID {
		t.Errorf("changed %q, it is %q", out.RemoteID, l.RemoteID)
	}
	l = s.get(t, l.RemoteID)
	want := s.want(t, all)
	want[adapters.FieldStock] = "17" // a change of content leaves what was sold sold
	shows(t, l, want)

	const theirs = "Nước mắm Cửa Lò do người bán sửa"
	s.market.Rename(t, l.RemoteID, theirs)
	l = s.get(t, l.RemoteID)
	s.do(t, s.change(t, adapters.OpUpdateContent, base, &l, adapters.FieldUnit))
	if got := s.get(t, l.RemoteID).Fields; got[adapters.FieldName] != theirs || got[adapters.FieldUnit] != s.want(t, base)[adapters.FieldUnit] {
		t.Errorf("a change of the unit alone leaves the name %q, the unit %q", got[adapters.FieldName], got[adapters.FieldUnit])
	}
}

// changingOffers: price alone never touches the stock, nor the other way round.
func changingOffers(t *testing.T, h Harness) {
	s := settle(t, h)
	base := s.offer("004001")
	l := s.create(t, base)
	s.market.Sell(t, l.RemoteID, 5)
	l = s.get(t, l.RemoteID)
	if got := l.Fields[adapters.FieldStock]; got != "15" {
		t.Errorf("stock after a sale %q", got)
	}
	steps := []struct {
		what   string
		change func(*adapters.Offer)
		fields []adapters.Field
		stock  string
	}{
		{"the price", func(o *adapters.Offer) { o.Price = 92_000 }, []adapters.Field{adapters.FieldPrice, adapters.FieldListPrice}, "15"},
		{"a list price", func(o *adapters.Offer) { o.Price, o.ListPrice = 92_000, 120_000 }, []adapters.Field{adapters.FieldListPrice}, "15"},
		{"the price below a list price", func(o *adapters.Offer) { o.Price, o.ListPrice = 99_000, 120_000 }, []adapters.Field{adapters.FieldPrice}, "15"},
		{"the stock", func(o *adapters.Offer) { o.Price, o.ListPrice = 99_000, 120_000; *o.Stock = 7 }, []adapters.Field{adapters.FieldStock}, "7"},
		{"no list price any more", func(o *adapters.Offer) { o.Price = 99_000; *o.Stock = 7 }, []adapters.Field{adapters.FieldListPrice}, "7"},
		{"all three", func(o *adapters.Offer) { o.Price, o.ListPrice = 50_000, 60_000; *o.Stock = 0 }, adapters.OfferFields, "0"},
	}
	for _, step := range steps {
		o := s.offer("004001", step.change)
		want := s.want(t, o)
		want[adapters.FieldStock] = step.stock
		s.do(t, s.change(t, adapters.OpUpdateOffer, o, &l, step.fields...))
		l = s.get(t, l.RemoteID)
		shows(t, l, want)
		if l.State != adapters.Live {
			t.Errorf("%s: %s", step.what, l.State)
		}
	}
	unknown := s.offer("004001", func(o *adapters.Offer) { o.Price, o.Stock = 55_000, nil })
	s.do(t, s.change(t, adapters.OpUpdateOffer, unknown, &l, adapters.FieldPrice))
	if l = s.get(t, l.RemoteID); l.Fields[adapters.FieldPrice] != "55000" || l.Fields[adapters.FieldStock] != "0" {
		t.Errorf("a price with an unknown stock: %v", l.Fields)
	}
}

// restoring: where the adapter can write back what a listing showed, that is
// what it shows then.
func restoring(t *testing.T, h Harness) {
	s := settle(t, h)
	r, ok := s.a.(adapters.Restorer)
	if !ok {
		return
	}
	base := s.offer("004001", func(o *adapters.Offer) { o.ListPrice = 99_000 })
	was := s.create(t, base)
	changed := s.offer("004001", func(o *adapters.Offer) { o.Price = 70_000; *o.Stock = 3 })
	for _, way := range s.contentChanges(t) {
		way(&changed)
	}
	l := was
	back := map[adapters.Op][]adapters.Field{adapters.OpUpdateContent: adapters.ContentFields, adapters.OpUpdateOffer: adapters.OfferFields}
	for _, op := range []adapters.Op{adapters.OpUpdateContent, adapters.OpUpdateOffer} {
		s.do(t, s.change(t, op, changed, &l, back[op]...))
		l = s.get(t, l.RemoteID)
	}
	shows(t, l, s.want(t, changed))
	for _, op := range []adapters.Op{adapters.OpUpdateContent, adapters.OpUpdateOffer} {
		c := adapters.Change{Op: op, SKU: was.SKU, ShopID: s.shop, RemoteID: l.RemoteID, Version: l.Version, Fields: slices.Sorted(slices.Values(back[op]))}
		var err error
		if c.Payload, err = r.Restore(c, was.Fields, &l); err != nil {
			t.Fatalf("restore %s: %v", op, err)
		}
		s.do(t, c)
		l = s.get(t, l.RemoteID)
	}
	shows(t, l, was.Fields)
}

// reviewing holds Capabilities.ReviewFields to what the marketplace does.
func reviewing(t *testing.T, h Harness) {
	s := settle(t, h)
	ways := s.contentChanges(t)
	var offers []adapters.Offer
	for i := range adapters.ContentFields {
		offers = append(offers, s.offer(skus(20)[i]))
	}
	priced := s.offer("100000")
	ids := s.createAll(t, append(offers, priced)...)
	for _, id := range ids {
		if l := s.get(t, id); l.State != adapters.Live {
			t.Fatalf("%s is %s before it is changed", l.SKU, l.State)
		}
	}
	s.market.Strike(t, Fault{Action: Review, Kind: ReviewNever})
	for i, field := range adapters.ContentFields {
		way, ok := ways[field]
		if !ok || !slices.Contains(s.caps.Fields, field) {
			continue
		}
		l := s.get(t, ids[i])
		o := offers[i]
		o.Images = slices.Clone(o.Images)
		way(&o)
		s.do(t, s.change(t, adapters.OpUpdateContent, o, &l, field))
		want := adapters.Live
		if slices.Contains(s.caps.ReviewFields, field) {
			want = adapters.PendingReview
		}
		if got := s.get(t, ids[i]).State; got != want {
			t.Errorf("after a change of %s: %s, want %s", field, got, want)
		}
	}
	last := ids[len(ids)-1]
	l := s.get(t, last)
	priced.Price, *priced.Stock = 99_000, 3
	s.do(t, s.change(t, adapters.OpUpdateOffer, priced, &l, adapters.FieldPrice, adapters.FieldListPrice, adapters.FieldStock))
	if got := s.get(t, last).State; got != adapters.Live {
		t.Errorf("after a change of price and stock: %s", got)
	}
}

// moderating: what people decide is read as they said it.
func moderating(t *testing.T, h Harness) {
	s := settle(t, h)
	words := "Ảnh không rõ sản phẩm"
	ids := s.createAll(t, s.offer("004001"), s.offer("004002"), s.offer("004003"))
	s.market.Reject(t, ids[0], words)
	l := s.get(t, ids[0])
	if l.State != adapters.Rejected || len(l.Rejections) == 0 || !strings.Contains(l.Rejections[0].Message, words) {
		t.Errorf("rejected: %s %+v", l.State, l.Rejections)
	}
	o := s.offer("004001", func(o *adapters.Offer) { o.Name = "Nước mắm Cửa Hội đóng chai mới" })
	s.do(t, s.change(t, adapters.OpUpdateContent, o, &l, adapters.FieldName))
	if l = s.get(t, ids[0]); l.State != adapters.Live || len(l.Rejections) != 0 {
		t.Errorf("mended: %s %+v", l.State, l.Rejections)
	}

	s.market.Lock(t, ids[1])
	locked := s.get(t, ids[1])
	if locked.State != adapters.Locked {
		t.Errorf("locked: %s", locked.State)
	}
	o = s.offer("004002", func(o *adapters.Offer) { o.Name = "Nước mắm Cửa Hội đóng chai mới" })
	kindIs(t, "changing a locked one", s.apply(t, s.change(t, adapters.OpUpdateContent, o, &locked, adapters.FieldName))[0].Err, adapters.KindLocked)
	kindIs(t, "reopening a locked one", s.apply(t, s.change(t, adapters.OpReopen, o, &locked))[0].Err, adapters.KindLocked, adapters.KindNone)
	if got := s.get(t, ids[1]).State; got != adapters.Locked {
		t.Errorf("reopened though locked: %s", got)
	}

	third := s.get(t, ids[2])
	s.market.SuspendShop(t, s.shop)
	o = s.offer("004003", func(o *adapters.Offer) { o.Name = "Nước mắm Cửa Hội đóng chai mới" })
	out := s.apply(t, s.change(t, adapters.OpUpdateContent, o, &third, adapters.FieldName))[0]
	kindIs(t, "a change in a suspended shop", out.Err, adapters.KindLocked)
	out = s.apply(t, s.change(t, adapters.OpCreate, s.offer("004009"), nil))[0]
	kindIs(t, "a create in a suspended shop", out.Err, adapters.KindLocked)
}

func adopting(t *testing.T, h Harness) {
	s := settle(t, h)
	ctx := t.Context()
	id := s.market.ByHand(t, s.shop, "Mật ong rừng làm tay", 120_000, 4)
	l := s.get(t, id)
	if l.SKU != "" || l.State != adapters.Live || l.Fields[adapters.FieldName] != "Mật ong rừng làm tay" || l.Fields[adapters.FieldPrice] != "120000" || l.Fields[adapters.FieldStock] != "4" {
		t.Errorf("made by hand: %+v", l)
	}
	listed := false
	for got, err := range s.a.List(ctx, adapters.ListQuery{}) {
		if err != nil {
			t.Fatal(err)
		}
		listed = listed || got.RemoteID == id && got.SKU == ""
	}
	if !listed {
		t.Error("List leaves out what was made by hand")
	}
	o := s.offer("004001")
	out := s.do(t, s.change(t, adapters.OpAdopt, o, &l))
	if out.RemoteID != id {
		t.Errorf("adopted %q, it is %q", out.RemoteID, id)
	}
	l = s.get(t, id)
	if l.SKU != "004001" || l.Fields[adapters.FieldPrice] != "120000" || l.Fields[adapters.FieldName] != "Mật ong rừng làm tay" {
		t.Errorf("adopted: %+v", l)
	}
	if found, err := s.a.Find(ctx, s.shop, []string{"004001"}); err != nil || len(found) != 1 || found[0].RemoteID != id {
		t.Errorf("found %+v, %v", found, err)
	}
	s.do(t, s.change(t, adapters.OpUpdateContent, o, &l, adapters.ContentFields...))
	l = s.get(t, id)
	s.do(t, s.change(t, adapters.OpUpdateOffer, o, &l, adapters.OfferFields...))
	shows(t, s.get(t, id), s.want(t, o))

	l = s.get(t, id)
	other := s.apply(t, s.change(t, adapters.OpAdopt, s.offer("004002"), &l))[0]
	kindIs(t, "a second SKU", other.Err, adapters.KindConflict, adapters.KindInvalid, adapters.KindExists)
	if got := s.get(t, id).SKU; got != "004001" {
		t.Errorf("the SKU is now %q", got)
	}
	second := s.market.ByHand(t, s.shop, "Mật ong rừng làm tay, chai nhỏ", 70_000, 4)
	l = s.get(t, second)
	out = s.apply(t, s.change(t, adapters.OpAdopt, o, &l))[0]
	kindIs(t, "a SKU that another listing has", out.Err, adapters.KindExists)
}
