package workbook_test

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"lensan/adapters"
	"lensan/adapters/adaptertest"
	"lensan/adapters/postmart"
	"lensan/adapters/voso"
	"lensan/adapters/workbook"
	"lensan/adapters/workbook/portal"
)

func TestTheLaneHoldsToTheContract(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]workbook.Config{
		"postmart": {Name: postmart.Name, Rules: postmart.Rules{}, Mapping: postmart.WorkbookMapping},
		"voso":     {Name: voso.Name, Rules: voso.Rules{}, Mapping: voso.WorkbookMapping},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			adaptertest.RunByHand(t, adaptertest.Harness{Open: func(t *testing.T) adaptertest.Market {
				cfg := cfg
				cfg.Folder, cfg.Log = t.TempDir(), slog.New(slog.DiscardHandler)
				return &officer{cfg: cfg, portal: portal.Portal{Folder: cfg.Folder}, clock: time.Now()}
			}})
		})
	}
}

// officer works a lane for the suite. What speaks of the wire is not asked of
// it.
type officer struct {
	adaptertest.Market // nil: a call to what is not here fails the test
	cfg                workbook.Config
	mu                 sync.Mutex
	portal             portal.Portal
	clock              time.Time
	lists              int
}

func (o *officer) now() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.clock
}

func (o *officer) Bare(t *testing.T) adapters.Adapter {
	o.cfg.Now = o.now
	a, err := workbook.New(o.cfg)
	if err != nil {
		t.Fatal(err)
	}
	a.Ping(t.Context()) // sets the folder up
	return a
}

func (o *officer) CarryOut(t *testing.T) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.portal.UploadAll(); err != nil {
		t.Error(err)
	}
	for _, f := range []string{"1-can-tai-len", "2-da-tai-len"} {
		if err := os.Chtimes(filepath.Join(o.cfg.Folder, f), o.clock, o.clock); err != nil {
			t.Error(err)
		}
	}
}

func (o *officer) Bring(t *testing.T) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.lists++
	name := fmt.Sprintf("danh-sach-%d%s", o.lists, []string{".xlsx", ".csv"}[o.lists%2])
	folder := filepath.Join(o.cfg.Folder, "3-danh-sach-tu-san")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Error(err)
	}
	if err := o.portal.Export(name); err != nil {
		t.Error(err)
	}
	o.clock = o.clock.Add(time.Second)
	if err := os.Chtimes(filepath.Join(folder, name), o.clock, o.clock); err != nil {
		t.Error(err)
	}
}

func (o *officer) Waiting(t *testing.T) int {
	files, err := o.portal.Waiting()
	if err != nil {
		t.Error(err)
	}
	return len(files)
}

func (o *officer) Products(shop, sku string) int {
	n := 0
	for _, p := range o.portal.Find(sku) {
		if p[portal.Shop] == shop {
			n++
		}
	}
	return n
}

func (o *officer) Calls(adaptertest.Action) int { return 0 }
func (o *officer) Mutating() int                { return 0 }

func (o *officer) ByHand(_ *testing.T, shop, name string, price, stock int64) string {
	return o.portal.Add(map[string]string{portal.Shop: shop, "Tên sản phẩm": name, "Giá bán (đ)": strconv.FormatInt(price, 10), "Tồn kho": strconv.FormatInt(stock, 10)})[portal.ID]
}

func (o *officer) product(id string) portal.Product {
	for _, p := range o.portal.Products {
		if p[portal.ID] == id {
			return p
		}
	}
	return portal.Product{}
}

func (o *officer) Rename(_ *testing.T, id, name string) { o.product(id)["Tên sản phẩm"] = name }

func (o *officer) Sell(t *testing.T, id string, n int64) {
	have, err := strconv.ParseInt(o.product(id)["Tồn kho"], 10, 64)
	if err != nil {
		t.Error(err)
	}
	o.product(id)["Tồn kho"] = strconv.FormatInt(have-n, 10)
}
