package onsandbox

import (
	"context"
	"time"
)

// unlimited is a budget that never waits and remembers no refusal.
type unlimited struct{}

func (unlimited) Acquire(ctx context.Context) error                           { return ctx.Err() }
func (unlimited) Observe(context.Context, time.Duration, bool, time.Duration) {}
