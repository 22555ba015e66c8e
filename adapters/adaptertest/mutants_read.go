package adaptertest

import (
	"context"
	"iter"
	"strings"
	"time"

	"lensan/adapters"
)

func mutantsOfReading() []Mutant {
	return []Mutant{
		breaking("find leaves out the last", func(b *broken, a adapters.Adapter) {
			b.find = func(ctx context.Context, shop string, skus []string) ([]adapters.Listing, *adapters.Error) {
				got, err := a.Find(ctx, shop, skus)
				return got[:max(len(got)-1, 0)], err
			}
		}),
		breaking("find looks in every shop", func(b *broken, a adapters.Adapter) {
			b.find = func(ctx context.Context, _ string, skus []string) ([]adapters.Listing, *adapters.Error) {
				return a.Find(ctx, "", skus)
			}
		}),
		breaking("a find that failed found nothing", func(b *broken, a adapters.Adapter) {
			b.find = func(ctx context.Context, shop string, skus []string) ([]adapters.Listing, *adapters.Error) {
				got, err := a.Find(ctx, shop, skus)
				if err != nil && err.Kind != adapters.KindCancelled {
					return nil, nil
				}
				return got, err
			}
		}),
		breaking("a list that broke off is whole", func(b *broken, a adapters.Adapter) {
			b.list = func(ctx context.Context, q adapters.ListQuery) iter.Seq2[adapters.Listing, error] {
				return func(yield func(adapters.Listing, error) bool) {
					for l, err := range a.List(ctx, q) {
						if err != nil || !yield(l, nil) {
							return
						}
					}
				}
			}
		}),
		breaking("a list shows its first twice", func(b *broken, a adapters.Adapter) {
			b.list = func(ctx context.Context, q adapters.ListQuery) iter.Seq2[adapters.Listing, error] {
				return func(yield func(adapters.Listing, error) bool) {
					first := true
					for l, err := range a.List(ctx, q) {
						if !yield(l, err) || first && err == nil && !yield(l, nil) {
							return
						}
						first = false
					}
				}
			}
		}),
		breaking("a list ends after its first page", func(b *broken, a adapters.Adapter) {
			b.list = func(ctx context.Context, q adapters.ListQuery) iter.Seq2[adapters.Listing, error] {
				return func(yield func(adapters.Listing, error) bool) {
					n := 0
					for l, err := range a.List(ctx, q) {
						if n++; !yield(l, err) || n == a.Capabilities().PageSize {
							return
						}
					}
				}
			}
		}),
		breaking("a list leaves out what was made by hand", func(b *broken, a adapters.Adapter) {
			b.list = func(ctx context.Context, q adapters.ListQuery) iter.Seq2[adapters.Listing, error] {
				return func(yield func(adapters.Listing, error) bool) {
					for l, err := range a.List(ctx, q) {
						if (err != nil || l.SKU != "") && !yield(l, err) {
							return
						}
					}
				}
			}
		}),
		breaking("get invents what is not there", func(b *broken, a adapters.Adapter) {
			b.get = func(ctx context.Context, ids []string) (map[string]adapters.Listing, *adapters.Error) {
				got, err := a.Get(ctx, ids)
				for _, id := range ids {
					if _, ok := got[id]; !ok && err == nil {
						got[id] = adapters.Listing{RemoteID: id, State: adapters.Absent}
					}
				}
				return got, err
			}
		}),
		breaking("a shop that was not found for an outage is not there", func(b *broken, a adapters.Adapter) {
			b.findShop = func(ctx context.Context, ref string) (*adapters.RemoteShop, *adapters.Error) {
				got, err := a.FindShop(ctx, ref)
				if err != nil && err.Kind != adapters.KindCancelled {
					return nil, nil
				}
				return got, err
			}
		}),
		readings("times are Vietnam's, called UTC", func(l *adapters.Listing) {
			l.CreatedAt, l.UpdatedAt = l.CreatedAt.Add(7*time.Hour), l.UpdatedAt.Add(7*time.Hour)
		}),
		readings("closed is called absent", func(l *adapters.Listing) {
			if l.State == adapters.Closed {
				l.State = adapters.Absent
			}
		}),
		readings("pending is called live", func(l *adapters.Listing) {
			if l.State == adapters.PendingReview {
				l.State = adapters.Live
			}
		}),
		readings("a moderator's words are lost", func(l *adapters.Listing) { l.Rejections = nil }),
		readings("leading zeros are lost", func(l *adapters.Listing) { l.SKU = strings.TrimLeft(l.SKU, "0") }),
		readings("the list price is not read", func(l *adapters.Listing) { delete(l.Fields, adapters.FieldListPrice) }),
	}
}
