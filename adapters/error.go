package adapters

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Kind answers the one question a caller has about a failure: what to do now.
type Kind string

// The kinds of failure. KindNone is no failure.
const (
	KindNone         Kind = ""
	KindTransient    Kind = "transient"    // try again soon
	KindThrottled    Kind = "throttled"    // wait; the failure of nobody
	KindAmbiguous    Kind = "ambiguous"    // sent, no sure answer: look, never repeat
	KindConflict     Kind = "conflict"     // changed meanwhile: read and plan again
	KindNotFound     Kind = "not_found"    // the listing is not there
	KindExists       Kind = "exists"       // somebody has that SKU, shop code or id
	KindInvalid      Kind = "invalid"      // refused for the data's sake: until it changes
	KindUnsupported  Kind = "unsupported"  // the marketplace can't do that
	KindUnauthorized Kind = "unauthorized" // sign-in refused: the lane pauses
	KindUnavailable  Kind = "unavailable"  // outage, maintenance, HTML: the lane pauses
	KindLocked       Kind = "locked"       // staff of the marketplace hold it: they must act
	KindUnknown      Kind = "unknown"      // a defect, ours or theirs
	KindCancelled    Kind = "cancelled"    // we stopped; nothing was sent
)

// FieldError is one field that the marketplace refused.
type FieldError struct {
	Field string // an offer's Field, or a shop's
	Code  string // reason code of the catalogue where known, else the marketplace's
	// Message is the marketplace's own sentence, in Vietnamese, cleaned of
	// everything that is not plain text.
	Message string
}

// Error is the only error that an adapter returns. Its text holds no secret
// and no personal data.
type Error struct {
	Marketplace string
	Op          string // the call, for example "createProduct"
	SKU         string
	Kind        Kind
	Status      int    // HTTP status; 0: no answer
	Code        string // the marketplace's code
	RequestID   string
	RetryAfter  time.Duration // with KindThrottled and KindUnavailable; 0: not told
	Fields      []FieldError
	ExistingID  string // with KindExists, where told
	// WholeLane says that the cause is the account or the marketplace, not
	// the item: the lane pauses and no item fails by it.
	WholeLane bool
	Err       error
}

// Error gives one line without secrets.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: %s", e.Marketplace, e.Op, e.Kind)
	if e.SKU != "" {
		fmt.Fprintf(&b, " sku=%s", e.SKU)
	}
	if e.Status != 0 {
		fmt.Fprintf(&b, " status=%d", e.Status)
	}
	if e.Code != "" {
		fmt.Fprintf(&b, " code=%s", e.Code)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf gives the Kind of err: KindNone for nil, KindUnknown for an error
// that no adapter made.
func KindOf(err error) Kind {
	if err == nil {
		return KindNone
	}
	var e *Error
	if errors.As(err, &e) {
		if e == nil {
			return KindNone
		}
		return e.Kind
	}
	return KindUnknown
}
