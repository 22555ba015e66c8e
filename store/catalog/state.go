package catalog

// SyncState is where our own work on a listing stands. The market axis is
// apart (adapters.MarketState) and never mixed with it.
type SyncState string

// The sync states.
const (
	SyncExcluded       SyncState = "excluded"         // is not to be listed; the reason says why
	SyncWaiting        SyncState = "waiting"          // something is to be done, nobody has begun
	SyncWaitingLane    SyncState = "waiting_for_lane" // the marketplace can't be reached or is paused
	SyncApplying       SyncState = "applying"
	SyncChecking       SyncState = "checking" // an answer is unknown: settled by looking
	SyncApplied        SyncState = "applied"  // what is there is what is wanted
	SyncRetrying       SyncState = "retrying"
	SyncNeedsFixing    SyncState = "needs_fixing"
	SyncStoppedByBrake SyncState = "stopped_by_brake"
	SyncFailed         SyncState = "failed"
)

// ItemState is where one item of a run stands.
type ItemState string

// The states of an item. The last five are ends.
const (
	ItemWaiting   ItemState = "waiting"
	ItemBatched   ItemState = "batched" // handed to a worker
	ItemDone      ItemState = "done"
	ItemUnchanged ItemState = "unchanged"
	ItemLeftOut   ItemState = "left_out"
	ItemFailed    ItemState = "failed"
	ItemCancelled ItemState = "cancelled"
)

// RunState is derived from a run's items.
type RunState string

// The states of a run.
const (
	RunQueued    RunState = "queued"   // asked for, nobody has begun
	RunPlanning  RunState = "planning" // reading and planning
	RunWorking   RunState = "working"
	RunPaused    RunState = "paused"
	RunDone      RunState = "done"
	RunFailed    RunState = "failed" // ended, and at least one item failed
	RunCancelled RunState = "cancelled"
	RunStopped   RunState = "stopped_by_brake"
	RunUnhealthy RunState = "source_unhealthy"
)

// Policy says which changes a run may make.
type Policy string

// The policies, from careful to whole.
const (
	PolicyObserve    Policy = "observe"
	PolicyCreateOnly Policy = "create-only"
	PolicyUpsertOnly Policy = "upsert-only"
	PolicySync       Policy = "sync"
)

// Policies lists them in order.
var Policies = []Policy{PolicyObserve, PolicyCreateOnly, PolicyUpsertOnly, PolicySync}

// RunKind is what a run does.
type RunKind string

// The kinds of run.
const (
	RunSync      RunKind = "sync"
	RunReconcile RunKind = "reconcile" // reads every marketplace whole first
	RunRefresh   RunKind = "refresh"   // reads only
	RunRevert    RunKind = "revert"    // takes back what another run did
)

// Scope narrows what a command speaks of. Empty slices narrow nothing;
// within one slice any matches, between slices all must.
type Scope struct {
	Marketplaces []string `json:"marketplaces,omitempty"`
	SKUs         []string `json:"skus,omitempty"`
	Products     []string `json:"products,omitempty"`
	Producers    []string `json:"producers,omitempty"`
	Communes     []string `json:"communes,omitempty"`
	Districts    []string `json:"districts,omitempty"`
	Sets         []string `json:"sets,omitempty"`
	Stars        []int    `json:"stars,omitempty"`
	Only         string   `json:"only,omitempty"` // new, changed, failed[:REASON], drifted, left-out
	Limit        int      `json:"limit,omitempty"`
}

// IsAll tells whether the scope narrows nothing.
func (s Scope) IsAll() bool {
	return len(s.Marketplaces)+len(s.SKUs)+len(s.Products)+len(s.Producers)+len(s.Communes)+len(s.Districts)+len(s.Sets)+len(s.Stars) == 0 && s.Only == "" && s.Limit == 0
}
