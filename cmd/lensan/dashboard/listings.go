package dashboard

import (
	"html/template"
	"net/http"
	"net/url"
	"strings"
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
	Code        string // of the reason
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
	Export  template.URL // the filter and the order
	Sort    string
	Dir     string
	Next    string
	Sorts   []sortChoice
	First   bool

	Producers producersData // what the field for producers offers at first
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
	asked := queryOf(values)
	q, err := d.meant(r.Context(), asked)
	if err != nil {
		return err
	}
	q.Limit = listRows
	data := &listingsData{page: v.page("listings", v.tr("Mã hàng trên sàn", "Listings")), At: s.At, Q: asked, Lanes: s.Lanes, Shown: s.Lanes, First: q.After == ""}
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
	data.Facets = v.facets(asked, values)
	data.Tabs = tabs(data.Found, filter)
	data.Export = template.URL(strings.TrimPrefix(string(link("", "sort", data.Sort, "dir", data.Dir)), "?") + "&" + filter.Encode()) //nolint:gosec // encoded
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
				Code: r.ReasonCode, Reason: v.tr(r.ReasonVI, r.ReasonEN), Who: r.WhoFixes, URL: r.RemoteURL, SeenAt: r.SeenAt})
		}
		out = append(out, row)
	}
	return out, nil
}
