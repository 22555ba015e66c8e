package workbook_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lensan/adapters"
)

func TestWhereAChangeStands(t *testing.T) {
	t.Parallel()
	const wait, carried, back = adapters.HandedWaiting, adapters.HandedCarried, adapters.HandedBack
	for what, test := range map[string]func(t *testing.T, l *lane, a, b adapters.Change){
		"a newer list alone says nothing of a file that waits": func(t *testing.T, l *lane, a, _ adapters.Change) {
			l.bring("1.xlsx")
			l.stands("create", a, wait, "workbook.to_upload")
		},
		"uploaded, and no newer list": func(t *testing.T, l *lane, a, _ adapters.Change) {
			l.bring("1.xlsx")
			l.later(time.Minute)
			l.upload()
			l.stands("create", a, wait, "workbook.to_read_back")
		},
		"refused by the marketplace": func(t *testing.T, l *lane, a, b adapters.Change) {
			l.portal.Refuse = func(sku string) bool { return sku == "004001" }
			l.upload()
			l.bring("1.xlsx")
			l.stands("refused", a, carried, "workbook.not_taken")
			if out := l.a.Apply(t.Context(), []adapters.Change{a}); out[0].Handed == nil {
				t.Errorf("asked for again it is not written: %v", out[0].Err)
			}
			l.waiting(1)
			l.stands("written again", a, wait, "workbook.to_upload")
		},
		"all refused": func(t *testing.T, l *lane, a, b adapters.Change) {
			l.portal.Refuse = func(string) bool { return true }
			l.upload()
			l.stands("no list yet", a, wait, "workbook.to_read_back")
			l.bring("1.xlsx")
			l.stands("refused", a, carried, "workbook.not_taken")
			l.stands("refused", b, carried, "workbook.not_taken")
		},
		"thrown away": func(t *testing.T, l *lane, a, _ adapters.Change) {
			if err := l.portal.Move(l.waiting(1)[0], "4-bo-khong-tai"); err != nil {
				t.Fatal(err)
			}
			l.stands("thrown away", a, back, "")
			l.restart()
			l.hand(a)
			if files := l.waiting(1); !strings.Contains(files[0], "-2-dang-moi") {
				t.Errorf("written anew into %q", files)
			}
			l.stands("written anew", a, wait, "workbook.to_upload")
		},
		"deleted: it may have been uploaded": func(t *testing.T, l *lane, a, _ adapters.Change) {
			if err := os.Remove(filepath.Join(l.cfg.Folder, "1-can-tai-len", l.waiting(1)[0])); err != nil {
				t.Fatal(err)
			}
			l.stands("deleted", a, wait, "workbook.to_read_back")
			l.hand(a)
			l.waiting(0)
			l.bring("1.xlsx")
			l.stands("a list later", a, carried, "workbook.not_taken")
		},
		"uploaded but not moved, and most of it shows": func(t *testing.T, l *lane, a, b adapters.Change) {
			l.portal.Refuse = func(sku string) bool { return sku == "004001" }
			if err := l.portal.Upload(l.waiting(1)[0], "dang-moi"); err != nil {
				t.Fatal(err)
			}
			l.bring("1.xlsx")
			l.stands("refused", a, carried, "workbook.not_taken")
			l.waiting(1)
		},
		"uploaded but not moved, and all of it shows": func(t *testing.T, l *lane, a, b adapters.Change) {
			if err := l.portal.Upload(l.waiting(1)[0], "dang-moi"); err != nil {
				t.Fatal(err)
			}
			l.bring("1.xlsx")
			l.stands("shown", a, carried, "workbook.not_taken") // the reader looks at the list first
			l.waiting(0)                                        // moved, so that nobody uploads it again
		},
		"a list that was exported before the upload": func(t *testing.T, l *lane, a, _ adapters.Change) {
			l.later(time.Hour)
			l.upload()
			old := l.clock.Add(-30 * time.Minute)
			l.bring("1.csv")
			if err := os.Chtimes(filepath.Join(l.cfg.Folder, "3-danh-sach-tu-san", "1.csv"), old, old); err != nil {
				t.Fatal(err)
			}
			l.portal.Products = nil
			l.drop("1.csv", []byte("Thời điểm xuất: "+old.Format("02/01/2006 15:04:05")+"\nMã sản phẩm,Mã gian hàng,Mã SKU,Trạng thái\n"))
			l.stands("its own words count", a, wait, "workbook.to_read_back")
		},
		"zeros that a spreadsheet dropped": func(t *testing.T, l *lane, a, _ adapters.Change) {
			l.upload()
			for _, p := range l.portal.Products {
				p["Mã SKU"] = strings.TrimLeft(p["Mã SKU"], "0")
			}
			l.bring("1.xlsx")
			l.stands("mangled", a, wait, "workbook.sku_mangled")
		},
		"a change that no file holds": func(t *testing.T, l *lane, _, _ adapters.Change) {
			c := l.change(adapters.OpCreate, l.offer("004009"), nil)
			l.stands("unknown", c, wait, "workbook.file_unknown")
			l.restart()
			l.later(time.Minute)
			l.stands("still unknown", c, wait, "workbook.file_unknown")
			l.bring("1.xlsx")
			l.stands("a newer list does not show it", c, back, "")
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, l *lane) {
				a, b := l.change(adapters.OpCreate, l.offer("004001"), nil), l.change(adapters.OpCreate, l.offer("004002"), nil)
				l.hand(a, b)
				test(t, l, a, b)
			})
		})
	}
}

func TestAnUpdateThatIsNotShownIsCarriedOnlyWhenUploadedBeforeTheList(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, l *lane) {
		got := l.listed(l.offer("004001"))[0]
		dear := l.offer("004001", func(o *adapters.Offer) { o.Price = 99_000; o.ListPrice = 99_000 })
		c := l.change(adapters.OpUpdateOffer, dear, &got, adapters.FieldPrice)
		l.hand(c)
		l.bring("1.xlsx")
		l.stands("waits", c, adapters.HandedWaiting, "workbook.to_upload")
		if err := l.portal.Move(l.waiting(1)[0], "2-da-tai-len"); err != nil { // moved, not uploaded: the list tells
			t.Fatal(err)
		}
		l.touch()
		l.stands("moved", c, adapters.HandedWaiting, "workbook.to_read_back")
		l.bring("2.xlsx")
		l.stands("a newer list", c, adapters.HandedCarried, "workbook.not_taken")
		l.hand(c) // asked for again
		l.waiting(1)
	})
}

func TestTheSameUpdateAfterAnotherIsNotTakenForTheFirst(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, l *lane) {
		got := l.listed(l.offer("004001"))[0]
		for i, price := range []int64{91_000, 92_000, 91_000} {
			o := l.offer("004001", func(o *adapters.Offer) { o.Price = price; o.ListPrice = 0 })
			l.later(time.Hour)
			l.hand(l.change(adapters.OpUpdateOffer, o, &got, adapters.FieldPrice))
			files := l.waiting(i + 1) // the officer moves none of them
			if err := l.portal.Upload(files[i], "cap-nhat"); err != nil {
				t.Fatal(err)
			}
			l.bring(files[i])
			got = l.only("004001")
		}
		if got.Fields[adapters.FieldPrice] != "91000" {
			t.Errorf("price %s", got.Fields[adapters.FieldPrice])
		}
	})
}

// A process that dies after it put rows on record and before their file stands
// loses none of them.
func TestAFileThatAProcessDidNotFinishIsWrittenFromTheRecord(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, l *lane) {
		c := l.change(adapters.OpCreate, l.offer("004001"), nil)
		l.hand(c)
		file := l.waiting(1)[0]
		record := filepath.Join(l.cfg.Folder, ".lensan", strings.TrimSuffix(file, ".xlsx")+".json")
		b, err := os.ReadFile(record)
		if err != nil {
			t.Fatal(err)
		}
		var h map[string]any
		if err := json.Unmarshal(b, &h); err != nil {
			t.Fatal(err)
		}
		h["dirty"] = true
		if b, err = json.Marshal(h); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(record, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.RemoveAll(filepath.Join(l.cfg.Folder, "1-can-tai-len", file)); err != nil {
			t.Fatal(err)
		}
		l.restart()
		l.stands("on record", c, adapters.HandedWaiting, "workbook.to_upload")
		l.waiting(0) // another process may be at it
		l.later(2 * time.Minute)
		l.stands("on record", c, adapters.HandedWaiting, "workbook.to_upload")
		if rows := l.rows(l.waiting(1)[0]); len(rows) != 1 || rows[0]["Mã SKU"] != "004001" {
			t.Errorf("rows %v", rows)
		}
		l.hand(c)
		l.waiting(1)
	})
}

func TestAFileThatWasTakenUnfinishedIsNotWrittenASecondTime(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, l *lane) {
		c := l.change(adapters.OpCreate, l.offer("004001"), nil)
		l.hand(c)
		file := l.waiting(1)[0]
		record := filepath.Join(l.cfg.Folder, ".lensan", strings.TrimSuffix(file, ".xlsx")+".json")
		b, err := os.ReadFile(record)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(record, []byte(strings.Replace(string(b), `"dirty":false`, `"dirty":true`, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := l.portal.Move(file, "2-da-tai-len"); err != nil {
			t.Fatal(err)
		}
		l.restart()
		l.later(2 * time.Minute)
		l.touch()
		l.stands("taken", c, adapters.HandedWaiting, "workbook.to_read_back")
		l.waiting(0)
	})
}

func TestAContextThatEndedWritesNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, l *lane) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		c := l.change(adapters.OpCreate, l.offer("004001"), nil)
		kindIs(t, "apply", l.a.Apply(ctx, []adapters.Change{c, c})[1].Err, adapters.KindCancelled)
		_, err := l.a.Get(ctx, []string{"x"})
		kindIs(t, "get", err, adapters.KindCancelled)
		_, err = l.a.Find(ctx, "", []string{"x"})
		kindIs(t, "find", err, adapters.KindCancelled)
		_, err = l.a.UploadImage(ctx, picture(t, 9))
		kindIs(t, "upload", err, adapters.KindCancelled)
		_, err = l.a.CreateShop(ctx, adapters.Shop{ProducerRef: "ct-1", Name: "HTX Cửa Lò", Phone: "0912345678", ProvinceCode: "40", CommuneCode: "17950", Address: "Xóm 1"}, "")
		kindIs(t, "shop", err, adapters.KindCancelled)
		if _, lerr := all(ctx, l.a, adapters.ListQuery{}); adapters.KindOf(lerr) != adapters.KindCancelled {
			t.Errorf("list: %v", lerr)
		}
		l.waiting(0)
	})
}

func TestAFolderThatCantBeUsedIsOneClearFault(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, l *lane) {
		file := filepath.Join(t.TempDir(), "tep")
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		l.cfg.Folder = filepath.Join(file, "thu-muc")
		l.restart()
		err := l.a.Ping(t.Context())
		kindIs(t, "a folder below a file", err, adapters.KindUnavailable)
		if err != nil && (err.Code != "workbook.folder" || !err.WholeLane || err.Fields[0].Message != l.cfg.Folder) {
			t.Errorf("%+v", err)
		}
	})
}
