package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

// fleet keeps a number of the program's processes running, kills them when
// told to, and notices those that end by themselves.
type fleet struct {
	bin, dir string
	env      []string
	args     []string

	mu      sync.Mutex
	procs   []*proc
	stopped bool
	kills   int
	ended   []string // ends that nobody asked for
	wait    sync.WaitGroup
}

type proc struct {
	cmd    *exec.Cmd
	began  time.Time
	killed bool
	done   chan struct{}
}

// exitTemporary is the program's exit code for a server that does not answer.
const exitTemporary = 5

func newFleet(bin, dir string, env []string, n int, args ...string) *fleet {
	return &fleet{bin: bin, dir: dir, env: env, args: args, procs: make([]*proc, n)}
}

// start starts every process that does not run.
func (f *fleet) start() error {
	for i := range f.procs {
		if err := f.launch(i); err != nil {
			return err
		}
	}
	return nil
}

func (f *fleet) launch(i int) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stopped || f.procs[i] != nil {
		return nil
	}
	log, err := os.OpenFile(filepath.Join(f.dir, fmt.Sprintf("process-%d.log", i+1)), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	cmd := exec.Command(f.bin, f.args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = f.env, log, log
	if err := cmd.Start(); err != nil {
		log.Close()
		return err
	}
	p := &proc{cmd: cmd, began: time.Now(), done: make(chan struct{})}
	f.procs[i] = p
	f.wait.Go(func() {
		defer log.Close()
		err := cmd.Wait()
		close(p.done)
		f.mu.Lock()
		f.procs[i] = nil
		asked := p.killed || f.stopped
		// One that starts while its server restarts says so and ends.
		silent := cmd.ProcessState.ExitCode() == exitTemporary && time.Since(p.began) < 15*time.Second
		if !asked && !silent {
			f.ended = append(f.ended, fmt.Sprintf("%s ended by itself after %s: %v (process-%d.log)", f.args[0], time.Since(p.began).Round(time.Second), err, i+1))
		}
		f.mu.Unlock()
		if !asked {
			time.Sleep(300 * time.Millisecond)
			if err := f.launch(i); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
		}
	})
	return nil
}

// kill ends a process as a power cut does, and starts it again after rest.
func (f *fleet) kill(ctx context.Context, i int, rest time.Duration) error {
	f.mu.Lock()
	p := f.procs[i]
	if p != nil {
		p.killed = true
		f.kills++
	}
	f.mu.Unlock()
	if p == nil {
		return nil
	}
	if err := p.cmd.Process.Kill(); err != nil {
		return err
	}
	<-p.done
	sleep(ctx, rest)
	f.wait.Go(func() {
		for f.running(i) == p { // until it is seen to have ended
			time.Sleep(time.Millisecond)
		}
		if err := f.launch(i); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	})
	return nil
}

func (f *fleet) running(i int) *proc {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.procs[i]
}

// stop ends every process as an administrator does, and by force after a time.
func (f *fleet) stop() {
	f.mu.Lock()
	f.stopped = true
	var all []*proc
	for _, p := range f.procs {
		if p != nil {
			all = append(all, p)
			p.cmd.Process.Signal(os.Interrupt) //nolint:errcheck // it has ended already
		}
	}
	f.mu.Unlock()
	force := time.AfterFunc(20*time.Second, func() {
		for _, p := range all {
			p.cmd.Process.Kill() //nolint:errcheck // it has ended already
		}
	})
	defer force.Stop()
	f.wait.Wait()
}

// counts tells how many were killed and which ended by themselves.
func (f *fleet) counts() (kills int, ended []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.kills, append([]string(nil), f.ended...)
}

// run runs the program once to its end.
func (f *fleet) run(ctx context.Context, args ...string) (out string, exit int, err error) {
	cmd := exec.CommandContext(ctx, f.bin, args...)
	cmd.Env = f.env
	b, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		return string(b), -1, err
	}
	return string(b), cmd.ProcessState.ExitCode(), nil
}

// sleep waits, and tells whether ctx still goes on.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
