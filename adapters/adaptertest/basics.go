package adaptertest

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lensan/adapters"
)

// capabilities holds the facts to each other.
func capabilities(t *testing.T, h Harness) {
	s := open(t, h)
	c := s.caps
	if s.a.Name() == "" || c.Title == "" {
		t.Error("no name or title")
	}
	for _, op := range []adapters.Op{adapters.OpCreate, adapters.OpUpdateContent, adapters.OpUpdateOffer, adapters.OpClose, adapters.OpReopen, adapters.OpAdopt} {
		if c.Batch[op] < 1 {
			t.Errorf("%s takes %d items", op, c.Batch[op])
		}
	}
	if c.GetBatch < 1 || c.FindBatch < 1 || c.PageSize < 1 || c.Rate <= 0 || c.MaxImages < 1 || c.ImageMin < 1 || c.ImageMax <= c.ImageMin || c.ImageBytes < 1 {
		t.Errorf("a size is missing: %+v", c)
	}
	absent := s.a.Apply(t.Context(), []adapters.Change{{Op: "an operation of nobody", SKU: "1", RemoteID: "1", Payload: []byte("{}")}})
	if len(absent) != 1 || adapters.KindOf(absent[0].Err) != adapters.KindUnsupported || s.market.Mutating() != 0 {
		t.Errorf("an operation of nobody: %+v", absent)
	}
	for _, f := range c.ReviewFields {
		if f.IsOffer() || !slices.Contains(c.Fields, f) {
			t.Errorf("%s can't be a field that is reviewed", f)
		}
	}
	if len(c.Categories) == 0 {
		t.Error("no category at all")
	}
	for set, code := range c.NotSold {
		if !strings.HasPrefix(code, "not_sold.") || c.Categories[set] != "" {
			t.Errorf("set %s is not sold (%q) and has the category %q", set, code, c.Categories[set])
		}
	}
	if c.VisibilityLag() != c.ReadLag+c.LateWrite || c.ReadLag < 0 || c.LateWrite < 0 {
		t.Errorf("lags %v and %v", c.ReadLag, c.LateWrite)
	}
	// What is handed out is the caller's own.
	clear(c.Categories)
	clear(c.Batch)
	clear(c.NotSold)
	if again := s.a.Capabilities(); len(again.Categories) == 0 || again.Batch[adapters.OpCreate] < 1 {
		t.Error("a caller can change the capabilities")
	}
}

// signingIn: once for many calls, once more when the token is refused.
func signingIn(t *testing.T, h Harness) {
	s := open(t, h)
	together := func(n int) {
		var wg sync.WaitGroup
		for range n {
			wg.Go(func() {
				if err := s.a.Ping(t.Context()); err != nil {
					t.Errorf("ping: %v", err)
				}
			})
		}
		wg.Wait()
	}
	together(16)
	if n := s.market.Calls(SignIn); n != 1 {
		t.Errorf("%d sign-ins for 16 calls at once", n)
	}
	s.market.Revoke(t)
	together(16)
	if n := s.market.Calls(SignIn); n != 2 {
		t.Errorf("%d sign-ins after one revocation", n)
	}

	wrong := s.adapter(t, Options{WrongSecret: true})
	err := wrong.Ping(t.Context())
	kindIs(t, "a wrong secret", err, adapters.KindUnauthorized)
	if err != nil && !err.WholeLane {
		t.Error("a wrong secret is the whole lane's")
	}
}

func shops(t *testing.T, h Harness) {
	s := open(t, h)
	ctx := t.Context()
	if got, err := s.a.FindShop(ctx, "p-0001"); got != nil || err != nil {
		t.Fatalf("a shop before there is one: %+v, %v", got, err)
	}
	shop := shopOf("p-0001")
	if problems := s.a.CheckShop(shop); len(problems) > 0 {
		t.Fatalf("problems of a sound shop: %+v", problems)
	}
	k := key()
	made, err := s.a.CreateShop(ctx, shop, k)
	if err != nil || made == nil || made.ID == "" || made.ProducerRef != "p-0001" {
		t.Fatalf("create: %+v, %v", made, err)
	}
	found, err := s.a.FindShop(ctx, "p-0001")
	if err != nil || found == nil || found.ID != made.ID || found.Status != adapters.ShopActive {
		t.Errorf("find: %+v, %v", found, err)
	}
	if got, err := s.a.FindShop(ctx, "p-000"); got != nil || err != nil {
		t.Errorf("part of a reference finds %+v, %v", got, err)
	}
	again, err := s.a.CreateShop(ctx, shop, key())
	kindIs(t, "a second shop", err, adapters.KindExists)
	if again != nil || err != nil && err.ExistingID != "" && err.ExistingID != made.ID {
		t.Errorf("a second shop: %+v, id %q", again, err.ExistingID)
	}
	if s.caps.KeyLife > 0 {
		if same, err := s.a.CreateShop(ctx, shop, k); err != nil || same.ID != made.ID {
			t.Errorf("the same key again: %+v, %v", same, err)
		}
	}
	s.market.SuspendShop(t, made.ID)
	if got, err := s.a.FindShop(ctx, "p-0001"); err != nil || got == nil || got.Status != adapters.ShopSuspended {
		t.Errorf("suspended: %+v, %v", got, err)
	}

	for what, change := range map[string]func(*adapters.Shop){
		"no name":             func(s *adapters.Shop) { s.Name = " " },
		"a name without end":  func(s *adapters.Shop) { s.Name = strings.Repeat("ệ", 500) },
		"no telephone":        func(s *adapters.Shop) { s.Phone = "" },
		"words for telephone": func(s *adapters.Shop) { s.Phone = "không có" },
		"no commune":          func(s *adapters.Shop) { s.CommuneCode = "" },
		"an endless address":  func(s *adapters.Shop) { s.Address = strings.Repeat("xóm ", 500) },
	} {
		bad := shopOf("p-0002")
		change(&bad)
		if len(s.a.CheckShop(bad)) == 0 {
			t.Errorf("%s is no problem", what)
		}
	}
}

func pictures(t *testing.T, h Harness) {
	s := open(t, h)
	first, again, other := s.upload(t, 1), s.upload(t, 1), s.upload(t, 2)
	if (first.RemoteID == again.RemoteID) != s.caps.SameImageSameID {
		t.Errorf("the same bytes answered %q and %q", first.RemoteID, again.RemoteID)
	}
	if first.RemoteID == other.RemoteID {
		t.Error("two pictures have one id")
	}
	if n := s.market.Calls(Upload); n != 3 {
		t.Errorf("%d uploads for 3 pictures", n)
	}
	ok := s.caps.ImageMin + 10
	text := adapters.Image{SHA256: strings.Repeat("0", 64), Name: "a.jpg", Type: "image/jpeg", Bytes: []byte("không phải ảnh")}
	heavy := picture(ok, ok, 3)
	heavy.Bytes = append(heavy.Bytes, make([]byte, s.caps.ImageBytes)...)
	for what, img := range map[string]adapters.Image{
		"too small": picture(s.caps.ImageMin-1, ok, 1), "too large": picture(s.caps.ImageMax+1, ok, 1), "no picture": text, "too heavy": heavy,
	} {
		id, err := s.a.UploadImage(t.Context(), img)
		kindIs(t, "a picture that is "+what, err, adapters.KindInvalid)
		if id != "" || err != nil && (len(err.Fields) == 0 || err.Fields[0].Field != string(adapters.FieldImages)) {
			t.Errorf("a picture that is %s: id %q, fields %+v", what, id, err.Fields)
		}
	}
	s.market.Strike(t, Fault{Action: Upload, Kind: Cut, Count: 1})
	id, err := s.a.UploadImage(t.Context(), picture(ok, ok, 5))
	if err == nil && id == "" {
		t.Error("an upload without id or error")
	}
}

// listingLife goes through every operation on one listing.
func listingLife(t *testing.T, h Harness) {
	s := settle(t, h)
	o := s.offer("004001")
	start := time.Now()
	l := s.create(t, o)
	shows(t, l, s.want(t, o))
	if l.SKU != "004001" || l.ShopID != s.shop || l.State != adapters.Live || l.URL == "" {
		t.Errorf("created: %+v", l)
	}
	for what, at := range map[string]time.Time{"created": l.CreatedAt, "updated": l.UpdatedAt} {
		if at.Before(start.Add(-2*time.Second)) || at.After(time.Now().Add(2*time.Second)) {
			t.Errorf("%s at %v, it is %v", what, at, start)
		}
	}
	if s.caps.Conditional == (l.Version == "") {
		t.Errorf("version %q, conditional writes: %v", l.Version, s.caps.Conditional)
	}
	if n := s.market.Products(s.shop, "004001"); n != 1 {
		t.Errorf("%d products of the SKU", n)
	}

	s.do(t, s.change(t, adapters.OpClose, o, &l))
	closed := s.get(t, l.RemoteID)
	if closed.State != adapters.Closed {
		t.Errorf("closed: %s", closed.State)
	}
	s.do(t, s.change(t, adapters.OpClose, o, &closed))
	priced := s.offer("004001", func(o *adapters.Offer) { o.Price = 90_000 })
	s.do(t, s.change(t, adapters.OpUpdateOffer, priced, &closed, adapters.FieldPrice, adapters.FieldListPrice))
	closed = s.get(t, l.RemoteID)
	if closed.State != adapters.Closed || closed.Fields[adapters.FieldPrice] != "90000" {
		t.Errorf("a price while closed: %s, %s", closed.State, closed.Fields[adapters.FieldPrice])
	}
	s.do(t, s.change(t, adapters.OpReopen, priced, &closed))
	opened := s.get(t, l.RemoteID)
	if opened.State != adapters.Live && opened.State != adapters.PendingReview {
		t.Errorf("reopened: %s", opened.State)
	}
	s.do(t, s.change(t, adapters.OpReopen, priced, &opened))
	shows(t, s.get(t, l.RemoteID), s.want(t, priced))
	for _, reason := range []adapters.CloseReason{adapters.CloseExpired, adapters.CloseWithdrawn, adapters.CloseDuplicate} {
		current := s.get(t, l.RemoteID)
		c := adapters.Change{Op: adapters.OpClose, SKU: o.SKU, ShopID: s.shop, RemoteID: l.RemoteID, Version: current.Version, Reason: reason}
		var err error
		if c.Payload, err = s.a.Encode(c, o, &current); err != nil {
			t.Fatal(err)
		}
		s.do(t, c)
	}
}

func secondCreate(t *testing.T, h Harness) {
	s := settle(t, h)
	o := s.offer("004001")
	c := s.change(t, adapters.OpCreate, o, nil)
	id := s.do(t, c).RemoteID
	if s.caps.KeyLife > 0 {
		if again := s.do(t, c); again.RemoteID != id {
			t.Errorf("the same key and bytes: %q, first %q", again.RemoteID, id)
		}
		c.Key = key()
	}
	out := s.apply(t, c)[0]
	kindIs(t, "a second create", out.Err, adapters.KindExists)
	if out.RemoteID != "" && out.RemoteID != id {
		t.Errorf("exists as %q, it is %q", out.RemoteID, id)
	}
	if n := s.market.Products(s.shop, "004001"); n != 1 {
		t.Errorf("%d products of the SKU", n)
	}
}

func finding(t *testing.T, h Harness) {
	s := settle(t, h)
	ctx := t.Context()
	second, err := s.a.CreateShop(ctx, shopOf("p-0002"), key())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	names := skus(s.caps.FindBatch + 3)
	var offers []adapters.Offer
	for _, sku := range names {
		offers = append(offers, s.offer(sku))
	}
	elsewhere := s.offer(names[0], func(o *adapters.Offer) { o.ShopID = second.ID })
	for i, id := range s.createAll(t, append(offers, elsewhere)...) {
		if i < len(names) {
			want[id] = names[i]
		}
	}
	got, ferr := s.a.Find(ctx, s.shop, append([]string{"none", ""}, names...))
	if ferr != nil {
		t.Fatal(ferr)
	}
	seen := map[string]string{}
	for _, l := range got {
		if l.ShopID != s.shop {
			t.Errorf("found %s in another shop", l.RemoteID)
		}
		seen[l.RemoteID] = l.SKU
	}
	if !maps.Equal(seen, want) || len(got) != len(want) {
		t.Errorf("found %d listings (%d apart) of %d", len(got), len(seen), len(want))
	}
	if all, err := s.a.Find(ctx, "", names[:1]); err != nil || len(all) != 2 {
		t.Errorf("over all shops: %d, %v", len(all), err)
	}
	for what, ask := range map[string][]string{"an unknown SKU": {"none"}, "a SKU without its zeros": {strings.TrimLeft(names[1], "0")}, "no SKU": nil, "an empty SKU": {""}} {
		if none, err := s.a.Find(ctx, s.shop, ask); err != nil || len(none) != 0 {
			t.Errorf("%s finds %d, %v", what, len(none), err)
		}
	}
	ids := slices.Collect(maps.Keys(want))
	listings, gerr := s.a.Get(ctx, append(ids, "none-such", ids[0]))
	if gerr != nil || len(listings) != len(ids) {
		t.Errorf("got %d of %d, %v", len(listings), len(ids), gerr)
	}
	for id, l := range listings {
		if l.RemoteID != id || l.SKU != want[id] {
			t.Errorf("%s is %s %s", id, l.RemoteID, l.SKU)
		}
	}
	if none, err := s.a.Get(ctx, nil); err != nil || len(none) != 0 {
		t.Errorf("nothing asked: %v, %v", none, err)
	}
	inShop := 0
	for l, err := range s.a.List(ctx, adapters.ListQuery{ShopID: second.ID}) {
		if err != nil || l.ShopID != second.ID {
			t.Fatalf("%+v, %v", l, err)
		}
		inShop++
	}
	if inShop != 1 {
		t.Errorf("%d listings in the second shop", inShop)
	}
}
