package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"syscall"
	"time"

	"lensan/cmd/lensan/text"
	"lensan/config"
)

// listen opens a port, or says in one line which setting to mend.
func (a *app) listen(ctx context.Context, key, addr string) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	return l, a.portError(key, addr, err)
}

func (a *app) portError(key, addr string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, syscall.EADDRINUSE) {
		return a.fail(ExitUsage, text.PortInUse, "addr", addr, "name", config.Variable(key))
	}
	why := err
	var op *net.OpError
	if errors.As(err, &op) {
		why = op.Err
	}
	return a.fail(ExitUsage, text.PortBad, "addr", addr, "why", why.Error(), "name", config.Variable(key))
}

// shutdownTime is how long requests that are being answered may still take.
const shutdownTime = 5 * time.Second

// serveHTTP serves until stop is called, which ends it and waits for it. onStop
// ends what would keep it waiting.
func (a *app) serveHTTP(l net.Listener, h http.Handler, onStop func()) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	srv := &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute, WriteTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	srv.RegisterOnShutdown(onStop)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			a.log.Error("http port ended", "addr", l.Addr().String(), "err", err)
		}
	}()
	return func() {
		cancel() // ends the streams that would never end by themselves
		until, done := context.WithTimeout(context.Background(), shutdownTime)
		defer done()
		if err := srv.Shutdown(until); err != nil {
			srv.Close()
		}
		<-ended
	}
}
