package store

import (
	"strings"

	"lensan/store/catalog"
)

// Filter narrows the views. Empty slices narrow nothing; within one slice any
// matches, between slices all must.
type Filter struct {
	Marketplaces []string
	SKUs         []string
	Products     []string // product codes
	Producers    []string // producer refs or names
	Communes     []string // commune codes or names
	Districts    []string
	Sets         []string
	Stars        []int
	SyncStates   []string
	MarketStates []string
	// Reasons are reason codes; one that ends in "." takes the whole family
	// ("voso.").
	Reasons []string
	Who     []string
	// OnSale narrows to live (true) or to everything else (false).
	OnSale *bool
}

// FilterOf is the filter of a command's scope, without its Only and Limit,
// which need a plan to be answered.
func FilterOf(s catalog.Scope) Filter {
	return Filter{
		Marketplaces: s.Marketplaces, SKUs: s.SKUs, Products: s.Products, Producers: s.Producers,
		Communes: s.Communes, Districts: s.Districts, Sets: s.Sets, Stars: s.Stars,
	}
}

// where gives the terms over a view named v, with slices for sqlx.In.
func (f Filter) where(bySKU bool) (terms []string, args []any) {
	add := func(term string, a ...any) { terms, args = append(terms, term), append(args, a...) }
	in := func(column string, values []string) {
		if len(values) > 0 {
			add("v."+column+" IN (?)", values)
		}
	}
	in("marketplace", f.Marketplaces)
	if bySKU {
		in("sku", f.SKUs)
	} else if len(f.SKUs) > 0 {
		add("v.product_code IN (SELECT product_code FROM skus WHERE sku IN (?))", f.SKUs)
	}
	in("product_code", f.Products)
	if len(f.Producers) > 0 {
		add("v.product_code IN (SELECT p.code FROM products p JOIN producers r ON r.ref = p.producer_ref WHERE r.ref IN (?) OR r.name IN (?))", f.Producers, f.Producers)
	}
	if len(f.Communes) > 0 {
		add("v.product_code IN (SELECT code FROM products WHERE commune_code IN (?) OR commune_name IN (?))", f.Communes, f.Communes)
	}
	in("district", f.Districts)
	in("product_set", f.Sets)
	if len(f.Stars) > 0 {
		add("v.stars IN (?)", f.Stars)
	}
	in("sync_state", f.SyncStates)
	in("market_state", f.MarketStates)
	in("who_fixes", f.Who)
	if len(f.Reasons) > 0 {
		var any []string
		for _, code := range f.Reasons {
			if strings.HasSuffix(code, ".") {
				any, args = append(any, "v.reason_code LIKE ? ESCAPE '\\'"), append(args, likePrefix(code))
			} else {
				any, args = append(any, "v.reason_code = ?"), append(args, code)
			}
		}
		terms = append(terms, "("+strings.Join(any, " OR ")+")")
	}
	if f.OnSale != nil {
		if *f.OnSale {
			add("v.market_state = 'live'")
		} else {
			add("v.market_state <> 'live'")
		}
	}
	return terms, args
}

// likePrefix is a LIKE pattern for everything that begins with s.
func likePrefix(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s) + "%"
}
