package plan

import (
	"encoding/json"
	"slices"
	"strings"

	"lensan/adapters"
	"lensan/store/catalog"
)

// A refusal is what a marketplace said of one change of a listing, kept until
// what is to be sent differs (catalog.Listing.Refused).
type refusal struct {
	Key     string           `json:"key"`
	Reasons []catalog.Reason `json:"reasons,omitempty"`
}

// Key names what one change of a decision sends, its op first; a refusal of it
// is remembered under its key. A price has a key of its own, so that a refused
// one holds up no name; an update of content, which a marketplace may judge by
// all that it knows of the listing, is tried again when anything differs.
func (d Decision) Key(op adapters.Op) string {
	switch {
	case d.Digest == "":
		return "" // taken back: nothing that the register asks for
	case d.subject == "", op == adapters.OpReopen, op == adapters.OpClose:
		return string(op) + ":" + d.Digest
	}
	part := lasting(d)
	if op == adapters.OpUpdateOffer {
		all := part
		part = adapters.Fields{}
		for _, f := range d.Prices {
			part[f] = all[f]
		}
	}
	return string(op) + ":" + digest(d.subject, part)
}

// Remember adds to a listing's refusals that of the change with this key, in
// place of an earlier one of the same op.
func Remember(kept, key string, reasons []catalog.Reason) string {
	if key == "" {
		return kept
	}
	return encodeRefusals(append(without(kept, key), refusal{key, reasons}))
}

// Forget takes out what was refused of the op of this key: it was taken since.
func Forget(kept, key string) string { return encodeRefusals(without(kept, key)) }

// refused tells whether a change was refused, and why.
func refused(l catalog.Listing, key string) (why []catalog.Reason, ok bool) {
	_, plain, _ := strings.Cut(key, ":")
	for _, r := range refusals(l.Refused) {
		if key == "" || r.Key != key && r.Key != plain {
			continue
		}
		if len(r.Reasons) == 0 {
			return l.Reasons, true
		}
		return r.Reasons, true
	}
	return nil, false
}

// without leaves the refusals of other ops.
func without(kept, key string) []refusal {
	op, _, _ := strings.Cut(key, ":")
	return slices.DeleteFunc(refusals(kept), func(r refusal) bool {
		of, _, named := strings.Cut(r.Key, ":")
		return !named || of == op
	})
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

func encodeRefusals(list []refusal) string {
	if len(list) == 0 {
		return ""
	}
	b, err := json.Marshal(list)
	if err != nil {
		panic(err) // plain records always encode
	}
	return string(b)
}
