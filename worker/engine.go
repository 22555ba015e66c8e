package worker

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"lensan/store"
	"lensan/store/catalog"
)

// Runner is what a run and a batch mean; worker/reconcile is it. Both calls may
// come twice for the same thing.
type Runner interface {
	// PlanRun plans a run: it makes its items and marks it planned, or ends it.
	// ctx ends when the run is cancelled or paused or its lease is lost. An
	// error has it called again later.
	PlanRun(ctx context.Context, run catalog.Run) error
	// Work carries out a batch's items and ends or gives back each of them;
	// those it leaves wait again. handBack tells that items not begun are to
	// be handed back: urgent work waits, or the run or the lane was stopped.
	// An *adapters.Error with WholeLane pauses the lane. ctx ends when the
	// batch is lost to another worker or the process must end.
	Work(ctx context.Context, batch catalog.Batch, items []catalog.Item, handBack func() bool) error
	// Probe asks a marketplace whose lane is paused whether it is back.
	Probe(ctx context.Context, marketplace string) error
}

// LaneBudget is the part of a lane's shared rate budget that the engine moves:
// coord.Budget.
type LaneBudget interface {
	// Pause keeps all processes from sending.
	Pause(ctx context.Context, d time.Duration) error
	// Resume lets them go on, slowly at first.
	Resume(ctx context.Context) error
}

// Lane is one marketplace account that this process works for.
type Lane struct {
	Name string
	// Concurrency is how many batches this process works on at once. Default 4.
	Concurrency int
	// Batch is how many items a batch has, by purpose. Default 50.
	Batch map[catalog.Purpose]int
	// ByOp is how many items a batch of changes has where one call carries
	// another number of them, by the change that is due.
	ByOp map[string]int
	// Budget may be nil.
	Budget LaneBudget
}

// Options are what an Engine works with. Store, Redis, Runner and Lanes are
// musts.
type Options struct {
	Store  *store.Store
	Redis  redis.UniversalClient
	Runner Runner
	Lanes  []Lane
	// Embedded says that Redis is inside this process: the engine then works
	// only while it holds the one engine lease.
	Embedded bool
	// LockFile is locked, where given, while an engine with an embedded queue
	// lives: one that finds it free knows that its holder has died, and does
	// not wait for the lease to end.
	LockFile string
	// OnWaiting is called, when given, each time the engine lease is found in
	// another's hands.
	OnWaiting func(holder store.Lease)
	// OnRunning is called, when given, once the engine works.
	OnRunning func()
	// Host names this machine to people. Default the host's name.
	Host string
	Log  *slog.Logger // default slog.Default

	Poll        time.Duration // how often SQL is asked for work that nobody told of. Default 1 s
	Check       time.Duration // how often an idle lane asks the queue. Default 120 ms
	Beat        time.Duration // how often leases are renewed and signs looked for. Default 300 ms
	Sweep       time.Duration // how often what was lost is looked for. Default 5 s
	BatchLease  time.Duration // how long a batch is a silent worker's. Default 30 s
	QueueLease  time.Duration // how long a batch may wait in the queue. Default 10 min
	PlanLease   time.Duration // how long a run is a silent planner's. Default 1 min
	EngineLease time.Duration // how long the engine is a silent process's. Default 15 s
	Request     time.Duration // how long one request may take. Default 45 s
	Gather      time.Duration // how long edits that trickle in are gathered. Default 15 s
	ErrorDelay  time.Duration // the first wait after a failure of our own. Default 5 s
	Grace       time.Duration // how long a stop waits for requests in flight. Default 25 s
	Planners    int           // how many runs are planned at once. Default 2
	Window      int           // open batches of one lane, queue and purpose. Default twice the concurrency, and 2
	Breaker     Breaker
	Keep        time.Duration // how long ended batches and looks are kept. Default 24 h
}

// Breaker says how a lane pauses after a failure of the whole of it.
type Breaker struct {
	Base     time.Duration // the first pause. Default 15 s
	AuthBase time.Duration // the first one after a refused sign-in. Default 1 min
	Cap      time.Duration // the longest. Default 15 min
	Quiet    time.Duration // a failure this soon after opening makes the pause longer. Default 5 min
	Probe    time.Duration // how long a probe may take. Default 30 s
	// GiveUp is after how long runs end without the lane. Default 48 h.
	GiveUp time.Duration
}

// ErrLeaseLost says that another process took the engine lease over, which it
// may when this one could not renew it in time.
var ErrLeaseLost = errors.New("another process has taken over the engine")

// Engine dispatches and carries out work. Any number of processes may run one
// on the same PostgreSQL and Redis; with an embedded queue one at a time works.
type Engine struct {
	opt    Options
	owner  string
	lanes  map[string]*lane
	names  []string
	client *asynq.Client

	poke     chan struct{} // there may be work
	pokeBeat chan struct{} // signs may have changed
	stopping atomic.Bool   // hand everything back
	dead     atomic.Bool   // write nothing any more
	ticked   atomic.Int64  // when the dispatcher last looked, UTC milliseconds
	held     atomic.Int64  // until when the engine lease is surely held, UTC milliseconds; 0: it is not
	lock     engineLock
	locked   bool // the lock is held, and the lease under a name that says so
	figures  figures

	runCtx     context.Context // ends when the engine is to stop
	workCtx    context.Context // of all work; ends with the grace
	cancelWork context.CancelCauseFunc
	work       sync.WaitGroup

	mu       sync.Mutex
	running  map[string]*running // by batch
	plans    map[string]int      // failures by run
	planning int
}

// lane is a Lane as the engine keeps it.
type lane struct {
	Lane
	slots   chan struct{}
	probing atomic.Bool
	paused  atomic.Bool // as last seen; to notice that it opened
	ramp    atomic.Bool // it is to come back slowly
}

// New makes an engine; Run starts it. It panics without a Store, Redis or
// Runner, which is a defect of the caller.
func New(opt Options) *Engine {
	if opt.Store == nil || opt.Redis == nil || opt.Runner == nil {
		panic("worker: Store, Redis and Runner are musts")
	}
	opt = opt.withDefaults()
	e := &Engine{
		opt: opt, owner: fmt.Sprintf("%s:%d:%s", opt.Host, os.Getpid(), rand.Text()), lanes: map[string]*lane{},
		client: asynq.NewClientFromRedisClient(opt.Redis), poke: make(chan struct{}, 1), pokeBeat: make(chan struct{}, 1),
		running: map[string]*running{}, plans: map[string]int{},
	}
	for _, l := range opt.Lanes {
		if l.Concurrency <= 0 {
			l.Concurrency = 4
		}
		e.lanes[l.Name] = &lane{Lane: l, slots: make(chan struct{}, l.Concurrency)}
		e.names = append(e.names, l.Name)
	}
	return e
}

// byOp are the sizes of batches by change; looks have one size.
func (l *lane) byOp(p catalog.Purpose) map[string]int {
	if p == catalog.PurposeApply {
		return l.ByOp
	}
	return nil
}

func (o Options) withDefaults() Options {
	for _, d := range []struct {
		value    *time.Duration
		standard time.Duration
	}{
		{&o.Poll, time.Second}, {&o.Check, 120 * time.Millisecond}, {&o.Beat, 300 * time.Millisecond}, {&o.Sweep, 5 * time.Second},
		{&o.BatchLease, 30 * time.Second}, {&o.QueueLease, 10 * time.Minute}, {&o.PlanLease, time.Minute}, {&o.EngineLease, 15 * time.Second},
		{&o.Request, 45 * time.Second}, {&o.Gather, 15 * time.Second}, {&o.ErrorDelay, 5 * time.Second}, {&o.Grace, 25 * time.Second}, {&o.Keep, 24 * time.Hour},
		{&o.Breaker.Base, 15 * time.Second}, {&o.Breaker.AuthBase, time.Minute}, {&o.Breaker.Cap, 15 * time.Minute},
		{&o.Breaker.Quiet, 5 * time.Minute}, {&o.Breaker.Probe, 30 * time.Second}, {&o.Breaker.GiveUp, 48 * time.Hour},
	} {
		if *d.value <= 0 {
			*d.value = d.standard
		}
	}
	if o.Planners <= 0 {
		o.Planners = 2
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Host == "" {
		o.Host, _ = os.Hostname() // a name for people; none does as well
	}
	return o
}

// Owner is the name under which this engine holds leases.
func (e *Engine) Owner() string { return e.owner }

// Wake tells the engine that there may be work. It never blocks. The store
// calls it by itself for what this process writes.
func (e *Engine) Wake() {
	for _, c := range []chan struct{}{e.poke, e.pokeBeat} {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// Run works until ctx ends, then stops: nothing new is begun, requests in
// flight are waited for, what was not begun is handed back. With an embedded
// queue it first waits for the engine lease. It returns nil after a stop that
// was asked for. Call it once.
func (e *Engine) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var keeper sync.WaitGroup
	defer e.lock.release() // last of all: the process has let go of everything
	defer keeper.Wait()
	if e.opt.Embedded {
		if err := e.takeLease(ctx); err != nil {
			return stopped(ctx, err)
		}
		keepCtx, stopKeeping := context.WithCancel(context.WithoutCancel(ctx))
		keeper.Go(func() { e.keepLease(keepCtx, cancel) })
		defer stopKeeping() // before keeper.Wait: the lease is kept until the work has ended
	}
	e.runCtx = ctx
	e.workCtx, e.cancelWork = context.WithCancelCause(context.WithoutCancel(ctx))
	defer e.cancelWork(nil)
	e.opt.Store.OnWork(e.Wake)
	defer e.opt.Store.OnWork(nil)
	if err := e.recover(ctx); err != nil {
		return stopped(ctx, err)
	}
	servers, err := e.startServers()
	if err != nil {
		return err
	}
	if e.opt.OnRunning != nil {
		e.opt.OnRunning()
	}
	beatCtx, stopBeat := context.WithCancel(e.workCtx)
	var loops, beat sync.WaitGroup
	loops.Go(func() { e.dispatchLoop(ctx) })
	loops.Go(func() { e.sweepLoop(ctx) })
	beat.Go(func() { e.beatLoop(beatCtx) })
	<-ctx.Done()
	loops.Wait()
	e.stopServers(servers)
	stopBeat()
	beat.Wait()
	if cause := context.Cause(ctx); errors.Is(cause, ErrLeaseLost) {
		return cause
	}
	return nil
}

// stopped is nil when err is only that ctx ended as asked.
func stopped(ctx context.Context, err error) error {
	if ctx.Err() != nil && !errors.Is(context.Cause(ctx), ErrLeaseLost) {
		return nil
	}
	return err
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
