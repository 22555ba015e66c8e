package workbook_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lensan/adapters"
	"lensan/adapters/postmart"
	"lensan/adapters/voso"
	"lensan/adapters/workbook"
	"lensan/adapters/workbook/portal"
)

const today = "2026-11-24"

// lane is a lane with the officer who works it.
type lane struct {
	t      *testing.T
	a      *workbook.Adapter
	cfg    workbook.Config
	portal *portal.Portal
	clock  time.Time // of the adapter, and of the lists that are brought
	image  adapters.ImageRef
}

// each runs a test for every marketplace that has a mapping ready.
func each(t *testing.T, test func(t *testing.T, l *lane)) {
	t.Helper()
	for name, cfg := range map[string]workbook.Config{
		"postmart": {Name: postmart.Name, Rules: postmart.Rules{}, Mapping: postmart.WorkbookMapping},
		"voso":     {Name: voso.Name, Rules: voso.Rules{}, Mapping: voso.WorkbookMapping},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newLane(t, cfg))
		})
	}
}

func newLane(t *testing.T, cfg workbook.Config) *lane {
	t.Helper()
	cfg.Folder, cfg.Log = t.TempDir(), slog.New(slog.DiscardHandler)
	l := &lane{t: t, cfg: cfg, portal: &portal.Portal{Folder: cfg.Folder}, clock: time.Now()}
	l.restart()
	if err := l.a.Ping(t.Context()); err == nil || err.Code != "workbook.no_list" || !err.WholeLane || err.Kind != adapters.KindUnavailable {
		t.Fatalf("a lane without a list: %v", err)
	}
	l.bring("danh-sach-0.xlsx")
	id, err := l.a.UploadImage(t.Context(), picture(t, 1))
	if err != nil {
		t.Fatal(err)
	}
	l.image = adapters.ImageRef{SHA256: strings.Repeat("1", 64), Name: "anh.jpg", RemoteID: id, Width: 700, Height: 700, Bytes: 9000, Type: "image/jpeg"}
	return l
}

// restart makes a new adapter for the same folder, as another process would.
func (l *lane) restart() {
	l.t.Helper()
	l.cfg.Now = func() time.Time { return l.clock }
	a, err := workbook.New(l.cfg)
	if err != nil {
		l.t.Fatal(err)
	}
	l.a = a
}

// later lets time pass.
func (l *lane) later(d time.Duration) { l.clock = l.clock.Add(d) }

// bring lets the officer export a list, a moment later.
func (l *lane) bring(name string) {
	l.t.Helper()
	if err := l.portal.Export(name); err != nil {
		l.t.Fatal(err)
	}
	l.stamp(name)
}

// drop puts a list as it is into the folder, a moment later.
func (l *lane) drop(name string, content []byte) {
	l.t.Helper()
	if err := os.WriteFile(filepath.Join(l.cfg.Folder, "3-danh-sach-tu-san", name), content, 0o600); err != nil {
		l.t.Fatal(err)
	}
	l.stamp(name)
}

func (l *lane) stamp(name string) {
	l.t.Helper()
	l.later(time.Second)
	if err := os.Chtimes(filepath.Join(l.cfg.Folder, "3-danh-sach-tu-san", name), l.clock, l.clock); err != nil {
		l.t.Fatal(err)
	}
}

// upload lets the officer upload everything that waits.
func (l *lane) upload() {
	l.t.Helper()
	if err := l.portal.UploadAll(); err != nil {
		l.t.Fatal(err)
	}
	l.touch()
}

// touch sets the folders' times by the lane's clock, which is not the system's.
func (l *lane) touch() {
	l.t.Helper()
	for _, f := range []string{"1-can-tai-len", "2-da-tai-len", "4-bo-khong-tai"} {
		if err := os.Chtimes(filepath.Join(l.cfg.Folder, f), l.clock, l.clock); err != nil {
			l.t.Fatal(err)
		}
	}
}

func (l *lane) waiting(want int) []string {
	l.t.Helper()
	files, err := l.portal.Waiting()
	if err != nil || len(files) != want {
		l.t.Fatalf("files that wait: %q, want %d (%v)", files, want, err)
	}
	return files
}

// rows are the rows of a file that waits.
func (l *lane) rows(file string) []map[string]string {
	l.t.Helper()
	rows, err := portal.Rows(filepath.Join(l.cfg.Folder, "1-can-tai-len", file))
	if err != nil {
		l.t.Fatal(err)
	}
	return rows
}

// offer is one that both marketplaces take.
func (l *lane) offer(sku string, change ...func(*adapters.Offer)) adapters.Offer {
	stock := int64(20)
	o := adapters.Offer{
		SKU: sku, ProductCode: "40-430-17950-3-2025", ProducerRef: "ct-1", ShopID: "ct-1", Name: "Nước mắm Cửa Lò hạng nhất " + sku,
		Description: strings.Repeat("Nước mắm ủ chượp truyền thống, vị đậm đà.\n", 3) + "Bảo quản nơi khô ráo & thoáng.",
		Unit:        "chai 500 ml", WeightGrams: 650, ProductSet: "09", Price: 85_000, ListPrice: 90_000, Stock: &stock,
		Images: []adapters.ImageRef{l.image}, Producer: "HTX Nông nghiệp Cửa Lò", ProvinceCode: "40", CommuneCode: "17950",
		TraceURL:    "https://truyxuat.example.vn/40-430-17950-3-2025",
		Recognition: adapters.Recognition{Stars: 4, DecisionNumber: "2345/QĐ-UBND", DecisionDate: "2025-06-01", ValidUntil: "2028-05-31"},
	}
	for _, f := range change {
		f(&o)
	}
	return o
}

func (l *lane) want(o adapters.Offer) adapters.Fields {
	l.t.Helper()
	fields, problems := l.a.Normalize(o, today)
	if len(problems) > 0 {
		l.t.Fatalf("problems of %s: %+v", o.SKU, problems)
	}
	return fields
}

func (l *lane) change(op adapters.Op, o adapters.Offer, current *adapters.Listing, fields ...adapters.Field) adapters.Change {
	l.t.Helper()
	c := adapters.Change{Op: op, SKU: o.SKU, ShopID: o.ShopID, Fields: fields}
	if op == adapters.OpClose {
		c.Reason = adapters.CloseExpired
	}
	if current != nil {
		c.RemoteID, c.ShopID = current.RemoteID, current.ShopID
	}
	b, err := l.a.Encode(c, o, current)
	if err != nil {
		l.t.Fatalf("encode %s of %s: %v", op, o.SKU, err)
	}
	c.Payload = b
	return c
}

// hand applies changes that are to be handed over.
func (l *lane) hand(changes ...adapters.Change) {
	l.t.Helper()
	out := l.a.Apply(l.t.Context(), changes)
	if len(out) != len(changes) {
		l.t.Fatalf("%d outcomes for %d changes", len(out), len(changes))
	}
	for i, o := range out {
		if o.Err != nil || o.Handed == nil || o.Handed.State != adapters.HandedWaiting || o.RemoteID != "" || o.Listing != nil {
			l.t.Fatalf("%s of %s: %+v %v", changes[i].Op, changes[i].SKU, o.Handed, o.Err)
		}
	}
	l.touch()
}

// stands holds what is said of a change that was handed over.
func (l *lane) stands(what string, c adapters.Change, state adapters.HandingState, code string) {
	l.t.Helper()
	got, err := l.a.Handed(l.t.Context(), []adapters.Change{c})
	if err != nil {
		l.t.Fatal(err)
	}
	if got[0].State != state || got[0].Code != code {
		l.t.Errorf("%s: %s %q, want %s %q", what, got[0].State, got[0].Code, state, code)
	}
}

// only is the one listing of a SKU.
func (l *lane) only(sku string) adapters.Listing {
	l.t.Helper()
	found, err := l.a.Find(l.t.Context(), "ct-1", []string{sku})
	if err != nil || len(found) != 1 {
		l.t.Fatalf("%d listings of %s, %v", len(found), sku, err)
	}
	return found[0]
}

// listed puts offers on sale and reads them back.
func (l *lane) listed(offers ...adapters.Offer) []adapters.Listing {
	l.t.Helper()
	var changes []adapters.Change
	for _, o := range offers {
		changes = append(changes, l.change(adapters.OpCreate, o, nil))
	}
	l.hand(changes...)
	l.upload()
	l.bring(fmt.Sprintf("danh-sach-%d.xlsx", l.clock.UnixNano()))
	var out []adapters.Listing
	for _, o := range offers {
		out = append(out, l.only(o.SKU))
	}
	return out
}

func shows(t *testing.T, l adapters.Listing, want adapters.Fields) {
	t.Helper()
	for _, f := range l.Fields.Differing(want) {
		t.Errorf("%s of %s is %q, want %q", f, l.SKU, l.Fields[f], want[f])
	}
}

func picture(t *testing.T, n int) adapters.Image {
	t.Helper()
	return sized(t, 700, 700, n)
}

func sized(t *testing.T, width, height, n int) adapters.Image {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, width, height))
	for x := range 16 * n {
		m.SetGray(x, x, color.Gray{Y: 255})
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return adapters.Image{Name: "anh.jpg", Type: "image/jpeg", Bytes: b.Bytes()}
}

func kindIs(t *testing.T, what string, err *adapters.Error, want adapters.Kind) {
	t.Helper()
	got := adapters.KindNone
	if err != nil {
		got = err.Kind
	}
	if got != want {
		t.Errorf("%s: %q (%v), want %q", what, got, err, want)
	}
}

func all(ctx context.Context, a *workbook.Adapter, q adapters.ListQuery) (out []adapters.Listing, err error) {
	for l, e := range a.List(ctx, q) {
		if e != nil {
			return out, e
		}
		out = append(out, l)
	}
	return out, nil
}

func ids(ls []adapters.Listing) []string {
	var out []string
	for _, l := range ls {
		out = append(out, l.RemoteID)
	}
	slices.Sort(out)
	return out
}
