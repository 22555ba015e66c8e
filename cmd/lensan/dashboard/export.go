package dashboard

import (
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"lensan/cmd/lensan/dashboard/shelf"
	sheets "lensan/cmd/lensan/report"
	"lensan/store/catalog"
)

// export writes rows as they come, as a table that Excel opens: CSV or a
// workbook, by how the address ends.
type export interface {
	row(cells ...any)
	close() error
}

type exportColumn struct {
	title string
	width int
}

// newExport begins the answer to a request for a file called name, without
// ending.
func newExport(w http.ResponseWriter, r *http.Request, name string, columns []exportColumn) export {
	h := w.Header()
	if strings.HasSuffix(r.URL.Path, ".xlsx") {
		h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
		h.Set("Content-Disposition", `attachment; filename="`+name+`.xlsx"`)
		var list []sheets.SheetColumn
		for _, c := range columns {
			list = append(list, sheets.SheetColumn{Title: c.title, Width: c.width})
		}
		return &sheetExport{sheets.NewSheet(w, name, list...)}
	}
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+name+`.csv"`)
	_, err := io.WriteString(w, "\ufeff") // tells Excel that it is UTF-8
	out := &csvExport{csv.NewWriter(w), err}
	var head []any
	for _, c := range columns {
		head = append(head, c.title)
	}
	out.row(head...)
	return out
}

type sheetExport struct{ *sheets.Sheet }

func (e *sheetExport) row(cells ...any) { e.Row(cells...) }
func (e *sheetExport) close() error     { return e.Close() }

type csvExport struct {
	out *csv.Writer
	err error
}

func (e *csvExport) row(cells ...any) {
	if e.err != nil {
		return
	}
	record := make([]string, len(cells))
	for i, c := range cells {
		switch v := c.(type) {
		case time.Time:
			if !v.IsZero() {
				record[i] = v.Format("02/01/2006")
			}
		case string:
			record[i] = plainCell(v)
		default:
			record[i] = fmt.Sprint(v)
		}
	}
	e.err = e.out.Write(record)
}

func (e *csvExport) close() error {
	if e.out.Flush(); e.err == nil {
		e.err = e.out.Error()
	}
	return e.err
}

// exportListings writes exactly what the filter shows in the order shown, a
// row for each SKU and marketplace.
func (d *Dashboard) exportListings(w http.ResponseWriter, r *http.Request, v *visit) error {
	s, err := d.keeper.Fresh(r.Context())
	if err != nil {
		return err
	}
	values := r.URL.Query()
	q, err := d.meant(r.Context(), queryOf(values))
	if err != nil {
		return err
	}
	rows, lanes := s.All(q), s.Lanes
	if q.Lane != "" {
		lanes = []shelf.Lane{{Name: q.Lane}}
	}
	phones, err := d.phonesFor(r, v, values.Get("contacts") != "")
	if err != nil {
		return err
	}
	columns := []exportColumn{{v.tr("Sàn", "Marketplace"), 20}, {v.tr("Mã hàng", "SKU"), 12}, {v.tr("Mã sản phẩm", "Product code"), 22},
		{v.tr("Tên sản phẩm", "Product"), 34}, {v.tr("Chủ thể", "Producer"), 30}, {v.tr("Xã/phường", "Commune"), 20}, {v.tr("Bộ sản phẩm", "Product set"), 30},
		{v.tr("Hạng sao", "Stars"), 9}, {v.tr("Có giá trị đến", "Valid until"), 13}, {v.tr("Tình trạng", "State"), 18}, {v.tr("Lý do", "Reason"), 50},
		{v.tr("Ai xử lý", "Who fixes"), 18}, {v.tr("Đọc lại lúc", "Read back at"), 18}, {v.tr("Trang trên sàn", "Page"), 40}}
	if phones != nil {
		columns = append(columns, exportColumn{v.tr("Điện thoại chủ thể", "Producer's telephone"), 18})
	}
	out := newExport(w, r, v.tr("ma-hang-", "listings-")+string(d.Today()), columns)
	for size := 50; len(rows) > 0; size = 500 { // the first rows come soon
		n := min(len(rows), size)
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
				stars := any("")
				if row.Stars > 0 {
					stars = row.Stars
				}
				record := []any{d.title(c.Marketplace), row.SKU, row.ProductCode, row.ProductName, row.Producer, row.Commune,
					setName(v.lang, row.ProductSet), stars, dayCell(row.ValidUntil),
					bucketWord(v.lang, c.Bucket), c.Reason, whoText(v, c.Who), momentText(v, c.SeenAt), c.URL}
				if phones != nil {
					record = append(record, phones[row.ProductCode])
				}
				out.row(record...)
			}
		}
		rows = rows[n:]
	}
	return ended(out)
}

// exportFix writes the causes exactly as the page shows them.
func (d *Dashboard) exportFix(w http.ResponseWriter, r *http.Request, v *visit) error {
	s, err := d.keeper.Fresh(r.Context())
	if err != nil {
		return err
	}
	q, err := d.meant(r.Context(), queryOf(r.URL.Query()))
	if err != nil {
		return err
	}
	out := newExport(w, r, v.tr("can-xu-ly-", "to-fix-")+string(d.Today()), []exportColumn{{v.tr("Tình trạng", "State"), 20}, {v.tr("Nguyên nhân", "Cause"), 60},
		{v.tr("Sản phẩm", "Products"), 10}, {v.tr("Mã hàng", "SKUs"), 10}, {v.tr("Sàn", "Marketplaces"), 30}, {v.tr("Ai xử lý", "Who fixes it"), 18}, {v.tr("Cách xử lý", "How"), 60}})
	for _, c := range v.shownCauses(s, q, r.URL.Query().Get("show")) {
		var names []string
		for _, l := range c.Lanes {
			names = append(names, d.title(l))
		}
		out.row(capitalise(bucketWord(v.lang, bucketOf(c))), c.What, c.Products, c.SKUs, sentence(names), whoText(v, c.Cause.Who), c.How)
	}
	return ended(out)
}

// ended ends an answer that has begun: what could not be written whole is cut
// off, so that it does not look whole.
func ended(out export) error {
	if out.close() != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}

// dayCell is a day for a table; what is not known is an empty cell.
func dayCell(day string) time.Time {
	if day == "" {
		return time.Time{}
	}
	return catalog.Day(day).Start().In(catalog.Vietnam)
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
	return has(q.Buckets, string(c.Bucket)) && has(q.Sync, c.SyncState) && has(q.Market, c.MarketState) && has(q.Who, c.Who) && hasReason(q.Reasons, c.Code)
}

// hasReason tells whether a code is among the reasons of a filter, of which
// those that end in a dot take a whole family.
func hasReason(reasons []string, code string) bool {
	for _, r := range reasons {
		if r == code || strings.HasSuffix(r, ".") && strings.HasPrefix(code, r) {
			return true
		}
	}
	return len(reasons) == 0
}

// plainCell keeps a spreadsheet from taking text for a formula.
func plainCell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
