package worker

import (
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"sort"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// postgresServer is a PostgreSQL server that the test owns. What it has
// committed survives its death.
type postgresServer struct {
	t    *testing.T
	dir  string
	bin  string
	port int
	as   *syscall.Credential // the server refuses to run as root
	cmd  *exec.Cmd
	log  *os.File
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
	t.Cleanup(func() { os.RemoveAll(dir) })
	pg := &postgresServer{t: t, dir: dir, bin: found[len(found)-1], port: freePort(t)}
	if os.Getuid() == 0 {
		pg.as = userNamed(t, "postgres")
		if err := os.Chown(dir, int(pg.as.Uid), int(pg.as.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	if pg.log, err = os.CreateTemp(t.TempDir(), "log"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pg.log.Close() })
	if err := pg.tool("initdb", "-D", dir+"/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync").Run(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, pg.said())
	}
	t.Cleanup(pg.stop)
	pg.start()
	return pg
}

func userNamed(t *testing.T, name string) *syscall.Credential {
	t.Helper()
	u, err := user.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	uid, errU := strconv.ParseUint(u.Uid, 10, 32)
	gid, errG := strconv.ParseUint(u.Gid, 10, 32)
	if errU != nil || errG != nil {
		t.Fatal(errU, errG)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

func (pg *postgresServer) url() string {
	return "postgres://postgres@127.0.0.1:" + strconv.Itoa(pg.port) + "/postgres?sslmode=disable"
}

// start starts it, the first time or again, and waits until it answers.
// Without fsync nothing is lost as long as the machine itself lives; commits
// are written before they are answered.
func (pg *postgresServer) start() {
	pg.t.Helper()
	pg.cmd = pg.tool("postgres", "-D", pg.dir+"/data", "-p", strconv.Itoa(pg.port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="+pg.dir,
		"-c", "fsync=off", "-c", "synchronous_commit=on", "-c", "full_page_writes=off")
	if err := pg.cmd.Start(); err != nil {
		pg.cmd = nil
		pg.t.Errorf("postgres: %v", err)
		return
	}
	until := time.Now().Add(60 * time.Second)
	for pg.tool("pg_isready", "-q", "-h", "127.0.0.1", "-p", strconv.Itoa(pg.port)).Run() != nil {
		if time.Now().After(until) {
			pg.t.Errorf("postgres on port %d does not answer:\n%s", pg.port, pg.said())
			return
		}
		time.Sleep(20 * time.Millisecond) // asked again, not waited for
	}
}

// stop ends it at once, as a crash would.
func (pg *postgresServer) stop() {
	if pg.cmd == nil {
		return
	}
	pg.cmd.Process.Signal(syscall.SIGQUIT) //nolint:errcheck // gone already does as well
	pg.cmd.Wait()                          //nolint:errcheck // it was told to
	pg.cmd = nil
}

// tool is a command of PostgreSQL's, as its user, which writes into the log.
func (pg *postgresServer) tool(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(pg.bin, name), args...)
	// A file, not a pipe: the server's own processes would hold the pipe.
	cmd.Stdout, cmd.Stderr, cmd.Dir = pg.log, pg.log, "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: pg.as} // a Ctrl-C is the test's
	endWithTest(cmd.SysProcAttr, syscall.SIGQUIT)
	return cmd
}

func (pg *postgresServer) said() []byte {
	said, _ := os.ReadFile(pg.log.Name())
	return said
}
