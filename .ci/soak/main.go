// Command soak drives lensan through a storm and says whether anything was
// lost, doubled or wrongly taken down.
//
// It builds the program, starts a sandbox of both marketplaces in this process
// and several `lensan worker` processes on a PostgreSQL and a Redis of its own
// (or one `lensan up` on SQLite and the embedded queue). Then it lets loose, by
// a seed, all that can happen: a register that changes, people who sell, edit
// and judge, marketplaces that fail in every way the sandbox knows, processes
// that are killed, a queue that is flushed and servers that are restarted. When
// the storm is over, the faults stop and everything gets time to settle. In
// the end what SQL says, what the sandbox holds and what the register wants
// must be the same.
//
//	go run ./.ci/soak -time 10m             a long one; the seed is printed
//	go run ./.ci/soak -time 30s -seed 7     the same choices again
//	go run ./.ci/soak -size embedded        one process, SQLite, embedded queue
//
// It exits 0 when all is equal; else it prints the seed and every difference,
// keeps its folder and exits 1. It is part of no shipped program.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// options are what one storm is asked for.
type options struct {
	size    string        // full or embedded
	storm   time.Duration // how long faults and people rage
	settle  time.Duration // how long everything may take to come right after it
	seed    uint64
	workers int
	report  string // file whose marked part gets the figures; empty: none
	keep    bool   // keep the folder though all is well
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var o options
	flag.StringVar(&o.size, "size", "full", "full (PostgreSQL, Redis, workers) or embedded (SQLite, one process)")
	flag.DurationVar(&o.storm, "time", 2*time.Minute, "how long the storm lasts")
	flag.DurationVar(&o.settle, "settle", 3*time.Minute, "how long everything may take to come right after it")
	flag.Uint64Var(&o.seed, "seed", 0, "repeats the choices of an earlier storm; 0: a new one")
	flag.IntVar(&o.workers, "workers", 3, "worker processes")
	flag.StringVar(&o.report, "report", "", "write the figures into this file, between their marks")
	flag.BoolVar(&o.keep, "keep", false, "keep the folder with logs and data")
	flag.Parse()
	if o.seed == 0 {
		o.seed = uint64(rand.IntN(1_000_000_000)) + 1
	}
	if o.size != "full" && o.size != "embedded" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := soak(ctx, o); err != nil {
		var differs *differences
		if errors.As(err, &differs) {
			for _, d := range differs.list {
				fmt.Fprintln(os.Stderr, "  "+d)
			}
		}
		fmt.Fprintf(os.Stderr, "soak: %v\nseed %d, size %s, storm %s\n", err, o.seed, o.size, o.storm)
		os.Exit(1)
	}
}

// soak is one storm from beginning to end.
func soak(ctx context.Context, o options) (err error) {
	fmt.Printf("soak: size %s, storm %s, seed %d\n", o.size, o.storm, o.seed)
	w, err := newWorld(ctx, o)
	if err != nil {
		return err
	}
	defer func() { w.close(err != nil || o.keep) }()
	if err := w.calm(ctx); err != nil {
		return fmt.Errorf("before the storm: %w", err)
	}
	if err := w.storm(ctx); err != nil {
		return err
	}
	if err := w.settle(ctx); err != nil {
		return err
	}
	w.figures.print(os.Stdout)
	if o.report == "" {
		return nil
	}
	return w.figures.write(o.report)
}

// differences is what was not as it must be.
type differences struct{ list []string }

func (d *differences) Error() string { return fmt.Sprintf("%d differences", len(d.list)) }
