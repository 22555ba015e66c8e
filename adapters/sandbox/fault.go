package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Kind is what a fault does.
type Kind string

// What can go wrong. "Gateway" kinds answer in front of the application, which
// then sees nothing of the call, unless Fault.Commit is set: then the call is
// carried out first and its answer is lost.
const (
	// Cut closes the connection without an answer (gateway).
	Cut Kind = "cut"
	// Status answers Fault.Status, default 503, with Fault.Body (gateway).
	Status Kind = "status"
	// Maintenance answers an HTML page with status 200 (gateway).
	Maintenance Kind = "maintenance"
	// Throttle answers 429 without Retry-After (gateway), on Voso too.
	Throttle Kind = "throttle"
	// Garbage answers 200 with a body that is no JSON (gateway).
	Garbage Kind = "garbage"
	// Huge answers 200 with a body of Fault.Size bytes, default 100 MB (gateway).
	Huge Kind = "huge"
	// Truncate carries the call out and sends half of its answer.
	Truncate Kind = "truncate"
	// Delay waits Fault.Delay before the call is carried out; its sender
	// hanging up changes nothing.
	Delay Kind = "delay"
	// Late cuts the connection and carries the call out Fault.Delay later,
	// default Market.LateWrite. On a call that changes nothing it is Cut.
	Late Kind = "late"
	// Answer lets the application refuse with Fault.Code and do nothing.
	Answer Kind = "answer"
	// Lag lets a list or search show what was Fault.Delay ago.
	Lag Kind = "lag"
	// Repeat lets a page begin with the last Fault.Size items of the page
	// before it, default 1.
	Repeat Kind = "repeat"
	// EndEarly lets a page hold half its items and claim to be the last.
	EndEarly Kind = "end_early"
	// RefuseItems refuses the items that Items and SKUs name, with Fault.Code.
	RefuseItems Kind = "refuse_items"
	// IgnoreItems answers that those items were done and does not do them.
	IgnoreItems Kind = "ignore_items"
	// OmitItems does those items and leaves them out of the answer.
	OmitItems Kind = "omit_items"
	// DropField loses Fault.Field of what is sent, without a word.
	DropField Kind = "drop_field"
	// NoUnique stores a second product of a SKU and ignores idempotency keys.
	NoUnique Kind = "no_unique"
	// Revoke ends every token of the account before the call is judged.
	Revoke Kind = "revoke"
	// Ban bans the account for Fault.Delay, default 60 s (Voso).
	Ban Kind = "ban"
	// LockLogin locks sign-in for Fault.Delay, default 5 minutes (Voso).
	LockLogin Kind = "lock_login"

	// On the operation "review": a review takes Fault.Delay longer, never
	// ends, rejects, or is reversed Fault.Delay after it approved.
	ReviewLate   Kind = "review_late"
	ReviewNever  Kind = "review_never"
	ReviewReject Kind = "review_reject"
	ReviewFlip   Kind = "review_flip"

	// On the operation "webhook": an event is lost, sent twice, sent after the
	// one that follows it, or sent Fault.Delay late.
	EventDrop    Kind = "event_drop"
	EventDouble  Kind = "event_double"
	EventReorder Kind = "event_reorder"
	EventLate    Kind = "event_late"
)

// Operations that are not in a contract, and classes of those that are.
const (
	OpAll     = "*"      // every operation of the contract
	OpReads   = "reads"  // those that change nothing, sign-in aside
	OpWrites  = "writes" // those that change something
	opReview  = "review"
	opWebhook = "webhook"
)

var callKinds = []Kind{Cut, Status, Maintenance, Throttle, Garbage, Huge, Truncate, Delay, Late, Answer, Lag, Repeat,
	EndEarly, RefuseItems, IgnoreItems, OmitItems, DropField, NoUnique, Revoke, Ban, LockLogin}
var reviewKinds = []Kind{ReviewLate, ReviewNever, ReviewReject, ReviewFlip}
var eventKinds = []Kind{EventDrop, EventDouble, EventReorder, EventLate}

// Fault is one thing that goes wrong. It strikes the calls of Op that it
// matches: each of them, or the next Count, or each with probability Prob.
type Fault struct {
	// ID is given by SetFault.
	ID string `json:"id,omitempty"`
	// Market is Postmart or Voso.
	Market string `json:"market"`
	// Op is an operationId of the contract, "*", "reads", "writes", "review"
	// or "webhook".
	Op   string `json:"op"`
	Kind Kind   `json:"kind"`
	// Count is how many calls it strikes, 0: no end.
	Count int `json:"count,omitempty"`
	// Prob is the probability that it strikes a call, 0: certain.
	Prob float64 `json:"prob,omitempty"`
	// Skip is how many matching calls it lets pass first.
	Skip int `json:"skip,omitempty"`
	// SKU limits it to calls that name that SKU or product id.
	SKU string `json:"sku,omitempty"`
	// Commit: the call is carried out before a gateway kind strikes.
	Commit bool `json:"commit,omitempty"`
	// Delay is a time that the kind speaks of; in JSON as "1.5s".
	Delay time.Duration `json:"-"`
	// Status and Body ("json", "html" or "empty") are of the kind Status.
	Status int    `json:"status,omitempty"`
	Body   string `json:"body,omitempty"`
	// Code is a code of the contract, or one that no contract knows.
	Code string `json:"code,omitempty"`
	// Items (from 0) and SKUs (or product ids) name the items of a batch that
	// an item kind is about; none named: every item.
	Items []int    `json:"items,omitempty"`
	SKUs  []string `json:"skus,omitempty"`
	// Field is of the kind DropField; "ocop.stars" names one inside another.
	Field string `json:"field,omitempty"`
	Size  int64  `json:"size,omitempty"`
	// Struck is how often it has struck.
	Struck int `json:"struck,omitempty"`
}

type plainFault Fault

// MarshalJSON writes Delay as a string such as "1.5s".
func (f Fault) MarshalJSON() ([]byte, error) {
	out := struct {
		plainFault
		Delay string `json:"delay,omitempty"`
	}{plainFault: plainFault(f)}
	if f.Delay != 0 {
		out.Delay = f.Delay.String()
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (f *Fault) UnmarshalJSON(data []byte) error {
	var in struct {
		plainFault
		Delay string `json:"delay"`
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	*f = Fault(in.plainFault)
	if in.Delay == "" {
		return nil
	}
	d, err := time.ParseDuration(in.Delay)
	f.Delay = d
	return err
}

// validate tells everything that is wrong with a fault.
func (f Fault) validate(ops []string) error {
	var errs []error
	kinds := callKinds
	switch f.Op {
	case opReview:
		kinds = reviewKinds
	case opWebhook:
		kinds = eventKinds
	case OpAll, OpReads, OpWrites:
	default:
		if !slices.Contains(ops, f.Op) {
			errs = append(errs, fmt.Errorf("fault: %s has no operation %q", f.Market, f.Op))
		}
	}
	if !slices.Contains(kinds, f.Kind) {
		errs = append(errs, fmt.Errorf("fault: operation %q knows no kind %q", f.Op, f.Kind))
	}
	if f.Prob < 0 || f.Prob > 1 {
		errs = append(errs, fmt.Errorf("fault: prob %v is not between 0 and 1", f.Prob))
	}
	if f.Count < 0 || f.Skip < 0 || f.Delay < 0 || f.Size < 0 {
		errs = append(errs, errors.New("fault: count, skip, delay and size are not negative"))
	}
	if !slices.Contains([]string{"", "json", "html", "empty"}, f.Body) {
		errs = append(errs, fmt.Errorf("fault: body %q is not json, html or empty", f.Body))
	}
	if f.Kind == DropField && f.Field == "" {
		errs = append(errs, errors.New("fault: drop_field needs a field"))
	}
	return errors.Join(errs...)
}

// names tells whether an item of a batch is one that the fault is about.
func (f *Fault) names(i int, ids ...string) bool {
	if f == nil {
		return false
	}
	if len(f.Items) == 0 && len(f.SKUs) == 0 {
		return true
	}
	if slices.Contains(f.Items, i) {
		return true
	}
	for _, id := range ids {
		if id != "" && slices.Contains(f.SKUs, id) {
			return true
		}
	}
	return false
}
