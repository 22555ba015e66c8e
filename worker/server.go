package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/hibiken/asynq"

	"lensan/adapters"
	"lensan/store"
	"lensan/store/catalog"
)

// taskType is the one type of job: it names a batch.
const taskType = "batch"

// weights of a lane's queues.
var weights = map[catalog.Queue]int{catalog.QueueUrgent: 6, catalog.QueueNormal: 3, catalog.QueueReconcile: 1}

// forever is a number of retries that asynq never reaches: attempts are
// counted in SQL, and a job that asynq gives up would keep its id.
const forever = 1 << 20

// job is what a task carries.
type job struct {
	Batch      string `json:"batch"`
	Generation int    `json:"generation"`
	Lane       string `json:"lane"`
}

func queueName(marketplace string, q catalog.Queue) string { return marketplace + ":" + string(q) }

func taskID(b catalog.Batch) string { return fmt.Sprintf("b:%s:g%d", b.ID, b.Generation) }

// enqueue puts batches into the queue. One that can't be is found by a sweep.
func (e *Engine) enqueue(ctx context.Context, batches []catalog.Batch) {
	for _, b := range batches {
		payload, err := json.Marshal(job{b.ID, b.Generation, b.Marketplace})
		if err != nil {
			continue // strings and a number: it can't fail
		}
		task := asynq.NewTask(taskType, payload)
		_, err = e.client.EnqueueContext(ctx, task, asynq.Queue(queueName(b.Marketplace, b.Queue)), asynq.TaskID(taskID(b)),
			asynq.MaxRetry(forever), asynq.Timeout(24*time.Hour))
		if err != nil && !errors.Is(err, asynq.ErrTaskIDConflict) {
			e.opt.Log.WarnContext(ctx, "batch not queued", "batch", b.ID, "marketplace", b.Marketplace, "err", err)
			return
		}
	}
}

// startServers starts one server for each lane, so that a slow marketplace
// never takes another's workers.
func (e *Engine) startServers() ([]*asynq.Server, error) {
	mux := asynq.NewServeMux()
	mux.HandleFunc(taskType, e.handle)
	var servers []*asynq.Server
	for _, name := range e.names {
		queues := map[string]int{}
		for q, w := range weights {
			queues[queueName(name, q)] = w
		}
		srv := asynq.NewServerFromRedisClient(e.opt.Redis, asynq.Config{
			Concurrency: e.lanes[name].Concurrency, Queues: queues,
			// Nothing is ever delayed inside asynq.
			TaskCheckInterval: e.opt.Check, DelayedTaskCheckInterval: 30 * time.Second, JanitorInterval: time.Minute,
			IsFailure:       func(error) bool { return false },
			RetryDelayFunc:  func(int, error, *asynq.Task) time.Duration { return time.Minute },
			ShutdownTimeout: e.opt.Grace + 5*time.Second,
			Logger:          asynqLog{e.opt.Log}, LogLevel: asynq.WarnLevel,
		})
		if err := srv.Start(mux); err != nil {
			e.stopServers(servers)
			return nil, fmt.Errorf("start workers of %s: %w", name, err)
		}
		servers = append(servers, srv)
	}
	return servers, nil
}

// stopServers ends the workers: nothing new is begun, what is in hand is
// handed back as soon as the requests in flight are answered, and after the
// grace they are cut.
func (e *Engine) stopServers(servers []*asynq.Server) {
	e.mu.Lock()
	e.stopping.Store(true) // under the lock: no handler counts itself in after this
	e.mu.Unlock()
	for _, srv := range servers {
		srv.Stop()
	}
	cut := time.AfterFunc(e.opt.Grace, func() { e.cancelWork(errors.New("the process stops")) })
	defer cut.Stop()
	e.work.Wait()
	e.cancelWork(nil)
	var wg sync.WaitGroup
	for _, srv := range servers {
		wg.Go(srv.Shutdown)
	}
	wg.Wait()
}

// running is a batch in a worker's hands.
type running struct {
	batch  catalog.Batch
	since  time.Time
	beat   time.Time // when its lease was last renewed
	stop   bool
	urgent bool
	cancel context.CancelCauseFunc
}

var errBatchLost = errors.New("the batch is another worker's now")

// handle is one job. SQL is asked first, so that a job that comes twice, late
// or for a batch long over does nothing; it never fails, because a batch that
// is left is found by a sweep. asynq's own context is not used: it ends when
// Redis is away, which is no reason to cut requests.
func (e *Engine) handle(_ context.Context, task *asynq.Task) error {
	var j job
	if err := json.Unmarshal(task.Payload(), &j); err != nil {
		return fmt.Errorf("%w: job without a batch: %w", asynq.SkipRetry, err)
	}
	if !e.begin() {
		return nil
	}
	defer e.work.Done()
	l, ok := e.lanes[j.Lane]
	if !ok {
		return nil
	}
	select {
	case l.slots <- struct{}{}:
		defer func() { <-l.slots }()
	case <-e.workCtx.Done():
		return nil
	}
	b, ok, err := e.opt.Store.StartBatch(e.workCtx, j.Batch, j.Generation, e.owner, e.opt.BatchLease)
	if err != nil {
		e.opt.Log.Warn("batch not started", "batch", j.Batch, "err", err)
		return nil
	}
	if !ok {
		e.Wake()
		return nil
	}
	e.carry(b)
	return nil
}

// begin counts one handler in, unless the engine stops.
func (e *Engine) begin() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stopping.Load() || e.workCtx.Err() != nil {
		return false
	}
	e.work.Add(1)
	return true
}

// carry has the Runner work on a batch that this engine holds, and ends it.
func (e *Engine) carry(b catalog.Batch) {
	ctx, cancel := context.WithCancelCause(store.InBatch(e.workCtx, b))
	defer cancel(nil)
	now := time.Now()
	r := &running{batch: b, since: now, beat: now, cancel: cancel}
	e.mu.Lock()
	e.running[b.ID] = r
	e.mu.Unlock()
	err := e.workOn(ctx, b)
	e.mu.Lock()
	delete(e.running, b.ID)
	e.mu.Unlock()
	if e.dead.Load() {
		return
	}
	e.figures.batch(b, time.Since(now), err)
	e.finish(context.WithoutCancel(ctx), b, e.dueAfter(ctx, b, err))
}

func (e *Engine) workOn(ctx context.Context, b catalog.Batch) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("worker panicked: %v\n%s", p, debug.Stack())
		}
	}()
	items, err := e.opt.Store.ItemsOfBatch(ctx, b.ID)
	if err != nil || len(items) == 0 {
		return err
	}
	return e.opt.Runner.Work(ctx, b, items, func() bool { return e.handBack(b.ID) })
}

// handBack tells a worker to begin nothing new.
func (e *Engine) handBack(batch string) bool {
	if e.stopping.Load() {
		return true
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	r, ok := e.running[batch]
	return !ok || r.stop || r.urgent
}

// leftDelay is when items are due that a worker left without a word.
const leftDelay = 250 * time.Millisecond

// dueAfter is when what a worker left is due again, after a failure of the
// lane has been dealt with.
func (e *Engine) dueAfter(ctx context.Context, b catalog.Batch, err error) time.Time {
	now := e.opt.Store.Now()
	var fault *adapters.Error
	switch {
	case e.stopping.Load() || ctx.Err() != nil:
		return now
	case err == nil:
		return now.Add(leftDelay)
	case errors.As(err, &fault) && isLane(fault):
		e.laneFailed(context.WithoutCancel(ctx), b.Marketplace, fault)
		return now
	}
	text, stack, _ := strings.Cut(err.Error(), "\n")
	e.opt.Log.ErrorContext(ctx, "batch failed", "batch", b.ID, "marketplace", b.Marketplace, "err", text, "stack", stack)
	return now.Add(e.opt.ErrorDelay)
}

// finish ends a batch and the runs that it was the last of. It is tried until
// SQL takes it or the lease has run out, after which it is another's affair.
func (e *Engine) finish(ctx context.Context, b catalog.Batch, due time.Time) {
	ctx, cancel := context.WithTimeout(ctx, e.opt.BatchLease)
	defer cancel()
	for {
		err := e.opt.Store.FinishBatch(ctx, b, e.owner, due)
		if err == nil {
			break
		}
		e.opt.Log.WarnContext(ctx, "batch not finished", "batch", b.ID, "err", err)
		if sleep(ctx, time.Second) != nil {
			return
		}
	}
	if _, err := e.opt.Store.FinishRuns(ctx); err != nil {
		e.opt.Log.WarnContext(ctx, "runs not finished", "err", err)
	}
	e.Wake()
}
