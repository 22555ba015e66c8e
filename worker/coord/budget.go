package coord

import (
	"context"
	"crypto/rand"
	_ "embed"
	"fmt"
	"log/slog"
	"math"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"lensan/adapters"
)

var (
	//go:embed acquire.lua
	acquireLua string
	//go:embed observe.lua
	observeLua string
	//go:embed pause.lua
	pauseLua string

	acquireScript = redis.NewScript(acquireLua)
	observeScript = redis.NewScript(observeLua)
	pauseScript   = redis.NewScript(pauseLua)
)

// BudgetOptions describe one account's rate budget.
type BudgetOptions struct {
	Redis redis.UniversalClient
	// Marketplace names the lane in errors.
	Marketplace string
	// Key names the account in Redis: the same for all processes that share
	// its limit. Default Marketplace.
	Key string
	// Rate is the limit in requests a second. 50 means at most 50 in any
	// sliding second; a fraction is spread over a little more than a second
	// (2.5: at most 3 in any 1.2 s). Zero or less is 1.
	Rate float64
	// MaxWait is the longest pause that Acquire waits out. Default 2 s.
	MaxWait time.Duration
	// MinMargin and MaxMargin bound how much longer than the window a slot
	// stays taken while its request is unanswered. Default 40 ms and 500 ms.
	MinMargin, MaxMargin time.Duration
	// MaxPause bounds the pause after refusals that do not say how long; it
	// doubles from one window. Default 1 minute.
	MaxPause time.Duration
	// RampAfter is the pause from which on the load ramps up again: from a
	// sixteenth of the limit, doubling each RampStep. Default 5 s and 2 s.
	RampAfter, RampStep time.Duration
	// Log gets what a person may want to know. Default none.
	Log *slog.Logger
}

// Budget is an account's rate budget, shared by all processes in Redis: a
// sliding log by Redis's time. A slot is taken when a request is sent, and free
// again one window after the request arrived at the latest: known from its
// answer, less most of what the quickest answers take where those are slow;
// while there is none, a margin after it was sent. The margin follows the spread of recent
// answer times of all processes, within bounds; a refusal widens it.
//
// When Redis loses its memory, the processes that have sent within the last
// seconds make all wait one window; only a process that starts in that very
// moment, and comes first, may let up to Rate requests more through. It is
// safe for any number of goroutines.
type Budget struct {
	opt    BudgetOptions
	slots  int
	window time.Duration
	proc   string
	keys   []string
	line   line
	times  samples
	last   lastGrant
	sent   atomic.Int64
}

var _ adapters.Budget = (*Budget)(nil)

// NewBudget makes a budget; nothing is sent to Redis before the first Acquire.
func NewBudget(opt BudgetOptions) *Budget {
	if opt.Rate <= 0 || math.IsNaN(opt.Rate) || math.IsInf(opt.Rate, 0) {
		opt.Rate = 1
	}
	opt.Rate = min(max(opt.Rate, 0.001), 10_000)
	if opt.Key == "" {
		opt.Key = opt.Marketplace
	}
	for _, d := range []struct {
		value    *time.Duration
		standard time.Duration
	}{
		{&opt.MaxWait, 2 * time.Second}, {&opt.MinMargin, 40 * time.Millisecond}, {&opt.MaxMargin, 500 * time.Millisecond},
		{&opt.MaxPause, time.Minute}, {&opt.RampAfter, 5 * time.Second}, {&opt.RampStep, 2 * time.Second},
	} {
		if *d.value == 0 {
			*d.value = d.standard
		}
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	slots := int(math.Ceil(opt.Rate))
	prefix := "lensan:{" + opt.Key + "}:"
	return &Budget{
		opt: opt, slots: slots, window: time.Duration(float64(slots) / opt.Rate * float64(time.Second)), proc: rand.Text(),
		keys: []string{prefix + "log", prefix + "state", prefix + "urgent", prefix + "spread"},
	}
}

// Acquire waits for a slot and takes it; urgent requests (adapters.WithUrgent)
// of all processes come first. It returns ctx's error when that ends first,
// and an *adapters.Error of KindThrottled for the whole lane when the lane is
// paused for longer than MaxWait, or when Redis can't be reached for as long.
func (b *Budget) Acquire(ctx context.Context) error {
	urgent := adapters.IsUrgent(ctx)
	turn, err := b.line.enter(ctx, urgent)
	if err != nil {
		return err
	}
	defer turn.leave()
	id := b.proc + ":" + rand.Text()
	var away time.Time // when Redis was first found unreachable
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		sent := time.Now()
		got, err := b.ask(ctx, id, urgent)
		switch {
		case err != nil && ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			if away.IsZero() {
				away = sent
			}
			if time.Since(away) >= b.opt.MaxWait {
				return b.throttled("queue_unreachable", time.Second, err)
			}
			got.wait = 50 * time.Millisecond
		case got.granted:
			b.times.addRoundTrip(time.Since(sent))
			b.last.set(got.epoch)
			b.sent.Add(1)
			if slot := adapters.SlotOf(ctx); slot != nil {
				slot.ID = id
			}
			return nil
		case got.paused && got.wait > b.opt.MaxWait:
			return b.throttled("paused", got.wait, nil)
		}
		if err := turn.wait(ctx, got.wait); err != nil {
			return err
		}
	}
}

// Sent counts the slots that this process has taken since it began.
func (b *Budget) Sent() int64 { return b.sent.Load() }

// Allowed is the limit in requests a second.
func (b *Budget) Allowed() float64 { return b.opt.Rate }

// answer is what the acquire script says.
type answer struct {
	granted, paused bool
	wait, margin    time.Duration
	epoch           string
}

func (b *Budget) ask(ctx context.Context, id string, urgent bool) (answer, error) {
	lo, hi := b.times.spread()
	waiting := b.line.urgentCount()
	v, err := acquireScript.Run(ctx, b.opt.Redis, b.keys, b.slots, micros(b.window), micros(b.opt.MinMargin), micros(b.opt.MaxMargin),
		id, flag(urgent), waiting, b.proc, b.last.epoch(b.window+b.opt.MaxMargin), rand.Text(), micros(lo), micros(hi), micros(b.opt.RampStep)).Slice()
	if err != nil {
		return answer{}, fmt.Errorf("rate budget: %w", err)
	}
	if len(v) != 5 {
		return answer{}, fmt.Errorf("rate budget: %d values", len(v))
	}
	n := func(i int) int64 { x, _ := v[i].(int64); return x }
	epoch, _ := v[2].(string)
	return answer{
		granted: n(0) == 1, wait: time.Duration(n(1)) * time.Microsecond, epoch: epoch, paused: n(3) == 1,
		margin: time.Duration(n(4)) * time.Microsecond,
	}, nil
}

// Observe takes in how a request ended. A refusal pauses the budget for all
// processes: for retryAfter, or where that is not told for one window, doubled
// with each refusal in a row.
func (b *Budget) Observe(ctx context.Context, took time.Duration, refused bool, retryAfter time.Duration) {
	b.times.addAnswer(took)
	id := ""
	if slot := adapters.SlotOf(ctx); slot != nil {
		id = slot.ID
	}
	if refused {
		b.opt.Log.WarnContext(ctx, "rate limit refused", "marketplace", b.opt.Marketplace, "retry_after", retryAfter)
	} else if id == "" {
		return
	}
	retryAfter = min(max(retryAfter, 0), 24*time.Hour)
	err := observeScript.Run(ctx, b.opt.Redis, []string{b.keys[0], b.keys[1], b.keys[3]}, id, micros(b.window), flag(refused), micros(retryAfter), micros(b.opt.MaxPause), micros(b.opt.RampAfter), micros(b.opt.MaxMargin)).Err()
	if err != nil && ctx.Err() == nil {
		// The slot then stays taken for its margin, which is safe.
		b.opt.Log.DebugContext(ctx, "rate budget not told", "marketplace", b.opt.Marketplace, "err", err)
	}
}

// Pause keeps all processes from sending for d; afterwards the load ramps up.
func (b *Budget) Pause(ctx context.Context, d time.Duration) error {
	return b.pause(ctx, d, true)
}

// Resume ends a pause at once; the load ramps up.
func (b *Budget) Resume(ctx context.Context) error { return b.pause(ctx, 0, true) }

func (b *Budget) pause(ctx context.Context, d time.Duration, ramp bool) error {
	if err := pauseScript.Run(ctx, b.opt.Redis, b.keys[1:2], micros(d), flag(ramp)).Err(); err != nil {
		return fmt.Errorf("pause budget of %s: %w", b.opt.Marketplace, err)
	}
	return nil
}

// BudgetState is what a budget looks like from outside.
type BudgetState struct {
	Slots     int           // the limit
	InUse     int           // slots taken
	PausedFor time.Duration // 0: not paused
	Ramping   bool
}

// State reads how the budget stands, for people.
func (b *Budget) State(ctx context.Context) (BudgetState, error) {
	pipe := b.opt.Redis.Pipeline()
	now := pipe.Time(ctx)
	used := pipe.ZCard(ctx, b.keys[0])
	state := pipe.HGetAll(ctx, b.keys[1])
	if _, err := pipe.Exec(ctx); err != nil {
		return BudgetState{}, fmt.Errorf("read budget of %s: %w", b.opt.Marketplace, err)
	}
	s := BudgetState{Slots: b.slots, InUse: int(used.Val())}
	if until, err := strconv.ParseInt(state.Val()["pause_until"], 10, 64); err == nil {
		s.PausedFor = max(0, time.UnixMicro(until).Sub(now.Val()))
	}
	_, s.Ramping = state.Val()["ramp_from"]
	return s, nil
}

func (b *Budget) throttled(code string, after time.Duration, err error) *adapters.Error {
	return &adapters.Error{Marketplace: b.opt.Marketplace, Op: "rateBudget", Kind: adapters.KindThrottled, Code: code, RetryAfter: after, WholeLane: true, Err: err}
}

func micros(d time.Duration) int64 {
	if d < 0 {
		return -1
	}
	return d.Microseconds()
}

func flag(b bool) string {
	if b {
		return "1"
	}
	return "0"
}
