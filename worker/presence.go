package worker

import (
	"context"
	"fmt"

	"github.com/hibiken/asynq"
)

// EnginesOnQueue counts the processes that take work from a shared queue now.
// Of an embedded queue nobody but its own process knows: 0.
func EnginesOnQueue(ctx context.Context, q *Queue) (int, error) {
	if q.Embedded {
		return 0, nil
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	servers, err := asynq.NewInspectorFromRedisClient(q.Redis).Servers()
	if err != nil {
		return 0, fmt.Errorf("list the queue's servers: %w", err)
	}
	type process struct {
		host string
		pid  int
	}
	seen := map[process]bool{} // a process has a server for each lane
	for _, s := range servers {
		seen[process{s.Host, s.PID}] = true
	}
	return len(seen), nil
}
