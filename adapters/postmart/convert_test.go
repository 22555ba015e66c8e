package postmart

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"lensan/adapters"
)

func goodOffer() adapters.Offer {
	stock := int64(341)
	return adapters.Offer{
		SKU: "004006", ProductCode: "40-425-17488-1-2022", ProducerRef: "p-1", ShopID: "shop-7",
		Name:        "Lạc sen Diễn Châu - Công ty TNHH XNK Nông lâm thủy sản Sỹ Thắng",
		Description: "Lạc sen Diễn Châu là sản phẩm OCOP, được làm từ nguyên liệu tại Xã Tân Châu.",
		Unit:        "gói 500 g", WeightGrams: 500, ProductSet: "03", Price: 484000, ListPrice: 504000, Stock: &stock,
		Images:   []adapters.ImageRef{{SHA256: "aa", RemoteID: "m-1"}, {SHA256: "bb", RemoteID: "m-2"}},
		Producer: "Công ty TNHH XNK Nông lâm thủy sản Sỹ Thắng", ProvinceCode: "40", CommuneCode: "17488",
		Recognition: adapters.Recognition{Stars: 4, DecisionNumber: "348/QĐ-UBND", DecisionDate: "2025-02-13", ValidUntil: "2028-02-13"},
	}
}

const today = "2026-11-24"

func read(t *testing.T, name string) adapters.Listing {
	t.Helper()
	var p product
	if err := decodeProduct([]byte(recorded(t, name)), &p); err != nil {
		t.Fatal(err)
	}
	return p.listing()
}

func adapter(t *testing.T) *Adapter {
	t.Helper()
	a, err := New(Config{BaseURL: "https://api.example.vn", ClientID: "x", ClientSecret: "y"})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestListingFromRecordedProduct(t *testing.T) {
	t.Parallel()
	l := read(t, "product.json")
	if l.RemoteID != "pm-1001" || l.ShopID != "shop-7" || l.SKU != "004006" || l.State != adapters.Live || l.Version != "7" || l.UpdatedBy != "partner" ||
		!l.UpdatedAt.Equal(time.Date(2026, 11, 23, 10, 20, 30, 125_000_000, time.UTC)) || l.UpdatedAt.Location() != time.UTC || len(l.Rejections) != 0 {
		t.Errorf("the listing is %+v", l)
	}
	want := adapters.Fields{
		"name":        "Lạc sen Diễn Châu - Công ty TNHH XNK Nông lâm thủy sản Sỹ Thắng",
		"description": `<p>Lạc sen Diễn Châu là sản phẩm OCOP, được làm từ nguyên liệu tại Xã Tân Châu.</p><h3>Câu chuyện sản phẩm</h3><p>Nghề làm <strong>lạc sen</strong> "xưa" &amp; nay.</p>`,
		"category":    "2103", "unit": "gói 500 g", "weight": "500", "images": "m-1 m-2",
		"origin":     `{"producer":"Công ty TNHH XNK Nông lâm thủy sản Sỹ Thắng","province_code":"40","ward_code":"17488"}`,
		"ocop":       `{"decision_no":"348/QĐ-UBND","recognised_on":"2025-02-13","stars":4,"valid_until":"2028-02-13"}`,
		"attributes": `{"Mã sản phẩm OCOP":"40-425-17488-1-2022"}`,
		"price":      "484000", "list_price": "504000", "stock": "341",
	}
	if !reflect.DeepEqual(l.Fields, want) {
		t.Errorf("the fields are %q", l.Fields)
	}
}

func TestStatesOfRecordedProducts(t *testing.T) {
	t.Parallel()
	hand := read(t, "handmade.json")
	if _, has := hand.Fields[adapters.FieldOcop]; has || hand.SKU != "" || hand.Fields[adapters.FieldName] != "Tương Sa Nam" || hand.Fields[adapters.FieldListPrice] != "0" || hand.CreatedAt.Hour() != 20 {
		t.Errorf("hand-made: %+v", hand)
	}
	locked := read(t, "locked.json")
	if locked.State != adapters.Locked || !reflect.DeepEqual(locked.Rejections, []adapters.Rejection{{Code: "forbidden_claim", Message: "Quảng cáo quá mức cho phép"}}) {
		t.Errorf("locked: %+v", locked)
	}
	rejected := read(t, "rejected.json")
	if rejected.State != adapters.Rejected || len(rejected.Rejections) != 2 || rejected.Rejections[1].Code != "wrong_category" {
		t.Errorf("rejected: %+v", rejected)
	}
	edited := strings.Replace(recorded(t, "locked.json"), `"moderator"`, `"seller"`, 1)
	var still product
	if err := decodeProduct([]byte(edited), &still); err != nil || still.listing().State != adapters.Locked {
		t.Errorf("closed by staff, then edited by its seller: %+v, %v", still.listing(), err)
	}
	ours := strings.Replace(recorded(t, "locked.json"), `"moderator"`, `"partner"`, 1)
	var p product
	if err := decodeProduct([]byte(ours), &p); err != nil || p.listing().State != adapters.Closed || len(p.listing().Rejections) != 0 {
		t.Errorf("closed by us after a rejection: %+v, %v", p.listing(), err)
	}
}

func TestAnswersThatAreNoProduct(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{}`, `null`, `[]`, `"x"`, `{"error":{"code":"maintenance"}}`, `{"id":"a","shop_id":"b","status":"new","price":1,"stock":1,"version":1}`, `{"id":"a","shop_id":"b","status":"live","version":1}`} {
		if err := decodeProduct([]byte(body), &product{}); err == nil {
			t.Errorf("%s was taken for a product", body)
		}
	}
	var items []product
	var next string
	for _, body := range []string{`{}`, `{"items":[]}`, `{"next_cursor":null}`, `{"items":null,"next_cursor":null}`, `{"items":[{}],"next_cursor":null}`, `{"items":[],"next_cursor":""}`, `{"items":[],"next_cursor":3}`} {
		if err := decodePage([]byte(body), &items, &next); err == nil {
			t.Errorf("%s was taken for a page", body)
		}
	}
}

func TestOfferReadBackHasNoDifference(t *testing.T) {
	t.Parallel()
	a := adapter(t)
	offer := goodOffer()
	offer.Story = `Nghề làm lạc sen "xưa" & nay.`
	l := read(t, "product.json")
	l.Fields[adapters.FieldDescription] = strings.NewReplacer("<strong>", "", "</strong>", "").Replace(l.Fields[adapters.FieldDescription])
	want, problems := a.Normalize(offer, today)
	if len(problems) != 0 {
		t.Fatalf("problems %v", problems)
	}
	if diff := l.Fields.Differing(want); len(diff) != 0 {
		t.Errorf("differs in %v: %q, want %q", diff, l.Fields, want)
	}
}

func TestEncode(t *testing.T) {
	t.Parallel()
	a := adapter(t)
	current := read(t, "product.json")
	current.Fields[adapters.FieldAttributes] = `{"Của người bán":"x","Mã sản phẩm OCOP":"40-425-17488-1-2022"}`
	current.Fields[adapters.FieldOrigin] = `{"producer":"a","province_code":"40","traceability_url":"https://x.example.vn","ward_code":"17488"}`
	zero := int64(0)
	for name, c := range map[string]struct {
		change adapters.Change
		offer  func(*adapters.Offer)
		want   string
	}{
		"create": {adapters.Change{Op: adapters.OpCreate, ShopID: "shop-7"}, nil,
			`{"shop_id":"shop-7","sku":"004006","name":"Lạc sen Diễn Châu - Công ty TNHH XNK Nông lâm thủy sản Sỹ Thắng","category_id":2103,"description_html":"<p>Lạc sen Diễn Châu là sản phẩm OCOP, được làm từ nguyên liệu tại Xã Tân Châu.</p>","unit":"gói 500 g","weight_g":500,"images":["m-1","m-2"],"origin":{"producer":"Công ty TNHH XNK Nông lâm thủy sản Sỹ Thắng","province_code":"40","ward_code":"17488"},"ocop":{"decision_no":"348/QĐ-UBND","recognised_on":"2025-02-13","stars":4,"valid_until":"2028-02-13"},"attributes":{"Mã sản phẩm OCOP":"40-425-17488-1-2022"},"price":484000,"list_price":504000,"stock":341}`},
		"just the name":               {adapters.Change{Op: adapters.OpUpdateContent, Fields: []adapters.Field{"name"}}, func(o *adapters.Offer) { o.Name = "Lạc  rang & húng lìu" }, `{"name":"Lạc rang & húng lìu"}`},
		"attributes, theirs removed":  {adapters.Change{Op: adapters.OpUpdateContent, Fields: []adapters.Field{"attributes"}}, nil, `{"attributes":{"Của người bán":null}}`},
		"origin, the link removed":    {adapters.Change{Op: adapters.OpUpdateContent, Fields: []adapters.Field{"origin"}}, func(o *adapters.Offer) { o.Producer = "HTX A" }, `{"origin":{"producer":"HTX A","province_code":"40","traceability_url":null,"ward_code":"17488"}}`},
		"just the price":              {adapters.Change{Op: adapters.OpUpdateOffer, RemoteID: "pm-1", Fields: []adapters.Field{"price"}}, func(o *adapters.Offer) { o.Price = 499000; o.Stock = &zero }, `{"product_id":"pm-1","price":499000}`},
		"just the stock":              {adapters.Change{Op: adapters.OpUpdateOffer, RemoteID: "pm-1", Fields: []adapters.Field{"stock"}}, func(o *adapters.Offer) { o.Price = 1500; o.ListPrice = 0; o.Stock = &zero }, `{"product_id":"pm-1","price":484000,"stock":0}`},
		"the list price taken away":   {adapters.Change{Op: adapters.OpUpdateOffer, RemoteID: "pm-1", Fields: []adapters.Field{"list_price"}}, func(o *adapters.Offer) { o.ListPrice = 0 }, `{"product_id":"pm-1","price":484000,"list_price":null}`},
		"another list price":          {adapters.Change{Op: adapters.OpUpdateOffer, RemoteID: "pm-1", Fields: []adapters.Field{"list_price", "price"}}, func(o *adapters.Offer) { o.ListPrice = 600000 }, `{"product_id":"pm-1","price":484000,"list_price":600000}`},
		"close":                       {adapters.Change{Op: adapters.OpClose, Reason: adapters.CloseExpired}, nil, `{"reason":"recognition_expired"}`},
		"reopen":                      {adapters.Change{Op: adapters.OpReopen}, nil, ``},
		"adopt":                       {adapters.Change{Op: adapters.OpAdopt}, nil, `{"sku":"004006"}`},
		"a price though the name bad": {adapters.Change{Op: adapters.OpUpdateOffer, RemoteID: "pm-1", Fields: []adapters.Field{"price"}}, func(o *adapters.Offer) { o.Name = "x" }, `{"product_id":"pm-1","price":484000}`},
	} {
		offer := goodOffer()
		if c.offer != nil {
			c.offer(&offer)
		}
		got, err := a.Encode(c.change, offer, &current)
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %s, %v\nwant %s", name, got, err, c.want)
		}
		second, _ := a.Encode(c.change, offer, &current)
		if string(second) != string(got) {
			t.Errorf("%s: other bytes the second time", name)
		}
	}
	for name, c := range map[string]struct {
		change adapters.Change
		offer  func(*adapters.Offer)
	}{
		"a picture not uploaded":     {adapters.Change{Op: adapters.OpCreate}, func(o *adapters.Offer) { o.Images[0].RemoteID = "" }},
		"no shop":                    {adapters.Change{Op: adapters.OpCreate}, func(o *adapters.Offer) { o.ShopID = "" }},
		"unknown stock":              {adapters.Change{Op: adapters.OpCreate}, func(o *adapters.Offer) { o.Stock = nil }},
		"stock to an unknown figure": {adapters.Change{Op: adapters.OpUpdateOffer, RemoteID: "pm-1", Fields: []adapters.Field{"stock"}}, func(o *adapters.Offer) { o.Stock = nil }},
		"a price of nothing":         {adapters.Change{Op: adapters.OpUpdateOffer, RemoteID: "pm-1", Fields: []adapters.Field{"price"}}, func(o *adapters.Offer) { o.Price = 0 }},
		"content by the offer call":  {adapters.Change{Op: adapters.OpUpdateOffer, RemoteID: "pm-1", Fields: []adapters.Field{"name"}}, nil},
		"price as content":           {adapters.Change{Op: adapters.OpUpdateContent, Fields: []adapters.Field{"price"}}, nil},
		"an update of nothing":       {adapters.Change{Op: adapters.OpUpdateContent}, nil},
		"closing without a reason":   {adapters.Change{Op: adapters.OpClose}, nil},
		"no such operation":          {adapters.Change{Op: "delete"}, nil},
	} {
		offer := goodOffer()
		if c.offer != nil {
			c.offer(&offer)
		}
		if got, err := a.Encode(c.change, offer, &current); err == nil {
			t.Errorf("%s was encoded: %s", name, got)
		}
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	a := adapter(t)
	many := make([]adapters.ImageRef, 10)
	for i := range many {
		many[i] = adapters.ImageRef{SHA256: strings.Repeat(string(rune('a'+i)), 4)}
	}
	negative, huge := int64(-1), int64(1_000_001)
	for name, c := range map[string]struct {
		change func(*adapters.Offer)
		want   []string // codes; empty: fine
	}{
		"nothing":                              {func(*adapters.Offer) {}, nil},
		"a name of 9 after normalising":        {func(o *adapters.Offer) { o.Name = "  Thịt  chua " }, []string{"name.too_short"}},
		"a name of 10 in NFD":                  {func(o *adapters.Offer) { o.Name = "Thi\u0323t chuaa" }, nil},
		"a name of 150":                        {func(o *adapters.Offer) { o.Name = strings.Repeat("ế", 150) }, nil},
		"a name of 151":                        {func(o *adapters.Offer) { o.Name = strings.Repeat("e\u0302\u0301", 151) }, []string{"name.too_long"}},
		"no name":                              {func(o *adapters.Offer) { o.Name = " \u00a0 " }, []string{"name.missing"}},
		"a short description":                  {func(o *adapters.Offer) { o.Description = "Ngon." }, []string{"description.too_short"}},
		"no description":                       {func(o *adapters.Offer) { o.Description = "\n\n" }, []string{"description.missing"}},
		"a description of 20000 with its tags": {func(o *adapters.Offer) { o.Description = strings.Repeat("a", 20000-7) }, nil},
		"a description of 20001":               {func(o *adapters.Offer) { o.Description = strings.Repeat("a", 20000-6) }, []string{"description.too_long"}},
		"a telephone in the description":       {func(o *adapters.Offer) { o.Description += " Gọi 0983 478 741, https://a.example.vn" }, nil},
		"set 25":                               {func(o *adapters.Offer) { o.ProductSet = "25" }, []string{"not_sold.live_animals"}},
		"no set":                               {func(o *adapters.Offer) { o.ProductSet = "" }, []string{"category.missing"}},
		"an override":                          {func(o *adapters.Offer) { o.ProductSet, o.Category = "25", "2701" }, nil},
		"an override in words":                 {func(o *adapters.Offer) { o.Category = "Chè" }, []string{"category.bad_format"}},
		"no weight":                            {func(o *adapters.Offer) { o.WeightGrams = 0 }, []string{"weight.missing"}},
		"100.001 g":                            {func(o *adapters.Offer) { o.WeightGrams = 100_001 }, []string{"weight.out_of_range"}},
		"no unit":                              {func(o *adapters.Offer) { o.Unit = "" }, []string{"unit.missing"}},
		"a unit of 31":                         {func(o *adapters.Offer) { o.Unit = strings.Repeat("g", 31) }, []string{"unit.too_long"}},
		"no picture":                           {func(o *adapters.Offer) { o.Images = nil }, []string{"images.missing"}},
		"10 pictures":                          {func(o *adapters.Offer) { o.Images = many }, []string{"images.too_many"}},
		"9 pictures, one named twice":          {func(o *adapters.Offer) { o.Images = append(slices.Clone(many[:9]), many[0]) }, nil},
		"a small picture":                      {func(o *adapters.Offer) { o.Images = []adapters.ImageRef{{SHA256: "a", Width: 599, Height: 800}} }, []string{"images.too_small"}},
		"a wide picture":                       {func(o *adapters.Offer) { o.Images = []adapters.ImageRef{{SHA256: "a", Width: 6001, Height: 800}} }, []string{"images.too_large"}},
		"a heavy picture":                      {func(o *adapters.Offer) { o.Images = []adapters.ImageRef{{SHA256: "a", Bytes: 5<<20 + 1}} }, []string{"images.too_large"}},
		"a GIF":                                {func(o *adapters.Offer) { o.Images = []adapters.ImageRef{{SHA256: "a", Type: "image/gif"}} }, []string{"images.bad_format"}},
		"no producer":                          {func(o *adapters.Offer) { o.Producer = "" }, []string{"producer.missing"}},
		"a commune of 4 digits":                {func(o *adapters.Offer) { o.CommuneCode = "1748" }, []string{"commune.bad_format"}},
		"no commune":                           {func(o *adapters.Offer) { o.CommuneCode = "" }, []string{"commune.missing"}},
		"no province":                          {func(o *adapters.Offer) { o.ProvinceCode = "" }, []string{"origin.bad_format"}},
		"a link without scheme":                {func(o *adapters.Offer) { o.TraceURL = "truyxuat.example.vn/1" }, []string{"origin.link_bad_format"}},
		"a link":                               {func(o *adapters.Offer) { o.TraceURL = "https://truyxuat.example.vn/40-1" }, nil},
		"2 stars":                              {func(o *adapters.Offer) { o.Recognition.Stars = 2 }, []string{"ocop.stars_out_of_range"}},
		"no decision":                          {func(o *adapters.Offer) { o.Recognition.DecisionNumber = "" }, []string{"ocop.decision_missing"}},
		"no date":                              {func(o *adapters.Offer) { o.Recognition.DecisionDate = "" }, []string{"ocop.date_missing"}},
		"no last day":                          {func(o *adapters.Offer) { o.Recognition.ValidUntil = "" }, []string{"ocop.validity_missing"}},
		"valid today for the last time":        {func(o *adapters.Offer) { o.Recognition.ValidUntil = today }, nil},
		"ended yesterday":                      {func(o *adapters.Offer) { o.Recognition.ValidUntil = "2026-11-23" }, []string{"ocop.expired"}},
		"no price":                             {func(o *adapters.Offer) { o.Price, o.ListPrice = 0, 0 }, []string{"price.missing"}},
		"999 đồng":                             {func(o *adapters.Offer) { o.Price = 999 }, []string{"price.out_of_range"}},
		"a price below zero":                   {func(o *adapters.Offer) { o.Price = -5 }, []string{"price.out_of_range"}},
		"a list price below the price":         {func(o *adapters.Offer) { o.ListPrice = o.Price - 1 }, []string{"list_price.below_price"}},
		"no list price":                        {func(o *adapters.Offer) { o.ListPrice = 0 }, nil},
		"unknown stock":                        {func(o *adapters.Offer) { o.Stock = nil }, []string{"stock.missing"}},
		"stock below zero":                     {func(o *adapters.Offer) { o.Stock = &negative }, []string{"stock.out_of_range"}},
		"too much stock":                       {func(o *adapters.Offer) { o.Stock = &huge }, []string{"stock.out_of_range"}},
		"a SKU with a space":                   {func(o *adapters.Offer) { o.SKU = "A 1" }, []string{"sku.bad_format"}},
		"two faults":                           {func(o *adapters.Offer) { o.Unit = ""; o.WeightGrams = 0 }, []string{"unit.missing", "weight.missing"}},
	} {
		offer := goodOffer()
		c.change(&offer)
		fields, problems := a.Normalize(offer, today)
		var codes []string
		for _, p := range problems {
			codes = append(codes, p.Code)
			if _, has := fields[adapters.Field(p.Field)]; has {
				t.Errorf("%s: %s is a problem and a field", name, p.Field)
			}
		}
		if !slices.Equal(codes, c.want) {
			t.Errorf("%s: %v, want %v", name, codes, c.want)
		}
		if len(problems) == 0 && len(fields) != 12 {
			t.Errorf("%s: %d fields", name, len(fields))
		}
	}
}

func TestShopProblems(t *testing.T) {
	t.Parallel()
	a := adapter(t)
	good := adapters.Shop{ProducerRef: "p-1", Name: "HTX Sen quê Bác", Phone: "0983478741", TaxCode: "2901234567-001", ProvinceCode: "40", CommuneCode: "17950", Address: "Xóm 6"}
	for name, c := range map[string]struct {
		change func(*adapters.Shop)
		want   string
	}{
		"nothing": {func(*adapters.Shop) {}, ""}, "no tax code": {func(s *adapters.Shop) { s.TaxCode = "" }, ""},
		"an identity number":     {func(s *adapters.Shop) { s.TaxCode = "040012345678" }, ""},
		"a tax code of 9":        {func(s *adapters.Shop) { s.TaxCode = "290123456" }, "tax_code.bad_format"},
		"no telephone":           {func(s *adapters.Shop) { s.Phone = "" }, "phone.missing"},
		"a telephone with +84":   {func(s *adapters.Shop) { s.Phone = "+84983478741" }, "phone.bad_format"},
		"a name of 2":            {func(s *adapters.Shop) { s.Name = "AB" }, "producer.too_short"},
		"a name of 101":          {func(s *adapters.Shop) { s.Name = strings.Repeat("ă", 101) }, "producer.too_long"},
		"an address of 201":      {func(s *adapters.Shop) { s.Address = strings.Repeat("ă", 201) }, "address.too_long"},
		"no commune":             {func(s *adapters.Shop) { s.CommuneCode = "" }, "commune.missing"},
		"a province in words":    {func(s *adapters.Shop) { s.ProvinceCode = "Nghệ An" }, "commune.bad_format"},
		"a producer without ref": {func(s *adapters.Shop) { s.ProducerRef = "" }, "producer.bad_format"},
	} {
		s := good
		c.change(&s)
		var code string
		if p := a.CheckShop(s); len(p) > 0 {
			code = p[0].Code
		}
		if code != c.want {
			t.Errorf("%s: %q, want %q", name, code, c.want)
		}
	}
}

func FuzzCanonicalHTMLTwiceIsOnce(f *testing.F) {
	for _, s := range []string{"", "<p>a</p> <p>b</p>", "<b>a</b> <i> b</i>", "e<!-- x -->\u0301", "a&amp;amp;<br/><br>", "<script>a<b</script>", "<textarea><p>", "\x00<p>\x00", "<p>\r\n</p", "&#1;&nbsp;&lt;p&gt;", "</br><BR>", "<plaintext><p>a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := canonicalHTML(s)
		if twice := canonicalHTML(once); twice != once {
			t.Errorf("%q becomes %q, then %q", s, once, twice)
		}
	})
}

func FuzzNormalizeTwiceIsOnce(f *testing.F) {
	f.Add("Thi\u0323t  chua", "Ngon\n<b>lắm</b> & rẻ", "Chuyện\r\nxưa", " hộp ")
	f.Add("\u00a0a\u0085", "\x00\xff", "", "\u3000")
	a, err := New(Config{BaseURL: "https://api.example.vn", ClientID: "x", ClientSecret: "y"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, name, plain, story, unit string) {
		offer := goodOffer()
		offer.Name, offer.Description, offer.Story, offer.Unit = name, plain, story, unit
		offer.Producer = name
		w, _ := want(offer)
		// What is sent, read back: first as it was sent, then as echoed.
		sent, _ := json.Marshal(productInput{content: w.content})
		var back product
		if err := json.Unmarshal(sent, &back); err != nil {
			t.Fatal(err)
		}
		var price, stock int64
		back.Price, back.Stock = &price, &stock
		fields, ours := back.fields(), w.fields()
		for _, field := range adapters.ContentFields {
			if fields[field] != ours[field] {
				t.Errorf("%s: sent %q, read back %q", field, ours[field], fields[field])
			}
		}
		offer.Name, offer.Unit = w.Name, w.Unit
		again, _ := a.Normalize(offer, today)
		first, _ := a.Normalize(func() adapters.Offer { o := offer; o.Name, o.Unit = name, unit; return o }(), today)
		if again[adapters.FieldName] != first[adapters.FieldName] || again[adapters.FieldUnit] != first[adapters.FieldUnit] {
			t.Errorf("twice is not once: %q, %q", first, again)
		}
	})
}

// RFC 3339 leaves its letters' size free, and a version may count from 0.
func TestTimesAndVersionsInEveryAllowedForm(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2026-11-25T01:02:03Z":             "2026-11-25T01:02:03Z",
		"2026-11-25t01:02:03.1234567z":     "2026-11-25T01:02:03.1234567Z",
		"2026-11-25T01:02:03+00:00":        "2026-11-25T01:02:03Z",
		"2026-11-25T01:02:03.000001-00:00": "2026-11-25T01:02:03.000001Z",
		"2016-12-31T23:59:60Z":             "2016-12-31T23:59:59Z",
		"25/11/2026":                       "",
	} {
		var p product
		err := decodeProduct([]byte(`{"id":"a","shop_id":"s","sku":null,"status":"live","price":1000,"stock":0,"version":0,"created_at":"`+text+`","updated_at":null}`), &p)
		if want == "" {
			if err == nil {
				t.Errorf("%s was taken", text)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if l := p.listing(); l.CreatedAt.Format(time.RFC3339Nano) != want || !l.UpdatedAt.IsZero() || l.Version != "0" {
			t.Errorf("%s: %+v", text, l)
		}
	}
	var p product
	if err := decodeProduct([]byte(`{"id":"a","shop_id":"s","sku":null,"status":"live","price":1000,"stock":0}`), &p); err == nil {
		t.Error("a product without a version was taken")
	}
}
