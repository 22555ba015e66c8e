package adaptertest

import (
	"fmt"
	"runtime"
	"sync"
	"testing"

	"lensan/adapters"
)

// hugeBodies: an answer without end is given up, and not kept in memory.
func hugeBodies(t *testing.T, h Harness) {
	s := settle(t, h)
	ctx := t.Context()
	l := s.create(t, s.offer("004001"))
	s.market.Strike(t, Fault{Action: Reads, Kind: Huge, Size: 100 << 20})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got, err := s.a.Get(ctx, []string{l.RemoteID})
	runtime.ReadMemStats(&after)
	if err == nil || len(got) > 0 {
		t.Errorf("100 MB are taken for an answer: %v", got)
	}
	kindIs(t, "100 MB for a read", err, adapters.KindUnavailable, adapters.KindTransient)
	if held := int64(after.HeapInuse) - int64(before.HeapInuse); held > 200<<20 {
		t.Errorf("a read of 100 MB holds %d MB", held>>20)
	}
	if _, whole := s.list(t, adapters.ListQuery{}); whole {
		t.Error("100 MB are a whole list")
	}
	s.market.Calm(t)
	s.market.Strike(t, Fault{Action: Create, Kind: Huge, Size: 100 << 20, Commit: true, Count: 1})
	out := s.apply(t, s.change(t, adapters.OpCreate, s.offer("004002"), nil))[0]
	kindIs(t, "100 MB for a write", out.Err, adapters.KindAmbiguous)
}

// manyAtOnce: one adapter serves many goroutines, sign-in included.
func manyAtOnce(t *testing.T, h Harness) {
	s := settle(t, h)
	ctx := t.Context()
	const workers, each = 16, 6
	signIns := s.market.Calls(SignIn)
	var wg sync.WaitGroup
	for w := range workers {
		var cs []adapters.Change
		for i := range each {
			cs = append(cs, s.change(t, adapters.OpCreate, s.offer(fmt.Sprintf("W%02d-%d", w, i)), nil))
		}
		wg.Go(func() {
			for i, c := range cs {
				if w == 3 && i == 2 {
					s.market.Revoke(t)
				}
				out := s.a.Apply(ctx, []adapters.Change{c})[0]
				if out.Err != nil {
					t.Errorf("%s: %v", c.SKU, out.Err)
					continue
				}
				got, err := s.a.Get(ctx, []string{out.RemoteID})
				if err != nil || got[out.RemoteID].SKU != c.SKU {
					t.Errorf("%s: %v", c.SKU, err)
				}
			}
		})
	}
	wg.Wait()
	if n := s.market.Calls(SignIn) - signIns; n != 1 {
		t.Errorf("%d sign-ins after one revocation, with %d workers", n, workers)
	}
	for w := range workers {
		for i := range each {
			if n := s.market.Products(s.shop, fmt.Sprintf("W%02d-%d", w, i)); n != 1 {
				t.Errorf("W%02d-%d: %d products", w, i, n)
			}
		}
	}
}
