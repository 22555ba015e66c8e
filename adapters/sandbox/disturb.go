package sandbox

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// SetFault adds a fault and returns its id.
func (sb *Sandbox) SetFault(f Fault) (id string, err error) {
	err = sb.with(f.Market, func(m *market, _ int64) error {
		if err := f.validate(slices.Collect(maps.Keys(m.faults.kind))); err != nil {
			return err
		}
		id = m.faults.add(f)
		return nil
	})
	return id, err
}

// Faults lists the faults of a marketplace, with how often each has struck.
func (sb *Sandbox) Faults(on string) (faults []Fault, err error) {
	err = sb.with(on, func(m *market, _ int64) error {
		for _, f := range m.faults.list {
			faults = append(faults, *f)
		}
		return nil
	})
	return faults, err
}

// ClearFault removes one fault.
func (sb *Sandbox) ClearFault(on, id string) error {
	return sb.with(on, func(m *market, _ int64) error {
		if id == "" || m.faults.clear(id) == 0 {
			return fmt.Errorf("%w: fault %q on %s", ErrUnknown, id, on)
		}
		return nil
	})
}

// ClearFaults removes every fault of a marketplace. What they have begun, such
// as late writes, goes on.
func (sb *Sandbox) ClearFaults(on string) error {
	return sb.with(on, func(m *market, _ int64) error {
		m.faults.clear("")
		return nil
	})
}

// RevokeTokens ends every token of every account at once.
func (sb *Sandbox) RevokeTokens(on string) error {
	return sb.eachAccount(on, func(a *account, _ int64) {
		a.rec.Generation++
		a.rec.Token = ""
	})
}

// BanClients bans every user of Voso, default for 60 s; a negative time ends
// a ban.
func (sb *Sandbox) BanClients(d time.Duration) error {
	return sb.eachAccount(Voso, func(a *account, now int64) {
		a.rec.BannedTo = now + or(d, banTime).Milliseconds()
	})
}

// LockLogins locks sign-in to Voso, default for five minutes; a negative time
// ends a lock.
func (sb *Sandbox) LockLogins(d time.Duration) error {
	return sb.eachAccount(Voso, func(a *account, now int64) {
		a.rec.LockedTo = now + or(d, lockTime).Milliseconds()
		a.rec.Logins = nil
	})
}

func (sb *Sandbox) eachAccount(on string, do func(a *account, now int64)) error {
	return sb.with(on, func(m *market, now int64) error {
		for _, a := range m.accounts {
			do(a, now)
			m.saveAccount(a)
		}
		return nil
	})
}

// SetClock lets a marketplace's own clock be off by d: its timestamps, the Date
// header, the day it judges recognitions on, the end it names for a token.
func (sb *Sandbox) SetClock(on string, d time.Duration) error {
	return sb.with(on, func(m *market, _ int64) error {
		m.meta.SkewMS = d.Milliseconds()
		m.record(entry{Meta: &m.meta})
		return nil
	})
}

// ForgetMedia lets a marketplace forget images by their ids, or all of them:
// whoever names one afterwards is told that it is unknown.
func (sb *Sandbox) ForgetMedia(on string, ids ...string) error {
	return sb.with(on, func(m *market, _ int64) error {
		for id, img := range m.media {
			if len(ids) == 0 || slices.Contains(ids, id) {
				m.forgetMedia(img)
			}
		}
		return nil
	})
}
