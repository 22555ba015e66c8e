package voso

import (
	"strings"
	"testing"
	"unicode/utf8"

	"lensan/adapters"
)

const day = "2026-11-24"

func codes(problems []adapters.Problem) string {
	var out []string
	for _, p := range problems {
		out = append(out, p.Field+"="+p.Code)
	}
	return strings.Join(out, " ")
}

func TestNormalizeTellsWhatVosoCantCarry(t *testing.T) {
	t.Parallel()
	a := newServer(t).adapter()
	long := func(n int) string { return strings.Repeat("ệ", n) }
	tests := map[string]struct {
		change func(*adapters.Offer)
		want   string
	}{
		"a sound offer has no problem":              {func(*adapters.Offer) {}, ""},
		"a name of 9 code points":                   {func(o *adapters.Offer) { o.Name = "Thịt chua" }, "name=name.too_short"},
		"white space around a name does not count":  {func(o *adapters.Offer) { o.Name = "\u2003 Thịt chua \u3000" }, "name=name.too_short"},
		"120 code points are enough room":           {func(o *adapters.Offer) { o.Name = long(120) }, ""},
		"NFD counts as NFC":                         {func(o *adapters.Offer) { o.Name = strings.Repeat("e\u0323\u0302", 120) }, ""},
		"121 are too many":                          {func(o *adapters.Offer) { o.Name = long(121) }, "name=name.too_long"},
		"an empty name":                             {func(o *adapters.Offer) { o.Name = " " }, "name=name.missing"},
		"a short description":                       {func(o *adapters.Offer) { o.Description = "Ngon." }, "description=description.too_short"},
		"a description of 5001":                     {func(o *adapters.Offer) { o.Description = long(5001) }, "description=description.too_long"},
		"a telephone in the description":            {func(o *adapters.Offer) { o.Description += " Gọi 0902 280 908." }, "description=description.contact"},
		"a link in the story":                       {func(o *adapters.Offer) { o.Story = "Xem https://facebook.com/dacsan" }, "description=description.contact"},
		"no unit":                                   {func(o *adapters.Offer) { o.Unit = "" }, "unit=unit.missing"},
		"a unit of 31":                              {func(o *adapters.Offer) { o.Unit = long(31) }, "unit=unit.too_long"},
		"no weight":                                 {func(o *adapters.Offer) { o.WeightGrams = 0 }, "weight=weight.missing"},
		"100 kg":                                    {func(o *adapters.Offer) { o.WeightGrams = 100_000 }, ""},
		"more than 100 kg":                          {func(o *adapters.Offer) { o.WeightGrams = 100_001 }, "weight=weight.out_of_range"},
		"no picture":                                {func(o *adapters.Offer) { o.Images = nil }, "images=images.missing"},
		"nine pictures":                             {func(o *adapters.Offer) { o.Images = pictures(9) }, "images=images.too_many"},
		"eight, each named twice":                   {func(o *adapters.Offer) { o.Images = append(pictures(8), pictures(8)...) }, ""},
		"a picture of 320 pixels":                   {func(o *adapters.Offer) { o.Images[0].Width = 320 }, "images=images.too_small"},
		"a picture of 4001 pixels":                  {func(o *adapters.Offer) { o.Images[0].Height = 4001 }, "images=images.too_large"},
		"a picture over 2 MiB":                      {func(o *adapters.Offer) { o.Images[0].Bytes = 2<<20 + 1 }, "images=images.too_large"},
		"a WebP picture":                            {func(o *adapters.Offer) { o.Images[0].Type = "image/webp" }, "images=images.bad_format"},
		"no price":                                  {func(o *adapters.Offer) { o.Price = 0 }, "price=price.missing"},
		"a price below 1,000":                       {func(o *adapters.Offer) { o.Price = 900 }, "price=price.out_of_range"},
		"a negative price":                          {func(o *adapters.Offer) { o.Price = -85000 }, "price=price.out_of_range"},
		"a price off the step":                      {func(o *adapters.Offer) { o.Price = 137_550 }, "price=price.step"},
		"a list price below the price":              {func(o *adapters.Offer) { o.ListPrice = 80_000 }, "list_price=list_price.below_price"},
		"a list price off the step is allowed":      {func(o *adapters.Offer) { o.ListPrice = 90_050 }, ""},
		"unknown stock":                             {func(o *adapters.Offer) { o.Stock = nil }, "stock=stock.missing"},
		"no stock left":                             {func(o *adapters.Offer) { *o.Stock = 0 }, ""},
		"more stock than Voso counts":               {func(o *adapters.Offer) { *o.Stock = 100_001 }, "stock=stock.out_of_range"},
		"alcohol":                                   {func(o *adapters.Offer) { o.ProductSet, o.Category = "14", "DU02" }, "category=not_sold.alcohol"},
		"other alcohol":                             {func(o *adapters.Offer) { o.ProductSet = "15" }, "category=not_sold.alcohol"},
		"live animals":                              {func(o *adapters.Offer) { o.ProductSet = "25" }, "category=not_sold.live_animals"},
		"no product set":                            {func(o *adapters.Offer) { o.ProductSet = "" }, "category=category.missing"},
		"tourism has no category":                   {func(o *adapters.Offer) { o.ProductSet = "26" }, "category=category.missing"},
		"a category of its own":                     {func(o *adapters.Offer) { o.ProductSet, o.Category = "", "TP01" }, ""},
		"2 stars":                                   {func(o *adapters.Offer) { o.Recognition.Stars = 2 }, "ocop=ocop.stars_out_of_range"},
		"no decision":                               {func(o *adapters.Offer) { o.Recognition.DecisionNumber, o.Recognition.DecisionDate = "", "" }, "ocop=ocop.decision_missing ocop=ocop.date_missing"},
		"a decision of 51":                          {func(o *adapters.Offer) { o.Recognition.DecisionNumber = long(51) }, "ocop=ocop.decision_too_long"},
		"no last day":                               {func(o *adapters.Offer) { o.Recognition.ValidUntil = "" }, "ocop=ocop.validity_missing"},
		"a recognition that ended yesterday":        {func(o *adapters.Offer) { o.Recognition.ValidUntil = "2026-11-23" }, "ocop=ocop.expired"},
		"a recognition counts through its last day": {func(o *adapters.Offer) { o.Recognition.ValidUntil = day }, ""},
		"no producer":                               {func(o *adapters.Offer) { o.Producer = "" }, "origin=producer.missing"},
		"a producer of 151":                         {func(o *adapters.Offer) { o.Producer = long(151) }, "origin=producer.too_long"},
		"no commune":                                {func(o *adapters.Offer) { o.CommuneCode = "" }, "origin=commune.missing"},
		"no SKU":                                    {func(o *adapters.Offer) { o.SKU = "" }, "sku=sku.missing"},
		"a SKU with a space":                        {func(o *adapters.Offer) { o.SKU = "00 1" }, "sku=sku.bad_format"},
		"a SKU of 51":                               {func(o *adapters.Offer) { o.SKU = strings.Repeat("0", 51) }, "sku=sku.too_long"},
		"two problems of two fields, both told":     {func(o *adapters.Offer) { o.Price, o.Unit = 50, "" }, "unit=unit.missing price=price.out_of_range"},
	}
	for sentence, tt := range tests {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			o := offer("004001")
			tt.change(&o)
			fields, problems := a.Normalize(o, day)
			if got := codes(problems); got != tt.want {
				t.Errorf("problems %q, want %q", got, tt.want)
			}
			for _, p := range problems {
				if v, ok := fields[adapters.Field(p.Field)]; ok && p.Field != "sku" {
					t.Errorf("%s has a problem and the value %q", p.Field, v)
				}
			}
		})
	}
}

func pictures(n int) []adapters.ImageRef {
	var out []adapters.ImageRef
	for i := range n {
		out = append(out, adapters.ImageRef{SHA256: string(rune('a' + i)), RemoteID: "i" + string(rune('a'+i)), Width: 900, Height: 900})
	}
	return out
}

func TestNormalizeGivesTheEcho(t *testing.T) {
	t.Parallel()
	a := newServer(t).adapter()
	o := offer("004001", func(o *adapters.Offer) {
		o.Name = "\u00a0Nu\u031bo\u031b\u0301c ma\u0306\u0301m  Cửa Lò 20°N\n"
		o.Description = "\r\n" + strings.Repeat("Dòng một.\r\nDòng hai.\r", 5)
		o.Story = " Chuyện làng nghề. "
		o.Images = []adapters.ImageRef{{SHA256: "aa", RemoteID: "i1"}, {SHA256: "bb"}, {SHA256: "aa", RemoteID: "i1"}}
	})
	fields, problems := a.Normalize(o, day)
	if len(problems) > 0 {
		t.Fatal(codes(problems))
	}
	want := adapters.Fields{
		"name":        "Nước mắm  Cửa Lò 20°N",
		"description": strings.TrimSpace(strings.Repeat("Dòng một.\nDòng hai.\n", 5)) + "\n\nChuyện làng nghề.",
		"category":    "TP02", "unit": "chai 500 ml", "weight": "650", "images": "i1 sha256:bb",
		"origin":     `{"commune":"17950","producer":"HTX Cửa Lò","province":"40"}`,
		"ocop":       `{"date":"2025-02-01","level":"OCOP_4","number":"2345/QĐ-UBND","until":"2028-02-01"}`,
		"attributes": `[{"key":"Mã sản phẩm OCOP","value":"40-430-17950-3-2025"}]`,
		"price":      "85000", "list_price": "85000", "stock": "12",
	}
	if diff := fields.Differing(want); len(diff) > 0 || len(fields) != len(want) {
		t.Errorf("differing %v:\n got %v\nwant %v", diff, fields, want)
	}
}

func TestContactDetails(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{
		"Liên hệ đặt hàng: 0902280908":            true,
		"gọi 0902.280.908 nhé":                    true,
		"gọi 0902-280-908":                        true,
		"gọi 098 - 347 - 8741":                    true,
		"+84 902 280 908":                         true,
		"84902280908":                             true,
		"0238 3844 123":                           true, // a landline: 0 and 10 digits
		"02383844123":                             true,
		"0902280908 - 0967941176":                 true,
		"thư: dacsan@nghean.gov.la":               true,
		"https://facebook.com/dacsan":             true,
		"HTTP://X":                                true,
		"www.dacsan":                              true,
		"mua tại DacSan.VN.":                      true,
		"mua tại dacsan.shop, giao tận nơi":       true,
		"xem đặcsản.asia/abc":                     true,
		"facebook.com":                            true,
		"Sản phẩm của HTX. Giá 85.000 đ, 500 g":   false,
		"đạt 20°N, 30°N, 40°N; lô 123456789":      false, // does not begin with 0 or 84
		"lô 8400123456789, to the letter":         true,
		"mã vạch 8934567890123":                   false,
		"quyết định 2345/QĐ-UBND ngày 01/02/2025": false,
		"ngày 01.01.2024":                         false,
		"nguyên liệu.Vnxpress":                    false,
		"abc.community":                           false,
		"thoáng mát.com-pa":                       true,
		"awww. ngon":                              true,
		"mật ong @ rừng":                          false,
		"":                                        false,
		"1.000.000.000 con":                       false,
		"500 0 1 2 3":                             false,
		"số 12 3456 789 không phải điện thoại, 9 chữ số từ số 1": false,
	}
	for text, want := range tests {
		if got := HasContact(text); got != want {
			t.Errorf("%q: contact %v, want %v", text, got, want)
		}
	}
}

func TestCheckShop(t *testing.T) {
	t.Parallel()
	a := newServer(t).adapter()
	good := adapters.Shop{ProducerRef: "p-1", Name: "HTX Cửa Lò", Phone: "0902 280.908", ProvinceCode: "40", CommuneCode: "17950", Address: "Xóm 3"}
	tests := map[string]struct {
		change func(*adapters.Shop)
		want   string
	}{
		"a sound shop":                 {func(*adapters.Shop) {}, ""},
		"+84 instead of 0":             {func(s *adapters.Shop) { s.Phone = "+84 902 280 908" }, ""},
		"no telephone":                 {func(s *adapters.Shop) { s.Phone = " " }, "phone=phone.missing"},
		"a telephone too short":        {func(s *adapters.Shop) { s.Phone = "090228090" }, "phone=phone.bad_format"},
		"two telephones":               {func(s *adapters.Shop) { s.Phone = "0902280908; 0902280909" }, "phone=phone.bad_format"},
		"a name of 2":                  {func(s *adapters.Shop) { s.Name = "AB" }, "name=shop.too_short"},
		"a name of 81":                 {func(s *adapters.Shop) { s.Name = strings.Repeat("ệ", 81) }, "name=shop.too_long"},
		"no name, no address":          {func(s *adapters.Shop) { s.Name, s.Address = "", "" }, "name=shop.missing address=address.missing"},
		"no commune":                   {func(s *adapters.Shop) { s.CommuneCode = "" }, "commune=commune.missing"},
		"an address of 256":            {func(s *adapters.Shop) { s.Address = strings.Repeat("ệ", 256) }, "address=address.too_long"},
		"a producer reference of 51":   {func(s *adapters.Shop) { s.ProducerRef = strings.Repeat("p", 51) }, "producer=producer.too_long"},
		"no producer reference at all": {func(s *adapters.Shop) { s.ProducerRef = "" }, "producer=producer.missing"},
	}
	for sentence, tt := range tests {
		s := good
		tt.change(&s)
		if got := codes(a.CheckShop(s)); got != tt.want {
			t.Errorf("%s: problems %q, want %q", sentence, got, tt.want)
		}
	}
}

func FuzzNormalTextTwiceIsOnce(f *testing.F) {
	for _, s := range []string{"", " a ", "e\u0323\u0302", "\u0300 x", "a\r\n\r\r\n", "\xff\xfea\xc3", "\u2003\u00a0ệ", strings.Repeat("e\u0300", 3) + strings.Repeat("\u0301", 40), "\u1100\u1161\u11a8"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := normalText(s)
		if !utf8.ValidString(once) {
			t.Errorf("%q is no UTF-8", once)
		}
		if twice := normalText(once); twice != once {
			t.Errorf("normal form of %q: once %q, twice %q", s, once, twice)
		}
		if strings.ContainsRune(once, '\r') || strings.TrimSpace(once) != once {
			t.Errorf("%q keeps a line end or white space", once)
		}
	})
}

// FuzzEchoIsNoDifference sends an offer and reads back what was sent: nothing
// differs, whatever the texts and numbers.
func FuzzEchoIsNoDifference(f *testing.F) {
	f.Add(" Nu\u031bo\u031b\u0301c mắm Cửa Lò ", "chai\u00a0500 ml", int64(333), int64(85000), int64(0), int64(7), "https://truyxuat.example.vn/1")
	f.Add("<b>Mật ong & \u2028 rừng</b>", "hộp", int64(100000), int64(1000), int64(1001), int64(0), "")
	f.Fuzz(func(t *testing.T, name, unit string, grams, price, list, stock int64, trace string) {
		o := offer("004001", func(o *adapters.Offer) {
			o.Name, o.Unit, o.WeightGrams, o.Price, o.ListPrice, o.TraceURL, o.Producer = name, unit, grams, price, list, trace, name
			o.Description = strings.Repeat("Mô tả đủ dài. ", 5) + unit
			*o.Stock = stock
		})
		a := &Adapter{}
		want, problems := a.Normalize(o, day)
		if len(problems) > 0 {
			return
		}
		payload, err := a.Encode(adapters.Change{Op: adapters.OpCreate, SKU: o.SKU, ShopID: "S1"}, o, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := echo(t, payload)
		if diff := got.Differing(want); len(diff) > 0 {
			t.Errorf("differing %v\n got %v\nwant %v", diff, got, want)
		}
		if again, _ := a.Encode(adapters.Change{Op: adapters.OpCreate, SKU: o.SKU, ShopID: "S1"}, o, nil); string(again) != string(payload) {
			t.Errorf("the same offer gave other bytes:\n%s\n%s", payload, again)
		}
	})
}
