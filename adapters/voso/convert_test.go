package voso

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lensan/adapters"
)

// echo reads what an item says as if Voso showed it.
func echo(t *testing.T, payload []byte) adapters.Fields {
	t.Helper()
	var p product
	if err := json.Unmarshal(payload, &p); err != nil {
		t.Fatal(err)
	}
	return readFields(p)
}

func TestEncode(t *testing.T) {
	t.Parallel()
	a := newServer(t).adapter()
	priced := func(o *adapters.Offer) { o.ListPrice = 95_000 }
	tests := map[string]struct {
		change adapters.Change
		offer  adapters.Offer
		want   string
	}{
		"a create carries everything, the list price only where there is one": {
			adapters.Change{Op: adapters.OpCreate, SKU: "004001"}, offer("004001"),
			`{"shopId":"S1","sku":"004001","name":"Nước mắm Cửa Lò 20°N","categoryId":"TP02","description":"Nước mắm truyền thống. Nước mắm truyền thống. Nước mắm truyền thống. Nước mắm truyền thống. Hết","unitName":"chai 500 ml","weight":0.65,"imageIds":["i1"],"price":85000,"quantity":12,"ocop":{"level":"OCOP_4","decisionNumber":"2345/QĐ-UBND","decisionDate":"01/02/2025","expiredDate":"01/02/2028"},"origin":{"producerName":"HTX Cửa Lò","provinceCode":"40","wardCode":"17950","traceUrl":null},"properties":[{"key":"Mã sản phẩm OCOP","value":"40-430-17950-3-2025"}]}`,
		},
		"a price alone leaves the stock alone": {
			adapters.Change{Op: adapters.OpUpdateOffer, SKU: "1", RemoteID: "P1", Fields: []adapters.Field{"price"}}, offer("1", priced),
			`{"productId":"P1","price":85000}`,
		},
		"a list price taken away becomes the price, in so many words": {
			adapters.Change{Op: adapters.OpUpdateOffer, SKU: "1", RemoteID: "P1", Fields: []adapters.Field{"list_price"}}, offer("1"),
			`{"productId":"P1","listPrice":85000}`,
		},
		"stock alone": {
			adapters.Change{Op: adapters.OpUpdateOffer, SKU: "1", RemoteID: "P1", Fields: []adapters.Field{"stock"}}, offer("1", func(o *adapters.Offer) { *o.Stock = 0 }),
			`{"productId":"P1","quantity":0}`,
		},
		"content carries the fields named": {
			adapters.Change{Op: adapters.OpUpdateContent, SKU: "1", RemoteID: "P1", Fields: []adapters.Field{"name", "weight"}}, offer("1", func(o *adapters.Offer) { o.WeightGrams = 1200 }),
			`{"productId":"P1","name":"Nước mắm Cửa Lò 20°N","weight":1.2}`,
		},
		"a problem elsewhere does not stop a price": {
			adapters.Change{Op: adapters.OpUpdateOffer, SKU: "1", RemoteID: "P1", Fields: []adapters.Field{"price"}}, offer("1", func(o *adapters.Offer) { o.Name, o.Stock = "x", nil }),
			`{"productId":"P1","price":85000}`,
		},
		"adopting gives the SKU": {
			adapters.Change{Op: adapters.OpAdopt, SKU: "004001", RemoteID: "P1"}, offer("004001"), `{"productId":"P1","sku":"004001"}`,
		},
		"closing says why": {
			adapters.Change{Op: adapters.OpClose, SKU: "1", RemoteID: "P1", Reason: adapters.CloseExpired}, offer("1"),
			`{"productId":"P1","status":"HIDE","reason":"Quyết định công nhận OCOP đã hết hiệu lực"}`,
		},
		"reopening": {
			adapters.Change{Op: adapters.OpReopen, SKU: "1", RemoteID: "P1"}, offer("1"), `{"productId":"P1","status":"SHOW"}`,
		},
	}
	for sentence, tt := range tests {
		got, err := a.Encode(tt.change, tt.offer, nil)
		if err != nil || string(got) != tt.want {
			t.Errorf("%s: %v\n got %s\nwant %s", sentence, err, got, tt.want)
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	t.Parallel()
	a := newServer(t).adapter()
	tests := map[string]struct {
		change adapters.Change
		offer  adapters.Offer
		kind   adapters.Kind
		code   string
	}{
		"a create off the price step": {adapters.Change{Op: adapters.OpCreate}, offer("1", func(o *adapters.Offer) { o.Price = 50_050 }), adapters.KindInvalid, "price.step"},
		"a create without stock":      {adapters.Change{Op: adapters.OpCreate}, offer("1", func(o *adapters.Offer) { o.Stock = nil }), adapters.KindInvalid, "stock.missing"},
		"a create without a shop":     {adapters.Change{Op: adapters.OpCreate}, offer("1", func(o *adapters.Offer) { o.ShopID = "" }), adapters.KindInvalid, ""},
		"a picture not uploaded":      {adapters.Change{Op: adapters.OpCreate}, offer("1", func(o *adapters.Offer) { o.Images[0].RemoteID = "" }), adapters.KindInvalid, ""},
		"a price in a content update": {adapters.Change{Op: adapters.OpUpdateContent, RemoteID: "P", Fields: []adapters.Field{"price"}}, offer("1"), adapters.KindInvalid, ""},
		"an update of nothing":        {adapters.Change{Op: adapters.OpUpdateOffer, RemoteID: "P"}, offer("1"), adapters.KindInvalid, ""},
		"an update of no listing":     {adapters.Change{Op: adapters.OpUpdateOffer, Fields: []adapters.Field{"price"}}, offer("1"), adapters.KindInvalid, ""},
		"an unknown stock":            {adapters.Change{Op: adapters.OpUpdateOffer, RemoteID: "P", Fields: []adapters.Field{"stock"}}, offer("1", func(o *adapters.Offer) { o.Stock = nil }), adapters.KindInvalid, "stock.missing"},
		"an operation of no contract": {adapters.Change{Op: "delete", RemoteID: "P"}, offer("1"), adapters.KindUnsupported, ""},
	}
	for sentence, tt := range tests {
		got, err := a.Encode(tt.change, tt.offer, nil)
		var e *adapters.Error
		if !errors.As(err, &e) || e.Kind != tt.kind || e.Code != tt.code || got != nil {
			t.Errorf("%s: %s, %v, want %s %s", sentence, got, err, tt.kind, tt.code)
		}
	}
}

func TestKilograms(t *testing.T) {
	t.Parallel()
	for g, want := range map[int64]string{1: "0.001", 10: "0.01", 250: "0.25", 999: "0.999", 1000: "1", 1050: "1.05", 100000: "100"} {
		if got := kilograms(g); got != want {
			t.Errorf("%d g: %s kg, want %s", g, got, want)
		}
		if back := grams(json.Number(want)); back != json.Number(back).String() || kilograms(g) != want {
			t.Errorf("%s kg: %s", want, back)
		}
	}
	for kg, want := range map[json.Number]string{"0.1004": "100", "0.1005": "101", "12": "12000", "1e-3": "1"} {
		if got := grams(kg); got != want {
			t.Errorf("%s kg: %s g, want %s", kg, got, want)
		}
	}
}

func TestListingFromRecordedProducts(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join("testdata", "products.json"))
	if err != nil {
		t.Fatal(err)
	}
	var items []product
	if err := json.Unmarshal(data, &items); err != nil {
		t.Fatal(err)
	}
	ls, err := listings(items)
	if err != nil {
		t.Fatal(err)
	}
	if len(ls) != 3 {
		t.Fatalf("%d listings", len(ls))
	}
	ours, byHand, rejected := ls[0], ls[1], ls[2]
	if ours.State != adapters.Live || ours.SKU != "004001" || ours.ShopID != "S1" || ours.Version != "" ||
		!ours.CreatedAt.Equal(time.Date(2026, 11, 23, 23, 30, 0, 0, time.UTC)) || !ours.UpdatedAt.Equal(time.Date(2026, 11, 24, 0, 0, 1, 0, time.UTC)) {
		t.Errorf("ours: %+v", ours)
	}
	want, _ := (&Adapter{}).Normalize(offer("004001"), day)
	if diff := ours.Fields.Differing(want); len(diff) > 0 {
		t.Errorf("ours differs in %v: %v", diff, ours.Fields)
	}
	if byHand.SKU != "" || byHand.State != adapters.Closed || byHand.Fields["list_price"] != "120000" || byHand.Fields["weight"] != "1235" {
		t.Errorf("by hand: %+v", byHand)
	}
	if _, shown := byHand.Fields[adapters.FieldOcop]; shown {
		t.Error("by hand shows an ocop block that it does not have")
	}
	if rejected.State != adapters.Rejected || len(rejected.Rejections) != 1 || rejected.Rejections[0].Message != "Ảnh không rõ sản phẩm" {
		t.Errorf("rejected: %+v", rejected)
	}
}

func TestListingNeedsWhatTheContractRequires(t *testing.T) {
	t.Parallel()
	empty := ""
	good := product{ProductID: "P", ShopID: "S", SKU: &empty, Status: "LOCKED"}
	if l, err := listing(good); err != nil || l.State != adapters.Locked {
		t.Errorf("%+v, %v", l, err)
	}
	for name, change := range map[string]func(*product){
		"productId": func(p *product) { p.ProductID = "" }, "shopId": func(p *product) { p.ShopID = "" },
		"sku": func(p *product) { p.SKU = nil }, "status": func(p *product) { p.Status = "SOLD" },
	} {
		p := good
		change(&p)
		if _, err := listing(p); err == nil {
			t.Errorf("taken without %s", name)
		}
	}
}

func TestAModeratorsWordsAreShownWithoutMarkup(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		" Ảnh không rõ ": "Ảnh không rõ",
		"<p>Ảnh &nbsp;mờ<br/>chụp lại <b>giúp</b></p>\u200b\r\n": "Ảnh mờ chụp lại giúp",
		"Giá < 1.000 đ, cân > 5 kg":                              "Giá < 1.000 đ, cân > 5 kg",
		"<p>\u00a0</p>":                                          "",
		"A\x00nh\tmờ\n\nlắm":                                     "Anh mờ lắm",
	} {
		p := product{ProductID: "P1", ShopID: "S1", SKU: new("004001"), Status: "REJECTED", RejectReason: &in}
		l, err := listing(p)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, r := range l.Rejections {
			got += r.Message
		}
		if got != want || (want == "") != (len(l.Rejections) == 0) {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestPropertiesLeftOutAreNone(t *testing.T) {
	t.Parallel()
	var none []property
	for name, p := range map[string]*[]property{"left out": nil, "null in a list": &none, "empty": {}} {
		l, err := listing(product{ProductID: "P1", ShopID: "S1", SKU: new("004001"), Status: "SELLING", Properties: p})
		if err != nil {
			t.Fatal(err)
		}
		if got, shown := l.Fields[adapters.FieldAttributes]; !shown || got != canonicalProperties(nil) {
			t.Errorf("%s: %q, %v", name, got, shown)
		}
	}
}
