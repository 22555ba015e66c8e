package store

import "sync"

// endedKept bounds the ended runs whose rows are kept.
const endedKept = 1000

// endedRuns keeps the rows of runs that have ended: counting the items of a
// run over 100,000 SKUs takes tens of milliseconds, and nothing can change them.
type endedRuns struct {
	mu   sync.Mutex
	rows map[string]RunRow
}

func (e *endedRuns) get(id string) (RunRow, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	r, ok := e.rows[id]
	return r, ok
}

func (e *endedRuns) put(r RunRow) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.rows == nil || len(e.rows) >= endedKept {
		e.rows = map[string]RunRow{}
	}
	e.rows[r.RunID] = r
}
