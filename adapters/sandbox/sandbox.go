package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// Sandbox is both simulated marketplaces. Its methods may be used by any
// number of goroutines.
type Sandbox struct {
	opt     Options
	mu      sync.Mutex
	j       *journal
	broken  error // the file failed: nothing is answered any more
	look    int64 // compact when the file is larger
	dueSeq  int64 // orders what is due, and the changes of all products
	pm, vs  *market
	courier *courier
	control http.Handler
	servers []*http.Server
	serving sync.WaitGroup
	done    chan struct{}
	once    sync.Once
}

// ErrUnknown is returned for a marketplace, product, shop or fault that the
// sandbox does not have.
var ErrUnknown = errors.New("sandbox: no such thing")

// Open opens the sandbox's file, or makes it, and takes up what it held:
// products, shops, tokens, idempotency keys, running reviews and late writes.
// A file that another process has open is an error. Close must be called.
func Open(opt Options) (*Sandbox, error) {
	opt = opt.withDefaults()
	sb := &Sandbox{opt: opt, done: make(chan struct{})}
	sb.pm = newMarket(sb, Postmart, opt.Postmart, postmart{})
	sb.vs = newMarket(sb, Voso, opt.Voso, voso{})
	sb.pm.faults.kind, sb.vs.faults.kind = postmartOps, vosoOps
	j, err := openJournal(opt.Path, sb.apply)
	if err != nil {
		return nil, err
	}
	sb.j = j
	sb.mu.Lock()
	sb.pm.open()
	sb.vs.open()
	if err := errors.Join(sb.compact(), sb.flush()); err != nil {
		sb.mu.Unlock()
		return nil, errors.Join(err, j.close())
	}
	sb.courier = newCourier(sb)
	sb.mu.Unlock()
	sb.control = newControl(sb)
	return sb, nil
}

// Close ends the servers that Start began, cuts the calls that still wait, and
// closes the file.
func (sb *Sandbox) Close() error {
	var err error
	sb.once.Do(func() {
		close(sb.done)
		for _, s := range sb.servers {
			err = errors.Join(err, s.Close())
		}
		sb.serving.Wait()
		sb.courier.close()
		sb.mu.Lock()
		defer sb.mu.Unlock()
		err = errors.Join(err, sb.j.close())
		sb.broken = errors.New("sandbox: closed")
	})
	return err
}

// Addrs says where Start listens. An empty address is the Default constant; "-"
// is not listened on. Port 0 takes a free one.
type Addrs struct{ Postmart, Voso, Control string }

// Start listens, on loopback unless Addrs says otherwise, and serves until
// Close. It returns the addresses it listens on.
func (sb *Sandbox) Start(ctx context.Context, addrs Addrs) (Addrs, error) {
	var got Addrs
	for _, s := range []struct {
		addr, byDefault string
		got             *string
		handler         http.Handler
		market          *market
	}{
		{addrs.Postmart, DefaultPostmartAddr, &got.Postmart, sb.Postmart(), sb.pm},
		{addrs.Voso, DefaultVosoAddr, &got.Voso, sb.Voso(), sb.vs},
		{addrs.Control, DefaultControlAddr, &got.Control, sb.Control(), nil},
	} {
		addr := s.addr
		if addr == "-" {
			continue
		}
		if addr == "" {
			addr = s.byDefault
		}
		var lc net.ListenConfig
		l, err := lc.Listen(ctx, "tcp", addr)
		if err != nil {
			return got, fmt.Errorf("sandbox: listen on %s: %w", addr, err)
		}
		*s.got = l.Addr().String()
		if s.market != nil {
			sb.setBase(s.market, "http://"+*s.got)
		}
		srv := &http.Server{Handler: s.handler, ReadHeaderTimeout: 10 * time.Second}
		sb.servers = append(sb.servers, srv)
		sb.serving.Go(func() {
			if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
				sb.opt.Log.Error("sandbox server ended", "addr", addr, "err", err)
			}
		})
	}
	return got, nil
}

// setBase tells a marketplace under which address its pages are found.
func (sb *Sandbox) setBase(m *market, base string) {
	sb.mu.Lock()
	defer sb.mu.Unlock()
	m.base = base
}

// market finds a marketplace by its name.
func (sb *Sandbox) market(name string) (*market, error) {
	switch name {
	case Postmart:
		return sb.pm, nil
	case Voso:
		return sb.vs, nil
	}
	return nil, fmt.Errorf("%w: marketplace %q", ErrUnknown, name)
}

// now is the true time in Unix milliseconds.
func (sb *Sandbox) now() int64 { return sb.opt.Now().UnixMilli() }

// fail notes that the file can't be trusted any more.
func (sb *Sandbox) fail(err error) {
	if sb.broken == nil {
		sb.broken = err
		sb.opt.Log.Error("sandbox file failed", "err", err)
	}
}

// flush makes everything done so far durable. sb.mu is held.
func (sb *Sandbox) flush() error {
	if sb.broken == nil {
		if err := sb.j.flush(); err != nil {
			sb.fail(err)
		} else if sb.j.size > sb.look {
			if err := sb.compact(); err != nil {
				sb.fail(err)
			}
		}
	}
	return sb.broken
}

// apply takes one record of the file into memory.
func (sb *Sandbox) apply(e entry) error {
	m, err := sb.market(e.Market)
	if err != nil {
		return err
	}
	m.replay(e)
	return nil
}
