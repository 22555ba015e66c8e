package coord

import (
	"encoding/json"
	"errors"
	"time"

	"lensan/adapters"
)

// failure is an *adapters.Error as it is shared between processes: without its
// cause, whose text is another process's.
type failure struct {
	Marketplace string        `json:"marketplace"`
	Op          string        `json:"op"`
	Kind        adapters.Kind `json:"kind"`
	Status      int           `json:"status,omitempty"`
	Code        string        `json:"code,omitempty"`
	RequestID   string        `json:"request_id,omitempty"`
	RetryAfter  time.Duration `json:"retry_after,omitempty"`
	WholeLane   bool          `json:"whole_lane"`
}

func encodeFailure(err error) string {
	f := failure{Op: "signIn", Kind: adapters.KindUnknown, WholeLane: true}
	var e *adapters.Error
	if errors.As(err, &e) {
		f = failure{Marketplace: e.Marketplace, Op: e.Op, Kind: e.Kind, Status: e.Status, Code: e.Code, RequestID: e.RequestID, RetryAfter: e.RetryAfter, WholeLane: e.WholeLane}
	}
	b, _ := json.Marshal(f) // of plain values
	return string(b)
}

func decodeFailure(text string) error {
	var f failure
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		f = failure{Op: "signIn", Kind: adapters.KindUnknown, WholeLane: true}
	}
	return &adapters.Error{Marketplace: f.Marketplace, Op: f.Op, Kind: f.Kind, Status: f.Status, Code: f.Code, RequestID: f.RequestID, RetryAfter: f.RetryAfter, WholeLane: f.WholeLane}
}
