package adaptertest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"lensan/adapters"
)

// seller is a world with a shop and a picture in it: what most rungs begin
// with.
type seller struct {
	h      Harness
	market Market
	a      adapters.Adapter
	caps   adapters.Capabilities
	shop   string
	image  adapters.ImageRef
}

// open makes a world with an adapter and nothing in it.
func open(t *testing.T, h Harness, opt ...Options) *seller {
	t.Helper()
	s := &seller{h: h, market: h.Open(t)}
	var o Options
	if len(opt) > 0 {
		o = opt[0]
	}
	s.a = s.adapter(t, o)
	s.caps = s.a.Capabilities()
	return s
}

// adapter makes another adapter for the same account.
func (s *seller) adapter(t *testing.T, opt Options) adapters.Adapter {
	t.Helper()
	if m := s.h.Mutant; m != nil {
		if m.Wire != nil {
			inner := opt.Wrap
			opt.Wrap = m.Wire
			if inner != nil {
				opt.Wrap = wrapBoth(inner, m.Wire)
			}
		}
		if m.Options != nil {
			opt = m.Options(opt)
		}
		if m.Adapter != nil {
			return m.Adapter(s.market.Adapter(t, opt), s.h.Secrets)
		}
	}
	return s.market.Adapter(t, opt)
}

// settle opens a world with a shop and a picture.
func settle(t *testing.T, h Harness, opt ...Options) *seller {
	t.Helper()
	s := open(t, h, opt...)
	shop, err := s.a.CreateShop(t.Context(), shopOf("p-0001"), key())
	if err != nil {
		t.Fatalf("create a shop: %v", err)
	}
	s.shop = shop.ID
	s.image = s.upload(t, 1)
	return s
}

// upload stores a picture; the same number is the same bytes.
func (s *seller) upload(t *testing.T, n int) adapters.ImageRef {
	t.Helper()
	side := (s.caps.ImageMin + 50 + 7) / 8 * 8
	img := picture(side, side, n)
	id, err := s.a.UploadImage(t.Context(), img)
	if err != nil || id == "" {
		t.Fatalf("upload a picture: %q, %v", id, err)
	}
	return adapters.ImageRef{SHA256: img.SHA256, Name: img.Name, RemoteID: id, Width: side, Height: side, Bytes: int64(len(img.Bytes)), Type: img.Type}
}

// picture makes a JPEG with its number in it.
func picture(width, height, n int) adapters.Image {
	m := image.NewGray(image.Rect(0, 0, width, height))
	for i := range 8 {
		if n>>i&1 == 1 {
			for x := range 16 {
				for y := range 16 {
					m.SetGray(16*i+x, y, color.Gray{Y: 255})
				}
			}
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 80}); err != nil {
		panic(err) // writing to memory
	}
	sum := sha256.Sum256(b.Bytes())
	return adapters.Image{SHA256: hex.EncodeToString(sum[:]), Name: fmt.Sprintf("anh-%d.jpg", n), Type: "image/jpeg", Bytes: b.Bytes()}
}

// The private data of every shop the suite makes.
const (
	phone   = "0912345678"
	taxCode = "2901234567"
	address = "Xóm Bến Đá, gần chợ Vực"
)

func shopOf(ref string) adapters.Shop {
	return adapters.Shop{ProducerRef: ref, Name: "HTX Nông nghiệp " + ref, Phone: phone, TaxCode: taxCode, ProvinceCode: "40", CommuneCode: "17950", Address: address}
}

var keys atomic.Int64

// key is an idempotency key that nobody has used.
func key() string { return fmt.Sprintf("k-%d-%d", time.Now().UnixNano(), keys.Add(1)) }

// today is the civil day in Vietnam, n days on.
func today(n int) string {
	return time.Now().In(time.FixedZone("UTC+7", 7*3600)).AddDate(0, 0, n).Format(time.DateOnly)
}

// sets are the product sets sold here, sorted.
func (s *seller) sets() []string { return slices.Sorted(maps.Keys(s.caps.Categories)) }

// offer is one that any marketplace takes as it is.
func (s *seller) offer(sku string, change ...func(*adapters.Offer)) adapters.Offer {
	stock := int64(20)
	o := adapters.Offer{
		SKU: sku, ProductCode: "40-430-17950-3-2025", ProducerRef: "p-0001", ShopID: s.shop,
		Name:        "Nước mắm Cửa Lò hạng nhất " + sku,
		Description: strings.Repeat("Nước mắm ủ chượp truyền thống, vị đậm đà. ", 3) + "Bảo quản nơi khô ráo.",
		Unit:        "chai 500 ml", WeightGrams: 650, ProductSet: s.sets()[0], Price: 85_000, Stock: &stock,
		Images: []adapters.ImageRef{s.image}, Producer: "HTX Nông nghiệp Cửa Lò", ProvinceCode: "40", CommuneCode: "17950",
		TraceURL:    "https://truyxuat.example.vn/40-430-17950-3-2025",
		Recognition: adapters.Recognition{Stars: 4, DecisionNumber: "2345/QĐ-UBND", DecisionDate: today(-400), ValidUntil: today(700)},
	}
	for _, f := range change {
		f(&o)
	}
	return o
}

// want is what an offer is to be read back as; it has no problem.
func (s *seller) want(t *testing.T, o adapters.Offer) adapters.Fields {
	t.Helper()
	fields, problems := s.a.Normalize(o, today(0))
	if len(problems) > 0 {
		t.Fatalf("offer %s has problems: %+v", o.SKU, problems)
	}
	return fields
}

// change encodes an instruction for an offer as it is to be sent.
func (s *seller) change(t *testing.T, op adapters.Op, o adapters.Offer, current *adapters.Listing, fields ...adapters.Field) adapters.Change {
	t.Helper()
	c := adapters.Change{Op: op, SKU: o.SKU, ShopID: o.ShopID, Fields: slices.Sorted(slices.Values(fields))}
	switch op {
	case adapters.OpCreate:
		c.Key = key()
	case adapters.OpClose:
		c.Reason = adapters.CloseNotEligible
	}
	if current != nil {
		c.RemoteID, c.Version, c.ShopID = current.RemoteID, current.Version, current.ShopID
	}
	payload, err := s.a.Encode(c, o, current)
	if err != nil {
		t.Fatalf("encode %s of %s: %v", op, o.SKU, err)
	}
	c.Payload = payload
	return c
}

// apply sends changes in parts as large as the marketplace takes.
func (s *seller) apply(t *testing.T, changes ...adapters.Change) []adapters.Outcome {
	t.Helper()
	var out []adapters.Outcome
	if len(changes) == 0 {
		return nil
	}
	for part := range slices.Chunk(changes, s.caps.Batch[changes[0].Op]) {
		got := s.a.Apply(t.Context(), part)
		if len(got) != len(part) {
			t.Fatalf("%d outcomes for %d changes", len(got), len(part))
		}
		out = append(out, got...)
	}
	return out
}

// do applies one change that is to succeed.
func (s *seller) do(t *testing.T, c adapters.Change) adapters.Outcome {
	t.Helper()
	out := s.apply(t, c)[0]
	if out.Err != nil {
		t.Fatalf("%s of %s: %v %+v", c.Op, c.SKU, out.Err, out.Err.Fields)
	}
	return out
}

// create lists an offer and reads it back.
func (s *seller) create(t *testing.T, o adapters.Offer) adapters.Listing {
	t.Helper()
	out := s.do(t, s.change(t, adapters.OpCreate, o, nil))
	if out.RemoteID == "" {
		t.Fatalf("create %s: no id", o.SKU)
	}
	return s.get(t, out.RemoteID)
}

// createAll lists many offers, as fast as the marketplace takes them.
func (s *seller) createAll(t *testing.T, offers ...adapters.Offer) []string {
	t.Helper()
	var changes []adapters.Change
	for _, o := range offers {
		changes = append(changes, s.change(t, adapters.OpCreate, o, nil))
	}
	var ids []string
	for i, out := range s.apply(t, changes...) {
		if out.Err != nil {
			t.Fatalf("create %s: %v", offers[i].SKU, out.Err)
		}
		ids = append(ids, out.RemoteID)
	}
	return ids
}

// get reads one listing that is there.
func (s *seller) get(t *testing.T, id string) adapters.Listing {
	t.Helper()
	got, err := s.a.Get(t.Context(), []string{id})
	if err != nil {
		t.Fatalf("get %s: %v", id, err)
	}
	l, ok := got[id]
	if !ok {
		t.Fatalf("get %s: not there", id)
	}
	return l
}

// shows holds a listing to what was wanted, in the fields that are wanted.
func shows(t *testing.T, l adapters.Listing, want adapters.Fields) {
	t.Helper()
	for _, f := range l.Fields.Differing(want) {
		t.Errorf("%s of %s is %q, want %q", f, l.SKU, l.Fields[f], want[f])
	}
}

// kindIs holds an error to its kind.
func kindIs(t *testing.T, what string, err *adapters.Error, want ...adapters.Kind) {
	t.Helper()
	got := adapters.KindNone
	if err != nil {
		got = err.Kind
	}
	if !slices.Contains(want, got) {
		t.Errorf("%s: %q (%v), want %v", what, got, err, want)
	}
}

func skus(n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("00%04d", i))
	}
	return out
}
