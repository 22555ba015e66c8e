package main

import (
	"context"
	"errors"
	"slices"
)

// Exit is what the program's end says to who called it (`lensan help CMD`).
type Exit int

// The exit codes, which scripts rely on.
const (
	ExitDone        Exit = 0
	ExitInternal    Exit = 1
	ExitUsage       Exit = 2
	ExitPending     Exit = 3
	ExitItems       Exit = 4
	ExitTemporary   Exit = 5
	ExitBrake       Exit = 6
	ExitAccount     Exit = 7
	ExitSource      Exit = 8
	ExitNoScope     Exit = 9
	ExitDeadline    Exit = 10
	ExitHeld        Exit = 11
	ExitInterrupted Exit = 130
)

// precedence says which code wins where several apply. What stops a command
// before it began (9, 11) stands right after its misuse.
var precedence = []Exit{
	ExitInterrupted, ExitInternal, ExitUsage, ExitNoScope, ExitHeld, ExitAccount, ExitSource, ExitBrake,
	ExitTemporary, ExitDeadline, ExitItems, ExitPending,
}

// worst is the code that wins; ExitDone where none is given.
func worst(codes ...Exit) Exit {
	for _, p := range precedence {
		if slices.Contains(codes, p) {
			return p
		}
	}
	return ExitDone
}

// failure is an end with a code and what to say about it, one line for each
// thing that is wrong.
type failure struct {
	exit  Exit
	lines []string
}

func (f *failure) Error() string {
	if len(f.lines) == 0 {
		return "exit"
	}
	return f.lines[0]
}

// fail ends a command with a code and sentences for people.
func fail(exit Exit, lines ...string) error { return &failure{exit, lines} }

// exitOf turns a command's error into its code.
func exitOf(ctx context.Context, err error) Exit {
	var f *failure
	switch {
	case err == nil:
		return ExitDone
	case errors.As(err, &f):
		return f.exit
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		return ExitInterrupted
	}
	return ExitInternal
}
