package worker

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// QueueURLEmbedded is the URL of the queue inside the process.
const QueueURLEmbedded = "embedded"

// Errors of a queue that can't be used as it is; a *QueueError says more.
var (
	ErrQueueURL         = errors.New("the queue's URL can't be used")
	ErrQueueUnreachable = errors.New("the queue can't be reached")
	ErrQueueTooOld      = errors.New("the Redis server is too old")
	ErrQueueEvicts      = errors.New("the Redis server may throw jobs away")
)

// QueueError says what is wrong with a queue, and what it ought to be.
type QueueError struct {
	Problem error  // one of the errors above
	Have    string // as found; holds no secret
	Want    string
	Err     error
}

// Error gives one line that says what to set.
func (e *QueueError) Error() string {
	s := e.Problem.Error()
	if e.Have != "" {
		s += ": " + e.Have
	}
	if e.Want != "" {
		s += "; want " + e.Want
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives the problem and its cause.
func (e *QueueError) Unwrap() []error { return []error{e.Problem, e.Err} }

// Queue is an open connection to the queue.
type Queue struct {
	// Redis is what asynq and coord use.
	Redis redis.UniversalClient
	// Embedded: the server is inside this process, and nobody else sees it.
	Embedded bool
	// Version is the server's.
	Version string

	stop func()
}

// Close ends the connections and, where it is embedded, the server. Engines
// that use the queue must have stopped before: asynq does not survive it.
func (q *Queue) Close() error {
	err := q.Redis.Close()
	if q.stop != nil {
		q.stop()
	}
	return err
}

// OpenQueue opens "embedded", "redis://…", "rediss://…" or
// "redis-sentinel://[user:password@]host:port[,host:port…]/master[?db=N&sentinel_password=…&tls=true]".
// A server that is too old or that may evict keys is refused. Every error is a
// *QueueError and shows no password. What the client has to say goes to log;
// nil: nowhere.
func OpenQueue(ctx context.Context, queueURL string, log *slog.Logger) (*Queue, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	redis.SetLogger(redisLog{log}) // go-redis has one logger for the whole process
	if queueURL == QueueURLEmbedded {
		return openEmbedded(), nil
	}
	client, err := dial(queueURL)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second) // the client tries again by itself for longer
	defer cancel()
	version, err := checkServer(ctx, client)
	if err != nil {
		return nil, errors.Join(err, client.Close())
	}
	return &Queue{Redis: client, Version: version}, nil
}

// openEmbedded starts a Redis protocol server that listens nowhere: this
// process reaches it through pipes.
func openEmbedded() *Queue {
	server := miniredis.NewMiniRedis()
	client := redis.NewClient(&redis.Options{
		Addr:                     "127.0.0.1:0", // a literal address: nothing is ever looked up
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
		Dialer:                   func(context.Context, string, string) (net.Conn, error) { return server.Dial() },
	})
	// The server has no clock for its keys' ends; this is it.
	ticker, done := time.NewTicker(time.Second), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		last := time.Now()
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
				now := time.Now()
				server.FastForward(now.Sub(last))
				last = now
			}
		}
	})
	return &Queue{Redis: client, Embedded: true, Version: "embedded", stop: func() {
		ticker.Stop()
		close(done)
		wg.Wait()
		server.Close()
	}}
}

func dial(queueURL string) (redis.UniversalClient, error) {
	scheme, _, _ := strings.Cut(queueURL, "://")
	switch scheme {
	case "redis", "rediss":
		opt, err := redis.ParseURL(queueURL)
		if err != nil {
			// The parser's words may hold the password.
			return nil, &QueueError{Problem: ErrQueueURL, Want: "redis://[USER:PASSWORD@]HOST:PORT/NUMBER"}
		}
		opt.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
		return redis.NewClient(opt), nil
	case "redis-sentinel":
		opt, ok := parseSentinel(queueURL)
		if !ok {
			return nil, &QueueError{Problem: ErrQueueURL, Want: "redis-sentinel://[USER:PASSWORD@]HOST:PORT,HOST:PORT/MASTER"}
		}
		return redis.NewFailoverClient(opt), nil
	}
	return nil, &QueueError{Problem: ErrQueueURL, Have: "scheme " + strconv.Quote(scheme), Want: "embedded, redis://, rediss:// or redis-sentinel://"}
}

// parseSentinel reads a URL with several hosts, which net/url refuses.
func parseSentinel(s string) (*redis.FailoverOptions, bool) {
	rest := strings.TrimPrefix(s, "redis-sentinel://")
	authority, path, ok := strings.Cut(rest, "/")
	if !ok {
		return nil, false
	}
	user, hosts := "", authority
	if at := strings.LastIndex(authority, "@"); at >= 0 {
		user, hosts = authority[:at+1], authority[at+1:]
	}
	u, err := url.Parse("redis-sentinel://" + user + "host/" + path)
	if err != nil {
		return nil, false
	}
	query := u.Query()
	opt := &redis.FailoverOptions{
		MasterName: strings.Trim(u.Path, "/"), SentinelAddrs: strings.Split(hosts, ","), Username: u.User.Username(),
		SentinelUsername: query.Get("sentinel_username"), SentinelPassword: query.Get("sentinel_password"),
	}
	opt.Password, _ = u.User.Password()
	if db := query.Get("db"); db != "" {
		if opt.DB, err = strconv.Atoi(db); err != nil {
			return nil, false
		}
	}
	if query.Get("tls") == "true" {
		opt.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	for i, addr := range opt.SentinelAddrs {
		host, port, err := net.SplitHostPort(addr)
		if err != nil {
			host, port = addr, "26379"
		}
		if host == "" {
			return nil, false
		}
		opt.SentinelAddrs[i] = net.JoinHostPort(host, port)
	}
	return opt, opt.MasterName != "" && !strings.Contains(opt.MasterName, "/")
}

// checkServer refuses a server on which jobs would be lost. Both facts come
// from INFO, which hosted servers allow where they forbid CONFIG.
func checkServer(ctx context.Context, client redis.UniversalClient) (version string, err error) {
	info, err := client.Info(ctx).Result()
	if err != nil {
		return "", &QueueError{Problem: ErrQueueUnreachable, Err: err}
	}
	facts := map[string]string{}
	for line := range strings.Lines(info) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			facts[name] = value
		}
	}
	version = facts["redis_version"]
	if !atLeast(version, 6, 2) {
		return version, &QueueError{Problem: ErrQueueTooOld, Have: "version " + strconv.Quote(version), Want: "6.2 or later"}
	}
	if policy := facts["maxmemory_policy"]; policy != "noeviction" {
		return version, &QueueError{Problem: ErrQueueEvicts, Have: "maxmemory-policy " + strconv.Quote(policy), Want: "noeviction"}
	}
	return version, nil
}

func atLeast(version string, major, minor int) bool {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return false
	}
	a, err := strconv.Atoi(parts[0])
	if err != nil {
		return false
	}
	b, err := strconv.Atoi(parts[1])
	return err == nil && (a > major || a == major && b >= minor)
}
