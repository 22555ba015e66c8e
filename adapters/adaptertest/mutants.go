package adaptertest

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

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
