package worker

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"lensan/store"
	"lensan/store/catalog"
)

// infoServer speaks just enough of Redis's protocol to say what it is.
func infoServer(t *testing.T, info string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serveInfo(c, info)
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return "redis://:sesame@" + l.Addr().String() + "/0"
}

func serveInfo(c net.Conn, info string) {
	defer c.Close()
	r := bufio.NewReader(c)
	for {
		var n int
		if _, err := fmt.Fscanf(r, "*%d\r\n", &n); err != nil {
			return
		}
		var args []string
		for range n {
			var size int
			if _, err := fmt.Fscanf(r, "$%d\r\n", &size); err != nil {
				return
			}
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			args = append(args, strings.TrimSpace(line))
		}
		switch strings.ToLower(args[0]) {
		case "info":
			fmt.Fprintf(c, "$%d\r\n%s\r\n", len(info), info)
		case "auth", "select":
			fmt.Fprint(c, "+OK\r\n")
		default:
			fmt.Fprint(c, "-ERR unknown command\r\n")
		}
	}
}

func TestAQueueThatLosesJobsIsRefused(t *testing.T) {
	for _, c := range []struct {
		name, info string
		want       error
	}{
		{"a good one", "redis_version:7.0.15\r\nmaxmemory_policy:noeviction\r\n", nil},
		{"Valkey", "redis_version:7.2.4\r\nserver_name:valkey\r\nmaxmemory_policy:noeviction\r\n", nil},
		{"too old", "redis_version:6.0.16\r\nmaxmemory_policy:noeviction\r\n", ErrQueueTooOld},
		{"one that evicts", "redis_version:7.0.15\r\nmaxmemory_policy:allkeys-lru\r\n", ErrQueueEvicts},
		{"one that says nothing", "", ErrQueueTooOld},
	} {
		t.Run(c.name, func(t *testing.T) {
			q, err := OpenQueue(t.Context(), infoServer(t, c.info), nil)
			if err == nil {
				q.Close()
			}
			var known *QueueError
			if !errors.Is(err, c.want) || (c.want != nil && !errors.As(err, &known)) {
				t.Fatal(err)
			}
		})
	}
}

func TestURLsOfQueues(t *testing.T) {
	for _, c := range []struct {
		url  string
		want error
	}{
		{"http://localhost", ErrQueueURL},
		{"", ErrQueueURL},
		{"redis://user:sesame@127.0.0.1:notaport/0", ErrQueueURL},
		{"redis-sentinel://:sesame@127.0.0.1:1", ErrQueueURL},
		{"redis-sentinel://:sesame@/mymaster", ErrQueueURL},
		{"redis://:sesame@127.0.0.1:1/0", ErrQueueUnreachable},
		{"redis-sentinel://:sesame@127.0.0.1:1,127.0.0.1:2/mymaster", ErrQueueUnreachable},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		_, err := OpenQueue(ctx, c.url, nil)
		cancel()
		if !errors.Is(err, c.want) || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%s: %v", c.url, err)
		}
	}
	opt, ok := parseSentinel("redis-sentinel://lan:sesame@a:1,b/mymaster?db=3&sentinel_password=x&tls=true")
	if !ok || opt.MasterName != "mymaster" || strings.Join(opt.SentinelAddrs, " ") != "a:1 b:26379" || opt.DB != 3 ||
		opt.Username != "lan" || opt.Password != "sesame" || opt.SentinelPassword != "x" || opt.TLSConfig == nil {
		t.Fatalf("%+v %v", opt, ok)
	}
}

func TestFiguresAndHealth(t *testing.T) {
	eachPair(t, store.Options{}, func(t *testing.T, p pair) {
		p.accounts(t)
		begun, next := make(chan struct{}, 10), make(chan struct{})
		r := &fakeRunner{store: p.store, lanes: bothLanes, n: 10, work: func(_ context.Context, b catalog.Batch, _ catalog.Item) error {
			if b.Marketplace == "voso" {
				begun <- struct{}{}
				<-next
			}
			return nil
		}}
		e := p.start(t, r, nil)
		run := p.request(t)
		<-begun
		until(t, "postmart is done", func() bool {
			items, err := p.store.ListItems(t.Context(), store.ItemFilter{RunID: run.ID, State: catalog.ItemDone, Marketplace: "postmart"})
			return err == nil && len(items) == 10
		})
		reg := prometheus.NewPedanticRegistry()
		reg.MustRegister(NewCollector(p.store, e.queue.Redis, e.Engine))
		families, err := reg.Gather()
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]float64{}
		for _, f := range families {
			for _, m := range f.GetMetric() {
				key := f.GetName()
				for _, l := range m.GetLabel() {
					key += " " + l.GetValue()
				}
				got[key] = m.GetGauge().GetValue() + m.GetCounter().GetValue()
			}
		}
		for key, want := range map[string]float64{
			"lensan_queue_up record": 1, "lensan_queue_up queue": 1, "lensan_items voso normal batched": 10, "lensan_lane_paused voso": 0,
			"lensan_queue_jobs voso:normal active": 1,
		} {
			if v, ok := got[key]; !ok || v != want {
				t.Errorf("%s is %v, want %v (known: %v)", key, v, want, ok)
			}
		}
		if h := e.Health(t.Context(), e.queue); h.QueueErr != nil || h.Version == "" || h.TickAge < 0 || h.InHand != 1 {
			t.Errorf("%+v", h)
		}
		close(next)
		p.ended(t, run.ID)
		if err := e.stop(); err != nil {
			t.Fatal(err)
		}
		e.queue.Redis.Close()
		if h := QueueHealth(t.Context(), e.queue); !errors.Is(h.QueueErr, ErrQueueUnreachable) {
			t.Errorf("%+v", h)
		}
	})
}
