package adaptertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"lensan/adapters"
)

// Mutant breaks an adapter in one way. A nil function breaks nothing.
type Mutant struct {
	Name    string
	Adapter func(a adapters.Adapter, secrets []string) adapters.Adapter
	Wire    func(http.RoundTripper) http.RoundTripper
	Options func(Options) Options
	// By is the rung that must notice.
	By string
}

// broken is an adapter whose methods are replaced one by one.
type broken struct {
	adapters.Adapter
	capabilities func() adapters.Capabilities
	normalize    func(adapters.Offer, string) (adapters.Fields, []adapters.Problem)
	checkShop    func(adapters.Shop) []adapters.Problem
	encode       func(adapters.Change, adapters.Offer, *adapters.Listing) ([]byte, error)
	apply        func(context.Context, []adapters.Change) []adapters.Outcome
	get          func(context.Context, []string) (map[string]adapters.Listing, *adapters.Error)
	find         func(context.Context, string, []string) ([]adapters.Listing, *adapters.Error)
	list         func(context.Context, adapters.ListQuery) iter.Seq2[adapters.Listing, error]
	findShop     func(context.Context, string) (*adapters.RemoteShop, *adapters.Error)
	createShop   func(context.Context, adapters.Shop, string) (*adapters.RemoteShop, *adapters.Error)
	upload       func(context.Context, adapters.Image) (string, *adapters.Error)
	ping         func(context.Context) *adapters.Error
}

func (b *broken) Capabilities() adapters.Capabilities { return b.capabilities() }
func (b *broken) Normalize(o adapters.Offer, today string) (adapters.Fields, []adapters.Problem) {
	return b.normalize(o, today)
}
func (b *broken) CheckShop(s adapters.Shop) []adapters.Problem { return b.checkShop(s) }
func (b *broken) Encode(c adapters.Change, o adapters.Offer, l *adapters.Listing) ([]byte, error) {
	return b.encode(c, o, l)
}
func (b *broken) Apply(ctx context.Context, c []adapters.Change) []adapters.Outcome {
	return b.apply(ctx, c)
}
func (b *broken) Get(ctx context.Context, ids []string) (map[string]adapters.Listing, *adapters.Error) {
	return b.get(ctx, ids)
}
func (b *broken) Find(ctx context.Context, shop string, skus []string) ([]adapters.Listing, *adapters.Error) {
	return b.find(ctx, shop, skus)
}
func (b *broken) List(ctx context.Context, q adapters.ListQuery) iter.Seq2[adapters.Listing, error] {
	return b.list(ctx, q)
}
func (b *broken) FindShop(ctx context.Context, ref string) (*adapters.RemoteShop, *adapters.Error) {
	return b.findShop(ctx, ref)
}
func (b *broken) CreateShop(ctx context.Context, s adapters.Shop, key string) (*adapters.RemoteShop, *adapters.Error) {
	return b.createShop(ctx, s, key)
}
func (b *broken) UploadImage(ctx context.Context, i adapters.Image) (string, *adapters.Error) {
	return b.upload(ctx, i)
}
func (b *broken) Ping(ctx context.Context) *adapters.Error { return b.ping(ctx) }

// breaking makes a mutant of one replaced method.
func breaking(name string, replace func(b *broken, a adapters.Adapter)) Mutant {
	return Mutant{Name: name, Adapter: func(a adapters.Adapter, _ []string) adapters.Adapter { return replaced(a, replace) }}
}

func replaced(a adapters.Adapter, replace func(b *broken, a adapters.Adapter)) adapters.Adapter {
	b := &broken{
		Adapter: a, capabilities: a.Capabilities, normalize: a.Normalize, checkShop: a.CheckShop, encode: a.Encode, apply: a.Apply,
		get: a.Get, find: a.Find, list: a.List, findShop: a.FindShop, createShop: a.CreateShop, upload: a.UploadImage, ping: a.Ping,
	}
	replace(b, a)
	return b
}

// outcomes makes a mutant that alters what Apply tells.
func outcomes(name string, alter func(changes []adapters.Change, out []adapters.Outcome)) Mutant {
	return breaking(name, func(b *broken, a adapters.Adapter) {
		b.apply = func(ctx context.Context, c []adapters.Change) []adapters.Outcome {
			out := a.Apply(ctx, c)
			alter(c, out)
			return out
		}
	})
}

// failures makes a mutant that alters every error.
func failures(name string, alter func(e *adapters.Error)) Mutant {
	return breaking(name, func(b *broken, a adapters.Adapter) {
		change := func(e *adapters.Error) *adapters.Error {
			if e != nil {
				own := *e
				alter(&own)
				return &own
			}
			return nil
		}
		b.apply = func(ctx context.Context, c []adapters.Change) []adapters.Outcome {
			out := a.Apply(ctx, c)
			for i := range out {
				out[i].Err = change(out[i].Err)
			}
			return out
		}
		b.get = func(ctx context.Context, ids []string) (map[string]adapters.Listing, *adapters.Error) {
			got, err := a.Get(ctx, ids)
			return got, change(err)
		}
		b.ping = func(ctx context.Context) *adapters.Error { return change(a.Ping(ctx)) }
		b.createShop = func(ctx context.Context, s adapters.Shop, k string) (*adapters.RemoteShop, *adapters.Error) {
			got, err := a.CreateShop(ctx, s, k)
			return got, change(err)
		}
	})
}

// offers makes a mutant that alters offers before they are judged and encoded.
func offers(name string, alter func(o *adapters.Offer)) Mutant {
	return breaking(name, func(b *broken, a adapters.Adapter) {
		b.normalize = func(o adapters.Offer, today string) (adapters.Fields, []adapters.Problem) {
			alter(&o)
			return a.Normalize(o, today)
		}
		b.encode = func(c adapters.Change, o adapters.Offer, l *adapters.Listing) ([]byte, error) {
			alter(&o)
			return a.Encode(c, o, l)
		}
	})
}

// readings makes a mutant that alters every listing read.
func readings(name string, alter func(l *adapters.Listing)) Mutant {
	return breaking(name, func(b *broken, a adapters.Adapter) {
		b.get = func(ctx context.Context, ids []string) (map[string]adapters.Listing, *adapters.Error) {
			got, err := a.Get(ctx, ids)
			for id, l := range got {
				l.Fields = l.Fields.Clone()
				alter(&l)
				got[id] = l
			}
			return got, err
		}
	})
}

// Mutants are the ways, each a mistake that somebody could make.
func Mutants() []Mutant {
	all := slices.Concat(mutantsOfOutcomes(), mutantsOfReading(), mutantsOfJudging(), mutantsOfBounds())
	for i := range all {
		all[i].By = noticedBy[all[i].Name]
	}
	return all
}

func mutantsOfOutcomes() []Mutant {
	kind := func(name string, from, to adapters.Kind) Mutant {
		return failures(name, func(e *adapters.Error) {
			if e.Kind == from {
				e.Kind = to
			}
		})
	}
	return []Mutant{
		kind("an unknown outcome is called transient", adapters.KindAmbiguous, adapters.KindTransient),
		kind("an unknown outcome is called invalid", adapters.KindAmbiguous, adapters.KindInvalid),
		kind("exists is called invalid", adapters.KindExists, adapters.KindInvalid),
		kind("not found is called invalid", adapters.KindNotFound, adapters.KindInvalid),
		kind("an outage is called not found", adapters.KindUnavailable, adapters.KindNotFound),
		kind("a limit is called transient", adapters.KindThrottled, adapters.KindTransient),
		kind("a lock is called invalid", adapters.KindLocked, adapters.KindInvalid),
		kind("a cancelled call is called transient", adapters.KindCancelled, adapters.KindTransient),
		failures("a refused sign-in is the item's fault", func(e *adapters.Error) {
			if e.Kind == adapters.KindUnauthorized {
				e.WholeLane = false
			}
		}),
		failures("a failure forgets its SKU", func(e *adapters.Error) { e.SKU = "" }),
		failures("refused fields are not named", func(e *adapters.Error) { e.Fields = nil }),
		outcomes("outcomes come in another order", func(_ []adapters.Change, out []adapters.Outcome) { slices.Reverse(out) }),
		outcomes("one bad item fails its batch", func(_ []adapters.Change, out []adapters.Outcome) {
			for _, o := range out {
				if o.Err != nil {
					for i := range out {
						out[i].Err = o.Err
					}
					return
				}
			}
		}),
		outcomes("an outcome without an id", func(_ []adapters.Change, out []adapters.Outcome) {
			for i := range out {
				out[i].RemoteID = ""
			}
		}),
		outcomes("what got no answer is called done", func(c []adapters.Change, out []adapters.Outcome) {
			for i := range out {
				if adapters.KindOf(out[i].Err) == adapters.KindAmbiguous {
					out[i] = adapters.Outcome{RemoteID: c[i].RemoteID}
				}
			}
		}),
		breaking("closing does nothing", nothing(adapters.OpClose)),
		breaking("reopening does nothing", nothing(adapters.OpReopen)),
		breaking("adopting does nothing", nothing(adapters.OpAdopt)),
	}
}

// nothing claims that an operation was done.
func nothing(op adapters.Op) func(b *broken, a adapters.Adapter) {
	return func(b *broken, a adapters.Adapter) {
		b.apply = func(ctx context.Context, c []adapters.Change) []adapters.Outcome {
			if len(c) == 0 || c[0].Op != op {
				return a.Apply(ctx, c)
			}
			out := make([]adapters.Outcome, len(c))
			for i := range c {
				out[i].RemoteID = c[i].RemoteID
			}
			return out
		}
	}
}

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

// MutantNamed finds a mutant; none for no name.
func MutantNamed(t *testing.T, name string) *Mutant {
	t.Helper()
	if name == "" {
		return nil
	}
	for _, m := range Mutants() {
		if m.Name == name {
			return &m
		}
	}
	t.Fatalf("no mutant %q", name)
	return nil
}

// RunMutants runs, for each mutant, the rung that must notice it, in a process
// of its own (this test binary, told by the flag -mutant), and fails for each
// that goes unnoticed. spared names those that can't show on this
// marketplace, with the reason.
func RunMutants(t *testing.T, test string, spared map[string]string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, m := range Mutants() {
		names[m.Name] = true
		if why := spared[m.Name]; why != "" {
			continue
		}
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), self, "-test.run=^"+test+"$/^ladder$/^"+strings.ReplaceAll(m.By, " ", "_")+"$", "-test.failfast", "-test.timeout=60s", "-rapid.checks=40", "-mutant="+m.Name)
			cmd.Env = append(os.Environ(), "GOMAXPROCS="+strconv.Itoa(2))
			out, err := cmd.CombinedOutput()
			var exit *exec.ExitError
			switch {
			case err == nil:
				t.Errorf("%q passes", m.By)
			case !errors.As(err, &exit) || !bytes.Contains(out, []byte("--- FAIL: "+test)):
				t.Errorf("the suite did not run: %v\n%s", err, out[:min(len(out), 4000)])
			}
		})
	}
	for name := range maps.Keys(spared) {
		if !names[name] {
			t.Errorf("no mutant %q", name)
		}
	}
	for _, m := range Mutants() {
		if !slices.ContainsFunc(ladder, func(r rung) bool { return r.name == m.By }) {
			t.Errorf("%q is noticed by no rung %q", m.Name, m.By)
		}
	}
}
