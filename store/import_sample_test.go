package store_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"lensan/cmd/lensan/sample"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/register"
	"lensan/store/storetest"
)

// load imports files and pictures as the command does.
func load(ctx context.Context, s *store.Store, files []register.File, pictures register.Pictures, opts store.ImportOptions) (store.ImportReport, []catalog.Doubt, error) {
	if opts.By == "" {
		opts.By = "test"
	}
	imp, err := s.BeginImport(ctx, opts)
	if err != nil {
		return store.ImportReport{}, nil, err
	}
	defer imp.Close()
	if err := register.Load(ctx, files, pictures, imp); err != nil {
		return store.ImportReport{}, nil, err
	}
	rep, err := imp.Apply(ctx)
	var doubts []catalog.Doubt
	for d, e := range imp.AllDoubts(ctx) {
		if e != nil {
			return rep, nil, e
		}
		doubts = append(doubts, d)
	}
	return rep, doubts, err
}

func mustLoad(t *testing.T, s *store.Store, files []register.File, opts store.ImportOptions) store.ImportReport {
	t.Helper()
	rep, _, err := load(t.Context(), s, files, register.Pictures{}, opts)
	if err != nil {
		t.Fatalf("import: %v (held: %v)", err, rep.Held)
	}
	return rep
}

func csvFile(name string, lines ...string) []register.File {
	return []register.File{register.FromBytes(name, []byte(strings.Join(lines, "\n")+"\n"))}
}

func TestImportOfTheSample(t *testing.T) {
	t.Parallel()
	storetest.Each(t, store.Options{}, func(t *testing.T, s *store.Store) {
		rep, doubts, err := load(t.Context(), s, sample.Files(), sample.Pictures(), store.ImportOptions{})
		if err != nil {
			t.Fatal(err)
		}
		c := rep.Counts
		if c.RegisterRows != 277 || c.Products.Read != 274 || c.Products.Added != 274 || c.ThreeStars != 253 || c.SKUs.Added != 285 || c.Communes.Added != 130 {
			t.Errorf("counts: %+v", c)
		}
		if rep.DoubtCount != 24 || len(doubts) != 24 || rep.RowsRefused != 0 {
			t.Errorf("%d doubts, %d rows refused", rep.DoubtCount, rep.RowsRefused)
		}
		if c.Pictures.Added != 24 || rep.PictureProblems != 10 {
			t.Errorf("pictures: %+v, %d problems", c.Pictures, rep.PictureProblems)
		}
		t.Logf("counts: %+v", c)
		checkSampleDay(t, s)

		again, _, err := load(t.Context(), s, sample.Files(), sample.Pictures(), store.ImportOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if !again.Counts.ChangedNothing() || again.Counts.SKUs.Unchanged != 285 || again.Counts.Products.Unchanged != 274 || again.Digest != rep.Digest {
			t.Errorf("the same files again changed something: %+v", again.Counts)
		}
		without, _, err := load(t.Context(), s, sample.Files(), register.Pictures{}, store.ImportOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if !without.Counts.ChangedNothing() {
			t.Errorf("without --images something changed: %+v", without.Counts)
		}
	})
}

// checkSampleDay counts the sample's SKUs on 24/11/2026 by why they can't be
// listed. The order of the questions decides: not awarded before validity.
func checkSampleDay(t *testing.T, s *store.Store) {
	t.Helper()
	const day = catalog.Day("2026-11-24")
	got := map[string]int{}
	tourism := 0
	err := s.Subjects(t.Context(), catalog.Scope{}, nil, func(page []catalog.Subject) error {
		for _, sub := range page {
			if sub.SKU == nil {
				tourism++
				continue
			}
			switch st := sub.Standing; {
			case st.Stars < catalog.MinStars:
				got["not awarded"]++
			case st.Revoked:
				got["revoked"]++
			case st.ValidUntil == "":
				got["unknown"]++
			case st.ValidUntil < day:
				got["expired"]++
			default:
				got["valid"]++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got["expired"] != 62 || got["unknown"] != 22 || got["not awarded"] != 20 || got["revoked"] != 0 || got["valid"] != 181 || tourism != 6 {
		t.Errorf("on %s: %v, %d products without SKU", day, got, tourism)
	}
}

func TestDryRunWritesNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, store.Options{}, func(t *testing.T, s *store.Store) {
		rep, doubts, err := load(t.Context(), s, sample.Files(), sample.Pictures(), store.ImportOptions{DryRun: true})
		if err != nil || rep.Counts.SKUs.Added != 285 || len(doubts) != 24 {
			t.Fatalf("%+v, %d doubts, %v", rep.Counts, len(doubts), err)
		}
		imports, err := s.Imports(t.Context(), "", 10)
		if err != nil || len(imports) != 0 {
			t.Errorf("imports: %v, %v", imports, err)
		}
		if n := subjects(t, s); len(n) != 0 {
			t.Errorf("%d subjects", len(n))
		}
		if _, err := s.ImportByID(t.Context(), rep.ID); !errors.Is(err, store.ErrNoImport) {
			t.Errorf("err %v", err)
		}
	})
}

func subjects(t *testing.T, s *store.Store) map[string]catalog.Subject {
	t.Helper()
	out := map[string]catalog.Subject{}
	err := s.Subjects(t.Context(), catalog.Scope{}, nil, func(page []catalog.Subject) error {
		for _, sub := range page {
			key := sub.Product.Code
			if sub.SKU != nil {
				key = sub.SKU.Code
			}
			out[key] = sub
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTheSameRegisterFindsTheSameShopsInAnEmptyDatabase(t *testing.T) {
	t.Parallel()
	var refs []map[string]string
	now := time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC)
	for i := range 2 {
		s := storetest.Open(t, storetest.URLs(t)["sqlite"](t), store.Options{Now: func() time.Time { return now.Add(time.Duration(i) * time.Hour) }})
		files := sample.Files()
		if i == 1 {
			slices.Reverse(files)
		}
		mustLoad(t, s, files, store.ImportOptions{})
		m := map[string]string{}
		for code, sub := range subjects(t, s) {
			m[code] = sub.Product.ProducerRef
			if len(m[code]) > 50 || strings.Trim(m[code], "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
				t.Errorf("ref %q", m[code])
			}
		}
		refs = append(refs, m)
	}
	nobody := 0
	for code, ref := range refs[0] {
		if refs[1][code] != ref {
			t.Errorf("%s: %q and %q", code, ref, refs[1][code])
		}
		if ref == "" {
			nobody++
		}
	}
	if nobody != 1 { // one product's producer is blank, outside of any merged range
		t.Errorf("%d without a producer", nobody)
	}
}
