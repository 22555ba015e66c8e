package plan

import (
	"slices"

	"lensan/adapters"
	"lensan/store/catalog"
)

// ReasonRegisterOld is the reason of what waits until the register is imported again.
const ReasonRegisterOld = "restore.register_old"

// asRestored is a decision on a lane whose record came out of a backup and
// whose register is as old: what stands on the marketplace may be ours and
// newer. Only what is missing there is made; nothing is changed, asked about or
// taken down before the register was imported again and the lane read.
func asRestored(d Decision) Decision {
	if d.Settle {
		return d
	}
	ops := slices.DeleteFunc(slices.Clone(d.Ops), func(op adapters.Op) bool { return op != adapters.OpCreate })
	waits := len(ops) < len(d.Ops)
	for i, f := range d.Diff {
		if f.Verdict == Push || f.Verdict == AskThem || f.Verdict == Both {
			d.Diff[i].Verdict = Waits
			waits = true
		}
	}
	waits = waits || slices.ContainsFunc(d.Reasons, func(r catalog.Reason) bool { return r.Code == "listing.closed_by_other" })
	if !waits {
		return d
	}
	for _, op := range d.Ops {
		if op != adapters.OpCreate {
			d.Held = append(d.Held, op)
		}
	}
	d.Ops, d.Content, d.Prices = ops, nil, nil
	d.State, d.Reasons = catalog.SyncStoppedByBrake, []catalog.Reason{{Code: ReasonRegisterOld}}
	return d
}

// ofBackup is the verdict on a field that out of a backup is said to be
// applied, and that shows another value than it showed then: perhaps we sent it
// since. Nothing is pushed over it; who counts it, keeps it, else a person
// decides.
func ofBackup(w string, base catalog.AppliedField, owner Owner) Verdict {
	switch {
	case owner == Theirs:
		return Keep
	case base.Sent == w:
		return AskThem
	}
	return Both
}

// Ground is what of a listing's applied fields came out of a backup and is
// common ground now, or nil: what is wanted is there, whoever wrote it; or
// theirs stands, by the field's owner, against the register as imported since
// (not yet on a lane that still waits for it).
func (d Decision) Ground(l catalog.Listing, waiting bool) map[string]catalog.AppliedField {
	var out map[string]catalog.AppliedField
	for name, a := range l.Applied {
		want, wanted := d.Want[adapters.Field(name)]
		there, shown := l.Seen[name]
		if !a.Restored || !wanted || !shown {
			continue
		}
		at := slices.IndexFunc(d.Diff, func(f FieldDiff) bool { return string(f.Field) == name })
		if at >= 0 && (waiting || d.Diff[at].Verdict != Keep) {
			continue
		}
		if out == nil {
			out = map[string]catalog.AppliedField{}
		}
		out[name] = catalog.AppliedField{Sent: want, Echo: there}
	}
	return out
}
