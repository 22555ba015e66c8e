package dashboard

import (
	"encoding/csv"
	"html/template"
	"net/http"
	"net/url"
	"time"

	"lensan/cmd/lensan/dashboard/shelf"
	"lensan/store"
)

// listRow is one SKU, or a product without any, with its place on each lane.
type listRow struct {
	store.SyncRow
	Cells []listCell
}

type listCell struct {
	Marketplace string
	Bucket      store.Bucket
	SyncState   string
	MarketState string
	Reason      string
	Who         string
	URL         string
	SeenAt      int64
}

type listingsData struct {
	page
	At      time.Time
	Q       shelf.Query
	Found   shelf.Found
	Rows    []listRow
	Lanes   []shelf.Lane
	Shown   []shelf.Lane // the columns
	Facets  []facet
	Tabs    []tab
	Choices shelf.Choices
	Filter  template.URL // the filter as a query
	Sort    string
	Dir     string
	Next    string
	Sorts   []sortChoice
	First   bool
}

type tab struct {
	Bucket store.Bucket
	N      int
	Query  template.URL
	On     bool
}

type sortChoice struct{ Name, Label string }

const listRows = 50

func (d *Dashboard) listings(w http.ResponseWriter, r *http.Request, v *visit) error {
	s, err := v.shelf(r.Context())
	if err != nil {
		return err
	}
	values := r.URL.Query()
	q := queryOf(values)
	q.Limit = listRows
	data := &listingsData{page: v.page("listings", v.tr("Mã hàng trên sàn", "Listings")), At: s.At, Q: q, Lanes: s.Lanes, Shown: s.Lanes, First: q.After == ""}
	if data.Found, err = s.Find(q); err != nil {
		return err
	}
	if q.Lane != "" {
		data.Shown = []shelf.Lane{{Name: q.Lane}}
	}
	if data.Rows, err = v.listRows(r.Context(), data.Found.Rows, data.Shown); err != nil {
		return err
	}
	filter := filterOf(values)
	data.Filter, data.Sort, data.Dir = template.URL(filter.Encode()), q.Sort.String(), values.Get("dir")
	data.Facets = v.facets(q, values)
	data.Tabs = tabs(data.Found, filter)
	if data.Found.Next != "" {
		data.Next = string(link("/listings", "after", data.Found.Next, "sort", data.Sort, "dir", data.Dir)) + "&" + string(data.Filter)
	}
	data.Sorts = []sortChoice{{"name", v.tr("tên", "name")}, {"sku", v.tr("mã hàng", "SKU")}, {"stars", v.tr("hạng sao", "stars")},
		{"valid_until", v.tr("hiệu lực", "validity")}, {"changed", v.tr("thay đổi trên sàn", "change there")},
		{"producer", v.tr("chủ thể", "producer")}, {"commune", v.tr("xã/phường", "commune")}}
	if isPart(r, "results") {
		return d.write(w, r, v, http.StatusOK, "listings", "results", data)
	}
	data.Choices = s.Choices()
	return d.show(w, r, v, http.StatusOK, "listings", data)
}

// tabs are the places in the summary that the filter's SKUs stand in.
func tabs(f shelf.Found, filter url.Values) []tab {
	on := map[string]bool{}
	for _, b := range filter["bucket"] {
		on[b] = true
	}
	var out []tab
	for _, b := range store.Buckets {
		n := f.Buckets[string(b)]
		if n == 0 && !on[string(b)] {
			continue
		}
		q := filterOf(filter)
		if on[string(b)] && len(on) == 1 {
			q.Del("bucket")
		} else {
			q["bucket"] = []string{string(b)}
		}
		out = append(out, tab{b, n, template.URL(q.Encode()), on[string(b)]})
	}
	return out
}

// listRows reads what is shown of the rows of one page, now.
func (v *visit) listRows(ctx ctx, found []shelf.Row, lanes []shelf.Lane) ([]listRow, error) {
	var skus, products []string
	for _, r := range found {
		if r.SKU != "" {
			skus = append(skus, r.SKU)
		} else {
			products = append(products, r.ProductCode)
		}
	}
	at := map[shelf.Row]map[string]store.SyncRow{}
	put := func(key shelf.Row, row store.SyncRow) {
		if at[key] == nil {
			at[key] = map[string]store.SyncRow{}
		}
		at[key][row.Marketplace] = row
	}
	if len(skus) > 0 {
		rows, _, err := v.d.Store.SyncStatus(ctx, store.Filter{SKUs: skus}, store.Page{Limit: 2000})
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			put(shelf.Row{ProductCode: r.ProductCode, SKU: r.SKU}, r)
		}
	}
	if len(products) > 0 {
		rows, _, err := v.d.Store.ProductStatus(ctx, store.Filter{Products: products}, store.Page{Limit: 2000})
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			put(shelf.Row{ProductCode: r.ProductCode}, store.SyncRow{Marketplace: r.Marketplace, ProductCode: r.ProductCode, ProductName: r.ProductName,
				Producer: r.Producer, Commune: r.Commune, District: r.District, ProductSet: r.ProductSet, Stars: r.Stars, ValidUntil: r.ValidUntil,
				SyncState: r.SyncState, MarketState: r.MarketState, ReasonCode: r.ReasonCode, ReasonVI: r.ReasonVI, ReasonEN: r.ReasonEN, WhoFixes: r.WhoFixes})
		}
	}
	out := make([]listRow, 0, len(found))
	for _, key := range found {
		row := listRow{SyncRow: store.SyncRow{ProductCode: key.ProductCode, SKU: key.SKU}}
		for _, l := range lanes {
			r, ok := at[key][l.Name]
			if !ok {
				row.Cells = append(row.Cells, listCell{Marketplace: l.Name, Bucket: store.BucketNotPlanned})
				continue
			}
			row.SyncRow = r
			row.Cells = append(row.Cells, listCell{Marketplace: l.Name, Bucket: store.BucketOf(r), SyncState: r.SyncState, MarketState: r.MarketState,
				Reason: v.tr(r.ReasonVI, r.ReasonEN), Who: r.WhoFixes, URL: r.RemoteURL, SeenAt: r.SeenAt})
		}
		out = append(out, row)
	}
	return out, nil
}

// exportListings writes exactly what the filter shows, a row for each
// marketplace and SKU, as CSV that Excel opens.
func (d *Dashboard) exportListings(w http.ResponseWriter, r *http.Request, v *visit) error {
	s, err := d.keeper.Fresh(r.Context())
	if err != nil {
		return err
	}
	values := r.URL.Query()
	q := queryOf(values)
	rows := s.All(q)
	lanes := s.Lanes
	if q.Lane != "" {
		lanes = []shelf.Lane{{Name: q.Lane}}
	}
	phones, err := d.phonesFor(r, v, values.Get("contacts") != "")
	if err != nil {
		return err
	}
	name := v.tr("ma-hang-", "listings-") + string(d.Today()) + ".csv"
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	out := csv.NewWriter(w)
	head := []string{v.tr("Sàn", "Marketplace"), v.tr("Mã hàng", "SKU"), v.tr("Mã sản phẩm", "Product code"), v.tr("Tên sản phẩm", "Product"),
		v.tr("Chủ thể", "Producer"), v.tr("Xã/phường", "Commune"), v.tr("Bộ sản phẩm", "Product set"), v.tr("Hạng sao", "Stars"),
		v.tr("Có giá trị đến", "Valid until"), v.tr("Tình trạng", "State"), v.tr("Lý do", "Reason"), v.tr("Ai xử lý", "Who fixes"),
		v.tr("Đọc lại lúc", "Read back at"), v.tr("Trang trên sàn", "Page")}
	if phones != nil {
		head = append(head, v.tr("Điện thoại chủ thể", "Producer's telephone"))
	}
	if _, err := w.Write([]byte("\ufeff")); err != nil {
		return nil // the reader has gone
	}
	_ = out.Write(head)
	for len(rows) > 0 {
		n := min(len(rows), 500)
		page, err := v.listRows(r.Context(), rows[:n], lanes)
		if err != nil {
			d.Log.Error("export cut short", "err", err)
			panic(http.ErrAbortHandler) // half a file must not look whole
		}
		for _, row := range page {
			for _, c := range row.Cells {
				if !cellMatches(q, c) {
					continue
				}
				record := []string{d.title(c.Marketplace), row.SKU, row.ProductCode, row.ProductName, row.Producer, row.Commune,
					setName(v.lang, row.ProductSet), v.dimensionWord("stars", string(rune('0'+row.Stars))), dayText(v, row.ValidUntil),
					bucketWord(v.lang, c.Bucket), c.Reason, whoText(v, c.Who), momentText(v, c.SeenAt), c.URL}
				if phones != nil {
					record = append(record, phones[row.ProductCode])
				}
				for i := range record {
					record[i] = plainCell(record[i])
				}
				_ = out.Write(record)
			}
		}
		rows = rows[n:]
	}
	out.Flush()
	return nil
}

// cellMatches tells whether one lane's place is what the filter asked for: a
// SKU is found when any lane is.
func cellMatches(q shelf.Query, c listCell) bool {
	has := func(list []string, s string) bool {
		if len(list) == 0 {
			return true
		}
		for _, l := range list {
			if l == s {
				return true
			}
		}
		return false
	}
	return has(q.Buckets, string(c.Bucket)) && has(q.Sync, c.SyncState) && has(q.Market, c.MarketState) && has(q.Who, c.Who)
}

// plainCell keeps a spreadsheet from taking text for a formula.
func plainCell(s string) string {
	if s != "" && (s[0] == '=' || s[0] == '+' || s[0] == '-' || s[0] == '@' || s[0] == '\t' || s[0] == '\r') {
		return "'" + s
	}
	return s
}
