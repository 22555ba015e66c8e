package catalog

import "time"

// Run is one carrying-out of a plan, or of a reading.
type Run struct {
	ID          string
	Kind        RunKind
	Scope       Scope
	Policy      Policy
	Trigger     Trigger
	RequestedBy string
	PlanID      string // empty until planned; set at the request for a stored plan
	Phase       RunPhase
	Planned     int    // items with something to do
	Unchanged   int    // SKUs that are as they should be
	LeftOut     int    // SKUs and products that are not to be listed
	Reason      string // reason code of an end that is not its items'
	// Lifted are the brakes that a person lifted for this run, by name.
	Lifted []string
	// Reverts is the run that this one takes back.
	Reverts string

	CancelRequestedAt time.Time
	PausedAt          time.Time
	DeadlineAt        time.Time
	CreatedAt         time.Time
	StartedAt         time.Time
	FinishedAt        time.Time
}

// RunPhase is how far the engine has carried a run; the state that people see
// is derived from it and the run's items.
type RunPhase string

// The phases of a run.
const (
	PhaseQueued   RunPhase = "queued"
	PhasePlanning RunPhase = "planning"
	PhaseWorking  RunPhase = "working"
	PhaseEnded    RunPhase = "ended"
)

// Trigger is where a run was asked for.
type Trigger string

// The triggers of a run.
const (
	TriggerCommand   Trigger = "command"
	TriggerDashboard Trigger = "dashboard"
	TriggerSchedule  Trigger = "schedule"
	TriggerAPI       Trigger = "api"
	TriggerStart     Trigger = "start" // the first sync of `lensan up`
)

// Queue is the urgency of an item within its lane.
type Queue string

// The queues of a lane, first served first, and their weights in a server.
const (
	QueueUrgent    Queue = "urgent"
	QueueNormal    Queue = "normal"
	QueueReconcile Queue = "reconcile"
)

// Purpose is what a worker is woken for.
type Purpose string

// The purposes of an item.
const (
	PurposeApply Purpose = "apply" // make this SKU right on this marketplace
	PurposeLook  Purpose = "look"  // read it back: a review, an unknown outcome
)

// Item is a wake-up: it names a SKU on a marketplace and carries no content.
// Its worker reads what is wanted at the moment of acting.
type Item struct {
	ID          string
	RunID       string // empty: the program's own look
	Marketplace string
	SKU         string
	Queue       Queue
	Purpose     Purpose
	Op          string // as planned, for people; the worker decides anew
	State       ItemState
	Attempts    int
	DueAt       time.Time
	BatchID     string
	ReasonCode  string
	Kind        string // adapters.Kind of the last failure
	CreatedAt   time.Time
	FinishedAt  time.Time
}

// Batch is what one queue job carries: items of one lane, queue and purpose.
type Batch struct {
	ID          string
	Marketplace string
	Queue       Queue
	Purpose     Purpose
	Generation  int // raised each time the batch is dispatched again
	Size        int
}
