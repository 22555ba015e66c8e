package catalog

import "time"

// DecisionKind is what a person is asked about.
type DecisionKind string

// The kinds of decision.
const (
	DecideDrift          DecisionKind = "drift"           // a field was changed there, or on both sides
	DecideDouble         DecisionKind = "double"          // one SKU is listed more than once
	DecideUncertainMatch DecisionKind = "uncertain_match" // a listing made by hand may be this SKU's
	DecideVanished       DecisionKind = "vanished"        // a listing is gone
	DecideClosedByOther  DecisionKind = "closed_by_other" // somebody else took it off sale
	DecideBrake          DecisionKind = "brake"           // a plan was stopped
	DecideEnding         DecisionKind = "ending_together" // recognitions that end on one day
)

// Choices are what one can answer to each kind, the careful answer first.
var Choices = map[DecisionKind][]string{
	DecideDrift:          {"keep_theirs", "push_ours"},
	DecideDouble:         {"handled_by_hand"},
	DecideUncertainMatch: {"adopt", "different"},
	DecideVanished:       {"leave", "create_again"},
	DecideClosedByOther:  {"leave_closed", "reopen"},
	DecideBrake:          {"dismiss", "lift_and_run"},
	DecideEnding:         {"hold", "let_close"},
}

// Decision is one question to a person, and its answer.
type Decision struct {
	ID          string
	Kind        DecisionKind
	Subject     string // unique among the open ones of its kind
	Marketplace string
	SKU         string
	ProductCode string
	RunID       string
	Stake       map[string]string // arguments of its sentence
	State       string            // open, resolved, lapsed
	Choice      string
	ResolvedBy  string
	Note        string
	CreatedAt   time.Time
	ResolvedAt  time.Time
}
