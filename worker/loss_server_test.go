package worker

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// serversAtHand tells whether this machine has what the tests on real servers
// need; where the whole of the tests is asked for it must.
func serversAtHand(t *testing.T) bool {
	t.Helper()
	_, err := exec.LookPath("redis-server")
	ok := err == nil && os.Getenv("LENSAN_TEST_POSTGRES_URL") != ""
	if !ok && os.Getenv("LENSAN_TEST_ALL") != "" {
		t.Fatalf("redis-server (%v) and LENSAN_TEST_POSTGRES_URL are needed: run `make test`", err)
	}
	return ok
}

// freePort is one that nobody listened on a moment ago.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// redisServer is a redis-server process that the test owns, without
// persistence: what it held is gone when it ends.
type redisServer struct {
	t    *testing.T
	port int
	args []string
	cmd  *exec.Cmd
}

// newRedis starts one on a free loopback port; args are more of its settings.
func newRedis(t *testing.T, args ...string) *redisServer {
	t.Helper()
	r := &redisServer{t: t, port: freePort(t), args: args}
	t.Cleanup(r.kill)
	r.start()
	return r
}

func (r *redisServer) addr() string { return "127.0.0.1:" + strconv.Itoa(r.port) }
func (r *redisServer) url() string  { return "redis://" + r.addr() + "/0" }

// start starts it, the first time or again, on the same port.
func (r *redisServer) start() {
	r.t.Helper()
	dir := r.t.TempDir()
	args := append([]string{"--port", strconv.Itoa(r.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
		"--dir", dir, "--logfile", filepath.Join(dir, "log")}, r.args...)
	r.run(args...)
	r.await()
}

func (r *redisServer) run(args ...string) {
	r.t.Helper()
	r.cmd = exec.Command("redis-server", args...)
	r.cmd.SysProcAttr = &syscall.SysProcAttr{}
	endWithTest(r.cmd.SysProcAttr, syscall.SIGKILL)
	if err := r.cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
}

// await waits until it answers.
func (r *redisServer) await() {
	r.t.Helper()
	c := redis.NewClient(&redis.Options{Addr: r.addr(), MaxRetries: -1})
	defer c.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for c.Ping(ctx).Err() != nil {
		if ctx.Err() != nil {
			r.t.Fatalf("redis-server on %s does not answer", r.addr())
		}
		time.Sleep(10 * time.Millisecond) // asked again, not waited for
	}
}

// kill ends this one process at once, as a power cut would.
func (r *redisServer) kill() {
	if r.cmd == nil {
		return
	}
	r.cmd.Process.Kill() //nolint:errcheck // gone already does as well
	r.cmd.Wait()         //nolint:errcheck // it was killed
	r.cmd = nil
}

// newSentinel starts a Redis Sentinel that watches a master, alone: its word
// is enough to fail over.
func newSentinel(t *testing.T, master *redisServer) *redisServer {
	t.Helper()
	dir := t.TempDir()
	s := &redisServer{t: t, port: freePort(t)}
	conf := filepath.Join(dir, "sentinel.conf")
	text := fmt.Sprintf("port %d\nbind 127.0.0.1\ndir %s\nlogfile %s\nsentinel monitor lensan 127.0.0.1 %d 1\n"+
		"sentinel down-after-milliseconds lensan 400\nsentinel failover-timeout lensan 2000\n", s.port, dir, filepath.Join(dir, "log"), master.port)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.kill)
	s.run(conf, "--sentinel")
	s.await()
	return s
}

// knowsReplica tells whether a Sentinel has seen this replica in sync.
func (s *redisServer) knowsReplica(replica *redisServer) bool {
	c := redis.NewSentinelClient(&redis.Options{Addr: s.addr()})
	defer c.Close()
	found, err := c.Replicas(context.Background(), "lensan").Result()
	return err == nil && len(found) == 1 && found[0]["port"] == strconv.Itoa(replica.port) && found[0]["master-link-status"] == "ok"
}

// isMaster tells whether the server takes writes.
func (r *redisServer) isMaster() bool {
	c := redis.NewClient(&redis.Options{Addr: r.addr()})
	defer c.Close()
	return c.Set(context.Background(), "probe", "1", time.Minute).Err() == nil
}
