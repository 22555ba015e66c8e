package dashboard

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// sheet reads a downloaded workbook.
func (c *client) sheet(path string) [][]string {
	c.t.Helper()
	resp, body := c.get(path)
	if resp.StatusCode != http.StatusOK || !strings.HasSuffix(resp.Header.Get("Content-Disposition"), `.xlsx"`) {
		c.t.Fatalf("%s: %d %v", path, resp.StatusCode, resp.Header)
	}
	f, err := excelize.OpenReader(strings.NewReader(body))
	if err != nil {
		c.t.Fatal(path, err)
	}
	defer f.Close()
	rows, err := f.GetRows(f.GetSheetName(0))
	if err != nil {
		c.t.Fatal(err)
	}
	return rows
}

func (c *client) table(path string) [][]string {
	c.t.Helper()
	_, body := c.get(path)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff"))).ReadAll()
	if err != nil {
		c.t.Fatal(path, err)
	}
	return rows
}

func TestAWorkbookHoldsWhatTheTableHoldsInTheOrderShown(t *testing.T) {
	t.Parallel()
	s := newSite(t, 200, nil)
	c := s.client(t)
	for _, filter := range []string{"", "lane=voso&bucket=needs_fixing", "sort=stars&dir=desc&q=nuoc+mam", "reason=images.missing"} {
		book, table := c.sheet("/listings.xlsx?"+filter), c.table("/listings.csv?"+filter)
		if len(book) != len(table) || len(book) < 2 {
			t.Fatalf("%s: %d rows in the workbook, %d in the table", filter, len(book), len(table))
		}
		for i := range book {
			for col := range 12 {
				if got, want := cell(book[i], col), strings.TrimPrefix(table[i][col], "'"); got != want {
					t.Fatalf("%s: row %d column %d is %q, want %q", filter, i, col, got, want)
				}
			}
		}
	}
	stars := 5
	for _, row := range c.table("/listings.csv?sort=stars&dir=desc")[1:] {
		n, _ := strconv.Atoi(row[7])
		if n > stars {
			t.Fatalf("%d stars after %d", n, stars)
		}
		stars = n
	}
	for _, row := range c.table("/listings.csv?reason=images.missing")[1:] {
		if !strings.Contains(row[10], "ảnh") {
			t.Errorf("%v stands in the table for another reason", row)
		}
	}
}

func cell(row []string, i int) string {
	if i < len(row) {
		return row[i]
	}
	return ""
}

func TestTheCausesAreExportedAsShown(t *testing.T) {
	t.Parallel()
	s := newSite(t, 200, nil)
	c := s.client(t)
	for _, filter := range []string{"", "show=all", "lane=voso", "who=producer", "commune=X%C3%A3+Nam+%C4%90%C3%A0n"} {
		_, page := c.get("/fix?" + filter)
		shown := strings.Count(page, `<li class="fixrow">`)
		book, table := c.sheet("/fix.xlsx?"+filter), c.table("/fix.csv?"+filter)
		if len(book)-1 != shown || len(table)-1 != shown {
			t.Errorf("%s: %d causes shown, %d in the workbook, %d in the table", filter, shown, len(book)-1, len(table)-1)
		}
		for _, row := range table[1:] {
			if row[1] == "" || row[2] == "0" || filter == "who=producer" && row[5] != "chủ thể" {
				t.Errorf("%s: %v", filter, row)
			}
		}
	}
}

func TestTelephonesAreExportedByOperatorsOnlyAndAudited(t *testing.T) {
	t.Parallel()
	s := newSite(t, 60, func(o *Options) { o.UsersFile = usersOf(t, "an:operator", "chi:viewer") })
	if resp, _ := s.signedIn(t, "chi").get("/listings.xlsx?contacts=1"); resp.StatusCode != http.StatusForbidden {
		t.Errorf("a viewer: %d", resp.StatusCode)
	}
	if rows := s.signedIn(t, "chi").sheet("/listings.xlsx"); len(rows[0]) != 14 {
		t.Errorf("a viewer's columns: %v", rows[0])
	}
	if rows := s.signedIn(t, "an").sheet("/listings.xlsx?contacts=1&stars=4"); len(rows[0]) != 15 || cell(rows[1], 14) == "" {
		t.Errorf("an operator's columns: %v", rows[:2])
	}
	if n := s.Int(t, "SELECT COUNT(*) FROM events WHERE kind = 'export.personal' AND actor = 'an'"); n != 1 {
		t.Errorf("%d in the audit, want 1", n)
	}
}
