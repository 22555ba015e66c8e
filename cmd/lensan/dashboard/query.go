package dashboard

import (
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"lensan/cmd/lensan/dashboard/shelf"
	"lensan/store"
	"lensan/store/catalog"
)

// queryNames are the names of a filter in addresses, in the order in which
// they are written.
var queryNames = []string{"q", "lane", "bucket", "sync", "market", "reason", "who", "stars", "set", "commune", "district", "producer",
	"product", "flagship", "from", "to"}

// queryOf reads a filter from an address. What is not understood narrows
// nothing.
func queryOf(v url.Values) shelf.Query {
	list := func(name string) []string {
		return slices.DeleteFunc(slices.Clone(v[name]), func(s string) bool { return s == "" })
	}
	q := shelf.Query{
		Text: v.Get("q"), Lane: v.Get("lane"), Buckets: list("bucket"), Sync: list("sync"), Market: list("market"),
		Reasons: list("reason"), Who: list("who"), Sets: list("set"), Communes: list("commune"), Districts: list("district"),
		Producers: list("producer"), Products: list("product"), Flagship: v.Get("flagship") != "",
		ValidFrom: v.Get("from"), ValidTo: v.Get("to"),
		Sort: shelf.ParseSort(v.Get("sort")), Desc: v.Get("dir") == "desc", After: v.Get("after"),
	}
	for _, s := range list("stars") {
		if n, err := strconv.Atoi(s); err == nil {
			q.Stars = append(q.Stars, n)
		}
	}
	return q
}

// filterOf keeps what is a filter of an address, without order and page.
func filterOf(v url.Values) url.Values {
	out := url.Values{}
	for _, name := range queryNames {
		for _, s := range v[name] {
			if s != "" {
				out.Add(name, s)
			}
		}
	}
	return out
}

// scopeOf makes a run's scope of a filter: by what it narrows where a scope
// can say that, else by the SKUs it finds now.
func scopeOf(s *shelf.Shelf, q shelf.Query) (scope catalog.Scope, skus int) {
	var found []string
	for _, r := range s.All(q) {
		if r.SKU != "" {
			found = append(found, r.SKU)
		}
	}
	if q.Lane != "" {
		scope.Marketplaces = []string{q.Lane}
	}
	plain := q.Text == "" && !q.Flagship && q.ValidFrom == "" && q.ValidTo == "" &&
		len(q.Buckets)+len(q.Sync)+len(q.Market)+len(q.Reasons)+len(q.Who) == 0
	if !plain {
		scope.SKUs = found
		return scope, len(found)
	}
	scope.Products, scope.Producers, scope.Communes = q.Products, q.Producers, q.Communes
	scope.Districts, scope.Sets, scope.Stars = q.Districts, q.Sets, q.Stars
	return scope, len(found)
}

// facet is one part of a filter in words, and the address without it.
type facet struct {
	Label   string
	Without template.URL
}

// facets are the parts of a filter that are set.
func (v *visit) facets(q shelf.Query, values url.Values) []facet {
	var out []facet
	add := func(name, value, label string) {
		rest := filterOf(values)
		rest[name] = slices.DeleteFunc(slices.Clone(rest[name]), func(s string) bool { return s == value })
		out = append(out, facet{label, template.URL(rest.Encode())}) //nolint:gosec // encoded
	}
	if q.Text != "" {
		add("q", q.Text, "“"+q.Text+"”")
	}
	if q.Lane != "" {
		add("lane", q.Lane, v.d.title(q.Lane))
	}
	for _, s := range q.Buckets {
		add("bucket", s, bucketWord(v.lang, store.Bucket(s)))
	}
	for _, s := range q.Sync {
		add("sync", s, v.tr("đồng bộ: ", "sync: ")+strings.ReplaceAll(syncWord(v.lang, s), "_", " "))
	}
	for _, s := range q.Market {
		add("market", s, v.tr("trên sàn: ", "there: ")+marketWord(v.lang, s))
	}
	for _, s := range q.Reasons {
		e := explained(s)
		if strings.HasSuffix(s, ".") {
			add("reason", s, s+"…")
			continue
		}
		add("reason", s, v.tr(e.VI, e.EN))
	}
	for _, s := range q.Who {
		add("who", s, v.tr("người xử lý: ", "who: ")+whoWord(v.lang, s))
	}
	for _, n := range q.Stars {
		s := strconv.Itoa(n)
		add("stars", s, v.dimensionWord("stars", s))
	}
	for _, s := range q.Sets {
		add("set", s, setName(v.lang, s))
	}
	for _, s := range q.Communes {
		add("commune", s, s)
	}
	for _, s := range q.Districts {
		add("district", s, v.tr("huyện cũ ", "former district ")+s)
	}
	for _, s := range q.Producers {
		add("producer", s, v.tr("chủ thể ", "producer ")+s)
	}
	for _, s := range q.Products {
		add("product", s, s)
	}
	if q.Flagship {
		add("flagship", values.Get("flagship"), v.tr("sản phẩm mũi nhọn", "flagship"))
	}
	if q.ValidFrom != "" {
		add("from", q.ValidFrom, v.tr("hiệu lực đến từ ", "valid from ")+catalog.Day(q.ValidFrom).Shown())
	}
	if q.ValidTo != "" {
		add("to", q.ValidTo, v.tr("hết hiệu lực trước hoặc vào ", "ends by ")+catalog.Day(q.ValidTo).Shown())
	}
	return out
}
