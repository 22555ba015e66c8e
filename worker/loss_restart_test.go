package worker

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"lensan/store/storetest"
)

// F27: the Redis server is killed three times in a sync and comes back empty.
func TestF27_RedisRestartedWithoutPersistence(t *testing.T) {
	if !serversAtHand(t) {
		return
	}
	t.Parallel()
	r := newRedis(t)
	p := pair{store: storetest.Open(t, storetest.URLs(t)["postgres"](t), storeWords), open: func(t *testing.T) *Queue { return openQueue(t, r.url()) }}
	m := newMarket(t, p.store, nil)
	m.importSample()
	m.process(t, p, nil)
	m.process(t, p, nil)
	var one sync.Mutex
	var restarts sync.WaitGroup
	restarts.Add(3)
	m.atCalls(map[int64]bool{30: true, 200: true, 400: true}, func() {
		defer restarts.Done()
		one.Lock()
		defer one.Unlock()
		r.kill()
		time.Sleep(300 * time.Millisecond) // it stays away for a while
		r.start()
	})
	run := p.request(t)
	m.wantAllListedOnce(p, run.ID)
	restarts.Wait()
}

// F27: a server that may throw jobs away is refused, and told by name.
func TestF27_RedisThatEvictsIsRefused(t *testing.T) {
	if !serversAtHand(t) {
		return
	}
	t.Parallel()
	for _, policy := range []string{"allkeys-lru", "volatile-ttl"} {
		r := newRedis(t, "--maxmemory", "64mb", "--maxmemory-policy", policy)
		_, err := OpenQueue(t.Context(), r.url(), nil)
		var q *QueueError
		if !errors.As(err, &q) || !errors.Is(err, ErrQueueEvicts) || q.Want != "noeviction" || q.Have != `maxmemory-policy "`+policy+`"` {
			t.Errorf("%s: %v", policy, err)
		}
	}
}

// F27: the master dies; the replica that Sentinel promotes carries on.
func TestF27_SentinelFailsOver(t *testing.T) {
	if !serversAtHand(t) {
		return
	}
	t.Parallel()
	master := newRedis(t)
	replica := newRedis(t, "--replicaof", "127.0.0.1 "+strconv.Itoa(master.port))
	sentinel := newSentinel(t, master)
	queueURL := "redis-sentinel://" + sentinel.addr() + "/lensan"
	p := pair{store: storetest.Open(t, storetest.URLs(t)["postgres"](t), storeWords), open: func(t *testing.T) *Queue { return openQueue(t, queueURL) }}
	m := newMarket(t, p.store, nil)
	m.importSample()
	m.await("Sentinel knows the replica", func() bool { return sentinel.knowsReplica(replica) })
	m.process(t, p, nil)
	m.process(t, p, nil)
	killed := make(chan struct{})
	m.atCalls(map[int64]bool{60: true}, func() {
		master.kill()
		close(killed)
	})
	run := p.request(t)
	m.wantAllListedOnce(p, run.ID)
	<-killed
	if !replica.isMaster() {
		t.Error("the replica was not promoted: the run went on without a failover")
	}
}

// F27: PostgreSQL is stopped at once and started again, twice in a sync.
func TestF27_PostgreSQLRestartedInMidRun(t *testing.T) {
	if !serversAtHand(t) {
		return
	}
	t.Parallel()
	pg := newPostgres(t)
	r := newRedis(t)
	p := pair{store: storetest.Open(t, pg.url(), storeWords), open: func(t *testing.T) *Queue { return openQueue(t, r.url()) }}
	m := newMarket(t, p.store, nil)
	m.importSample()
	m.process(t, p, nil)
	m.process(t, p, nil)
	var one sync.Mutex
	var restarts sync.WaitGroup
	restarts.Add(2)
	m.atCalls(map[int64]bool{60: true, 350: true}, func() {
		defer restarts.Done()
		one.Lock()
		defer one.Unlock()
		pg.ctl("-m", "immediate", "stop")
		pg.start()
	})
	run := p.request(t)
	m.wantAllListedOnce(p, run.ID)
	restarts.Wait()
}

// postgresServer is a PostgreSQL server that the test owns. What it has
// committed survives its death.
type postgresServer struct {
	t    *testing.T
	dir  string
	bin  string
	port int
}

func newPostgres(t *testing.T) *postgresServer {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil || len(found) == 0 {
		t.Fatalf("PostgreSQL's server is not installed (%v)", err)
	}
	sort.Strings(found)
	// Not t.TempDir: every folder above it must be open to the server's user.
	dir, err := os.MkdirTemp("", "lensan-pg")
	if err != nil {
		t.Fatal(err)
	}
	pg := &postgresServer{t: t, dir: dir, bin: found[len(found)-1], port: freePort(t)}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if os.Getuid() == 0 { // the server refuses to run as root
		pg.do("install", "-d", "-o", "postgres", dir)
	}
	pg.as("initdb", "-D", dir+"/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
	pg.start()
	t.Cleanup(func() { pg.ctl("-m", "immediate", "stop") })
	return pg
}

func (pg *postgresServer) url() string {
	return "postgres://postgres@127.0.0.1:" + strconv.Itoa(pg.port) + "/postgres?sslmode=disable"
}

// start starts it. Without fsync nothing is lost as long as the machine
// itself lives; commits are written before they are answered.
func (pg *postgresServer) start() {
	pg.t.Helper()
	pg.ctl("-w", "-t", "60", "-l", pg.dir+"/log", "-o", "-p "+strconv.Itoa(pg.port)+" -c listen_addresses=127.0.0.1 -c unix_socket_directories="+pg.dir+
		" -c fsync=off -c synchronous_commit=on -c full_page_writes=off", "start")
}

func (pg *postgresServer) ctl(args ...string) {
	pg.t.Helper()
	pg.as("pg_ctl", append([]string{"-D", pg.dir + "/data"}, args...)...)
}

// as runs one of PostgreSQL's tools, as its user where this one is root.
func (pg *postgresServer) as(tool string, args ...string) {
	pg.t.Helper()
	name := filepath.Join(pg.bin, tool)
	if os.Getuid() == 0 {
		name, args = "runuser", append([]string{"-u", "postgres", "--", name}, args...)
	}
	pg.do(name, args...)
}

func (pg *postgresServer) do(name string, args ...string) {
	pg.t.Helper()
	log, err := os.OpenFile(filepath.Join(pg.t.TempDir(), "out"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		pg.t.Fatal(err)
	}
	defer log.Close()
	cmd := exec.Command(name, args...)
	// A file, not a pipe: the server outlives pg_ctl and would hold the pipe.
	cmd.Stdout, cmd.Stderr, cmd.Dir = log, log, "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a Ctrl-C is the test's
	if err := cmd.Run(); err != nil {
		said, _ := os.ReadFile(log.Name())
		pg.t.Errorf("%s: %v\n%s", name, err, said)
	}
}
