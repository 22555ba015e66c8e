package storetest

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// FillDay is the day around which Fill spreads its dates.
const FillDay = "2026-11-24"

var (
	fillGoods = []string{"Nước mắm", "Tương", "Trà gừng", "Mật ong", "Cam", "Bưởi hồng", "Chè xanh", "Lạc rang", "Miến dong", "Giò bê",
		"Cà pháo muối", "Bột sắn dây", "Tinh bột nghệ", "Rượu men lá", "Hương trầm", "Khăn thổ cẩm", "Gạo nếp", "Măng khô", "Ruốc tôm", "Bánh đa vừng"}
	fillKinds  = []string{"truyền thống", "đặc biệt", "nguyên chất", "sấy khô", "hữu cơ", "loại một", "hảo hạng", ""}
	fillPlaces = [][2]string{{"Xã Quỳ Châu", "Quỳ Châu"}, {"Xã Châu Bình", "Quỳ Châu"}, {"Phường Vinh Lộc", "Vinh"}, {"Xã Nam Đàn", "Nam Đàn"},
		{"Xã Anh Sơn", "Anh Sơn"}, {"Xã Con Cuông", "Con Cuông"}, {"Xã Kỳ Sơn", "Kỳ Sơn"}, {"Xã Diễn Châu", "Diễn Châu"}, {"Xã Quỳnh Lưu", "Quỳnh Lưu"},
		{"Phường Cửa Lò", "Cửa Lò"}, {"Xã Đô Lương", "Đô Lương"}, {"Xã Thanh Chương", "Thanh Chương"}}
	fillForms = []string{"HTX", "Công ty CP", "Hộ SX", "Tổ hợp tác", "Công ty TNHH"}
)

// Fill writes a register of n products with SKUs, recognitions and listings on
// two marketplaces, spread over every state, the same for the same n.
func Fill(t testing.TB, w *World, n int) {
	t.Helper()
	r := rand.New(rand.NewPCG(20261124, uint64(n)))
	day, _ := time.Parse(time.DateOnly, FillDay)
	now := day.Add(3 * time.Hour).UnixMilli()
	w.Insert(t, "accounts", "marketplace, base_url, account, sandbox, first_seen_at, read_whole_at",
		[]any{"postmart", "http://127.0.0.1:1", "demo", true, now, now - 3_600_000}, []any{"voso", "http://127.0.0.1:2", "demo", true, now, now - 7_200_000})
	var producers, products, recognitions, currents, skus, listings, states, communes [][]any
	for i, p := range fillPlaces {
		communes = append(communes, []any{fmt.Sprint(16700 + i), p[0], p[1]})
	}
	communes = append(communes, []any{"16999", "Xã Mường Lống", "Kỳ Sơn"})
	makers := max(3, n/3)
	for i := range makers {
		place := i % len(fillPlaces)
		name := fmt.Sprintf("%s %s %d", fillForms[r.IntN(len(fillForms))], fillPlaces[place][1], i+1)
		producers = append(producers, []any{fmt.Sprintf("p%06d", i), name, name, fmt.Sprintf("29%08d", i), fmt.Sprintf("09%08d", i), "Xóm 1, " + fillPlaces[place][0], fmt.Sprint(16700 + place), now, now})
	}
	for i := range n {
		maker := r.IntN(makers)
		place := maker % len(fillPlaces)
		code := fmt.Sprintf("40-416-%d-%d-%d", 16700+place, i+1, 2021+r.IntN(6))
		kind := fillKinds[r.IntN(len(fillKinds))]
		name := fillGoods[r.IntN(len(fillGoods))]
		if kind != "" {
			name += " " + kind
		}
		name += " " + fillPlaces[place][1]
		set := fmt.Sprintf("%02d", 1+r.IntN(25))
		stars := []int{3, 3, 3, 3, 4, 4, 5, 2, 0}[r.IntN(9)]
		until := day.AddDate(0, 0, r.IntN(1300)-200).Format(time.DateOnly)
		if r.IntN(12) == 0 {
			until = ""
		}
		tourism := r.IntN(50) == 0
		if tourism {
			set = "26"
		}
		products = append(products, []any{code, name, fmt.Sprintf("p%06d", maker), fmt.Sprint(16700 + place), fillPlaces[place][0], fillPlaces[place][1], set, now, now})
		recognitions = append(recognitions, []any{code, "UBND tỉnh Nghệ An", fmt.Sprintf("%d/QĐ-UBND", 100+i), day.AddDate(-1, 0, 0).Format(time.DateOnly), stars, until, now, now})
		currents = append(currents, []any{code, stars, "UBND tỉnh Nghệ An", fmt.Sprintf("%d/QĐ-UBND", 100+i), day.AddDate(-1, 0, 0).Format(time.DateOnly), until, false, true, now})
		why := ""
		switch {
		case tourism:
			why = "excluded.tourism"
		case stars == 0:
			why = "excluded.stars_unknown"
		case stars < 3:
			why = "excluded.below_three_stars"
		case until == "":
			why = "excluded.validity_unknown"
		case until < FillDay:
			why = "excluded.expired"
		}
		if tourism {
			for _, m := range []string{"postmart", "voso"} {
				states = append(states, []any{m, code, "excluded", why, "Du lịch không gửi hàng được.", "Tourism can't be shipped.", "nobody", now})
			}
			continue
		}
		for k := range 1 + r.IntN(20)/19 {
			sku := fmt.Sprintf("NA%07d-%d", i+1, k+1)
			skus = append(skus, []any{sku, code, name, "hộp 500 g", 15_000 + 5_000*r.IntN(60), r.IntN(200), 500, "Mô tả của " + name, "", r.IntN(40) == 0, now, now})
			for _, m := range []string{"postmart", "voso"} {
				listings = append(listings, fillListing(r, m, sku, why, now))
			}
		}
	}
	w.Insert(t, "communes", "code, name, district", communes...)
	w.Insert(t, "producers", "ref, name, match_key, tax_code, phone, address, commune_code, created_at, updated_at", producers...)
	w.Insert(t, "products", "code, name, producer_ref, commune_code, commune_name, district, product_set, created_at, updated_at", products...)
	w.Insert(t, "recognitions", "product_code, authority, number, decided_on, stars, valid_until, created_at, updated_at", recognitions...)
	w.Insert(t, "product_current", "product_code, stars, authority, number, decided_on, valid_until, revoked, ordered, updated_at", currents...)
	w.Insert(t, "skus", "sku, product_code, name, unit, price, stock, weight_g, description, story, flagship, created_at, updated_at", skus...)
	w.Insert(t, "listings", "marketplace, sku, sync_state, market_state, reason_code, reason_vi, reason_en, who_fixes, reasons, remote_id, applied_at, seen_at, market_since, created_at, updated_at", listings...)
	w.Insert(t, "product_states", "marketplace, product_code, sync_state, reason_code, reason_vi, reason_en, who_fixes, updated_at", states...)
	w.Exec(t, "INSERT INTO settings (name, value) VALUES ('today', ?)", FillDay)
}

func fillListing(r *rand.Rand, market, sku, why string, now int64) []any {
	sync, there, code, vi, en, who := "excluded", "absent", why, "Không đủ điều kiện.", "Not eligible.", "commune_officer"
	if why == "" {
		sync, there, code, vi, en, who = "applied", "live", "", "", "", ""
		switch r.IntN(20) {
		case 0, 1:
			sync, there, code, vi, en, who = "needs_fixing", "absent", "images.missing", "Chưa có ảnh.", "There is no picture.", "producer"
		case 2:
			sync, there, code, vi, en, who = "needs_fixing", "absent", "name.too_long", "Tên dài quá.", "The name is too long.", "operator"
		case 3:
			there = "pending_review"
		case 4:
			there, code, vi, en, who = "rejected", "rejected.images", "Sàn từ chối vì ảnh.", "Rejected for its pictures.", "producer"
		case 5:
			sync, there, code, vi, en, who = "checking", "absent", "checking.unknown_outcome", "Đang kiểm tra.", "Checking.", "nobody"
		}
	}
	reasons, remote, seen := "[]", "", int64(0)
	if code != "" {
		reasons = fmt.Sprintf(`[{"code":%q}]`, code)
	}
	if there != "absent" {
		remote, seen = market+"-"+sku, now-int64(r.IntN(86_400_000))
	}
	return []any{market, sku, sync, there, code, vi, en, who, reasons, remote, seen, seen, seen, now, now}
}
