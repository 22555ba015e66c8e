package plan

import (
	"encoding/json"
	"slices"

	"lensan/adapters"
	"lensan/store/catalog"
)

// A refusal is what a marketplace said of one change of a listing, kept until
// what is to be sent differs (catalog.Listing.Refused).
type refusal struct {
	Key     string           `json:"key"`
	Reasons []catalog.Reason `json:"reasons,omitempty"`
}

// Key names what one change of a decision sends; a refusal of it is remembered
// under its key. The parts of an update have keys of their own: a price that
// was refused holds up no name.
func (d Decision) Key(op adapters.Op) string {
	fields, part := []adapters.Field(nil), adapters.Fields{}
	switch {
	case d.subject == "":
		return d.Digest
	case op == adapters.OpUpdateContent:
		fields = d.Content
	case op == adapters.OpUpdateOffer:
		fields = d.Prices
	case op != adapters.OpAdopt:
		return d.Digest
	}
	all := lasting(d)
	for _, f := range fields {
		part[f] = all[f]
	}
	return digest(string(op), d.subject, part)
}

// Remember adds to a listing's refusals that of the change with this key.
func Remember(kept, key string, reasons []catalog.Reason) string {
	if key == "" {
		return kept
	}
	return encodeRefusals(append(without(kept, key), refusal{key, reasons}))
}

// Forget takes the refusal of the change with this key out.
func Forget(kept, key string) string { return encodeRefusals(without(kept, key)) }

// refused tells whether a change was refused, and why.
func refused(l catalog.Listing, key string) (why []catalog.Reason, ok bool) {
	for _, r := range refusals(l.Refused) {
		if key == "" || r.Key != key {
			continue
		}
		if len(r.Reasons) == 0 {
			return l.Reasons, true
		}
		return r.Reasons, true
	}
	return nil, false
}

func without(kept, key string) []refusal {
	return slices.DeleteFunc(refusals(kept), func(r refusal) bool { return r.Key == key })
}

func refusals(kept string) []refusal {
	var out []refusal
	if kept == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(kept), &out); err != nil {
		return []refusal{{Key: kept}} // as written before there were reasons
	}
	return out
}

// refusalsMost bounds the list: what has been changed and refused more often
// since is asked about once more.
const refusalsMost = 4

func encodeRefusals(list []refusal) string {
	if len(list) == 0 {
		return ""
	}
	b, err := json.Marshal(list[max(0, len(list)-refusalsMost):])
	if err != nil {
		panic(err) // plain records always encode
	}
	return string(b)
}
