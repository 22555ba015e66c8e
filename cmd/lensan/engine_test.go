package main

import (
	"log/slog"
	"testing"

	"lensan/config"
)

// A batch fills whole calls: 100 prices fit into one call to Postmart, but 39
// can be read within two seconds at 20 requests a second.
func TestBatchesFillWholeCalls(t *testing.T) {
	t.Parallel()
	for rate, want := range map[string]int{"20": 78, "51": 100, "200": 100} {
		cfg, err := config.Load(config.Sources{Lanes: laneSpecs(), Environ: []string{"LENSAN_DATA_DIR=" + t.TempDir(), "LENSAN_POSTMART_RATE=" + rate}})
		if err != nil {
			t.Fatal(err)
		}
		open, err := openAdapters(cfg, nil, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lanesFor(open, nil) {
			wanted := map[string]map[string]int{"postmart": {"update_offer": want, "create": batchFallback}, "voso": {"update_offer": 50, "create": 50, "close": 50}}[l.Name]
			for op, n := range wanted {
				if l.ByOp[op] != n {
					t.Errorf("%s at %s a second: batches of %d for %s, want %d", l.Name, rate, l.ByOp[op], op, n)
				}
			}
		}
	}
}
