package adaptertest

import (
	"slices"
	"strings"

	"lensan/adapters"
)

func mutantsOfJudging() []Mutant {
	withStock := func(fields []adapters.Field) []adapters.Field {
		if slices.Contains(fields, adapters.FieldPrice) && !slices.Contains(fields, adapters.FieldStock) {
			return append(slices.Clone(fields), adapters.FieldStock)
		}
		return fields
	}
	normalize := func(name string, alter func(o adapters.Offer, f adapters.Fields, p []adapters.Problem) []adapters.Problem) Mutant {
		return breaking(name, func(b *broken, a adapters.Adapter) {
			b.normalize = func(o adapters.Offer, today string) (adapters.Fields, []adapters.Problem) {
				f, p := a.Normalize(o, today)
				return f, alter(o, f, p)
			}
		})
	}
	without := func(field string) func(adapters.Offer, adapters.Fields, []adapters.Problem) []adapters.Problem {
		return func(_ adapters.Offer, _ adapters.Fields, p []adapters.Problem) []adapters.Problem {
			return slices.DeleteFunc(p, func(p adapters.Problem) bool { return p.Field == field })
		}
	}
	return []Mutant{
		breaking("a price carries the stock along", func(b *broken, a adapters.Adapter) {
			b.encode = func(c adapters.Change, o adapters.Offer, l *adapters.Listing) ([]byte, error) {
				if c.Op == adapters.OpUpdateOffer {
					c.Fields = withStock(c.Fields)
				}
				return a.Encode(c, o, l)
			}
		}),
		breaking("a change of content carries everything along", func(b *broken, a adapters.Adapter) {
			b.encode = func(c adapters.Change, o adapters.Offer, l *adapters.Listing) ([]byte, error) {
				if c.Op == adapters.OpUpdateContent {
					c.Fields = adapters.ContentFields
				}
				return a.Encode(c, o, l)
			}
		}),
		breaking("the same item is other bytes each time", func(b *broken, a adapters.Adapter) {
			n := 0
			b.encode = func(c adapters.Change, o adapters.Offer, l *adapters.Listing) ([]byte, error) {
				n++
				p, err := a.Encode(c, o, l)
				if err != nil {
					return p, err
				}
				return append(p, []byte(strings.Repeat(" ", n%7))...), nil
			}
		}),
		normalize("names are compared as they were typed", func(o adapters.Offer, f adapters.Fields, p []adapters.Problem) []adapters.Problem {
			if _, ok := f[adapters.FieldName]; ok {
				f[adapters.FieldName] = o.Name
			}
			return p
		}),
		normalize("names are folded too far", func(_ adapters.Offer, f adapters.Fields, p []adapters.Problem) []adapters.Problem {
			if v, ok := f[adapters.FieldName]; ok {
				f[adapters.FieldName] = strings.ToLower(v)
			}
			return p
		}),
		normalize("unknown stock is none left", func(o adapters.Offer, f adapters.Fields, p []adapters.Problem) []adapters.Problem {
			if o.Stock == nil {
				f[adapters.FieldStock] = "0"
			}
			return p
		}),
		normalize("a name may be of any length", without("name")),
		normalize("a recognition never ends", without("ocop")),
		normalize("any picture will do", without("images")),
		normalize("any price will do", without("price")),
		normalize("everything is sold everywhere", without("category")),
		normalize("one problem takes every field away", func(_ adapters.Offer, f adapters.Fields, p []adapters.Problem) []adapters.Problem {
			if len(p) > 0 {
				clear(f)
			}
			return p
		}),
		offers("prices are rounded to fit", func(o *adapters.Offer) { o.Price = max(o.Price/10_000*10_000, 1000) }),
		offers("names are cut to fit", func(o *adapters.Offer) { o.Name = string([]rune(o.Name)[:min(len([]rune(o.Name)), 60)]) }),
		offers("weights are rounded to ten grams", func(o *adapters.Offer) { o.WeightGrams = o.WeightGrams / 10 * 10 }),
		breaking("any shop will do", func(b *broken, _ adapters.Adapter) {
			b.checkShop = func(adapters.Shop) []adapters.Problem { return nil }
		}),
		breaking("reviews are not known of", func(b *broken, a adapters.Adapter) {
			b.capabilities = func() adapters.Capabilities {
				c := a.Capabilities()
				c.ReviewFields = nil
				return c
			}
		}),
		breaking("the same picture is said to keep its id, or not to", func(b *broken, a adapters.Adapter) {
			b.capabilities = func() adapters.Capabilities {
				c := a.Capabilities()
				c.SameImageSameID = !c.SameImageSameID
				return c
			}
		}),
		breaking("writes are said to be conditional, or not to be", func(b *broken, a adapters.Adapter) {
			b.capabilities = func() adapters.Capabilities {
				c := a.Capabilities()
				c.Conditional = !c.Conditional
				return c
			}
		}),
	}
}
