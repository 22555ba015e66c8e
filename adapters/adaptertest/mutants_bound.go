package adaptertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"

	"lensan/adapters"
)

func mutantsOfBounds() []Mutant {
	return []Mutant{
		{Name: "a dry run writes", Options: func(o Options) Options { o.ReadOnly = false; return o }},
		{Name: "a write that fails is sent again", Wire: func(next http.RoundTripper) http.RoundTripper {
			return roundTrip(func(r *http.Request) (*http.Response, error) {
				var body []byte
				if r.Body != nil {
					body, _ = io.ReadAll(r.Body)
					r.Body.Close()
				}
				send := func() (*http.Response, error) {
					again := r.Clone(r.Context())
					again.Body = io.NopCloser(bytes.NewReader(body))
					return next.RoundTrip(again)
				}
				resp, err := send()
				if err != nil && r.Context().Err() == nil {
					resp, err = send()
				}
				return resp, err
			})
		}},
		{Name: "a secret is told", Adapter: func(a adapters.Adapter, secrets []string) adapters.Adapter {
			return replaced(a, func(b *broken, a adapters.Adapter) {
				b.ping = func(ctx context.Context) *adapters.Error {
					err := a.Ping(ctx)
					if err != nil {
						own := *err
						own.Err = fmt.Errorf("with %s: %w", secrets[0], err.Err)
						return &own
					}
					return nil
				}
			})
		}},
		breaking("a telephone is told", func(b *broken, a adapters.Adapter) {
			b.createShop = func(ctx context.Context, s adapters.Shop, k string) (*adapters.RemoteShop, *adapters.Error) {
				got, err := a.CreateShop(ctx, s, k)
				if err != nil {
					own := *err
					own.Err = errors.New("phone " + s.Phone)
					return got, &own
				}
				return got, nil
			}
		}),
		{Name: "a telephone is logged", Options: func(o Options) Options {
			if o.Log != nil {
				o.Log = o.Log.With(slog.String("shop", phone))
			}
			return o
		}},
		breaking("a context is not looked at", func(b *broken, a adapters.Adapter) {
			b.get = func(_ context.Context, ids []string) (map[string]adapters.Listing, *adapters.Error) {
				return a.Get(context.Background(), ids)
			}
		}),
		breaking("pictures are uploaded twice", func(b *broken, a adapters.Adapter) {
			b.upload = func(ctx context.Context, i adapters.Image) (string, *adapters.Error) {
				if _, err := a.UploadImage(ctx, i); err != nil {
					return "", err
				}
				return a.UploadImage(ctx, i)
			}
		}),
		breaking("a goroutine is left behind", func(b *broken, a adapters.Adapter) {
			b.ping = func(ctx context.Context) *adapters.Error {
				go func() { <-make(chan struct{}) }()
				return a.Ping(ctx)
			}
		}),
	}
}
