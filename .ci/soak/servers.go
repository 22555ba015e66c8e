package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// servers are the PostgreSQL and the Redis of one storm, nobody else's.
type servers struct {
	dir             string
	postgres, redis string // URLs
}

// startServers starts them by the script beside this folder.
func startServers(ctx context.Context, dir string) (*servers, error) {
	s := &servers{dir: dir}
	if err := s.script(ctx, "start"); err != nil {
		return nil, err
	}
	env, err := os.ReadFile(filepath.Join(dir, "env"))
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(env)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		switch name {
		case "LENSAN_TEST_POSTGRES_URL":
			// The tests' server acknowledges before it has written; a commit
			// that a restart takes back would be no fault of the program's.
			s.postgres = value + "&synchronous_commit=on"
		case "LENSAN_TEST_REDIS_URL":
			s.redis = value
		}
	}
	if s.postgres == "" || s.redis == "" {
		return nil, fmt.Errorf("servers: no addresses in %s", env)
	}
	return s, nil
}

func (s *servers) script(ctx context.Context, what string) error {
	cmd := exec.CommandContext(ctx, "sh", ".ci/servers", what, s.dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("servers %s: %w\n%s", what, err, out)
	}
	return nil
}

func (s *servers) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := s.script(ctx, "stop"); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

// restartPostgres ends every connection and transaction, as a crash does.
func (s *servers) restartPostgres(ctx context.Context) error {
	return s.script(ctx, "restart-postgres")
}

// flush empties Redis.
func (s *servers) flush(ctx context.Context) error { return s.tell(ctx, "FLUSHALL") }

// restartRedis loses all it holds, having no persistence.
func (s *servers) restartRedis(ctx context.Context) error { return s.script(ctx, "restart-redis") }

// tell sends Redis one command, in its own protocol.
func (s *servers) tell(ctx context.Context, command string) error {
	u, err := url.Parse(s.redis)
	if err != nil {
		return err
	}
	d := net.Dialer{Timeout: 2 * time.Second}
	c, err := d.DialContext(ctx, "tcp", u.Host)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(c, "%s\r\n", command); err != nil {
		return err
	}
	answer, err := bufio.NewReader(c).ReadString('\n')
	if err == nil && !strings.HasPrefix(answer, "+") {
		err = fmt.Errorf("redis: %s: %s", command, strings.TrimSpace(answer))
	}
	return err
}
