// Command lensan puts every OCOP product of 3 stars or better of a province on
// Postmart and Voso and keeps it right there.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends at once
	a := &app{in: os.Stdin, out: os.Stdout, err: os.Stderr}
	os.Exit(int(a.run(ctx, os.Args[1:])))
}
