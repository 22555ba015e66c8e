package coord_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"lensan/worker"
)

// eachQueue runs fn on the embedded server, and on a database of its own of
// the Redis server where LENSAN_TEST_REDIS_URL names one. open gives as many
// connections as there are processes to play.
func eachQueue(t *testing.T, fn func(t *testing.T, open func() redis.UniversalClient)) {
	t.Helper()
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		q, err := worker.OpenQueue(t.Context(), worker.QueueURLEmbedded, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { q.Close() })
		fn(t, func() redis.UniversalClient { return q.Redis })
	})
	server := os.Getenv("LENSAN_TEST_REDIS_URL")
	if server == "" {
		if os.Getenv("LENSAN_TEST_ALL") != "" {
			t.Fatal("LENSAN_TEST_REDIS_URL is not set: run `make test`")
		}
		return
	}
	t.Run("redis", func(t *testing.T) {
		t.Parallel()
		own := ownDatabase(t, server)
		fn(t, func() redis.UniversalClient {
			q, err := worker.OpenQueue(t.Context(), own, nil)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { q.Close() })
			return q.Redis
		})
	})
}

// ownDatabase claims one of the server's numbered databases until the test
// ends, empties it, and returns its URL.
func ownDatabase(t *testing.T, server string) string {
	t.Helper()
	opt, err := redis.ParseURL(server)
	if err != nil {
		t.Fatal(err)
	}
	opt.DB = 0
	locks := redis.NewClient(opt)
	t.Cleanup(func() { locks.Close() })
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	for {
		for n := 1; n < 16; n++ {
			lock := fmt.Sprintf("lensan-test-db-%d", n)
			ok, err := locks.SetNX(ctx, lock, "1", 10*time.Minute).Result()
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				continue
			}
			t.Cleanup(func() { locks.Del(context.Background(), lock) })
			opt := *opt
			opt.DB = n
			own := redis.NewClient(&opt)
			defer own.Close()
			if err := own.FlushDB(ctx).Err(); err != nil {
				t.Fatal(err)
			}
			return fmt.Sprintf("%s/%d", server[:strings.LastIndex(server, "/")], n)
		}
		select {
		case <-ctx.Done():
			t.Fatal("no free database on the test server")
		case <-time.After(100 * time.Millisecond):
		}
	}
}
