package worker

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"lensan/store"
	"lensan/store/storetest"
)

// F27: SQLite's disk is full for a while in mid-run. What was sent meanwhile
// and could not be recorded is found again, not sent again.
func TestF27_DiskFullInMidRun(t *testing.T) {
	t.Parallel()
	p := pair{store: storetest.Open(t, storetest.URLs(t)["sqlite"](t), storeWords), embedded: true, open: func(t *testing.T) *Queue { return openQueue(t, QueueURLEmbedded) }}
	m := newMarket(t, p.store, nil)
	m.importSample()
	heard := &fullListener{Handler: m.log.Handler()}
	m.log = slog.New(heard)
	m.process(t, p, nil)
	full := make(chan struct{})
	var once sync.Once
	m.atCalls(map[int64]bool{120: true}, func() {
		once.Do(func() {
			if err := p.store.LimitPages(context.Background(), 1); err != nil {
				t.Error(err)
			}
			close(full)
		})
	})
	run := p.request(t)
	<-full
	m.await("the engine meets the full disk", func() bool { return heard.n.Load() >= 5 })
	// Whoever writes is told what is wrong.
	if err := p.store.SetSetting(t.Context(), "large", strings.Repeat("x", 1<<20)); !store.IsFull(err) {
		t.Errorf("not told as a full disk: %v", err)
	}
	if err := p.store.LimitPages(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	m.wantAllListedOnce(p, run.ID)
}

// fullListener counts what is logged about a full disk.
type fullListener struct {
	slog.Handler
	n atomic.Int32
}

// Enabled keeps errors coming whatever the handler below takes.
func (l *fullListener) Enabled(_ context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn
}

// Handle looks for an error that is a full disk.
func (l *fullListener) Handle(ctx context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if err, ok := a.Value.Any().(error); ok && store.IsFull(err) {
			l.n.Add(1)
		}
		return true
	})
	if !l.Handler.Enabled(ctx, r.Level) {
		return nil
	}
	return l.Handler.Handle(ctx, r)
}
