package dashboard

import (
	"net/url"
	"testing"

	"lensan/cmd/lensan/dashboard/shelf"
)

// loadPage is one kind of page; its paths are asked for in turn.
type loadPage struct {
	name  string
	paths []string
	start bool // a file: until its first bytes
}

// loadPages are all pages and lists that read much, with many searches,
// filters, orders and deep pages of each.
func loadPages(t *testing.T, s *site) []loadPage {
	q := func(words ...string) (out []string) {
		for _, w := range words {
			out = append(out, "/listings?q="+url.QueryEscape(w))
		}
		return out
	}
	pages := []loadPage{
		{name: "home", paths: []string{"/", "/?by=stars", "/?by=set", "/?by=district", "/?by=commune&all=1"}},
		{name: "fix", paths: []string{"/fix", "/fix?lane=voso", "/fix?who=producer", "/fix?show=all", "/fix?stars=5&set=07"}},
		{name: "listings", paths: []string{"/listings"}},
		{name: "search: common words", paths: q("nuoc mam", "cam", "mat ong", "htx", "chau")},
		{name: "search: letters", paths: q("a", "ca", "n", "e", "0")},
		{name: "search: rare", paths: q("NA0000123-1", "40-416-16703-4-", "htx nam dan 40", "cong ty vinh 3", "na00009")},
		{name: "search: accents", paths: q("Nước mắm Quỳ Châu", "Mật ong đặc biệt", "hương trầm Đô Lương", "BỘT SẮN DÂY", "giò bê")},
		{name: "search: nothing", paths: q("khong co", "zzz", "nuoc mam zzz", "shopee", "phở bò")},
		{name: "listings by state", paths: []string{"/listings?lane=voso&bucket=needs_fixing", "/listings?bucket=live", "/listings?lane=postmart&market=live&sync=applied",
			"/listings?lane=voso&reason=images.", "/listings?who=producer", "/listings?reason=excluded.expired", "/listings?sync=checking"}},
		{name: "listings by product", paths: []string{"/listings?stars=5", "/listings?set=07&set=08", "/listings?commune=" + url.QueryEscape("Xã Nam Đàn"), "/listings?commune=16703",
			"/listings?district=Vinh", "/listings?producer=p000012", "/listings?flagship=1", "/listings?from=2026-11-24&to=2027-02-22"}},
		{name: "search and filter", paths: []string{"/listings?q=mam&lane=voso&bucket=live&stars=4&sort=valid_until", "/listings?q=ca&bucket=needs_fixing&sort=changed&dir=desc",
			"/listings?q=chau&set=03&sort=producer", "/listings?q=nuoc+mam&who=producer&dir=desc"}},
		{name: "product", paths: productPaths(t, s)},
		{name: "runs", paths: []string{"/runs"}},
		{name: "run of 100 %", paths: []string{"/runs/" + bigRun, "/runs/" + openRun}},
		{name: "new run", paths: []string{"/runs/new", "/runs/new?lane=voso&bucket=needs_fixing", "/runs/new?q=nuoc+mam"}},
		{name: "decisions", paths: []string{"/decisions"}},
		{name: "audit", paths: []string{"/audit", "/audit?kind=run.", "/audit?actor=an", "/audit?sku=NA0000123-1", "/audit?kind=token.", "/audit?actor=nobody", "/audit?run=" + bigRun, "/audit?kind=listing.&actor=lensan"}},
		{name: "lanes, schedules, imports", paths: []string{"/lanes", "/schedules", "/imports", "/health"}},
		{name: "export begins", start: true, paths: []string{"/listings.csv", "/listings.csv?q=nuoc+mam", "/listings.csv?lane=voso&bucket=needs_fixing"}},
		{name: "api listings", paths: []string{"/api/v1/listings?q=cam&limit=50", "/api/v1/listings?limit=100", "/api/v1/listings?lane=voso&bucket=needs_fixing&limit=50", "/api/v1/listings?q=mat+ong&sort=changed&dir=desc&limit=50"}},
		{name: "api products", paths: []string{"/api/v1/products?limit=50", "/api/v1/products?limit=50&stars=5", "/api/v1/products?limit=50&lane=voso&sync=needs_fixing",
			"/api/v1/products?limit=50&who=operator&set=26", "/api/v1/products?limit=50&reason=no.such", "/api/v1/products?limit=50&producer=p000012"}},
		{name: "api counts", paths: []string{"/api/v1/summary", "/api/v1/coverage", "/api/v1/coverage?dimension=commune", "/api/v1/causes", "/api/v1/causes?lane=voso&stars=3"}},
		{name: "api runs, events", paths: []string{"/api/v1/runs", "/api/v1/runs/" + bigRun, "/api/v1/events", "/api/v1/decisions", "/api/v1/lanes", "/api/v1/events?kind=import."}},
	}
	sorts := loadPage{name: "listings by each order"}
	for _, o := range []string{"name", "sku", "stars", "valid_until", "changed", "producer", "commune"} {
		sorts.paths = append(sorts.paths, "/listings?sort="+o, "/listings?sort="+o+"&dir=desc")
	}
	return append(pages, sorts, deepPages(t, s))
}

// deepPages are pages far behind the first.
func deepPages(t *testing.T, s *site) loadPage {
	deep := loadPage{name: "deep pages"}
	sh, err := s.keeper.Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []shelf.Query{{}, {Desc: true}, {Sort: shelf.ByChange, Desc: true}, {Text: "mam", Sort: shelf.ByStars}, {Sort: shelf.ByProducer}} {
		c.Limit = sh.SKUs() / 3
		if c.Text != "" {
			c.Limit /= 40
		}
		found, err := sh.Find(c)
		if err != nil {
			t.Fatal(err)
		}
		path := "/listings?sort=" + c.Sort.String() + "&q=" + c.Text + "&after=" + url.QueryEscape(found.Next)
		if c.Desc {
			path += "&dir=desc"
		}
		deep.paths = append(deep.paths, path)
	}
	return deep
}

func productPaths(t *testing.T, s *site) (out []string) {
	sh, err := s.keeper.Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	found, err := sh.Find(shelf.Query{Sort: shelf.BySKU, Limit: 3})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range found.Rows {
		out = append(out, "/products/"+r.ProductCode, "/api/v1/products/"+r.ProductCode)
	}
	return out
}
