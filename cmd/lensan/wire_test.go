package main

import (
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"lensan/adapters"
	"lensan/config"
)

// overheard answers every request with one body and keeps what was asked.
type overheard struct {
	mu    sync.Mutex
	asked []string
	body  string
}

func (o *overheard) RoundTrip(r *http.Request) (*http.Response, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.asked = append(o.asked, r.Method+" "+r.URL.Host+r.URL.Path)
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(o.body)), Request: r}, nil
}

// A write to a marketplace that is neither the sandbox nor on this machine
// leaves this program, to that address and no other.
func TestRealMarketplacesAreWrittenTo(t *testing.T) {
	t.Parallel()
	cfg, err := config.Load(config.Sources{Lanes: laneSpecs(), Environ: []string{"LENSAN_DATA_DIR=" + t.TempDir(), "LENSAN_VOSO_ENABLED=false",
		"LENSAN_POSTMART_URL=https://partner.example.vn/api", "LENSAN_POSTMART_CLIENT_ID=tinh", "LENSAN_POSTMART_CLIENT_SECRET=s33d"}})
	if err != nil {
		t.Fatal(err)
	}
	wire := &overheard{body: `{"access_token":"t","token_type":"Bearer","expires_in":3600}`}
	open, err := openAdaptersOver(cfg, nil, slog.New(slog.DiscardHandler), func(string) http.RoundTripper { return wire })
	if err != nil {
		t.Fatal(err)
	}
	outcomes := open["postmart"].Apply(t.Context(), []adapters.Change{{Op: adapters.OpClose, SKU: "NM00001", RemoteID: "77", Reason: adapters.CloseExpired, Payload: []byte(`{"reason":"recognition_expired"}`)}})
	if len(outcomes) != 1 || adapters.KindOf(outcomes[0].Err) == adapters.KindUnsupported {
		t.Fatalf("outcomes %+v", outcomes)
	}
	writes := slices.DeleteFunc(slices.Clone(wire.asked), func(s string) bool { return !strings.HasPrefix(s, "POST ") || strings.Contains(s, "oauth") })
	if len(writes) != 1 || !strings.HasPrefix(writes[0], "POST partner.example.vn/api/") || !strings.Contains(writes[0], "/77") {
		t.Errorf("asked %q, want one closing of 77 there", wire.asked)
	}
}
